"""Laying an order's discounts on its lines.

Ecwid tells the order's discounts twice: as sums (`couponDiscount` and `discount`, which do not overlap) and as each
item's share. The sums decide, because they alone enter the total and the shares go stale when a merchant edits an
order; the shares decide only where the money goes.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from integrations.commerce import LineKind, OrderLine
from integrations.ecwid.lines import HANDLING, SHIPPING, items_of
from integrations.ecwid.values import amount
from integrations.money import ZERO, allocate, round_half_up, total_of
from integrations.values import Json, child, rows, text

Shares = Mapping[str, Decimal]
"""The discount of each line by its ref; lines without one are left out."""


def discounts_of(order: Json, lines: Sequence[OrderLine], places: int) -> Shares:
    """The order's discounts over its lines, none beyond its line; what fits nowhere is left to the residual."""
    stated = order_discount(order, places)
    own = _own_shares(order, lines, places)
    if total_of(own.values()) > stated:
        own = {}
    return _with_rest(own, stated, _tiers(order, lines), places)


def order_discount(order: Json, places: int) -> Decimal:
    """Coupon and promotions together."""
    return amount(order, "couponDiscount", places) + amount(order, "discount", places)


def _own_shares(order: Json, lines: Sequence[OrderLine], places: int) -> dict[str, Decimal]:
    """What the items say of themselves, cut where it exceeds the line."""
    gross = {line.ref: line.gross for line in lines}
    stated = {ref: _own_share(row, places) for ref, row in items_of(order)}
    return {ref: min(share, gross[ref]) for ref, share in stated.items() if share > 0 and gross[ref] > 0}


def _own_share(row: Json, places: int) -> Decimal:
    promotions = total_of(amount(each, "total", places) for each in rows(row, "discounts"))
    return amount(row, "couponAmount", places) + promotions


def _tiers(order: Json, lines: Sequence[OrderLine]) -> list[list[OrderLine]]:
    """Groups of lines that take what the items do not account for, the likeliest first."""
    shipping = [line for line in lines if line.ref == SHIPPING]
    products = [line for line in lines if line.kind is LineKind.PRODUCT]
    gift_cards = [line for line in lines if line.kind is LineKind.GIFT_CARD]
    handling = [line for line in lines if line.ref == HANDLING]
    if _concerns_shipping(order):
        return [shipping, products, gift_cards, handling]
    return [products, gift_cards, shipping, handling]


def _concerns_shipping(order: Json) -> bool:
    coupon = text(child(order, "discountCoupon"), "discountType")
    bases = [text(info, "base") for info in rows(order, "discountInfo")]
    return "SHIPPING" in coupon.upper() or any(base.upper() == "SHIPPING" for base in bases)


def _with_rest(own: Shares, stated: Decimal, tiers: Sequence[Sequence[OrderLine]], places: int) -> Shares:
    shares = dict(own)
    rest = round_half_up(stated - total_of(own.values()), places)
    for tier in tiers:
        room = [max(line.gross - shares.get(line.ref, ZERO), ZERO) for line in tier]
        part = min(rest, total_of(room))
        if not part or not any(room):
            continue
        for line, share in zip(tier, allocate(part, room, places), strict=True):
            shares[line.ref] = shares.get(line.ref, ZERO) + share
        rest -= part
    return shares
