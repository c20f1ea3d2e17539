"""Ecwid's messages: proven by the time and the id of the event alone, so that nothing else in them is believed."""

import json
from datetime import UTC, datetime

import pytest

from integrations.ecwid.webhook import read
from integrations.webhooks.words import Event, Refusal, Refused, Topic
from tests.support.messages import ECWID_SECRET, ecwid_message, signed

CREATED = datetime.fromtimestamp(1760000000, UTC)
EVENT_ID = "7d3f1f6e-5d0b-4c52-9a53-2f2d7a9b1c01"
SIGNATURE = "cCB9KEzXLo5aRhOeaEnw2Nfh1m9CvXHMhSmvUMZocF8="


def only(message):
    (event,) = read(*message, secret=ECWID_SECRET)
    return event


def refusal(body, headers):
    with pytest.raises(Refused) as refused:
        read(body, headers, secret=ECWID_SECRET)
    return refused.value.refusal


def test_the_documented_signature_is_right_and_the_event_is_read():
    body, headers = ecwid_message(event_id=EVENT_ID, created=CREATED)
    assert headers == {"X-Ecwid-Webhook-Signature": SIGNATURE}
    assert only((body, headers)) == Event(EVENT_ID, "1003", "order.updated", Topic.ORDER, "481920377", CREATED)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("", Refusal.UNSIGNED),
        (SIGNATURE.replace("c", "d", 1), Refusal.FORGED),
        (SIGNATURE.lower(), Refusal.FORGED),
        ("é\udcff".encode("latin-1", "replace").decode("latin-1"), Refusal.FORGED),
        ("not base64", Refusal.FORGED),
    ],
)
def test_any_other_signature_is_refused(told, why):
    body, _headers = ecwid_message(event_id=EVENT_ID, created=CREATED)
    assert refusal(body, {"X-Ecwid-Webhook-Signature": told}) == why


def test_without_a_signature_not_even_the_message_is_looked_at():
    assert refusal(b"{broken", {}) == Refusal.UNSIGNED


def test_another_secret_proves_nothing():
    assert refusal(*ecwid_message(created=CREATED, secret="guessed")) == Refusal.FORGED


@pytest.mark.parametrize("changed", [{"eventId": "another"}, {"eventCreated": 1760000001}])
def test_what_the_signature_covers_cannot_be_changed(changed):
    body, headers = ecwid_message(created=CREATED)
    assert refusal(json.dumps(json.loads(body) | changed).encode(), headers) == Refusal.FORGED


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"7",
        b"{}",
        b'{"eventId": "a"}',
        b'{"eventId": "a", "eventCreated": "1760000000"}',
        b'{"eventId": "a", "eventCreated": 1.5}',
        b'{"eventId": "a", "eventCreated": true}',
        b'{"eventId": {}, "eventCreated": 1760000000}',
        b'{"eventId": "a\\u0000", "eventCreated": 1760000000}',
        b'{"eventId": "a\\ud800", "eventCreated": 1760000000, "eventType": []}',
        b'{"eventId": "' + b"a" * 200 + b'", "eventCreated": 1760000000}',
        b'{"eventId": "a", "eventCreated": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
    ],
)
def test_what_cannot_be_read_is_refused_and_never_breaks(body):
    assert refusal(body, {"X-Ecwid-Webhook-Signature": SIGNATURE}) in {Refusal.UNREADABLE, Refusal.FORGED}


@pytest.mark.parametrize("created", [-1, 2**34, 10**30])
def test_a_time_that_is_none_is_refused(created):
    body = {"eventId": "a", "eventCreated": created, "storeId": 1003, "eventType": "order.updated"}
    signature = signed(ECWID_SECRET, f"{created}.a".encode())
    assert refusal(json.dumps(body).encode(), {"X-Ecwid-Webhook-Signature": signature}) == Refusal.UNREADABLE


@pytest.mark.parametrize("missing", ["storeId", "eventType"])
def test_an_event_of_nobody_or_nothing_is_refused(missing):
    assert refusal(*ecwid_message(created=CREATED, **{missing: None})) == Refusal.UNREADABLE


@pytest.mark.parametrize(
    ("kind", "topic"),
    [
        ("order.created", Topic.ORDER),
        ("ORDER_UPDATED", Topic.ORDER),
        ("order.deleted", Topic.ORDER_DELETED),
        ("unfinished_order.created", Topic.OTHER),
        ("product.updated", Topic.PRODUCT),
        ("application.uninstalled", Topic.UNINSTALLED),
        ("application.installed", Topic.OTHER),
        ("customer.updated", Topic.OTHER),
        ("of.tomorrow", Topic.OTHER),
    ],
)
def test_what_an_event_is_about(kind, topic):
    assert only(ecwid_message(kind, created=CREATED)).topic == topic


@pytest.mark.parametrize("entity", ["deleted", "..", "../profile", "1/refunds", -1, "9" * 40, "", None, {"id": 1}, "٣"])
def test_only_a_number_is_taken_for_the_number_of_an_order(entity):
    """It becomes part of an address, and the signature does not cover it."""
    assert only(ecwid_message(created=CREATED, entityId=entity)).entity == ""


def test_numbers_may_come_as_text():
    event = only(ecwid_message(created=CREATED, entityId="481", storeId="1003"))
    assert (event.entity, event.account_id) == ("481", "1003")
