"""Reads a cart, as the control API gets it, and prices it.

    {"lines": [{"sku", "quantity", "price", "name", "module", "tax", "discount", "payment_option", ...}],
     "shipping": 6 or {"price", "title", "tax", "discount", "pickup"},
     "fees": [{"name", "price", "tax", "code", "source"}], "tip": 5,
     "platform_fees": [{"name", "amount", "charge_type", "rate"}],
     "coupon": {"code", "percent" | "amount" | "shipping"}, "merchant_discount": {...}, "rule": {...},
     "gross": true, "currency": "JPY", "tax_exempt": true}

A line with a SKU of the catalogue needs nothing else; `tax` is a tax group of the site or a list of taxes; `discount`
is off the unit price, as a sale in the catalogue is. Discounts take `lines` to concern only some (from 0).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sandbox.rounding import half_up, spread
from sandbox.wix.catalog import find_variant
from sandbox.wix.pricing import Part, Rules, Summary, Tax, order_taxes, price_part, summed_up
from sandbox.wix.store import SiteState
from sandbox.wix.values import ZERO, Json, Money, decimal, new_id

_DISCOUNTS = ("coupon", "merchant_discount", "rule")


@dataclass(frozen=True)
class CartLine:
    given: Json
    price: Decimal
    before_discounts: Decimal
    part: Part
    sold: tuple[Json, Json] | None
    """Product and variant, when it is from the catalogue."""

    @property
    def quantity(self) -> int:
        return int(self.given.get("quantity", 1))


@dataclass(frozen=True)
class Fee:
    given: Json
    part: Part


@dataclass(frozen=True)
class Discount:
    """`shares` are per line; `on_shipping` is what the delivery became cheaper by."""

    kind: str
    given: Json
    shares: tuple[Decimal, ...]
    on_shipping: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        return sum(self.shares, self.on_shipping)


@dataclass(frozen=True)
class PricedCart:
    cart: Json
    money: Money
    gross: bool
    lines: tuple[CartLine, ...]
    shipping: Part | None
    fees: tuple[Fee, ...]
    discounts: tuple[Discount, ...]
    taxes: dict[Tax, Decimal]
    summary: Summary


@dataclass
class _Reader:
    site: SiteState
    cart: Json
    places: int
    gross: bool
    discounts: list[Discount] = field(default_factory=list)

    def taxes(self, wanted: Any) -> tuple[Tax, ...]:
        if self.cart.get("tax_exempt"):
            return ()
        rows = wanted if isinstance(wanted, list) else self.site.taxes_of(wanted)
        return tuple(Tax(**{**row, "rate": decimal(row["rate"], "rate")}) for row in rows)

    def part(self, listed: Decimal, discount: Decimal, tax: Any) -> Part:
        return price_part(listed, discount, self.taxes(tax), gross=self.gross, places=self.places)

    # -- lines ---------------------------------------------------------------------------------------------------

    def lines(self) -> list[CartLine]:
        found = [self._found(given) for given in self.cart["lines"]]
        sums = [half_up(price * int(given.get("quantity", 1)), self.places) for given, price, _, _ in found]
        shares = self._order_discounts(sums)
        return [
            CartLine(given, price, before, self.part(listed, share, given.get("tax", _group(sold))), sold)
            for (given, price, before, sold), listed, share in zip(found, sums, shares, strict=True)
        ]

    def _found(self, given: Json) -> tuple[Json, Decimal, Decimal, tuple[Json, Json] | None]:
        sold = find_variant(self.site, given["sku"]) if given.get("sku") else None
        if sold is None and "price" not in given:
            msg = f"nothing has the SKU {given.get('sku')!r}: give the line a price and a name"
            raise LookupError(msg)
        before = decimal(given["price"]) if "price" in given else sold[1]["price"] if sold else ZERO
        return given, before - decimal(given.get("discount")), before, sold

    # -- discounts -----------------------------------------------------------------------------------------------

    def _order_discounts(self, sums: Sequence[Decimal]) -> list[Decimal]:
        """What each line gets of all discounts; one after the other, so that none goes below nothing."""
        left = list(sums)
        for kind in _DISCOUNTS:
            given = self.cart.get(kind)
            if given is None or given.get("shipping"):
                continue
            concerned = given.get("lines", range(len(left)))
            open_values = [value if number in concerned else ZERO for number, value in enumerate(left)]
            amount = self._discount_amount(given, sum(open_values, ZERO))
            shares = spread(amount, open_values, self.places)
            self.discounts.append(Discount(kind, given, tuple(shares)))
            left = [value - share for value, share in zip(left, shares, strict=True)]
        return [listed - rest for listed, rest in zip(sums, left, strict=True)]

    def _discount_amount(self, given: Json, open_value: Decimal) -> Decimal:
        if "percent" in given:
            return half_up(open_value * decimal(given["percent"]) / 100, self.places)
        return min(decimal(given["amount"]), open_value)

    # -- the rest ------------------------------------------------------------------------------------------------

    def shipping(self, lines: int) -> Part | None:
        given = delivery(self.cart)
        if given is None:
            return None
        listed, off = decimal(given["price"]), decimal(given.get("discount"))
        for kind in _DISCOUNTS:
            if (self.cart.get(kind) or {}).get("shipping"):
                self.discounts.append(Discount(kind, self.cart[kind], (ZERO,) * lines, listed - off))
                off = listed
        return self.part(listed, off, given.get("tax", "standard"))

    def fees(self) -> list[Fee]:
        return [
            Fee(given, self.part(decimal(given["price"]), ZERO, given.get("tax", "none"))) for given in self._fees()
        ]

    def _fees(self) -> list[Json]:
        tip = [{"name": "Tip", "price": self.cart["tip"], "tip": True}] if self.cart.get("tip") else []
        passed_on = [
            {"name": fee["name"], "price": fee["amount"], "source": "PLATFORM"}
            for fee in self.cart.get("platform_fees", ())
            if fee.get("charge_type", "PASS_ON") == "PASS_ON"
        ]
        fees = [*self.cart.get("fees", ()), *tip, *passed_on]
        return [{"id": new_id(), "code": new_id() if "tip" in fee else None, **fee} for fee in fees]


def priced(cart: Json, site: SiteState, rules: Rules) -> PricedCart:
    """Raises LookupError or ValueError for a cart that cannot be priced."""
    money = Money(str(cart.get("currency", site.settings["currency"])), site.mixed_scale)
    gross = bool(cart.get("gross", site.settings["gross"]))
    reader = _Reader(site, cart, money.places, gross)
    lines, fees = reader.lines(), reader.fees()
    shipping = reader.shipping(len(lines))
    line_parts, fee_parts = [line.part for line in lines], [fee.part for fee in fees]
    everything = [*line_parts, *([shipping] if shipping else []), *fee_parts]
    taxes = order_taxes(everything, gross=gross, places=money.places, rules=rules)
    tax = sum(taxes.values(), ZERO)
    return PricedCart(
        cart=cart,
        money=money,
        gross=gross,
        lines=tuple(lines),
        shipping=shipping,
        fees=tuple(fees),
        discounts=tuple(reader.discounts),
        taxes=taxes,
        summary=summed_up(line_parts, shipping, fee_parts, tax, gross=gross, rules=rules),
    )


def delivery(cart: Json) -> Json | None:
    given = cart.get("shipping")
    return given if isinstance(given, dict) or given is None else {"price": given}


def _group(sold: tuple[Json, Json] | None) -> Any:
    return sold[0]["taxGroup"] if sold else "standard"
