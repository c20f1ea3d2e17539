"""When a record is due, whatever its kind, and how due records are taken page by page."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, Q, QuerySet

from integrations.models import Integration
from sync.models import Record, RecordState

# What becomes of records that wait for a flow which is switched off.
PUT_AWAY = {"state": RecordState.NEW, "reason": "", "params": {}, "cause": "", "attempts": 0, "retry_at": None}


def is_due(integration: Integration, *, now: datetime) -> Q:
    """Wanted ones (new, changed, asked for); held and skipped ones whose settings or QuickBooks lists changed since;
    failed ones whose next attempt has come."""
    waiting = (RecordState.HELD, RecordState.SKIPPED)
    return (
        Q(wanted__gt=F("done"))
        | Q(state__in=waiting, decided_revision__lt=integration.revision)
        | Q(state=RecordState.HELD, decided_mirror__lt=integration.books.mirror_revision)
        | Q(state=RecordState.FAILED, retry_at__lte=now)
    )


def oldest_first(records: QuerySet[Record], *, size: int) -> Iterator[list[Record]]:
    """Pages of the records, oldest first, each at most once; memory does not grow with their number."""
    records = records.order_by("created_in_store_at", "pk")
    after = Q()
    while page := list(records.filter(after)[:size]):
        yield page
        last = page[-1]
        after = Q(created_in_store_at__gt=last.created_in_store_at) | Q(
            created_in_store_at=last.created_in_store_at, pk__gt=last.pk
        )
