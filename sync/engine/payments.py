"""Our payments of an invoice: what they apply to it, what of them is the customer's credit, and how they become less.

A payment is changed like any other document (see `deliver`): its change is written down before the call, with all that
must be known once it is carried out.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from integrations.money import ZERO, total_of
from integrations.quickbooks import writer
from sync.models import Posting, PostingState, Role

Json = Mapping[str, Any]


def payments_of(postings: Iterable[Posting]) -> list[Posting]:
    """Those of an order's postings that are payments in the books, the latest first: it is lowered first."""
    found = [posting for posting in postings if posting.role == Role.PAYMENT and posting.is_in_books]
    return sorted(found, key=lambda posting: -posting.ordinal)


def came_in(payment: Posting) -> bool:
    """Whether it was posted once: one that went back altogether is voided."""
    return payment.is_in_books or payment.state == PostingState.VOIDED


def share(payment: Json, invoice_id: str) -> Decimal:
    """How much of a payment is applied to this invoice."""
    return total_of(Decimal(line["Amount"]) for line in payment.get("Line") or () if _pays(line, invoice_id))


def credit_of(payment: Posting, invoice_id: str) -> Decimal:
    """What a payment brought in beyond what it applies to its invoice: an edit took that from the invoice."""
    return (payment.total or ZERO) - share(payment.payload, invoice_id)


def applying(payment: Posting, row: Json, invoice_id: str, amount: Decimal) -> dict[str, Any]:
    """The change of a payment that applies only `amount` to the invoice from now on; `row` is how QuickBooks has it."""
    total = Decimal(row["TotalAmt"])
    return _change(payment, row, writer.payment_update(dict(row), total, {invoice_id: amount}), total)


def lowered(payment: Posting, row: Json, amount: Decimal, refund: str) -> dict[str, Any]:
    """The change of a payment of whose credit the refund of this ref gave `amount` back. Nothing is left of one that
    was given back altogether: it is voided."""
    total = Decimal(row["TotalAmt"]) - amount
    before = payment.given_back.get(refund, ZERO)
    change = _change(payment, row, writer.payment_update(dict(row), total), total)
    if not total:
        version = {name: change["payload"][name] for name in ("Id", "SyncToken")}
        change |= {"operation": "void", "payload": version}
    return change | {"given_back": {**payment.given_back, refund: before + amount}}


def _pays(line: Json, invoice_id: str) -> bool:
    return any((one["TxnType"], one["TxnId"]) == ("Invoice", invoice_id) for one in line.get("LinkedTxn") or ())


def _change(payment: Posting, row: Json, stated: Json, total: Decimal) -> dict[str, Any]:
    version = {"Id": payment.books_ref, "SyncToken": str(row["SyncToken"]), "sparse": True}
    return {
        "operation": "update",
        "payload": {**version, **stated},
        "proven_total": total,
        "content": payment.content,
        "untold": payment.untold,
    }
