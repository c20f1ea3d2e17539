"""The products flow at work: new and changed products of the store become items, or are found to be some (I5)."""

import time
from collections.abc import Iterable, Mapping, Sequence

from integrations import mirror
from integrations.books import ItemDraft, Known
from integrations.commerce import Product
from integrations.connecting import note_error
from integrations.errors import RemoteError
from integrations.quickbooks import entry_writer, query
from integrations.quickbooks.client import BATCH_ITEMS, BatchAnswer, BatchItem
from integrations.quickbooks.faults import Fault
from sync.engine.conclusion import Refusals
from sync.engine.content import digest
from sync.engine.entries import Entries, item_entry
from sync.engine.plan import PAGE
from sync.engine.product_plan import GONE, Decided, ProductPlanner, posted, settled, would
from sync.engine.product_records import changed_pages, news, pull
from sync.engine.record import Ending, problem_ending
from sync.engine.rows import update_rows
from sync.engine.session import Session, stopped_by
from sync.engine.stocktaking import product_of
from sync.engine.vanished import asked_for, gone, products_forget
from sync.flows import products as products_flow
from sync.models import Action, Record
from sync.models.settings import OpeningQuantity
from sync.translate.products import (
    ItemChange,
)
from sync.translate.reasons import Reason


def synchronise(session: Session) -> None:
    """Bring every due product to its end. Raises what ends a run.

    A store whose products cannot be read keeps no order out of the books: the run goes on, and ends with that.
    """
    integration, now = session.integration, session.clock.now()
    if session.store_problem is None:
        try:
            before = integration.products_read_until
            products_forget(session, read=pull(session), before=before)
            if integration.products.opening_quantity == OpeningQuantity.STORE:
                session.pull_orders()  # what was sold until the levels were read belongs to them
        except RemoteError as error:
            _note_problem(session, error)
    if not products_flow.due(integration, now=now).exists() and not products_flow.is_waiting(integration):
        return
    work = _Producer(session, products_flow.known_products(integration))
    for page in products_flow.due_pages(integration, now=now, size=PAGE):
        if session.is_out_of_time:
            break
        session.watcher.expect(len(page))
        work.produce(page)
    if work.refusals.lists_are_stale:
        mirror.forget(session.books)


def _note_problem(session: Session, error: RemoteError) -> None:
    note_error(session.integration.store, error)
    session.store_problem = stopped_by(error, "store")


def preview(session: Session) -> None:
    """Say in the log what would be made of the products that changed; nothing is filed and nothing written."""
    integration, now = session.integration, session.clock.now()
    with session.asking_store():
        changed = [
            record for page in changed_pages(integration, session.store) for record in news(integration, page, now)
        ]
    seen = {record.store_ref for record in changed}
    filed = products_flow.due(integration, now=now).exclude(store_ref__in=seen)
    due = [*changed, *filed]
    known = {product.ref: product for product in products_flow.known_products(integration)}
    known |= {record.store_ref: product_of(record) for record in changed}
    try:
        work = _Producer(session, known.values())
        for start in range(0, len(due), PAGE):
            session.watcher.expect(len(due[start : start + PAGE]))
            work.foresee(due[start : start + PAGE])
    except RemoteError as error:
        raise stopped_by(error, "books") from error


# -- deciding and writing ----------------------------------------------------------------------------------------------


