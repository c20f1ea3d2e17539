"""Payments: money received, and which invoices and credit memos it settles."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from sandbox.quickbooks.drafts import Draft, check_period_open, company_today, currency
from sandbox.quickbooks.faults import QboError, business, missing
from sandbox.quickbooks.money import ZERO, money
from sandbox.quickbooks.receivables import (
    ON_ACCOUNT,
    apply_to,
    cannot_link,
    move_customer_balance,
    voided_note,
)
from sandbox.quickbooks.references import check_all, money_account, resolve
from sandbox.quickbooks.sales import exchange_rate, undeposited_funds
from sandbox.quickbooks.store import Books, Json


class Link(NamedTuple):
    """One line's share: `amount` of the payment settles this document."""

    type_name: str
    id: str
    amount: Decimal

    @property
    def received(self) -> Decimal:
        """What the share takes from the money received; credits add to it."""
        return self.amount if self.type_name == "Invoice" else -self.amount


def build_payment(draft: Draft) -> Json:
    draft.require("CustomerRef", "TotalAmt")
    books = draft.books
    given = {**draft.given, "TxnDate": draft.given.get("TxnDate") or company_today(books).isoformat()}
    check_period_open(books, draft.old, given)
    customer = resolve(books, given, "CustomerRef")
    check_all(books, given, ("PaymentMethodRef", "ARAccountRef"))
    money_account(books, given, "DepositToAccountRef")
    total = money(given["TotalAmt"])
    if total < 0:
        raise QboError(2140, f"Amount is not supported : {total}", "TotalAmt")
    paid_in = currency(draft, required=True)
    if customer is not None and customer.get("CurrencyRef", paid_in) != paid_in:
        raise business("The currency of the payment must be the customer's")
    fields = {
        "DepositToAccountRef": {"value": undeposited_funds(books)},
        "ProcessPayment": False,
        **given,
        "TotalAmt": total,
        "CurrencyRef": paid_in,
        "LinkedTxn": [],
    }
    if books.multi_currency:
        fields["ExchangeRate"] = exchange_rate(books, fields)
    return {**fields, **_applied(draft, fields)}


def settle_payment(books: Books, _type_name: str, old: Json | None, new: Json | None) -> None:
    """Give back what the old state had applied, apply the new one."""
    move_customer_balance(books, "Payment", old, new)
    before, after = _net_links(old), _net_links(new)
    for key in before.keys() | after.keys():
        type_name, identifier = key
        payment_id = (new or old or {})["Id"]
        if books.find(type_name, identifier) is None:
            continue
        if key in before and before[key] != after.get(key):
            apply_to(books, type_name, identifier, payment_id, -before[key], linked=False)
        if key in after and before.get(key) != after[key]:
            apply_to(books, type_name, identifier, payment_id, after[key])


def void_payment(_books: Books, _type_name: str, payment: Json) -> Json:
    return {
        **payment,
        "Line": [],
        "TotalAmt": ZERO,
        "UnappliedAmt": ZERO,
        "PrivateNote": voided_note(payment),
    }


def _net_links(payment: Json | None) -> dict[tuple[str, str], Decimal]:
    totals: dict[tuple[str, str], Decimal] = {}
    for link in _links((payment or {}).get("Line", ())):
        totals[link.type_name, link.id] = totals.get((link.type_name, link.id), ZERO) + link.amount
    return totals


def _links(lines: list[Json]) -> Iterator[Link]:
    for line in lines:
        for linked in line["LinkedTxn"]:
            yield Link(linked["TxnType"], linked["TxnId"], line["Amount"])


def _applied(draft: Draft, fields: Json) -> Json:
    """The lines that hold and what stays unapplied."""
    lines = [one for line in draft.given.get("Line") or () for one in _lines(draft, line)]
    given_back = _net_links(draft.old)
    kept, open_left = [], dict[tuple[str, str], Decimal]()
    for line in lines:
        (link,) = _links([line])
        key = (link.type_name, link.id)
        left = open_left.get(key, _open_balance(draft, fields, link) + given_back.get(key, ZERO))
        amount = _within(draft, link, left)
        open_left[key] = left - amount
        if amount:
            kept.append({**line, "Amount": amount})
    unapplied = fields["TotalAmt"] - sum((link.received for link in _links(kept)), ZERO)
    if unapplied < 0:
        raise cannot_link(draft.books, "The payment applies more than its amount")
    return {"Line": kept, "UnappliedAmt": unapplied}


def _lines(draft: Draft, line: Json) -> list[Json]:
    """One line per link: a request may name an invoice and the credit that pays it on a single line."""
    if line.get("Amount") is None:
        raise missing("Line.Amount")
    links = [
        {"TxnId": str(linked.get("TxnId")), "TxnType": linked.get("TxnType")} for linked in line.get("LinkedTxn") or ()
    ]
    if not links:
        raise missing("LinkedTxn")
    for linked in links:
        if linked["TxnType"] not in ON_ACCOUNT:
            raise cannot_link(draft.books, f"A payment cannot be linked to {linked['TxnType']}")
    return [{"Amount": money(line["Amount"]), "LinkedTxn": [linked]} for linked in links]


def _open_balance(draft: Draft, fields: Json, link: Link) -> Decimal:
    document = draft.books.find(link.type_name, link.id)
    if document is None or draft.books.is_hidden(link.type_name, link.id):
        detail = f"The entity {link.type_name} {link.id} that you are trying to link does not exist"
        raise cannot_link(draft.books, detail)
    if _family(draft.books, document) != _family(draft.books, fields):
        raise cannot_link(draft.books, f"{link.type_name} {link.id} belongs to another customer")
    if document["CurrencyRef"] != fields["CurrencyRef"]:
        raise cannot_link(draft.books, f"{link.type_name} {link.id} is in another currency")
    balance: Decimal = document["Balance"]
    return balance


def _family(books: Books, document: Json) -> str:
    """The topmost customer above the document's: sub-customers may pay for one another."""
    customer = books.get("Customer", document["CustomerRef"]["value"])
    while "ParentRef" in customer:
        customer = books.get("Customer", customer["ParentRef"]["value"])
    return str(customer["Id"])


def _within(draft: Draft, link: Link, left: Decimal) -> Decimal:
    """The share that fits the open balance; see the switch `overapplied_payment`."""
    if link.amount <= left:
        return link.amount
    if draft.books.switches["overapplied_payment"] == "refused":
        raise cannot_link(draft.books, f"{link.type_name} {link.id} has an open balance of {left} only")
    return max(left, ZERO)
