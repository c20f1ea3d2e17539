"""What refunds gave back of sales receipts that become less.

A receipt says that its total came in. An order that is edited down afterwards moves no money: its receipt follows only
as far as the store says that money was given back, and that is not in the books by documents of its own. Which refund
gave back how much is kept with the receipt (`Posting.given_back`): these parts need no document any more. Should the
receipt become more again, they do: what came in is the receipt and these parts together, until the receipt is more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from integrations.books import SaleType
from integrations.commerce import Order, Refund
from integrations.money import ZERO, total_of
from sync.engine.period import named
from sync.engine.refund_records import amount_of, refund_of
from sync.engine.work import Change, Kind, Planned, Work
from sync.models import Posting, PostingState, Record, RecordKind, RecordState, Role
from sync.translate.held import amount_text
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason


@dataclass(slots=True)
class _Changing:
    """A receipt that is to become `by` less, or, if that is negative, more."""

    planned: Planned
    work: Work
    change: Change
    receipt: Posting
    order: Order

    @property
    def by(self) -> Decimal:
        return total_of_receipt(self.receipt) - (self.change.sale.total if self.change.sale is not None else ZERO)


@dataclass(frozen=True, slots=True)
class _Filed:
    """A refund of which we have a record: `amount` is what the store or a person said, `posted` what its documents
    took back, `left_out` that a person sees to it."""

    amount: Decimal | None
    posted: Decimal = ZERO
    left_out: bool = False


def account_for_receipts(planned: Iterable[Planned]) -> None:
    """Say with the changes of receipts what refunds gave back of them, and what nobody did. Two statements, if any
    becomes less."""
    changing = [found for found in map(_changing, planned) if found is not None]
    orders = [one.planned.record.pk for one in changing if one.by > 0 and one.planned.record.pk]
    filed = _filed(orders) if orders else {}
    for one in changing:
        before, missing = one.receipt.given_back, ZERO
        if one.by > 0:
            given, missing = _shared_out(one.by, _unbooked(one, filed.get(one.planned.record.pk, {})))
            parts = {ref: before.get(ref, ZERO) + amount for ref, amount in given.items()}
        else:  # the last ones first
            taken, _beyond = _shared_out(-one.by, dict(reversed(before.items())))
            parts = {ref: before[ref] - amount for ref, amount in taken.items()}
        change = replace(one.change, given_back={**before, **parts}, missing=missing)
        one.planned.decision = replace(one.work, change=change)


def received_more(posted: Posting, change: Change) -> Hold:
    """Why a receipt does not follow its order: it would say less than what came in and was not given back."""
    back = total_of(change.given_back.values()) - total_of(posted.given_back.values())
    after = change.sale.total if change.sale is not None else ZERO
    amounts = {"before": total_of_receipt(posted), "after": after, "back": back, "amount": change.missing}
    figures = {name: amount_text(amount, posted.currency) for name, amount in amounts.items()}
    said = {"doc_number": named(posted)["doc_number"], "currency": posted.currency, "wish": change.content}
    return Hold(Reason.RECEIVED_MORE_THAN_NEW_TOTAL, figures | said)


def total_of_receipt(posted: Posting) -> Decimal:
    """What came in by a receipt and was not given back by lowering it."""
    return (posted.total if posted.proven_total is None else posted.proven_total) or ZERO


def _changing(planned: Planned) -> _Changing | None:
    posted, work = planned.sale, planned.decision
    if posted is None or posted.books_type != SaleType.SALES_RECEIPT or planned.order is None:
        return None
    if not isinstance(work, Work) or work.change is None or work.change.kind is not Kind.EDIT:
        return None
    return _Changing(planned, work, work.change, posted, planned.order)


def _filed(orders: Sequence[int]) -> dict[int, dict[str, _Filed]]:
    """What is known of the refunds of these orders, by order and by the refund's ref."""
    records = list(Record.objects.filter(order__in=orders, kind=RecordKind.REFUND))
    documents = Posting.objects.filter(record__in=records, role__in=(Role.REFUND, Role.CREDIT))
    posted: dict[int, Decimal] = {}
    for pk, total in documents.filter(state=PostingState.POSTED).values_list("record_id", "total"):
        posted[pk or 0] = posted.get(pk or 0, ZERO) + (total or ZERO)
    found: dict[int, dict[str, _Filed]] = {}
    for record in records:
        one = _Filed(amount_of(record), posted.get(record.pk, ZERO), record.state == RecordState.IGNORED)
        found.setdefault(record.order_id or 0, {})[refund_of(record).ref] = one
    return found


def _unbooked(one: _Changing, filed: Mapping[str, _Filed]) -> dict[str, Decimal]:
    """What each refund that the store tells of gave back and that is in the books in no way yet, as they were made;
    together no more than the receipt still stands for."""
    left = total_of_receipt(one.receipt) - total_of(refund.posted for refund in filed.values())
    found: dict[str, Decimal] = {}
    for refund in one.order.refunds:
        known = filed.get(refund.ref, _Filed(refund.amount))
        booked = known.posted + one.receipt.given_back.get(refund.ref, ZERO)
        part = min(_amount(refund, known, everything=left + booked) - booked, left)
        if part > 0:
            found[refund.ref] = part
            left -= part
    return found


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
