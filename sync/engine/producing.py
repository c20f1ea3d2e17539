"""The products flow at work: new and changed products of the store become items, or are found to be some (I5)."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

from integrations import mirror
from integrations.books import ItemDraft, Known
from integrations.commerce import Product
from integrations.connecting import note_error, profile_of
from integrations.errors import RemoteError
from integrations.models import BooksObject
from integrations.quickbooks import entry_writer, query
from integrations.quickbooks.client import BATCH_ITEMS, BatchAnswer, BatchItem
from integrations.quickbooks.faults import Fault
from sync.engine.conclusion import Refusals
from sync.engine.content import digest
from sync.engine.entries import Entries, item_entry
from sync.engine.options import load_catalog
from sync.engine.plan import PAGE
from sync.engine.product_records import changed_pages, news, pull
from sync.engine.record import Ending, problem_ending
from sync.engine.rows import update_rows
from sync.engine.session import Session, stopped_by
from sync.engine.stocktaking import outstanding_of, product_of
from sync.engine.vanished import asked_for, gone, gone_ending, products_forget
from sync.flows import products as products_flow
from sync.models import Action, Posting, PostingState, Record, RecordState, Role
from sync.models.settings import OpeningQuantity
from sync.translate.outcome import Hold, Skip
from sync.translate.products import (
    ItemChange,
    Linked,
    Listed,
    Lists,
    Outcome,
    ProductOptions,
    names_of,
    told,
    translate_product,
    with_accounts,
)
from sync.translate.reasons import Reason
from sync.translate.settings import CreateAs, match_key
from sync.translate.stock import Outstanding, Range, uses_of

_NOTHING: Mapping[str, str] = MappingProxyType({})
_GONE = Skip(Reason.PRODUCT_GONE, {})
# A record, the product that it holds, and what becomes of it.
Decided = tuple[Record, Product, Outcome]


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
        changed = [record for page in changed_pages(session) for record in news(integration, page, now)]
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
        all_products = list(products)
        self._uses = uses_of(all_products)
        self._range = Range.of(all_products)
        self._settings = _settings(session)
        self.refusals = Refusals(session.planner.company.name)

    def produce(self, page: Sequence[Record]) -> None:
        """Bring a page of records to its end, in two batches and one question at most."""
        started = time.perf_counter()
        decided = self._decide(page)
        steady = [standing for one in decided if (standing := self._standing(one)) is not None]
        made, problems = self._create([outcome for _, _, outcome in steady if isinstance(outcome, ItemDraft)])
        changed = self._change([outcome for _, _, outcome in steady if isinstance(outcome, ItemChange)])
        endings = [self._ending(one, made, problems, changed) for one in steady]
        self._record(endings, started)

    def foresee(self, page: Sequence[Record]) -> None:
        started = time.perf_counter()
        self._record([_would(one) for one in self._decide(page)], started)

    def _decide(self, page: Sequence[Record]) -> list[Decided]:
        products = [(record, product_of(record)) for record in page]
        options, company = self._settings.options, self._session.planner.company
        keys = {match_key(product.sku) for _, product in products if product.sku.strip()}
        names = {name for _, product in products for name in names_of(product)}
        catalog = load_catalog(self._integration, options, keys=keys, names=names)
        items = self._listed({item.id for item in (*catalog.by_key.values(), *catalog.matches.values())})
        known = (self._settings, company, Lists(catalog, items, self._uses, self._outstanding.by_ref))
        return [
            (record, product, _GONE if record.payload.get("gone") else translate_product(product, *known))
            for record, product in products
        ]

    @cached_property
    def _outstanding(self) -> Outstanding:
        """Only asked for where new items begin with the store's levels."""
        return outstanding_of(self._integration, known=self._range) if self._settings.opening else Outstanding()

    def _listed(self, ids: set[str]) -> dict[str, Listed]:
        rows = BooksObject.objects.filter(books=self._session.books, type="Item", books_ref__in=ids)
        postings = Posting.objects.filter(
            books=self._session.books, role=Role.ITEM, state=PostingState.POSTED, books_ref__in=ids
        )
        ours = set(postings.values_list("books_ref", flat=True))
        return {
            row.books_ref: Listed(
                row.books_ref,
                row.name,
                str(row.data.get("Description") or ""),
                None if row.data.get("UnitPrice") is None else Decimal(str(row.data["UnitPrice"])),
                ours=row.books_ref in ours,
            )
            for row in rows
        }

    def _standing(self, decided: Decided) -> Decided | None:
        """An item that begins with the store's level is made only while that level stands still: what is sold in
        between would be counted twice, or not at all. None: the next run looks again."""
        record, product, outcome = decided
        if not (self._settings.opening and isinstance(outcome, ItemDraft) and outcome.inventory_start):
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
            return record, product, _GONE
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
                return _posted(record, Action.CREATED, made[outcome.key])
            return problem_ending(record, record.wanted, self.refusals.hold(problems[outcome.key]), None)
        if isinstance(outcome, ItemChange):
            answer = changed.get(outcome.item.id[:10])
            if answer is None or answer.fault is not None:
                fault = answer.fault if answer is not None and answer.fault else Fault("", "not found")
                return problem_ending(record, record.wanted, self.refusals.hold(fault), None)
            params = {"product": product.name, "item": outcome.name}
            return _posted(record, Action.UPDATED, Known(outcome.item.id, outcome.name), Reason.ITEM_UPDATED, params)
        return _settled(record, product, outcome)

    def _record(self, endings: Sequence[Ending], started: float) -> None:
        elapsed = int((time.perf_counter() - started) * 1000)
        self._session.recorder.write(endings, now=self._session.clock.now(), elapsed_ms=elapsed)
        self._session.watcher.page_done()


