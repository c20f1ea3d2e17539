"""Does an Ecwid order add up, and if not, why?

    prices without tax    subtotal - discounts + shipping + handling + surcharges + tax = total + gift card
    prices with tax       subtotal - discounts + shipping + handling + surcharges       = total + gift card

Ecwid stores what it is sent, so an order may break either. Nothing here hides that: a difference is explained where
there is an explanation, and left for the order's residual otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from integrations.commerce import OrderLine
from integrations.doubts import Doubt, Unexplained
from integrations.ecwid.discounts import order_discount
from integrations.ecwid.lines import SHIPPING
from integrations.ecwid.values import amount
from integrations.money import ZERO, total_of
from integrations.values import Json, child, number


@dataclass(frozen=True, slots=True)
class Totals:
    """The order's own sums; `without_tax` is the left side of the equations above, less tax."""

    before_gift_card: Decimal
    without_tax: Decimal
    tax: Decimal
    shipping: Decimal
    discounted_shipping: Decimal | None

    def residual(self, *, contained: bool) -> Decimal:
        return self.before_gift_card - self.without_tax - (ZERO if contained else self.tax)


def totals_of(order: Json, lines: Sequence[OrderLine], places: int) -> Totals:
    """`lines` are the order's lines before discounts."""
    items = total_of(line.gross for line in lines if line.ref.startswith("item:"))
    extras = total_of(line.gross for line in lines if not line.ref.startswith("item:"))
    subtotal = items if number(order, "subtotal") is None else amount(order, "subtotal", places)
    option = child(order, "shippingOption")
    told = number(option, "discountedShippingRate")
    return Totals(
        before_gift_card=amount(order, "total", places) + amount(order, "giftCardRedemption", places),
        without_tax=subtotal - order_discount(order, places) + extras,
        tax=amount(order, "tax", places),
        shipping=next(line.gross for line in lines if line.ref == SHIPPING),
        discounted_shipping=None if told is None else amount(option, "discountedShippingRate", places),
    )


def prices_include_tax(order: Json, totals: Totals, *, store_does: bool) -> bool:
    """The order's own mark; very old orders lack it, and there the equation that holds decides, else the store's
    way."""
    marked = order.get("pricesIncludeTax")
    if isinstance(marked, bool):
        return marked
    contained, added = abs(totals.residual(contained=True)), abs(totals.residual(contained=False))
    return store_does if contained == added else contained < added


def hidden_shipping_discount(totals: Totals, *, contained: bool) -> Decimal:
    """A discount on shipping that only the total knows of: neither sum of discounts has it.

    Where tax of the same amount could just as well be what is missing, nothing is assumed.
    """
    missing = -totals.residual(contained=contained)
    if totals.discounted_shipping is not None and missing == totals.shipping - totals.discounted_shipping:
        return max(missing, ZERO)
    is_all_of_it = missing == totals.shipping and not (missing == totals.tax and not contained)
    return max(missing, ZERO) if is_all_of_it else ZERO


def doubts(order: Json, totals: Totals, *, contained: bool, places: int) -> tuple[Doubt, ...]:
    """What a person who reviews the order should know of its sums."""
    found = []
    before = number(order, "totalBeforeGiftCardRedemption")
    if before is not None and amount(order, "totalBeforeGiftCardRedemption", places) != totals.before_gift_card:
        found.append(Doubt.of(Unexplained.GIFT_CARD, stated=before, total=totals.before_gift_card))
    if not contained and totals.tax and totals.residual(contained=False) == -totals.tax:
        found.append(Doubt.of(Unexplained.TOTAL_WITHOUT_TAX, tax=totals.tax))
    return tuple(found)
