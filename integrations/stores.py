"""What the rest of the program asks of a store, whichever shop system it runs on: one adapter per system implements
it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from integrations.commerce import Order, Product, StoreProfile


@dataclass(frozen=True, slots=True)
class Fetched:
    """One order as it came over the wire, with just enough read to file it.

    `payload` is JSON (Decimals included) and all that `Store.read_order` needs, now or in a year. `is_current`: it was
    read by its id, so that no search that lags behind is between.
    """

    ref: str
    number: str
    created_at: datetime
    updated_at: datetime
    payload: Mapping[str, Any]
    is_current: bool = False


class OrderReader(Protocol):
    """What reads the payloads of a shop system; needs no connection, no credentials and no network."""

    @staticmethod
    def read_order(payload: Mapping[str, Any]) -> Order:
        """Pure: the order that a fetched payload means. Raises Malformed when it cannot be read."""


class Store(OrderReader, Protocol):
    """One connected store. Every call raises only `integrations.errors`."""

    label: str  # the shop system's name as people write it: "Ecwid"
    # Whether giving money back changes an order's date of change. If that is uncertain, `orders` begins with those that
    # changed longest ago.
    dates_move_with_refunds: bool

    def profile(self) -> StoreProfile:
        """What the store says of itself; also the connection's test call."""

    def orders(
        self, *, created_from: datetime, updated_from: datetime | None, until: datetime
    ) -> Iterator[list[Fetched]]:
        """Pages of the orders created at or after `created_from` and changed in the window, each order at least once.

        Complete when the iterator ends: an order that moved between pages is not lost (it may come twice).
        """

    def order(self, ref: str) -> Fetched:
        """One order, read by its id (never through the search index). Raises NotFound."""

    def deleted_orders(self, *, since: datetime, until: datetime) -> Iterator[list[str]]:
        """Pages of the ids of orders that were deleted in this time."""

    def products(self, *, updated_from: datetime | None = None) -> Iterator[list[Product]]:
        """Pages of products and variations that can be sold, each under its own SKU; with `updated_from` those of the
        products that changed since."""

    def product(self, ref: str) -> list[Product]:
        """A product and its variations, read by the product's id (never through the search index). Raises NotFound."""

    def set_stock(self, product: Product, level: int | None) -> None:
        """Make this the product's (or variation's) level, whatever it was; None: it is not counted any more.

        Raises NotFound, NotAllowed where the store lets nobody write its levels, Refused for this product alone, and
        OutcomeUnknown. Never repeated by itself: in between something may have been sold.
        """

    @staticmethod
    def read_again(filed: Mapping[str, Any], fetched: Mapping[str, Any]) -> Mapping[str, Any]:
        """Pure: the payload of an order that was filed before and, as it is fetched now, would be in another currency
        or cannot be read. What it does not say of itself (the currency, where only the store's is known) stays what it
        was when it was first read."""
