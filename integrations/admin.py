"""Connections to stores and QuickBooks companies, and the copy of QuickBooks' lists."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import Act
from accounts.admin_base import display
from accounts.admin_scope import RoleMixin, ScopedModelAdmin, ScopedRelatedFilter, allows
from accounts.admin_show import DASH, label, moment_in
from accounts.models import Business
from integrations.detail_texts import detail_in_words
from integrations.models import BooksConnection, BooksObject, ConnectionState, StoreConnection, WebhookEvent
from integrations.models.connections import Connection
from integrations.tokens import consent_end, ends_soon, is_unused
from integrations.webhooks.receiving import source_of
from integrations.words import list_in_words
from integrations.zones import business_zone, zone_named

STATE_COLOURS = {
    ConnectionState.NEW.value: "info",
    ConnectionState.CONNECTED.value: "success",
    ConnectionState.RECONNECT.value: "danger",
    ConnectionState.OPERATOR.value: "danger",
}


_GO_ALONG = (BooksObject, WebhookEvent)
_MESSAGES: Any = (
    _("Messages"),
    {
        "fields": ("message_address", "last_message"),
        "description": _(
            "A message from the other side has a change looked at within a minute; without one the next sync finds it. "
            "Whoever runs this installation enters the address in the settings of its app there. Wix sites that are "
            "connected by an API key send none."
        ),
    },
)


class ConnectionAdmin(ScopedModelAdmin):
    """What stores and books have in common. Accounts are connected by the pages of `integrations.views`."""

    side = ""  # which side of an integration it is
    add_act = None
    change_act = None
    delete_act = Act.OWN
    unread = ("credentials",)
    list_filter = ("state", ("business", ScopedRelatedFilter))
    related = ("business",)
    search_fields = ("name", "account_id", "business__name")
    ordering = ("business__name", "name")
    list_before_template = "integrations/connect_bar.html"
    change_form_outer_before_template = "integrations/connection_bar.html"
    warn_unsaved_form = False

    @display(description=_("name"), ordering="name")
    def title(self, connection: Connection) -> str:
        return str(connection)

    @display(description=_("state"), ordering="state")
    def state_label(self, connection: Connection) -> SafeString:
        return label(connection.state, connection.get_state_display(), STATE_COLOURS)

    @display(description=_("detail"))
    def detail(self, connection: Connection) -> str:
        return detail_in_words(connection.state_detail) or DASH

    @display(description=_("address for messages"))
    def message_address(self, connection: Connection) -> str:
        source = source_of(connection)
        if not source.is_configured:
            return gettext("Not in use: %(setting)s is not set.") % {"setting": source.secret}
        return source.address

    @display(description=_("last message"))
    def last_message(self, connection: Any) -> str | SafeString:
        return self._moment(connection, connection.last_message_at)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the time of the last message, since a page asks for it more than once, and the zone of all times."""
        events = WebhookEvent.objects.filter(**{self.side: OuterRef("pk")}).order_by("-pk")
        last = Subquery(events.values("delivery__received_at")[:1])
        connections: QuerySet[Any] = (
            super().get_queryset(request).annotate(last_message_at=last, zone=business_zone("business"))
        )
        return connections

    @display(description=_("last answered at"), ordering="checked_at")
    def answered(self, connection: Any) -> str | SafeString:
        return self._moment(connection, connection.checked_at)

    @display(description=_("created at"), ordering="created_at")
    def created(self, connection: Any) -> str | SafeString:
        return self._moment(connection, connection.created_at)

    def _moment(self, connection: Any, value: datetime | None) -> str | SafeString:
        return moment_in(value, zone_named(connection.zone))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What was copied or told of an account goes with its connection, although nobody deletes it one by one."""
        objects, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        names: list[Any] = [model._meta.verbose_name for model in _GO_ALONG]  # noqa: SLF001 - Django's public name
        return objects, counts, perms_needed - {*names, *map(str, names)}, protected

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A connection goes only while nothing is built on it; until then it can be disconnected."""
        if isinstance(obj, StoreConnection | BooksConnection) and obj.integrations.exists():
            return False
        return super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        owned = self.admin_site.get_model_admin(Business)
        businesses = owned.scoped(Business.objects.all(), request, Act.OWN) if isinstance(owned, RoleMixin) else ()
        shown = {"owned_businesses": businesses, "side": self.side}
        return super().changelist_view(request, {**(extra_context or {}), **shown})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        return super().changeform_view(
            request, object_id, form_url, {**self._roles(request, object_id), **(extra_context or {})}
        )

    def _roles(self, request: HttpRequest, object_id: str | None) -> dict[str, bool]:
        """What the buttons of a connection's page depend on."""
        connection = self.get_object(request, object_id) if object_id else None
        if connection is None:
            return {}
        return {
            "may_own": allows(request, Act.OWN, connection.business_id),
            "may_work": allows(request, Act.WORK, connection.business_id),
        }


@admin.register(StoreConnection)
class StoreConnectionAdmin(ConnectionAdmin):
    """Connected stores."""

    side = "store"
    list_display = ("title", "business", "provider", "account_id", "currency", "state_label", "answered")
    fieldsets = (
        (None, {"fields": ("title", "business", "provider", "account_id", "currency")}),
        (_("Connection"), {"fields": ("state_label", "detail", "answered", "created")}),
        _MESSAGES,
    )


@admin.register(BooksConnection)
class BooksConnectionAdmin(ConnectionAdmin):
    """Connected QuickBooks companies."""

    side = "books"
    list_display = ("title", "business", "account_id", "currency", "state_label", "consent_ends", "answered")
    fieldsets = (
        (None, {"fields": ("title", "business", "account_id", "currency")}),
        (_("Connection"), {"fields": ("state_label", "detail", "consent_told", "answered", "created")}),
        (_("Lists"), {"fields": ("mirrored", "list_counts")}),
        _MESSAGES,
    )

    @display(description=_("consent ends"), ordering="refresh_expires_at")
    def consent_ends(self, books: BooksConnection) -> str | SafeString:
        end = consent_end(books)
        if end is None:
            return DASH
        shown = date_format(end, "SHORT_DATE_FORMAT")
        return label("soon", shown, {"soon": "warning"}) if ends_soon(books, timezone.now()) else shown

    @display(description=_("consent ends"))
    def consent_told(self, books: BooksConnection) -> str | SafeString:
        """With what to do, where it ends soon."""
        if not ends_soon(books, timezone.now()):
            return self.consent_ends(books)
        renewed = _("A sync, or a test of the connection, puts it off for 100 days.")
        for_good = _("An owner connects the company again before that day.")
        return format_html("{} {}", self.consent_ends(books), renewed if is_unused(books) else for_good)

    @display(description=_("lists read at"), ordering="mirrored_at")
    def mirrored(self, books: Any) -> str | SafeString:
        return self._moment(books, books.mirrored_at)

    @display(description=_("entries"))
    def list_counts(self, books: BooksConnection) -> str:
        rows = books.objects_mirrored.order_by("type").values_list("type").annotate(entries=Count("pk"))
        return ", ".join(f"{list_in_words(name)} ({count})" for name, count in rows)
