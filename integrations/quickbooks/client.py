"""The QuickBooks Online accounting API over HTTP: queries, changes, single writes and batches of one company.

Reads are repeated when QuickBooks or the network is busy. Writes never are, unless it is certain that nothing was done;
everything else is `OutcomeUnknown`, for which the same call with the same request id is the first way to settle it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal, Protocol

from integrations.errors import Malformed, OutcomeUnknown, RemoteError
from integrations.http import Answer, Call, Transport
from integrations.money import json_dumps
from integrations.quickbooks import query as q
from integrations.quickbooks.faults import NO_ANSWER, Cause, Fault, error_for, faults_of, parse_faults
from integrations.retry import Attempt, Decision, Refresh, Return, decide, perform, throttled

MINOR_VERSION = "75"
BATCH_ITEMS = 30

_LONGEST_GET = 1500  # characters of a statement; longer ones go in a POST body
_CHANGES_SAFE = 950  # an answer holds at most 1000 changes over all its entities and does not say that it was cut
_CHANGES_KEPT = timedelta(days=30)

Json = dict[str, Any]
Kind = Literal["request", "batch"]
Operation = Literal["create", "update", "delete", "void"]


class Tokens(Protocol):
    """Where access tokens come from; stored and locked elsewhere."""

    def current(self) -> str:
        """An access token that is not known to be expired."""

    def renew(self, stale: str) -> str:
        """A token newer than `stale`, which QuickBooks did not accept. Raises what the refresh raises."""


class ChangesIncomplete(RemoteError):
    """More changed, or longer ago, than change data capture can tell: the lists must be read in full."""


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One write in a batch. `bid` (up to 10 characters) and the batch's request id together make it repeatable."""

    bid: str
    operation: Operation
    entity: str
    payload: Mapping[str, Any]
    option: str = ""  # allowduplicatedocnum


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """What became of one item: the object as QuickBooks now has it, or the fault. `trace` is the batch's."""

    bid: str
    object: Json | None = None
    fault: Fault | None = None
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The object as QuickBooks now has it, and QuickBooks' id of the call."""

    object: Json = field(repr=False)
    trace: str = ""


def _unrestricted(_kind: Kind) -> None:
    """No budget and no lease."""


class QuickBooksClient:
    """One company. `before_call(kind)` runs ahead of every HTTP attempt: it may wait or raise (budget, lease)."""

    def __init__(
        self,
        *,
        api_url: str,
        realm_id: str,
        tokens: Tokens,
        transport: Transport,
        before_call: Callable[[Kind], None] = _unrestricted,
    ) -> None:
        self.realm_id = realm_id
        self._base = f"{api_url.rstrip('/')}/v3/company/{realm_id}"
        self._tokens = tokens
        self._transport = transport
        self._before_call = before_call

    # -- reading -------------------------------------------------------------------------------------------------------

    def query(self, entity: str, where: str = "", *, order_by: str = "Id") -> Iterator[Json]:
        """Every row once. Lists (customers, items, ...) hold only active rows unless `where` says otherwise."""

        def page(start: int, rows: int) -> list[Json]:
            return q.rows_of(self._ask(q.select(entity, where, order_by=order_by, start=start, rows=rows)), entity)

        return q.paged(page)

    def count(self, entity: str, where: str = "") -> int:
        total = self._ask(q.count(entity, where)).get("totalCount")
        if not isinstance(total, int):
            raise Malformed("a count came back without totalCount")
        return total

    def read(self, entity: str, entity_id: str) -> Json:
        """One object by its id, deleted ones excepted. Raises NotFound."""
        return self._read_object(f"{entity.lower()}/{entity_id}", entity)

    def company_info(self) -> Json:
        return self._read_object(f"companyinfo/{self.realm_id}", "CompanyInfo")

    def preferences(self) -> Json:
        return self._read_object("preferences", "Preferences")

    def cdc(self, entities: Sequence[str], since: datetime) -> dict[str, list[Json]]:
        """What changed since, per entity; what was deleted comes as a stub with `status` "Deleted".

        Tax codes, tax rates and tax agencies are not covered. Raises ChangesIncomplete when something may be missing.
        """
        if since < self._transport.clock.now() - _CHANGES_KEPT:
            raise ChangesIncomplete("changes are kept for 30 days only")
        moment = since.astimezone(UTC).isoformat(timespec="seconds")
        answer = self._call("GET", "cdc", {"entities": ",".join(entities), "changedSince": moment})
        changes = {entity: _changed(self._json(answer), entity) for entity in entities}
        if sum(len(rows) for rows in changes.values()) >= _CHANGES_SAFE:
            raise ChangesIncomplete("more changed than one answer can hold", trace=answer.trace)
        return changes

    # -- writing -------------------------------------------------------------------------------------------------------

    def write(
        self,
        entity: str,
        payload: Mapping[str, Any],
        request_id: str,
        operation: Operation = "create",
        *,
        include: str = "",
    ) -> Written:
        """One write. The same request id again gives the same answer and does nothing twice (at most 50 characters).

        `include`: "allowduplicatedocnum". Raises QuickBooksRefused with its faults, or OutcomeUnknown.
        """
        if len(request_id) > 50:
            raise ValueError("a request id has at most 50 characters")
        params = {"requestid": request_id, **_operation_params(entity, operation, include)}
        body = json_dumps(_body(payload, operation)).encode()
        answer = self._call("POST", entity.lower(), params, body=body, is_write=True)
        written = self._json(answer).get(entity)
        if not isinstance(written, dict):
            raise OutcomeUnknown(f"the answer holds no {entity}", answer.status, trace=answer.trace)
        return Written(written, answer.trace)

    def batch(self, items: Sequence[BatchItem], request_id: str) -> dict[str, BatchAnswer]:
        """Up to 30 independent writes in one call; each has its own answer, keyed by `bid`.

        An item that the answer does not mention comes back with a fault whose cause is UNCLEAR. To settle
        OutcomeUnknown, repeat the very same items under the same request id (at most 36 characters).
        """
        _check_batch(items, request_id)
        body = json_dumps({"BatchItemRequest": [_batch_entry(item) for item in items]}).encode()
        answer = self._call("POST", "batch", {"requestid": request_id}, body=body, is_write=True, kind="batch")
        entries = self._json(answer).get("BatchItemResponse")
        if not isinstance(entries, list):
            raise OutcomeUnknown("a batch was answered without its items", answer.status, trace=answer.trace)
        answered = {str(entry.get("bId")): entry for entry in entries if isinstance(entry, dict)}
        return {item.bid: _batch_answer(item, answered.get(item.bid, {}), answer) for item in items}

    # -- one call ------------------------------------------------------------------------------------------------------

    def _ask(self, statement: str) -> Json:
        if len(statement) > _LONGEST_GET:
            answer = self._call("POST", "query", body=statement.encode(), content_type="application/text")
        else:
            answer = self._call("GET", "query", {"query": statement})
        response = self._json(answer).get("QueryResponse")
        if not isinstance(response, dict):
            raise Malformed("a query was answered without QueryResponse", answer.status, trace=answer.trace)
        return response

    def _read_object(self, path: str, entity: str) -> Json:
        answer = self._call("GET", path, is_read_of_one=True)
        found = self._json(answer).get(entity)
        if not isinstance(found, dict):
            raise Malformed(f"the answer holds no {entity}", answer.status, trace=answer.trace)
        return found

    def _call(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        content_type: str = "application/json",
        is_write: bool = False,
        is_read_of_one: bool = False,
        kind: Kind = "request",
    ) -> Answer:
        """Raises one of our errors unless QuickBooks answered without a fault."""
        url, query = f"{self._base}/{path}", {"minorversion": MINOR_VERSION, **(params or {})}
        renewed: list[str] = []  # the token of this call, once the stored one was refused
        used: list[str] = []

        def prepare() -> Call:
            token = renewed[-1] if renewed else self._tokens.current()
            used.append(token)
            return Call(method, url, query, _headers(token, content_type, body), body, is_write)

        answer = perform(
            prepare,
            transport=self._transport,
            decide=_decide,
            before=partial(self._before_call, kind),
            refresh=lambda: renewed.append(self._tokens.renew(used[-1])),
        )
        if not answer.ok or faults_of(answer):
            raise error_for(answer, is_write=is_write, is_read_of_one=is_read_of_one)
        return answer

    @staticmethod
    def _json(answer: Answer) -> Json:
        return answer.json if isinstance(answer.json, dict) else {}


