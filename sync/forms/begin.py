"""The first two questions of a setup: whose books, and which store goes into which company (C3)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.admin_base import ModelChoiceField
from accounts.models import Business
from integrations.models import BooksConnection, ConnectionState, Integration, StoreConnection
from sync.forms.base import StepForm, pair
from sync.wizard.beginning import name_suggested


class BusinessForm(StepForm, forms.Form):
    """A new client company."""

    name = forms.CharField(
        max_length=200,
        label=_("Name of the business"),
        help_text=_("The company whose store and books you connect."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if Business.objects.filter(name=name).exists():
            raise ValidationError(_("There is a business of that name already."))
        return name


class PairForm(StepForm, forms.Form):
    """The store and the company of a new integration: connected ones of one business only."""

    store = ModelChoiceField(
        StoreConnection.objects.none(), label=_("Store"), empty_label=None, widget=UnfoldAdminSelectWidget()
    )
    books = ModelChoiceField(
        BooksConnection.objects.none(),
        label=_("QuickBooks company"),
        widget=UnfoldAdminSelectWidget(),
    )
    slug = forms.SlugField(
        max_length=60,
        label=_("Short name"),
        help_text=_("Letters without accents, digits and dashes. Names the integration in lists and commands."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stores = answered(StoreConnection, business)
        companies = answered(BooksConnection, business)
        for name, rows in (("store", stores), ("books", companies)):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows
        unused = stores.filter(integrations__isnull=True).order_by("-created_at").first() or stores.first()
        self.is_possible = unused is not None and companies.exists()
        if companies.count() == 1:
            self.initial.setdefault("books", companies.get().pk)
        if unused is not None:
            self.initial.setdefault("store", unused.pk)
            self.initial.setdefault("slug", name_suggested(unused))

    def parts(self) -> Sequence[Any]:
        return (pair("store", "books"), "slug")

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if Integration.objects.filter(slug=slug).exists():
            raise ValidationError(_("This name is taken; choose another."))
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        store, books = cleaned.get("store"), cleaned.get("books")
        twin = Integration.objects.filter(store=store, books=books).first() if store and books else None
        if twin is not None:
            self.add_error(
                "store", ValidationError(_("This pair is there already, as “%(name)s”."), params={"name": twin})
            )
        return cleaned


def answered(model: Any, business: Business) -> Any:
    """The connections of a business that have answered a test call."""
    return model.objects.filter(business=business, state=ConnectionState.CONNECTED, checked_at__isnull=False).defer(
        "credentials"
    )
