"""Businesses, their members, and users."""

from datetime import UTC
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.access import Act
from accounts.admin_base import ModelAdmin, display
from accounts.admin_deleting import CountedDeletingMixin
from accounts.admin_forms import MemberFormSet, MembershipForm, NewMembershipForm, is_last_owner
from accounts.admin_scope import (
    NotThereMixin,
    ScopedModelAdmin,
    ScopedRelatedFilter,
    ScopedTabularInline,
    runs_installation,
)
from accounts.admin_show import DASH, label, moment_in
from accounts.models import Business, Membership, Role, User

ROLE_COLOURS = {Role.OWNER.value: "primary", Role.BOOKKEEPER.value: "info"}


class MemberInline(ScopedTabularInline):
    """The members of a business. They are added on the page of their own, by name."""

    model = Membership
    form = MembershipForm
    formset = MemberFormSet
    parent_path = ""
    add_act = None
    change_act = delete_act = Act.OWN
    fields = ("person", "role")
    readonly_fields = ("person",)
    can_delete = False
    hide_title = True
    related = ("user",)

    @display(description=_("person"))
    def person(self, membership: Membership) -> str:
        return membership.user.get_full_name() or membership.user.get_username()


@admin.register(Business)
class BusinessAdmin(ScopedModelAdmin):
    """Client companies. Only whoever runs the installation adds and removes them."""

    business_path = ""
    change_act = Act.OWN
    delete_act = None
    list_display = ("name", "member_count", "created")
    search_fields = ("name",)
    fields = ("name", "created")
    readonly_fields = ("created",)
    offers_history = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Business]:
        businesses: QuerySet[Any] = super().get_queryset(request).annotate(member_count=Count("memberships"))
        return businesses

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return self.fields if obj is not None else ("name",)

    def get_inlines(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return (MemberInline,) if obj is not None else ()

    @display(description=_("created at"), ordering="created_at")
    def created(self, business: Business) -> str:
        return moment_in(business.created_at, UTC)

    @display(description=_("members"))
    def member_count(self, business: Any) -> int:
        return int(business.member_count)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return runs_installation(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return runs_installation(request)


@admin.register(Membership)
class MembershipAdmin(ScopedModelAdmin):
    """Who works with which business, in which role."""

    add_act = change_act = delete_act = Act.OWN
    form = MembershipForm
    list_display = ("person", "email", "business", "role_label")
    list_display_links = ("person",)
    list_filter = (("business", ScopedRelatedFilter), "role")
    related = ("user", "business")
    search_fields = ("user__username", "user__email", "user__last_name", "business__name")
    ordering = ("business__name", "user__username")
    fixed_fields = ("business",)
    offers_history = True

    @display(description=_("person"), ordering="user__username")
    def person(self, membership: Membership) -> str:
        return membership.user.get_full_name() or membership.user.get_username()

    @display(description=_("e-mail"), ordering="user__email")
    def email(self, membership: Membership) -> str:
        return membership.user.email or DASH

    @display(description=_("role"), ordering="role")
    def role_label(self, membership: Membership) -> SafeString:
        name = str(membership.get_role_display()).split(":", 1)[0]
        return label(membership.role, name, ROLE_COLOURS)

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        return super().get_form(
            request, obj, change, **{"form": MembershipForm if obj else NewMembershipForm, **kwargs}
        )

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("business", "person", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any] | tuple[Any, ...]:
        readonly = super().get_readonly_fields(request, obj)
        return [*readonly, "person"] if obj is not None else readonly

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if isinstance(obj, Membership) and is_last_owner(obj):
            return False
        return super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deleting in bulk: it would not notice that the last owner goes."""
        return {}


@admin.register(User)
class UserAdmin(NotThereMixin, CountedDeletingMixin, DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]
    """Users. Whoever runs the installation manages them; everybody else has their own profile."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "full_name", "email", "language", "is_active", "is_superuser")
    list_filter = ("is_active", "is_superuser")
    filter_horizontal = ()
    search_fields = ("username", "email", "first_name", "last_name")
    readonly_fields = ("password_link", "signed_in", "joined")
    profile_fields = ("first_name", "last_name", "language")
    fieldsets = (
        (None, {"fields": ("username", "password_link")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "language")}),
        (
            _("Access"),
            {
                "fields": ("is_active", "is_superuser", "signed_in", "joined"),
                "description": _(
                    "What a user may do in a business is their role there; a superuser may do everything."
                ),
            },
        ),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "email", "password1", "password2")}),)

    @display(description=_("name"), ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name() or DASH

    @display(description=_("password"))
    def password_link(self, user: User) -> str:
        return format_html(
            '<a class="tb-link" href="{}">{}</a>',
            reverse("admin:auth_user_password_change", args=[user.pk]),
            _("Set another password"),
        )

    @display(description=_("last sign-in"))
    def signed_in(self, user: User) -> str:
        return moment_in(user.last_login, UTC)

    @display(description=_("joined"))
    def joined(self, user: User) -> str:
        return moment_in(user.date_joined, UTC)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_queryset(request)
        return users if runs_installation(request) else users.filter(pk=request.user.pk or 0)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        if runs_installation(request):
            return super().get_fieldsets(request, obj)
        return ((None, {"fields": ("username", "email", *self.profile_fields)}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        # An e-mail address is how owners add people: nobody may take somebody else's.
        own = () if runs_installation(request) else ("username", "email")
        return (*super().get_readonly_fields(request, obj), *own)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return runs_installation(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return runs_installation(request) or obj is None or obj.pk == request.user.pk

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return runs_installation(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return runs_installation(request)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002 - Django's name
        """Setting a password without the old one is for whoever runs the installation."""
        if not runs_installation(request):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)
