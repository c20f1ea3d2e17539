"""The simulated Ecwid as one system: its shops, its API under /api/v3, its OAuth pages."""

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from sandbox.ecwid import catalog, consent, customers, events, orders, storefront
from sandbox.ecwid.access import DEFAULT_SCOPES, IN_BATCH, Gate, too_many
from sandbox.ecwid.batches import Batches
from sandbox.ecwid.calls import Call, Endpoint
from sandbox.ecwid.catalog_seed import seed_products
from sandbox.ecwid.control import Control
from sandbox.ecwid.demo import DEMO_STORES, place_demo_orders
from sandbox.ecwid.errors import ShopError
from sandbox.ecwid.profile import build_order_statuses, build_profile
from sandbox.ecwid.search import trimmed
from sandbox.ecwid.shops import SHOPS, ShopSpec
from sandbox.ecwid.store import ShopState, StoredOrder
from sandbox.ecwid.switch_table import SWITCHES
from sandbox.ecwid.values import Json, WrongParameterError
from sandbox.exact_json import dumps, loads
from sandbox.routing import Route, json_answer
from sandbox.serving import System
from sandbox.webhooks import Event, Message

_API = "/api/v3/<store>"
_JSON_TYPES = {"application/json", "text/json"}
_PRODUCTS_AGE_SECONDS = 90 * 86400
_ENDPOINTS: tuple[Endpoint, ...] = (*storefront.ENDPOINTS, *orders.ENDPOINTS, *catalog.ENDPOINTS, *customers.ENDPOINTS)


