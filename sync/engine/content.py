"""Two digests of an order: of all that a document could show, and of what must not change once it is posted."""

import hashlib
from dataclasses import replace
from decimal import Decimal

from integrations.commerce import Order
from integrations.money import plain


def fingerprint(order: Order) -> str:
    """Changes with anything in the order that a document could show; not with the mere time of change."""
    return digest(repr(replace(order, updated_at=order.created_at)))


def content(order: Order) -> str:
    """Changes with what an order sells, for how much, with which tax; not with its status, addresses or tracking."""
    lines = [
        (line.ref, line.sku, _text(line.quantity), _text(line.gross), _text(line.discount), _text(line.tax))
        for line in order.lines
    ]
    amounts = [_text(amount) for amount in (order.total, order.tax, order.gift_card_redeemed)]
    return digest(repr((order.currency, amounts, lines)))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(amount: Decimal) -> str:
    """The same text for 9.9 and 9.90."""
    return plain(amount.normalize())
