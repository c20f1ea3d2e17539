"""Post refunds: a page of decisions goes into the books in waves (payments that become less, items, refund receipts and
credit memos, and what the credit memos settle), thirty to a call.

As with sales, the books are asked first for documents with the number or our marker: ours are taken up, somebody
else's with the same total are adopted, others hold the refund.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.books import Company, ItemDraft, Known, RefundDocument, RefundType
from integrations.quickbooks import writer
from integrations.quickbooks.faults import Cause, Fault
from sync.engine.conclusion import Refusals
from sync.engine.deliver import Delivery
from sync.engine.deliver import posted as note_posted
from sync.engine.entries import Entries, item_entry
from sync.engine.payments import lowered
from sync.engine.refund_credits import CreditApplier
from sync.engine.refund_records import refund_of
from sync.engine.refund_work import ROLES, PlannedRefund, RefundConclusion, RefundWork
from sync.engine.search import Existing, existing_sales, number_taken, numbered
from sync.engine.work import adoption, total_differs
from sync.models import Action, LogEntry, Posting, PostingState, RecordState
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason

Json = Mapping[str, Any]

# The log entries that tell of what was written for a refund.
_TELLING = (Action.CREATED, Action.ADOPTED, Action.UPDATED)


@dataclass(slots=True)
class _Document:
    """One document on its way, and whose it is."""

    conclusion: RefundConclusion
    document: RefundDocument

    @property
    def marker(self) -> str:
        return self.document.marker


class RefundPoster:
    """Posts pages for one run."""

    def __init__(self, company: Company, delivery: Delivery) -> None:
        self._company, self._delivery = company, delivery
        self.refusals = Refusals(company.name)
        self._credits = CreditApplier(company, delivery, self.refusals)

    def post(self, planned: Sequence[PlannedRefund]) -> list[RefundConclusion]:
        """Bring every refund with work to its end. Raises what ends a run; what was posted by then is recorded."""
        conclusions = [RefundConclusion(one, made=one.documents) for one in planned if _has_work(one)]
        _say_untold(conclusions)
        self._lower_payments(conclusions)
        ready = [one for one in conclusions if one.problem is None]
        new = [_Document(one, document) for one in ready for document in _work(one).documents]
        unsent = self._not_there_yet(new)
        items, problems = self._items(unsent)
        self._send([one for one in unsent if not self._lacks_item(one, problems)], items)
        self._credits.apply([one for one in conclusions if one.problem is None])
        return conclusions

    # -- payments ------------------------------------------------------------------------------------------------------

    def _lower_payments(self, conclusions: Sequence[RefundConclusion]) -> None:
        """What was paid too much went back: our payments bring in less."""
        sent = [(one, lowering) for one in conclusions for lowering in _work(one).lowerings]
        for one, lowering in sent:
            if lowering.row is None:
                raise ValueError("a payment is read before it is changed")
            ref = refund_of(one.planned.record).ref
            lowering.payment.change = lowered(lowering.payment, lowering.row, lowering.amount, ref)
        faults = self._delivery.send([lowering.payment for _, lowering in sent])
        for one, lowering in sent:
            fault, payment = faults.get(lowering.payment.pk), lowering.payment
            if fault is not None:
                one.problem = self.refusals.hold(fault)
            elif payment.state == PostingState.POSTED and payment.total != payment.proven_total:
                one.problem = total_differs(payment)
            else:
                one.sent.append(payment)
                one.action = Action.UPDATED

    # -- what is there already -----------------------------------------------------------------------------------------

    def _not_there_yet(self, new: list[_Document]) -> list[_Document]:
        if not new:
            return []
        found = existing_sales(self._delivery.client, [one.document for one in new], RefundType)
        return [one for one in new if not (one.marker in found and self._take_up(one, found[one.marker]))]

    def _take_up(self, one: _Document, found: Existing) -> bool:
        """A document with the refund's number or marker is there: ours, somebody's with the same total, or a clash."""
        document, conclusion = one.document, one.conclusion
        if not (found.ours or found.is_the_same(document)):
            conclusion.problem = number_taken(document, found)
            return True
        posting = self._posting(one)
        posting.books_type, posting.adopted = found.posted.type, not found.ours
        posting.role = ROLES[RefundType(found.posted.type)]
        if found.ours:
            posting.payload = dict(found.posted.raw)
        note_posted(posting, dict(found.posted.raw), now=self._delivery.clock.now())
        posting.save()
        conclusion.made.append(posting)
        conclusion.action = Action.CREATED if found.ours else Action.ADOPTED
        if posting.adopted:
            conclusion.notes.append(adoption(posting))
        return True

    # -- items ---------------------------------------------------------------------------------------------------------

    def _items(self, unsent: list[_Document]) -> tuple[dict[str, Known], dict[str, Fault]]:
        """Make sure that every item exists; returns those that were made, and why others could not be."""
        made: dict[str, Known] = {}
        problems: dict[str, Fault] = {}
        drafts = {draft.key: draft for one in unsent for draft in _drafts(one.document)}
        if drafts:
            Entries(self._delivery).create([item_entry(draft, made, problems) for draft in drafts.values()])
        return made, problems

    def _lacks_item(self, one: _Document, problems: Mapping[str, Fault]) -> bool:
        fault = next((problems[draft.key] for draft in _drafts(one.document) if draft.key in problems), None)
        if fault is not None:
            one.conclusion.problem = self.refusals.hold(fault)
        return fault is not None

    # -- receipts and memos --------------------------------------------------------------------------------------------

    def _send(self, ready: list[_Document], items: Mapping[str, Known]) -> None:
        postings = [self._to_send(one, items) for one in ready]
        faults = self._delivery.send(postings)
        duplicates = []
        for one, posting in zip(ready, postings, strict=True):
            fault = faults.get(posting.pk)
            if fault is None:
                _posted(one, posting)
            elif fault.cause is Cause.DUPLICATE_NUMBER and one.document.number:
                duplicates.append(one)
            else:
                one.conclusion.problem = self.refusals.hold(fault)
        self._resolve_duplicates(duplicates)

    def _to_send(self, one: _Document, items: Mapping[str, Known]) -> Posting:
        posting = self._posting(one)
        posting.payload = writer.refund_payload(
            one.document,
            self._company,
            item_id=lambda item: item.id if isinstance(item, Known) else items[item.key].id,
        )
        return posting

    def _posting(self, one: _Document) -> Posting:
        """The posting of a document, new or from an earlier attempt, with all but its payload."""
        document, planned = one.document, one.conclusion.planned
        role = ROLES[document.type]
        posting = planned.postings.get((role, document.ordinal)) or Posting(
            books_id=self._delivery.books.pk, record=planned.record, role=role, ordinal=document.ordinal, payload={}
        )
        posting.books_type, posting.marker = document.type.value, document.marker
        posting.txn_date, posting.proven_total = document.txn_date, document.total
        posting.currency, posting.customer_ref = document.currency, document.customer_id
        return posting

    def _resolve_duplicates(self, duplicates: list[_Document]) -> None:
        """The number is taken by a document of another date: ask for it by number, decide as for any existing one."""
        if not duplicates:
            return
        found = numbered(self._delivery.client, [one.document for one in duplicates])
        for one in duplicates:
            if one.marker in found:
                self._take_up(one, found[one.marker])
            else:
                detail = {"code": "6140", "detail": one.document.number or ""}
                one.conclusion.problem = Hold(Reason.BOOKS_REFUSED, detail)


def _has_work(planned: PlannedRefund) -> bool:
    return isinstance(planned.decision, RefundWork)


def _work(conclusion: RefundConclusion) -> RefundWork:
    decision = conclusion.planned.decision
    if not isinstance(decision, RefundWork):
        raise TypeError("nothing is to be written for this refund")
    return decision


def _posted(one: _Document, posting: Posting) -> None:
    """Verify: the books must show the total that was proven; a difference is an alarm, never silence."""
    conclusion = one.conclusion
    conclusion.made.append(posting)
    conclusion.sent.append(posting)
    conclusion.action = Action.CREATED
    if posting.total != one.document.total:
        conclusion.problem = total_differs(posting)


def _drafts(document: RefundDocument) -> list[ItemDraft]:
    return [line.item for line in document.lines if isinstance(line.item, ItemDraft)]


def _say_untold(conclusions: Sequence[RefundConclusion]) -> None:
    """A refund that no log entry tells of was posted by a run that died: this run reports it as its own."""
    maybe = [one for one in conclusions if one.planned.record.state in (RecordState.NEW, RecordState.FAILED)]
    unsure = {one.planned.record.pk: one for one in maybe if one.made or one.planned.in_payments}
    if not unsure:
        return
    told = LogEntry.objects.filter(record__in=list(unsure), action__in=_TELLING)
    for pk in unsure.keys() - set(told.values_list("record_id", flat=True)):
        conclusion = unsure[pk]
        adopted = next((one for one in conclusion.made if one.adopted), None)
        conclusion.action = Action.CREATED if conclusion.made else Action.UPDATED
        if adopted is not None:
            conclusion.action = Action.ADOPTED
            conclusion.notes.append(adoption(adopted))
