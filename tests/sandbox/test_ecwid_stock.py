"""Writing the catalogue: variations, bundles, shops with stock in several places, deletions, and what sales take."""

from typing import Any

import pytest

from sandbox.exact_json import loads
from tests.sandbox.ecwid_shop import NOON, Clock, Shop


@pytest.fixture
def shop() -> Shop:
    return Shop(Clock())


def product(shop: Shop, sku: str) -> Any:
    (found,) = shop.get("/products", sku=sku)["items"]
    return found


def write(shop: Shop, method: str, path: str, body: Any = None, **more: Any) -> Any:
    response = shop.call(method, path, json=body or {}, **more)
    assert response.status_code == 200, response.text
    return loads(response.data)


def refused(shop: Shop, method: str, path: str, body: Any) -> tuple[int, str]:
    response = shop.call(method, path, json=body)
    return response.status_code, response.json["errorCode"]


# -- what sales take ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("takes", "missing"), [(True, 2), (False, 0)])
def test_an_order_paid_later_takes_its_goods_then(shop: Shop, takes: bool, missing: int):
    shop.switch(stock_taken_when_paid=takes)
    full = shop.stock("CHA-CED")
    order = shop.place(payment_status="AWAITING_PAYMENT")
    assert shop.stock("CHA-CED") == full
    for _ in range(2):
        shop.control("POST", f"/orders/{order['id']}/status", {"paymentStatus": "PAID"})
    assert shop.stock("CHA-CED") == full - missing
    shop.control("POST", f"/orders/{order['id']}/cancel")
    assert shop.stock("CHA-CED") == full


def test_editing_and_partial_refunds_move_no_stock(shop: Shop):
    full = shop.stock("CHA-CED")
    order = shop.place()
    cart = {"lines": [{"sku": "CHA-CED", "quantity": 7}], "payment_method": "PayPal"}
    shop.control("POST", f"/orders/{order['id']}/edit", {"cart": cart})
    shop.control("POST", f"/orders/{order['id']}/refund", {"amount": 5})
    assert shop.stock("CHA-CED") == full - 2


# -- products ----------------------------------------------------------------------------------------------------


def test_variations_sent_along_with_a_product_are_saved_when_asked_for(shop: Shop):
    variation = {"options": [{"name": "Size", "value": "M"}], "sku": "NEW-M", "quantity": 4}
    body = {"name": "New", "sku": "NEW", "price": 3, "combinations": [variation]}
    saved = write(shop, "POST", "/products", body, query_string={"saveCombinations": "true"})
    (kept,) = shop.get(f"/products/{saved['id']}/combinations")
    assert (kept["sku"], kept["quantity"], kept["unlimited"], kept["inStock"]) == ("NEW-M", 4, False, True)
    write(shop, "DELETE", f"/products/{saved['id']}")
    plain = write(shop, "POST", "/products", body)
    assert shop.get(f"/products/{plain['id']}/combinations") == []
    assert plain["id"] > saved["id"]


def test_a_product_cannot_take_the_sku_of_another(shop: Shop):
    path = f"/products/{product(shop, 'CHA-CED')['id']}"
    assert refused(shop, "PUT", path, {"sku": "TUQ-IVO"}) == (409, "SKU_ALREADY_EXISTS")
    assert write(shop, "PUT", path, {"sku": "CHA-CED", "price": 25}) == {"updateCount": 1}
    shop.switch(unique_skus=False)
    assert write(shop, "PUT", path, {"sku": "TUQ-IVO"}) == {"updateCount": 1}


def test_deleted_products_are_listed(shop: Shop):
    gone = product(shop, "CHA-CED")["id"]
    write(shop, "DELETE", f"/products/{gone}")
    tombstones = shop.get("/products/deleted", limit=100)
    assert tombstones["items"] == [{"id": gone, "date": "2026-09-21 14:13:20 +0000"}]
    assert shop.get("/products/deleted", from_date=NOON + 1)["items"] == []


