"""Ecwid's messages: what proves them, and what they say.

The signature covers the time and the id of the event and nothing else. So a recorded one could be sent again with
another body: `integrations.webhooks.receiving` takes no old events and no id twice, and whatever the body says is only
a hint to ask Ecwid.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from integrations.values import Json
from integrations.webhooks.words import Event, Refusal, Refused, Topic, identity, parsed, prove, signature_in

SIGNATURE = "X-Ecwid-Webhook-Signature"
_LATEST = 2**33  # seconds since 1970: no event is of the year 2242
_LONGEST_NUMBER = 18  # digits

# Names without dots and underscores: Ecwid spells some of them in two ways.
_TOPICS = {
    "ordercreated": Topic.ORDER,
    "orderupdated": Topic.ORDER,
    "orderdeleted": Topic.ORDER_DELETED,
    "productcreated": Topic.PRODUCT,
    "productupdated": Topic.PRODUCT,
    "productdeleted": Topic.PRODUCT,
    "applicationuninstalled": Topic.UNINSTALLED,
}


def read(body: bytes, headers: Mapping[str, str], *, secret: str) -> list[Event]:
    """See `integrations.webhooks.words.Reader`; a message of Ecwid's is one event."""
    told = signature_in(headers, SIGNATURE)
    message = parsed(body)
    if not isinstance(message, dict):
        raise Refused(Refusal.UNREADABLE)
    created, event_id = message.get("eventCreated"), identity(message.get("eventId"))
    if type(created) is not int or not event_id:
        raise Refused(Refusal.UNREADABLE)
    prove(told, secret=secret, message=f"{created}.{event_id}".encode())
    return [_event(message, event_id, created)]


def _event(message: Json, event_id: str, created: int) -> Event:
    account_id, kind = identity(message.get("storeId")), identity(message.get("eventType"))
    if not account_id or not kind or not 0 <= created <= _LATEST:
        raise Refused(Refusal.UNREADABLE)
    topic = _TOPICS.get(kind.lower().replace("_", "").replace(".", ""), Topic.OTHER)
    return Event(event_id, account_id, kind, topic, _entity(message), datetime.fromtimestamp(created, UTC))


def _entity(message: Json) -> str:
    """The number of what changed; nothing else, because it becomes part of an address."""
    told = identity(message.get("entityId"))
    return told if told.isascii() and told.isdecimal() and len(told) <= _LONGEST_NUMBER else ""
