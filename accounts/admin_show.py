"""What lists and pages show alike."""

from collections.abc import Mapping

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe


def label(value: str, text: object, colours: Mapping[str, str]) -> SafeString:
    """A coloured label: `colours` says which colour (success, warning, danger, info, primary) a value has.

    unfold's own `display(label=...)` colours lists only and shows the bare value on a page.
    """
    shown = render_to_string("unfold/helpers/label.html", {"text": text, "type": colours.get(value, "")})
    return mark_safe(shown)  # noqa: S308 - made by a template, which escapes
