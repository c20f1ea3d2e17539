"""`manage.py sync INTEGRATION`: synchronise now, with a progress bar on a terminal or JSON lines for scripts.

Exit status: 0 when nothing is held or failed, 3 when something is, 1 when the run itself could not be carried through.
"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from integrations.models import Integration
from sync.engine.run import FLOWS, run_integration
from sync.management.progress import ProgressBar
from sync.models import Action, LogEntry, Record, RecordState, Run, RunState, Trigger
from sync.reasons import explain
from sync.reports.log_json import amount_text, entry_json, run_json
from sync.services.reports import report_after_run

SOME_HELD, BROKEN = 3, 1
_TROUBLE = (Action.HELD, Action.FAILED)


class Command(BaseCommand):
    help = "Synchronise an integration now"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("integration", help="the integration's short name")
        parser.add_argument("--flow", action="append", choices=FLOWS, dest="flows", help="only this flow; repeatable")
        parser.add_argument(
            "--dry-run", action="store_true", help="plan and prove everything, write nothing but the log"
        )
        parser.add_argument(
            "--approve", action="store_true", help="also carry out a stock push that waits for a person's approval"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object per record and a last one for the run")

    def handle(self, *_args: Any, **options: Any) -> None:
        integration = _integration(options["integration"])
        watcher = _JsonLines(self) if options["json"] else _Bar(integration)
        with watcher:
            run = run_integration(
                integration,
                flows=options["flows"] or FLOWS,
                dry_run=options["dry_run"],
                trigger=Trigger.COMMAND,
                watcher=watcher,
                approve=options["approve"],
            )
        watcher.finish(run)
        report_after_run(run, now=timezone.now())
        if run.state != RunState.FINISHED:
            sys.exit(BROKEN)
        if any(run.counts.get(action) for action in _TROUBLE) or _still_waiting(integration):
            sys.exit(SOME_HELD)


def _still_waiting(integration: Integration) -> bool:
    """What an earlier run held or failed is not in the books either, though this run had no reason to look at it."""
    return Record.objects.filter(integration=integration, state__in=(RecordState.HELD, RecordState.FAILED)).exists()


def _integration(slug: str) -> Integration:
    found = Integration.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Integration.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no integration “{slug}”. Integrations: {known}.")
    return found


class _JsonLines:
    """One object per record as it is dealt with, and a last one for the run."""

    def __init__(self, command: BaseCommand) -> None:
        self._out = command.stdout

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_error: object) -> None:
        pass

    def expect(self, records: int) -> None:
        pass

    def saw(self, entry: LogEntry) -> None:
        self._out.write(json.dumps(entry_json(entry), ensure_ascii=False))

    def finish(self, run: Run) -> None:
        self._out.write(json.dumps({"run": run_json(run)}, ensure_ascii=False))


class _Bar(ProgressBar):
    """A progress bar while it works (on a terminal), then what was held or failed, and the sums."""

    def __init__(self, integration: Integration) -> None:
        self._console = Console()
        super().__init__(integration.slug, self._console)
        self._trouble: list[LogEntry] = []

    def saw(self, entry: LogEntry) -> None:
        super().saw(entry)
        if entry.action in _TROUBLE:
            self._trouble.append(entry)

    def finish(self, run: Run) -> None:
        if self._trouble:
            self._console.print(_table(self._trouble))
        for action, count in sorted(run.counts.items()):
            sums = ", ".join(f"{amount} {currency}" for currency, amount in sorted(run.totals.get(action, {}).items()))
            self._console.print(f"{Action(action).label}: {count}" + (f" ({sums})" if sums else ""))
        calls = ", ".join(f"{provider} {count}" for provider, count in run.calls.items())
        self._console.print(f"Calls: {calls}")
        if run.state != RunState.FINISHED:
            self._console.print(explain(run.reason, run.params))


def _table(entries: list[LogEntry]) -> Table:
    table = Table("Order", "", "Amount", "Why")
    for entry in entries:
        amount = f"{amount_text(entry.amount, entry.currency) or ''} {entry.currency}".strip()
        table.add_row(entry.store_ref, str(Action(entry.action).label), amount, explain(entry.reason, entry.params))
    return table
