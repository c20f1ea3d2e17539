"""The admin site: open to members, whose roles decide; no staff flag and no Django permission rows."""

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm as UserAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import AdminSite


def is_member(user: Any) -> bool:
    """Whether the site is open to this user: active, and a member of some business or a superuser."""
    return bool(user.is_active and (user.is_superuser or user.memberships.exists()))


def _login_form() -> type[AdminAuthenticationForm]:
    # Imported here because the form needs the user model, and this module is read while apps are still loading.
    from unfold.forms import AuthenticationForm

    class MemberLoginForm(AuthenticationForm):  # type: ignore[misc]
        """Signs members in, whatever their staff flag says."""

        error_messages = UserAuthenticationForm.error_messages  # the admin's speak of staff

        def confirm_login_allowed(self, user: Any) -> None:
            if not is_member(user):
                raise ValidationError(
                    _("You are not a member of any business yet. Ask an owner of the business to add you."),
                    code="no_membership",
                )

    return MemberLoginForm


class TillbridgeAdminSite(AdminSite):
    """Where bookkeepers work."""

    site_title = "Tillbridge"
    site_header = "Tillbridge"
    index_title = _("Dashboard")
    empty_value_display = "\N{EN DASH}"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.login_form = _login_form()

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and is_member(user)
