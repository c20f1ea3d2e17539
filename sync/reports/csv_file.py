"""CSV for a spreadsheet (L2): any size, one line at a time, safe to open."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from integrations.money import currency_places, plain, round_half_up

# Without it, Excel takes UTF-8 for the system's old encoding and spoils every accent.
BOM = "\ufeff"
CHUNK = 2000  # rows that are in memory at a time

# What a spreadsheet would take for a formula, and the plain numbers that only look like one.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def csv_file(columns: Sequence[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The file line by line, with a header and a byte order mark; memory stays as flat as that of `rows`."""
    writer = csv.writer(_Line())
    yield BOM + writer.writerow(columns)
    for row in rows:
        yield writer.writerow(safe_cells(row))


def safe_cells(cells: Iterable[str]) -> list[str]:
    """Cells that no spreadsheet runs as a formula; negative amounts stay numbers."""
    return [f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell for cell in cells]


class _Line:
    """A file for `csv.writer` that hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def moment_cell(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def amount_cell(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else plain(round_half_up(amount, currency_places(currency)))
