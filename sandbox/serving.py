"""What the simulated systems share: state, switches, faults, counters, a clock and the answer to one request.

A system subclasses `System`: it names its `switch_table` and implements the hooks below. One lock is held while a
handler works, and what it remembered reaches the disk before the answer goes out.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from sandbox.control import SharedControl
from sandbox.documents import Documents
from sandbox.faults import AnswerLostError, Fault, Faults
from sandbox.pages import html_page
from sandbox.routing import JSON, Route, url_map
from sandbox.switches import Switch, Switches
from sandbox.webhooks import Event, Message, Rules, Webhooks

_BROKEN_PROXY = "<p>The server received an invalid response from an upstream server.</p>"
_CALLS_KEPT = 10_000


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
        self._control = SharedControl(self)
        self._routes = [*self._control.routes(), *self.routes()]
        self._map = url_map(tuple((route.method, route.pattern) for route in self._routes))
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
        """The routes of the system itself; the control API has its own."""
        raise NotImplementedError

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
            return self._control.answer(request, route, arguments)
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
            return Response(fault.body, fault.status, content_type=JSON)
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

    def reset(self, options: Mapping[str, Any]) -> None:
        """As at the first start, seeded with `options`; the webhooks' settings and orders for faults go, too."""
        self.faults.clear()
        self.webhooks.reset()
        self.forget_counts()
        self._seed_all(options)

    def _seed_all(self, options: Mapping[str, Any]) -> None:
        self.documents.clear()
        self.switches.reset()
        self.clock_offset = 0.0
        self.remember_settings()
        self.seed(options)
        self.documents.commit()

    def remember_settings(self) -> None:
        self.documents.put("system", "switches", self.switches.changed)
        self.documents.put("system", "clock", str(self.clock_offset))

    def forget_counts(self) -> None:
        self.counts.clear()
        self.route_counts.clear()
        self.calls.clear()
