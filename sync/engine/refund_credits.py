"""What credit memos settle: each is applied to the invoice it takes back from, unless QuickBooks did so by itself."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from integrations.books import Company, CreditApplication
from integrations.money import ZERO
from integrations.quickbooks import query, writer
from sync.engine.conclusion import Refusals
from sync.engine.deliver import SEARCH_LAG, Delivery
from sync.engine.refund_work import RefundConclusion
from sync.engine.search import balance_of
from sync.models import Action, Posting, PostingState, Role
from sync.translate.held import amount_text
from sync.translate.notes import marked
from sync.translate.numbers import marker
from sync.translate.outcome import Note
from sync.translate.reasons import Reason


class CreditApplier:
    """Applies the credit memos of pages for one run; `refusals` are those of whoever posted them."""

    def __init__(self, company: Company, delivery: Delivery, refusals: Refusals) -> None:
        self._company, self._delivery, self._refusals = company, delivery, refusals

    def apply(self, ready: Sequence[RefundConclusion]) -> None:
        """Apply what is left of each credit memo. Raises what ends a run."""
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
                conclusion.problem = self._refusals.hold(fault)
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
            self._delivery.clock.sleep(SEARCH_LAG.total_seconds())
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


def _applied_by_books(credit: Posting, amount: Decimal) -> Note:
    about = {"amount": amount_text(amount, credit.currency), "currency": credit.currency, "number": credit.doc_number}
    return Note(Reason.CREDIT_APPLIED_BY_BOOKS, about)
