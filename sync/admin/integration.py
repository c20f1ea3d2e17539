"""Integrations: what is connected, when it is synchronised, and all of its settings on one page."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access import Act
from accounts.admin_base import action, display
from accounts.admin_scope import ScopedModelAdmin, ScopedRelatedFilter
from accounts.admin_show import label
from integrations.models import ConnectionState, Integration
from sync.admin import showing
from sync.admin.changes import ChangeInline
from sync.admin.forms import IntegrationForm
from sync.admin.inlines import INLINES, ModuleInline
from sync.forms.options import DECISIVE
from sync.services.changes import author, changes_noted
from sync.services.syncing import sync_ask_each
from sync.views.progress import say_asked

_COLOURS = {"ready": "success", "draft": "info", "paused": "warning", "waiting": "danger"}


@admin.register(Integration)
class IntegrationAdmin(ScopedModelAdmin):
    """A store and a QuickBooks company. Bookkeepers set it up; owners may remove it while nothing was synchronised."""

    form = IntegrationForm
    list_before_template = "sync/wizard_list_bar.html"
    change_form_outer_before_template = "sync/wizard_manage_bar.html"
    change_form_after_template = "sync/preview_change_bar.html"
    actions = ("sync_now",)
    delete_act = Act.OWN
    unread = ("store__credentials", "books__credentials")
    list_display = ("slug", "business", "store_link", "books_link", "auto_sync", "state_label", "read_until")
    list_filter = (("business", ScopedRelatedFilter), "auto_sync", "paused")
    related = ("business", "store", "books")
    search_fields = ("slug", "business__name", "store__name", "books__name")
    fixed_fields = ("business", "store", "books")
    readonly_fields = ("read_until", "links")
    fieldsets = (
        (None, {"fields": (("slug", "business"), ("store", "books"))}),
        (_("Dates"), {"fields": (("time_zone", "start_date"),)}),
        (_("Automatic sync"), {"fields": (("auto_sync", "daily_hour"), ("paused", "read_until"))}),
        (_("E-mail report"), {"fields": (("report_when", "report_language"), "report_recipients")}),
        (None, {"fields": ("links",)}),
    )

    @display(description=_("store"), ordering="store__name")
    def store_link(self, integration: Integration) -> str:
        return showing.link(integration.store)

    @display(description=_("QuickBooks company"), ordering="books__name")
    def books_link(self, integration: Integration) -> str:
        return showing.link(integration.books)

    @display(description=_("state"))
    def state_label(self, integration: Integration) -> SafeString:
        if integration.live_at is None:
            return label("draft", _("Being set up"), _COLOURS)
        if integration.paused:
            return label("paused", _("Paused"), _COLOURS)
        if not answered(integration):
            return label("waiting", _("Connection needed"), _COLOURS)
        return label("ready", _("Ready"), _COLOURS)

    @display(description=_("orders read until"), ordering="orders_read_until")
    def read_until(self, integration: Integration) -> str:
        return showing.moment(integration.orders_read_until, integration)

    @display(description=_("See also"))
    def links(self, integration: Integration) -> SafeString:
        pages = (
            ("sync_record", _("Records")),
            ("sync_run", _("Runs")),
            ("sync_logentry", _("Sync log")),
            ("sync_settingchange", _("Changes of settings")),
        )
        return format_html_join(
            " · ",
            '<a class="tb-link" href="{}?integration__id__exact={}">{}</a>',
            ((reverse(f"admin:{name}_changelist"), integration.pk, title) for name, title in pages),
        )

    @action(description=_("Sync now"), permissions=["work"])
    def sync_now(self, request: HttpRequest, queryset: QuerySet[Integration]) -> None:
        integrations = self.scoped(queryset, request, Act.WORK)
        count = sync_ask_each(integrations, user=author(request.user).user, now=timezone.now())
        say_asked(request, count)
        left = queryset.count() - count
        if left:
            text = ngettext(
                "%d integration was left alone: its setup is not finished, or you may only read it.",
                "%d integrations were left alone: their setup is not finished, or you may only read them.",
                left,
            )
            self.message_user(request, text % left, messages.WARNING)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nothing is configurable until both sides have answered (C3)."""
        if obj is None or not (obj.store.checked_at and obj.books.checked_at):
            return ()
        modules = (ModuleInline,) if obj.store.profile.get("modules") else ()
        return (*modules, *INLINES, ChangeInline)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A new one begins in the setup, which connects both sides first."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect("sync:setup")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Whatever the page and its parts change is noted (L8)."""
        integration = self.get_object(request, object_id) if request.method == "POST" and object_id else None
        with changes_noted(*([integration] if integration else []), by=author(request.user)):
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Integration, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """A change writes only what was changed: a sync may be moving the rest of the row at the same time."""
        changed = set(form.changed_data)
        if changed:
            obj.save(update_fields=changed)
        if changed & DECISIVE:
            obj.touch()


def answered(integration: Integration) -> bool:
    """Whether both connections answer."""
    return all(c.state == ConnectionState.CONNECTED for c in (integration.store, integration.books))
