"""What the two sides say of themselves, for checking a setup file against it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from integrations import mirror
from integrations.books import Company
from integrations.commerce import StoreProfile
from integrations.models import BooksConnection, BooksObject


class Lists:
    """The lists of one QuickBooks company, as the local copy has them."""

    def __init__(self, books: BooksConnection) -> None:
        self._books = books

    def all(self, type_name: str) -> QuerySet[BooksObject]:
        return BooksObject.objects.filter(books=self._books, type=type_name).defer("data")

    def named(self, type_name: str, name: str) -> list[BooksObject]:
        """Entries of that name, inactive ones included; case and blanks do not matter."""
        return list(self.all(type_name).filter(name_key=mirror.key(name)))

    def active(self, type_name: str) -> Iterator[BooksObject]:
        return self.all(type_name).filter(active=True).iterator()

    def with_id(self, type_name: str, books_ref: str) -> BooksObject | None:
        return self.all(type_name).filter(books_ref=books_ref).first()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of both sides. None: that side did not answer, and what refers to it cannot be checked."""

    now: datetime
    store_label: str = ""
    profile: StoreProfile | None = None
    company: Company | None = None
    lists: Lists | None = None

    def today(self, zone: str) -> date:
        return self.now.astimezone(ZoneInfo(zone)).date()
