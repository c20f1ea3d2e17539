"""Orders that the store does not have any more: deleted ones are told by its list of them, and others by nobody.

Only the list is proof. An order that is merely not found may be another store's, or be back tomorrow: it is held.
"""

import logging
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.db.models import F

from integrations.errors import NotAllowed
from integrations.models import Integration
from integrations.stores import Store
from sync.models import Gone, Record, RecordKind

logger = logging.getLogger(__name__)

# How far back the list is asked for an order that was not found.
_LOOK_BACK = timedelta(days=30)
_CHUNK = 500


def note_deleted(integration: Integration, store: Store, *, since: datetime, until: datetime) -> int:
    """Make the filed orders due that the store lists as deleted in this time; returns how many are news."""
    return sum(_note(integration, refs, Gone.DELETED) for refs in _deleted(store, since, until))


def note_not_found(integration: Integration, store: Store, ref: str, *, now: datetime) -> int:
    """An order was not found under its id: deleted if the store lists it so, else missing. Returns 1 for news."""
    listed = {one for refs in _deleted(store, now - _LOOK_BACK, now) for one in refs}
    return _note(integration, [ref], Gone.DELETED if ref in listed else Gone.MISSING)


def _deleted(store: Store, since: datetime, until: datetime) -> Iterator[list[str]]:
    try:
        yield from store.deleted_orders(since=since, until=until)
    except NotAllowed as error:  # its rights are not documented; without the list nothing is ever voided for it
        logger.warning("the list of deleted orders is not readable: %s", error)


def _note(integration: Integration, refs: Collection[str], gone: Gone) -> int:
    wanted = sorted(refs)
    chunks = [wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK)]
    filed = Record.objects.filter(integration=integration, kind=RecordKind.ORDER)
    news = filed.exclude(gone__in=(gone, Gone.DELETED))
    return sum(news.filter(store_ref__in=chunk).update(gone=gone, wanted=F("wanted") + 1) for chunk in chunks)
