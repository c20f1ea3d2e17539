"""What was given back: only what has come to its end, one refund for each method, and what it names of the order."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from integrations.commerce import PaymentState, Refund, RefundLine
from integrations.money import json_dumps, json_loads
from integrations.wix.store import WixStore
from tests.integrations.wix.orders import (
    PAYMENT_ID,
    amount,
    fee,
    gift_card,
    item,
    line_id,
    membership,
    payload,
    payment,
    refund,
    uk_order,
    us_order,
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


def test_several_payments_are_given_back_each_by_its_method():
    cash = payment("20", ref="cash", regularPaymentDetails={"paymentMethod": "Cash"})
    card, second = payment("30"), payment("4", ref="card2")
    back = refund("r1", (PAYMENT_ID, "30", "SUCCEEDED"), ("cash", "20", "SUCCEEDED"), ("card2", "4", "SUCCEEDED"))
    found = read(back, payments=[cash, card, second])
    assert [(one.method, one.amount) for one in found.refunds] == [("CreditCard", 30), ("Cash", 20), ("CreditCard", 4)]
    first, *others = [one.ref for one in found.refunds]
    assert (first, len({first, *others})) == ("r1", 3)
    assert {len(ref) for ref in others} == {len("r1:") + 12}


def test_what_goes_back_to_a_gift_card_is_no_money():
    back = refund("r1", (PAYMENT_ID, "34", "SUCCEEDED"), ("gift", "20", "SUCCEEDED"))
    found = read(back, payments=[payment("34", status="REFUNDED"), gift_card("20", status="VOIDED")])
    assert [(one.amount, one.gift_card) for one in found.refunds] == [(34, 20)]
    assert (found.gift_card_redeemed, found.total) == (20, 34)


def test_what_goes_back_to_a_gift_card_alone_is_a_refund_of_no_money():
    back = refund("r1", ("gift", "54", "SUCCEEDED"), details=goods(2))
    [found] = read(back, payments=[gift_card("54", status="VOIDED")]).refunds
    assert (found.ref, found.amount, found.gift_card, found.method) == ("r1", 0, 54, "")
    assert [one.quantity for one in found.lines] == [2]


def test_a_gift_card_that_got_nothing_back_is_told_from_one_that_nobody_tells_of():
    assert read(refund("r1", (PAYMENT_ID, "5", "SUCCEEDED"))).refunds[0].gift_card == 0


def test_what_a_membership_got_back_is_neither():
    back = refund("r1", ("member", "48", "SUCCEEDED"), details=goods(2))
    assert read(back, payments=[membership("48", line_id(1)), payment("6")]).refunds == ()


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
    assert [one.lines[0].restocked for one in found.refunds] == [1, 0]


def test_some_units_of_a_line_may_be_on_the_shelf():
    lamp = {**uk_order()["lineItems"][0], "restockQuantity": 1}
    [back] = read(refund("r1", (PAYMENT_ID, "48", "SUCCEEDED"), details=goods(2)), lineItems=[lamp]).refunds
    assert [(one.quantity, one.restocked) for one in back.lines] == [(2, 1)]
    assert not back.restocked


def test_the_older_twin_of_the_goods_is_read_where_it_is_alone():
    lamp = {**uk_order()["lineItems"][0], "restockQuantity": 2}
    back = refund("r1", (PAYMENT_ID, "48", "SUCCEEDED"), details={"items": goods(2)["lineItems"]})
    assert read(back, lineItems=[lamp]).refunds[0].restocked
    both = refund("r1", (PAYMENT_ID, "24", "SUCCEEDED"), details={**goods(1), "items": goods(2)["lineItems"]})
    assert [one.quantity for one in read(both).refunds[0].lines] == [1]


LAMP, POST = f"item:{line_id(1)}", "shipping"


def named(*refunds, **more):
    """(ref, units, amount) of what the only refund names."""
    [back] = read(*refunds, **more).refunds
    return [(one.ref, one.quantity, one.amount) for one in back.lines]


class TestWhatIsNamed:
    def test_goods_and_what_they_came_to(self):
        told = {"breakdown": {"lineItems": [{"lineItemId": line_id(1), "totalRefundedAmount": amount("24.00")}]}}
        back = refund("r1", (PAYMENT_ID, "24", "SUCCEEDED"), details=goods(1), summary=told)
        assert named(back) == [(LAMP, 1, 24)]

    def test_nothing_at_all(self):
        assert named(refund("r1", (PAYMENT_ID, "24", "SUCCEEDED"), details={})) == []
        assert named(refund("r1", (PAYMENT_ID, "24", "SUCCEEDED"), details={"shippingIncluded": False})) == []

    def test_the_shipping_alone(self):
        details = {"shipping": {"amount": amount("4.50")}, "shippingIncluded": True}
        assert named(refund("r1", (PAYMENT_ID, "4.50", "SUCCEEDED"), details=details)) == [(POST, 1, D("4.50"))]

    def test_the_shipping_without_its_amount(self):
        back = refund("r1", (PAYMENT_ID, "6", "SUCCEEDED"), details={"shippingIncluded": True})
        assert named(back) == [(POST, 1, None)]

    def test_fees(self):
        details = {"additionalFees": [{"additionalFeeId": "fee-Gift wrap", "amount": amount("4")}]}
        back = refund("r1", (PAYMENT_ID, "4", "SUCCEEDED"), details=details)
        found = WixStore.read_order(payload(us_order(), payment("64.91"), refunds=[back]))
        [said] = found.refunds[0].lines
        assert said == RefundLine("fee:fee-Gift wrap", D(1), amount=D(4))
        assert said.ref in {line.ref for line in found.lines}

    def test_all_of_it_is_lines_of_the_order(self):
        details = {**goods(2), "shipping": {"amount": amount("6")}, "shippingIncluded": True}
        found = read(refund("r1", (PAYMENT_ID, "54", "SUCCEEDED"), details=details))
        assert [one.ref for one in found.refunds[0].lines] == [line.ref for line in found.lines] == [LAMP, POST]

    def test_what_is_sold_by_weight_is_counted_in_units_of_its_own(self):
        cheese = item(1, "Cheese", 1, "20", "50.00", "50.00", decimalQuantity={"value": "2.5"}, restockQuantity=1)
        back = refund("r1", (PAYMENT_ID, "50", "SUCCEEDED"), details=goods(1))
        [said] = read(back, lineItems=[cheese]).refunds[0].lines
        assert (said.quantity, said.restocked) == (D("2.5"), D("2.5"))

    def test_a_line_that_the_order_does_not_have_any_more(self):
        back = refund("r1", (PAYMENT_ID, "5", "SUCCEEDED"), details={"lineItems": [{"lineItemId": "x", "quantity": 1}]})
        assert named(back) == [("item:x", 1, None)]

    def test_a_part_that_failed_leaves_what_is_named(self):
        back = refund("r1", (PAYMENT_ID, "10", "SUCCEEDED"), ("other", "14", "FAILED"), details=goods(1))
        [found] = read(back).refunds
        assert (found.amount, [one.quantity for one in found.lines]) == (10, [1])


class TestSeveralMethods:
    """Each method's part is a refund of its own: what is named is taken back once by all of them together."""

    CASH = payment("20", ref="cash", regularPaymentDetails={"paymentMethod": "Cash"})

    def shared(self, *sent, details, payments=()):
        back = refund("r1", *sent, details=details)
        found = read(back, payments=payments or [payment("34"), self.CASH]).refunds
        return [[(one.ref, one.quantity, one.amount) for one in part.lines] for part in found]

    def test_each_line_goes_to_the_first_that_has_room(self):
        details = {**goods(1), "shipping": {"amount": amount("6")}}
        sent = (PAYMENT_ID, "24", "SUCCEEDED"), ("cash", "6", "SUCCEEDED")
        assert self.shared(*sent, details=details) == [[(LAMP, 1, 24)], [(POST, 1, 6)]]

    def test_a_line_between_two_leaves_its_units_with_the_first(self):
        sent = (PAYMENT_ID, "20", "SUCCEEDED"), ("cash", "4", "SUCCEEDED")
        assert self.shared(*sent, details=goods(1)) == [[(LAMP, 1, 20)], [(LAMP, 0, 4)]]

    def test_units_on_the_shelf_are_with_the_first_alone(self):
        lamp = {**uk_order()["lineItems"][0], "restockQuantity": 1}
        back = refund("r1", (PAYMENT_ID, "20", "SUCCEEDED"), ("cash", "4", "SUCCEEDED"), details=goods(1))
        found = read(back, payments=[payment("34"), self.CASH], lineItems=[lamp]).refunds
        assert [one.lines[0].restocked for one in found] == [1, 0]

    def test_what_is_beyond_the_lines_is_money_alone(self):
        sent = (PAYMENT_ID, "30", "SUCCEEDED"), ("cash", "10", "SUCCEEDED")
        assert self.shared(*sent, details=goods(1)) == [[(LAMP, 1, 24)], []]

    def test_lines_of_more_than_went_back_are_cut_down(self):
        details = {**goods(2), "shipping": {"amount": amount("6")}}
        sent = (PAYMENT_ID, "20", "SUCCEEDED"), ("cash", "7", "SUCCEEDED")
        assert self.shared(*sent, details=details) == [[(LAMP, 2, 20)], [(LAMP, 0, 4), (POST, 1, 3)]]

    def test_what_the_gift_card_got_makes_room_in_the_first(self):
        sent = ("gift", "14", "SUCCEEDED"), (PAYMENT_ID, "34", "SUCCEEDED"), ("cash", "6", "SUCCEEDED")
        details = {**goods(2), "shipping": {"amount": amount("6")}}
        payments = [gift_card("14", status="VOIDED"), payment("34"), self.CASH]
        assert self.shared(*sent, details=details, payments=payments) == [[(LAMP, 2, 48)], [(POST, 1, 6)]]

    def test_without_tax_in_its_prices_a_line_is_worth_what_was_paid_for_it(self):
        details = {"lineItems": [{"lineItemId": line_id(2), "quantity": 1}], "additionalFees": []}
        back = refund("r1", (PAYMENT_ID, "10", "SUCCEEDED"), ("cash", "9.44", "SUCCEEDED"), details=details)
        order = us_order(additionalFees=[fee("Gift wrap", "4.00", "4")])
        found = WixStore.read_order(payload(order, payment("44.91"), self.CASH, refunds=[back])).refunds
        assert [[one.amount for one in part.lines] for part in found] == [[10], [D("9.44")]]


def test_a_refund_is_the_same_after_it_was_filed():
    lamp = {**uk_order()["lineItems"][0], "restockQuantity": 1}
    details = {**goods(2), "shipping": {"amount": amount("6.00")}}
    [back] = read(refund("r1", (PAYMENT_ID, "54", "SUCCEEDED"), details=details), lineItems=[lamp]).refunds
    assert Refund.from_json(json_loads(json_dumps(back.as_json()))) == back
    bare = Refund("r", None, None)
    assert Refund.from_json(json_loads(json_dumps(bare.as_json()))) == bare


def test_amounts_may_come_in_any_scale():
    back = refund("r1", (PAYMENT_ID, "24.0", "SUCCEEDED"), (PAYMENT_ID, "1", "SUCCEEDED"))
    back["transactions"][1]["amount"] = amount("0.50")
    assert read(back).refunds[0].amount == D("24.50")
