"""Sales forms: invoices, sales receipts, credit memos and refund receipts."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from sandbox.quickbooks.drafts import Draft, check_period_open, company_today, currency
from sandbox.quickbooks.faults import QboError, business, too_long
from sandbox.quickbooks.money import ZERO, half_up, money
from sandbox.quickbooks.receivables import ON_ACCOUNT
from sandbox.quickbooks.references import check_all, money_account, resolve
from sandbox.quickbooks.sale_amounts import compute_amounts
from sandbox.quickbooks.sale_lines import drop_unless
from sandbox.quickbooks.store import Books, Json

_REQUIRED = {
    "Invoice": ("CustomerRef", "Line"),
    "CreditMemo": ("CustomerRef", "Line"),
    "SalesReceipt": ("Line",),
    "RefundReceipt": ("Line", "DepositToAccountRef"),
}
_FORCE_NUMBER = "AUTO_GENERATE"
# A sparse update that mentions none of these keeps the lines and the tax as they stand.
_MOVES_AMOUNTS = {"Line", "TxnTaxDetail", "GlobalTaxCalculation", "ApplyTaxAfterDiscount"}
_DEFAULT_TERM_DAYS = 30
_SHIP_METHOD_LENGTH = 30


def build_sale(draft: Draft) -> Json:
    draft.require(*_REQUIRED[draft.type_name])
    dated = {**draft.given, "TxnDate": draft.given.get("TxnDate") or company_today(draft.books).isoformat()}
    check_period_open(draft.books, draft.old, dated)
    draft = replace(draft, given=dated)
    header = _header(draft)
    if draft.old and not (draft.touched & _MOVES_AMOUNTS):
        kept = ("Line", "TxnTaxDetail", "TotalAmt")
        amounts = {name: draft.old[name] for name in kept if name in draft.old}
    else:
        amounts = compute_amounts(draft, header)
    # The number comes last, for a document that is refused must not use one up.
    return {**_with_balances(draft, {**header, **amounts}), **_number(draft)}


# -- header ------------------------------------------------------------------------------------------------------


def _header(draft: Draft) -> Json:
    books, given = draft.books, draft.given
    customer = resolve(books, given, "CustomerRef")
    check_all(books, given, ("SalesTermRef", "PaymentMethodRef", "ClassRef", "DepartmentRef"))
    money_account(books, given, "DepositToAccountRef")
    fields = {**given, "CurrencyRef": currency(draft, required=True)}
    _check_customer_currency(fields, customer)
    _allow_dimensions(books, fields)
    _check_email(fields)
    _check_ship_method(fields)
    if draft.type_name == "SalesReceipt" and "DepositToAccountRef" not in fields:
        fields["DepositToAccountRef"] = {"value": undeposited_funds(books)}
    if draft.type_name == "Invoice" and "DueDate" not in fields:
        fields["DueDate"] = _due_date(books, fields, customer)
    return {**_defaults(customer, books), **fields}


def _check_customer_currency(fields: Json, customer: Json | None) -> None:
    theirs = (customer or {}).get("CurrencyRef")
    if theirs is not None and theirs["value"] != fields["CurrencyRef"]["value"]:
        raise business(f"The currency of the transaction must be the customer's, {theirs['value']}")


def _allow_dimensions(books: Books, fields: Json) -> None:
    per_document = bool(books.preference("AccountingInfoPrefs", "ClassTrackingPerTxn"))
    drop_unless(books, fields, "ClassRef", allowed=per_document)
    locations = bool(books.preference("AccountingInfoPrefs", "TrackDepartments"))
    drop_unless(books, fields, "DepartmentRef", allowed=locations)


def _check_email(fields: Json) -> None:
    address = (fields.get("BillEmail") or {}).get("Address")
    if address is not None and ("@" not in address or "." not in address):
        detail = f"Email Address does not conform to the syntax rules of RFC 822 : {address}"
        raise QboError(2210, detail, "BillEmail")
    if fields.get("EmailStatus") == "NeedToSend" and not address:
        raise QboError(6420, "An e-mail address is needed to send the form", "BillEmail")


def _check_ship_method(fields: Json) -> None:
    """A reference in name only: its value is free text."""
    length = len((fields.get("ShipMethodRef") or {}).get("value", ""))
    if length > _SHIP_METHOD_LENGTH:
        raise too_long("ShipMethodRef", _SHIP_METHOD_LENGTH, length)


def undeposited_funds(books: Books) -> str:
    for account in books.all("Account"):
        if account.get("AccountSubType") == "UndepositedFunds":
            return str(account["Id"])
    raise business("The company has no account for undeposited funds")


def _due_date(books: Books, fields: Json, customer: Json | None) -> str:
    term = resolve(books, fields, "SalesTermRef") or resolve(books, customer or {}, "SalesTermRef")
    days = int(term.get("DueDays", 0)) if term else _DEFAULT_TERM_DAYS
    return (date.fromisoformat(fields["TxnDate"]) + timedelta(days=days)).isoformat()


def _defaults(customer: Json | None, books: Books) -> Json:
    addresses = {name: (customer or {}).get(name) for name in ("BillAddr", "ShipAddr")}
    return {
        **addresses,
        "PrintStatus": "NeedToPrint",
        "EmailStatus": "NotSet",
        **({"ApplyTaxAfterDiscount": False} if books.is_us else {}),
    }


def _number(draft: Draft) -> Json:
    """The document number: sent, kept, drawn from the company's counter, or none."""
    sent = draft.given.get("DocNumber")
    own_numbers = draft.books.preference("SalesFormsPrefs", "CustomTxnNumbers")
    if sent == _FORCE_NUMBER or (sent is None and draft.old is None and not own_numbers):
        return {"DocNumber": draft.books.next_number(draft.type_name)}
    if sent is None:
        return {"DocNumber": draft.old.get("DocNumber") if draft.old and not own_numbers else None}
    _check_number_is_free(draft, sent)
    return {"DocNumber": sent}


