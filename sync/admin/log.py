"""Runs and the sync log."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.admin_base import action, display
from accounts.admin_scope import HistoryModelAdmin, ScopedRelatedFilter
from accounts.admin_show import DASH, label
from sync.admin import showing
from sync.admin.days import DaysFilter
from sync.admin.deciding import DecidingMixin
from sync.admin.filters import ReasonFilter
from sync.admin.searching import OrderSearchAdmin, spellings
from sync.models import Action, LogEntry, Record, Run
from sync.views.log import csv_response

_FLOWS = {"orders": _("Orders"), "refunds": _("Refunds"), "products": _("New products"), "stock": _("Stock")}
_PROVIDERS = {"store": _("Store"), "books": _("QuickBooks")}


@admin.register(Run)
class RunAdmin(HistoryModelAdmin):
    """Syncs: when, why, what came of it."""

    business_path = "integration__business"
    list_display = (
        "title",
        "started",
        "integration",
        "state_label",
        "trigger",
        "dry_label",
        "counted",
        "summed",
        "took",
    )
    list_filter = (
        "state",
        ("integration", ScopedRelatedFilter),
        "trigger",
        "dry_run",
        ("started_at", DaysFilter),
    )
    sortable_by = ("started",)
    related = ("user",)
    fieldsets = (
        (None, {"fields": (("title", "integration"), ("state_label", "explanation"))}),
        (_("Run"), {"fields": (("trigger", "user"), ("started", "took"), ("dry_label", "shown_flows"))}),
        (_("Outcome"), {"fields": (("counted", "summed"), ("called", "entries_link"))}),
    )
    readonly_fields = (
        "title",
        "state_label",
        "dry_label",
        "explanation",
        "started",
        "took",
        "shown_flows",
        "counted",
        "summed",
        "called",
        "entries_link",
    )

    @display(description=_("run"), ordering="pk")
    def title(self, run: Run) -> str:
        return f"#{run.pk}"

    @display(description=_("started"), ordering="started_at")
    def started(self, run: Run) -> str:
        return showing.moment(run.started_at, run.integration)

    @display(description=_("state"), ordering="state")
    def state_label(self, run: Run) -> SafeString:
        return label(run.state, run.get_state_display(), showing.RUN_COLOURS)

    @display(description=_("reason"))
    def explanation(self, run: Run) -> str:
        return showing.reason(run)

    @display(description=_("dry run"))
    def dry_label(self, run: Run) -> str:
        return label("dry", _("Nothing sent"), {"dry": "info"}) if run.dry_run else DASH

    @display(description=_("duration"))
    def took(self, run: Run) -> str:
        if run.finished_at is None:
            return DASH
        minutes, seconds = divmod(round((run.finished_at - run.started_at).total_seconds()), 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"

    @display(description=_("flows"))
    def shown_flows(self, run: Run) -> str:
        return ", ".join(str(_FLOWS.get(flow, flow)) for flow in run.flows) or DASH

    @display(description=_("records"))
    def counted(self, run: Run) -> str | SafeString:
        return _lines((_action(name), str(count)) for name, count in run.counts.items() if count)

    @display(description=_("amounts"))
    def summed(self, run: Run) -> str | SafeString:
        return _lines(totals_shown(run.totals))

    @display(description=_("calls"))
    def called(self, run: Run) -> str | SafeString:
        return _lines((str(_PROVIDERS.get(name, name)), str(count)) for name, count in run.calls.items())

    @display(description=_("sync log"))
    def entries_link(self, run: Run) -> str:
        return showing.anchor(f"{reverse('admin:sync_logentry_changelist')}?run__id__exact={run.pk}", _("What it did"))


def totals_shown(totals: Any) -> list[tuple[str, str]]:
    """The amounts of a run, {action: {currency: "12.50"}}, in words."""
    return [
        (_action(name), showing.amount(Decimal(total), currency))
        for name, by_currency in totals.items()
        for currency, total in by_currency.items()
    ]


def _action(name: str) -> str:
    return str(Action(name).label) if name in Action.values else name


def _lines(facts: Iterable[tuple[str, str]]) -> str | SafeString:
    """Each on a line of its own: "Created: 52"."""
    colon = pgettext("after a label", ":")
    shown = format_html_join(
        "", '<span>{}{} <span class="tb-nowrap">{}</span></span>', ((name, colon, value) for name, value in facts)
    )
    return format_html('<div class="tb-facts-list">{}</div>', shown) if shown else DASH


@admin.register(LogEntry)
class LogEntryAdmin(DecidingMixin, OrderSearchAdmin):
    """What each run did with each record, and why (L1)."""

    business_path = "integration__business"
    unread = ("record__payload",)
    related = ("record", "run")
    list_display = (
        "at",
        "integration",
        "record_link",
        "action_label",
        "document",
        "money",
        "explanation",
        "run_link",
    )
    list_display_links = ("at",)
    list_filter = (
        "action",
        ("integration", ScopedRelatedFilter),
        ReasonFilter,
        ("created_at", DaysFilter),
        "kind",
    )
    sortable_by = ()  # always the latest first: no index sorts a million entries by anything else
    extra_lookups = ("run", "record")
    actions = ("retry", "ignore", "export_selected")
    reading_actions = ("export_selected",)
    list_before_template = "sync/log_bar.html"
    fieldsets = (
        (None, {"fields": (("at", "integration"), ("run_link", "record_link"))}),
        (_("What happened"), {"fields": (("action_label", "document"), "money", "explanation")}),
        (_("Call"), {"fields": (("duration_ms", "trace"),)}),
    )
    readonly_fields = ("at", "run_link", "record_link", "action_label", "document", "money", "explanation")

    def called(self, term: str) -> Q:
        """Also what a dry run told of orders that are not filed yet."""
        return super().called(term) | Q(record=None, store_ref__in=spellings(term))

    def records_of(self, chosen: QuerySet[LogEntry]) -> QuerySet[Record]:
        return Record.objects.filter(pk__in=chosen.order_by().values("record"))

    @display(description=_("at"), ordering="created_at")
    def at(self, entry: LogEntry) -> str:
        return showing.moment(entry.created_at, entry.integration)

    @display(description=_("record"), ordering="store_ref")
    def record_link(self, entry: LogEntry) -> str:
        return showing.record(entry.record) if entry.record else entry.store_ref

    @display(description=_("run"))
    def run_link(self, entry: LogEntry) -> str:
        return showing.link(entry.run, f"#{entry.run_id}")

    @display(description=_("action"), ordering="action")
    def action_label(self, entry: LogEntry) -> SafeString:
        return label(entry.action, entry.get_action_display(), showing.ACTION_COLOURS)

    @display(description=_("document"))
    def document(self, entry: LogEntry) -> str:
        return showing.document(entry.books_type, entry.books_ref, entry.doc_number)

    @display(description=_("amount"), ordering="amount")
    def money(self, entry: LogEntry) -> str:
        return showing.amount(entry.amount, entry.currency)

    @display(description=_("explanation"))
    def explanation(self, entry: LogEntry) -> str:
        return showing.reason(entry)

    @action(description=_("Download as CSV"))
    def export_selected(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> HttpResponseBase:
        return csv_response(queryset)
