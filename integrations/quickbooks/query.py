"""QuickBooks' query language: statements, quoting, and paging that survives changes between two pages."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from integrations.errors import Malformed

PAGE = 1000  # the most rows that one answer can hold

Row = dict[str, Any]


def quote(text: str) -> str:
    """A string literal: 'Amy\\'s'."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def one_of(field: str, values: Iterable[str]) -> str:
    """A condition for some values at once: DocNumber IN ('1','2')."""
    return f"{field} IN ({','.join(quote(value) for value in values)})"


def select(entity: str, where: str = "", *, order_by: str = "Id", start: int = 1, rows: int = PAGE) -> str:
    condition = f" WHERE {where}" if where else ""
    return f"SELECT * FROM {entity}{condition} ORDERBY {order_by} STARTPOSITION {start} MAXRESULTS {rows}"  # noqa: S608 - not SQL


def count(entity: str, where: str = "") -> str:
    return f"SELECT COUNT(*) FROM {entity}" + (f" WHERE {where}" if where else "")  # noqa: S608 - not SQL


def rows_of(response: Row, entity: str) -> list[Row]:
    """The rows of a QueryResponse; their key is the entity's name and absent when there are none."""
    for key, rows in response.items():
        if key.lower() == entity.lower() and isinstance(rows, list):
            return rows
    return []


def paged(fetch: Callable[[int, int], list[Row]], size: int = PAGE) -> Iterator[Row]:
    """Every row once. `fetch(start, rows)` reads one page; positions count from 1.

    Positions shift when a row disappears while we read, and a row would be missed. Therefore each page begins with the
    last row of the page before it; where that row is not found, rows have moved up and we step back until a known one
    comes first.
    """
    seen: set[str] = set()
    start = 1
    while True:
        rows = fetch(start, size)
        if start > 1 and (not rows or _id(rows[0]) not in seen):
            start = max(1, start - size // 2)
            continue
        for row in rows:
            if _id(row) not in seen:
                seen.add(_id(row))
                yield row
        if len(rows) < size:
            return
        start += size - 1


def _id(row: Row) -> str:
    if "Id" not in row:
        raise Malformed("a row of a query has no Id")
    return str(row["Id"])
