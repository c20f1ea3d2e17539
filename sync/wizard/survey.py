"""A look at the store ahead of the first sync: which taxes and payment methods its latest orders carry, and how its
SKUs are. Nothing is filed, nothing is written to anybody's books.

Both looks end after some seconds: somebody waits for the page, and a large store must not make it time out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from django.utils import timezone

from integrations import mirror
from integrations.books import Company
from integrations.clients import store_for
from integrations.commerce import Order, Product, StoreTax
from integrations.connecting import profile_of
from integrations.errors import Malformed, RemoteError
from integrations.http import Clock
from integrations.models import Integration
from integrations.money import ZERO
from integrations.stores import Store
from sync.models import PaymentMapping, SetupProgress, TaxMapping
from sync.translate.mapping import combined
from sync.translate.payments import received
from sync.translate.settings import match_key
from sync.wizard import skus, tax_rows

T = TypeVar("T")

LASTS = timedelta(seconds=8)
LOOKS_BACK = timedelta(days=30)
ORDER_PAGES = 5
PRODUCT_PAGES = 30


def look_at_orders(integration: Integration, *, company: Company, clock: Clock | None = None) -> int:
    """Make mapping rows for the taxes and payment methods of the store and of its latest orders; returns how many.

    Raises `integrations.errors` where the store does not answer; what it said of itself before is used all the same.
    """
    clock = clock or Clock()
    orders: list[Order] = []
    try:
        orders = _latest_orders(store_for(integration.store, clock=clock), clock)
    finally:
        made = _make_tax_rows(integration, company, orders) + _make_method_rows(integration, orders)
    progress = SetupProgress.of(integration)
    progress.orders_checked_at = timezone.now()
    progress.sample_number = orders[-1].number[:100] if orders else progress.sample_number
    progress.save(update_fields=["orders_checked_at", "sample_number"])
    return made


def look_at_products(integration: Integration, *, clock: Clock | None = None) -> skus.Health:
    """Check the store's SKUs and keep the result. Raises `integrations.errors`."""
    clock = clock or Clock()
    pages = _Timed(store_for(integration.store, clock=clock).products(), clock, PRODUCT_PAGES)
    products: list[Product] = [product for page in pages for product in page]
    found = skus.health(products, complete=pages.complete)
    progress = SetupProgress.of(integration)
    progress.skus, progress.skus_checked_at = found.as_json(), timezone.now()
    progress.save(update_fields=["skus", "skus_checked_at"])
    return found


def look(integration: Integration, *, clock: Clock | None = None) -> list[RemoteError]:
    """Both looks; what did not work is returned, because the setup goes on without it."""
    errors: list[RemoteError] = []
    company = mirror.company(integration.books)
    for attempt in (
        lambda: look_at_orders(integration, company=company, clock=clock),
        lambda: look_at_products(integration, clock=clock),
    ):
        try:
            attempt()
        except RemoteError as error:
            errors.append(error)
    return errors


class _Timed(Iterable[list[T]]):
    """Pages until the time or their number is up; `complete` says whether those were all."""

    def __init__(self, pages: Iterator[list[T]], clock: Clock, most: int) -> None:
        self._pages = pages
        self._clock = clock
        self._most = most
        self.complete = True

    def __iter__(self) -> Iterator[list[T]]:
        ends = self._clock.now() + LASTS
        for number, page in enumerate(self._pages, start=1):
            yield page
            if number >= self._most or self._clock.now() >= ends:
                self.complete = next(self._pages, None) is None
                return


def _latest_orders(store: Store, clock: Clock) -> list[Order]:
    now = clock.now()
    pages = store.orders(created_from=now - LOOKS_BACK, updated_from=None, until=now)
    fetched = [one for page in _Timed(pages, clock, ORDER_PAGES) for one in page]
    return list(_readable(store, (one.payload for one in sorted(fetched, key=lambda one: one.created_at))))


def _readable(store: Store, payloads: Iterable[Mapping[str, Any]]) -> Iterator[Order]:
    for payload in payloads:
        try:
            yield store.read_order(payload)
        except Malformed:
            continue  # the sync holds it and says why


# -- rows --------------------------------------------------------------------------------------------------------------


def defined_taxes(integration: Integration) -> tuple[StoreTax, ...]:
    """The taxes that the store said it has."""
    profile = profile_of(integration.store)
    return profile.taxes if profile else ()


def _make_tax_rows(integration: Integration, company: Company, orders: list[Order]) -> int:
    charged = (combined(line.taxes) for order in orders for line in order.lines if line.taxes)
    met = dict.fromkeys(tuple(replace(share, amount=ZERO) for share in taxes) for taxes in charged)
    known = [row.taxes for row in TaxMapping.objects.filter(integration=integration)]
    rows = [
        TaxMapping(integration=integration, taxes=taxes, key=TaxMapping.key_of(taxes))
        for taxes in tax_rows.new_rows(defined_taxes(integration), met, company, known)
    ]
    return len(TaxMapping.objects.bulk_create(rows, ignore_conflicts=True))


def _make_method_rows(integration: Integration, orders: list[Order]) -> int:
    profile = profile_of(integration.store)
    offered = profile.payment_methods if profile else ()
    used = (tender.method for order in orders for tender in received(order))
    known = {match_key(row.method) for row in PaymentMapping.objects.filter(integration=integration)}
    new = {match_key(method): method[:200] for method in (*used, *offered) if method}
    rows = [PaymentMapping(integration=integration, method=name) for key, name in new.items() if key not in known]
    return len(PaymentMapping.objects.bulk_create(rows, ignore_conflicts=True))
