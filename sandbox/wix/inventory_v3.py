"""Inventory of Catalog V3: one item is one variant at one location, with a revision."""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.wix.bulk import bulk_answer
from sandbox.wix.calls import Call, Endpoint
from sandbox.wix.catalog import Writer, add_item, change_item
from sandbox.wix.catalog_v3 import check_revision, found
from sandbox.wix.errors import WixError, invalid, not_found, refused
from sandbox.wix.query import Dialect
from sandbox.wix.store import V3, SiteState
from sandbox.wix.values import Json

READ, WRITE = "SCOPE.STORES.INVENTORY_ITEM_READ", "SCOPE.STORES.INVENTORY_ITEM_WRITE"
_ITEMS = Dialect("inventory_v3", max_limit=1000)
_SEARCHED = Dialect("inventory_v3", wrapper="search", max_limit=1000)
_MAX_UPDATES, _MAX_MOVES = 1000, 300
_MAX_QUANTITY = 99_999
_DEFAULT_REASON = "MANUAL"


def query_items(call: Call) -> Json:
    return _listed(call, _ITEMS)


def search_items(call: Call) -> Json:
    return _listed(call, _SEARCHED)


def _listed(call: Call, dialect: Dialect) -> Json:
    page = dialect.page(_rows(call), call.wrapped(dialect.wrapper))
    return {"inventoryItems": page.items, "pagingMetadata": page.metadata(has_next=False)}


def count_items(call: Call) -> Json:
    whole = Dialect("inventory_v3", wrapper="", max_limit=1_000_000, default_limit=1_000_000)
    return {"count": len(whole.page(_rows(call), {"filter": call.body.get("filter") or {}}).items)}


def _rows(call: Call) -> list[Json]:
    return [_item(call.site, item) for item in call.searched("inventory")]


def get_item(call: Call, item: str) -> Json:
    return {"inventoryItem": _item(call.site, _found(call, item))}


def create_item(call: Call) -> Json:
    return {"inventoryItem": _created(call, call.body.get("inventoryItem") or {})}


def bulk_create(call: Call) -> Json:
    rows = _checked(call, "inventoryItems", _MAX_UPDATES)

    def one(row: Json) -> tuple[str, Json]:
        item = _created(call, row)
        return item["id"], item

    return bulk_answer(rows, one, returned=bool(call.body.get("returnEntity")))


def _created(call: Call, given: Json) -> Json:
    product = found(call, given.get("productId", ""))
    place = given.get("locationId") or call.site.default_location()
    for item in call.site.rows("inventory").values():
        if (item["variantId"], item["locationId"]) == (given.get("variantId"), place):
            raise refused(409, "ITEM_ALREADY_EXISTS", "the variant has an inventory item there")
    if given.get("variantId") not in {variant["id"] for variant in product["variants"]}:
        raise not_found("VARIANT_NOT_FOUND", "no such variant")
    quantity = given.get("quantity")
    item = add_item(call.site, product, given["variantId"], place, quantity=quantity, timestamp=call.timestamp)
    return _item(call.site, item)


def update_item(call: Call, item: str) -> Json:
    given = {**(call.body.get("inventoryItem") or {}), "id": item}
    return {"inventoryItem": _updated(call, given)}


def bulk_update(call: Call) -> Json:
    rows = _checked(call, "inventoryItems", _MAX_UPDATES)

    def one(row: Json) -> tuple[str, Json]:
        given = row.get("inventoryItem") or {}
        try:
            return given["id"], _updated(call, given)
        except WixError as error:
            if error.status == 409:
                raise refused(409, call.switches["stale_revision_code"], str(error)) from None
            raise

    return bulk_answer(rows, one, returned=bool(call.body.get("returnEntity")))


def _updated(call: Call, given: Json) -> Json:
    """`quantity` and `inStock` are the way of tracking: the one that is written wins."""
    old = _found(call, given.get("id", ""))
    check_revision(old["revision"], given.get("revision"))
    changes: Json = {}
    if "quantity" in given:
        quantity = given["quantity"]
        if not isinstance(quantity, int) or abs(quantity) > _MAX_QUANTITY:
            raise invalid("quantity", f"must be between -{_MAX_QUANTITY} and {_MAX_QUANTITY}", "MAX")
        if quantity < 0 and quantity < old["quantity"]:
            raise refused(400, "REQUESTED_QUANTITY_MUST_BE_NON_NEGATIVE_DECREASING")
        if not old["tracked"] and not call.switches["quantity_starts_tracking"]:
            raise refused(400, "INVENTORY_QUANTITY_NOT_TRACKED")
        changes = {"tracked": True, "quantity": quantity}
    elif "inStock" in given:
        changes = {"tracked": False, "inStock": bool(given["inStock"])}
    return _item(call.site, change_item(call.site, old, changes, call.timestamp, _writer(call)))


def _writer(call: Call) -> Writer:
    return Writer(call.app_id, call.body.get("reason", _DEFAULT_REASON))


