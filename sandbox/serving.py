"""What both simulated systems share: routes, state, switches, faults, counters, a clock and the control API.

A system subclasses `System`: it names its `switch_table`, adds `routes()`, and implements the hooks below. One lock
is held while a handler works, and what it remembered reaches the disk before the answer goes out.
"""

import re
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wrappers import Request, Response

from sandbox.documents import Documents
from sandbox.exact_json import dumps, loads
from sandbox.faults import AnswerLostError, Fault, Faults
from sandbox.pages import html_page
from sandbox.switches import Switch, Switches
from sandbox.webhooks import Event, Message, Rules, Webhooks

__all__ = ["Handler", "Route", "Switch", "System", "json_answer", "json_body", "loads"]

_JSON = "application/json"
Handler = Callable[..., Response]

_BROKEN_PROXY = "<p>The server received an invalid response from an upstream server.</p>"
_CALLS_KEPT = 10_000
_ACCOUNT_PREFIX = re.compile(r"^.*<(realm|store)>")


@dataclass(frozen=True)
class Route:
    """`pattern` is a werkzeug rule; the handler gets (request, **variables of the pattern)."""

    method: str
    pattern: str
    handler: Handler
    locked: bool = True
    """Whether the system's lock is held meanwhile. Without it the handler may wait for others."""

    @property
    def label(self) -> str:
        """The route without its company or store id, as the counters show it: "POST /batch"."""
        return f"{self.method} {_ACCOUNT_PREFIX.sub('', self.pattern) or '/'}"


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Decimals become exact JSON numbers."""
    return Response(dumps(value), status, dict(headers or {}), content_type=_JSON)


def json_body(request: Request) -> dict[str, Any]:
    """The request's JSON object, {} when there is no body. Raises TypeError or ValueError for anything else."""
    text = request.get_data()
    value = loads(text) if text.strip() else {}
    if not isinstance(value, dict):
        msg = "the body must be a JSON object"
        raise TypeError(msg)
    return value


@cache
def _url_map(shapes: tuple[tuple[str, str], ...]) -> MapAdapter:
    """Matches to positions in `shapes`. Compiling the rules is most of a system's start, hence done once."""
    rules = [
        Rule(pattern, endpoint=index, methods=[method], strict_slashes=False)
        for index, (method, pattern) in enumerate(shapes)
    ]
    return Map(rules, merge_slashes=False).bind("sandbox")


