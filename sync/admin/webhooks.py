"""What providers told by themselves, and what came of it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import display
from accounts.admin_scope import HistoryModelAdmin, ScopedRelatedFilter, runs_installation
from accounts.admin_show import DASH, label, moment_in
from integrations.models import EventState, WebhookEvent
from integrations.zones import business_zone, zone_named
from sync.admin import showing
from sync.admin.days import DaysFilter
from sync.reports.webhooks import arrivals

STATE_COLOURS = {EventState.STORED.value: "info", EventState.HANDLED.value: "success"}


@admin.register(WebhookEvent)
class WebhookEventAdmin(HistoryModelAdmin):
    """Messages of stores and of QuickBooks.

    A message may name other companies too: only whoever runs the installation sees it whole.
    """

    list_display = ("received", "connection", "kind", "entity", "state_label", "explanation")
    list_filter = (
        "state",
        "outcome",
        ("store", ScopedRelatedFilter),
        ("books", ScopedRelatedFilter),
        ("happened_at", DaysFilter),
    )
    sortable_by = ()
    related = ("delivery", "store", "books")
    unread = (
        "delivery__body",
        "store__credentials",
        "store__profile",
        "books__credentials",
        "books__info",
        "books__preferences",
    )
    search_fields = ("=entity", "=event_id")
    list_before_template = "sync/webhooks_bar.html"
    readonly_fields = ("received", "happened", "handled", "connection", "state_label", "explanation", "body")

    def get_fieldsets(self, request: HttpRequest, obj: WebhookEvent | None = None) -> Any:
        fieldsets: list[Any] = [
            (None, {"fields": (("received", "connection"), ("state_label", "explanation"))}),
            (_("Message"), {"fields": (("kind", "entity"), ("happened", "handled"), ("event_id", "merged_entity"))}),
        ]
        if runs_installation(request):
            fieldsets.append((_("As it came"), {"fields": ("body",)}))
        return fieldsets

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        told = arrivals(now=timezone.now()) if runs_installation(request) else ()
        return super().changelist_view(request, {**(extra_context or {}), "arrivals": told})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        events: QuerySet[Any] = super().get_queryset(request).annotate(zone=business_zone("business"))
        return events

    @display(description=_("received at"))
    def received(self, event: Any) -> str:
        return moment_in(event.delivery.received_at, zone_named(event.zone))

    @display(description=_("happened at"))
    def happened(self, event: Any) -> str:
        return moment_in(event.happened_at, zone_named(event.zone))

    @display(description=_("handled at"))
    def handled(self, event: Any) -> str:
        return moment_in(event.handled_at, zone_named(event.zone))

    @display(description=_("connection"))
    def connection(self, event: WebhookEvent) -> str:
        return showing.link(event.store or event.books)

    @display(description=_("state"))
    def state_label(self, event: WebhookEvent) -> SafeString:
        return label(event.state, event.get_state_display(), STATE_COLOURS)

    @display(description=_("explanation"))
    def explanation(self, event: WebhookEvent) -> str:
        return event.get_outcome_display() or DASH

    @display(description=_("body"))
    def body(self, event: WebhookEvent) -> SafeString:
        return format_html('<pre class="tb-data">{}</pre>', bytes(event.delivery.body).decode(errors="replace"))
