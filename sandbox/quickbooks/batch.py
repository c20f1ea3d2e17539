"""Several writes and queries in one request; each succeeds or fails by itself."""

from typing import Any

from sandbox.exact_json import dumps, loads
from sandbox.quickbooks import query
from sandbox.quickbooks.faults import QboError, missing, unsupported
from sandbox.quickbooks.replay import Replays, check_request_id, fingerprint, item_key
from sandbox.quickbooks.store import TYPES, Books, Json
from sandbox.quickbooks.writes import verb_for

_ENVELOPE = {"bId", "operation", "optionsData", "Query"}


def run_batch(books: Books, replays: Replays, body: Json, request_id: str | None) -> list[Json]:
    """The `BatchItemResponse` list. Raises QboError when the batch as a whole is refused."""
    items = body.get("BatchItemRequest")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise QboError(2010, "Property Name:BatchItemRequest must be a list of objects")
    limit = books.switches["batch_limit"]
    if len(items) > limit:
        raise QboError(1040, f"The batch has {len(items)} items, the maximum is {limit}")
    check_request_id(request_id, batch=True)
    with books.isolated():
        answers = [_replayed_or_run(books, replays, item, request_id) for item in items]
    return answers[::-1] if books.switches["batch_shuffle"] else answers


def _replayed_or_run(books: Books, replays: Replays, item: Json, request_id: str | None) -> Json:
    if request_id is None or "Query" in item:
        return _run(books, item)
    mark = fingerprint(dumps(item))
    try:
        key = item_key(request_id, str(item.get("bId", "")))
        kept = replays.find(books.realm, key, mark)
    except QboError as error:
        return {"Fault": error.fault(), **_identified(item)}
    if kept is not None:
        replayed: Json = loads(kept.text)
        return replayed
    answer = _run(books, item)
    replays.keep(books.realm, key, (dumps(answer), 400 if "Fault" in answer else 200), mark)
    return answer


def _run(books: Books, item: Json) -> Json:
    try:
        return {**_done(books, item), **_identified(item)}
    except QboError as error:
        return {"Fault": error.fault(), **_identified(item)}


def _identified(item: Json) -> Json:
    return {"bId": item["bId"]} if "bId" in item else {}


def _done(books: Books, item: Json) -> Json:
    if "Query" in item:
        return {"QueryResponse": query.answer(books, str(item["Query"]))}
    type_name, body = _entity(item)
    operation = item.get("operation")
    if operation is None:
        raise missing("operation")
    if operation not in {"create", "update", "delete"}:
        raise unsupported(f"{operation} in a batch")
    options = frozenset(str(item.get("optionsData", "")).replace(",", " ").split())
    verb = verb_for(books, type_name, body, str(operation), options)
    return {type_name: verb(books, type_name, body, options)}


def _entity(item: Json) -> tuple[str, Json]:
    names = [name for name in item if name not in _ENVELOPE]
    if len(names) != 1:
        raise QboError(2010, "Property Name:a batch item must hold exactly one object")
    name = names[0]
    body: Any = item[name]
    if name not in TYPES or not isinstance(body, dict):
        raise QboError(2010, f'Property Name:Unrecognized field "{name}" is not supported')
    return name, body
