"""The query language: filters, sorting and cursors, over objects as the API shows them."""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.exact_json import dumps, loads
from sandbox.wix.errors import WixError, invalid, refused
from sandbox.wix.schema import filters
from sandbox.wix.values import Json

Test = Callable[[Json], bool]

_MAX_SORTS = 4
_MARK = "sim1:"


@dataclass(frozen=True)
class Page:
    """One page of what was found, and the cursors to its neighbours."""

    items: list[Json]
    next: str | None
    previous: str | None

    def metadata(self, *, has_next: bool = True) -> Json:
        cursors = {name: cursor for name, cursor in (("next", self.next), ("prev", self.previous)) if cursor}
        told = {"hasNext": self.next is not None} if has_next else {}
        return {"count": len(self.items), "cursors": cursors, **told}


@dataclass(frozen=True)
class Dialect:
    """`collection` names the table of filters; `unknown` says no to a field that has none. `default_sort` is a field
    and whether it falls."""

    collection: str
    wrapper: str = "query"
    max_limit: int = 100
    default_limit: int = 100
    default_sort: tuple[str, bool] = ("createdDate", True)
    unknown: str = "Field '{field}' is not declared as {use}"

    def page(self, objects: Iterable[Json], asked: Json, *, hidden: Callable[[Json], Test] | None = None) -> Page:
        """`asked` is what stands under the wrapper. `hidden` makes a further test from the filter."""
        paging = asked.get("cursorPaging") or {}
        limit = self._limit(paging)
        start = 0
        if paging.get("cursor"):
            if asked.get("filter") or asked.get("sort"):
                msg = "a cursor carries its own filter and sort"
                raise invalid(f"{self.wrapper}.cursorPaging.cursor", msg, "FIELD_NOT_ALLOWED")
            asked, start = _opened(paging["cursor"], self.collection)
        wanted = asked.get("filter") or {}
        tests = [self._test(wanted), *([hidden(wanted)] if hidden else [])]
        found = [each for each in objects if all(test(each) for test in tests)]
        found = self._sorted(found, asked.get("sort") or [])
        more = start + limit < len(found)
        return Page(
            items=found[start : start + limit],
            next=_cursor(self.collection, asked, start + limit) if more else None,
            previous=_cursor(self.collection, asked, max(start - limit, 0)) if start else None,
        )

    def _limit(self, paging: Json) -> int:
        limit = paging.get("limit", self.default_limit)
        field = f"{self.wrapper}.cursorPaging.limit"
        if not isinstance(limit, int) or limit < 0:
            raise invalid(field, "must be a number of at least 0", "MIN", threshold=0)
        if limit > self.max_limit:
            raise invalid(field, f"must be at most {self.max_limit}", "MAX", threshold=self.max_limit)
        return limit or self.default_limit

    # -- filters -------------------------------------------------------------------------------------------------

    def _test(self, wanted: Json) -> Test:
        tests = [self._clause(name, value) for name, value in wanted.items()]
        return lambda each: all(test(each) for test in tests)

    def _clause(self, name: str, value: Any) -> Test:
        if name in {"$and", "$or"}:
            parts = [self._test(part) for part in value]
            joined = all if name == "$and" else any
            return lambda each: joined(part(each) for part in parts)
        if name == "$not":
            inner = self._test(value)
            return lambda each: not inner(each)
        conditions = value if isinstance(value, dict) else {"$eq": value}
        self._check(name, conditions)
        return lambda each: all(
            _OPERATORS[operator](field_values(each, name), operand) for operator, operand in conditions.items()
        )

    def _check(self, field: str, conditions: Json) -> None:
        table = filters(self.collection)
        if field not in table:
            raise self._undeclared(field, "filterable")
        allowed = table[field][0]
        for operator in conditions:
            if operator not in _OPERATORS or (allowed is not None and operator not in allowed):
                raise invalid(f"{self.wrapper}.filter", f"{field} does not take {operator}", "VALIDATION")

    def _undeclared(self, field: str, use: str) -> WixError:
        return refused(400, "INVALID_FILTER", self.unknown.format(field=field, use=use))

    # -- sorting -------------------------------------------------------------------------------------------------

    def _sorted(self, found: list[Json], sorts: Sequence[Json]) -> list[Json]:
        if len(sorts) > _MAX_SORTS:
            raise invalid(f"{self.wrapper}.sort", f"must have at most {_MAX_SORTS}", "MAX_SIZE", threshold=_MAX_SORTS)
        ways = [(str(sort.get("fieldName")), sort.get("order", "ASC") == "DESC") for sort in sorts]
        for field, _ in ways:
            if not filters(self.collection).get(field, (None, False))[1]:
                raise self._undeclared(field, "sortable")
        for field, falling in reversed(ways or [self.default_sort]):
            found = sorted(found, key=lambda each: _sort_key(field_values(each, field)), reverse=falling)
        return found


