"""`manage.py sandbox`: starts the simulated Ecwid, QuickBooks and Wix, and prints the settings that lead to them."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sync.demo import systems
from sync.demo.processes import end_on_signals


class Command(BaseCommand):
    help = "Starts the simulated Ecwid, QuickBooks and Wix until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--ecwid-port", type=int, default=8801, help="0 takes any free port")
        parser.add_argument("--quickbooks-port", type=int, default=8802, help="0 takes any free port")
        parser.add_argument("--wix-port", type=int, default=8803, help="0 takes any free port")
        parser.add_argument("--state", type=Path, help="folder in which they keep their state; else it is forgotten")
        parser.add_argument("--demo-orders", type=int, default=0, help="orders placed per demo store when new")
        parser.add_argument("--webhook-url", help="where messages go: BASE_URL/webhooks of an installation")

    def handle(self, *_args: object, **options: Any) -> None:
        end_on_signals()
        process = systems.start(_passed_on(options))
        try:
            found = systems.addresses(process)
            for name, value in {**systems.settings_for(found), **systems.keys_of(found)}.items():
                self.stdout.write(f"{name}={value}")
            self.stdout.flush()
            sys.exit(process.wait())
        except systems.NotStarted:
            raise CommandError("The simulators did not start; the lines above say why.") from None
        except KeyboardInterrupt:
            return
        finally:
            _end(process)


def _passed_on(options: dict[str, Any]) -> list[str]:
    names = ("host", "ecwid_port", "quickbooks_port", "wix_port", "state", "demo_orders", "webhook_url")
    given = {name: options[name] for name in names if options[name] is not None}
    return [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", str(value))]


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    process.wait()
