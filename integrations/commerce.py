"""The words of a store: what an order, a refund, a product and a stock level are, whichever shop system sold them.

The readers of the store adapters make these values; translation consumes them. Everything is frozen and exact: amounts
are `Decimal` in the order's currency as the store states them (copied, never recomputed), times are aware datetimes in
UTC.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from integrations.doubts import Doubt
from integrations.money import ZERO, total_of


class LineKind(StrEnum):
    """What an order line sells. Each kind but PRODUCT goes to an item of its own chosen in the settings."""

    PRODUCT = "product"
    SHIPPING = "shipping"
    FEE = "fee"
    TIP = "tip"
    GIFT_CARD = "gift_card"  # a gift card sold: a liability, not income


class PaymentState(StrEnum):
    """How far an order is paid, in words that all stores share; the store's own word is `Order.payment_status`."""

    UNPAID = "unpaid"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class TaxShare:
    """One tax on one line: `amount` of it, at `rate` percent (9.975); the rate is None where the store does not tell
    it."""

    name: str
    rate: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order, shipping, fees and tips included.

    `ref` is unique in the order. `gross` is the line before discounts and `discount` the (positive) part of the order's
    discounts that falls on it, both in the order's own mode: tax included if and only if `Order.prices_include_tax`.
    `unit_price` times `quantity` is `gross` up to rounding. `module` names the part of the shop system that sold it,
    where there are several; it is empty where there are none, and for what belongs to the order as a whole.
    """

    ref: str
    kind: LineKind
    name: str
    quantity: Decimal
    unit_price: Decimal
    gross: Decimal
    discount: Decimal = ZERO
    taxes: tuple[TaxShare, ...] = ()
    sku: str = ""
    description: str = ""
    product_ref: str = ""
    variation_ref: str = ""
    tracks_stock: bool = False
    module: str = ""

    @property
    def charged(self) -> Decimal:
        """What is charged for the line after discounts, in the order's own mode."""
        return self.gross - self.discount

    @property
    def tax(self) -> Decimal:
        return total_of(share.amount for share in self.taxes)


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `lines` are the street lines, `country` an ISO 3166 alpha-2 code."""

    name: str = ""
    company: str = ""
    lines: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    country_name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought. Any field may be empty: guests have no `ref`, orders typed by the merchant no e-mail."""

    ref: str = ""
    email: str = ""
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    company: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Tender:
    """One payment of an order. `method` is the name that the store shows; `reference` the gateway's transaction id.

    An order's payments are known by their places: one that has not come in (yet) is there, with an amount of zero.
    """

    ref: str
    method: str
    amount: Decimal
    paid_at: datetime
    reference: str = ""


