"""The endpoints of products, variations and their stock."""

from typing import Any

from sandbox.ecwid.calls import Call, Endpoint
from sandbox.ecwid.carts import Listing
from sandbox.ecwid.catalog_seed import complete_product, complete_variation, touched
from sandbox.ecwid.errors import ShopError
from sandbox.ecwid.search import deletions, matching, page, product_tests, sorted_products
from sandbox.ecwid.stock import (
    apply_delta,
    change_variation,
    find_product,
    find_variation,
    next_variation_id,
    takes_stock_writes,
    without_refused_stock,
)
from sandbox.ecwid.store import ShopState
from sandbox.ecwid.values import Json, date_text, decimal

_FIRST_ID = 501
_READ_ONLY = {
    *("id", "created", "createTimestamp", "updated", "updateTimestamp", "inStock", "combinations"),
    *("combinationNumber", "locationInventory"),
}


def list_products(call: Call) -> Json:
    seen = call.shop.product_index.at(call.search_timestamp)
    found = sorted_products(matching(seen.values(), product_tests(call.query)), call.query)
    return page(found, call.query, refuse_over_limit=call.switches["refuse_limit_over_100"])


def get_product(call: Call, product: str) -> Json:
    return find_product(call.shop, product)


def create_product(call: Call) -> Json:
    """Variations sent along are kept only when the query says so."""
    given = {key: value for key, value in call.body.items() if key != "combinations"}
    if call.query.get("saveCombinations") == "true":
        first = next_variation_id(call.shop)
        given["combinations"] = [
            complete_variation(variation, first + number, number + 1)
            for number, variation in enumerate(call.body.get("combinations") or ())
        ]
    product = add_product(call.shop, given, call.now, unique_skus=call.switches["unique_skus"])
    return {"id": product["id"]}


def add_product(shop: ShopState, given: Json, now: int, *, unique_skus: bool) -> Json:
    _check_costs(given)
    skus = [given.get("sku"), *(each.get("sku") for each in given.get("combinations") or ())]
    for sku in set(skus) if unique_skus else ():
        _check_sku_is_free(shop, sku)
    product_id = int(given.get("id") or max((*shop.products, *shop.deleted_products), default=_FIRST_ID - 1) + 1)
    return shop.put_product(complete_product(given, product_id, now), now)


def _check_sku_is_free(shop: ShopState, sku: str | None, own: Listing | None = None) -> None:
    if sku and any(listing != own for listing in shop.listings(sku)):
        raise ShopError(409, f"SKU {sku} already exists", "SKU_ALREADY_EXISTS")


def put_product(call: Call, product: str) -> Json:
    """Partial. An absolute quantity does nothing to an unlimited product unless `unlimited` is sent with it."""
    found = find_product(call.shop, product)
    _check_costs(call.body)
    if call.switches["unique_skus"] and call.body.get("sku") != found["sku"]:
        _check_sku_is_free(call.shop, call.body.get("sku"))
    changes = without_refused_stock(call.shop, found, call.body, call.switches)
    changed = change_product(call.shop, found, changes, call.now)
    item = {"item": changed} if call.query.get("returnItem") == "true" else {}
    return {"updateCount": 1, **item}


def change_product(shop: ShopState, found: Json, changes: Json, now: int) -> Json:
    return shop.put_product(touched(_with_changes(found, changes), now), now)


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
    delete_product(call.shop, find_product(call.shop, product), call.now)
    return {"deleteCount": 1}


def delete_product(shop: ShopState, product: Json, now: int) -> None:
    shop.remove_product(product["id"], {"id": product["id"], "date": date_text(now)}, now)


def list_deleted(call: Call) -> Json:
    return deletions(call, call.shop.deleted_products.values())


def put_inventory(call: Call, product: str) -> Json:
    found = find_product(call.shop, product)
    changed, answer = _after_delta(call, found, found)
    if changed is not None:
        call.shop.put_product(touched(changed, call.now), call.now)
    return answer


