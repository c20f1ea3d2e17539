"""E-mail reports: when they go out, to whom, and that their figures are those of the books."""

import smtplib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command

from integrations.models import BooksConnection, Integration
from sync import tasks
from sync.models import Record, ReportState, Run
from sync.reports.mail import sync_report
from sync.services.reports import due_at, headline, report_after_run, reports_send_due
from tests.support.expect import GOOD


def want(when, *recipients, language="en"):
    Integration.objects.update(
        report_when=when, report_recipients=list(recipients or ["books@example.test"]), report_language=language
    )


def sync(world):
    """What a worker does."""
    world.time.forward(seconds=1)
    tasks.sync_once(world.integration.pk, world.time.clock)


@pytest.fixture
def trouble(world):
    """Makes orders wait from now on: nothing is mapped."""

    def make():
        world.integration.tax_mappings.update(code="")

    return make


class TestWhen:
    @pytest.mark.parametrize(
        ("when", "after_good", "after_bad"), [("off", 0, 0), ("problems", 0, 1), ("always", 1, 2), ("daily", 0, 0)]
    )
    def test_after_syncs_as_the_settings_say(self, world, trouble, when, after_good, after_bad):
        want(when)
        world.place({**GOOD, "order_id": "A"})
        sync(world)
        assert len(mail.outbox) == after_good

        trouble()
        world.place({**GOOD, "order_id": "B"})
        sync(world)
        assert len(mail.outbox) == after_bad

    def test_the_same_problem_is_told_once(self, world, trouble):
        want("problems")
        trouble()
        world.place({**GOOD, "order_id": "A"})
        sync(world)
        world.integration.touch()  # the held order is looked at again, and held again
        sync(world)
        sync(world)

        assert len(mail.outbox) == 1

    def test_a_store_that_stays_away_is_told_once(self, world):
        want("problems")
        world.ecwid.fault("status", status=503, times=10_000)
        sync(world)
        sync(world)

        [message] = mail.outbox
        assert message.subject == "shop: the last sync could not do its work"
        assert "store" in message.body.lower()

    def test_one_that_comes_back_and_goes_again_is_told_again(self, world):
        want("problems")
        for away in (True, False, True):
            if away:
                world.ecwid.fault("status", status=503, times=10_000)
            sync(world)
            world.ecwid.clear_faults()

        assert len(mail.outbox) == 2

    def test_dry_runs_are_not_told_of(self, world):
        want("always")
        run = world.sync(dry_run=True)

        assert not report_after_run(run, now=world.time.now())

    def test_the_sync_command_reports_too(self, world):
        want("always")
        world.place({**GOOD, "order_id": "A"})

        call_command("sync", "shop")

        assert len(mail.outbox) == 1


