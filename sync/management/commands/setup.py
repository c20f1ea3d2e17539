"""`manage.py setup apply FILE` and `manage.py setup export INTEGRATION`."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from integrations.money import json_loads
from sync import setup_file
from sync.management.arguments import add_integration, integration_named


class Command(BaseCommand):
    help = "Applies a setup file, or writes an integration as one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        apply = verbs.add_parser("apply", help="create or update what the file describes")
        apply.add_argument("file", metavar="FILE", help="a setup file; - reads standard input")
        add_integration(verbs.add_parser("export", help="write an integration as a setup file, without secrets"))

    def handle(self, *_args: object, **options: Any) -> None:
        if options["verb"] == "apply":
            self._apply(_document(options["file"]))
        else:
            self._export(options["integration"])

    def _apply(self, document: Any) -> None:
        try:
            changes = setup_file.apply(document)
        except setup_file.SetupRefused as refused:
            lines = [_("The file was not applied; nothing has changed:"), *map(str, refused.problems)]
            raise CommandError("\n  ".join(lines)) from None
        for change in changes:
            self.stdout.write(str(change))
        if not changes:
            self.stdout.write(_("Nothing to change."))

    def _export(self, slug: str) -> None:
        document = setup_file.export(integration_named(slug))
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def _document(name: str) -> Any:
    """The parsed file. Its text is never quoted in a message: it holds secrets."""
    try:
        return json_loads(sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(_("%(name)s cannot be read: %(why)s") % {"name": name, "why": error.strerror}) from None
    except json.JSONDecodeError as error:
        place = {"name": name, "line": error.lineno, "column": error.colno, "why": error.msg}
        raise CommandError(_("%(name)s is not JSON: %(why)s in line %(line)d, column %(column)d") % place) from None
    except UnicodeDecodeError:
        raise CommandError(_("%(name)s is not UTF-8; save it as UTF-8") % {"name": name}) from None