def _after_delta(call: Call, product: Json, stocked: Json) -> tuple[Json | None, Json]:
    refuse_unlimited = bool(call.switches["refuse_unlimited_delta"])
    changed, answer = apply_delta(stocked, call.body.get("quantityDelta"), refuse_unlimited=refuse_unlimited)
    if not takes_stock_writes(call.shop, product, call.switches):
        return None, {"updateCount": 0}
    return changed, answer


def list_variations(call: Call, product: str) -> Any:
    return find_product(call.shop, product)["combinations"]


def get_variation(call: Call, product: str, variation: str) -> Json:
    return find_variation(find_product(call.shop, product), variation)


def create_variation(call: Call, product: str) -> Json:
    found = find_product(call.shop, product)
    number = len(found["combinations"]) + 1
    variation = complete_variation(call.body, next_variation_id(call.shop), number)
    _check_variation(call, found, variation)
    changed = {**found, "combinations": [*found["combinations"], variation]}
    call.shop.put_product(touched(changed, call.now), call.now)
    return {"id": variation["id"]}


def put_variation(call: Call, product: str, variation: str) -> Json:
    found = find_product(call.shop, product)
    old = find_variation(found, variation)
    body = without_refused_stock(call.shop, found, call.body, call.switches)
    changed = _with_own_stock(old, body)
    _check_variation(call, found, changed, Listing(found, old))
    change_variation(call.shop, found, old, lambda _: changed, call.now)
    return {"updateCount": 1}


def _with_own_stock(variation: Json, body: Json) -> Json:
    merged = {**variation, **{key: value for key, value in body.items() if key not in _READ_ONLY}}
    return _with_changes(merged, {}) if "sku" in merged else merged


def _check_variation(call: Call, product: Json, variation: Json, own: Listing | None = None) -> None:
    """A variation may have the product's SKU, but then also its stock."""
    others = [each for each in product["combinations"] if each["id"] != variation["id"]]
    if any(each["options"] == variation["options"] for each in others):
        raise ShopError(409, "There is a combination of these options", "COMBINATION_DUPLICATED")
    if variation.get("sku") != product["sku"]:
        if call.switches["unique_skus"]:
            _check_sku_is_free(call.shop, variation.get("sku"), own)
    elif any(variation.get(name) != product.get(name) for name in ("quantity", "unlimited")):
        raise ShopError(400, "The stock differs from the product's", "DIFFERENT_COMBINATION_STOCK")


def remove_variation(call: Call, product: str, variation: str) -> Json:
    found = find_product(call.shop, product)
    gone = find_variation(found, variation)
    left = [each for each in found["combinations"] if each["id"] != gone["id"]]
    call.shop.put_product(touched({**found, "combinations": left}, call.now), call.now)
    return {"deleteCount": 1}


def put_variation_inventory(call: Call, product: str, variation: str) -> Json:
    found = find_product(call.shop, product)
    old = find_variation(found, variation)
    if "sku" not in old:
        raise ShopError(400, "SKU for combination is not set")
    changed, answer = _after_delta(call, found, old)
    if changed is not None:
        change_variation(call.shop, found, old, lambda _: changed, call.now)
    return answer


_READ, _WRITE, _BOTH = "read_catalog", "update_catalog", "read_catalog update_catalog"
_VARIATION = "/products/<product>/combinations/<variation>"

ENDPOINTS = (
    Endpoint("GET", "/products", _READ, list_products),
    Endpoint("POST", "/products", "create_catalog", create_product),
    Endpoint("GET", "/products/deleted", _READ, list_deleted),
    Endpoint("GET", "/products/<product>", _READ, get_product),
    Endpoint("PUT", "/products/<product>", _WRITE, put_product),
    Endpoint("DELETE", "/products/<product>", _WRITE, remove_product),
    Endpoint("PUT", "/products/<product>/inventory", _WRITE, put_inventory),
    Endpoint("GET", "/products/<product>/combinations", _READ, list_variations),
    Endpoint("POST", "/products/<product>/combinations", "create_catalog", create_variation),
    Endpoint("GET", _VARIATION, _READ, get_variation),
    Endpoint("PUT", _VARIATION, _BOTH, put_variation),
    Endpoint("DELETE", _VARIATION, _BOTH, remove_variation),
    Endpoint("PUT", f"{_VARIATION}/inventory", _BOTH, put_variation_inventory),
)
