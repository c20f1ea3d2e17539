"""When each integration is synchronised by itself: one django-q schedule per integration (S4, S5).

Schedules are spread over the hour by the integration's id, so that thousands of them do not start at once. Names of
schedules are not unique in django-q, hence everything here may be repeated: it ends in the same rows.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connections, transaction
from django.utils import timezone
from django_q.models import Schedule

from integrations.models import AutoSync, Integration

TASK = "sync.tasks.sync_integration"
_MINUTES = {AutoSync.QUARTER: 15, AutoSync.HOURLY: 60, AutoSync.DAILY: 24 * 60}
_HOUR = 3600
# A prime near the golden section of an hour: integrations with neighbouring ids start far apart.
_SPREAD = 2237


@transaction.atomic
def arrange(integration: Integration, *, now: datetime | None = None) -> None:
    """Make the integration's schedule what its settings say. One that is overdue stays so: the sync is still owed."""
    now = now or timezone.now()
    # Where the database can, whoever comes second waits here and finds the first one's row.
    Integration.objects.select_for_update().filter(pk=integration.pk).first()
    runs = not integration.paused and integration.live_at is not None
    minutes = _MINUTES.get(AutoSync(integration.auto_sync)) if runs else None
    if minutes is None:
        forget(integration.pk)
        return
    schedule = _the_one(_name(integration.pk)) or _new(integration.pk)
    is_owed = schedule.pk is not None and schedule.minutes == minutes and schedule.next_run <= now
    if not is_owed:
        schedule.minutes, schedule.next_run = minutes, next_start(integration, now)
    schedule.save()


def arrange_all() -> None:
    """Every integration's schedule, and none for integrations that are gone."""
    integrations = list(Integration.objects.all())
    names = {name for integration in integrations for name in _names(integration.pk)}
    Schedule.objects.filter(func=TASK).exclude(name__in=names).delete()
    for integration in integrations:
        arrange(integration)


def again(integration: Integration, at: datetime) -> None:
    """One more sync at that moment; several wishes for one are one, at the earliest of their moments."""
    name = _again(integration.pk)
    with transaction.atomic():
        waiting = _the_one(name)
        if waiting is None:
            Schedule.objects.create(
                name=name, func=TASK, args=str(integration.pk), schedule_type=Schedule.ONCE, next_run=at
            )
        elif at < waiting.next_run:
            waiting.next_run = at
            waiting.save()


def next_starts(integration_pks: Iterable[int]) -> dict[int, datetime]:
    """When each of these integrations is synchronised next by itself; one statement."""
    pks = {name: pk for pk in integration_pks for name in _names(pk)}
    rows = Schedule.objects.filter(func=TASK, name__in=pks).order_by("-next_run").values_list("name", "next_run")
    return {pks[name]: next_run for name, next_run in rows}


def forget(integration_pk: int) -> None:
    """Nothing happens by itself any more."""
    Schedule.objects.filter(func=TASK, name__in=_names(integration_pk)).delete()


def next_start(integration: Integration, now: datetime) -> datetime:
    """The first moment after `now` at which an automatic sync of this integration begins, in UTC."""
    if integration.auto_sync == AutoSync.DAILY:
        return _next_daily(integration, now)
    period = _MINUTES[AutoSync(integration.auto_sync)] * 60
    into = (int(now.timestamp()) - _offset(integration)) % period
    return now.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=period - into)


def _next_daily(integration: Integration, now: datetime) -> datetime:
    """Within the hour that the integration names, by the clock of its time zone."""
    zone = ZoneInfo(integration.time_zone)
    today = now.astimezone(zone).date()
    for day in (today, today + timedelta(days=1)):
        hour = datetime.combine(day, time(integration.daily_hour), zone).astimezone(UTC)
        start = hour + timedelta(seconds=_offset(integration))
        if start > now:
            break
    return start


def _offset(integration: Integration) -> int:
    """Seconds after the hour."""
    return integration.pk * _SPREAD % _HOUR


# -- rows --------------------------------------------------------------------------------------------------------------


def _name(pk: int) -> str:
    return f"sync {pk}"


def _again(pk: int) -> str:
    return f"sync {pk} again"


def _names(pk: int) -> tuple[str, str]:
    return _name(pk), _again(pk)


def _the_one(name: str) -> Any:
    """The schedule of that name, without its twins."""
    first, *twins = [*Schedule.objects.filter(func=TASK, name=name).order_by("pk")] or [None]
    for twin in twins:
        twin.delete()
    return first


def _new(pk: int) -> Any:
    # Minutes for every rhythm: django-q counts days in the installation's time zone, which is not the integration's.
    return Schedule(name=_name(pk), func=TASK, args=str(pk), schedule_type=Schedule.MINUTES)


# -- signals -----------------------------------------------------------------------------------------------------------


def on_save(instance: Integration, raw: bool, **_more: object) -> None:  # noqa: FBT001 - Django's signature
    """`raw`: a fixture is being loaded, whose schedules are its own affair."""
    if not raw:
        arrange(instance)


def on_delete(instance: Integration, **_more: object) -> None:
    forget(instance.pk)


def on_migrate(using: str, **_more: object) -> None:
    """After an upgrade, when the rhythm or the task's name may have changed; not while our tables are taken away."""
    tables = connections[using].introspection.table_names()
    if {Integration._meta.db_table, Schedule._meta.db_table} <= set(tables):  # noqa: SLF001 - Django's own name
        arrange_all()
