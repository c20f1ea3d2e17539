"""The control API that every simulated system has: what a test or the demo reads and changes without being an app."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from sandbox.routing import Route, json_answer, json_body

if TYPE_CHECKING:
    from sandbox.serving import System


class SharedControl:
    """Its calls are neither counted nor spoiled by faults."""

    def __init__(self, system: "System") -> None:
        self._system = system

    def routes(self) -> Iterable[Route]:
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

    def answer(self, request: Request, route: Route | None, arguments: Mapping[str, Any]) -> Response:
        """What a system answers below /control; `route` is None where there is nothing."""
        if route is None:
            return json_answer({"error": f"no control route {request.method} {request.path}"}, 404)
        try:
            if not route.locked:
                return route.handler(request, **arguments)
            with self._system.lock:
                try:
                    response = route.handler(request, **arguments)
                except Exception:
                    self._system.discard()
                    raise
                self._system.commit()
        except HTTPException as error:
            return json_answer({"error": error.description}, error.code or 500)
        except (ValueError, TypeError, LookupError, re.error) as error:
            return json_answer({"error": str(error)}, 400)
        return response

    def _health(self, _request: Request) -> Response:
        return json_answer({"ok": True})

    def _reset(self, request: Request) -> Response:
        self._system.reset(json_body(request))
        return json_answer({"ok": True})

    def _show_switches(self, request: Request) -> Response:
        if request.args.get("explain"):
            return json_answer({switch.name: switch.says for switch in self._system.switch_table})
        return json_answer(self._system.switches.as_dict())

    def _change_switches(self, request: Request) -> Response:
        self._system.switches.change(json_body(request))
        self._system.remember_settings()
        return json_answer(self._system.switches.as_dict())

    def _show_faults(self, _request: Request) -> Response:
        return json_answer(self._system.faults.as_list())

    def _add_fault(self, request: Request) -> Response:
        return json_answer({"id": self._system.faults.add(json_body(request))})

    def _clear_faults(self, _request: Request) -> Response:
        self._system.faults.clear()
        return json_answer({"ok": True})

    def _show_counters(self, _request: Request) -> Response:
        names = ("requests", "batch_items", "throttled")
        return json_answer(
            {**{name: self._system.counts[name] for name in names}, "by_route": dict(self._system.route_counts)}
        )

    def _reset_counters(self, _request: Request) -> Response:
        self._system.forget_counts()
        return json_answer({"ok": True})

    def _show_calls(self, request: Request) -> Response:
        limit = request.args.get("limit", default=100, type=int)
        return json_answer(list(self._system.calls)[-limit:] if limit > 0 else [])

    def _shift_clock(self, request: Request) -> Response:
        self._system.clock_offset = float(json_body(request)["offset_seconds"])
        self._system.remember_settings()
        return json_answer({"now": self._system.now().isoformat()})

    def _show_webhooks(self, _request: Request) -> Response:
        return json_answer(asdict(self._system.webhooks.settings))

    def _change_webhooks(self, request: Request) -> Response:
        self._system.webhooks.change(json_body(request))
        return self._show_webhooks(request)

    def _tell_event(self, request: Request) -> Response:
        """An event that the test makes up; {"events": [...]} for several that belong together."""
        body = json_body(request)
        for given in body.get("events", [body]):
            self._system.webhooks.note(self._system.webhook_event(given))
        return json_answer({"ok": True})

    def _deliver_webhooks(self, request: Request) -> Response:
        """{"all": true}: also what is not due yet."""
        return json_answer({"sent": self._system.webhooks.deliver(all_of_them=bool(json_body(request).get("all")))})

    def _show_deliveries(self, _request: Request) -> Response:
        return json_answer(self._system.webhooks.log())

    def _clear_deliveries(self, _request: Request) -> Response:
        self._system.webhooks.clear_log()
        return json_answer({"ok": True})

    def _repeat_delivery(self, _request: Request, number: int) -> Response:
        self._system.webhooks.repeat(number)
        return json_answer({"ok": True})
