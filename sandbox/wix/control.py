"""The control API of the simulated sites: placing, changing and looking at what no app can."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from sandbox.routing import Route, json_answer, json_body
from sandbox.wix import plans, restaurants, tickets
from sandbox.wix.access import API_KEY, APP_ID, APP_SECRET
from sandbox.wix.bookings import new_booking
from sandbox.wix.catalog import Writer, add_product, change_item, put_product, remove_product
from sandbox.wix.errors import WixError
from sandbox.wix.sites import duplicated
from sandbox.wix.store import V3, SiteState
from sandbox.wix.summing import totals_of
from sandbox.wix.values import ZERO, Json, decimal, stable_id

if TYPE_CHECKING:
    from sandbox.wix.app import Wix

Action = Callable[..., Any]


class Control:
    """Routes under /control/sites/{key, site id or instance id} answer JSON; refusals are {"error": ...}."""

    def __init__(self, system: "Wix") -> None:
        self._system = system

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/control/app", self._show_app)
        yield Route("GET", "/control/sites", self._list_sites)
        yield Route("POST", "/control/sites", self._add_site)
        yield Route("POST", "/control/api_keys", self._add_key)
        table: tuple[tuple[str, str, Action], ...] = (
            ("GET", "", self._show_site),
            ("PATCH", "", self._change_site),
            ("POST", "/duplicate", self._duplicate),
            ("POST", "/install", self._install),
            ("POST", "/uninstall", self._uninstall),
            ("POST", "/tokens/expire", self._expire_tokens),
            ("GET", "/signed_instance", self._signed_instance),
            ("GET", "/orders", self._list_orders),
            ("POST", "/orders", self._place),
            ("POST", "/orders/bulk", self._place_many),
            ("PATCH", "/orders/<order>", self._patch_order),
            ("POST", "/orders/<order>/approve", self._approve),
            ("POST", "/orders/<order>/edit", self._edit),
            ("POST", "/orders/<order>/cancel", self._cancel),
            ("POST", "/orders/<order>/fulfil", self._fulfil),
            ("POST", "/orders/<order>/pay", self._pay),
            ("PATCH", "/orders/<order>/payments/<payment>", self._change_payment),
            ("POST", "/orders/<order>/refund", self._refund),
            ("POST", "/orders/<order>/refunds/<refund>/settle", self._settle_refund),
            ("POST", "/orders/<order>/chargeback", self._chargeback),
            ("GET", "/orders/<order>/transactions", self._show_transactions),
            ("GET", "/transactions", self._list_transactions),
            ("GET", "/totals", self._totals),
            ("GET", "/products", self._list_products),
            ("POST", "/products", self._add_product),
            ("PATCH", "/products/<product>", self._change_product),
            ("DELETE", "/products/<product>", self._delete_product),
            ("GET", "/stock", self._list_stock),
            ("PATCH", "/stock/<sku>", self._change_stock),
            ("POST", "/catalog/upgrade", self._upgrade_catalog),
            ("POST", "/bookings", self._add_booking),
            ("POST", "/events/orders", self._place_event_order),
            ("PATCH", "/events/orders/<order>", self._change_event_order),
            ("POST", "/plans/orders", self._place_plan_order),
            ("PATCH", "/plans/orders/<order>", self._change_plan_order),
            ("POST", "/plans/orders/<order>/cycle", self._next_cycle),
            ("POST", "/restaurants/orders", self._place_restaurant_order),
            ("PATCH", "/restaurants/orders/<order>", self._change_restaurant_order),
        )
        for method, path, action in table:
            yield Route(method, f"/control/sites/<store>{path}", self._handler(action))

    def _handler(self, action: Action) -> Callable[..., Response]:
        def handle(request: Request, store: str, **path: str) -> Response:
            site = self._system.site(store)
            try:
                self._system.desk(site)
                return json_answer(action(site, json_body(request), **path))
            except WixError as error:
                self._system.discard()
                return json_answer({"error": str(error), **error.body}, error.status)

        return handle

    @property
    def _now(self) -> float:
        return self._system.timestamp()

    # -- the app and its sites -----------------------------------------------------------------------------------

    def _show_app(self, _request: Request) -> Response:
        self._system.remember_access()
        keys = self._system.keys
        return json_answer({"appId": APP_ID, "appSecret": APP_SECRET, "apiKey": API_KEY, "publicKey": keys.public_pem})

    def _list_sites(self, _request: Request) -> Response:
        return json_answer([site.settings for site in self._system.sites.values()])

    def _add_site(self, request: Request) -> Response:
        """{"key", and whatever is to be unlike the site harbor}"""
        given = json_body(request)
        return json_answer(self._system.new_site(given.pop("key"), given).settings)

    def _add_key(self, request: Request) -> Response:
        """{"key", "sites": [site ids]}; without sites it reaches all."""
        given = json_body(request)
        self._system.gate.keys[given["key"]] = given.get("sites")
        self._system.remember_access()
        return json_answer({"ok": True})

    def _show_site(self, site: SiteState, _body: Json) -> Json:
        return site.settings

    def _change_site(self, site: SiteState, body: Json) -> Json:
        """{"missingPermissions": ["ECOM.READ_TRANSACTIONS"], "modules": [...], "currency": ...}"""
        site.change(body)
        return site.settings

    def _duplicate(self, site: SiteState, body: Json) -> Json:
        """The copy has the app, but none of the orders."""
        copy = self._system.add_site({**duplicated(site.settings, body["key"]), "goods": ()})
        copy.tell("installed", copy.id, {})
        return copy.settings

    def _install(self, site: SiteState, _body: Json) -> Json:
        self._system.install(site)
        return site.settings

    def _uninstall(self, site: SiteState, _body: Json) -> Json:
        self._system.uninstall(site)
        return site.settings

    def _expire_tokens(self, site: SiteState, _body: Json) -> Json:
        for grant in self._system.gate.tokens.values():
            if grant["instanceId"] == site.instance_id:
                grant["expires"] = int(self._now)
        self._system.remember_access()
        return {"ok": True}

    def _signed_instance(self, site: SiteState, _body: Json) -> Json:
        return {"instance": self._system.instance_text(site)}

    # -- orders --------------------------------------------------------------------------------------------------

    def _list_orders(self, site: SiteState, _body: Json) -> Any:
        return list(site.rows("order").values())

    def _place(self, site: SiteState, body: Json) -> Json:
        """{"cart": ...} is computed; {"order": ..., "transactions": ...} is stored verbatim."""
        desk = self._system.desk(site)
        if "cart" in body:
            return desk.place(body["cart"])
        return desk.place_verbatim(body["order"], body.get("transactions"))

    def _place_many(self, site: SiteState, body: Json) -> Json:
        desk = self._system.desk(site)
        placed = [desk.place(cart) for cart in body["carts"]]
        total = sum((decimal(order["priceSummary"]["total"]) for order in placed), ZERO)
        return {"orders": len(placed), "sum_total": total, "ids": [order["id"] for order in placed]}

    def _patch_order(self, site: SiteState, body: Json, order: str) -> Json:
        """Verbatim; the date of change moves too unless {"bump": false} is among the changes."""
        desk = self._system.desk(site)
        bump = bool(body.pop("bump", True))
        return desk.change(desk.order(order), body, bump=bump)

    def _approve(self, site: SiteState, body: Json, order: str) -> Json:
        """{"payments": [...]} as in a cart."""
        desk = self._system.desk(site)
        return desk.approve(desk.order(order), body)

    def _edit(self, site: SiteState, body: Json, order: str) -> Json:
        desk = self._system.desk(site)
        return desk.edit(desk.order(order), body["cart"])

    def _cancel(self, site: SiteState, body: Json, order: str) -> Json:
        desk = self._system.desk(site)
        return desk.cancel(desk.order(order), body)

    def _fulfil(self, site: SiteState, body: Json, order: str) -> Json:
        desk = self._system.desk(site)
        return desk.fulfil(desk.order(order), body)

    # -- money ---------------------------------------------------------------------------------------------------

    def _pay(self, site: SiteState, body: Json, order: str) -> Any:
        """{"payments": [...]} as in a cart; without them a card pays what is left."""
        desk = self._system.desk(site)
        return desk.add_payments(desk.order(order), body.get("payments", [{"kind": "card"}]))

    def _change_payment(self, site: SiteState, body: Json, order: str, payment: str) -> Json:
        """{"status": "APPROVED"}; `payment` is an id or a place from 0."""
        desk = self._system.desk(site)
        return desk.set_payment(desk.order(order), _named(payment), body)

    def _refund(self, site: SiteState, body: Json, order: str) -> Json:
        """See `sandbox.wix.refunds.new_refund`; {"restock": true} puts the refunded lines back into stock,
        {"restock": [{"line", "quantity"}]} so many units of them."""
        desk = self._system.desk(site)
        return desk.refund(desk.order(order), body)

    def _settle_refund(self, site: SiteState, body: Json, order: str, refund: str) -> Json:
        """{"outcome": "SUCCEEDED" | "FAILED", "payments": [ids]}: how its open parts end."""
        desk = self._system.desk(site)
        return desk.settle_refund(desk.order(order), _named(refund), body["outcome"], body.get("payments"))

    def _chargeback(self, site: SiteState, body: Json, order: str) -> Json:
        desk = self._system.desk(site)
        return desk.chargeback(desk.order(order), body)

    def _show_transactions(self, site: SiteState, _body: Json, order: str) -> Json:
        desk = self._system.desk(site)
        return desk.transactions(desk.order(order)["id"])

    def _list_transactions(self, site: SiteState, _body: Json) -> Any:
        return list(site.rows("transactions").values())

    def _totals(self, site: SiteState, _body: Json) -> Json:
        return totals_of(site)

    # -- goods ---------------------------------------------------------------------------------------------------

    def _list_products(self, site: SiteState, _body: Json) -> Any:
        return list(site.rows("product").values())

    def _add_product(self, site: SiteState, body: Json) -> Json:
        """{"name", "quantity", "variants": [{"sku", "price", "choices"}]}; without a quantity it is not tracked."""
        return add_product(site, body, self._now)

    def _change_product(self, site: SiteState, body: Json, product: str) -> Json:
        """{"name", "visible", "variants": [...] whole}"""
        return put_product(site, {**site.rows("product")[product], **body}, self._now)

    def _delete_product(self, site: SiteState, _body: Json, product: str) -> Json:
        remove_product(site, site.rows("product")[product], self._now)
        return {"ok": True}

    def _list_stock(self, site: SiteState, _body: Json) -> Any:
        """{SKU: {"quantity", "tracked", ...}} at the default location."""
        place = site.default_location()
        items = site.rows("inventory")
        return {
            variant["sku"]: items.get(stable_id(site.id, variant["id"], place))
            for product in site.rows("product").values()
            for variant in product["variants"]
        }

    def _change_stock(self, site: SiteState, body: Json, sku: str) -> Json:
        """{"quantity": 5} or {"tracked": false, "inStock": true}, as by hand; `location` is its id."""
        place = body.pop("location", site.default_location())
        for product in site.rows("product").values():
            for variant in product["variants"]:
                if variant["sku"] == sku:
                    item = site.rows("inventory")[stable_id(site.id, variant["id"], place)]
                    return change_item(site, item, body, self._now, Writer(""))
        msg = f"nothing has the SKU {sku}"
        raise LookupError(msg)

    def _upgrade_catalog(self, site: SiteState, _body: Json) -> Json:
        """From Catalog V1 to V3, once and for ever; products and variants keep their ids."""
        site.change({"catalog": V3})
        return site.settings

    # -- modules -------------------------------------------------------------------------------------------------

    def _add_booking(self, site: SiteState, body: Json) -> Json:
        """{"service_id", "title", "course": false}: a booking that a line can refer to."""
        booking = new_booking(body)
        return site.put("booking", booking["id"], booking, self._now)

    def _place_event_order(self, site: SiteState, body: Json) -> Json:
        return tickets.place_event_order(site, body, self._now)

    def _change_event_order(self, site: SiteState, body: Json, order: str) -> Json:
        return tickets.change_event_order(site, order, body, self._now)

    def _place_plan_order(self, site: SiteState, body: Json) -> Json:
        return plans.place_plan_order(site, body, self._now)

    def _change_plan_order(self, site: SiteState, body: Json, order: str) -> Json:
        return plans.change_plan_order(site, order, body, self._now)

    def _next_cycle(self, site: SiteState, body: Json, order: str) -> Json:
        """{"paid": true}: the next cycle begins."""
        return plans.next_cycle(site, order, body, self._now)

    def _place_restaurant_order(self, site: SiteState, body: Json) -> Json:
        return restaurants.place_restaurant_order(site, body, self._now)

    def _change_restaurant_order(self, site: SiteState, body: Json, order: str) -> Json:
        return restaurants.change_restaurant_order(site, order, body, self._now)


def _named(text: str) -> Any:
    """An id, or a place from 0."""
    return int(text) if text.isdigit() else text
