"""Stock levels of QuickBooks are set in the store: seen first, never blank for zero, never what is sold (K1-K4)."""

from dataclasses import replace
from unittest import mock

import pytest

from integrations.ecwid.store import EcwidStore
from integrations.models import BooksObject
from sync.models import (
    Action,
    AskBecause,
    ProductMatch,
    PushState,
    Record,
    RecordKind,
    RecordState,
    RunState,
    SettingChange,
    StockPush,
)
from sync.services.inbox import records_ignore, records_retry
from sync.services.stock import push_approve, push_reject, push_restore
from sync.translate.reasons import Reason
from tests.support.expect import later
from tests.support.shelves import product_id, table, waiting


class TestFirstPush:
    def test_it_is_a_table_that_a_person_approves(self, shop):
        shop.shelve("MUG-1", books=12, store=8)

        shop.sync()

        assert shop.level("MUG-1") == 8
        assert shop.state("MUG-1") == (RecordState.HELD, Reason.STOCK_AWAITS_APPROVAL)
        assert table(waiting(shop)) == {"MUG-1": (8, 12)}
        assert waiting(shop).because == AskBecause.FIRST

        assert shop.approve()
        run = shop.sync()

        assert shop.level("MUG-1") == 12
        assert shop.state("MUG-1") == (RecordState.POSTED, Reason.STOCK_SET)
        assert run.counts == {Action.UPDATED: 1}
        push = StockPush.objects.get()
        assert (push.state, push.by) == (PushState.APPLIED, "olga")
        [entry] = [entry for entry in shop.world.log(run) if entry.action == Action.UPDATED]
        assert (entry.kind, entry.store_ref) == (RecordKind.STOCK, "MUG-1")
        assert (entry.params["before"], entry.params["after"]) == ("8", "12")
        change = SettingChange.objects.get(model="sync.stockpush")
        assert (change.by, change.old, change.new) == ("olga", "waiting", "approved")

    def test_it_is_asked_once_and_shown_as_it_is_now(self, shop):
        shop.shelve("MUG-1", books=12, store=8)
        first = shop.sync()
        again = shop.sync()
        shown = waiting(shop)
        assert first.counts[Action.HELD] == 1
        assert not again.counts.get(Action.HELD)

        shop.count("MUG-1", 15)
        shop.sync()

        assert table(waiting(shop)) == {"MUG-1": (8, 15)}
        assert not push_approve(shown.pk, digest=shown.digest, user=shop.olga, now=shop.world.time.now())
        assert shop.level("MUG-1") == 8

    def test_exactly_the_table_that_was_shown_is_approved(self, shop):
        """What differs by the time it is carried out has to pass the guard again."""
        for sku in ("A", "B", "C"):
            shop.shelve(sku, books=12, store=8)
        shop.sync()
        shop.approve()
        shop.count("B", 0)

        shop.sync()

        assert [shop.level(sku) for sku in "ABC"] == [12, 8, 12]
        assert waiting(shop).because == AskBecause.ZEROS
        assert table(waiting(shop)) == {"B": (8, 0)}

    def test_the_command_line_approves_what_waits(self, shop):
        shop.shelve("MUG-1", books=12, store=8)
        shop.sync()

        shop.sync(approve=True)

        assert shop.level("MUG-1") == 12
        assert StockPush.objects.get().by == "manage.py"

    def test_a_rejected_table_is_not_asked_about_again_until_it_is_another(self, shop):
        shop.shelve("MUG-1", books=12, store=8)
        shop.sync()
        push = waiting(shop)
        assert push_reject(push.pk, digest=push.digest, user=shop.olga, now=shop.world.time.now())

        shop.sync()

        assert shop.state("MUG-1") == (RecordState.HELD, Reason.STOCK_REJECTED)
        assert not StockPush.objects.filter(state=PushState.WAITING).exists()
        shop.count("MUG-1", 9)
        shop.sync()
        assert table(waiting(shop)) == {"MUG-1": (8, 9)}

    def test_levels_that_agree_need_nobody(self, shop):
        shop.shelve("MUG-1", books=8, store=8)

        run = shop.sync()

        assert shop.state("MUG-1") == (RecordState.POSTED, "")
        assert not StockPush.objects.exists()
        assert not [entry for entry in shop.world.log(run) if entry.store_ref == "MUG-1"]

    def test_a_dry_run_writes_nothing_and_says_what_it_would_set(self, shop):
        shop.shelve("MUG-1", books=12, store=8)

        run = shop.sync(dry_run=True)

        assert shop.level("MUG-1") == 8
        [entry] = [entry for entry in shop.world.log(run) if entry.action == Action.WOULD_UPDATE]
        assert (entry.store_ref, entry.params["before"], entry.params["after"]) == ("MUG-1", "8", "12")
        assert not Record.objects.filter(kind=RecordKind.STOCK).exists()
        assert not StockPush.objects.exists()