class Ecwid(System):
    """Seed options: `demo_orders` (how many per demo shop), `demo_seed`."""

    name = "ecwid"
    switch_table = SWITCHES
    webhook_rules = events.RULES

    def __init__(self, state: Path | None = None, **options: Any) -> None:
        self.shops: dict[int, ShopState] = {}
        self.grants: dict[str, Json] = {}
        super().__init__(state, **options)

    # -- state ---------------------------------------------------------------------------------------------------

    def seed(self, options: Mapping[str, Any]) -> None:
        self.grants = {}
        self.gate = Gate(self.switches)
        self.batches = Batches()
        self.shops = {spec.id: self._new_shop(spec) for spec in SHOPS}
        for store_id in DEMO_STORES if options.get("demo_orders") else ():
            place_demo_orders(
                self.shops[store_id], int(options["demo_orders"]), self.now(), int(options.get("demo_seed", 20))
            )

    def _new_shop(self, spec: ShopSpec) -> ShopState:
        profile = build_profile(spec, f"https://store{spec.id}.example")
        shop = ShopState(spec.id, profile, build_order_statuses(spec), self.documents, self._teller(spec.id))
        shop.tokens[spec.token] = DEFAULT_SCOPES.split()
        shop.remember()
        timestamp = int(self.timestamp()) - _PRODUCTS_AGE_SECONDS
        for product in seed_products(spec, timestamp):
            shop.put_product(product, timestamp)
        return shop

    def restore(self, documents: Iterable[tuple[str, str, Any]]) -> None:
        self.gate = Gate(self.switches)
        self.batches = Batches()
        rows = list(documents)
        for kind, key, value in rows:
            if kind == "shop":
                self.shops[int(key)] = self._known_shop(int(key), value)
        takers: dict[str, Callable[[ShopState, Json], None]] = {
            "order": lambda shop, value: shop.put_order(StoredOrder(**value), 0),
            "product": _put_product_back,
            "deleted": lambda shop, value: shop.take_tombstone(value),
            "customer": lambda shop, value: shop.customers.update({value["id"]: value}),
            "deleted_customer": lambda shop, value: shop.deleted_customers.update({value["id"]: value}),
            "deleted_product": lambda shop, value: shop.deleted_products.update({value["id"]: value}),
        }
        for kind, key, value in rows:
            if kind in takers:
                takers[kind](self.shops[int(key.split("/")[0])], value)
            elif kind == "grant":
                self.grants[key] = value
        self.documents.discard()

    def _known_shop(self, store_id: int, value: Json) -> ShopState:
        shop = ShopState(store_id, value["profile"], value["statuses"], self.documents, self._teller(store_id))
        shop.tokens = dict(value["tokens"])
        shop.locations = list(value["locations"])
        return shop

    # -- webhooks ------------------------------------------------------------------------------------------------

    def _teller(self, store_id: int) -> events.Tell:
        def tell(event_type: str, entity_id: Any, data: Json) -> None:
            """Only stores that have the app tell it anything."""
            if self.webhooks.listened_to and self.shops[store_id].tokens:
                event = {"storeId": store_id, "eventType": event_type, "entityId": entity_id, "data": data}
                self.webhooks.note(events.complete(event, int(self.timestamp())))

        return tell

    def webhook_messages(self, told: list[Event], signature: str) -> Iterable[Message]:
        return [events.message(event, consent.CLIENT_SECRET, signature) for event in told]

    def webhook_event(self, given: Mapping[str, Any]) -> Event:
        """{"storeId", "eventType", "entityId"} and, to be somebody else's or an old one, any other field."""
        return events.complete(dict(given), int(self.timestamp()))

    # -- routes --------------------------------------------------------------------------------------------------

    def routes(self) -> Iterable[Route]:
        yield from Control(self).routes()
        yield Route("GET", "/api/oauth/authorize", self._consent_page)
        yield Route("POST", "/api/oauth/authorize", self._consent_decision)
        yield Route("GET", "/api/oauth/token", self._exchange_code)
        yield Route("POST", "/api/oauth/token", self._exchange_code)
        yield Route("POST", f"{_API}/batch", self._refusing(self._start_batch))
        yield Route("GET", f"{_API}/batch", self._refusing(self._show_batch))
        for endpoint in _ENDPOINTS:
            yield Route(endpoint.method, f"{_API}{endpoint.path}", self._handler(endpoint))

    def _handler(self, endpoint: Endpoint) -> Callable[..., Response]:
        def handle(request: Request, store: str, **path: str) -> Response:
            shop, token = self._admitted(request, store, endpoint.scopes)
            body = {} if endpoint.method in {"GET", "DELETE"} else _json_of(request)
            call = Call(shop, token, request.args, body, self.timestamp(), self.switches)
            fields = request.args.get("responseFields") if endpoint.method == "GET" else None
            return json_answer(trimmed(endpoint.answer(call, **path), fields))

        return self._refusing(handle)

    def _refusing(self, work: Callable[..., Response]) -> Callable[..., Response]:
        """The work, with its refusals as the shop's answers."""

        def handle(request: Request, **path: str) -> Response:
            try:
                return work(request, **path)
            except ShopError as error:
                return self._refused_work(error)
            except WrongParameterError as error:
                return self._refused_work(ShopError(400, str(error)))

        return handle

    def _admitted(self, request: Request, store: str, scopes: str) -> tuple[ShopState, str]:
        shop = self.shops.get(int(store)) if store.isascii() and store.isdigit() else None
        if shop is None:
            raise ShopError(404, "Store not found", "STORE_NOT_FOUND")
        return shop, self.gate.admit(request, shop, scopes, self.timestamp())

    # -- batches -------------------------------------------------------------------------------------------------

    def _start_batch(self, request: Request, store: str) -> Response:
        shop, _ = self._admitted(request, store, "")
        seconds = float(self.switches["batch_seconds"])

        def carry(call: Json) -> Response:
            answer = self._carry(request, store, call)
            self.commit()  # a later call that is refused takes nothing of this one back
            return answer

        now = self.timestamp()
        calls = _any_json_of(request)
        return json_answer(self.batches.run(shop.id, calls, request.args, now, seconds=seconds, carry=carry))

    def _carry(self, batch: Request, store: str, call: Json) -> Response:
        """One call of a batch, with the batch's own token."""
        builder = EnvironBuilder(f"/api/v3/{store}{call['path']}", method=call.get("method", "GET"))
        builder.headers["Authorization"] = batch.headers.get("Authorization", "")
        if "body" in call:
            builder.content_type = "application/json"
            builder.input_stream = BytesIO(dumps(call["body"]).encode())
        request = Request({**builder.get_environ(), "REMOTE_ADDR": batch.remote_addr or "", IN_BATCH: True})
        route, arguments = self._match(request)
        return route.handler(request, **arguments) if route else self.unknown_route_answer(request)

    def _show_batch(self, request: Request, store: str) -> Response:
        shop, _ = self._admitted(request, store, "")
        ticket, escaped = request.args.get("ticket", ""), request.args.get("escapedJson") == "true"
        return json_answer(self.batches.state(shop.id, ticket, self.timestamp(), escaped=escaped))

    # -- answers -------------------------------------------------------------------------------------------------

    def _refused_work(self, error: ShopError) -> Response:
        """Called while the lock is held, unlike the hooks below: faults answer without it."""
        self.discard()
        if error.status == 429:
            self.counts["throttled"] += 1
        return self._refusal(error)

    def _refusal(self, error: ShopError) -> Response:
        if not error.message:
            return Response("", error.status, headers=error.headers)
        body = {"errorMessage": error.message, **({"errorCode": error.code} if error.code else {})}
        return json_answer(body, error.status, error.headers)

    def error_answer(self, status: int, message: str) -> Response:
        return self._refusal(ShopError(status, message))

    def throttled_answer(self) -> Response:
        return self._refusal(too_many(self.switches, 1))

    def expired_token_answer(self) -> Response:
        return self._refusal(self.gate.forbidden())

    def unknown_route_answer(self, request: Request) -> Response:
        if self._map.allowed_methods(request.path):
            return self.error_answer(405, "Method not allowed")
        return super().unknown_route_answer(request)

    def request_id(self, request: Request) -> str | None:
        return request.headers.get("X-Ecwid-Api-Request-Id")

    # -- consent -------------------------------------------------------------------------------------------------

    def _consent_page(self, request: Request) -> Response:
        return consent.page(request, self.shops.values())

    def _consent_decision(self, request: Request) -> Response:
        form = request.form
        problem = consent.problem_with(form)
        if problem:
            return self.error_answer(400, problem)
        with_state = bool(self.switches["oauth_returns_state"])
        if form.get("decision") != "allow":
            return consent.back_to_app(form, {"error": "access_denied"}, with_state=with_state)
        code, grant = consent.new_grant(form, int(self.timestamp()))
        self.grants[code] = grant
        self.documents.put("grant", code, grant)
        return consent.back_to_app(form, {"code": code}, with_state=with_state)

    def _exchange_code(self, request: Request) -> Response:
        given = request.form if request.method == "POST" else request.args
        try:
            answer = consent.exchange(given, self.grants, self.shops, int(self.timestamp()))
        except consent.RefusedError as error:
            return json_answer({"error": str(error)}, self.switches["oauth_error_status"])
        self.documents.put("grant", given["code"], self.grants[given["code"]])
        self.shops[answer["store_id"]].tell("application.installed", str(answer["store_id"]), {})
        return json_answer(answer)


def _put_product_back(shop: ShopState, value: Json) -> None:
    shop.put_product(value, 0)


def _json_of(request: Request) -> Json:
    """The body of a write. Raises ShopError: 415 for another content type, 400 for broken JSON."""
    body = _any_json_of(request)
    if not isinstance(body, dict):
        raise ShopError(400, "Malformed JSON: the body must be a JSON object")
    return body


def _any_json_of(request: Request) -> Any:
    if request.mimetype not in _JSON_TYPES:
        raise ShopError(415, "Expected content type application/json or text/json")
    try:
        return loads(request.get_data() or "{}")
    except ValueError as error:
        raise ShopError(400, f"Malformed JSON: {error}") from None
