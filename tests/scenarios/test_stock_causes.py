"""Levels are compared when there is cause; a sync without one costs next to nothing. Counted by both systems."""

from unittest import mock

import pytest

from integrations.ecwid.store import EcwidStore
from integrations.models import BooksObject
from integrations.quickbooks.client import QuickBooksClient
from sync.engine.run import FLOWS
from sync.models import Action, ProductMatch, PushState, Record, RecordState, RunState, StockPush, Trigger
from sync.services.inbox import records_ignore, records_retry
from sync.services.stock import push_restore
from sync.translate.reasons import Reason
from tests.support.expect import later
from tests.support.queue import work
from tests.support.shelves import product_id, table, waiting
from tests.support.stores import second_store

QUARTER = {"minutes": 15}
# Of the store: its orders, deleted ones, and the products that changed. Of QuickBooks: what changed in its lists.
NO_CAUSE = (3, {"cdc": 1})
# With the preferences, and the tax codes and rates that each run reads which looks closer.
COMPARED = {"cdc": 1, "preferences": 1, "query": 3}


@pytest.fixture
def settled(shop):
    """The first push is approved and carried out, levels agree, and a quiet quarter of an hour is over."""
    later(shop.world, minutes=61)  # of the first access token nobody knows when it ends
    shop.keep_in_books("MUG-1", 12)
    shop.keep_in_books("CUP-1", 7)
    shop.sell("MUG-1", 8)
    shop.sell("CUP-1", 7)
    shop.approved()
    quarter_later(shop)
    return shop


def by_itself(shop):
    """The sync of the schedule."""
    run = shop.sync(trigger=Trigger.SCHEDULE, flows=FLOWS)
    assert run.state == RunState.FINISHED, run.reason
    return run


def quarter_later(shop):
    later(shop.world, **QUARTER)
    return by_itself(shop)


def counted(shop):
    """A quarter of an hour later: what the sync of the schedule did, and its calls as both systems counted them."""
    for side in (shop.world.ecwid, shop.world.quickbooks):
        side.reset_counters()
    run = quarter_later(shop)
    store, routes = shop.world.ecwid.counters()["requests"], shop.world.quickbooks.counters()["by_route"]
    books = {route.rpartition("/")[2]: count for route, count in routes.items()}
    books.pop("bearer", None)  # a new access token, once an hour
    assert run.calls == {"store": store, "books": sum(books.values())}
    return run, store, books


def is_quiet(shop):
    run, *calls = counted(shop)
    assert not run.counts
    return tuple(calls) == NO_CAUSE


def sell_in_books(shop, sku, quantity):
    """Somebody types a sale into QuickBooks."""
    item = next(row["Id"] for row in shop.world.books()["Item"] if row.get("Sku") == sku)
    customer = shop.world.books()["Customer"][0]["Id"]
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": 20 * quantity,
        "SalesItemLineDetail": {"ItemRef": {"value": item}, "Qty": quantity, "TaxCodeRef": {"value": zero_rated(shop)}},
    }
    sale = {"CustomerRef": {"value": customer}, "GlobalTaxCalculation": "TaxExcluded", "Line": [line]}
    shop.world.quickbooks.add(shop.realm, "SalesReceipt", sale)


def zero_rated(shop):
    return shop.world.entry("TaxCode", "Zero-rated").books_ref


def buy(shop, number, quantity=2, **more):
    shop.world.place({"lines": [{"sku": "MUG-1", "quantity": quantity}], "order_id": number, **more})


class TestCalls:
    """Those of a sync every quarter of an hour."""

    def test_nothing_changed(self, settled):
        run, *calls = counted(settled)

        assert tuple(calls) == NO_CAUSE
        assert not run.counts

    def test_an_item_changed(self, settled):
        settled.count("MUG-1", 9)

        run, store, books = counted(settled)

        assert run.counts == {Action.UPDATED: 1}
        assert settled.level("MUG-1") == 9
        # The orders and the deleted ones once more, the product, and its level.
        assert (store, books) == (3 + 4, COMPARED)
        assert is_quiet(settled)

    def test_a_posting_of_ours(self, settled):
        """The sync that posted compares, and the next once more: QuickBooks' queries lag behind what was written."""
        buy(settled, "ONE")

        run, store, books = counted(settled)

        assert (run.counts, settled.level("MUG-1")) == ({Action.CREATED: 1}, 10)
        assert (store, books["cdc"], books["preferences"]) == (3 + 1, 1, 1)
        _again, *calls = counted(settled)
        assert tuple(calls) == (3, COMPARED)
        assert is_quiet(settled)

    def test_the_hour_is_over(self, settled):
        for _quarter in range(2):
            assert is_quiet(settled)

        run, store, books = counted(settled)

        assert not run.counts
        assert (store, books) == (3, COMPARED)
        assert is_quiet(settled)

    def test_hourly_syncs_compare_every_time(self, settled):
        for early in (0, 40, -40, 0):
            later(settled.world, minutes=60, seconds=-early)
            settled.world.quickbooks.reset_counters()
            by_itself(settled)
            assert settled.world.quickbooks.counters()["by_route"]["GET /query"] == COMPARED["query"]