def _check_number_is_free(draft: Draft, number: str) -> None:
    if "allowduplicatedocnum" in draft.options or not draft.books.switches["duplicate_doc_number_check"]:
        return
    own = draft.old["Id"] if draft.old else None
    for identifier in draft.books.with_number(draft.type_name, number):
        if identifier != own:
            detail = (
                "Duplicate Document Number Error : You must specify a different number. This number has already "
                f"been used. DocNumber={number} is assigned to TxnType={draft.type_name} with TxnId={identifier}"
            )
            raise QboError(6140, detail)


# -- balances ----------------------------------------------------------------------------------------------------


def _with_balances(draft: Draft, fields: Json) -> Json:
    """What is open: an invoice or credit memo keeps what payments already took from it."""
    old, total = draft.old, fields["TotalAmt"]
    applied = old["TotalAmt"] - old["Balance"] if old and draft.type_name in ON_ACCOUNT else ZERO
    balance = total - applied if draft.type_name in ON_ACCOUNT else ZERO
    if draft.type_name == "Invoice" and draft.books.preference("SalesFormsPrefs", "AllowDeposit") and not old:
        balance -= money(fields.get("Deposit"))
    if balance < 0 and (old is None or draft.books.switches["update_below_applied"] == "refused"):
        raise business("The total is less than what has been applied to this transaction")
    balance = max(balance, ZERO)
    fields["Balance"] = balance
    if draft.type_name == "CreditMemo":
        fields["RemainingCredit"] = balance
    if draft.type_name == "Invoice":
        fields = {**_payment_flags(), **fields}
    fields["LinkedTxn"] = old.get("LinkedTxn", []) if old else []
    fields["DeliveryInfo"] = old.get("DeliveryInfo") if old else None
    return _in_home_currency(draft.books, fields)


def _payment_flags() -> Json:
    names = ("AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment")
    return dict.fromkeys(names, False)


def exchange_rate(books: Books, fields: Json) -> Decimal:
    """Home units for one of the document's."""
    if fields["CurrencyRef"]["value"] == books.home_currency:
        return Decimal(1)
    return Decimal(fields.get("ExchangeRate") or books.switches["exchange_rate"])


def _in_home_currency(books: Books, fields: Json) -> Json:
    if not books.multi_currency:
        return fields
    rate = exchange_rate(books, fields)
    return {
        **fields,
        "ExchangeRate": rate,
        "HomeTotalAmt": half_up(fields["TotalAmt"] * rate),
        "HomeBalance": half_up(fields["Balance"] * rate),
    }