class _Producer:
    """Makes items for one run. `products` are all that the store has, for their SKUs."""

    def __init__(self, session: Session, products: Iterable[Product]) -> None:
        self._session = session
        self._integration = session.integration
        self._planner = ProductPlanner(session.planner, products, now=session.clock.now())
        self.refusals = Refusals(session.planner.company.name)

    def produce(self, page: Sequence[Record]) -> None:
        """Bring a page of records to its end, in two batches and one question at most."""
        started = time.perf_counter()
        decided = self._planner.decide(page)
        steady = [standing for one in decided if (standing := self._standing(one)) is not None]
        made, problems = self._create([outcome for _, _, outcome in steady if isinstance(outcome, ItemDraft)])
        changed = self._change([outcome for _, _, outcome in steady if isinstance(outcome, ItemChange)])
        endings = [self._ending(one, made, problems, changed) for one in steady]
        self._record(endings, started)

    def foresee(self, page: Sequence[Record]) -> None:
        started = time.perf_counter()
        self._record([would(one) for one in self._planner.decide(page)], started)

    def _standing(self, decided: Decided) -> Decided | None:
        """An item that begins with the store's level is made only while that level stands still: what is sold in
        between would be counted twice, or not at all. None: the next run looks again."""
        record, product, outcome = decided
        if not (self._planner.settings.opening and isinstance(outcome, ItemDraft) and outcome.inventory_start):
            return decided
        if self._session.store_problem is not None:
            return None
        try:
            current = asked_for(self._session.store, [product.ref])[product.ref]
        except RemoteError as error:
            _note_problem(self._session, error)
            return None
        if current is None:
            update_rows([gone(record)], ["payload", "fingerprint"])
            return record, product, GONE
        return decided if current.stock == product.stock else None

    def _create(self, drafts: Sequence[ItemDraft]) -> tuple[dict[str, Known], dict[str, Fault]]:
        made: dict[str, Known] = {}
        problems: dict[str, Fault] = {}
        Entries(self._session.delivery).create([item_entry(draft, made, problems) for draft in drafts])
        return made, problems

    def _change(self, changes: Sequence[ItemChange]) -> dict[str, BatchAnswer]:
        """Give items their new names, descriptions and prices; the answers by item id.

        The same change made twice is the same: a run that dies on the way leaves items that the next one compares.
        """
        client = self._session.client
        answers: dict[str, BatchAnswer] = {}
        for start in range(0, len(changes), BATCH_ITEMS):
            part = {change.item.id: change for change in changes[start : start + BATCH_ITEMS]}
            current = {str(row["Id"]): row for row in client.query("Item", query.one_of("Id", part))}
            writes = [
                BatchItem(ref[:10], "update", "Item", _update(part[ref], str(row["SyncToken"])))
                for ref, row in current.items()
            ]
            if writes:
                answers |= client.batch(writes, digest(repr(writes))[:36])  # mended after a refusal it is another one
            changed = [answer.object for answer in answers.values() if answer.object is not None]
            mirror.put(self._session.books, "Item", changed, ours=True)
        return answers

    # -- endings -------------------------------------------------------------------------------------------------------

    def _ending(
        self,
        decided: Decided,
        made: Mapping[str, Known],
        problems: Mapping[str, Fault],
        changed: Mapping[str, BatchAnswer],
    ) -> Ending:
        record, product, outcome = decided
        if isinstance(outcome, ItemDraft):
            if outcome.key in made:
                return posted(record, Action.CREATED, made[outcome.key])
            return problem_ending(record, record.wanted, self.refusals.hold(problems[outcome.key]), None)
        if isinstance(outcome, ItemChange):
            answer = changed.get(outcome.item.id[:10])
            if answer is None or answer.fault is not None:
                fault = answer.fault if answer is not None and answer.fault else Fault("", "not found")
                return problem_ending(record, record.wanted, self.refusals.hold(fault), None)
            params = {"product": product.name, "item": outcome.name}
            return posted(record, Action.UPDATED, Known(outcome.item.id, outcome.name), Reason.ITEM_UPDATED, params)
        return settled(record, product, outcome)

    def _record(self, endings: Sequence[Ending], started: float) -> None:
        elapsed = int((time.perf_counter() - started) * 1000)
        self._session.recorder.write(endings, now=self._session.clock.now(), elapsed_ms=elapsed)
        self._session.watcher.page_done()


def _update(change: ItemChange, sync_token: str) -> dict[str, object]:
    return entry_writer.item_update_payload(
        change.item.id, sync_token, name=change.name, description=change.description, price=change.price
    )