@dataclass(frozen=True, slots=True)
class RefundLine:
    """What a refund takes back of an order line: so many of its units, of which `restocked` are on the shelf again.

    `amount` is what they came to, tax included and after discounts; None where the store does not say: then it is their
    share of the line. Without units it is money alone, as of a shipping that is given back in part.
    """

    ref: str
    quantity: Decimal
    restocked: Decimal = ZERO
    amount: Decimal | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RefundLine":
        return cls(data["ref"], Decimal(data["quantity"]), Decimal(data["restocked"]), _exact(data["amount"]))


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back, or a part of the sale taken back. `ref` never changes and is unique in the order.

    `amount` is None where the store does not tell it: `everything` then means all that is left of the sale, `cancelled`
    that the order was called off and whatever was paid for it may have gone back. `refunded_at` is None where the store
    does not tell when. `restocked`: the store put all goods of it back on the shelf.

    `lines` are what it takes back, shipping and fees included: they may come to another amount than what was given
    back, and are none where that was an amount of anything. None: the store does not name such things. `gift_card` is
    what went back to gift cards on top of the amount, which is money alone; None where the store does not tell.
    """

    ref: str
    amount: Decimal | None
    refunded_at: datetime | None
    everything: bool = False
    cancelled: bool = False
    restocked: bool = False
    reason: str = ""
    method: str = ""
    lines: tuple[RefundLine, ...] | None = None
    gift_card: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        """All but when it was made is as it is; `from_json` takes it back."""
        when = self.refunded_at.isoformat() if self.refunded_at else None
        return {**asdict(self), "refunded_at": when}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Refund":
        when = data["refunded_at"]
        exact = {name: _exact(data.get(name)) for name in ("amount", "gift_card")}
        rows = data.get("lines")
        lines = None if rows is None else tuple(RefundLine.from_json(row) for row in rows)
        moment = datetime.fromisoformat(when) if when else None
        return cls(**{**data, **exact, "lines": lines, "refunded_at": moment})


def _exact(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the store last told it.

    `ref` never changes and identifies the order in its store; `number` is what people call it. `total` is what the
    buyer pays in money: after `gift_card_redeemed`, which is a way to pay and not a discount. A sound order satisfies

        sum(line.charged) + (0 if prices_include_tax else sum(line.tax)) - gift_card_redeemed == total

    and its `tax` is the sum of its lines' taxes. Orders that do not are real; `residual` says by how much.

    `filtered_by_status`: the statuses that are chosen decide whether it is posted; else it is posted once it is paid.
    `imported`: it was brought over from another shop system, where it was sold; the stock was taken there.
    `charged_back` is what buyers' banks took back of its payments: that is no refund. `doubts` are what of its figures
    the reader had to leave unexplained, as taxes that no representation accounts for.
    """

    ref: str
    number: str
    created_at: datetime
    updated_at: datetime
    currency: str
    prices_include_tax: bool
    lines: tuple[OrderLine, ...]
    total: Decimal
    tax: Decimal
    gift_card_redeemed: Decimal
    payment_status: str
    fulfillment_status: str
    payment_state: PaymentState
    tenders: tuple[Tender, ...]
    buyer: Buyer
    billing: Address | None = None
    shipping: Address | None = None
    refunds: tuple[Refund, ...] = ()
    due_date: date | None = None
    comments: str = ""
    shipping_method: str = ""
    tracking_number: str = ""
    shipped_at: datetime | None = None
    filtered_by_status: bool = True
    imported: bool = False
    charged_back: Decimal = ZERO
    doubts: tuple[Doubt, ...] = ()

    @property
    def line_tax(self) -> Decimal:
        return total_of(line.tax for line in self.lines)

    @property
    def computed_total(self) -> Decimal:
        """The total that the lines, their taxes and the gift card give."""
        charged = total_of(line.charged for line in self.lines)
        return charged + (ZERO if self.prices_include_tax else self.line_tax) - self.gift_card_redeemed

    @property
    def residual(self) -> Decimal:
        """By how much the stated total exceeds what its parts add up to; zero for a sound order."""
        return self.total - self.computed_total


@dataclass(frozen=True, slots=True)
class StoreTax:
    """A tax that a store defines: `rate` in percent."""

    name: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class StoreProfile:
    """What a store says of itself. `time_zone` is an IANA name; `modules` are the parts of the shop system that it
    sells through (see `OrderLine.module`), none where there are no such parts. `site_id` is the store itself where
    `account_id` is only one way into it; empty where they are the same or it is not told. `marks_imported`: it tells
    which orders were brought over from another shop system."""

    account_id: str
    name: str
    currency: str
    time_zone: str
    prices_include_tax: bool
    taxes: tuple[StoreTax, ...]
    payment_methods: tuple[str, ...]
    payment_statuses: tuple[tuple[str, str], ...]  # (status id, name shown to the merchant)
    fulfillment_statuses: tuple[tuple[str, str], ...]
    modules: tuple[str, ...] = ()
    site_id: str = ""
    marks_imported: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """A product, or a variation of one, that is sold under a SKU of its own.

    `stock` is None where the store tells no level; `unlimited` says that it does not count the product at all. A bundle
    names the products it is made of in `components`: its level follows from theirs. `in_places`: its stock lies in
    several places. `family` is what the whole product is called, where this is one of its variations. `changed_at` is
    when anything of it was changed last, its level included, where the store tells that.
    """

    product_ref: str
    variation_ref: str
    sku: str
    name: str
    price: Decimal
    stock: Decimal | None
    enabled: bool = True
    unlimited: bool = False
    is_gift_card: bool = False
    in_places: bool = False
    components: tuple[str, ...] = ()
    family: str = ""
    changed_at: datetime | None = None

    @property
    def ref(self) -> str:
        """Unique in the store: "501", or "501/7101" for a variation."""
        return product_ref(self.product_ref, self.variation_ref)

    def as_json(self) -> dict[str, Any]:
        """All but when it changed."""
        return {name: value for name, value in asdict(self).items() if name != "changed_at"}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Product":
        exact = {name: None if data[name] is None else Decimal(data[name]) for name in ("price", "stock")}
        return cls(**{**data, **exact, "components": tuple(data["components"])})


def product_ref(product: str, variation: str = "") -> str:
    """How a product or one of its variations is named by one text."""
    return f"{product}/{variation}" if variation else product
