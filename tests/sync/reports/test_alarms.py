"""What is missing, and that it is noticed neither too early nor too late."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from integrations.models import BooksConnection, Integration, StoreConnection
from sync.models import Record, Run, SettingChange, StoreHabit
from sync.reports.alarm_words import duration
from sync.reports.alarms import AlarmKind, alarms_for
from sync.services.alarms import habits_measure
from sync.services.heartbeat import heart_beats
from tests.support.office import NOW, Office

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def office():
    """A business whose integration is well at NOW: just synchronised, an order just there, a worker at work."""
    office = Office.open("Maple", "934145001")
    Integration.objects.update(live_at=NOW - 90 * DAY, orders_read_until=NOW)
    Run.objects.update(started_at=NOW - timedelta(minutes=30))
    heart_beats(now=NOW)
    return office


def alarms(at=NOW):
    heart_beats(now=at)
    return alarms_for(Integration.objects.all(), now=at)


def kinds(at=NOW):
    return [alarm.kind for alarm in alarms(at)]


def test_an_integration_that_is_well_has_no_alarm(office):
    assert alarms() == []


class TestTheWorker:
    def test_it_is_missed_after_ten_minutes(self, office):
        later = NOW + timedelta(minutes=11)

        [alarm] = alarms_for([office.integration], now=later)

        assert alarm.kind == AlarmKind.WORKER
        assert alarm.since == NOW
        assert alarm.business_id is None

    def test_without_one_that_never_was_the_text_says_so(self, office):
        from sync.models import Heartbeat

        Heartbeat.objects.all().delete()

        [alarm] = alarms_for([office.integration], now=NOW)

        assert "never" in alarm.sentence

    def test_while_it_is_missing_the_missing_syncs_are_no_alarms_of_their_own(self, office):
        found = alarms_for([office.integration], now=NOW + 30 * HOUR)

        assert [alarm.kind for alarm in found] == [AlarmKind.WORKER]


class TestNoSync:
    @pytest.mark.parametrize(
        ("auto_sync", "well", "late"),
        [("15min", HOUR, HOUR), ("hourly", 3 * HOUR, 3 * HOUR), ("daily", 3 * DAY, 3 * DAY)],
    )
    def test_three_missed_turns_are_told(self, office, auto_sync, well, late):
        Integration.objects.update(auto_sync=auto_sync, orders_read_until=NOW)
        last = NOW - timedelta(minutes=30)

        assert kinds(last + well) == []
        assert kinds(last + late + timedelta(minutes=1)) == [AlarmKind.NO_SYNC]

    def test_a_sync_that_stopped_early_is_none(self, office):
        Run.objects.create(
            integration=office.integration, trigger="schedule", state="failed", started_at=NOW + 3 * HOUR
        )

        assert kinds(NOW + 4 * HOUR) == [AlarmKind.NO_SYNC]

    def test_nor_is_a_dry_run(self, office):
        Run.objects.create(
            integration=office.integration, trigger="command", state="finished", dry_run=True, started_at=NOW + 3 * HOUR
        )

        assert kinds(NOW + 4 * HOUR) == [AlarmKind.NO_SYNC]

    @pytest.mark.parametrize("change", [{"paused": True}, {"auto_sync": "manual"}, {"live_at": None}])
    def test_none_is_missed_where_none_is_to_be(self, office, change):
        Integration.objects.update(**change)

        assert kinds(NOW + 9 * DAY) == []

    def test_one_that_was_just_resumed_is_given_its_time(self, office):
        SettingChange.objects.create(
            business=office.business, integration=office.integration, by="ana", at=NOW + 9 * DAY,
            model="integrations.integration", field="paused", old="True", new="False",
        )  # fmt: skip

        assert kinds(NOW + 9 * DAY + HOUR) == []
        assert kinds(NOW + 9 * DAY + 4 * HOUR) == [AlarmKind.NO_SYNC]

    def test_a_company_that_is_being_worked_with_right_now_is_waited_for(self, office):
        BooksConnection.objects.update(lease_expires_at=NOW + 5 * HOUR)

        assert kinds(NOW + 4 * HOUR) == []

    def test_it_says_how_long_and_since_when_in_the_integrations_time(self, office):
        [alarm] = alarms(NOW + 5 * HOUR)

        assert alarm.title == "maple: no complete sync for 5 hours"
        assert "11/20/2026 10:00" in alarm.sentence
        assert alarm.url == f"/sync/run/?integration__id__exact={office.integration.pk}"


class TestASilentStore:
    @pytest.fixture
    def habit(self, office):
        """An order every six hours for a while, the last one at NOW."""
        Record.objects.all().delete()
        for number in range(20):
            Record.objects.create(
                integration=office.integration, kind="order", store_ref=str(number), payload={}, fingerprint="f",
                created_in_store_at=NOW - 6 * HOUR * number, updated_in_store_at=NOW,
            )  # fmt: skip
        habits_measure(now=NOW)
        Integration.objects.update(auto_sync="manual")

    def silent(self, read_until):
        Integration.objects.update(orders_read_until=read_until)
        return kinds(read_until)

    def test_it_is_told_after_a_day_at_the_earliest(self, habit):
        assert self.silent(NOW + DAY) == []
        assert self.silent(NOW + DAY + HOUR) == [AlarmKind.STORE_SILENT]

    def test_or_after_three_times_its_usual_longest_gap(self, habit):
        Record.objects.filter(store_ref__in=["2", "3"]).delete()  # leaves a gap of eighteen hours
        StoreHabit.objects.all().delete()
        habits_measure(now=NOW)

        assert self.silent(NOW + 54 * HOUR) == []
        assert self.silent(NOW + 55 * HOUR) == [AlarmKind.STORE_SILENT]

    def test_what_was_not_read_is_no_silence(self, habit):
        Integration.objects.update(orders_read_until=NOW)

        assert kinds(NOW + 9 * DAY) == []

    def test_a_few_orders_are_no_habit(self, habit):
        Record.objects.exclude(store_ref__in=["0", "1", "2"]).delete()
        StoreHabit.objects.all().delete()
        habits_measure(now=NOW)

        assert self.silent(NOW + 30 * DAY) == []

    def test_what_is_older_than_sixty_days_is_forgotten(self, habit):
        Record.objects.filter(store_ref="19").update(created_in_store_at=NOW - 61 * DAY)
        StoreHabit.objects.all().delete()

        habits_measure(now=NOW)

        assert StoreHabit.objects.get().longest_gap == 6 * HOUR
        assert StoreHabit.objects.get().orders == 19

    def test_silence_does_not_become_a_habit(self, habit):
        habits_measure(now=NOW + 100 * DAY)

        assert self.silent(NOW + 100 * DAY) == [AlarmKind.STORE_SILENT]

    def test_it_is_measured_once_a_day(self, habit):
        assert habits_measure(now=NOW + 23 * HOUR) == 0
        assert habits_measure(now=NOW + 25 * HOUR) == 1

    def test_a_new_order_ends_it(self, habit, office):
        assert self.silent(NOW + 3 * DAY) == [AlarmKind.STORE_SILENT]
        Record.objects.filter(store_ref="5").update(created_in_store_at=NOW + 3 * DAY)

        assert kinds(NOW + 3 * DAY) == []


class TestConnections:
    @pytest.mark.parametrize(
        ("state", "kind"), [("reconnect", AlarmKind.RECONNECT), ("operator", AlarmKind.MISCONFIGURED)]
    )
    @pytest.mark.parametrize("model", [StoreConnection, BooksConnection])
    def test_one_that_no_longer_lets_us_in(self, office, model, state, kind):
        model.objects.update(state=state)

        assert kinds() == [kind]

    def test_one_that_somebody_ended_is_no_alarm(self, office):
        StoreConnection.objects.update(state="disconnected")

        assert kinds() == []

    def test_a_consent_is_told_two_weeks_before_its_end(self, office):
        BooksConnection.objects.update(refresh_expires_at=NOW + 14 * DAY, consent_expires_at=NOW + 900 * DAY)

        assert kinds(NOW - timedelta(minutes=1)) == []
        assert kinds(NOW + timedelta(minutes=1)) == [AlarmKind.CONSENT_UNUSED]

    @pytest.mark.parametrize("unused", [None, NOW + 11 * DAY, NOW + 90 * DAY])
    def test_the_end_after_five_years_asks_for_the_owner(self, office, unused):
        """Where both ends are known to be one, nothing but a new consent helps."""
        BooksConnection.objects.update(refresh_expires_at=unused, consent_expires_at=NOW + 11 * DAY)

        assert kinds() == [AlarmKind.CONSENT_ENDS]

    def test_a_connection_of_several_integrations_has_one_alarm(self, office):
        other = StoreConnection.objects.create(
            business=office.business, provider="ecwid", account_id="2", state="connected"
        )
        second = Integration.objects.create(
            business=office.business, slug="second", store=other, books=office.books, live_at=NOW
        )
        BooksConnection.objects.update(state="reconnect")

        [alarm] = alarms()

        assert set(alarm.integration_ids) == {office.integration.pk, second.pk}
        assert alarm.url == f"/integrations/booksconnection/{office.books.pk}/change/"


def test_two_statements_however_many_integrations(office):
    def statements():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            alarms_for(list(Integration.objects.only("pk")), now=NOW + 9 * DAY)
        return len(queries) - 1

    for number in range(2, 12):
        Office.open(f"Shop {number}".replace(" ", ""), f"93414500{number}")

    assert statements() == 2


def test_only_the_integrations_asked_for_are_told_of(office):
    Office.open("Zephyr", "934145002")
    StoreConnection.objects.update(state="reconnect")

    found = alarms_for([office.integration], now=NOW)

    assert [alarm.integration_ids for alarm in found] == [(office.integration.pk,)]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "1 minute"),
        (40, "40 minutes"),
        (119, "119 minutes"),
        (120, "2 hours"),
        (47 * 60, "47 hours"),
        (2880, "2 days"),
    ],
)
def test_durations_are_told_in_the_unit_that_fits(minutes, said):
    assert duration(timedelta(minutes=minutes)) == said


def test_every_alarm_has_its_words(office):
    from sync.reports.alarm_words import TEXTS, Alarm

    with translation.override("en"):
        for kind in AlarmKind:
            alarm = Alarm(kind, subject="Maple", since=NOW, until=NOW)
            assert "%" not in alarm.title + alarm.sentence
            assert TEXTS[kind].colour in {"danger", "warning"}
