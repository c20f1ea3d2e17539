"""Behind the counter: what a test or the demo reads and changes without being an app."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request, Response

from sandbox.quickbooks.faults import QboError
from sandbox.quickbooks.store import TRANSACTIONS, TYPES, Books, Json
from sandbox.quickbooks.tokens import Tokens
from sandbox.quickbooks.writes import KINDS, create, delete, update, void
from sandbox.routing import Route, json_answer, json_body

_COMPANY = "/control/companies/<realm>"


class Control:
    def __init__(self, companies: Mapping[str, Books], tokens: Tokens) -> None:
        self._companies = companies
        self._tokens = tokens

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/control/companies", self._list)
        yield Route("GET", f"{_COMPANY}/books", self._with_books(_books))
        yield Route("GET", f"{_COMPANY}/totals", self._with_books(_totals))
        yield Route("PATCH", f"{_COMPANY}/preferences", self._with_books(_patcher("Preferences")))
        yield Route("PATCH", f"{_COMPANY}/info", self._with_books(_patcher("CompanyInfo")))
        yield Route("POST", f"{_COMPANY}/objects", self._with_books(_create_object))
        yield Route("PATCH", f"{_COMPANY}/objects/<type_name>/<identifier>", self._with_books(_change_object))
        yield Route("DELETE", f"{_COMPANY}/objects/<type_name>/<identifier>", self._with_books(_changer(delete)))
        yield Route("POST", f"{_COMPANY}/objects/<type_name>/<identifier>/void", self._with_books(_changer(void)))
        yield Route("POST", "/control/tokens/expire", self._expire)
        yield Route("POST", "/control/tokens/revoke", self._revoke)

    def _list(self, _request: Request) -> Response:
        rows = [
            {
                "realm": realm,
                "name": books.info["CompanyName"],
                "country": books.info["Country"],
                "currency": books.home_currency,
                "access_token": f"qbo_access_{realm}",
                "refresh_token": f"qbo_refresh_{realm}",
            }
            for realm, books in self._companies.items()
        ]
        return json_answer(rows)

    def _with_books(self, work: Callable[..., Json]) -> Callable[..., Response]:
        def handle(request: Request, realm: str, **arguments: str) -> Response:
            if realm not in self._companies:
                raise NotFound(f"there is no company {realm}")
            books = self._companies[realm]
            try:
                return json_answer(work(request, books, **arguments))
            except QboError as error:
                return json_answer({"error": str(error), "Fault": error.fault()}, 400)

        return handle

    def _expire(self, request: Request) -> Response:
        return json_answer({"connections": self._tokens.expire(str(json_body(request)["realm"]))})

    def _revoke(self, request: Request) -> Response:
        return json_answer({"connections": self._tokens.revoke_realm(str(json_body(request)["realm"]))})


def _books(_request: Request, books: Books) -> Json:
    shown: Json = {type_name: list(books.all(type_name)) for type_name in TYPES}
    gone = {type_name: list(books.deleted(type_name)) for type_name in TYPES}
    return {**shown, "deleted": {type_name: rows for type_name, rows in gone.items() if rows}}


def _totals(_request: Request, books: Books) -> Json:
    return {type_name: _total(list(books.all(type_name))) for type_name in TRANSACTIONS}


def _total(rows: list[Json]) -> Json:
    return {
        "count": len(rows),
        "sum": sum((row.get("TotalAmt", Decimal(0)) for row in rows), Decimal(0)),
        "tax": sum((row.get("TxnTaxDetail", {}).get("TotalTax", Decimal(0)) for row in rows), Decimal(0)),
    }


def _patcher(type_name: str) -> Callable[[Request, Books], Json]:
    def patch(request: Request, books: Books) -> Json:
        old = books.get(type_name, "1")
        return books.replace(type_name, old, _merged(old, json_body(request)))

    return patch


def _merged(old: Json, changes: Json) -> Json:
    """Deep merge; null takes a property away."""
    merged: dict[str, Any] = dict(old)
    for name, value in changes.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = _merged(merged[name], value)
        else:
            merged[name] = value
    return merged


def _create_object(request: Request, books: Books) -> Json:
    """As an app would write it; what no app can write (tax codes and rates) goes in as it is."""
    body = json_body(request)
    type_name, fields = str(body["type"]), dict(body["object"])
    if type_name in KINDS:
        return {type_name: create(books, type_name, fields, frozenset(body.get("options", ())))}
    return {type_name: books.insert(_known(type_name), fields, fields.get("Id"))}


def _change_object(request: Request, books: Books, type_name: str, identifier: str) -> Json:
    old = books.find(_known(type_name), identifier)
    if old is None:
        raise NotFound(f"there is no {type_name} {identifier}")
    changes = json_body(request)
    if type_name in KINDS:
        version = {"Id": identifier, "SyncToken": old["SyncToken"], "sparse": True}
        return {type_name: update(books, type_name, {**changes, **version})}
    return {type_name: books.replace(type_name, old, _merged(old, changes))}


def _changer(work: Callable[[Books, str, Json], Json]) -> Callable[..., Json]:
    """As somebody in QuickBooks itself would delete or void the current version of an object."""

    def change(_request: Request, books: Books, type_name: str, identifier: str) -> Json:
        old = books.find(_known(type_name), identifier)
        if old is None:
            raise NotFound(f"there is no {type_name} {identifier}")
        return {type_name: work(books, type_name, {"Id": identifier, "SyncToken": old["SyncToken"]})}

    return change


def _known(type_name: str) -> str:
    if type_name not in TYPES:
        raise NotFound(f"there is no type {type_name}")
    return type_name
