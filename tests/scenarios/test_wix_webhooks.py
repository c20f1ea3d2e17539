"""The simulated Wix tells the app, we receive, workers work: an order of a site is in the books before anybody asked
(S6)."""

import pytest

from integrations.models import StoreConnection, WebhookEvent, WebhookRefusal
from sync.models import Run
from tests.support.expect import books_are_whole, posted
from tests.support.ledger import dec
from tests.support.queue import work

CART = {"lines": [{"sku": "MUG", "quantity": 2}], "shipping": 6}


@pytest.fixture
def listening(make_world, live_server):
    """A world whose site knows where to send; a first sync is behind it."""
    world = make_world("WIX_US")
    world.wix.webhooks(url=f"{live_server}/webhooks/wix/", automatic=False)
    world.sync()
    world.wix.reset_counters()
    return world


def bring(world):
    """Let the messages arrive, and return the answers to them. One that came too late for Wix comes again at once."""
    before = {one["n"]: len(one["attempts"]) for one in world.wix.deliveries()}
    for _attempt in range(5):
        world.wix.deliver(everything=True)
        made = [one["attempts"][before.get(one["n"], 0) :] for one in world.wix.deliveries()]
        if all("status" in attempts[-1] for attempts in made if attempts):
            break
    return [attempt["status"] for attempts in made for attempt in attempts if "status" in attempt]


def runs():
    return list(Run.objects.filter(trigger="webhook").values_list("state", flat=True))


def reads(world):
    """How many orders were read by their ids."""
    return world.wix.counters()["by_route"].get("GET /ecom/v1/orders/<order>", 0)


@pytest.mark.parametrize("lag", [0, 600])
@pytest.mark.parametrize("bodies", ["object", "text"])
def test_an_order_is_in_the_books_whether_the_sites_searches_find_it_yet_or_not(listening, lag, bodies):
    """Five events tell of it, and it is read once."""
    listening.wix.switch(index_lag_seconds=lag, event_bodies=bodies)
    listening.place({**CART, "number": "QUICK"})

    answers = bring(listening)
    assert len(answers) >= 5
    assert set(answers) == {200}
    assert work() == ["handle_store_events", "carry_out_sync"]

    told = listening.shop.orders()["QUICK"]["order"]["priceSummary"]["total"]["amount"]
    assert dec(posted(listening, "QUICK")["TotalAmt"]) == dec(told)
    assert (runs(), reads(listening)) == (["finished"], 1)
    books_are_whole(listening)


def test_forty_orders_at_once_repeated_and_in_disorder_make_one_run_and_one_document_each(listening):
    listening.wix.webhooks(duplicates=1, reorder=True)
    listening.place(*({**CART, "number": f"N{number}"} for number in range(40)))

    assert set(bring(listening)) == {200}
    assert WebhookEvent.objects.filter(topic="order").count() >= 5 * 40
    work()

    assert (runs(), reads(listening)) == (["finished"], 40)
    assert len(listening.documents()) == 40
    books_are_whole(listening)


def test_what_happens_to_an_order_later_has_it_read_again(listening):
    listening.place({**CART, "number": "TWICE"})
    bring(listening)
    work()
    before = reads(listening)

    listening.act("TWICE", "fulfil")
    bring(listening)
    work()

    assert reads(listening) == before + 1
    assert runs() == ["finished", "finished"]
    books_are_whole(listening)


def test_messages_that_come_again_later_change_nothing(listening):
    listening.place({**CART, "number": "ONCE"})
    bring(listening)
    work()
    before = listening.books()

    for one in listening.wix.deliveries():
        listening.wix.repeat(one["n"])
    assert set(bring(listening)) == {200}

    assert work() == []
    assert listening.books() == before


@pytest.mark.parametrize(("signature", "reason"), [("wrong", "forged"), ("missing", "unsigned")])
def test_what_is_not_wixs_is_refused_and_nothing_happens(listening, signature, reason):
    listening.wix.webhooks(signature=signature)
    listening.place(CART)

    assert set(bring(listening)) == {403}

    assert work() == []
    assert not WebhookEvent.objects.exists()
    assert set(WebhookRefusal.objects.values_list("provider", "reason")) == {("wix", reason)}


def test_what_happens_on_a_site_that_is_not_connected_is_nobodys(listening):
    listening.wix.place("fern", {"lines": [{"sku": "SEED"}]})

    assert set(bring(listening)) == {200}

    assert work() == []
    assert set(WebhookRefusal.objects.values_list("provider", "reason")) == {("wix", "unknown_account")}


def test_a_refund_is_in_the_books_at_once_although_no_date_tells_of_it(listening):
    listening.set("refunds", enabled=True, account=listening.entry("Account", "Ecwid Clearing"))
    listening.wix.switch(refunds_move_updated=False)
    [order] = listening.place({**CART, "number": "BACK"})
    bring(listening)
    work()

    listening.wix.refund(listening.store_id, order)
    bring(listening)
    work()

    assert listening.only("RefundReceipt")["TotalAmt"] == listening.only("Invoice")["TotalAmt"]
    books_are_whole(listening)


def test_a_removed_app_is_noticed_at_once_and_one_that_is_back_goes_on(listening):
    listening.wix.uninstall(listening.store_id)
    listening.place({**CART, "number": "MEANWHILE"})  # nobody is told of it
    assert set(bring(listening)) == {200}
    assert work() == ["handle_store_events"]
    assert StoreConnection.objects.get().state == "reconnect"

    listening.wix.install(listening.store_id)
    bring(listening)
    work()

    assert StoreConnection.objects.get().state == "connected"
    assert posted(listening, "MEANWHILE")
    books_are_whole(listening)
