"""What the flows of one run share: the store, the books, the clock, the log, and why a run stops."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial

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
from integrations.http import Clock, Transport
from integrations.models import BooksConnection
from integrations.quickbooks.client import QuickBooksClient
from integrations.stores import Store
from integrations.tokens import DatabaseTokens
from sync.engine.deliver import Delivery
from sync.engine.options import load_options
from sync.engine.plan import Planner
from sync.engine.progress import RowProgress
from sync.engine.pull import pull
from sync.engine.record import Recorder
from sync.engine.stopping import is_stopping
from sync.flows import orders as orders_flow
from sync.models import Run
from sync.translate.reasons import Reason


@dataclass(slots=True)
class Stop(Exception):
    """The run cannot go on, for a reason that is in the table."""

    reason: Reason
    params: dict[str, str] = field(default_factory=dict)


def _nothing() -> None:
    pass


class Session:
    """One run at work. `renew` is called ahead of each call: a run goes on only while the lease is its own.

    `calls` counts the HTTP requests per side.
    """

    def __init__(self, run: Run, clock: Clock, watcher: RowProgress, deadline: datetime | None) -> None:
        self.run = run
        self.integration = run.integration
        self.clock = clock
        self.watcher = watcher
        # The store did not answer: what is known already goes into the books all the same, and the run ends with it.
        self.store_problem: Stop | None = None
        self.calls = {"store": 0, "books": 0}
        self.approves = False  # a push of stock levels that waits for a person's approval
        self.renew: Callable[[], None] = _nothing
        self._deadline = deadline
        self._lists_are_read = False

    @cached_property
    def books(self) -> BooksConnection:
        """Read when it is asked for: credentials that cannot be read end the run with a reason."""
        return self.integration.books

    @cached_property
    def recorder(self) -> Recorder:
        return Recorder(self.run, listener=self.watcher.saw)

    @cached_property
    def store(self) -> Store:
        return store_for(self.integration.store, before_call=partial(self._before, "store"), clock=self.clock)

    @cached_property
    def client(self) -> QuickBooksClient:
        return quickbooks_client(self.books, before_call=partial(self._before, "books"), clock=self.clock)

    @cached_property
    def delivery(self) -> Delivery:
        return Delivery(self.books, self.client, self.clock, self.watcher.answered)

    @property
    def is_out_of_time(self) -> bool:
        """No further page is to be begun."""
        return is_stopping() or (self._deadline is not None and self.clock.now() >= self._deadline)

    def keep_consent(self) -> None:
        """QuickBooks' consent stays alive as long as syncs run, whether there is anything to post or not."""
        DatabaseTokens(self.books, transport=Transport(clock=self.clock)).keep_alive()

    def pull_orders(self) -> None:
        """File what changed. A store that does not answer keeps nothing that is already known out of the books."""
        try:
            pull(self.integration, self.store, now=self.clock.now())
            note_answer(self.integration.store)
        except RemoteError as error:
            note_error(self.integration.store, error)
            self.store_problem = stopped_by(error, "store")

    @cached_property
    def planner(self) -> Planner:
        """Read what changed in QuickBooks' lists, then everything that decisions on orders rest on."""
        taxes = orders_flow.waits_for_taxes(self.integration)
        self.read_lists()
        mirror.refresh(self.books, self.client, now=self.clock.now(), taxes=taxes, lists=False)
        self.books.refresh_from_db(fields=["mirror_revision", "items_revision"])
        company, options = mirror.company(self.books), load_options(self.integration)
        self.recorder.decided_with(self.books.mirror_revision)
        return Planner(self.integration, self.store, options, company)

    def read_lists(self) -> None:
        """Read what changed in QuickBooks' lists, which costs one call, unless this run has done so."""
        if not self._lists_are_read:
            mirror.refresh_lists(self.books, self.client, now=self.clock.now())
            self.books.refresh_from_db(fields=["items_revision"])
            self._lists_are_read = True

    @contextmanager
    def asking_store(self) -> Iterator[None]:
        """What the store refuses or fails to answer inside ends the run. Raises Stop."""
        try:
            yield
        except RemoteError as error:
            note_error(self.integration.store, error)
            raise stopped_by(error, "store") from error

    def _before(self, provider: str) -> None:
        self.renew()
        self.calls[provider] += 1


def stopped_by(error: RemoteError, side: str) -> Stop:
    """The reason for which a provider's error ends the run; `side` is "store" or "books"."""
    for kind, by_side in _STOPS:
        if isinstance(error, kind):
            return Stop(by_side[side], {"detail": str(error)[:300]})
    return Stop(_UNAVAILABLE[side], {"detail": str(error)[:300]})


_UNAVAILABLE = {"store": Reason.STORE_UNAVAILABLE, "books": Reason.BOOKS_UNAVAILABLE}
_STOPS: tuple[tuple[type[RemoteError], dict[str, Reason]], ...] = (
    (ReconnectNeeded, {"store": Reason.STORE_DISCONNECTED, "books": Reason.BOOKS_DISCONNECTED}),
    (OperatorError, dict.fromkeys(("store", "books"), Reason.INSTALLATION_MISCONFIGURED)),
    (ReadOnly, {"store": Reason.STORE_NOT_ALLOWED, "books": Reason.COMPANY_READ_ONLY}),
    (NotAllowed, {"store": Reason.STORE_NOT_ALLOWED, "books": Reason.BOOKS_NOT_ALLOWED}),
    (OutcomeUnknown, {"store": Reason.STORE_UNAVAILABLE, "books": Reason.BOOKS_OUTCOME_UNKNOWN}),
)
