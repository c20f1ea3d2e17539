"""The products flow: which product records are due, and which SKUs the store's products have."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, QuerySet

from integrations.commerce import Product
from integrations.models import Integration
from sync.flows.due import PUT_AWAY, is_due, oldest_first
from sync.models import Record, RecordKind, RecordState


def records(integration: Integration) -> QuerySet[Record]:
    """One for each SKU under which the store sells something."""
    return Record.objects.filter(integration=integration, kind=RecordKind.PRODUCT)


def due(integration: Integration, *, now: datetime) -> QuerySet[Record]:
    """The product records that a run must look at."""
    return records(integration).filter(is_due(integration, now=now))


def due_pages(integration: Integration, *, now: datetime, size: int) -> Iterator[list[Record]]:
    """The due records, each at most once; memory does not grow with their number."""
    return oldest_first(due(integration, now=now), size=size)


def is_waiting(integration: Integration) -> bool:
    """Whether any product is held: a change in QuickBooks' lists may release it."""
    return records(integration).filter(state=RecordState.HELD).exists()


def put_away(integration: Integration) -> None:
    """Nothing waits for a flow that is switched off; what it knew is looked at anew once it is on again."""
    waiting = records(integration).filter(state__in=(RecordState.HELD, RecordState.FAILED))
    waiting.update(**PUT_AWAY, wanted=F("done") + 1)


def known_products(integration: Integration) -> Iterator[Product]:
    """All products as last seen, without those that are known to be gone."""
    payloads = records(integration).values_list("payload", flat=True).iterator(chunk_size=500)
    return (Product.from_json(payload["product"]) for payload in payloads if not payload.get("gone"))
