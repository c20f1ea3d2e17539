"""A run: one sync of one integration, from the store's changes to the log. Every face calls `run_integration`."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from accounts.models import User
from integrations import mirror
from integrations.clients import quickbooks_client, store_for
from integrations.connecting import note_answer, note_error
from integrations.errors import (
    NotAllowed,
    OperatorError,
    OutcomeUnknown,
    ReadOnly,
    ReconnectNeeded,
    RemoteError,
)
from integrations.fields import UnreadableSecret
from integrations.http import Clock
from integrations.models import Integration
from integrations.quickbooks.client import QuickBooksClient
from integrations.stores import Store
from sync.causes import cause_of
from sync.engine.deliver import Delivery
from sync.engine.lease import LASTS, LeaseBusy, LeaseLost, leased
from sync.engine.options import load_options
from sync.engine.plan import PAGE, Planned, Planner
from sync.engine.post import Conclusion, Poster
from sync.engine.progress import RowProgress, Watcher
from sync.engine.pull import changed_pages, news, pull
from sync.engine.record import Recorder, ending_of
from sync.flows import orders as orders_flow
from sync.models import Record, RecordState, Run, RunState, Trigger
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason

logger = logging.getLogger(__name__)

FLOWS = ("orders",)


def _nothing() -> None:
    pass


@dataclass(slots=True)
class _Stop(Exception):
    """The run cannot go on, for a reason that is in the table."""

    reason: Reason
    params: dict[str, str] = field(default_factory=dict)


def run_integration(
    integration: Integration,
    *,
    flows: Sequence[str] = FLOWS,
    dry_run: bool = False,
    trigger: str = Trigger.COMMAND,
    user: User | None = None,
    clock: Clock | None = None,
    watcher: Watcher | None = None,
    deadline: datetime | None = None,
    run: Run | None = None,
) -> Run:
    """Synchronise now and return the finished run; its `state` and `reason` say how it went.

    `run` is a row that was made ahead and is carried out now: its own trigger, user and flows count.
    After `deadline` no further page of orders is begun; what is left stays due.
    Never raises for what the outside world does. A mistake of our own is logged, marks the run as broken, and raised.
    """
    clock = clock or Clock()
    integration.refresh_from_db()
    run = run or Run.objects.create(
        integration=integration, trigger=trigger, user=user, flows=list(flows), dry_run=dry_run, started_at=clock.now()
    )
    run.integration = integration
    calls = {"store": 0, "books": 0}
    try:
        _Work(run, clock, RowProgress(run, clock, watcher), deadline, calls).carry_out()
        run.state = RunState.FINISHED
    except _Stop as stop:
        run.state, run.reason, run.params = RunState.FAILED, stop.reason, stop.params
    except UnreadableSecret as error:
        run.state, run.reason = RunState.FAILED, Reason.INSTALLATION_MISCONFIGURED
        run.params = {"detail": str(error)}
    except Exception as error:
        logger.exception("run %s of %s broke", run.pk, integration.slug)
        run.state, run.reason = RunState.BROKEN, Reason.INTERNAL_ERROR
        run.params = {"detail": type(error).__name__}
        raise
    finally:
        run.finished_at, run.calls = clock.now(), calls
        run.save(update_fields=["state", "reason", "params", "finished_at", "calls", "expected", "seen"])
    return run


class _Work:
    """The steps of one run."""

    def __init__(
        self, run: Run, clock: Clock, watcher: RowProgress, deadline: datetime | None, calls: dict[str, int]
    ) -> None:
        self.run = run
        self.calls = calls
        self.deadline = deadline
        self.integration = run.integration
        self.books = run.integration.books
        self.clock = clock
        self.watcher = watcher
        self.recorder = Recorder(run, listener=watcher.saw)
        self.store_problem: _Stop | None = None

    def carry_out(self) -> None:
        if "orders" not in self.run.flows or not self.integration.orders.enabled:
            return
        if self.run.dry_run:
            self._preview()
        elif self.integration.live_at is None:
            raise _Stop(Reason.SETUP_UNFINISHED)
        else:
            self._synchronise()
        if self.store_problem is not None:
            raise self.store_problem

    def _pull(self, store: Store) -> None:
        """File what changed. A store that does not answer keeps nothing that is already known out of the books."""
        try:
            pull(self.integration, store, now=self.clock.now())
            note_answer(self.integration.store)
        except RemoteError as error:
            note_error(self.integration.store, error)
            self.store_problem = _stopped_by(error, "store")

    # -- the books -----------------------------------------------------------------------------------------------------

    def _synchronise(self) -> None:
        try:
            with leased(self.books, clock=self.clock) as lease:
                self._close_interrupted()
                store, client = self._store(lease.renew), self._client(lease.renew)
                self._pull(store)
                self._post_due(client, store)
        except LeaseBusy:
            raise _Stop(Reason.ANOTHER_RUN_BUSY) from None
        except LeaseLost:
            raise _Stop(Reason.ANOTHER_RUN_TOOK_OVER) from None
        except RemoteError as error:
            note_error(self.books, error)
            stop = _stopped_by(error, "books")
            self._tell_waiting(stop)
            raise stop from error

    def _close_interrupted(self) -> None:
        """Whoever holds the lease is alone: a run that has waited for it longer than anybody waits was killed."""
        now = self.clock.now()
        killed = Run.objects.filter(
            integration__books=self.books, state=RunState.RUNNING, dry_run=False, started_at__lt=now - LASTS
        )
        killed.exclude(pk=self.run.pk).update(state=RunState.BROKEN, reason=Reason.RUN_INTERRUPTED, finished_at=now)

    def _client(self, renew: Callable[[], None] = _nothing) -> QuickBooksClient:
        return quickbooks_client(self.books, before_call=partial(self._before, "books", renew), clock=self.clock)

    def _store(self, renew: Callable[[], None] = _nothing) -> Store:
        before = partial(self._before, "store", renew)
        return store_for(self.integration.store, before_call=before, clock=self.clock)

    def _before(self, provider: str, renew: Callable[[], None]) -> None:
        """Ahead of each call: go on only while the lease is ours, and count."""
        renew()
        self.calls[provider] += 1

    def _tell_waiting(self, stop: _Stop) -> None:
        """The orders that are due wait, and say what for; the next run takes them up without further ado."""
        waiting = orders_flow.due(self.integration, now=self.clock.now()).filter(
            state__in=(RecordState.NEW, RecordState.FAILED)
        )
        waiting.update(
            state=RecordState.FAILED,
            reason=stop.reason,
            params=stop.params,
            cause=cause_of(stop.reason, stop.params),
            retry_at=self.clock.now(),
        )

    def _post_due(self, client: QuickBooksClient, store: Store) -> None:
        delivery = Delivery(self.books, client, self.clock, self.watcher.answered)
        delivery.recover()
        now = self.clock.now()
        if not orders_flow.due(self.integration, now=now).exists() and not orders_flow.is_waiting(self.integration):
            return
        planner = self._planner(client, store)
        poster = Poster(self.integration, planner.company, delivery)
        self.watcher.expect(orders_flow.due(self.integration, now=now).count())
        for page in orders_flow.due_pages(self.integration, now=now, size=PAGE):
            started = time.perf_counter()
            planned = planner.plan(page)
            self._learn(planned, planner)
            conclusions = poster.post(planned)
            self._record(planned, conclusions, started)
            if self.deadline is not None and self.clock.now() >= self.deadline:
                break
        if poster.lists_are_stale:
            mirror.forget(self.books)

    def _planner(self, client: QuickBooksClient, store: Store) -> Planner:
        """Read what changed in QuickBooks' lists, then everything that decisions rest on."""
        taxes = orders_flow.waits_for_taxes(self.integration)
        mirror.refresh(self.books, client, now=self.clock.now(), taxes=taxes)
        self.books.refresh_from_db(fields=["mirror_revision"])
        company, options = mirror.company(self.books), load_options(self.integration)
        self.recorder.decided_with(self.books.mirror_revision)
        return Planner(self.integration, store, options, company)

    def _learn(self, planned: Sequence[Planned], planner: Planner) -> None:
        orders = [one.order for one in planned if one.order is not None]
        unmapped = [
            one.order
            for one in planned
            if one.order is not None and isinstance(one.decision, Hold) and one.decision.reason is Reason.TAX_UNMAPPED
        ]
        orders_flow.learn_methods(self.integration, orders, planner.options)
        orders_flow.learn_taxes(self.integration, unmapped, planner.options, planner.company)

    def _record(self, planned: Sequence[Planned], conclusions: Sequence[Conclusion], started: float) -> None:
        concluded = {id(one.planned): one for one in conclusions}
        endings = [ending_of(one, concluded.get(id(one))) for one in planned]
        elapsed = int((time.perf_counter() - started) * 1000)
        self.recorder.write(endings, now=self.clock.now(), elapsed_ms=elapsed)
        self.watcher.page_done()

    # -- dry run -------------------------------------------------------------------------------------------------------

    def _preview(self) -> None:
        """Plan and prove what a run would do, and write nothing but the log: the books stay, so no lease is needed."""
        store = self._store()
        try:
            planner = self._planner(self._client(), store)
        except RemoteError as error:
            raise _stopped_by(error, "books") from error
        for page in self._preview_pages(store):
            started = time.perf_counter()
            self.watcher.expect(len(page))
            self._record(planner.plan(page), (), started)

    def _preview_pages(self, store: Store) -> Iterator[list[Record]]:
        """What a pull would make due, without filing it, then what is due already."""
        now = self.clock.now()
        seen: set[str] = set()
        try:
            for page in changed_pages(self.integration, store, now=now):
                fresh = news(self.integration, store, [fetched for fetched in page if fetched.ref not in seen])
                seen.update(record.store_ref for record in fresh)
                yield fresh
        except RemoteError as error:
            raise _stopped_by(error, "store") from error
        for filed in orders_flow.due_pages(self.integration, now=now, size=PAGE):
            yield [record for record in filed if record.store_ref not in seen]


