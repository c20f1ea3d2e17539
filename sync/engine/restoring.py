"""The levels before a push are brought back into the store (K2)."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from django.db import transaction

from integrations.commerce import Product
from integrations.errors import NotFound
from sync.engine.record import Ending
from sync.engine.rows import update_rows
from sync.engine.session import Session
from sync.engine.stock_endings import counted
from sync.engine.stocktaking import NOTED, note
from sync.flows import stock as stock_flow
from sync.models import Action, PushState, Record, RecordState, StockChange, StockPush
from sync.translate.reasons import Reason


class Restorer:
    """Brings back the levels that a push has changed, where they are still what it made them."""

    def __init__(self, session: Session, push: StockPush) -> None:
        self._session = session
        self._push = push

    def restore(self) -> None:
        """Raises Stop when the store does not answer; the next run goes on."""
        rows = self._push.changes.filter(restored_at=None).exclude(written_at=None).order_by("store_ref")
        changes = sorted(rows, key=lambda change: change.store_ref.partition("/")[0])
        records = {record.store_ref: record for record in stock_flow.records(self._session.integration)}
        for ref, group in groupby(changes, key=lambda change: change.store_ref.partition("/")[0]):
            with self._session.asking_store():
                self._restore_product(ref, list(group), records)
        self._push.state, self._push.ended_at = PushState.RESTORED, self._session.clock.now()
        self._push.save(update_fields=["state", "ended_at"])

    def _restore_product(self, ref: str, changes: Sequence[StockChange], records: Mapping[str, Record]) -> None:
        try:
            current = {product.ref: product for product in self._session.store.product(ref)}
        except NotFound:
            return
        for change in changes:
            product = current.get(change.store_ref)
            if product is None or product.stock not in (change.after, change.before):
                continue
            if product.stock != change.before:
                self._session.store.set_stock(product, change.before)
            self._tell(change, counted(product, change.before), records.get(change.store_ref))

    @transaction.atomic
    def _tell(self, change: StockChange, product: Product, record: Record | None) -> None:
        now = self._session.clock.now()
        change.restored_at = now
        change.save(update_fields=["restored_at"])
        if record is None:
            return
        if note(record, product, now):
            update_rows([record], NOTED)
        params = {"sku": change.sku, "product": change.product, "user": self._push.by}
        ending = Ending(record, record.wanted, RecordState.POSTED, Action.UPDATED, Reason.STOCK_RESTORED, params)
        self._session.recorder.write([ending], now=now, elapsed_ms=0)
