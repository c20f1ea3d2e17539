"""Which taxes lie on which line of an Ecwid order.

Ecwid tells the tax on shipping in one of two ways, and an order does not say in which:

    inside     items[].tax contains the item's share of the tax on shipping; taxesOnShipping repeats it
    separate   items[].tax is the goods' tax alone; taxesOnShipping comes on top

The order's own `tax` decides: whichever sum gives it is how the order is to be read. Tax on shipping is charged on
shipping and handling together, so it is split between the two by amount unless handling states taxes of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from integrations.commerce import OrderLine
from integrations.doubts import Doubt, Unexplained
from integrations.ecwid.lines import HANDLING, SHIPPING, items_of, surcharges_of
from integrations.ecwid.tax_shares import (
    ItemTax,
    Shares,
    at_rates,
    item_tax_of,
    merged,
    share_out,
    stated_shares,
    sum_of,
    without_unapplied,
)
from integrations.ecwid.values import amount
from integrations.money import ZERO, total_of
from integrations.values import Json, child

_DELIVERY = {SHIPPING, HANDLING}
Taxes = Mapping[str, Shares]
"""The tax shares of each line by its ref; untaxed lines are left out."""


class OnTop(NamedTuple):
    """Which of the tax lists add to the items' taxes; the others repeat a part of them or do not count."""

    shipping: bool
    handling: bool
    surcharges: bool


# In the order in which they are tried. The first is "inside"; the second "separate" at its fullest; after the mixtures
# that are known of come the remaining ones.
_READINGS = (
    OnTop(shipping=False, handling=False, surcharges=False),
    OnTop(shipping=True, handling=True, surcharges=True),
    OnTop(shipping=True, handling=False, surcharges=False),
    OnTop(shipping=False, handling=True, surcharges=True),
    OnTop(shipping=True, handling=True, surcharges=False),
    OnTop(shipping=True, handling=False, surcharges=True),
    OnTop(shipping=False, handling=True, surcharges=False),
    OnTop(shipping=False, handling=False, surcharges=True),
)


@dataclass(frozen=True, slots=True)
class Stated:
    """Everything an order says about tax, before any of it is interpreted."""

    items: Mapping[str, ItemTax]
    shipping: Shares
    handling: Shares
    surcharges: Mapping[str, Shares]

    def total(self, on_top: OnTop) -> Decimal:
        surcharges = total_of(sum_of(shares) for shares in self.surcharges.values())
        extras = (sum_of(self.shipping), sum_of(self.handling), surcharges)
        items = total_of(item.tax for item in self.items.values())
        return items + total_of(extra for extra, counts in zip(extras, on_top, strict=True) if counts)


def taxes_of(
    order: Json, lines: Sequence[OrderLine], *, contained: bool, places: int
) -> tuple[Taxes, tuple[Doubt, ...]]:
    """The shares of each line, and what could not be explained.

    `lines` carry their discounts already; `contained` tells whether the order's prices include tax. Shipping and
    handling keep taxes that are listed at nothing: which part of them is taxed is still to be told (see `delivery`).
    """
    tax = amount(order, "tax", places)
    if not tax and _pays_no_tax(order):
        return {}, ()
    stated = _stated(order, places)
    tolerance = max(len(stated.items), 1) * Decimal(1).scaleb(-places)
    told = _spread(stated, _reading(stated, tax, tolerance), lines, places)
    charged = {line.ref: line.charged for line in lines if line.ref not in _DELIVERY}
    goods = {
        ref: without_unapplied(told[ref], amount, contained=contained, places=places)
        for ref, amount in charged.items()
        if ref in told
    }
    taxes = _to_the_cent({**told, **goods}, tax, tolerance, places)
    if _unexplained(taxes, tax):
        taxes = _recomputed(told, lines, tax, tolerance, contained=contained, places=places) or taxes
    return taxes, _unexplained(taxes, tax)


def _pays_no_tax(order: Json) -> bool:
    """Exempt buyers and reverse charge: taxes may stay listed although none was charged."""
    return order.get("customerTaxExempt") is True or order.get("reversedTaxApplied") is True


def _stated(order: Json, places: int) -> Stated:
    return Stated(
        items={ref: item_tax_of(row, places) for ref, row in items_of(order)},
        shipping=stated_shares(order, "taxesOnShipping", places),
        handling=stated_shares(child(order, "handlingFee"), "taxes", places),
        surcharges={ref: stated_shares(row, "taxes", places) for ref, row in surcharges_of(order)},
    )