def field_values(value: Any, path: str) -> list[Any]:
    """All values at a dotted path; lists on the way are looked through."""
    if isinstance(value, list):
        return [found for each in value for found in field_values(each, path)]
    name, _, rest = path.partition(".")
    if not isinstance(value, dict) or name not in value:
        return []
    if rest:
        return field_values(value[name], rest)
    return value[name] if isinstance(value[name], list) else [value[name]]


def _cursor(collection: str, asked: Json, start: int) -> str:
    carried = {"c": collection, "f": asked.get("filter") or {}, "s": asked.get("sort") or [], "o": start}
    return base64.urlsafe_b64encode((_MARK + dumps(carried)).encode()).decode()


def _opened(cursor: str, collection: str) -> tuple[Json, int]:
    try:
        carried = loads(base64.urlsafe_b64decode(str(cursor).encode()).decode().removeprefix(_MARK))
    except (ValueError, binascii.Error):
        carried = None
    if not isinstance(carried, dict) or carried.get("c") != collection:
        raise invalid("cursorPaging.cursor", "is not a cursor of ours", "FORMAT")
    return {"filter": carried["f"], "sort": carried["s"]}, int(carried["o"])


def _comparable(value: Any) -> Any:
    """Amounts compare as numbers, moments as moments, everything else as text."""
    if isinstance(value, bool):
        return (0, value)
    if isinstance(value, int | Decimal):
        return (1, Decimal(value))
    text = str(value)
    if len(text) >= len("2026-01-01") and text[4:5] == "-":
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return (2, text)
        return (1, Decimal(repr((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())))
    try:
        return (1, Decimal(text))
    except InvalidOperation:
        return (2, text)


def _sort_key(values: list[Any]) -> Any:
    return (1, _comparable(values[0])) if values else (0, ())


def _compared(verdict: Callable[[Any, Any], bool]) -> Callable[[list[Any], Any], bool]:
    def test(values: list[Any], operand: Any) -> bool:
        wanted = _comparable(operand)
        return any(_comparable(value)[0] == wanted[0] and verdict(_comparable(value), wanted) for value in values)

    return test


def _equals(values: list[Any], operand: Any) -> bool:
    return _comparable(operand) in [_comparable(value) for value in values] or (operand is None and not values)


def _in(values: list[Any], operand: Any) -> bool:
    return any(_equals(values, each) for each in operand)


_OPERATORS: dict[str, Callable[[list[Any], Any], bool]] = {
    "$eq": _equals,
    "$ne": lambda values, operand: not _equals(values, operand),
    "$gt": _compared(lambda value, wanted: value > wanted),
    "$gte": _compared(lambda value, wanted: value >= wanted),
    "$lt": _compared(lambda value, wanted: value < wanted),
    "$lte": _compared(lambda value, wanted: value <= wanted),
    "$in": _in,
    "$nin": lambda values, operand: not _in(values, operand),
    "$startsWith": lambda values, operand: any(str(value).startswith(str(operand)) for value in values),
    "$isEmpty": lambda values, operand: (not values) is bool(operand),
    "$exists": lambda values, operand: bool(values) is bool(operand),
    "$hasAll": lambda values, operand: all(_equals(values, each) for each in operand),
    "$hasSome": _in,
}