class TestWhatItTells:
    def test_money_totals_of_what_was_posted(self, world):
        want("always")
        world.place({**GOOD, "order_id": "A"}, {**GOOD, "order_id": "B"})
        sync(world)

        total = sum(record.amount for record in Record.objects.all())
        [message] = mail.outbox
        assert message.subject == "shop: everything is in the books"
        for text in (message.body, message.alternatives[0][0]):
            assert "Created" in text
            assert f"{total:.2f} CAD" in text
            assert "Nothing: everything is in the books." in text

    def test_what_waits_is_told_with_its_reason_and_amount(self, world, trouble):
        want("problems")
        trouble()
        world.place({**GOOD, "order_id": "A"})
        sync(world)

        [message] = mail.outbox
        assert message.subject == "shop: 1 order waits for you"
        assert f"{world.record('A').amount:.2f} CAD" in message.body
        assert "http://127.0.0.1:8000/" in message.body

    def test_an_order_that_was_held_first_and_posted_later_is_posted(self, world, trouble):
        since = world.time.now()
        trouble()
        world.place({**GOOD, "order_id": "A"})
        world.sync()
        for taxes, code in world.place_.taxes:
            world.map_tax(taxes, code)
        world.sync()

        report = sync_report(world.integration, since=since, until=world.time.now())

        assert [(figures.key, figures.count) for figures in report.done] == [("created", 1)]
        assert report.done[0].sums == (("CAD", world.record("A").amount),)
        assert report.waits == 0
        assert report.posted == 1
        assert report.runs == 2

    def test_currencies_are_not_added_up(self, world):
        world.place({**GOOD, "order_id": "A"}, {**GOOD, "order_id": "B"})
        since = world.time.now()
        world.sync()
        from sync.models import LogEntry

        LogEntry.objects.filter(store_ref="B").update(currency="USD", amount=Decimal(7))

        report = sync_report(world.integration, since=since, until=world.time.now())

        assert report.done[0].count == 2
        assert report.done[0].sums == (("CAD", world.record("A").amount), ("USD", Decimal(7)))

    def test_what_went_back_is_not_added_to_what_came_in(self, world):
        world.place({**GOOD, "order_id": "A"}, {**GOOD, "order_id": "B"})
        since = world.time.now()
        world.sync()
        from sync.models import LogEntry

        LogEntry.objects.filter(store_ref="B").update(kind="refund", amount=Decimal(7))

        report = sync_report(world.integration, since=since, until=world.time.now())

        assert [(one.title, one.count) for one in report.done] == [("Created", 1), ("Created · Refund", 1)]
        assert [one.sums for one in report.done] == [(("CAD", world.record("A").amount),), (("CAD", Decimal(7)),)]
        assert report.posted == 1

    def test_what_is_no_order_is_not_called_one(self, world, trouble):
        trouble()
        world.place({**GOOD, "order_id": "A"}, {**GOOD, "order_id": "B"})
        world.sync()
        assert headline(sync_report(world.integration, since=world.time.now(), until=world.time.now())) == (
            "2 orders wait for you"
        )
        Record.objects.filter(number="B").update(kind="stock")
        assert headline(sync_report(world.integration, since=world.time.now(), until=world.time.now())) == (
            "2 records wait for you"
        )

    def test_a_skipped_order_is_told_as_long_as_it_is_skipped(self, world):
        since = world.time.now()
        world.place({**GOOD, "order_id": "A", "payment_status": "AWAITING_PAYMENT"})
        world.sync()

        report = sync_report(world.integration, since=since, until=world.time.now())
        assert [figures.key for figures in report.done] == ["skipped"]

        Record.objects.update(state="posted")
        assert sync_report(world.integration, since=since, until=world.time.now()).done == ()

    def test_what_was_before_is_not_told_again(self, world):
        want("always")
        world.place({**GOOD, "order_id": "A"})
        sync(world)
        sync(world)

        assert "No order was new or changed." in mail.outbox[1].body


class TestWhatIsMissing:
    def test_a_consent_that_ends_soon_is_told_in_every_report(self, world):
        want("always")
        BooksConnection.objects.update(
            refresh_expires_at=world.time.now() + timedelta(days=90),
            consent_expires_at=world.time.now() + timedelta(days=9),
        )
        sync(world)
        sync(world)

        assert len(mail.outbox) == 2
        for message in mail.outbox:
            for text in (message.body, message.alternatives[0][0]):
                assert "the QuickBooks consent ends on" in text
                assert "An owner opens the QuickBooks company" in text
                assert f"/integrations/booksconnection/{world.integration.books_id}/change/" in text

    def test_a_lost_connection_is_told_once_in_a_report(self, world):
        want("problems")
        world.place({**GOOD, "order_id": "A"})
        world.quickbooks.control("POST", "tokens/revoke", {"realm": world.realm})
        sync(world)

        [message] = mail.outbox
        assert "Connect QuickBooks again" in message.body
        assert "It no longer lets us in" not in message.body

    def test_the_installations_own_trouble_is_not_the_recipients(self, world):
        want("always")
        sync(world)

        [message] = mail.outbox
        assert "qcluster" not in message.body


class TestToWhom:
    def test_every_recipient_gets_a_mail_of_their_own(self, world):
        want("always", "a@example.test", "b@example.test")
        sync(world)

        assert [message.to for message in mail.outbox] == [["a@example.test"], ["b@example.test"]]

    def test_where_nobody_is_named_the_owners_get_it(self, world, django_user_model):
        want("always")
        Integration.objects.update(report_recipients=[])
        for role in ("owner", "viewer"):
            user = django_user_model.objects.create_user(role, f"{role}@example.test")
            world.integration.business.memberships.create(user=user, role=role)

        sync(world)

        assert [message.to for message in mail.outbox] == [["owner@example.test"]]


