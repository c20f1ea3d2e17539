"""Sale options: which orders, as what document, under which number, for whom, and on which items (O2-O16)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.layout import HTML, Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldBooleanWidget

from integrations.books import TaxModel
from integrations.http import Clock
from sync.admin.forms import OrderSettingsForm
from sync.forms.base import SettingsForm, pair
from sync.models import OrderSettings
from sync.models.settings import AssignTo
from sync.wizard.creating import income_for_items, line_item_create

# What an item is called when it is made, and the detail type of the income account it is best put on.
NEW_ITEMS: Mapping[str, tuple[str, str]] = {
    "shipping_item": ("Shipping", ""),
    "discount_item": ("Discount", "DiscountsRefundsGiven"),
    "fee_item": ("Fees", ""),
    "rounding_item": ("Rounding", ""),
}


class CreatingItems(SettingsForm):
    """A page on which missing items can be made by QuickBooks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing = [name for name in NEW_ITEMS if name in self.fields and getattr(self.instance, name) is None]
        if missing:
            names = ", ".join(f"“{NEW_ITEMS[name][0]}”" for name in missing)
            self.fields["create_items"] = forms.BooleanField(
                required=False,
                initial=True,
                label=_("Make the items that are not chosen above"),
                help_text=gettext("As services in QuickBooks: %(names)s. Existing ones of that name are used.")
                % {"names": names},
                widget=UnfoldBooleanWidget(),
            )

    def prepare(self, clock: Clock) -> None:
        if not self.cleaned_data.get("create_items"):
            return
        for field, (name, detail) in NEW_ITEMS.items():
            if field not in self.fields or self.cleaned_data.get(field) is not None:
                continue
            income = income_for_items(self.setup.integration, detail)
            if income is not None:
                setattr(self.instance, field, line_item_create(self.setup.integration, name, income, clock=clock))


class SalesForm(CreatingItems, OrderSettingsForm):
    """Which orders become which document."""

    class Meta:
        model = OrderSettings
        fields = (
            "payment_statuses",
            "fulfillment_statuses",
            "post_imported",
            "post_as",
            "number_prefix",
            "auto_number",
            "customer",
            "generic_customer",
            "shipping_item",
            "discount_item",
            "tax_item",
            "sales_class",
            "location",
        )
        help_texts = {
            "post_imported": _(
                "Orders that were brought over from another shop system are in the books from there, as a rule."
            ),
            "post_as": _(
                "An invoice can be paid later; a sales receipt is paid already. What is not fully paid, or paid in "
                "several parts, always becomes an invoice."
            ),
            "number_prefix": _("Stands before the store's order number, exactly as you type it."),
            "auto_number": _("Then the store's number stands in the note of the document."),
            "customer": _("The customer in QuickBooks is found by e-mail or name, or made."),
            "generic_customer": _("Only if all sales go to one customer: its name."),
            "shipping_item": _("What buyers pay for delivery is posted on this item."),
            "discount_item": _("Coupons and other reductions that are not part of a line."),
            "tax_item": _("This company charges no sales tax in QuickBooks: tax that the store charged goes here."),
            "sales_class": _("For every sale of this store."),
            "location": _("For every sale of this store."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self._not_offered():
            del self.fields[name]
        if self.setup.modules:
            self.fields["payment_statuses"].help_text = _(
                "Only orders of store products with one of these are posted. None chosen: all but cancelled. What the"
                " other modules sell alone is posted once it is paid."
            )

    def _not_offered(self) -> list[str]:
        company, profile = self.setup.company, self.setup.profile
        imports = profile is not None and profile.marks_imported
        offered = {
            "post_imported": imports or self.instance.post_imported,
            "sales_class": bool(company.classes),
            "location": company.locations,
            "tax_item": company.tax_model is TaxModel.US_NONE,
        }
        return [name for name, there in offered.items() if not there]

    def parts(self) -> Sequence[Any]:
        dimensions = [name for name in ("sales_class", "location") if name in self.fields]
        items = [name for name in ("tax_item", "create_items") if name in self.fields]
        imported = [name for name in ("post_imported",) if name in self.fields]
        return (
            Fieldset(_("Which orders"), pair("payment_statuses", "fulfillment_statuses"), *imported),
            Fieldset(
                _("The document"),
                "post_as",
                "number_prefix",
                HTML("{% include 'sync/wizard_number.html' %}"),
                "auto_number",
            ),
            Fieldset(_("The customer"), pair("customer", "generic_customer")),
            Fieldset(_("What is not a product"), pair("shipping_item", "discount_item"), *items),
            *([Fieldset(_("Class and location"), pair(*dimensions))] if dimensions else []),
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("customer") == AssignTo.GENERIC and not cleaned.get("generic_customer"):
            self.add_error("generic_customer", ValidationError(_("Say the name of that customer.")))
        return cleaned


class AdvancedForm(CreatingItems):
    """Sale options that the defaults serve well in most companies."""

    class Meta:
        model = OrderSettings
        fields = (
            "fee_item",
            "tip_item",
            "gift_card_item",
            "rounding_item",
            "rounding_cap",
            "due_offset",
            "due_unit",
            "use_default_message",
            "allow_card_payment",
            "closed_period",
        )
        help_texts = {
            "fee_item": _("Handling and other surcharges."),
            "tip_item": _(
                "Tips belong to your staff: an item on a liability account. Not chosen: orders with a tip wait."
            ),
            "gift_card_item": _(
                "A gift card sold is money you owe: an item on a liability account. Not chosen: orders with one wait."
            ),
            "rounding_item": _("A cent that the store and QuickBooks round differently."),
            "rounding_cap": _("An order that differs by more is held, and says by how much."),
            "due_offset": _("Empty: as QuickBooks would set it."),
            "use_default_message": _("Otherwise the buyer's comments stand on the document."),
            "allow_card_payment": _("Puts a payment button on the invoice. Needs QuickBooks Payments."),
            "closed_period": _("Books that are closed up to a date take nothing dated before it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.setup.company.card_payments and not self.instance.allow_card_payment:
            del self.fields["allow_card_payment"]

    def parts(self) -> Sequence[Any]:
        extra = [name for name in ("create_items",) if name in self.fields]
        card = [name for name in ("allow_card_payment",) if name in self.fields]
        return (
            Fieldset(
                _("Items for what is not a product"),
                pair("fee_item", "rounding_item"),
                pair("tip_item", "gift_card_item"),
                "rounding_cap",
                *extra,
            ),
            Fieldset(_("When an invoice is due"), pair("due_offset", "due_unit")),
            Fieldset(_("The document"), "use_default_message", *card, "closed_period"),
        )
