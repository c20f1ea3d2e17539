"""The refunds flow: which refund records are due. A refund waits for its order, and for the refunds before it."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from integrations.models import Integration
from sync.flows.due import is_due
from sync.models import Record, RecordKind, RecordState
from sync.translate.reasons import Reason

_UNSETTLED = (RecordState.NEW, RecordState.HELD, RecordState.FAILED)
# An order that is held for one of these is in the books, with all its payments; what it says by now is another matter.
IN_THE_BOOKS = (
    Reason.EDITED_AFTER_POSTING,
    Reason.CHANGED_IN_BOOKS,
    Reason.CANCELLED_AFTER_POSTING,
    Reason.RECEIPT_OUTGROWN,
    Reason.CHANGE_IN_CLOSED_PERIOD,
    Reason.PAID_MORE_THAN_NEW_TOTAL,
    Reason.REFUNDED_BEFORE_EDIT,
    Reason.ORDER_MISSING,
)


def due(integration: Integration, *, now: datetime) -> QuerySet[Record]:
    """The refund records that a run must look at, of each order the first only: what it takes back decides what is
    left for the next."""
    return _asked_for(integration, now=now).filter(_order_is_settled(), ~Exists(_earlier()))


def due_pages(integration: Integration, *, now: datetime, size: int) -> Iterator[list[Record]]:
    """The due records with their orders. Each page is asked for anew, for its end makes the next refunds due; a record
    that is due again after its turn is left to the next run."""
    seen: set[int] = set()
    while True:
        records = due(integration, now=now).exclude(pk__in=seen).select_related("order")
        page = list(records.order_by("created_in_store_at", "pk")[:size])
        if not page:
            return
        seen.update(record.pk for record in page)
        yield page


def is_waiting(integration: Integration) -> bool:
    """Whether any refund is held: a change in QuickBooks' lists may release it."""
    return Record.objects.filter(integration=integration, kind=RecordKind.REFUND, state=RecordState.HELD).exists()


def tell_waiting(integration: Integration, *, now: datetime) -> None:
    """The refunds whose order, or an earlier refund of it, must come first say so."""
    was_asked = Q(state=RecordState.HELD, reason=Reason.REFUND_AMOUNT_UNKNOWN, amount__isnull=False)
    waiting = _asked_for(integration, now=now).filter(Q(state=RecordState.NEW) | was_asked)
    waiting.filter(~_order_is_settled() | Exists(_earlier())).update(
        state=RecordState.NEW, reason=Reason.REFUND_WAITS, params={}, cause=""
    )


def _asked_for(integration: Integration, *, now: datetime) -> QuerySet[Record]:
    order_came_in = Q(state=RecordState.SKIPPED, reason=Reason.REFUND_ORDER_NOT_POSTED, order__state=RecordState.POSTED)
    return Record.objects.filter(
        is_due(integration, now=now) | order_came_in, integration=integration, kind=RecordKind.REFUND
    )


def _order_is_settled() -> Q:
    settled = (RecordState.POSTED, RecordState.SKIPPED, RecordState.IGNORED)
    held = Q(order__state=RecordState.HELD, order__reason__in=IN_THE_BOOKS)
    return Q(order__state__in=settled, order__done=F("order__wanted")) | held | _must_be_asked()


def _must_be_asked() -> Q:
    """The order's receipt waits for refunds, all of which it may take: a person tells how much this one is."""
    waits = Q(order__state=RecordState.HELD, order__reason=Reason.RECEIVED_MORE_THAN_NEW_TOTAL)
    return waits & Q(amount__isnull=True)


def _earlier() -> QuerySet[Record]:
    """The earlier refunds of the same order that have not come to their end."""
    before = Q(created_in_store_at__lt=OuterRef("created_in_store_at")) | Q(
        created_in_store_at=OuterRef("created_in_store_at"), pk__lt=OuterRef("pk")
    )
    open_ = Q(state__in=_UNSETTLED) | Q(wanted__gt=F("done"))
    return Record.objects.filter(before, open_, kind=RecordKind.REFUND, order=OuterRef("order")).order_by()