def _stopped_by(error: RemoteError, side: str) -> _Stop:
    """The reason for which a provider's error ends the run."""
    for kind, by_side in _STOPS:
        if isinstance(error, kind):
            return _Stop(by_side[side], {"detail": str(error)[:300]})
    return _Stop(_UNAVAILABLE[side], {"detail": str(error)[:300]})


_UNAVAILABLE = {"store": Reason.STORE_UNAVAILABLE, "books": Reason.BOOKS_UNAVAILABLE}
_STOPS: tuple[tuple[type[RemoteError], dict[str, Reason]], ...] = (
    (ReconnectNeeded, {"store": Reason.STORE_DISCONNECTED, "books": Reason.BOOKS_DISCONNECTED}),
    (OperatorError, dict.fromkeys(("store", "books"), Reason.INSTALLATION_MISCONFIGURED)),
    (ReadOnly, {"store": Reason.STORE_NOT_ALLOWED, "books": Reason.COMPANY_READ_ONLY}),
    (NotAllowed, {"store": Reason.STORE_NOT_ALLOWED, "books": Reason.BOOKS_NOT_ALLOWED}),
    (OutcomeUnknown, {"store": Reason.STORE_UNAVAILABLE, "books": Reason.BOOKS_OUTCOME_UNKNOWN}),
)
