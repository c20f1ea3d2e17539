"""Sync options and flows: when, from when on, who is told, and what travels at all (S1-S4, O1)."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Self

from crispy_forms.layout import Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldBooleanWidget

from integrations.models import Integration, ReportWhen
from sync.admin.forms import IntegrationForm
from sync.engine.run import FLOWS as CARRIED_OUT
from sync.forms.base import StepForm, pair, step_field
from sync.wizard.setup import Setup

# Changing one of these may change what an order becomes, so what waited is looked at again.
DECISIVE = frozenset({"time_zone", "start_date"})


class OptionsForm(StepForm, IntegrationForm):
    """When and how an integration is synchronised."""

    class Meta:
        model = Integration
        fields = (
            "time_zone",
            "start_date",
            "auto_sync",
            "daily_hour",
            "report_when",
            "report_language",
            "report_recipients",
        )
        help_texts = {
            "start_date": _("Orders dated before it are neither read nor posted. Empty: the store's whole history."),
            "auto_sync": _("Whatever you choose, you can also synchronise at any time by hand."),
            "daily_hour": _("0 to 23, in the time zone above. Only for the daily sync."),
            "report_when": _("What was posted, with totals, and what waits for you."),
        }

    @classmethod
    def of(cls, setup: Setup) -> type[Self]:
        callback = partial(step_field, setup.integration)
        meta = type("Meta", (cls.Meta,), {"formfield_callback": staticmethod(callback)})
        return type(cls.__name__, (cls,), {"Meta": meta})

    def parts(self) -> Sequence[Any]:
        return (
            Fieldset(_("Dates"), pair("time_zone", "start_date")),
            Fieldset(_("Automatic sync"), pair("auto_sync", "daily_hour")),
            Fieldset(_("E-mail report"), pair("report_when", "report_language"), "report_recipients"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        wanted = cleaned.get("report_when") not in {None, ReportWhen.OFF}
        if wanted and not cleaned.get("report_recipients") and "report_recipients" not in self.errors:
            self.add_error("report_recipients", ValidationError(_("A report needs somebody to go to.")))
        return cleaned

    def keep(self) -> None:
        """Writes only what was changed: a sync may be moving the rest of the row at the same time."""
        stored = Integration.objects.get(pk=self.instance.pk)
        changed = [name for name in self.fields if getattr(self.instance, name) != getattr(stored, name)]
        if changed:
            self.instance.save(update_fields=changed)
        if DECISIVE & set(changed):
            self.instance.touch()


_NOT_YET = _("Not in this version yet.")
# The settings row of each flow, what it does, and the name under which a run carries it out.
_FLOWS = (
    ("orders", "orders", _("Orders"), _("Each order of the store becomes an invoice or a sales receipt.")),
    ("payments", "orders", _("Payments"), _("What was paid is recorded and linked to its invoice.")),
    ("refunds", "refunds", _("Refunds"), _("Money given back becomes a refund receipt or a credit memo.")),
    ("products", "products", _("New products"), _("A product that is new in the store becomes an item.")),
    ("stock", "stock", _("Stock"), _("Stock levels of QuickBooks are set in the store.")),
)


class FlowsForm(StepForm, forms.Form):
    """Which flows are switched on."""

    def __init__(self, *args: Any, setup: Setup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setup = setup
        for name, flow, title, text in _FLOWS:
            carried_out = flow in CARRIED_OUT
            self.fields[name] = forms.BooleanField(
                required=False,
                label=title,
                help_text=text if carried_out else _NOT_YET,
                initial=getattr(setup.integration, name).enabled,
                disabled=not carried_out,
                widget=UnfoldBooleanWidget(),
            )

    def keep(self) -> None:
        for name in self.fields:
            settings = getattr(self.setup.integration, name)
            if settings.enabled != self.cleaned_data[name]:
                settings.enabled = self.cleaned_data[name]
                settings.save()
