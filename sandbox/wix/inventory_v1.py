"""Inventory of Catalog V1 (its "Inventory v2 API"): levels by product and variant, without a lock."""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.wix.calls import Call, Endpoint
from sandbox.wix.catalog import Writer, change_item, items_of, v1_inventory_id, v1_variant_id
from sandbox.wix.catalog_v1 import MANAGE, READ, level_of, listed_page, variant_shown
from sandbox.wix.errors import invalid, not_found, refused
from sandbox.wix.store import V1, SiteState
from sandbox.wix.values import Json

_MAX_MOVES = 300
_MAX_QUANTITY = 99_999


def query_inventory(call: Call) -> Json:
    rows = [_inventory_item(call.site, product) for product in call.searched("product")]
    page, paging = listed_page(call, rows)
    return {"inventoryItems": page, **paging}


def get_inventory(call: Call, inventory: str = "", product: str = "") -> Json:
    return {"inventoryItem": _inventory_item(call.site, _by_either_id(call, product, inventory))}


def _inventory_item(site: SiteState, product: Json) -> Json:
    rows = items_of(site, product["id"], site.default_location())
    tracked = any(row["tracked"] for row in rows)
    variants = []
    for variant in product["variants"]:
        stock = variant_shown(site, product, variant)["stock"]
        quantity = {"quantity": stock["quantity"]} if "quantity" in stock else {}
        variants.append(
            {"variantId": v1_variant_id(product, variant), "inStock": stock["inStock"], **quantity}
            | {"availableForPreorder": False}
        )
    return {
        "id": v1_inventory_id(product["id"]),
        "productId": product["id"],
        "trackQuantity": tracked,
        "variants": variants,
        "lastUpdated": max([product["updated"], *(row["updated"] for row in rows)]),
        "numericId": str(product["numericId"]),
    }


def update_inventory(call: Call, inventory: str = "", product: str = "") -> Json:
    """Absolute. Leaving out trackQuantity means false, for the whole product."""
    found = _by_either_id(call, product, inventory)
    given = call.body.get("inventoryItem") or {}
    tracked = bool(given.get("trackQuantity", False))
    named = {row["variantId"]: row for row in given.get("variants", ())}
    known = {v1_variant_id(found, variant): variant["id"] for variant in found["variants"]}
    if named.keys() - known.keys():
        raise not_found("VARIANT_NOT_FOUND", "no such variant")
    quantities = [row["quantity"] for row in named.values() if "quantity" in row]
    if any(not isinstance(each, int) or not 0 <= each <= _MAX_QUANTITY for each in quantities):
        raise invalid("quantity", f"must be between 0 and {_MAX_QUANTITY}", "MAX", threshold=_MAX_QUANTITY)
    shown_as = {variant_id: shown for shown, variant_id in known.items()}
    for item in items_of(call.site, found["id"], call.site.default_location()):
        row = named.get(shown_as[item["variantId"]], {})
        changes = {"tracked": tracked}
        if tracked and "quantity" in row:
            changes["quantity"] = row["quantity"]
        if not tracked:
            changes["inStock"] = bool(row.get("inStock", True))
        change_item(call.site, item, changes, call.timestamp, Writer(call.app_id))
    return {}


def _mover(name: str, field: str, direction: int) -> Callable[[Call], Json]:
    def move(call: Call) -> Json:
        rows = call.body.get(name) or []
        if not 1 <= len(rows) <= _MAX_MOVES:
            raise invalid(name, f"must have 1 to {_MAX_MOVES} elements", "MAX_SIZE", threshold=_MAX_MOVES)
        items: dict[str, Json] = {}
        levels: dict[str, int] = {}
        for row in rows:
            found = _by_either_id(call, row.get("productId", ""), row.get("inventoryId", ""))
            item = _item_of(call, found, row.get("variantId"))
            items[item["id"]] = item
            level = levels.get(item["id"], int(item["quantity"]))
            levels[item["id"]] = level + direction * int(row[field])
        if min(levels.values()) < 0:
            raise refused(400, "INSUFFICIENT_INVENTORY", "there is not that much in stock")
        for key, item in items.items():
            change_item(call.site, item, {"quantity": levels[key]}, call.timestamp, Writer(call.app_id))
        return {}

    return move


def _item_of(call: Call, product: Json, shown_variant: Any) -> Json:
    for variant in product["variants"]:
        item = level_of(call.site, product, variant)
        if v1_variant_id(product, variant) == shown_variant and item is not None:
            return item
    raise not_found("VARIANT_NOT_FOUND", "no such variant")


def _by_either_id(call: Call, product_id: str, inventory_id: str) -> Json:
    for product in call.site.rows("product").values():
        if product["id"] == product_id or v1_inventory_id(product["id"]) == inventory_id:
            return product
    raise not_found("INVENTORY_ITEM_NOT_FOUND", "Inventory item not found")


def _endpoints() -> Iterable[Endpoint]:
    base = "/stores/v2/inventoryItems"
    for reader in ("/stores-reader/v2/inventoryItems", base):
        yield Endpoint("POST", f"{reader}/query", READ, query_inventory, V1)
        yield Endpoint("POST", f"{reader}/<inventory>/getVariants", READ, get_inventory, V1)
        yield Endpoint("POST", f"{reader}/product/<product>/getVariants", READ, get_inventory, V1)
    yield Endpoint("PATCH", f"{base}/product/<product>", MANAGE, update_inventory, V1)
    yield Endpoint("PATCH", f"{base}/<inventory>", MANAGE, update_inventory, V1)
    for verb, direction in (("increment", 1), ("decrement", -1)):
        yield Endpoint("POST", f"{base}/{verb}", MANAGE, _mover(f"{verb}Data", f"{verb}By", direction), V1)


ENDPOINTS = tuple(_endpoints())