class System:
    """A WSGI app. `state` is the folder that survives restarts (None: memory only)."""

    name: ClassVar[str]
    switch_table: ClassVar[Sequence[Switch]] = ()
    webhook_rules: ClassVar[Rules]

    def __init__(
        self,
        state: Path | None = None,
        *,
        clock: Callable[[], float] = time.time,
        seed_options: Mapping[str, Any] | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.switches = Switches(self.switch_table)
        self.faults = Faults()
        self.counts: Counter[str] = Counter()
        self.route_counts: Counter[str] = Counter()
        self.calls: deque[dict[str, Any]] = deque(maxlen=_CALLS_KEPT)
        self.documents = Documents(state, self.name)
        self.webhooks = Webhooks(self.webhook_rules, self.webhook_messages, self.timestamp)
        self.clock_offset = 0.0
        self._clock = clock
        self.prepare()
        self._routes = list(self.routes())
        self._map = _url_map(tuple((route.method, route.pattern) for route in self._routes))
        self._start(dict(seed_options or {}))

    # -- hooks of a system ---------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make the parts of the system, empty; called once, before `routes`, `seed` and `restore`."""

    def seed(self, options: Mapping[str, Any]) -> None:
        """Fill the empty state; called at the first start and at a reset, which has forgotten everything."""
        raise NotImplementedError

    def restore(self, documents: Iterable[tuple[str, str, Any]]) -> None:
        """Take back what `self.documents.put(kind, key, value)` remembered before a restart."""
        raise NotImplementedError

    def webhook_messages(self, events: list[Event], signature: str) -> Iterable[Message]:
        """The messages that tell the app of what one request did."""
        raise NotImplementedError

    def webhook_event(self, given: Mapping[str, Any]) -> Event:
        """The event that the control API describes, completed. Raises LookupError or ValueError."""
        raise NotImplementedError

    def error_answer(self, status: int, message: str) -> Response:
        """An error in the system's own form."""
        raise NotImplementedError

    def throttled_answer(self) -> Response:
        raise NotImplementedError

    def expired_token_answer(self) -> Response:
        raise NotImplementedError

    def unknown_route_answer(self, request: Request) -> Response:
        return self.error_answer(404, f"{request.method} {request.path} is not known")

    def finish(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - for subclasses
        """Last touch on every answer outside the control API, for headers that are always there."""
        return response

    def request_id(self, request: Request) -> str | None:
        """What the list of calls shows as the request's own id."""
        return request.args.get("requestid")

    def routes(self) -> Iterable[Route]:
        """The routes of the system; a subclass yields its own after `yield from super().routes()`."""
        yield Route("GET", "/control/health", self._health)
        yield Route("POST", "/control/reset", self._reset)
        yield Route("GET", "/control/switches", self._show_switches)
        yield Route("PATCH", "/control/switches", self._change_switches)
        yield Route("GET", "/control/faults", self._show_faults)
        yield Route("POST", "/control/faults", self._add_fault)
        yield Route("DELETE", "/control/faults", self._clear_faults)
        yield Route("GET", "/control/counters", self._show_counters)
        yield Route("POST", "/control/counters/reset", self._reset_counters)
        yield Route("GET", "/control/calls", self._show_calls)
        yield Route("POST", "/control/clock", self._shift_clock)
        yield Route("GET", "/control/webhooks", self._show_webhooks)
        yield Route("PATCH", "/control/webhooks", self._change_webhooks)
        yield Route("POST", "/control/webhooks/events", self._tell_event)
        yield Route("POST", "/control/webhooks/deliver", self._deliver_webhooks, locked=False)
        yield Route("GET", "/control/webhooks/deliveries", self._show_deliveries)
        yield Route("DELETE", "/control/webhooks/deliveries", self._clear_deliveries)
        yield Route("POST", "/control/webhooks/deliveries/<int:number>/repeat", self._repeat_delivery)

    # -- time ----------------------------------------------------------------------------------------------------

    def timestamp(self) -> float:
        """Seconds since 1970 on the system's own clock."""
        return self._clock() + self.clock_offset

    def now(self) -> datetime:
        """The system's own time, in UTC."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    # -- one request ---------------------------------------------------------------------------------------------

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """WSGI entry. Raises AnswerLostError where the connection is to be closed without an answer."""
        return self.respond(Request(environ))(environ, start_response)

    def respond(self, request: Request) -> Response:
        route, arguments = self._match(request)
        if request.path.startswith("/control"):
            return self._answer_control(request, route, arguments)
        call = self._note(request, route)
        fault = self.faults.take(request.method, request.path)
        response = self.finish(request, self._answer_with(fault, request, route, arguments))
        call["status"] = response.status_code
        return response

    def _match(self, request: Request) -> tuple[Route | None, Mapping[str, Any]]:
        try:
            index, arguments = self._map.match(request.path, request.method)
        except HTTPException:
            return None, {}
        return self._routes[index], arguments

    def _note(self, request: Request, route: Route | None) -> dict[str, Any]:
        with self.lock:
            self.counts["requests"] += 1
            self.route_counts[route.label if route else f"{request.method} (unknown)"] += 1
            call = {
                "n": self.counts["requests"],
                "method": request.method,
                "path": request.path,
                "query": request.query_string.decode(),
                "status": 0,  # stays 0 when the answer is lost
                "request_id": self.request_id(request),
            }
            self.calls.append(call)
        return call

    def _answer_with(
        self, fault: Fault | None, request: Request, route: Route | None, arguments: Mapping[str, Any]
    ) -> Response:
        if fault is None:
            return self._work(request, route, arguments)
        instead = self._answer_instead(fault)
        if instead is not None:
            instead.headers.update(fault.headers)
            return instead
        if fault.kind == "delay":
            self.faults.wait(fault.seconds)
        return self._spoil(fault, self._work(request, route, arguments))

    def _answer_instead(self, fault: Fault) -> Response | None:
        """The answer of faults that keep the work from being done; None for the others."""
        if fault.kind == "drop_before":
            msg = "connection closed before the work"
            raise AnswerLostError(msg)
        if fault.kind == "throttle":
            with self.lock:
                self.counts["throttled"] += 1
        answers: dict[str, Callable[[], Response]] = {
            "status": lambda: self._status_fault(fault),
            "html": lambda: html_page("Bad gateway", fault.body or _BROKEN_PROXY, fault.status),
            "text": lambda: Response(fault.body or "upstream failure", fault.status, content_type="text/plain"),
            "empty": lambda: Response("", fault.status),
            "throttle": self.throttled_answer,
            "expire_token": self.expired_token_answer,
        }
        make = answers.get(fault.kind)
        return make() if make else None

    def _status_fault(self, fault: Fault) -> Response:
        if fault.body is not None:
            return Response(fault.body, fault.status, content_type=_JSON)
        return self.error_answer(fault.status, "ordered by the control API")

    def _spoil(self, fault: Fault, response: Response) -> Response:
        if fault.kind == "drop_after":
            msg = "connection closed after the work"
            raise AnswerLostError(msg)
        if fault.kind == "hang":
            self.faults.wait(fault.seconds)
        if fault.kind == "truncated":
            whole = response.get_data()
            response.set_data(whole[: len(whole) // 2])
        response.headers.update(fault.headers)
        return response

    def _work(self, request: Request, route: Route | None, arguments: Mapping[str, Any]) -> Response:
        with self.lock:
            try:
                response = route.handler(request, **arguments) if route else self.unknown_route_answer(request)
            except HTTPException as error:
                self.discard()
                return self.error_answer(error.code or 500, error.description or "")
            except Exception:
                self.discard()
                raise
            self.commit()
        return response

    def commit(self) -> None:
        """What a request did becomes lasting and is told."""
        self.documents.commit()
        self.webhooks.commit()

    def discard(self) -> None:
        """What a request did not finish is neither remembered nor told."""
        self.documents.discard()
        self.webhooks.discard()

    # -- state ---------------------------------------------------------------------------------------------------

    def _start(self, seed_options: dict[str, Any]) -> None:
        with self.lock:
            remembered = list(self.documents.load())
            own = {key: value for kind, key, value in remembered if kind == "system"}
            if not own:
                self._seed_all(seed_options)
                return
            self.switches.change(own["switches"])
            self.clock_offset = float(own["clock"])
            self.restore(document for document in remembered if document[0] != "system")

    def _seed_all(self, options: Mapping[str, Any]) -> None:
        self.documents.clear()
        self.switches.reset()
        self.clock_offset = 0.0
        self._remember_settings()
        self.seed(options)
        self.documents.commit()

    def _remember_settings(self) -> None:
        self.documents.put("system", "switches", self.switches.changed)
        self.documents.put("system", "clock", str(self.clock_offset))

    # -- control API ---------------------------------------------------------------------------------------------

    def _answer_control(self, request: Request, route: Route | None, arguments: Mapping[str, Any]) -> Response:
        if route is None:
            return json_answer({"error": f"no control route {request.method} {request.path}"}, 404)
        try:
            if not route.locked:
                return route.handler(request, **arguments)
            with self.lock:
                try:
                    response = route.handler(request, **arguments)
                except Exception:
                    self.discard()
                    raise
                self.commit()
        except HTTPException as error:
            return json_answer({"error": error.description}, error.code or 500)
        except (ValueError, TypeError, LookupError, re.error) as error:
            return json_answer({"error": str(error)}, 400)
        return response

    def _health(self, _request: Request) -> Response:
        return json_answer({"ok": True})

    def _reset(self, request: Request) -> Response:
        options = json_body(request)
        self.faults.clear()
        self.webhooks.reset()
        self._forget_counts()
        self._seed_all(options)
        return json_answer({"ok": True})

    def _show_switches(self, request: Request) -> Response:
        if request.args.get("explain"):
            return json_answer({switch.name: switch.says for switch in self.switch_table})
        return json_answer(self.switches.as_dict())

    def _change_switches(self, request: Request) -> Response:
        self.switches.change(json_body(request))
        self._remember_settings()
        return json_answer(self.switches.as_dict())

    def _show_faults(self, _request: Request) -> Response:
        return json_answer(self.faults.as_list())

    def _add_fault(self, request: Request) -> Response:
        return json_answer({"id": self.faults.add(json_body(request))})

    def _clear_faults(self, _request: Request) -> Response:
        self.faults.clear()
        return json_answer({"ok": True})

    def _show_counters(self, _request: Request) -> Response:
        names = ("requests", "batch_items", "throttled")
        return json_answer({**{name: self.counts[name] for name in names}, "by_route": dict(self.route_counts)})

    def _reset_counters(self, _request: Request) -> Response:
        self._forget_counts()
        return json_answer({"ok": True})

    def _forget_counts(self) -> None:
        self.counts.clear()
        self.route_counts.clear()
        self.calls.clear()

    def _show_calls(self, request: Request) -> Response:
        limit = request.args.get("limit", default=100, type=int)
        return json_answer(list(self.calls)[-limit:] if limit > 0 else [])

    def _shift_clock(self, request: Request) -> Response:
        self.clock_offset = float(json_body(request)["offset_seconds"])
        self._remember_settings()
        return json_answer({"now": self.now().isoformat()})

    def _show_webhooks(self, _request: Request) -> Response:
        return json_answer(asdict(self.webhooks.settings))

    def _change_webhooks(self, request: Request) -> Response:
        self.webhooks.change(json_body(request))
        return self._show_webhooks(request)

    def _tell_event(self, request: Request) -> Response:
        """An event that the test makes up; {"events": [...]} for several that belong together."""
        body = json_body(request)
        for given in body.get("events", [body]):
            self.webhooks.note(self.webhook_event(given))
        return json_answer({"ok": True})

    def _deliver_webhooks(self, request: Request) -> Response:
        """{"all": true}: also what is not due yet."""
        return json_answer({"sent": self.webhooks.deliver(all_of_them=bool(json_body(request).get("all")))})

    def _show_deliveries(self, _request: Request) -> Response:
        return json_answer(self.webhooks.log())

    def _clear_deliveries(self, _request: Request) -> Response:
        self.webhooks.clear_log()
        return json_answer({"ok": True})

    def _repeat_delivery(self, _request: Request, number: int) -> Response:
        self.webhooks.repeat(number)
        return json_answer({"ok": True})
