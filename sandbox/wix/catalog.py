"""Products and stock as a site has them, whichever of the two catalogues shows them.

A product is {id, name, type, visible, taxGroup, options, variants, trackQuantity, revision, ...}; each variant has an
id, SKU, price and choices. An inventory item is the stock of one variant at one location.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.wix.store import V1, SiteState
from sandbox.wix.values import ZERO_ID, Json, decimal, moment, new_id, stable_id

_FIRST_NUMERIC_ID = 1_700_000_000_001_000
_ALL_BITS = (1 << 128) - 1


@dataclass(frozen=True)
class Writer:
    """Who changes stock, and why: `app_id` empty is the site itself."""

    app_id: str
    reason: str = "MANUAL"


def seed_goods(site: SiteState, rows: Iterable[str], timestamp: float) -> None:
    for number, row in enumerate(rows):
        sku, name, price, choices, group = row.split("|")
        option, _, texts = choices.partition(":")
        key = (site.settings["key"], sku)
        variants = [
            {
                "id": stable_id(*key, text),
                "sku": f"{sku}-{text[:3].upper()}" if text else sku,
                "price": Decimal(price),
                "cost": (Decimal(price) * Decimal("0.4")).quantize(Decimal(price)),
                "choices": {option: text} if text else {},
            }
            for text in texts.split(",")
        ]
        given = {"id": stable_id(*key), "name": name, "taxGroup": group, "variants": variants, "quantity": 20 + number}
        add_product(site, given, timestamp)


def add_product(site: SiteState, given: Json, timestamp: float, *, with_inventory: bool = True) -> Json:
    """`quantity` is what every variant has at the default location; absent: not tracked."""
    quantity = given.get("quantity")
    variants = [_new_variant(each) for each in given["variants"]]
    product = {
        "id": given.get("id") or new_id(),
        "name": given["name"],
        "slug": given.get("slug") or str(given["name"]).lower().replace(" ", "-"),
        "type": given.get("type", "physical"),
        "visible": given.get("visible", True),
        "description": given.get("description", ""),
        "taxGroup": given.get("taxGroup", "standard"),
        "numericId": _FIRST_NUMERIC_ID + len(site.rows("product")) * 1000,
        "options": _options(variants),
        "variants": variants,
        "revision": 0,
        "created": moment(timestamp),
    }
    stored = put_product(site, product, timestamp, "created")
    for variant in variants if with_inventory else ():
        for place in site.settings["locations"]:
            here = quantity if place["defaultLocation"] or quantity is None else 0
            add_item(site, stored, variant["id"], place["id"], quantity=here, timestamp=timestamp)
    return stored


def _new_variant(given: Json) -> Json:
    return {
        "id": given.get("id") or new_id(),
        "sku": given.get("sku", ""),
        "price": decimal(given["price"]),
        "compareAt": decimal(given["compareAt"]) if given.get("compareAt") is not None else None,
        "cost": decimal(given.get("cost", 0)),
        "choices": given.get("choices", {}),
        "visible": given.get("visible", True),
        "weight": given.get("weight", 0),
    }


def _options(variants: list[Json]) -> list[Json]:
    found: dict[str, list[str]] = {}
    for variant in variants:
        for name, choice in variant["choices"].items():
            known = found.setdefault(name, [])
            known += [choice] if choice not in known else []
    return [{"name": name, "choices": choices} for name, choices in found.items()]


def put_product(site: SiteState, product: Json, timestamp: float, verb: str = "updated") -> Json:
    stored = {**product, "revision": product["revision"] + 1, "updated": moment(timestamp)}
    site.put("product", stored["id"], stored, timestamp)
    site.tell(f"product_{verb}", stored["id"], {"product": stored})
    return stored


def remove_product(site: SiteState, product: Json, timestamp: float) -> None:
    for item in items_of(site, product["id"]):
        site.remove("inventory", item["id"], timestamp)
    site.remove("product", product["id"], timestamp)
    site.tell("product_deleted", product["id"], {"product": product})


def find_variant(site: SiteState, sku: str) -> tuple[Json, Json] | None:
    """The product and its variant of that SKU."""
    for product in site.rows("product").values():
        for variant in product["variants"]:
            if variant["sku"] == sku:
                return product, variant
    return None


# -- stock -------------------------------------------------------------------------------------------------------


def add_item(
    site: SiteState, product: Json, variant_id: str, location_id: str, *, quantity: int | None, timestamp: float
) -> Json:
    item = {
        "id": stable_id(site.id, variant_id, location_id),
        "revision": 1,
        "variantId": variant_id,
        "locationId": location_id,
        "productId": product["id"],
        "tracked": quantity is not None,
        "quantity": quantity or 0,
        "inStock": quantity is None or quantity > 0,
        "created": moment(timestamp),
        "updated": moment(timestamp),
    }
    site.put("inventory", item["id"], item, timestamp)
    site.tell("inventory_created", item["id"], {"item": item})
    return item


def items_of(site: SiteState, product_id: str, location_id: str | None = None) -> list[Json]:
    return [
        item
        for item in site.rows("inventory").values()
        if item["productId"] == product_id and location_id in {None, item["locationId"]}
    ]


def change_item(site: SiteState, item: Json, changes: Json, timestamp: float, writer: Writer) -> Json:
    """The item with a new revision. Nothing is told of a change that changes nothing."""
    changed = {**item, **changes}
    if changed["tracked"]:
        changed["inStock"] = changed["quantity"] > 0
    if changed == item:
        return item
    changed |= {"revision": item["revision"] + 1, "updated": moment(timestamp)}
    site.put("inventory", item["id"], changed, timestamp)
    site.tell("inventory_updated", item["id"], {"old": item, "item": changed, "writer": vars(writer)})
    return changed


def move_stock(site: SiteState, goods: Iterable[tuple[str, int]], timestamp: float, reason: str) -> None:
    """`goods` are variants with what is added to their stock at the default location. Catalog V1 knows nothing below
    nothing.
    """
    place = site.default_location()
    for variant_id, delta in goods:
        item = site.rows("inventory").get(stable_id(site.id, variant_id, place))
        if item is not None and item["tracked"]:
            level = item["quantity"] + delta
            level = max(level, 0) if site.catalog == V1 else level
            change_item(site, item, {"quantity": level}, timestamp, Writer("", reason))


# -- identities of Catalog V1 ------------------------------------------------------------------------------------


def is_plain(product: Json) -> bool:
    """Without options: its only variant shows as zeros in Catalog V1."""
    return not product["options"]


def v1_variant_id(product: Json, variant: Json) -> str:
    return ZERO_ID if is_plain(product) else str(variant["id"])


def v1_inventory_id(product_id: str) -> str:
    """Every bit of the product's id turned."""
    digits = f"{_ALL_BITS ^ int(product_id.replace('-', ''), 16):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def order_reference(site: SiteState, product: Json, variant: Json) -> Json:
    """How the options of an order's line name what was sold."""
    if site.catalog == V1 and is_plain(product):
        return {}
    options: dict[str, Any] = {"variantId": variant["id"]}
    return {**options, "options": variant["choices"]} if variant["choices"] else options
