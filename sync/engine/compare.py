"""What changed settings would do (L4): which of the latest orders would come out different, before they are saved.

The changed settings are rows as a form made them, never saved: they take the places of the saved ones in memory.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import TypeVar

from django.db.models import Model

from integrations import mirror
from integrations.http import Clock
from integrations.models import BooksObject, Integration
from sync.engine.documents import Document, Value
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
    Record,
    RefundSettings,
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
}
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


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a document would say differently; None where it would not say it at all.

    `document` is its type, `about` the line it stands on, if any; `what` has its words in `sync.document_texts`.
    """

    document: str
    about: str
    what: str
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True)
class Difference:
    """An order, or a refund of one, that would come out different; of an order, with those of its refunds that
    would."""

    before: PreviewedOrder
    after: PreviewedOrder
    changes: tuple[Change, ...]
    refunds: "tuple[Difference, ...]" = ()

    @property
    def ends_otherwise(self) -> bool:
        """Whether it would be held where it was posted, or the other way round, or for another reason."""
        return _ending(self.before) != _ending(self.after)

    @property
    def is_any(self) -> bool:
        return bool(self.changes or self.refunds) or self.ends_otherwise

    @property
    def parts(self) -> "tuple[Difference, ...]":
        """What differs: the order itself, if it does, and its refunds."""
        itself = (self,) if self.changes or self.ends_otherwise else ()
        return (*itself, *self.refunds)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`looked_at` orders were compared; those that are in the books stay there as they are."""

    looked_at: int
    differences: tuple[Difference, ...]


def compare(
    integration: Integration, unsaved: Unsaved, *, limit: int = LATEST, clock: Clock | None = None
) -> Comparison:
    """How the latest orders come out now and with these settings, each as if it were new, and their refunds as if
    nothing had gone back yet; of a sale that is in the books, as it is there.

    Raises as `preview_orders`; the store is asked only while no order is filed.
    """
    now = planner_for(integration)
    then = _planner_with(now, unsaved)
    now, then = _not_only_closed(now, then)
    clock = clock or Clock()
    records = _latest(integration, limit, clock)
    pairs = zip(*(_previewed(planner, records, clock) for planner in (now, then)), strict=True)
    found = (_difference(before, after) for before, after in pairs)
    return Comparison(len(records), tuple(one for one in found if one.is_any))


def _difference(before: PreviewedOrder, after: PreviewedOrder) -> Difference:
    refunds = (_difference(*pair) for pair in zip(before.refunds, after.refunds, strict=True))
    differing = tuple(one for one in refunds if one.is_any)
    return Difference(before, after, tuple(_changes(before, after)), differing)


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


# -- what is different -------------------------------------------------------------------------------------------------

# (which document, which line, which part), all but the last told apart by more than people need to see.
_Place = tuple[str, str, str]
_ROLES = {"Invoice": "Sale", "SalesReceipt": "Sale"}
_LINE_PARTS = ("item", "description", "quantity", "unit_price", "amount", "tax_code")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a document says in one place, with the words to say where that is."""

    document: str
    about: str
    value: Value


def _changes(before: PreviewedOrder, after: PreviewedOrder) -> Iterator[Change]:
    old, new = _places(before), _places(after)
    whole = {place[0] for place in old} ^ {place[0] for place in new}
    for place in dict.fromkeys((*old, *new)):
        document, _line, what = place
        was, will_be = old.get(place), new.get(place)
        shown = will_be or was
        # A document that is there on one side only is one change, not one for all it says.
        if shown is None or (document in whole) != (what == "document"):
            continue
        if (was and was.value) != (will_be and will_be.value):
            yield Change(
                shown.document, shown.about, what, was.value if was else None, will_be.value if will_be else None
            )


def _places(order: PreviewedOrder) -> dict[_Place, _Said]:
    places: dict[_Place, _Said] = {}
    seen: Counter[str] = Counter()
    for document in order.documents:
        role = _role(document)
        seen[role] += 1
        places |= {(f"{role} {seen[role]}", line, what): said for line, what, said in _sayings(document)}
    return places


def _role(document: Document) -> str:
    """Documents that stand for each other on both sides: an invoice and the receipt it would be instead; an item and
    the same item."""
    named = next((str(part.value) for part in document.parts if part.name == "sku"), "")
    return f"{_ROLES.get(document.type, document.type)} {named}"


def _sayings(document: Document) -> Iterator[tuple[str, str, _Said]]:
    def said(value: Value, about: str = "") -> _Said:
        return _Said(document.type, about, value)

    yield "", "document", said(document.total if document.total is not None else _name(document))
    yield "", "type", said(document.type)
    for part in document.parts:
        yield "", part.name, said(part.value)
    for line in document.lines:
        for name in _LINE_PARTS:
            value = getattr(line, name)
            if value not in (None, ""):
                yield line.key, name, said(value, line.description or line.item)
    for tax in document.taxes:
        yield f"tax {tax.name}", "tax", said(tax.amount, tax.name)
    if document.total is not None:
        yield "", "total", said(document.total)


def _name(document: Document) -> str:
    return next((str(part.value) for part in document.parts if part.name == "name"), "")


def _ending(order: PreviewedOrder) -> tuple[object, ...]:
    return order.action, order.reason, order.params
