"""Products and levels in the older catalog (V1): numbers are JSON numbers, filters are JSON inside of JSON."""

import logging
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from integrations.commerce import Product
from integrations.errors import Malformed, Refused
from integrations.money import ZERO, json_dumps
from integrations.values import Json, child, number, rows, text
from integrations.wix.client import PAGE_SIZE, WixClient
from integrations.wix.values import readable_moment

logger = logging.getLogger(__name__)

LOWEST, HIGHEST = 0, 99_999
_NO_VARIANT = "00000000-0000-0000-0000-000000000000"


class CatalogV1:
    """There is no lock: the last write wins."""

    def __init__(self, client: WixClient) -> None:
        self._client = client

    def products(self, *, updated_from: datetime | None) -> Iterator[list[Product]]:
        """All of them: whether a level that changed dates its product is not documented. By the number of each product,
        which never changes: pages by offset would lose what moves between them."""
        del updated_from
        last = "0"
        while True:
            page = self._page({"numericId": {"$gt": last}})
            if page:
                yield [sellable for product in page for sellable in _sellable(product)]
            if len(page) < PAGE_SIZE:
                return
            last = text(page[-1], "numericId")

    def product(self, ref: str) -> list[Product]:
        body = self._client.get(f"stores-reader/v1/products/{quote(ref, safe='')}")
        return list(products_of(child(body, "product")))

    def set_stock(self, product: Product, level: int | None) -> None:
        """What is not named keeps its level, but `trackQuantity` holds for the whole product, and leaving it out would
        mean false. A level for one variant of a product that is not counted would have the others counted from nothing.
        """
        if product.variation_ref and product.unlimited and level is not None:
            raise Refused("the site counts all variants of a product or none")
        variant: dict[str, Any] = {"variantId": product.variation_ref or _NO_VARIANT}
        told = {"inStock": True} if level is None else {"quantity": min(max(level, LOWEST), HIGHEST)}
        item = {"trackQuantity": level is not None, "variants": [{**variant, **told}]}
        path = f"stores/v2/inventoryItems/product/{quote(product.product_ref, safe='')}"
        self._client.patch(path, {"inventoryItem": item})

    def _page(self, wanted: Json) -> list[Json]:
        query = {
            "filter": json_dumps(wanted),
            "sort": json_dumps([{"numericId": "asc"}]),
            "paging": {"limit": PAGE_SIZE, "offset": 0},
        }
        # Without asking for them, hidden products are missing and nobody says so.
        body = {"query": query, "includeVariants": True, "includeHiddenProducts": True}
        return rows(self._client.ask("stores-reader/v1/products/query", body), "products")


def products_of(product: Json) -> Iterator[Product]:
    """The product, or each of its variants where they have SKUs and levels of their own. Raises Malformed."""
    ref = text(product, "id")
    if not ref:
        raise Malformed("the product has no id")
    name, visible = text(product, "name"), product.get("visible") is not False
    if product.get("manageVariants") is not True:
        yield _product(product, child(product, "stock"), ref=ref, name=name, enabled=visible)
        return
    for variant in rows(product, "variants"):
        data, chosen = child(variant, "variant"), ", ".join(map(str, child(variant, "choices").values()))
        yield _product(
            data,
            child(variant, "stock"),
            ref=ref,
            variation_ref=text(variant, "id"),
            name=f"{name} ({chosen})" if chosen else name,
            family=name,
            enabled=visible and data.get("visible") is not False,
            changed_at=readable_moment(product, "lastUpdated"),
        )


def _product(
    row: Json,
    stock: Json,
    *,
    ref: str,
    name: str,
    enabled: bool,
    variation_ref: str = "",
    family: str = "",
    changed_at: datetime | None = None,
) -> Product:
    is_tracked = (stock.get("trackInventory") or stock.get("trackQuantity")) is True
    return Product(
        product_ref=ref,
        variation_ref=variation_ref,
        sku=text(row, "sku"),
        name=name,
        price=_price(row),
        stock=number(stock, "quantity") if is_tracked else None,
        enabled=enabled,
        unlimited=not is_tracked,
        family=family,
        changed_at=changed_at or readable_moment(row, "lastUpdated"),
    )


def _price(row: Json) -> Decimal:
    """What it is sold for, after a discount of the catalogue."""
    data = child(row, "priceData")
    for key in ("discountedPrice", "price"):
        told = number(data, key)
        if told is not None:
            return told
    return ZERO


def _sellable(product: Json) -> list[Product]:
    """Nothing for a product that cannot be read: one of them must not hide all others."""
    try:
        return list(products_of(product))
    except Malformed as error:
        logger.warning("product %s is left out: %s", product.get("id"), error)
        return []
