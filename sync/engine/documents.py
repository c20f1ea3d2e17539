"""QuickBooks documents as people read them, made from the very payloads that are sent.

A preview and the page of a posted order show the same: what is read here is what QuickBooks gets, with ids turned into
names, and for a preview with what decided each part.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.books import Company, ItemDraft, Known, SalesForm, TaxModel
from integrations.models import BooksConnection, BooksObject
from integrations.money import total_of
from integrations.quickbooks import arithmetic
from sync.translate.because import Decided

Json = Mapping[str, Any]
Value = str | date | Decimal | bool
Reasons = Mapping[str, Sequence[Decided]]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a document says; `name` is a code with its words in `sync.document_texts`."""

    name: str
    value: Value
    because: tuple[Decided, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line, net. `tax_code` is a name, or TAX / NON for US companies; `key` tells which line of an order it is."""

    item: str
    amount: Decimal
    description: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    tax_code: str = ""
    key: str = ""
    item_because: Decided | None = None
    tax_because: Decided | None = None


@dataclass(frozen=True, slots=True)
class Tax:
    """Tax at one rate; without a name where QuickBooks is told one sum."""

    amount: Decimal
    name: str = ""
    percent: Decimal | None = None
    net: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A sales document, a payment or a list entry. List entries have no total."""

    type: str
    currency: str
    total: Decimal | None
    parts: tuple[Part, ...]
    lines: tuple[Line, ...]
    taxes: tuple[Tax, ...]
    payload: Json

    @property
    def net(self) -> Decimal:
        return total_of(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a payload's line does not say of itself."""

    key: str
    item_because: Decided
    tax_because: Decided


@dataclass(frozen=True, slots=True)
class Sheet:
    """A payload with what it does not say of itself; `lines` in the payload's order."""

    type: str
    payload: Json
    currency: str
    total: Decimal | None = None
    taxes: tuple[Tax, ...] = ()
    because: Reasons = field(default_factory=dict)
    lines: tuple[LineFacts, ...] = ()


def new_item_id(item: Known | ItemDraft) -> str:
    """The item's id; a stand-in for one that is not in the books yet."""
    return item.id if isinstance(item, Known) else f"new item {item.key}"


def new_sale_id(order_ref: str) -> str:
    """Stands in for the id of the sale of an order, which is not in the books yet."""
    return f"new sale {order_ref}"


def taxes_of(sale: SalesForm, company: Company) -> tuple[Tax, ...]:
    """The tax at each rate, stated or as QuickBooks computes it (proven to be the same); in the US one sum."""
    if company.tax_model is not TaxModel.GLOBAL:
        tax = arithmetic.sale_tax(sale, company)
        return (Tax(tax),) if tax else ()
    rates = {rate.id: rate.name for code in company.tax_codes.values() for rate in code.rates}
    return tuple(Tax(one.amount, rates.get(one.rate_id, one.rate_id), one.percent, one.net) for one in sale.tax_lines)


# -- names -------------------------------------------------------------------------------------------------------------

# The lists that references point into. Names of ship methods are written out, currencies are no list.
_LISTS = {
    "CustomerRef": "Customer",
    "ItemRef": "Item",
    "ClassRef": "Class",
    "DepartmentRef": "Department",
    "DepositToAccountRef": "Account",
    "PaymentMethodRef": "PaymentMethod",
    "IncomeAccountRef": "Account",
    "ExpenseAccountRef": "Account",
    "AssetAccountRef": "Account",
}


class Names:
    """The names behind QuickBooks ids; `new` names what is not in the books yet, by (list, stand-in id)."""

    def __init__(self, company: Company, new: Mapping[tuple[str, str], str] | None = None) -> None:
        self._names = dict(new or {})
        self._codes = {code.id: code.name for code in company.tax_codes.values()}
        self._rates = {rate.id: rate.name for code in company.tax_codes.values() for rate in code.rates}

    def load(self, books: BooksConnection, sheets: Iterable[Sheet]) -> None:
        """Look up all that these payloads refer to; one statement."""
        wanted = {pair for sheet in sheets for pair in _references(sheet.payload)} - self._names.keys()
        rows = BooksObject.objects.filter(
            books=books, type__in={entity for entity, _id in wanted}, books_ref__in={ref for _entity, ref in wanted}
        )
        self._names |= {(row.type, row.books_ref): row.name for row in rows.only("type", "books_ref", "name")}

    def of(self, entity: str, books_id: str) -> str:
        """The name; the id where the lists do not have it."""
        return self._names.get((entity, books_id), books_id)

    def code(self, code_id: str) -> str:
        return self._codes.get(code_id, code_id)

    def rate(self, rate_id: str) -> str:
        return self._rates.get(rate_id, rate_id)


def _references(value: Any) -> Iterable[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name in _LISTS:
                yield _LISTS[name], str(inner["value"])
            else:
                yield from _references(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _references(inner)


# -- reading a payload -------------------------------------------------------------------------------------------------

Read = Callable[[Json, Names], Value | None]


def _plain(key: str) -> Read:
    return lambda payload, _names: payload.get(key)


def _counted(key: str) -> Read:
    return lambda payload, _names: _decimal(payload.get(key))


def _inner(key: str, inner: str) -> Read:
    return lambda payload, _names: (payload.get(key) or {}).get(inner)


def _named(key: str) -> Read:
    def read(payload: Json, names: Names) -> str | None:
        return names.of(_LISTS[key], str(payload[key]["value"])) if key in payload else None

    return read


def _day(key: str) -> Read:
    return lambda payload, _names: date.fromisoformat(payload[key]) if payload.get(key) else None


def _address(key: str) -> Read:
    """In one line, as an envelope has it."""
    fields = (*(f"Line{number}" for number in range(1, 6)), "City", "CountrySubDivisionCode", "PostalCode", "Country")
    return lambda payload, _names: ", ".join(
        str(payload[key][name]) for name in fields if payload.get(key) and payload[key].get(name)
    )


def _number(payload: Json, _names: Names) -> str:
    """Without one, or asked for one, QuickBooks numbers the document."""
    number = str(payload.get("DocNumber") or "")
    return "" if number == "AUTO_GENERATE" else number


def _class(payload: Json, names: Names) -> str | None:
    """The document's, or that of its lines, which have the same one."""
    found = payload.get("ClassRef") or next(
        (detail["ClassRef"] for detail in map(_detail, _item_lines(payload)) if "ClassRef" in detail), None
    )
    return names.of("Class", str(found["value"])) if found else None


def _invoice(payload: Json, names: Names) -> str | None:
    linked = [one for line in payload.get("Line", ()) for one in line.get("LinkedTxn", ())]
    return names.of("Invoice", str(linked[0]["TxnId"])) if linked else None


_PARTS: tuple[tuple[str, Read], ...] = (
    ("customer", _named("CustomerRef")),
    ("name", _plain("DisplayName")),
    ("name", _plain("Name")),
    ("sku", _plain("Sku")),
    ("item_type", _plain("Type")),
    ("number", _number),
    ("invoice", _invoice),
    ("date", _day("TxnDate")),
    ("due_date", _day("DueDate")),
    ("class", _class),
    ("location", _named("DepartmentRef")),
    ("account", _named("DepositToAccountRef")),
    ("method", _named("PaymentMethodRef")),
    ("reference", _plain("PaymentRefNum")),
    ("description", _plain("Description")),
    ("unit_price", _plain("UnitPrice")),
    ("income_account", _named("IncomeAccountRef")),
    ("expense_account", _named("ExpenseAccountRef")),
    ("asset_account", _named("AssetAccountRef")),
    ("opening_quantity", _counted("QtyOnHand")),
    ("inventory_start", _day("InvStartDate")),
    ("company", _plain("CompanyName")),
    ("email", _inner("PrimaryEmailAddr", "Address")),
    ("email", _inner("BillEmail", "Address")),
    ("phone", _inner("PrimaryPhone", "FreeFormNumber")),
    ("billing", _address("BillAddr")),
    ("shipping", _address("ShipAddr")),
    ("shipping_method", _inner("ShipMethodRef", "value")),
    ("shipping_date", _day("ShipDate")),
    ("tracking_number", _plain("TrackingNum")),
    ("message", _inner("CustomerMemo", "value")),
    ("card_payment", _plain("AllowOnlineCreditCardPayment")),
    ("note", _plain("PrivateNote")),
)
_NUMBERED = {"Invoice", "SalesReceipt", "RefundReceipt", "CreditMemo"}


def read(sheet: Sheet, names: Names) -> Document:
    """The document of a payload."""
    return Document(
        type=sheet.type,
        currency=sheet.currency,
        total=sheet.total,
        parts=tuple(_parts(sheet, names)),
        lines=tuple(_lines(sheet, names)),
        taxes=sheet.taxes or stated_taxes(sheet.payload, names),
        payload=sheet.payload,
    )


def _parts(sheet: Sheet, names: Names) -> Iterable[Part]:
    for name, read_part in _PARTS:
        value = read_part(sheet.payload, names)
        if value not in (None, "") or (name == "number" and sheet.type in _NUMBERED):
            shown = "account_left" if (sheet.type, name) == ("RefundReceipt", "account") else name
            yield Part(shown, "" if value is None else value, tuple(sheet.because.get(name, ())))


def _lines(sheet: Sheet, names: Names) -> Iterable[Line]:
    for index, line in enumerate(_item_lines(sheet.payload)):
        detail = _detail(line)
        facts = sheet.lines[index] if sheet.lines else None
        yield Line(
            item=names.of("Item", str(detail["ItemRef"]["value"])),
            amount=Decimal(line["Amount"]),
            description=str(line.get("Description", "")),
            quantity=_decimal(detail.get("Qty")),
            unit_price=_decimal(detail.get("UnitPrice")),
            tax_code=names.code(str(detail["TaxCodeRef"]["value"])) if "TaxCodeRef" in detail else "",
            key=facts.key if facts else str(index),
            item_because=facts.item_because if facts else None,
            tax_because=facts.tax_because if facts else None,
        )


def _item_lines(payload: Json) -> list[Json]:
    return [line for line in payload.get("Line", ()) if "SalesItemLineDetail" in line]


def _detail(line: Json) -> Json:
    detail: Json = line["SalesItemLineDetail"]
    return detail


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def stated_taxes(payload: Json, names: Names) -> tuple[Tax, ...]:
    """The taxes that a payload states: by rate, or as one sum; none where QuickBooks computes them."""
    stated = payload.get("TxnTaxDetail") or {}
    if "TaxLine" not in stated:
        return (Tax(Decimal(stated["TotalTax"])),) if stated.get("TotalTax") else ()
    return tuple(
        Tax(
            Decimal(line["Amount"]),
            names.rate(str(line["TaxLineDetail"]["TaxRateRef"]["value"])),
            _decimal(line["TaxLineDetail"].get("TaxPercent")),
            _decimal(line["TaxLineDetail"].get("NetAmountTaxable")),
        )
        for line in stated["TaxLine"]
    )
