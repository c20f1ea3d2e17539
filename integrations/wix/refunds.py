"""What was given back of an eCommerce order.

A refund is one or more transactions, one for each payment that it touches. It counts when every one of them has come to
its end, and then only what succeeded; marked as refunded by hand is as good as sent. It names line items, fees and
shipping, which may come to another amount than what went back, or nothing at all. Nothing of it tells its taxes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256

from integrations.commerce import OrderLine, Refund, RefundLine
from integrations.money import ZERO, allocate, round_half_up, total_of
from integrations.values import Json, child, number, rows, text
from integrations.wix.lines import SHIPPING
from integrations.wix.payments import is_gift_card, is_money, method_of
from integrations.wix.values import moment, money, told_money

_SETTLED = frozenset({"SUCCEEDED", "FAILED"})
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class _Sold:
    """The order's lines as they were read, by their refs, and what buyers paid for them."""

    lines: Mapping[str, OrderLine]
    units: Mapping[str, Decimal]  # of line items, as Wix counts them
    shelved: Counter[str]  # how many of them are on the shelf again, and are no refund's yet
    included: bool
    places: int

    def worth(self, said: RefundLine) -> Decimal:
        line = self.lines.get(said.ref)
        if said.amount is not None or line is None:
            return said.amount or ZERO
        paid = line.charged + (ZERO if self.included else line.tax)
        return round_half_up(paid * said.quantity / line.quantity, self.places) if line.quantity else ZERO


def refunds_of(
    order: Json, transactions: Json, lines: Sequence[OrderLine], *, included: bool, places: int
) -> tuple[Refund, ...]:
    """The refunds as they were made: one for each payment that money went back to, known by its id. How a payment is
    called may change, and two of them may come to be called the same.

    What a refund names is shared by its payments, the one with the most money first: a line goes to the first that
    still has room for it. One that lies across two of them leaves its units with the first; the second has money alone.
    What went back to gift cards is with the first payment, or by itself.
    """
    payments = {text(payment, "id"): payment for payment in rows(transactions, "payments")}
    items = {f"item:{text(item, 'id')}": item for item in rows(order, "lineItems")}
    sold = _Sold(
        lines={line.ref: line for line in lines},
        units={ref: Decimal(_count(item, "quantity") or 1) for ref, item in items.items()},
        shelved=Counter({ref: _count(item, "restockQuantity") for ref, item in items.items()}),
        included=included,
        places=places,
    )
    found = sorted(rows(transactions, "refunds"), key=lambda refund: moment(refund, "createdDate"))
    return tuple(one for refund in found for one in _parts(refund, payments, sold))


def _parts(refund: Json, payments: Mapping[str, Json], sold: _Sold) -> Iterator[Refund]:
    sent = rows(refund, "transactions")
    if not all(text(row, "refundStatus") in _SETTLED for row in sent):
        return
    done = [(text(row, "paymentId"), money(row, "amount")) for row in sent if _succeeded(row)]
    gift_card = total_of(amount for payment, amount in done if is_gift_card(payments.get(payment, {})))
    paid_back = _by_payment(done, payments) or ([("", ZERO)] if gift_card else [])
    if not paid_back:
        return
    named = list(_named(refund, sold))
    goods = [one for one in named if one.ref in sold.units]
    room = [amount + (ZERO if place else gift_card) for place, (_payment, amount) in enumerate(paid_back)]
    for place, ((payment, amount), lines) in enumerate(zip(paid_back, _shared(named, room, sold), strict=True)):
        ref = text(refund, "id")
        yield Refund(
            ref=ref if not place else f"{ref}:{_short(payment)}",
            amount=amount,
            refunded_at=moment(refund, "createdDate"),
            restocked=bool(goods) and all(one.restocked == one.quantity for one in goods),
            reason=text(child(refund, "details"), "reason"),
            method=method_of(payments.get(payment, {})),
            lines=lines,
            gift_card=ZERO if place else gift_card,
        )


def _short(payment: str) -> str:
    """What tells a payment from the order's others; ids of three things would be too long for one."""
    return sha256(payment.encode()).hexdigest()[:12]


def _succeeded(row: Json) -> bool:
    return text(row, "refundStatus") == "SUCCEEDED"


def _by_payment(done: Sequence[tuple[str, Decimal]], payments: Mapping[str, Json]) -> list[tuple[str, Decimal]]:
    """What went back to each payment, the greatest first. What a gift card or a membership got back is no money."""
    amounts: dict[str, list[Decimal]] = {}
    for payment, amount in done:
        if is_money(payments.get(payment, {})):
            amounts.setdefault(payment, []).append(amount)
    totals = [(payment, total_of(parts)) for payment, parts in amounts.items()]
    return sorted(totals, key=lambda one: (-one[1], one[0]))


# -- what it names -----------------------------------------------------------------------------------------------------


def _named(refund: Json, sold: _Sold) -> Iterator[RefundLine]:
    details = child(refund, "details")
    told = rows(child(child(refund, "summary"), "breakdown"), "lineItems")
    amounts = {text(row, "lineItemId"): told_money(row, "totalRefundedAmount") for row in told}
    for row in rows(details, "lineItems") or rows(details, "items"):
        item = text(row, "lineItemId")
        yield _goods(f"item:{item}", _count(row, "quantity"), amounts.get(item), sold)
    if details.get("shippingIncluded") is True or child(details, "shipping"):
        yield RefundLine(SHIPPING, _ONE, amount=told_money(child(details, "shipping"), "amount"))
    for row in rows(details, "additionalFees"):
        yield RefundLine(f"fee:{text(row, 'additionalFeeId')}", _ONE, amount=told_money(row, "amount"))


def _goods(ref: str, units: int, amount: Decimal | None, sold: _Sold) -> RefundLine:
    """Units of a line item. Those that are on the shelf again belong to the earliest refunds of it."""
    back = min(units, sold.shelved[ref])
    sold.shelved[ref] -= back
    line = sold.lines.get(ref)
    each = line.quantity / sold.units[ref] if line is not None else _ONE  # one unit may be 2.5 kg
    return RefundLine(ref, units * each, back * each, amount)


def _count(row: Json, key: str) -> int:
    return max(int(number(row, key) or 0), 0)


def _shared(named: Sequence[RefundLine], room: Sequence[Decimal], sold: _Sold) -> list[tuple[RefundLine, ...]]:
    """What each of several parts of a refund takes back. Lines that come to more than all of it are cut down."""
    if len(room) == 1:
        return [tuple(named)]
    worths, left = [sold.worth(line) for line in named], list(room)
    if total_of(worths) > total_of(room):
        worths = allocate(total_of(room), worths, sold.places)
    found: list[list[RefundLine]] = [[] for _ in room]
    for line, worth in zip(named, worths, strict=True):
        said, rest = line, worth
        for place, free in enumerate(left):
            part = min(rest, free)
            if part or (said is line and not rest):
                found[place].append(replace(said, amount=part))
                left[place], rest = free - part, rest - part
                said = replace(said, quantity=ZERO, restocked=ZERO)
    return [tuple(lines) for lines in found]
