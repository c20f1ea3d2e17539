"""Mappings of all integrations in one list each: what the store calls it, what QuickBooks calls it. New rows are made
on the integration's page, or appear by themselves."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import DropdownFilter, display
from accounts.admin_scope import HistoryModelAdmin, ScopedModelAdmin, ScopedRelatedFilter
from accounts.admin_show import DASH, label
from integrations.books import NON_TAXABLE, TAXABLE
from integrations.models import BooksObject
from sync.admin import showing
from sync.admin.forms import FittingForm, ModuleForm, ProductMatchForm, TaxMappingForm
from sync.admin.inlines import FittingMixin
from sync.models import CustomerLink, ModuleSettings, PaymentMapping, ProductMatch, TaxMapping
from sync.services.changes import author, changes_noted
from sync.views.fixing import back_to_inbox


class MappingAdmin(FittingMixin, ScopedModelAdmin):
    """What the mappings have in common."""

    business_path = "integration__business"
    add_act = None
    change_form_after_template = "sync/preview_mapping_bar.html"
    unread = ("integration__store__credentials", "integration__books__credentials")
    form = FittingForm
    fixed_fields: tuple[str, ...] = ("integration",)
    related: tuple[str, ...] = ("integration__books", "integration__store")
    readonly_fields: ClassVar[Any] = ("first_seen",)

    @display(description=_("first seen at"), ordering="created_at")
    def first_seen(self, mapping: Any) -> str:
        return showing.moment(mapping.created_at, mapping.integration)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        integration = obj.integration if obj is not None else None
        make = self.entry_fields(integration)
        knowing = {
            "form": self.form.for_integration(integration),
            "formfield_callback": lambda db_field, **options: make(db_field, request, **options),
        }
        return super().get_form(request, obj, change, **{**knowing, **kwargs})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        with changes_noted(obj.integration, by=author(request.user)):
            super().save_model(request, obj, form, change)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return back_to_inbox(request, obj.integration) or super().response_post_save_change(request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with changes_noted(obj.integration, by=author(request.user)):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """One by one, because deleting a row is a change of settings that makes the orders that wait due."""
        rows = list(queryset.select_related("integration"))
        with changes_noted(*(row.integration for row in rows), by=author(request.user)):
            for row in rows:
                row.delete()


class ChosenFilter(DropdownFilter):
    """Taxes that nobody has mapped yet."""

    title = _("tax code")
    parameter_name = "chosen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Not chosen yet")), ("yes", _("Chosen"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "no":
            return queryset.filter(code="")
        return queryset.exclude(code="") if self.value() == "yes" else queryset


@admin.register(TaxMapping)
class TaxMappingAdmin(MappingAdmin):
    """Store taxes and their tax codes (T1)."""

    form = TaxMappingForm
    list_display = ("title", "integration", "code_shown", "first_seen")
    list_filter = (("integration", ScopedRelatedFilter), ChosenFilter)
    search_fields = ("key",)
    fields = ("integration", "taxes", "code", "first_seen")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        code = BooksObject.objects.filter(
            books=OuterRef("integration__books"), type="TaxCode", books_ref=OuterRef("code")
        )
        mappings: QuerySet[Any] = super().get_queryset(request).annotate(code_name=Subquery(code.values("name")[:1]))
        return mappings

    @display(description=_("store taxes"), ordering="key")
    def title(self, mapping: TaxMapping) -> str:
        return str(mapping)

    @display(description=_("QuickBooks tax code"), ordering="code")
    def code_shown(self, mapping: Any) -> str | SafeString:
        if not mapping.code:
            return label("none", _("Not chosen yet"), {"none": "warning"})
        words = {TAXABLE: _("Taxable"), NON_TAXABLE: _("Not taxable")}
        return str(words.get(mapping.code, mapping.code_name or mapping.code))


@admin.register(ModuleSettings)
class ModuleSettingsAdmin(MappingAdmin):
    """The parts of stores that sell, and what becomes of what they sell (W1)."""

    empty_hint = _("Stores that sell through several modules have a row for each.")

    form = ModuleForm
    list_display = ("title", "integration", "enabled", "item", "income_account")
    list_filter = (("integration", ScopedRelatedFilter), "enabled")
    related = (*MappingAdmin.related, "item", "income_account")
    search_fields = ("module",)
    fields = ("integration", "title", "enabled", "item", "income_account")
    fixed_fields = ("integration", "module")
    readonly_fields = ("title",)

    @display(description=_("module"), ordering="module")
    def title(self, row: ModuleSettings) -> str:
        return str(row)


@admin.register(PaymentMapping)
class PaymentMappingAdmin(MappingAdmin):
    """Payment methods and the accounts their money goes to (M3)."""

    list_display = ("method", "integration", "account_shown", "payment_method", "first_seen")
    list_filter = (("integration", ScopedRelatedFilter),)
    related = (*MappingAdmin.related, "account", "payment_method", "integration__payments__account")
    search_fields = ("method",)
    fields = ("integration", "method", "account", "payment_method", "first_seen")

    @display(description=_("account"), ordering="account")
    def account_shown(self, mapping: PaymentMapping) -> str:
        if mapping.account:
            return str(mapping.account)
        settings = getattr(mapping.integration, "payments", None)
        usual = settings.account if settings else None
        return str(_("%(account)s, the clearing account") % {"account": usual}) if usual else DASH


@admin.register(ProductMatch)
class ProductMatchAdmin(MappingAdmin):
    """Store SKUs and the items that a person says they are (I2)."""

    empty_hint = _(
        "Products find their items by name or SKU. Where a product is to be another item, say so on the page of its"
        " integration."
    )

    form = ProductMatchForm
    list_display = ("sku", "item", "integration")
    list_filter = (("integration", ScopedRelatedFilter),)
    related = (*MappingAdmin.related, "item")
    search_fields = ("sku", "item__name")
    fields = ("integration", "sku", "item")
    readonly_fields = ()


@admin.register(CustomerLink)
class CustomerLinkAdmin(HistoryModelAdmin):
    """Buyers and the customers they were found to be (O8)."""

    business_path = "integration__business"
    list_display = ("buyer", "customer", "currency", "integration")
    fields = readonly_fields = list_display
    list_filter = (("integration", ScopedRelatedFilter), "currency")
    related = ("customer",)
    search_fields = ("buyer_ref", "customer__name")

    @display(description=_("buyer"), ordering="buyer_ref")
    def buyer(self, link: CustomerLink) -> str:
        """By the store's number of the customer, else by e-mail address."""
        kind, _colon, name = link.buyer_ref.partition(":")
        return str(_("No. %(number)s in the store") % {"number": name}) if kind == "ref" else name
