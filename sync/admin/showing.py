"""How values look on every page: amounts, moments, states, reasons, and links to where things are."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.admin_show import DASH, label, moment_in
from integrations.models import Integration
from integrations.money import plain
from integrations.words import document_in_words
from integrations.zones import zone_named
from sync.models import GOODS_KINDS, Action, PostingState, Record, RecordState, RunState
from sync.reasons import explain
from sync.reports.amounts import amount_shown

RECORD_COLOURS = {
    RecordState.NEW.value: "info",
    RecordState.POSTED.value: "success",
    RecordState.HELD.value: "warning",
    RecordState.FAILED.value: "danger",
}
POSTING_COLOURS = {
    PostingState.SENT.value: "warning",
    PostingState.POSTED.value: "success",
    PostingState.REFUSED.value: "danger",
    PostingState.VOIDED.value: "info",
}
RUN_COLOURS = {
    RunState.QUEUED.value: "info",
    RunState.RUNNING.value: "info",
    RunState.FINISHED.value: "success",
    RunState.FAILED.value: "warning",
    RunState.BROKEN.value: "danger",
}
ACTION_COLOURS = {
    Action.CREATED.value: "success",
    Action.UPDATED.value: "success",
    Action.VOIDED.value: "success",
    Action.ADOPTED.value: "success",
    Action.WOULD_CREATE.value: "info",
    Action.WOULD_UPDATE.value: "info",
    Action.WOULD_VOID.value: "info",
    Action.HELD.value: "warning",
    Action.FAILED.value: "danger",
}

# Where QuickBooks shows a document in the browser.
_BOOKS_PAGES = {
    "Invoice": "https://qbo.intuit.com/app/invoice?txnId={}",
    "SalesReceipt": "https://qbo.intuit.com/app/salesreceipt?txnId={}",
    "Payment": "https://qbo.intuit.com/app/recvpayment?txnId={}",
    "RefundReceipt": "https://qbo.intuit.com/app/refundreceipt?txnId={}",
    "CreditMemo": "https://qbo.intuit.com/app/creditmemo?txnId={}",
}


def amount(value: Decimal | None, currency: str) -> str:
    """1,234.50 CAD, with the currency's own places and the reader's separators; a dash for no amount."""
    return DASH if value is None else amount_shown(value, currency)


def moment(value: datetime | None, integration: Integration) -> str | SafeString:
    """A moment in the integration's time zone, which decides the date of every document."""
    return moment_in(value, zone_named(integration.time_zone))


def day(value: datetime, integration: Integration) -> SafeString:
    """The day of a moment in the integration's time zone."""
    local = timezone.localtime(value, zone_named(integration.time_zone))
    shown = formats.date_format(local, "SHORT_DATE_FORMAT")
    return format_html('<time class="tb-nowrap" datetime="{}">{}</time>', local.date().isoformat(), shown)


def link(target: Model | None, text: object = "") -> str | SafeString:
    """A link to a row's own page in the admin."""
    if target is None:
        return DASH
    meta = type(target)._meta  # noqa: SLF001 - Django's public name for a model's description
    return anchor(reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[target.pk]), text or target)


def record(target: Record) -> str | SafeString:
    """A link to a record; its number stays whole where there is little room, what it is may go on the next line."""
    number = target.number or target.store_ref
    kind = str(target).removeprefix(number)
    return link(target, format_html('<span class="tb-nowrap">{}</span>{}', number, kind))


def anchor(url: str, text: object) -> SafeString:
    return format_html('<a class="tb-link" href="{}">{}</a>', url, text)


def document(books_type: str, books_ref: str, number: str) -> str | SafeString:
    """A QuickBooks document, linked to its page there where QuickBooks has one."""
    if not books_type:
        return DASH
    called = number or books_ref
    whole = " " not in called  # a number, and not the name of a customer or an item
    shown = format_html('<span class="tb-nowrap">{}</span>', called) if whole else called
    name = format_html("<span>{} {}</span>", document_in_words(books_type), shown)
    page = _BOOKS_PAGES.get(books_type)
    if page is None or not books_ref:
        return name
    return format_html(
        '<a class="tb-link" href="{}" target="_blank" rel="noopener">{}</a>', page.format(books_ref), name
    )


def state(record: Record) -> SafeString:
    """Where a record stands. Of products and levels, which are no documents, nothing is posted."""
    done = record.kind in GOODS_KINDS and record.state == RecordState.POSTED
    return label(record.state, _("Done") if done else record.get_state_display(), RECORD_COLOURS)


def reason(row: Any) -> str:
    """The sentence for the reason of a record, run or log entry, with the way out."""
    return explain(row.reason, row.params) or DASH


def pretty(value: Any) -> str:
    """JSON for reading, with exact amounts."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=plain)
