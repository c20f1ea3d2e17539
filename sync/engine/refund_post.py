"""Post refunds: a page of decisions goes into the books in waves (payments that become less, items, refund receipts and
credit memos, and what the credit memos settle), thirty to a call.

As with sales, the books are asked first for documents with the number or our marker: ours are taken up, somebody
else's with the same total are adopted, others hold the refund.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from integrations.books import Company, CreditApplication, ItemDraft, Known, RefundDocument, RefundType
from integrations.http import Clock
from integrations.money import ZERO
from integrations.quickbooks import query, writer
from integrations.quickbooks.faults import Cause, Fault
from sync.engine.conclusion import Refusals
from sync.engine.deliver import SEARCH_LAG, Delivery
from sync.engine.deliver import posted as note_posted
from sync.engine.entries import Entries, item_entry
from sync.engine.payments import lowered
from sync.engine.refund_records import refund_of
from sync.engine.refund_work import ROLES, PlannedRefund, RefundWork
from sync.engine.search import Existing, balance_of, existing_sales, numbered
from sync.engine.work import total_differs
from sync.models import Action, LogEntry, Posting, PostingState, RecordState, Role
from sync.translate.held import amount_text
from sync.translate.notes import marked
from sync.translate.numbers import marker
from sync.translate.outcome import Hold, Note
from sync.translate.reasons import Reason

Json = Mapping[str, Any]

# The log entries that tell of what was written for a refund.
_TELLING = (Action.CREATED, Action.ADOPTED, Action.UPDATED)


@dataclass(slots=True)
class RefundConclusion:
    """How a refund ended: what was done with it, and the reason to tell when that is not plain success."""

    planned: PlannedRefund
    action: Action = Action.UNCHANGED
    problem: Hold | None = None
    notes: list[Note] = field(default_factory=list)
    made: list[Posting] = field(default_factory=list)  # its documents, those of earlier runs first
    sent: list[Posting] = field(default_factory=list)  # what this run wrote


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

    @property
    def _clock(self) -> Clock:
        return self._delivery.clock

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
        self._apply_credits([one for one in conclusions if one.problem is None])
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
            conclusion.problem = _number_taken(document, found)
            return True
        posting = self._posting(one)
        posting.books_type, posting.adopted = found.posted.type, not found.ours
        posting.role = ROLES[RefundType(found.posted.type)]
        if found.ours:
            posting.payload = dict(found.posted.raw)
        note_posted(posting, dict(found.posted.raw), now=self._clock.now())
        posting.save()
        conclusion.made.append(posting)
        conclusion.action = Action.CREATED if found.ours else Action.ADOPTED
        if posting.adopted:
            conclusion.notes.append(_adopted(posting))
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

    # -- what credit memos settle --------------------------------------------------------------------------------------

    def _apply_credits(self, ready: list[RefundConclusion]) -> None:
        open_ = [(one, credit) for one in ready for credit in _unapplied(one)]
        if not open_:
            return
        left = self._left_to_apply(open_)
        sent = []
        for conclusion, credit in open_:
            amount = left.get(credit.pk, credit.total or ZERO)
            if amount > 0:
                sent.append((conclusion, self._application(conclusion, credit, amount)))
            if amount < (credit.total or ZERO):
                conclusion.notes.append(_applied_by_books(credit, (credit.total or ZERO) - amount))
        faults = self._delivery.send([posting for _, posting in sent])
        for conclusion, posting in sent:
            fault = faults.get(posting.pk)
            if fault is not None:
                conclusion.problem = self.refusals.hold(fault)
                continue
            conclusion.sent.append(posting)
            if conclusion.action == Action.UNCHANGED:
                conclusion.action = Action.UPDATED

    def _left_to_apply(self, open_: list[tuple[RefundConclusion, Posting]]) -> dict[int, Decimal]:
        """What is left of each credit memo and open of its invoice. QuickBooks may have applied it by itself, be it to
        another invoice, or somebody may have since; a memo of this run is only asked for where QuickBooks does so."""
        asked = [
            (conclusion, credit)
            for conclusion, credit in open_
            if self._company.applies_credits or credit not in conclusion.sent
        ]
        if not asked:
            return {}
        if any(credit in conclusion.sent for conclusion, credit in asked):
            self._clock.sleep(SEARCH_LAG.total_seconds())
        memos = self._balances("CreditMemo", [credit.books_ref for _, credit in asked])
        invoices = self._balances("Invoice", [_invoice(conclusion) for conclusion, _ in asked])
        return {
            credit.pk: min(memos[credit.books_ref], invoices[_invoice(conclusion)])
            for conclusion, credit in asked
            if credit.books_ref in memos and _invoice(conclusion) in invoices
        }

    def _balances(self, entity: str, ids: Sequence[str]) -> dict[str, Decimal]:
        rows = self._delivery.client.query(entity, query.one_of("Id", sorted(set(ids))))
        return {str(row["Id"]): balance_of(row) for row in rows}

    def _application(self, conclusion: RefundConclusion, credit: Posting, amount: Decimal) -> Posting:
        planned, case = conclusion.planned, conclusion.planned.case
        if case is None:
            raise ValueError("a credit memo belongs to a sale")
        options, order = case.options, case.order
        mark = marker(options.source, order.ref, f"{case.refund.ref}/applied", credit.ordinal)
        about = f"{options.store_label} {order.number or order.ref}, credit {credit.doc_number or credit.books_ref}"
        application = CreditApplication(
            customer_id=credit.customer_ref,
            invoice_id=case.sold.id,
            credit_id=credit.books_ref,
            txn_date=credit.txn_date or case.date,
            currency=order.currency,
            amount=amount,
            marker=mark,
            private_note=marked(f"{about} applied to {case.sold.number or case.sold.id}", mark),
            ordinal=credit.ordinal,
        )
        posting = planned.postings.get((Role.APPLICATION, credit.ordinal)) or Posting(
            books_id=self._delivery.books.pk, record=planned.record, role=Role.APPLICATION, ordinal=credit.ordinal
        )
        posting.books_type, posting.marker = "Payment", mark
        posting.txn_date, posting.proven_total = application.txn_date, ZERO
        posting.currency, posting.customer_ref = application.currency, application.customer_id
        posting.payload = writer.application_payload(application, self._company)
        return posting


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


def _unapplied(conclusion: RefundConclusion) -> Iterator[Posting]:
    """The credit memos that settle nothing yet."""
    applied = {
        ordinal
        for (role, ordinal), one in conclusion.planned.postings.items()
        if role == Role.APPLICATION and one.state == PostingState.POSTED
    }
    is_known = conclusion.planned.case is not None
    return (one for one in conclusion.made if is_known and one.role == Role.CREDIT and one.ordinal not in applied)


def _invoice(conclusion: RefundConclusion) -> str:
    return conclusion.planned.case.sold.id if conclusion.planned.case is not None else ""


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
        if adopted is not None:
            conclusion.notes.append(_adopted(adopted))


def _adopted(posting: Posting) -> Note:
    about = {"number": posting.doc_number, "books_type": posting.books_type, "books_id": posting.books_ref}
    return Note(Reason.ADOPTED, about)


def _applied_by_books(credit: Posting, amount: Decimal) -> Note:
    about = {"amount": amount_text(amount, credit.currency), "currency": credit.currency, "number": credit.doc_number}
    return Note(Reason.CREDIT_APPLIED_BY_BOOKS, about)


def _number_taken(document: RefundDocument, found: Existing) -> Hold:
    return Hold(
        Reason.NUMBER_TAKEN,
        {
            "number": found.posted.number,
            "books_type": found.posted.type,
            "books_id": found.posted.id,
            "books_total": amount_text(found.posted.total, document.currency),
            "store_total": amount_text(document.total, document.currency),
        },
    )
