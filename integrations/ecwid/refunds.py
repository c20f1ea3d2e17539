"""What an Ecwid order tells of refunds: a status, and the rows of date, amount and reason that a gateway left.

    paymentStatus         rows that add up to    what it means
    any                   a part                 each row is money given back
    REFUNDED              less than the total    and the rest was given back, too
    PARTIALLY_REFUNDED    nothing                something was given back: nobody says how much
    CANCELLED             less than the total    the rest may have been given back, if it was ever paid

What gift cards paid is no part of the total: it goes back to them with the last of the money, or, where they paid all
of the order, by the status alone.

Full refunds and cancellations put the goods back on the shelf, partial refunds do not.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from integrations.commerce import Refund
from integrations.ecwid.values import amount, parsed_date
from integrations.money import plain, total_of
from integrations.values import Json, number, rows, text

_RESTOCKING = frozenset({"REFUNDED", "CANCELLED"})
# What a status alone tells, by the status: the part of the ref that names it.
_BY_STATUS = {"REFUNDED": "everything", "PARTIALLY_REFUNDED": "unknown", "CANCELLED": "cancelled"}


def refunds_of(order: Json, *, store_id: str, order_ref: str, places: int) -> tuple[Refund, ...]:
    """The refunds, as they were made; what restocks comes last."""
    status = text(order, "paymentStatus").upper()
    identity = (store_id, order_ref)
    told = list(_rows(order, identity, places))
    silent = _by_status(order, status, identity, told, places)
    found = [*told, *([silent] if silent else [])]
    if found and status in _RESTOCKING:
        found[-1] = replace(found[-1], restocked=True)
    return tuple(found)


def _rows(order: Json, identity: tuple[str, ...], places: int) -> Iterator[Refund]:
    """The rows have no id: date and amount identify one, counted among equals."""
    equals: Counter[tuple[str, str]] = Counter()
    for row in rows(order, "refunds"):
        written, money = text(row, "date"), amount(row, "amount", places)
        row_key = (written, plain(money.normalize()))
        yield Refund(
            ref=_ref(*identity, *row_key, str(equals[row_key])),
            amount=None if number(row, "amount") is None else money,
            refunded_at=parsed_date(written),
            reason=text(row, "reason"),
            method=_method(order),
        )
        equals[row_key] += 1


def _by_status(order: Json, status: str, identity: tuple[str, ...], told: list[Refund], places: int) -> Refund | None:
    """The refund that only the status tells of. Rows that add up to the whole order leave nothing to it."""
    known = total_of(refund.amount or Decimal(0) for refund in told)
    total, gift_card = amount(order, "total", places), amount(order, "giftCardRedemption", places)
    rest = total - known
    if status == "REFUNDED" and not total and gift_card > 0:
        return Refund(
            ref=_ref(*identity, _BY_STATUS[status]),
            amount=Decimal(0),
            refunded_at=None,
            method=_method(order),
            gift_card=gift_card,
        )
    if status not in _BY_STATUS or rest <= 0 or (told and status == "PARTIALLY_REFUNDED"):
        return None
    return Refund(
        ref=_ref(*identity, _BY_STATUS[status]),
        amount=None,
        refunded_at=None,
        everything=status == "REFUNDED",
        cancelled=status == "CANCELLED",
        method=_method(order),
    )


def _method(order: Json) -> str:
    """The title that the merchant had given the payment option; orders typed by hand may have none."""
    return text(order, "paymentMethod", "paymentModule")


def _ref(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:20]