class TestGuard:
    def test_five_hundred_blank_items_write_nothing(self, shop):
        """QuickBooks lists 500 items without a quantity: blank is not zero."""
        for number in range(500):
            sku = f"N-{number:03}"
            shop.list_in_books(sku)
            shop.sell(sku, 5)

        run = shop.sync()

        assert not StockPush.objects.exists()
        assert {shop.level(f"N-{number:03}") for number in (0, 250, 499)} == {5}
        assert shop.state("N-250") == (RecordState.SKIPPED, Reason.STOCK_NOT_COUNTED)
        assert shop.store_calls(run) <= 12
        later(shop.world, minutes=30)
        shop.sync()
        again = shop.sync()
        assert not again.counts
        assert shop.store_calls(again) <= 3

    def test_more_zeros_than_usual_stop_and_ask(self, shop):
        for number in range(9):
            shop.shelve(f"Z-{number}", books=5, store=5)
        shop.shelve("MUG-1", books=4, store=5)
        shop.approved()
        for number in range(3):
            shop.count(f"Z-{number}", 0)
        shop.count("MUG-1", 3)

        shop.sync()

        assert [shop.level(f"Z-{number}") for number in range(3)] == [5, 5, 5]
        assert shop.level("MUG-1") == 4
        push = waiting(shop)
        assert (push.because, push.compared, push.falling) == (AskBecause.ZEROS, 10, 3)

        shop.world.set("stock", guard_percent=30)
        shop.sync()
        assert [shop.level(f"Z-{number}") for number in range(3)] == [0, 0, 0]
        assert shop.level("MUG-1") == 3
        assert not StockPush.objects.filter(state=PushState.WAITING).exists()

    def test_a_company_that_stopped_tracking_stock_asks(self, shop):
        shop.shelve("MUG-1", books=12, store=8)
        shop.approved()
        shop.count("MUG-1", 3)
        shop.world.quickbooks.preferences(shop.realm, ProductAndServicesPrefs={"QuantityOnHand": False})

        shop.sync()

        assert shop.level("MUG-1") == 12
        assert waiting(shop).because == AskBecause.NO_INVENTORY

    def test_a_company_that_stopped_tracking_stock_after_the_approval_asks_again(self, shop):
        shop.keep_in_books("MUG-1", 12)
        shop.sell("MUG-1", 8)
        shop.sync()
        shop.approve()
        shop.world.quickbooks.preferences(shop.realm, ProductAndServicesPrefs={"QuantityOnHand": False})

        shop.sync()

        assert shop.level("MUG-1") == 8
        assert waiting(shop).because == AskBecause.NO_INVENTORY
        shop.approve()
        shop.sync()
        assert shop.level("MUG-1") == 12

    def test_a_store_whose_orders_cannot_be_read_gets_no_levels(self, shop):
        """What those orders sold must not come back to life."""
        shop.shelve("MUG-1", books=12, store=8)
        shop.sync()
        shop.approve()
        shop.world.ecwid.fault("status", path="/orders", status=500, times=20)

        run = shop.sync()

        assert (run.state, run.reason) == (RunState.FAILED, Reason.STORE_UNAVAILABLE)
        assert shop.level("MUG-1") == 8
        shop.world.ecwid.clear_faults()
        shop.sync()
        assert shop.level("MUG-1") == 12


