"""QuickBooks' consent from its warning to its end: orders wait, the owners are told once, and connecting again resumes
(C5)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from integrations.connecting import check_books
from integrations.models import ConnectionState
from integrations.tokens import consent_end
from sync.models import AlarmNotice, RecordState, RunState
from sync.services.alarms import alarms_mail
from sync.services.heartbeat import heart_beats
from sync.translate.reasons import Reason
from tests.support.expect import GOOD, books_are_whole, later, posted, reconnect
from tests.support.office import person


@pytest.fixture
def world(make_world):
    """A shop whose integration is synchronised by hand only, with an owner and a bookkeeper."""
    world = make_world("CA")
    world.integration.auto_sync = "manual"
    world.integration.save()
    for name, role in (("olivia", "owner"), ("bob", "bookkeeper")):
        world.integration.business.memberships.create(user=person(name), role=role)
    return world


def watch(world):
    """What the worker does every ten minutes; returns the mails that went out."""
    mail.outbox.clear()
    heart_beats(now=world.time.now())
    alarms_mail(now=world.time.now())
    return list(mail.outbox)


def books_of(world):
    world.integration.books.refresh_from_db()
    return world.integration.books


def used(world):
    """Uses the consent, and therefore knows how long it lasts."""
    world.quickbooks.control("POST", "tokens/expire", {"realm": world.realm})
    check_books(books_of(world), clock=world.time.clock)
    return consent_end(books_of(world))


def test_a_consent_that_was_withdrawn_is_told_to_the_owner_once_and_orders_wait(world):
    world.place({**GOOD, "order_id": "WAITS"})
    world.quickbooks.control("POST", "tokens/revoke", {"realm": world.realm})

    world.sync()

    assert books_of(world).state == ConnectionState.RECONNECT
    record = world.record("WAITS")
    assert (record.state, record.reason) == (RecordState.FAILED, Reason.BOOKS_DISCONNECTED)
    [message] = watch(world)
    assert message.to == ["olivia@example.test"]
    assert "must be connected again" in message.subject
    assert reverse("admin:integrations_booksconnection_change", args=[books_of(world).pk]) in message.body
    later(world, hours=5)
    world.sync()
    assert watch(world) == []

    reconnect(world)
    world.sync()

    posted(world, "WAITS")
    books_are_whole(world)
    assert watch(world) == []
    assert not AlarmNotice.objects.exists()


def test_a_consent_that_nobody_used_is_told_two_weeks_ahead_and_any_sync_renews_it(world):
    end = used(world)
    later(world, days=86)
    assert watch(world) == []

    later(world, days=2)
    [message] = watch(world)

    assert "the QuickBooks consent ends on" in message.subject
    assert "not used for 100 days" in message.body
    assert watch(world) == [], "it is told once"

    world.sync()

    assert consent_end(books_of(world)) > end + timedelta(days=80)
    assert watch(world) == []
    assert not AlarmNotice.objects.exists()


def test_a_shop_that_sells_nothing_for_a_year_keeps_its_consent_by_synchronising(world):
    for _month in range(12):
        later(world, days=31)
        assert world.sync().state == RunState.FINISHED
        assert watch(world) == []

    world.place({**GOOD, "order_id": "SPRING"})
    world.sync()

    posted(world, "SPRING")


def test_a_token_server_that_is_busy_keeps_no_sync_from_its_work(world):
    used(world)
    later(world, days=40)
    world.place({**GOOD, "order_id": "POSTED"})
    world.quickbooks.fault("status", status=503, path="/oauth2/v1/tokens/bearer$")

    world.sync()
    world.sync()

    posted(world, "POSTED")


def test_the_end_after_five_years_is_told_and_only_connecting_again_puts_it_off(world):
    reconnect(world)
    for_good = books_of(world).consent_expires_at
    told = []
    while not told:
        later(world, days=60 if for_good - world.time.now() > timedelta(days=100) else 5)
        assert world.time.now() < for_good
        world.sync()
        told = watch(world)

    assert for_good - world.time.now() < timedelta(days=14)
    [message] = told
    assert "connects it again" in message.body
    assert "not used" not in message.body
    assert "Synchronise once" not in message.body

    reconnect(world)

    assert watch(world) == []
    assert not AlarmNotice.objects.exists()
