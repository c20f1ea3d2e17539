"""The stock flow at work: QuickBooks' levels are set in the store, once nobody needs to look at them first (K1-K4).

What is to be written stands in a `StockPush` before the first call. Each level is written absolutely, right after it
was read once more; one that has moved since it was compared is left to the next run. A run that dies leaves levels that
are either written or not: the next one compares, and writes what is left.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction

from integrations.commerce import Product
from integrations.errors import NotAllowed, NotFound, OutcomeUnknown, Refused, RemoteError, TemporaryError
from sync.engine.content import digest
from sync.engine.record import Ending
from sync.engine.restoring import PATIENCE, Restorer
from sync.engine.rows import insert_rows, update_rows
from sync.engine.session import Session, stopped_by
from sync.engine.stock_causes import basis, comparison_made, comparison_owed, is_due
from sync.engine.stock_endings import counted, is_right_and_new, named, problem_of, set_ending, settled, would_set
from sync.engine.stocktaking import NOTED, Shelf, Stocktaking, note, product_of
from sync.engine.vanished import gone, gone_ending
from sync.flows import stock as stock_flow
from sync.models import PushState, Record, RecordState, StockChange, StockPush
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason
from sync.translate.stock import Ask, Level, asks


def synchronise(session: Session) -> None:
    """Bring back what somebody wants back, then set what differs, where there is cause to look. Raises what ends a run.

    Nothing is pushed while the store's orders cannot be read: what they sold must not come back to life.
    """
    if session.store_problem is not None:
        return
    for push in stock_flow.pushes(session.integration, PushState.RESTORING).order_by("pk"):
        comparison_owed(session.integration)
        if not Restorer(session, push).restore():
            return
    if not session.integration.stock.enabled:
        return
    taking = Stocktaking(session)
    taking.read_store()
    if is_due(session):
        _compare(session, taking)


def preview(session: Session) -> None:
    """Say in the log what would be set; nothing is filed and nothing written."""
    try:
        taking = Stocktaking(session)
        taking.read_store()
        shelves = taking.shelves()
    except RemoteError as error:
        raise stopped_by(error, "books") from error
    told = (would_set(shelf) if shelf.level else settled(shelf) for shelf in shelves)
    endings = [ending for ending in told if ending is not None]
    session.watcher.expect(len(endings))
    session.recorder.write(endings, now=session.clock.now(), elapsed_ms=0)
    session.watcher.page_done()


def _compare(session: Session, taking: Stocktaking) -> None:
    integration, began_at = session.integration, session.clock.now()
    comparison_owed(integration)
    rests_on = basis(session)
    taking.look_for_doubled()
    shelves = taking.shelves()
    if any(shelf.level for shelf in shelves):
        taking.catch_up(shelves)
        rests_on = basis(session)
        shelves = taking.shelves()
    if session.store_problem is None and _Pusher(session, shelves).push():
        comparison_made(integration, rests_on, began_at=began_at)


class _Pusher:
    """Carries out one run's changes of levels, or has them wait for a person."""

    def __init__(self, session: Session, shelves: Sequence[Shelf]) -> None:
        self._session = session
        self._integration = session.integration
        self._shelves = shelves
        self._by_ref = {shelf.product.ref: shelf for shelf in shelves}
        self._has_moved = False  # a level did, since it was compared

    @property
    def _now(self) -> datetime:
        return self._session.clock.now()

    def push(self) -> bool:
        """Whether nothing of it is left to the next run."""
        self._tell_untold()
        self._note_equal()
        self._record([ending for shelf in self._shelves if (ending := settled(shelf)) is not None])
        waiting = stock_flow.waiting_push(self._integration)
        approves_all = self._session.approves and waiting is None
        if self._session.approves and waiting is not None:
            push_decide(waiting, PushState.APPROVED, by="manage.py", now=self._now)
        going = self._approved()
        rest = [shelf for shelf in self._shelves if shelf.level and shelf.product.ref not in going]
        ask = self._asks(rest)
        if ask is None or approves_all:
            going |= self._made(rest, ask, by="manage.py" if ask else "")
            rest = []
        self._hold(rest, ask)
        if not self._write(going):
            return False
        ended = stock_flow.pushes(self._integration, PushState.APPROVED)
        ended.update(state=PushState.APPLIED, ended_at=self._now)
        return not self._has_moved

    # -- who may go ----------------------------------------------------------------------------------------------------

    def _approved(self) -> dict[str, StockChange]:
        """What is approved, by the product's ref, as far as it is still exactly what has to be done. Who approved it
        while the company tracked its stock did not approve what it says without."""
        unsent = stock_flow.approved_changes(self._integration).filter(sent_at=None)
        if not self._session.planner.company.inventory:
            unsent = unsent.filter(push__because=Ask.NO_INVENTORY)
        return {change.store_ref: change for change in unsent if _is_the_same(change, self._by_ref)}

    def _asks(self, rest: Sequence[Shelf]) -> Ask | None:
        last = stock_flow.last_ended(self._integration)
        return asks(
            [shelf.level for shelf in rest if shelf.level],
            compared=sum(1 for shelf in self._shelves if isinstance(shelf.decision, Level)),
            percent=self._integration.stock.guard_percent,
            is_first=last is None,
            was_restored=last is not None and last.state == PushState.RESTORED,
            counts_stock=self._session.planner.company.inventory,
        )

    def _made(self, rest: Sequence[Shelf], ask: Ask | None, *, by: str) -> dict[str, StockChange]:
        """The push of what nobody has to look at, or what the command line approves."""
        if not rest:
            return {}
        with transaction.atomic():
            push, changes = self._push(rest, PushState.APPROVED, ask)
            if by:
                push_decide(push, PushState.APPROVED, by=by, now=self._now)
        return {change.store_ref: change for change in changes}

    def _hold(self, rest: Sequence[Shelf], ask: Ask | None) -> None:
        """Show the changes to a person, unless the very same table waits, or was rejected, already."""
        table = _digest(rest)
        rejected = stock_flow.pushes(self._integration, PushState.REJECTED).first()
        is_rejected = bool(rest) and rejected is not None and rejected.digest == table
        waiting = stock_flow.waiting_push(self._integration)
        if not rest or is_rejected:
            stock_flow.pushes(self._integration, PushState.WAITING).delete()
        elif waiting is None:
            with transaction.atomic():
                self._push(rest, PushState.WAITING, ask)
        elif waiting.digest != table:
            self._show_anew(waiting, rest, ask)
        if rejected is not None and is_rejected:
            reason, params = Reason.STOCK_REJECTED, {"user": rejected.by}
        else:
            reason, params = Reason.STOCK_AWAITS_APPROVAL, {}
        held = [problem_of(shelf, Hold(reason, {**named(shelf), **params})) for shelf in rest]
        self._record([ending for ending in held if ending is not None])

    def _push(self, rest: Sequence[Shelf], state: PushState, ask: Ask | None) -> tuple[StockPush, list[StockChange]]:
        push = StockPush.objects.create(integration=self._integration, state=state, **self._table(rest, ask))
        return push, self._changes(push, rest)

    @transaction.atomic
    def _show_anew(self, waiting: StockPush, rest: Sequence[Shelf], ask: Ask | None) -> None:
        """The same push with another table, so that whoever has the old one before them is told; unless it is decided
        about at this moment."""
        still = stock_flow.pushes(self._integration, PushState.WAITING).filter(pk=waiting.pk)
        if still.update(**self._table(rest, ask)):
            waiting.changes.all().delete()
            self._changes(waiting, rest)

    def _table(self, rest: Sequence[Shelf], ask: Ask | None) -> dict[str, Any]:
        return {
            "run": self._session.run,
            "because": ask or "",
            "digest": _digest(rest),
            "compared": sum(1 for shelf in self._shelves if isinstance(shelf.decision, Level)),
            "falling": sum(1 for shelf in rest if shelf.level and shelf.level.falls_to_zero),
            "created_at": self._now,
        }

    @staticmethod
    def _changes(push: StockPush, rest: Sequence[Shelf]) -> list[StockChange]:
        changes = [
            StockChange(
                push=push,
                store_ref=shelf.product.ref,
                sku=shelf.product.sku.strip()[:100],
                product=shelf.product.name[:500],
                before=level.before,
                after=level.after,
            )
            for shelf in rest
            if (level := shelf.level)
        ]
        insert_rows(changes)
        return changes

    # -- writing -------------------------------------------------------------------------------------------------------

    def _write(self, going: Mapping[str, StockChange]) -> bool:
        """Write levels, product by product; whether nothing was left because the time was up or nobody may.

        What one product fails with keeps no other from its level; after a few of them it is the store. Raises Stop.
        """
        shelves = sorted((self._by_ref[ref] for ref in going), key=_whole_product)
        self._session.watcher.expect(len(shelves))
        failed: list[RemoteError] = []
        for product, group in groupby(shelves, key=_whole_product):
            if self._session.is_out_of_time:
                return False
            with self._session.asking_store():
                try:
                    self._write_product(product, [(shelf, going[shelf.product.ref]) for shelf in group])
                except _NotWritable as refusal:
                    self._nobody_may([one for one in shelves if not going[one.product.ref].written_at], str(refusal))
                    return False
                except (TemporaryError, OutcomeUnknown) as error:
                    failed.append(error)
                    if len(failed) == PATIENCE:
                        raise
        if failed:
            with self._session.asking_store():
                raise failed[0]
        return True

    def _write_product(self, ref: str, wanted: Sequence[tuple[Shelf, StockChange]]) -> None:
        try:
            current = {product.ref: product for product in self._session.store.product(ref)}
        except NotFound:
            current = {}
        for shelf, change in wanted:
            self._write_one(shelf, change, current.get(shelf.product.ref))

    def _write_one(self, shelf: Shelf, change: StockChange, current: Product | None) -> None:
        """Set one level, unless it has moved since it was compared, so that something may just have been sold, or the
        product is not what it was."""
        started = time.perf_counter()
        if current is None:
            self._vanished(shelf, started)
            return
        if _compared(current) != _compared(shelf.product):
            self._keep(shelf.record, current)
            self._has_moved = True
            return
        change.sent_at = self._now
        change.save(update_fields=["sent_at"])
        try:
            self._session.store.set_stock(current, change.after)
        except NotAllowed as error:
            raise _NotWritable(error.message) from error
        except (Refused, NotFound) as error:
            change.sent_at = None
            change.save(update_fields=["sent_at"])
            if isinstance(error, NotFound):
                self._vanished(shelf, started)
                return
            held = problem_of(shelf, Hold(Reason.STOCK_REFUSED, {**named(shelf), "detail": error.message}))
            self._record([held] if held else [], started)
        else:
            self._done(shelf.record, change, started)

    @transaction.atomic
    def _done(self, record: Record, change: StockChange, started: float | None = None) -> None:
        """Whoever dies after this has told of the level; whoever dies before it is told of by the next run."""
        change.written_at = self._now
        change.save(update_fields=["written_at"])
        self._keep(record, counted(product_of(record), change.after))
        self._record([set_ending(record, change.before, change.after)], started)

    @transaction.atomic
    def _vanished(self, shelf: Shelf, started: float) -> None:
        """The product was deleted since it was read."""
        update_rows([gone(shelf.record)], NOTED)
        self._record([gone_ending(shelf.record)], started)

    def _keep(self, record: Record, product: Product) -> None:
        if note(record, product, self._now):
            update_rows([record], NOTED)

    def _nobody_may(self, shelves: Sequence[Shelf], detail: str) -> None:
        """The store lets nobody write its levels: that holds for all of them."""
        stock_flow.approved_changes(self._integration).update(sent_at=None)
        held = [problem_of(one, Hold(Reason.STOCK_NOT_WRITABLE, {"detail": detail})) for one in shelves]
        self._record([ending for ending in held if ending is not None])

    def _note_equal(self) -> None:
        """Levels that have always been right are nobody's news."""
        new = {shelf.record.pk: shelf.record for shelf in self._shelves if is_right_and_new(shelf)}
        for record in new.values():
            record.state, record.done = RecordState.POSTED, record.wanted
        update_rows(new.values(), ["state", "done"])

    # -- the log -------------------------------------------------------------------------------------------------------

    def _tell_untold(self) -> None:
        """Levels that an earlier run wrote, or meant to, and did not live to tell of."""
        for change in stock_flow.approved_changes(self._integration).exclude(sent_at=None):
            shelf = self._by_ref.get(change.store_ref)
            if shelf is not None and shelf.product.stock == change.after:
                self._done(shelf.record, change)
            else:
                change.sent_at = None
                change.save(update_fields=["sent_at"])

    def _record(self, endings: Sequence[Ending], started: float | None = None) -> None:
        if endings:
            elapsed = int((time.perf_counter() - started) * 1000) if started is not None else 0
            self._session.recorder.write(endings, now=self._now, elapsed_ms=elapsed)
            self._session.watcher.page_done()


class _NotWritable(Exception):
    """The store lets nobody write its levels."""


def push_decide(push: StockPush, state: PushState, *, by: str, now: datetime) -> None:
    """Note a decision about a push and whose it was."""
    push.state, push.by, push.decided_at = state, by[:150], now
    push.save(update_fields=["state", "by", "decided_at", "user"])


def _is_the_same(change: StockChange, shelves: Mapping[str, Shelf]) -> bool:
    shelf = shelves.get(change.store_ref)
    return shelf is not None and shelf.level == Level(change.before, change.after)


def _compared(product: Product) -> tuple[object, ...]:
    """What a level was decided by, of the product itself."""
    sold_as = (product.sku.strip(), product.enabled, bool(product.components), product.in_places)
    return product.stock, product.unlimited, *sold_as


def _whole_product(shelf: Shelf) -> str:
    return shelf.product.product_ref


def _digest(shelves: Sequence[Shelf]) -> str:
    """The same for the same table."""
    rows = sorted((one.product.ref, one.level.before, one.level.after) for one in shelves if one.level)
    return digest(repr(rows))