def _settings(session: Session) -> ProductOptions:
    """The settings of the flow, where they say something, over those of items made for orders."""
    integration = session.integration
    options, chosen, company = session.planner.options, integration.products, session.planner.company
    accounts = ("income_account", "expense_account", "asset_account")
    refs = {f"{name}_id": entry.books_ref for name in accounts if (entry := getattr(chosen, name)) is not None}
    options = with_accounts(options, **refs)
    if chosen.create_as:
        options = replace(options, create_as=CreateAs(chosen.create_as))
    profile = profile_of(integration.store)
    net = profile is not None and not profile.prices_include_tax and profile.currency == company.currency
    return ProductOptions(
        options=options,
        net_prices=net,
        today=session.clock.now().astimezone(ZoneInfo(integration.time_zone)).date(),
        opening=chosen.opening_quantity == OpeningQuantity.STORE,
        stock_from=chosen.inventory_start,
        updates=chosen.update_items,
    )


def _update(change: ItemChange, sync_token: str) -> dict[str, object]:
    return entry_writer.item_update_payload(
        change.item.id, sync_token, name=change.name, description=change.description, price=change.price
    )


def _settled(record: Record, product: Product, outcome: Outcome) -> Ending:
    """The ending of a product for which nothing is to be written."""
    if isinstance(outcome, Hold):
        return problem_ending(record, record.wanted, outcome, None)
    if outcome is _GONE:
        return gone_ending(record)
    if isinstance(outcome, Skip):
        params = dict(outcome.params)
        return Ending(record, record.wanted, RecordState.SKIPPED, Action.SKIPPED, outcome.reason, params)
    if not isinstance(outcome, Linked):
        raise TypeError(f"{type(outcome).__name__} is to be written")
    reason, params = told(outcome, product)
    return _posted(record, Action.UNCHANGED, Known(outcome.item.id, outcome.item.name), reason, params)


def _would(decided: Decided) -> Ending:
    record, product, outcome = decided
    if isinstance(outcome, ItemDraft):
        return Ending(record, record.wanted, record.state, Action.WOULD_CREATE)
    if isinstance(outcome, ItemChange):
        return _posted(record, Action.WOULD_UPDATE, Known(outcome.item.id, outcome.item.name))
    return _settled(record, product, outcome)


def _posted(
    record: Record, action: Action, item: Known, reason: Reason | str = "", params: Mapping[str, str] = _NOTHING
) -> Ending:
    """The product is an item: the log entry names it."""
    entry = Posting(books_type="Item", books_ref=item.id, doc_number=item.name[:40])
    return Ending(record, record.wanted, RecordState.POSTED, action, reason, dict(params), entry)
