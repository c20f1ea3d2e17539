"""What every shopper draws, whatever the shop: the same seed always gives the same carts."""

import random
from decimal import Decimal

PERCENTS = (5, Decimal("7.5"), 10, 15, 33, 50, 90, 100)


class Shopping:
    """Its subclasses fill a cart (`_cart`) and its lines (`_line`). What is drawn earlier decides what comes later."""

    def __init__(self, habits, world: str, seed: str | int) -> None:
        self._habits = habits
        self._chance = random.Random(f"{world}/{seed}")
        self._prefix = f"{seed}-"

    def carts(self, count: int) -> list:
        return [self._cart(number) for number in range(1, count + 1)]

    def _cart(self, number: int) -> dict:
        raise NotImplementedError

    def _line(self) -> dict:
        raise NotImplementedError

    def _lines(self) -> list:
        return [self._line() for _ in range(self._chance.choice((1, 1, 1, 2, 2, 3, 4, 6)))]

    def _quantity(self) -> int:
        chance = self._chance
        return chance.choice((1, 1, 1, 2, 3, 3, 7, 12, chance.randint(1, 60), chance.randint(100, 500)))

    def _amount_off(self) -> Decimal | int:
        return self._chance.choice((5, 10, self._cents(1, 5000), 5000))

    def _minute(self) -> str:
        """A minute of the year, without its zone."""
        month, day, hour = (self._chance.randint(*bounds) for bounds in ((2, 10), (1, 28), (0, 23)))
        return f"2026-{month:02}-{day:02}T{hour:02}:30"

    def _cents(self, least: int, most: int) -> Decimal:
        return Decimal(self._chance.randint(least, most)).scaleb(-2)

    def _now_and_then(self, one_in: int) -> bool:
        return self._chance.randint(1, one_in) == 1
