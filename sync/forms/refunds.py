"""How much of a refund went back, where the store does not tell."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from integrations.money import currency_places
from sync.models import Record
from sync.services.refunds import most_of


class RefundAmountForm(forms.Form):
    """One amount, tax included, no more than is left of the sale."""

    def __init__(self, *args: Any, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = currency_places(record.currency)
        self.fields["amount"] = forms.DecimalField(
            label=_("Amount that went back, tax included"),
            help_text=_("In %(currency)s.") % {"currency": record.currency},
            min_value=Decimal(1).scaleb(-places),
            max_value=most_of(record),
            decimal_places=places,
            widget=UnfoldAdminDecimalFieldWidget(),
        )
