"""Payments and refunds of orders, and what they make of the order."""

from decimal import Decimal

import pytest

from tests.sandbox.wix_site import Site, amount, amounts, as_declared

D = Decimal
BULK = "/ecom/v1/payments/list-by-ids"
LAMP = [{"sku": "LAMP-GRE", "quantity": 2}]


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def british(site: Site) -> Site:
    return site.on("fern")


def refund(site, order, **asked):
    return site.control("POST", f"/orders/{order['id']}/refund", asked)


def settle(site, order, refund, outcome, **more):
    return site.control("POST", f"/orders/{order['id']}/refunds/{refund['id']}/settle", {"outcome": outcome, **more})


def statuses(site, order):
    return [payment["status"] for payment in site.money_of(order["id"])["payments"]]


# -- reading (row 11) --------------------------------------------------------------------------------------------


def test_payments_of_many_orders_come_at_once(site):
    ids = [site.place()["id"] for _ in range(3)]
    answer = site.post(BULK, {"orderIds": [*ids, "6a0d9b1e-0000-4000-8000-000000000999"]})
    assert as_declared("transactions_list.response", answer) == []
    assert [len(row["payments"]) for row in answer["orderTransactions"]] == [1, 1, 1, 0]


@pytest.mark.parametrize(("count", "rule"), [(0, "MIN_SIZE"), (101, "MAX_SIZE")])
def test_neither_none_nor_too_many_can_be_asked_for(site, count, rule):
    assert site.refused("POST", BULK, {"orderIds": ["x"] * count}) == (400, rule)


# -- kinds of payments (rows 12 and 38) --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "method", "by_provider"),
    [
        ("card", "CreditCard", True),
        ("paypal", "PayPal", True),
        ("klarna", "Klarna", True),
        ("offline", "Offline", False),
    ],
)
def test_money_comes_in_several_ways(site, kind, method, by_provider):
    order = site.place(payment=kind)
    [payment] = site.money_of(order["id"])["payments"]
    details = payment["regularPaymentDetails"]
    assert (details["paymentMethod"], details["offlinePayment"]) == (method, kind == "offline")
    assert ("providerTransactionId" in details, "gatewayTransactionId" in details) == (by_provider, by_provider)
    assert order["paymentStatus"] == "PAID"


def test_own_methods_have_a_name(site):
    order = site.place(
        payments=[{"kind": "offline", "method": "CASH", "amount": 5}, {"kind": "offline", "method": "On account"}]
    )
    named = [
        row["regularPaymentDetails"]["paymentMethodName"]["userDefinedName"]
        for row in site.money_of(order["id"])["payments"]
    ]
    assert named == [{"predefined": "CASH"}, {"custom": "On account"}]


def test_a_gift_card_pays_and_the_total_stays(site):
    order = site.place(payments=[{"kind": "gift_card", "amount": 20}, {"kind": "card"}])
    gift_card, card = site.money_of(order["id"])["payments"]
    assert "giftcardPaymentDetails" in gift_card
    assert amount(gift_card["amount"]) + amount(card["amount"]) == amount(order["priceSummary"]["total"]) == D("60.48")
    assert order["paymentStatus"] == "PAID"


def test_a_membership_pays_without_money(british):
    line = {"name": "Class", "price": 48, "module": "bookings", "payment_option": "MEMBERSHIP"}
    order = british.place([{**line, "membership": {"amount": 48}}], paid=False)
    [payment] = british.money_of(order["id"])["payments"]
    assert payment["membershipPaymentDetails"]["status"] == "CHARGED"
    assert payment["membershipPaymentDetails"]["lineItemId"] == order["lineItems"][0]["id"]
    assert amounts(order["balanceSummary"], "paid", "balance") == ("0.00", "0.00")
    assert order["paymentStatus"] == "PAID"
    free = british.place([{**line, "price": 0, "membership": {}}], paid=False)
    assert (amount(free["priceSummary"]["total"]), free["paymentStatus"]) == (0, "PAID")


def test_a_deposit_is_paid_first(british):
    line = {"name": "Course", "price": 180, "module": "bookings", "payment_option": "DEPOSIT_ONLINE", "deposit": 90}
    order = british.place([line])
    assert order["paymentStatus"] == "PARTIALLY_PAID"
    assert amounts(order["balanceSummary"], "paid", "balance") == ("90.00", "90.00")
    british.control("POST", f"/orders/{order['id']}/pay", {"payments": [{"kind": "offline", "method": "CASH"}]})
    assert british.order(order["id"])["paymentStatus"] == "PAID"


