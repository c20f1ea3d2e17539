"""What providers' messages mean for syncs (S6): decided by a worker, after the message was stored and answered.

A message never does work of its own. It marks an order as wanted or has QuickBooks' lists read anew, and asks for a
sync; everything else is as if the schedule had come. Whatever a message says is only a hint: the provider is asked.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django_q.tasks import async_task

from integrations import mirror
from integrations.clients import quickbooks_client
from integrations.connecting import check_store, note_error
from integrations.errors import ReconnectNeeded, RemoteError
from integrations.http import Clock
from integrations.models import (
    AutoSync,
    BooksConnection,
    BooksObject,
    ConnectionState,
    EventState,
    Integration,
    Outcome,
    StoreConnection,
    WebhookDelivery,
    WebhookEvent,
)
from integrations.webhooks.words import Topic
from sync.engine.run import FLOWS
from sync.engine.wanted import orders_want
from sync.flows import orders
from sync.services.syncing import sync_on_message

TASKS = {"store": "sync.tasks.handle_store_events", "books": "sync.tasks.handle_books_events"}
# Whoever comes later than that finds no worker on its way: the queue lost it, or workers have their hands full.
_ON_ITS_WAY = timedelta(minutes=1)
_AT_ONCE = 500

_FLOWS_OF: Mapping[str, frozenset[str]] = {
    Topic.ORDER: frozenset({"orders", "refunds"}),
    Topic.ORDER_DELETED: frozenset({"orders"}),
    Topic.PRODUCT: frozenset({"products"}),
    Topic.INSTALLED: frozenset(FLOWS),
}
_DONE = frozenset({Outcome.SYNC_ASKED, Outcome.LISTS_READ, Outcome.DISCONNECTED})
_LOCKED_OUT = (ConnectionState.RECONNECT, ConnectionState.DISCONNECTED)
_NOT_IN_BETWEEN = (AutoSync.DAILY, AutoSync.MANUAL)

Outcomes = dict[int, Outcome]  # by the event's id


# -- waking ------------------------------------------------------------------------------------------------------------


def on_webhook_stored(side: str, connection_pk: int, delivery: WebhookDelivery, **_more: object) -> None:
    """After the commit a worker is woken, unless one is on its way: it looks again before it ends."""
    transaction.on_commit(lambda: _wake(side, connection_pk, delivery))


def _wake(side: str, connection_pk: int, delivery: WebhookDelivery) -> None:
    since = delivery.received_at - _ON_ITS_WAY
    others = _waiting(side, connection_pk).exclude(delivery=delivery)
    if not others.filter(delivery__received_at__gt=since).exists():
        _hand_over(side, connection_pk)


def _hand_over(side: str, connection_pk: int) -> None:
    async_task(TASKS[side], connection_pk, save=False)  # the events' own rows say what became of them


def events_sweep(*, now: datetime) -> int:
    """Wake a worker for each connection with events that none came to; returns how many those are."""
    late = WebhookEvent.objects.filter(state=EventState.STORED, delivery__received_at__lte=now - _ON_ITS_WAY)
    forgotten = sorted(
        (side, pk) for side in TASKS for pk in set(late.values_list(f"{side}_id", flat=True)) if pk is not None
    )
    for side, connection_pk in forgotten:
        _hand_over(side, connection_pk)
    return len(forgotten)


def _waiting(side: str, connection_pk: int) -> QuerySet[WebhookEvent]:
    return WebhookEvent.objects.filter(**{side: connection_pk}, state=EventState.STORED)


def _handle(side: str, connection_pk: int, clock: Clock, decide: Callable[[Sequence[WebhookEvent]], Outcomes]) -> int:
    """Until none waits: what came while others were looked at is looked at too. Returns how many there were."""
    handled = 0
    while events := list(_waiting(side, connection_pk).order_by("pk")[:_AT_ONCE]):
        outcomes = decide(events)
        _conclude(outcomes, clock.now())
        handled += len(events)
    return handled


def _conclude(outcomes: Outcomes, now: datetime) -> None:
    by_outcome: dict[Outcome, list[int]] = defaultdict(list)
    for pk, outcome in outcomes.items():
        by_outcome[outcome].append(pk)
    for outcome, pks in by_outcome.items():
        state = EventState.HANDLED if outcome in _DONE else EventState.IGNORED
        WebhookEvent.objects.filter(pk__in=pks).update(state=state, outcome=outcome, handled_at=now)


# -- stores ------------------------------------------------------------------------------------------------------------


def store_events_handle(store_pk: int, *, clock: Clock) -> int:
    """Decide about all events of a store that wait; returns how many those were."""
    return _handle("store", store_pk, clock, lambda events: _of_store(store_pk, events, clock))


def _of_store(store_pk: int, events: Sequence[WebhookEvent], clock: Clock) -> Outcomes:
    store = StoreConnection.objects.get(pk=store_pk)
    integrations = list(Integration.objects.filter(store=store).order_by("pk"))
    by_topic: dict[str, list[WebhookEvent]] = defaultdict(list)
    for event in events:
        by_topic[event.topic].append(event)
    outcomes: Outcomes = {}
    for topic, some in by_topic.items():
        outcome = Outcome.NOT_NEEDED
        if topic == Topic.UNINSTALLED:
            outcome = _uninstalled(store, clock)
        elif topic == Topic.INSTALLED:
            outcome = _installed(store, integrations, clock)
        elif topic in _FLOWS_OF:
            outcome = _changed(store, integrations, topic, some, clock.now())
        outcomes |= dict.fromkeys((event.pk for event in some), outcome)
    return outcomes


def _uninstalled(store: StoreConnection, clock: Clock) -> Outcome:
    """Anybody may say so: whether the token still works is asked. If not, the owners are told as for any lost token."""
    if store.state in _LOCKED_OUT:
        return Outcome.RECONNECT
    try:
        check_store(store, clock=clock)
    except ReconnectNeeded:
        return Outcome.DISCONNECTED
    except RemoteError:
        return Outcome.NO_ANSWER
    return Outcome.STILL_CONNECTED


def _installed(store: StoreConnection, integrations: Sequence[Integration], clock: Clock) -> Outcome:
    """A merchant who removed the app has it again: if it lets us in, all goes on without another word. A connection
    that was ended here stays so."""
    if store.state != ConnectionState.RECONNECT:
        return Outcome.RECONNECT if store.state in _LOCKED_OUT else Outcome.KNOWN
    try:
        check_store(store, clock=clock)
    except ReconnectNeeded:
        return Outcome.RECONNECT
    except RemoteError:
        return Outcome.NO_ANSWER
    return _changed(store, integrations, Topic.INSTALLED, (), clock.now())


def _changed(
    store: StoreConnection,
    integrations: Sequence[Integration],
    topic: str,
    events: Iterable[WebhookEvent],
    now: datetime,
) -> Outcome:
    """Mark the orders as wanted and ask for a sync, wherever that is wanted now; else say why not."""
    if store.state in _LOCKED_OUT:
        return Outcome.RECONNECT
    refusals = {integration: _refusal(integration, _FLOWS_OF[topic]) for integration in integrations}
    refs = [event.entity for event in events if event.entity] if topic == Topic.ORDER else []
    for integration, refusal in refusals.items():
        if refusal is None:
            with transaction.atomic():
                orders_want(integration, refs, now=now)
                sync_on_message(integration, now=now)
    return _together(refusals.values(), done=Outcome.SYNC_ASKED)


def _refusal(integration: Integration, flows: frozenset[str] | None = None) -> Outcome | None:
    """Why a message does not have this integration synchronised; None when it does."""
    if integration.live_at is None:
        return Outcome.DRAFT
    if integration.paused:
        return Outcome.PAUSED
    if integration.auto_sync in _NOT_IN_BETWEEN:
        return Outcome.OWN_TIME
    if flows is not None and not any(_is_on(integration, flow) for flow in flows):
        return Outcome.FLOW_OFF
    return None


def _together(refusals: Iterable[Outcome | None], *, done: Outcome) -> Outcome:
    """One answer for several integrations: done, if it was for any of them."""
    found = list(refusals)
    if None in found:
        return done
    return next((refusal for refusal in found if refusal is not None), Outcome.UNUSED)


# -- QuickBooks --------------------------------------------------------------------------------------------------------


def books_events_handle(books_pk: int, *, clock: Clock) -> int:
    """Decide about all events of a QuickBooks company that wait; returns how many those were."""
    return _handle("books", books_pk, clock, lambda events: _of_books(books_pk, events, clock))


def _of_books(books_pk: int, events: Sequence[WebhookEvent], clock: Clock) -> Outcomes:
    books = BooksConnection.objects.get(pk=books_pk)
    of_lists = [event for event in events if event.topic == Topic.LIST]
    known = _known(books, of_lists)
    news = [event for event in of_lists if event.pk not in known]
    outcomes: Outcomes = dict.fromkeys((event.pk for event in events), Outcome.NOT_NEEDED)
    outcomes |= dict.fromkeys(known, Outcome.KNOWN)
    if news:
        _retire(books, news)
        items = any(event.kind.startswith("item.") for event in news)
        if items:
            mirror.note_items(books)
        outcomes |= dict.fromkeys((event.pk for event in news), _lists_changed(books, clock, items=items))
    return outcomes


def _known(books: BooksConnection, events: Sequence[WebhookEvent]) -> set[int]:
    """The events of entries that our copy has as they were then or later: mostly what we wrote ourselves."""
    rows = BooksObject.objects.filter(books=books, books_ref__in={event.entity for event in events})
    read = {(row.type.lower(), row.books_ref): row.updated_at for row in rows.only("type", "books_ref", "updated_at")}
    found = set()
    for event in events:
        updated_at = read.get((event.kind.partition(".")[0], event.entity))
        if updated_at is not None and updated_at >= event.happened_at and not event.merged_entity:
            found.add(event.pk)
    return found


def _retire(books: BooksConnection, events: Iterable[WebhookEvent]) -> None:
    """What was merged into another entry is not there any more; QuickBooks' change feed tells no more of it."""
    for event in events:
        if event.merged_entity:
            merged = BooksObject.objects.filter(books=books, books_ref=event.merged_entity, active=True)
            merged.filter(type__iexact=event.kind.partition(".")[0]).update(active=False)


