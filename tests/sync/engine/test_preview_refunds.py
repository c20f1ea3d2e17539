"""What a preview shows of refunds is what the next sync posts of them, one behind the other; and it touches nothing."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import BooksObject, Integration
from sync.document_texts import told
from sync.engine.preview import preview_orders
from sync.models import Posting, Record
from sync.translate.because import Because

HAT = {"sku": "HAT", "name": "Hat", "price": 40}
MUGS = {"sku": "MUGS", "name": "Mug", "price": 15, "quantity": 2}
STATUSES = ["PAID", "REFUNDED", "PARTIALLY_REFUNDED"]


@pytest.fixture
def shop(make_world):
    """Makes a world whose refunds are posted."""

    def make(name="CA", **order_settings):
        world = make_world(name, **{"payment_statuses": STATUSES, **order_settings})
        world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
        return world

    return make


def previewed(world, **options):
    return preview_orders(Integration.objects.get(pk=world.integration.pk), clock=world.time.clock, **options)


def refund(world, number, amount=None):
    body = {} if amount is None else {"amount": amount}
    world.ecwid.control("POST", f"stores/{world.store_id}/orders/{number}/refund", body)


def tables():
    models = [model for model in apps.get_models() if model._meta.app_label in {"accounts", "integrations", "sync"}]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


def real(payload, names):
    """A previewed payload with stand-ins replaced by the ids that QuickBooks gave; the note names the sale by it."""
    if isinstance(payload, dict):
        return {key: real(value, names) for key, value in payload.items()}
    if isinstance(payload, list):
        return [real(value, names) for value in payload]
    if not isinstance(payload, str):
        return payload
    for stand_in, books_ref in names.items():
        payload = payload.replace(stand_in, books_ref)
    return payload


def made(world):
    """The ids behind the stand-ins, once everything is posted."""
    sales = Posting.objects.filter(role="sale").select_related("record")
    names = {f"new sale {one.record.store_ref}": one.books_ref for one in sales}
    for one in Posting.objects.filter(role__in=["customer", "item"]):
        entry = BooksObject.objects.get(type=one.books_type, books_ref=one.books_ref)
        what = f"new customer {entry.name}" if one.role == "customer" else f"new item {entry.sku_key or entry.name}"
        names[what] = one.books_ref
    return names


def documents_of(shown):
    return [document for refund in shown.refunds for document in refund.documents if document.total is not None]


@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
@pytest.mark.parametrize("name", ["CA", "US", "GB"])
def test_refunds_of_a_new_order_are_shown_as_they_are_then_posted_to_the_letter(shop, name, post_as):
    """Two in part and the rest, of an order that is not in the books: each is what those before it leave."""
    world = shop(name, post_as=post_as)
    world.place({"lines": [HAT, MUGS], "shipping": 5, "order_id": "NEW"})
    for amount in (7, Decimal("13.01"), None):
        refund(world, "NEW", amount)
        world.time.forward(seconds=5)

    [shown] = previewed(world)
    world.sync()

    assert [one.action for one in shown.refunds] == ["would_create"] * 3
    assert all(one.is_proven for one in shown.refunds)
    posted = Posting.objects.filter(role__in=["refund", "credit"]).order_by("pk")
    names = made(world)
    assert [real(one.payload, names) for one in documents_of(shown)] == [one.payload for one in posted]
    assert [one.total for one in documents_of(shown)] == [one.total for one in posted]


def test_what_refunds_need_made_is_shown_once(shop):
    world = shop()
    world.place({"lines": [HAT], "order_id": "A"}, {"lines": [HAT], "order_id": "B"})
    refund(world, "A", 3)
    refund(world, "B", 4)
    items = [
        next(part.value for part in document.parts if part.name == "name")
        for shown in previewed(world)
        for one in shown.refunds
        for document in one.documents
        if document.type == "Item"
    ]
    assert items == ["Refund adjustment"]


def test_a_refund_that_came_after_the_sale_is_shown_before_it_is_even_filed(shop):
    world = shop()
    world.place({"lines": [HAT], "order_id": "A"})
    world.sync()
    refund(world, "A", 10)

    [shown] = previewed(world)
    world.sync()

    assert (shown.action, len(shown.refunds)) == ("unchanged", 1)
    [document] = documents_of(shown)
    posted = Posting.objects.get(role="refund")
    assert real(document.payload, made(world)) == posted.payload


def test_the_orders_of_refunds_that_wait_are_among_the_next(shop):
    """Nothing is to be done for the order itself: only its refund had no account."""
    world = shop()
    world.set("refunds", account=None)
    world.place({"lines": [HAT], "order_id": "A"})
    world.sync()
    refund(world, "A", 10)
    world.sync()
    assert world.refunds("A")[0].reason == "refund_account_missing"
    [shown] = previewed(world, refs=[world.record("A").store_ref])
    assert [(one.action, one.reason) for one in shown.refunds] == [("held", "refund_account_missing")]

    world.set("refunds", account=world.entry("Account", "Ecwid Clearing"))
    [shown] = previewed(world)
    assert [one.action for one in shown.refunds] == ["would_create"]
    world.sync()
    assert previewed(world) == []
    [shown] = previewed(world, refs=[world.record("A").store_ref])
    assert shown.refunds == ()


def test_it_says_why_refunds_would_wait_or_stay_out(shop):
    world = shop()
    world.set("orders", shipping_item=None)
    world.place({"lines": [HAT], "shipping": 5, "order_id": "HELD"})
    refund(world, "HELD", 3)
    [shown] = previewed(world)
    assert [(one.action, one.reason) for one in shown.refunds] == [("held", "refund_waits")]

    world.set("orders", shipping_item=world.entry("Item", "Shipping"), payment_statuses=["PAID"])
    [shown] = previewed(world)
    assert [(one.action, one.reason) for one in shown.refunds] == [("skipped", "refund_order_not_posted")]

    world.set("orders", payment_statuses=STATUSES)
    world.set("refunds", enabled=False)
    [shown] = previewed(world)
    assert shown.action == "would_create"
    assert [(one.action, one.reason) for one in shown.refunds] == [("skipped", "refunds_off")]


def test_behind_a_refund_that_waits_the_next_one_waits_too(shop):
    world = shop()
    world.set("refunds", account=None)
    world.place({"lines": [HAT], "order_id": "A"})
    refund(world, "A", 3)
    world.time.forward(seconds=5)
    refund(world, "A", 4)
    [shown] = previewed(world)
    assert [one.reason for one in shown.refunds] == ["refund_account_missing", "refund_waits"]


def test_its_parts_say_what_decided_them(shop):
    world = shop()
    world.map_method("PayPal", "PayPal Clearing")
    world.place(
        {"lines": [HAT], "order_id": "CARD"}, {"lines": [HAT], "order_id": "PAYPAL", "payment_method": "PayPal"}
    )
    refund(world, "CARD", 3)
    refund(world, "PAYPAL", 3)
    card, paypal = (documents_of(shown)[0] for shown in previewed(world))

    def said(document, name):
        return next(part.because[0] for part in document.parts if part.name == name)

    assert said(card, "account_left").by == Because.ACCOUNT_OF_REFUNDS
    assert said(paypal, "account_left").by == Because.ACCOUNT_OF_METHOD
    assert told(said(card, "number")) == "order number with the prefix “R-” of the refund options"
    assert said(card, "date").params == {"time_zone": "America/Toronto"}
    assert said(card, "customer").by == Because.AS_ON_SALE


def test_nothing_is_asked_of_quickbooks_and_nothing_is_written(shop):
    world = shop()
    world.place({"lines": [HAT], "order_id": "OLD"})
    world.sync()
    world.place({"lines": [HAT], "order_id": "NEW"})
    refund(world, "OLD", 3)
    refund(world, "NEW", 3)
    before, books, orders = tables(), world.books(), world.ecwid.orders(world.store_id)
    world.quickbooks.reset_counters()
    assert [len(shown.refunds) for shown in previewed(world)] == [1, 1]
    assert world.quickbooks.counters()["requests"] == 0
    assert (tables(), world.books(), world.ecwid.orders(world.store_id)) == (before, books, orders)


def test_it_costs_the_same_however_many_refunds_there_are(shop):
    world = shop()
    world.set("refunds", account=None)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            shown = previewed(world, refs=list(Record.objects.filter(kind="order").values_list("store_ref", flat=True)))
        assert all(one.refunds for one in shown)
        return len(captured)

    world.place({"lines": [HAT], "order_id": "A"})
    refund(world, "A", 3)
    world.sync()
    before = statements()
    world.place(*({"lines": [HAT, MUGS], "order_id": f"N{number}"} for number in range(5)))
    for number in range(5):
        refund(world, f"N{number}", Decimal(number) + 1)
    world.sync()
    assert statements() <= before
