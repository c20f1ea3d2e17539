"""The keys of a setup file, as tables: what each is called, which column it fills, what it holds, its default.

The names of keys are a promise to whoever keeps such files. A key that is not in the file keeps the value it has; where
its row is new it gets its default: the one written here, else the model's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from integrations.books import TaxModel
from integrations.models import AutoSync, BooksObject, ReportWhen
from sync.models import (
    ItemSettings,
    OrderSettings,
    PaymentSettings,
    ProductSettings,
    RefundSettings,
    StockSettings,
)
from sync.models.settings import AssignTo, ClosedPeriod, CreateAs, DueUnit, MatchBy, OpeningQuantity, PostAs
from sync.setup_file.entries import (
    ASSET_ACCOUNT,
    CLASS,
    COST_OF_GOODS,
    EXPENSE_ACCOUNT,
    INCOME,
    INCOME_ACCOUNT,
    ITEM,
    LOCATION,
    MONEY_ACCOUNT,
    OTHER_CURRENT_ASSET,
    PAYMENT_METHOD,
)
from sync.setup_file.facts import Facts
from sync.setup_file.kinds import Amount, Choice, Day, Emails, Flag, Kind, Language, Statuses, Text, Whole, Zone

Default = Callable[[Facts], Any]


@dataclass(frozen=True, slots=True)
class Key:
    """`column` is the model's field where it is not called like the key."""

    name: str
    kind: Kind
    column: str = ""
    default: Default | None = None

    @property
    def field(self) -> str:
        return self.column or self.name


@dataclass(frozen=True, slots=True)
class Section:
    """One object of the file and the settings row it fills; the row hangs on the integration under the same name."""

    name: str
    model: type[Any]  # a subclass of IntegrationSetting, which itself has no columns to speak of
    keys: tuple[Key, ...]
    lists: tuple[str, ...] = ()  # keys that are rows of their own (see `mappings`)


def _item(name: str) -> Default:
    """The company's item of that name, where it has exactly one that fits."""

    def found(facts: Facts) -> BooksObject | None:
        named = facts.lists.named("Item", name) if facts.lists else []
        return _only([entry for entry in named if entry.active and ITEM.fits(entry)])

    return found


def _account(kind: str, detail: str, usual_name: str) -> Default:
    """The company's account of that type and detail type: the only one, else the one that QuickBooks itself made."""

    def found(facts: Facts) -> BooksObject | None:
        accounts = facts.lists.all("Account") if facts.lists else BooksObject.objects.none()
        fitting = list(accounts.filter(active=True, kind=kind, detail=detail))
        return _only(fitting) or _only([account for account in fitting if account.name == usual_name])

    return found


def _only(found: list[BooksObject]) -> BooksObject | None:
    return found[0] if len(found) == 1 else None


_PRODUCT_INCOME = _account(INCOME, "SalesOfProductIncome", "Sales of Product Income")
_PRODUCT_COST = _account(COST_OF_GOODS, "SuppliesMaterialsCogs", "Cost of Goods Sold")
_STOCK = _account(OTHER_CURRENT_ASSET, "Inventory", "Inventory Asset")


def _tax_item(facts: Facts) -> BooksObject | None:
    """Where the company charges no sales tax, tax is an ordinary line (T4)."""
    without_tax = facts.company is not None and facts.company.tax_model is TaxModel.US_NONE
    return _item("Sales tax")(facts) if without_tax else None


def _paid(facts: Facts) -> list[str]:
    known = facts.profile.payment_statuses if facts.profile else ()
    return [status for status, _name in known if status.upper() == "PAID"]


INTEGRATION = (
    Key("time_zone", Zone(), default=lambda facts: facts.profile.time_zone if facts.profile else "UTC"),
    Key("start_date", Day()),
    Key("auto_sync", Choice(AutoSync)),
    Key("daily_hour", Whole(23)),
)
REPORT = (
    Key("when", Choice(ReportWhen), "report_when"),
    Key("recipients", Emails(), "report_recipients"),
    Key("language", Language(), "report_language"),
)
SECTIONS = (
    Section(
        "orders",
        OrderSettings,
        (
            Key("enabled", Flag()),
            Key("post_as", Choice(PostAs)),
            Key("payment_statuses", Statuses(lambda profile: profile.payment_statuses), default=_paid),
            Key("fulfillment_statuses", Statuses(lambda profile: profile.fulfillment_statuses)),
            Key("post_imported", Flag()),
            Key("number_prefix", Text(15)),
            Key("auto_number", Flag()),
            Key("class", CLASS, "sales_class"),
            Key("location", LOCATION),
            Key("customer", Choice(AssignTo)),
            Key("generic_customer", Text(100), default=lambda facts: facts.store_label),
            Key("discount_item", ITEM, default=_item("Discount")),
            Key("rounding_item", ITEM, default=_item("Rounding")),
            Key("rounding_cap", Amount(Decimal(1))),
            Key("shipping_item", ITEM, default=_item("Shipping")),
            Key("fee_item", ITEM, default=_item("Fees")),
            Key("tip_item", ITEM, default=_item("Tips")),
            Key("gift_card_item", ITEM, default=_item("Gift cards")),
            Key("tax_item", ITEM, default=_tax_item),
            Key("use_default_message", Flag()),
            Key("due_offset", Whole(999, optional=True)),
            Key("due_unit", Choice(DueUnit)),
            Key("allow_card_payment", Flag()),
            Key("closed_period", Choice(ClosedPeriod)),
        ),
    ),
    Section(
        "items",
        ItemSettings,
        (
            Key("match_by", Choice(MatchBy)),
            Key("create_missing", Flag()),
            Key("create_as", Choice(CreateAs)),
            Key("income_account", INCOME_ACCOUNT, default=_PRODUCT_INCOME),
            Key("expense_account", EXPENSE_ACCOUNT, default=_PRODUCT_COST),
            Key("asset_account", ASSET_ACCOUNT, default=_STOCK),
        ),
    ),
    Section(
        "payments",
        PaymentSettings,
        (Key("enabled", Flag()), Key("account", MONEY_ACCOUNT)),
        lists=("methods",),
    ),
    Section(
        "refunds",
        RefundSettings,
        (
            Key("enabled", Flag()),
            Key("account", MONEY_ACCOUNT),
            Key("item", ITEM),
            Key("number_prefix", Text(15)),
        ),
    ),
    Section(
        "products",
        ProductSettings,
        (
            Key("enabled", Flag()),
            Key("create_as", Choice(CreateAs, optional=True)),
            Key("income_account", INCOME_ACCOUNT),
            Key("expense_account", EXPENSE_ACCOUNT),
            Key("asset_account", ASSET_ACCOUNT),
            Key("opening_quantity", Choice(OpeningQuantity)),
            Key("inventory_start", Day()),
            Key("update_items", Flag()),
        ),
    ),
    Section(
        "stock",
        StockSettings,
        (Key("enabled", Flag()), Key("guard_percent", Whole(100)), Key("include_unlimited", Flag())),
    ),
)
# What a payment method's own object may say.
METHOD = (Key("account", MONEY_ACCOUNT), Key("payment_method", PAYMENT_METHOD))
# What the object of a module of the store may say.
MODULE = (Key("enabled", Flag()), Key("item", ITEM), Key("income_account", INCOME_ACCOUNT))
TOP_LEVEL = (
    "business",
    "integration",
    "store",
    "books",
    *(key.name for key in INTEGRATION),
    "email_report",
    *(section.name for section in SECTIONS),
    "taxes",
    "modules",
)
