"""Pushes of stock levels: what was set, what waits for somebody, and what can be brought back (K2)."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.access import Act
from accounts.admin_base import display
from accounts.admin_scope import HistoryModelAdmin, ScopedRelatedFilter, allows
from accounts.admin_show import DASH, label
from sync.admin import showing
from sync.models import PushState, StockPush

_COLOURS = {
    PushState.WAITING.value: "warning",
    PushState.APPROVED.value: "info",
    PushState.APPLIED.value: "success",
    PushState.RESTORING.value: "info",
}
_A_PAGE = 200


@admin.register(StockPush)
class StockPushAdmin(HistoryModelAdmin):
    """Levels that were set in a store, or are to be."""

    business_path = "integration__business"
    list_display = ("made", "integration", "state_label", "levels", "falling", "because_shown", "by_shown")
    list_filter = ("state", ("integration", ScopedRelatedFilter))
    sortable_by = ()
    # The page is one of our own; nothing on it is a form of the admin.
    fields = ()
    exclude = ("user",)
    change_form_template = "sync/stock_push.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        pushes: QuerySet[Any] = super().get_queryset(request).annotate(count=Count("changes"))
        return pushes

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        push = self.get_object(request, object_id)
        shown = dict(extra_context or {})
        if push is not None:
            shown |= {
                **push_context(request, push),
                "title": _("Stock levels of %(name)s") % {"name": push.integration},
            }
        return super().change_view(request, object_id, form_url, {**shown, "subtitle": None})

    @display(description=_("made at"), ordering="created_at")
    def made(self, push: StockPush) -> str:
        return showing.moment(push.created_at, push.integration)

    @display(description=_("state"))
    def state_label(self, push: StockPush) -> SafeString:
        return label(push.state, push.get_state_display(), _COLOURS)

    @display(description=_("levels"))
    def levels(self, push: Any) -> int:
        return int(push.count)

    @display(description=_("asks because"))
    def because_shown(self, push: StockPush) -> str:
        return push.get_because_display() if push.because else DASH

    @display(description=_("decided by"))
    def by_shown(self, push: StockPush) -> str:
        return push.by or DASH


def push_context(request: HttpRequest, push: StockPush) -> dict[str, Any]:
    """What the page of a push shows; the falls to zero come first."""
    integration = push.integration
    changes = push.changes.order_by("after", "sku", "pk")
    page = Paginator(changes, _A_PAGE).get_page(request.GET.get("page"))
    written = push.changes.exclude(written_at=None)
    return {
        "push": push,
        "integration_link": showing.link(integration),
        "state": label(push.state, push.get_state_display(), _COLOURS),
        "page": page,
        "made": showing.moment(push.created_at, integration),
        "decided": showing.moment(push.decided_at, integration) if push.decided_at else "",
        "waits": push.state == PushState.WAITING,
        "was_restored": push.state == PushState.RESTORED,
        "not_restored": written.filter(restored_at=None).count() if push.state == PushState.RESTORED else 0,
        "may_work": allows(request, Act.WORK, integration.business_id),
        "may_restore": push.state == PushState.APPLIED and written.exists(),
    }
