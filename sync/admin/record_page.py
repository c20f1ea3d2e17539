"""What the page of a record shows: what the store said, what is or would be in QuickBooks, and every attempt."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.access import Act
from accounts.admin_scope import allows
from accounts.admin_show import DASH, label
from integrations.clients import reader_for
from integrations.commerce import Order, Product
from integrations.errors import Malformed
from integrations.models import Integration
from integrations.words import status_in_words
from sync.admin import showing
from sync.causes import cause_of
from sync.engine.preview import NotReady, PreviewedOrder, preview_orders
from sync.engine.refund_preview import preview_refund
from sync.engine.refund_records import refund_of
from sync.models import DOCUMENT_ROLES, GOODS_KINDS, LogEntry, Posting, Record, RecordState
from sync.reports.difference import difference_of
from sync.reports.inbox import Group, due
from sync.reports.posted import posted_documents
from sync.services.inbox import ignorable
from sync.services.refunds import waits_for_amount
from sync.views.fixing import Link, fix_links, order_link

_LATEST = 50
_OPEN = (RecordState.NEW, RecordState.HELD, RecordState.FAILED)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A log entry as the page shows it."""

    at: str | SafeString
    run: SafeString
    action: SafeString
    document: str | SafeString
    explanation: str
    trace: str


@dataclass(frozen=True, slots=True)
class Written:
    """A posting as the page shows it."""

    what: str | SafeString
    state: SafeString
    document: str | SafeString
    total: str
    refusal: str
    trace: str
    at: str | SafeString


def record_context(request: HttpRequest, record: Record) -> dict[str, Any]:
    """The page's context; the number of statements does not depend on the record's history."""
    integration = record.integration = _integration(record)
    filed = record.order or record  # the order that a refund belongs to, or this one
    filed.integration = integration
    order = _order(filed)
    postings = list(Posting.objects.filter(record=record).defer("payload").order_by("role", "ordinal"))
    attempts = list(LogEntry.objects.filter(record=record).order_by("-pk")[: _LATEST + 1])
    may_work = allows(request, Act.WORK, integration.business_id)
    is_goods = record.kind in GOODS_KINDS
    in_store = None if is_goods else order_link(integration, filed.store_ref)
    return {
        "record": record,
        "integration": integration,
        "is_goods": is_goods,
        "facts": list(_product_facts(record) if is_goods else _facts(record, order)),
        "state": showing.state(record),
        "explanation": showing.reason(record) if record.reason else "",
        "may_work": may_work,
        "is_open": record.state in _OPEN,
        "is_due": Record.objects.filter(due(), pk=record.pk).exists(),
        "difference": difference_of(record),
        "may_overwrite": may_work and record.state == RecordState.HELD and "version" in record.params,
        "is_change": record.state == RecordState.HELD and "wish" in record.params,
        "may_ignore": may_work and ignorable(Record.objects.filter(pk=record.pk)).exists(),
        "fix": _fix(record, in_store) if may_work else None,
        "store_link": in_store,
        "sale_link": _sale_link(postings),
        "order": order,
        "payload": showing.pretty(record.payload),
        "previewed": _previewed(record),
        "posted": posted_documents(record) if postings else [],
        "postings": [_written(one, record) for one in postings],
        "attempts": [_attempt(one, record) for one in attempts[:_LATEST]],
        "has_more": len(attempts) > _LATEST,
        "log_url": f"{reverse('admin:sync_logentry_changelist')}?record__id__exact={record.pk}",
    }


def _integration(record: Record) -> Integration:
    """The integration with all that deciding needs, and without secrets."""
    rows = Integration.objects.select_related("business", "store", "books")
    return rows.defer("store__credentials", "books__credentials").get(pk=record.integration_id)


def _order(record: Record) -> Order | None:
    """What the store said; None where it cannot be read."""
    try:
        return reader_for(record.integration.store).read_order(record.payload)
    except Malformed:
        return None


