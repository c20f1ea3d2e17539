"""How long pages and downloads take when there is much: a log of a million rows, two hundred integrations.

    python benchmarks/pages.py pages [--entries 1000000] [--integrations 200] [--only log] [--slow 200]
    python benchmarks/pages.py csv [--entries 1000000]

DATABASE_URL names an empty database (PostgreSQL or SQLite), which is filled with made-up rows; without it, a SQLite
file that is thrown away. A database that holds the rows already is taken as it is.

`pages` asks each page several times, signed in as a member of every business and as one of a single business, and
prints the best and the median time: where other things run at the same time the best is nearer to the truth. `csv`
downloads the whole log and prints the time, and the peak memory before and after.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASKED = 9  # times each page
AT_ONCE = 5000
NOW = datetime.now(UTC).replace(microsecond=0)
DAYS = 365
# How often each outcome comes among a hundred log entries, with its reason.
OUTCOMES = (
    *[("created", "posted", "", {})] * 60,
    *[("unchanged", "posted", "", {})] * 25,
    *[("skipped", "skipped", "status_not_wanted", {"status": "AWAITING_PAYMENT"})] * 12,
    *[("held", "held", "tax_unmapped", {"taxes": "TVA 5,5 %"})] * 2,
    *[("failed", "failed", "books_refused", {"code": "6000", "detail": "A business validation error"})] * 1,
)
PAYLOAD = json.dumps({"items": [{"sku": "MUG-1", "price": "19.95", "quantity": 2}] * 3, "note": "x" * 400})


# -- made-up rows ------------------------------------------------------------------------------------------------------


def fill(entries, integrations):
    """So many log entries, one record each, spread over integrations and a year."""
    from sync.models import LogEntry, Record

    if LogEntry.objects.count() >= entries:
        return
    made = [make_integration(number) for number in range(integrations)]
    runs = make_runs(made)
    started = time.perf_counter()
    for start in range(0, entries, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, entries))
        insert(Record, [record_row(number, entries, made) for number in numbers])
        insert(LogEntry, [entry_row(number, entries, made, runs) for number in numbers])
    settle()
    print(f"{entries} log entries and records of {integrations} integrations in {time.perf_counter() - started:.0f} s")


def insert(model, rows):
    """Dictionaries of columns, all with the same ones, by the fastest way the database has."""
    from django.db import connection

    table, columns = model._meta.db_table, ", ".join(rows[0])  # noqa: SLF001 - Django's public name for a model's description
    values = [tuple(row.values()) for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


def make_integration(number):
    from accounts.models import Business
    from integrations.models import BooksConnection, Integration, StoreConnection

    business = Business.objects.create(name=f"Business {number:03}")
    answered = {"state": "connected", "checked_at": NOW, "currency": "CAD", "name": f"Shop {number:03}"}
    store = StoreConnection.objects.create(business=business, provider="ecwid", account_id=str(number), **answered)
    books = BooksConnection.objects.create(
        business=business,
        account_id=str(number),
        mirrored_at=NOW,
        info={"Country": "CA"},
        preferences={"CurrencyPrefs": {"HomeCurrency": {"value": "CAD"}}},
        **answered,
    )
    return Integration.objects.create(
        business=business,
        slug=f"shop-{number:03}",
        store=store,
        books=books,
        time_zone="America/Toronto",
        orders_read_until=NOW,
    )


def make_runs(integrations):
    """A run a day for each integration."""
    from sync.models import Run

    runs = [
        Run(
            integration=integration,
            trigger="schedule",
            state="finished",
            started_at=NOW - timedelta(days=day, seconds=integration.pk),
            finished_at=NOW - timedelta(days=day),
            counts={"created": 10},
            totals={"created": {"CAD": "500.00"}},
        )
        for integration in integrations
        for day in range(DAYS)
    ]
    Run.objects.bulk_create(runs, batch_size=AT_ONCE)
    return [runs[start : start + DAYS] for start in range(0, len(runs), DAYS)]


def outcome(number):
    return OUTCOMES[number * 7919 % 100]


def moment(number, total):
    """The oldest first, as syncs write them."""
    return (NOW - timedelta(days=DAYS) * (1 - number / total)).replace(tzinfo=None).isoformat(sep=" ")


def shared(number, integrations):
    """The columns that a record and its log entry have in common."""
    _action, _state, reason, params = outcome(number)
    return {
        "integration_id": integrations[number % len(integrations)].pk,
        "kind": "order",
        "store_ref": str(number),
        "amount": str(Decimal(number % 50_000) / 100),
        "currency": "CAD",
        "reason": reason,
        "params": json.dumps(params),
    }


def record_row(number, total, integrations):
    from sync.causes import cause_of

    _action, state, reason, params = outcome(number)
    at = moment(number, total)
    return {
        "id": number + 1,
        **shared(number, integrations),
        "number": str(number),
        "payload": PAYLOAD,
        "fingerprint": "f",
        "created_in_store_at": at,
        "updated_in_store_at": at,
        "first_seen_at": at,
        "payment_status": "PAID",
        "state": state,
        "cause": cause_of(reason, params) if state in {"held", "failed"} else "",
        **dict.fromkeys(("wanted", "done", "decided_revision", "decided_mirror"), 1),
        "attempts": 0,
    }


def entry_row(number, total, integrations, runs):
    action, state, _reason, _params = outcome(number)
    posted = state == "posted"
    return {
        **shared(number, integrations),
        "run_id": runs[number % len(integrations)][(total - number - 1) * DAYS // total].pk,
        "record_id": number + 1,
        "action": action,
        "books_type": "Invoice" if posted else "",
        "books_ref": str(number) if posted else "",
        "doc_number": f"EW-{number}" if posted else "",
        "duration_ms": 12,
        "trace": f"tid-{number}",
        "created_at": moment(number, total),
    }


def settle():
    """Statistics and visibility as an installation has them after a while; the next record gets a number of its own."""
    from django.core.management.color import no_style
    from django.db import connection

    from sync.models import Record

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Record]):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


# -- pages -------------------------------------------------------------------------------------------------------------


def people():
    """A bookkeeper of every business and one of a single business."""
    from accounts.models import Business, Membership, User

    everywhere, _ = User.objects.get_or_create(username="everywhere")
    single, _ = User.objects.get_or_create(username="single")
    businesses = list(Business.objects.order_by("pk"))
    for user, theirs in ((everywhere, businesses), (single, businesses[3:4])):
        Membership.objects.bulk_create(
            [Membership(user=user, business=business, role="bookkeeper") for business in theirs], ignore_conflicts=True
        )
    return everywhere, single


def pages():
    from integrations.models import Integration
    from sync.models import Record

    pk = Integration.objects.order_by("pk")[3].pk
    record = Record.objects.filter(integration=pk).first().pk
    month = (NOW - timedelta(days=30)).date().isoformat()
    return (
        ("dashboard", "/"),
        ("inbox", "/inbox"),
        ("log", "/sync/logentry/"),
        ("log, page 150", "/sync/logentry/?p=150"),
        ("log of one integration", f"/sync/logentry/?integration__id__exact={pk}"),
        ("log, held", "/sync/logentry/?action=held"),
        ("log, failed, one integration", f"/sync/logentry/?action=failed&integration__id__exact={pk}"),
        ("log, a reason", "/sync/logentry/?reason=tax_unmapped"),
        ("log, since a month ago", f"/sync/logentry/?created_at_from={month}"),
        ("log, searched", "/sync/logentry/?q=EW-777777"),
        ("records", "/sync/record/"),
        ("records of one integration, held", f"/sync/record/?integration__id__exact={pk}&state__exact=held"),
        ("records, held", "/sync/record/?state__exact=held"),
        ("records, searched", "/sync/record/?q=777777"),
        ("a record", f"/sync/record/{record}/change/"),
        ("runs", "/sync/run/"),
        ("an integration", f"/integrations/integration/{pk}/change/"),
        ("health", "/health"),
    )


def measure_pages(options):
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    fill(options.entries, options.integrations)
    users = people()
    settle()
    for user in users:
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(user)
        print(f"\n{user} ({user.memberships.count()} businesses), {connection.vendor}")
        for name, url in pages():
            if options.only and options.only not in name:
                continue
            status = client.get(url).status_code
            times, cpu = zip(*(timed(client, url) for _ in range(ASKED)), strict=True)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            best, median, busy = (
                1000 * of(values) for of, values in ((min, times), (statistics.median, times), (min, cpu))
            )
            print(
                f"{name:36} {status} {best:6.0f} ms at best, {median:.0f} ms median, {busy:.0f} ms of it our CPU; "
                f"{len(queries)} statements"
            )
            if options.slow and median > options.slow:
                for query in sorted(queries, key=lambda one: -float(one["time"]))[:2]:
                    print(f"    {query['time']} s: {query['sql'][:1500]}")


def timed(client, url):
    """Seconds by the clock, and of this process's work."""
    started, worked = time.perf_counter(), time.process_time()
    client.get(url)
    return time.perf_counter() - started, time.process_time() - worked


