"""What an e-mail report tells of an integration: what was done since the last one in figures and money, and what
waits (S3)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from integrations.models import Integration
from sync.models import Action, LogEntry, RecordKind, RecordState, Run, RunState
from sync.reasons import explain
from sync.reports.amounts import amount_shown
from sync.reports.inbox import groups
from sync.translate.reasons import Reason

# What is told of as done, in this order. An order that was skipped and is so no longer is among the others.
_DONE = (Action.CREATED, Action.UPDATED, Action.VOIDED, Action.ADOPTED, Action.SKIPPED)
_TROUBLE = (Action.HELD, Action.FAILED)
_STOPPED = (RunState.FAILED, RunState.BROKEN)
# More different causes than these are no mail any more, but a page.
_GROUPS = 100


@dataclass(frozen=True, slots=True)
class Figures:
    """A number of records and what they come to, by currency. Orders that could not be read have no amount.

    `key`: the action, or the cause for which they wait. `kind`: what they all are, if that is known.
    """

    key: str
    title: str
    count: int
    sums: tuple[tuple[str, Decimal], ...]
    kind: str = ""

    @property
    def amounts(self) -> list[str]:
        """The sums as they are read, in the active language."""
        return [amount_shown(total, currency) for currency, total in self.sums]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """`stopped`: why the last sync could not do its work, empty if it could."""

    integration: Integration
    since: datetime
    until: datetime
    runs: int
    done: tuple[Figures, ...]
    waiting: tuple[Figures, ...]
    stopped: str = ""

    @property
    def waits(self) -> int:
        """How many records ought to be looked at."""
        return sum(group.count for group in self.waiting)

    @property
    def only_orders_wait(self) -> bool:
        return all(group.kind == RecordKind.ORDER for group in self.waiting)

    @property
    def posted(self) -> int:
        """How many orders came into the books."""
        return sum(one.count for one in self.done if (one.key, one.kind) == (Action.CREATED, RecordKind.ORDER))


def sync_report(integration: Integration, *, since: datetime, until: datetime) -> SyncReport:
    """What happened after `since` up to `until`, and what waits right now; in the active language."""
    runs = _runs(integration).filter(started_at__gt=since, started_at__lte=until)
    last = _runs(integration).filter(started_at__lte=until).first()
    return SyncReport(
        integration=integration,
        since=since,
        until=until,
        runs=runs.count(),
        done=_done(integration, since, until),
        waiting=_waiting(integration),
        stopped=explain(last.reason, last.params) if last is not None and last.state in _STOPPED else "",
    )


def has_new_trouble(integration: Integration, *, since: datetime, until: datetime) -> bool:
    """Whether something went wrong that had not gone wrong in the same way before: an order that stays held, or a
    store that stays away, is told once."""
    entries = LogEntry.objects.filter(integration=integration, run__dry_run=False, action__in=_TROUBLE)
    known = entries.filter(record=OuterRef("record"), reason=OuterRef("reason"), created_at__lte=since)
    fresh = entries.filter(~Exists(known), created_at__gt=since, created_at__lte=until)
    return fresh.exists() or _stopped_anew(integration, since, until)


def _stopped_anew(integration: Integration, since: datetime, until: datetime) -> bool:
    reason = ""
    before = _runs(integration).filter(started_at__lte=since).first()
    if before is not None and before.state in _STOPPED:
        reason = before.reason
    for run in _runs(integration).filter(started_at__gt=since, started_at__lte=until).order_by("started_at", "pk"):
        if run.state in _STOPPED and run.reason != reason:
            return True
        reason = run.reason if run.state in _STOPPED else ""
    return False


def _runs(integration: Integration) -> QuerySet[Run]:
    """Those that came to an end, latest first, without those that found another one at work, which is no trouble."""
    runs = Run.objects.filter(integration=integration, dry_run=False, state__in=(RunState.FINISHED, *_STOPPED))
    return runs.exclude(reason=Reason.ANOTHER_RUN_BUSY).order_by("-started_at", "-pk")


# -- figures -----------------------------------------------------------------------------------------------------------


def _done(integration: Integration, since: datetime, until: datetime) -> tuple[Figures, ...]:
    """Each order once for each thing that was done with it, with its last amount."""
    what = Q(action__in=_DONE[:-1]) | Q(action=Action.SKIPPED, record__state=RecordState.SKIPPED)
    period = Q(created_at__gt=since, created_at__lte=until, run__dry_run=False)
    entries = LogEntry.objects.filter(what, period, integration=integration).order_by()
    last = entries.values("action", "kind", "store_ref").annotate(last=Max("pk")).values("last")
    rows = LogEntry.objects.filter(pk__in=last).order_by().values("action", "kind", "currency")
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows.annotate(count=Count("pk"), total=Sum("amount")):
        found[row["action"], row["kind"]].append(row)
    every = ((action, kind) for action in _DONE for kind in RecordKind)
    return tuple(_figures(action, kind, found[action, kind]) for action, kind in every if (action, kind) in found)


def _waiting(integration: Integration) -> tuple[Figures, ...]:
    """The groups of the inbox, the largest first."""
    found = groups(integrations=Integration.objects.filter(pk=integration.pk), size=_GROUPS)
    return tuple(
        Figures(
            group.cause, group.title, group.count, tuple((one.currency, one.value) for one in group.amounts), group.kind
        )
        for group in found
    )


def _figures(action: Action, kind: RecordKind, rows: Iterable[Any]) -> Figures:
    title = str(action.label) if kind == RecordKind.ORDER else f"{action.label} · {kind.label}"
    parts = sorted(rows, key=lambda row: row["currency"])
    sums = tuple((row["currency"], row["total"]) for row in parts if row["currency"] and row["total"] is not None)
    return Figures(action, title, sum(row["count"] for row in parts), sums, kind)
