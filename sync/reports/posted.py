"""The documents of an order that are in the books, or may be, line by line as they were sent."""

from dataclasses import replace

from django.db.models import QuerySet

from integrations import mirror
from integrations.books import Company
from integrations.models import BooksConnection
from integrations.money import ZERO, total_of
from sync.engine.documents import Document, Names, Sheet, Tax, read
from sync.models import DOCUMENT_ROLES, Posting, Record, Role


def posted_documents(record: Record) -> list[Document]:
    """The sale and its payments. What somebody else put into the books is known by its number, date and total only."""
    books = record.integration.books
    return documents_of(books, Posting.objects.filter(record=record).order_by("role", "ordinal"))


def documents_of(books: BooksConnection, postings: QuerySet[Posting]) -> list[Document]:
    """The documents of these postings; the same number of statements however many there are."""
    company = mirror.company(books)
    found = sorted(postings, key=lambda posting: posting.role not in DOCUMENT_ROLES)
    names = Names(company, {("Invoice", sale.books_ref): sale.doc_number for sale in found if sale.role == Role.SALE})
    sheets = [_sheet(posting, company) for posting in found]
    names.load(books, sheets)
    return [_with_taxes(read(sheet, names)) for sheet in sheets]


def _sheet(posting: Posting, company: Company) -> Sheet:
    total = posting.proven_total if posting.total is None else posting.total
    payload = dict(posting.payload) or _known_of(posting)
    if posting.doc_number:
        payload["DocNumber"] = posting.doc_number  # also where QuickBooks gave it
    return Sheet(posting.books_type, payload, posting.currency or company.currency, total)


def _known_of(posting: Posting) -> dict[str, object]:
    known = {
        "TxnDate": posting.txn_date.isoformat() if posting.txn_date else None,
        "CustomerRef": {"value": posting.customer_ref} if posting.customer_ref else None,
    }
    return {name: value for name, value in known.items() if value}


def _with_taxes(document: Document) -> Document:
    """Where QuickBooks computed the tax, it is what the total has beyond the lines."""
    if document.total is None or not document.lines or document.taxes:
        return document
    tax = document.total - total_of(line.amount for line in document.lines)
    return replace(document, taxes=(Tax(tax),)) if tax != ZERO else document
