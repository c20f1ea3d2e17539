"""What changed settings would do (L4): which of the latest orders, new products and levels would come out different,
before they are saved.

The changed settings are rows as a form made them, never saved: they take the places of the saved ones in memory.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import TypeVar

from django.db.models import Model

from integrations import mirror
from integrations.http import Clock
from integrations.models import BooksObject, Integration
from sync.engine.compare_goods import Levels, Products, compare_levels, compare_products
from sync.engine.differences import Difference, difference_of
from sync.engine.options import load_options, module_rows, payment_targets, tax_rows
from sync.engine.plan import Planner
from sync.engine.preview import Preview, PreviewedOrder, orders_of, planner_for, unfiled_orders
from sync.models import (
    ItemSettings,
    ModuleSettings,
    OrderSettings,
    PaymentMapping,
    PaymentSettings,
    ProductMatch,
    ProductSettings,
    Record,
    RefundSettings,
    StockSettings,
    TaxMapping,
)
from sync.translate.settings import Options

M = TypeVar("M", bound=Model)

LATEST = 30
# The settings that decide what an order becomes, and where an integration has them.
_SETTINGS: Mapping[type[Model], str] = {
    OrderSettings: "orders",
    ItemSettings: "items",
    PaymentSettings: "payments",
    RefundSettings: "refunds",
    ProductSettings: "products",
    StockSettings: "stock",
}
# What decides nothing but products or levels, and what else decides those.
_OF_GOODS = (ProductSettings, StockSettings)
_OF_PRODUCTS = (ProductSettings, ItemSettings, ProductMatch, Integration)
_OF_LEVELS = (StockSettings, ItemSettings, ProductMatch)
_OF_INTEGRATION = ("time_zone", "start_date")


@dataclass(frozen=True, slots=True)
class Unsaved:
    """Settings and mapping rows as they would be, and mapping rows that would be gone; any others are left alone."""

    rows: tuple[Model, ...] = ()
    removed: tuple[Model, ...] = ()

    def of(self, model: type[M]) -> list[M]:
        return [row for row in self.rows if isinstance(row, model)]

    def gone(self, model: type[M]) -> set[int]:
        return {row.pk for row in self.removed if isinstance(row, model)}

    def concerns(self, models: tuple[type[Model], ...]) -> bool:
        return any(isinstance(row, models) for row in (*self.rows, *self.removed))


@dataclass(frozen=True, slots=True)
class Comparison:
    """`looked_at` orders were compared; those that are in the books stay there as they are. None: no order, product or
    level follows from what is changed."""

    looked_at: int | None
    differences: tuple[Difference, ...] = ()
    products: Products | None = None
    levels: Levels | None = None


def compare(
    integration: Integration, unsaved: Unsaved, *, limit: int = LATEST, clock: Clock | None = None
) -> Comparison:
    """How the latest orders come out now and with these settings, each as if it were new, and their refunds as if
    nothing had gone back yet; of a sale that is in the books, as it is there.

    Raises as `preview_orders`; the store is asked only while no order is filed, or no product waits.
    """
    clock = clock or Clock()
    now = planner_for(integration)
    then = _planner_with(now, unsaved)
    is_about_orders = any(not isinstance(row, _OF_GOODS) for row in (*unsaved.rows, *unsaved.removed))
    found = _compare_orders(now, then, limit, clock) if is_about_orders else Comparison(None)
    return replace(
        found,
        products=_compare_products(now, then, unsaved, limit, clock),
        levels=compare_levels(now, then, limit) if unsaved.concerns(_OF_LEVELS) else None,
    )


def _compare_products(now: Planner, then: Planner, unsaved: Unsaved, limit: int, clock: Clock) -> Products | None:
    """The store is asked for new products only where the change is about them."""
    if not unsaved.concerns(_OF_PRODUCTS):
        return None
    return compare_products(now, then, limit, clock, asks_store=unsaved.concerns((ProductSettings,)))


def _compare_orders(now: Planner, then: Planner, limit: int, clock: Clock) -> Comparison:
    now, then = _not_only_closed(now, then)
    records = _latest(now.integration, limit, clock)
    pairs = zip(*(_previewed(planner, records, clock) for planner in (now, then)), strict=True)
    found = (difference_of(before, after) for before, after in pairs)
    return Comparison(len(records), tuple(one for one in found if one.is_any))


def _latest(integration: Integration, limit: int, clock: Clock) -> list[Record]:
    records = list(orders_of(integration).order_by("-created_in_store_at", "-pk")[:limit])
    return records or unfiled_orders(integration, limit=limit, clock=clock)


def _previewed(planner: Planner, records: list[Record], clock: Clock) -> list[PreviewedOrder]:
    return Preview(planner, clock.now(), each_alone=True).of(planner.plan(records, as_if_new=True))


def _not_only_closed(now: Planner, then: Planner) -> tuple[Planner, Planner]:
    """The latest orders often lie in a period that was closed since; unless the change is about just that, it must not
    hide what else would be different."""
    if now.integration.orders.closed_period != then.integration.orders.closed_period:
        return now, then
    company = replace(now.company, closed_until=None)
    return replace(now, company=company), replace(then, company=company)


# -- settings as they would be -----------------------------------------------------------------------------------------


def _planner_with(planner: Planner, unsaved: Unsaved) -> Planner:
    integration = _integration_with(planner.integration, unsaved)
    options = _with_mappings(load_options(integration), integration, unsaved)
    return replace(planner, integration=integration, options=options, matches=_matches(unsaved))


def _integration_with(integration: Integration, unsaved: Unsaved) -> Integration:
    changed = copy(integration)
    for row in unsaved.of(Integration):
        for name in _OF_INTEGRATION:
            setattr(changed, name, getattr(row, name))
    for model, name in _SETTINGS.items():
        for settings in unsaved.of(model):
            setattr(changed, name, settings)
    return changed


def _with_mappings(options: Options, integration: Integration, unsaved: Unsaved) -> Options:
    taxes = TaxMapping.objects.filter(integration=integration)
    modules = ModuleSettings.objects.filter(integration=integration).select_related("item", "income_account")
    methods = PaymentMapping.objects.filter(integration=integration).select_related("account", "payment_method")
    return replace(
        options,
        modules=module_rows(_merged(modules, ModuleSettings, unsaved)),
        taxes=tax_rows(_merged(taxes, TaxMapping, unsaved)),
        payment_methods=payment_targets(_merged(methods, PaymentMapping, unsaved)),
    )


def _merged(saved: Iterable[M], model: type[M], unsaved: Unsaved) -> Iterator[M]:
    """The saved rows with the unsaved ones in their places."""
    changed = {row.pk: row for row in unsaved.of(model) if row.pk is not None}
    gone = unsaved.gone(model)
    yield from (changed.get(row.pk, row) for row in saved if row.pk not in gone)
    yield from (row for row in unsaved.of(model) if row.pk is None)


def _matches(unsaved: Unsaved) -> dict[str, BooksObject | None]:
    """Product matches by SKU key; None for a SKU that would no longer have one."""
    rows = unsaved.of(ProductMatch)
    touched = {row.pk for row in rows if row.pk} | unsaved.gone(ProductMatch)
    old = ProductMatch.objects.filter(pk__in=touched).values_list("sku_key", flat=True) if touched else ()
    return dict.fromkeys(old) | {mirror.key(row.sku): row.item for row in rows}
