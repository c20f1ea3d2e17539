"""Amounts as people read them."""

from decimal import Decimal

from django.utils import formats

from integrations.money import currency_places, round_half_up


def amount_shown(value: Decimal, currency: str) -> str:
    """1,234.50 CAD, with the currency's own places and the reader's separators."""
    places = currency_places(currency)
    shown = formats.number_format(round_half_up(value, places), places, force_grouping=True)
    return f"{shown} {currency}".strip()
