"""What downloading a log of a million entries takes: time, and memory along the way.

    python benchmarks/downloads.py [--entries 1000000] [--integrations 1]

DATABASE_URL names an empty database (PostgreSQL or SQLite), which is filled with made-up rows; without it, a SQLite
file that is thrown away. A database that holds the rows already is taken as it is, after its migrations.

The log is downloaded through the page, chunk by chunk as a web server sends it, and written by `manage.py export_log`,
which takes one integration. Memory is that of our process in MB (Linux), at the beginning and after 10, 50 and 100 % of
the lines: it must not grow with them.
"""

import os
import resource
import time
from pathlib import Path

from rows import arguments, database, people, signed_in

MARKS = (0.1, 0.5, 1)


class Watched:
    """Counts what passes, as a file that keeps nothing, and notes the memory on the way."""

    def __init__(self, name, expected):
        self.name, self.lines, self.size = name, 0, 0
        self._marks = [int(expected * mark) for mark in MARKS]
        self._memory = [memory()]
        self._started, self._first = time.perf_counter(), None

    def write(self, text):
        self._first = self._first or time.perf_counter() - self._started
        self.size += len(text)
        self.lines += text.count(b"\n" if isinstance(text, bytes) else "\n")
        while self._marks and self.lines >= self._marks[0]:
            self._memory.append(memory())
            self._marks.pop(0)

    def row(self):
        """A row of the table."""
        took = time.perf_counter() - self._started
        rate, at = f"{self.lines / took:.0f}", " | ".join(f"{one:.1f}" for one in [*self._memory, peak()])
        return (
            f"| {self.name} | {self.lines} | {self.size / 1e6:.0f} | {took:.0f} | {rate} | {self._first:.2f} | {at} |"
        )


def measure():
    from django.core.management import call_command
    from django.db import connection

    from integrations.models import Integration
    from sync.models import LogEntry

    everywhere, _single = people()
    client, integration = signed_in(everywhere), Integration.objects.earliest("pk")
    for _chunk in client.get("/log/export?q=EW-777"):
        pass  # loads and compiles what every download needs
    print("| through | lines | MB | s | lines/s | first after s | at start | 10 % | 50 % | 100 % | peak |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    page = Watched(f"page, {connection.vendor}", LogEntry.objects.count())
    for chunk in client.get("/log/export"):
        page.write(chunk)
    print(page.row(), flush=True)
    command = Watched(f"export_log, {connection.vendor}", LogEntry.objects.filter(integration=integration).count())
    call_command("export_log", integration.slug, stdout=command)
    print(command.row())


def memory():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def peak():
    """The most that this process has ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    parser = arguments(__doc__)
    parser.add_argument("--integrations", type=int, default=1)
    options = parser.parse_args()
    with database(options.entries, options.integrations):
        measure()


if __name__ == "__main__":
    main()
