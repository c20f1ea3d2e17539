"""Where providers send their messages: what is proven is stored once and answered, all else refused and counted."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import Business
from integrations.models import StoreConnection, WebhookDelivery, WebhookEvent, WebhookRefusal
from integrations.webhooks.receiving import KEPT, SOURCES, messages_prune
from tests.support.messages import (
    ECWID_SECRET,
    QUICKBOOKS_SECRET,
    WIX_APP,
    WIX_INSTANCE,
    WIX_PUBLIC_KEY,
    cloud_event,
    ecwid_message,
    other_key,
    post,
    quickbooks_message,
    wix_message,
    wix_order,
)
from tests.support.office import Office

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
REALM = "934145001"


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def secrets(settings):
    settings.ECWID_CLIENT_SECRET, settings.QUICKBOOKS_WEBHOOK_TOKEN = ECWID_SECRET, QUICKBOOKS_SECRET
    settings.WIX_APP_ID, settings.WIX_PUBLIC_KEY = WIX_APP, WIX_PUBLIC_KEY


@pytest.fixture(autouse=True)
def tasks(monkeypatch):
    """What was handed to the workers."""
    handed = []
    monkeypatch.setattr("sync.services.webhooks.async_task", lambda name, pk, **_how: handed.append((name, pk)))
    return handed


@pytest.fixture
def office(db):
    office = Office.open("Maple", REALM)
    WebhookDelivery.objects.all().delete()
    WebhookRefusal.objects.all().delete()
    return office


def ecwid(**more):
    return ecwid_message(**{"created": NOW} | more)


def wix(kind="wix.ecom.v1.order_approved", data=None, **more):
    return wix_message(kind, wix_order("7c1d0b52", time=NOW) if data is None else data, now=NOW, **more), {}


@pytest.fixture
def site(office):
    """A Wix site beside the office's store."""
    return StoreConnection.objects.create(business=office.business, provider="wix", account_id=WIX_INSTANCE)


def counted():
    return {(row.provider, row.reason): row.count for row in WebhookRefusal.objects.all()}


def test_a_proven_event_is_stored_as_it_came(client, office):
    message = ecwid()
    assert post(client, "ecwid", message).status_code == 200
    event = WebhookEvent.objects.get()
    assert (event.store, event.books, event.business) == (office.store, None, office.business)
    assert (event.kind, event.entity, event.state, event.outcome) == ("order.updated", "481920377", "stored", "")
    assert (bytes(event.delivery.body), event.delivery.received_at) == (message[0], NOW)
    assert counted() == {}


def test_it_needs_no_session_no_token_and_sets_no_cookie(office):
    from django.test import Client

    answer = post(Client(enforce_csrf_checks=True), "ecwid", ecwid())
    assert answer.status_code == 200
    assert not answer.cookies


@pytest.mark.parametrize("provider", SOURCES)
@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_only_posts_are_taken(client, db, provider, method):
    assert getattr(client, method)(f"/webhooks/{provider}/").status_code == 405


def test_there_is_no_address_for_others(client, db):
    assert client.post("/webhooks/else/").status_code in {302, 404}
    assert WebhookRefusal.objects.count() == 0


@pytest.mark.parametrize(
    ("message", "status", "reason"),
    [
        (ecwid(secret="guessed"), 403, "forged"),
        ((ecwid()[0], {}), 403, "unsigned"),
        ((b"{", ecwid()[1]), 400, "unreadable"),
        (ecwid(created=NOW - timedelta(hours=25, seconds=1)), 403, "too_old"),
        (ecwid(created=NOW + timedelta(minutes=5, seconds=1)), 403, "in_future"),
    ],
)
def test_what_is_not_proven_is_refused_counted_and_forgotten(client, office, message, status, reason):
    for _ in range(2):
        assert post(client, "ecwid", message).status_code == status
    assert counted() == {("ecwid", reason): 2}
    assert not WebhookDelivery.objects.exists()


def test_the_log_tells_that_a_message_was_refused_and_not_a_word_of_it(client, office, caplog):
    caplog.set_level("DEBUG")
    message = ecwid(secret="guessed")
    post(client, "ecwid", message)
    assert "forged" in caplog.text
    assert not any(part in caplog.text for part in ("481920377", "WEB-K3T9Q", *message[1].values()))


@pytest.mark.parametrize("created", [NOW - timedelta(hours=24, minutes=59), NOW + timedelta(minutes=4)])
def test_what_was_repeated_for_a_day_and_clocks_that_differ_are_taken(client, office, created):
    assert post(client, "ecwid", ecwid(created=created)).status_code == 200
    assert WebhookEvent.objects.count() == 1


