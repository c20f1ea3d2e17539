"""What workers do for the installation itself: that it is scheduled once, and that the queue carries it out."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler
from django_q.signing import SignedPackage

from sync import housekeeping, tasks
from sync.housekeeping import CHORES
from sync.models import Heartbeat

pytestmark = pytest.mark.django_db


def chores():
    return Schedule.objects.filter(func__in=[chore.func for chore in CHORES])


def test_migrating_schedules_each_chore_once():
    chores().delete()

    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)

    told = [("alarms", 10), ("heartbeat", 1), ("messages", 5), ("reports", 30)]
    assert sorted(chores().values_list("name", "minutes")) == told


def test_twins_are_cleared_away():
    twin = chores().first()
    twin.pk = None
    twin.save()

    housekeeping.arrange()

    assert chores().count() == len(CHORES)


def test_arranging_again_puts_no_chore_off():
    owed = timezone.now() - timedelta(minutes=3)
    chores().update(next_run=owed)

    housekeeping.arrange()

    assert set(chores().values_list("next_run", flat=True)) == {owed}


def test_each_chore_is_a_task_that_exists():
    for chore in CHORES:
        assert callable(getattr(tasks, chore.func.removeprefix("sync.tasks.")))


def test_the_heartbeat_is_told_when_it_was_due():
    due = timezone.now() - timedelta(minutes=4)
    chores().exclude(name="heartbeat").delete()
    chores().update(next_run=due)

    scheduler()
    queued = SignedPackage.loads(OrmQ.objects.get().payload)
    tasks.beat(*queued["args"], **queued["kwargs"])

    assert queued["func"] == "sync.tasks.beat"
    assert queued["save"] is False
    assert Heartbeat.objects.get().asked_at == due
    assert Heartbeat.objects.get().beat_at > due