class TestSold:
    """K3: what the store sold and the books do not know yet."""

    @pytest.fixture
    def mug(self, shop):
        shop.shelve("MUG-1", books=10, store=9)
        return shop.approved()

    def buy(self, shop, number, quantity=2, sku="MUG-1", **more):
        shop.world.place({"lines": [{"sku": sku, "quantity": quantity}], "order_id": number, **more})

    def test_a_sale_that_is_not_posted_yet_is_not_resurrected(self, shop, mug):
        self.buy(shop, "ONE")

        shop.sync()

        assert shop.level("MUG-1") == 8
        shop.count("MUG-1", 20)
        shop.sync()
        assert shop.level("MUG-1") == 18

    def test_posting_it_changes_nothing_in_the_store(self, shop, mug):
        self.buy(shop, "ONE")

        run = shop.sync(flows=["orders", "stock"])

        assert shop.world.record("ONE").state == RecordState.POSTED
        assert shop.level("MUG-1") == 8
        assert not run.counts.get(Action.UPDATED)

    @pytest.mark.parametrize("kind", ["held", "filtered"])
    def test_held_and_filtered_sales_count_as_sold(self, shop, mug, kind):
        if kind == "held":
            self.buy(shop, "ONE", 3, payment_method="Barter")
            shop.world.set("payments", account=None)
        else:
            shop.world.set("orders", fulfillment_statuses=["DELIVERED"])
            self.buy(shop, "ONE", 3)
        shop.count("MUG-1", 20)

        shop.sync(flows=["orders", "stock"])

        assert shop.world.record("ONE").state == (RecordState.HELD if kind == "held" else RecordState.SKIPPED)
        assert shop.level("MUG-1") == 17

    def test_what_was_cancelled_before_it_was_posted_is_back_on_the_shelf(self, shop, mug):
        shop.world.set("payments", account=None)
        self.buy(shop, "ONE", 3, payment_method="Barter")
        shop.sync(flows=["orders", "stock"])
        shop.world.ecwid.cancel(shop.store, "ONE")
        shop.count("MUG-1", 20)

        shop.sync(flows=["orders", "stock"])

        assert shop.level("MUG-1") == 20

    def test_what_was_refunded_and_restocked_is_not_taken_off_the_shelf_again(self, shop, mug):
        """Until the refund is in the books, QuickBooks still counts the goods as sold."""
        clearing = shop.world.entry("Account", "Ecwid Clearing")
        shop.world.set("orders", payment_statuses=["PAID", "REFUNDED"])
        shop.world.set("refunds", enabled=True, account=clearing)
        self.buy(shop, "ONE")
        shop.sync(flows=["orders", "stock"])
        assert shop.level("MUG-1") == 8
        shop.world.ecwid.refund(shop.store, "ONE")
        assert shop.level("MUG-1") == 10

        waits = shop.sync(flows=["orders", "stock"])
        assert (shop.level("MUG-1"), waits.counts.get(Action.UPDATED)) == (10, None)

        shop.sync(flows=["orders", "refunds", "stock"])
        assert shop.level("MUG-1") == 10
        [item] = [row for row in shop.world.books()["Item"] if row.get("Sku") == "MUG-1"]
        assert item["QtyOnHand"] == 10

    def test_a_sale_while_the_levels_are_read_is_left_to_the_next_run(self, shop, mug):
        """The level is read once more right before it is written: one that has moved says that something sells."""
        shop.count("MUG-1", 20)
        original = EcwidStore.product

        def sells_first(store, ref):
            self.buy(shop, "LATE", 4)
            return original(store, ref)

        with mock.patch.object(EcwidStore, "product", sells_first):
            shop.sync()
        assert shop.level("MUG-1") == 6

        shop.sync()
        assert shop.level("MUG-1") == 16

    def test_a_sale_that_was_posted_and_is_not_counted_yet_is_not_resurrected(self, shop, mug):
        """QuickBooks' queries lag behind its writes by seconds: the quantities are read again once they are over."""
        shop.world.time.clock = replace(shop.world.time.clock, sleep=lambda seconds: later(shop.world, seconds=seconds))
        shop.world.quickbooks.switch(quantity_lag_seconds=8)
        self.buy(shop, "ONE")

        run = shop.sync(flows=["orders", "stock"])

        assert shop.world.record("ONE").state == RecordState.POSTED
        assert (shop.level("MUG-1"), run.counts.get(Action.UPDATED)) == (8, None)

    def test_a_variation_without_a_sku_is_sold_from_its_products_stock(self, shop):
        plain = {"id": 7901, "options": [{"name": "Style", "value": "Matte"}]}
        own = {"id": 7902, "options": [{"name": "Style", "value": "Gloss"}], "sku": "CUP-G", "quantity": 4}
        shop.keep_in_books("CUP", 10)
        shop.keep_in_books("CUP-G", 6)
        shop.sell("CUP", 10, combinations=[plain, {**own, "unlimited": False}])
        shop.approved()
        assert shop.level("CUP-G") == 6
        shop.world.place(
            {"lines": [{"sku": "CUP", "quantity": 3}, {"sku": "CUP-G", "quantity": 2}], "order_id": "CUPS"}
        )
        shop.count("CUP", 20)
        shop.count("CUP-G", 20)

        shop.sync()

        assert (shop.level("CUP"), shop.level("CUP-G")) == (17, 18)


