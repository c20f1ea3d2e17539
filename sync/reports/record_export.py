"""Records as CSV (L2): where each order stands, and which document it became."""

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from sync.models import DOCUMENT_ROLES, Posting, Record
from sync.reasons import explain
from sync.reports.csv_file import CHUNK, amount_cell, csv_file, moment_cell

COLUMNS = (
    "integration",
    "kind",
    "number",
    "store_ref",
    "created",
    "amount",
    "currency",
    "payment_status",
    "state",
    "reason",
    "explanation",
    "document",
    "quickbooks_id",
    "doc_number",
)
_SALE = ("books_type", "books_ref", "doc_number")
_FIELDS = (
    "integration__slug",
    "integration__time_zone",
    "kind",
    "number",
    "store_ref",
    "created_in_store_at",
    "amount",
    "currency",
    "payment_status",
    "state",
    "reason",
    "params",
)


def record_lines(records: QuerySet[Record]) -> Iterator[str]:
    """The file line by line, in the order of `records`; times and language as in the log's."""
    sale = (
        Posting.objects.filter(record=OuterRef("pk"), role__in=DOCUMENT_ROLES).exclude(books_ref="").order_by("ordinal")
    )
    rows = records.prefetch_related(None).annotate(
        **{f"sale_{name}": Subquery(sale.values(name)[:1]) for name in _SALE}
    )
    values = rows.values(*_FIELDS, *(f"sale_{name}" for name in _SALE))
    return csv_file(COLUMNS, (_cells(row) for row in values.iterator(chunk_size=CHUNK)))


def _cells(row: dict[str, Any]) -> list[str]:
    return [
        row["integration__slug"],
        row["kind"],
        row["number"],
        row["store_ref"],
        moment_cell(row["created_in_store_at"], row["integration__time_zone"]),
        amount_cell(row["amount"], row["currency"]),
        row["currency"],
        row["payment_status"],
        row["state"],
        row["reason"],
        explain(row["reason"], row["params"]),
        *(row[f"sale_{name}"] or "" for name in _SALE),
    ]
