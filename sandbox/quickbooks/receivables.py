"""Who owes what: customers' balances, and the links between payments and what they pay."""

from decimal import Decimal

from sandbox.quickbooks.faults import QboError
from sandbox.quickbooks.money import ZERO, half_up
from sandbox.quickbooks.store import Books, Json

# The forms that stay open until payments settle them.
ON_ACCOUNT = ("Invoice", "CreditMemo")


def move_customer_balance(books: Books, type_name: str, old: Json | None, new: Json | None) -> None:
    for document, sign in ((old, -1), (new, 1)):
        owed = _owed(type_name, document) * sign
        if document is None or not owed:
            continue
        customer = books.get("Customer", document["CustomerRef"]["value"])
        changes = {name: customer[name] + owed for name in ("Balance", "BalanceWithJobs")}
        books.amend("Customer", customer["Id"], changes)


def _owed(type_name: str, document: Json | None) -> Decimal:
    """What the customer owes because of this document."""
    if document is None:
        return ZERO
    amounts: dict[str, Decimal] = {
        "Invoice": document.get("Balance", ZERO),
        "CreditMemo": -document.get("Balance", ZERO),
        "Payment": -document.get("UnappliedAmt", ZERO),
    }
    return amounts.get(type_name, ZERO)


def apply_to(
    books: Books, type_name: str, identifier: str, payment_id: str, amount: Decimal, *, linked: bool = True
) -> None:
    """Take `amount` of a payment off an invoice or credit memo; a negative amount gives it back. `linked` tells
    whether the payment still has a part in the document."""
    document = books.get(type_name, identifier)
    link = {"TxnId": payment_id, "TxnType": "Payment"}
    others = [entry for entry in document["LinkedTxn"] if entry["TxnId"] != payment_id]
    changed = {
        **document,
        "Balance": document["Balance"] - amount,
        "LinkedTxn": [*others, link] if linked else others,
    }
    if type_name == "CreditMemo":
        changed["RemainingCredit"] = changed["Balance"]
    if "HomeBalance" in document:
        changed["HomeBalance"] = half_up(changed["Balance"] * document["ExchangeRate"])
    move_customer_balance(books, type_name, document, changed)
    books.replace(type_name, document, changed)


def voided_note(document: Json) -> str:
    note = document.get("PrivateNote")
    return f"Voided - {note}" if note else "Voided"


def cannot_link(books: Books, detail: str) -> QboError:
    return QboError(books.switches["payment_link_code"], f"Business Validation Error: {detail}")
