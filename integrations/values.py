"""Reads single values out of a store's JSON: missing means empty, wrong means Malformed, no float gets through."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.errors import Malformed
from integrations.money import plain

Json = Mapping[str, Any]

_BEYOND_MONEY = Decimal(10) ** 15
# What JSON numbers are read as. By type, not isinstance: true and false are int to Python, and this is asked a hundred
# times an order.
_NUMBERS = frozenset({int, Decimal})


def child(row: Json, key: str) -> Json:
    """The object under `key`; empty where it is missing or null."""
    value = row.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Malformed(f"{key} is not an object")
    return value


def rows(row: Json, key: str) -> list[Json]:
    """The list of objects under `key`; empty where it is missing or null."""
    value = row.get(key)
    if value is None:
        return []
    if not isinstance(value, list | tuple) or not all(isinstance(each, Mapping) for each in value):
        raise Malformed(f"{key} is not a list of objects")
    return list(value)


def text(row: Json, *keys: str) -> str:
    """The first of the keys that holds something, trimmed; numbers as people write them."""
    for key in keys:
        found = _text(row.get(key))
        if found:
            return found
    return ""


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if type(value) in _NUMBERS:
        return plain(Decimal(value))  # type: ignore[arg-type]
    return ""


def number(row: Json, key: str) -> Decimal | None:
    """The number under `key`, None where it is missing or null."""
    value = row.get(key)
    if value is None:
        return None
    if type(value) not in _NUMBERS and not isinstance(value, str):
        raise Malformed(f"{key} is not a number")
    try:
        exact = Decimal(value)
    except InvalidOperation as error:
        raise Malformed(f"{key} is not a number") from error
    if not exact.is_finite() or abs(exact) >= _BEYOND_MONEY:
        raise Malformed(f"{key} is not a number")
    return exact


def required_number(row: Json, key: str) -> Decimal:
    value = number(row, key)
    if value is None:
        raise Malformed(f"{key} is missing")
    return value
