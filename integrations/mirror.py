"""Keeps the local copy of QuickBooks' lists: pulled in full once, then only what changed.

Tax codes and rates are not in QuickBooks' change feed: they are read again by every sync that has something to post, so
that a code that was made inactive or changed is noticed before a document names it (T2).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F

from integrations import books as words
from integrations.models import BooksConnection, BooksObject
from integrations.quickbooks import reader
from integrations.quickbooks.client import ChangesIncomplete, QuickBooksClient

LISTS = ("Account", "Item", "Customer", "Class", "Department", "PaymentMethod")
TAX_LISTS = ("TaxCode", "TaxRate")
# QuickBooks remembers changes for 30 days; a copy older than this is pulled anew.
CHANGES_KEPT = timedelta(days=25)
# Short syncs that follow each other closely may share one reading.
TAXES_FRESH = timedelta(minutes=10)
# The change feed may lag behind by some minutes, and clocks differ.
OVERLAP = timedelta(minutes=10)
CHUNK = 500
_UPDATED = [
    "name", "name_key", "sku", "sku_key", "email_key", "currency", "kind", "detail", "active", "sync_token", "data",
    "updated_at",
]  # fmt: skip


Written = list[tuple[BooksObject | None, BooksObject]]


def key(text: str) -> str:
    """The compared form of a name or SKU: trimmed, blanks collapsed, case folded."""
    return " ".join(text.split()).casefold()


def refresh(
    books: BooksConnection, client: QuickBooksClient, *, now: datetime, taxes: bool = False, lists: bool = True
) -> None:
    """Bring the copy up to date: in full the first time, else what changed since. `taxes` reads the taxes anyway,
    without `lists` the lists are taken to be up to date already.

    Costs about ten calls in full (one more per thousand entries) and two afterwards. Raises `integrations.errors`.
    """
    preferences = client.preferences()
    if books.preferences and preferences != books.preferences:
        _note_news(books)
    books.preferences = preferences
    if lists:
        refresh_lists(books, client, now=now)
    if taxes or books.taxes_mirrored_at is None or now - books.taxes_mirrored_at > TAXES_FRESH:
        _pull_taxes(books, client)
        books.taxes_mirrored_at = now
    books.save(update_fields=["preferences", "taxes_mirrored_at"])


def refresh_lists(books: BooksConnection, client: QuickBooksClient, *, now: datetime) -> None:
    """Bring the lists alone up to date: one call where they were read before. Raises `integrations.errors`."""
    if books.mirrored_at is None or now - books.mirrored_at > CHANGES_KEPT:
        _pull_lists(books, client)
    else:
        _pull_changes(books, client, since=books.mirrored_at - OVERLAP)
    books.mirrored_at = now
    books.save(update_fields=["info", "mirrored_at"])


def _pull_lists(books: BooksConnection, client: QuickBooksClient) -> None:
    books.info = client.company_info()
    for entity in LISTS:
        put(books, entity, client.query(entity, "Active IN (true, false)"))


def _pull_changes(books: BooksConnection, client: QuickBooksClient, *, since: datetime) -> None:
    try:
        changes = client.cdc(LISTS, since)
    except ChangesIncomplete:
        _pull_lists(books, client)
        return
    for entity, objects in changes.items():
        put(books, entity, objects)


def _pull_taxes(books: BooksConnection, client: QuickBooksClient) -> None:
    for entity in TAX_LISTS:
        put(books, entity, client.query(entity, "Active IN (true, false)"))


def put(books: BooksConnection, entity: str, objects: Iterable[Mapping[str, Any]], *, ours: bool = False) -> None:
    """Write list entries into the copy. Entries that are news, unless `ours`, make records that waited due again."""
    stream = (reader.listed(entity, obj) for obj in objects)
    stream = (one for one in stream if not one.deleted)
    news = False
    for chunk in _chunks(stream):
        news |= _put_chunk(books, entity, chunk)
    if news and not ours:
        _note_news(books)


def _note_news(books: BooksConnection) -> None:
    """Whatever waits may be released by it: a reopened period, an item that is there now."""
    BooksConnection.objects.filter(pk=books.pk).update(mirror_revision=F("mirror_revision") + 1)


def note_items(books: BooksConnection) -> None:
    """Items changed, or may have: levels that follow from them are to be compared."""
    BooksConnection.objects.filter(pk=books.pk).update(items_revision=F("items_revision") + 1)


def _put_chunk(books: BooksConnection, entity: str, chunk: list[reader.Listed]) -> bool:
    """Write entries; whether any of them is news."""
    written = _put_items(books, chunk) if entity == "Item" else _written(books, entity, chunk)
    return any(old is None or old.sync_token != new.sync_token for old, new in written)


@transaction.atomic
def _put_items(books: BooksConnection, chunk: list[reader.Listed]) -> Written:
    """That items changed is noted even if nobody lives to note the news."""
    written = _written(books, "Item", chunk)
    if any(old is None or old.data != new.data for old, new in written):
        note_items(books)
    return written


def _written(books: BooksConnection, entity: str, chunk: list[reader.Listed]) -> Written:
    """Write entries; each as it was, if it was there, and as it is."""
    rows = [_row(books, listed) for listed in chunk]
    filed = BooksObject.objects.filter(books=books, type=entity, books_ref__in=[row.books_ref for row in rows])
    known = {row.books_ref: row for row in filed.only("books_ref", "sync_token", "data")}
    BooksObject.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["books", "type", "books_ref"], update_fields=_UPDATED
    )
    return [(known.get(row.books_ref), row) for row in rows]


def _row(books: BooksConnection, listed: reader.Listed) -> BooksObject:
    return BooksObject(
        books=books,
        type=listed.type,
        books_ref=listed.id,
        name=listed.name,
        name_key=key(listed.name),
        sku=listed.sku,
        sku_key=key(listed.sku),
        email_key=key(listed.email),
        currency=listed.currency,
        kind=listed.kind,
        detail=listed.subkind,
        active=listed.active,
        sync_token=listed.sync_token,
        # Customers are many and nothing but the columns is ever asked of them.
        data={} if listed.type == "Customer" else dict(listed.raw),
        updated_at=listed.updated_at,
    )


def _chunks(stream: Iterator[reader.Listed]) -> Iterator[list[reader.Listed]]:
    while chunk := list(islice(stream, CHUNK)):
        yield chunk


def forget(books: BooksConnection) -> None:
    """Have the next refresh read everything anew: the books said that something in our copy is no longer so."""
    BooksConnection.objects.filter(pk=books.pk).update(mirrored_at=None, taxes_mirrored_at=None)


def company(books: BooksConnection) -> words.Company:
    """The company as last read."""
    taxes = {entity: [row.data for row in BooksObject.objects.filter(books=books, type=entity)] for entity in TAX_LISTS}
    return reader.company(books.info, books.preferences, taxes["TaxCode"], taxes["TaxRate"], realm_id=books.account_id)