def test_what_is_paid_on_the_spot_is_open_until_then(british):
    order = british.place([{"name": "Class", "price": 48, "payment_option": "FULL_PAYMENT_OFFLINE"}])
    assert order["paymentStatus"] == "NOT_PAID"
    assert british.money_of(order["id"])["payments"] == []


def test_cash_is_rounded_to_coins(site):
    order = site.place(
        [{"name": "Bun", "price": "1.21", "tax": "none"}],
        payments=[{"kind": "offline", "method": "CASH", "rounding": "0.05"}],
    )
    [payment] = site.money_of(order["id"])["payments"]
    assert amounts(payment["cashRounding"], "unroundedAmount", "roundingAdjustment") == ("1.21", "-0.01")
    assert amount(payment["amount"]) == D("1.20")
    assert (order["paymentStatus"], amount(order["balanceSummary"]["cashRoundingAdjustment"])) == ("PAID", D("-0.01"))


@pytest.mark.parametrize(
    ("status", "of_the_order"),
    [
        ("PENDING", "PENDING"),
        ("PENDING_MERCHANT", "PENDING_MERCHANT"),
        ("DECLINED", "DECLINED"),
        ("CANCELED", "CANCELED"),
        ("AUTHORIZED", "NOT_PAID"),
        ("VOIDED", "NOT_PAID"),
    ],
)
def test_payments_that_are_no_money(site, status, of_the_order):
    order = site.place(payments=[{"status": status}])
    assert order["paymentStatus"] == of_the_order
    assert amounts(order["balanceSummary"], "paid", "balance") == ("0.00", "60.48")
    site.control("PATCH", f"/orders/{order['id']}/payments/0", {"status": "APPROVED"})
    assert site.order(order["id"])["paymentStatus"] == "PAID"


def test_the_fields_of_payments_may_be_older_or_newer(site):
    order = site.place(payments=[{"old": True}])
    [payment] = site.money_of(order["id"])["payments"]
    assert "status" not in payment
    assert payment["regularPaymentDetails"]["status"] == "APPROVED"
    site.switch(deprecated_payment_fields="gone")
    order = site.place()
    [payment] = site.money_of(order["id"])["payments"]
    assert payment["status"] == "APPROVED"
    assert {"status", "paymentMethod"}.isdisjoint(payment["regularPaymentDetails"])


def test_a_buyer_finishes_later(site):
    order = site.place(status="INITIALIZED")
    assert site.stock("MUG") == 20
    site.control("POST", f"/orders/{order['id']}/approve", {"payment": "paypal"})
    found = site.order(order["id"])
    assert (found["status"], found["paymentStatus"], site.stock("MUG")) == ("APPROVED", "PAID", 17)


# -- refunds (row 13) --------------------------------------------------------------------------------------------


def test_the_sample_one_lamp_back(british):
    order = british.place(LAMP, shipping=6)
    british.clock.seconds += 3600
    refund(british, order, lines=[{"line": 0, "quantity": 1}], reason="Damaged")
    found = british.order(order["id"])
    answer = british.get(f"/ecom/v1/payments/orders/{order['id']}")
    assert as_declared("transactions_get.response", answer) == []
    [back] = answer["orderTransactions"]["refunds"]
    assert amounts(back["summary"], "requestedRefund", "refunded", "pendingRefund") == ("24.00", "24.00", "0.00")
    assert back["details"] == {
        "lineItems": [{"lineItemId": order["lineItems"][0]["id"], "quantity": 1}],
        "shippingIncluded": False,
        "reason": "Damaged",
    }
    assert amount(back["summary"]["breakdown"]["lineItems"][0]["totalRefundedAmount"]) == 24
    assert (found["paymentStatus"], found["lineItems"][0]["refundQuantity"]) == ("PARTIALLY_REFUNDED", 1)
    assert amounts(found["balanceSummary"], "paid", "refunded") == ("54.00", "24.00")
    assert found["updatedDate"] > order["updatedDate"]
    assert statuses(british, order) == ["PARTIALLY_REFUNDED"]


def test_parts_of_every_kind_are_refunded(british):
    order = british.place(LAMP, shipping=6, fees=[{"name": "Wrap", "price": 4, "tax": "standard"}])
    back = refund(british, order, lines=[{"line": 0}], shipping=True, fees=[{"fee": 0, "amount": 3}])
    assert amounts(back["summary"], "refunded") == ("57.00",)
    assert amount(back["details"]["shipping"]["amount"]) == 6
    assert back["details"]["shippingIncluded"]
    rest = refund(british, order)
    assert amount(rest["summary"]["refunded"]) == 1
    assert british.order(order["id"])["paymentStatus"] == "FULLY_REFUNDED"


