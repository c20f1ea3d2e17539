"""From Ecwid's products to `Product`: one per SKU under which something is sold."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from integrations.commerce import Product, product_ref
from integrations.ecwid.values import moment, reference
from integrations.errors import Malformed
from integrations.money import ZERO
from integrations.values import Json, child, number, rows, text


def products_of(product: Json) -> Iterator[Product]:
    """The product itself, then each variation with a SKU of its own.

    A variation without one sells under the product's SKU from the product's stock. The product's own stock is not the
    sum of its variations: it can be sold besides them. Raises Malformed for a product without an id.
    """
    if not reference(product, "id"):
        raise Malformed("the product has no id")
    base = Product(
        product_ref=reference(product, "id"),
        variation_ref="",
        sku=text(product, "sku"),
        name=text(product, "name"),
        price=number(product, "price") or ZERO,
        stock=_stock(product),
        enabled=product.get("enabled") is not False,
        unlimited=product.get("unlimited") is True,
        is_gift_card=product.get("isGiftCard") is True,
        in_places=len(child(product, "locationInventory")) > 1,
        components=tuple(_component(row) for row in rows(product, "compositeComponents")),
        changed_at=moment(product, "update"),
    )
    yield base
    for variation in rows(product, "combinations"):
        sku = text(variation, "sku")
        if sku and sku != base.sku and reference(variation, "id"):
            yield _variation(base, variation, sku)


def _variation(base: Product, variation: Json, sku: str) -> Product:
    price = number(variation, "price")
    choices = ", ".join(value for option in rows(variation, "options") if (value := text(option, "value")))
    return replace(
        base,
        variation_ref=reference(variation, "id"),
        sku=sku,
        name=f"{base.name} ({choices})" if choices else base.name,
        price=base.price if price is None else price,
        stock=_stock(variation),
        unlimited=variation.get("unlimited") is True,
        family=base.name,
    )


def _component(row: Json) -> str:
    return product_ref(reference(row, "productId"), reference(row, "combinationId"))


def _stock(row: Json) -> Decimal | None:
    """None where the stock is unlimited or not told: a missing quantity is not zero. Oversold stock is negative."""
    return None if row.get("unlimited") is True else number(row, "quantity")
