"""QuickBooks' objects -> our words: the company, posted documents, and the rows of its lists. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.books import NON_TAXABLE, Company, Posted, TaxCode, TaxModel, TaxRate
from integrations.errors import Malformed

Json = Mapping[str, Any]

_PEOPLE = frozenset({"Customer", "Vendor", "Employee"})  # one name space: no two of them share a display name
_TREES = frozenset({"Account", "Class", "Department"})  # named by their whole path, "Parent:Child"
_KIND = {"Account": "AccountType", "Item": "Type", "PaymentMethod": "Type", "TaxCode": "TaxCodeConfigType"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of one of QuickBooks' lists, for the local mirror. `updated_at` is in UTC.

    `kind` is an account's or an item's type, `subkind` an account's sub-type. A row that was deleted has no name.
    """

    type: str
    id: str
    name: str
    sku: str = ""
    email: str = ""
    currency: str = ""
    active: bool = True
    deleted: bool = False
    sync_token: str = ""
    kind: str = ""
    subkind: str = ""
    updated_at: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False)


def listed(entity: str, obj: Json) -> Listed:
    """A row of Account, Item, Customer, Vendor, Employee, TaxCode, TaxRate, Class, Department or PaymentMethod."""
    deleted = obj.get("status") == "Deleted"
    return Listed(
        type=entity,
        id=_required(obj, "Id", entity),
        name=_name(entity, obj),
        sku=str(obj.get("Sku") or ""),
        email=_email(obj),
        currency=_ref(obj, "CurrencyRef"),
        active=bool(obj.get("Active", True)) and not deleted,
        deleted=deleted,
        sync_token=str(obj.get("SyncToken") or ""),
        kind=str(obj.get(_KIND.get(entity, "")) or ""),
        subkind=str(obj.get("AccountSubType") or ""),
        updated_at=_updated_at(obj),
        raw=obj,
    )


def posted(entity: str, obj: Json) -> Posted:
    """A document as QuickBooks answered it. Its total counts in the document's currency."""
    return Posted(
        type=entity,
        id=_required(obj, "Id", entity),
        sync_token=str(obj.get("SyncToken") or ""),
        number=str(obj.get("DocNumber") or ""),
        total=_decimal(obj.get("TotalAmt"), "TotalAmt"),
        currency=_ref(obj, "CurrencyRef"),
        customer_id=_ref(obj, "CustomerRef"),
        txn_date=_date(obj.get("TxnDate"), "TxnDate"),
        private_note=str(obj.get("PrivateNote") or ""),
        raw=dict(obj),
    )


def on_hand(item: Json) -> Decimal | None:
    """How many there are of an item; None where QuickBooks does not count it, which is not zero."""
    quantity = item.get("QtyOnHand")
    return None if quantity is None else _decimal(quantity, "QtyOnHand")


def company(
    info: Json, preferences: Json, tax_codes: Iterable[Json], tax_rates: Iterable[Json], *, realm_id: str = ""
) -> Company:
    """What must be known to write into a company. `realm_id` because the company itself answers only "1" as its id."""
    codes = _tax_codes(tax_codes, tax_rates)
    country = str(info.get("Country") or ("US" if NON_TAXABLE in codes else ""))
    taxes, currencies = _part(preferences, "TaxPrefs"), _part(preferences, "CurrencyPrefs")
    forms, accounting = _part(preferences, "SalesFormsPrefs"), _part(preferences, "AccountingInfoPrefs")
    model = _tax_model(country, taxes)
    return Company(
        id=realm_id or _required(info, "Id", "CompanyInfo"),
        name=str(info.get("CompanyName") or info.get("LegalName") or ""),
        country=country,
        tax_model=model,
        currency=_ref(currencies, "HomeCurrency") or _no_currency(),
        multi_currency=currencies.get("MultiCurrencyEnabled") is True,
        classes=_classes(accounting),
        locations=accounting.get("TrackDepartments") is True,
        custom_numbers=forms.get("CustomTxnNumbers") is True,
        inventory=_part(preferences, "ProductAndServicesPrefs").get("QuantityOnHand") is True,
        card_payments=forms.get("ETransactionPaymentEnabled") is True,
        applies_credits=forms.get("AutoApplyCredit") is True,
        closed_until=_date(accounting.get("BookCloseDate"), "BookCloseDate"),
        default_tax_code=_ref(taxes, "TaxGroupCodeRef") if model is TaxModel.US_MANUAL else "",
        time_zone=str(info.get("DefaultTimeZone") or ""),
        tax_codes=codes,
    )


