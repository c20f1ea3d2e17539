"""Lists of orders: pages, filters, dates, fields, and what moves while somebody turns the pages."""

import pytest

from tests.sandbox.ecwid_shop import CART, NOON, Clock, Shop


@pytest.fixture
def shop() -> Shop:
    return Shop(Clock())


def test_a_new_shop_has_no_orders(shop: Shop):
    assert shop.get("/orders") == {"total": 0, "count": 0, "offset": 0, "limit": 100, "items": []}


def test_a_list_comes_in_pages(shop: Shop):
    shop.control("POST", "/orders/bulk", {"carts": [CART] * 105})
    first, second, beyond = (shop.get("/orders", offset=offset) for offset in (0, 100, 200))
    assert (first["total"], first["count"], second["count"]) == (105, 100, 5)
    assert (beyond["count"], beyond["items"]) == (0, [])
    ids = {order["internalId"] for page in (first, second) for order in page["items"]}
    assert len(ids) == 105


def test_a_limit_over_100_is_cut_or_refused(shop: Shop):
    assert shop.get("/orders", limit=500)["limit"] == 100
    shop.switch(refuse_limit_over_100=True)
    assert shop.call("GET", "/orders?limit=500").status_code == 400


@pytest.mark.parametrize("query", ["limit=-1", "limit=x", "offset=-5", "createdFrom=soon", "totalFrom=much"])
def test_values_that_make_no_sense_are_wrong_parameters(shop: Shop, query: str):
    response = shop.call("GET", f"/orders?{query}")
    assert (response.status_code, response.json["errorCode"]) == (400, "WRONG_PARAMETER")


def test_the_largest_offset_is_a_switch(shop: Shop):
    shop.switch(max_offset=1000)
    assert shop.call("GET", "/orders?offset=1001").status_code == 400


def test_the_newest_order_comes_first_unless_switched(shop: Shop):
    for order_id, created in (("OLD", "2026-09-01T09:00:00-04:00"), ("NEW", "2026-09-02T09:00:00-04:00")):
        shop.place(order_id=order_id, created=created)
    assert shop.ids() == ["NEW", "OLD"]
    shop.switch(orders_newest_first=False)
    assert shop.ids() == ["OLD", "NEW"]


def test_abandoned_orders_show_only_when_asked_for(shop: Shop):
    shop.place(order_id="DONE")
    shop.place(order_id="LEFT", payment_status="INCOMPLETE")
    assert shop.ids() == ["DONE"]
    assert shop.ids(paymentStatus="INCOMPLETE") == ["LEFT"]
    assert set(shop.ids(paymentStatus="INCOMPLETE,PAID")) == {"DONE", "LEFT"}


def test_status_filters_take_lists_and_know_their_values(shop: Shop):
    shop.place(order_id="A", payment_status="AWAITING_PAYMENT")
    shop.place(order_id="B", fulfillment_status="SHIPPED")
    shop.place(order_id="C", payment_status="CUSTOM_PAYMENT_STATUS_1", fulfillment_status="DELIVERED")
    assert set(shop.ids(paymentStatus="PAID,CUSTOM_PAYMENT_STATUS_1")) == {"B", "C"}
    assert set(shop.ids(fulfillmentStatus="SHIPPED,DELIVERED")) == {"B", "C"}
    for query in ("paymentStatus=PAYED", "fulfillmentStatus=PAID", "paymentStatus=PAID,QUEUED"):
        response = shop.call("GET", f"/orders?{query}")
        assert (response.status_code, response.json["errorCode"]) == (400, "WRONG_PARAMETER")


@pytest.mark.parametrize("form", ["1788264000", "2026-09-01 12:00:00 +0000", "2026-09-01 12:00:00"])
def test_dates_are_unix_seconds_or_text_in_utc(shop: Shop, form: str):
    shop.place(order_id="BEFORE", created="2026-09-01T07:59:59-04:00")
    shop.place(order_id="AT", created="2026-09-01T08:00:00-04:00")
    assert shop.ids(createdFrom=form) == ["AT"]
    assert shop.ids(createdTo=form) == ["AT", "BEFORE"]


def test_a_date_alone_means_its_first_second(shop: Shop):
    shop.place(order_id="THAT-DAY", created="2026-09-01T00:00:00+00:00")
    assert shop.ids(createdFrom="2026-09-01", createdTo="2026-09-01") == ["THAT-DAY"]


