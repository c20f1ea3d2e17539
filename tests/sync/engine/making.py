"""Rows and stores for engine tests: an integration with all its settings, and a store that lives in memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from accounts.models import Business
from integrations.errors import Malformed
from integrations.models import BooksConnection, BooksObject, Integration, StoreConnection
from integrations.stores import Fetched
from sync.models import (
    ItemSettings,
    OrderSettings,
    PaymentSettings,
    Posting,
    ProductSettings,
    Record,
    RefundSettings,
    Run,
    StockSettings,
)
from tests.sync.translate import making as made

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
SETTINGS = (OrderSettings, ItemSettings, PaymentSettings, RefundSettings, ProductSettings, StockSettings)


def make_integration(slug="maple", *, books=None, **changes):
    """An integration of a store and a Canadian company that nobody has asked anything yet."""
    business = books.business if books else Business.objects.create(name=f"Business of {slug}")
    store = StoreConnection.objects.create(business=business, provider="ecwid", account_id=f"10{slug}")
    books = books or BooksConnection.objects.create(business=business, account_id=f"93{slug}")
    integration = Integration.objects.create(
        business=business, slug=slug, store=store, books=books, time_zone="America/Toronto", **changes
    )
    for settings in SETTINGS:
        settings.objects.create(integration=integration)
    return integration


def make_entry(books, entity, ref, name, **more):
    """A list entry of the company, as the mirror keeps it."""
    email = more.pop("email", "")
    return BooksObject.objects.create(
        books=books,
        type=entity,
        books_ref=ref,
        name=name,
        name_key=name.casefold(),
        email_key=email.casefold(),
        sync_token="0",
        **more,
    )


def make_run(integration, **changes):
    return Run.objects.create(integration=integration, trigger="command", started_at=NOW, **changes)


def make_record(integration, ref="481920377", **changes):
    """A record that nobody has looked at."""
    basics = {
        "kind": "order",
        "number": f"N{ref}",
        "payload": {"ref": ref, "version": 1},
        "fingerprint": "f",
        "created_in_store_at": made.NOON,
        "updated_in_store_at": made.NOON,
        "amount": made.D("57.49"),
        "currency": "CAD",
    }
    return Record.objects.create(integration=integration, store_ref=ref, **basics | changes)


def make_posting(record, role="sale", ordinal=0, **changes):
    """A posting of a record, in the books unless a test says otherwise."""
    basics = {
        "books": record.integration.books,
        "state": "posted",
        "books_type": "Invoice" if role == "sale" else "Payment",
        "books_ref": f"{record.pk}{ordinal}",
        "payload": {},
    }
    return Posting.objects.create(record=record, role=role, ordinal=ordinal, **basics | changes)


class Shelf:
    """A store in memory. `put` files a version of an order; `pages` are what a pull gets, `trouble` what ends it."""

    label = "Ecwid"
    dates_move_with_refunds = True

    def __init__(self):
        self._versions = {}
        self.pages = []
        self.trouble = None
        self.asked = []
        self.deleted = []
        self.asked_for_deleted = []

    def put(self, order):
        """Keep this version and say how it is fetched."""
        payload = {"ref": order.ref, "version": len(self._versions) + 1}
        self._versions[payload["version"]] = order
        return Fetched(order.ref, order.number, order.created_at, order.updated_at, payload)

    def broken(self, ref="9", updated_at=made.NOON):
        """An order that cannot be read."""
        return Fetched(ref, f"N{ref}", made.NOON, updated_at, {"ref": ref, "version": 0})

    def orders(self, *, created_from, updated_from, until):
        self.asked.append((created_from, updated_from, until))
        yield from self.pages
        if self.trouble is not None:
            raise self.trouble

    def deleted_orders(self, *, since, until):
        self.asked_for_deleted.append((since, until))
        yield list(self.deleted)

    def read_again(self, _filed, fetched):
        return fetched

    def read_order(self, payload):
        try:
            return self._versions[payload["version"]]
        except KeyError:
            raise Malformed("the total is missing") from None


def later(order, minutes=60, **changes):
    """A later version of an order."""
    return replace(order, updated_at=order.updated_at + timedelta(minutes=minutes), **changes)
