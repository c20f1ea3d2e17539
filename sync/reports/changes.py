"""Changes of settings in the reader's words (L8)."""

from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, Field
from django.utils import formats
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from integrations.books import NON_TAXABLE, TAXABLE
from integrations.words import taxes_in_words
from sync.models import SettingChange
from sync.module_names import module_in_words
from sync.reports.settings_snapshot import MODELS

Text = str | Promise

# What a connection's credentials can become; they themselves are never kept.
CREDENTIALS: dict[str, Text] = {
    "connected": _("connected"),
    "replaced": _("replaced"),
    "disconnected": _("disconnected"),
}
_WORDS: dict[str, dict[str, Text]] = {
    "credentials": CREDENTIALS,
    "code": {TAXABLE: _("Taxable"), NON_TAXABLE: _("Not taxable")},
}
# Settings whose emptiness means something else than nothing.
_EMPTY: dict[tuple[str, str], Text] = {
    ("sync.ordersettings", "payment_statuses"): _("all"),
    ("sync.ordersettings", "fulfillment_statuses"): _("all"),
    ("sync.modulesettings", "enabled"): _("Yes"),
}


def parts() -> list[tuple[str, str]]:
    """The models whose changes are kept, with their names."""
    models = [apps.get_model(key) for key in MODELS]
    return [(key, str(capfirst(str(model._meta.verbose_name)))) for key, model in zip(MODELS, models, strict=True)]  # noqa: SLF001 - Django's public name


def part_shown(change: SettingChange) -> str:
    """What was changed: "Sales options", "Tax mapping: GST + QST"."""
    model = _model(change)
    name = capfirst(str(model._meta.verbose_name)) if model else change.model  # noqa: SLF001 - Django's public name
    if change.model == "sync.taxmapping":
        return f"{name}{_colon()} {taxes_in_words(filter(None, change.subject.split(' + ')))}"
    if change.model == "sync.modulesettings":
        return f"{name}{_colon()} {module_in_words(change.subject)}"
    return f"{name}{_colon()} {change.subject}" if change.subject else str(name)


def _colon() -> str:
    return pgettext("after a label", ":")


def field_shown(change: SettingChange) -> str:
    """The setting, as its form calls it."""
    if change.field == "credentials":
        return gettext("Credentials")
    field = _field(change)
    return str(capfirst(str(field.verbose_name))) if field else change.field


def old_shown(change: SettingChange) -> str:
    return _shown(change, change.old)


def new_shown(change: SettingChange) -> str:
    return _shown(change, change.new)


def _shown(change: SettingChange, text: str) -> str:
    """A stored value in words; empty for nothing."""
    if not text:
        return str(_EMPTY.get((change.model, change.field), ""))
    words = _WORDS.get(change.field, {})
    if text in words:
        return str(words[text])
    field = _field(change)
    if isinstance(field, BooleanField):
        return gettext("Yes") if text == "True" else gettext("No")
    choices = dict(field.flatchoices) if field is not None else {}
    return str(choices[text]) if text in choices else _moment(text, field)


def _moment(text: str, field: "Field[Any, Any] | None") -> str:
    if field is None or field.get_internal_type() not in ("DateField", "DateTimeField"):
        return text
    moment = datetime.fromisoformat(text)
    return formats.date_format(date(moment.year, moment.month, moment.day), "SHORT_DATE_FORMAT")


def _model(change: SettingChange) -> Any:
    """None where a later version no longer has the model."""
    try:
        return apps.get_model(change.model)
    except (LookupError, ValueError):
        return None


def _field(change: SettingChange) -> "Field[Any, Any] | None":
    model = _model(change)
    try:
        field = model._meta.get_field(change.field) if model else None  # noqa: SLF001 - Django's public name
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, Field) else None