def test_upper_bounds_can_be_exclusive(shop: Shop):
    shop.place(created="2026-09-01T12:00:00+00:00")
    shop.switch(exclusive_upper_dates=True)
    assert shop.ids(createdTo="2026-09-01 12:00:00") == []


def test_every_write_moves_the_date_of_change(shop: Shop):
    order_id = shop.place(order_id="A")["id"]
    assert shop.ids(updatedFrom=NOON, updatedTo=NOON) == ["A"]
    shop.clock.seconds += 100
    shop.call("PUT", f"/orders/{order_id}", json={"trackingNumber": "1Z"})
    order = shop.get(f"/orders/{order_id}")
    assert order["updateTimestamp"] == NOON + 100
    assert order["createTimestamp"] == NOON
    assert shop.ids(updatedFrom=NOON, updatedTo=NOON) == []


def test_an_order_dated_back_still_changes_now(shop: Shop):
    order = shop.place(created="2026-03-02T09:05:09-05:00")
    assert order["createDate"] == "2026-03-02 14:05:09 +0000"
    assert order["updateTimestamp"] == NOON


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"email": "ANA@example.test"}, True),
        ({"email": "other@example.test"}, False),
        ({"keywords": "ruiz"}, True),
        ({"keywords": "CHA-CED"}, True),
        ({"paymentMethod": "PayPal"}, True),
        ({"paymentMethod": "Cash"}, False),
        ({"couponCode": "TEN"}, True),
        ({"couponCode": "ELEVEN"}, False),
        ({"totalFrom": "1", "totalTo": "1000"}, True),
        ({"totalFrom": "1000"}, False),
        ({"ids": "A1,B2"}, True),
        ({"ids": "B2"}, False),
        ({"shippingMethod": "Courier"}, True),
        ({"unheardOf": "x"}, True),
    ],
)
def test_orders_are_found_by_many_things(shop: Shop, query: dict[str, str], found: bool):
    buyer = {"email": "ana@example.test", "name": "Ana Ruiz"}
    shop.place(order_id="A1", buyer=buyer, coupon={"type": "percent", "value": 10, "code": "TEN"})
    assert shop.ids(**query) == (["A1"] if found else [])


def test_ids_may_match_the_beginning_by_switch(shop: Shop):
    shop.place(order_id="WEB-1")
    assert shop.ids(ids="WEB-") == []
    shop.switch(ids_match_prefix=True)
    assert shop.ids(ids="WEB-") == ["WEB-1"]


def test_response_fields_trim_what_is_nested(shop: Shop):
    shop.place()
    answer = shop.get("/orders", responseFields="total,items(id,total,items(sku,quantity),unheardOf)")
    assert set(answer) == {"total", "items"}
    (order,) = answer["items"]
    assert set(order) == {"id", "total", "items"}
    assert order["items"] == [{"sku": "CHA-CED", "quantity": 2}]


def test_searches_can_lag_behind_reads_by_id(shop: Shop):
    shop.switch(index_lag_seconds=2)
    order = shop.place()
    assert shop.ids() == []
    assert shop.get(f"/orders/{order['id']}")["id"] == order["id"]
    shop.clock.seconds += 2
    assert shop.ids() == [order["id"]]
    shop.control("PATCH", f"/orders/{order['id']}", {"trackingNumber": "1Z"})
    assert "trackingNumber" not in shop.get("/orders")["items"][0]


def test_a_new_order_between_two_pages_shifts_the_second(shop: Shop):
    shop.control("POST", "/orders/bulk", {"carts": [CART] * 4})
    shop.switch(new_order_between_pages=True)
    first = shop.ids(limit=2)
    shop.clock.seconds += 1
    second = shop.ids(limit=2, offset=2)
    assert first[1] == second[0]


def test_an_order_that_leaves_the_window_between_two_pages_hides_another(shop: Shop):
    shop.control("POST", "/orders/bulk", {"carts": [CART] * 4})
    everything = shop.ids(updatedTo=NOON)
    shop.switch(order_leaves_between_pages=True)
    first = shop.ids(limit=2, updatedTo=NOON)
    shop.clock.seconds += 1
    second = shop.ids(limit=2, offset=2, updatedTo=NOON)
    assert first + second == [*everything[:2], everything[3]]
