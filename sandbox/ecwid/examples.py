"""Worked examples whose every amount is known: discounts, tips and gift cards (A), prices with tax (B), rounding per
line (C), and orders whose stored totals do not follow from their parts (D).

    A   net, 8 % on goods and delivery      S 90.00  C 9.00  D 6.00  R 10  H 2  tip 5  T 6.96   total 78.96
    B   gross, 20 % contained               S 180.00 C 18.00         R 12              T 29.00  total 174.00
    C   gross, 21 % contained, 3 x 9.99     S 29.97                                    T 5.20   total 29.97
"""

from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.ecwid.carts import Shop
from sandbox.ecwid.payload import order_from_cart
from sandbox.ecwid.values import Json


@dataclass(frozen=True)
class Example:
    """`stored` replaces what was computed, as an import or another app may do."""

    cart: Json
    stored: Json = field(default_factory=dict)


_SALES_TAX = {"name": "Sales tax", "value": 8, "id": 71}
_VAT_20 = {"name": "VAT", "value": 20, "id": 72}
_VAT_21 = {"name": "VAT", "value": 21, "id": 73}

_ANA = {
    "id": 3301,
    "email": "ana@example.test",
    "name": "Ana Ruiz",
    "street": "1 Elm St\nApt 2",
    "city": "Austin",
    "state": "TX",
    "postal_code": "78701",
    "country": "US",
}

_A: Json = {
    "lines": [
        {"sku": "TEE-M", "name": "Tee", "price": 25, "quantity": 2, "taxes": [_SALES_TAX]},
        {"sku": "HAT-1", "name": "Hat", "price": 40, "quantity": 1, "taxes": [_SALES_TAX]},
    ],
    "coupon": {"type": "percent", "value": 10, "code": "TEN"},
    "promotion": 6,
    "shipping": 10,
    "handling": 2,
    "tip": 5,
    "gift_card": 20,
    "gift_card_code": "GC-77",
    "buyer": _ANA,
    "payment_method": "Card",
    "payment_module": "CUSTOM_PAYMENT_APP-simpay",
    "transaction_id": "txn_0001",
    "prices_include_tax": False,
    "shipping_scheme": "BASED_ON_PRODUCT_TAXES_PROPORTION_BY_PRICE",
}
_B: Json = {
    "lines": [
        {"sku": "LAMP", "name": "Lamp", "price": 120, "quantity": 1, "taxes": [_VAT_20]},
        {"sku": "BULB", "name": "Bulb", "price": 30, "quantity": 2, "taxes": [_VAT_20]},
    ],
    "coupon": {"type": "percent", "value": 10, "code": "TEN"},
    "shipping": 12,
    "buyer": _ANA,
    "payment_method": "Card",
    "prices_include_tax": True,
    "shipping_scheme": "BASED_ON_PRODUCT_TAXES_PROPORTION_BY_PRICE",
}
_C: Json = {
    "lines": [{"sku": "GLASS", "name": "Glass", "price": Decimal("9.99"), "quantity": 3, "taxes": [_VAT_21]}],
    "buyer": _ANA,
    "payment_method": "Card",
    "prices_include_tax": True,
}


def _stored(before: str, total: str) -> Json:
    return {"totalBeforeGiftCardRedemption": Decimal(before), "total": Decimal(total)}


EXAMPLES: dict[str, Example] = {
    "A-inside": Example({**_A, "tax_representation": "inside"}),
    "A-separate": Example({**_A, "tax_representation": "separate"}),
    "B": Example(_B),
    "C": Example(_C),
    "D-rounding": Example(_A, _stored("98.98", "78.98")),
    "D-shipping": Example(_A, _stored("88.96", "68.96")),
    "D-without-tax": Example(_A, {**_stored("92", "72"), "totalWithoutTax": 72}),
    "D-unexplained": Example(_A, _stored("101.96", "81.96")),
}


def example_order(name: str, shop: Shop) -> Json:
    """Raises LookupError for an unknown name."""
    if name not in EXAMPLES:
        raise LookupError(f"there is no example {name!r}; known are {', '.join(EXAMPLES)}")
    example = EXAMPLES[name]
    return {**order_from_cart(example.cart, shop), **example.stored}
