"""QuickBooks' messages: what proves them, and what they say, in the older format and as CloudEvents.

One message may speak of several companies. It tells that something changed and never what it is now.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from integrations.webhooks.words import Event, Refusal, Refused, Topic, identity, moment, parsed, prove, signature_in

SIGNATURE = "intuit-signature"

_TYPE = re.compile(r"qbo\.([a-z]+)\.([a-z]+)\.v\d+", re.IGNORECASE)
# The older format's operations in the words of the newer one.
_OPERATIONS = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "merge": "merged",
    "void": "voided",
    "emailed": "emailed",
}
# What `integrations.mirror` keeps a copy of.
_LISTS = frozenset({"account", "item", "customer", "class", "department", "paymentmethod", "preferences"})

Json = Mapping[str, Any]


def read(body: bytes, headers: Mapping[str, str], *, secret: str) -> list[Event]:
    """See `integrations.webhooks.words.Reader`. An event that cannot be read does not keep the others out."""
    prove(signature_in(headers, SIGNATURE), secret=secret, message=body)
    found = list(_each(parsed(body)))
    events = [event for event in found if event is not None]
    if found and not events:
        raise Refused(Refusal.UNREADABLE)
    return events


def _each(message: object) -> Iterator[Event | None]:
    """The events of a message of either format; None for each that cannot be read."""
    if isinstance(message, list):
        yield from (_cloud_event(entry) for entry in message)
        return
    notifications = message.get("eventNotifications") if isinstance(message, dict) else None
    if not isinstance(notifications, list):
        raise Refused(Refusal.UNREADABLE)
    for notification in notifications:
        yield from _older(notification)


def _older(notification: object) -> Iterator[Event | None]:
    """One company's part of the older format."""
    told = notification if isinstance(notification, dict) else {}
    change = told.get("dataChangeEvent")
    entities = change.get("entities") if isinstance(change, dict) else None
    if not isinstance(entities, list):
        yield None
        return
    for entity in entities:
        yield _older_event(told.get("realmId"), entity)


def _older_event(realm_id: object, told: object) -> Event | None:
    if not isinstance(told, dict):
        return None
    operation = str(told.get("operation"))
    parts = (realm_id, told.get("name"), told.get("id"), operation, told.get("lastUpdated"))
    return _event(
        event_id=":".join(map(str, parts)),  # this format has none of its own
        account_id=realm_id,
        entity=str(told.get("name")),
        operation=_OPERATIONS.get(operation.lower(), operation),
        entity_id=told.get("id"),
        time=told.get("lastUpdated"),
        merged=told.get("deletedId") or told.get("deletedID"),
    )


def _cloud_event(told: object) -> Event | None:
    named = _TYPE.fullmatch(str(told.get("type"))) if isinstance(told, dict) else None
    if not isinstance(told, dict) or named is None:
        return None
    data = told.get("data")
    more = data if isinstance(data, dict) else {}
    return _event(
        event_id=told.get("id"),
        account_id=told.get("intuitaccountid"),
        entity=named[1],
        operation=named[2],
        entity_id=told.get("intuitentityid"),
        time=told.get("time"),
        merged=more.get("deletedId") or more.get("deletedID"),
    )


def _event(
    *,
    event_id: object,
    account_id: object,
    entity: str,
    operation: str,
    entity_id: object,
    time: object,
    merged: object,
) -> Event | None:
    known, account, kind = identity(event_id), identity(account_id), f"{entity}.{operation}".lower()
    happened_at = moment(time)
    if not (known and account and happened_at and identity(kind)):
        return None
    topic = Topic.LIST if entity.lower() in _LISTS else Topic.OTHER
    return Event(known, account, kind, topic, identity(entity_id), happened_at, identity(merged))
