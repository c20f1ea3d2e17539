"""Orders as the API lists them: the query language, which orders are found, and what their amounts say."""

from decimal import Decimal

import pytest

from tests.sandbox.wix_site import Site, amount, amounts, as_declared

D = Decimal
SEARCH = "/ecom/v1/orders/search"
UNKNOWN = "6a0d9b1e-0000-4000-8000-000000000999"


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def british(site: Site) -> Site:
    return site.on("fern")


def numbers(answer):
    return [order["number"] for order in answer["orders"]]


def place_minutely(site, count):
    for _ in range(count):
        site.place()
        site.clock.seconds += 60


# -- finding (rows 3 to 8, 28) -----------------------------------------------------------------------------------


def test_the_newest_orders_come_first_unless_told(site):
    place_minutely(site, 3)
    assert numbers(site.search()) == ["10003", "10002", "10001"]
    assert numbers(site.search(sort=[{"fieldName": "updatedDate", "order": "ASC"}])) == ["10001", "10002", "10003"]


def test_a_filter_of_dates_finds_what_changed_since(site):
    place_minutely(site, 3)
    third = site.search()["orders"][0]["updatedDate"]
    assert numbers(site.search(filter={"updatedDate": {"$gte": third}})) == ["10003"]
    assert numbers(site.search(filter={"updatedDate": {"$lt": third}, "paymentStatus": "PAID"})) == ["10002", "10001"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"number": {"$in": ["10001", "10009"]}}, 1),
        ({"$or": [{"number": "10001"}, {"number": "10002"}]}, 2),
        ({"$not": {"number": "10001"}}, 1),
        ({"priceSummary.total.amount": {"$gt": "50"}}, 2),
        ({"lineItems.catalogReference.appId": {"$hasSome": ["215238eb-22a5-4c36-9e7b-e7c08025e04e"]}}, 2),
        ({"buyerInfo.email": {"$startsWith": "ann"}}, 2),
        ({"archived": True}, 0),
    ],
)
def test_the_operators_of_filters(site, wanted, found):
    place_minutely(site, 2)
    assert len(site.search(filter=wanted)["orders"]) == found


def test_a_body_without_the_wrapper_gets_everything(site):
    place_minutely(site, 2)
    answer = site.post(SEARCH, {"filter": {"number": "10001"}, "query": {"filter": {"number": "10001"}}})
    assert numbers(answer) == ["10002", "10001"]


def test_pages_follow_a_cursor_that_carries_filter_and_sort(site):
    place_minutely(site, 5)
    rising = [{"fieldName": "createdDate", "order": "ASC"}]
    first = site.search(sort=rising, filter={"number": {"$ne": "10002"}}, cursorPaging={"limit": 3})
    assert (numbers(first), first["metadata"]["count"]) == (["10001", "10003", "10004"], 3)
    assert first["metadata"]["hasNext"]
    last = site.search(cursorPaging={"cursor": first["metadata"]["cursors"]["next"], "limit": 3})
    assert numbers(last) == ["10005"]
    assert not last["metadata"]["hasNext"]
    assert "next" not in last["metadata"]["cursors"]


def test_a_cursor_takes_no_filter_and_must_be_known(site):
    place_minutely(site, 2)
    cursor = site.search(cursorPaging={"limit": 1})["metadata"]["cursors"]["next"]
    for asked in (
        {"cursorPaging": {"cursor": cursor}, "filter": {"number": "1"}},
        {"cursorPaging": {"cursor": cursor}, "sort": [{"fieldName": "number"}]},
        {"cursorPaging": {"cursor": "made-up"}},
    ):
        assert site.refused("POST", SEARCH, {"search": asked})[0] == 400


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ({"cursorPaging": {"limit": 101}}, "MAX"),
        (
            {
                "sort": [
                    {"fieldName": name} for name in ("number", "status", "createdDate", "updatedDate", "paymentStatus")
                ]
            },
            "MAX_SIZE",
        ),
        ({"filter": {"status": {"$gt": "A"}}}, "VALIDATION"),
    ],
)
def test_what_is_not_well_formed_is_told_by_its_rule(site, asked, rule):
    assert site.refused("POST", SEARCH, {"search": asked}) == (400, rule)


