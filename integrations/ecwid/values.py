"""Reading single values out of Ecwid's JSON: missing means empty, wrong means Malformed, and no float gets through."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.errors import Malformed
from integrations.money import ZERO, plain, round_half_up

Json = Mapping[str, Any]

# Some of Ecwid's numbers carry the noise of a float (78.96000000000001). What is nearer than this to an amount of
# whole cents is that amount; anything else is copied as it stands.
_NOISE = Decimal("0.000001")
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


def reference(row: Json, *keys: str) -> str:
    """An id as text; Ecwid's 0 and -1 mean "none"."""
    for key in keys:
        found = _text(row.get(key))
        if found and found not in {"0", "-1"}:
            return found
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


def amount(row: Json, key: str, places: int) -> Decimal:
    """The money under `key` as the store states it, zero where it is missing."""
    return without_noise(number(row, key) or ZERO, places)


def without_noise(value: Decimal, places: int) -> Decimal:
    rounded = round_half_up(value, places)
    return rounded if abs(value - rounded) < _NOISE else value


def moment(row: Json, name: str) -> datetime | None:
    """When `name` ("create", "update") happened: the UNIX seconds if there are any, else the text; None without."""
    seconds = number(row, f"{name}Timestamp")
    if not seconds:
        return parsed_date(text(row, f"{name}Date"))
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise Malformed(f"{name}Timestamp is not a time") from error


def parsed_date(written: str) -> datetime | None:
    """A date as Ecwid writes it ("2026-03-02 14:05:09 +0000"); without an offset it means UTC."""
    try:
        parsed = datetime.fromisoformat(written.replace(" +", "+").replace(" -", "-"))
    except ValueError:
        return None
    return parsed.replace(tzinfo=parsed.tzinfo or UTC).astimezone(UTC)
