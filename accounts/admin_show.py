"""What lists and pages show alike."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

DASH = "\N{EN DASH}"  # what a cell shows instead of nothing


def label(value: str, text: object, colours: Mapping[str, str]) -> SafeString:
    """A coloured label: `colours` says which colour (success, warning, danger, info, primary) a value has.

    unfold's own `display(label=...)` colours lists only and shows the bare value on a page.
    """
    shown = render_to_string("unfold/helpers/label.html", {"text": text, "type": colours.get(value, "")})
    return mark_safe(shown)  # noqa: S308 - made by a template, which escapes


def moment_in(value: datetime | None, zone: tzinfo) -> str | SafeString:
    """A moment in this time zone, whose name is told to whoever points at it; universal time says so itself."""
    if value is None:
        return DASH
    return format_html(
        '<time class="tb-nowrap" datetime="{}" title="{}">{}</time>',
        timezone.localtime(value, zone).isoformat(),
        str(zone),
        moment_text(value, zone),
    )


def moment_text(value: datetime, zone: tzinfo) -> str:
    """The same where there is no page to point at, as in a mail."""
    local = timezone.localtime(value, zone)
    shown = f"{formats.date_format(local, 'SHORT_DATE_FORMAT')} {formats.time_format(local, 'H:i')}"
    return f"{shown} UTC" if zone is UTC else shown
