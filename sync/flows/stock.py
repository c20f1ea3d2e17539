"""The stock flow: what it knows of the store's products, which orders have left the store and not the books (K3), and
the pushes that wait, go on or are to be brought back (K2)."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from integrations.models import Integration
from sync.flows.due import PUT_AWAY
from sync.models import Posting, PostingState, PushState, Record, RecordKind, RecordState, Role, StockChange, StockPush
from sync.translate.reasons import Reason

_OPEN = (RecordState.NEW, RecordState.HELD, RecordState.FAILED)
# Sold, although they are not meant for the books, or not yet. What was cancelled is back on the shelf, what is older
# than the start date is in the levels that the books began with, and what a person ignores is in the books by hand.
_SOLD_ALL_THE_SAME = (Reason.STATUS_NOT_SELECTED, Reason.FULFILLMENT_NOT_SELECTED)


def records(integration: Integration) -> QuerySet[Record]:
    """One for each SKU under which the store sells something."""
    return Record.objects.filter(integration=integration, kind=RecordKind.STOCK)


def asked_for(integration: Integration) -> QuerySet[Record]:
    """Those that somebody wants looked at again."""
    return records(integration).filter(wanted__gt=F("done")).exclude(state=RecordState.IGNORED)


def put_away(integration: Integration) -> None:
    """Nothing waits for a flow that is switched off; what it knew is looked at anew once it is on again."""
    records(integration).filter(state__in=_OPEN).update(**PUT_AWAY)
    pushes(integration, PushState.WAITING).delete()


def sharing_books(integration: Integration) -> QuerySet[Integration]:
    """The integrations whose sales go into the same books. Where nobody posts orders, nothing is owed to the books."""
    sharing = Integration.objects.filter(books=integration.books_id, orders__enabled=True)
    return sharing.select_related("store", "refunds").order_by("pk")


def unsettled_orders(integration: Integration) -> QuerySet[Any]:
    """Orders whose goods the store and the books may not agree on, each with `in_books`: whether its sale is there."""
    sales = Posting.objects.filter(record=OuterRef("pk"), role=Role.SALE, state=PostingState.POSTED)
    unsettled = Q(state__in=_OPEN) | Q(state=RecordState.SKIPPED, reason__in=_SOLD_ALL_THE_SAME)
    unsettled |= Q(state=RecordState.POSTED, wanted__gt=F("done"))  # it has changed since
    if integration.refunds.enabled:
        refunds = Record.objects.filter(order=OuterRef("pk"), kind=RecordKind.REFUND, state__in=_OPEN)
        unsettled |= Q(Exists(refunds))
    orders = Record.objects.filter(unsettled, integration=integration, kind=RecordKind.ORDER)
    known: QuerySet[Any] = orders.annotate(in_books=Exists(sales))
    return known


def refunds_in_books(integration: Integration) -> frozenset[str]:
    """The refs of those refunds of such orders whose goods the books have back."""
    orders = unsettled_orders(integration).values("pk")
    refunds = Record.objects.filter(order__in=orders, kind=RecordKind.REFUND, state=RecordState.POSTED)
    return frozenset(refunds.values_list("store_ref", flat=True))


def pushes(integration: Integration, *states: PushState) -> QuerySet[StockPush]:
    return StockPush.objects.filter(integration=integration, state__in=states)


def unfinished(integration: Integration) -> QuerySet[StockPush]:
    """Pushes of which something is still to be written or brought back."""
    return pushes(integration, *([PushState.APPROVED] if integration.stock.enabled else []), PushState.RESTORING)


def waiting_push(integration: Integration) -> StockPush | None:
    """The table that waits for a person, if there is one."""
    return pushes(integration, PushState.WAITING).first()


def approved_changes(integration: Integration) -> QuerySet[StockChange]:
    """What may be written without asking: of pushes that were approved, or needed nobody's approval, what is left."""
    approved = StockChange.objects.filter(push__integration=integration, push__state=PushState.APPROVED)
    return approved.filter(written_at=None).select_related("push")


def last_ended(integration: Integration) -> StockPush | None:
    """The push that was carried out or brought back last, which may be an older one; None before the first."""
    ended = pushes(integration, PushState.APPROVED, PushState.APPLIED, PushState.RESTORED)
    return ended.order_by(Coalesce("ended_at", "decided_at", "created_at").desc(), "-pk").first()
