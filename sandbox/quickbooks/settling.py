"""What a sales form moves when it is written, voided or deleted: stock, balances, and the payments it has."""

from decimal import Decimal

from sandbox.quickbooks.faults import business
from sandbox.quickbooks.links import paid_by_payments, release_payments, trim_payments
from sandbox.quickbooks.money import ZERO
from sandbox.quickbooks.receivables import ON_ACCOUNT, move_customer_balance, voided_note
from sandbox.quickbooks.stock import move_stock
from sandbox.quickbooks.store import Books, Json


def settle_sale(books: Books, type_name: str, old: Json | None, new: Json | None) -> None:
    move_stock(books, type_name, old, new)
    move_customer_balance(books, type_name, old, new)
    if old is not None and new is not None and type_name in ON_ACCOUNT:
        _trim(books, type_name, old, new)


def _trim(books: Books, type_name: str, old: Json, new: Json) -> None:
    """Payments of more than the new total give the rest back; what else was applied (a deposit) stays."""
    paid = paid_by_payments(books, type_name, new)
    otherwise = old["TotalAmt"] - old["Balance"] - paid
    excess = paid - max(new["TotalAmt"] - otherwise, ZERO)
    if paid and excess > 0:
        trim_payments(books, type_name, new, excess)


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
