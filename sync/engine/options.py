"""Loads what translation must know: once per run the options of an integration, once per page the items at hand."""

import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from django.db.models import Q

from integrations import books
from integrations.models import BooksObject, Integration
from sync.models import ModuleSettings, PaymentMapping, ProductMatch, TaxMapping
from sync.models.settings import ItemSettings, OrderSettings, RefundSettings
from sync.translate.settings import (
    AssignTo,
    Catalog,
    CreateAs,
    DueUnit,
    MatchBy,
    Module,
    Options,
    PaymentTarget,
    match_key,
)
from sync.translate.settings import TaxMapping as TaxRow

# The lists that settings choose from, taxes apart. Customers are not among them: they are many.
_CHOOSABLE = ("Account", "Item", "Class", "Department", "PaymentMethod")
_INACTIVE_NAME = re.compile(r" \(deleted(?: \d+)?\)$")
_SALE_TYPES = {"invoice": books.SaleType.INVOICE, "sales_receipt": books.SaleType.SALES_RECEIPT}
# Which setting names the item of a line kind; gift cards sold and redeemed share one.
_ITEM_SETTINGS = {
    books.LineKind.DISCOUNT: "discount_item",
    books.LineKind.ROUNDING: "rounding_item",
    books.LineKind.SHIPPING: "shipping_item",
    books.LineKind.FEE: "fee_item",
    books.LineKind.TIP: "tip_item",
    books.LineKind.GIFT_CARD_SOLD: "gift_card_item",
    books.LineKind.GIFT_CARD_REDEEMED: "gift_card_item",
    books.LineKind.TAX: "tax_item",
}

REFUND_ITEM = "Refund adjustment"


def load_options(integration: Integration) -> Options:
    """The integration's settings, names resolved to QuickBooks ids."""
    orders, items, payments, refunds = integration.orders, integration.items, integration.payments, integration.refunds
    return Options(
        source=integration.slug,
        store_label=integration.store.provider_label,
        time_zone=integration.time_zone,
        start_date=integration.start_date,
        post_as=_SALE_TYPES[orders.post_as],
        payment_statuses=frozenset(orders.payment_statuses),
        fulfillment_statuses=frozenset(orders.fulfillment_statuses),
        post_imported=orders.post_imported,
        number_prefix=orders.number_prefix,
        auto_number=orders.auto_number,
        class_id=_ref(orders.sales_class),
        location_id=_ref(orders.location),
        assign_to=AssignTo(orders.customer),
        generic_customer=orders.generic_customer,
        items=_special_items(orders) | _refund_item(refunds, items),
        rounding_cap=orders.rounding_cap,
        use_default_message=orders.use_default_message,
        due_offset=orders.due_offset,
        due_unit=DueUnit(orders.due_unit),
        allow_card_payment=orders.allow_card_payment,
        match_by=MatchBy(items.match_by),
        create_missing=items.create_missing,
        create_as=CreateAs(items.create_as),
        income_account_id=_ref(items.income_account),
        expense_account_id=_ref(items.expense_account),
        asset_account_id=_ref(items.asset_account),
        modules=module_rows(
            ModuleSettings.objects.filter(integration=integration).select_related("item", "income_account")
        ),
        record_payments=payments.enabled,
        clearing_account_id=_ref(payments.account),
        payment_methods=payment_targets(
            PaymentMapping.objects.filter(integration=integration).select_related("account", "payment_method")
        ),
        taxes=tax_rows(TaxMapping.objects.filter(integration=integration)),
        refund_account_id=_ref(refunds.account),
        refund_prefix=refunds.number_prefix,
        inactive=_inactive(integration),
    )


def _ref(entry: BooksObject | None) -> str:
    return entry.books_ref if entry is not None else ""


