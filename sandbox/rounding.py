"""How shops round and cut amounts."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor


def half_up(value: Fraction | Decimal | int, places: int = 2) -> Decimal:
    """Half away from zero, as a shopkeeper rounds."""
    exact = Fraction(value) * 10**places
    units = floor(abs(exact) + Fraction(1, 2))
    return Decimal(-units if exact < 0 else units).scaleb(-places)


def spread(amount: Decimal, weights: Sequence[Decimal], places: int = 2) -> list[Decimal]:
    """`amount` cut in proportion to `weights`, to the last unit; odd units go to the largest remainders."""
    whole = sum((Fraction(weight) for weight in weights), Fraction())
    if not whole:
        return [Decimal(0) for _ in weights]
    units = int(amount.scaleb(places))
    exact = [units * Fraction(weight) / whole for weight in weights]
    parts = [floor(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in by_remainder[: units - sum(parts)]:
        parts[index] += 1
    return [Decimal(part).scaleb(-places) for part in parts]
