"""The simulated Wix as one system: its sites, its API, its installer and dashboard pages."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from sandbox.exact_json import loads
from sandbox.routing import Route, json_answer
from sandbox.serving import System
from sandbox.webhooks import Event, Message
from sandbox.wix import (
    bookings,
    catalog_v1,
    catalog_v3,
    events,
    installing,
    inventory_v1,
    inventory_v3,
    orders,
    plans,
    restaurants,
    site_api,
    tickets,
    transactions,
)
from sandbox.wix.access import Gate, too_many
from sandbox.wix.calls import Call, Endpoint
from sandbox.wix.catalog import seed_goods
from sandbox.wix.control import Control
from sandbox.wix.demo import place_demo_orders
from sandbox.wix.errors import WixError, invalid, system
from sandbox.wix.placing import Desk
from sandbox.wix.signing import Keys
from sandbox.wix.sites import new_site, seed_sites
from sandbox.wix.store import ROWS, SiteState
from sandbox.wix.switch_table import SWITCHES
from sandbox.wix.values import Json, WrongValueError, new_id

_GOODS_AGE_SECONDS = 90 * 86400
_ENDPOINTS: tuple[Endpoint, ...] = (
    *orders.ENDPOINTS,
    *transactions.ENDPOINTS,
    *site_api.ENDPOINTS,
    *bookings.ENDPOINTS,
    *tickets.ENDPOINTS,
    *plans.ENDPOINTS,
    *restaurants.ENDPOINTS,
    *catalog_v1.ENDPOINTS,
    *catalog_v3.ENDPOINTS,
    *inventory_v1.ENDPOINTS,
    *inventory_v3.ENDPOINTS,
)


class Wix(System):
    """Seed options: `demo_orders` (how many on the demo site)."""

    name = "wix"
    switch_table = SWITCHES
    webhook_rules = events.RULES

    def __init__(self, state: Path | None = None, **options: Any) -> None:
        self.sites: dict[str, SiteState] = {}
        self.keys = Keys()
        self.codes: Json = {}
        super().__init__(state, **options)

    # -- state ---------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        self.teller = events.Teller(self._note_event, self.timestamp, lambda: str(self.switches["event_bodies"]))

    def seed(self, options: Mapping[str, Any]) -> None:
        """The key pair outlives a reset, because whoever listens has its public half."""
        self.gate = Gate(self.switches)
        self.codes = {}
        self.sites = {}
        for settings in seed_sites():
            self.add_site(settings)
        self.remember_access()
        if options.get("demo_orders"):
            place_demo_orders(self.site("fern"), int(options["demo_orders"]), self.timestamp(), self.switches)

    def add_site(self, settings: Json) -> SiteState:
        """`goods` are rows of the catalogue."""
        goods = settings.get("goods", ())
        site = self._state({key: value for key, value in settings.items() if key != "goods"})
        site.change({})
        seed_goods(site, goods, self.timestamp() - _GOODS_AGE_SECONDS)
        return site

    def new_site(self, key: str, given: Json) -> SiteState:
        if any(site.settings["key"] == key for site in self.sites.values()):
            msg = f"there is a site {key} already"
            raise ValueError(msg)
        return self.add_site(new_site(key, given))

    def _state(self, settings: Json) -> SiteState:
        def tell(name: str, entity_id: str, content: Json) -> None:
            if self.webhooks.listened_to:
                self.teller.tell(self.sites[settings["siteId"]], name, entity_id, content)

        site = SiteState(settings, self.documents, tell)
        self.sites[site.id] = site
        return site

    def remember_access(self) -> None:
        """To be called after a change of keys or tokens."""
        self.documents.put("access", "keys", self.gate.keys)
        self.documents.put("access", "tokens", self.gate.tokens)
        self.documents.put("access", "private_pem", self.keys.private_pem)

    def restore(self, documents: Iterable[tuple[str, str, Any]]) -> None:
        self.gate = Gate(self.switches)
        for kind, key, value in list(documents):
            if kind == "site":
                self._state(value)
            elif kind in ROWS:
                site_id, _, row = key.partition("/")
                self.sites[site_id].take(kind, row, value, 0)
            elif key == "private_pem":
                self.keys = Keys(value)
            elif kind == "access":
                setattr(self.gate, key, value)
        self.documents.discard()

    def site(self, name: str) -> SiteState:
        """By key, site id or instance id. Raises LookupError."""
        for site in self.sites.values():
            if name in {site.settings["key"], site.id, site.instance_id}:
                return site
        known = ", ".join(site.settings["key"] for site in self.sites.values())
        msg = f"there is no site {name}; known are {known}"
        raise LookupError(msg)

    def desk(self, site: SiteState) -> Desk:
        site.mixed_scale = bool(self.switches["mixed_scale"])
        desk = Desk(site, self.timestamp(), self.switches)
        desk.follow_due()
        return desk

    # -- webhooks ------------------------------------------------------------------------------------------------

    def _note_event(self, event: Json) -> None:
        self.webhooks.note(event)

    def webhook_messages(self, told: list[Event], signature: str) -> Iterable[Message]:
        return [events.message(event, self.keys, signature, self.timestamp()) for event in told]

    def webhook_event(self, given: Mapping[str, Any]) -> Event:
        """{"site", "eventType", "data"} and, to be somebody else's, "instanceId"."""
        return events.completed(given, self.site(str(given.get("site", ""))))

    # -- routes --------------------------------------------------------------------------------------------------

    def routes(self) -> Iterable[Route]:
        yield from Control(self).routes()
        yield Route("POST", "/oauth2/token", self._issue_token)
        yield Route("POST", "/oauth2/token-info", self._token_info)
        yield Route("POST", "/oauth/access", self._legacy_access)
        yield Route("GET", "/app-installer", self._installer_page)
        yield Route("POST", "/app-installer", self._installer_decision)
        yield Route("GET", "/installer/install", self._legacy_consent)
        yield Route("GET", "/installer/close-window", self._close_window)
        yield Route("GET", "/dashboard/<site>", self._dashboard)
        for endpoint in _ENDPOINTS:
            yield Route(endpoint.method, endpoint.path, self._handler(endpoint))

    def _handler(self, endpoint: Endpoint) -> Callable[..., Response]:
        def handle(request: Request, **path: str) -> Response:
            try:
                site, app_id = self.gate.admit(request, self.sites, self.timestamp())
                self.gate.check(site, endpoint.permission, endpoint.module)
                self.desk(site)
                body = _json_of(request) if endpoint.method in {"POST", "PATCH"} else {}
                call = Call(site, app_id, request.args, body, self.timestamp(), self.switches)
                return json_answer(endpoint.answer(call, **path))
            except WixError as error:
                return self._refused_work(error)
            except WrongValueError as error:
                return self._refused_work(invalid("body", str(error), "FORMAT"))

        return handle

    # -- access --------------------------------------------------------------------------------------------------

    def _issue_token(self, request: Request) -> Response:
        try:
            body = _json_of(request)
            _, _, answer = installing.client_credentials(body, self.sites.values(), self.gate, self.timestamp())
        except installing.RefusedError as error:
            return json_answer(installing.refused_body(self.switches["token_error_body"], str(error)), 400)
        self.remember_access()
        return json_answer(answer)

    def _token_info(self, request: Request) -> Response:
        text = str(_json_of(request).get("token", ""))
        now = self.timestamp()
        return json_answer(installing.token_info(text, self.sites.values(), self.gate, self.keys, now))

    def _legacy_access(self, request: Request) -> Response:
        try:
            body, now = _json_of(request), self.timestamp()
            answer = installing.legacy_exchange(body, self.sites.values(), self.gate, self.codes, now)
        except installing.RefusedError as error:
            return json_answer(installing.refused_body(self.switches["token_error_body"], str(error)), 400)
        self.remember_access()
        return json_answer(answer)

    def _installer_page(self, request: Request) -> Response:
        return installing.installer_page(request, self.sites.values())

    def _installer_decision(self, request: Request) -> Response:
        form = request.form
        problem = installing.problem_with(form)
        if problem:
            return self.error_answer(400, problem)
        if form.get("decision") != "allow":
            return installing.denied_page()
        site = self.site(form.get("site", ""))
        self.install(site)
        return installing.back_to_app(form["postInstallationUrl"], site, self.instance_text(site))

    def install(self, site: SiteState) -> None:
        """Again or for the first time: the instance stays the same."""
        site.change({"installed": True})
        site.tell("installed", site.id, {})

    def uninstall(self, site: SiteState) -> None:
        site.tell("removed", site.id, {})
        site.change({"installed": False})
        for token, grant in list(self.gate.tokens.items()):
            if grant["instanceId"] == site.instance_id:
                del self.gate.tokens[token]
        self.remember_access()

    def instance_text(self, site: SiteState) -> str:
        return installing.instance_text(site, self.switches, self.keys, self.timestamp())

    def _legacy_consent(self, request: Request) -> Response:
        site = self.site(request.args.get("token", ""))
        self.install(site)
        return installing.legacy_consent(request.args, site, self.codes, self.timestamp())

    def _close_window(self, _request: Request) -> Response:
        return json_answer({})

    def _dashboard(self, request: Request, site: str) -> Response:
        """?app_url= is the app's own page."""
        found = self.site(site)
        return installing.dashboard_page(request.args.get("app_url", ""), found, self.instance_text(found))

    # -- answers -------------------------------------------------------------------------------------------------

    def _refused_work(self, error: WixError) -> Response:
        """Called while the lock is held, unlike the hooks below: faults answer without it."""
        self.discard()
        if error.status == 429:
            self.counts["throttled"] += 1
            return self._throttled(error)
        return self._refusal(error)

    def _refusal(self, error: WixError) -> Response:
        return json_answer(error.body, error.status, error.headers)

    def _throttled(self, error: WixError) -> Response:
        if self.switches["throttle_body"] == "text":
            return Response("Too Many Requests", 429, error.headers, content_type="text/plain")
        return self._refusal(error)

    def error_answer(self, status: int, message: str) -> Response:
        return self._refusal(system(status, message))

    def throttled_answer(self) -> Response:
        return self._throttled(too_many(self.switches, 1))

    def expired_token_answer(self) -> Response:
        return self._refusal(system(401))

    def finish(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - the base class names both
        response.headers["X-Wix-Request-Id"] = new_id()
        return response


def _json_of(request: Request) -> Json:
    try:
        body = loads(request.get_data() or "{}")
    except ValueError:
        raise system(400, "the body is no JSON") from None
    if not isinstance(body, dict):
        raise system(400, "the body must be a JSON object")
    return body
