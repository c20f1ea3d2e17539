"""The main road: an order in the shop becomes a sale in the books, once and to the cent."""

from decimal import Decimal

from sync.models import Action, RecordState, RunState
from tests.support.world import money


def test_a_paid_order_becomes_an_invoice_and_its_payment(world):
    (order_id,) = world.place({"lines": [{"sku": "TEE-M", "quantity": 2, "price": 25}], "order_id": "K3T9Q"})

    run = world.sync()

    assert run.state == RunState.FINISHED
    invoice, payment = world.only("Invoice"), world.only("Payment")
    assert invoice["DocNumber"] == "EW-K3T9Q"
    assert money(invoice["TotalAmt"]) == money(payment["TotalAmt"]) == Decimal("57.49")
    assert money(invoice["Balance"]) == 0
    assert world.record("K3T9Q").state == RecordState.POSTED
    assert [entry.action for entry in world.log()] == [Action.CREATED]
    assert order_id


def test_a_second_sync_changes_nothing(world):
    world.place({"lines": [{"sku": "TEE-M", "quantity": 1, "price": 25}]})
    world.sync()
    before = world.books()

    run = world.sync()

    assert world.books() == before
    assert run.counts == {}
    assert run.calls["books"] == 0
