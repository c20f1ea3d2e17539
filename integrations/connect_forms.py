"""The forms on which a store's own credentials are typed, and the one that asks for whom a store is connected."""

from collections.abc import Mapping
from typing import Any, ClassVar

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
from integrations.wix.install import is_guid


class OwnedBusinessForm(forms.Form):
    """Asks for one of the businesses that the person owns; raises PermissionDenied where there is none."""

    business_choice = forms.ModelChoiceField(
        Business.objects.none(), label=_("Business"), empty_label=None, widget=UnfoldAdminSelectWidget()
    )

    def __init__(self, *args: Any, user: User | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owned = businesses_for(user, Act.OWN)
        if not owned.exists():
            raise PermissionDenied
        self._choose_business(owned)
        self._lay_out()

    def _lay_out(self) -> None:
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("connect", _("Connect")))

    def _choose_business(self, owned: Any) -> None:
        field = self.fields["business_choice"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = owned

    @property
    def business(self) -> Business:
        chosen: Business = self.cleaned_data["business_choice"]
        return chosen


class CredentialForm(OwnedBusinessForm):
    """Its subclasses add `account_id` and the field that `secret` names. `renewed` is the store whose secret is
    replaced: then only that is asked for."""

    secret: ClassVar[str]

    def __init__(
        self, *args: Any, user: User | AnonymousUser, renewed: StoreConnection | None = None, **kwargs: Any
    ) -> None:
        self.renewed = renewed
        super().__init__(*args, user=user, **kwargs)

    def _lay_out(self) -> None:
        if self.renewed is not None:
            del self.fields["business_choice"], self.fields["account_id"]
        super()._lay_out()

    @property
    def business(self) -> Business:
        return super().business if self.renewed is None else self.renewed.business

    @property
    def account(self) -> str:
        return str(self.cleaned_data["account_id"]) if self.renewed is None else self.renewed.account_id

    @property
    def credentials(self) -> Mapping[str, str]:
        return {self.secret: self.cleaned_data[self.secret]}


class EcwidTokenForm(CredentialForm):
    """An Ecwid store's id and secret token."""

    secret = "access_token"  # noqa: S105 - the name of a field
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


class WixKeyForm(CredentialForm):
    """A Wix site's id and an API key of its merchant."""

    secret = "api_key"  # noqa: S105 - the name of a field
    account_id = forms.CharField(
        label=_("Site id"),
        max_length=100,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "While you are in the site's dashboard, it is the part after “/dashboard/” of the address in your browser."
        ),
    )
    api_key = forms.CharField(
        label=_("API key"),
        max_length=4000,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text=_(
            "Made in the API Keys Manager of your Wix account, for this site, with permission to read orders, "
            "payments, products, taxes and site properties, and to manage products for stock levels. It is never shown "
            "again. Wix sends no messages for keys: orders come with each scheduled sync."
        ),
    )

    def clean_account_id(self) -> str:
        site: str = self.cleaned_data["account_id"].strip().lower()
        if not is_guid(site):
            raise forms.ValidationError(
                _("A site id looks like 5f0c3c1e-1b7d-4c3a-9f10-2d6b8e4a7c55. The dashboard's address holds it.")
            )
        return site