def _inactive(integration: Integration) -> dict[tuple[str, str], str]:
    """The names of the entries that may be chosen in settings and are not in use any more."""
    rows = BooksObject.objects.filter(books_id=integration.books_id, type__in=_CHOOSABLE, active=False)
    return {(row.type, row.books_ref): row.name for row in rows.only("type", "books_ref", "name")}


def _known(entry: BooksObject) -> books.Known:
    return books.Known(entry.books_ref, entry.name, entry.kind)


def _special_items(orders: OrderSettings) -> dict[books.LineKind, books.Known | books.ItemDraft]:
    chosen = {kind: getattr(orders, setting) for kind, setting in _ITEM_SETTINGS.items()}
    return {kind: _known(entry) for kind, entry in chosen.items() if entry is not None}


def _refund_item(refunds: RefundSettings, items: ItemSettings) -> dict[books.LineKind, books.Known | books.ItemDraft]:
    """The item of refunds that are no line of their sale; one is made where none is chosen."""
    if refunds.item is not None:
        return {books.LineKind.REFUND: _known(refunds.item)}
    income = _ref(items.income_account)
    draft = books.ItemDraft(
        key=REFUND_ITEM, name=REFUND_ITEM, sku="", type="Service", income_account_id=income, description=REFUND_ITEM
    )
    return {books.LineKind.REFUND: draft} if income else {}


def tax_rows(rows: Iterable[TaxMapping]) -> tuple[TaxRow, ...]:
    return tuple(TaxRow(tuple(row.taxes), row.code) for row in rows)


def module_rows(rows: Iterable[ModuleSettings]) -> dict[str, Module]:
    return {
        row.module: Module(row.enabled, _known(row.item) if row.item else None, _ref(row.income_account))
        for row in rows
    }


def payment_targets(rows: Iterable[PaymentMapping]) -> dict[str, PaymentTarget]:
    return {row.method: PaymentTarget(_ref(row.account), _ref(row.payment_method)) for row in rows}


def load_catalog(
    integration: Integration,
    options: Options,
    *,
    keys: Collection[str],
    names: Collection[str],
    instead: Mapping[str, BooksObject | None] = MappingProxyType({}),
) -> Catalog:
    """The items under these keys and names, in two statements however many there are.

    `instead` are manual matches that take the place of the saved ones, by SKU key; None stands for a removed one.
    """
    column = "name_key" if options.match_by is MatchBy.NAME else "sku_key"
    marked = [f"{key} (deleted)" for key in keys] if column == "name_key" else []
    wanted = Q(**{f"{column}__in": list(keys)}) | Q(name_key__in=[*names, *marked])
    rows = list(BooksObject.objects.filter(wanted, books_id=integration.books_id, type="Item").exclude(kind="Category"))
    by_key: dict[str, list[BooksObject]] = {}
    for row in rows:
        by_key.setdefault(_compared(row, column), []).append(row)
    saved = ProductMatch.objects.filter(integration=integration, sku_key__in=list(keys)).select_related("item")
    changed = {row.sku_key: row.item for row in saved} | dict(instead)
    matched = {key: item for key, item in changed.items() if item is not None}
    active = {key: [row for row in by_key.get(key, ()) if row.active] for key in keys if key not in matched}
    retired = {key for key, item in matched.items() if not item.active}
    return Catalog(
        by_key={key: _known(found[0]) for key, found in active.items() if len(found) == 1},
        by_name={row.name_key: _known(row) for row in rows if row.active},
        inactive=frozenset(key for key, found in active.items() if not found and key in by_key) | retired,
        ambiguous=frozenset(key for key, found in active.items() if len(found) > 1),
        matches={key: _known(item) for key, item in matched.items() if item.active},
    )


def _compared(row: BooksObject, column: str) -> str:
    """What keys are compared with: QuickBooks marks the names of inactive entries."""
    text = str(getattr(row, column))
    return text if row.active or column != "name_key" else _INACTIVE_NAME.sub("", text)


__all__ = ["load_catalog", "load_options", "match_key", "module_rows", "payment_targets", "tax_rows"]
