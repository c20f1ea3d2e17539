"""Stocktaking: what the level of every product in the store should be, from what the store, the books and the orders in
between say (K1, K3, K4).

Of the store every run reads the products that changed, and all of them once a day. QuickBooks' quantities are read only
by a run that compares (see `sync.engine.stock_causes`), all of them anew, a thousand to a call.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.db import transaction

from integrations.clients import reader_for
from integrations.commerce import Order, Product
from integrations.errors import Malformed
from integrations.models import Integration
from integrations.money import ZERO
from integrations.quickbooks import reader
from sync.engine.content import content, digest
from sync.engine.options import load_catalog, load_options
from sync.engine.pull import OVERLAP
from sync.engine.rows import insert_rows, update_rows
from sync.engine.session import Session
from sync.engine.stock_causes import comparison_owed, last_write
from sync.engine.vanished import asked_for, doubled, gone
from sync.flows import stock as stock_flow
from sync.models import PostingState, Record, RecordKind, RecordState, Role
from sync.translate.outcome import Hold, Skip
from sync.translate.reasons import Reason
from sync.translate.settings import match_key
from sync.translate.stock import Found, Level, Outstanding, Range, Shelves, items_of, level_of, uses_of

LISTED_EVERY = timedelta(days=1)
# How long the store's searches may not show an order that has lowered a level already, and QuickBooks' queries may not
# count a sale that was posted already.
SEARCH_LAG = timedelta(seconds=10)
_CHUNK = 300


@dataclass(slots=True)
class Shelf:
    """A product of the store and what its level should be."""

    record: Record
    product: Product
    decision: Level | Hold | Skip

    @property
    def level(self) -> Level | None:
        """The level, where it is to be changed."""
        differs = isinstance(self.decision, Level) and self.decision.differs
        return self.decision if differs and isinstance(self.decision, Level) else None


class Stocktaking:
    """One run's. In a dry run nothing is filed, and the whole store is read."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._integration = session.integration
        self._files = not session.run.dry_run
        self._counted_at = session.clock.now()
        self._seen: set[str] = set()  # what this run has read of the store

    @cached_property
    def _records(self) -> dict[str, Record]:
        return {record.store_ref: record for record in stock_flow.records(self._integration)}

    # -- the store -----------------------------------------------------------------------------------------------------

    def read_store(self) -> None:
        """Read what changed in the store, or all of it; news has the levels compared. Raises Stop."""
        integration, now = self._integration, self._session.clock.now()
        whole = not self._files or _is_due(integration, now)
        until = integration.stock_read_until
        since = None if whole or until is None else until - OVERLAP
        with self._session.asking_store():
            for page in self._session.store.products(updated_from=since):
                self._seen.update(product.ref for product in page)
                self._file([self._noted(product, now) for product in page])
        with transaction.atomic():
            if whole:
                missing = [record for ref, record in self._records.items() if ref not in self._seen]
                self._file([gone(record) for record in missing if not record.payload.get("gone")])
                integration.stock_listed_at = now
            integration.stock_read_until = now
            if self._files:
                integration.save(update_fields=["stock_read_until", "stock_listed_at"])

    def look_for_doubled(self) -> None:
        """Ask for those that share a SKU and were not read by this run: one may be gone, and another in its place. What
        is held for it already is left to the next reading of the whole store. Raises Stop."""
        there = (product for product, _found in self._items.values())
        doubtful = {ref for refs in doubled(there) if not all(map(self._is_settled, refs)) for ref in refs}
        if not doubtful - self._seen:
            return
        with self._session.asking_store():
            found = asked_for(self._session.store, doubtful - self._seen)
        now, records = self._session.clock.now(), self._records
        self._file([self._noted(one, now) if one else gone(records[ref]) for ref, one in found.items()])
        del self._items

    def _is_settled(self, ref: str) -> bool:
        record = self._records[ref]
        return record.state == RecordState.IGNORED or record.reason == Reason.SKU_DUPLICATE

    def _noted(self, product: Product, now: datetime) -> Record | None:
        """The product's record as it should be now; None where it is so already."""
        record = self._records.get(product.ref)
        if record is None:
            record = Record(
                integration=self._integration,
                kind=RecordKind.STOCK,
                store_ref=product.ref,
                created_in_store_at=now,
                fingerprint="",
            )
            self._records[product.ref] = record
        return record if note(record, product, now) else None

    @transaction.atomic
    def _file(self, records: Sequence[Record | None]) -> None:
        changed = [record for record in records if record is not None] if self._files else []
        update_rows([record for record in changed if record.pk], NOTED)
        insert_rows(record for record in changed if not record.pk)
        if changed:
            comparison_owed(self._integration)

    # -- the levels ----------------------------------------------------------------------------------------------------

    def shelves(self) -> list[Shelf]:
        """Every product that nobody ignores, with what its level should be at this moment."""
        items = self._items
        products = [product for product, _found in items.values()]
        outstanding = outstanding_of(self._integration, known=Range.of(products)).of_items(items)
        parts = frozenset(part for product in products for part in product.components)
        known = Shelves(self._on_hand, outstanding, uses_of(products), parts, self._integration.stock.include_unlimited)
        return [
            Shelf(record, *self._decided(record, known))
            for record in self._records.values()
            if record.state != RecordState.IGNORED
        ]

    def _decided(self, record: Record, known: Shelves) -> tuple[Product, Level | Hold | Skip]:
        product = product_of(record)
        if record.payload.get("gone"):
            return product, Skip(Reason.PRODUCT_GONE, {"sku": product.sku, "product": product.name})
        return product, level_of(product, self._items[product.ref][1], known)

    @cached_property
    def _items(self) -> dict[str, tuple[Product, Found]]:
        """The products that are there, with their items."""
        found: dict[str, tuple[Product, Found]] = {}
        there = [product_of(record) for record in self._records.values() if not record.payload.get("gone")]
        for start in range(0, len(there), _CHUNK):
            chunk = there[start : start + _CHUNK]
            keys = {match_key(product.sku) for product in chunk if product.sku.strip()}
            catalog = load_catalog(self._integration, self._session.planner.options, keys=keys, names=())
            found |= items_of(chunk, catalog)
        return found

    @cached_property
    def _on_hand(self) -> dict[str, Decimal | None]:
        self._counted_at = self._session.clock.now()
        rows = self._session.client.query("Item", "Type = 'Inventory'")
        return {str(row["Id"]): reader.on_hand(row) for row in rows}

    # -- what was sold meanwhile ---------------------------------------------------------------------------------------

    def catch_up(self, shelves: Iterable[Shelf]) -> None:
        """Read the orders once more: one that lowered a level which we have just read must not be missed. And the
        quantities, where we wrote into the books so lately that they may not show it."""
        written = last_write(self._integration, since=self._counted_at - SEARCH_LAG)
        moments = [*_changed_at(shelves), *([] if written is None else [written])]
        if moments:
            wait = (max(moments) + SEARCH_LAG - self._session.clock.now()).total_seconds()
            if wait > 0:
                self._session.clock.sleep(min(wait, SEARCH_LAG.total_seconds()))
        if written is not None:
            del self._on_hand
        self._session.pull_orders()


