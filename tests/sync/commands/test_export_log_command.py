"""`manage.py export_log`: which days, which integration."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Business
from integrations.models import BooksConnection, Integration, StoreConnection
from sync.models import LogEntry, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def integration():
    business = Business.objects.create(name="Maple Goods")
    return Integration.objects.create(
        slug="maple-ecwid",
        business=business,
        store=StoreConnection.objects.create(business=business, provider="ecwid", account_id="1003"),
        books=BooksConnection.objects.create(business=business, account_id="9341450000000001"),
        time_zone="America/Toronto",
    )


@pytest.fixture
def log(integration):
    """One entry a minute before and one a minute after midnight in Toronto on September 2nd, and one ten days on."""
    run = Run.objects.create(integration=integration, trigger="command", started_at=datetime(2026, 9, 1, tzinfo=UTC))
    moments = {
        "before": datetime(2026, 9, 2, 3, 59, tzinfo=UTC),
        "after": datetime(2026, 9, 2, 4, 1, tzinfo=UTC),
        "later": datetime(2026, 9, 12, 12, tzinfo=UTC),
    }
    for name, moment in moments.items():
        LogEntry.objects.create(
            run=run, integration=integration, kind="order", store_ref=name, action="created", created_at=moment
        )


def exported(*arguments):
    out = io.StringIO()
    call_command("export_log", *arguments, stdout=out)
    return [row["store_ref"] for row in csv.DictReader(io.StringIO(out.getvalue(), newline=""))]


def test_the_whole_log_comes_oldest_first(log):
    assert exported("maple-ecwid") == ["before", "after", "later"]


def test_days_are_those_of_the_integration(log):
    assert exported("maple-ecwid", "--to", "2026-09-01") == ["before"]
    assert exported("maple-ecwid", "--from", "2026-09-02") == ["after", "later"]
    assert exported("maple-ecwid", "--from", "2026-09-02", "--to", "2026-09-02") == ["after"]


def test_other_integrations_stay_out(log, integration):
    other = Integration.objects.create(
        slug="second",
        business=integration.business,
        store=StoreConnection.objects.create(business=integration.business, provider="ecwid", account_id="1004"),
        books=integration.books,
    )
    assert exported(other.slug) == []


def test_an_unknown_integration_names_those_that_exist(integration):
    with pytest.raises(CommandError, match=r"“maple”\. Those that exist: maple-ecwid\."):
        exported("maple")


@pytest.mark.parametrize("given", ["30/09/2026", "2026-02-30", "9999-12-31", "0001-01-01"])
def test_a_date_that_is_none_is_refused(integration, given):
    with pytest.raises(CommandError, match=f"{given} is not a date; write it as 2026-09-30"):
        exported("maple-ecwid", "--to", given)
