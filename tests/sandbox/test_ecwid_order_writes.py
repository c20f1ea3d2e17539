"""Orders written through the API and moved through the control API: refunds, cancelling, editing, deleting."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.ecwid_shop import CART, NOON, Clock, Shop


@pytest.fixture
def shop() -> Shop:
    return Shop(Clock())


def new_order(**changes: Any) -> dict[str, Any]:
    item = {"name": "Chandelle", "price": 24, "quantity": 2}
    statuses = {"paymentStatus": "PAID", "fulfillmentStatus": "AWAITING_PROCESSING"}
    return {"email": "a@example.test", "subtotal": 1, "total": 17.5, "items": [item], **statuses, **changes}


def test_a_created_order_is_stored_as_it_was_sent(shop: Shop):
    answer = shop.call("POST", "/orders", json=new_order(shippingOption={"shippingRate": 3}))
    assert set(answer.json) == {"id", "orderId"}
    order = shop.get(f"/orders/{answer.json['orderId']}")
    assert order["internalId"] == answer.json["id"]
    assert (order["subtotal"], order["total"]) == (1, Decimal("17.5"))
    assert order["handlingFee"]["name"] == "HandlingFeeFromApi"
    assert order["shippingOption"] == {"shippingMethodId": "customShippingId", "shippingRate": 3}


def test_an_item_without_quantity_is_refused(shop: Shop):
    response = shop.call("POST", "/orders", json=new_order(items=[{"name": "Chandelle", "price": 24}]))
    assert (response.status_code, response.json["errorMessage"]) == (400, "Field OrderItem.quantity is absent")


def test_the_old_name_of_a_status_is_refused(shop: Shop):
    response = shop.call("POST", "/orders", json=new_order(paymentStatus="QUEUED"))
    assert response.status_code == 400
    assert response.json["errorMessage"] == "Status QUEUED is deprecated, use AWAITING_PAYMENT instead"


@pytest.mark.parametrize(("status", "taken"), [("PAID", 2), ("AWAITING_PAYMENT", 0)])
def test_stock_falls_only_for_paid_orders_of_known_products(shop: Shop, status: str, taken: int):
    product = shop.get("/products", sku="CHA-CED")["items"][0]
    before = shop.stock("CHA-CED")
    item = {"name": "Chandelle", "price": 24, "quantity": 2, "productId": product["id"]}
    shop.call(
        "POST", "/orders", json=new_order(items=[item, {"name": "X", "price": 1, "quantity": 1}], paymentStatus=status)
    )
    assert shop.stock("CHA-CED") == before - taken


def test_a_sold_variation_takes_from_its_own_stock(shop: Shop):
    def quantities() -> tuple[int, int]:
        product = shop.get("/products", sku="TSH-M")["items"][0]
        medium = next(each for each in product["combinations"] if each["sku"] == "TSH-M")
        return product["quantity"], medium["quantity"]

    base, medium = quantities()
    order = shop.place(lines=[{"sku": "TSH-M", "quantity": 3}])
    assert order["items"][0]["combinationId"]
    assert order["items"][0]["selectedOptions"][0]["value"] == "M"
    assert quantities() == (base, medium - 3)


def test_a_partial_write_keeps_the_rest_and_replaces_items_whole(shop: Shop):
    order = shop.place(lines=[{"sku": "CHA-CED"}, {"sku": "TUQ-IVO"}])
    item = {"name": "Other", "price": 1, "quantity": 1}
    answer = shop.call("PUT", f"/orders/{order['id']}", json={"privateAdminNotes": "seen", "items": [item]})
    assert answer.json == {"updateCount": 1}
    changed = shop.get(f"/orders/{order['id']}")
    assert (changed["privateAdminNotes"], changed["items"]) == ("seen", [item])
    assert (changed["total"], changed["paymentMethod"]) == (order["total"], "PayPal")


def test_refunds_cannot_be_written(shop: Shop):
    order = shop.place()
    fields = {"refunds": [{"amount": 5}], "refundedAmount": 5, "internalId": 1, "id": "HA"}
    assert shop.call("PUT", f"/orders/{order['id']}", json=fields).json == {"updateCount": 1}
    unchanged = shop.get(f"/orders/{order['id']}")
    assert (unchanged["refunds"], unchanged["refundedAmount"]) == ([], 0)
    assert unchanged["internalId"] == order["internalId"]


def test_writing_an_unknown_order_is_404(shop: Shop):
    assert shop.call("PUT", "/orders/NOPE", json={}).json["errorCode"] == "ORDER_NOT_FOUND"


@pytest.mark.parametrize(("status", "back"), [("REFUNDED", True), ("CANCELLED", True), ("PARTIALLY_REFUNDED", False)])
def test_refunded_and_cancelled_orders_put_their_goods_back_once(shop: Shop, status: str, back: bool):
    full = shop.stock("CHA-CED")
    order = shop.place()
    assert shop.stock("CHA-CED") == full - 2
    for _ in range(2):
        shop.call("PUT", f"/orders/{order['id']}", json={"paymentStatus": status})
    assert shop.stock("CHA-CED") == (full if back else full - 2)


def test_a_status_set_by_hand_writes_no_refund_row_unless_switched(shop: Shop):
    order, other = shop.place(), shop.place()
    refunded = shop.control("POST", f"/orders/{order['id']}/status", {"paymentStatus": "REFUNDED"})
    assert (refunded["paymentStatus"], refunded["refunds"], refunded["refundedAmount"]) == ("REFUNDED", [], 0)
    shop.switch(manual_refund_writes_row=True)
    refunded = shop.control("POST", f"/orders/{other['id']}/status", {"paymentStatus": "REFUNDED"})
    assert [row["amount"] for row in refunded["refunds"]] == [other["total"]]


def test_gateway_refunds_add_rows_until_all_is_returned(shop: Shop):
    order = shop.place()
    path = f"/orders/{order['id']}/refund"
    first = shop.control("POST", path, {"amount": 15, "reason": "Damaged"})
    assert (first["paymentStatus"], first["refundedAmount"]) == ("PARTIALLY_REFUNDED", 15)
    assert first["refunds"] == [
        {"date": "2026-09-21 14:13:20 +0000", "source": "CP", "reason": "Damaged", "amount": 15}
    ]
    last = shop.control("POST", path)
    assert (last["paymentStatus"], last["refundedAmount"], len(last["refunds"])) == ("REFUNDED", order["total"], 2)
    assert (last["total"], last["items"]) == (order["total"], order["items"])
    too_much = shop.client.post(f"/control/stores/1003{path}", json={"amount": 1})
    assert too_much.status_code == 400


def test_cancelling_moves_no_money(shop: Shop):
    order = shop.place()
    cancelled = shop.control("POST", f"/orders/{order['id']}/cancel")
    assert (cancelled["paymentStatus"], cancelled["refunds"], cancelled["total"]) == ("CANCELLED", [], order["total"])


def test_cancelling_may_refund_through_the_gateway(shop: Shop):
    order = shop.place()
    shop.control("POST", f"/orders/{order['id']}/refund", {"amount": 5})
    cancelled = shop.control("POST", f"/orders/{order['id']}/cancel", {"refund": True, "reason": "No stock"})
    assert (cancelled["paymentStatus"], cancelled["refundedAmount"]) == ("CANCELLED", order["total"])
    assert [row["amount"] for row in cancelled["refunds"]] == [5, order["total"] - 5]


def test_after_an_edit_what_was_paid_is_what_can_be_refunded(shop: Shop):
    order = shop.place()
    smaller = {**CART, "lines": [{"sku": "CHA-CED", "quantity": 1}]}
    edited = shop.control("POST", f"/orders/{order['id']}/edit", {"cart": smaller})
    difference = order["total"] - edited["total"]
    path = f"/orders/{order['id']}/refund"
    assert shop.control("POST", path, {"amount": difference})["paymentStatus"] == "PARTIALLY_REFUNDED"
    rest = shop.control("POST", path)
    assert (rest["paymentStatus"], rest["refundedAmount"], rest["total"]) == (
        "REFUNDED",
        order["total"],
        edited["total"],
    )


def test_invoices_are_written_where_the_shop_wants_them(shop: Shop):
    assert shop.get(f"/orders/{shop.place()['id']}/invoices") == {"invoices": []}
    shop.control("PATCH", "/settings", {"taxInvoiceSettings": {"enableTaxInvoices": True}})
    order = shop.place()
    path = f"/orders/{order['id']}/invoices"
    (sale,) = shop.get(path)["invoices"]
    assert (sale["type"], sale["created"]) == ("SALE", "2026-09-21 14:13:20 +0000")
    shop.control("POST", f"/orders/{order['id']}/refund", {"amount": 5})
    assert len(shop.get(path)["invoices"]) == 1
    shop.control("POST", f"/orders/{order['id']}/refund")
    assert [each["type"] for each in shop.get(path)["invoices"]] == ["SALE", "FULL_CANCEL"]
    shop.control("POST", "/tokens", {"token": "secret_sim_1003", "scopes": "read_orders"})
    assert shop.call("GET", path).status_code == 403


def test_an_edited_order_has_new_totals_and_old_line_taxes(shop: Shop):
    order = shop.place()
    edited = shop.control(
        "POST",
        f"/orders/{order['id']}/edit",
        {"cart": {**CART, "lines": [{"sku": "CHA-CED", "quantity": 5}, {"sku": "TUQ-IVO", "quantity": 1}]}},
    )
    assert (edited["subtotal"], edited["paymentStatus"], edited["id"]) == (154, "PAID", order["id"])
    assert edited["items"][0]["quantity"] == 5
    assert edited["items"][0]["tax"] == order["items"][0]["tax"]
    assert edited["tax"] > sum(item["tax"] for item in edited["items"]) + Decimal("1.49")


def test_a_deleted_order_is_gone_and_listed_as_deleted(shop: Shop):
    order = shop.place()
    assert shop.call("DELETE", f"/orders/{order['id']}").json == {"deleteCount": 1}
    assert shop.call("DELETE", f"/orders/{order['id']}").json == {"deleteCount": 0}
    assert shop.call("GET", f"/orders/{order['id']}").status_code == 404
    assert shop.ids() == []
    gone = shop.get("/orders/deleted", limit=100)
    assert gone["items"] == [{"id": order["internalId"], "orderId": order["id"], "date": "2026-09-21 14:13:20 +0000"}]
    assert shop.get("/orders/deleted", from_date=NOON + 1)["items"] == []
    assert shop.place()["internalId"] > order["internalId"]


@pytest.mark.parametrize(("restocks", "missing"), [(False, 2), (True, 0)])
def test_whether_deleting_restocks_is_a_switch(shop: Shop, restocks: bool, missing: int):
    full = shop.stock("CHA-CED")
    shop.switch(restock_on_delete=restocks)
    shop.call("DELETE", f"/orders/{shop.place()['id']}")
    assert shop.stock("CHA-CED") == full - missing


def test_the_list_of_deleted_orders_is_ten_long_unless_asked(shop: Shop):
    for order_id in shop.control("POST", "/orders/bulk", {"carts": [CART] * 12})["ids"]:
        shop.control("DELETE", f"/orders/{order_id}")
    assert (shop.get("/orders/deleted")["count"], shop.get("/orders/deleted", limit=100)["count"]) == (10, 12)
