"""How long pages take when there is much: a log of a million entries, thirty thousand orders that wait, two hundred
integrations.

    python benchmarks/pages.py [--entries 1000000] [--integrations 200] [--only log] [--times 21] [--slow 200]

DATABASE_URL names an empty database (PostgreSQL or SQLite), which is filled with made-up rows; without it, a SQLite
file that is thrown away. A database that holds the rows already is taken as it is, after its migrations.

Each page is asked several times, whole (middleware, statements, template), signed in as a member of every business and
as one of a single business. The times are milliseconds by the clock; "CPU" is what our process and the database's (if
it is a PostgreSQL on this machine) worked in the mean, which does not depend on what else runs at the same time.
"""

import os
import statistics
import time
from datetime import timedelta
from pathlib import Path

from rows import NOW, arguments, database, people, settle, signed_in


def pages(user):
    """The pages by name, with the addresses that this user sees something at."""
    from integrations.models import Integration
    from sync.models import Record

    pk = Integration.objects.filter(business__memberships__user=user).earliest("pk").pk
    of_one = f"integration__id__exact={pk}"
    held = Record.objects.filter(integration=pk, state="held")[0]
    month = (NOW - timedelta(days=30)).date().isoformat()
    return (
        ("dashboard", "/"),
        ("dashboard, 7 days", "/?days=7"),
        ("dashboard, 90 days", "/?days=90"),
        ("dashboard, chart of one integration", f"/?integration={pk}"),
        ("inbox", "/inbox"),
        ("inbox, page 2", "/inbox?page=2"),
        ("inbox, one group", f"/inbox/{pk}/{held.cause}"),
        ("log", "/sync/logentry/"),
        ("log, page 2", "/sync/logentry/?p=2"),
        ("log, last page", "/sync/logentry/?p=200"),
        ("log of one integration", f"/sync/logentry/?{of_one}"),
        ("log, held", "/sync/logentry/?action=held"),
        ("log, failed, one integration", f"/sync/logentry/?action=failed&{of_one}"),
        ("log, a reason", "/sync/logentry/?reason=tax_unmapped"),
        ("log, a reason that nothing has", "/sync/logentry/?reason=order_unreadable"),
        ("log, since a month ago", f"/sync/logentry/?created_at_from={month}"),
        ("log, until a month ago", f"/sync/logentry/?created_at_to={month}"),
        ("log, searched", f"/sync/logentry/?q={held.number}"),
        ("records", "/sync/record/"),
        ("records, last page", "/sync/record/?p=200"),
        ("records of one integration, held", f"/sync/record/?{of_one}&state__exact=held"),
        ("records, held", "/sync/record/?state__exact=held"),
        ("records, a reason", "/sync/record/?reason=status_not_wanted"),
        ("records, a reason that nothing has", "/sync/record/?reason=order_unreadable"),
        ("records, searched", f"/sync/record/?q={held.number}"),
        ("a record", f"/sync/record/{held.pk}/change/"),
        ("runs", "/sync/run/"),
        ("integrations", "/integrations/integration/"),
        ("an integration", f"/integrations/integration/{pk}/change/"),
        ("health", "/health"),
    )


def measure(options):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    users = people()
    settle()
    for user in users:
        client = signed_in(user)
        print(f"\n{user} ({user.memberships.count()} businesses), {connection.vendor}\n")
        print("| page | status | best | median | p95 | CPU | database's CPU | statements |")
        print("|---|---|---|---|---|---|---|---|")
        for name, url in pages(user):
            if options.only and options.only not in name:
                continue
            status = client.get(url).status_code
            worked, asked = time.process_time(), database_cpu()
            times = [timed(client, url) for _ in range(options.times)]
            cpu = [
                (end - start) * 1000 / options.times
                for start, end in ((worked, time.process_time()), (asked, database_cpu()))
            ]
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            figures = (f"{figure:.0f}" for figure in (min(times), median, p95, *cpu))
            print(f"| {name} | {status} | {' | '.join(figures)} | {len(queries)} |", flush=True)
            if options.slow and median > options.slow:
                for query in sorted(queries, key=lambda one: -float(one["time"]))[:3]:
                    print(f"    {query['time']} s: {query['sql'][:1500]}")


def timed(client, url):
    """Milliseconds by the clock."""
    started = time.perf_counter()
    client.get(url)
    return 1000 * (time.perf_counter() - started)


def database_cpu():
    """Seconds that the process has worked which serves our connection; 0 where that is not on this machine."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        file = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not file.exists() or "postgres" not in file.read_text():
        return 0
    user, system = file.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def main():
    parser = arguments(__doc__)
    parser.add_argument("--integrations", type=int, default=200)
    parser.add_argument("--only", help="pages whose name holds this")
    parser.add_argument("--times", type=int, default=21, help="how often each page is asked")
    parser.add_argument("--slow", type=float, help="print the slowest statements of pages that take longer (ms)")
    options = parser.parse_args()
    with database(options.entries, options.integrations):
        measure(options)


if __name__ == "__main__":
    main()
