"""What workers do for the installation itself, and how often: a few django-q schedules that belong to nobody."""

from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django_q.models import Schedule

# Successes of tasks that come every few minutes are not worth a row each; failures are kept all the same.
_UNKEPT = "q_options={'save': False}"


@dataclass(frozen=True, slots=True)
class Chore:
    """`told`: the keyword under which the task is told when it was due."""

    name: str
    func: str
    minutes: int
    told: str | None = None


CHORES = (
    Chore("heartbeat", "sync.tasks.beat", 1, "asked_at"),
    Chore("alarms", "sync.tasks.watch", 10),
    Chore("reports", "sync.tasks.report", 30),
    Chore("messages", "sync.tasks.sweep_messages", 5),
)


@transaction.atomic
def arrange() -> None:
    """One schedule for each chore, as the table says; may be repeated, and repeating puts no chore off."""
    for chore in CHORES:
        first, *twins = [*Schedule.objects.filter(func=chore.func).order_by("pk")] or [Schedule(func=chore.func)]
        for twin in twins:
            twin.delete()
        _make(first, chore)


def _make(schedule: Any, chore: Chore) -> None:
    schedule.name, schedule.minutes = chore.name, chore.minutes
    schedule.schedule_type, schedule.repeats = Schedule.MINUTES, -1
    schedule.kwargs, schedule.intended_date_kwarg = _UNKEPT, chore.told
    schedule.save()


def on_migrate(using: str, **_more: object) -> None:
    """With every upgrade; not while django-q's tables are not there yet, or are taken away."""
    if Schedule._meta.db_table in connections[using].introspection.table_names():  # noqa: SLF001 - Django's own name
        arrange()