class TestAMailServerThatFails:
    @pytest.fixture
    def away(self, monkeypatch):
        """A server that is away until this list is emptied."""
        away, send = [OSError("no route to host")], EmailBackend.send_messages

        def try_to(self, messages):
            if away:
                raise away[0]
            return send(self, messages)

        monkeypatch.setattr(EmailBackend, "send_messages", try_to)
        return away

    @pytest.mark.parametrize("error", [OSError("no route"), smtplib.SMTPAuthenticationError(535, b"no")])
    def test_the_sync_is_as_good_as_ever(self, world, away, error):
        away[0] = error
        want("always")
        world.place({**GOOD, "order_id": "A"})

        sync(world)

        assert world.record("A").state == "posted"
        assert Run.objects.get().state == "finished"

    def test_the_next_report_tells_it_too(self, world, away):
        want("always")
        world.place({**GOOD, "order_id": "A"})
        sync(world)
        away.clear()
        sync(world)

        [message] = mail.outbox
        assert "Created: 1" in message.body
        assert "2 syncs" in message.body

    def test_a_bad_address_does_not_keep_the_others_from_theirs(self, world, away):
        away.clear()
        want("always", "a\nb@example.test", "c@example.test")
        sync(world)

        assert [message.to for message in mail.outbox] == [["c@example.test"]]


class TestTheCalendar:
    # Toronto is four hours behind UTC in September: seven in the morning is eleven o'clock UTC.
    SEVEN = datetime(2026, 9, 16, 11, 0, tzinfo=UTC)  # a Wednesday

    @pytest.fixture
    def integration(self, db):
        from tests.support.office import Office

        integration = Office.open("Maple", "934145001").integration
        Integration.objects.update(live_at=self.SEVEN, report_recipients=["books@example.test"])
        return integration

    def send(self, at):
        return reports_send_due(now=at)

    def test_daily_reports_go_out_at_seven_by_the_integrations_clock(self, integration):
        want("daily")
        assert self.send(self.SEVEN - timedelta(hours=20)) == 0  # from now on it is told
        assert self.send(self.SEVEN - timedelta(minutes=1)) == 0
        assert self.send(self.SEVEN) == 1
        assert self.send(self.SEVEN + timedelta(minutes=30)) == 0
        assert self.send(self.SEVEN + timedelta(hours=24)) == 1

    def test_weekly_ones_on_mondays(self, integration):
        want("weekly")
        self.send(self.SEVEN)
        sent = [day for day in range(15) if self.send(self.SEVEN + timedelta(days=day))]

        assert sent == [5, 12]

    def test_one_that_no_mail_server_took_goes_out_later_the_same_day(self, integration, monkeypatch):
        want("daily")
        self.send(self.SEVEN - timedelta(hours=20))
        with monkeypatch.context() as failing:
            failing.setattr(EmailBackend, "send_messages", lambda *_: (_ for _ in ()).throw(OSError("away")))
            assert self.send(self.SEVEN) == 0

        assert self.send(self.SEVEN + timedelta(minutes=30)) == 1

    @pytest.mark.parametrize("change", [{"paused": True}, {"live_at": None}, {"report_when": "off"}])
    def test_what_rests_is_not_reported_on(self, integration, change):
        want("daily")
        self.send(self.SEVEN - timedelta(hours=20))
        Integration.objects.update(**change)

        assert self.send(self.SEVEN) == 0

    def test_switched_off_and_on_again_it_does_not_tell_old_news(self, integration):
        want("daily")
        self.send(self.SEVEN - timedelta(days=60))
        want("off")
        self.send(self.SEVEN - timedelta(days=50))
        assert not ReportState.objects.exists()
        want("daily")
        self.send(self.SEVEN - timedelta(hours=1))

        assert ReportState.objects.get().reported_until == self.SEVEN - timedelta(hours=1)

    def test_the_hour_is_kept_when_the_clocks_change(self, integration):
        want("daily")
        integration.refresh_from_db()
        before, after = datetime(2026, 10, 31, 12, tzinfo=UTC), datetime(2026, 11, 2, 13, tzinfo=UTC)

        assert due_at(integration, before).astimezone(UTC).hour == 11
        assert due_at(integration, after).astimezone(UTC).hour == 12

    def test_only_one_process_sends_it(self, integration):
        want("daily")
        self.send(self.SEVEN - timedelta(hours=20))
        ReportState.objects.update(claimed_at=self.SEVEN)

        assert self.send(self.SEVEN + timedelta(minutes=1)) == 0
        assert self.send(self.SEVEN + timedelta(minutes=11)) == 1
