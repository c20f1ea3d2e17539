"""Products and levels in the newer catalog (V3): every product has variants, and a level is a variant's at a location.

A product without options has one variant, which is the product itself: so it is called here, as in the older catalog,
from which sites are moved. Levels are locked by revisions: what changed since it was read is refused, and read again.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from integrations.commerce import Product
from integrations.errors import Malformed, NotAllowed, Refused
from integrations.money import ZERO, total_of
from integrations.values import Json, child, number, rows, text
from integrations.wix.client import WixClient
from integrations.wix.faults import Conflict
from integrations.wix.values import iso, money, readable_moment

logger = logging.getLogger(__name__)

LOWEST, HIGHEST = 0, 99_999

_VARIANTS = "stores/v3/products/query-variants"
_LEVELS = "stores/v3/inventory-items/query"
_LONGEST = 1000  # of variants and levels on a page
_TOGETHER = 100  # products that are asked for by their ids at once
_TRIES = 3

Levels = Mapping[str, Sequence[Json]]
"""The inventory items of each variant, by its id: one for each location."""


class CatalogV3:
    def __init__(self, client: WixClient) -> None:
        self._client = client

    def products(self, *, updated_from: datetime | None) -> Iterator[list[Product]]:
        if updated_from is None:
            yield from self._pages({}, {})
            return
        changed = self._changed(updated_from)
        for start in range(0, len(changed), _TOGETHER):
            some = {"$in": changed[start : start + _TOGETHER]}
            yield from self._pages({"productData.productId": some}, {"productId": some})

    def product(self, ref: str) -> list[Product]:
        body = self._client.get(f"stores/v3/products/{quote(ref, safe='')}")
        product, levels = child(body, "product"), self._levels({"productId": ref})
        variants = rows(child(product, "variantsInfo"), "variants")
        sole = len(variants) == 1
        return [_product(variant, product, text(variant, "id"), levels, ref=ref, sole=sole) for variant in variants]

    def set_stock(self, product: Product, level: int | None) -> None:
        items = self._items(product)
        if not items:
            raise Refused("the store keeps no level of this product")
        if len(items) > 1:
            raise NotAllowed("the product lies in several places")
        # The quantity, or its absence, decides whether the store counts at all.
        told = {"inStock": True} if level is None else {"quantity": min(max(level, LOWEST), HIGHEST)}
        self._set(text(items[0], "id"), told)

    def _items(self, product: Product) -> Sequence[Json]:
        variant = product.variation_ref
        if variant:
            return self._levels({"variantId": variant}).get(variant, ())
        levels = self._levels({"productId": product.product_ref})
        # With several variants by now, none of them is what is sold as the product.
        return next(iter(levels.values())) if len(levels) == 1 else ()

    def _set(self, item_id: str, told: Mapping[str, Any], *, tries: int = _TRIES) -> None:
        """The revision is that of an item read by its id: the index may be behind. Refused, nothing was done."""
        path = f"stores/v3/inventory-items/{quote(item_id, safe='')}"
        revision = text(child(self._client.get(path), "inventoryItem"), "revision")
        item = {"id": item_id, "revision": revision, **told}
        try:
            self._client.patch(path, {"inventoryItem": item, "reason": "MANUAL"})
        except Conflict:
            if tries == 1:
                raise
            self._set(item_id, told, tries=tries - 1)

    def _changed(self, since: datetime) -> list[str]:
        """The ids of the products that changed, or any of whose levels did: a level does not date its product."""
        bound = {"filter": {"updatedDate": {"$gte": iso(since)}}}
        products = self._client.pages("stores/v3/products/query", "products", {"query": bound})
        levels = self._client.pages(_LEVELS, "inventoryItems", {"query": bound}, limit=_LONGEST)
        found = [
            *(text(product, "id") for page in products for product in page),
            *(text(item, "productId") for page in levels for item in page),
        ]
        return list(dict.fromkeys(filter(None, found)))

    def _pages(self, variants: Json, levels: Json) -> Iterator[list[Product]]:
        known = self._levels(levels)
        for page in self._client.pages(_VARIANTS, "variants", {"query": {"filter": variants}}, limit=_LONGEST):
            yield list(_products(page, known))

    def _levels(self, wanted: Json) -> Levels:
        found = defaultdict[str, list[Json]](list)
        for page in self._client.pages(_LEVELS, "inventoryItems", {"query": {"filter": wanted}}, limit=_LONGEST):
            for item in page:
                found[text(item, "variantId")].append(item)
        return found


def _products(page: Sequence[Json], levels: Levels) -> Iterator[Product]:
    """All that can be read: one that cannot must not hide the others."""
    told = Counter(map(_product_id, page))
    for row in page:
        ref, variant = _product_id(row), text(row, "variantId", "id")
        try:
            yield _product(row, child(row, "productData"), variant, levels, ref=ref, sole=told[ref] == 1)
        except Malformed as error:
            logger.warning("variant %s of product %s is left out: %s", variant, ref, error)


def _product_id(row: Json) -> str:
    return text(child(row, "productData"), "productId")


def _product(row: Json, product: Json, variant: str, levels: Levels, *, ref: str, sole: bool) -> Product:
    """`row` is the variant, `product` what is told of the whole; `sole`: no other variant of it is told."""
    name = text(product, "name")
    chosen = ", ".join(_choices(row))
    items = levels.get(variant, ())
    tracked = [item for item in items if item.get("trackQuantity") is True]
    told = [number(item, "quantity") for item in tracked]
    return Product(
        product_ref=ref,
        variation_ref="" if sole and not _options(row) else variant,
        sku=text(row, "sku"),
        name=f"{name} ({chosen})" if chosen else name,
        price=money(child(row, "price"), "actualPrice"),
        stock=total_of(quantity or ZERO for quantity in told) if told else None,
        enabled=product.get("visible") is not False and row.get("visible") is not False,
        unlimited=not tracked,
        in_places=len(items) > 1,
        family=name if chosen else "",
        changed_at=max(_changes(product, items), default=None),
    )


def _options(row: Json) -> list[Json]:
    return rows(row, "optionChoices") or rows(row, "choices")


def _choices(row: Json) -> Iterator[str]:
    for choice in _options(row):
        name = text(child(choice, "optionChoiceNames"), "choiceName")
        if name:
            yield name


def _changes(product: Json, items: Iterable[Json]) -> Iterator[datetime]:
    for row in (product, *items):
        when = readable_moment(row, "updatedDate")
        if when is not None:
            yield when