def test_an_amount_alone_names_no_parts(site):
    order = site.place()
    back = refund(site, order, amount="10.00")
    assert back["details"] == {"shippingIncluded": False}
    assert "breakdown" not in back["summary"]
    assert site.order(order["id"])["paymentStatus"] == "PARTIALLY_REFUNDED"


def test_a_refund_goes_through_several_payments(site):
    order = site.place(payments=[{"kind": "card", "amount": 40}, {"kind": "paypal"}])
    back = refund(site, order, amount=50)
    assert [amount(part["amount"]) for part in back["transactions"]] == [40, 10]
    assert statuses(site, order) == ["REFUNDED", "PARTIALLY_REFUNDED"]


@pytest.mark.parametrize(
    ("outcome", "status", "refunded", "units"),
    [("SUCCEEDED", "PARTIALLY_REFUNDED", "12.96", 1), ("FAILED", "PAID", "0.00", None)],
)
def test_a_refund_is_open_and_then_ends(site, outcome, status, refunded, units):
    order = site.place()
    back = refund(site, order, lines=[{"line": 0, "quantity": 1}], outcome="PENDING")
    assert back["summary"]["pending"]
    assert "breakdown" not in back["summary"]
    found = site.order(order["id"])
    assert (found["paymentStatus"], amount(found["balanceSummary"]["pendingRefund"])) == ("PAID", D("12.96"))
    settle(site, order, back, outcome)
    found = site.order(order["id"])
    assert (found["paymentStatus"], amounts(found["balanceSummary"], "refunded")) == (status, (refunded,))
    assert found["lineItems"][0].get("refundQuantity") == units


def test_scheduled_refunds_are_open_but_not_pending(site):
    order = site.place()
    summary = refund(site, order, amount=5, outcome="SCHEDULED")["summary"]
    assert (summary["pending"], amount(summary["pendingRefund"])) == (False, 5)


def test_one_part_of_a_refund_may_fail(site):
    order = site.place(payments=[{"kind": "card", "amount": 40}, {"kind": "paypal"}])
    parts = [{"payment": 0, "amount": 30, "outcome": "SUCCEEDED"}, {"payment": 1, "amount": 10, "outcome": "FAILED"}]
    summary = refund(site, order, amount=40, payments=parts)["summary"]
    assert amounts(summary, "requestedRefund", "refunded", "failedRefundAmount") == ("40.00", "30.00", "10.00")
    assert statuses(site, order) == ["PARTIALLY_REFUNDED", "APPROVED"]


def test_a_refund_made_elsewhere_is_marked(site):
    order = site.place(payment="offline")
    [part] = refund(site, order, external=True)["transactions"]
    assert part["externalRefund"]
    assert "providerRefundId" not in part


def test_a_gift_card_is_given_back_whole_and_voided(site):
    order = site.place(payments=[{"kind": "gift_card", "amount": 20}, {"kind": "card"}])
    path = f"/control/sites/harbor/orders/{order['id']}/refund"
    refused = site.client.post(path, json={"payments": [{"payment": 0, "amount": 5}], "amount": 5})
    assert refused.status_code == 400
    refund(site, order, amount=20, payments=[{"payment": 0, "amount": 20}])
    assert statuses(site, order) == ["VOIDED", "APPROVED"]
    assert site.order(order["id"])["paymentStatus"] == "PARTIALLY_REFUNDED"
    assert site.order(order["id"])["balanceSummary"]["paid"]["amount"] == "60.48"


def test_more_than_was_paid_is_not_refunded(site):
    order = site.place()
    body = {
        "orderId": order["id"],
        "paymentRefunds": [{"paymentId": site.money_of(order["id"])["payments"][0]["id"], "amount": {"amount": "61"}}],
    }
    path = "/ecom/v1/order-billing/refund-payments"
    assert site.refused("POST", path, body) == (400, "INVALID_PAYMENT_REFUND_AMOUNT")
    body["paymentRefunds"][0]["paymentId"] = "nobody"
    assert site.refused("POST", path, body) == (404, "PAYMENT_NOT_FOUND")


@pytest.mark.parametrize(("restock", "left"), [(True, 18), (False, 17)])
def test_goods_come_back_only_when_they_are_put_back(site, restock, left):
    order = site.place()
    refund(site, order, lines=[{"line": 0, "quantity": 1}], restock=restock)
    assert site.stock("MUG") == left
    assert site.order(order["id"])["lineItems"][0].get("restockQuantity") == (1 if restock else None)


