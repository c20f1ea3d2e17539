"""Tax shares: reading them from Ecwid's lists, merging, splitting and scaling them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from integrations.commerce import TaxShare
from integrations.ecwid.values import amount
from integrations.money import ZERO, allocate, round_half_up, total_of
from integrations.values import Json, number, rows, text

Shares = tuple[TaxShare, ...]

UNNAMED = "Tax"


@dataclass(frozen=True, slots=True)
class ItemTax:
    """The taxes of one item: `tax` is all of it; the tuples run in parallel, one share per tax."""

    tax: Decimal
    total: Shares
    on_goods: Shares
    on_shipping: Shares
    on_handling: Shares

    def goods(self, *, inside: bool, handling_inside: bool, places: int) -> Shares:
        """The shares on the goods alone; `inside` tells whether `tax` contains a part of the tax on shipping."""
        goods = self.tax
        goods -= sum_of(self.on_shipping) if inside else ZERO
        goods -= sum_of(self.on_handling) if handling_inside else ZERO
        less_delivery = tuple(
            replace(share, amount=share.amount - shipping.amount - handling.amount)
            for share, shipping, handling in zip(self.total, self.on_shipping, self.on_handling, strict=True)
        )
        return merged(fitting(goods, (self.on_goods, self.total, less_delivery), places))


def item_tax_of(row: Json, places: int) -> ItemTax:
    def part(key: str) -> Shares:
        return tuple(_share(tax, key, places) for tax in rows(row, "taxes"))

    stated = number(row, "tax")
    return ItemTax(
        tax=sum_of(part("total")) if stated is None else amount(row, "tax", places),
        total=part("total"),
        on_goods=part("taxOnDiscountedSubtotal"),
        on_shipping=part("taxOnShipping"),
        on_handling=part("taxOnHandlingFee"),
    )


def stated_shares(row: Json, key: str, places: int) -> Shares:
    """A list of taxes with totals, as shipping, handling and surcharges have them."""
    return merged(_share(tax, "total", places) for tax in rows(row, key))


def _share(tax: Json, key: str, places: int) -> TaxShare:
    return TaxShare(text(tax, "name") or UNNAMED, number(tax, "value"), amount(tax, key, places))


def sum_of(shares: Iterable[TaxShare]) -> Decimal:
    return total_of(share.amount for share in shares)


def merged(shares: Iterable[TaxShare]) -> Shares:
    """One share per name and rate, in the order of their first appearance."""
    sums: dict[tuple[str, Decimal | None], Decimal] = {}
    for share in shares:
        key = (share.name, share.rate)
        sums[key] = sums.get(key, ZERO) + share.amount
    return tuple(TaxShare(name, rate, together) for (name, rate), together in sums.items())


def fitting(tax: Decimal, readings: Sequence[Shares], places: int) -> Shares:
    """The reading whose shares give `tax`; when none does, the first that has amounts, scaled to give it."""
    if not readings[0]:
        return (TaxShare(UNNAMED, None, tax),) if tax else ()
    for shares in readings:
        if sum_of(shares) == tax:
            return shares
    return _scaled(tax, next((shares for shares in readings if sum_of(shares)), readings[0]), places)


def _scaled(tax: Decimal, shares: Shares, places: int) -> Shares:
    weights = [max(share.amount, ZERO) for share in shares]
    if not any(weights):
        weights = [share.rate or ZERO for share in shares]
    parts = allocate(round_half_up(tax, places), weights, places)
    return tuple(replace(share, amount=part) for share, part in zip(shares, parts, strict=True))


def share_out(shares: Shares, weights: Sequence[Decimal], places: int) -> list[Shares]:
    """Every share split over `weights`: one set of shares per weight."""
    split = [allocate(share.amount, weights, places) for share in shares]
    return [
        tuple(replace(share, amount=parts[at]) for share, parts in zip(shares, split, strict=True))
        for at in range(len(weights))
    ]


def without_unapplied(shares: Shares, charged: Decimal, *, contained: bool, places: int) -> Shares:
    """Leave out taxes that are listed with a rate but were not charged, although the line was large enough to be.

    A tax of rate zero stays: "zero-rated" is not "untaxed".
    """

    def due(share: TaxShare) -> bool:
        rate = share.rate or ZERO
        return round_half_up(charged * rate / (100 + (rate if contained else ZERO)), places) > 0

    return tuple(share for share in shares if share.amount or not due(share))


def at_rates(shares: Shares, charged: Decimal, *, contained: bool, places: int) -> Shares:
    """What the rates of these shares make of an amount, tax included where it is `contained`."""
    rates = [share.rate or ZERO for share in shares]
    base = 100 + (total_of(rates) if contained else ZERO)
    return tuple(
        replace(share, amount=round_half_up(charged * rate / base, places))
        for share, rate in zip(shares, rates, strict=True)
    )
