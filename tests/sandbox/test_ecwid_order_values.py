"""What an order looks like: ids, numbers, the worked examples, and the awkward kinds."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.ecwid_shop import CART, NOON, Clock, Shop


@pytest.fixture
def shop() -> Shop:
    return Shop(Clock())


def test_an_order_is_found_by_text_id_and_by_number(shop: Shop):
    shop.control("PATCH", "/settings", {"formatsAndUnits": {"orderNumberPrefix": "WEB-", "orderNumberSuffix": "-X"}})
    order = shop.place()
    assert order["id"].startswith("WEB-")
    assert order["id"].endswith("-X")
    assert order["vendorOrderNumber"] == order["publicUid"] == order["id"]
    assert order["orderNumber"] == order["internalId"]
    for reference in (order["id"], order["internalId"]):
        assert shop.get(f"/orders/{reference}")["internalId"] == order["internalId"]


@pytest.mark.parametrize("reference", ["NOPE", "123"])
def test_an_unknown_order_is_not_found(shop: Shop, reference: str):
    response = shop.call("GET", f"/orders/{reference}")
    assert response.status_code == 404
    assert response.json == {"errorCode": "ORDER_NOT_FOUND", "errorMessage": f"Order #{reference} not found"}


def test_amounts_are_plain_json_numbers(shop: Shop):
    order = shop.place(lines=[{"sku": "A", "price": 10, "quantity": 1, "taxes": []}], shipping=0.91)
    text = shop.call("GET", f"/orders/{order['id']}").text
    assert '"subtotal":10,' in text
    assert '"shippingRate":0.91,' in text
    assert '"total":11.05,' in text
    assert '"usdTotal":11.05000000000001' in text
    assert order["createDate"] == "2026-09-21 14:13:20 +0000"


def test_both_ways_to_show_tax_on_delivery_carry_the_same_tax(shop: Shop):
    inside = shop.control("POST", "/examples/A-inside")
    apart = shop.control("POST", "/examples/A-separate")
    for order in (inside, apart):
        assert (order["tax"], order["totalBeforeGiftCardRedemption"]) == (Decimal("6.96"), Decimal("98.96"))
        assert (order["total"], order["totalWithoutTax"]) == (Decimal("78.96"), 72)
        assert [tax["total"] for tax in order["taxesOnShipping"]] == [Decimal("0.96")]
    assert [item["tax"] for item in inside["items"]] == [Decimal("3.86"), Decimal("3.10")]
    assert [item["taxes"][0]["taxOnShipping"] for item in inside["items"]] == [Decimal("0.53"), Decimal("0.43")]
    assert [item["tax"] for item in apart["items"]] == [Decimal("3.33"), Decimal("2.67")]
    assert [item["taxes"][0]["taxOnShipping"] for item in apart["items"]] == [0, 0]


def test_worked_example_a_carries_every_kind_of_amount(shop: Shop):
    order = shop.control("POST", "/examples/A-separate")
    assert (order["subtotal"], order["couponDiscount"], order["discount"]) == (90, 9, 6)
    assert (order["shippingOption"]["shippingRate"], order["handlingFee"]["value"]) == (10, 2)
    (tip,) = order["customSurcharges"]
    assert (tip["id"], tip["type"], tip["total"]) == ("tips", "ABSOLUTE", 5)
    assert (order["giftCardRedemption"], order["giftCardCode"]) == (20, "GC-77")
    tee = order["items"][0]
    assert (tee["couponApplied"], tee["couponAmount"]) == (True, 5)
    assert tee["discounts"][0]["total"] == Decimal("3.33")
    assert order["discountCoupon"]["discountType"] == "PERCENT"
    assert order["billingPerson"]["street"] == "1 Elm St\nApt 2"


def test_worked_examples_b_and_c_contain_their_tax(shop: Shop):
    b, c = (shop.control("POST", f"/examples/{name}") for name in ("B", "C"))
    assert b["pricesIncludeTax"] is c["pricesIncludeTax"] is True
    assert (b["total"], b["tax"], b["totalWithoutTax"], b["subtotalWithoutTax"]) == (174, 29, 145, 150)
    assert b["shippingOption"]["shippingRateWithoutTax"] == 10
    assert (c["total"], c["tax"]) == (Decimal("29.97"), Decimal("5.20"))


@pytest.mark.parametrize(
    ("name", "residual"),
    [("D-rounding", "0.02"), ("D-shipping", "-10"), ("D-without-tax", "-6.96"), ("D-unexplained", "3")],
)
def test_worked_examples_d_do_not_add_up(shop: Shop, name: str, residual: str):
    order = shop.control("POST", f"/examples/{name}")
    assert order["totalBeforeGiftCardRedemption"] - Decimal("98.96") == Decimal(residual)
    assert order["total"] == order["totalBeforeGiftCardRedemption"] - 20


def test_an_unknown_example_is_refused(shop: Shop):
    assert shop.client.post("/control/stores/1003/examples/Z").status_code == 400


@pytest.mark.parametrize(("reversed_charge", "field"), [(True, "reversedTaxApplied"), (False, "customerTaxExempt")])
def test_exempt_buyers_pay_no_tax_but_see_the_taxes(shop: Shop, reversed_charge: bool, field: str):
    buyer = {"name": "Ana Ruiz", "reverse_charge": reversed_charge, "tax_exempt": True, "tax_id": "X1"}
    order = shop.place(buyer=buyer)
    assert (order["tax"], order[field], order["customerTaxId"]) == (0, True, "X1")
    assert [(tax["name"], tax["total"]) for tax in order["items"][0]["taxes"]] == [("GST", 0), ("QST", 0)]


def test_a_cart_can_leave_out_what_old_orders_lack(shop: Shop):
    missing = ["billingPerson", "pricesIncludeTax", "paymentMethod", "internalId", "orderNumber"]
    order = shop.place(leave_out=missing, buyer={"name": "Ana Ruiz"})
    assert not set(missing) & set(shop.get(f"/orders/{order['id']}"))


def test_a_digital_order_has_no_delivery_and_a_counter_sale_no_buyer(shop: Shop):
    order = shop.place(lines=[{"sku": "PDF-1"}], shipping=None)
    assert "shippingOption" not in order
    assert "billingPerson" not in order
    assert "customerId" not in order
    assert order["email"] == ""


def test_a_raw_order_is_stored_verbatim(shop: Shop):
    raw = {"id": "1042", "total": 5, "taxesOnShipping": None, "createDate": "2019-05-01 10:00:00 +0000"}
    order = shop.control("POST", "/orders", {"order": raw, "leave_out": ["internalId", "orderNumber"]})
    assert set(order) == {
        *raw,
        "vendorOrderNumber",
        "publicUid",
        "createTimestamp",
        "updateDate",
        "updateTimestamp",
    }
    assert order["taxesOnShipping"] is None
    assert order["createTimestamp"] == 1556704800
    assert shop.get("/orders/1042") == order


def test_a_control_patch_is_verbatim_and_can_be_silent(shop: Shop):
    order = shop.place()
    shop.clock.seconds += 50
    silent = shop.control("PATCH", f"/orders/{order['id']}?bump=false", {"total": 1, "refundedAmount": 1})
    assert (silent["total"], silent["refundedAmount"], silent["updateTimestamp"]) == (1, 1, NOON)
    loud = shop.control("PATCH", f"/orders/{order['id']}", {"email": None})
    assert (loud["email"], loud["updateTimestamp"]) == (None, NOON + 50)


def test_an_order_id_is_given_only_once(shop: Shop):
    shop.place(order_id="A1")
    again = shop.client.post("/control/stores/1003/orders", json={"cart": {**CART, "order_id": "A1"}})
    assert again.status_code == 409


@pytest.mark.parametrize(
    "cart", [{}, {"lines": []}, {"lines": [{"sku": "UNKNOWN"}]}, {"lines": [{"sku": "CHA-CED"}], "shiping": 1}]
)
def test_a_cart_that_makes_no_sense_is_refused(shop: Shop, cart: dict[str, Any]):
    response = shop.client.post("/control/stores/1003/orders", json={"cart": cart})
    assert response.status_code == 400
    assert response.json["error"]


def test_totals_tell_the_whole_shop(shop: Shop):
    paid, waiting = shop.place(), shop.place(payment_status="AWAITING_PAYMENT")
    totals = shop.control("GET", "/totals")
    assert (totals["orders"], totals["sum_total"]) == (2, paid["total"] + waiting["total"])
    assert totals["by_payment_status"]["PAID"] == {"orders": 1, "sum_total": paid["total"]}
    assert [order["id"] for order in shop.control("GET", "/orders")] == [paid["id"], waiting["id"]]
