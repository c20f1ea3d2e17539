"""The forms of the settings: every choice is narrowed to what fits the integration's company and store."""

from typing import Any, Self

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.admin_base import ModelForm
from integrations import mirror
from integrations.models import BooksConnection, BooksObject, Integration
from sync.admin.choices import caption, fit_of, fitting
from sync.admin.fields import (
    Choices,
    EmailsField,
    EntryField,
    EntrySearch,
    NamesField,
    StatusesField,
    TimeZoneField,
    tax_code_choices,
)
from sync.models import ModuleSettings, OrderSettings, ProductMatch, TaxMapping
from sync.module_names import GIFT_CARDS, MODULES

_SEARCHED = {"Item"}


class IntegrationForm(ModelForm):
    """When an integration is synchronised, and who is told."""

    time_zone = TimeZoneField(label=_("Time zone"), help_text=_("Decides the date of every document."))
    report_recipients = EmailsField(label=_("Report recipients"), required=False, help_text=_("One address per line."))
    report_language = forms.ChoiceField(
        label=_("Report language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget()
    )

    class Meta:
        model = Integration
        fields = "__all__"


class FittingForm(ModelForm):
    """Offers and accepts only entries that fit. Made for one integration by `for_integration`, once per page."""

    integration: Integration | None = None
    listed: dict[str, Choices]

    @classmethod
    def for_integration(cls, integration: Integration | None) -> type[Self]:
        """A form class that knows the company; lists read for one row are kept for the next."""
        return type(cls.__name__, (cls,), {"integration": integration, "listed": {}})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, EntryField):
                self._narrow(name, field)

    def _narrow(self, name: str, field: EntryField) -> None:
        if self.integration is None:
            field.queryset = BooksObject.objects.none()
            return
        chosen = getattr(self.instance, f"{name}_id")
        field.queryset = fitting(self._meta.model, name, self.integration.books_id, chosen=chosen)
        if isinstance(field.widget, EntrySearch):
            if chosen is not None:
                field.widget.offer(getattr(self.instance, name))
        else:
            field.choices = self._choices(name, self.integration.books_id, chosen)

    def _choices(self, name: str, books_id: int, chosen: int | None) -> Choices:
        if name not in self.listed:
            entries = fitting(self._meta.model, name, books_id)
            self.listed[name] = [("", "—"), *((str(entry.pk), caption(entry)) for entry in entries)]
        if chosen is None or str(chosen) in {key for key, _caption in self.listed[name]}:
            return self.listed[name]
        return [*self.listed[name], (str(chosen), caption(getattr(self.instance, name)))]


class OrderSettingsForm(FittingForm):
    """Sale options: statuses by the store's own names, class and location only where the company has them."""

    payment_statuses = StatusesField(
        label=_("Payment statuses"),
        help_text=_("Only orders with one of these are posted. None chosen: all but cancelled."),
    )
    fulfillment_statuses = StatusesField(label=_("Fulfilment statuses"), help_text=_("None chosen: all of them."))

    class Meta:
        model = OrderSettings
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.integration is not None:
            self._offer_statuses(self.integration)
            self._offer_dimensions(self.integration.books)

    def _offer_statuses(self, integration: Integration) -> None:
        for name in ("payment_statuses", "fulfillment_statuses"):
            field = self.fields[name]
            if isinstance(field, StatusesField):
                field.offer(integration.store.profile.get(name, ()), getattr(self.instance, name))

    def _offer_dimensions(self, books: BooksConnection) -> None:
        company = mirror.company(books) if books.mirrored_at else None
        has = {"sales_class": bool(company and company.classes), "location": bool(company and company.locations)}
        for name in [name for name, there in has.items() if not there and name in self.fields]:
            self.fields[name].disabled = True
            self.fields[name].help_text = _("This QuickBooks company does not use them.")


class TaxMappingForm(FittingForm):
    """One combination of store taxes and the tax code it becomes."""

    taxes = NamesField(label=_("Store taxes"), required=False, help_text=_("One per line; empty for untaxed lines."))
    code = forms.ChoiceField(label=_("QuickBooks tax code"), required=False, widget=UnfoldAdminSelectWidget())

    class Meta:
        model = TaxMapping
        fields = ["taxes", "code"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields.get("code")
        if self.integration is not None and isinstance(code, forms.ChoiceField):
            code.choices = self._codes(self.integration, self.instance.code)

    def _codes(self, integration: Integration, chosen: str) -> Choices:
        key = f"code {chosen}"
        if key not in self.listed:
            self.listed[key] = tax_code_choices(integration.books, chosen)
        return self.listed[key]

    def clean_taxes(self) -> list[str]:
        taxes: list[str] = self.cleaned_data["taxes"]
        if self.integration is not None:
            same = TaxMapping.objects.filter(integration=self.integration, key=TaxMapping.key_of(taxes))
            if same.exclude(pk=self.instance.pk).exists():
                raise ValidationError(_("There is a row for these taxes already: choose its tax code instead."))
        return taxes


class ModuleForm(FittingForm):
    """What becomes of one module of the store."""

    class Meta:
        model = ModuleSettings
        fields = ["enabled", "item", "income_account"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        module = cleaned.get("module", self.instance.module)
        if module == GIFT_CARDS and (cleaned.get("item") or cleaned.get("income_account")):
            raise ValidationError(_("Gift cards have their item among the sale options: leave these empty."))
        return cleaned


class ModuleRowForm(ModuleForm):
    """The same as a row of the integration, which says which module it is about."""

    module = forms.ChoiceField(label=_("Module"), widget=UnfoldAdminSelectWidget())

    class Meta(ModuleForm.Meta):
        fields = ["module", *ModuleForm.Meta.fields]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        module = self.fields.get("module")
        if isinstance(module, forms.ChoiceField):
            known = [] if self.instance.module in {"", *MODULES} else [(self.instance.module, str(self.instance))]
            module.choices = [("", "—"), *MODULES.items(), *known]

    def clean_module(self) -> str:
        module = str(self.cleaned_data["module"])
        if self.integration is not None:
            same = ModuleSettings.objects.filter(integration=self.integration, module=module)
            if same.exclude(pk=self.instance.pk).exists():
                raise ValidationError(_("There is a row for this module already."))
        return module


class ProductMatchForm(FittingForm):
    """A store SKU and the item it is."""

    class Meta:
        model = ProductMatch
        fields = ["sku", "item"]
        widgets = {"sku": UnfoldAdminTextInputWidget()}

    def clean_sku(self) -> str:
        sku = str(self.cleaned_data["sku"]).strip()
        if self.integration is not None:
            same = ProductMatch.objects.filter(integration=self.integration, sku_key=mirror.key(sku))
            if same.exclude(pk=self.instance.pk).exists():
                raise ValidationError(_("There is a match for this SKU already."))
        return sku


def entry_field(db_field: Any, integration: Integration | None, **kwargs: Any) -> EntryField:
    """The form field of a setting that names something in QuickBooks: a list, or a search where lists are long."""
    fit = fit_of(db_field.model._meta.model_name, db_field.name)  # noqa: SLF001 - Django's public name
    searched = integration is not None and fit is not None and fit.type in _SEARCHED
    widget = EntrySearch(db_field, integration.books) if searched and integration else UnfoldAdminSelectWidget()
    return EntryField(
        BooksObject.objects.none(),
        required=not db_field.blank,
        label=capfirst(db_field.verbose_name),
        help_text=db_field.help_text,
        widget=widget,
        **kwargs,
    )
