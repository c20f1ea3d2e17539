"""The control API of the simulated shops: placing, changing and looking at what no merchant's API can."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from sandbox.ecwid import embedding, placing
from sandbox.ecwid.catalog import add_product, change_product, delete_product
from sandbox.ecwid.consent import CLIENT_SECRET
from sandbox.ecwid.errors import ShopError, not_found
from sandbox.ecwid.examples import example_order
from sandbox.ecwid.payload import order_from_cart
from sandbox.ecwid.profile import with_settings
from sandbox.ecwid.stock import change_variation, find_product, find_variation
from sandbox.ecwid.store import ShopState, StoredOrder
from sandbox.ecwid.switch_table import cart_rules
from sandbox.ecwid.values import Json, iso_timestamp
from sandbox.routing import Route, json_answer, json_body

if TYPE_CHECKING:
    from sandbox.ecwid.app import Ecwid

Action = Callable[..., Any]


class Control:
    """Every route is under /control/stores/{storeId} and answers JSON; refusals are {"error": ...}."""

    def __init__(self, system: "Ecwid") -> None:
        self._system = system

    def routes(self) -> Iterable[Route]:
        table: tuple[tuple[str, str, Action], ...] = (
            ("GET", "/orders", self._list_orders),
            ("POST", "/orders", self._place),
            ("POST", "/orders/bulk", self._place_many),
            ("PATCH", "/orders/<order>", self._patch),
            ("DELETE", "/orders/<order>", self._delete),
            ("POST", "/orders/<order>/cancel", self._cancel),
            ("POST", "/orders/<order>/refund", self._refund),
            ("POST", "/orders/<order>/status", self._set_status),
            ("POST", "/orders/<order>/edit", self._edit),
            ("POST", "/examples/<example>", self._place_example),
            ("GET", "/totals", self._totals),
            ("PATCH", "/settings", self._change_settings),
            ("PATCH", "/order_statuses", self._change_statuses),
            ("GET", "/products", self._list_products),
            ("POST", "/products", self._add_product),
            ("PATCH", "/products/<product>", self._change_product),
            ("DELETE", "/products/<product>", self._delete_product),
            ("PATCH", "/products/<product>/combinations/<variation>", self._change_variation),
            ("PUT", "/locations", self._set_locations),
            ("GET", "/customers", self._list_customers),
            ("GET", "/embedding", self._app_address),
            ("POST", "/tokens", self._add_token),
            ("POST", "/tokens/revoke", self._revoke_tokens),
        )
        for method, path, action in table:
            yield Route(method, f"/control/stores/<store>{path}", self._handler(action))

    def _handler(self, action: Action) -> Callable[..., Response]:
        def handle(request: Request, store: str, **path: str) -> Response:
            try:
                return json_answer(action(self._shop(store), request, **path))
            except ShopError as error:
                self._system.discard()
                return json_answer({"error": error.message}, error.status)

        return handle

    def _shop(self, store: str) -> ShopState:
        for shop in self._system.shops.values():
            if str(shop.id) == store:
                return shop
        raise ShopError(404, f"there is no store {store}; known are {', '.join(map(str, self._system.shops))}")

    @property
    def _now(self) -> int:
        return int(self._system.timestamp())

    # -- orders --------------------------------------------------------------------------------------------------

    def _list_orders(self, shop: ShopState, _request: Request) -> Any:
        return [order.payload for order in shop.orders.values()]

    def _place(self, shop: ShopState, request: Request) -> Json:
        """{"cart": ...} is computed, {"order": ...} stored verbatim; `leave_out` names fields not to fill in."""
        body = json_body(request)
        if "cart" in body:
            return self._place_cart(shop, body["cart"]).payload
        return placing.place_order(shop, body["order"], self._now, leave_out=body.get("leave_out", ())).payload

    def _place_cart(self, shop: ShopState, cart: Json) -> StoredOrder:
        order = order_from_cart(cart, shop, cart_rules(self._system.switches))
        if cart.get("created"):
            order["createTimestamp"] = iso_timestamp(cart["created"])
        if cart.get("order_id"):
            order["id"] = cart["order_id"]
        latest = max(self._now, int(order.get("createTimestamp", 0)))
        return placing.place_order(shop, order, self._now, updated=latest, leave_out=cart.get("leave_out", ()))

    def _place_many(self, shop: ShopState, request: Request) -> Json:
        placed = [self._place_cart(shop, cart) for cart in json_body(request)["carts"]]
        sums = placing.totals(placed)
        return {
            "orders": sums["orders"],
            "sum_total": sums["sum_total"],
            "ids": [order.payload["id"] for order in placed],
        }

    def _place_example(self, shop: ShopState, _request: Request, example: str) -> Json:
        return placing.place_order(shop, example_order(example, shop), self._now).payload

    def _patch(self, shop: ShopState, request: Request, order: str) -> Json:
        """Verbatim; the date of change moves too unless `?bump=false`."""
        bump = request.args.get("bump") != "false"
        changes = json_body(request)
        return placing.write_order(shop, _found(shop, order), changes, self._now, restock=False, bump=bump).payload

    def _cancel(self, shop: ShopState, request: Request, order: str) -> Json:
        """{"refund": true}: the payment gateway gives the money back by itself."""
        return placing.cancel_order(shop, _found(shop, order), json_body(request), self._now).payload

    def _refund(self, shop: ShopState, request: Request, order: str) -> Json:
        return placing.refund_order(shop, _found(shop, order), json_body(request), self._now).payload

    def _set_status(self, shop: ShopState, request: Request, order: str) -> Json:
        """By hand, as in the admin: no money moves."""
        found, statuses = _found(shop, order), json_body(request)
        return placing.update_order(shop, found, statuses, self._now, self._system.switches).payload

    def _edit(self, shop: ShopState, request: Request, order: str) -> Json:
        """{"cart": ...}: the order becomes that cart, with the lines' old taxes."""
        recomputed = order_from_cart(json_body(request)["cart"], shop, cart_rules(self._system.switches))
        return placing.edit_order(shop, _found(shop, order), recomputed, self._now).payload

    def _delete(self, shop: ShopState, _request: Request, order: str) -> Json:
        placing.delete_order(shop, _found(shop, order), self._now, restock=self._system.switches["restock_on_delete"])
        return {"ok": True}

    def _totals(self, shop: ShopState, _request: Request) -> Json:
        return placing.totals(shop.orders.values())

    # -- the shop ------------------------------------------------------------------------------------------------

    def _change_settings(self, shop: ShopState, request: Request) -> Json:
        shop.profile = with_settings(shop.profile, json_body(request))
        shop.remember()
        shop.tell("profile.updated", shop.id, {})
        return shop.profile

    def _change_statuses(self, shop: ShopState, request: Request) -> Any:
        """{"CUSTOM_PAYMENT_STATUS_2": {"name": "On account", "enabled": true}}"""
        changes = json_body(request)
        shop.statuses = [{**status, **changes.get(status["statusId"], {})} for status in shop.statuses]
        shop.remember()
        return shop.statuses

    def _list_products(self, shop: ShopState, _request: Request) -> Any:
        return list(shop.products.values())

    def _add_product(self, shop: ShopState, request: Request) -> Json:
        unique = self._system.switches["unique_skus"]
        return add_product(shop, json_body(request), self._now, unique_skus=unique)

    def _change_product(self, shop: ShopState, request: Request, product: str) -> Json:
        """As the merchant does by hand, stock included."""
        return change_product(shop, find_product(shop, product), json_body(request), self._now)

    def _delete_product(self, shop: ShopState, _request: Request, product: str) -> Json:
        delete_product(shop, find_product(shop, product), self._now)
        return {"ok": True}

    def _change_variation(self, shop: ShopState, request: Request, product: str, variation: str) -> Json:
        changes, found = json_body(request), find_product(shop, product)
        old = find_variation(found, variation)
        return change_variation(shop, found, old, lambda stocked: {**stocked, **changes}, self._now)

    def _set_locations(self, shop: ShopState, request: Request) -> Json:
        """{"locations": ["shop", "warehouse"]}: stock lies in several places, all of it in the first for now."""
        shop.locations = list(json_body(request)["locations"])
        shop.remember()
        for product in list(shop.products.values()):
            shop.put_product(product, self._now)
        return {"ok": True}

    def _list_customers(self, shop: ShopState, _request: Request) -> Any:
        return list(shop.customers.values())

    def _app_address(self, shop: ShopState, request: Request) -> Json:
        """Where the shop's admin opens the app at ?app_url=; `mode` is default or enhanced."""
        asked = request.args
        token, state = asked.get("token") or next(iter(shop.tokens)), asked.get("app_state", "")
        content = embedding.payload(
            shop.id,
            token,
            lang=asked.get("lang", shop.profile["languages"]["defaultLanguage"]),
            view_mode=asked.get("view_mode", "PAGE"),
            app_state=state,
        )
        if asked.get("mode") == "enhanced":
            return {"url": embedding.in_query(asked["app_url"], content, CLIENT_SECRET, state)}
        return {"url": embedding.in_fragment(asked["app_url"], content)}

    def _add_token(self, shop: ShopState, request: Request) -> Json:
        """{"token": ..., "scopes": "read_orders ..."}"""
        body = json_body(request)
        shop.tokens[body["token"]] = body["scopes"].split()
        shop.remember()
        return {"ok": True}

    def _revoke_tokens(self, shop: ShopState, request: Request) -> Json:
        """{"token": ...} ends that one; without it all end, as when the merchant uninstalls the app."""
        token = json_body(request).get("token")
        if token is None:
            shop.tell("application.uninstalled", str(shop.id), {})
        for gone in [token] if token else list(shop.tokens):
            shop.tokens.pop(gone, None)
        shop.remember()
        return {"ok": True}


def _found(shop: ShopState, reference: str) -> StoredOrder:
    order = shop.find_order(reference)
    if order is None:
        raise not_found("Order", reference)
    return order
