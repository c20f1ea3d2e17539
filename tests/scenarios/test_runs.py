"""Runs from outside: what they leave behind when they are cut short, and what they read again."""

from datetime import date, timedelta
from decimal import Decimal

from integrations.models import ConnectionState, Integration, StoreConnection
from sync.models import Action, Posting, Record, RecordState, Run, RunState, Trigger
from sync.services.inbox import records_ignore
from sync.translate.reasons import Reason


def test_a_run_that_was_killed_is_told_of_by_the_next_one(world):
    killed = Run.objects.create(
        integration=world.integration, trigger=Trigger.SCHEDULE, started_at=world.time.now() - timedelta(minutes=10)
    )
    waiting = Run.objects.create(
        integration=world.integration, trigger=Trigger.SCHEDULE, started_at=world.time.now() - timedelta(seconds=20)
    )

    world.sync()

    killed.refresh_from_db()
    waiting.refresh_from_db()
    assert (killed.state, killed.reason) == (RunState.BROKEN, Reason.RUN_INTERRUPTED)
    assert killed.finished_at is not None
    assert waiting.state == RunState.RUNNING  # it may still be waiting for its turn


def test_an_earlier_start_date_brings_in_the_orders_before_it(make_world):
    world = make_world("CA", start=date(2026, 10, 1))
    old, new = world.place(
        {"lines": [{"sku": "TEE-M", "quantity": 1, "price": 25}], "created": "2026-09-10T12:00:00-04:00"},
        {"lines": [{"sku": "TEE-M", "quantity": 1, "price": 30}], "created": "2026-10-10T12:00:00-04:00"},
    )
    world.sync()
    assert len(world.documents()) == 1

    Integration.objects.filter(pk=world.integration.pk).update(start_date=date(2026, 9, 1))
    world.sync()

    assert len(world.documents()) == 2
    assert old != new


def test_a_store_that_answers_again_is_shown_as_connected(world):
    StoreConnection.objects.update(state=ConnectionState.RECONNECT, state_detail="it refused the token")

    world.sync()

    store = StoreConnection.objects.get()
    assert (store.state, store.state_detail) == (ConnectionState.CONNECTED, "")


def test_a_receipt_that_somebody_typed_stands_for_the_invoice_and_its_payment(world):
    world.place({"lines": [{"sku": "TEE-M", "quantity": 2, "price": 25}], "order_id": "K3T9Q"})
    world.set("orders", post_as="sales_receipt")
    world.sync()
    _forget_what_was_posted(world)

    world.set("orders", post_as="invoice")
    world.sync()

    assert [entry.action for entry in world.log()] == [Action.ADOPTED]
    assert list(world.documents("SalesReceipt")) == ["EW-K3T9Q"]
    assert not world.documents("Invoice")
    assert not world.documents("Payment")
    assert world.record("K3T9Q").state == RecordState.POSTED


def _forget_what_was_posted(world):
    """As if another program, or a person, had made the documents that are in the books."""
    for receipt in world.documents("SalesReceipt").values():
        world.quickbooks.change(world.realm, "SalesReceipt", receipt["Id"], PrivateNote="typed by hand")
    Posting.objects.all().delete()
    Record.objects.update(state=RecordState.NEW, done=0)


def test_a_change_after_posting_can_be_let_be(world):
    (order_id,) = world.place({"lines": [{"sku": "TEE-M", "quantity": 2, "price": 25}], "order_id": "K3T9Q"})
    world.sync()
    world.ecwid.patch(world.store_id, order_id, total=Decimal("60.00"))
    world.sync()
    records = Record.objects.filter(integration=world.integration)
    assert [record.reason for record in records] == [Reason.ORDER_DOES_NOT_ADD_UP]

    assert records_ignore(records, user="Ana", now=world.time.now()) == 1
    run = world.sync()

    (record,) = records.all()
    assert (record.state, record.reason) == (RecordState.POSTED, Reason.CHANGE_IGNORED)
    assert run.counts == {}

    world.ecwid.patch(world.store_id, order_id, total=Decimal("61.00"))
    world.sync()
    (record,) = records.all()
    assert (record.state, record.reason) == (RecordState.HELD, Reason.ORDER_DOES_NOT_ADD_UP)
