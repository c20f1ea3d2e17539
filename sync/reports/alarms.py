"""What is missing: a worker, syncs, orders, a consent that lasts (L7, C5). Nobody notices absence by looking."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from integrations.models import AutoSync, BooksConnection, ConnectionState, Integration, StoreConnection
from integrations.tokens import ends_soon, is_unused
from sync.models import Record, RecordKind, Run, RunState, SettingChange
from sync.reports.alarm_words import Alarm, AlarmKind
from sync.reports.health import Health, health

__all__ = ["Alarm", "AlarmKind", "alarms_for"]

# So many turns may be missed before it is told: one or two are a provider's bad hour.
MISSED, AT_LEAST = 3, timedelta(hours=1)
_TURN = {
    AutoSync.QUARTER: timedelta(minutes=15),
    AutoSync.HOURLY: timedelta(hours=1),
    AutoSync.DAILY: timedelta(days=1),
}
# A store is silent when it has gone so many times its usual longest gap without an order, and never sooner than that.
GAPS, QUIET_AT_LEAST = 3, timedelta(days=1)
# With fewer orders than these there is no habit.
ENOUGH_ORDERS = 10

_BROKEN = {ConnectionState.RECONNECT: AlarmKind.RECONNECT, ConnectionState.OPERATOR: AlarmKind.MISCONFIGURED}
# What an alarm has no use for, and what may be big or secret.
_UNREAD = (
    "store__credentials", "store__profile",
    "books__credentials", "books__info", "books__preferences", "books__recent_calls",
)  # fmt: skip


def alarms_for(
    integrations: Iterable[Integration], *, now: datetime, started_at: datetime | None = None
) -> list[Alarm]:
    """Every alarm that stands for these integrations, the installation's own first; two statements in all.

    A connection that several integrations share has one alarm. Integrations that are not live yet have none.
    `started_at`: see `health`.
    """
    rows = list(_watched(integrations))
    state = health(now=now, started_at=started_at)
    found = [*_worker(state), *_connections(rows, now)]
    for row in rows:
        if not row.paused:
            found += [*_no_sync(row, state, now), *_silent(row)]
    return found


def _watched(integrations: Iterable[Integration]) -> QuerySet[Any]:
    """The integrations with all that alarms are made of."""
    finished = Run.objects.filter(integration=OuterRef("pk"), state=RunState.FINISHED, dry_run=False)
    restarted = SettingChange.objects.filter(integration=OuterRef("pk"), field__in=("paused", "auto_sync"))
    orders = Record.objects.filter(integration=OuterRef("pk"), kind=RecordKind.ORDER)
    rows = Integration.objects.filter(pk__in=[integration.pk for integration in integrations], live_at__isnull=False)
    return (
        rows.select_related("store", "books", "habit")
        .defer(*_UNREAD)
        .annotate(
            last_sync=Subquery(finished.order_by("-started_at").values("started_at")[:1]),
            restarted=Subquery(restarted.order_by("-at").values("at")[:1]),
            last_order=Subquery(orders.order_by("-created_in_store_at").values("created_in_store_at")[:1]),
        )
        .order_by("slug")
    )


# -- the installation --------------------------------------------------------------------------------------------------


def _worker(state: Health) -> Iterator[Alarm]:
    if state.database and not state.worker:
        yield Alarm(AlarmKind.WORKER, since=state.beat_at, url=reverse("admin:index"))


# -- an integration ----------------------------------------------------------------------------------------------------


def _no_sync(row: Any, state: Health, now: datetime) -> Iterator[Alarm]:
    """Not while no worker works, which is one alarm and not two hundred; nor while the company is being worked with."""
    turn = _TURN.get(AutoSync(row.auto_sync))
    leased = row.books.lease_expires_at is not None and row.books.lease_expires_at > now
    if turn is None or leased or not state.worker:
        return
    since = max(moment for moment in (row.last_sync, row.restarted, row.live_at) if moment is not None)
    if now - since > max(MISSED * turn, AT_LEAST):
        url = f"{reverse('admin:sync_run_changelist')}?integration__id__exact={row.pk}"
        yield _of(row, AlarmKind.NO_SYNC, since=since, lasting=now - since, url=url)


def _silent(row: Any) -> Iterator[Alarm]:
    """Counted up to when the store was last read: what nobody looked at is no silence."""
    habit, read_until = getattr(row, "habit", None), row.orders_read_until
    if habit is None or habit.orders < ENOUGH_ORDERS or row.last_order is None or read_until is None:
        return
    silence = read_until - row.last_order
    if silence > max(GAPS * habit.longest_gap, QUIET_AT_LEAST):
        url = f"{reverse('admin:sync_record_changelist')}?integration__id__exact={row.pk}"
        state = row.last_order.isoformat()
        yield _of(row, AlarmKind.STORE_SILENT, since=row.last_order, lasting=silence, state=state, url=url)


def _of(row: Any, kind: AlarmKind, **more: Any) -> Alarm:
    return Alarm(
        kind=kind,
        subject=row.slug,
        subject_key=f"integration {row.pk}",
        business_id=row.business_id,
        integration_ids=(row.pk,),
        zone=ZoneInfo(row.time_zone),
        **more,
    )


# -- connections -------------------------------------------------------------------------------------------------------


def _connections(rows: list[Any], now: datetime) -> Iterator[Alarm]:
    used: dict[tuple[type, int], list[Any]] = {}
    for row in rows:
        for connection in (row.store, row.books):
            used.setdefault((type(connection), connection.pk), []).append(row)
    for (model, _pk), users in used.items():
        connection = users[0].books if model is BooksConnection else users[0].store
        yield from _connection(connection, users, now)


def _connection(connection: StoreConnection | BooksConnection, users: list[Any], now: datetime) -> Iterator[Alarm]:
    kind = _BROKEN.get(ConnectionState(connection.state))
    if kind is not None:
        yield _about(connection, users, kind)
    elif isinstance(connection, BooksConnection) and connection.state == ConnectionState.CONNECTED:
        end = ends_soon(connection, now)
        if end is not None:
            kind = AlarmKind.CONSENT_UNUSED if is_unused(connection) else AlarmKind.CONSENT_ENDS
            yield _about(connection, users, kind, until=end, state=f"{end:%Y-%m-%d}")


def _about(connection: StoreConnection | BooksConnection, users: list[Any], kind: AlarmKind, **more: Any) -> Alarm:
    name = connection._meta.model_name  # noqa: SLF001 - Django's public name for a model's description
    return Alarm(
        kind=kind,
        subject=str(connection),
        subject_key=f"{name} {connection.pk}",
        business_id=connection.business_id,
        integration_ids=tuple(user.pk for user in users),
        url=reverse(f"admin:integrations_{name}_change", args=[connection.pk]),
        zone=ZoneInfo(users[0].time_zone),
        **more,
    )
