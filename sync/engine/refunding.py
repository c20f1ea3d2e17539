"""The refunds flow at work: due refunds become refund receipts and credit memos, a page at a time."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from integrations import mirror
from integrations.errors import RemoteError
from integrations.money import ZERO, total_of
from integrations.quickbooks import query
from sync.engine.plan import PAGE
from sync.engine.record import Ending, problem_ending
from sync.engine.refund_plan import PlannedRefund, RefundPlanner, RefundWork
from sync.engine.refund_post import RefundConclusion, RefundPoster
from sync.engine.rows import update_rows
from sync.engine.session import Session, stopped_by
from sync.flows import refunds as refunds_flow
from sync.models import Action, Posting, RecordState
from sync.translate.outcome import Hold, Skip


def synchronise(session: Session) -> None:
    """Bring every due refund to its end. Raises what ends a run."""
    integration, now = session.integration, session.clock.now()
    refunds_flow.tell_waiting(integration, now=now)
    if not refunds_flow.due(integration, now=now).exists() and not refunds_flow.is_waiting(integration):
        return
    planner = RefundPlanner(session.planner, now, lambda sales: _sales_in(session, sales))
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
        planner = RefundPlanner(session.planner, now, lambda sales: _sales_in(session, sales))
        for page in refunds_flow.due_pages(integration, now=now, size=PAGE):
            started = time.perf_counter()
            session.watcher.expect(len(page))
            _record(session, planner.plan(page), (), started)
    except RemoteError as error:
        raise stopped_by(error, "books") from error


def _sales_in(session: Session, sales: Sequence[Posting]) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """These sales as QuickBooks has them: one call for each kind."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for kind in sorted({sale.books_type for sale in sales}):
        refs = [sale.books_ref for sale in sales if sale.books_type == kind]
        found |= {(kind, str(row["Id"])): row for row in session.client.query(kind, query.one_of("Id", refs))}
    return found


def _record(
    session: Session, planned: Sequence[PlannedRefund], conclusions: Sequence[RefundConclusion], started: float
) -> None:
    concluded = {id(one.planned): one for one in conclusions}
    endings = [_ending(one, concluded.get(id(one))) for one in planned]
    elapsed = int((time.perf_counter() - started) * 1000)
    if not session.run.dry_run:
        update_rows((one.planned.record for one in conclusions if one.made), ["amount"])
    session.recorder.write(endings, now=session.clock.now(), elapsed_ms=elapsed)
    session.watcher.page_done()


def _ending(planned: PlannedRefund, conclusion: RefundConclusion | None) -> Ending:
    record, decision = planned.record, planned.decision
    documents = conclusion.made if conclusion is not None else planned.documents
    latest = documents[-1] if documents else None
    problem = conclusion.problem if conclusion is not None else decision
    if documents and (record.amount is None or conclusion is not None):
        record.amount = total_of(one.total or ZERO for one in documents)
    if isinstance(problem, Hold):
        return problem_ending(record, planned.wanted, problem, latest)
    if isinstance(decision, Skip):
        params = dict(decision.params)
        return Ending(record, planned.wanted, RecordState.SKIPPED, Action.SKIPPED, decision.reason, params)
    if conclusion is None:
        would = isinstance(decision, RefundWork) and decision.documents
        action = Action.WOULD_CREATE if would else Action.UNCHANGED
        return Ending(record, planned.wanted, record.state, action, sale=latest)
    note = conclusion.notes[0] if conclusion.notes else None
    return Ending(
        record,
        planned.wanted,
        RecordState.POSTED,
        conclusion.action,
        note.reason if note else "",
        dict(note.params) if note else {},
        latest,
        conclusion.sent[-1].trace if conclusion.sent else "",
    )