def test_the_same_event_again_is_answered_and_nothing_is_done(
    client, office, tasks, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        post(client, "ecwid", ecwid())
    WebhookEvent.objects.update(state="handled")
    with django_capture_on_commit_callbacks(execute=True):
        assert post(client, "ecwid", ecwid(entityId=77)).status_code == 200
    assert WebhookEvent.objects.get().entity == "481920377"
    assert WebhookDelivery.objects.count() == 1
    assert len(tasks) == 1


def test_events_in_disorder_are_all_stored(client, office):
    for minutes in (3, 1, 2):
        post(client, "ecwid", ecwid(event_id=f"e{minutes}", created=NOW - timedelta(minutes=minutes)))
    assert WebhookEvent.objects.count() == 3


def test_a_recorded_signature_with_another_store_in_the_body_reaches_nobody_else(client, office):
    """Ecwid does not sign the store; the id is the same, so that it is known, or it is one more hint to look."""
    post(client, "ecwid", ecwid(storeId=4711))
    assert not WebhookEvent.objects.exists()
    assert counted() == {("ecwid", "unknown_account"): 1}


def test_an_unknown_account_is_counted_and_answered_as_taken(client, office):
    """Or the provider would repeat it for a day, and then send nothing any more."""
    message = quickbooks_message([cloud_event("a", realm="1", created=NOW), cloud_event("b", realm="2", created=NOW)])
    assert post(client, "quickbooks", message).status_code == 200
    assert counted() == {("quickbooks", "unknown_account"): 2}


def test_two_businesses_with_one_store_are_both_told(client, office):
    other = Office.open("Zephyr", "934145002")
    WebhookDelivery.objects.all().delete()
    post(client, "ecwid", ecwid())
    told = WebhookEvent.objects.order_by("business__name").values_list("business__name", "store")
    assert list(told) == [("Maple", office.store.pk), ("Zephyr", other.store.pk)]
    assert WebhookDelivery.objects.count() == 1


def test_a_message_of_several_companies_is_shared_out(client, office):
    other = Office.open("Zephyr", "934145002")
    WebhookDelivery.objects.all().delete()
    events = [
        cloud_event("a", realm=REALM, created=NOW),
        cloud_event("b", realm="934145002", created=NOW),
        cloud_event("c", realm="934145002", created=NOW, kind="qbo.invoice.created.v1"),
    ]
    assert post(client, "quickbooks", quickbooks_message(events)).status_code == 200
    rows = WebhookEvent.objects.order_by("event_id").values_list("event_id", "books", "business")
    assert list(rows) == [
        ("a", office.books.pk, office.business.pk),
        ("b", other.books.pk, other.business.pk),
        ("c", other.books.pk, other.business.pk),
    ]


def test_the_older_format_is_stored_once_however_often_it_comes(client, office):
    entity = {"name": "Item", "id": "5", "operation": "Update", "lastUpdated": NOW.isoformat()}
    message = {"eventNotifications": [{"realmId": REALM, "dataChangeEvent": {"entities": [entity, entity]}}]}
    for _ in range(2):
        assert post(client, "quickbooks", quickbooks_message(message)).status_code == 200
    assert WebhookEvent.objects.get().kind == "item.updated"


def test_what_is_older_than_our_memory_of_ids_is_refused(client, office):
    old = cloud_event("a", realm=REALM, created=NOW - KEPT - timedelta(minutes=1))
    assert post(client, "quickbooks", quickbooks_message([old])).status_code == 403
    assert (
        post(client, "quickbooks", quickbooks_message([old, cloud_event(realm=REALM, created=NOW)])).status_code == 200
    )
    assert counted() == {("quickbooks", "too_old"): 2}
    assert WebhookEvent.objects.get().event_id == "c1"


@pytest.mark.parametrize("provider", SOURCES)
def test_a_huge_message_is_not_even_read(client, office, provider):
    body = b" " * (SOURCES[provider].largest + 1)
    answer = client.post(f"/webhooks/{provider}/", body, content_type="application/json")
    assert answer.status_code == 413
    assert counted() == {(provider, "too_big"): 1}


@pytest.mark.parametrize("length", ["-5", "many"])
def test_a_length_that_is_none_is_refused(client, office, length):
    answer = client.generic("POST", "/webhooks/ecwid/", b"{}", headers={"Content-Length": length})
    assert answer.status_code == 413


def test_the_largest_message_is_read(client, office):
    body, headers = ecwid()
    largest = SOURCES["ecwid"].largest
    assert post(client, "ecwid", (body + b" " * (largest - len(body)), headers)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("provider", "message"),
    [("ecwid", ecwid(secret="")), ("quickbooks", quickbooks_message([], secret="")), ("wix", wix())],
)
def test_without_a_secret_nothing_is_taken_and_the_log_says_what_to_set(client, settings, caplog, provider, message):
    """An empty secret would make every signature easy to forge."""
    setting = SOURCES[provider].secret
    setattr(settings, setting, "")
    assert post(client, provider, message).status_code == 503
    assert counted() == {(provider, "unconfigured"): 1}
    assert setting in caplog.text


def test_old_messages_and_counts_are_forgotten(client, office):
    post(client, "ecwid", ecwid(secret="guessed"))
    post(client, "ecwid", ecwid())
    messages_prune(now=NOW + KEPT)
    assert (WebhookEvent.objects.count(), len(counted())) == (1, 1)
    messages_prune(now=NOW + KEPT + timedelta(days=1))
    assert (WebhookEvent.objects.count(), len(counted()), WebhookDelivery.objects.count()) == (0, 0, 0)


def test_a_message_costs_a_fixed_number_of_statements(client, office, django_assert_max_num_queries):
    events = [cloud_event(f"c{number}", realm=REALM, created=NOW) for number in range(300)]
    with django_assert_max_num_queries(10):
        assert post(client, "quickbooks", quickbooks_message(events)).status_code == 200
    assert WebhookEvent.objects.count() == 300


def test_a_connection_goes_with_its_events(client, office):
    lonely = StoreConnection.objects.create(
        business=Business.objects.create(name="Lonely"), provider="ecwid", account_id="77"
    )
    post(client, "ecwid", ecwid(storeId=77))
    assert lonely.webhook_events.count() == 1
    lonely.delete()
    assert not WebhookEvent.objects.filter(event_id="e1").exists()


def test_the_data_of_a_message_is_read_by_nobody(client, office):
    post(client, "ecwid", ecwid(data={"orderId": "OTHER", "newPaymentStatus": "PAID"}))
    event = WebhookEvent.objects.get()
    assert "OTHER" not in json.dumps([event.entity, event.kind])


# -- Wix ---------------------------------------------------------------------------------------------------------------


def test_an_event_of_a_site_is_stored_as_it_came(client, office, site):
    message = wix()
    assert post(client, "wix", message).status_code == 200
    event = WebhookEvent.objects.get()
    assert (event.store, event.business, event.state) == (site, office.business, "stored")
    assert (event.kind, event.entity, event.event_id) == ("wix.ecom.v1.order_approved", "7c1d0b52", "event-1")
    assert bytes(event.delivery.body) == message[0]


@pytest.mark.parametrize(
    ("message", "status", "reason"),
    [
        (wix(key=other_key()), 403, "forged"),
        (wix(aud="another-app"), 403, "forged"),
        ((wix()[0].rpartition(b".")[0] + b".", {}), 403, "unsigned"),
        (wix(exp=NOW - timedelta(minutes=6)), 403, "too_old"),
        ((b"\xff{", {}), 400, "unreadable"),
        (wix(instance=""), 400, "unreadable"),
        (wix(instance="somebody-elses"), 200, "unknown_account"),
    ],
)
def test_what_is_not_of_a_site_of_ours_is_counted_and_forgotten(client, site, message, status, reason):
    assert post(client, "wix", message).status_code == status
    assert counted() == {("wix", reason): 1}
    assert not WebhookDelivery.objects.exists()


def test_a_key_that_is_none_is_like_no_key(client, site, settings):
    settings.WIX_PUBLIC_KEY = "not a key"
    assert post(client, "wix", wix()).status_code == 503
    assert counted() == {("wix", "unconfigured"): 1}


def test_an_event_that_wix_signs_anew_is_known_by_its_id(client, site):
    for seconds in (0, 60):
        assert post(client, "wix", wix(iat=NOW - timedelta(seconds=seconds))).status_code == 200
    assert WebhookEvent.objects.count() == 1


def test_a_site_that_is_connected_by_its_id_gets_none(client, site):
    """An API key goes with the id of the site, and Wix tells of installations of the app."""
    site.account_id = "5f0c3c1e-0000-4000-8000-00000000b001"
    site.save()
    assert post(client, "wix", wix()).status_code == 200
    assert counted() == {("wix", "unknown_account"): 1}
