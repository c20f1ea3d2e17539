"""What the forms of the setup pages share: their look, choices that fit the company, and saving only what changed."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, Self

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Row
from django import forms
from django.db import models
from django.utils.text import capfirst
from unfold.widgets import (
    BASE_INPUT_CLASSES,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from integrations.http import Clock
from integrations.models import BooksObject, Integration
from sync.admin.choices import fitting
from sync.admin.fields import EntryField, EntrySearch
from sync.admin.forms import FittingForm
from sync.wizard.setup import Setup

# Longer lists are searched instead of being written into the page; the search needs JavaScript.
_LISTED = 300


class DayWidget(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": " ".join([*BASE_INPUT_CLASSES, "max-w-60"])}, format="%Y-%m-%d")


def pair(*names: str) -> Row:
    """Fields beside each other, equally wide."""
    return Row(*names, css_class="tb-pair")


_WIDGETS: tuple[tuple[type[models.Field[Any, Any]], Callable[[], forms.Widget]], ...] = (
    (models.BooleanField, UnfoldBooleanWidget),
    (models.DateField, DayWidget),
    (models.DecimalField, UnfoldAdminDecimalFieldWidget),
    (models.IntegerField, UnfoldAdminIntegerFieldWidget),
    (models.CharField, UnfoldAdminTextInputWidget),
)


def step_field(integration: Integration, db_field: Any, **options: Any) -> Any:
    """The form field of a setting, in the look of all pages."""
    if db_field.is_relation and db_field.related_model is BooksObject:
        return _entry_field(integration, db_field, options.get("help_text", db_field.help_text))
    if "widget" not in options:
        options["widget"] = _widget(db_field)
    return db_field.formfield(**options)


def _widget(db_field: Any) -> forms.Widget | None:
    if db_field.choices:
        widget: forms.Widget = UnfoldAdminSelectWidget()
        return widget
    return next((make() for kind, make in _WIDGETS if isinstance(db_field, kind)), None)


def _entry_field(integration: Integration, db_field: Any, help_text: Any) -> EntryField:
    many = fitting(db_field.model, db_field.name, integration.books_id)[: _LISTED + 1].count() > _LISTED
    return EntryField(
        BooksObject.objects.none(),
        required=not db_field.blank,
        label=capfirst(db_field.verbose_name),
        help_text=help_text,
        widget=EntrySearch(db_field, integration.books) if many else UnfoldAdminSelectWidget(),
    )


class StepForm(forms.BaseForm):
    """Part of a page's form: the page writes the tag, the token and the buttons."""

    def parts(self) -> Sequence[Any]:
        """The layout; by default the fields as they come."""
        return tuple(self.fields)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf, helper.include_media = False, True, False
        helper.layout = Layout(*self.parts())
        return helper

    def prepare(self, clock: Clock) -> None:
        """What QuickBooks has to do before this can be saved. Raises `integrations.errors`. Not inside a transaction:
        what happened there cannot be undone here."""

    def keep(self) -> None:
        """Write what was checked."""
        raise NotImplementedError


class SettingsForm(StepForm, FittingForm):
    """A page of one settings row. Saving what is there already changes nothing, so nothing is planned again for it."""

    setup: ClassVar[Setup]

    @classmethod
    def of(cls, setup: Setup) -> type[Self]:
        """The form for this integration: its fields know the company."""
        known: Any = cls
        callback = partial(step_field, setup.integration)
        meta = type("Meta", (known.Meta,), {"formfield_callback": staticmethod(callback)})
        return type(
            cls.__name__, (cls,), {"Meta": meta, "setup": setup, "integration": setup.integration, "listed": {}}
        )

    def keep(self) -> None:
        row = self.instance
        stored = type(row)._default_manager.get(pk=row.pk)  # noqa: SLF001 - Django's own name
        if any(getattr(row, name) != getattr(stored, name) for name in self.written()):
            row.save()

    def written(self) -> list[str]:
        """The columns that this page may change."""
        columns = {field.name for field in self.instance._meta.concrete_fields}  # noqa: SLF001 - Django's own name
        return [name for name in self.fields if name in columns]