def test_the_merchant_changes_products_and_variations_by_hand(shop: Shop):
    tee = product(shop, "TSH")
    small = tee["combinations"][0]
    shop.control("PATCH", f"/products/{tee['id']}", {"price": 31, "quantity": 3})
    shop.control("PATCH", f"/products/{tee['id']}/combinations/{small['id']}", {"quantity": 77})
    changed = product(shop, "TSH")
    assert (changed["price"], changed["quantity"], changed["combinations"][0]["quantity"]) == (31, 3, 77)
    shop.control("DELETE", f"/products/{tee['id']}")
    assert shop.get("/products", sku="TSH")["items"] == []


# -- variations --------------------------------------------------------------------------------------------------


def test_a_variation_is_made_and_deleted(shop: Shop):
    path = f"/products/{product(shop, 'TSH')['id']}/combinations"
    before = shop.get(path)
    made = write(shop, "POST", path, {"options": [{"name": "Size", "value": "XXL"}], "sku": "TSH-XXL", "quantity": 2})
    assert shop.get(f"{path}/{made['id']}")["combinationNumber"] == len(before) + 1
    assert product(shop, "TSH-XXL")["sku"] == "TSH"
    assert write(shop, "DELETE", f"{path}/{made['id']}") == {"deleteCount": 1}
    assert shop.get(path) == before


def test_a_variation_needs_options_and_a_sku_that_are_not_taken(shop: Shop):
    path = f"/products/{product(shop, 'TSH')['id']}/combinations"
    small = {"options": [{"name": "Size", "value": "S"}], "sku": "TSH-S2"}
    assert refused(shop, "POST", path, small) == (409, "COMBINATION_DUPLICATED")
    other = {"options": [{"name": "Size", "value": "XXL"}], "sku": "CHA-CED"}
    assert refused(shop, "POST", path, other) == (409, "SKU_ALREADY_EXISTS")
    assert refused(shop, "PUT", f"{path}/{shop.get(path)[0]['id']}", {"sku": "TSH-M"}) == (409, "SKU_ALREADY_EXISTS")


def test_a_variation_of_the_products_sku_has_the_products_stock(shop: Shop):
    tee = product(shop, "TSH")
    path = f"/products/{tee['id']}/combinations"
    base = {"options": [{"name": "Size", "value": "XXL"}], "sku": "TSH"}
    assert refused(shop, "POST", path, {**base, "quantity": 1}) == (400, "DIFFERENT_COMBINATION_STOCK")
    assert write(shop, "POST", path, {**base, "quantity": tee["quantity"]})["id"]


# -- bundles -----------------------------------------------------------------------------------------------------


def bundle(shop: Shop) -> Any:
    """Two candles and one medium shirt."""
    candle, tee = product(shop, "CHA-CED"), product(shop, "TSH")
    medium = next(each["id"] for each in tee["combinations"] if each["sku"] == "TSH-M")
    parts = [
        {"productId": candle["id"], "quantity": 2},
        {"productId": tee["id"], "combinationId": medium, "quantity": 1},
    ]
    body = {"sku": "KIT", "name": "Kit", "price": 70, "compositeComponents": parts}
    shop.control("PATCH", f"/products/{candle['id']}", {"quantity": 11})
    return shop.control("POST", "/products", body)


def test_a_bundles_stock_follows_from_its_components(shop: Shop):
    kit = bundle(shop)
    assert (kit["quantity"], kit["unlimited"]) == (5, False)
    shop.clock.seconds += 60
    shop.control("PATCH", f"/products/{product(shop, 'CHA-CED')['id']}", {"quantity": 6})
    assert shop.stock("KIT") == 3
    assert product(shop, "KIT")["updateTimestamp"] == NOON + 60


def test_a_sold_bundle_takes_its_components(shop: Shop):
    bundle(shop)
    order = shop.place(lines=[{"sku": "KIT", "quantity": 2}])
    assert order["items"][0]["compositeComponents"]
    assert (shop.stock("CHA-CED"), shop.stock("KIT")) == (7, 3)
    shop.control("POST", f"/orders/{order['id']}/cancel")
    assert (shop.stock("CHA-CED"), shop.stock("KIT")) == (11, 5)


