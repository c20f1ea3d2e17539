"""The query language: `select * from Invoice where TxnDate >= '2026-09-01' orderby Id maxresults 1000`."""

import operator
import re
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.quickbooks.faults import QboError
from sandbox.quickbooks.query_grammar import Condition, Query, parse
from sandbox.quickbooks.store import LISTS, TYPES, Books, Json, parse_moment

_CANONICAL = {name.lower(): name for name in TYPES}
_COMMON = ("Id", "MetaData.CreateTime", "MetaData.LastUpdatedTime")
_SALE = ("DocNumber", "TxnDate", "CustomerRef", "Balance", "TotalAmt")
_BRANCH = ("Name", "Active", "FullyQualifiedName")
_PERSON = (
    *("DisplayName", "GivenName", "MiddleName", "FamilyName", "CompanyName", "PrintOnCheckName"),
    *("FullyQualifiedName", "Active", "Balance", "Job", "PrimaryEmailAddr"),
)
_FILTERABLE = {
    "Customer": _PERSON,
    "Vendor": _PERSON,
    "Employee": _PERSON,
    "Item": (
        *("Name", "Type", "Active", "Sku", "FullyQualifiedName", "Description", "SubItem", "Taxable"),
        *("UnitPrice", "QtyOnHand"),
    ),
    "Invoice": (*_SALE, "DueDate", "SalesTermRef", "ProjectRef"),
    "SalesReceipt": _SALE,
    "RefundReceipt": _SALE,
    "CreditMemo": (*_SALE, "SalesTermRef"),
    "Payment": ("TxnDate", "CustomerRef", "ProjectRef", "PaymentRefNum", "TotalAmt", "PaymentMethodRef"),
    "Deposit": ("TxnDate", "TotalAmt"),
    "InventoryAdjustment": ("DocNumber", "TxnDate"),
    "Account": (
        *("Name", "AccountType", "AccountSubType", "Classification", "Active", "FullyQualifiedName"),
        *("SubAccount", "CurrentBalance"),
    ),
    "TaxCode": ("Name", "Active", "Description"),
    "TaxRate": ("Name", "Active", "Description"),
    "TaxAgency": ("DisplayName", "Active"),
    "Class": _BRANCH,
    "Department": _BRANCH,
    "Term": _BRANCH,
    "PaymentMethod": _BRANCH,
    "Attachable": ("FileName", "Note", "AttachableRef.EntityRef.Type", "AttachableRef.EntityRef.value"),
}
_MOMENTS = ("metadata.createtime", "metadata.lastupdatedtime")
_MAX_RESULTS = 1000


def canonical_type(name: str) -> str:
    """The type's name in its own spelling. Raises QboError 4001."""
    type_name = _CANONICAL.get(name.lower())
    if type_name is None:
        raise QboError(4001, f"QueryValidationError: invalid context declaration: {name}")
    return type_name


def answer(books: Books, statement: str) -> Json:
    """The content of `QueryResponse`."""
    query = parse(statement)
    type_name = canonical_type(query.entity)
    _check_range(query)
    rows = _matching(books, type_name, query)
    if query.counts:
        return {"totalCount": len(rows)}
    for order in reversed(query.orders):
        name = _property(type_name, order.name)
        rows.sort(key=_sort_key(name), reverse=order.descending)
    page = rows[query.start - 1 : query.start - 1 + query.limit]
    if not page:
        return {}
    shown = [_projected(books, row, query) for row in page]
    return {type_name: shown, "startPosition": query.start, "maxResults": len(page)}


def _check_range(query: Query) -> None:
    for value, least, most in ((query.start, 1, None), (query.limit, 1, _MAX_RESULTS)):
        if value < least:
            raise QboError(4001, f"QueryValidationError: value {value} is too small. Min allowed value is {least}")
        if most is not None and value > most:
            raise QboError(4001, f"QueryValidationError: value {value} is too large. Max allowed value is {most}")


def _matching(books: Books, type_name: str, query: Query) -> list[Json]:
    tests = [_test(type_name, condition) for condition in query.conditions]
    if type_name in LISTS and not any(condition.name.lower() == "active" for condition in query.conditions):
        tests.append(lambda row: bool(row.get("Active", True)))
    return [
        books.as_queried(type_name, row)
        for row in _candidates(books, type_name, query)
        if all(test(row) for test in tests) and books.visible(type_name, row["Id"])
    ]


