"""Batches: many calls in one request, carried out one after another; their answers are fetched with a ticket."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from werkzeug.wrappers import Response

from sandbox.ecwid.errors import ShopError, not_found
from sandbox.ecwid.values import Json
from sandbox.exact_json import dumps, loads

_MAX_CALLS = 500
_KEY_SECONDS = 3600

Carry = Callable[[Json], Response]
"""Carries out one call of a batch."""


@dataclass
class Batch:
    """`ready` is when the shop says that it is done."""

    store_id: int
    ready: float
    responses: list[Json] = field(default_factory=list)


class Batches:
    """Tickets, and the keys under which they were asked for."""

    def __init__(self) -> None:
        self._batches: dict[str, Batch] = {}
        self._keys: dict[tuple[int, str], tuple[float, str]] = {}

    def run(self, store_id: int, calls: Any, query: Any, now: float, *, seconds: float, carry: Carry) -> Json:
        """The ticket. A key that was used within the hour gets the ticket of then, and nothing is done."""
        _check(calls)
        key = store_id, query.get("deduplicationKey", "")
        if key[1] and self._keys.get(key, (0, ""))[0] > now - _KEY_SECONDS:
            return {"ticket": self._keys[key][1]}
        ticket = str(uuid.uuid4())
        stops = query.get("stopOnFirstFailure", "true") != "false"
        self._batches[ticket] = Batch(store_id, now + seconds, _carried_out(calls, carry, stops=stops))
        self._keys[key] = now, ticket
        return {"ticket": ticket}

    def state(self, store_id: int, ticket: str, now: float, *, escaped: bool) -> Json:
        batch = self._batches.get(ticket)
        if batch is None or batch.store_id != store_id:
            raise not_found("Ticket", ticket)
        total = len(batch.responses)
        if now < batch.ready:
            return {"status": "IN_PROGRESS", "totalRequests": total, "completedRequests": 0, "responses": []}
        answers = [_escaped(each) if escaped else each for each in batch.responses]
        return {"status": "COMPLETED", "totalRequests": total, "completedRequests": total, "responses": answers}


def _check(calls: Any) -> None:
    if not isinstance(calls, list) or not all(isinstance(call, dict) and "path" in call for call in calls):
        raise ShopError(400, "A batch is a list of calls, each with a path")
    if len(calls) > _MAX_CALLS:
        raise ShopError(400, f"A batch holds {_MAX_CALLS} calls at most")


def _carried_out(calls: Sequence[Json], carry: Carry, *, stops: bool) -> list[Json]:
    responses: list[Json] = []
    stopped = False
    for number, call in enumerate(calls):
        identity = {"id": str(call.get("id", number))}
        if stopped:
            responses.append({**identity, "status": "NOT_EXECUTED"})
            continue
        answer = carry(call)
        responses.append({**identity, **_shown(answer)})
        stopped = stops and answer.status_code >= 400
    return responses


def _shown(answer: Response) -> Json:
    code = answer.status_code
    return {
        "status": "FAILED" if code >= 400 else "COMPLETED",
        "httpStatusCode": code,
        "httpStatusLine": f"HTTP/1.1 {code} {HTTPStatus(code).phrase}",
        **({"httpBody": loads(answer.get_data())} if answer.get_data() else {}),
    }


def _escaped(response: Json) -> Json:
    if "httpBody" not in response:
        return response
    rest = {key: value for key, value in response.items() if key != "httpBody"}
    return {**rest, "escapedHttpBody": dumps(response["httpBody"])}
