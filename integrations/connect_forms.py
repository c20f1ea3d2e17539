"""The form for an Ecwid store's id and secret token."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from unfold.layout import Submit
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.access import Act, businesses_for
from accounts.models import Business, User
from integrations.models import StoreConnection


class EcwidTokenForm(forms.Form):
    """`renewed` is the store whose token is replaced: then only the token is asked for."""

    business_choice = forms.ModelChoiceField(
        Business.objects.none(), label=_("Business"), empty_label=None, widget=UnfoldAdminSelectWidget()
    )
    account_id = forms.RegexField(
        r"^\d{1,20}$",
        label=_("Store id"),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("A store id has digits only. Ecwid shows it at the bottom of each admin page.")},
        help_text=_("The number that Ecwid shows at the bottom of each page of your store's control panel."),
    )
    access_token = forms.CharField(
        label=_("Secret token"),
        max_length=200,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text=_(
            "Of a custom app in your store's control panel; it begins with “secret_”. It is never shown again."
        ),
    )

    def __init__(
        self, *args: Any, user: User | AnonymousUser, renewed: StoreConnection | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        owned = businesses_for(user, Act.OWN)
        if not owned.exists():
            raise PermissionDenied
        self.renewed = renewed
        if renewed is None:
            self._choose_business(owned)
        else:
            del self.fields["business_choice"], self.fields["account_id"]
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("connect", _("Connect")))

    def _choose_business(self, owned: Any) -> None:
        field = self.fields["business_choice"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = owned

    @property
    def business(self) -> Business:
        if self.renewed is not None:
            return self.renewed.business
        chosen: Business = self.cleaned_data["business_choice"]
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.renewed is not None:
            cleaned["account_id"] = self.renewed.account_id
        return cleaned
