"""The address for monitors: good only while workers work and keep up, and silent about everything else."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from sync.models import Heartbeat
from sync.services.heartbeat import heart_beats


def beat(minutes_ago=0, late=0):
    at = timezone.now() - timedelta(minutes=minutes_ago)
    heart_beats(now=at, asked_at=at - timedelta(minutes=late))


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


def test_a_database_that_is_away_is_told_not_raised(client, monkeypatch):
    def away(*_args, **_options):
        raise OperationalError("the server is not there")

    monkeypatch.setattr(Heartbeat.objects, "filter", away)

    assert asked(client) == (503, dict.fromkeys(("status", "database", "worker", "queue"), "failing"))
