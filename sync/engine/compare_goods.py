"""What changed settings would make of products and of stock levels (L4). Nobody is asked for levels: the quantities are
those that QuickBooks told last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice

from integrations.books import ItemDraft, Known
from integrations.clients import store_for
from integrations.commerce import Product
from integrations.http import Clock
from integrations.models import BooksObject, Integration
from integrations.quickbooks import entry_writer, reader
from sync.engine.differences import Difference, difference_of
from sync.engine.documents import Names, Sheet, read
from sync.engine.options import load_catalog
from sync.engine.plan import PAGE, Planner
from sync.engine.preview import PreviewedOrder
from sync.engine.product_plan import Decided, ProductPlanner, would
from sync.engine.product_records import changed_pages, news
from sync.engine.record import Ending
from sync.engine.stocktaking import outstanding_of, product_of
from sync.flows import products as products_flow
from sync.flows import stock as stock_flow
from sync.models import Action, Record, RecordState
from sync.translate.settings import match_key
from sync.translate.stock import Found, Level, Outstanding, Range, Shelves, items_of, level_of, uses_of

# What was skipped, or is ignored by a person, becomes no item whatever the settings are.
_WAITING = (RecordState.NEW, RecordState.HELD, RecordState.FAILED)

# -- products ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Products:
    """`looked_at` products were compared."""

    looked_at: int
    differences: tuple[Difference, ...]


def compare_products(
    now: Planner, then: Planner, limit: int, clock: Clock, *, asks_store: bool = False
) -> Products | None:
    """How products come out: first those that are no items yet, the latest first, then those that changed last.

    None where no product becomes an item either way. While none waits to become one, the store is asked for those that
    came since, where `asks_store`, and before any is filed.
    """
    if not (now.integration.products.enabled or then.integration.products.enabled):
        return None
    records = _latest_products(now.integration, limit, clock, asks_store=asks_store)
    known = {product.ref: product for product in products_flow.known_products(now.integration)}
    known |= {record.store_ref: product_of(record) for record in records}
    pairs = zip(*(_foreseen(planner, records, list(known.values()), clock) for planner in (now, then)), strict=True)
    found = (difference_of(before, after) for before, after in pairs)
    return Products(len(records), tuple(one for one in found if one.is_any))


def _latest_products(integration: Integration, limit: int, clock: Clock, *, asks_store: bool) -> list[Record]:
    filed = products_flow.records(integration).order_by("-updated_in_store_at", "-pk")
    waiting = list(filed.filter(state__in=_WAITING)[:limit])
    if not waiting and (asks_store or not filed.exists()):
        waiting = _unfiled_products(integration, limit, clock)
    known = filed.filter(state=RecordState.POSTED).exclude(pk__in=[record.pk for record in waiting if record.pk])
    return [*waiting, *known[: limit - len(waiting)]]


def _unfiled_products(integration: Integration, limit: int, clock: Clock) -> list[Record]:
    """Products as the store gives them, as unsaved records."""
    pages = changed_pages(integration, store_for(integration.store, clock=clock))
    return list(islice((record for page in pages for record in news(integration, page, clock.now())), limit))


def _foreseen(
    planner: Planner, records: Sequence[Record], known: Sequence[Product], clock: Clock
) -> list[PreviewedOrder]:
    if not planner.integration.products.enabled:
        off = [Ending(record, record.wanted, record.state, Action.SKIPPED) for record in records]
        return [_previewed(ending, [], Names(planner.company)) for ending in off]
    decided = ProductPlanner(planner, known, now=clock.now()).decide(records)
    sheets = [_sheets(one, planner) for one in decided]
    names = Names(planner.company)
    names.load(planner.integration.books, (sheet for some in sheets for sheet in some))
    return [_previewed(would(one), some, names) for one, some in zip(decided, sheets, strict=True)]


def _sheets(decided: Decided, planner: Planner) -> list[Sheet]:
    _, _, outcome = decided
    if not isinstance(outcome, ItemDraft):
        return []
    return [Sheet("Item", entry_writer.item_payload(outcome), planner.company.currency)]


def _previewed(ending: Ending, sheets: Sequence[Sheet], names: Names) -> PreviewedOrder:
    return PreviewedOrder(
        record=ending.record,
        action=ending.action,
        reason=ending.reason,
        params=dict(ending.params),
        notes=(),
        documents=tuple(read(sheet, names) for sheet in sheets),
        store_total=None,
        books_total=None,
        sale=None,
    )


# -- levels ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """What a level would be, and by which item; without one, the reason why it is left alone."""

    level: int | None
    item: str
    reason: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LevelDifference:
    product: Product
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class Levels:
    """`looked_at` products were compared, of which `count` would be set otherwise; `differences` are the first."""

    looked_at: int
    count: int
    differences: tuple[LevelDifference, ...]


def compare_levels(now: Planner, then: Planner, limit: int) -> Levels | None:
    """How the levels of all products that the stock flow knows come out; None where no level is set either way."""
    integration = now.integration
    if not (integration.stock.enabled or then.integration.stock.enabled):
        return None
    filed = stock_flow.records(integration).order_by("number", "pk")
    there = [record for record in filed if not record.payload.get("gone")]
    products = [product_of(record) for record in there]
    outstanding = outstanding_of(integration, known=Range.of(products))
    on_hand = _told_last(integration)
    sides = [_sides(planner, products, outstanding, on_hand) for planner in (now, then)]
    looked_at = [
        LevelDifference(product, before, after)
        for record, product, before, after in zip(there, products, *sides, strict=True)
        if record.state != RecordState.IGNORED
    ]
    differing = [one for one in looked_at if one.before != one.after]
    return Levels(len(looked_at), len(differing), tuple(differing[:limit]))


def _told_last(integration: Integration) -> dict[str, Decimal | None]:
    """QuickBooks' quantities by item id, as they stand in the copy of its lists."""
    items = BooksObject.objects.filter(books_id=integration.books_id, type="Item", kind="Inventory")
    return {row.books_ref: reader.on_hand(row.data) for row in items.only("books_ref", "data")}


def _sides(
    planner: Planner, products: Sequence[Product], outstanding: Outstanding, on_hand: Mapping[str, Decimal | None]
) -> list[Side]:
    settings = planner.integration.stock
    if not settings.enabled:
        return [Side(None, "") for _ in products]
    items: dict[str, tuple[Product, Found]] = {}
    for start in range(0, len(products), PAGE):
        chunk = products[start : start + PAGE]
        keys = {match_key(product.sku) for product in chunk if product.sku.strip()}
        catalog = load_catalog(planner.integration, planner.options, keys=keys, names=(), instead=planner.matches)
        items |= items_of(chunk, catalog)
    parts = frozenset(part for product in products for part in product.components)
    shelves = Shelves(on_hand, outstanding.of_items(items), uses_of(products), parts, settings.include_unlimited)
    return [_side(product, items[product.ref][1], shelves) for product in products]


def _side(product: Product, found: Found, shelves: Shelves) -> Side:
    level = level_of(product, found, shelves)
    if isinstance(level, Level):
        return Side(level.after, found.name if isinstance(found, Known) else "")
    return Side(None, "", level.reason, dict(level.params))
