"""Carts as Wix sites see them over a year, drawn from a seeded generator: the same seed always gives the same carts."""

from dataclasses import dataclass
from decimal import Decimal

from tests.support.shopping import PERCENTS, Shopping

_WORDS = tuple(f"THING-{number}" for number in range(1, 13))  # not in the catalogue: sold under a name and a price


@dataclass(frozen=True)
class Habits:
    """What a site sells under which groups of taxes, the likelier ones repeated."""

    groups: tuple
    gross: bool
    skus: tuple


HABITS = {
    "WIX_CA": Habits((*["standard"] * 5, "federal", "zero", "none"), False, ("TUQUE-S", "SIROP", "SAVON", "LIVRE")),
    "WIX_US": Habits((*["standard"] * 5, "city", "zero", "none"), False, ("MUG", "ROPE-RED", "TOWEL-SMA", "BOOK")),
    "WIX_GB": Habits((*["standard"] * 4, "reduced", "zero", "none"), True, ("LAMP-GRE", "POT-M", "SEED", "HEATER")),
    "WIX_FR": Habits((*["standard"] * 4, "reduced", "zero", "none"), True, ("LAMPE-BLE", "MIEL", "LIVRE", "TIMBRE")),
}

# What a world's ordinary settings do not map yet: orders of years ago tell rates, and no names.
WIX_MAPPED = {
    "WIX_CA": ((["Tax 14.975"], "GST/QST QC"), (["Tax 5"], "GST")),
    "WIX_US": ((["Tax 8"], "TAX"), (["Tax 8.875"], "TAX")),
    "WIX_GB": ((["Tax 20"], "20.0% S"), (["Tax 5"], "5.0% R")),
    "WIX_FR": ((["Tax 20"], "TVA 20 %"), (["Tax 5.5"], "TVA 5,5 %")),
}


class WixShopper(Shopping):
    """Fills carts: everything is decided but the amounts of taxes and discounts, which the site works out."""

    def __init__(self, world: str, seed: str | int) -> None:
        super().__init__(HABITS[world], world, seed)

    def _cart(self, number: int) -> dict:
        lines = self._lines()
        discounts = self._discounts(lines)
        paid = self._paid(0 if discounts else lines[0]["price"] - lines[0].get("discount", 0))
        if self._now_and_then(20):
            lines.append(self._gift_card())
        if _is_whole(paid) and self._now_and_then(6):  # what other modules sell is posted once it is paid
            lines[0]["module"] = "restaurants_new"
        return {
            "number": f"{self._prefix}{number}",
            "lines": lines,
            "gross": self._habits.gross != self._now_and_then(7),
            "created": f"{self._minute()}:00.000Z",
            "buyer": self._buyer(),
            **discounts,
            **self._extras(),
            **paid,
        }

    # -- what is sold --------------------------------------------------------------------------------------------------

    def _line(self) -> dict:
        chance, sku = self._chance, self._chance.choice((*_WORDS, *self._habits.skus))
        price = self._price()
        line = {
            "sku": sku,
            "name": f"Product {sku}",
            "price": price,
            "quantity": self._quantity(),
            "module": chance.choice(("stores", "stores_old")),
            "tax": chance.choice(self._habits.groups),
        }
        return {**line, "discount": self._cents(0, int(price * 100))} if self._now_and_then(6) else line

    def _gift_card(self) -> dict:
        price = self._chance.choice((25, 50, 100))
        return {"name": "Gift card", "price": price, "module": "gift_cards", "item_type": "GIFT_CARD", "tax": "none"}

    def _price(self) -> Decimal:
        kind = self._chance.randint(1, 20)
        if kind == 1:
            return Decimal(0)
        return self._cents(1, 400_000 if kind == 4 else 15_000)

    def _buyer(self) -> dict:
        number = self._chance.randint(1, 60)
        return {
            "first": "Buyer",
            "last": str(number),
            "email": f"buyer{number}@example.test",
            "contact_id": f"contact-{number}",
        }

    # -- what it costs -------------------------------------------------------------------------------------------------

    def _discounts(self, lines: list) -> dict:
        chance, found = self._chance, {}
        if self._now_and_then(3):
            percent = {"percent": chance.choice(PERCENTS)}
            amount = {"amount": self._amount_off()}
            found["coupon"] = {"code": "SAVE", **chance.choice((percent, amount))}
        if self._now_and_then(8):
            found["merchant_discount"] = {"amount": self._cents(1, 3000), "description": "Regular"}
        if self._now_and_then(8):
            found["rule"] = {"name": "Two for one", "percent": 20, "lines": [len(lines) - 1]}
        return found

    def _extras(self) -> dict:
        """Delivery, fees, tip and what the platform charges, each now and then."""
        chance, extras = self._chance, {}
        if self._now_and_then(2):
            tax = chance.choice(("standard", "standard", "none"))
            extras["shipping"] = {"price": chance.choice((0, 5, Decimal("4.99"), self._cents(1, 4000))), "tax": tax}
        if self._now_and_then(5):
            tax = chance.choice(("standard", "none"))
            extras["fees"] = [{"name": "Gift wrap", "price": self._cents(1, 900), "tax": tax}]
        if self._now_and_then(6):
            extras["tip"] = self._cents(1, 2500)
        if self._now_and_then(10):
            kind = chance.choice(("PASS_ON", "ABSORBED"))
            extras["platform_fees"] = [{"name": "Service fee", "amount": self._cents(1, 300), "charge_type": kind}]
        if self._now_and_then(25):
            extras["tax_exempt"] = True
        if self._now_and_then(15):
            extras["old_taxes"] = True
        return extras

    def _paid(self, least: Decimal | int) -> dict:
        """By one card mostly; without an amount, a payment takes what is left. The order comes to `least` or more."""
        chance = self._chance
        whole = chance.choice(
            (
                *[{"payment": chance.choice(("card", "paypal", "klarna"))}] * 6,
                {"payments": [{"kind": "offline", "method": chance.choice(("CASH", "CHECK", "On account"))}]},
                {"payments": [{"kind": "offline", "method": "CASH", "rounding": Decimal("0.05")}]},
                {"paid": False},
            )
        )
        if least < 1 or not self._now_and_then(4):
            return whole
        part = {"kind": chance.choice(("card", "paypal", "gift_card")), "amount": self._cents(1, int(least * 100) - 1)}
        return {"payments": [part, *chance.choice(([], [{"kind": "card"}], [{"kind": "card"}]))]}


def _is_whole(paid: dict) -> bool:
    """Whether all is paid: a payment without an amount takes what is left."""
    return "paid" not in paid and any("amount" not in payment for payment in paid.get("payments", [{}]))
