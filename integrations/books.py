"""The words of the books: the documents and list entries that we want QuickBooks to hold.

Translation makes these values; the QuickBooks writer turns them into payloads and `quickbooks.arithmetic` computes what
they will add up to. Amounts are `Decimal` in the document's currency and *net of tax*; tax is stated apart. Dates are
local dates in the integration's time zone. Ids are QuickBooks ids (strings of digits, or the US pseudo codes TAX and
NON).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from integrations.commerce import Address
from integrations.money import ZERO, round_half_up, total_of


class LineKind(StrEnum):
    """Why a document line exists."""

    ITEM = "item"
    SHIPPING = "shipping"
    FEE = "fee"
    TIP = "tip"
    GIFT_CARD_SOLD = "gift_card_sold"
    GIFT_CARD_REDEEMED = "gift_card_redeemed"
    DISCOUNT = "discount"
    TAX = "tax"  # tax booked as an ordinary line, for US companies without sales tax
    ROUNDING = "rounding"
    REFUND = "refund"  # a part of a refund that is no line of its sale


class TaxModel(StrEnum):
    """How a company charges sales tax; decides the shape of every sales document."""

    US_AUTOMATED = "us_automated"  # lines TAX or NON, the document's total tax is honoured
    US_MANUAL = "us_manual"  # the same, and the document names the tax group
    US_NONE = "us_none"  # sales tax switched off: tax details are dropped
    GLOBAL = "global"  # a tax code on every line, tax computed per line and rate


TAXABLE, NON_TAXABLE = "TAX", "NON"


@dataclass(frozen=True, slots=True)
class Known:
    """A list entry (item, customer) that QuickBooks already has."""

    id: str
    name: str = ""
    type: str = ""  # an item's type: Inventory, NonInventory, Service


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """An item to create before the document that needs it. `key` identifies it: two drafts with one key are one
    item."""

    key: str
    name: str
    sku: str
    type: str  # Inventory, NonInventory or Service
    income_account_id: str
    expense_account_id: str = ""
    asset_account_id: str = ""
    description: str = ""
    unit_price: Decimal | None = None
    quantity_on_hand: Decimal = ZERO
    inventory_start: date | None = None


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """Who the sale belongs to. The engine finds the customer by `store_ref`, then `email`, then `name`, or creates it.

    `source` scopes `store_ref` (two stores number their buyers alike). `fallback` makes a name that is taken unique,
    the same way each time.
    """

    source: str
    store_ref: str
    email: str
    name: str
    currency: str
    fallback: str
    given_name: str = ""
    family_name: str = ""
    company: str = ""
    phone: str = ""
    billing: Address | None = None
    shipping: Address | None = None
    shared: bool = False  # one generic customer for all buyers: matched by name alone


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One line of a sales document. `sources` are the refs of the order lines that it stands for, wholly or in part.

    `amount` is net and signed. `quantity` and `unit_price` are given where the store sells units.
    """

    kind: LineKind
    item: Known | ItemDraft
    amount: Decimal
    tax_code: str
    sources: tuple[str, ...]
    description: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The tax that the store charged at one rate: `net` is the amount it is charged on, `percent` the rate (20 = 20
    %)."""

    rate_id: str
    percent: Decimal
    net: Decimal
    amount: Decimal


class SaleType(StrEnum):
    INVOICE = "Invoice"
    SALES_RECEIPT = "SalesReceipt"


@dataclass(frozen=True, slots=True)
class Sale:
    """An invoice or sales receipt. `total` is what QuickBooks must show in the end, tax included.

    `number` None lets QuickBooks number it. `marker` is our own mark, unique for the sale, kept in the private note.
    `override_tax` states the taxes of `tax_lines` (or of `tax`, US) instead of letting QuickBooks compute them.
    """

    type: SaleType
    customer: CustomerDraft
    txn_date: date
    currency: str
    lines: tuple[SaleLine, ...]
    total: Decimal
    tax: Decimal
    marker: str
    private_note: str
    number: str | None = None
    tax_lines: tuple[TaxLine, ...] = ()
    override_tax: bool = False
    due_date: date | None = None
    message: str | None = None
    email: str = ""
    billing: Address | None = None
    shipping: Address | None = None
    shipping_method: str = ""
    shipping_date: date | None = None
    tracking_number: str = ""
    class_id: str = ""
    location_id: str = ""
    allow_card_payment: bool | None = None
    deposit_account_id: str = ""
    payment_method_id: str = ""
    payment_reference: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received for the sale of the same order. The engine links it to the invoice's id once that is known.

    `credit` is what of the amount the invoice has no use for: it is not applied, and stays the customer's.
    """

    customer: CustomerDraft
    txn_date: date
    currency: str
    amount: Decimal
    account_id: str
    marker: str
    private_note: str
    ordinal: int = 0
    method_id: str = ""
    reference: str = ""
    credit: Decimal = ZERO

    @property
    def applied(self) -> Decimal:
        return self.amount - self.credit


