"""The Ecwid adapter: one store behind the protocol that all stores share."""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote

from integrations.commerce import Order, Product, StoreProfile
from integrations.ecwid import catalog, profile, reader
from integrations.ecwid.client import EcwidClient
from integrations.ecwid.values import moment
from integrations.errors import Malformed, NotAllowed, NotFound
from integrations.http import utc_now
from integrations.money import json_dumps
from integrations.stores import Fetched
from integrations.values import Json

logger = logging.getLogger(__name__)

# How far Ecwid lets a reader go into one list is not documented; longer lists are read in parts.
LONGEST_WINDOW = 1000

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Orders created from `start` on, up to `end` where there is one."""

    start: datetime
    end: datetime | None
    filters: Mapping[str, str]

    @property
    def params(self) -> dict[str, str]:
        """Whether Ecwid's bounds include their own second is not documented: a second is added at both ends."""
        bounds = {"createdFrom": _seconds(self.start - _SECOND)}
        if self.end is not None:
            bounds["createdTo"] = _seconds(self.end + _SECOND)
        return {**self.filters, **bounds}

    def halves(self, now: datetime) -> tuple["Window", "Window"] | None:
        """The earlier and the later half; None when it is too short to cut. `now` stands in for an open end."""
        length = (self.end or now) - self.start
        if length < 4 * _SECOND:
            return None
        middle = self.start + length / 2
        return replace(self, end=middle), replace(self, start=middle)


class EcwidStore:
    """One Ecwid store. Reads its profile once and then keeps to it; make a new one for each run."""

    label = "Ecwid"
    dates_move_with_refunds = True

    def __init__(self, client: EcwidClient, *, now: Callable[[], datetime] = utc_now) -> None:
        self._client = client
        self._now = now

    @staticmethod
    def read_order(payload: Mapping[str, Any]) -> Order:
        return reader.read_order(payload)

    @staticmethod
    def read_again(filed: Mapping[str, Any], fetched: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**fetched, **filed, "order": fetched["order"]}

    def profile(self) -> StoreProfile:
        return profile.profile_of(self._profile, self._order_statuses(), store_id=self._client.store_id)

    def orders(
        self, *, created_from: datetime, updated_from: datetime | None, until: datetime
    ) -> Iterator[list[Fetched]]:
        filters = {"updatedTo": _seconds(until)}
        if updated_from is not None:
            filters["updatedFrom"] = _seconds(updated_from - _SECOND)
        for page in self._order_pages(Window(created_from, None, filters), until):
            fetched = [self._fetched(order) for order in page]
            if wanted := [order for order in fetched if order.created_at >= created_from]:
                yield wanted

    def order(self, ref: str) -> Fetched:
        return self._fetched(self._client.get(f"orders/{quote(ref, safe='')}"))

    def deleted_orders(self, *, since: datetime, until: datetime) -> Iterator[list[str]]:
        bounds = {"from_date": _seconds(since - _SECOND), "to_date": _seconds(until + _SECOND)}
        for page in self._client.paged("orders/deleted", bounds):
            yield [str(gone["id"]) for gone in page if gone.get("id")]

    def products(self, *, updated_from: datetime | None = None) -> Iterator[list[Product]]:
        changed = {"updatedFrom": _seconds(updated_from - _SECOND)} if updated_from is not None else {}
        for page in self._client.paged("products", {"sortBy": "ADDED_TIME_ASC", **changed}):
            yield [sellable for product in page for sellable in _sellable(product)]

    def product(self, ref: str) -> list[Product]:
        return list(catalog.products_of(self._client.get(f"products/{quote(ref, safe='')}")))

    def set_stock(self, product: Product, level: int | None) -> None:
        path = f"products/{quote(product.product_ref, safe='')}"
        if product.variation_ref:
            path += f"/combinations/{quote(product.variation_ref, safe='')}"
        # Without `unlimited` an unlimited product would stay so, and the quantity be lost.
        stock = {"unlimited": True} if level is None else {"quantity": level, "unlimited": False}
        self._client.put(path, stock)

    # -- orders --------------------------------------------------------------------------------------------------------

    def _order_pages(self, window: Window, until: datetime) -> Iterator[list[Json]]:
        first = self._client.page("orders", window.params)
        if first.total <= LONGEST_WINDOW:
            yield from self._client.paged("orders", window.params, first=first)
            return
        for part in self._parts(window, first.total, until):
            yield from self._client.paged("orders", part.params)

    def _parts(self, window: Window, total: int, until: datetime) -> Iterator[Window]:
        """The window in parts that are short enough, the earliest first."""
        halves = window.halves(until)
        if total <= LONGEST_WINDOW or halves is None:
            yield window
            return
        earlier, later = halves
        earlier_total = self._client.count("orders", earlier.params)
        later_total = total - earlier_total
        if later_total <= 0 and self._client.count("orders", later.params) >= total:
            yield window  # both halves hold everything: the creation time does not narrow the list
            return
        yield from self._parts(earlier, earlier_total, until)
        yield from self._parts(later, later_total, until)

    def _fetched(self, order: Json) -> Fetched:
        """Filed under whatever identifies it, also when it cannot be read: reading it will then say why."""
        created_at = _told(order, "create") or _told(order, "update") or self._now()
        return Fetched(
            ref=reader.ref_of(order) or reader.number_of(order) or _fingerprint(order),
            number=reader.number_of(order) or reader.ref_of(order),
            created_at=created_at,
            updated_at=_told(order, "update") or created_at,
            payload=self._payload(order),
        )

    def _payload(self, order: Json) -> dict[str, Any]:
        return reader.payload_of(
            order,
            store_id=self._client.store_id,
            currency=profile.currency_of(self._profile),
            places=profile.places_of(self._profile),
            prices_include_tax=profile.prices_include_tax(self._profile),
        )

    # -- profile -------------------------------------------------------------------------------------------------------

    @cached_property
    def _profile(self) -> Json:
        return self._client.get("profile")

    def _order_statuses(self) -> Json:
        try:
            return self._client.get("profile/order_statuses")
        except (NotAllowed, NotFound) as error:
            logger.warning("order statuses are not readable, their ids are shown instead of names: %s", error)
            return {}


def _sellable(product: Json) -> list[Product]:
    """Nothing for a product that cannot be read: one of them must not hide all others."""
    try:
        return list(catalog.products_of(product))
    except Malformed as error:
        logger.warning("product %s is left out: %s", product.get("id"), error)
        return []


def _told(order: Json, name: str) -> datetime | None:
    try:
        return moment(order, name)
    except Malformed:
        return None


def _fingerprint(order: Json) -> str:
    return "unreadable:" + hashlib.sha256(json_dumps(order).encode()).hexdigest()[:16]


def _seconds(when: datetime) -> str:
    return str(int(when.astimezone(UTC).timestamp()))
