"""Change data capture: everything of some types that changed since a moment, deletions included."""

from datetime import datetime

from sandbox.quickbooks.faults import QboError, missing
from sandbox.quickbooks.query import canonical_type
from sandbox.quickbooks.store import Books, Json, parse_moment

_UNSUPPORTED = ("TaxCode", "TaxRate", "TaxAgency", "CompanyInfo", "Preferences")
_MAX_OBJECTS = 1000


def changes(books: Books, entities: str | None, changed_since: str | None) -> list[Json]:
    """One `QueryResponse` content per type asked for, in that order; empty where nothing changed."""
    if not entities:
        raise missing("entities")
    if not changed_since:
        raise missing("changedSince")
    try:
        since = parse_moment(changed_since)
    except ValueError:
        raise QboError(2060, f"Invalid date format : {changed_since}", "changedSince") from None
    left, found = _MAX_OBJECTS, []
    for name in entities.split(","):
        rows = _changed(books, _supported(name.strip()), since)[:left]
        left -= len(rows)
        found.append((_supported(name.strip()), rows))
    return [_section(type_name, rows) for type_name, rows in found]


def _supported(name: str) -> str:
    type_name = canonical_type(name)
    if type_name in _UNSUPPORTED:
        raise QboError(4001, f"QueryValidationError: change data capture is not supported for {type_name}")
    return type_name


def _changed(books: Books, type_name: str, since: datetime) -> list[Json]:
    """Live objects first, each group by time of change."""
    live = [row for row in books.all(type_name) if _moment(row) >= since and books.visible(type_name, row["Id"])]
    gone = [_stub(row) for row in books.deleted(type_name) if _moment(row) >= since]
    return [*(books.as_queried(type_name, row) for row in sorted(live, key=_moment)), *sorted(gone, key=_moment)]


def _moment(row: Json) -> datetime:
    return parse_moment(row["MetaData"]["LastUpdatedTime"])


def _stub(row: Json) -> Json:
    return {
        "domain": "QBO",
        "status": "Deleted",
        "Id": row["Id"],
        "MetaData": {"LastUpdatedTime": row["MetaData"]["LastUpdatedTime"]},
    }


def _section(type_name: str, rows: list[Json]) -> Json:
    if not rows:
        return {}
    return {type_name: rows, "startPosition": 1, "maxResults": len(rows), "totalCount": len(rows)}