# -- the download ------------------------------------------------------------------------------------------------------


def measure_csv(options):
    from django.contrib.auth import get_user_model
    from django.test import Client

    fill(options.entries, options.integrations)
    people()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(get_user_model().objects.get(username="everywhere"))
    consumed(client, "/log/export?q=EW-777777")  # loads and compiles what every download needs
    before, started = peak(), time.perf_counter()
    answer = client.get("/log/export")
    size, lines, first = 0, 0, None
    for chunk in answer:
        first = first or time.perf_counter() - started
        size, lines = size + len(chunk), lines + chunk.count(b"\n")
    took = time.perf_counter() - started
    print(
        f"{lines} lines, {size / 1e6:.0f} MB in {took:.0f} s ({lines / took:.0f} lines/s), first after {first:.1f} s; "
        f"peak memory {before:.0f} -> {peak():.0f} MB"
    )


def consumed(client, url):
    for _chunk in client.get(url):
        pass


def peak():
    """The most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["pages", "csv"])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--integrations", type=int, default=200)
    parser.add_argument("--only", help="pages whose name holds this")
    parser.add_argument("--slow", type=float, help="print the slowest statements of pages that take longer (ms)")
    options = parser.parse_args()
    os.environ.setdefault("SECRET_KEY", "benchmark")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/benchmark.sqlite3")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        {"pages": measure_pages, "csv": measure_csv}[options.what](options)


if __name__ == "__main__":
    main()
