"""Spreading what an order states once (a discount, a tax) over lines that do not tell their part of it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from integrations.commerce import OrderLine, TaxShare
from integrations.money import ZERO, allocate, round_half_up


def discounted(lines: Sequence[OrderLine], discount: Decimal, places: int) -> list[OrderLine]:
    parts = _spread(discount, [line.gross for line in lines], places)
    return [replace(line, discount=part) for line, part in zip(lines, parts, strict=True)]


def taxed(lines: Sequence[OrderLine], name: str, rate: Decimal | None, tax: Decimal, places: int) -> list[OrderLine]:
    """One tax on all lines; none at all where neither an amount nor a rate is told."""
    if not tax and rate is None:
        return list(lines)
    parts = _spread(tax, [line.charged for line in lines], places)
    return [replace(line, taxes=(TaxShare(name, rate, part),)) for line, part in zip(lines, parts, strict=True)]


def _spread(amount: Decimal, weights: Sequence[Decimal], places: int) -> list[Decimal]:
    """In proportion; what is not whole cents goes to the first line, whose order will then be held for it."""
    if not weights:
        return []
    if round_half_up(amount, places) != amount:
        return [amount, *([ZERO] * (len(weights) - 1))]
    return allocate(amount, [max(weight, ZERO) for weight in weights], places)
