"""Rounding as QuickBooks does it: half up, away from zero, to two places if nothing else is said."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


# The currencies without cents that the switch `currency_places` knows.
_WITHOUT_CENTS = {"CLP", "ISK", "JPY", "KRW", "VND", "XAF", "XOF", "XPF"}


def places_of(currency: str) -> int:
    return 0 if currency in _WITHOUT_CENTS else 2


def half_up(amount: Decimal, places: int = 2) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def money(value: Any) -> Decimal:
    """An amount of a request (absent counts as zero), in cents."""
    return half_up(Decimal(value)) if value is not None else ZERO


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split `total` in proportion to `weights`, to the cent; the largest remainders get the odd cents."""
    whole = sum(weights, ZERO)
    if not whole:
        return [ZERO for _ in weights]
    exact = [total * weight / whole for weight in weights]
    parts = [share.quantize(CENT, ROUND_DOWN) for share in exact]
    left = total - sum(parts, ZERO)
    cent = CENT.copy_sign(left)
    by_remainder = sorted(range(len(parts)), key=lambda index: abs(exact[index] - parts[index]), reverse=True)
    for index in by_remainder[: int(abs(left) / CENT)]:
        parts[index] += cent
    return parts
