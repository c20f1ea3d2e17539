"""Pull: what changed in the store becomes or refreshes a record. The cursor moves only together with the records."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from integrations.commerce import Order, PaymentState
from integrations.errors import Malformed
from integrations.models import Integration
from integrations.stores import Fetched, Store
from sync.engine.content import digest, fingerprint
from sync.engine.gone import note_deleted, note_not_found
from sync.engine.refund_records import file_refunds
from sync.engine.rows import insert_rows, update_rows
from sync.engine.wanted import order_done, wanted_orders
from sync.models import Gone, Record, RecordKind

# The store's search index lags behind its writes, and clocks differ: each window reaches back into the one before.
OVERLAP = timedelta(minutes=15)
_BEFORE_ALL = date(2000, 1, 1)
# Where a refund may leave an order's date of change alone, the orders of so many days are read again once a day. A
# daily sync is not always a whole day after the one before. A run reads so many pages of them, the next one goes on.
RECHECKED = timedelta(days=90)
RECHECKED_EVERY = timedelta(hours=20)
RECHECKED_AT_ONCE = 60
_RECHECK = ("orders_rechecked_at", "orders_rechecked_until")


def window_start(integration: Integration) -> datetime:
    """The first instant of the start date in the integration's time zone; without one, before any online store."""
    return datetime.combine(integration.start_date or _BEFORE_ALL, time.min, ZoneInfo(integration.time_zone))


def changed_pages(integration: Integration, store: Store, *, now: datetime) -> Iterator[list[Fetched]]:
    """Pages of the orders that may have changed since the last pull that was completed.

    After the start date was moved back the store is read from there once more: those orders were never asked for.
    """
    known_until = integration.orders_read_until
    updated_from = known_until - OVERLAP if known_until is not None and _is_covered(integration) else None
    return store.orders(created_from=window_start(integration), updated_from=updated_from, until=now)


def _is_covered(integration: Integration) -> bool:
    """Whether the store has been read from the start date on."""
    read_from = integration.orders_read_from
    return read_from is not None and read_from <= window_start(integration)


def pull(integration: Integration, store: Store, *, now: datetime) -> int:
    """Read what changed and file it; returns how many records are new or changed. Raises `integrations.errors`.

    An interrupted pull leaves the cursor where it was: the next one reads the same window again, which changes nothing
    that was filed already.
    """
    changed = 0
    waiting: list[Fetched] = []
    current: set[str] = set()
    for page in changed_pages(integration, store, now=now):
        changed += _file(integration, store, waiting)
        waiting = page
        current.update(fetched.ref for fetched in page if fetched.is_current)
    if integration.orders_read_until is not None:
        changed += note_deleted(integration, store, since=integration.orders_read_until - OVERLAP, until=now)
    with transaction.atomic():
        changed += _file(integration, store, waiting)
        if not _is_covered(integration):  # all was read: that is as good as reading it again
            integration.orders_rechecked_at, integration.orders_rechecked_until = now, None
        integration.orders_read_from, integration.orders_read_until = window_start(integration), now
        integration.save(update_fields=["orders_read_from", "orders_read_until", *_RECHECK])
    start = window_start(integration)
    for wanted, found in wanted_orders(integration, store, created_from=start, now=now, current=current):
        if found is None:
            changed += note_not_found(integration, store, wanted.store_ref, now=now)
        with transaction.atomic():
            changed += _file(integration, store, found or [])
            order_done(wanted)
    return changed + _recheck(integration, store, now=now)


def _recheck(integration: Integration, store: Store, *, now: datetime) -> int:
    """Look for refunds that no date tells of; returns how many records changed.

    This begins with the orders that changed longest ago, and goes on where the run before this one left off.
    """
    last, began = integration.orders_rechecked_at, integration.orders_rechecked_until
    is_early = began is None and last is not None and now - last < RECHECKED_EVERY
    if store.dates_move_with_refunds or is_early:
        return 0
    start, reached, changed = max(window_start(integration), now - RECHECKED), began, 0
    for number, page in enumerate(store.orders(created_from=start, updated_from=began, until=now), start=1):
        reached = max([fetched.updated_at for fetched in page] + ([reached] if reached else []), default=None)
        with transaction.atomic():
            changed += _file(integration, store, page)
            integration.orders_rechecked_until = reached
            integration.save(update_fields=_RECHECK)
        # Many orders of one moment, as after an import, are read in one go: the next run would begin with them again.
        if number >= RECHECKED_AT_ONCE and reached and (began is None or reached > began + OVERLAP):
            return changed
    integration.orders_rechecked_at, integration.orders_rechecked_until = now, None
    integration.save(update_fields=_RECHECK)
    return changed


