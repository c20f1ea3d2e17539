"""The address for monitors: good only while workers work and keep up, and silent about everything else."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import OperationalError
from django.utils import timezone

from sync.models import Heartbeat
from sync.services.heartbeat import heart_beats


def beat(minutes_ago=0, late=0):
    at = timezone.now() - timedelta(minutes=minutes_ago)
    heart_beats(now=at, asked_at=at - timedelta(minutes=late))


@pytest.fixture(autouse=True)
def started(monkeypatch):
    """Says how many minutes ago the web server was started; without being asked, an hour."""

    def minutes_ago(minutes):
        monkeypatch.setattr(apps.get_app_config("sync"), "started_at", timezone.now() - timedelta(minutes=minutes))

    minutes_ago(60)
    return minutes_ago


def asked(client):
    answer = client.get("/health")
    return answer.status_code, answer.json()


@pytest.mark.django_db
class TestHealth:
    def test_a_worker_that_just_showed_itself_is_well(self, client):
        beat()

        assert asked(client) == (200, {"status": "ok", "database": "ok", "worker": "ok", "queue": "ok"})

    def test_without_any_sign_of_a_worker_nothing_is_done(self, client):
        assert asked(client) == (503, {"status": "failing", "database": "ok", "worker": "failing", "queue": "failing"})

    @pytest.mark.parametrize(("minutes_ago", "status"), [(9, 200), (11, 503)])
    def test_a_worker_is_silent_after_ten_minutes(self, client, minutes_ago, status):
        beat(minutes_ago)

        assert asked(client)[0] == status

    @pytest.mark.parametrize(("late", "status"), [(14, 200), (16, 503)])
    def test_a_queue_that_is_a_quarter_of_an_hour_behind_is_stuck(self, client, late, status):
        beat(late=late)

        assert asked(client)[0] == status

    def test_a_new_sign_replaces_the_old_one(self, client):
        beat(30)
        beat()

        assert asked(client)[0] == 200
        assert Heartbeat.objects.count() == 1

    def test_it_costs_one_statement_and_asks_for_no_sign_in(self, client, django_assert_num_queries):
        beat()

        with django_assert_num_queries(1):
            client.get("/health")

    def test_nothing_can_be_sent_to_it(self, client):
        assert client.post("/health").status_code == 405


STARTING = {"status": "ok", "database": "ok", "worker": "starting", "queue": "starting"}


@pytest.mark.django_db
class TestAfterTheStart:
    def test_workers_have_three_minutes_for_their_first_sign(self, client, started):
        started(2)
        assert asked(client) == (200, STARTING)

        started(4)
        assert asked(client)[0] == 503

    def test_the_signs_of_an_earlier_start_do_not_count_against_them(self, client, started):
        beat(minutes_ago=600)
        started(2)

        assert asked(client) == (200, STARTING)

    def test_a_queue_that_stood_still_meanwhile_does_not_either(self, client, started):
        beat(late=600)
        started(2)

        assert asked(client) == (200, STARTING)

    def test_with_their_first_sign_they_are_well(self, client, started):
        started(2)
        beat()

        assert asked(client) == (200, dict.fromkeys(STARTING, "ok"))

    def test_the_timer_that_looks_after_the_worker_waits_for_nothing(self):
        from integrations.models import Integration
        from sync.reports.alarms import AlarmKind, alarms_for

        [alarm] = alarms_for(Integration.objects.none(), now=timezone.now())

        assert alarm.kind == AlarmKind.WORKER


@pytest.mark.parametrize("minutes", [1, 60])
def test_a_database_that_is_away_is_told_not_raised(client, started, monkeypatch, minutes):
    started(minutes)

    def away(*_args, **_options):
        raise OperationalError("the server is not there")

    monkeypatch.setattr(Heartbeat.objects, "filter", away)

    assert asked(client) == (503, dict.fromkeys(("status", "database", "worker", "queue"), "failing"))
