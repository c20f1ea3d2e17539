"""Lets a run be watched from outside: its row says how far it has come, at most once a second."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from integrations.http import Clock
from sync.models import DOCUMENT_ROLES, LogEntry, Posting, Run

_EVERY = timedelta(seconds=1)


class Watcher(Protocol):
    """Somebody who watches a run: a progress bar, a page."""

    def expect(self, records: int) -> None:
        """So many records are to be looked at, beside those that were expected before."""

    def saw(self, entry: LogEntry) -> None:
        """A record has been dealt with."""


class RowProgress:
    """Keeps `expected` and `seen` of the run's row, and tells another watcher of records.

    Records are dealt with a page at a time, which may take a minute: until then the sales that QuickBooks has answered
    for count. The run's end writes the last figures.
    """

    def __init__(self, run: Run, clock: Clock, then: Watcher | None = None) -> None:
        self._run, self._clock, self._then = run, clock, then
        self._next = clock.now()
        self._dealt_with = 0

    def expect(self, records: int) -> None:
        self._run.expected = (self._run.expected or 0) + records
        if self._then is not None:
            self._then.expect(records)
        self._write()

    def answered(self, postings: Sequence[Posting]) -> None:
        """QuickBooks has answered for these."""
        self._run.seen += sum(1 for posting in postings if posting.role in DOCUMENT_ROLES)
        self._write_in_time()

    def saw(self, entry: LogEntry) -> None:
        self._dealt_with += 1
        if self._then is not None:
            self._then.saw(entry)

    def page_done(self) -> None:
        """A page of records has been dealt with."""
        self._run.seen = self._dealt_with
        self._write_in_time()

    def _write_in_time(self) -> None:
        if self._clock.now() >= self._next:
            self._write()

    def _write(self) -> None:
        self._run.save(update_fields=["expected", "seen"])
        self._next = self._clock.now() + _EVERY
