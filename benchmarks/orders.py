"""What an order costs us: CPU time, SQL statements and memory of a sync against the simulated systems.

    python benchmarks/orders.py [ORDERS ...] [--post-as sales_receipt] [--known] [--profile]

Each number of orders is synced by a process of its own, so that its peak memory is its own. CPU time is that of our
process alone: the simulated shop and company run in theirs, and nobody waits for a clock. DATABASE_URL chooses the
database (an empty one); without it, a SQLite file that is thrown away.
"""

import argparse
import contextlib
import cProfile
import os
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ITEMS, BUYERS = 40, 0.7
PLACED_AT_ONCE = 250
# Where time is spent: (phase, module, attribute path). A phase inside another counts for itself only.
PHASES = (
    ("pull", "sync.engine.session", "pull"),
    ("plan", "sync.engine.plan", "Planner.plan"),
    ("post", "sync.engine.post", "Poster.post"),
    ("deliver", "sync.engine.deliver", "Delivery.send"),
    ("http", "integrations.http", "Transport.exchange"),
    ("record", "sync.engine.record", "Recorder.write"),
)


class Meter:
    """CPU seconds by phase; SQL statements by first word."""

    def __init__(self):
        self.seconds, self.statements = Counter(), Counter()
        self._stack = []

    def watch(self, phase, module, path):
        """Have calls of a function count for a phase."""
        *outer, name = path.split(".")
        owner = sys.modules[module]
        for part in outer:
            owner = getattr(owner, part)
        function = getattr(owner, name)

        def measured(*arguments, **options):
            with self._phase(phase):
                return function(*arguments, **options)

        setattr(owner, name, measured)

    @contextlib.contextmanager
    def _phase(self, phase):
        started = time.process_time()
        self._stack.append(0.0)
        try:
            yield
        finally:
            elapsed = time.process_time() - started
            self.seconds[phase] += elapsed - self._stack.pop()
            if self._stack:
                self._stack[-1] += elapsed

    def count(self, execute, sql, params, many, context):
        self.statements[sql.split(None, 1)[0].upper()] += 1
        return execute(sql, params, many, context)


def carts(count, *, known):
    """Orders of one to three lines over forty products and a few hundred buyers, in the last thirty days."""
    start, buyers = datetime.now(UTC) - timedelta(days=30), max(1, int(count * BUYERS))
    for number in range(count):
        lines = [
            {"sku": f"BM-{(number * 7 + line) % ITEMS}", "price": "19.95", "quantity": 1 + line}
            for line in range(1 + number % 3)
        ]
        buyer = 1 if known else number % buyers
        yield {
            "lines": lines,
            "buyer": {"id": 70_000 + buyer, "email": f"b{buyer}@example.test", "name": f"Buyer No {buyer}"},
            "payment_status": "PAID",
            "payment_method": "Credit card",
            "created": (start + timedelta(days=30) * number / count).isoformat(timespec="seconds"),
        }


def place(sandbox, store, orders):
    batch = []
    for order in orders:
        batch.append(order)
        if len(batch) == PLACED_AT_ONCE:
            sandbox.ecwid.place(store, *batch)
            batch = []
    if batch:
        sandbox.ecwid.place(store, *batch)


def measure(options, count):
    """Sync so many orders in this process and print one line (and the profile when asked)."""
    import django

    from tests.support.sandbox import Sandbox

    with Sandbox.started() as sandbox, tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/benchmark.sqlite3")
        os.environ |= sandbox.settings()
        django.setup()
        from django.core.management import call_command

        from tests.support.time import FastTime
        from tests.support.world import World

        call_command("migrate", verbosity=0)
        world = World.make(sandbox, FastTime(), "CA", post_as=options.post_as)
        income = world.entry("Account", "Sales of Product Income").books_ref
        for number in range(ITEMS):
            item = {"Name": f"Benchmark item {number}", "Sku": f"BM-{number}", "Type": "NonInventory"}
            sandbox.quickbooks.add(world.realm, "Item", {**item, "IncomeAccountRef": {"value": income}})
        place(sandbox, world.store_id, carts(1, known=options.known))
        world.sync()  # loads and compiles what every run needs
        place(sandbox, world.store_id, carts(count, known=options.known))
        report(world, count, profiled=options.profile)


def report(world, count, *, profiled):
    from django.db import connection

    meter, profile = Meter(), cProfile.Profile()
    for phase in PHASES:
        meter.watch(*phase)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, wall = time.process_time(), time.perf_counter()
    with connection.execute_wrapper(meter.count), profile if profiled else contextlib.nullcontext():
        run = world.sync()
    seconds, wall = time.process_time() - started, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    phases = ", ".join(f"{phase} {1000 * spent / count:.2f}" for phase, spent in meter.seconds.most_common())
    statements = sum(meter.statements.values())
    print(
        f"{count} orders, {run.counts}: {1000 * seconds / count:.2f} ms CPU per order ({phases}); {wall:.1f} s; "
        f"{statements / count:.2f} SQL statements and {run.calls['books'] / count:.3f} QuickBooks calls per order; "
        f"peak memory {before / 1024:.0f} -> {peak / 1024:.0f} MB"
    )
    if profiled:
        pstats.Stats(profile).sort_stats("tottime").print_stats(30).sort_stats("cumtime").print_stats(60)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("orders", nargs="*", type=int, default=[300, 3000])
    parser.add_argument("--post-as", default="invoice", choices=["invoice", "sales_receipt"])
    parser.add_argument("--known", action="store_true", help="one buyer for all orders instead of new customers")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("SECRET_KEY", "benchmark")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.path.insert(0, str(ROOT))
    if options.here:
        measure(options, options.orders[0])
        return
    flags = [flag for flag in sys.argv[1:] if not flag.isdigit()]
    for count in options.orders:
        command = [sys.executable, __file__, "--here", str(count), *flags]
        subprocess.run(command, check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