class TestQuantities:
    @pytest.mark.parametrize(("told", "quarters"), [(True, 1), (False, 3)])
    def test_a_mere_change_is_seen_at_once_where_the_change_feed_tells_it_and_within_the_hour_where_not(
        self, settled, told, quarters
    ):
        settled.world.quickbooks.switch(stock_moves_touch_item=told)
        sell_in_books(settled, "MUG-1", 5)
        for _quarter in range(quarters - 1):
            assert is_quiet(settled)
            assert settled.level("MUG-1") == 12

        quarter_later(settled)

        assert settled.level("MUG-1") == 7

    def test_an_entry_that_comes_again_and_has_another_quantity_by_then_is_a_change(self, settled):
        """Change data is read with an overlap; the sale after the edit moves neither time nor version of the item."""
        settled.world.quickbooks.switch(stock_moves_touch_item=False)
        settled.count("MUG-1", 9)
        quarter_later(settled)
        settled.count("CUP-1", 6)
        by_itself(settled)
        sell_in_books(settled, "CUP-1", 2)
        later(settled.world, minutes=2)

        by_itself(settled)

        assert settled.level("CUP-1") == 4

    @pytest.mark.parametrize("trigger", [Trigger.PERSON, Trigger.COMMAND])
    def test_whoever_asks_gets_a_comparison(self, settled, trigger):
        sell_in_books(settled, "MUG-1", 5)

        settled.sync(trigger=trigger, flows=FLOWS)

        assert settled.level("MUG-1") == 7

    def test_a_message_about_an_item_is_cause_enough(self, shop, live_server):
        """Although the change feed, which lags behind, does not tell of the item yet."""
        shop.shelve("MUG-1", books=12, store=8)
        shop.approved()
        by_itself(shop)
        shop.world.quickbooks.webhooks(url=f"{live_server}/webhooks/quickbooks/", automatic=False)
        shop.world.quickbooks.switch(stock_moves_touch_item=True)
        sell_in_books(shop, "MUG-1", 5)
        shop.world.quickbooks.deliver(everything=True)

        with mock.patch.object(QuickBooksClient, "cdc", return_value={}):
            assert work() == ["handle_books_events", "carry_out_sync"]

        assert shop.level("MUG-1") == 7


class TestSales:
    """K3 holds for syncs that come by themselves, too."""

    def test_what_is_sold_and_not_posted_lowers_what_the_books_say(self, settled):
        settled.world.set("payments", account=None)
        quarter_later(settled)
        quarter_later(settled)
        buy(settled, "ONE", payment_method="Barter")
        quarter_later(settled)
        assert settled.world.record("ONE").state == RecordState.HELD
        assert settled.level("MUG-1") == 10

        settled.count("MUG-1", 20)
        quarter_later(settled)

        assert settled.level("MUG-1") == 18

    def test_an_order_that_is_ignored_is_not_owed_any_more(self, settled):
        settled.world.set("payments", account=None)
        buy(settled, "ONE", payment_method="Barter")
        for _quarter in range(3):
            quarter_later(settled)
        assert settled.level("MUG-1") == 10
        records_ignore(Record.objects.filter(number="ONE"), user="olga", now=settled.world.time.now())

        quarter_later(settled)

        assert settled.level("MUG-1") == 12

    def test_a_level_that_moved_while_it_was_compared_is_set_by_the_next_sync(self, settled):
        settled.count("MUG-1", 20)
        original = EcwidStore.product

        def sells_first(store, ref):
            buy(settled, "LATE", 4)
            return original(store, ref)

        with mock.patch.object(EcwidStore, "product", sells_first):
            by_itself(settled)
        assert settled.level("MUG-1") == 8

        by_itself(settled)

        assert settled.level("MUG-1") == 16


