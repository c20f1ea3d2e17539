"""Takes a provider's message: proven first, then stored as it came and answered at once; nothing is done about it here.

A message that comes twice, late or out of order is stored once and harms nothing.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from integrations.ecwid import webhook as ecwid
from integrations.events import webhook_stored
from integrations.models import (
    BooksConnection,
    BooksProvider,
    StoreConnection,
    StoreProvider,
    WebhookDelivery,
    WebhookEvent,
    WebhookRefusal,
)
from integrations.quickbooks import webhook as quickbooks
from integrations.webhooks.words import AHEAD, Event, Reader, Refusal, Refused
from integrations.wix import webhook as wix

logger = logging.getLogger(__name__)

LARGEST = 256 * 1024  # bytes
# Events are known by their id for so long, and what is older cannot be told from a repetition.
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Source:
    """Who sends messages: which side of an integration it is, how they are read, and by which setting they are proven.

    `route` names the address. An event that happened longer ago than `oldest` is not taken, nor a message of more bytes
    than `largest`.
    """

    route: str
    side: str
    connections: type[StoreConnection | BooksConnection]
    read: Reader
    secret: str
    oldest: timedelta = KEPT
    largest: int = LARGEST

    @property
    def is_configured(self) -> bool:
        return bool(getattr(settings, self.secret))

    @property
    def address(self) -> str:
        """What is entered in the settings of the app at the provider."""
        return f"{settings.BASE_URL}{reverse(self.route)}"


def _of_our_app(body: bytes, headers: Mapping[str, str], *, secret: str) -> list[Event]:
    return wix.read(body, headers, secret=secret, app_id=settings.WIX_APP_ID)


SOURCES: Mapping[str, Source] = {
    # Ecwid repeats what was not answered for 24 hours. Its signature does not cover what the message says, so that
    # recorded ones must not be of use for longer.
    StoreProvider.ECWID: Source(
        "webhook_ecwid", "store", StoreConnection, ecwid.read, "ECWID_CLIENT_SECRET", timedelta(hours=25)
    ),
    BooksProvider.QUICKBOOKS: Source(
        "webhook_quickbooks", "books", BooksConnection, quickbooks.read, "QUICKBOOKS_WEBHOOK_TOKEN"
    ),
    # Wix sends whole orders, each quote in them escaped twice: one of three hundred lines is no smaller than that.
    StoreProvider.WIX: Source(
        "webhook_wix", "store", StoreConnection, _of_our_app, "WIX_PUBLIC_KEY", largest=2 * 1024 * 1024
    ),
}


def source_of(connection: Any) -> Source:
    """Who sends the messages about a connection's account."""
    return SOURCES[connection.provider]


def message_receive(provider: str, body: bytes, headers: Mapping[str, str], *, now: datetime) -> int:
    """Prove a message and store its events; returns how many of them were new. Raises Refused."""
    source = SOURCES[provider]
    if not source.is_configured:
        logger.error("%s sends messages, but %s is not set: nothing can be proven", provider, source.secret)
        raise Refused(Refusal.UNCONFIGURED)
    events = source.read(body, headers, secret=str(getattr(settings, source.secret)))
    timely = [event for event in events if _refusal(event, source, now) is None]
    refused = Counter(refusal for event in events if (refusal := _refusal(event, source, now)) is not None)
    if refused and not timely:
        raise Refused(next(iter(refused)))
    for refusal, times in refused.items():
        refusal_count(provider, refusal, now=now, times=times)
    return _store(provider, source, body, timely, now)


def _refusal(event: Event, source: Source, now: datetime) -> Refusal | None:
    if event.happened_at < now - source.oldest:
        return Refusal.TOO_OLD
    return Refusal.IN_FUTURE if event.happened_at > now + AHEAD else None


def _store(provider: str, source: Source, body: bytes, events: Iterable[Event], now: datetime) -> int:
    """One row for each event and each connection with its account: businesses may share a store."""
    told = {event.id: event for event in events}
    accounts = {event.account_id for event in told.values()}
    connections: dict[str, list[Any]] = {account: [] for account in accounts}
    for connection in source.connections.objects.filter(provider=provider, account_id__in=accounts).only(
        "business_id", "account_id"
    ):
        connections[connection.account_id].append(connection)
    if strange := sum(not connections[event.account_id] for event in told.values()):
        refusal_count(provider, Refusal.UNKNOWN_ACCOUNT, now=now, times=strange)
    rows = [
        WebhookEvent(**{source.side: connection}, business_id=connection.business_id, **_columns(event))
        for event in told.values()
        for connection in connections[event.account_id]
    ]
    return _store_rows(provider, source, body, rows, now) if rows else 0


def _columns(event: Event) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "topic": event.topic,
        "kind": event.kind,
        "entity": event.entity,
        "merged_entity": event.merged_entity,
        "happened_at": event.happened_at,
    }


@transaction.atomic
def _store_rows(provider: str, source: Source, body: bytes, rows: list[WebhookEvent], now: datetime) -> int:
    side = f"{source.side}_id"
    known = set(
        WebhookEvent.objects.filter(
            **{f"{side}__in": {getattr(row, side) for row in rows}}, event_id__in={row.event_id for row in rows}
        ).values_list(side, "event_id")
    )
    new = [row for row in rows if (getattr(row, side), row.event_id) not in known]
    if new:
        delivery = WebhookDelivery.objects.create(provider=provider, received_at=now, body=body)
        for row in new:
            row.delivery = delivery
        WebhookEvent.objects.bulk_create(new, ignore_conflicts=True)  # the same message may be stored at this moment
        for connection_pk in sorted({getattr(row, side) for row in new}):
            webhook_stored.send(sender=WebhookEvent, side=source.side, connection_pk=connection_pk, delivery=delivery)
    return len(new)


def refusal_count(provider: str, refusal: Refusal, *, now: datetime, times: int = 1) -> None:
    """Note that a message, or so many events in one, were not taken; not a word of them."""
    logger.info("%s of %s refused: %s", times, provider, refusal)
    of_the_day = {"provider": provider, "reason": refusal, "day": now.date()}
    WebhookRefusal.objects.get_or_create(**of_the_day, defaults={"last_at": now})
    WebhookRefusal.objects.filter(**of_the_day).update(count=F("count") + times, last_at=now)


def messages_prune(*, now: datetime) -> None:
    """Forget the messages, events and counts that are older than `KEPT`."""
    WebhookDelivery.objects.filter(received_at__lt=now - KEPT).delete()
    WebhookRefusal.objects.filter(day__lt=(now - KEPT).date()).delete()
