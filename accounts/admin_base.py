"""The admin's building blocks, typed: unfold ships without types, Django's classes below it have them."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:
    from django import forms
    from django.contrib import admin

    class ModelForm(forms.ModelForm[Any]):
        """django.forms.ModelForm, which takes no type parameter at run time."""

    class ModelChoiceField(forms.ModelChoiceField[Any]):
        """django.forms.ModelChoiceField, likewise."""

    class PaginatedFormSet(forms.BaseInlineFormSet[Any, Any, Any]):
        """unfold.forms.PaginationInlineFormSet."""

    class AdminSite(admin.AdminSite):
        """unfold.sites.UnfoldAdminSite."""

    class BaseAdmin(admin.options.BaseModelAdmin[Any]):
        """What pages and inlines have in common."""

    class ModelAdmin(admin.ModelAdmin[Any]):
        """unfold.admin.ModelAdmin."""

    class TabularInline(admin.TabularInline[Any, Any]):
        """unfold.admin.TabularInline."""

    class StackedInline(admin.StackedInline[Any, Any]):
        """unfold.admin.StackedInline."""

    def action(*, description: Any, permissions: Iterable[str] = ()) -> Callable[[F], F]:
        """unfold.decorators.action."""

    def display(
        *, description: Any = None, ordering: str | None = None, boolean: bool | None = None
    ) -> Callable[[F], F]:
        """unfold.decorators.display."""

    class RelatedDropdownFilter(admin.RelatedFieldListFilter):
        """unfold.contrib.filters.admin.RelatedDropdownFilter."""

    class RangeDateFilter(admin.FieldListFilter):
        """unfold.contrib.filters.admin.RangeDateFilter."""

    class RangeDateForm(forms.Form):
        """unfold.contrib.filters.forms.RangeDateForm."""

    class DropdownFilter(admin.SimpleListFilter):
        """unfold.contrib.filters.admin.DropdownFilter."""
else:
    from django.contrib.admin.options import BaseModelAdmin as BaseAdmin
    from django.forms import ModelChoiceField, ModelForm
    from unfold.admin import ModelAdmin, StackedInline, TabularInline
    from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter, RelatedDropdownFilter
    from unfold.contrib.filters.forms import RangeDateForm
    from unfold.decorators import action, display
    from unfold.forms import PaginationInlineFormSet as PaginatedFormSet
    from unfold.sites import UnfoldAdminSite as AdminSite

__all__ = [
    "AdminSite",
    "BaseAdmin",
    "DropdownFilter",
    "ModelAdmin",
    "ModelChoiceField",
    "ModelForm",
    "PaginatedFormSet",
    "RangeDateFilter",
    "RangeDateForm",
    "RelatedDropdownFilter",
    "StackedInline",
    "TabularInline",
    "action",
    "display",
]
