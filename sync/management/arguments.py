"""Arguments that several commands share."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from integrations.models import Integration

# The years around have no day before or after everywhere.
_YEARS = range(2, 9999)


def add_integration(parser: ArgumentParser) -> None:
    parser.add_argument("integration", metavar="INTEGRATION", help="short name of the integration")


def day(text: str) -> date:
    """An argument such as 2026-09-30."""
    try:
        given = date.fromisoformat(text)
    except ValueError:
        given = None
    if given is None or given.year not in _YEARS:
        raise ArgumentTypeError(_("%(text)s is not a date; write it as 2026-09-30") % {"text": text})
    return given


def integration_named(slug: str) -> Integration:
    """The integration of that short name. Raises CommandError with the names that exist."""
    found = Integration.objects.select_related("store", "books", "business").filter(slug=slug).first()
    if found is None:
        names = ", ".join(Integration.objects.values_list("slug", flat=True)) or _("none")
        raise CommandError(
            _("There is no integration “%(slug)s”. Those that exist: %(names)s.") % {"slug": slug, "names": names}
        )
    return found
