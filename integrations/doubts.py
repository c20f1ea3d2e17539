"""What of an order's own figures its reader had to leave unexplained.

Told as codes and figures; their sentences are in `sync.document_texts`. Whether the order can be posted all the same is
decided elsewhere, by whether it adds up.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Unexplained(StrEnum):
    """Comments name the figures of each."""

    TAXES = "taxes"  # lines, tax: what the lines carry, and what the order says
    GIFT_CARD = "gift_card"  # stated, total: before gift cards, and what total and gift card give
    TOTAL_WITHOUT_TAX = "total_without_tax"  # tax
    SUMMARY = "summary"  # parts, subtotal, discount, shipping, fees, tax, total
    MEMBERSHIP = "membership"  # paid: not what its line costs


@dataclass(frozen=True, slots=True)
class Doubt:
    what: Unexplained
    figures: tuple[tuple[str, Decimal], ...]

    @classmethod
    def of(cls, what: Unexplained, **figures: Decimal) -> "Doubt":
        return cls(what, tuple(figures.items()))
