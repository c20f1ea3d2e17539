"""Items, payments and refunds: the accounts that money and goods go to (I1-I3, M1-M5, R1, R4)."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from integrations.connecting import profile_of
from integrations.http import Clock
from integrations.models import BooksObject
from integrations.words import status_in_words
from sync.admin.choices import caption, fitting
from sync.admin.fields import EntryField
from sync.forms.base import SettingsForm, pair
from sync.models import ItemSettings, PaymentMapping, PaymentSettings, RefundSettings
from sync.models.settings import CreateAs
from sync.wizard.creating import clearing_account_create, clearing_name

_COST_OF_GOODS = "Cost of Goods Sold"


class ItemsForm(SettingsForm):
    """How the store's products find their items in QuickBooks."""

    class Meta:
        model = ItemSettings
        fields = ("match_by", "create_missing", "create_as", "income_account", "expense_account", "asset_account")
        help_texts = {
            "match_by": _("A SKU is the short code of a product. Capitals and blanks at the ends do not matter."),
            "create_missing": _("Otherwise an order with a product that QuickBooks does not know waits for you."),
            "create_as": _("Non-inventory is right unless you keep stock in QuickBooks."),
            "income_account": _("Where sales of new items are booked."),
            "expense_account": _("Where their cost is booked. Inventory needs one of type Cost of Goods Sold."),
            "asset_account": _("Only for inventory: where the value of your stock stands."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.setup.company.inventory and self.instance.create_as != CreateAs.INVENTORY:
            field = self.fields["create_as"]
            if isinstance(field, forms.ChoiceField):
                field.choices = [choice for choice in CreateAs.choices if choice[0] != CreateAs.INVENTORY]
            del self.fields["asset_account"]

    def parts(self) -> Sequence[Any]:
        asset = [name for name in ("asset_account",) if name in self.fields]
        return (
            Fieldset(_("Products you have in QuickBooks"), "match_by"),
            Fieldset(
                _("Products that are new there"),
                "create_missing",
                "create_as",
                pair("income_account", "expense_account"),
                *asset,
            ),
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("create_missing"):
            return cleaned
        if not cleaned.get("income_account") and "income_account" not in self.errors:
            self.add_error("income_account", ValidationError(_("New items need one: choose it.")))
        if cleaned.get("create_as") == CreateAs.INVENTORY:
            self._check_inventory(cleaned)
        return cleaned

    def _check_inventory(self, cleaned: dict[str, Any]) -> None:
        expense = cleaned.get("expense_account")
        if expense is None or expense.kind != _COST_OF_GOODS:
            self.add_error(
                "expense_account", ValidationError(_("Inventory items need a Cost of Goods Sold account here."))
            )
        if not cleaned.get("asset_account"):
            self.add_error("asset_account", ValidationError(_("Inventory items need one: choose it.")))


class PaymentsForm(SettingsForm):
    """Where the money of sales goes: one clearing account, and others for single payment methods."""

    class Meta:
        model = PaymentSettings
        fields = ("account",)
        help_texts = {
            "account": _(
                "Money that the store received and that has not reached your bank yet. You empty it when the payment "
                "provider pays out."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_new_account()
        rows = PaymentMapping.objects.filter(integration=self.setup.integration)
        self.rows = list(rows.select_related("account", "payment_method"))
        self._accounts = self._listed("account", _("The clearing account above"))
        self._methods = self._listed("payment_method", _("None"))
        for row in self.rows:
            self.fields[f"account_{row.pk}"] = self._entry(row, "account")
            self.fields[f"method_{row.pk}"] = self._entry(row, "payment_method")

    def _offer_new_account(self) -> None:
        if self.instance.account_id is None:
            self.fields["create_account"] = forms.BooleanField(
                required=False,
                initial=True,
                label=gettext("Make the account “%(name)s” in QuickBooks")
                % {"name": clearing_name(self.setup.integration)},
                help_text=_("A bank account, if none is chosen above. An existing one of that name is used."),
                widget=UnfoldBooleanWidget(),
            )

    def _listed(self, field: str, empty: Any) -> list[tuple[str, Any]]:
        entries = fitting(PaymentMapping, field, self.setup.integration.books_id)
        return [("", empty), *((str(entry.pk), caption(entry)) for entry in entries)]

    def _entry(self, row: PaymentMapping, name: str) -> EntryField:
        chosen: BooksObject | None = getattr(row, name)
        titles = {
            "account": _("Account for %(method)s"),
            "payment_method": _("QuickBooks payment method for %(method)s"),
        }
        field = EntryField(
            fitting(PaymentMapping, name, self.setup.integration.books_id, chosen=chosen.pk if chosen else None),
            required=False,
            initial=chosen,
            label=str(titles[name]) % {"method": row.method},
            widget=UnfoldAdminSelectWidget(),
        )
        offered = self._accounts if name == "account" else self._methods
        lost = [(str(chosen.pk), caption(chosen))] if chosen and not chosen.active else []
        field.choices = [*offered, *lost]
        return field

    def parts(self) -> Sequence[Any]:
        extra = [name for name in ("create_account",) if name in self.fields]
        return (Fieldset(_("The clearing account"), "account", *extra),)

    def table(self) -> list[dict[str, Any]]:
        """The payment methods with their two fields each."""
        return [
            {"row": row, "account": self[f"account_{row.pk}"], "method": self[f"method_{row.pk}"]} for row in self.rows
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("account") and not cleaned.get("create_account") and "account" not in self.errors:
            self.add_error("account", ValidationError(_("Choose an account, or have one made below.")))
        return cleaned

    def prepare(self, clock: Clock) -> None:
        if self.instance.account is None:
            self.instance.account = clearing_account_create(self.setup.integration, clock=clock)

    def keep(self) -> None:
        super().keep()
        for row in self.rows:
            account, method = self.cleaned_data[f"account_{row.pk}"], self.cleaned_data[f"method_{row.pk}"]
            if (row.account, row.payment_method) != (account, method):
                row.account, row.payment_method = account, method
                row.save()


class RefundsForm(SettingsForm):
    """Which account refunds leave from, and whether the order filter takes orders that are refunded when they are
    first read."""

    class Meta:
        model = RefundSettings
        fields = ("account", "number_prefix", "item")
        help_texts = {
            "account": _("For payment methods without an account of their own."),
            "item": _(
                "For amounts that are no line of the sale. Without one, the service “Refund adjustment” is made in"
                " QuickBooks when it is needed."
            ),
            "number_prefix": _("Stands before the number of a refund, exactly as you type it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound and self.instance.account is None:
            self.initial["account"] = self.setup.integration.payments.account_id
        self.missing = self._statuses_missing()
        if self.missing:
            names = ", ".join(gettext("“%(name)s”") % {"name": status_in_words(*one)} for one in self.missing)
            self.fields["include_refunded"] = forms.BooleanField(
                required=False,
                initial=True,
                label=gettext("Also take orders with the payment status %(names)s") % {"names": names},
                help_text=_(
                    "An order that is in the books already brings its refunds whatever the filter of the sale options"
                    " says; one that was refunded before it was posted must pass it."
                ),
                widget=UnfoldBooleanWidget(),
            )

    def _statuses_missing(self) -> list[tuple[str, str]]:
        """The store's statuses of refunded orders that the order filter leaves out; no filter leaves out none."""
        chosen = {status.casefold() for status in self.setup.integration.orders.payment_statuses}
        profile = profile_of(self.setup.integration.store)
        known = profile.payment_statuses if profile and chosen else ()
        return [one for one in known if "refund" in one[0].casefold() and one[0].casefold() not in chosen]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.missing and not cleaned.get("include_refunded"):
            self.add_error(
                "include_refunded",
                ValidationError(
                    _(
                        "Without these, orders refunded before they were posted are left out: tick this, or switch"
                        " refunds off."
                    )
                ),
            )
        if not cleaned.get("account") and "account" not in self.errors:
            self.add_error("account", ValidationError(_("Choose the account that refunds leave from.")))
        return cleaned

    def keep(self) -> None:
        super().keep()
        if self.missing:
            orders = self.setup.integration.orders
            orders.payment_statuses = self.statuses
            orders.save()

    @property
    def statuses(self) -> list[str]:
        """The order filter as saving leaves it."""
        orders = self.setup.integration.orders
        return [*orders.payment_statuses, *(status for status, _name in self.missing)]
