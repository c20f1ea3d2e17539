"""Plan products: what each becomes, for a page of them at a time, from what is known without asking anybody (I5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

from integrations.books import Company, ItemDraft, Known
from integrations.commerce import Product
from integrations.connecting import profile_of
from integrations.models import BooksObject, Integration
from sync.engine.options import load_catalog
from sync.engine.plan import Planner
from sync.engine.record import Ending, problem_ending
from sync.engine.stocktaking import outstanding_of, product_of
from sync.engine.vanished import gone_ending
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
from sync.translate.settings import CreateAs, Options, match_key
from sync.translate.stock import Outstanding, Range, uses_of

_NOTHING: Mapping[str, str] = MappingProxyType({})
GONE = Skip(Reason.PRODUCT_GONE, {})
# A record, the product that it holds, and what becomes of it.
Decided = tuple[Record, Product, Outcome]


class ProductPlanner:
    """Decides for pages of products. `products` are all that the store has, for their SKUs."""

    def __init__(self, planner: Planner, products: Iterable[Product], *, now: datetime) -> None:
        self._planner = planner
        self._integration = planner.integration
        all_products = list(products)
        self._uses = uses_of(all_products)
        self._range = Range.of(all_products)
        self.settings = settings_of(planner.integration, planner.options, planner.company, now)

    def decide(self, page: Sequence[Record]) -> list[Decided]:
        """What becomes of each. Costs the same number of SQL statements however many there are."""
        products = [(record, product_of(record)) for record in page]
        keys = {match_key(product.sku) for _, product in products if product.sku.strip()}
        names = {name for _, product in products for name in names_of(product)}
        matches = self._planner.matches
        catalog = load_catalog(self._integration, self.settings.options, keys=keys, names=names, instead=matches)
        items = self._listed({item.id for item in (*catalog.by_key.values(), *catalog.matches.values())})
        lists = Lists(catalog, items, self._uses, self._outstanding.by_ref)
        known = (self.settings, self._planner.company, lists)
        return [
            (record, product, GONE if record.payload.get("gone") else translate_product(product, *known))
            for record, product in products
        ]

    @cached_property
    def _outstanding(self) -> Outstanding:
        """Only asked for where new items begin with the store's levels."""
        return outstanding_of(self._integration, known=self._range) if self.settings.opening else Outstanding()

    def _listed(self, ids: set[str]) -> dict[str, Listed]:
        books = self._integration.books_id
        rows = BooksObject.objects.filter(books_id=books, type="Item", books_ref__in=ids)
        postings = Posting.objects.filter(books_id=books, role=Role.ITEM, state=PostingState.POSTED, books_ref__in=ids)
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


def settings_of(integration: Integration, options: Options, company: Company, now: datetime) -> ProductOptions:
    """The settings of the flow, where they say something, over those of items made for orders."""
    chosen = integration.products
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
        today=now.astimezone(ZoneInfo(integration.time_zone)).date(),
        opening=chosen.opening_quantity == OpeningQuantity.STORE,
        stock_from=chosen.inventory_start,
        updates=chosen.update_items,
    )


def settled(record: Record, product: Product, outcome: Outcome) -> Ending:
    """The ending of a product for which nothing is to be written."""
    if isinstance(outcome, Hold):
        return problem_ending(record, record.wanted, outcome, None)
    if outcome is GONE:
        return gone_ending(record)
    if isinstance(outcome, Skip):
        params = dict(outcome.params)
        return Ending(record, record.wanted, RecordState.SKIPPED, Action.SKIPPED, outcome.reason, params)
    if not isinstance(outcome, Linked):
        raise TypeError(f"{type(outcome).__name__} is to be written")
    reason, params = told(outcome, product)
    return posted(record, Action.UNCHANGED, Known(outcome.item.id, outcome.item.name), reason, params)


def would(decided: Decided) -> Ending:
    """What a run would do, of a product that is only looked at."""
    record, product, outcome = decided
    if isinstance(outcome, ItemDraft):
        return Ending(record, record.wanted, record.state, Action.WOULD_CREATE)
    if isinstance(outcome, ItemChange):
        return posted(record, Action.WOULD_UPDATE, Known(outcome.item.id, outcome.item.name))
    return settled(record, product, outcome)


def posted(
    record: Record, action: Action, item: Known, reason: Reason | str = "", params: Mapping[str, str] = _NOTHING
) -> Ending:
    """The product is an item: the log entry names it."""
    entry = Posting(books_type="Item", books_ref=item.id, doc_number=item.name[:40])
    return Ending(record, record.wanted, RecordState.POSTED, action, reason, dict(params), entry)
