"""The refunds flow at work: due refunds become refund receipts and credit memos, a page at a time."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

from integrations import mirror
from integrations.errors import NotFound, RemoteError
from integrations.money import ZERO, total_of
from integrations.quickbooks.image import differing, image
from sync.engine.plan import PAGE
from sync.engine.record import Ending, problem_ending, said
from sync.engine.refund_plan import RefundPlanner
from sync.engine.refund_post import RefundPoster
from sync.engine.refund_records import refund_of
from sync.engine.refund_work import PlannedRefund, RefundConclusion, RefundWork, would
from sync.engine.rows import update_rows
from sync.engine.search import by_ids
from sync.engine.session import Session, stopped_by
from sync.flows import refunds as refunds_flow
from sync.models import Action, Posting, RecordState
from sync.translate.held import amount_text
from sync.translate.outcome import Hold, Note, Skip
from sync.translate.reasons import Reason


def synchronise(session: Session) -> None:
    """Bring every due refund to its end. Raises what ends a run."""
    integration, now = session.integration, session.clock.now()
    refunds_flow.tell_waiting(integration, now=now)
    if not refunds_flow.due(integration, now=now).exists() and not refunds_flow.is_waiting(integration):
        return
    planner = RefundPlanner(session.planner, now, lambda documents: _live(session, documents))
    poster = RefundPoster(session.planner.company, session.delivery)
    for page in refunds_flow.due_pages(integration, now=now, size=PAGE):
        if session.is_out_of_time:
            break
        started = time.perf_counter()
        session.watcher.expect(len(page))
        planned = planner.plan(page)
        _record(session, planned, poster.post(planned), started)
    if poster.refusals.lists_are_stale:
        mirror.forget(session.books)


def preview(session: Session) -> None:
    """Plan and prove what a run would do with the refunds that are filed, and write nothing but the log."""
    integration, now = session.integration, session.clock.now()
    try:
        planner = RefundPlanner(session.planner, now, lambda documents: _live(session, documents))
        for page in refunds_flow.due_pages(integration, now=now, size=PAGE):
            started = time.perf_counter()
            session.watcher.expect(len(page))
            _record(session, planner.plan(page), (), started)
    except RemoteError as error:
        raise stopped_by(error, "books") from error


def _live(session: Session, documents: Sequence[Posting]) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """These documents as QuickBooks has them: one call for each kind. Lists may lag behind what was changed a moment
    ago, a document by its id never does: what is not as we left it is read once more."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for kind in sorted({one.books_type for one in documents}):
        refs = [one.books_ref for one in documents if one.books_type == kind]
        found |= {(kind, ref): row for ref, row in by_ids(session.client, kind, refs).items()}
    for one in documents:
        key = (one.books_type, one.books_ref)
        if one.image and key in found and differing(one.image, image(found[key])):
            with suppress(NotFound):
                found[key] = session.client.read(*key)
    return found


def _record(
    session: Session, planned: Sequence[PlannedRefund], conclusions: Sequence[RefundConclusion], started: float
) -> None:
    if not session.run.dry_run:
        update_rows(_kept_in_mind(conclusions), ["given_back"])
    concluded = {id(one.planned): one for one in conclusions}
    endings = [_ending(one, concluded.get(id(one))) for one in planned]
    elapsed = int((time.perf_counter() - started) * 1000)
    if not session.run.dry_run:
        update_rows((one.planned.record for one in conclusions if _in_books(one.planned, one.made)), ["amount"])
    session.recorder.write(endings, now=session.clock.now(), elapsed_ms=elapsed)
    session.watcher.page_done()


def _kept_in_mind(conclusions: Sequence[RefundConclusion]) -> Iterator[Posting]:
    """The sales with what refunds gave back that was never in the books, so that nobody counts it twice."""
    for one in conclusions:
        sale, decision = one.planned.sale, one.planned.decision
        if sale is not None and one.problem is None and isinstance(decision, RefundWork) and decision.beyond:
            ref = refund_of(one.planned.record).ref
            sale.given_back = {**sale.given_back, ref: sale.given_back.get(ref, ZERO) + decision.beyond}
            yield sale


def _ending(planned: PlannedRefund, conclusion: RefundConclusion | None) -> Ending:
    record, decision = planned.record, planned.decision
    documents = conclusion.made if conclusion is not None else planned.documents
    in_books = _in_books(planned, documents)
    latest = documents[-1] if documents else _lowered(planned)
    problem = conclusion.problem if conclusion is not None else decision
    if in_books and (record.amount is None or conclusion is not None):
        record.amount = in_books
    if isinstance(problem, Hold):
        return problem_ending(record, planned.wanted, problem, latest)
    if isinstance(decision, Skip):
        params = dict(decision.params)
        return Ending(record, planned.wanted, RecordState.SKIPPED, Action.SKIPPED, decision.reason, params)
    if conclusion is None:
        return Ending(record, planned.wanted, record.state, would(decision), sale=latest)
    reason, params = said([*conclusion.notes, *_restocked(conclusion), *_without_documents(planned)])
    return Ending(
        record,
        planned.wanted,
        RecordState.POSTED,
        conclusion.action,
        reason,
        params,
        latest,
        conclusion.sent[-1].trace if conclusion.sent else "",
    )


def _in_books(planned: PlannedRefund, documents: Sequence[Posting]) -> Decimal:
    """What is in the books of a refund, by documents of its own and without."""
    return total_of(one.total or ZERO for one in documents) + planned.in_receipt + planned.in_payments


def _lowered(planned: PlannedRefund) -> Posting | None:
    """The document that became less by a refund without any of its own."""
    payment = next((one for one in planned.payments if refund_of(planned.record).ref in one.given_back), None)
    return payment or (planned.sale if planned.in_receipt else None)


def _restocked(conclusion: RefundConclusion) -> Iterator[Note]:
    """What is said of a receipt that moves no money: it returns goods to stock that other documents gave money for."""
    latest = conclusion.made[-1] if len(conclusion.made) > 1 else None
    if latest is not None and not latest.total:
        yield Note(Reason.REFUND_RESTOCKED, {"number": latest.doc_number or latest.books_ref})


def _without_documents(planned: PlannedRefund) -> Iterator[Note]:
    """What is said of the part of a refund that is in the books without a document of its own."""
    sale, currency = planned.sale, planned.record.currency
    if sale is None:
        return
    if planned.case is not None and planned.case.said:
        yield Note(
            Reason.REFUND_SAID_BEFORE, {"amount": amount_text(planned.case.said, currency), "currency": currency}
        )
    about = {"currency": currency, "number": sale.doc_number or sale.books_ref}
    if isinstance(planned.decision, RefundWork) and planned.decision.beyond:
        amount = amount_text(planned.decision.beyond, currency)
        yield Note(Reason.REFUND_BEYOND, about | {"amount": amount})
    elif planned.in_receipt:
        after = sale.total or ZERO
        before = after + total_of(sale.given_back.values())
        amounts = {"amount": planned.in_receipt, "before": before, "after": after}
        yield Note(
            Reason.REFUND_IN_RECEIPT, about | {name: amount_text(one, currency) for name, one in amounts.items()}
        )
    if planned.in_payments:
        yield Note(Reason.REFUND_OF_CREDIT, about | {"amount": amount_text(planned.in_payments, currency)})
