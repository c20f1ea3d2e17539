"""Forms about people: who joins a business, and that it keeps an owner."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin_base import ModelForm, PaginatedFormSet
from accounts.models import Business, Membership, Role, User


def is_last_owner(membership: Membership) -> bool:
    """Whether the business would be left without an owner if this membership ended."""
    others = Membership.objects.filter(business=membership.business_id, role=Role.OWNER).exclude(pk=membership.pk)
    return membership.role == Role.OWNER and not others.exists()


class MembershipForm(ModelForm):
    """Changes a role. The last owner stays one."""

    class Meta:
        model = Membership
        fields = ["business", "role"]

    def clean_role(self) -> str:
        role = str(self.cleaned_data["role"])
        if self.instance.pk and role != Role.OWNER and is_last_owner(Membership.objects.get(pk=self.instance.pk)):
            raise ValidationError(_("A business needs an owner: make somebody else an owner first."))
        return role


class MemberFormSet(PaginatedFormSet):
    """The members on the page of a business: one of them stays an owner, whatever is changed at once."""

    def clean(self) -> None:
        super().clean()
        roles = [form.cleaned_data.get("role", form.instance.role) for form in self.forms]
        if roles and Role.OWNER not in roles:
            raise ValidationError(_("A business needs an owner: make somebody else an owner first."))


class NewMembershipForm(MembershipForm):
    """Adds a person by their user name or e-mail address: the people of other businesses are not offered in a list."""

    person = forms.CharField(
        label=_("User name or e-mail"),
        max_length=254,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("As the person signs in. Whoever runs this installation creates new users."),
    )

    class Meta(MembershipForm.Meta):
        fields = ["business", "person", "role"]

    def clean_person(self) -> User:
        text = str(self.cleaned_data["person"]).strip()
        users = list(User.objects.filter(Q(username=text) | Q(email__iexact=text), is_active=True)[:2])
        if len(users) != 1:
            raise ValidationError(
                _("Nobody can be added by this name. Ask whoever runs this installation to create the user.")
            )
        return users[0]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        user, business = cleaned.get("person"), cleaned.get("business")
        if isinstance(user, User) and isinstance(business, Business):
            if Membership.objects.filter(user=user, business=business).exists():
                raise ValidationError(_("%(user)s is a member already: change the role instead.") % {"user": user})
            self.instance.user = user
        return cleaned
