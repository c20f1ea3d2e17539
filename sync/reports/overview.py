"""The dashboard's figures (L11): is everything in the books, what came in, what was posted, what waits, what differs.

Every question is asked once for all integrations: the number of statements does not grow with theirs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    Count,
    DateField,
    DateTimeField,
    Field,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import TruncDate

from integrations.models import ConnectionState, Integration
from integrations.money import ZERO
from sync import schedules
from sync.models import DOCUMENT_KINDS, Record, RecordKind, RecordState, Run, RunState
from sync.reports.inbox import Amount, due
from sync.services.inbox import CHANGES
from sync.translate.reasons import Reason

# Posted, but QuickBooks and the store do not agree any more.
DIFFERS = (*CHANGES, Reason.BOOKS_TOTAL_DIFFERS)
# A run that says so for longer was killed: workers are stopped after five minutes.
_RUNS_AT_MOST = timedelta(minutes=10)
# A run that no worker took up by then was forgotten by the queue.
_WAITS_AT_MOST = timedelta(days=1)
_OPEN = (RecordState.NEW, RecordState.HELD, RecordState.FAILED)


class Verdict(StrEnum):
    """The answer to "is everything in the books?", the worst first."""

    DISCONNECTED = "disconnected"  # a connection needs somebody
    WAITS = "waits"  # orders wait for somebody
    STOPPED = "stopped"  # nothing waits, but the last sync did not come to its end
    DRAFT = "draft"  # the setup is not finished
    NEVER = "never"  # not synchronised yet
    SOON = "soon"  # the rest goes with the next sync
    COMPLETE = "complete"


@dataclass(slots=True)
class Figures:
    """What is known of one integration. `waiting` amounts are those of held and failed records.

    `new` records go with the next sync, and so do `released` ones of those that are held or failed. `came_in` and
    `posted` count the orders of a period: see `count_period`.
    """

    integration: Integration
    last_run: Run | None = None
    current_run: Run | None = None
    next_sync: datetime | None = None
    new: int = 0
    held: int = 0
    failed: int = 0
    differs: int = 0
    released: int = 0
    came_in: int = 0
    posted: int = 0
    waiting: list[Amount] = field(default_factory=list)
    posted_amounts: list[Amount] = field(default_factory=list)

    @property
    def waits(self) -> int:
        """How many orders wait for somebody or for another attempt."""
        return self.held + self.failed

    @property
    def is_connected(self) -> bool:
        sides = (self.integration.store, self.integration.books)
        return all(side.state == ConnectionState.CONNECTED for side in sides)

    @property
    def verdict(self) -> Verdict:
        return next(verdict for verdict, holds in self._answers() if holds)

    def _answers(self) -> tuple[tuple[Verdict, bool], ...]:
        stopped = self.last_run is not None and self.last_run.state in (RunState.FAILED, RunState.BROKEN)
        return (
            (Verdict.DRAFT, self.integration.live_at is None),
            (Verdict.DISCONNECTED, not self.is_connected),
            (Verdict.WAITS, self.waits > 0),
            (Verdict.STOPPED, stopped),
            (Verdict.NEVER, self.last_run is None),
            (Verdict.SOON, self.new > 0),
            (Verdict.COMPLETE, True),
        )


@dataclass(frozen=True, slots=True)
class Day:
    """The orders of one day by outcome: how many, and their sum in the chosen currency."""

    day: date
    counts: Mapping[str, int]
    sums: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Period:
    """`days` without a gap, the oldest first; `currencies` by how many orders are in them.

    `came_in` and `posted` count the orders of all these days, `posted_amounts` are in every currency.
    """

    days: tuple[Day, ...]
    currencies: tuple[str, ...]
    currency: str
    came_in: int
    posted: int
    posted_amounts: tuple[Amount, ...]


def figures(integrations: QuerySet[Integration], *, now: datetime) -> list[Figures]:
    """What holds now of each integration, in the order of `integrations`; five statements however many there are."""
    rows: list[Any] = list(_with_last_run(integrations))
    found = {row.pk: Figures(row) for row in rows}
    runs = Run.objects.in_bulk({row.last_run for row in rows if row.last_run})
    current = current_runs(found, now=now)
    starts = schedules.next_starts(found)
    for row in rows:
        one = found[row.pk]
        one.last_run, one.current_run = runs.get(row.last_run), current.get(row.pk)
        one.next_sync = starts.get(row.pk)
    _count_open(found)
    return list(found.values())


def count_period(shown: Iterable[Figures], days: Sequence[Day]) -> None:
    """Add what came in and was posted on these days, as `period` counts them; one statement."""
    found = {one.integration.pk: one for one in shown}
    if not found:
        return
    posted = Q(state=RecordState.POSTED)
    orders = _placed([one.integration for one in found.values()], days[0].day, days[-1].day)
    counted = orders.values("integration", "currency").annotate(
        count=Count("state"), in_books=Count("state", filter=posted), sum=Sum("amount", filter=posted)
    )
    for row in counted:
        one = found[row["integration"]]
        one.came_in += row["count"]
        one.posted += row["in_books"]
        if row["in_books"]:
            _add(one.posted_amounts, row)


def period(integrations: Sequence[Integration], *, now: datetime, days: int, currency: str = "") -> Period:
    """Orders per day by outcome for the last `days` days, each order on its day in its integration's time zone.

    One statement. Without a `currency` that occurs the most frequent one is summed.
    """
    today = max((now.astimezone(ZoneInfo(zone)).date() for zone in _zones(integrations)), default=now.date())
    first = today - timedelta(days=days - 1)
    rows = list(_by_day(integrations, first, today)) if integrations else []
    orders: dict[str, int] = defaultdict(int)
    for row in rows:
        orders[row["currency"]] += row["count"]
    currencies = tuple(sorted((one for one in orders if one), key=lambda one: (-orders[one], one)))
    chosen = currency if currency in currencies else next(iter(currencies), "")
    posted = [row for row in rows if row["state"] == RecordState.POSTED]
    amounts: list[Amount] = []
    for row in posted:
        _add(amounts, row)
    return Period(
        _days(rows, first, days, chosen),
        currencies,
        chosen,
        came_in=sum(row["count"] for row in rows),
        posted=sum(row["count"] for row in posted),
        posted_amounts=tuple(amounts),
    )


def current_runs(integration_pks: Iterable[int], *, now: datetime) -> dict[int, Run]:
    """The sync of each integration that works at this moment, else the one that waits to start; one statement."""
    waiting = Q(state=RunState.QUEUED, started_at__gt=now - _WAITS_AT_MOST)
    working = Q(state=RunState.RUNNING, started_at__gt=now - _RUNS_AT_MOST)
    runs = Run.objects.filter(waiting | working, integration__in=list(integration_pks), dry_run=False)
    return {run.integration_id: run for run in runs.order_by("state", "started_at", "pk")}  # "running" comes last


def _with_last_run(integrations: QuerySet[Integration]) -> QuerySet[Any]:
    runs = Run.objects.filter(integration=OuterRef("pk"), dry_run=False).order_by("-started_at", "-pk").values("pk")
    ended = runs.exclude(state__in=(RunState.QUEUED, RunState.RUNNING))
    return integrations.annotate(last_run=Subquery(ended[:1]))


def _count_open(found: Mapping[int, Figures]) -> None:
    records = Record.objects.filter(integration__in=found, state__in=_OPEN, kind__in=DOCUMENT_KINDS).order_by()
    counted = records.values("integration", "state", "currency").annotate(
        count=Count("state"),
        sum=Sum("amount"),
        differ=Count("state", filter=Q(reason__in=DIFFERS)),
        release=Count("state", filter=due()),
    )
    for row in counted.order_by("-sum"):
        one = found[row["integration"]]
        if row["state"] == RecordState.NEW:
            one.new += row["count"]
            continue
        one.held += row["count"] if row["state"] == RecordState.HELD else 0
        one.failed += row["count"] if row["state"] == RecordState.FAILED else 0
        one.differs += row["differ"]
        one.released += row["release"]
        _add(one.waiting, row)


def _add(amounts: list[Amount], row: Mapping[str, Any]) -> None:
    add_amount(amounts, Amount(row["sum"] or ZERO, row["currency"]))


def add_amount(amounts: list[Amount], more: Amount) -> None:
    """Add to the sum of its currency."""
    if not more.currency:
        return
    for place, amount in enumerate(amounts):
        if amount.currency == more.currency:
            amounts[place] = Amount(amount.value + more.value, more.currency)
            return
    amounts.append(more)


def _by_day(integrations: Sequence[Integration], first: date, last: date) -> Iterable[Mapping[str, Any]]:
    """Counts and sums per day, state and currency."""
    days = {zone: TruncDate("created_in_store_at", tzinfo=ZoneInfo(zone)) for zone in _zones(integrations)}
    counted: Iterable[Mapping[str, Any]] = (
        _placed(integrations, first, last)
        .annotate(day=_by_zone(days, DateField()))
        .values("day", "state", "currency")
        .annotate(count=Count("state"), sum=Sum("amount"))
    )
    return counted


def _placed(integrations: Sequence[Integration], first: date, last: date) -> QuerySet[Any]:
    """The orders of these days, each by the clock of its integration.

    Compared as moments, which costs less than working out a day; the earliest of all is the limit that an index knows.
    """
    zones = _zones(integrations)
    begin, end = ({zone: _midnight(day, zone) for zone in zones} for day in (first, last + timedelta(days=1)))
    orders = Record.objects.filter(
        integration__in=[integration.pk for integration in integrations],
        kind=RecordKind.ORDER,
        created_in_store_at__gte=min(begin.values()),
        created_in_store_at__lt=_moment(end),
    )
    return (orders.filter(created_in_store_at__gte=_moment(begin)) if len(zones) > 1 else orders).order_by()


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone))


def _zones(integrations: Sequence[Integration]) -> list[str]:
    return sorted({integration.time_zone for integration in integrations})


def _moment(moments: Mapping[str, datetime]) -> Any:
    return _by_zone({zone: Value(moment) for zone, moment in moments.items()}, DateTimeField())


def _by_zone(values: Mapping[str, Any], field: "Field[Any, Any]") -> Any:
    """The value for the time zone of each order's integration: a CASE where there are several."""
    if len(values) == 1:
        return next(iter(values.values()))
    cases = [When(integration__time_zone=zone, then=value) for zone, value in values.items()]
    return Case(*cases, output_field=field)


def _days(rows: Iterable[Mapping[str, Any]], first: date, days: int, currency: str) -> tuple[Day, ...]:
    counts: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    sums: dict[date, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows:
        counts[row["day"]][row["state"]] += row["count"]
        if row["currency"] == currency:
            sums[row["day"]][row["state"]] += row["sum"] or ZERO
    dates = (first + timedelta(days=number) for number in range(days))
    return tuple(Day(day, dict(counts[day]), dict(sums[day])) for day in dates)
