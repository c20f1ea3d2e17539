"""How a rule deep inside translation says "hold this order": it raises, and `translate_order` returns the hold."""

from decimal import Decimal
from typing import NoReturn

from integrations.money import currency_places, plain, round_half_up
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason


class Held(Exception):
    """Never leaves translation."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(hold.reason)
        self.hold = hold


def hold(reason: Reason, **params: str) -> NoReturn:
    raise Held(Hold(reason, params))


def amount_text(amount: Decimal, currency: str) -> str:
    """An amount with its currency's places; digits beyond them are shown, because they are why somebody looks."""
    rounded = round_half_up(amount, currency_places(currency))
    return plain(rounded if rounded == amount else amount)