@pytest.mark.parametrize("asked", [{"filter": {"colour": "red"}}, {"sort": [{"fieldName": "archived"}]}])
def test_fields_that_are_not_declared_are_refused(site, asked):
    assert site.refused("POST", SEARCH, {"search": asked}) == (400, "INVALID_FILTER")


def test_unfinished_orders_are_hidden(site):
    placed = {status: site.place(status=status) for status in ("INITIALIZED", "PENDING", "REJECTED", "APPROVED")}
    assert [order["status"] for order in site.search()["orders"]] == ["APPROVED"]
    named = site.search(filter={"status": {"$in": ["PENDING", "INITIALIZED"]}})["orders"]
    assert [order["status"] for order in named] == ["PENDING"]
    for status, order in placed.items():
        assert site.order(order["id"])["status"] == status


def test_searches_lag_behind_reads_by_id(site):
    site.switch(index_lag_seconds=5)
    placed = site.place()
    assert site.order(placed["id"])["number"] == "10001"
    assert numbers(site.search()) == []
    site.clock.seconds += 5
    assert numbers(site.search()) == ["10001"]


def test_an_order_is_known_to_its_own_site_only(site, british):
    placed = site.place()
    path = f"/ecom/v1/orders/{placed['id']}"
    assert as_declared("order_get.response", site.get(path)) == []
    assert british.refused("GET", path) == (404, "ORDER_NOT_FOUND")
    assert numbers(british.search()) == []
    assert site.refused("GET", f"/ecom/v1/orders/{UNKNOWN}") == (404, "ORDER_NOT_FOUND")


def test_the_paging_block_may_have_its_other_name(site):
    site.switch(paging_block="pagingMetadata")
    assert site.search()["pagingMetadata"]["count"] == 0


# -- amounts (rows 9, 10, 37, 38) --------------------------------------------------------------------------------


def identity_c(order):
    parts = [*order["lineItems"], *([order["shippingInfo"]["cost"]] if "shippingInfo" in order else [])]
    fees = order.get("additionalFees", ())
    return sum(amount(part["totalPriceAfterTax"]) for part in parts) + sum(amount(fee["priceAfterTax"]) for fee in fees)


def identity_a(order):
    sums = {name: amount(value) for name, value in order["priceSummary"].items()}
    return sums["subtotal"] - sums["discount"] + sums["shipping"] + sums["totalAdditionalFees"] + sums["tax"]


SUMMARY = ("subtotal", "shipping", "totalAdditionalFees", "discount", "tax", "total")


def test_example_1_prices_without_tax(site):
    order = site.place(shipping=6, fees=[{"name": "Gift wrap", "price": 4}], coupon={"code": "TEN", "percent": 10})
    assert amounts(order["priceSummary"], *SUMMARY) == ("56.00", "6.00", "4.00", "5.60", "4.51", "64.91")
    names = ("lineItemPrice", "totalDiscount", "totalPriceBeforeTax", "totalPriceAfterTax")
    assert amounts(order["lineItems"][0], *names) == ("36.00", "3.60", "32.40", "34.99")
    assert amounts(order["lineItems"][1], *names) == ("20.00", "2.00", "18.00", "19.44")
    assert identity_a(order) == identity_c(order) == D("64.91")


LAMPS = [{"sku": "LAMP-GRE", "quantity": 2}]


def test_example_2_prices_with_tax_and_a_summary_without(british):
    order = british.place(LAMPS, shipping=6)
    assert order["taxIncludedInPrices"]
    assert amounts(order["priceSummary"], *SUMMARY) == ("40.00", "5.00", "0.00", "0.00", "9.00", "54.00")
    [line] = order["lineItems"]
    assert amounts(line, "price", "totalPriceBeforeTax", "totalPriceAfterTax") == ("24.00", "40.00", "48.00")
    assert line["taxInfo"]["taxIncludedInPrice"]
    assert identity_a(order) == identity_c(order) == D("54.00")


def test_example_2_with_a_summary_that_has_the_tax_in_it(british):
    british.switch(inclusive_summary="gross", inclusive_taxable="gross")
    order = british.place(LAMPS, shipping=6)
    assert amounts(order["priceSummary"], *SUMMARY) == ("48.00", "6.00", "0.00", "0.00", "9.00", "54.00")
    assert amount(order["lineItems"][0]["taxInfo"]["taxableAmount"]) == 48
    assert identity_c(order) == 54