def _tax_model(country: str, taxes: Json) -> TaxModel:
    """Where it is not certain that a stated tax will be kept, US_NONE: tax is then an ordinary line and cannot vanish.

    That is so with sales tax switched off, with automated sales tax not set up yet (`PartnerTaxEnabled` false), and
    with manual sales tax without a tax group to name, where QuickBooks makes the tax zero.
    """
    using, partner = taxes.get("UsingSalesTax"), taxes.get("PartnerTaxEnabled")
    if country != "US":
        return TaxModel.US_NONE if using is False else TaxModel.GLOBAL
    if using is not True or partner is False:
        return TaxModel.US_NONE
    if partner is True:
        return TaxModel.US_AUTOMATED
    return TaxModel.US_MANUAL if _ref(taxes, "TaxGroupCodeRef") else TaxModel.US_NONE


def _classes(accounting: Json) -> str:
    if accounting.get("ClassTrackingPerTxnLine") is True:
        return "line"
    return "document" if accounting.get("ClassTrackingPerTxn") is True else ""


def _tax_codes(codes: Iterable[Json], rates: Iterable[Json]) -> dict[str, TaxCode]:
    by_id = {_required(rate, "Id", "TaxRate"): rate for rate in rates}
    return {code.id: code for code in (_tax_code(row, by_id) for row in codes)}


def _tax_code(row: Json, rates: Mapping[str, Json]) -> TaxCode:
    """A code with a rate that we do not know cannot be computed with, and counts as inactive."""
    details = _part(row, "SalesTaxRateList").get("TaxRateDetail") or ()
    known = [detail for detail in details if _ref(detail, "TaxRateRef") in rates]
    return TaxCode(
        id=_required(row, "Id", "TaxCode"),
        name=str(row.get("Name") or ""),
        active=bool(row.get("Active", True)) and len(known) == len(details),
        rates=tuple(_tax_rate(detail, rates[_ref(detail, "TaxRateRef")]) for detail in known),
    )


def _tax_rate(detail: Json, rate: Json) -> TaxRate:
    applies = detail.get("TaxTypeApplicable")
    return TaxRate(
        id=str(rate["Id"]),
        name=str(rate.get("Name") or ""),
        percent=_decimal(rate.get("RateValue"), "RateValue"),
        order=int(detail.get("TaxOrder") or 0),
        on_tax=applies == "TaxOnAmountPlusTax",
        tax_only=applies == "TaxOnTax",
    )


def _name(entity: str, obj: Json) -> str:
    if entity in _PEOPLE:
        return str(obj.get("DisplayName") or "")
    if entity in _TREES:
        return str(obj.get("FullyQualifiedName") or obj.get("Name") or "")
    return str(obj.get("Name") or "")


def _email(obj: Json) -> str:
    return str(_part(obj, "PrimaryEmailAddr").get("Address") or "")


def _updated_at(obj: Json) -> datetime | None:
    text = _part(obj, "MetaData").get("LastUpdatedTime")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise Malformed(f"LastUpdatedTime is not a time: {text}") from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _part(obj: Json, key: str) -> Json:
    part = obj.get(key)
    return part if isinstance(part, Mapping) else {}


def _ref(obj: Json, key: str) -> str:
    return str(_part(obj, key).get("value") or "")


def _required(obj: Json, key: str, entity: str) -> str:
    if obj.get(key) in {None, ""}:
        raise Malformed(f"{entity} without {key}")
    return str(obj[key])


def _decimal(value: object, key: str) -> Decimal:
    try:
        return Decimal(str(value if value is not None else 0))
    except InvalidOperation as error:
        raise Malformed(f"{key} is not a number: {value}") from error


def _date(value: object, key: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise Malformed(f"{key} is not a date: {value}") from error


def _no_currency() -> str:
    raise Malformed("the company does not tell its home currency")
