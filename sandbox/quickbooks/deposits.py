"""Bank deposits: money that lay in Undeposited Funds goes to the bank, and its transactions are fixed from then on."""

from decimal import Decimal

from sandbox.quickbooks.drafts import Draft, check_period_open, company_today, currency
from sandbox.quickbooks.faults import QboError, business, missing
from sandbox.quickbooks.money import ZERO, money
from sandbox.quickbooks.receivables import cannot_link
from sandbox.quickbooks.references import resolve, wrong_account
from sandbox.quickbooks.sales import undeposited_funds
from sandbox.quickbooks.store import Books, Json

# What can be deposited, and whether it brings money or takes it.
_SIGNS = {"Payment": 1, "SalesReceipt": 1, "RefundReceipt": -1}


def build_deposit(draft: Draft) -> Json:
    draft.require("DepositToAccountRef", "Line")
    books = draft.books
    given = {**draft.given, "TxnDate": draft.given.get("TxnDate") or company_today(books).isoformat()}
    check_period_open(books, draft.old, given)
    account = resolve(books, given, "DepositToAccountRef")
    if account is not None and account["AccountType"] != "Bank":
        raise wrong_account(account, ("Bank",))
    lines = [_line(draft, line) for line in given["Line"]]
    total = sum((line["Amount"] for line in lines), ZERO)
    if total < 0:
        raise business("Enter a transaction amount that is 0 or greater")
    numbered = [{**line, "Id": str(number), "LineNum": number} for number, line in enumerate(lines, 1)]
    return {**given, "Line": numbered, "TotalAmt": total, "CurrencyRef": currency(draft, required=True)}


def settle_deposit(books: Books, _type_name: str, old: Json | None, new: Json | None) -> None:
    """Deposited transactions know their deposit."""
    identifier = (new or old or {})["Id"]
    link = {"TxnId": identifier, "TxnType": "Deposit"}
    before, after = _deposited(old), _deposited(new)
    for type_name, transaction_id in before | after:
        document = books.find(type_name, transaction_id)
        if document is not None:
            others = [entry for entry in document["LinkedTxn"] if entry != link]
            linked = [*others, link] if (type_name, transaction_id) in after else others
            books.amend(type_name, transaction_id, {"LinkedTxn": linked})


def check_not_deposited(document: Json) -> None:
    """Raises QboError 6540 for what lies on a deposit."""
    if any(entry["TxnType"] == "Deposit" for entry in document.get("LinkedTxn", ())):
        raise QboError(6540, "The transaction has been deposited. Delete the deposit to change it")


def _line(draft: Draft, line: Json) -> Json:
    links = line.get("LinkedTxn") or ()
    if links:
        return _linked_line(draft, links[0])
    detail = line.get("DepositLineDetail") or {}
    if line.get("Amount") is None:
        raise missing("Line.Amount")
    if detail.get("AccountRef") is None:
        raise missing("AccountRef")
    resolve(draft.books, detail, "AccountRef")
    resolve(draft.books, detail, "PaymentMethodRef")
    return {**line, "Amount": money(line["Amount"]), "DetailType": "DepositLineDetail"}


def _linked_line(draft: Draft, link: Json) -> Json:
    type_name, identifier = str(link.get("TxnType")), str(link.get("TxnId"))
    if type_name not in _SIGNS:
        raise cannot_link(draft.books, f"A deposit cannot be linked to {type_name}")
    document = draft.books.find(type_name, identifier)
    if document is None or draft.books.is_hidden(type_name, identifier):
        detail = f"The entity {type_name} {identifier} that you are trying to link does not exist"
        raise cannot_link(draft.books, detail)
    if (type_name, identifier) not in _deposited(draft.old):
        check_not_deposited(document)
    if document.get("DepositToAccountRef", {}).get("value") != undeposited_funds(draft.books):
        raise cannot_link(draft.books, f"The money of {type_name} {identifier} does not wait to be deposited")
    amount = Decimal(document["TotalAmt"]) * _SIGNS[type_name]
    return {"Amount": amount, "LinkedTxn": [{"TxnId": identifier, "TxnType": type_name, "TxnLineId": "0"}]}


def _deposited(deposit: Json | None) -> set[tuple[str, str]]:
    lines = (deposit or {}).get("Line", ())
    return {(link["TxnType"], link["TxnId"]) for line in lines for link in line.get("LinkedTxn", ())}
