"""What becomes of payments when a document they pay is voided, deleted or made smaller."""

from decimal import Decimal

from sandbox.quickbooks.money import ZERO
from sandbox.quickbooks.receivables import apply_to, move_customer_balance
from sandbox.quickbooks.store import Books, Json


def release_payments(books: Books, type_name: str, document: Json) -> None:
    """Take a document out of all payments that paid it; they become unapplied by as much."""
    for payment, paid in _payments_of(books, type_name, document):
        _lessen(books, payment, type_name, document["Id"], paid)


def trim_payments(books: Books, type_name: str, document: Json, excess: Decimal) -> None:
    """Take `excess` back from the payments of a document that became smaller, from the latest one first."""
    gone = set()
    for payment, paid in reversed(_payments_of(books, type_name, document)):
        cut = min(paid, excess)
        if cut > 0:
            _lessen(books, payment, type_name, document["Id"], cut)
            excess -= cut
            gone |= {payment["Id"]} if cut == paid else set()
    left = [link for link in document["LinkedTxn"] if link["TxnId"] not in gone]
    books.amend(type_name, document["Id"], {"LinkedTxn": left})


def paid_by_payments(books: Books, type_name: str, document: Json) -> Decimal:
    return sum((paid for _, paid in _payments_of(books, type_name, document)), ZERO)


def _payments_of(books: Books, type_name: str, document: Json) -> list[tuple[Json, Decimal]]:
    """The payments linked to a document, oldest first, with the share each has of it."""
    found = []
    for link in document.get("LinkedTxn", ()):
        payment = books.find("Payment", link["TxnId"])
        if payment is not None:
            found.append((payment, _share(payment["Line"], type_name, document["Id"])))
    return found


def _share(lines: list[Json], type_name: str, identifier: str) -> Decimal:
    return sum((line["Amount"] for line in lines if _points(line, type_name, identifier)), ZERO)


def _points(line: Json, type_name: str, identifier: str) -> bool:
    return {"TxnId": identifier, "TxnType": type_name} in line["LinkedTxn"]


def _lessen(books: Books, payment: Json, type_name: str, identifier: str, amount: Decimal) -> None:
    """Lower what a payment applies to one document. Credits that lose their invoice, and invoices that lose the
    credit that paid them, are open again by as much."""
    lines = _cut(payment["Line"], type_name, identifier, amount)
    other = "CreditMemo" if type_name == "Invoice" else "Invoice"
    for line in reversed(lines):
        (link,) = line["LinkedTxn"]
        surplus = min(_surplus(payment, lines, other), line["Amount"])
        if link["TxnType"] == other and surplus > 0:
            lines = _cut(lines, other, link["TxnId"], surplus)
            still_linked = _share(lines, other, link["TxnId"]) > 0
            apply_to(books, other, link["TxnId"], payment["Id"], -surplus, linked=still_linked)
    unapplied = payment["TotalAmt"] + _total(lines, "CreditMemo") - _total(lines, "Invoice")
    changed = {**payment, "Line": lines, "UnappliedAmt": unapplied}
    move_customer_balance(books, "Payment", payment, changed)
    books.replace("Payment", payment, changed)


def _surplus(payment: Json, lines: list[Json], type_name: str) -> Decimal:
    """By how much the lines of this type exceed what the other side can carry."""
    beyond = _total(lines, "Invoice") - _total(lines, "CreditMemo")
    return -beyond if type_name == "CreditMemo" else beyond - Decimal(payment["TotalAmt"])


def _total(lines: list[Json], type_name: str) -> Decimal:
    return sum((line["Amount"] for line in lines if line["LinkedTxn"][0]["TxnType"] == type_name), ZERO)


def _cut(lines: list[Json], type_name: str, identifier: str, amount: Decimal) -> list[Json]:
    """The lines with `amount` taken off those that point to a document; a line without rest is left out."""
    kept = []
    for line in lines:
        off = min(amount, line["Amount"]) if _points(line, type_name, identifier) else ZERO
        amount -= off
        if line["Amount"] > off:
            kept.append({**line, "Amount": line["Amount"] - off})
    return kept