def _lists_changed(books: BooksConnection, clock: Clock, *, items: bool) -> Outcome:
    """Read what changed, and ask for a sync wherever something may have waited for it.

    `items`: items are among it. Their levels may have changed, which our copy need not show.
    """
    integrations = list(Integration.objects.filter(books=books).order_by("pk"))
    refusals = {integration: _refusal(integration) for integration in integrations}
    if books.state in _LOCKED_OUT:
        return Outcome.RECONNECT
    if None not in refusals.values() or books.mirrored_at is None:
        return _together(refusals.values(), done=Outcome.NOT_NEEDED)
    revision = books.mirror_revision
    try:
        mirror.refresh(books, quickbooks_client(books, clock=clock), now=clock.now())
    except RemoteError as error:
        note_error(books, error)
        return Outcome.NO_ANSWER
    books.refresh_from_db(fields=["mirror_revision"])
    is_news = books.mirror_revision != revision
    asking = [
        one
        for one, refusal in refusals.items()
        if refusal is None and ((is_news and orders.is_waiting(one)) or (items and _is_on(one, "stock")))
    ]
    for integration in asking:
        sync_on_message(integration, now=clock.now())
    if asking:
        return Outcome.SYNC_ASKED
    return Outcome.LISTS_READ if is_news else Outcome.KNOWN


def _is_on(integration: Integration, flow: str) -> bool:
    return flow in FLOWS and bool(getattr(integration, flow).enabled)
