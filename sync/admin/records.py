"""Records, and what was written into QuickBooks for them."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import action, display
from accounts.admin_scope import HistoryMixin, HistoryModelAdmin, ScopedRelatedFilter, ScopedTabularInline
from accounts.admin_show import DASH, label, moment_in
from integrations.zones import business_zone, zone_named
from sync.admin import showing
from sync.admin.days import DaysFilter
from sync.admin.deciding import DecidingMixin
from sync.admin.filters import ReasonFilter
from sync.admin.record_page import record_context
from sync.admin.searching import OrderSearchAdmin, document_called
from sync.models import DOCUMENT_KINDS, DOCUMENT_ROLES, GOODS_KINDS, Batch, Posting, Record, RecordKind
from sync.reports.record_export import record_lines
from sync.views.downloads import csv_download


class HistoryInline(HistoryMixin, ScopedTabularInline):
    """A read-only table on a page."""

    parent_path = "integration__business"
    tab = True
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Record)
class RecordAdmin(DecidingMixin, OrderSearchAdmin):
    """Store objects as last seen, and where they stand."""

    business_path = "integration__business"
    unread = ("payload",)
    list_display = ("title", "created", "integration", "state_label", "money", "document", "explanation")
    list_filter = (
        "state",
        ("integration", ScopedRelatedFilter),
        ReasonFilter,
        ("created_in_store_at", DaysFilter),
        "kind",
    )
    record_path = "pk"
    # Those that an index sorts by; any other column of a million rows would take seconds.
    sortable_by = ("created",)
    actions = ("retry", "ignore", "export_selected")
    reading_actions = ("export_selected",)
    # The page is one of our own; nothing on it is a form of the admin.
    fields = ()
    change_form_template = "sync/record.html"

    def get_list_display(self, request: HttpRequest) -> Any:
        """Products and levels are no money, and become no document."""
        kinds = request.GET.get("kind__in", request.GET.get("kind__exact", "")).split(",")
        columns = super().get_list_display(request)
        return [name for name in columns if name not in _OF_MONEY] if set(kinds) <= set(GOODS_KINDS) else columns

    def get_queryset(self, request: HttpRequest) -> QuerySet[Record]:
        """Products and their levels are listed where somebody asks for them, not among the orders."""
        sales = Posting.objects.filter(role__in=DOCUMENT_ROLES).defer("payload").order_by("ordinal")
        rows = super().get_queryset(request).prefetch_related(Prefetch("postings", sales, to_attr="sales"))
        listed = request.resolver_match is not None and request.resolver_match.url_name == "sync_record_changelist"
        asked = any(name.startswith("kind") for name in request.GET)
        return rows.filter(kind__in=DOCUMENT_KINDS) if listed and not asked else rows

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        record = self.get_object(request, object_id)
        shown = dict(extra_context or {})
        if record is not None:
            called = record.number or record.store_ref
            shown |= {**record_context(request, record), "title": _TITLES[RecordKind(record.kind)] % {"number": called}}
        return super().change_view(request, object_id, form_url, {**shown, "subtitle": None})

    @display(description=_("number"), ordering="number")
    def title(self, record: Record) -> str:
        return format_html('<span class="tb-nowrap">{}</span>', record)

    @display(description=_("created in the store"), ordering="created_in_store_at")
    def created(self, record: Record) -> str:
        return showing.moment(record.created_in_store_at, record.integration)

    @display(description=_("amount"), ordering="amount")
    def money(self, record: Record) -> str:
        return showing.amount(record.amount, record.currency)

    @display(description=_("state"), ordering="state")
    def state_label(self, record: Record) -> SafeString:
        return showing.state(record)

    @display(description=_("document"))
    def document(self, record: Any) -> str:
        sale = next((sale for sale in record.sales if sale.books_ref), None)
        return showing.document(sale.books_type, sale.books_ref, sale.doc_number) if sale else DASH

    @display(description=_("reason"))
    def explanation(self, record: Record) -> str:
        return showing.reason(record)

    @action(description=_("Download as CSV"))
    def export_selected(self, request: HttpRequest, queryset: QuerySet[Record]) -> HttpResponseBase:
        return csv_download(record_lines(queryset), "records")


_OF_MONEY = ("money", "document")
_TITLES = {
    RecordKind.ORDER: _("Order %(number)s"),
    RecordKind.REFUND: _("Refund of order %(number)s"),
    RecordKind.PRODUCT: _("Product %(number)s"),
    RecordKind.STOCK: _("Stock level of %(number)s"),
}


def _flat(fields: Any) -> list[str]:
    return [name for entry in fields for name in (entry if isinstance(entry, tuple) else (entry,))]


@admin.register(Posting)
class PostingAdmin(OrderSearchAdmin):
    """Documents and list entries that we made, are making or tried to make."""

    business_path = "books__business"
    unread = ("payload", "record__payload", "books__credentials")
    related = ("record__integration",)
    list_display = ("role", "document", "state_label", "record_link", "books", "day", "money", "posted")
    list_filter = ("state", "role", ("books", ScopedRelatedFilter), "books_type", "adopted")
    sortable_by = ()
    fieldsets = (
        (None, {"fields": (("document", "role"), ("state_label", "was_there"), ("record_link", "books"))}),
        (_("Figures"), {"fields": (("day", "money"), ("proven", "posted"))}),
        (_("Answer"), {"fields": (("books_ref", "trace"), ("fault_code", "fault_detail"), "marker")}),
        (_("As it was sent"), {"fields": ("sent_payload",), "classes": ("collapse",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(business_zone=business_zone("books__business"))
        return rows.order_by("-pk")

    def called(self, term: str) -> Q:
        """Also customers and items, which belong to no order."""
        return super().called(term) | (document_called(term) & Q(record=None))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any] | tuple[Any, ...]:
        return [name for _title, part in self.fieldsets for name in _flat(part["fields"])]

    @display(description=_("document"))
    def document(self, posting: Posting) -> str:
        return showing.document(posting.books_type, posting.books_ref, posting.doc_number)

    @display(description=_("state"), ordering="state")
    def state_label(self, posting: Posting) -> SafeString:
        return label(posting.state, posting.get_state_display(), showing.POSTING_COLOURS)

    @display(description=_("record"))
    def record_link(self, posting: Posting) -> str:
        return showing.record(posting.record) if posting.record else DASH

    @display(description=_("total"), ordering="total")
    def money(self, posting: Posting) -> str:
        return showing.amount(posting.total, posting.currency)

    @display(description=_("date"), ordering="txn_date")
    def day(self, posting: Posting) -> str:
        return date_format(posting.txn_date, "SHORT_DATE_FORMAT") if posting.txn_date else DASH

    @display(description=_("posted at"), ordering="posted_at")
    def posted(self, posting: Any) -> str:
        zone = posting.record.integration.time_zone if posting.record else posting.business_zone
        return moment_in(posting.posted_at, zone_named(zone))

    @display(description=_("was there already"))
    def was_there(self, posting: Posting) -> str:
        return str(_("Yes") if posting.adopted else _("No"))

    @display(description=_("total proven beforehand"))
    def proven(self, posting: Posting) -> str:
        return showing.amount(posting.proven_total, posting.currency)

    @display(description=_("data"))
    def sent_payload(self, posting: Posting) -> SafeString:
        return format_html('<pre class="tb-data">{}</pre>', showing.pretty(posting.payload))


@admin.register(Batch)
class BatchAdmin(HistoryModelAdmin):
    """The batch calls that postings travelled in."""

    business_path = "books__business"
    unread = ("books__credentials",)
    list_display = ("request_id", "books", "sent", "answered", "trace")
    fields = readonly_fields = list_display
    list_filter = (("books", ScopedRelatedFilter),)
    search_fields = ("=request_id", "=trace")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(business_zone=business_zone("books__business"))
        return rows

    @display(description=_("sent at"), ordering="sent_at")
    def sent(self, batch: Any) -> str:
        return moment_in(batch.sent_at, zone_named(batch.business_zone))

    @display(description=_("answered at"), ordering="answered_at")
    def answered(self, batch: Any) -> str:
        return moment_in(batch.answered_at, zone_named(batch.business_zone))
