"""Products as they are filed: what changed in the store becomes or refreshes a record."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import F

from integrations.commerce import Product
from integrations.models import Integration
from integrations.money import ZERO
from integrations.stores import Store
from sync.engine.content import digest
from sync.engine.pull import OVERLAP
from sync.engine.rows import insert_rows, update_rows
from sync.engine.session import Session
from sync.flows import products as products_flow
from sync.models import Record, RecordKind


def changed_pages(integration: Integration, store: Store) -> Iterator[list[Product]]:
    """The products that changed since they were read last; all of them the first time."""
    until = integration.products_read_until
    return store.products(updated_from=None if until is None else until - OVERLAP)


def pull(session: Session) -> set[str]:
    """File the products that changed, and return their refs; the cursor moves only together with the last of them."""
    integration, now = session.integration, session.clock.now()
    waiting: list[Product] = []
    read: set[str] = set()
    for page in changed_pages(integration, session.store):
        _file(integration, waiting, now)
        waiting = page
        read.update(product.ref for product in page)
    with transaction.atomic():
        _file(integration, waiting, now)
        integration.products_read_until = now
        integration.save(update_fields=["products_read_until"])
    return read


def news(
    integration: Integration, page: Sequence[Product], now: datetime, *, also_levels: bool = False
) -> list[Record]:
    """The records of a page that are new (unsaved) or that differ from what is filed (not saved yet).

    A level is no part of an item: with `also_levels` a product of which nothing else changed is written down, and not
    looked at again for it.
    """
    refs = [product.ref for product in page]
    filed = {record.store_ref: record for record in products_flow.records(integration).filter(store_ref__in=refs)}
    found: dict[str, Record] = {}
    for product in page:
        record = filed.get(product.ref)
        payload, fingerprint = {"product": product.as_json()}, _fingerprint(product)
        if record is None:
            record = Record(
                integration=integration, kind=RecordKind.PRODUCT, store_ref=product.ref, created_in_store_at=now
            )
        elif record.fingerprint == fingerprint and not (also_levels and record.payload != payload):
            continue
        elif record.fingerprint != fingerprint:
            record.wanted = max(record.wanted, record.done + 1)
        record.number, record.payload, record.fingerprint = product.sku.strip()[:100], payload, fingerprint
        record.updated_in_store_at = product.changed_at or now
        found[product.ref] = record
    return list(found.values())


@transaction.atomic
def _file(integration: Integration, page: Sequence[Product], now: datetime) -> None:
    found = news(integration, page, now, also_levels=True)
    known = [record for record in found if record.pk]
    insert_rows(record for record in found if not record.pk)
    update_rows(known, ["number", "payload", "fingerprint", "updated_in_store_at"])
    wanted = [record.pk for record in known if record.wanted > record.done]
    Record.objects.filter(pk__in=wanted).update(wanted=F("wanted") + 1)


def _fingerprint(product: Product) -> str:
    return digest(repr(replace(product, stock=None if product.stock is None else ZERO, changed_at=None)))
