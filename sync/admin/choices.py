"""Which QuickBooks entries fit which setting: of the integration's company, of the right type, and active.

The same table narrows what a field offers, what its search finds and what is accepted when it is saved.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet

from integrations.models import BooksObject
from integrations.words import kind_in_words


@dataclass(frozen=True, slots=True)
class Fit:
    """`kinds`: account types or item types, empty for any. `details`: account subtypes; `not_details` never fit."""

    type: str
    kinds: frozenset[str] = frozenset()
    details: frozenset[str] = frozenset()
    not_details: frozenset[str] = frozenset()

    @property
    def condition(self) -> Q:
        found = Q(type=self.type)
        if self.kinds:
            found &= Q(kind__in=self.kinds)
        if self.details:
            found &= Q(detail__in=self.details)
        return found & ~Q(detail__in=self.not_details) if self.not_details else found


_LINE_ITEM = Fit("Item", frozenset({"Service", "NonInventory"}))
_INCOME = Fit("Account", frozenset({"Income"}))
# Undeposited Funds is among them for whoever wants it, and is never chosen for anybody.
_MONEY_ACCOUNT = Fit("Account", frozenset({"Bank", "Other Current Asset"}), not_details=frozenset({"Inventory"}))

_FITS: Mapping[tuple[str, str], Fit] = {
    **{
        ("ordersettings", name): _LINE_ITEM
        for name in (
            "discount_item",
            "rounding_item",
            "shipping_item",
            "fee_item",
            "tip_item",
            "gift_card_item",
            "tax_item",
        )
    },
    ("ordersettings", "sales_class"): Fit("Class"),
    ("ordersettings", "location"): Fit("Department"),
    **{
        (settings, name): fit
        for settings in ("itemsettings", "productsettings")
        for name, fit in (
            ("income_account", _INCOME),
            ("expense_account", Fit("Account", frozenset({"Cost of Goods Sold", "Expense"}))),
            ("asset_account", Fit("Account", frozenset({"Other Current Asset"}), frozenset({"Inventory"}))),
        )
    },
    ("paymentsettings", "account"): _MONEY_ACCOUNT,
    ("refundsettings", "account"): _MONEY_ACCOUNT,
    ("refundsettings", "item"): _LINE_ITEM,
    ("paymentmapping", "account"): _MONEY_ACCOUNT,
    ("paymentmapping", "payment_method"): Fit("PaymentMethod"),
    ("modulesettings", "item"): _LINE_ITEM,
    ("modulesettings", "income_account"): _INCOME,
    ("productmatch", "item"): Fit("Item", frozenset({"Inventory", "NonInventory", "Service"})),
}


def fit_of(model_name: str, field: str) -> Fit | None:
    """What fits this setting; None for a field that names nothing in QuickBooks."""
    return _FITS.get((model_name, field))


def fitting(model: type[Model], field: str, books_id: int, *, chosen: int | None = None) -> QuerySet[BooksObject]:
    """The entries that may be chosen. What is `chosen` already stays possible, so that the rest of a page can be saved
    although QuickBooks made it inactive since."""
    fit = _FITS[model._meta.model_name or "", field]  # noqa: SLF001 - Django's public name for a model's description
    return BooksObject.objects.filter(fit.condition & Q(active=True) | Q(pk=chosen), books=books_id).order_by("name")


def caption(entry: BooksObject) -> str:
    """How an entry is listed: with its account type or SKU, and whether it can no longer be used."""
    extra = kind_in_words(entry.kind) if entry.type == "Account" else entry.sku
    shown = f"{entry.name} · {extra}" if extra and extra != entry.name else entry.name
    return shown if entry.active else f"{shown} (!)"