def _candidates(books: Books, type_name: str, query: Query) -> Iterable[Json]:
    """All rows, or the few an index gives for an exact condition."""
    for condition in query.conditions:
        if condition.operator not in {"=", "in"}:
            continue
        name = condition.name.lower()
        if name == "docnumber" and "DocNumber" in _FILTERABLE.get(type_name, ()):
            found = {i for value in condition.values for i in books.with_number(type_name, value)}
            return [books.get(type_name, identifier) for identifier in sorted(found, key=int)]
        if name == "id":
            rows = (books.find(type_name, value) for value in condition.values)
            return [row for row in rows if row is not None]
    return books.all(type_name)


def _property(type_name: str, name: str) -> str:
    """The property in its own spelling. Raises QboError 4001 when it cannot be asked for."""
    for known in (*_COMMON, *_FILTERABLE.get(type_name, ())):
        if known.lower() == name.lower():
            return known
    raise QboError(4001, f"QueryValidationError: Property {name} not found for Entity {type_name}")


def _value(row: Json, name: str) -> Any:
    """What a row holds under a dotted name; references by id, e-mail addresses by address, lists by first entry."""
    value: Any = row
    for part in name.split("."):
        if isinstance(value, list):
            value = value[0] if value else None
        if not isinstance(value, dict):
            return None
        value = value.get(part, value.get(part.lower()))
    if isinstance(value, dict):
        return value.get("value", value.get("Address"))
    return value


class _Literals:
    """The literals of a condition, read once for each kind of value they are compared with."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        self._texts = texts
        self._read: dict[type, list[Any]] = {}

    def like(self, held: Any) -> list[Any]:
        kind = type(held)
        if kind not in self._read:
            self._read[kind] = [_literal(held, text) for text in self._texts]
        return self._read[kind]


def _orders(compare: Callable[[Any, Any], Any]) -> Callable[[Any, list[Any]], bool]:
    """An order between values, which what is null never has."""
    return lambda held, wanted: None not in (held, wanted[0]) and bool(compare(held, wanted[0]))


_OPERATORS: dict[str, Callable[[Any, list[Any]], bool]] = {
    "=": lambda held, wanted: bool(held == wanted[0]),
    "in": lambda held, wanted: held in wanted,
    "<": _orders(operator.lt),
    ">": _orders(operator.gt),
    "<=": _orders(operator.le),
    ">=": _orders(operator.ge),
    "like": lambda held, wanted: held is not None and wanted[0].fullmatch(str(held)) is not None,
}


def _test(type_name: str, condition: Condition) -> Callable[[Json], bool]:
    name = _property(type_name, condition.name)
    if condition.operator == "like":
        pattern = _like(condition.values[0])
        return lambda row: _OPERATORS["like"](_comparable(_value(row, name)), [pattern])
    if name.lower() in _MOMENTS:
        moments = [_moment(value) for value in condition.values]
        return lambda row: _OPERATORS[condition.operator](parse_moment(_value(row, name)), moments)
    compare, literals = _OPERATORS[condition.operator], _Literals(condition.values)

    def test(row: Json) -> bool:
        held = _comparable(_value(row, name))
        return compare(held, literals.like(held))

    return test


def _like(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in text.casefold().split("%")), re.DOTALL)


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError:
        raise QboError(4001, f"QueryValidationError: {text} is not a date and time") from None


def _comparable(held: Any) -> Any:
    return held.casefold() if isinstance(held, str) else held


def _literal(held: Any, text: str) -> Any:
    """A literal as the kind of what the row holds; None stands for the null literal, a blank."""
    if not text.strip():
        return None
    if isinstance(held, bool):
        return text.lower() == "true"
    if isinstance(held, int | Decimal):
        try:
            return Decimal(text)
        except InvalidOperation:
            raise QboError(4001, f"QueryValidationError: {text} is not a number") from None
    return text.casefold()


def _sort_key(name: str) -> Callable[[Json], tuple[bool, Any]]:
    def key(row: Json) -> tuple[bool, Any]:
        value = _by_id(row["Id"]) if name == "Id" else _comparable(_value(row, name))
        return (value is not None, value if value is not None else 0)

    return key


def _by_id(books_id: str) -> tuple[int, str]:
    """Ids sort as numbers; the two pseudo tax codes of US companies, TAX and NON, come last."""
    return (int(books_id), "") if books_id.isdigit() else (sys.maxsize, books_id)


def _projected(books: Books, row: Json, query: Query) -> Json:
    if not query.columns or "*" in query.columns or not books.switches["query_projection"]:
        return row
    wanted = {column.split(".")[0].lower() for column in query.columns}
    kept = {key: value for key, value in row.items() if key.lower() in wanted}
    return {**kept, "domain": "QBO", "sparse": True}