def _mover(name: str, field: str, direction: int, find: Callable[[Call, Json], Json]) -> Callable[[Call], Json]:
    def move(call: Call) -> Json:
        rows = _checked(call, name, _MAX_MOVES)

        def one(row: Json) -> tuple[str, Json]:
            old = find(call, row)
            if not old["tracked"]:
                raise refused(400, "INVENTORY_QUANTITY_NOT_TRACKED", "the item is not tracked")
            quantity = old["quantity"] + direction * int(row[field])
            if quantity < 0 and call.body.get("restrictInventory"):
                raise refused(400, "INSUFFICIENT_INVENTORY", "there is not that much in stock")
            changed = change_item(call.site, old, {"quantity": quantity}, call.timestamp, _writer(call))
            return changed["id"], _item(call.site, changed)

        return bulk_answer(rows, one, returned=bool(call.body.get("returnEntity")))

    return move


def _by_id(call: Call, row: Json) -> Json:
    return _found(call, row.get("inventoryItemId", ""))


def _by_place(call: Call, row: Json) -> Json:
    wanted = (row.get("variantId"), row.get("locationId") or call.site.default_location())
    for item in call.site.rows("inventory").values():
        if (item["variantId"], item["locationId"]) == wanted:
            return item
    raise not_found("NOT_FOUND", "Inventory item not found")


def _found(call: Call, item_id: str) -> Json:
    items = call.site.rows("inventory")
    if item_id not in items:
        raise not_found("NOT_FOUND", "Inventory item not found")
    return items[item_id]


def _checked(call: Call, name: str, most: int) -> list[Json]:
    rows = call.body.get(name) or []
    if not 1 <= len(rows) <= most:
        raise invalid(name, f"must have 1 to {most} elements", "MAX_SIZE", threshold=most)
    return list(rows)


def _item(site: SiteState, item: Json) -> Json:
    return item_shown(item, site.rows("product").get(item["productId"]))


def item_shown(item: Json, product: Json | None) -> Json:
    """As the API has it; `product` is None when it is gone."""
    stock = {"quantity": item["quantity"]} if item["tracked"] else {"inStock": item["inStock"]}
    shown: dict[str, Any] = {
        "id": item["id"],
        "revision": str(item["revision"]),
        "variantId": item["variantId"],
        "locationId": item["locationId"],
        "productId": item["productId"],
        **stock,
        "trackQuantity": item["tracked"],
        "availabilityStatus": "IN_STOCK" if item["inStock"] else "OUT_OF_STOCK",
        "createdDate": item["created"],
        "updatedDate": item["updated"],
    }
    variants = product["variants"] if product else ()
    variant = next((each for each in variants if each["id"] == item["variantId"]), None)
    if product and variant:
        named = {"name": product["name"], "variantVisible": variant["visible"]}
        named |= {"variantSku": variant["sku"]} if variant["sku"] else {}
        choices = ", ".join(variant["choices"].values())
        shown["product"] = {**named, **({"variantName": choices} if choices else {})}
    return shown


# -- locations ---------------------------------------------------------------------------------------------------


def get_default_location(call: Call) -> Json:
    return {"storesLocation": next(_place(each) for each in call.site.settings["locations"] if each["defaultLocation"])}


def query_locations(call: Call) -> Json:
    rows = [_place(each) for each in call.site.settings["locations"]]
    return {"storesLocations": rows, "pagingMetadata": {"count": len(rows), "hasNext": False}}


def _place(given: Json) -> Json:
    return {**given, "revision": "1", "locationType": "PHYSICAL"}


_BASE = "/stores/v3/inventory-items"


def _endpoints() -> Iterable[Endpoint]:
    yield Endpoint("POST", f"{_BASE}/query", READ, query_items, V3)
    yield Endpoint("POST", f"{_BASE}/search", READ, search_items, V3)
    yield Endpoint("POST", f"{_BASE}/count", READ, count_items, V3)
    yield Endpoint("GET", f"{_BASE}/<item>", READ, get_item, V3)
    yield Endpoint("POST", _BASE, WRITE, create_item, V3)
    yield Endpoint("PATCH", f"{_BASE}/<item>", WRITE, update_item, V3)
    yield Endpoint("POST", "/stores/v3/bulk/inventory-items/create", WRITE, bulk_create, V3)
    yield Endpoint("POST", "/stores/v3/bulk/inventory-items/update", WRITE, bulk_update, V3)
    for verb, direction in (("increment", 1), ("decrement", -1)):
        path = f"/stores/v3/bulk/inventory-items/{verb}"
        by_id = _mover(f"{verb}Data", f"{verb}By", direction, _by_id)
        by_place = _mover(f"{verb}Data", f"{verb}By", direction, _by_place)
        yield Endpoint("POST", path, WRITE, by_id, V3)
        yield Endpoint("POST", f"{path}-by-variant-and-location", WRITE, by_place, V3)
    yield Endpoint("GET", "/stores/v3/locations/default", READ, get_default_location, V3)
    yield Endpoint("POST", "/stores/v3/locations/query", READ, query_locations, V3)


ENDPOINTS = tuple(_endpoints())