class TestLevels:
    @pytest.mark.parametrize(("on_hand", "shown"), [("7.9", 7), (-3, 0), ("0.5", 0)])
    def test_whole_units_and_never_below_zero(self, shop, on_hand, shown):
        shop.shelve("MUG-1", books=on_hand, store=2)

        shop.approved()

        assert shop.level("MUG-1") == shown

    def test_by_name_and_by_hand(self, shop):
        shop.world.set("items", match_by="name")
        shop.keep_in_books("OTHER", 12, name="MUG-1")
        by_hand = shop.keep_in_books("HAND", 7, name="Anything")
        shop.sell("MUG-1", 8)
        shop.sell("PLATE", 8)
        shop.sync()
        row = BooksObject.objects.get(books=shop.world.integration.books, type="Item", books_ref=by_hand["Id"])
        ProductMatch.objects.create(integration=shop.world.integration, sku="PLATE", item=row)

        shop.approved()

        assert (shop.level("MUG-1"), shop.level("PLATE")) == (12, 7)

    def test_an_unlimited_product_is_counted_only_by_choice(self, shop):
        shop.keep_in_books("MUG-1", 12)
        shop.sell("MUG-1", None, unlimited=True)
        shop.approved()
        assert shop.state("MUG-1") == (RecordState.SKIPPED, Reason.STOCK_UNLIMITED)

        shop.world.set("stock", include_unlimited=True)
        shop.approved()

        assert shop.level("MUG-1") == 12
        assert shop.state("MUG-1") == (RecordState.POSTED, Reason.STOCK_COUNTED_NOW)

    def test_bundles_and_their_parts_are_left_alone(self, shop):
        for sku in ("PART", "SET"):
            shop.keep_in_books(sku, 12)
        part = shop.sell("PART", 8)
        shop.sell("SET", 4, compositeComponents=[{"productId": part["id"], "quantity": 2}])

        shop.approved()

        assert shop.state("SET") == (RecordState.SKIPPED, Reason.STOCK_OF_BUNDLE)
        assert shop.state("PART") == (RecordState.SKIPPED, Reason.STOCK_IN_BUNDLES)
        assert not StockPush.objects.exists()

    def test_a_store_with_several_stock_places_is_left_alone(self, shop):
        shop.shelve("MUG-1", books=12, store=8)
        shop.world.ecwid.control("PUT", f"stores/{shop.store}/locations", {"locations": ["shop", "warehouse"]})

        shop.approved()

        assert shop.state("MUG-1") == (RecordState.SKIPPED, Reason.STOCK_IN_PLACES)
        assert not StockPush.objects.exists()

    def test_a_store_that_refuses_all_levels_is_asked_about_one(self, shop):
        """Before the first write a second place was opened: 409, and that holds for every product."""
        for sku in ("A", "B"):
            shop.shelve(sku, books=12, store=8)
        original = EcwidStore.product

        def opens_a_warehouse(store, ref):
            found = original(store, ref)
            shop.world.ecwid.control("PUT", f"stores/{shop.store}/locations", {"locations": ["shop", "warehouse"]})
            return found

        with mock.patch.object(EcwidStore, "product", opens_a_warehouse):
            shop.approved()

        assert {shop.state(sku) for sku in "AB"} == {(RecordState.HELD, Reason.STOCK_NOT_WRITABLE)}
        shop.world.ecwid.control("PUT", f"stores/{shop.store}/locations", {"locations": []})
        shop.sync()
        assert {shop.level(sku) for sku in "AB"} == {12}

    def test_a_sku_of_two_products_is_not_guessed(self, shop):
        shop.world.ecwid.switch(unique_skus=False)
        shop.keep_in_books("MUG-1", 12)
        for name in ("Blue", "Red"):
            shop.sell("MUG-1", 8, name=name)

        shop.approved()

        records = Record.objects.filter(kind=RecordKind.STOCK, number="MUG-1")
        assert {(one.state, one.reason) for one in records} == {(RecordState.HELD, Reason.SKU_DUPLICATE)}

    def test_a_product_that_somebody_ignores_is_left_alone(self, shop):
        shop.shelve("MUG-1", books=12, store=8)
        shop.sync()
        records = Record.objects.filter(pk=shop.record("MUG-1").pk)
        assert records_ignore(records, user="olga", now=shop.world.time.now()) == 1

        shop.approved()
        assert shop.level("MUG-1") == 8

        records_retry(records)
        shop.approved()
        assert shop.level("MUG-1") == 12


