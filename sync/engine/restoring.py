"""The levels before a push are brought back into the store (K2)."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from django.db import transaction

from integrations.commerce import Product
from integrations.errors import NotAllowed, NotFound, OutcomeUnknown, Refused, RemoteError, TemporaryError
from sync.engine.record import Ending
from sync.engine.rows import update_rows
from sync.engine.session import Session
from sync.engine.stock_endings import counted
from sync.engine.stocktaking import NOTED, note
from sync.engine.vanished import gone, gone_ending
from sync.flows import stock as stock_flow
from sync.models import Action, PushState, Record, RecordState, StockChange, StockPush
from sync.translate.reasons import Reason

# So many products may fail before it is the store that does.
PATIENCE = 3
_UNCOUNTED = "∞"


class Restorer:
    """Brings back the levels that a push has changed, where they are still what it made them."""

    def __init__(self, session: Session, push: StockPush) -> None:
        self._session = session
        self._push = push

    def restore(self) -> bool:
        """Whether it came to its end; else the next run goes on, as after Stop, which it raises when the store does not
        answer. One product that the store refuses or cannot serve keeps no other from being brought back."""
        rows = self._push.changes.filter(restored_at=None).exclude(written_at=None).order_by("store_ref")
        changes = sorted(rows, key=_whole_product)
        records = {record.store_ref: record for record in stock_flow.records(self._session.integration)}
        failed: list[RemoteError] = []
        for ref, group in groupby(changes, key=_whole_product):
            if self._session.is_out_of_time:
                return False
            mine = list(group)
            with self._session.asking_store():
                try:
                    self._restore_product(ref, mine, records)
                except _NotWritable as refusal:
                    for change in mine:
                        self._hold(change, records, Reason.STOCK_NOT_WRITABLE, {"detail": str(refusal)})
                    return False
                except (TemporaryError, OutcomeUnknown) as error:
                    failed.append(error)
                    if len(failed) == PATIENCE:
                        raise
        if failed:
            with self._session.asking_store():
                raise failed[0]
        self._push.state, self._push.ended_at = PushState.RESTORED, self._session.clock.now()
        self._push.save(update_fields=["state", "ended_at"])
        return True

    def _restore_product(self, ref: str, changes: Sequence[StockChange], records: Mapping[str, Record]) -> None:
        try:
            current = {product.ref: product for product in self._session.store.product(ref)}
        except NotFound:
            current = {}
        for change in changes:
            product = current.get(change.store_ref)
            if product is None:
                self._gone(change, records)
            elif product.stock in (change.after, change.before):
                self._restore_one(change, product, records)

    def _restore_one(self, change: StockChange, product: Product, records: Mapping[str, Record]) -> None:
        try:
            if product.stock != change.before:
                self._session.store.set_stock(product, change.before)
        except NotAllowed as error:
            raise _NotWritable(error.message) from error
        except NotFound:
            self._gone(change, records)
        except Refused as error:
            level = _UNCOUNTED if change.before is None else str(change.before)
            params = {"sku": change.sku, "product": change.product, "after": level, "detail": error.message}
            self._hold(change, records, Reason.STOCK_REFUSED, params)
        else:
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
        self._end(Ending(record, record.wanted, RecordState.POSTED, Action.UPDATED, Reason.STOCK_RESTORED, params))

    def _gone(self, change: StockChange, records: Mapping[str, Record]) -> None:
        record = records.get(change.store_ref)
        if record is None or record.payload.get("gone"):
            return
        update_rows([gone(record)], NOTED)
        self._end(gone_ending(record))

    def _hold(
        self, change: StockChange, records: Mapping[str, Record], reason: Reason, params: Mapping[str, str]
    ) -> None:
        record = records.get(change.store_ref)
        if record is not None:
            self._end(Ending(record, record.wanted, RecordState.HELD, Action.HELD, reason, params))

    def _end(self, ending: Ending) -> None:
        self._session.recorder.write([ending], now=self._session.clock.now(), elapsed_ms=0)


class _NotWritable(Exception):
    """The store lets nobody write its levels."""


def _whole_product(change: StockChange) -> str:
    return change.store_ref.partition("/")[0]
