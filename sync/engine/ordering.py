"""The orders flow at work: due orders become sales and payments, a page at a time; in a dry run only log entries."""

import time
from collections.abc import Iterator, Sequence

from integrations import mirror
from integrations.errors import RemoteError
from sync.causes import cause_of
from sync.engine.conclusion import Conclusion
from sync.engine.foresight import foreseen
from sync.engine.plan import PAGE, Planner
from sync.engine.post import Poster
from sync.engine.pull import changed_pages, news
from sync.engine.record import Ending, ending_of
from sync.engine.session import Session, Stop, stopped_by
from sync.engine.work import Planned
from sync.flows import orders as orders_flow
from sync.models import Record, RecordState
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason


def synchronise(session: Session) -> None:
    """Bring every due order to its end. Raises what ends a run."""
    integration, now = session.integration, session.clock.now()
    if not orders_flow.due(integration, now=now).exists() and not orders_flow.is_waiting(integration):
        return
    planner = session.planner
    poster = Poster(integration, planner.company, planner.options, session.delivery)
    session.watcher.expect(orders_flow.due(integration, now=now).count())
    for page in orders_flow.due_pages(integration, now=now, size=PAGE):
        started = time.perf_counter()
        planned = planner.plan(page)
        _learn(session, planned, planner)
        _record(session, planned, poster.post(planned), started)
        if session.is_out_of_time:
            break
    if poster.lists_are_stale:
        mirror.forget(session.books)


def tell_waiting(session: Session, stop: Stop) -> None:
    """The orders that are due wait, and say what for; the next run takes them up without further ado."""
    now = session.clock.now()
    waiting = orders_flow.due(session.integration, now=now).filter(state__in=(RecordState.NEW, RecordState.FAILED))
    waiting.update(
        state=RecordState.FAILED,
        reason=stop.reason,
        params=stop.params,
        cause=cause_of(stop.reason, stop.params),
        retry_at=now,
    )


def preview(session: Session) -> None:
    """Say what a run would do, and write nothing but the log: the books are only read, so no lease is needed."""
    try:
        planner = session.planner
    except RemoteError as error:
        raise stopped_by(error, "books") from error
    for page in _preview_pages(session):
        started = time.perf_counter()
        session.watcher.expect(len(page))
        _write(session, foreseen(session, planner.plan(page)), started)


def _preview_pages(session: Session) -> Iterator[list[Record]]:
    """What a pull would make due, without filing it, then what is due already."""
    integration, now = session.integration, session.clock.now()
    seen: set[str] = set()
    try:
        for page in changed_pages(integration, session.store, now=now):
            fresh = news(integration, session.store, [fetched for fetched in page if fetched.ref not in seen])
            seen.update(record.store_ref for record in fresh)
            yield fresh
    except RemoteError as error:
        raise stopped_by(error, "store") from error
    for filed in orders_flow.due_pages(integration, now=now, size=PAGE):
        yield [record for record in filed if record.store_ref not in seen]


def _learn(session: Session, planned: Sequence[Planned], planner: Planner) -> None:
    orders = [one.order for one in planned if one.order is not None]
    unmapped = [
        one.order
        for one in planned
        if one.order is not None and isinstance(one.decision, Hold) and one.decision.reason is Reason.TAX_UNMAPPED
    ]
    orders_flow.learn_methods(session.integration, orders, planner.options)
    orders_flow.learn_modules(session.integration, orders, planner.options)
    orders_flow.learn_taxes(session.integration, unmapped, planner.options, planner.company)


def _record(session: Session, planned: Sequence[Planned], conclusions: Sequence[Conclusion], started: float) -> None:
    concluded = {id(one.planned): one for one in conclusions}
    _write(session, [ending_of(one, concluded.get(id(one))) for one in planned], started)


def _write(session: Session, endings: Sequence[Ending], started: float) -> None:
    elapsed = int((time.perf_counter() - started) * 1000)
    session.recorder.write(endings, now=session.clock.now(), elapsed_ms=elapsed)
    session.watcher.page_done()
