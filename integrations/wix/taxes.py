"""Which taxes lie on a part of an order, or on what another module sold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from integrations.commerce import TaxShare
from integrations.money import ZERO, allocate, round_half_up, total_of
from integrations.values import Json, child, rows, text
from integrations.wix.values import money, percent, told_money

_UNNAMED = "Tax"
# At a rate of zero Wix does not say why: zero-rated goods, a place without taxes, a site that has set none up.
_UNNAMED_ZERO = "No tax named"


@dataclass(frozen=True, slots=True)
class Names:
    """What the order calls its taxes, by their rates: parts may tell a rate without a name."""

    by_rate: dict[Decimal, str]

    def of(self, rate: Decimal | None) -> str:
        return self.by_rate.get(rate, _unnamed(rate)) if rate is not None else _UNNAMED


def names_of(order: Json) -> Names:
    told = rows(child(order, "taxInfo"), "taxBreakdown")
    told += [entry for item in rows(order, "lineItems") for entry in rows(child(item, "taxInfo"), "taxBreakdown")]
    found: dict[Decimal, set[str]] = {}
    for entry in told:
        rate = percent(entry, "rate")
        if rate is not None:
            found.setdefault(rate, set()).add(_name(entry))
    return Names({rate: min(names) for rate, names in found.items() if len(names) == 1})


def stated_tax(row: Json) -> Decimal:
    """The tax that a part tells of itself: the newer field first, the older twin may be stale or gone."""
    told = told_money(child(row, "taxInfo"), "taxAmount")
    return money(child(row, "taxDetails"), "totalTax") if told is None else told


def shares_of(row: Json, tax: Decimal, net: Decimal, *, names: Names, places: int) -> tuple[TaxShare, ...]:
    """The taxes on a part that was taxed by `tax` on `net`. They add up to it: Wix rounds each by itself.

    A tax that is listed although it was not charged (the buyer is exempt) is left out; one at a rate of zero is told.
    """
    stated = [share for share in _stated(row, names) if _applies(share, net, places)]
    if not stated:
        return (TaxShare(_UNNAMED, None, tax),) if tax else ()
    amounts = [share.amount for share in stated]
    if total_of(amounts) != tax:
        amounts = _to_the_cent(tax, stated, places)
    return tuple(replace(share, amount=amount) for share, amount in zip(stated, amounts, strict=True))


def _stated(row: Json, names: Names) -> list[TaxShare]:
    info, old = child(row, "taxInfo"), child(row, "taxDetails")
    entries = rows(info, "taxBreakdown")
    if entries:
        return _told_apart(entries)
    rate = percent(info, "taxRate")
    rate = percent(old, "taxRate") if rate is None else rate
    return [] if rate is None else [TaxShare(names.of(rate), rate, stated_tax(row))]


def _told_apart(entries: Sequence[Json]) -> list[TaxShare]:
    """Two taxes of one name and rate (a state's and a city's) are told apart by who levies them."""
    keys = [(_name(entry), percent(entry, "rate")) for entry in entries]
    return [
        TaxShare(
            f"{name} ({text(entry, 'jurisdiction') or place})" if keys.count((name, rate)) > 1 else name,
            rate,
            money(entry, "taxAmount"),
        )
        for place, (entry, (name, rate)) in enumerate(zip(entries, keys, strict=True), start=1)
    ]


def _name(entry: Json) -> str:
    return text(entry, "taxName", "jurisdiction", "taxType") or _unnamed(percent(entry, "rate"))


def _unnamed(rate: Decimal | None) -> str:
    return _UNNAMED_ZERO if rate == 0 else _UNNAMED


def _applies(share: TaxShare, net: Decimal, places: int) -> bool:
    would_be = round_half_up(net * (share.rate or ZERO) / 100, places)
    return bool(share.amount) or not share.rate or not would_be


def _to_the_cent(tax: Decimal, shares: Sequence[TaxShare], places: int) -> list[Decimal]:
    weights = [abs(share.amount) or (share.rate or ZERO) for share in shares]
    if round_half_up(tax, places) != tax:
        return [tax, *([ZERO] * (len(shares) - 1))]  # no spreading of what is not whole cents
    return allocate(tax, weights, places)