def outstanding_of(integration: Integration, *, known: Range) -> Outstanding:
    """What is sold and not in the books, in all stores whose sales go into the same books; `known` are the products of
    this integration's own store."""
    found = Outstanding()
    for one in stock_flow.sharing_books(integration):
        if one.pk == integration.pk:
            _count(one, found, known)
            continue
        others = Outstanding()
        _count(one, others, None)
        if others.by_key:
            catalog = load_catalog(one, load_options(one), keys=others.by_key, names=())
            found.add_other_store(others, catalog)
    return found


def _count(integration: Integration, found: Outstanding, known: Range | None) -> None:
    orders, posted = reader_for(integration.store), stock_flow.refunds_in_books(integration)
    for record in stock_flow.unsettled_orders(integration).iterator(chunk_size=_CHUNK):
        try:
            order = orders.read_order(record.payload)
        except Malformed:
            continue  # it is held, and says so
        found.count(
            order,
            in_books=record.in_books,
            known=known,
            taken_back={refund.ref for refund in order.refunds if f"{record.store_ref}/{refund.ref}" in posted},
            stated=_stated(record, order) if record.in_books else None,
        )


def _stated(record: Record, order: Order) -> dict[str, Decimal] | None:
    """The units that the sale in the books states, by item id; None where the order still sells what was posted."""
    sale = record.postings.filter(role=Role.SALE, state=PostingState.POSTED).order_by("ordinal").last()
    if sale is None or not sale.content or sale.content == content(order) or not sale.image.get("lines"):
        return None
    # Where somebody has changed it in QuickBooks, the difference that is held holds it as it is.
    now = json.loads(record.params["now"]) if "now" in record.params else sale.image
    stated: dict[str, Decimal] = {}
    for line in now["lines"]:
        if line.get("item") and line.get("quantity"):
            stated[line["item"]] = stated.get(line["item"], ZERO) + Decimal(line["quantity"])
    return stated


NOTED = ("number", "payload", "fingerprint", "updated_in_store_at")


def note(record: Record, product: Product, now: datetime) -> bool:
    """Write down what the store says of a product; whether that is news."""
    payload = {"product": product.as_json()}
    fingerprint = digest(repr(payload))
    if record.fingerprint == fingerprint:
        return False
    record.number, record.payload, record.fingerprint = product.sku.strip()[:100], payload, fingerprint
    record.updated_in_store_at = product.changed_at or now
    return True


def product_of(record: Record) -> Product:
    return Product.from_json(record.payload["product"])


def _is_due(integration: Integration, now: datetime) -> bool:
    last = integration.stock_listed_at
    return last is None or integration.stock_read_until is None or now - last >= LISTED_EVERY


def _changed_at(shelves: Iterable[Shelf]) -> Iterator[datetime]:
    """When those products changed in the store whose level would be raised."""
    for shelf in shelves:
        level = shelf.level
        if level is not None and (level.before is None or level.after > level.before):
            yield shelf.record.updated_in_store_at