@pytest.mark.parametrize(("way", "subtotal", "discount"), [("net", "40.00", "4.00"), ("gross", "40.80", "4.80")])
def test_example_3_a_discount_shows_in_one_of_two_ways(british, way, subtotal, discount):
    british.switch(inclusive_discount=way)
    order = british.place(LAMPS, shipping=6, coupon={"code": "TEN", "percent": 10})
    assert amounts(order["priceSummary"], "subtotal", "discount", "tax", "total") == (
        subtotal,
        discount,
        "8.20",
        "49.20",
    )
    assert identity_a(order) == identity_c(order) == D("49.20")


def test_the_tax_of_the_order_may_be_rounded_on_its_own(site):
    site.switch(tax_rounding="order")
    lines = [{"name": name, "price": "1.19"} for name in ("A", "B", "C")]
    order = site.place(lines)
    assert amount(order["priceSummary"]["tax"]) == D("0.29")
    assert identity_a(order) == amount(order["priceSummary"]["total"]) == D("3.86")
    assert identity_c(order) == D("3.87")


def test_amounts_have_no_scale_to_rely_on(site):
    lines = [{"name": "A", "price": price} for price in ("24", "25", "26", "27.50", "28.50", "29.50")]
    order = site.place(lines)
    assert [line["price"]["amount"] for line in order["lineItems"]] == ["24", "25.0", "26.00", "27.5", "28.5", "29.50"]
    site.switch(mixed_scale=False)
    assert site.place(lines)["lineItems"][0]["price"]["amount"] == "24.00"


def test_a_line_may_have_several_taxes(site):
    order = site.place([{"name": "Coat", "price": "200", "tax": "city"}])
    info = order["lineItems"][0]["taxInfo"]
    assert [(row["jurisdictionType"], row["rate"]) for row in info["taxBreakdown"]] == [
        ("STATE", "0.04"),
        ("CITY", "0.045"),
        ("SPECIAL", "0.00375"),
    ]
    assert amount(info["taxAmount"]) == amount(order["taxInfo"]["totalTax"]) == D("17.75")
    assert len(order["taxInfo"]["taxBreakdown"]) == 3


def test_no_tax_has_several_causes(site):
    exempt = site.place(tax_exempt=True)
    assert exempt["taxInfo"]["taxExempt"]
    zero = site.place([{"name": "Bread", "price": 3, "tax": "zero"}])["lineItems"][0]["taxInfo"]
    assert (zero["taxRate"], len(zero["taxBreakdown"])) == ("0", 1)
    none = site.place([{"name": "Advice", "price": 3, "tax": "none"}])["lineItems"][0]["taxInfo"]
    assert "taxBreakdown" not in none
    left_out = site.place([{"name": "Advice", "price": 3, "tax": "none"}], leave_out=["lineItems.taxInfo", "taxInfo"])
    assert "taxInfo" not in left_out
    assert "taxInfo" not in left_out["lineItems"][0]


def test_old_orders_have_the_old_fields_of_taxes(site):
    order = site.place(old_taxes=True)
    [mug, _] = order["lineItems"]
    assert "taxInfo" not in mug
    assert amount(mug["taxDetails"]["totalTax"]) == D("2.88")
    assert amount(order["taxSummary"]["totalTax"]) == D("4.48")


def test_delivery_may_be_taxed_at_another_rate(british):
    order = british.place(LAMPS, shipping={"price": 6, "tax": "zero"})
    cost = order["shippingInfo"]["cost"]
    assert amounts(cost, "totalPriceBeforeTax", "totalPriceAfterTax") == ("6.00", "6.00")
    assert amount(order["priceSummary"]["tax"]) == 8


