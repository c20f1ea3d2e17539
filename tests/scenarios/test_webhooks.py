"""The simulated systems send, we receive, workers work: an order is in the books before anybody asked (S6)."""

import pytest

from integrations.models import StoreConnection, WebhookEvent, WebhookRefusal
from sync.models import Gone, Run
from sync.translate.reasons import Reason
from tests.support.expect import books_are_whole, held, posted
from tests.support.queue import work
from tests.support.world import money

CART = {"lines": [{"sku": "TSH-M", "quantity": 2, "price": 25}]}


@pytest.fixture
def listening(world, live_server):
    """A world whose store and company know where to send; a first sync is behind it, and so are its messages."""
    world.ecwid.webhooks(url=f"{live_server}/webhooks/ecwid/", automatic=False)
    world.quickbooks.webhooks(url=f"{live_server}/webhooks/quickbooks/", automatic=False)
    world.sync()
    return world


def bring(side):
    """Let the messages of one side arrive, and return the answers to them."""
    before = {one["n"]: len(one["attempts"]) for one in side.deliveries()}
    side.deliver(everything=True)
    return [attempt["status"] for one in side.deliveries() for attempt in one["attempts"][before.get(one["n"], 0) :]]


def outcomes(**wanted):
    return set(WebhookEvent.objects.filter(**wanted).values_list("state", "outcome"))


def runs():
    return list(Run.objects.filter(trigger="webhook").values_list("state", flat=True))


def test_an_order_is_in_the_books_although_the_stores_searches_do_not_find_it_yet(listening):
    listening.ecwid.switch(index_lag_seconds=600)
    listening.place({**CART, "order_id": "QUICK"})

    assert set(bring(listening.ecwid)) == {200}
    assert work() == ["handle_store_events", "carry_out_sync"]

    assert money(posted(listening, "QUICK")["TotalAmt"]) == money("57.49")
    assert runs() == ["finished"]
    assert ("handled", "sync_asked") in outcomes(kind="order.created")
    books_are_whole(listening)


def test_many_orders_at_once_repeated_and_in_disorder_make_one_run_and_one_document_each(listening):
    listening.ecwid.webhooks(duplicates=2, reorder=True)
    listening.place(*({**CART, "order_id": f"N{number}"} for number in range(12)))

    assert len(bring(listening.ecwid)) >= 36
    work()

    assert runs() == ["finished"]
    assert len(listening.documents()) == 12
    books_are_whole(listening)


def test_messages_that_come_again_later_change_nothing(listening):
    listening.place({**CART, "order_id": "ONCE"})
    bring(listening.ecwid)
    work()
    before = listening.books()

    for one in listening.ecwid.deliveries():
        listening.ecwid.repeat(one["n"])
    assert set(bring(listening.ecwid)) == {200}

    assert work() == []
    assert listening.books() == before


@pytest.mark.parametrize(("signature", "reason"), [("wrong", "forged"), ("missing", "unsigned")])
def test_what_is_not_the_stores_is_refused_and_nothing_happens(listening, signature, reason):
    listening.ecwid.webhooks(signature=signature)
    listening.place(CART)

    assert set(bring(listening.ecwid)) == {403}

    assert work() == []
    assert not WebhookEvent.objects.filter(store__isnull=False).exists()
    assert list(WebhookRefusal.objects.values_list("provider", "reason")) == [("ecwid", reason)]


@pytest.mark.parametrize("form", ["notifications", "cloudevents"])
def test_an_item_made_in_quickbooks_releases_the_order_that_waits_for_it(listening, form):
    listening.quickbooks.switch(webhook_format=form)
    listening.set("items", create_missing=False)
    listening.place({"lines": [{"sku": "NEW-SKU", "quantity": 1, "price": 20}], "order_id": "WAITS"})
    bring(listening.ecwid)
    work()
    held(listening, "WAITS", Reason.ITEM_MISSING)

    income = listening.entry("Account", "Sales of Product Income").books_ref
    item = {"Name": "New thing", "Sku": "NEW-SKU", "Type": "NonInventory", "IncomeAccountRef": {"value": income}}
    listening.quickbooks.add(listening.realm, "Item", item)
    assert set(bring(listening.quickbooks)) == {200}
    work()

    assert posted(listening, "WAITS")
    assert ("handled", "sync_asked") in outcomes(kind="item.created")


def test_the_echo_of_our_own_documents_asks_for_nothing(listening):
    listening.place({**CART, "order_id": "LOUD"})
    bring(listening.ecwid)
    work()
    listening.ecwid.deliver(everything=True)

    assert set(bring(listening.quickbooks)) == {200}
    assert work() == ["handle_books_events"]

    kinds = set(WebhookEvent.objects.filter(books__isnull=False).values_list("kind", flat=True))
    assert {"invoice.created", "payment.created"} <= kinds
    assert {state for state, _outcome in outcomes(books__isnull=False)} == {"ignored"}
    assert runs() == ["finished"]


def test_a_removed_app_is_noticed_at_once(listening):
    listening.ecwid.control("POST", f"stores/{listening.store_id}/tokens/revoke", {})

    assert set(bring(listening.ecwid)) == {200}
    assert work() == ["handle_store_events"]

    assert StoreConnection.objects.get().state == "reconnect"
    assert outcomes() == {("handled", "disconnected")}


def test_a_deleted_order_is_noticed_at_once(listening):
    (order,) = listening.place({**CART, "order_id": "GONE"})
    bring(listening.ecwid)
    work()
    posted(listening, "GONE")

    listening.ecwid.delete(listening.store_id, order)
    assert set(bring(listening.ecwid)) == {200}
    work()

    assert listening.record("GONE").gone == Gone.DELETED
    assert ("handled", "sync_asked") in outcomes(kind="order.deleted")


def test_a_refund_is_in_the_books_at_once(listening):
    listening.set("refunds", enabled=True, account=listening.entry("Account", "Ecwid Clearing"))
    listening.set("orders", payment_statuses=["PAID", "PARTIALLY_REFUNDED", "REFUNDED"])
    (order,) = listening.place({**CART, "order_id": "BACK"})
    bring(listening.ecwid)
    work()

    listening.ecwid.refund(listening.store_id, order)
    bring(listening.ecwid)
    work()

    assert money(listening.only("RefundReceipt")["TotalAmt"]) == money("57.49")
    assert runs() == ["finished", "finished"]
