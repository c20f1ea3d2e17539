"""Which rates of a tax code the store's taxes on a line are: the store says "GST 2.50, QST 4.99", QuickBooks wants an
amount for each rate of its code."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from integrations.books import TaxRate
from integrations.commerce import TaxShare
from integrations.money import ZERO, allocate, total_of

Charges = dict[str, Decimal]  # tax by rate id


def charges_by_rate(shares: Sequence[TaxShare], rates: Sequence[TaxRate], places: int) -> Charges | None:
    """The tax of a line at each rate of its code; None where the store's taxes are not those of the code.

    Taxes and rates of nothing (zero-rated, exempt) need no counterpart.
    """
    charged = [share for share in shares if share.amount or share.rate is None or share.rate]
    charging = sorted((rate for rate in rates if rate.percent), key=lambda rate: rate.order)
    found = (rule(charged, charging, places) for rule in _RULES)
    return next((charges for charges in found if charges is not None), None)


def _each_its_rate(shares: Sequence[TaxShare], rates: Sequence[TaxRate], _places: int) -> Charges | None:
    """Every tax has a rate of its own percentage."""
    left, charges = list(rates), Charges()
    for share in shares:
        rate = next((rate for rate in left if rate.percent == share.rate), None)
        if rate is None:
            return None
        left.remove(rate)
        charges[rate.id] = share.amount
    return None if left else charges


def _merged(shares: Sequence[TaxShare], rates: Sequence[TaxRate], _places: int) -> Charges | None:
    """The code has one rate for what the store keeps apart (HST 13 for a federal 5 and a provincial 8)."""
    percents = [share.rate for share in shares if share.rate is not None]
    if len(rates) != 1 or len(percents) != len(shares) or total_of(percents) != rates[0].percent:
        return None
    return {rates[0].id: total_of(share.amount for share in shares)}


def _split(shares: Sequence[TaxShare], rates: Sequence[TaxRate], places: int) -> Charges | None:
    """The store has one tax for what the code keeps apart."""
    if len(shares) != 1 or not rates:
        return None
    weights = _effective_percents(rates)
    if shares[0].rate not in {total_of(rate.percent for rate in rates), total_of(weights)}:
        return None
    parts = allocate(shares[0].amount, weights, places)
    return {rate.id: part for rate, part in zip(rates, parts, strict=True)}


def _of_unknown_rate(shares: Sequence[TaxShare], rates: Sequence[TaxRate], _places: int) -> Charges | None:
    """The store does not tell the rate of its only tax: there must be no choice to make."""
    if len(shares) != 1 or shares[0].rate is not None:
        return None
    if len(rates) == 1:
        return {rates[0].id: shares[0].amount}
    return None if rates or shares[0].amount else Charges()


_RULES: list[Callable[[Sequence[TaxShare], Sequence[TaxRate], int], Charges | None]] = [
    _each_its_rate,
    _merged,
    _split,
    _of_unknown_rate,
]


def _effective_percents(rates: Sequence[TaxRate]) -> list[Decimal]:
    """What each rate takes of the net amount: a rate on top of the taxes before it takes more than its percentage."""
    percents: list[Decimal] = []
    for rate in rates:
        base = 1 + total_of(percents) / 100 if rate.on_tax else Decimal(1)
        percents.append(rate.percent * base)
    return percents


def taxed_amount(rate: TaxRate, net: Decimal, charges: Charges, rates: Sequence[TaxRate]) -> Decimal:
    """What a rate is charged on: the net amount, plus the taxes before it where it is a tax on taxes."""
    if not rate.on_tax:
        return net
    return net + total_of(charges.get(before.id, ZERO) for before in rates if before.order < rate.order)