def test_one_order_mixes_modules_and_own_lines(british):
    booking = british.control("POST", "/bookings", {"service_id": UNKNOWN, "title": "Wheel taster"})
    lines = [
        *LAMPS,
        {"name": "Wheel taster", "price": 48, "module": "bookings", "item_id": booking["id"]},
        {"name": "Repair", "price": 15},
        {"name": "Gift card", "price": 50, "module": "gift_cards", "tax": "none"},
    ]
    order = british.place(lines, tip=5, platform_fees=[{"name": "Service fee", "amount": 2}])
    references = [line.get("catalogReference", {}).get("appId", "")[:8] for line in order["lineItems"]]
    assert references == ["215238eb", "13d21c63", "", "d80111c5"]
    assert [line["itemType"]["preset"] for line in order["lineItems"]] == [
        "PHYSICAL",
        "SERVICE",
        "PHYSICAL",
        "GIFT_CARD",
    ]
    tip, passed_on = order["additionalFees"]
    assert tip["code"] == british.get(f"/tips/v1/tips/order/{order['id']}")["tip"]["id"]
    assert (passed_on["source"], amount(order["platformFeeSummary"]["totalPassOn"])) == ("PLATFORM", 2)
    assert amount(order["priceSummary"]["total"]) == identity_c(order) == 168
    assert as_declared("order", order) == []
    query = {"query": {"filter": {"id": {"$in": [booking["id"]]}}}}
    [found] = british.post("/bookings/bookings-reader/v2/extended-bookings/query", query)["extendedBookings"]
    assert found["booking"]["bookedEntity"]["slot"]["serviceId"] == UNKNOWN


def test_an_absorbed_platform_fee_is_not_in_the_total(site):
    order = site.place(platform_fees=[{"name": "Fee", "amount": 2, "charge_type": "ABSORBED"}])
    assert "additionalFees" not in order
    assert amount(order["platformFeeSummary"]["totalAbsorbed"]) == amount(order["balanceSummary"]["platformFees"]) == 2


def test_an_order_without_a_tip_has_none(site):
    order = site.place()
    assert site.refused("GET", f"/tips/v1/tips/order/{order['id']}") == (404, "TIP_NOT_FOUND")


def test_yen_have_no_fractions(site):
    order = site.on("kissa").place([{"sku": "CUP", "quantity": 3}, {"sku": "BEANS"}], shipping=600)
    texts = [order["priceSummary"][name]["amount"] for name in ("subtotal", "shipping", "tax", "total")]
    assert texts == ["8870", "545", "915", "10330"]
    assert identity_a(order) == identity_c(order)


def test_discounts_name_their_kind(site):
    order = site.place(
        coupon={"code": "FREE", "shipping": True},
        merchant_discount={"amount": 2, "reason": "EXCHANGED_ITEMS"},
        rule={"name": "Bundle", "percent": 10, "lines": [1]},
        shipping=6,
    )
    kinds = {
        next(key for key in ("coupon", "merchantDiscount", "discountRule") if key in row): row
        for row in order["appliedDiscounts"]
    }
    assert kinds["coupon"]["discountType"] == "SHIPPING"
    assert kinds["merchantDiscount"]["merchantDiscount"]["discountReason"] == "EXCHANGED_ITEMS"
    assert kinds["discountRule"]["discountType"] == "SPECIFIC_ITEMS"
    assert amount(order["shippingInfo"]["cost"]["totalPriceAfterTax"]) == 0
    assert identity_a(order) == identity_c(order)
    assert as_declared("order", order) == []


def test_a_sale_in_the_catalogue_shows_in_the_price_alone(site):
    [line] = site.place([{"sku": "MUG", "quantity": 2, "discount": "1.50"}])["lineItems"]
    assert amounts(line, "priceBeforeDiscounts", "price", "lineItemPrice", "totalDiscount") == (
        "12.00",
        "10.50",
        "21.00",
        "0.00",
    )


def test_orders_of_a_till_have_neither_email_nor_address(site):
    order = site.place(buyer={}, channel="POS")
    assert "email" not in order["buyerInfo"]
    assert "billingInfo" not in order


def test_imported_orders_carry_their_own_dates(site):
    order = site.place(imported=True, purchased="2025-03-01T10:00:00.000Z")
    assert (order["imported"], order["purchasedDate"]) == (True, "2025-03-01T10:00:00.000Z")
    assert site.stock("MUG") == 20


# -- the merchant's hands (rows 24, 42) --------------------------------------------------------------------------


