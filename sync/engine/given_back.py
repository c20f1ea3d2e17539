"""What refunds gave back of sales that become less.

A receipt says that its total came in. An order that is edited down afterwards moves no money: its receipt follows only
as far as the store says that money was given back, and that is not in the books by documents of its own. Which refund
gave back how much is kept with the receipt (`Posting.given_back`): these parts need no document any more. Should the
receipt become more again, they do: what came in is the receipt and these parts together, until the receipt is more.

An invoice follows, and what was paid too much is the customer's credit, unless documents of refunds took back a part of
it already: a merchant who gives back the price of a hat first, and takes the hat out of the order then, takes it back
once. What refunds that come with the edit do not explain is a person's matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from integrations.books import SaleType
from integrations.commerce import Order, Refund
from integrations.money import ZERO, total_of
from sync.engine.period import named
from sync.engine.refund_records import amount_of, refund_of
from sync.engine.refund_told import is_said_otherwise, shares_of_said
from sync.engine.work import Change, Kind, Planned, Work
from sync.models import Posting, PostingState, Record, RecordKind, RecordState, Role
from sync.translate.held import amount_text
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason

_DOCUMENTS = (Role.REFUND, Role.CREDIT)


@dataclass(slots=True)
class _Changing:
    """A sale that is to become `by` less, or, if that is negative, more."""

    planned: Planned
    work: Work
    change: Change
    sale: Posting
    order: Order

    @property
    def by(self) -> Decimal:
        return total_posted(self.sale) - (self.change.sale.total if self.change.sale is not None else ZERO)

    @property
    def is_receipt(self) -> bool:
        return self.sale.books_type == SaleType.SALES_RECEIPT

    def lowered_by(self, refund: str) -> Decimal:
        """What the receipt, or payments of the invoice, became less by a refund."""
        paid = [one for (role, _), one in self.planned.postings.items() if role == Role.PAYMENT]
        return total_of(one.given_back.get(refund, ZERO) for one in (self.sale, *paid))


@dataclass(frozen=True, slots=True)
class _Filed:
    """A refund of which we have a record: `amount` is what the store or a person said, `posted` what its documents
    took back, `left_out` that a person sees to it."""

    amount: Decimal | None
    posted: Decimal = ZERO
    left_out: bool = False
    record: Record | None = None


def account_for_refunds(planned: Iterable[Planned]) -> None:
    """Say with the changes of sales what refunds gave back of them, and what is not accounted for. Two statements, if
    any becomes less."""
    changing = [found for found in map(_changing, planned) if found is not None]
    orders = [one.planned.record.pk for one in changing if one.by > 0 and one.planned.record.pk]
    filed = _filed(orders) if orders else {}
    for one in changing:
        refunds = filed.get(one.planned.record.pk, {})
        change = _receipts_change(one, refunds) if one.is_receipt else _invoices_change(one, refunds)
        one.planned.decision = replace(one.work, change=change)


def _receipts_change(one: _Changing, refunds: Mapping[str, "_Filed"]) -> Change:
    before, missing = one.sale.given_back, ZERO
    if one.by > 0:
        given, missing = _shared_out(one.by, _unbooked(one, refunds))
        parts = {ref: before.get(ref, ZERO) + amount for ref, amount in given.items()}
    else:  # the last ones first
        taken, _beyond = _shared_out(-one.by, dict(reversed(before.items())))
        parts = {ref: before[ref] - amount for ref, amount in taken.items()}
    return replace(one.change, given_back={**before, **parts}, missing=missing)


def _invoices_change(one: _Changing, refunds: Mapping[str, "_Filed"]) -> Change:
    """What refunds to come do not explain of the edit may be what documents of earlier ones took back."""
    by_documents = total_of(refund.posted for refund in refunds.values())
    if one.by <= 0 or not by_documents:
        return one.change
    _given, unexplained = _shared_out(one.by, _unbooked(one, refunds))
    return replace(one.change, missing=min(unexplained, by_documents))


def taken_back(orders: Sequence[int]) -> dict[int, Decimal]:
    """What documents of refunds took back of these orders' sales. One statement, if there are any."""
    documents = Posting.objects.filter(record__order__in=orders, role__in=_DOCUMENTS, state=PostingState.POSTED)
    found: dict[int, Decimal] = {}
    for pk, total in documents.values_list("record__order", "total") if orders else ():
        found[pk or 0] = found.get(pk or 0, ZERO) + (total or ZERO)
    return found


