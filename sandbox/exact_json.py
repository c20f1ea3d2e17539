"""JSON in which amounts stay exact: numbers with a point are read as Decimal and written as plain numbers."""

import json
import re
from decimal import Decimal
from typing import Any

# The encoder of the standard library has no hook for raw numbers. Decimals pass through it as strings between two
# NUL characters (which no sane text holds) and lose their quotes afterwards; this keeps the fast C encoder.
_MARKED_NUMBER = re.compile(r'"\\u0000(-?[0-9]+(?:\.[0-9]+)?)\\u0000"')


def loads(text: str | bytes) -> Any:
    return json.loads(text, parse_float=Decimal)


def dumps(value: Any) -> str:
    return _MARKED_NUMBER.sub(_bare, json.dumps(value, default=_marked, separators=(",", ":")))


def _bare(match: re.Match[str]) -> str:
    return match[1]


def _marked(value: object) -> str:
    if isinstance(value, Decimal):
        return f"\0{value:f}\0"
    msg = f"{type(value).__name__} has no place in JSON"
    raise TypeError(msg)