def test_an_edited_order_is_another_cart_under_the_same_number(site):
    order = site.place(shipping=6)
    site.clock.seconds += 60
    edited = site.control("POST", f"/orders/{order['id']}/edit", {"cart": {"lines": [{"sku": "MUG", "quantity": 1}]}})
    assert (edited["id"], edited["number"]) == (order["id"], order["number"])
    assert edited["lineItems"][0]["id"] == order["lineItems"][0]["id"]
    assert "shippingInfo" not in edited
    assert edited["updatedDate"] > order["updatedDate"]
    assert amount(edited["balanceSummary"]["balance"]) == D("12.96") - amount(order["priceSummary"]["total"])
    assert (site.stock("MUG"), site.stock("POSTER")) == (19, 21)


def test_cancelling_moves_no_money_and_restocks_on_demand(site):
    order = site.place()
    assert site.stock("MUG") == 17
    site.post(f"/ecom/v1/orders/{order['id']}/cancel", {"restockAllItems": True})
    found = site.order(order["id"])
    assert (found["status"], found["paymentStatus"]) == ("CANCELED", "PAID")
    assert site.stock("MUG") == 20
    assert found["lineItems"][0]["restockQuantity"] == 3


def test_an_authorized_order_is_not_cancelled(site):
    order = site.place(payments=[{"status": "AUTHORIZED"}])
    path = f"/ecom/v1/orders/{order['id']}/cancel"
    assert site.refused("POST", path) == (400, "ORDER_HAS_AUTHORIZED_TRANSACTION")


def test_shipments_make_an_order_fulfilled(site):
    order = site.place(shipping=6)
    site.control("POST", f"/orders/{order['id']}/fulfil", {"lines": [{"line": 0}], "tracking": "RM123"})
    assert site.order(order["id"])["fulfillmentStatus"] == "PARTIALLY_FULFILLED"
    site.control("POST", f"/orders/{order['id']}/fulfil", {"lines": [{"line": 1}]})
    assert site.order(order["id"])["fulfillmentStatus"] == "FULFILLED"
    answer = site.get(f"/ecom/v1/fulfillments/orders/{order['id']}")
    assert as_declared("fulfillments_get.response", answer) == []
    assert answer["orderWithFulfillments"]["fulfillments"][0]["trackingInfo"]["trackingNumber"] == "RM123"


def test_only_some_fields_of_an_order_can_be_written(site):
    order = site.place()
    changed = site.patch(f"/ecom/v1/orders/{order['id']}", {"order": {"archived": True, "number": "1"}})["order"]
    assert (changed["archived"], changed["number"]) == (True, "10001")


def test_orders_of_the_api_are_not_of_the_future(site):
    body = {"order": {"lineItems": [{"productName": {"original": "Test"}, "price": {"amount": "5"}, "quantity": 2}]}}
    assert amount(site.post("/ecom/v1/orders", body)["order"]["priceSummary"]["total"]) == 10
    body["order"]["purchasedDate"] = "2090-01-01T00:00:00.000Z"
    assert site.refused("POST", "/ecom/v1/orders", body) == (400, "PURCHASED_DATE_CANNOT_BE_IN_FUTURE")


@pytest.mark.parametrize(("key", "sku", "left"), [("harbor", "MUG", 0), ("fern", "VASE", -3)])
def test_more_may_be_sold_than_there_is(site, key, sku, left):
    there = site.on(key)
    there.control("PATCH", f"/stock/{sku}", {"quantity": 2})
    there.place([{"sku": sku, "quantity": 5}])
    assert there.stock(sku) == left


def test_lines_keep_through_an_edit_what_came_back_of_them(site):
    order = site.place()
    path = f"/orders/{order['id']}"
    site.control("POST", f"{path}/refund", {"lines": [{"line": 0, "quantity": 1}], "restock": True})
    twins = [{"sku": "MUG", "quantity": 2}, {"sku": "MUG", "quantity": 1}, {"name": "Engraving", "price": 5}]
    lines = site.control("POST", f"{path}/edit", {"cart": {"lines": twins}})["lineItems"]
    assert [line.get("refundQuantity") for line in lines] == [1, None, None]
    assert lines[0]["id"] == order["lineItems"][0]["id"]
    assert len({line["id"] for line in lines}) == 3