@transaction.atomic
def _file(integration: Integration, store: Store, page: list[Fetched]) -> int:
    found = read_news(integration, store, page)
    records = [record for record, _order in found]
    changed = [record for record in records if record.pk]
    insert_rows(record for record in records if not record.pk)
    update_rows(changed, [*_CONTENT, "paid_at"])
    Record.objects.filter(pk__in=[record.pk for record in changed]).update(wanted=F("wanted") + 1)
    known = {record.pk for record in changed}
    file_refunds([(one, order) for one, order in found if order and (order.refunds or one.pk in known)])
    return len(records)


def news(integration: Integration, store: Store, page: list[Fetched]) -> list[Record]:
    """The records of a page that are new (unsaved) or that differ from what is filed (not saved yet)."""
    return [record for record, _order in read_news(integration, store, page)]


def read_news(integration: Integration, store: Store, page: list[Fetched]) -> list[tuple[Record, Order | None]]:
    """The same with the order that each of them holds; None where it cannot be read."""
    known = {
        record.store_ref: record
        for record in Record.objects.filter(
            integration=integration, kind=RecordKind.ORDER, store_ref__in=[fetched.ref for fetched in page]
        ).defer("payload")
    }
    found: dict[str, tuple[Record, Order | None]] = {}
    for fetched in page:
        fresh, order = record_of(integration, store, fetched)
        twice, _order = found.get(fetched.ref, (None, None))  # an order that moved between pages comes twice
        filed = known.get(fetched.ref) or twice
        if filed is not None and filed.currency not in {"", fresh.currency}:
            payload = store.read_again(filed.payload, fetched.payload)
            fresh, order = record_of(integration, store, replace(fetched, payload=payload))
        if filed is None:
            found[fetched.ref] = fresh, order
        elif _is_news(filed, fresh):
            found[fetched.ref] = _refreshed(filed, fresh), order
    return list(found.values())


_CONTENT = (
    "number", "payload", "fingerprint", "created_in_store_at", "updated_in_store_at", "amount", "currency",
    "payment_status", "gone",
)  # fmt: skip


def record_of(integration: Integration, store: Store, fetched: Fetched) -> tuple[Record, Order | None]:
    """An unsaved record of what was fetched, and the order in it. One that cannot be read is kept as it is; planning
    holds it."""
    record = Record(
        integration=integration,
        kind=RecordKind.ORDER,
        store_ref=fetched.ref,
        number=fetched.number[:100],
        payload=fetched.payload,
        created_in_store_at=fetched.created_at,
        updated_in_store_at=fetched.updated_at,
    )
    try:
        order = store.read_order(fetched.payload)
    except Malformed:
        record.fingerprint = digest(repr(fetched.payload))
        return record, None
    record.fingerprint = fingerprint(order)
    record.amount, record.currency = order.total, order.currency
    record.payment_status = order.payment_status[:60]
    if order.payment_state is PaymentState.PAID:
        record.paid_at = order.created_at
    return record, order


def _is_news(record: Record, fresh: Record) -> bool:
    """One that was not found is back; one that is listed as deleted may still be found by a search that lags."""
    stale = fresh.updated_in_store_at < record.updated_in_store_at
    is_back = record.gone == Gone.MISSING
    return (is_back or fresh.fingerprint != record.fingerprint) and not stale


def _refreshed(record: Record, fresh: Record) -> Record:
    for name in _CONTENT:
        setattr(record, name, getattr(fresh, name))
    if fresh.paid_at and not record.paid_at:
        record.paid_at = fresh.updated_in_store_at  # stores do not say when an order was paid
    return record
