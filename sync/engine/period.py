"""Closed books (O20): a document dated in a closed period is held, or moved to the first open day and says so."""

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from integrations.books import Company, Payment, RefundDocument, Sale
from sync.models import Posting
from sync.models.settings import ClosedPeriod
from sync.translate.outcome import Documents, Hold
from sync.translate.reasons import Reason

D = TypeVar("D", Sale, Payment, RefundDocument)


def in_open_period(documents: Documents, company: Company, policy: str, *, sale: bool = True) -> Documents | Hold:
    """The documents dated in the open period; `sale` False leaves the sale alone, which is posted already."""
    closed_until = company.closed_until
    if closed_until is None:
        return documents
    dates = [documents.sale.txn_date] if sale else []
    closed = [day for day in (*dates, *(one.txn_date for one in documents.payments)) if day <= closed_until]
    if not closed:
        return documents
    if policy == ClosedPeriod.HOLD:
        params = {"date": min(closed).isoformat(), "closed_until": closed_until.isoformat()}
        return Hold(Reason.CLOSED_PERIOD, params)
    return replace(
        documents,
        sale=_moved(documents.sale, closed_until) if sale else documents.sale,
        payments=tuple(_moved(one, closed_until) for one in documents.payments),
    )


def refunds_in_open_period(
    documents: tuple[RefundDocument, ...], company: Company, policy: str
) -> tuple[RefundDocument, ...] | Hold:
    """The same for what a refund becomes."""
    closed_until = company.closed_until
    closed = [one.txn_date for one in documents if closed_until is not None and one.txn_date <= closed_until]
    if closed_until is None or not closed:
        return documents
    if policy == ClosedPeriod.HOLD:
        params = {"date": min(closed).isoformat(), "closed_until": closed_until.isoformat()}
        return Hold(Reason.CLOSED_PERIOD, params)
    return tuple(_moved(one, closed_until) for one in documents)


def in_closed_period(posted: Posting, company: Company) -> Hold | None:
    """Why a posted document must stay as it is. Nothing that changes it could be moved to another day."""
    closed_until = company.closed_until
    if closed_until is None or posted.txn_date is None or posted.txn_date > closed_until:
        return None
    dates = {"date": posted.txn_date.isoformat(), "closed_until": closed_until.isoformat()}
    return Hold(Reason.CHANGE_IN_CLOSED_PERIOD, named(posted) | dates)


def named(posted: Posting) -> dict[str, str]:
    """The parameters by which a sentence names a posted document."""
    return {"books_type": posted.books_type, "doc_number": posted.doc_number or posted.books_ref}


def _moved(document: D, closed_until: date) -> D:
    if document.txn_date > closed_until:
        return document
    note = f"{document.private_note} Dated {document.txn_date.isoformat()} in the store."
    return replace(document, txn_date=closed_until + timedelta(days=1), private_note=note)