def test_writing_a_bundles_stock_does_nothing_or_fails(shop: Shop):
    path = f"/products/{bundle(shop)['id']}"
    assert write(shop, "PUT", path, {"quantity": 99, "unlimited": False, "price": 71}) == {"updateCount": 1}
    assert write(shop, "PUT", f"{path}/inventory", {"quantityDelta": 4}) == {"updateCount": 0}
    assert (shop.stock("KIT"), product(shop, "KIT")["price"]) == (5, 71)
    shop.switch(bundle_stock_write="refused")
    assert refused(shop, "PUT", path, {"quantity": 99})[0] == 400
    assert refused(shop, "PUT", f"{path}/inventory", {"quantityDelta": 4})[0] == 400
    assert write(shop, "PUT", path, {"price": 72}) == {"updateCount": 1}


# -- several places ----------------------------------------------------------------------------------------------


def test_stock_in_several_places_shows_per_place(shop: Shop):
    shop.control("PUT", "/locations", {"locations": ["shop", "store-room"]})
    candle = product(shop, "CHA-CED")
    assert candle["locationInventory"] == {"shop": candle["quantity"], "store-room": 0}
    shop.place()
    sold = product(shop, "CHA-CED")
    assert sold["locationInventory"]["shop"] == sold["quantity"] == candle["quantity"] - 2
    assert "locationInventory" in product(shop, "TSH")["combinations"][0]
    assert "locationInventory" not in product(shop, "WRAP")
    shop.control("PUT", "/locations", {"locations": []})
    assert "locationInventory" not in product(shop, "CHA-CED")


@pytest.mark.parametrize("way", ["refused", "ignored", "accepted"])
def test_writing_stock_in_such_a_shop_is_a_switch(shop: Shop, way: str):
    shop.control("PUT", "/locations", {"locations": ["shop", "store-room"]})
    shop.switch(multi_location_stock_write=way)
    tee = product(shop, "TSH")
    variation = f"/products/{tee['id']}/combinations/{tee['combinations'][0]['id']}"
    writes: list[tuple[str, Any]] = [
        (f"/products/{tee['id']}", {"quantity": 2, "unlimited": False}),
        (f"/products/{tee['id']}/inventory", {"quantityDelta": 1}),
        (variation, {"quantity": 5}),
        (f"{variation}/inventory", {"quantityDelta": 1}),
    ]
    answers = [shop.call("PUT", path, json=body) for path, body in writes]
    if way == "refused":
        codes = {(answer.status_code, answer.json["errorCode"]) for answer in answers}
        assert codes == {(409, "NOT_ALLOWED_TO_UPDATE_PARAMETER")}
    after = product(shop, "TSH")
    levels = after["quantity"], after["combinations"][0]["quantity"]
    assert levels == ((3, 6) if way == "accepted" else (tee["quantity"], tee["combinations"][0]["quantity"]))


def test_stock_of_a_place_cannot_be_written(shop: Shop):
    shop.control("PUT", "/locations", {"locations": ["shop", "store-room"]})
    shop.switch(multi_location_stock_write="accepted")
    path = f"/products/{product(shop, 'CHA-CED')['id']}"
    answer = refused(shop, "PUT", path, {"locationInventory": {"shop": 1}})
    assert answer == (409, "NOT_ALLOWED_TO_UPDATE_PARAMETER")


def test_a_restart_keeps_places_bundles_and_deletions(shop: Shop, tmp_path: Any):
    first = Shop(Clock(), tmp_path)
    bundle(first)
    first.control("PUT", "/locations", {"locations": ["shop", "store-room"]})
    first.control("DELETE", f"/products/{product(first, 'TUQ-IVO')['id']}")
    before = first.get("/products", limit=100)
    first.system.documents.close()
    again = Shop(Clock(), tmp_path)
    assert again.get("/products", limit=100) == before
    assert again.get("/products/deleted")["count"] == 1
    again.control("PATCH", f"/products/{product(again, 'CHA-CED')['id']}", {"quantity": 2})
    assert again.stock("KIT") == 1
