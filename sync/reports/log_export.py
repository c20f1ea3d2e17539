"""The sync log as CSV (L2)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from sync.models import LogEntry
from sync.reasons import explain
from sync.reports.csv_file import CHUNK, amount_cell, csv_file, moment_cell

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


def csv_lines(entries: QuerySet[LogEntry]) -> Iterator[str]:
    """The file line by line, in the order of `entries`.

    Times are in each integration's zone, explanations in the language that is active when the line is made.
    """
    return csv_file(COLUMNS, (_cells(row) for row in entries.values(*_FIELDS).iterator(chunk_size=CHUNK)))


def _cells(row: dict[str, Any]) -> list[str]:
    return [
        moment_cell(row["created_at"], row["integration__time_zone"]),
        str(row["run_id"]),
        row["integration__slug"],
        row["kind"],
        row["store_ref"],
        row["action"],
        row["books_type"],
        row["books_ref"],
        row["doc_number"],
        amount_cell(row["amount"], row["currency"]),
        row["currency"],
        row["reason"],
        explain(row["reason"], row["params"]),
        str(row["duration_ms"]),
        row["trace"],
    ]