def test_goods_can_be_put_back_unit_by_unit(site):
    order = site.place()
    restock = [{"line": 0, "quantity": 1}]
    refund(site, order, lines=[{"line": 0, "quantity": 2}], restock=restock)
    assert site.order(order["id"])["lineItems"][0]["restockQuantity"] == 1


@pytest.mark.parametrize(("told", "shown"), [("gross", "6.48"), ("net", "6")])
def test_whether_a_refund_names_shipping_with_its_tax_is_a_switch(site, told, shown):
    site.switch(refund_parts=told, mixed_scale=False)
    order = site.place(shipping=6)
    back = refund(site, order, shipping=True)
    assert Decimal(back["details"]["shipping"]["amount"]["amount"]) == Decimal(shown)
    assert Decimal(back["summary"]["refunded"]["amount"]) == Decimal("6.48")


def test_the_status_may_follow_later(site):
    site.switch(payment_status_lag_seconds=30)
    order = site.place()
    refund(site, order)
    assert site.order(order["id"])["paymentStatus"] == "PAID"
    site.clock.seconds += 30
    found = site.order(order["id"])
    assert found["paymentStatus"] == "FULLY_REFUNDED"


def test_a_refund_may_leave_the_date_of_change(site):
    site.switch(refunds_move_updated=False)
    order = site.place()
    site.clock.seconds += 60
    refund(site, order)
    assert site.order(order["id"])["updatedDate"] == order["updatedDate"]


# -- chargebacks -------------------------------------------------------------------------------------------------


def test_a_chargeback_is_no_refund(site):
    order = site.place()
    site.control("POST", f"/orders/{order['id']}/chargeback", {"amount": 10})
    found = site.order(order["id"])
    assert (amount(found["balanceSummary"]["chargeback"]), found["paymentStatus"]) == (10, "PAID")
    site.control("POST", f"/orders/{order['id']}/chargeback", {"reversed": True})
    [payment] = site.money_of(order["id"])["payments"]
    assert payment["regularPaymentDetails"]["chargebacks"][0]["status"] == "REVERSED"
    assert amount(site.order(order["id"])["balanceSummary"]["chargebackReversal"]) == 10


# -- previews and recording (rows 40 and 41) ---------------------------------------------------------------------


def test_a_refund_can_be_calculated_before(british):
    order = british.place(LAMP, shipping=6)
    asked = {
        "orderId": order["id"],
        "refundItems": {"lineItems": [{"lineItemId": order["lineItems"][0]["id"], "quantity": 1}]},
    }
    answer = british.post("/ecom/v1/order-billing/calculate-refund", asked)
    assert answer["available"]
    assert amounts(answer["summary"], "total", "tax") == ("24.00", "4.00")
    british.post("/ecom/v1/order-billing/refund-payments", asked)
    left = british.post("/ecom/v1/order-billing/get-order-refundability", {"orderId": order["id"]})["refundability"]
    assert left["lineItems"][0]["availableRefundQuantity"] == 1
    assert amount(left["payments"][0]["availableRefundAmount"]) == 30
    asked["refundItems"]["lineItems"][0]["quantity"] = 2
    assert "notAvailable" in british.post("/ecom/v1/order-billing/calculate-refund", asked)


def test_an_offline_payment_is_recorded_once(site):
    order = site.place(paid=False)
    path = f"/ecom/v1/payments/orders/{order['id']}/add-payment"
    details = {"offlinePayment": True, "providerTransactionId": "till-7"}
    body = {"payments": [{"amount": {"amount": "60.48"}, "regularPaymentDetails": details}]}
    answer = site.post(path, body)
    assert [row["id"] for row in answer["orderTransactions"]["payments"]] == answer["paymentsIds"]
    assert site.order(order["id"])["paymentStatus"] == "PAID"
    assert site.refused("POST", path, body)[0] == 400
    assert len(site.money_of(order["id"])["payments"]) == 1


def test_only_some_statuses_are_set_by_hand(site):
    order = site.place(payments=[{"status": "PENDING"}])
    payment = site.money_of(order["id"])["payments"][0]["id"]
    path = f"/ecom/v1/payments/{payment}/orders/{order['id']}/update-payment-transaction-status"
    assert site.refused("POST", path, {"status": "REFUNDED"}) == (400, "STATUS_NOT_ALLOWED")
    site.post(path, {"status": "APPROVED"})
    assert site.order(order["id"])["paymentStatus"] == "PAID"