def unaccounted(posted: Posting, change: Change) -> Hold:
    """Why a sale does not follow its order: a receipt would say less than what came in and was not given back, and of
    an invoice refunds may have taken the same back already."""
    back = total_of(change.given_back.values()) - total_of(posted.given_back.values())
    after = change.sale.total if change.sale is not None else ZERO
    amounts = {"before": total_posted(posted), "after": after, "back": back, "amount": change.missing}
    figures = {name: amount_text(amount, posted.currency) for name, amount in amounts.items()}
    said = {"doc_number": named(posted)["doc_number"], "currency": posted.currency, "wish": change.content}
    if posted.books_type == SaleType.SALES_RECEIPT:
        return Hold(Reason.RECEIVED_MORE_THAN_NEW_TOTAL, figures | said)
    return Hold(Reason.REFUNDED_BEFORE_EDIT, figures | said)


def total_posted(posted: Posting) -> Decimal:
    """What a sale says; of a receipt that is what came in and was not given back by lowering it."""
    return (posted.total if posted.proven_total is None else posted.proven_total) or ZERO


def _changing(planned: Planned) -> _Changing | None:
    posted, work = planned.sale, planned.decision
    if posted is None or planned.order is None:
        return None
    if not isinstance(work, Work) or work.change is None or work.change.kind is not Kind.EDIT:
        return None
    return _Changing(planned, work, work.change, posted, planned.order)


def _filed(orders: Sequence[int]) -> dict[int, dict[str, _Filed]]:
    """What is known of the refunds of these orders, by order and by the refund's ref."""
    records = list(Record.objects.filter(order__in=orders, kind=RecordKind.REFUND))
    documents = Posting.objects.filter(record__in=records, role__in=_DOCUMENTS)
    posted: dict[int, Decimal] = {}
    for pk, total in documents.filter(state=PostingState.POSTED).values_list("record_id", "total"):
        posted[pk or 0] = posted.get(pk or 0, ZERO) + (total or ZERO)
    found: dict[int, dict[str, _Filed]] = {}
    for record in records:
        one = _Filed(amount_of(record), posted.get(record.pk, ZERO), record.state == RecordState.IGNORED, record)
        found.setdefault(record.order_id or 0, {})[refund_of(record).ref] = one
    return found


def _unbooked(one: _Changing, filed: Mapping[str, _Filed]) -> dict[str, Decimal]:
    """What each refund that the store tells of gave back and that is in the books in no way yet, as they were made;
    together no more than the sale still stands for."""
    left = total_posted(one.sale) - total_of(refund.posted for refund in filed.values())
    said = shares_of_said(one.order, _said_otherwise(one, filed))
    found: dict[str, Decimal] = {}
    for refund in one.order.refunds:
        known = filed.get(refund.ref, _Filed(refund.amount))
        booked = known.posted + one.lowered_by(refund.ref) + said[refund.ref]
        part = min(_amount(refund, known, everything=left + booked) - booked, left)
        if part > 0:
            found[refund.ref] = part
            left -= part
    return found


def _said_otherwise(one: _Changing, filed: Mapping[str, _Filed]) -> list[tuple[Record, Decimal]]:
    """What is in the books by the word of a person, of refunds that the store tells in another way by now."""
    return [
        (known.record, known.posted + one.lowered_by(ref))
        for ref, known in filed.items()
        if known.record is not None and is_said_otherwise(known.record, one.order)
    ]


def _amount(refund: Refund, known: _Filed, *, everything: Decimal) -> Decimal:
    """What a refund gave back, as far as it is known, and is not left to a person."""
    if known.left_out:
        return ZERO
    told = known.amount if refund.amount is None else refund.amount
    if told is None:
        return everything if refund.everything else ZERO
    return told


def _shared_out(amount: Decimal, unbooked: Mapping[str, Decimal]) -> tuple[dict[str, Decimal], Decimal]:
    """The amount as parts of what these refunds gave back, the first ones first; and what is missing of it."""
    shares: dict[str, Decimal] = {}
    for ref, most in unbooked.items():
        shares[ref] = min(most, amount)
        amount -= shares[ref]
    return {ref: share for ref, share in shares.items() if share}, amount
