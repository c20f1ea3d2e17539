"""Which orders are meant for the books, on which day (S1, S2, O1, O2), and what is looked at again by itself."""

from datetime import date

import pytest

from sync.models import Record
from sync.translate.reasons import Reason
from tests.support.expect import GOOD, books_are_whole, held, later, payments_of, posted, skipped

NET_30 = "CUSTOM_PAYMENT_STATUS_1"


# The time zone, the moment of the order, and the date of its documents.
DATES = {
    "S1_evening_in_toronto": ("America/Toronto", "2026-03-10T23:30:00-04:00", "2026-03-10"),
    "S1_the_same_moment_in_utc": ("UTC", "2026-03-10T23:30:00-04:00", "2026-03-11"),
    "S1_the_same_moment_in_paris": ("Europe/Paris", "2026-03-10T23:30:00-04:00", "2026-03-11"),
    "S1_morning_in_auckland": ("Pacific/Auckland", "2026-03-10T12:30:00+00:00", "2026-03-11"),
    "S1_last_night_of_the_year": ("America/Vancouver", "2027-01-01T07:59:00+00:00", "2026-12-31"),
    "S1_the_hour_that_comes_twice": ("America/Toronto", "2026-11-01T05:30:00+00:00", "2026-11-01"),
}


@pytest.mark.parametrize("row", DATES)
def test_date(world, row):
    zone, moment, day = DATES[row]
    world.time.forward(days=60)
    world.integration.time_zone = zone
    world.integration.save(update_fields=["time_zone"])
    world.place({**GOOD, "created": moment, "order_id": "ROW"})

    world.sync()

    sale = posted(world, "ROW")
    [payment] = payments_of(world, sale)
    assert (sale["TxnDate"], payment["TxnDate"]) == (day, day)


class TestS2StartDate:
    def start(self, world, day):
        world.integration.start_date = day
        world.integration.save(update_fields=["start_date"])
        world.integration.touch()

    def test_nothing_before_it_is_read_or_posted(self, world):
        self.start(world, date(2026, 3, 10))
        world.place(
            {**GOOD, "created": "2026-03-09T23:59:00-04:00", "order_id": "BEFORE"},
            {**GOOD, "created": "2026-03-10T00:01:00-04:00", "order_id": "ON-IT"},
        )

        world.sync()

        posted(world, "ON-IT")
        assert not Record.objects.filter(number="BEFORE").exists()
        books_are_whole(world)

    def test_moved_back_it_brings_the_earlier_orders(self, world):
        self.start(world, date(2026, 3, 10))
        world.place({**GOOD, "created": "2026-03-09T12:00:00-04:00", "order_id": "BEFORE"})
        world.sync()
        later(world, days=3)
        world.sync()

        self.start(world, date(2026, 3, 1))
        world.sync()

        assert posted(world, "BEFORE")["TxnDate"] == "2026-03-09"

    def test_moved_forward_it_leaves_what_is_posted(self, world):
        world.place(
            {**GOOD, "created": "2026-03-09T12:00:00-04:00", "order_id": "POSTED"},
            {**GOOD, "created": "2026-03-09T12:00:00-04:00", "shipping": 5, "order_id": "HELD"},
        )
        world.set("orders", shipping_item=None)
        world.sync()
        before = world.books()

        self.start(world, date(2026, 4, 1))
        world.set("orders", shipping_item=world.entry("Item", "Shipping"))
        world.sync()

        posted(world, "POSTED")
        skipped(world, "HELD", Reason.BEFORE_START_DATE, "March 9, 2026", "April 1, 2026")
        assert world.books() == before


class TestO1Toggle:
    def test_off_nothing_is_read_or_posted_and_on_everything_is(self, world):
        world.set("orders", enabled=False)
        world.place({**GOOD, "order_id": "ROW"})
        world.sync()
        assert not Record.objects.exists()
        assert world.books()["Invoice"] == []

        world.set("orders", enabled=True)
        world.sync()

        posted(world, "ROW")