def _facts(record: Record, order: Order | None) -> Iterator[tuple[str, object]]:
    integration = record.integration
    yield _("Integration"), showing.link(integration)
    if record.order is not None:
        yield _("Order"), showing.link(record.order)
        yield from _refund_facts(record)
    for refund in Record.objects.filter(order=record).defer("payload").order_by("created_in_store_at", "pk"):
        yield _("Refund"), showing.link(refund, showing.amount(refund.amount, refund.currency))
    yield _("Amount"), showing.amount(record.amount, record.currency)
    yield _("Payment status"), _named(record, "payment_statuses", record.payment_status)
    if order is not None:
        yield _("Fulfilment status"), _named(record, "fulfillment_statuses", order.fulfillment_status)
    yield _("Created in the store"), showing.moment(record.created_in_store_at, integration)
    yield _("Changed in the store"), showing.moment(record.updated_in_store_at, integration)
    if record.attempts:
        yield _("Failed attempts"), record.attempts
    if record.retry_at:
        yield _("Next attempt"), showing.moment(record.retry_at, integration)


def _refund_facts(record: Record) -> Iterator[tuple[str, object]]:
    refund = refund_of(record)
    if refund.reason:
        yield _("Reason in the store"), refund.reason
    entered = record.payload.get("entered")
    if entered:
        yield _("Amount entered by"), entered["by"]


def _product_facts(record: Record) -> Iterator[tuple[str, object]]:
    product = Product.from_json(record.payload["product"])
    yield _("Integration"), showing.link(record.integration)
    yield _("Product"), product.name
    yield _("SKU"), product.sku or DASH
    yield _("Level in the store"), DASH if product.stock is None else product.stock
    yield _("Changed in the store"), showing.moment(record.updated_in_store_at, record.integration)


def _named(record: Record, statuses: str, status: str) -> str:
    """A status by the name that the store shows to its merchant, which its profile tells."""
    names = {str(one): str(name) for one, name in record.integration.store.profile.get(statuses, ())}
    return status_in_words(status, names.get(status, "")) or DASH


def _fix(record: Record, in_store: Link | None) -> Link | None:
    """Where what holds it is mended; in the store that is the order's own page."""
    if record.state not in (RecordState.HELD, RecordState.FAILED):
        return None
    if waits_for_amount(record):
        return Link(reverse("sync:refund_amount", args=[record.pk]), _("Enter the amount"))
    cause = record.cause or cause_of(record.reason, record.params)
    alone = Group(
        integration=record.integration,
        cause=cause,
        state=RecordState(record.state),
        reason=record.reason,
        params=record.params,
        count=1,
        due=0,
        oldest=record.created_in_store_at,
    )
    if alone.fix == "record":
        return None  # this is the page
    if alone.fix == "store":
        return in_store
    return fix_links([alone]).get((record.integration_id, cause))


def _previewed(record: Record) -> PreviewedOrder | None:
    """What the next sync would post, for a record that is not in the books yet."""
    if record.state not in _OPEN or record.kind in GOODS_KINDS:
        return None
    try:
        if record.order is not None:
            return preview_refund(record.integration, record, now=timezone.now())
        return next(iter(preview_orders(record.integration, refs=[record.store_ref])), None)
    except NotReady:
        return None


def _sale_link(postings: list[Posting]) -> str | SafeString:
    sale = next((one for one in postings if one.books_ref and one.role in DOCUMENT_ROLES), None)
    return showing.document(sale.books_type, sale.books_ref, sale.doc_number) if sale else ""


def _written(posting: Posting, record: Record) -> Written:
    return Written(
        what=showing.link(posting, posting.get_role_display()),
        state=label(posting.state, posting.get_state_display(), showing.POSTING_COLOURS),
        document=showing.document(posting.books_type, posting.books_ref, posting.doc_number),
        total=showing.amount(posting.total, posting.currency),
        refusal=f"{posting.fault_code} {posting.fault_detail}".strip(),
        trace=posting.trace,
        at=showing.moment(posting.posted_at, record.integration),
    )


def _attempt(entry: LogEntry, record: Record) -> Attempt:
    return Attempt(
        at=showing.moment(entry.created_at, record.integration),
        run=showing.anchor(reverse("admin:sync_run_change", args=[entry.run_id]), f"#{entry.run_id}"),
        action=label(entry.action, entry.get_action_display(), showing.ACTION_COLOURS),
        document=showing.document(entry.books_type, entry.books_ref, entry.doc_number),
        explanation=showing.reason(entry),
        trace=entry.trace,
    )