def _reading(stated: Stated, tax: Decimal, tolerance: Decimal) -> OnTop:
    """The reading that gives the order's tax, to the cent before to a cent per line; else the nearest."""
    exact = next((reading for reading in _READINGS if stated.total(reading) == tax), None)
    if exact is not None:
        return exact
    distances = {reading: abs(stated.total(reading) - tax) for reading in _READINGS}
    near = (reading for reading, distance in distances.items() if distance <= tolerance)
    return next(near, min(_READINGS, key=lambda reading: distances[reading]))


def _spread(stated: Stated, on_top: OnTop, lines: Sequence[OrderLine], places: int) -> dict[str, Shares]:
    inside = not (on_top.shipping and sum_of(stated.shipping))
    handling_inside = inside and not (on_top.handling and sum_of(stated.handling))
    taxes = {
        ref: item.goods(inside=inside, handling_inside=handling_inside, places=places)
        for ref, item in stated.items.items()
    }
    pool = _inside_pool(stated) if inside else stated.shipping
    own = _inside_handling(stated) if handling_inside else stated.handling if on_top.handling else ()
    taxes |= _delivery(pool, own if sum_of(own) else (), lines, places)
    if on_top.surcharges:
        taxes |= stated.surcharges
    return taxes


def _inside_pool(stated: Stated) -> Shares:
    """The tax on shipping that the items carry. The repeated list adds what has no amount there: zero rates."""
    repeated = (replace(share, amount=ZERO) for share in stated.shipping)
    return merged([*repeated, *(share for item in stated.items.values() for share in item.on_shipping if share.amount)])


def _inside_handling(stated: Stated) -> Shares:
    return merged(share for item in stated.items.values() for share in item.on_handling if share.amount)


def _delivery(pool: Shares, own_of_handling: Shares, lines: Sequence[OrderLine], places: int) -> dict[str, Shares]:
    """`pool` on shipping alone when handling has taxes of its own, else on both by amount."""
    if own_of_handling:
        return {SHIPPING: pool, HANDLING: own_of_handling}
    charged = {line.ref: line.charged for line in lines if line.ref in _DELIVERY}
    weights = [max(charged[SHIPPING], ZERO), max(charged[HANDLING], ZERO)]
    if not weights[1]:
        return {SHIPPING: pool}
    shipping, handling = share_out(pool, weights, places)
    return {SHIPPING: shipping if weights[0] else (), HANDLING: handling}


def _to_the_cent(taxes: Taxes, tax: Decimal, tolerance: Decimal, places: int) -> Taxes:
    """Lay a difference of at most a cent per item on the largest shares, so that the lines give the order's tax."""
    difference = tax - total_of(sum_of(shares) for shares in taxes.values())
    if not difference or abs(difference) > tolerance:
        return taxes
    unit = Decimal(1).scaleb(-places).copy_sign(difference)
    found = [(ref, at) for ref, shares in taxes.items() for at, share in enumerate(shares) if share.amount > 0]
    largest = sorted(found, key=lambda place: -taxes[place[0]][place[1]].amount)
    corrected = {ref: list(shares) for ref, shares in taxes.items()}
    for ref, at in largest:
        step = difference if abs(difference) < abs(unit) else unit
        corrected[ref][at] = replace(corrected[ref][at], amount=corrected[ref][at].amount + step)
        difference -= step
        if not difference:
            break
    return {ref: tuple(shares) for ref, shares in corrected.items()}


def _recomputed(
    told: Taxes, lines: Sequence[OrderLine], tax: Decimal, tolerance: Decimal, *, contained: bool, places: int
) -> Taxes | None:
    """The taxes at their stated rates. When an order is edited its lines keep the amounts of before, while its own tax
    is computed anew: it proves the rates, to a cent per item. None where it does not."""
    charged = {line.ref: line.charged for line in lines}
    if any(share.rate is None for shares in told.values() for share in shares):
        return None
    fresh = {
        ref: at_rates(shares, charged.get(ref, ZERO), contained=contained, places=places)
        for ref, shares in told.items()
    }
    fitted = _to_the_cent(fresh, tax, tolerance, places)
    return None if _unexplained(fitted, tax) else fitted


def _unexplained(taxes: Taxes, tax: Decimal) -> tuple[Doubt, ...]:
    on_lines = total_of(sum_of(shares) for shares in taxes.values())
    if on_lines == tax:
        return ()
    return (Doubt.of(Unexplained.TAXES, lines=on_lines, tax=tax),)
