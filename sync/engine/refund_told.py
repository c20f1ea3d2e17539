"""Refunds that the store tells in another way by now (R5): by another status, or by rows where a status was alone.

What a person entered for a refund whose amount the store did not tell is in the books; once the store tells amounts in
its place, they are what went back, and what is in the books counts towards them. So it does where the store tells
amounts beside the status later: only what it told when the person spoke is something else.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from integrations.commerce import Order, Refund
from integrations.money import ZERO, total_of
from sync.engine.refund_records import refund_of
from sync.engine.refund_work import ROLES, PlannedRefund, RefundWork
from sync.models import Posting, PostingState, Record
from sync.translate.held import amount_text
from sync.translate.outcome import Hold, Skip
from sync.translate.reasons import Reason


def told_otherwise_of(planned: PlannedRefund, order: Order) -> RefundWork | Hold | Skip | None:
    """What becomes of a refund that the store does not tell of any more; None where it does."""
    record = planned.record
    if not _is_superseded(record, order):
        return None
    if not planned.amount:
        return Skip(Reason.REFUND_SUPERSEDED)
    said = {"amount": amount_text(planned.amount, record.currency), "currency": record.currency, "wish": "withdrawn"}
    if not order.refunds:
        return Hold(Reason.REFUND_WITHDRAWN, said)
    told = [one.amount for one in order.refunds]
    known = total_of(one.amount or ZERO for one in order.refunds if one.ref not in _told_then(record))
    if "entered" in record.payload and None not in told and known < planned.amount:
        return Hold(Reason.REFUND_TOLD_LESS, said | {"told": amount_text(known, record.currency)})
    return RefundWork()


def said_before(record: Record, order: Order, refunds: Iterable[Record], history: Sequence[Posting]) -> Decimal:
    """What is in the books of this refund by the word of a person, on a record that it has taken the place of."""
    said = [(one, _in_books(one, history)) for one in refunds if is_said_otherwise(one, order)]
    return shares_of_said(order, said).get(refund_of(record).ref, ZERO)


def is_said_otherwise(record: Record, order: Order) -> bool:
    """Whether a person entered how much went back, and the store tells of it in another way by now."""
    if "entered" not in record.payload:
        return False
    return _is_superseded(record, order) or any(_may_be_said(refund, record) for refund in order.refunds)


def shares_of_said(order: Order, said: Iterable[tuple[Record, Decimal]]) -> dict[str, Decimal]:
    """How much each refund that the store tells of has of what people said, and is in the books: the first ones
    first."""
    shares = dict.fromkeys((refund.ref for refund in order.refunds), ZERO)
    for record, amount in said:
        left = amount
        for refund in order.refunds:
            if _may_be_said(refund, record):
                share = min((refund.amount or ZERO) - shares[refund.ref], left)
                shares[refund.ref] += share
                left -= share
    return shares


def _may_be_said(refund: Refund, record: Record) -> bool:
    """Whether this may be what a person had entered on the record, before the store told of it."""
    return refund.amount is not None and refund.ref not in _told_then(record)


def _told_then(record: Record) -> list[str]:
    """The refs of the order's refunds that were there when a person entered how much went back by this one."""
    told: list[str] = record.payload.get("entered", {}).get("beside", [])
    return told


def _is_superseded(record: Record, order: Order) -> bool:
    ref = refund_of(record).ref
    return all(one.ref != ref for one in order.refunds)


def _in_books(record: Record, history: Sequence[Posting]) -> Decimal:
    own = [one for one in history if one.record_id == record.pk and one.role in ROLES.values()]
    by_documents = total_of(one.total or ZERO for one in own if one.state == PostingState.POSTED)
    return by_documents + total_of(one.given_back.get(refund_of(record).ref, ZERO) for one in history)