# Which statuses are chosen, and which of the orders are then posted.
PAYMENT = {
    "PAID-1": "PAID",
    "OPEN-1": "AWAITING_PAYMENT",
    "TERMS-1": NET_30,
    "PART-1": "PARTIALLY_REFUNDED",
}
FULFILMENT = {"NEW-1": "AWAITING_PROCESSING", "SENT-1": "SHIPPED", "OWN-1": "CUSTOM_FULFILLMENT_STATUS_1"}
FILTERS = {
    "O2_paid": ("payment_statuses", ["PAID"], {"PAID-1"}),
    "O2_paid_and_open": ("payment_statuses", ["PAID", "AWAITING_PAYMENT"], {"PAID-1", "OPEN-1"}),
    "O2_custom_payment_status": ("payment_statuses", [NET_30], {"TERMS-1"}),
    "O2_partially_refunded": ("payment_statuses", ["PARTIALLY_REFUNDED"], {"PART-1"}),
    "O2_every_payment_status": ("payment_statuses", [], set(PAYMENT)),
    "O2_shipped": ("fulfillment_statuses", ["SHIPPED"], {"SENT-1"}),
    "O2_custom_fulfilment_status": ("fulfillment_statuses", ["CUSTOM_FULFILLMENT_STATUS_1"], {"OWN-1"}),
    "O2_every_fulfilment_status": ("fulfillment_statuses", [], set(FULFILMENT)),
}


def place_all(world, setting):
    if setting == "payment_statuses":
        world.place(*({**GOOD, "payment_status": status, "order_id": number} for number, status in PAYMENT.items()))
        return set(PAYMENT), Reason.STATUS_NOT_SELECTED
    world.place(*({**GOOD, "fulfillment_status": status, "order_id": number} for number, status in FULFILMENT.items()))
    return set(FULFILMENT), Reason.FULFILLMENT_NOT_SELECTED


@pytest.mark.parametrize("row", FILTERS)
def test_filter(world, row):
    setting, chosen, expected = FILTERS[row]
    world.set("orders", **{setting: chosen})
    numbers, reason = place_all(world, setting)

    world.sync()

    for number in expected:
        posted(world, number)
    for number in numbers - expected:
        skipped(world, number, reason, "Sale options")
    books_are_whole(world)


class TestLookedAtAgain:
    """What waits or was left out is decided anew when what it rests on changes, by itself, at the next sync."""

    def test_skipped_orders_when_the_filter_changes(self, world):
        numbers, _ = place_all(world, "payment_statuses")
        world.sync()
        before = {row["DocNumber"] for row in world.books()["Invoice"]}

        world.set("orders", payment_statuses=[])
        world.sync()

        for number in numbers:
            posted(world, number)
        assert before == {"EW-PAID-1"}
        books_are_whole(world)

    def test_skipped_orders_when_they_change_in_the_store(self, world):
        world.place({**GOOD, "payment_status": "AWAITING_PAYMENT", "order_id": "ROW"})
        world.sync()
        skipped(world, "ROW", Reason.STATUS_NOT_SELECTED, "Awaiting payment")
        number = world.record("ROW").store_ref
        world.ecwid.control("POST", f"stores/{world.store_id}/orders/{number}/status", {"paymentStatus": "PAID"})

        world.sync()

        posted(world, "ROW")

    def test_a_filter_that_leaves_out_what_is_posted_changes_nothing(self, world):
        world.place({**GOOD, "order_id": "ROW"})
        world.sync()
        before = world.books()

        world.set("orders", payment_statuses=["AWAITING_PAYMENT"])
        world.sync()

        posted(world, "ROW")
        assert world.books() == before

    def test_held_orders_when_any_setting_changes(self, world):
        world.place({**GOOD, "shipping": 5, "order_id": "ROW"})
        item = world.integration.orders.shipping_item
        world.set("orders", shipping_item=None)
        world.sync()
        held(world, "ROW", Reason.SPECIAL_ITEM_MISSING)

        world.set("orders", shipping_item=item)
        world.sync()

        posted(world, "ROW")

    def test_held_orders_when_an_item_appears_in_quickbooks(self, world):
        world.set("items", create_missing=False)
        world.place({**GOOD, "order_id": "ROW"})
        world.sync()
        held(world, "ROW", Reason.ITEM_MISSING)
        income = {"value": world.entry("Account", "Services").books_ref}
        fields = {"Name": "Shirt", "Sku": "TSH-M", "Type": "Service", "IncomeAccountRef": income}
        world.quickbooks.add(world.realm, "Item", fields)

        world.sync()

        posted(world, "ROW")

    def test_held_orders_are_left_alone_while_nothing_changes(self, world):
        world.set("items", create_missing=False)
        world.place({**GOOD, "order_id": "ROW"})
        world.sync()

        run = world.sync()

        assert run.counts == {}
        held(world, "ROW", Reason.ITEM_MISSING)

    def test_a_dry_run_says_so_and_writes_nothing(self, world):
        world.place({**GOOD, "order_id": "ROW"}, {**GOOD, "payment_status": "AWAITING_PAYMENT", "order_id": "OPEN"})
        before = world.books()

        run = world.sync(dry_run=True)

        assert run.counts == {"would_create": 1, "skipped": 1}
        assert world.books() == before
        assert not Record.objects.exists()
