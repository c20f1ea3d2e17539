"""The Wix adapter: one site behind the protocol that all stores share.

Most of what a site sells arrives as eCommerce orders; three modules have orders in APIs of their own. Their refs begin
with the module: "events:<event>/<number>". A module that is not installed is absent, which is no error.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import quote

from integrations.commerce import Order, Product, StoreProfile
from integrations.errors import Malformed, NotAllowed, NotFound, ReconnectNeeded, Refused
from integrations.http import utc_now
from integrations.money import json_dumps
from integrations.stores import Fetched
from integrations.values import Json, child, rows, text
from integrations.wix import events, modules, plans, profile, reader, restaurants
from integrations.wix.catalog import Catalog
from integrations.wix.client import WixClient
from integrations.wix.faults import WrongQuestion
from integrations.wix.values import is_since, iso, readable_moment

logger = logging.getLogger(__name__)

# The index that lists are read from is behind the orders themselves, by seconds as a rule.
OVERLAP = timedelta(minutes=10)
_DAY = timedelta(days=1)
# What a module answers that is not installed, or that the app may not read.
_ABSENT = (NotAllowed, NotFound, ReconnectNeeded, Refused)
_TRACKED = frozenset({"FULFILLED", "PARTIALLY_FULFILLED"})


class Module(Protocol):
    """A module whose orders are no eCommerce orders. `APPS` are the ids that its lines would have if they were."""

    MODULE: str
    APPS: tuple[str, ...]

    def payloads(
        self, client: WixClient, *, created_from: datetime, changed_from: datetime | None
    ) -> Iterator[list[Json]]: ...

    def payload(self, client: WixClient, key: str) -> Json: ...

    def key_of(self, payload: Json) -> str: ...

    def number_of(self, payload: Json) -> str: ...

    def identities(self, payload: Json) -> frozenset[str]: ...

    def read_order(self, payload: Mapping[str, Any]) -> Order: ...


_MODULES: Mapping[str, Module] = {module.MODULE: module for module in (events, plans, restaurants)}


class WixStore:
    """One Wix site. Make a new one for each run: what it has learned of the site it keeps to."""

    label = "Wix"
    dates_move_with_refunds = False  # nobody says whether they do

    def __init__(self, client: WixClient, *, now: Callable[[], datetime] = utc_now) -> None:
        self._client = client
        self._now = now
        self._catalog = Catalog(client)
        self._unreadable: set[str] = set()
        self._current: set[str] = set()  # the orders that were read by their ids

    @staticmethod
    def read_order(payload: Mapping[str, Any]) -> Order:
        module = _MODULES.get(text(payload, "module"))
        return module.read_order(payload) if module else reader.read_order(payload)

    @staticmethod
    def read_again(filed: Mapping[str, Any], fetched: Mapping[str, Any]) -> Mapping[str, Any]:
        """Orders of Wix say all of themselves."""
        del filed
        return fetched

    def profile(self) -> StoreProfile:
        properties = child(self._client.get("site-properties/v4/properties"), "properties")
        taxes = self._optional("the tax rates", lambda: self._client.ask("billing/v1/manual-tax-mappings/query", _ALL))
        settings = self._optional("the tax settings", lambda: self._client.get("billing/v1/tax-settings"))
        instance = self._optional("the installed apps", lambda: self._client.get("apps/v1/instance"))
        return profile.profile_of(
            properties,
            account_id=self._client.account_id,
            site_id=self._client.site_id or text(child(instance, "site"), "siteId"),
            taxes=profile.taxes_of(taxes),
            includes_tax=profile.includes_tax(settings),
            modules=modules.installed(profile.apps_of(instance)),
        )

    def orders(
        self, *, created_from: datetime, updated_from: datetime | None, until: datetime
    ) -> Iterator[list[Fetched]]:
        since = None if updated_from is None else updated_from - OVERLAP
        for page in self._client.pages("ecom/v1/orders/search", "orders", _search(created_from, since, until)):
            fresh = [self._latest(order, until) for order in page]
            if wanted := [order for order in fresh if is_since(order, created_from, "purchasedDate", "createdDate")]:
                yield [self._fetched(payload) for payload in self._payloads(wanted)]
        for module in _MODULES.values():
            for payloads in self._module_pages(module, created_from, since, until):
                yield [self._fetched(payload) for payload in payloads]

    def order(self, ref: str) -> Fetched:
        name, _colon, key = ref.partition(":")
        if name in _MODULES:
            return self._fetched(_MODULES[name].payload(self._client, key))
        [payload] = self._payloads([self._order(ref)])
        return self._fetched(payload)

    def deleted_orders(self, *, since: datetime, until: datetime) -> Iterator[list[str]]:
        """Wix deletes no orders: they are archived, or cancelled."""
        del since, until
        yield from ()

    def products(self, *, updated_from: datetime | None = None) -> Iterator[list[Product]]:
        return self._catalog.products(updated_from=updated_from)

    def product(self, ref: str) -> list[Product]:
        return self._catalog.product(ref)

    def set_stock(self, product: Product, level: int | None) -> None:
        self._catalog.set_stock(product, level)

    # -- eCommerce orders ----------------------------------------------------------------------------------------------

    def _order(self, ref: str) -> Json:
        order = child(self._client.get(f"ecom/v1/orders/{quote(ref, safe='')}"), "order")
        self._current.add(ref)
        return order

    def _latest(self, order: Json, until: datetime) -> Json:
        """The order by its id where it changed so lately that the index may hold an older one."""
        ref = text(order, "id")
        if not ref or not is_since(order, until - OVERLAP, "updatedDate"):
            return order
        try:
            return self._order(ref)
        except NotFound:
            return order

    def _payloads(self, orders: Sequence[Json]) -> list[Json]:
        """The orders with what else is known of them, in a call for all where Wix allows that."""
        ids = [ref for order in orders if (ref := text(order, "id"))]
        transactions = self._transactions(ids)
        parcels = self._parcels([text(order, "id") for order in orders if _is_shipped(order)])
        return [
            {
                "order": order,
                "transactions": transactions.get(text(order, "id"), {}),
                "fulfillments": parcels.get(text(order, "id"), []),
                "tips": self._tips(order),
            }
            for order in orders
        ]

    def _transactions(self, ids: Sequence[str]) -> dict[str, Json]:
        if not ids:
            return {}
        body = self._client.ask("ecom/v1/payments/list-by-ids", {"orderIds": list(ids)})
        found = {text(told, "orderId"): told for told in rows(body, "orderTransactions")}
        return found | {ref: self._transactions_of(ref) for ref in ids if ref not in found}

    def _transactions_of(self, ref: str) -> Json:
        """Of an order that the list leaves out: whether that means that nothing was paid is not documented."""
        try:
            body = self._client.get(f"ecom/v1/payments/orders/{quote(ref, safe='')}")
        except NotFound:
            return {}
        return child(body, "orderTransactions")

    def _parcels(self, ids: Sequence[str]) -> dict[str, list[Json]]:
        if not ids:
            return {}
        body = self._optional(
            "the parcels", lambda: self._client.ask("ecom/v1/fulfillments/list-by-ids", {"orderIds": list(ids)})
        )
        return {text(told, "orderId"): rows(told, "fulfillments") for told in rows(body, "ordersWithFulfillments")}

    def _tips(self, order: Json) -> list[str]:
        """A tip is a fee whose code is the tip's id; only fees with a code are asked about."""
        if not _has_coded_fees(order):
            return []
        path = f"tips/v1/tips/order/{quote(text(order, 'id'), safe='')}"
        tip = text(child(self._optional("the tips", lambda: self._client.get(path)), "tip"), "id")
        return [tip] if tip else []

    # -- modules with orders of their own ------------------------------------------------------------------------------

    def _module_pages(
        self, module: Module, created_from: datetime, changed_from: datetime | None, until: datetime
    ) -> Iterator[list[Json]]:
        """What did not come as an eCommerce order, too: newer sites sell more and more of their modules there. Those
        are found in the index, so what changed just now waits for the next read, which begins before it."""
        for page in _present(
            module, module.payloads(self._client, created_from=created_from, changed_from=changed_from)
        ):
            settled = [payload for payload in page if not _is_since(payload, until - OVERLAP)]
            if settled and (wanted := self._sold_once(module, settled)):
                yield wanted

    def _sold_once(self, module: Module, payloads: Sequence[Json]) -> list[Json]:
        placed = [when for payload in payloads if (when := _placed(payload))]
        known = self._sold_elsewhere(module, min(placed, default=self._now()))
        return [payload for payload in payloads if not (module.identities(payload) - {""}) & known]

    def _sold_elsewhere(self, module: Module, since: datetime) -> frozenset[str]:
        """Everything by which an eCommerce order of this module may name a sale."""
        found: set[str] = set()
        bounds = {
            "lineItems.catalogReference.appId": {"$hasSome": list(module.APPS)},
            "createdDate": {"$gte": iso(since - _DAY)},
        }
        for page in self._client.pages("ecom/v1/orders/search", "orders", {"search": {"filter": bounds}}):
            transactions = self._transactions([text(order, "id") for order in page])
            found.update(*(_named_by(order) for order in page), *(_paid_by(told) for told in transactions.values()))
        return frozenset(found - {""})

    # -- both ----------------------------------------------------------------------------------------------------------

    def _optional(self, what: str, ask: Callable[[], Json]) -> Json:
        """Nothing where there is none, or where the app may not read it; then it is not asked for again."""
        if what in self._unreadable:
            return {}
        try:
            return ask()
        except NotFound:
            return {}
        except _ABSENT as error:
            logger.info("%s are not readable: %s", what, error)
            self._unreadable.add(what)
            return {}

    def _fetched(self, payload: Json) -> Fetched:
        """Filed under whatever identifies it, also when it cannot be read: reading it will then say why."""
        order, module = child(payload, "order"), text(payload, "module")
        created_at = _placed(payload) or readable_moment(order, "updatedDate", "updated") or self._now()
        ref = _ref(module, payload) or _fingerprint(order)
        return Fetched(
            ref=ref,
            number=_number(module, payload) or ref,
            created_at=created_at,
            updated_at=readable_moment(order, "updatedDate", "updated") or created_at,
            payload=payload,
            is_current=ref in self._current,
        )


