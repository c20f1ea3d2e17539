"""Products and stock: how new products become items, and when levels are set in the store (I5, K2)."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.utils.translation import gettext_lazy as _

from sync.forms.base import SettingsForm, pair
from sync.models import ProductSettings, StockSettings
from sync.models.settings import CreateAs


class ProductsForm(SettingsForm):
    """How the store's products become items before anybody orders them."""

    class Meta:
        model = ProductSettings
        fields = (
            "create_as",
            "income_account",
            "expense_account",
            "asset_account",
            "opening_quantity",
            "inventory_start",
            "update_items",
        )
        help_texts = {
            "create_as": _("The page Items says what is right for orders; an account that is empty here is as there."),
            "income_account": _("Where sales of new items are booked."),
            "expense_account": _("Where their cost is booked. Inventory needs one of type Cost of Goods Sold."),
            "asset_account": _("Only for inventory: where the value of your stock stands."),
            "opening_quantity": _("What QuickBooks counts of a new inventory item to begin with."),
            "inventory_start": _("No sale of a new inventory item can be dated before. Empty: the start date."),
            "update_items": _("Items that were in QuickBooks already are never changed, whatever you choose here."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counts_stock = self.setup.company.inventory
        field = self.fields["create_as"]
        if isinstance(field, forms.ChoiceField):
            offered = [one for one in CreateAs.choices if self.counts_stock or one[0] != CreateAs.INVENTORY]
            field.choices = [("", _("As for items made for orders")), *offered]
        if not self.counts_stock:
            for name in ("asset_account", "opening_quantity", "inventory_start"):
                del self.fields[name]

    def parts(self) -> Sequence[Any]:
        stock = (Fieldset(_("Stock of new items"), "asset_account", pair("opening_quantity", "inventory_start")),)
        return (
            Fieldset(_("New items"), "create_as", pair("income_account", "expense_account")),
            *(stock if self.counts_stock else ()),
            Fieldset(_("Products that change in the store"), "update_items"),
        )


class StockForm(SettingsForm):
    """When QuickBooks' levels are set in the store without asking."""

    class Meta:
        model = StockSettings
        fields = ("guard_percent", "include_unlimited")
        help_texts = {
            "guard_percent": _(
                "The first time you see all old and new levels and approve them. Later you are asked only when so many"
                " products would be sold out at once, which is usually a mistake."
            ),
            "include_unlimited": _("Otherwise products without a limit stay without one."),
        }
