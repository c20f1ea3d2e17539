"""`manage.py export_log INTEGRATION [--from D --to D] > file.csv`"""

import io
import sys
from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand
from django.db.models import QuerySet

from integrations.models import Integration
from sync.management.arguments import add_integration, day, integration_named
from sync.models import LogEntry
from sync.reports.log_export import csv_lines


class Command(BaseCommand):
    help = "Writes an integration's sync log as CSV to standard output, oldest entry first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_integration(parser)
        parser.add_argument("--from", dest="first", type=day, help="first day, in the integration's time zone")
        parser.add_argument("--to", dest="last", type=day, help="last day, in the integration's time zone")

    def handle(self, *_args: object, **options: Any) -> None:
        integration = integration_named(options["integration"])
        entries = entries_between(integration, options["first"], options["last"])
        _write_utf8()
        for line in csv_lines(entries):
            self.stdout.write(line, ending="")


def entries_between(integration: Integration, first: date | None, last: date | None) -> QuerySet[LogEntry]:
    """The entries of the days from `first` to `last`, both included, as the integration's time zone counts days."""
    entries = LogEntry.objects.filter(integration=integration).order_by("pk")
    zone = ZoneInfo(integration.time_zone)
    if first is not None:
        entries = entries.filter(created_at__gte=datetime.combine(first, time.min, zone))
    if last is not None:
        entries = entries.filter(created_at__lt=datetime.combine(last + timedelta(days=1), time.min, zone))
    return entries


def _write_utf8() -> None:
    """CSV is UTF-8 with its own line ends, whatever the terminal's encoding is."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
