"""The catalogue of a simulated shop: about forty products, the awkward kinds among them."""

import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from sandbox.ecwid.shops import ShopSpec
from sandbox.ecwid.values import Json, date_text, plain

_FIRST_ID = 501


def seed_products(spec: ShopSpec, timestamp: int) -> list[Json]:
    """All products; ids count up from 501, those of variations are derived from their product's."""
    rows = [*_plain_rows(spec), _tee(spec), *_special_rows(spec)]
    return [
        complete_product(row, _FIRST_ID + number, timestamp, default_quantity=_stock(number))
        for number, row in enumerate(rows)
    ]


def complete_product(given: Json, product_id: int, timestamp: int, *, default_quantity: int | None = None) -> Json:
    """A product with everything that the shop would add to what was given."""
    unlimited = given.get("unlimited", default_quantity is None and "quantity" not in given)
    product: Json = {
        "id": product_id,
        "sku": f"{product_id:08d}",
        "description": "",
        "price": 0,
        "costPrice": 0,
        "unlimited": unlimited,
        **({} if unlimited else {"quantity": default_quantity or 0}),
        "warningLimit": 0,
        "enabled": True,
        "isShippingRequired": True,
        "weight": Decimal("0.4"),
        "isGiftCard": False,
        "isSampleProduct": False,
        "productClassId": 0,
        "tax": {"taxable": True, "defaultLocationIncludedTaxRate": 0, "enabledManualTaxes": []},
        "options": [],
        "combinations": [],
        "attributes": [],
        "categoryIds": [],
        "created": date_text(timestamp),
        "createTimestamp": timestamp,
        **given,
    }
    product.setdefault("nameTranslated", {"en": product.get("name", "")})
    return touched(product, timestamp)


def complete_variation(given: Json, variation_id: int, number: int) -> Json:
    """Without a SKU of its own it has neither stock nor, unless told, a price of its own."""
    variation = {"options": [], **given, "id": variation_id, "combinationNumber": number}
    if "sku" in variation:
        variation = {"unlimited": "quantity" not in given, "warningLimit": 0, **variation}
        variation["inStock"] = _in_stock(variation)
    return variation


def touched(product: Json, timestamp: int) -> Json:
    """The product as it reads after a write: derived fields made right, the time of change noted."""
    product = {**product, "updated": date_text(timestamp), "updateTimestamp": timestamp}
    if product["unlimited"]:
        product.pop("quantity", None)
    variations = product["combinations"]
    product["inStock"] = _in_stock(product) or any(_in_stock(each) for each in variations if "sku" in each)
    product["priceInProductList"] = product["defaultDisplayedPrice"] = product["price"]
    return product


def _in_stock(stocked: Json) -> bool:
    return bool(stocked.get("unlimited")) or stocked.get("quantity", 0) > 0


def _stock(number: int) -> int:
    return 30 + number * 7 % 60


def _plain_rows(spec: ShopSpec) -> Iterator[Json]:
    for family in spec.families:
        prefix, name, price, variants, tax = _split(family)
        for variant in variants:
            yield {
                "sku": f"{prefix}-{_short(variant)}",
                "name": f"{name}, {variant}",
                "price": price,
                "costPrice": _cost(price),
                "tax": _taxed(tax),
                "categoryIds": [9001],
            }


def _tee(spec: ShopSpec) -> Json:
    prefix, name, price, sizes, tax = _split(spec.tee)
    choices = [{"text": size, "priceModifier": 0, "priceModifierType": "ABSOLUTE"} for size in sizes]
    return {
        "sku": prefix,
        "name": name,
        "price": price,
        "costPrice": _cost(price),
        "tax": _taxed(tax),
        "categoryIds": [9002],
        "options": [{"type": "SIZE", "name": "Size", "choices": choices, "defaultChoice": 0, "required": True}],
        "combinations": [
            {
                "id": 7100 + number,
                "combinationNumber": number,
                "options": [{"name": "Size", "value": size}],
                "sku": f"{prefix}-{size}",
                "price": price,
                "quantity": 12 + number,
                "unlimited": False,
                "inStock": True,
                "warningLimit": 0,
            }
            for number, size in enumerate(sizes, 1)
        ],
    }


def _special_rows(spec: ShopSpec) -> Iterator[Json]:
    standard_tax = spec.taxes[0].id if spec.taxes else 0
    untracked = {"unlimited": True, "isShippingRequired": False, "weight": 0, "categoryIds": [9003]}
    yield {
        "sku": "GIFT-50",
        "name": spec.gift_card,
        "price": 50,
        "isGiftCard": True,
        "tax": {**_taxed(0), "taxable": False},
        **untracked,
    }
    yield {"sku": "WRAP", "name": spec.wrapping, "price": 5, "tax": _taxed(standard_tax), **untracked}
    yield {"sku": "PDF-1", "name": spec.download, "price": 9, "tax": _taxed(standard_tax), **untracked}
    yield {
        "sku": "MUG",
        "name": spec.mug,
        "price": 15,
        "costPrice": 6,
        "tax": _taxed(standard_tax),
        "categoryIds": [9003],
        "combinations": [
            {"id": 7200 + number, "combinationNumber": number, "options": [{"name": "Style", "value": style}]}
            for number, style in enumerate(("Matte", "Gloss"), 1)
        ],
    }


def _split(row: str) -> tuple[str, str, Decimal | int, list[str], int]:
    prefix, name, price, variants, *tax = row.split("|")
    return prefix, name, plain(Decimal(price)), variants.split(","), int(tax[0]) if tax else 0


def _taxed(tax_id: int) -> Json:
    return {
        "taxable": True,
        "defaultLocationIncludedTaxRate": 0,
        "enabledManualTaxes": [tax_id] if tax_id else [],
        "taxClassCode": "default",
    }


def _cost(price: Decimal | int) -> Decimal | int:
    return plain((Decimal(price) * Decimal("0.45")).quantize(Decimal("0.01")))


def _short(text: str) -> str:
    """The first three letters or digits, without accents: "Écru" gives ECR, "500 g" gives 500."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(sign for sign in ascii_text if sign.isalnum())[:3].upper()
