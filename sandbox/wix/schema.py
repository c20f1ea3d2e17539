"""The objects of the API: field names, value kinds, lengths and enumerations, and which fields can be filtered.

The table is schema.json beside this file. A value kind is `str` (`str<=40`: at most 40 characters), `guid`, `dec` (a
decimal as text), `num` (`num0..99999`), `bool`, `date`, `any`, `#Enumeration`, the name of another type of the same
package, or `*` and one of these for a list.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.exact_json import loads
from sandbox.wix.errors import WixError, invalid
from sandbox.wix.values import Json, WrongValueError, decimal, timestamp_of

_DATA = loads(Path(__file__).with_name("schema.json").read_bytes())
_TYPES: dict[str, dict[str, str]] = _DATA["types"]
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_RANGE = re.compile(r"num(-?\d+)\.\.(\d+)")

ANSWERS: dict[str, str] = _DATA["answers"]
"""Name of an answer or object ("orders_search.response", "order") to its type."""


@cache
def filters(collection: str) -> dict[str, tuple[frozenset[str] | None, bool]]:
    """Field to (its operators, None for all; whether it can be sorted by)."""
    table = _DATA["filters"][collection]
    return {
        field: (None if operators == "*" else frozenset(operators.split(",")), sortable)
        for field, (operators, sortable) in table.items()
    }


def enumeration(name: str) -> list[str]:
    return list(_DATA["enums"][name])


def problems(type_name: str, value: Any, path: str = "") -> Iterator[str]:
    """What in `value` is not as the table says, each as "path: what"."""
    package = type_name.split(".", maxsplit=1)[0]
    if not isinstance(value, dict):
        yield f"{path or type_name}: no object"
        return
    known = _TYPES[type_name]
    for name, part in value.items():
        at = f"{path}.{name}" if path else name
        if name not in known:
            yield f"{at}: {type_name} has no such field"
        else:
            yield from _problems_of(package, known[name], part, at)


def _problems_of(package: str, kind: str, value: Any, at: str) -> Iterator[str]:
    if kind.startswith("*"):
        if not isinstance(value, list):
            yield f"{at}: no list"
            return
        for number, each in enumerate(value):
            yield from _problems_of(package, kind[1:], each, f"{at}[{number}]")
    elif f"{package}.{kind}" in _TYPES:
        yield from problems(f"{package}.{kind}", value, at)
    elif kind.startswith("#"):
        if value not in _DATA["enums"][f"{package}.{kind[1:]}"]:
            yield f"{at}: {value} is not one of {kind[1:]}"
    elif not _is_of(kind, value):
        yield f"{at}: {value!r} is no {kind}"


def _is_of(kind: str, value: Any) -> bool:
    if kind.startswith("str<="):
        return isinstance(value, str) and len(value) <= int(kind[5:])
    if kind.startswith("num"):
        return _is_number(kind, value)
    return _SCALARS[kind](value)


def _is_number(kind: str, value: Any) -> bool:
    if isinstance(value, bool | str) or value is None:
        return False
    bounds = _RANGE.match(kind)
    return bounds is None or int(bounds[1]) <= value <= int(bounds[2])


def _is_decimal(value: Any) -> bool:
    return isinstance(value, str) and _readable(decimal, value)


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and value.endswith("Z") and _readable(timestamp_of, value)


def _readable(read: Callable[[Any], Any], value: Any) -> bool:
    try:
        read(value)
    except WrongValueError:
        return False
    return True


_SCALARS: dict[str, Callable[[Any], bool]] = {
    "str": lambda value: isinstance(value, str),
    "guid": lambda value: isinstance(value, str) and _GUID.fullmatch(value) is not None,
    "dec": _is_decimal,
    "bool": lambda value: isinstance(value, bool),
    "date": _is_moment,
    "any": lambda _value: True,
}


def too_long(type_name: str, body: Json) -> WixError | None:
    """The refusal of the first text in `body` that is longer than its field, or number that is out of its bounds."""
    for name, part in body.items():
        kind = _TYPES[type_name].get(name, "any")
        if kind.startswith("str<=") and isinstance(part, str) and len(part) > int(kind[5:]):
            return invalid(name, f"has size {len(part)}, expected {kind[5:]} or less", "MAX_LENGTH", threshold=kind[5:])
        bounds = _RANGE.match(kind)
        if bounds and not _is_number(kind, part):
            return invalid(name, f"must be between {bounds[1]} and {bounds[2]}", "MAX", threshold=int(bounds[2]))
    return None
