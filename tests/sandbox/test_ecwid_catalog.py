"""The shop itself: profile, payment options, statuses, products, variations and stock."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from sandbox.ecwid.app import Ecwid
from sandbox.exact_json import loads
from tests.sandbox.ecwid_shop import Clock

STORES = (1003, 1004, 1005, 1006, 1007)
Call = Callable[..., TestResponse]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Client:
    return Client(Ecwid(clock=clock))


@pytest.fixture
def call(client: Client) -> Call:
    def call(method: str, path: str, body: Any = None, *, store: int = 1003, **query: Any) -> TestResponse:
        return client.open(
            f"/api/v3/{store}{path}",
            method=method,
            json=body,
            query_string=query,
            headers={"Authorization": f"Bearer secret_sim_{store}"},
        )

    return call


def items(call: Call, path: str = "/products", **query: Any) -> list[dict[str, Any]]:
    found = loads(call("GET", path, **query).data)["items"]
    assert isinstance(found, list)
    return found


def product(call: Call, sku: str) -> dict[str, Any]:
    (found,) = items(call, sku=sku)
    return found


def switch(client: Client, **values: Any) -> None:
    assert client.patch("/control/switches", json=values).status_code == 200


# -- profile -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("store", "currency", "zone", "gross", "taxes"),
    [
        (1003, "CAD", "America/Toronto", False, [("GST", 5), ("QST", 9.975)]),
        (1004, "USD", "America/Chicago", False, [("Sales tax", 8.25)]),
        (1005, "GBP", "Europe/London", True, [("VAT", 20), ("VAT zero-rated", 0)]),
        (1006, "EUR", "Europe/Paris", True, [("TVA", 20), ("TVA réduite", 5.5)]),
        (1007, "USD", "America/Los_Angeles", False, []),
    ],
)
def test_each_shop_has_its_country(call: Call, store: int, currency: str, zone: str, *, gross: bool, taxes: list[Any]):
    profile = call("GET", "/profile", store=store).json
    assert profile["generalInfo"]["storeId"] == store
    formats = profile["formatsAndUnits"]
    assert (formats["currency"], formats["timezone"], formats["currencyPrecision"]) == (currency, zone, 2)
    assert profile["taxSettings"]["pricesIncludeTax"] is gross
    assert [(tax["name"], tax["defaultTax"]) for tax in profile["taxes"]] == taxes
    assert profile["taxSettings"]["taxes"] == profile["taxes"]
    assert len(profile["payment"]["paymentOptions"]) == 3


def test_settings_are_merged_and_both_lists_of_taxes_agree(call: Call, client: Client):
    client.patch("/control/stores/1003/settings", json={"formatsAndUnits": {"orderNumberPrefix": "W-"}})
    tax = {"id": 9, "name": "HST", "defaultTax": 13, "enabled": True, "appliedByDefault": True, "taxShipping": True}
    client.patch("/control/stores/1003/settings", json={"taxSettings": {"taxes": [tax]}})
    profile = call("GET", "/profile").json
    assert profile["formatsAndUnits"]["orderNumberPrefix"] == "W-"
    assert profile["formatsAndUnits"]["currency"] == "CAD"
    assert profile["taxes"] == profile["taxSettings"]["taxes"] == [tax]


def test_payment_options_are_a_plain_array_behind_a_scope(call: Call, client: Client):
    refused = call("GET", "/profile/paymentOptions")
    assert (refused.status_code, refused.json["errorCode"]) == (403, "INSUFFICIENT_APP_SCOPE")
    scopes = "read_store_profile add_payment_method"
    client.post("/control/stores/1003/tokens", json={"token": "secret_sim_1003", "scopes": scopes})
    titles = [option["checkoutTitle"] for option in call("GET", "/profile/paymentOptions").json]
    assert titles == ["Credit card", "PayPal", "Cash on pick-up"]


def test_order_statuses_show_a_renamed_custom_one(call: Call, client: Client):
    def statuses() -> dict[str, Any]:
        return {each["statusId"]: each for each in items(call, "/profile/order_statuses")}

    assert statuses()["PAID"]["name"] == "Paid"
    assert statuses()["CUSTOM_PAYMENT_STATUS_1"]["name"] == "Invoice 30 days"
    assert not statuses()["CUSTOM_PAYMENT_STATUS_2"]["enabled"]
    renamed = {"CUSTOM_PAYMENT_STATUS_2": {"name": "On account", "enabled": True}}
    client.patch("/control/stores/1003/order_statuses", json=renamed)
    assert statuses()["CUSTOM_PAYMENT_STATUS_2"]["name"] == "On account"


def test_latest_stats_move_with_writes(call: Call, client: Client):
    before = call("GET", "/latest-stats").json
    client.post("/control/stores/1003/examples/B")
    after = call("GET", "/latest-stats").json
    assert after["ordersUpdated"] == "2026-09-21 14:13:20 +0000" != before["ordersUpdated"]


# -- searching products ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", STORES)
def test_each_catalogue_holds_the_awkward_kinds(call: Call, store: int):
    products = items(call, store=store)
    assert 35 <= len(products) <= 45
    assert any(each["combinations"] for each in products)
    assert [each["sku"] for each in products if each["isGiftCard"]] == ["GIFT-50"]
    assert any(each["unlimited"] for each in products)
    assert all("quantity" not in each for each in products if each["unlimited"])
    assert all(isinstance(each["quantity"], int) for each in products if not each["unlimited"])
    skus = [each["sku"] for each in products]
    assert len(set(skus)) == len(skus)


def test_a_sku_is_found_exactly_on_products_and_variations(call: Call):
    assert product(call, "CHA-CED")["name"] == "Chandelle de soya, Cèdre"
    assert product(call, "TSH-L")["sku"] == "TSH"
    assert items(call, sku="CHA") == []
    assert items(call, sku="cha-ced") == []


def test_a_sku_sold_twice_returns_both(call: Call, client: Client):
    switch(client, unique_skus=False)
    assert call("POST", "/products", {"name": "Twin", "sku": "CHA-CED", "price": 1}).status_code == 200
    assert len(items(call, sku="CHA-CED")) == 2


def test_products_are_found_by_flag_word_id_and_date(call: Call, clock: Clock):
    call("PUT", f"/products/{product(call, 'TUQ-IVO')['id']}", {"enabled": False})
    assert [each["sku"] for each in items(call, enabled="no")] == ["TUQ-IVO"]
    assert {each["sku"] for each in items(call, keyword="chandelle")} == {"CHA-CED", "CHA-BOU", "CHA-LAV"}
    assert {each["sku"] for each in items(call, keyword="CHA-*")} == {"CHA-CED", "CHA-BOU", "CHA-LAV"}
    assert [each["id"] for each in items(call, productId="501,503", sku="CHA-CED")] == [501, 503]
    assert [each["sku"] for each in items(call, updatedFrom=int(clock()))] == ["TUQ-IVO"]


def test_products_are_sorted_as_asked(call: Call):
    prices = [each["price"] for each in items(call, sortBy="PRICE_DESC")]
    assert prices == sorted(prices, reverse=True)
    assert call("GET", "/products", sortBy="COLOUR").status_code == 400


def test_a_truth_value_that_is_none_is_refused(call: Call):
    assert call("GET", "/products", enabled="maybe").json["errorCode"] == "WRONG_PARAMETER"


def test_products_come_in_pages_too(call: Call):
    page = call("GET", "/products", limit=10, offset=40).json
    assert (page["total"], page["count"]) == (41, 1)


# -- one product -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/products/999999", 404, "PRODUCT_NOT_FOUND"),
        ("/products/TSH", 400, "WRONG_PARAMETER"),
        ("/products/99999999999999999999", 400, "WRONG_PARAMETER"),
        ("/products/501/combinations/1", 404, "COMBINATION_NOT_FOUND"),
        ("/products/501/combinations/x", 400, "WRONG_PARAMETER"),
    ],
)
def test_what_is_not_there_or_no_number_is_told(call: Call, path: str, status: int, code: str):
    response = call("GET", path)
    assert (response.status_code, response.json["errorCode"]) == (status, code)
    if status == 400:
        text = "Wrong numeric parameter 'id' value: not a number or a number out of range"
        assert response.json["errorMessage"] == text


def test_a_variation_without_own_sku_has_neither_price_nor_stock(call: Call):
    mug = product(call, "MUG")
    (plain, *_) = call("GET", f"/products/{mug['id']}/combinations").json
    assert not {"sku", "price", "quantity", "unlimited"} & set(plain)


def test_a_partial_write_keeps_the_rest(call: Call, clock: Clock):
    before = product(call, "CHA-CED")
    clock.seconds += 60
    assert call("PUT", f"/products/{before['id']}", {"quantity": 7, "unlimited": False}).json == {"updateCount": 1}
    after = product(call, "CHA-CED")
    assert after == {
        **before,
        "quantity": 7,
        "updated": "2026-09-21 14:14:20 +0000",
        "updateTimestamp": before["updateTimestamp"] + 90 * 86400 + 60,
    }


def test_a_write_can_return_the_product(call: Call):
    answer = call("PUT", "/products/501", {"quantity": 3}, returnItem="true").json
    assert answer["item"]["quantity"] == 3


def test_an_absolute_quantity_needs_unlimited_false(call: Call):
    wrap = product(call, "WRAP")["id"]
    assert call("PUT", f"/products/{wrap}", {"quantity": 5}).json == {"updateCount": 1}
    assert "quantity" not in product(call, "WRAP")
    call("PUT", f"/products/{wrap}", {"quantity": 5, "unlimited": False})
    assert product(call, "WRAP")["quantity"] == 5
    call("PUT", f"/products/{wrap}", {"unlimited": True})
    assert "quantity" not in product(call, "WRAP")


def test_stock_in_the_shop_follows_quantity(call: Call):
    call("PUT", "/products/501", {"quantity": 0})
    assert call("GET", "/products/501").json["inStock"] is False
    assert 501 not in [each["id"] for each in items(call, inStock="true")]


def test_a_relative_write_has_no_floor_and_repeats(call: Call):
    call("PUT", "/products/501", {"quantity": 15})
    assert call("PUT", "/products/501/inventory", {"quantityDelta": -10}).json == {"updateCount": 1}
    again = call("PUT", "/products/501/inventory", {"quantityDelta": -10}).json
    assert again == {"updateCount": 1, "warning": "Product has negative stock."}
    assert call("GET", "/products/501").json["quantity"] == -5


@pytest.mark.parametrize("delta", [None, "3", 1.5, True])
def test_a_delta_is_a_whole_number(call: Call, delta: object):
    assert call("PUT", "/products/501/inventory", {"quantityDelta": delta}).status_code == 400


def test_a_relative_write_on_an_unlimited_product_does_nothing_or_fails(call: Call, client: Client):
    wrap = product(call, "WRAP")["id"]
    assert call("PUT", f"/products/{wrap}/inventory", {"quantityDelta": 1}).json == {"updateCount": 0}
    switch(client, refuse_unlimited_delta=True)
    assert call("PUT", f"/products/{wrap}/inventory", {"quantityDelta": 1}).status_code == 400


def test_the_stock_of_a_variation_is_its_own(call: Call):
    tee = product(call, "TSH")
    small = tee["combinations"][0]
    path = f"/products/{tee['id']}/combinations/{small['id']}"
    call("PUT", f"{path}/inventory", {"quantityDelta": -4})
    assert call("GET", path).json["quantity"] == small["quantity"] - 4
    call("PUT", path, {"quantity": 50, "unlimited": False})
    assert call("GET", path).json == {**small, "quantity": 50}
    assert product(call, "TSH")["quantity"] == tee["quantity"]


def test_a_variation_without_sku_has_no_stock_to_move(call: Call):
    mug = product(call, "MUG")
    path = f"/products/{mug['id']}/combinations/{mug['combinations'][0]['id']}/inventory"
    refused = call("PUT", path, {"quantityDelta": 1})
    assert (refused.status_code, refused.json["errorMessage"]) == (400, "SKU for combination is not set")


def test_a_new_product_gets_what_it_lacks(call: Call):
    product_id = call("POST", "/products", {"name": "Cadeau"}).json["id"]
    created = call("GET", f"/products/{product_id}").json
    assert created["name"] == "Cadeau"
    assert created["sku"]
    assert (created["unlimited"], created["enabled"], created["price"]) == (True, True, 0)


@pytest.mark.parametrize("sku", ["CHA-CED", "TSH-S"])
def test_a_sku_is_given_only_once_unless_switched(call: Call, client: Client, sku: str):
    refused = call("POST", "/products", {"name": "Twin", "sku": sku})
    assert (refused.status_code, refused.json["errorCode"]) == (409, "SKU_ALREADY_EXISTS")
    switch(client, unique_skus=False)
    assert call("POST", "/products", {"name": "Twin", "sku": sku}).status_code == 200


def test_a_negative_cost_is_refused(call: Call):
    refused = call("POST", "/products", {"name": "X", "costPrice": -1})
    assert (refused.status_code, refused.json["errorCode"]) == (400, "COST_PRICE_CANT_BE_NEGATIVE")


def test_a_deleted_product_is_gone(call: Call):
    assert call("DELETE", "/products/501").json == {"deleteCount": 1}
    assert call("GET", "/products/501").status_code == 404


def test_the_control_api_adds_products_with_variations(call: Call, client: Client):
    variation = {"id": 7901, "options": [], "sku": "NEW-1", "price": 3, "quantity": 2, "unlimited": False}
    body = {"sku": "NEW", "name": "New", "price": 3, "quantity": 4, "combinations": [variation]}
    created = client.post("/control/stores/1003/products", json=body).json
    assert (created["quantity"], created["unlimited"]) == (4, False)
    assert product(call, "NEW-1")["id"] == created["id"]
    assert len(client.get("/control/stores/1003/products").json) == 42
