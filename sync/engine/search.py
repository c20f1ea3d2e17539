"""Looks in the books for documents and list entries that may be there already (the second net of exactly-once).

Documents carry our marker in the private note, which QuickBooks cannot search: they are read by date range, a
thousand at a time, and compared here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from integrations.books import Posted, SalesForm, SaleType
from integrations.errors import NotFound
from integrations.mirror import key
from integrations.money import ZERO
from integrations.quickbooks import image, query, reader
from integrations.quickbooks.client import QuickBooksClient
from sync.models import Posting, Role
from sync.translate.held import amount_text
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason

MARKER_PREFIX = "TB-"
# An order near midnight has another date in another time zone.
OTHER_ZONES = timedelta(days=1)
# How list entries are looked up by name.
_NAME_OF = {"Customer": "DisplayName", "Item": "Name"}

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Existing:
    """A document in the books under the number of a sale or refund, or with its marker."""

    posted: Posted
    ours: bool  # it carries the sale's own marker
    foreign_marker: bool  # it carries the marker of another sale of ours

    def is_the_same(self, sale: SalesForm) -> bool:
        """Whether it can be adopted: number and total agree, and it does not stand for another order of ours."""
        same_currency = self.posted.currency in {"", sale.currency}
        return self.posted.total == sale.total and same_currency and not self.foreign_marker


def number_taken(sale: SalesForm, found: Existing) -> Hold:
    """The hold of a sale or refund whose number another document has."""
    posted, currency = found.posted, sale.currency
    totals = {
        "books_total": amount_text(posted.total, currency),
        "store_total": amount_text(sale.total, currency),
    }
    about = {"number": posted.number, "books_type": posted.type, "books_id": posted.id}
    return Hold(Reason.NUMBER_TAKEN, about | totals)


def in_dates(
    client: QuickBooksClient, entity: str, days: Collection[date], margin: timedelta = timedelta(0)
) -> Iterable[Json]:
    """The documents of a type between the first and the last of these days, and `margin` around them."""
    first, last = (min(days) - margin).isoformat(), (max(days) + margin).isoformat()
    return client.query(entity, f"TxnDate >= '{first}' AND TxnDate <= '{last}'")


def existing_sales(
    client: QuickBooksClient, sales: Sequence[SalesForm], kinds: Iterable[StrEnum] = SaleType
) -> dict[str, Existing]:
    """What the books hold already for these sales, by the sale's marker. Two calls, more beyond a thousand documents.

    Both kinds of sale (or of refund) are asked for: who posted the order before us may have preferred the other one,
    or another time zone.
    """
    found: dict[str, Existing] = {}
    by_number = {sale.number: sale for sale in sales if sale.number}
    by_marker = {sale.marker: sale for sale in sales}
    days = [sale.txn_date for sale in sales]
    for entity in kinds:
        for row in in_dates(client, entity.value, days, margin=OTHER_ZONES):
            _note(found, reader.posted(entity.value, row), by_number, by_marker)
    return found


def numbered(client: QuickBooksClient, sales: Sequence[SalesForm]) -> dict[str, Existing]:
    """What the books hold under the numbers of these sales, whatever its date, by the sale's marker."""
    found: dict[str, Existing] = {}
    for entity in dict.fromkeys(sale.type.value for sale in sales):
        by_number = {sale.number: sale for sale in sales if sale.type.value == entity and sale.number}
        for row in client.query(entity, query.one_of("DocNumber", by_number)):
            _note(found, reader.posted(entity, row), by_number, {})
    return found


def open_balances(client: QuickBooksClient, invoices: Sequence[str]) -> dict[str, Decimal]:
    """What is still to be paid of these invoices, by their ids; those that searches do not show yet are left out."""
    rows = by_ids(client, "Invoice", invoices)
    return {ref: balance_of(row) for ref, row in rows.items() if "Balance" in row}


def by_ids(client: QuickBooksClient, entity: str, ids: Iterable[str]) -> dict[str, Json]:
    """The objects of a type with these ids, those that were deleted excepted."""
    wanted = sorted(set(ids))
    rows = client.query(entity, query.one_of("Id", wanted)) if wanted else ()
    return {str(row["Id"]): row for row in rows}


def surely_by_ids(client: QuickBooksClient, entity: str, ids: Iterable[str]) -> dict[str, Json]:
    """The same, one by one where the list does not show it (yet): a document by its id never lags behind."""
    wanted = set(ids)
    found = by_ids(client, entity, wanted)
    for books_id in sorted(wanted - found.keys()):
        with suppress(NotFound):
            found[books_id] = client.read(entity, books_id)
    return found


