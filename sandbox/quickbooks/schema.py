"""What a request may contain: property names, value kinds, lengths and enumerations of the objects served.

The table is schema.json beside this file. A value kind is `str` (`str<=25/100`: 25 by the strict source, 100 by the
lenient one), `bool`, `int`, `dec`, `date`, `datetime`, `any`, `#Enumeration`, the name of another type, or `*` and
one of these for a list. `^` names the type that a type extends.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.exact_json import loads
from sandbox.quickbooks.faults import QboError, too_long

_DATA = loads(Path(__file__).with_name("schema.json").read_bytes())
_TYPES: dict[str, dict[str, str]] = _DATA["types"]
_ENUMERATIONS: dict[str, list[str]] = _DATA["enums"]
_LENGTH = re.compile(r"str(?:<=(\d+)(?:/(\d+))?)?$")


@cache
def properties(type_name: str) -> dict[str, str]:
    """Property name to value kind, inherited ones included."""
    own = dict(_TYPES[type_name])
    parent = own.pop("^", None)
    return {**(properties(parent) if parent else {}), **own}


def clean(type_name: str, body: dict[str, Any], *, strict_lengths: bool) -> dict[str, Any]:
    """The body with its values in our kinds (numbers as Decimal). JSON nulls stay, to mean "take it away".

    Raises QboError for the first property that QuickBooks would refuse.
    """
    return _Cleaner(strict_lengths=strict_lengths).object(type_name, body)


class _Cleaner:
    def __init__(self, *, strict_lengths: bool) -> None:
        self._strict = strict_lengths
        self._scalars: dict[str, Callable[[str, Any], Any]] = {
            "bool": _boolean,
            "int": _number,
            "dec": _number,
            "date": _date,
            "datetime": _text,
            "any": lambda _name, value: value,
        }

    def object(self, type_name: str, body: Any, name: str = "") -> dict[str, Any]:
        if not isinstance(body, dict):
            raise _unreadable(name or type_name, body)
        known = properties(type_name)
        for property_name in body:
            if property_name not in known:
                raise _unknown(type_name, property_name, known)
        return {key: self._value(known[key], key, value) for key, value in body.items()}

    def _value(self, kind: str, name: str, value: Any) -> Any:
        if value is None:
            return None
        if kind.startswith("*"):
            return self._list(kind[1:], name, value)
        if kind in self._scalars:
            return self._scalars[kind](name, value)
        if kind.startswith("#"):
            return _enumerated(kind[1:], name, value)
        if kind.startswith("str"):
            return self._string(kind, name, value)
        return self.object(kind, value, name)

    def _list(self, kind: str, name: str, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise _unreadable(name, value)
        return [self._value(kind, name, element) for element in value]

    def _string(self, kind: str, name: str, value: Any) -> str:
        text = _text(name, value)
        match = _LENGTH.match(kind)
        strict, lenient = match.groups() if match else (None, None)
        limit = strict if self._strict else lenient or strict
        if limit is not None and len(text) > int(limit):
            raise too_long(name, int(limit), len(text))
        return text


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise _unreadable(name, value)
    return str(value)


def _boolean(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise QboError(2230, f"Invalid boolean : {value}", name)


def _number(name: str, value: Any) -> Decimal:
    if isinstance(value, int | str | Decimal) and not isinstance(value, bool):
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise QboError(2090, f"Invalid Number : {value}", name) from None
        if number.is_finite():
            return number
    raise QboError(2090, f"Invalid Number : {value}", name)


def _date(name: str, value: Any) -> str:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise QboError(2060, f"Invalid date format : {value}", name) from None


def _enumerated(enumeration: str, name: str, value: Any) -> Any:
    if value not in _ENUMERATIONS[enumeration]:
        raise QboError(2170, f"Invalid Enumeration : {value} is not a value of {enumeration}", name)
    return value


def _unknown(type_name: str, property_name: str, known: dict[str, str]) -> QboError:
    names = ", ".join(f'"{name}"' for name in sorted(known))
    detail = (
        f'Property Name:Unrecognized field "{property_name}" (class com.intuit.schema.finance.v3.{type_name}), '
        f"not marked as ignorable ({len(known)} known properties: {names})"
    )
    return QboError(2010, detail)


def _unreadable(name: str, value: Any) -> QboError:
    kind = type(value).__name__
    return QboError(2010, f"Property Name:Can not deserialize value of {name} out of {kind} is not supported")
