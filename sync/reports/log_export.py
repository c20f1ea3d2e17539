"""The sync log as CSV for a spreadsheet (L2): any size, one line at a time, safe to open."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from integrations.money import currency_places, plain, round_half_up
from sync.models import LogEntry
from sync.reasons import explain

# Without it, Excel takes UTF-8 for the system's old encoding and spoils every accent.
BOM = "\ufeff"
CHUNK = 2000  # rows that are in memory at a time

COLUMNS = (
    "time",
    "run",
    "integration",
    "kind",
    "store_ref",
    "action",
    "document",
    "quickbooks_id",
    "doc_number",
    "amount",
    "currency",
    "reason",
    "explanation",
    "duration_ms",
    "intuit_tid",
)

_FIELDS = (
    "created_at",
    "run_id",
    "integration__slug",
    "integration__time_zone",
    "kind",
    "store_ref",
    "action",
    "books_type",
    "books_ref",
    "doc_number",
    "amount",
    "currency",
    "reason",
    "params",
    "duration_ms",
    "trace",
)

# What a spreadsheet would take for a formula, and the plain numbers that only look like one.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def csv_lines(entries: QuerySet[LogEntry]) -> Iterator[str]:
    """The CSV file line by line, in the order of `entries`, with a header and a byte order mark.

    Times are in each integration's zone, explanations in the language that is active when the line is made. Memory
    stays flat: rows are read in chunks.
    """
    writer = csv.writer(_Line())
    yield BOM + writer.writerow(COLUMNS)
    for row in entries.values(*_FIELDS).iterator(chunk_size=CHUNK):
        yield writer.writerow(safe_cells(_cells(row)))


def safe_cells(cells: Iterable[str]) -> list[str]:
    """Cells that no spreadsheet runs as a formula; negative amounts stay numbers."""
    return [f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell for cell in cells]


class _Line:
    """A file for `csv.writer` that hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _cells(row: dict[str, Any]) -> list[str]:
    return [
        _local(row["created_at"], row["integration__time_zone"]),
        str(row["run_id"]),
        row["integration__slug"],
        row["kind"],
        row["store_ref"],
        row["action"],
        row["books_type"],
        row["books_ref"],
        row["doc_number"],
        _amount(row["amount"], row["currency"]),
        row["currency"],
        row["reason"],
        explain(row["reason"], row["params"]),
        str(row["duration_ms"]),
        row["trace"],
    ]


def _local(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def _amount(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else plain(round_half_up(amount, currency_places(currency)))
