"""Wix's REST APIs over HTTP: single calls, and the three ways in which lists are paged."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from integrations.errors import Malformed
from integrations.http import Answer, Call, Transport
from integrations.money import json_dumps
from integrations.retry import decide, perform
from integrations.throttle import Throttle
from integrations.values import Json, child, number, rows, text
from integrations.wix.access import POLICY, Access
from integrations.wix.faults import error_for

# Wix allows 200 calls a minute for one app on one site. In any minute these make at most 180.
REQUESTS_PER_SECOND = 2.5
BURST = 30.0

PAGE_SIZE = 100  # the most that Wix gives of orders and products


class WixClient:
    """One site. `before_call()` runs ahead of every HTTP attempt: it may wait or raise (lease)."""

    def __init__(
        self, *, api_url: str, access: Access, transport: Transport, before_call: Callable[[], None] | None = None
    ) -> None:
        self.account_id, self.site_id = access.account_id, access.site_id
        self._base = api_url.rstrip("/")
        self._access = access
        self._transport = transport
        self._throttle = Throttle(transport.clock, per_second=REQUESTS_PER_SECOND, burst=BURST)
        self._before_call = before_call

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Json:
        """Raises NotFound, ReconnectNeeded, NotAllowed, Refused, OperatorError, TemporaryError or Malformed."""
        return self._object("GET", path, params=params or {})

    def ask(self, path: str, body: Mapping[str, Any]) -> Json:
        """A read whose question is a body. Raises what `get` raises."""
        return self._object("POST", path, body=body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Json:
        """Change an object. Raises what `get` raises, and OutcomeUnknown: a write is never repeated."""
        return self._object("PATCH", path, body=body, is_write=True)

    def pages(self, path: str, items: str, body: Mapping[str, Any], *, limit: int = PAGE_SIZE) -> Iterator[list[Json]]:
        """The pages of what `body` asks for in its `search` or its `query`: beside them, it would be ignored in
        silence, and everything be answered."""
        [wrapper] = body.keys() & {"search", "query"}
        question: Mapping[str, Any] = {**body[wrapper], "cursorPaging": {"limit": limit}}
        while True:
            answer = self.ask(path, {**body, wrapper: question})
            if found := rows(answer, items):
                yield found
            cursor = _next(answer)
            if not cursor:
                return
            # A cursor knows its filter and its sort, and comes without them.
            question = {"cursorPaging": {"limit": limit, "cursor": cursor}}

    def listed(self, path: str, items: str, params: Mapping[str, str], *, limit: int) -> Iterator[list[Json]]:
        """The pages of a list that counts by offsets. They overlap by nothing: whoever reads it must not rely on its
        keeping still, but read again what may have moved. They may be shorter than was asked for: the total decides."""
        offset = 0
        while True:
            body = self.get(path, {**params, "limit": str(limit), "offset": str(offset)})
            found = rows(body, items)
            if found:
                yield found
            offset += len(found)
            total = _total(body)
            if not found or (len(found) < limit if total is None else offset >= total):
                return

    def _object(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        is_write: bool = False,
    ) -> Json:
        sent = None if body is None else json_dumps(body).encode()

        def prepare() -> Call:
            headers = {"Content-Type": "application/json", "Accept": "application/json", **self._access.headers()}
            url = f"{self._base}/{path}"
            return Call(method, url, params=params or {}, headers=headers, body=sent, is_write=is_write)

        answer, shown = self._perform(prepare), f"{method} /{path.partition('?')[0]}"
        if not answer.ok:
            raise error_for(answer, shown)
        if not isinstance(answer.json, dict):
            raise Malformed(f"{shown} did not answer an object", answer.status, trace=answer.trace)
        return answer.json

    def _perform(self, prepare: Callable[[], Call]) -> Answer:
        return perform(
            prepare,
            transport=self._transport,
            decide=partial(decide, policy=POLICY),
            before=self._before,
            refresh=self._access.renew,
        )

    def _before(self) -> None:
        if self._before_call is not None:
            self._before_call()
        self._throttle.wait()


def _next(body: Json) -> str:
    """The cursor of the next page; empty on the last. Not every list says `hasNext`, and the block has two names."""
    told = child(body, "metadata") or child(body, "pagingMetadata")
    return "" if told.get("hasNext") is False else text(child(told, "cursors"), "next")


def _total(body: Json) -> int | None:
    told = number(body, "total")
    if told is None:
        told = number(child(body, "pagingMetadata"), "total")
    return None if told is None else int(told)