class RefundType(StrEnum):
    """A refund receipt is money that was given back, a credit memo a debt that was let go."""

    REFUND_RECEIPT = "RefundReceipt"
    CREDIT_MEMO = "CreditMemo"


@dataclass(frozen=True, slots=True)
class RefundDocument:
    """A refund receipt or credit memo: lines and tax as on a sale, positive for what is taken back of it.

    It belongs to the sale's customer, who is in the books. `account_id` is where a receipt's money leaves from;
    `ordinal` which of several of its type it is for one refund.
    """

    type: RefundType
    customer_id: str
    txn_date: date
    currency: str
    lines: tuple[SaleLine, ...]
    total: Decimal
    tax: Decimal
    marker: str
    private_note: str
    message: str
    ordinal: int = 0
    number: str | None = None
    tax_lines: tuple[TaxLine, ...] = ()
    override_tax: bool = False
    class_id: str = ""
    location_id: str = ""
    account_id: str = ""
    method_id: str = ""


SalesForm = Sale | RefundDocument

US_TAX = ""
"""Stands for the rate where a company is told one sum of tax and not the tax at each rate."""


@dataclass(frozen=True, slots=True)
class FormLine:
    """A line together with its share of the document's tax, by rate id."""

    line: SaleLine
    taxes: Mapping[str, Decimal]

    @property
    def tax(self) -> Decimal:
        return total_of(self.taxes.values())

    @property
    def gross(self) -> Decimal:
        return self.line.amount + self.tax


@dataclass(frozen=True, slots=True)
class Form:
    """A sales form as it stands in the books, as far as amounts go."""

    currency: str
    lines: tuple[FormLine, ...]
    class_id: str = ""
    location_id: str = ""

    @property
    def taxes(self) -> dict[str, Decimal]:
        """The document's tax by rate id."""
        sums: dict[str, Decimal] = {}
        for line in self.lines:
            for rate, amount in line.taxes.items():
                sums[rate] = sums.get(rate, ZERO) + amount
        return sums

    @property
    def total(self) -> Decimal:
        return total_of(line.gross for line in self.lines)


@dataclass(frozen=True, slots=True)
class CreditApplication:
    """So much of a credit memo settles its sale's invoice."""

    customer_id: str
    invoice_id: str
    credit_id: str
    txn_date: date
    currency: str
    amount: Decimal
    marker: str
    private_note: str
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class TaxRate:
    """One rate inside a tax code.

    `on_tax` is True where it is charged on the amount plus the taxes before it, `tax_only` where on those taxes alone.
    """

    id: str
    name: str
    percent: Decimal
    order: int = 0
    on_tax: bool = False
    tax_only: bool = False


@dataclass(frozen=True, slots=True)
class TaxCode:
    """A tax code of the company with its sales rates."""

    id: str
    name: str
    active: bool = True
    rates: tuple[TaxRate, ...] = ()

    @property
    def percent(self) -> Decimal:
        return sum((rate.percent for rate in self.rates), ZERO)

    def taxes_on(self, net: Decimal, places: int) -> dict[str, Decimal]:
        """Rate id -> tax of a line, as QuickBooks computes it: compound rates after those that they are charged on."""
        taxes: dict[str, Decimal] = {}
        for rate in sorted(self.rates, key=lambda rate: rate.order):
            before = total_of(taxes.values())
            base = before if rate.tax_only else net + (before if rate.on_tax else ZERO)
            taxes[rate.id] = taxes.get(rate.id, ZERO) + round_half_up(base * rate.percent / 100, places)
        return taxes


@dataclass(frozen=True, slots=True)
class Company:
    """What must be known of a QuickBooks company to write documents into it."""

    id: str
    name: str
    country: str
    tax_model: TaxModel
    currency: str
    multi_currency: bool = False
    classes: str = ""  # "" off, "document" or "line": where a class may go
    locations: bool = False
    custom_numbers: bool = False
    inventory: bool = False
    card_payments: bool = False
    applies_credits: bool = False  # QuickBooks applies a new credit memo to the customer's oldest invoices by itself
    closed_until: date | None = None
    default_tax_code: str = ""  # US_MANUAL: the group that documents name
    time_zone: str = ""
    tax_codes: dict[str, TaxCode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Posted:
    """A document or list entry as QuickBooks answered it."""

    type: str
    id: str
    sync_token: str
    number: str = ""
    total: Decimal = ZERO
    currency: str = ""
    customer_id: str = ""
    txn_date: date | None = None
    private_note: str = ""
    raw: dict[str, object] = field(default_factory=dict, compare=False)
