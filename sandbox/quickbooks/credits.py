"""The preference AutoApplyCredit: a new credit memo pays the customer's oldest open invoices by itself."""

from decimal import Decimal

from sandbox.quickbooks.money import ZERO
from sandbox.quickbooks.receivables import apply_to
from sandbox.quickbooks.settling import settle_sale
from sandbox.quickbooks.store import Books, Json


def settle_credit_memo(books: Books, type_name: str, old: Json | None, new: Json | None) -> None:
    settle_sale(books, type_name, old, new)
    if old is None and new is not None and books.preference("SalesFormsPrefs", "AutoApplyCredit"):
        for invoice in _open_invoices(books, new):
            left = books.get(type_name, new["Id"])["Balance"]
            if left > 0:
                _apply(books, new, invoice, min(left, invoice["Balance"]))


def _open_invoices(books: Books, credit: Json) -> list[Json]:
    """Oldest first."""
    found = [
        invoice
        for invoice in books.all("Invoice")
        if invoice["CustomerRef"]["value"] == credit["CustomerRef"]["value"]
        and invoice["CurrencyRef"] == credit["CurrencyRef"]
        and invoice["Balance"] > 0
        and not books.is_hidden("Invoice", invoice["Id"])
    ]
    return sorted(found, key=lambda invoice: (invoice["TxnDate"], int(invoice["Id"])))


def _apply(books: Books, credit: Json, invoice: Json, amount: Decimal) -> None:
    """A payment of zero, with one line for each side."""
    sides = (("Invoice", invoice["Id"]), ("CreditMemo", credit["Id"]))
    lines = [
        {"Amount": amount, "LinkedTxn": [{"TxnId": identifier, "TxnType": type_name}]}
        for type_name, identifier in sides
    ]
    payment = {
        "TxnDate": credit["TxnDate"],
        "CustomerRef": credit["CustomerRef"],
        "CurrencyRef": credit["CurrencyRef"],
        "ProcessPayment": False,
        "TotalAmt": ZERO,
        "UnappliedAmt": ZERO,
        "Line": lines,
        "LinkedTxn": [],
        "PrivateNote": "Created by QB Online to link credits to charges.",
    }
    made = books.insert("Payment", payment)
    for type_name, identifier in sides:
        apply_to(books, type_name, identifier, made["Id"], amount)
