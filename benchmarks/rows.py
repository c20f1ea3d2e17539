"""Made-up rows for the benchmarks of pages and downloads: a log of any length, a record for each of its entries."""

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
import zlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AT_ONCE = 5000
NOW = datetime.now(UTC).replace(microsecond=0)
DAYS = 365
ZONES = ("America/Toronto", "Europe/Paris")
# How often each outcome comes among a hundred log entries, with its reason.
OUTCOMES = (
    *[("created", "posted", "", {})] * 60,
    *[("unchanged", "posted", "", {})] * 25,
    *[("skipped", "skipped", "status_not_wanted", {"status": "AWAITING_PAYMENT"})] * 12,
    ("held", "held", "tax_unmapped", {"taxes": "TVA 5,5 %"}),
    ("held", "held", "sku_missing", {"product": "Mug"}),
    ("failed", "failed", "books_refused", {"code": "6000", "detail": "A business validation error"}),
)
PAYLOAD = json.dumps({"items": [{"sku": "MUG-1", "price": "19.95", "quantity": 2}] * 3, "note": "x" * 400})


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
    """Dictionaries of columns, all with the same ones, by the fastest way the database has; others get defaults."""
    from django.db import connection

    meta = model._meta  # noqa: SLF001 - Django's public name for a model's description
    given = [field for field in meta.concrete_fields if not (field.null or field.primary_key)]
    others = [field for field in given if field.column not in rows[0]]
    table, columns = meta.db_table, ", ".join([*rows[0], *(field.column for field in others)])
    defaults = tuple(field.get_db_prep_save(field.get_default(), connection) for field in others)
    values = [(*row.values(), *defaults) for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(values[0]))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


def make_integration(number):
    from accounts.models import Business
    from integrations.models import BooksConnection, Integration, StoreConnection
    from sync.models import StoreHabit

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
    made = Integration.objects.create(
        business=business,
        slug=f"shop-{number:03}",
        store=store,
        books=books,
        time_zone=ZONES[number % len(ZONES)],
        live_at=NOW - timedelta(days=DAYS),
        orders_read_until=NOW,
    )
    StoreHabit.objects.create(integration=made, longest_gap=timedelta(days=1), orders=1000, measured_at=NOW)
    return made


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
    return OUTCOMES[zlib.crc32(str(number).encode()) % 100]


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


# -- what both benchmarks do with them ---------------------------------------------------------------------------------


def arguments(text):
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    return parser


@contextlib.contextmanager
def database(entries, integrations):
    """The database of DATABASE_URL, filled if it is empty; without that a SQLite file that is thrown away."""
    os.environ.setdefault("SECRET_KEY", "benchmark")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/benchmark.sqlite3")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        fill(entries, integrations)
        heart_beats_now()
        yield


def heart_beats_now():
    """As if a worker worked: without one the dashboard shows that alone."""
    from sync.services.heartbeat import heart_beats

    heart_beats(now=datetime.now(UTC))


def people():
    """A bookkeeper of every business and one of a single business."""
    from accounts.models import Business, Membership, User

    everywhere, _ = User.objects.get_or_create(username="everywhere")
    single, _ = User.objects.get_or_create(username="single")
    businesses = list(Business.objects.order_by("pk"))
    for user, theirs in ((everywhere, businesses), (single, businesses[:1])):
        Membership.objects.bulk_create(
            [Membership(user=user, business=business, role="bookkeeper") for business in theirs], ignore_conflicts=True
        )
    return everywhere, single


def signed_in(user):
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client