def balance_of(invoice: Json) -> Decimal:
    balance = invoice.get("Balance")
    return Decimal(balance) if isinstance(balance, Decimal | int) else ZERO


def _note(
    found: dict[str, Existing], posted: Posted, by_number: Mapping[str, SalesForm], by_marker: Mapping[str, SalesForm]
) -> None:
    marker = marker_in(posted.private_note)
    sale = by_marker.get(marker) or by_number.get(posted.number)
    if sale is None:
        return
    existing = Existing(posted, ours=marker == sale.marker, foreign_marker=bool(marker) and marker != sale.marker)
    if posted.type != sale.type.value and not existing.ours and not existing.is_the_same(sale):
        return  # the two kinds of sale are numbered apart
    # A document that is certainly ours beats one that merely has the number.
    if sale.marker not in found or existing.ours:
        found[sale.marker] = existing


def marker_in(note: str) -> str:
    """Our marker in a private note: "[TB-ABCDEFGHIJ]"; empty when there is none."""
    _before, opened, rest = note.rpartition(f"[{MARKER_PREFIX}")
    marker, closed, _after = rest.partition("]")
    return MARKER_PREFIX + marker if opened and closed else ""


def postings_found(client: QuickBooksClient, postings: Sequence[Posting]) -> dict[int, Json]:
    """Which of these sent postings, or changes of them, are in the books; by primary key, as QuickBooks has them."""
    found: dict[int, Json] = {}
    for entity in dict.fromkeys(posting.books_type for posting in postings):
        same = [posting for posting in postings if posting.books_type == entity]
        found |= _changed(client, entity, [posting for posting in same if posting.change is not None])
        if new := [posting for posting in same if posting.change is None]:
            found |= _by_name(client, entity, new) if entity in _NAME_OF else _by_marker(client, entity, new)
    return found


def _changed(client: QuickBooksClient, entity: str, postings: Sequence[Posting]) -> dict[int, Json]:
    """Those that are as their change leaves them. What is neither so nor as before is sent again all the same: its
    version is another one by now, and QuickBooks refuses it."""
    rows = by_ids(client, entity, (posting.books_ref for posting in postings))
    return {
        posting.pk: rows[posting.books_ref]
        for posting in postings
        if posting.books_ref in rows and is_done(posting.change, rows[posting.books_ref])
    }


def is_done(change: Json, obj: Json) -> bool:
    """Whether an object is as this change leaves it."""
    if change["operation"] == "void":
        return image.is_void(obj)
    return image.shows(obj, change["payload"], change["proven_total"])


def _by_marker(client: QuickBooksClient, entity: str, postings: Sequence[Posting]) -> dict[int, Json]:
    by_marker = {posting.marker: posting.pk for posting in postings}
    days = [posting.txn_date for posting in postings if posting.txn_date is not None]
    rows = ((marker_in(str(row.get("PrivateNote") or "")), row) for row in in_dates(client, entity, days))
    return {by_marker[marker]: row for marker, row in rows if marker in by_marker}


def _by_name(client: QuickBooksClient, entity: str, postings: Sequence[Posting]) -> dict[int, Json]:
    """An entry of that name that is not what was sent had the name before: it is the reason of a lost refusal."""
    field = _NAME_OF[entity]
    by_name = {key(str(posting.payload[field])): posting for posting in postings}
    rows = named(client, entity, [str(posting.payload[field]) for posting in postings])
    return {
        by_name[name].pk: row
        for name, row in rows.items()
        if name in by_name and _says_the_same(row, by_name[name].payload)
    }


def _says_the_same(row: Json, payload: Json) -> bool:
    return _told_apart_by(row) == _told_apart_by(payload)


def _told_apart_by(entry: Json) -> tuple[str, str]:
    """What tells two customers or two items of one name apart: e-mail address and SKU."""
    return key(str((entry.get("PrimaryEmailAddr") or {}).get("Address") or "")), key(str(entry.get("Sku") or ""))


def named(client: QuickBooksClient, entity: str, wanted: Iterable[str]) -> dict[str, Json]:
    """The active list entries of these names, by the names' compared form."""
    field = _NAME_OF[entity]
    return {key(str(row.get(field) or "")): row for row in client.query(entity, query.one_of(field, wanted))}


ROLE_OF_ENTITY = {"Customer": Role.CUSTOMER, "Item": Role.ITEM}
