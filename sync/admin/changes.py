"""Who changed which setting: a page of all changes, and a table on the integration's page (L8)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import DropdownFilter, display
from accounts.admin_scope import HistoryModelAdmin, ScopedRelatedFilter
from accounts.admin_show import DASH, moment_in
from integrations.zones import business_zone, zone_named
from sync.admin.days import DaysFilter
from sync.admin.records import HistoryInline
from sync.models import SettingChange
from sync.reports import changes

COLUMNS = ("when", "by", "part", "setting", "before", "after")


class ChangeColumns:
    """What both tables show."""

    @display(description=_("at"), ordering="at")
    def when(self, change: Any) -> str:
        zone = change.integration.time_zone if change.integration else change.business_zone
        return moment_in(change.at, zone_named(zone))

    @display(description=_("what"), ordering="model")
    def part(self, change: SettingChange) -> str:
        return changes.part_shown(change)

    @display(description=_("setting"), ordering="field")
    def setting(self, change: SettingChange) -> str:
        return changes.field_shown(change)

    @display(description=_("before"))
    def before(self, change: SettingChange) -> str:
        return changes.old_shown(change) or DASH

    @display(description=_("after"))
    def after(self, change: SettingChange) -> str:
        return changes.new_shown(change) or DASH


class ChangeInline(ChangeColumns, HistoryInline):
    """The latest changes, on the integration's page."""

    model = SettingChange
    verbose_name_plural = _("Changes")
    business_path = "business"
    parent_path = "business"
    related = ("integration",)
    fields = readonly_fields = COLUMNS
    per_page = 25


class PartFilter(DropdownFilter):
    """By what was changed."""

    title = _("what")
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return changes.parts()

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(model=self.value()) if self.value() else queryset


@admin.register(SettingChange)
class SettingChangeAdmin(ChangeColumns, HistoryModelAdmin):
    """Every change of a setting."""

    business_path = "business"
    related = ("business", "integration")
    list_display = ("when", "business", "integration", *COLUMNS[1:])
    list_filter = (
        ("business", ScopedRelatedFilter),
        ("integration", ScopedRelatedFilter),
        PartFilter,
        ("at", DaysFilter),
    )
    search_fields = ("by", "subject", "old", "new")
    fields = readonly_fields = ("when", "business", "integration", *COLUMNS[1:])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(business_zone=business_zone("business"))
        return rows
