"""The settings of an integration as parts of its page: a block for each flow, a table for each mapping."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import PaginatedFormSet
from accounts.admin_scope import RoleMixin, ScopedStackedInline, ScopedTabularInline
from integrations.models import BooksObject, Integration
from sync.admin.forms import (
    FittingForm,
    ModuleRowForm,
    OrderSettingsForm,
    ProductMatchForm,
    TaxMappingForm,
    entry_field,
)
from sync.models import (
    ItemSettings,
    ModuleSettings,
    OrderSettings,
    PaymentMapping,
    PaymentSettings,
    ProductMatch,
    ProductSettings,
    RefundSettings,
    StockSettings,
    TaxMapping,
)


class FittingMixin(RoleMixin):
    """Fields that name something in QuickBooks know the company they belong to."""

    business_path = "integration__business"
    form: Any = FittingForm

    def entry_fields(self, integration: Integration | None) -> Any:
        """A form field factory for this integration."""

        def field_for(db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
            if db_field.is_relation and db_field.related_model is BooksObject:
                return entry_field(db_field, integration)
            return self.formfield_for_dbfield(db_field, request, **kwargs)

        return field_for


class SettingsInline(FittingMixin, ScopedStackedInline):
    """The options of one flow: there is exactly one row of them, and it stays."""

    tab = True
    can_delete = False
    max_num = 1
    hide_title = True

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{**_company_knowing(self, request, obj), **kwargs})


def _company_knowing(inline: FittingMixin, request: HttpRequest, integration: Integration | None) -> dict[str, Any]:
    make = inline.entry_fields(integration)
    return {
        "form": inline.form.for_integration(integration),
        "formfield_callback": lambda db_field, **kwargs: make(db_field, request, **kwargs),
    }


class OrderSettingsInline(SettingsInline):
    model = OrderSettings
    verbose_name = verbose_name_plural = _("Sales")
    form = OrderSettingsForm
    related = (
        "shipping_item",
        "discount_item",
        "fee_item",
        "tip_item",
        "gift_card_item",
        "tax_item",
        "rounding_item",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("enabled", "post_as"),
                    ("payment_statuses", "fulfillment_statuses"),
                    ("post_imported",),
                    ("number_prefix", "auto_number"),
                    ("customer", "generic_customer"),
                )
            },
        ),
        (
            _("Items for what is not a product"),
            {
                "fields": (
                    ("shipping_item", "discount_item"),
                    ("fee_item", "tip_item"),
                    ("gift_card_item", "tax_item"),
                    ("rounding_item", "rounding_cap"),
                )
            },
        ),
        (
            _("More"),
            {
                "fields": (
                    ("sales_class", "location"),
                    ("due_offset", "due_unit"),
                    ("closed_period",),
                    ("use_default_message", "allow_card_payment"),
                )
            },
        ),
    )


class ItemSettingsInline(SettingsInline):
    model = ItemSettings
    verbose_name = verbose_name_plural = _("Items")
    fields = (("match_by", "create_missing"), ("create_as", "income_account"), ("expense_account", "asset_account"))


class PaymentSettingsInline(SettingsInline):
    model = PaymentSettings
    verbose_name = verbose_name_plural = _("Payments")
    fields = (("enabled", "account"),)


class RefundSettingsInline(SettingsInline):
    model = RefundSettings
    verbose_name = verbose_name_plural = _("Refunds")
    fields = (("enabled", "account"), ("number_prefix", "item"))


class ProductSettingsInline(SettingsInline):
    model = ProductSettings
    verbose_name = verbose_name_plural = _("New products")
    fields = (
        ("enabled", "create_as"),
        ("income_account", "expense_account"),
        ("asset_account", "opening_quantity"),
        ("inventory_start", "update_items"),
    )


class StockSettingsInline(SettingsInline):
    model = StockSettings
    verbose_name = verbose_name_plural = _("Stock")
    fields = (("enabled", "guard_percent"), ("include_unlimited",))


class DistinctFormSet(PaginatedFormSet):
    """Two new rows for one and the same thing are told apart from a change of one row, not by the database."""

    key_field = ""

    @staticmethod
    def key_of(value: Any) -> str:
        return " ".join(str(value).split()).casefold()

    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            if self.key_field not in form.cleaned_data or form.cleaned_data.get("DELETE"):
                continue
            key = self.key_of(form.cleaned_data[self.key_field])
            if key in seen and form.has_changed():
                raise ValidationError(_("The same row is there twice: remove one."))
            seen.add(key)


class TaxFormSet(DistinctFormSet):
    key_field = "taxes"

    @staticmethod
    def key_of(value: Any) -> str:
        return TaxMapping.key_of(value)


class MatchFormSet(DistinctFormSet):
    key_field = "sku"


class ModuleFormSet(DistinctFormSet):
    key_field = "module"


class MappingInline(FittingMixin, ScopedTabularInline):
    """Rows of a mapping, a page of them at a time."""

    tab = True
    per_page = 25
    hide_title = True
    show_change_link = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{**_company_knowing(self, request, obj), **kwargs})


class ModuleInline(MappingInline):
    model = ModuleSettings
    verbose_name_plural = _("Modules")
    form = ModuleRowForm
    formset = ModuleFormSet
    fields = ("module", "enabled", "item", "income_account")
    related = ("item", "income_account")


class TaxMappingInline(MappingInline):
    model = TaxMapping
    verbose_name_plural = _("Taxes")
    form = TaxMappingForm
    formset = TaxFormSet
    fields = ("taxes", "code")


class PaymentMappingInline(MappingInline):
    model = PaymentMapping
    verbose_name_plural = _("Payment methods")
    fields = ("method", "account", "payment_method")


class ProductMatchInline(MappingInline):
    model = ProductMatch
    verbose_name_plural = _("Product matches")
    form = ProductMatchForm
    formset = MatchFormSet
    fields = ("sku", "item")
    related = ("item",)


SETTINGS = (
    OrderSettings,
    ItemSettings,
    PaymentSettings,
    RefundSettings,
    ProductSettings,
    StockSettings,
)
INLINES = (
    OrderSettingsInline,
    ItemSettingsInline,
    TaxMappingInline,
    PaymentSettingsInline,
    PaymentMappingInline,
    RefundSettingsInline,
    ProductMatchInline,
    ProductSettingsInline,
    StockSettingsInline,
)
