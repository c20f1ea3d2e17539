"""What translation must know of an integration: its options and mappings, names already resolved to QuickBooks ids.

Built once per run (options, taxes, payment methods) or once per page (items) by the engine; never changed by
translation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from integrations.books import ItemDraft, Known, LineKind, SaleType


class AssignTo(StrEnum):
    """Who a sale is assigned to (O8)."""

    BUYER = "buyer"
    COMPANY = "company"
    GENERIC = "generic"


class MatchBy(StrEnum):
    """What a store SKU is compared with (I1)."""

    NAME = "name"
    SKU = "sku"


class CreateAs(StrEnum):
    """The type of items created on demand (I3)."""

    INVENTORY = "inventory"
    NON_INVENTORY = "non_inventory"
    SERVICE = "service"


class DueUnit(StrEnum):
    """What `due_offset` counts (O14): days, weeks or months after the document date, or days after its month's end."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    MONTH_END = "month_end"


@dataclass(frozen=True, slots=True)
class PaymentTarget:
    """Where the money of one payment method goes; an empty account means the default clearing account."""

    account_id: str = ""
    method_id: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """What becomes of what one part of the shop system sold (W1): the item of lines without a SKU, and the income
    account of items that are made for its products where it is another than that of all items."""

    enabled: bool = True
    item: Known | None = None
    income_account_id: str = ""


@dataclass(frozen=True, slots=True)
class TaxMapping:
    """One row of the tax mapping (T1): the taxes on one line, in any order, and the tax code that they become.

    A store tax is written as its name, or as name and rate ("VAT 5.5") where the name alone is ambiguous; no taxes at
    all is a row too. `code` is a QuickBooks tax code id, TAX or NON; empty while nobody has chosen.
    """

    taxes: tuple[str, ...]
    code: str


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of one integration that decide what an order becomes. Ids are QuickBooks ids, empty when not set."""

    source: str  # the integration's slug: scopes store refs and appears in notes
    store_label: str  # "Ecwid", for the private note
    time_zone: str  # IANA name; decides the date of every document (S1)
    # False for an order that is in the books: which orders are meant for them is no question any more.
    selects: bool = True
    start_date: date | None = None  # S2
    post_as: SaleType = SaleType.INVOICE
    payment_statuses: frozenset[str] = frozenset({"PAID"})  # empty: every status but cancelled ones
    fulfillment_statuses: frozenset[str] = frozenset()  # empty: every status
    post_imported: bool = False
    number_prefix: str = ""
    auto_number: bool = False
    class_id: str = ""
    location_id: str = ""
    assign_to: AssignTo = AssignTo.BUYER
    generic_customer: str = ""
    # The item of each line kind but ITEM; a kind that is missing holds the orders that need it.
    items: Mapping[LineKind, Known | ItemDraft] = field(default_factory=dict)
    rounding_cap: Decimal = Decimal("0.05")
    use_default_message: bool = False
    due_offset: int | None = None  # None: QuickBooks' own terms decide
    due_unit: DueUnit = DueUnit.DAYS
    allow_card_payment: bool = False
    match_by: MatchBy = MatchBy.SKU
    create_missing: bool = True
    create_as: CreateAs = CreateAs.NON_INVENTORY
    income_account_id: str = ""
    expense_account_id: str = ""
    asset_account_id: str = ""
    modules: Mapping[str, Module] = field(default_factory=dict)  # a module that is missing has nothing set
    record_payments: bool = True
    clearing_account_id: str = ""
    payment_methods: Mapping[str, PaymentTarget] = field(default_factory=dict)  # keyed by the store's own name
    taxes: tuple[TaxMapping, ...] = ()
    refund_account_id: str = ""
    refund_prefix: str = ""
    # The names of chosen entries that QuickBooks has made inactive, by list ("Account", "Item", ...) and id.
    inactive: Mapping[tuple[str, str], str] = field(default_factory=dict)

    # How many documents of the order at hand were voided before: the next one has a number and a mark of its own.
    voided: int = 0


def match_key(text: str) -> str:
    """The form in which names and SKUs are compared: trimmed, blanks collapsed, case folded."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class Catalog:
    """The items that QuickBooks has, as far as the orders at hand need them; keys are `match_key`s of what `match_by`
    names.

    `by_name` has the items under their names too, so that a created item does not clash. `inactive` and `ambiguous` are
    keys that exist but cannot be used. `matches` are the manual ones (I2), by SKU, and win.
    """

    by_key: Mapping[str, Known] = field(default_factory=dict)
    by_name: Mapping[str, Known] = field(default_factory=dict)
    inactive: frozenset[str] = frozenset()
    ambiguous: frozenset[str] = frozenset()
    matches: Mapping[str, Known] = field(default_factory=dict)
