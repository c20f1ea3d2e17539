"""The CSV of the sync log: every column, safe in a spreadsheet, flat in memory."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from accounts.models import Business
from integrations.models import BooksConnection, Integration, StoreConnection
from sync.models import LogEntry, Run
from sync.reports.csv_file import BOM, safe_cells
from sync.reports.log_export import COLUMNS, csv_lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    business = Business.objects.create(name="Maple Goods")
    integration = Integration.objects.create(
        slug="maple-ecwid",
        business=business,
        store=StoreConnection.objects.create(business=business, provider="ecwid", account_id="1003"),
        books=BooksConnection.objects.create(business=business, account_id="9341450000000001"),
        time_zone="America/Toronto",
    )
    moment = datetime(2026, 9, 1, tzinfo=UTC)
    return Run.objects.create(integration=integration, trigger="command", started_at=moment)


def entry(run, **fields):
    values = {
        "kind": "order",
        "store_ref": "EG4H2",
        "action": "created",
        "amount": Decimal("14.9500"),
        "currency": "CAD",
        "created_at": datetime(2026, 9, 2, 3, 30, tzinfo=UTC),
    }
    return LogEntry.objects.create(run=run, integration=run.integration, **values | fields)


def rows():
    text = "".join(csv_lines(LogEntry.objects.order_by("pk")))
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


def test_an_empty_log_is_a_header():
    assert list(csv_lines(LogEntry.objects.all())) == [BOM + ",".join(COLUMNS) + "\r\n"]


def test_every_column_is_filled(run):
    entry(
        run,
        action="held",
        books_type="Invoice",
        books_ref="131",
        doc_number="EW-1001",
        reason="tax_unmapped",
        params={"taxes": "Eco levy 2 %"},
        duration_ms=12,
        trace="1-abc",
    )
    (row,) = rows()
    assert row == {
        "time": "2026-09-01T23:30:00-04:00",
        "run": str(run.pk),
        "integration": "maple-ecwid",
        "kind": "order",
        "store_ref": "EG4H2",
        "action": "held",
        "document": "Invoice",
        "quickbooks_id": "131",
        "doc_number": "EW-1001",
        "amount": "14.95",
        "currency": "CAD",
        "reason": "tax_unmapped",
        "explanation": (
            "Nobody has said yet what “Eco levy 2 %” is in QuickBooks."
            " Map the tax “Eco levy 2 %” in Taxes; the order is posted with the next sync."
        ),
        "duration_ms": "12",
        "intuit_tid": "1-abc",
    }


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [("1000", "JPY", "1000"), ("1.5", "KWD", "1.500"), ("-12.5", "USD", "-12.50"), (None, "", "")],
)
def test_amounts_have_the_places_of_their_currency(run, amount, currency, shown):
    entry(run, amount=amount and Decimal(amount), currency=currency)
    assert rows()[0]["amount"] == shown


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-", "+33 6 12", "=", "-1\n"])
def test_formulas_are_made_harmless(cell):
    assert safe_cells([cell]) == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["-12.50", "+3", "0.00", "plain", "", "a=b", "1-2"])
def test_numbers_and_words_stay_as_they_are(cell):
    assert safe_cells([cell]) == [cell]


def test_a_formula_from_the_store_reaches_no_spreadsheet(run):
    entry(run, store_ref='=HYPERLINK("http://evil.test")', doc_number="-12")
    (row,) = rows()
    assert row["store_ref"] == '\'=HYPERLINK("http://evil.test")'
    assert row["doc_number"] == "-12"


def test_line_breaks_and_quotes_stay_in_their_cell(run):
    entry(run, reason="sku_missing", params={"product": 'Hat "L"\nwarm, red'})
    assert 'Hat "L"\nwarm, red' in rows()[0]["explanation"]


def test_the_explanation_is_in_the_active_language(run, monkeypatch):
    entry(run, reason="order_cancelled")
    seen = []
    monkeypatch.setattr("sync.reports.log_export.explain", lambda *_: seen.append(translation.get_language()) or "")
    with translation.override("fr"):
        rows()
    assert seen == ["fr"]


def test_any_size_costs_one_statement(run, django_assert_num_queries):
    LogEntry.objects.bulk_create(
        LogEntry(run=run, integration=run.integration, kind="order", action="created", created_at=run.started_at)
        for _ in range(4500)
    )
    with django_assert_num_queries(1):
        assert sum(1 for _ in csv_lines(LogEntry.objects.order_by("pk"))) == 4501


def test_lines_come_before_the_log_is_read_to_its_end(run):
    entry(run)
    lines = csv_lines(LogEntry.objects.order_by("pk"))
    assert next(lines).startswith(BOM)
    assert "EG4H2" in next(lines)
