"""Orders that change after they were read: edited, cancelled, paid later, deleted, refunded."""

from datetime import timedelta

import pytest

from sync.engine.wanted import orders_want
from sync.models import Action, Record, RecordState
from sync.services.inbox import records_ignore
from sync.translate.reasons import Reason
from tests.support.expect import (
    GOOD,
    books_are_whole,
    held,
    later,
    payments_of,
    place_between,
    posted,
    sentence_of,
    skipped,
)
from tests.support.world import money

UNPAID = {**GOOD, "payment_status": "AWAITING_PAYMENT"}
TWO_SHIRTS = {"lines": [{"sku": "TSH-M", "quantity": 2, "price": 20}]}


@pytest.fixture
def every_status(make_world):
    """Orders are posted whatever their payment status."""
    return make_world("CA", payment_statuses=[])


def act(world, number, deed, body=None):
    ref = world.record(number).store_ref
    return world.ecwid.control("POST", f"stores/{world.store_id}/orders/{ref}/{deed}", body or {})


def is_paid(world, number):
    act(world, number, "status", {"paymentStatus": "PAID"})


class Killed(BaseException):
    """The process ended here."""


def killed(*_args):
    raise Killed


def the_next_evening(world):
    """Let time pass until it is evening in Québec, where the day is still another one than in UTC; returns that day."""
    now = world.time.now()
    night = (now + timedelta(days=2)).replace(hour=2, minute=0, second=0, microsecond=0)
    later(world, seconds=(night - now).total_seconds())
    return night.date() - timedelta(days=1)


