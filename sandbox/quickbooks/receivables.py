"""Who owes what: customers' balances, and the links between payments and what they pay."""

from decimal import Decimal

from sandbox.quickbooks.faults import QboError, business
from sandbox.quickbooks.money import ZERO, half_up
from sandbox.quickbooks.stock import move_stock
from sandbox.quickbooks.store import Books, Json

PAYABLE = ("Invoice", "CreditMemo")


def settle_sale(books: Books, type_name: str, old: Json | None, new: Json | None) -> None:
    move_stock(books, type_name, old, new)
    move_customer_balance(books, type_name, old, new)


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


def apply_to(books: Books, type_name: str, identifier: str, payment_id: str, amount: Decimal) -> None:
    """Take `amount` of a payment off an invoice or credit memo; a negative amount gives it back and unlinks."""
    document = books.get(type_name, identifier)
    link = {"TxnId": payment_id, "TxnType": "Payment"}
    others = [entry for entry in document["LinkedTxn"] if entry["TxnId"] != payment_id]
    changed = {
        **document,
        "Balance": document["Balance"] - amount,
        "LinkedTxn": [*others, link] if amount >= 0 else others,
    }
    if type_name == "CreditMemo":
        changed["RemainingCredit"] = changed["Balance"]
    if "HomeBalance" in document:
        changed["HomeBalance"] = half_up(changed["Balance"] * document["ExchangeRate"])
    move_customer_balance(books, type_name, document, changed)
    books.replace(type_name, document, changed)


def release_payments(books: Books, type_name: str, document: Json) -> None:
    """Take a document out of all payments that paid it; they become unapplied by as much."""
    for link in document.get("LinkedTxn", ()):
        payment = books.find("Payment", link["TxnId"])
        if payment is not None:
            _release(books, payment, type_name, document["Id"])


def _release(books: Books, payment: Json, type_name: str, identifier: str) -> None:
    def points_here(line: Json) -> bool:
        return {"TxnId": identifier, "TxnType": type_name} in line["LinkedTxn"]

    freed = sum((line["Amount"] for line in payment["Line"] if points_here(line)), ZERO)
    if type_name == "CreditMemo":
        freed = -freed
    changed = {
        **payment,
        "Line": [line for line in payment["Line"] if not points_here(line)],
        "UnappliedAmt": payment["UnappliedAmt"] + freed,
    }
    move_customer_balance(books, "Payment", payment, changed)
    books.replace("Payment", payment, changed)


def before_delete_sale(books: Books, type_name: str, document: Json) -> None:
    if not document.get("LinkedTxn"):
        return
    if books.switches["delete_paid_invoice"] == "refused":
        raise business("The transaction is linked to a payment; unlink it before it is deleted")
    release_payments(books, type_name, document)


def void_sale(books: Books, type_name: str, document: Json) -> Json:
    """The voided state of an invoice or sales receipt: no amounts, no quantities, no links."""
    release_payments(books, type_name, document)
    zeroed = {
        **document,
        "Line": [_zero_line(line) for line in document["Line"]],
        "TotalAmt": ZERO,
        "Balance": ZERO,
        "LinkedTxn": [],
        "PrivateNote": voided_note(document),
    }
    if "TxnTaxDetail" in document:
        zeroed["TxnTaxDetail"] = {"TotalTax": ZERO}
    if "HomeTotalAmt" in document:
        zeroed |= {"HomeTotalAmt": ZERO, "HomeBalance": ZERO}
    return zeroed


def _zero_line(line: Json) -> Json:
    zeroed = {**line, **({"Amount": ZERO} if "Amount" in line else {})}
    detail = line.get("SalesItemLineDetail")
    if detail is not None:
        zeroed["SalesItemLineDetail"] = {**detail, **{key: Decimal(0) for key in ("Qty",) if key in detail}}
    return zeroed


def voided_note(document: Json) -> str:
    note = document.get("PrivateNote")
    return f"Voided - {note}" if note else "Voided"


def cannot_link(books: Books, detail: str) -> QboError:
    return QboError(books.switches["payment_link_code"], f"Business Validation Error: {detail}")
