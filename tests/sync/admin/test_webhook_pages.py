"""Where people see whether messages arrive, what came of each, and what was refused."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from integrations.models import WebhookDelivery, WebhookEvent
from integrations.webhooks.receiving import refusal_count
from integrations.webhooks.words import Refusal
from sync.reports.webhooks import TEXTS, arrivals
from tests.support.messages import ECWID_SECRET, ecwid_message, post
from tests.support.office import Office, person

LIST = "admin:integrations_webhookevent_changelist"


@pytest.fixture
def office(db, settings):
    settings.ECWID_CLIENT_SECRET, settings.QUICKBOOKS_WEBHOOK_TOKEN = ECWID_SECRET, ""
    settings.BASE_URL = "https://books.example"
    office = Office.open("Maple", "934145001")
    WebhookDelivery.objects.all().delete()
    return office


@pytest.fixture
def told(office, client):
    post(client, "ecwid", ecwid_message(created=timezone.now()))
    WebhookEvent.objects.update(state="ignored", outcome="paused")
    return WebhookEvent.objects.get()


def page_of(client, row):
    return client.get(reverse(f"admin:integrations_{row._meta.model_name}_change", args=[row.pk])).content.decode()


def test_members_see_what_came_and_what_came_of_it(client, office, told):
    client.force_login(office.hire("vera", "viewer"))
    page = client.get(reverse(LIST)).content.decode()
    for text in ("order.updated", "481920377", "The integration is paused.", "Maple shop"):
        assert text in page
        assert text in page_of(client, told)


def test_only_whoever_runs_the_installation_sees_the_whole_message(client, office, told):
    client.force_login(office.hire("ana", "owner"))
    assert "WEB-K3T9Q" not in page_of(client, told)
    assert "/webhooks/ecwid/" not in client.get(reverse(LIST)).content.decode()
    client.force_login(person("root", is_superuser=True))
    assert "WEB-K3T9Q" in page_of(client, told)


def test_whoever_runs_the_installation_sees_addresses_and_what_was_refused(client, office, told):
    for _ in range(3):
        refusal_count("ecwid", Refusal.FORGED, now=timezone.now())
    refusal_count("ecwid", Refusal.TOO_OLD, now=timezone.now() - timedelta(days=8))
    client.force_login(person("root", is_superuser=True))
    page = client.get(reverse(LIST)).content.decode()
    assert "https://books.example/webhooks/ecwid/" in page
    assert f"3 {TEXTS[Refusal.FORGED]}" in page
    assert str(TEXTS[Refusal.TOO_OLD]) not in page
    assert "QUICKBOOKS_WEBHOOK_TOKEN is not set" in page


def test_a_connection_shows_its_address_and_its_last_message(client, office, told):
    client.force_login(office.hire("ana", "owner"))
    page = page_of(client, office.store)
    assert "https://books.example/webhooks/ecwid/" in page
    received = timezone.localtime(told.delivery.received_at, ZoneInfo(office.integration.time_zone))
    assert received.isoformat() in page
    assert received.isoformat() in page_of(client, told)
    assert "QUICKBOOKS_WEBHOOK_TOKEN is not set" in page_of(client, office.books)


def test_a_connection_that_nothing_is_built_on_goes_with_its_messages(client, office, told):
    office.integration.delete()
    client.force_login(office.hire("ana", "owner"))
    url = reverse("admin:integrations_storeconnection_delete", args=[office.store.pk])
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert not WebhookEvent.objects.exists()


def test_every_refusal_has_its_words():
    assert set(TEXTS) == set(Refusal)


def test_what_arrived_is_told_in_two_statements(office, told, django_assert_num_queries):
    with django_assert_num_queries(2):
        ecwid, quickbooks, wix = arrivals(now=timezone.now())
    assert (ecwid.name, ecwid.missing, ecwid.last_at) == ("Ecwid", "", told.delivery.received_at)
    assert (quickbooks.missing, quickbooks.last_at) == ("QUICKBOOKS_WEBHOOK_TOKEN", None)
    assert (wix.name, wix.missing, wix.address[-14:]) == ("Wix", "WIX_PUBLIC_KEY", "/webhooks/wix/")
