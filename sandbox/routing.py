"""Routes of a simulated system, and JSON in and out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wrappers import Request, Response

from sandbox.exact_json import dumps, loads

JSON = "application/json"
Handler = Callable[..., Response]

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
    return Response(dumps(value), status, dict(headers or {}), content_type=JSON)


def json_body(request: Request) -> dict[str, Any]:
    """The request's JSON object, {} when there is no body. Raises TypeError or ValueError for anything else."""
    text = request.get_data()
    value = loads(text) if text.strip() else {}
    if not isinstance(value, dict):
        msg = "the body must be a JSON object"
        raise TypeError(msg)
    return value


@cache
def url_map(shapes: tuple[tuple[str, str], ...]) -> MapAdapter:
    """Matches to positions in `shapes`. Compiling the rules is most of a system's start, hence done once."""
    rules = [
        Rule(pattern, endpoint=index, methods=[method], strict_slashes=False)
        for index, (method, pattern) in enumerate(shapes)
    ]
    return Map(rules, merge_slashes=False).bind("sandbox")
