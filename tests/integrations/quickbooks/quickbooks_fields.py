"""Which fields QuickBooks knows, and a check of a payload against them.

`quickbooks_fields.json` lists, per type, the fields that a request may carry: a scalar kind (str with its length, dec,
int, bool, date), the values of an enumeration joined with |, or another type; * marks a list. Fields that QuickBooks
computes are left out, so that sending one is found too.
"""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

FIELDS: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("quickbooks_fields.json").read_text())


def check(payload: dict[str, Any], kind: str, path: str = "") -> None:
    """Fail with the path of the first field that QuickBooks would not take."""
    for name, value in payload.items():
        where = f"{path}.{name}" if path else f"{kind}.{name}"
        assert name in FIELDS[kind], f"{where} is not known"
        _check_value(value, FIELDS[kind][name], where)


def _check_value(value: Any, kind: str, where: str) -> None:
    if kind.startswith("*"):
        assert isinstance(value, list), where
        for entry in value:
            _check_value(entry, kind[1:], where)
    elif kind in FIELDS:
        assert isinstance(value, dict), where
        assert value, f"{where} is empty"
        check(value, kind, where)
    elif "|" in kind:
        assert value in kind.split("|"), f"{where} has no value {value!r}"
    else:
        _check_scalar(value, kind, where)


def _check_scalar(value: Any, kind: str, where: str) -> None:
    name, _, limit = kind.partition("<=")
    if name == "str":
        assert isinstance(value, str), where
        assert len(value) <= int(limit or 10**6), f"{where} has {len(value)} characters"
    elif name == "dec":
        assert isinstance(value, Decimal), f"{where} is {type(value).__name__}"
    elif name == "date":
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", value), where
    else:
        assert isinstance(value, {"bool": bool, "int": int}[name]), where