def _headers(token: str, content_type: str, body: bytes | None) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    return headers | {"Content-Type": content_type} if body is not None else headers


def _decide(attempt: Attempt) -> Decision:
    """As for any API, but a fault speaks before the HTTP status: throttling came as 403 once, faults come under 200."""
    outcome = attempt.outcome
    if not isinstance(outcome, Answer) or outcome.status in {401, 429} or outcome.status >= 500:
        return decide(attempt)
    faults = faults_of(outcome)
    if not faults:
        return decide(attempt)
    if faults[0].cause is Cause.THROTTLED:
        return throttled(attempt, outcome)
    if faults[0].cause is Cause.TOKEN and attempt.may_refresh:
        return Refresh()
    return Return(outcome)


def _operation_params(entity: str, operation: Operation, include: str) -> dict[str, str]:
    """Only invoices know `operation=void`; other documents are voided by an update that asks for it."""
    if operation == "void" and entity != "Invoice":
        return {"operation": "update", "include": "void"}
    params = {} if operation == "create" else {"operation": operation}
    return params | ({"include": include} if include else {})


def _body(payload: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    return {**payload, "sparse": True} if operation == "void" else dict(payload)


def _batch_entry(item: BatchItem) -> dict[str, Any]:
    void = item.operation == "void"
    option = "void" if void else item.option
    return {
        "bId": item.bid,
        "operation": "update" if void else item.operation,
        **({"optionsData": option} if option else {}),
        item.entity: _body(item.payload, item.operation),
    }


def _check_batch(items: Sequence[BatchItem], request_id: str) -> None:
    bids = [item.bid for item in items]
    if not 1 <= len(items) <= BATCH_ITEMS:
        raise ValueError(f"a batch has 1 to {BATCH_ITEMS} items, not {len(items)}")
    if len(set(bids)) != len(bids) or any(not 1 <= len(bid) <= 10 for bid in bids):
        raise ValueError("each item of a batch needs a bid of its own, of at most 10 characters")
    if len(request_id) > 36:
        raise ValueError("the request id of a batch has at most 36 characters")


def _batch_answer(item: BatchItem, entry: Json, answer: Answer) -> BatchAnswer:
    faults = parse_faults(entry)
    if faults:
        return BatchAnswer(item.bid, fault=faults[0], trace=answer.trace)
    found = entry.get(item.entity)
    if isinstance(found, dict):
        return BatchAnswer(item.bid, object=found, trace=answer.trace)
    return BatchAnswer(item.bid, fault=Fault(NO_ANSWER, "the answer does not mention it"), trace=answer.trace)


def _changed(answer: Json, entity: str) -> list[Json]:
    blocks = answer.get("CDCResponse")
    if not isinstance(blocks, list):  # not to be mistaken for "nothing changed"
        raise Malformed("changes were answered without CDCResponse")
    parts = [part for block in blocks for part in block.get("QueryResponse") or ()]
    return [row for part in parts for row in q.rows_of(part, entity)]
