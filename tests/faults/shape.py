"""The content of simulated books without what differs from one run to the next: ids, versions and times."""

import json
from collections import Counter

_CHANCE = {"Id", "SyncToken", "MetaData"}
# By what an entry or document is known instead of its id, the first that it has.
_LABELS = {"Payment": ("PrivateNote",), "Customer": ("DisplayName",), "Item": ("Name",)}
_POINTS_AT = {"CustomerRef": "Customer", "ItemRef": "Item"}


def shape(books):
    """A multiset of (type, content as text); two books with the same shape are the same to a bookkeeper."""
    kinds = {kind: rows for kind, rows in books.items() if kind != "deleted"}
    labels = {(kind, row["Id"]): _label(kind, row) for kind, rows in kinds.items() for row in rows}
    gone = [(f"deleted {kind}", row) for kind, rows in books.get("deleted", {}).items() for row in rows]
    alive = [(kind, row) for kind, rows in kinds.items() for row in rows]
    return Counter((kind, _text(row, labels)) for kind, row in alive + gone)


def _label(kind, row):
    names = _LABELS.get(kind, ("DocNumber", "Name"))
    return next((str(row[name]) for name in names if row.get(name)), row["Id"])


def _text(row, labels):
    own = {key: value for key, value in row.items() if key not in _CHANCE}
    return json.dumps(_resolved(own, labels), sort_keys=True, default=str, ensure_ascii=False)


def _resolved(value, labels):
    if isinstance(value, list):
        return [_resolved(one, labels) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) >= {"TxnId", "TxnType"}:
        return [value["TxnType"], labels.get((value["TxnType"], value["TxnId"]), value["TxnId"])]
    return {key: _reference(key, one, labels) for key, one in value.items()}


def _reference(key, value, labels):
    kind = _POINTS_AT.get(key)
    if kind is not None and isinstance(value, dict):
        return labels.get((kind, value["value"]), value["value"])
    return _resolved(value, labels)
