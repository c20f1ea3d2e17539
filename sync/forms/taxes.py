"""Taxes of the store and the tax codes that they become (T1, T2, T5)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from sync.admin.fields import tax_code_choices
from sync.forms.base import StepForm
from sync.models import TaxMapping
from sync.wizard.setup import Setup
from sync.wizard.survey import defined_taxes
from sync.wizard.tax_rows import suggested, taxes_of


class TaxesForm(StepForm, forms.Form):
    """One choice for each tax, or combination of taxes on a line. What nobody has chosen yet comes with a suggestion,
    which counts once the page is saved."""

    def __init__(self, *args: Any, setup: Setup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setup = setup
        self.rows = list(TaxMapping.objects.filter(integration=setup.integration).order_by("key"))
        self._defined = defined_taxes(setup.integration)
        self._codes = tax_code_choices(setup.integration.books, "")
        self.suggestions = {row.pk: self._suggestion(row) for row in self.rows if not row.code}
        for row in self.rows:
            self.fields[f"code_{row.pk}"] = self._field(row)

    def _suggestion(self, row: TaxMapping) -> str:
        taxes = taxes_of(row.taxes, self._defined)
        code = suggested(taxes, self.setup.company) if taxes is not None else ""
        return code if code in {known for known, _name in self._codes} else ""

    def _field(self, row: TaxMapping) -> forms.ChoiceField:
        known = {code for code, _name in self._codes}
        lost = [(row.code, _("A code that is no longer active"))] if row.code not in known else []
        return forms.ChoiceField(
            required=False,
            label=str(row),
            choices=[*self._codes, *lost],
            initial=row.code or self.suggestions.get(row.pk, ""),
            widget=UnfoldAdminSelectWidget(),
        )

    def parts(self) -> Sequence[Any]:
        return ()

    def table(self) -> list[dict[str, Any]]:
        """The rows with their field; `is_suggested` marks those that a person has yet to confirm."""
        return [
            {
                "row": row,
                "title": str(row),
                "code": self[f"code_{row.pk}"],
                "is_suggested": bool(self.suggestions.get(row.pk)),
            }
            for row in self.rows
        ]

    def keep(self) -> None:
        for row in self.rows:
            code = self.cleaned_data[f"code_{row.pk}"]
            if row.code != code:
                row.code = code
                row.save()
