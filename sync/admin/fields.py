"""Form fields for what settings are made of: lists of names, statuses, tax codes, time zones, QuickBooks entries."""

from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.validators import validate_email
from django.db.models import ForeignKey
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from accounts.admin_base import ModelChoiceField
from integrations import mirror
from integrations.books import NON_TAXABLE, TAXABLE, Company, TaxModel
from integrations.models import BooksConnection, BooksObject
from integrations.words import status_in_words
from sync.admin.choices import caption

Choices = list[tuple[str, Any]]


class NamesField(forms.CharField):
    """A list of names, one per line: names may hold commas ("TVA 5,5 %")."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(widget=UnfoldAdminTextareaWidget(attrs={"rows": rows}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = value if isinstance(value, list) else str(value or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(initial) != self.to_python(data))


class EmailsField(NamesField):
    """E-mail addresses, one per line."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        for address in value:
            validate_email(address)


class StatusesField(forms.MultipleChoiceField):
    """Some of the store's statuses; none chosen means all of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget(), **kwargs)

    def offer(self, known: Iterable[Sequence[str]], chosen: Iterable[str]) -> None:
        """The statuses the store told us, and those chosen before that it no longer tells."""
        named = {str(status): status_in_words(str(status), str(name)) for status, name in known}
        gone = [status for status in chosen if status not in named]
        self.choices = [*named.items(), *((status, status_in_words(status)) for status in gone)]


class TimeZoneField(forms.ChoiceField):
    """An IANA time zone."""

    def __init__(self, **kwargs: Any) -> None:
        zones = [
            (zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"
        ]
        # None is chosen for anybody: the zone decides the dates in the books.
        super().__init__(choices=[("", _("Select value")), *zones], widget=UnfoldAdminSelectWidget(), **kwargs)


class EntrySearch(AutocompleteSelect):
    """Searches the entries that fit, for lists too long to be written into the page."""

    def __init__(self, field: "ForeignKey[Any, Any]", books: BooksConnection) -> None:
        super().__init__(field, admin.site)
        self.books_id = books.pk
        self.known: dict[str, str] = {}

    def get_url(self) -> str:
        return f"{super().get_url()}?books={self.books_id}"

    def offer(self, chosen: BooksObject) -> None:
        """Say what is chosen now: each field would ask the database for its own."""
        self.known = {str(chosen.pk): caption(chosen)}

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        if not self.known.keys() >= set(value):
            return super().optgroups(name, value, attrs)
        shown = [*([] if self.is_required else [("", "")]), *self.known.items()]
        options = [self.create_option(name, key, text, key in value, place) for place, (key, text) in enumerate(shown)]
        return [(None, options, 0)]


class EntryField(ModelChoiceField):
    """One entry of a QuickBooks list."""

    def label_from_instance(self, obj: BooksObject) -> str:
        return caption(obj)


def tax_code_choices(books: BooksConnection, chosen: str) -> Choices:
    """What a store's tax can be mapped to in this company, nothing chosen first."""
    if books.mirrored_at is None:
        return [("", _("Read the company's lists first"))]
    codes = _codes(mirror.company(books))
    known = {code for code, _name in codes}
    lost = [(chosen, _("%(code)s (no longer active)") % {"code": chosen})] if chosen and chosen not in known else []
    return [("", _("Not chosen: orders with it wait")), *codes, *lost]


def _codes(company: Company) -> Choices:
    if company.tax_model is not TaxModel.GLOBAL:
        return [(TAXABLE, _("Taxable")), (NON_TAXABLE, _("Not taxable"))]
    active = [code for code in company.tax_codes.values() if code.active]
    return [(code.id, f"{code.name} ({formats.number_format(code.percent.normalize())} %)") for code in active]
