"""Customers, vendors and employees."""

from decimal import Decimal

from sandbox.quickbooks.drafts import Draft, currency
from sandbox.quickbooks.faults import QboError, business
from sandbox.quickbooks.names import check_characters, parent_of, settled_name
from sandbox.quickbooks.references import check_all
from sandbox.quickbooks.store import Json

_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_NAMES = (*_PARTS, "DisplayName", "CompanyName", "PrintOnCheckName")


def build_customer(draft: Draft) -> Json:
    fields = _build_person(draft)
    check_all(draft.books, fields, ("SalesTermRef", "PaymentMethodRef"))
    if not draft.books.is_us:
        check_all(draft.books, fields, ("DefaultTaxCodeRef",))
    _check_balance_before_deactivation(draft)
    parent = parent_of(draft)
    full_name = f"{parent['FullyQualifiedName']}:{fields['DisplayName']}" if parent else fields["DisplayName"]
    defaults: Json = {
        "Taxable": True,
        "Job": False,
        "BillWithParent": False,
        "Balance": Decimal(0),
        "BalanceWithJobs": Decimal(0),
        "PreferredDeliveryMethod": "Print",
        **({"DefaultTaxCodeRef": {"value": "2"}} if draft.books.is_us else {}),
    }
    kept = {name: draft.old[name] for name in ("Balance", "BalanceWithJobs") if draft.old}
    return {**defaults, **fields, **kept, "FullyQualifiedName": full_name}


def build_vendor(draft: Draft) -> Json:
    return {"Balance": Decimal(0), "Vendor1099": False, **_build_person(draft)}


def build_employee(draft: Draft) -> Json:
    fields = _build_person(draft)
    fields.pop("CurrencyRef", None)
    return fields


def _build_person(draft: Draft) -> Json:
    """What all three share: names, e-mail and currency."""
    given = {**draft.given}
    for name in _NAMES:
        if name in given:
            given[name] = " ".join(given[name].split(" ")).strip()
            check_characters(draft, given[name], name)
    display_name = given.get("DisplayName") or " ".join(given[part] for part in _PARTS if given.get(part))
    if not display_name:
        raise QboError(6080, "Name is required : at least one of the name fields must be given", "DisplayName")
    _check_email(given)
    given["CurrencyRef"] = _currency_for_life(draft)
    given["DisplayName"] = settled_name(draft, display_name)
    return {"Active": True, "PrintOnCheckName": given["DisplayName"][:110], **given}


def _check_email(fields: Json) -> None:
    address = (fields.get("PrimaryEmailAddr") or {}).get("Address")
    if address is not None and ("@" not in address or "." not in address):
        detail = f"Email Address does not conform to the syntax rules of RFC 822 : {address}"
        raise QboError(2210, detail, "PrimaryEmailAddr")


def _currency_for_life(draft: Draft) -> Json | None:
    wanted = currency(draft, required=False)
    if draft.old and "CurrencyRef" in draft.touched and wanted != draft.old.get("CurrencyRef"):
        raise business("The currency of a customer or vendor cannot be changed")
    return draft.old["CurrencyRef"] if draft.old and "CurrencyRef" in draft.old else wanted


def _check_balance_before_deactivation(draft: Draft) -> None:
    old = draft.old
    if old and old["Active"] and not draft.given.get("Active", True) and old["Balance"]:
        raise QboError(6220, f"{old['DisplayName']} has an open balance of {old['Balance']}")
