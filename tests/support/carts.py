"""Carts as shops see them over a year, drawn from a seeded generator: the same seed always gives the same carts."""

from dataclasses import dataclass
from decimal import Decimal

from tests.support.shopping import PERCENTS, Shopping

ZERO_RATED = {"name": "Zero-rated", "value": 0}
EXEMPT = {"name": "Exempt", "value": 0}


@dataclass(frozen=True)
class Habits:
    """What a shop sells under which taxes. `combinations` are the taxes of one line, the likelier ones repeated."""

    combinations: tuple
    gross: bool
    skus: tuple


_DIGITAL = "PDF-1"
_GIFT_CARD = "GIFT-50"
_WORDS = tuple(f"THING-{number}" for number in range(1, 16))  # not in the catalogue: sold under a name and a price

HABITS = {
    "CA": Habits(
        combinations=(
            *[["GST", "QST"]] * 6,
            ["GST"],
            [],
            [ZERO_RATED],
            [EXEMPT],
        ),
        gross=False,
        skus=("TUQ-ANT", "SIR-DOR", "TSH-M", "MUG", _DIGITAL),
    ),
    "US": Habits(
        combinations=(
            *[["Sales tax"]] * 5,
            [],
            [{"name": "State tax", "value": "6.25"}, {"name": "City tax", "value": 2, "on_shipping": False}],
        ),
        gross=False,
        skus=("HAT-BLA", "BND-RED", "TEE-M", "MUG", _DIGITAL),
    ),
    "GB": Habits(
        combinations=(*[["VAT"]] * 4, ["VAT zero-rated"], ["VAT zero-rated"], [{"name": "VAT", "value": 5}], []),
        gross=True,
        skus=("TEA-ASS", "POT-SMA", "APR-M", "MUG", _DIGITAL),
    ),
    "FR": Habits(
        combinations=(*[["TVA"]] * 4, ["TVA réduite"], ["TVA réduite"], []),
        gross=True,
        skus=("MIE-250", "BOU-FIG", "MAR-M", "MUG", _DIGITAL),
    ),
}
HABITS["US_NONE"] = HABITS["US_MANUAL"] = HABITS["US"]

# What a world's ordinary settings do not map yet: (taxes on a line, tax code).
MAPPED = {
    "CA": ((["Zero-rated"], "Zero-rated"), (["Exempt"], "Exempt")),
    "US": ((["State tax"], "TAX"), (["City tax"], "TAX")),
    "US_NONE": (),
    "US_MANUAL": ((["State tax"], "TAX"), (["City tax"], "TAX")),
    "GB": ((["VAT zero-rated"], "0.0% Z"),),
    "FR": (),
}


class Shopper(Shopping):
    """Fills carts. `cart(number)` is an order with everything decided but its taxes' amounts, which the shop works
    out."""

    def __init__(self, world: str, seed: int) -> None:
        super().__init__(HABITS[world], world, seed)

    def _cart(self, number: int) -> dict:
        chance = self._chance
        lines = self._lines()
        if self._now_and_then(20):
            lines.append({"sku": _GIFT_CARD, "price": chance.choice((25, 50, 100))})
        cart = {
            "order_id": f"{self._prefix}{number}",
            "lines": lines,
            "prices_include_tax": self._habits.gross != self._now_and_then(7),
            "tax_representation": chance.choice(("inside", "separate")),
            "shipping_scheme": chance.choice(("BASED_ON_PRODUCT_TAXES_PROPORTION_BY_PRICE",) * 2 + (_SEPARATELY,)),
            "payment_method": chance.choice(("Credit card", "PayPal", "Cash on pick-up")),
            "payment_status": "AWAITING_PAYMENT" if self._now_and_then(12) else "PAID",
            "created": f"{self._minute()}:00+00:00",
            "buyer": self._buyer(),
        }
        return {**cart, **self._extras()}

    def _extras(self) -> dict:
        """Discounts, delivery, tip and gift card, each now and then."""
        chance, extras = self._chance, {}
        if self._now_and_then(3):
            extras["coupon"] = self._coupon()
        if self._now_and_then(4):
            extras["promotion"] = self._cents(1, 3000)
        if self._now_and_then(2):
            extras["shipping"] = chance.choice((0, 5, Decimal("4.99"), self._cents(1, 4000)))
        if self._now_and_then(5):
            extras["handling"] = self._cents(1, 900)
        tip = chance.randint(1, 12)
        if tip == 1:
            extras["tip"] = self._cents(1, 2500)
        elif tip == 2:
            extras["tip_percent"] = chance.choice((5, 10, Decimal("12.5"), 15, 20))
        if self._now_and_then(7):
            extras["gift_card"] = chance.choice((1000, self._cents(1, 9000), 20, 100_000))
        return extras

    def _coupon(self) -> dict:
        chance = self._chance
        if chance.randint(0, 1):
            return {"type": "percent", "value": chance.choice(PERCENTS)}
        return {"type": "absolute", "value": self._amount_off()}

    def _line(self) -> dict:
        chance, sku = self._chance, self._chance.choice((*_WORDS, *self._habits.skus))
        return {
            "sku": sku,
            "name": f"Product {sku}",
            "price": self._price(),
            "quantity": self._quantity(),
            "taxes": chance.choice(self._habits.combinations),
        }

    def _price(self) -> Decimal | int:
        kind = self._chance.randint(1, 20)
        if kind == 1:
            return 0
        if kind <= 3:  # by the metre, by the gram: more places than money has
            return Decimal(self._chance.randint(1, 99_999)).scaleb(-3)
        return self._cents(1, 400_000 if kind == 4 else 15_000)

    def _buyer(self) -> dict:
        number = self._chance.randint(1, 60)
        buyer = {"id": 4000 + number, "email": f"buyer{number}@example.test", "name": f"Buyer {number}"}
        exempt = {"tax_exempt": True} if self._now_and_then(25) else {}
        return {**buyer, **exempt}


_SEPARATELY = "TAXED_SEPARATELY_FROM_PRODUCTS"
