"""What changed settings would make of the refunds of the latest orders, before anybody saves them."""

from copy import copy

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import BooksObject, Integration
from sync.engine.compare import Unsaved, compare

ALL = ("A", "A-2", "B")
HAT = {"sku": "HAT", "name": "Hat", "price": 40}


@pytest.fixture
def shop(make_world):
    """Two orders that are in the books: refunds of A are, too (in part, and paid by card); B, by PayPal, has one that
    is still to come."""
    world = make_world("CA", payment_statuses=["PAID", "PARTIALLY_REFUNDED"])
    world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
    world.place({"lines": [HAT], "order_id": "A"}, {"lines": [HAT], "order_id": "B", "payment_method": "PayPal"})
    world.sync()
    refund(world, "A", 3)
    world.sync()
    refund(world, "A", 4)
    world.sync()
    refund(world, "B", 5)
    world.set("refunds", enabled=False)
    world.sync()
    world.set("refunds", enabled=True)
    assert [one.state for one in world.refunds("A")] == ["posted", "posted"]
    assert [one.state for one in world.refunds("B")] == ["skipped"]
    return world


def refund(world, number, amount):
    world.ecwid.control("POST", f"stores/{world.store_id}/orders/{number}/refund", {"amount": amount})


def fresh(world):
    return Integration.objects.get(pk=world.integration.pk)


def changed(row, **values):
    row = copy(row)
    for name, value in values.items():
        setattr(row, name, value)
    return row


def compared(world, *rows, removed=()):
    return compare(fresh(world), Unsaved(rows, tuple(removed)), clock=world.time.clock)


def changes(comparison):
    """What is different of refunds, by the refund's number."""
    return {
        refund.after.record.number: [(each.document, each.what, each.before, each.after) for each in refund.changes]
        for one in comparison.differences
        for refund in one.refunds
    }


def endings(comparison):
    return {
        refund.after.record.number: [(end.action, end.reason) for end in (refund.before, refund.after)]
        for one in comparison.differences
        for refund in one.refunds
    }


def test_the_same_settings_change_nothing(shop):
    integration = fresh(shop)
    comparison = compared(shop, integration, integration.refunds, integration.orders, integration.payments)
    assert (comparison.looked_at, comparison.differences) == (2, ())


def test_another_prefix_numbers_every_refund_anew_and_no_sale(shop):
    comparison = compared(shop, changed(fresh(shop).refunds, number_prefix="BACK-"))
    assert changes(comparison) == {
        "A": [("RefundReceipt", "number", "R-A", "BACK-A")],
        "A-2": [("RefundReceipt", "number", "R-A-2", "BACK-A-2")],
        "B": [("RefundReceipt", "number", "R-B", "BACK-B")],
    }
    assert [one.changes for one in comparison.differences] == [(), ()]


def test_another_account_shows_where_no_method_has_one_of_its_own(shop):
    shop.map_method("PayPal", "PayPal Clearing")
    other = shop.entry("Account", "Undeposited Funds")
    comparison = compared(shop, changed(fresh(shop).refunds, account=other))
    moved = [("RefundReceipt", "account_left", "Ecwid Clearing", "Undeposited Funds")]
    assert changes(comparison) == {"A": moved, "A-2": moved}


def test_the_account_of_a_method_shows_in_its_sale_and_its_refund(shop):
    """The sale as if it were new, the refund of the one that is in the books."""
    method = shop.integration.payment_mappings.get(method="PayPal")
    other = shop.entry("Account", "PayPal Clearing")
    [only] = compared(shop, changed(method, account=other)).differences
    assert [(one.document, one.before, one.after) for one in only.changes] == [
        ("Payment", "Ecwid Clearing", "PayPal Clearing")
    ]
    [part] = only.refunds
    assert [(one.what, one.after) for one in part.changes] == [("account_left", "PayPal Clearing")]
    assert only.parts == (only, part)


def test_without_any_account_refunds_wait(shop):
    comparison = compared(shop, changed(fresh(shop).refunds, account=None))
    held, waiting = (
        [("would_create", ""), ("held", "refund_account_missing")],
        [("would_create", ""), ("held", "refund_waits")],
    )
    assert endings(comparison) == {"A": held, "A-2": waiting, "B": held}
    gone = {name: [one[:2] for one in some if one[3] is None] for name, some in changes(comparison).items()}
    assert ("RefundReceipt", "document") in gone["A"]


def test_switched_off_and_on(shop):
    off = compared(shop, changed(fresh(shop).refunds, enabled=False))
    assert endings(off) == {name: [("would_create", ""), ("skipped", "refunds_off")] for name in ALL}
    shop.set("refunds", enabled=False)
    on = compared(shop, changed(fresh(shop).refunds, enabled=True))
    assert endings(on) == {name: [("skipped", "refunds_off"), ("would_create", "")] for name in ALL}


def test_another_item_shows_on_the_lines_of_partial_refunds(shop):
    comparison = compared(shop, changed(fresh(shop).refunds, item=shop.entry("Item", "Fees")))
    found = changes(comparison)
    assert sorted(found) == ["A", "A-2", "B"]
    assert ("RefundReceipt", "item", "Refund adjustment", "Fees") in found["B"]


def test_refunds_of_an_order_that_is_not_in_the_books_follow_its_sale(shop):
    """An account for its shipping releases the order, and the refund with it."""
    shop.set("orders", shipping_item=None)
    shop.place({"lines": [HAT], "shipping": 5, "order_id": "SHIPPED"})
    shop.sync()
    refund(shop, "SHIPPED", 6)
    shop.sync()
    item = BooksObject.objects.get(type="Item", name="Shipping")
    comparison = compared(shop, changed(fresh(shop).orders, shipping_item=item))
    assert endings(comparison) == {"SHIPPED": [("held", "refund_waits"), ("would_create", "")]}


def test_nothing_is_asked_or_written(shop):
    def everything():
        models = [model for model in apps.get_models() if model._meta.app_label in {"accounts", "integrations", "sync"}]
        return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}

    before, books = everything(), shop.books()
    shop.quickbooks.reset_counters()
    shop.ecwid.reset_counters()
    assert compared(shop, changed(fresh(shop).refunds, number_prefix="X", account=None)).differences
    assert shop.quickbooks.counters()["requests"] == shop.ecwid.counters()["requests"] == 0
    assert (everything(), shop.books()) == (before, books)


def test_it_costs_the_same_however_many_refunds_there_are(shop):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            compared(shop, changed(fresh(shop).refunds, number_prefix="X"))
        return len(captured)

    before = statements()
    shop.place(*({"lines": [HAT], "order_id": f"N{number}"} for number in range(5)))
    shop.sync()
    for number in range(5):
        refund(shop, f"N{number}", 2)
    shop.sync()
    assert statements() <= before
