"""`manage.py demo [--check]`: three simulated businesses, their first sync, and the admin to look at the result."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from integrations.models import Integration
from sync.demo import checking, shops, systems
from sync.demo.home import Home, InUse, process_environment
from sync.demo.processes import ChildEnded, Processes, end_on_signals
from sync.demo.showing import show
from sync.demo.statement import statement_of
from sync.setup_file import SetupRefused

# Tells the second of the two processes below for which folder it was started, and how often it was.
_PREPARED = "TILLBRIDGE_DEMO"
_STARTS = "TILLBRIDGE_DEMO_STARTS"
_MOST_STARTS = 5


class Command(BaseCommand):
    help = "Shows Tillbridge with three simulated stores and companies until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="serve nothing; exit status 0 when all is as expected")
        parser.add_argument(
            "--data",
            type=Path,
            default=settings.BASE_DIR / "demo-data",
            help="folder that keeps everything (default: demo-data)",
        )

    def handle(self, *_args: object, check: bool, data: Path, **_options: Any) -> None:
        home = Home(data.resolve())
        if os.environ.get(_PREPARED) != str(home.folder):
            _start_again_for(home, check=check)
        end_on_signals()
        try:
            with home.locked(), Processes(home) as processes:
                self._run(home, processes, check=check)
        except KeyboardInterrupt:
            self.stdout.write("\nEnded. The next start continues here.")
        except InUse:
            raise CommandError(f"A demo is running from {home.folder} already; end it first.") from None
        except systems.NotStarted as why:
            # As a rule somebody took a port between its choice and its use, and may have let go of it already.
            self.stderr.write(str(why))
            _once_more(home, check=check)
            raise CommandError("The demo did not start; the lines above say why.") from None
        except SetupRefused as refused:
            raise CommandError("\n  ".join(["The demo cannot be set up:", *map(str, refused.problems)])) from None
        except ChildEnded as ended:
            raise CommandError(_last_words(home, ended.name)) from None

    def _run(self, home: Home, processes: Processes, *, check: bool) -> None:
        console = Console()
        processes.start_simulators()
        call_command("migrate", verbosity=0)
        integrations = shops.set_up()
        shops.let_in(home.keys().password)
        problems = list(_synchronise(integrations, console))
        if check:
            problems += _check(integrations)
            self._conclude(problems)
        else:
            self._serve(home, processes, problems)

    def _conclude(self, problems: list[str]) -> None:
        if problems:
            raise CommandError("\n  ".join(["The demo did not come out as expected:", *problems]))
        self.stdout.write("\nAs expected: the books equal the stores, and a second sync had nothing to do.")

    def _serve(self, home: Home, processes: Processes, problems: list[str]) -> None:
        for problem in problems:
            self.stderr.write(problem)
        processes.start_worker()
        processes.start_web()
        self.stdout.write(
            f"\nThe admin: {settings.BASE_URL}/\n"
            f"Sign in as {shops.ADMIN} (everything) or {shops.BOOKKEEPER} (one business),"
            f" password {home.keys().password}\n"
            f"The worker syncs by itself; logs are in {home.folder}. Ctrl-C ends everything."
        )
        self.stdout.flush()
        processes.watch()


def _start_again_for(home: Home, *, check: bool) -> None:
    """Become the same command with the demo's own settings: they are read once, before any command begins."""
    home.make()
    starts = int(os.environ.get(_STARTS, "0")) + 1
    environment = {**process_environment(home), _PREPARED: str(home.folder), _STARTS: str(starts)}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo", "--data", str(home.folder)]
    # Our own interpreter and command; no shell reads it.
    os.execve(sys.executable, [*command, *(["--check"] if check else [])], environment)  # noqa: S606


def _once_more(home: Home, *, check: bool) -> None:
    """Start again with ports that are free by now; do nothing once that was tried often."""
    if int(os.environ.get(_STARTS, "0")) < _MOST_STARTS:
        _start_again_for(home, check=check)


def _synchronise(integrations: list[Integration], console: Console) -> Iterator[str]:
    """Sync and show each; yields what went wrong."""
    for integration in integrations:
        run = shops.synchronise(integration, console)
        yield from _named(integration, checking.troubles_of(run))
    for integration in integrations:
        show(statement_of(integration), console)


def _check(integrations: list[Integration]) -> Iterator[str]:
    for integration in integrations:
        second = shops.synchronise(integration, Console(quiet=True))
        yield from _named(integration, checking.repetitions(second))
        expected = checking.EXPECTED[integration.slug]
        yield from _named(integration, checking.differences(statement_of(integration), expected))


def _named(integration: Integration, sentences: Iterator[str]) -> Iterator[str]:
    return (f"{integration}: {sentence}" for sentence in sentences)


def _last_words(home: Home, name: str) -> str:
    """What the log of a child that ended by itself says last."""
    log = home.log(name)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:] if log.exists() else []
    return "\n  ".join([f"The demo's {name} ended by itself; the last lines of {log}:", *lines])
