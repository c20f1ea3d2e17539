"""The lease of a QuickBooks company: one worker at a time writes into its books.

The company's row names the owner and an end; the owner renews it ahead of every call and stops before its next call
when it is no longer the owner. A lease whose owner is known to be dead (killed on this very machine) is taken over at
once, otherwise when it ends.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Q

from integrations.http import Clock
from integrations.models import BooksConnection

# Longer than the slowest call (QuickBooks gives up after 120 seconds), since it is renewed between calls.
LASTS = timedelta(seconds=180)
_POLL_SECONDS = 1.0


class LeaseBusy(Exception):
    """Another run works with this company and did not finish in the time given."""


class LeaseLost(Exception):
    """Another run has taken over: whatever was to be sent next must not be."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write into one company's books, as long as `renew` succeeds."""

    books_pk: int
    owner: str
    clock: Clock

    def renew(self) -> None:
        """Extend the lease. Raises LeaseLost when it is not ours any more."""
        mine = BooksConnection.objects.filter(pk=self.books_pk, lease_owner=self.owner)
        if not mine.update(lease_expires_at=self.clock.now() + LASTS):
            raise LeaseLost

    def release(self) -> None:
        mine = BooksConnection.objects.filter(pk=self.books_pk, lease_owner=self.owner)
        mine.update(lease_owner="", lease_expires_at=None)


@contextmanager
def leased(books: BooksConnection, *, clock: Clock, patience: timedelta = LASTS) -> Iterator[Lease]:
    """Hold the company's lease for the block; waits up to `patience` for another run. Raises LeaseBusy."""
    lease = Lease(books.pk, f"{_this_process()}/{uuid.uuid4().hex[:12]}", clock)
    give_up = clock.now() + patience
    while not _take(lease):
        if clock.now() >= give_up:
            raise LeaseBusy
        clock.sleep(_POLL_SECONDS)
    try:
        yield lease
    finally:
        lease.release()


def is_busy(books: BooksConnection, *, now: datetime) -> bool:
    """Whether some run works with the company at this moment."""
    row = BooksConnection.objects.only("lease_owner", "lease_expires_at").get(pk=books.pk)
    is_over = row.lease_expires_at is None or row.lease_expires_at < now
    return bool(row.lease_owner) and not is_over and not _is_dead(row.lease_owner)


def _take(lease: Lease) -> bool:
    now = lease.clock.now()
    row = BooksConnection.objects.only("lease_owner").get(pk=lease.books_pk)
    free = Q(lease_owner="") | Q(lease_expires_at__lt=now)
    if row.lease_owner and _is_dead(row.lease_owner):
        free |= Q(lease_owner=row.lease_owner)
    taken = BooksConnection.objects.filter(free, pk=lease.books_pk)
    return bool(taken.update(lease_owner=lease.owner, lease_expires_at=now + LASTS))


def _this_process() -> str:
    return f"{_machine()}/{os.getpid()}/{_started(os.getpid())}"


def _machine() -> str:
    """This boot of this machine and its process number space; empty where the system does not tell (not Linux)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}.{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When a process started, in clock ticks since boot; empty when there is no such process (any more)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state == "Z" else rest[18]


def _is_dead(owner: str) -> bool:
    """Whether the process that owns a lease is certainly gone: only processes of this very machine can be known so."""
    machine, pid, started, _nonce = owner.split("/")
    return bool(machine) and machine == _machine() and _started(int(pid)) != started
