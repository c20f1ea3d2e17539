"""The endpoints of products, variations and their stock."""

from typing import Any

from sandbox.ecwid.calls import Call, Endpoint
from sandbox.ecwid.catalog_seed import complete_product, touched
from sandbox.ecwid.errors import ShopError
from sandbox.ecwid.search import matching, page, product_tests, sorted_products
from sandbox.ecwid.stock import apply_delta, change_variation, find_product, find_variation
from sandbox.ecwid.store import ShopState
from sandbox.ecwid.values import Json, decimal

_FIRST_ID = 501
_READ_ONLY = {"id", "created", "createTimestamp", "updated", "updateTimestamp", "inStock", "combinations"}


def list_products(call: Call) -> Json:
    seen = call.shop.product_index.at(call.search_timestamp)
    found = sorted_products(matching(seen.values(), product_tests(call.query)), call.query)
    return page(found, call.query, refuse_over_limit=call.switches["refuse_limit_over_100"])


def get_product(call: Call, product: str) -> Json:
    return find_product(call.shop, product)


def create_product(call: Call) -> Json:
    product = add_product(call.shop, call.body, call.now, unique_skus=call.switches["unique_skus"])
    return {"id": product["id"]}


def add_product(shop: ShopState, given: Json, now: int, *, unique_skus: bool) -> Json:
    _check_costs(given)
    if unique_skus and given.get("sku") and shop.listings(given["sku"]):
        raise ShopError(409, f"SKU {given['sku']} already exists", "SKU_ALREADY_EXISTS")
    product_id = int(given.get("id") or max(shop.products, default=_FIRST_ID - 1) + 1)
    product = complete_product(given, product_id, now)
    shop.put_product(product, now)
    return product


def put_product(call: Call, product: str) -> Json:
    """Partial. An absolute quantity does nothing to an unlimited product unless `unlimited` is sent with it."""
    found = find_product(call.shop, product)
    _check_costs(call.body)
    changed = touched(_with_changes(found, call.body), call.now)
    call.shop.put_product(changed, call.now)
    item = {"item": changed} if call.query.get("returnItem") == "true" else {}
    return {"updateCount": 1, **item}


def _with_changes(stocked: Json, body: Json) -> Json:
    changes = {key: value for key, value in body.items() if key not in _READ_ONLY}
    merged = {**stocked, **changes}
    if not merged.get("unlimited") and "quantity" not in merged:
        merged["quantity"] = 0
    return merged


def _check_costs(given: Json) -> None:
    if decimal(given.get("costPrice")) < 0:
        raise ShopError(400, "Cost price cannot be negative", "COST_PRICE_CANT_BE_NEGATIVE")


def remove_product(call: Call, product: str) -> Json:
    call.shop.remove_product(find_product(call.shop, product)["id"], call.now)
    return {"deleteCount": 1}


def put_inventory(call: Call, product: str) -> Json:
    found = find_product(call.shop, product)
    changed, answer = apply_delta(
        found, call.body.get("quantityDelta"), refuse_unlimited=call.switches["refuse_unlimited_delta"]
    )
    if changed is not None:
        call.shop.put_product(touched(changed, call.now), call.now)
    return answer


def list_variations(call: Call, product: str) -> Any:
    return find_product(call.shop, product)["combinations"]


def get_variation(call: Call, product: str, variation: str) -> Json:
    return find_variation(find_product(call.shop, product), variation)


def put_variation(call: Call, product: str, variation: str) -> Json:
    found = find_product(call.shop, product)
    old = find_variation(found, variation)
    change_variation(call.shop, found, old, lambda stocked: _with_own_stock(stocked, call.body), call.now)
    return {"updateCount": 1}


def _with_own_stock(variation: Json, body: Json) -> Json:
    merged = {**variation, **{key: value for key, value in body.items() if key not in _READ_ONLY}}
    return _with_changes(merged, {}) if "sku" in merged else merged


def put_variation_inventory(call: Call, product: str, variation: str) -> Json:
    found = find_product(call.shop, product)
    old = find_variation(found, variation)
    if "sku" not in old:
        raise ShopError(400, "SKU for combination is not set")
    changed, answer = apply_delta(
        old, call.body.get("quantityDelta"), refuse_unlimited=call.switches["refuse_unlimited_delta"]
    )
    if changed is not None:
        change_variation(call.shop, found, old, lambda _: changed, call.now)
    return answer


_READ, _WRITE, _BOTH = "read_catalog", "update_catalog", "read_catalog update_catalog"
_VARIATION = "/products/<product>/combinations/<variation>"

ENDPOINTS = (
    Endpoint("GET", "/products", _READ, list_products),
    Endpoint("POST", "/products", "create_catalog", create_product),
    Endpoint("GET", "/products/<product>", _READ, get_product),
    Endpoint("PUT", "/products/<product>", _WRITE, put_product),
    Endpoint("DELETE", "/products/<product>", _WRITE, remove_product),
    Endpoint("PUT", "/products/<product>/inventory", _WRITE, put_inventory),
    Endpoint("GET", "/products/<product>/combinations", _READ, list_variations),
    Endpoint("GET", _VARIATION, _READ, get_variation),
    Endpoint("PUT", _VARIATION, _BOTH, put_variation),
    Endpoint("PUT", f"{_VARIATION}/inventory", _BOTH, put_variation_inventory),
)
