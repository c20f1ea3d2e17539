"""Automatic syncs: which schedule an integration has, when it starts, and that repeating changes nothing."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Schedule

from accounts.models import Business
from integrations.models import BooksConnection, Integration, StoreConnection
from sync import schedules

NOON = datetime(2026, 9, 14, 12, 0, tzinfo=UTC)
TORONTO = ZoneInfo("America/Toronto")
SYNCS = Schedule.objects.filter(func=schedules.TASK)  # beside those of the installation itself


@pytest.fixture
def integrate(db):
    """Makes an integration that is not connected to anything."""

    def make(slug="shop", **options):
        business, _ = Business.objects.get_or_create(name="Maple Goods")
        store = StoreConnection.objects.create(business=business, provider="ecwid", account_id=slug)
        books = BooksConnection.objects.create(business=business, account_id=slug)
        return Integration.objects.create(business=business, slug=slug, store=store, books=books, **options)

    return make


def change(integration, **options):
    for name, value in options.items():
        setattr(integration, name, value)
    integration.save()


class TestWhichSchedule:
    @pytest.mark.parametrize(("auto_sync", "minutes"), [("15min", 15), ("hourly", 60), ("daily", 1440)])
    def test_an_integration_has_one_schedule_of_its_rhythm(self, integrate, auto_sync, minutes):
        integration = integrate(auto_sync=auto_sync)

        schedule = SYNCS.get()

        assert (schedule.schedule_type, schedule.minutes, schedule.repeats) == (Schedule.MINUTES, minutes, -1)
        assert (schedule.func, schedule.args) == ("sync.tasks.sync_integration", str(integration.pk))
        assert timezone.now() < schedule.next_run <= timezone.now() + timedelta(minutes=minutes)

    def test_manual_means_no_schedule(self, integrate):
        integrate(auto_sync="manual")

        assert not SYNCS.exists()

    def test_pausing_takes_the_schedule_away_and_resuming_brings_it_back(self, integrate):
        integration = integrate()
        schedules.again(integration, NOON)

        change(integration, paused=True)
        assert not SYNCS.exists()

        change(integration, paused=False)
        assert SYNCS.get().minutes == 60

    def test_changing_the_rhythm_changes_the_schedule(self, integrate):
        integration = integrate(auto_sync="hourly")

        change(integration, auto_sync="daily")

        assert SYNCS.get().minutes == 1440

    def test_deleting_the_integration_deletes_its_schedules_and_no_others(self, integrate):
        gone, stays = integrate("gone"), integrate("stays")
        schedules.again(gone, NOON)

        gone.delete()

        assert [schedule.args for schedule in SYNCS.all()] == [str(stays.pk)]


class TestRepeating:
    def test_saving_anything_else_does_not_put_the_next_sync_off(self, integrate):
        integration = integrate()
        before = SYNCS.values().get()

        change(integration, report_language="fr")

        assert SYNCS.values().get() == before

    def test_a_sync_that_is_owed_stays_owed(self, integrate):
        integration = integrate()
        SYNCS.update(next_run=NOON - timedelta(minutes=10))

        schedules.arrange(integration, now=NOON)

        assert SYNCS.get().next_run == NOON - timedelta(minutes=10)

    def test_twins_are_cleared_away(self, integrate):
        integration = integrate()
        twin = SYNCS.get()
        twin.pk = None
        twin.save()

        schedules.arrange(integration)

        assert SYNCS.count() == 1

    def test_migrating_restores_what_is_missing_and_removes_what_is_left_over(self, integrate):
        integration = integrate()
        SYNCS.delete()
        Schedule.objects.create(name="sync 999999", func=schedules.TASK, args="999999")
        Schedule.objects.create(name="somebody else's", func="elsewhere.task")

        call_command("migrate", verbosity=0)

        assert set(Schedule.objects.values_list("args", flat=True)) == {str(integration.pk), None}

    def test_two_wishes_for_one_more_sync_are_one_at_the_earlier_moment(self, integrate):
        integration = integrate()

        for minutes in (5, 2, 9):
            schedules.again(integration, NOON + timedelta(minutes=minutes))

        extra = SYNCS.get(schedule_type=Schedule.ONCE)
        assert extra.next_run == NOON + timedelta(minutes=2)


class TestWhenItStarts:
    def test_neighbours_start_far_apart(self, integrate):
        starts = sorted(schedules.next_start(Integration(pk=pk, auto_sync="hourly"), NOON) for pk in range(1, 61))

        gaps = [later - earlier for earlier, later in pairwise(starts)]
        assert min(gaps) >= timedelta(seconds=15)
        assert max(gaps) <= timedelta(minutes=3)

    @pytest.mark.parametrize(("auto_sync", "minutes"), [("15min", 15), ("hourly", 60)])
    def test_each_start_is_one_period_after_the_last(self, auto_sync, minutes):
        integration = Integration(pk=7, auto_sync=auto_sync)
        first = schedules.next_start(integration, NOON)

        assert NOON < first <= NOON + timedelta(minutes=minutes)
        assert schedules.next_start(integration, first) == first + timedelta(minutes=minutes)
        assert schedules.next_start(integration, first - timedelta(seconds=1)) == first

    @pytest.mark.parametrize("day", [datetime(2026, 10, 30, 12, tzinfo=UTC), datetime(2027, 3, 12, 12, tzinfo=UTC)])
    def test_the_daily_sync_keeps_its_hour_when_the_clocks_change(self, day):
        integration = Integration(pk=1, auto_sync="daily", daily_hour=5, time_zone="America/Toronto")
        moment, hours = day, []
        for _ in range(4):
            moment = schedules.next_start(integration, moment)
            hours.append(moment.astimezone(TORONTO).hour)

        assert hours == [5, 5, 5, 5]

    def test_the_daily_sync_is_today_while_its_hour_is_still_to_come(self):
        integration = Integration(pk=1, auto_sync="daily", daily_hour=23, time_zone="America/Toronto")

        start = schedules.next_start(integration, NOON).astimezone(TORONTO)

        assert (start.day, start.hour) == (14, 23)

    def test_another_hour_moves_the_daily_sync(self, integrate):
        integration = integrate(auto_sync="daily", daily_hour=3, time_zone="America/Toronto")

        change(integration, daily_hour=7)

        assert SYNCS.get().next_run.astimezone(TORONTO).hour == 7
