"""`manage.py alarms`: says what is missing, mails it once, and its exit status tells a timer."""

import io
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from integrations.models import Integration, StoreConnection
from sync.models import Run
from sync.services.heartbeat import heart_beats
from tests.support.office import Office, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    """A business where nothing is missing at this moment."""
    office = Office.open("Maple", "934145001")
    office.hire("olivia", "owner")
    now = timezone.now()
    Integration.objects.update(live_at=now, orders_read_until=now)
    Run.objects.update(started_at=now)
    heart_beats(now=now)
    return office


def ask():
    out = io.StringIO()
    try:
        call_command("alarms", stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_when_nothing_is_missing_it_says_nothing(office):
    assert ask() == (0, "")
    assert mail.outbox == []


def test_what_is_missing_is_said_each_time_and_mailed_once(office):
    StoreConnection.objects.update(state="reconnect")

    first, second = ask(), ask()

    assert first == second
    assert first[0] == 3
    assert "Maple shop must be connected again" in first[1]
    assert len(mail.outbox) == 1


def test_a_worker_that_stopped_is_told_from_outside(office):
    person("root", is_superuser=True)
    heart_beats(now=timezone.now() - timedelta(hours=1))

    status, said = ask()

    assert status == 3
    assert "manage.py qcluster" in said
    assert [message.to for message in mail.outbox] == [["root@example.test"]]
