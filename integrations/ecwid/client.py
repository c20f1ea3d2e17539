"""Ecwid's REST API over HTTP: single reads, and lists that may change while they are read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from integrations.ecwid.faults import error_for
from integrations.errors import Malformed, ReconnectNeeded, TemporaryError
from integrations.http import Answer, Call, Transport
from integrations.money import json_dumps
from integrations.retry import Policy, decide, perform
from integrations.throttle import Throttle
from integrations.values import Json

PAGE_SIZE = 100  # the most that Ecwid gives, and not its default everywhere
REQUESTS_PER_SECOND = 8.0
BURST = 40.0  # 40 at once and 8 a second stay below Ecwid's 600 a minute

OVERLAP = 5  # items that each page shares with the one before; as many may leave the list meanwhile
_STEPS_BACK = 50
# The limit counts the last minute, of all that talk to the store. Without being told how long, it is over after three
# waits.
_POLICY = Policy(attempts=4, throttle_wait=20.0, longest_wait=60.0)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list. `total` counts all matches at the time of the answer; `limit` is what the server kept to."""

    items: list[Json]
    total: int
    limit: int


class EcwidClient:
    """One store. `before_call()` runs ahead of every HTTP attempt: it may wait or raise (lease)."""

    def __init__(
        self,
        *,
        api_url: str,
        store_id: str,
        access_token: str,
        transport: Transport,
        before_call: Callable[[], None] | None = None,
    ) -> None:
        self.store_id = store_id
        self._base = f"{api_url.rstrip('/')}/{quote(store_id, safe='')}"
        self._token = access_token.strip()
        self._is_rejected = not (self._token and self._token.isascii() and self._token.isprintable())
        self._transport = transport
        self._throttle = Throttle(transport.clock, per_second=REQUESTS_PER_SECOND, burst=BURST)
        self._before_call = before_call

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Json:
        """One object. Raises NotFound, ReconnectNeeded, NotAllowed, Refused, TemporaryError or Malformed.

        Once Ecwid has rejected the token nothing more is sent: calls with a bad token get this machine blocked.
        """
        return self._object(Call("GET", f"{self._base}/{path}", params=params or {}, headers=self._headers))

    def put(self, path: str, body: Json) -> Json:
        """Change one object. Raises what `get` raises, and OutcomeUnknown: a write is never repeated."""
        headers = {**self._headers, "Content-Type": "application/json"}
        sent = json_dumps(body).encode()
        return self._object(Call("PUT", f"{self._base}/{path}", headers=headers, body=sent, is_write=True))

    def _object(self, call: Call) -> Json:
        if self._is_rejected:
            raise ReconnectNeeded("the access token is not accepted")
        try:
            answer = self._perform(call)
        except ReconnectNeeded:
            self._is_rejected = True
            raise
        if not isinstance(answer.json, dict):
            raise Malformed(f"{call.shown} did not answer an object", answer.status, trace=answer.trace)
        return answer.json

    def _perform(self, call: Call) -> Answer:
        answer = perform(
            lambda: call, transport=self._transport, decide=partial(decide, policy=_POLICY), before=self._before
        )
        if not answer.ok:
            raise error_for(answer, call.shown)
        return answer

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}

    def page(self, path: str, params: Mapping[str, str], offset: int = 0) -> Page:
        body = self.get(path, {**params, "offset": str(offset), "limit": str(PAGE_SIZE)})
        items = body.get("items")
        if not isinstance(items, list):
            raise Malformed(f"the list {path} came without items")
        told = body.get("total")
        limit = body.get("limit")
        return Page(
            items=[item if isinstance(item, dict) else {"value": item} for item in items],
            total=told if isinstance(told, int) else offset + len(items),
            limit=limit if isinstance(limit, int) and 0 < limit < PAGE_SIZE else PAGE_SIZE,
        )

    def count(self, path: str, params: Mapping[str, str]) -> int:
        """How many there are, without reading them."""
        body = self.get(path, {**params, "limit": str(PAGE_SIZE), "responseFields": "total"})
        if not isinstance(body.get("total"), int):
            raise Malformed(f"the list {path} came without total")
        return int(body["total"])

    def paged(self, path: str, params: Mapping[str, str], *, first: Page | None = None) -> Iterator[list[Json]]:
        """The whole list in pages, each item once, complete although items leave or join it meanwhile.

        Ecwid has no cursor, only offsets, and what leaves the list moves the rest forward, past the reader. So each
        page begins with items that are already known; when its first one is not, something may have slipped through
        and the reading steps back. What comes again is left out. `first` is the first page where the caller has it.
        """
        offset, total, in_a_row, steps_back = 0, 0, 0, 0
        seen: set[str] = set()
        while True:
            page = first or self.page(path, params, offset)
            first = None
            if offset and not (page.items and _identity(page.items[0]) in seen):
                in_a_row, steps_back = in_a_row + 1, steps_back + 1
                if steps_back > _STEPS_BACK:
                    raise TemporaryError(f"the list {path} does not keep still")
                offset = max(0, offset - max(OVERLAP * 2**in_a_row, total - page.total))
                continue
            in_a_row, total = 0, page.total
            fresh = [item for item in page.items if _is_new(item, seen)]
            if fresh:
                yield fresh
            if _is_last(page, offset, has_fresh=bool(fresh)):
                return
            offset += len(page.items) - OVERLAP

    def _before(self) -> None:
        if self._before_call is not None:
            self._before_call()
        self._throttle.wait()


def _is_last(page: Page, offset: int, *, has_fresh: bool) -> bool:
    """A short page ends the list unless the total promises more; a page with nothing new ends it where it does not."""
    if len(page.items) <= OVERLAP:
        return True
    is_short = len(page.items) < page.limit
    return offset + len(page.items) >= page.total and (is_short or not has_fresh)


def _is_new(item: Json, seen: set[str]) -> bool:
    identity = _identity(item)
    is_new = identity not in seen
    seen.add(identity)
    return is_new


def _identity(item: Json) -> str:
    """The item's id; all of it where it has none."""
    found = (str(item[key]) for key in ("internalId", "orderNumber", "id") if item.get(key))
    return next(found, None) or json_dumps(item)