class TestCauses:
    def test_somebody_changes_a_level_in_the_store(self, settled):
        settled.world.ecwid.change_product(settled.store, product_id(settled, "MUG-1"), quantity=40)

        quarter_later(settled)

        assert settled.level("MUG-1") == 12
        assert is_quiet(settled)

    def test_a_product_is_new_in_the_store(self, settled):
        settled.keep_in_books("NEW-1", 3)
        quarter_later(settled)
        settled.sell("NEW-1", 5)

        quarter_later(settled)

        assert settled.level("NEW-1") == 3

    def test_a_product_is_matched_to_another_item(self, settled):
        cup = BooksObject.objects.get(books=settled.world.integration.books, type="Item", sku="CUP-1")
        settled.sell("PLATE", 5)
        quarter_later(settled)
        assert settled.state("PLATE") == (RecordState.SKIPPED, Reason.STOCK_ITEM_MISSING)
        ProductMatch.objects.create(integration=settled.world.integration, sku="PLATE", item=cup)

        quarter_later(settled)

        assert settled.level("PLATE") == 7

    def test_a_setting_is_changed(self, settled):
        settled.keep_in_books("AIR", 4)
        settled.sell("AIR", None, unlimited=True)
        quarter_later(settled)
        settled.world.set("stock", include_unlimited=True)

        quarter_later(settled)

        assert settled.level("AIR") == 4

    def test_a_table_that_waits_is_kept_as_it_is_now_and_carried_out_once_it_is_approved(self, shop):
        shop.shelve("MUG-1", books=12, store=8)
        by_itself(shop)
        sell_in_books(shop, "MUG-1", 2)
        quarter_later(shop)
        assert table(waiting(shop)) == {"MUG-1": (8, 10)}
        shop.approve()

        quarter_later(shop)

        assert shop.level("MUG-1") == 10
        assert StockPush.objects.get().state == PushState.APPLIED
        assert is_quiet(shop)

    def test_levels_are_to_be_brought_back(self, settled):
        settled.count("MUG-1", 9)
        quarter_later(settled)
        assert settled.level("MUG-1") == 9
        push_restore(StockPush.objects.latest("pk").pk, user=settled.olga, now=settled.world.time.now())

        quarter_later(settled)

        assert settled.level("MUG-1") == 12
        assert table(waiting(settled)) == {"MUG-1": (12, 9)}

    def test_somebody_asks_for_a_product_again(self, settled):
        record = Record.objects.filter(pk=settled.record("MUG-1").pk)
        records_ignore(record, user="olga", now=settled.world.time.now())
        settled.count("MUG-1", 9)
        quarter_later(settled)
        assert is_quiet(settled)
        records_retry(record)

        quarter_later(settled)

        assert settled.level("MUG-1") == 9

    @pytest.mark.parametrize(("side", "fault"), [("quickbooks", {"path": "query"}), ("ecwid", {"method": "PUT"})])
    def test_a_comparison_that_did_not_come_to_its_end_is_made_again(self, settled, side, fault):
        """Although somebody asked for it without any other cause."""
        sell_in_books(settled, "MUG-1", 5)
        getattr(settled.world, side).fault("status", status=500, times=50, **fault)
        assert settled.sync().state == RunState.FAILED
        assert settled.level("MUG-1") == 12
        getattr(settled.world, side).clear_faults()

        by_itself(settled)

        assert settled.level("MUG-1") == 7

    def test_without_cause_states_stay_and_the_log_says_nothing(self, settled):
        settled.sell("LOOSE", 5)
        settled.world.ecwid.switch(unique_skus=False)
        for name in ("Blue", "Red"):
            settled.sell("TWICE", 8, name=name)
        quarter_later(settled)
        before = settled.states()
        assert before["TWICE"] == (RecordState.HELD, Reason.SKU_DUPLICATE)
        assert before["LOOSE"] == (RecordState.SKIPPED, Reason.STOCK_ITEM_MISSING)

        run, *calls = counted(settled)

        assert tuple(calls) == NO_CAUSE
        assert not settled.world.log(run)
        assert settled.states() == before

    def test_another_store_on_the_same_books_sells(self, settled):
        other = second_store(settled.world)
        other.set("payments", account=None)
        line = {"sku": "MUG-1", "quantity": 2, "price": 20}
        other.place({"lines": [line], "payment_method": "Barter", "order_id": "ELSEWHERE"})
        other.sync(flows=["orders"])
        assert other.record("ELSEWHERE").state == RecordState.HELD

        quarter_later(settled)

        assert settled.level("MUG-1") == 10
