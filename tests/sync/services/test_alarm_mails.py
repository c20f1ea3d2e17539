"""Alarms by mail: to those who can act, in their language, once, and again only when it happens again."""

from datetime import timedelta

import pytest
from django.core import mail

from integrations.models import BooksConnection, Integration, StoreConnection
from sync.models import AlarmNotice, Run
from sync.services.alarms import alarms_mail
from sync.services.heartbeat import heart_beats
from tests.support.office import NOW, Office, person

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)


@pytest.fixture
def office():
    office = Office.open("Maple", "934145001")
    office.hire("olivia", "owner")
    office.hire("bob", "bookkeeper")
    Integration.objects.update(live_at=NOW, orders_read_until=NOW)
    Run.objects.update(started_at=NOW)
    return office


def tell(at=NOW):
    heart_beats(now=at)
    return alarms_mail(now=at)


def broken():
    BooksConnection.objects.update(state="reconnect")


def mended():
    BooksConnection.objects.update(state="connected")


def test_when_all_is_well_nobody_is_written_to(office):
    assert tell() == 0
    assert mail.outbox == []


def test_the_owners_are_told_what_to_do_and_nobody_else(office):
    broken()

    assert tell() == 1

    [message] = mail.outbox
    assert message.to == ["olivia@example.test"]
    assert message.subject == "Maple: Maple Inc. must be connected again"
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    for text in (message.body, html):
        assert "Orders wait; none is lost." in text
        assert f"http://127.0.0.1:8000/integrations/booksconnection/{office.books.pk}/change/" in text


def test_it_is_told_once(office):
    broken()
    for minutes in (0, 10, 20, 600):
        tell(NOW + minutes * MINUTES)

    assert len([message for message in mail.outbox if "connected again" in message.subject]) == 1


def test_what_breaks_again_is_told_again(office):
    broken()
    tell()
    mended()
    tell(NOW + 10 * MINUTES)
    broken()
    tell(NOW + 20 * MINUTES)

    assert len(mail.outbox) == 2


def test_several_alarms_of_a_business_are_one_mail(office):
    broken()
    StoreConnection.objects.update(state="operator")

    assert tell() == 2

    [message] = mail.outbox
    assert message.subject == "Maple: 2 alarms"


def test_each_business_has_a_mail_of_its_own(office):
    other = Office.open("Zephyr", "934145002")
    other.hire("zoe", "owner")
    broken()

    tell()

    assert sorted(message.to for message in mail.outbox) == [["olivia@example.test"], ["zoe@example.test"]]
    assert not any("Zephyr" in message.body for message in mail.outbox if message.to == ["olivia@example.test"])


def test_each_owner_reads_it_in_their_language(office, monkeypatch):
    chosen = []
    monkeypatch.setattr(
        "sync.services.mailing.translation.override", lambda language: chosen.append(language) or _Nothing()
    )
    office.hire("odile", "owner")
    office.business.memberships.get(user__username="odile").user.__class__.objects.filter(username="odile").update(
        language="fr"
    )
    broken()

    tell()

    assert chosen == ["en", "fr"]


class _Nothing:
    def __enter__(self):
        pass

    def __exit__(self, *_error):
        pass


def test_a_missing_worker_is_told_to_whoever_runs_the_installation(office):
    person("root", is_superuser=True)
    heart_beats(now=NOW)

    alarms_mail(now=NOW + 30 * MINUTES)

    [message] = mail.outbox
    assert message.to == ["root@example.test"]
    assert message.subject == "Tillbridge: Nothing is done in the background"


def test_where_a_business_has_no_owner_whoever_runs_the_installation_is_told(office):
    person("root", is_superuser=True)
    office.business.memberships.filter(role="owner").delete()
    broken()

    assert tell() == 1

    assert [message.to for message in mail.outbox] == [["root@example.test"]]


def test_keys_that_are_refused_are_told_to_those_who_can_change_them_too(office):
    person("root", is_superuser=True)
    BooksConnection.objects.update(state="operator")

    assert tell() == 1

    assert [message.to for message in mail.outbox] == [["olivia@example.test"], ["root@example.test"]]


def test_without_anybody_to_tell_it_is_told_as_soon_as_there_is_somebody(office):
    office.business.memberships.filter(role="owner").delete()
    broken()
    assert tell() == 0

    office.hire("oscar", "owner")

    assert tell(NOW + 10 * MINUTES) == 1


class TestAMailServerThatFails:
    @pytest.fixture
    def failing(self, monkeypatch):
        """A server that is away until the returned list is emptied."""
        import smtplib

        from django.core.mail.backends.locmem import EmailBackend

        away, send = [True], EmailBackend.send_messages

        def try_to(self, messages):
            if away:
                raise smtplib.SMTPServerDisconnected("gone")
            return send(self, messages)

        monkeypatch.setattr(EmailBackend, "send_messages", try_to)
        return away

    def test_it_is_tried_again(self, office, failing):
        broken()
        assert tell() == 0
        assert AlarmNotice.objects.get().mailed_at is None

        failing.clear()

        assert tell(NOW + 10 * MINUTES) == 1
        assert tell(NOW + 20 * MINUTES) == 0


def test_while_another_process_writes_the_mail_it_is_left_to_it(office):
    broken()
    tell()
    AlarmNotice.objects.update(mailed_at=None, claimed_at=NOW)

    assert tell(NOW + 5 * MINUTES) == 0
    assert tell(NOW + 11 * MINUTES) == 1  # it must have died
