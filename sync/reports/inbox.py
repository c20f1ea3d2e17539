"""What waits for somebody, grouped by cause (L3): held and failed records, and on another shelf those left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from integrations.models import Integration
from integrations.money import ZERO
from sync.causes import title_of
from sync.models import Record, RecordKind, RecordState
from sync.reasons import Actor, fix_target, next_step, text_of


class Shelf(StrEnum):
    """Which records are looked at."""

    WAITING = "waiting"
    HELD = "held"
    FAILED = "failed"
    IGNORED = "ignored"

    @property
    def label(self) -> str | Promise:
        return _SHELVES[self][0]

    @property
    def states(self) -> tuple[RecordState, ...]:
        return _SHELVES[self][1]


_SHELVES: Mapping[Shelf, tuple[str | Promise, tuple[RecordState, ...]]] = {
    Shelf.WAITING: (_("All that waits"), (RecordState.HELD, RecordState.FAILED)),
    Shelf.HELD: (_("Held"), (RecordState.HELD,)),
    Shelf.FAILED: (_("Failed"), (RecordState.FAILED,)),
    Shelf.IGNORED: (_("Ignored"), (RecordState.IGNORED,)),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in one currency."""

    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Group:
    """The records of one integration that wait for one and the same act. `due` of them go with the next sync anyway.

    `params` are those of one record of the group; what names the cause is the same in all of them.
    """

    integration: Integration
    cause: str
    state: RecordState
    reason: str
    params: Mapping[str, Any]
    count: int
    due: int
    oldest: datetime
    # What they all are; empty where they are not of one kind.
    kind: str = ""
    amounts: tuple[Amount, ...] = field(default=())

    @property
    def title(self) -> str:
        return title_of(self.reason, self.params)

    @property
    def counted(self) -> str:
        """How many of what they are."""
        return counted(self.count, self.kind)

    @property
    def step(self) -> str:
        """What to do, in the active language."""
        return next_step(self.reason, self.params)

    @property
    def fix(self) -> str:
        """Where it is mended (see `ReasonText.fix`)."""
        return fix_target(self.reason)

    @property
    def is_for_us(self) -> bool:
        """Whether somebody must act; what is tried again by itself needs nobody."""
        text = text_of(self.reason)
        return text is None or text.actor is not Actor.RETRY


def waiting(integrations: QuerySet[Integration], shelf: Shelf = Shelf.WAITING) -> QuerySet[Record]:
    """The records on a shelf."""
    return Record.objects.filter(integration__in=integrations.values("pk"), state__in=shelf.states).exclude(cause="")


def due() -> Q:
    """Of waiting records those that the next sync looks at again: asked for, or decided under older settings or
    lists."""
    return (
        Q(wanted__gt=F("done"))
        | Q(state=RecordState.HELD, decided_revision__lt=F("integration__revision"))
        | Q(state=RecordState.HELD, decided_mirror__lt=F("integration__books__mirror_revision"))
    )


def group_count(*, integrations: QuerySet[Integration], shelf: Shelf = Shelf.WAITING) -> int:
    """How many groups there are."""
    return waiting(integrations, shelf).order_by().values("integration", "cause").distinct().count()


def groups(
    *,
    integrations: QuerySet[Integration],
    shelf: Shelf = Shelf.WAITING,
    cause: str | None = None,
    start: int = 0,
    size: int = 50,
) -> list[Group]:
    """A page of groups, by business and integration, the largest first; four statements however many there are."""
    records = waiting(integrations, shelf)
    if cause is not None:
        records = records.filter(cause=cause)
    rows = list(_grouped(records)[start : start + size])
    if not rows:
        return []
    known = integrations.in_bulk({row["integration"] for row in rows})
    samples = Record.objects.only("state", "reason", "params").in_bulk([row["latest"] for row in rows])
    amounts = _sums(records, rows)
    return [_group(row, known[row["integration"]], samples[row["latest"]], amounts) for row in rows]


def counted(count: int, kind: str) -> str:
    """ "2 orders"; with the plain word where they are not all of one kind."""
    match kind:
        case RecordKind.ORDER:
            text = ngettext("%d order", "%d orders", count)
        case RecordKind.REFUND:
            text = ngettext("%d refund", "%d refunds", count)
        case RecordKind.PRODUCT:
            text = ngettext("%d product", "%d products", count)
        case RecordKind.STOCK:
            text = ngettext("%d stock level", "%d stock levels", count)
        case _:
            text = ngettext("%d record", "%d records", count)
    return text % count


def sums(records: QuerySet[Record]) -> list[Amount]:
    """What the records come to, one sum per currency, the largest first."""
    known = records.order_by().exclude(currency="").exclude(amount=None)
    rows = known.values("currency").annotate(sum=Sum("amount")).order_by("-sum")
    return [Amount(row["sum"] or ZERO, row["currency"]) for row in rows]


def _grouped(records: QuerySet[Record]) -> QuerySet[Any, Any]:
    # Rows are counted by a column that is in the index of open records: the orders themselves need not be read.
    return (
        records.order_by()
        .values("integration", "cause")
        .annotate(
            count=Count("state"),
            due=Count("state", filter=due()),
            oldest=Min("created_in_store_at"),
            latest=Max("pk"),
            first_kind=Min("kind"),
            last_kind=Max("kind"),
        )
        .order_by("integration__business__name", "integration__slug", "-count", "cause")
    )


def _sums(records: QuerySet[Record], rows: Sequence[Mapping[str, Any]]) -> dict[tuple[int, str], list[Amount]]:
    """The amounts of each group, one per currency, the largest first."""
    integrations, causes = {row["integration"] for row in rows}, {row["cause"] for row in rows}
    shown = records.filter(integration__in=integrations, cause__in=causes).exclude(amount=None)
    amounts: dict[tuple[int, str], list[Amount]] = {}
    counted = shown.order_by().values("integration", "cause", "currency").annotate(sum=Sum("amount"))
    for row in counted.order_by("-sum"):
        if row["currency"]:
            amount = Amount(row["sum"] or ZERO, row["currency"])
            amounts.setdefault((row["integration"], row["cause"]), []).append(amount)
    return amounts


def _group(
    row: Mapping[str, Any], integration: Integration, sample: Record, amounts: Mapping[tuple[int, str], list[Amount]]
) -> Group:
    return Group(
        integration=integration,
        cause=row["cause"],
        state=RecordState(sample.state),
        reason=sample.reason,
        params=sample.params,
        count=row["count"],
        due=row["due"],
        oldest=row["oldest"],
        kind=row["first_kind"] if row["first_kind"] == row["last_kind"] else "",
        amounts=tuple(amounts.get((row["integration"], row["cause"]), ())),
    )
