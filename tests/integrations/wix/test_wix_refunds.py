"""What was given back: only what has come to its end, one refund for each method, with or without goods."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from integrations.commerce import PaymentState
from integrations.wix.store import WixStore
from tests.integrations.wix.orders import (
    PAYMENT_ID,
    amount,
    gift_card,
    line_id,
    payload,
    payment,
    refund,
    uk_order,
)

D = Decimal


def goods(*quantities):
    rows = [{"lineItemId": line_id(place), "quantity": quantity} for place, quantity in enumerate(quantities, start=1)]
    return {"lineItems": rows, "reason": "Damaged"}


def read(*refunds, payments=None, **fields):
    paid = payments or [payment("54.00", status="PARTIALLY_REFUNDED")]
    return WixStore.read_order(payload(uk_order(**fields), *paid, refunds=refunds))


def test_one_lamp_back_by_card():
    found = read(refund("r1", (PAYMENT_ID, "24.00", "SUCCEEDED"), details=goods(1), summary={"pending": False}))
    [back] = found.refunds
    assert (back.ref, back.amount, back.method, back.reason) == ("r1", 24, "CreditCard", "Damaged")
    assert back.refunded_at == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert not back.restocked
    assert (found.total, found.payment_state) == (54, PaymentState.PAID)


@pytest.mark.parametrize("status", ["PENDING", "SCHEDULED", "STARTED", "SOMETHING_NEW"])
def test_what_is_under_way_waits_as_a_whole(status):
    back = refund("r1", (PAYMENT_ID, "10", "SUCCEEDED"), ("other", "5", status), summary={"pending": False})
    assert read(back).refunds == ()


def test_only_what_succeeded_counts():
    [back] = read(refund("r1", (PAYMENT_ID, "10", "SUCCEEDED"), (PAYMENT_ID, "5", "FAILED"))).refunds
    assert back.amount == 10
    assert read(refund("r1", (PAYMENT_ID, "10", "FAILED"))).refunds == ()
    assert read(refund("r1")).refunds == ()


def test_several_payments_are_given_back_by_their_methods():
    cash = payment("20", ref="cash", regularPaymentDetails={"paymentMethod": "Cash"})
    card, second = payment("30"), payment("4", ref="card2")
    back = refund("r1", (PAYMENT_ID, "30", "SUCCEEDED"), ("cash", "20", "SUCCEEDED"), ("card2", "4", "SUCCEEDED"))
    found = read(back, payments=[cash, card, second])
    assert [(one.ref, one.method, one.amount) for one in found.refunds] == [
        ("r1", "CreditCard", 34),
        ("r1:Cash", "Cash", 20),
    ]


def test_what_goes_back_to_a_gift_card_is_no_money():
    back = refund("r1", (PAYMENT_ID, "34", "SUCCEEDED"), ("gift", "20", "SUCCEEDED"))
    found = read(back, payments=[payment("34", status="REFUNDED"), gift_card("20", status="VOIDED")])
    assert [one.amount for one in found.refunds] == [34]
    assert (found.gift_card_redeemed, found.total) == (20, 34)


def test_marked_by_hand_counts_the_same():
    back = refund("r1", (PAYMENT_ID, "24", "SUCCEEDED"))
    back["transactions"][0]["externalRefund"] = True
    assert [one.amount for one in read(back).refunds] == [24]


def test_an_amount_alone_brings_no_goods_back():
    [back] = read(refund("r1", (PAYMENT_ID, "5", "SUCCEEDED"))).refunds
    assert (back.amount, back.restocked) == (5, False)


def test_goods_are_back_on_the_shelf_as_far_as_their_lines_say():
    lamp = {**uk_order()["lineItems"][0], "restockQuantity": 1}
    first = refund("r1", (PAYMENT_ID, "24", "SUCCEEDED"), details=goods(1), day=20)
    second = refund("r2", (PAYMENT_ID, "24", "SUCCEEDED"), details=goods(1), day=21)
    found = read(second, first, lineItems=[lamp])
    assert [(one.ref, one.restocked) for one in found.refunds] == [("r1", True), ("r2", False)]


def test_the_older_twin_of_the_goods_is_read_where_it_is_alone():
    lamp = {**uk_order()["lineItems"][0], "restockQuantity": 2}
    back = refund("r1", (PAYMENT_ID, "48", "SUCCEEDED"), details={"items": goods(2)["lineItems"]})
    assert read(back, lineItems=[lamp]).refunds[0].restocked


def test_amounts_may_come_in_any_scale():
    back = refund("r1", (PAYMENT_ID, "24.0", "SUCCEEDED"), (PAYMENT_ID, "1", "SUCCEEDED"))
    back["transactions"][1]["amount"] = amount("0.50")
    assert read(back).refunds[0].amount == D("24.50")
