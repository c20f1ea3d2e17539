"""A document in three versions, for whoever decides which one stands: as posted, as it is in QuickBooks, and as the
store wants it (O17)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from integrations import mirror
from integrations.models import BooksConnection, BooksObject
from sync.models import Posting, PostingState, Record, Role
from sync.reasons import PARTS
from sync.reports.amounts import amount_shown

Image = Mapping[str, Any]

_LISTS = {
    "customer": "Customer",
    "class": "Class",
    "location": "Department",
    "account": "Account",
    "method": "PaymentMethod",
    "item": "Item",
}
_DAYS = frozenset({"date", "due_date"})
_AMOUNTS = frozenset({"total", "tax"})


@dataclass(frozen=True, slots=True)
class Row:
    """One thing in the three versions, ready to be read; empty where a version does not say it."""

    title: str
    posted: str
    now: str
    store: str
    # Whether the store says what it wants at all: of a cancelled order it does not.
    is_wanted: bool

    @property
    def differs(self) -> bool:
        """Whether QuickBooks does not show what was posted."""
        return self.posted != self.now

    @property
    def is_new(self) -> bool:
        """Whether the store wants something else than what was posted."""
        return self.is_wanted and self.posted != self.store


def difference_of(record: Record) -> list[Row]:
    """The versions side by side; nothing for a record that does not wait for such a decision."""
    if "now" not in record.params:
        return []
    sale = Posting.objects.filter(record=record, role=Role.SALE, state=PostingState.POSTED).latest("ordinal")
    images = [sale.image, json.loads(record.params["now"]), json.loads(record.params.get("store", "{}"))]
    words = _Words(record.integration.books, record.currency, images)
    return [*_fields(images, words), *_lines(images, words)]


def _fields(images: Sequence[Image], words: "_Words") -> Iterator[Row]:
    for name, title in PARTS.items():
        if name != "lines" and any(image.get(name) for image in images):
            posted, now, store = (words.field(name, str(image.get(name, ""))) for image in images)
            yield Row(str(title), posted, now, store, is_wanted=bool(images[-1]))


def _lines(images: Sequence[Image], words: "_Words") -> Iterator[Row]:
    versions = zip_longest(*(image.get("lines", []) for image in images), fillvalue={})
    for number, lines in enumerate(versions, start=1):
        posted, now, store = (words.line(line) for line in lines)
        yield Row(_("line %(number)d") % {"number": number}, posted, now, store, is_wanted=bool(images[-1]))


class _Words:
    """Ids as names, amounts and days as the reader's language writes them; one statement for all of them."""

    def __init__(self, books: BooksConnection, currency: str, images: Sequence[Image]) -> None:
        self._currency = currency
        self._codes = {code.id: code.name for code in mirror.company(books).tax_codes.values()}
        said = [pair for image in images for part in (image, *image.get("lines", [])) for pair in part.items()]
        refs = {value for name, value in said if name in _LISTS}
        rows = BooksObject.objects.filter(books=books, type__in=set(_LISTS.values()), books_ref__in=refs)
        self._names = {(row.type, row.books_ref): row.name for row in rows.only("type", "books_ref", "name")}

    def field(self, name: str, value: str) -> str:
        if name in _LISTS:
            return self._names.get((_LISTS[name], value), value)
        try:
            if name in _DAYS and value:
                return formats.date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
            return amount_shown(Decimal(value), self._currency) if name in _AMOUNTS and value else value
        except (ValueError, InvalidOperation):
            return value

    def line(self, line: Image) -> str:
        """Quantity and item, amount, tax code."""
        if not line:
            return ""
        item = self.field("item", line.get("item", "")) or line.get("text", "")
        quantity = (
            f"{formats.number_format(Decimal(line['quantity']))} \N{MULTIPLICATION SIGN} " if "quantity" in line else ""
        )
        parts = (f"{quantity}{item}", self.field("total", line.get("amount", "")), self._code(line))
        return ", ".join(part for part in parts if part)

    def _code(self, line: Image) -> str:
        code = str(line.get("code", ""))
        return self._codes.get(code, code)