class TestEdited:
    def test_after_posting_so_that_it_does_not_add_up_waits_for_a_person_and_changes_nothing(self, world):
        place_between(world, {**GOOD, "order_id": "EDITED"})
        world.sync()
        before = world.books()
        world.ecwid.patch(world.store_id, world.record("EDITED").store_ref, tax=9)
        world.place({**GOOD, "order_id": "NEXT"})

        world.sync()

        record = world.record("EDITED")
        assert (record.state, record.reason) == (RecordState.HELD, Reason.TAXES_DO_NOT_ADD_UP)
        sentence_of(record, "3.00 CAD", "9.00 CAD", "by hand")
        posted(world, "NEXT")
        assert [row for row in world.books()["Invoice"] if row["DocNumber"] != "EW-NEXT"] == before["Invoice"]

        assert records_ignore(Record.objects.all(), user="ana", now=world.time.clock.now()) == 1
        world.sync()
        assert (world.record("EDITED").state, world.record("EDITED").reason) == (
            RecordState.POSTED,
            Reason.CHANGE_IGNORED,
        )

    def test_before_posting_is_posted_as_it_is_now(self, world):
        world.place({**UNPAID, "order_id": "EDITED"})
        world.sync()
        skipped(world, "EDITED", Reason.STATUS_NOT_SELECTED, "Awaiting payment")
        order = act(world, "EDITED", "edit", {"cart": {**TWO_SHIRTS, "lines": [{"sku": "TSH-XL", "price": 30}]}})
        is_paid(world, "EDITED")

        world.sync()

        assert money(posted(world, "EDITED")["TotalAmt"]) == money(order["total"])
        books_are_whole(world)

    def test_back_to_what_was_posted_is_no_edit_any_more(self, world):
        world.place({**GOOD, "order_id": "EDITED"})
        world.sync()
        [whole] = world.ecwid.orders(world.store_id)
        act(world, "EDITED", "edit", {"cart": TWO_SHIRTS})
        world.sync()
        assert money(posted(world, "EDITED")["TotalAmt"]) == money("45.99")

        changed = ("items", "total", "tax", "subtotal", "subtotalWithoutTax", "totalBeforeGiftCardRedemption")
        world.ecwid.patch(world.store_id, whole["internalId"], **{name: whole[name] for name in changed})
        world.sync()

        posted(world, "EDITED")

    @pytest.mark.parametrize(
        "change",
        [
            {"fulfillmentStatus": "SHIPPED"},
            {"email": "new@example.test"},
            {"privateAdminNotes": "called twice"},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_in_what_is_not_sold_is_no_edit(self, world, change):
        world.place({**GOOD, "order_id": "TRACKED"})
        world.sync()
        before = world.books()
        world.ecwid.patch(world.store_id, world.record("TRACKED").store_ref, **change)

        world.sync()

        assert world.books() == before
        assert world.record("TRACKED").state == RecordState.POSTED


class TestCancelled:
    def test_before_posting_is_skipped(self, world):
        world.place({**UNPAID, "order_id": "NEVER"})
        world.sync()
        act(world, "NEVER", "cancel")

        world.sync()

        skipped(world, "NEVER", Reason.ORDER_CANCELLED)

    def test_while_it_waits_is_skipped(self, world):
        world.place({**GOOD, "shipping": 8, "order_id": "NEVER"})
        world.set("orders", shipping_item=None)
        world.sync()
        held(world, "NEVER", Reason.SPECIAL_ITEM_MISSING)
        act(world, "NEVER", "cancel")

        world.sync()

        skipped(world, "NEVER", Reason.ORDER_CANCELLED)


class TestPaidLater:
    def test_the_payment_is_added_on_the_day_it_was_seen(self, every_status):
        world = every_status
        place_between(world, {**UNPAID, "order_id": "LATER", "created": "2026-03-10T15:00:00+00:00"})
        world.sync()
        invoice = posted(world, "LATER")
        assert money(invoice["Balance"]) == 23
        evening = the_next_evening(world)
        is_paid(world, "LATER")

        world.sync()

        [payment] = payments_of(world, posted(world, "LATER"))
        assert payment["TxnDate"] == evening.isoformat()
        assert posted(world, "LATER")["TxnDate"] == "2026-03-10"
        assert money(posted(world, "LATER")["Balance"]) == 0
        [entry] = [entry for entry in world.log() if entry.store_ref == "LATER"]
        assert (entry.action, entry.reason) == (Action.UPDATED, Reason.PAYMENT_ADDED)
        sentence_of(world.record("LATER"), "23.00 CAD")

        before = world.books()
        world.sync()
        assert world.books() == before
        books_are_whole(world)

    def test_a_payment_that_a_killed_run_recorded_is_told_of_by_the_next_one(self, every_status, monkeypatch):
        world = every_status
        world.place({**UNPAID, "order_id": "LATER"})
        world.sync()
        is_paid(world, "LATER")
        with monkeypatch.context() as killing:
            killing.setattr("sync.engine.ordering._record", killed)
            with pytest.raises(Killed):
                world.sync()
        assert len(payments_of(world, posted(world, "LATER"))) == 1

        world.sync()

        [entry] = [entry for entry in world.log() if entry.store_ref == "LATER"]
        assert (entry.action, entry.reason) == (Action.UPDATED, Reason.PAYMENT_ADDED)
        sentence_of(world.record("LATER"), "23.00 CAD")
        act(world, "LATER", "status", {"fulfillmentStatus": "PROCESSING"})
        world.sync()
        [entry] = [entry for entry in world.log() if entry.store_ref == "LATER"]
        assert (entry.action, entry.reason) == (Action.UNCHANGED, "")
        assert len(world.books()["Payment"]) == 1

    def test_a_payment_that_comes_with_an_edit_is_told_of_besides_it(self, every_status):
        world = every_status
        world.place({**UNPAID, "order_id": "LATER"})
        world.sync()
        act(world, "LATER", "edit", {"cart": TWO_SHIRTS})
        is_paid(world, "LATER")

        world.sync()

        record = world.record("LATER")
        assert record.reason == Reason.SALE_UPDATED
        sentence_of(record, "was 23.00 CAD and is now 45.99 CAD", "A payment of 45.99 CAD was added")

    def test_an_order_that_was_paid_at_first_sight_is_paid_on_its_own_day(self, world):
        world.place({**GOOD, "order_id": "MARCH", "created": "2026-03-10T15:00:00+00:00"})

        world.sync()

        [payment] = payments_of(world, posted(world, "MARCH"))
        assert payment["TxnDate"] == "2026-03-10"

    def test_with_payments_switched_off_the_invoice_stays_open(self, every_status):
        world = every_status
        world.set("payments", enabled=False)
        world.place({**UNPAID, "order_id": "LATER"})
        world.sync()
        is_paid(world, "LATER")

        world.sync()

        assert money(posted(world, "LATER")["Balance"]) == 23
        assert world.books()["Payment"] == []

    def test_an_account_that_is_missing_by_then_is_asked_for(self, every_status):
        world = every_status
        account = world.integration.payments.account
        world.set("payments", account=None)
        world.place({**UNPAID, "order_id": "LATER"})
        world.sync()
        is_paid(world, "LATER")
        world.sync()
        record = world.record("LATER")
        assert (record.state, record.reason) == (RecordState.HELD, Reason.PAYMENT_ACCOUNT_MISSING)
        sentence_of(record)

        world.set("payments", account=account)
        world.sync()

        assert len(payments_of(world, posted(world, "LATER"))) == 1


class TestGone:
    def delete(self, world, number="DELETED"):
        [order] = [one for one in world.ecwid.orders(world.store_id) if one["id"] == number]
        world.ecwid.control("DELETE", f"stores/{world.store_id}/orders/{order['internalId']}")

    def test_an_order_deleted_before_it_was_read_is_none(self, world):
        place_between(world, {**GOOD, "order_id": "DELETED"})
        self.delete(world)

        world.sync()

        assert not Record.objects.filter(number="DELETED").exists()
        books_are_whole(world)

    def test_an_unpaid_order_that_was_deleted_takes_its_invoice_with_it(self, every_status):
        world = every_status
        world.place({**UNPAID, "order_id": "DELETED"})
        world.sync()
        self.delete(world)

        world.sync()

        record = world.record("DELETED")
        assert (record.state, record.reason) == (RecordState.SKIPPED, Reason.SALE_VOIDED)
        assert money(world.only()["TotalAmt"]) == 0

    def test_a_paid_order_that_was_deleted_waits_for_a_person(self, world):
        place_between(world, {**GOOD, "order_id": "DELETED"})
        world.sync()
        before = world.books()
        self.delete(world)

        world.sync()

        record = world.record("DELETED")
        assert (record.state, record.reason) == (RecordState.HELD, Reason.CANCELLED_AFTER_POSTING)
        assert world.books() == before

    def test_an_order_deleted_while_it_waits_is_skipped(self, world):
        world.set("orders", shipping_item=None)
        world.place({**GOOD, "shipping": 8, "order_id": "DELETED"})
        world.sync()
        held(world, "DELETED", Reason.SPECIAL_ITEM_MISSING)
        self.delete(world)

        world.sync()

        skipped(world, "DELETED", Reason.ORDER_DELETED)

    def test_an_order_that_is_only_not_found_voids_nothing(self, every_status):
        """Without the right to read the list of deleted orders, nothing proves that it was deleted."""
        world = every_status
        world.place({**UNPAID, "order_id": "DELETED"})
        world.sync()
        before = world.books()
        ref = world.record("DELETED").store_ref
        self.delete(world)
        world.ecwid.fault("status", path="/orders/deleted", times=10, status=403)
        orders_want(world.integration, [ref], now=world.time.now())

        world.sync()

        record = world.record("DELETED")
        assert (record.state, record.reason) == (RecordState.HELD, Reason.ORDER_MISSING)
        sentence_of(record)

        assert records_ignore(Record.objects.all(), user="ana", now=world.time.clock.now()) == 1
        world.set("orders", due_offset=3)
        world.sync()
        record = world.record("DELETED")
        assert (record.state, record.reason) == (RecordState.POSTED, Reason.CHANGE_IGNORED)
        assert world.books() == before


@pytest.mark.parametrize("status", ["REFUNDED", "PARTIALLY_REFUNDED"])
def test_a_refund_leaves_the_sale_as_it_is(world, status):
    """The money came in and the sale was made; what went back is a document of its own."""
    place_between(world, {**GOOD, "order_id": "BACK"})
    world.sync()
    before = world.books()
    act(world, "BACK", "refund", {"amount": 23 if status == "REFUNDED" else 5})

    world.sync()

    assert world.books()["Invoice"] == before["Invoice"]
    assert world.books()["Payment"] == before["Payment"]
    posted(world, "BACK")