_ALL = {"query": {"cursorPaging": {"limit": 100}}}


def _present(module: Module, pages: Iterator[list[Json]]) -> Iterator[list[Json]]:
    try:
        yield from pages
    except WrongQuestion:
        raise  # what the module sold is unknown, and not nothing
    except _ABSENT as error:
        logger.info("%s is not installed, or not readable: %s", module.MODULE, error)


def _search(created_from: datetime, since: datetime | None, until: datetime) -> Json:
    changed = {"$lte": iso(until)} if since is None else {"$gte": iso(since), "$lte": iso(until)}
    bounds = {"createdDate": {"$gte": iso(created_from)}, "updatedDate": changed}
    return {"search": {"filter": bounds, "sort": [{"fieldName": "updatedDate", "order": "ASC"}]}}


def _is_shipped(order: Json) -> bool:
    return text(order, "fulfillmentStatus") in _TRACKED and bool(order.get("shippingInfo"))


def _has_coded_fees(order: Json) -> bool:
    try:
        return any(text(fee, "code") for fee in rows(order, "additionalFees"))
    except Malformed:
        return False  # reading the order will say why


def _is_since(payload: Json, since: datetime) -> bool:
    """Whether a sale of a module was made or changed since."""
    changed = readable_moment(child(payload, "order"), "updatedDate", "updated")
    return any(when >= since for when in (changed, _placed(payload)) if when)


def _placed(payload: Json) -> datetime | None:
    keys = ("purchasedDate", "createdDate", "created")
    return readable_moment(payload, "started") or readable_moment(child(payload, "order"), *keys)


def _ref(module: str, payload: Json) -> str:
    if not module:
        return text(child(payload, "order"), "id")
    try:
        return f"{module}:{_MODULES[module].key_of(payload)}"
    except Malformed:
        return ""


def _number(module: str, payload: Json) -> str:
    if not module:
        return text(child(payload, "order"), "number")
    try:
        return _MODULES[module].number_of(payload)
    except Malformed:
        return ""


def _named_by(order: Json) -> Iterator[str]:
    for item in rows(order, "lineItems"):
        yield text(child(item, "catalogReference"), "catalogItemId")
        yield text(child(item, "subscriptionInfo"), "id")


def _paid_by(transactions: Json) -> Iterator[str]:
    for payment in rows(transactions, "payments"):
        details = child(payment, "regularPaymentDetails")
        yield from (text(details, key) for key in ("providerTransactionId", "gatewayTransactionId", "paymentOrderId"))


def _fingerprint(order: Json) -> str:
    return "unreadable:" + hashlib.sha256(json_dumps(order).encode()).hexdigest()[:16]