class TestSwitchedOff:
    def test_nothing_waits_any_more_and_it_is_asked_anew_later(self, shop):
        shop.shelve("MUG-1", books=12, store=8)
        shop.sync()
        shop.world.set("stock", enabled=False)

        shop.sync(flows=["orders", "stock"])

        assert shop.state("MUG-1") == (RecordState.NEW, "")
        assert not StockPush.objects.exists()
        shop.world.set("stock", enabled=True)
        shop.sync()
        assert table(waiting(shop)) == {"MUG-1": (8, 12)}

    def test_a_product_that_is_deleted_meanwhile_is_no_trouble(self, shop):
        shop.shelve("MUG-1", books=12, store=8)
        original = EcwidStore.product

        def deleted(store, ref):
            shop.world.ecwid.control("DELETE", f"stores/{shop.store}/products/{ref}")
            return original(store, ref)

        with mock.patch.object(EcwidStore, "product", deleted):
            run = shop.sync(approve=True)

        assert run.state == RunState.FINISHED
        assert shop.state("MUG-1") == (RecordState.SKIPPED, Reason.PRODUCT_GONE)
        assert not shop.sync().counts


class TestChanges:
    def test_only_what_changed_is_read_and_written(self, shop):
        for number in range(30):
            shop.shelve(f"C-{number}", books=5, store=6)
        shop.approved()
        quiet = shop.sync()
        assert not quiet.counts
        assert shop.store_calls(quiet) <= 3

        shop.count("C-7", 9)
        run = shop.sync()

        assert run.counts == {Action.UPDATED: 1}
        assert shop.level("C-7") == 9
        # Orders and deleted ones twice, changed products, the one product, its level.
        assert shop.store_calls(run) == 7

    def test_a_mere_change_of_quantity_is_seen_although_the_change_feed_does_not_tell(self, shop):
        shop.world.quickbooks.switch(stock_moves_touch_item=False)
        shop.shelve("MUG-1", books=10, store=10)
        shop.sync()
        shop.world.place({"lines": [{"sku": "MUG-1", "quantity": 2}], "order_id": "ONE"})
        shop.sync(flows=["orders", "stock"])
        shop.world.ecwid.control("PATCH", f"stores/{shop.store}/products/{product_id(shop, 'MUG-1')}", {"quantity": 9})

        shop.approved()

        assert shop.level("MUG-1") == 8

    def test_our_own_write_comes_back_and_is_no_change(self, shop):
        shop.shelve("MUG-1", books=12, store=8)
        shop.approved()

        run = shop.sync()

        assert not run.counts
        assert shop.level("MUG-1") == 12

    def test_what_somebody_changed_in_the_store_is_set_right(self, shop):
        shop.shelve("MUG-1", books=12, store=8)
        shop.approved()
        shop.world.ecwid.change_product(shop.store, product_id(shop, "MUG-1"), quantity=40)

        shop.sync()

        assert shop.level("MUG-1") == 12

    def test_once_a_day_the_whole_store_is_compared(self, shop):
        shop.shelve("MUG-1", books=12, store=8)
        shop.approved()
        gone = product_id(shop, "MUG-1")
        shop.world.ecwid.control("DELETE", f"stores/{shop.store}/products/{gone}")
        shop.sync()
        assert shop.state("MUG-1") == (RecordState.POSTED, Reason.STOCK_SET)

        later(shop.world, hours=25)
        shop.sync()

        assert shop.state("MUG-1") == (RecordState.SKIPPED, Reason.PRODUCT_GONE)


class TestRestore:
    def test_each_level_is_brought_back_where_it_is_still_ours(self, shop):
        shop.keep_in_books("A", 12)
        shop.keep_in_books("B", 12)
        shop.keep_in_books("C", 12)
        shop.sell("A", 8)
        shop.sell("B", 9)
        shop.sell("C", None, unlimited=True)
        shop.world.set("stock", include_unlimited=True)
        shop.approved()
        shop.world.ecwid.change_product(shop.store, product_id(shop, "B"), quantity=3)
        push = StockPush.objects.get()

        assert push_restore(push.pk, user=shop.olga, now=shop.world.time.now())
        shop.sync()

        assert [shop.level(sku) for sku in "ABC"] == [8, 3, None]
        push.refresh_from_db()
        assert push.state == PushState.RESTORED
        assert {change.sku for change in push.changes.filter(restored_at=None)} == {"B"}
        assert shop.record("A").reason in {Reason.STOCK_RESTORED, Reason.STOCK_AWAITS_APPROVAL}
        # Nobody who just brought levels back wants them pushed again unasked.
        assert waiting(shop).because == AskBecause.RESTORED
        shop.approve()
        shop.sync()
        assert [shop.level(sku) for sku in "ABC"] == [12, 12, 12]

    def test_nothing_to_bring_back(self, shop):
        shop.shelve("MUG-1", books=12, store=8)
        shop.sync()
        assert not push_restore(waiting(shop).pk, user=shop.olga, now=shop.world.time.now())
