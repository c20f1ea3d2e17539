"""How a Wix order adds up: parts (lines, delivery, fees) go in, every amount of the order comes out.

    prices without tax     before = amount,         after = before + taxes, each rounded half-up
    prices with tax        after  = amount,         before = after - the tax in it, rounded half-up as a whole
    both                   total  = sum of after = subtotal - discount + shipping + fees + tax  (the summary is net)

`amount` is after discounts. Exact fractions are used in between.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sandbox.rounding import half_up, spread
from sandbox.wix.values import ZERO


@dataclass(frozen=True)
class Tax:
    """`rate` is a fraction: 0.2 is 20 %."""

    name: str
    rate: Decimal
    kind: str = "VAT"
    jurisdiction: str = ""
    jurisdiction_type: str = "COUNTRY"


@dataclass(frozen=True)
class Rules:
    """What is not known for certain, so that a test can have it either way."""

    gross_summary: bool = False
    """Tax-inclusive orders show subtotal, delivery, fees and discount with the tax in them."""
    gross_discount: bool = False
    """In a net summary the discount still has its tax in it, and the subtotal is higher by as much."""
    tax_rounded_per_order: bool = False
    """The order's tax is rounded once per tax; the sum of the lines' taxes may differ from it by cents."""


@dataclass(frozen=True)
class Part:
    """A line, the delivery or a fee. `listed` is before discounts of the order."""

    listed: Decimal
    discount: Decimal
    taxes: tuple[Tax, ...]
    before: Decimal
    after: Decimal
    shares: tuple[tuple[Tax, Decimal], ...]
    listed_before: Decimal

    @property
    def tax(self) -> Decimal:
        return self.after - self.before

    @property
    def rate(self) -> Decimal:
        return sum((tax.rate for tax in self.taxes), ZERO)


@dataclass(frozen=True)
class Summary:
    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    fees: Decimal
    tax: Decimal
    total: Decimal


def price_part(listed: Decimal, discount: Decimal, taxes: Sequence[Tax], *, gross: bool, places: int) -> Part:
    amount = listed - discount
    before, shares = _split(amount, taxes, gross=gross, places=places)
    return Part(
        listed=listed,
        discount=discount,
        taxes=tuple(taxes),
        before=before,
        after=before + sum((share for _, share in shares), ZERO),
        shares=tuple(shares),
        listed_before=_split(listed, taxes, gross=gross, places=places)[0],
    )


def _split(
    amount: Decimal, taxes: Sequence[Tax], *, gross: bool, places: int
) -> tuple[Decimal, list[tuple[Tax, Decimal]]]:
    """The amount without tax, and each tax of it."""
    if not gross:
        return amount, [(tax, half_up(Fraction(amount) * Fraction(tax.rate), places)) for tax in taxes]
    whole = sum((Fraction(tax.rate) for tax in taxes), Fraction())
    contained = half_up(Fraction(amount) * whole / (1 + whole), places)
    shares = spread(contained, [tax.rate for tax in taxes], places)
    return amount - contained, list(zip(taxes, shares, strict=True))


def order_taxes(parts: Sequence[Part], *, gross: bool, places: int, rules: Rules) -> dict[Tax, Decimal]:
    """Each tax of the order with its amount."""
    sums: dict[Tax, Decimal] = {}
    exact: dict[Tax, Fraction] = {}
    for part in parts:
        divisor = 1 + (Fraction(part.rate) if gross else 0)
        for tax, share in part.shares:
            sums[tax] = sums.get(tax, ZERO) + share
            due = Fraction(part.listed - part.discount) * Fraction(tax.rate) / divisor
            exact[tax] = exact.get(tax, Fraction()) + due
    return {tax: half_up(due, places) for tax, due in exact.items()} if rules.tax_rounded_per_order else sums


def summed_up(
    lines: Sequence[Part], shipping: Part | None, fees: Sequence[Part], tax: Decimal, *, gross: bool, rules: Rules
) -> Summary:
    delivery = [shipping] if shipping else []
    everything = [*lines, *delivery, *fees]
    before, after = _sum(part.before for part in everything), _sum(part.after for part in everything)
    discount = _sum(part.discount for part in everything)
    total = after if gross else before + tax
    if gross and rules.gross_summary:
        return Summary(
            subtotal=_sum(part.listed for part in lines),
            discount=discount,
            shipping=_sum(part.listed for part in delivery),
            fees=_sum(part.after for part in fees),
            tax=tax,
            total=total,
        )
    fees_before = _sum(part.before for part in fees)
    shown_shipping = _sum(part.listed_before for part in delivery)
    shown_discount = discount
    if not rules.gross_discount:
        shown_discount = _sum(part.listed_before for part in [*lines, *delivery]) - before + fees_before
    subtotal = total - tax + shown_discount - shown_shipping - fees_before
    return Summary(subtotal, shown_discount, shown_shipping, fees_before, tax, total)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
