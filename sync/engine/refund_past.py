"""What is known of an order when its refunds are planned: what was posted of it and of its refunds, in what order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from integrations.commerce import Order
from sync.models import Posting, Record, RecordKind
from sync.translate.outcome import Hold


@dataclass(frozen=True, slots=True)
class Past:
    """`postings` are those of the order and of its refunds, as they were made; `refunds` its refund records as they
    were filed, and behind them any that are not filed yet."""

    order: Order | Hold
    postings: Sequence[Posting]
    refunds: Sequence[Record]


def history_of(orders: Mapping[int, object]) -> tuple[dict[int, list[Posting]], dict[int, list[Record]]]:
    """Every posting of these orders and of their refunds, and the refunds themselves, by order."""
    siblings = Record.objects.filter(order__in=list(orders), kind=RecordKind.REFUND).only("pk", "order_id", "payload")
    refunds: dict[int, list[Record]] = {}
    for one in siblings.order_by("pk"):
        refunds.setdefault(one.order_id or 0, []).append(one)
    order_of = {one.pk: order for order, some in refunds.items() for one in some}
    of_any = Q(record__in=list(orders)) | Q(record__order__in=list(orders))
    postings: dict[int, list[Posting]] = {}
    for posting in Posting.objects.filter(of_any).order_by("pk"):
        record = posting.record_id or 0
        postings.setdefault(order_of.get(record, record), []).append(posting)
    return postings, refunds
