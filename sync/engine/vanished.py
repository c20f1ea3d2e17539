"""Products that are not in the store any more. What changed tells nothing of them, so those that stand in the way of
another one with their SKU are asked for by themselves."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import F

from integrations.commerce import Product
from integrations.errors import NotFound
from integrations.stores import Store
from sync.engine.record import Ending
from sync.engine.rows import update_rows
from sync.engine.session import Session
from sync.flows import products as products_flow
from sync.models import Action, Record, RecordState
from sync.translate.reasons import Reason
from sync.translate.settings import match_key

# So many products a run, so that a store with many doubled SKUs costs no more than that.
ASKED_AT_ONCE = 50


def gone(record: Record) -> Record:
    """The record of a product that the store does not have any more; not saved yet."""
    record.payload = {**record.payload, "gone": True}
    record.fingerprint = ""
    return record


def gone_ending(record: Record) -> Ending:
    product = Product.from_json(record.payload["product"])
    params = {"sku": product.sku.strip(), "product": product.name}
    return Ending(record, record.wanted, RecordState.SKIPPED, Action.SKIPPED, Reason.PRODUCT_GONE, params)


def doubled(products: Iterable[Product]) -> list[list[str]]:
    """The refs of products that are sold under one SKU, together."""
    by_key: dict[str, list[str]] = {}
    for product in products:
        if product.enabled and product.sku.strip():
            by_key.setdefault(match_key(product.sku), []).append(product.ref)
    return [refs for refs in by_key.values() if len(refs) > 1]


def asked_for(store: Store, refs: Collection[str]) -> dict[str, Product | None]:
    """These products as they are at this moment, None for each that is gone. Raises `integrations.errors`."""
    whole = islice(sorted({ref.partition("/")[0] for ref in refs}), ASKED_AT_ONCE)
    found: dict[str, Product | None] = {}
    for product_ref in whole:
        there = _there(store, product_ref)
        found |= {ref: there.get(ref) for ref in refs if ref.partition("/")[0] == product_ref}
    return found


def _there(store: Store, product_ref: str) -> dict[str, Product]:
    try:
        return {product.ref: product for product in store.product(product_ref)}
    except NotFound:
        return {}


def products_forget(session: Session, *, read: Collection[str], before: datetime | None) -> None:
    """Of products that share a SKU, end those that are gone, and look at the others again.

    It asks where one of them is new or wanted, and once a day for all; not for those that this run has `read`. `before`
    is when the run before this one did. Raises `integrations.errors`.
    """
    integration, now = session.integration, session.clock.now()
    is_daily = before is None or before.date() != now.date()
    if not is_daily and not products_flow.due(integration, now=now).exists():
        return
    groups = doubled(products_flow.known_products(integration))
    rows = products_flow.records(integration).filter(store_ref__in=[ref for refs in groups for ref in refs])
    records = {record.store_ref: record for record in rows}
    looked_at = [refs for refs in groups if is_daily or any(_is_wanted(records[ref]) for ref in refs)]
    found = asked_for(session.store, {ref for refs in looked_at for ref in refs} - set(read))
    vanished = {ref for ref, product in found.items() if product is None}
    freed = [ref for refs in looked_at if vanished & set(refs) for ref in refs if ref not in vanished]
    if vanished:
        _end(session, [records[ref] for ref in vanished], now)
        products_flow.records(integration).filter(store_ref__in=freed).update(wanted=F("wanted") + 1)


@transaction.atomic
def _end(session: Session, vanished: Collection[Record], now: datetime) -> None:
    update_rows([gone(record) for record in vanished], ["payload", "fingerprint"])
    session.recorder.write([gone_ending(record) for record in vanished], now=now, elapsed_ms=0)


def _is_wanted(record: Record) -> bool:
    return record.wanted > record.done
