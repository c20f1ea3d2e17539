"""The automatic sync: who gets one, that nothing piles up, and that a long one hands over in time."""

import ast
from datetime import timedelta

import pytest
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler
from django_q.signing import SignedPackage

from integrations.models import Integration
from sync import schedules, tasks
from sync.engine import ordering
from sync.engine.lease import leased
from sync.models import Record, RecordState, Run, Trigger
from tests.support.expect import GOOD

SYNCS = Schedule.objects.filter(func=schedules.TASK)  # beside those of the installation itself
ONCE = SYNCS.filter(schedule_type=Schedule.ONCE)


def sync(world):
    tasks.sync_once(world.integration.pk, world.time.clock)


class TestWhoIsSynchronised:
    def test_an_order_reaches_the_books(self, world):
        world.place({**GOOD, "order_id": "A"})

        sync(world)

        assert world.record("A").state == RecordState.POSTED
        assert Run.objects.get().trigger == Trigger.SCHEDULE

    def test_a_paused_integration_is_left_alone(self, world):
        Integration.objects.update(paused=True)

        sync(world)

        assert not Run.objects.exists()

    def test_an_integration_that_is_gone_is_no_failure(self, db):
        tasks.sync_integration(4711)

        assert not Run.objects.exists()


class TestNothingPilesUp:
    def test_while_another_run_works_with_the_company_the_sync_comes_back_later_once(self, world):
        slept = world.time.slept
        with leased(world.integration.books, clock=world.time.clock):
            sync(world)
            sync(world)

        assert not Run.objects.exists()
        assert world.time.slept == slept
        [later] = ONCE.all()
        assert later.next_run > world.time.now()

    def test_a_run_that_was_killed_does_not_keep_the_others_waiting(self, world):
        world.integration.books.lease_owner = "///"
        world.integration.books.lease_expires_at = world.time.now() - timedelta(seconds=1)
        world.integration.books.save()

        sync(world)

        assert Run.objects.count() == 1

    def test_a_long_sync_hands_over_before_the_worker_is_killed(self, world, monkeypatch):
        monkeypatch.setattr(ordering, "PAGE", 1)
        monkeypatch.setattr(tasks, "WORKS_FOR", timedelta(0))
        world.place(*({**GOOD, "order_id": number} for number in ("A", "B")))

        sync(world)

        assert list(Record.objects.values_list("state", flat=True).order_by("state")) == ["new", "posted"]
        assert ONCE.count() == 1

        sync(world)

        assert set(Record.objects.values_list("state", flat=True)) == {"posted"}
        assert ONCE.count() == 1  # the one from before; this sync left nothing and asks for no other

    def test_a_provider_that_is_down_is_left_to_the_next_schedule(self, world, monkeypatch):
        monkeypatch.setattr(tasks, "WORKS_FOR", timedelta(0))
        world.place({**GOOD, "order_id": "A"})
        world.quickbooks.fault("status", status=503, times=1000)

        sync(world)

        assert not ONCE.exists()


class TestTheQueue:
    def test_the_scheduler_queues_what_the_task_understands(self, world):
        Schedule.objects.exclude(func=schedules.TASK).delete()
        SYNCS.update(next_run=world.time.now() - timedelta(minutes=1))

        scheduler()

        task = SignedPackage.loads(OrmQ.objects.get().payload)
        assert (task["func"], task["args"]) == ("sync.tasks.sync_integration", (world.integration.pk,))
        assert SYNCS.get().next_run > world.time.now()

    def test_one_more_sync_is_queued_once(self, world):
        Schedule.objects.all().delete()
        schedules.again(world.integration, world.time.now() - timedelta(seconds=1))

        scheduler()
        scheduler()

        assert OrmQ.objects.count() == 1
        assert not SYNCS.exists()

    @pytest.mark.parametrize("minutes", [15, 60, 1440])
    def test_the_task_puts_a_schedule_right_that_ran_off_its_time(self, world, minutes):
        rhythm = {15: "15min", 60: "hourly", 1440: "daily"}[minutes]
        Integration.objects.update(auto_sync=rhythm)
        right = schedules.next_start(Integration.objects.get(), world.time.now())
        SYNCS.update(minutes=minutes, next_run=right + timedelta(hours=1))

        sync(world)

        assert SYNCS.get().next_run == right

    def test_arguments_are_numbers(self, world):
        schedules.again(world.integration, world.time.now())

        for schedule in SYNCS.all():
            assert isinstance(ast.literal_eval(schedule.args), int)
