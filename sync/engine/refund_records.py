"""Refunds as records: each refund that an order tells of is filed with it, under the order's ref and its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import F

from integrations.commerce import Order, Refund
from integrations.models import Integration
from sync.engine.content import digest
from sync.engine.rows import insert_rows, update_rows
from sync.models import Posting, Record, RecordKind, RecordState, Role
from sync.translate.reasons import Reason

_CONTENT = (
    "payload", "fingerprint", "updated_in_store_at", "amount", "currency", "payment_status",
)  # fmt: skip
# These are decided anew whenever their order changes; those that a person left out only when they change themselves.
_OPEN = (RecordState.NEW, RecordState.HELD, RecordState.FAILED, RecordState.SKIPPED)


def file_refunds(orders: Sequence[tuple[Record, Order]]) -> None:
    """File the refunds of orders that were just filed themselves; the same number of statements however many."""
    if not orders:
        return
    known = _known([record.pk for record, _order in orders])
    sold = _sold([record.pk for record, order in orders if any(one.cancelled for one in order.refunds)])
    filing = _Filing()
    for record, order in orders:
        told = [one for one in order.refunds if not one.cancelled or record.pk in sold]
        filing.take(record, replace(order, refunds=tuple(told)), known.get(record.pk, {}))
    filing.write()


def unfiled(record: Record, order: Order, filed: Sequence[Record]) -> list[Record]:
    """The refunds of an order that are not filed yet, as unsaved records; those that are say what it says now."""
    filing = _Filing()
    filing.take(record, order, {one.store_ref: one for one in filed})
    return filing.new


def skip_while_off(integration: Integration) -> None:
    """While refunds are not posted, those that wait say so; switching them on makes them due."""
    waiting = (RecordState.NEW, RecordState.HELD)
    Record.objects.filter(integration=integration, kind=RecordKind.REFUND, state__in=waiting).update(
        state=RecordState.SKIPPED,
        reason=Reason.REFUNDS_OFF,
        params={},
        cause="",
        done=F("wanted"),
        decided_revision=integration.revision,
    )


def refund_of(record: Record) -> Refund:
    """The refund that a record holds, as the store told it."""
    return Refund.from_json(record.payload["refund"])


def amount_of(record: Record) -> Decimal | None:
    """How much was given back: what the store says, else what a person said; None where nobody did."""
    entered = record.payload.get("entered")
    told = refund_of(record).amount
    return Decimal(entered["amount"]) if told is None and entered else told


def _stands(record: Record) -> bool:
    """Whether it is in the books and nobody has decided that it stays there whatever the store says."""
    return record.state == RecordState.POSTED and record.reason != Reason.CHANGE_IGNORED


@dataclass(slots=True)
class _Filing:
    """What is to be written: new records, those that say something else now, and those to be looked at again."""

    new: list[Record] = field(default_factory=list)
    changed: list[Record] = field(default_factory=list)
    again: set[int] = field(default_factory=set)

    def take(self, record: Record, order: Order, filed: Mapping[str, Record]) -> None:
        """The refunds of one order; `filed` are its refund records by their refs."""
        told = {f"{record.store_ref}/{refund.ref}": refund for refund in order.refunds}
        place = len(filed)
        for ref, refund in told.items():
            if ref not in filed:
                place += 1
                self.new.append(_new(record, order, refund, ref, place))
            elif filed[ref].fingerprint != digest(repr(refund)):
                if refund.restocked and not refund_of(filed[ref]).restocked and _stands(filed[ref]):
                    self.again.add(filed[ref].pk)
                self.changed.append(_refreshed(filed[ref], order, refund))
        self.again |= {one.pk for ref, one in filed.items() if one.state in _OPEN or (ref not in told and _stands(one))}

    def write(self) -> None:
        insert_rows(self.new)
        update_rows(self.changed, _CONTENT)
        again = self.again | {record.pk for record in self.changed if record.state != RecordState.POSTED}
        if again:
            Record.objects.filter(pk__in=again).update(wanted=F("wanted") + 1)


def _known(orders: Sequence[int]) -> dict[int, dict[str, Record]]:
    found: dict[int, dict[str, Record]] = {}
    for record in Record.objects.filter(order__in=orders, kind=RecordKind.REFUND):
        found.setdefault(record.order_id or 0, {})[record.store_ref] = record
    return found


def _sold(orders: Sequence[int]) -> set[int]:
    """The orders of which a sale is in the books, or may be: that any other was cancelled takes nothing back."""
    if not orders:
        return set()
    sales = Posting.objects.filter(record__in=orders, role=Role.SALE)
    return {pk for pk in sales.values_list("record_id", flat=True) if pk is not None}


def _new(record: Record, order: Order, refund: Refund, ref: str, place: int) -> Record:
    """`created_in_store_at` is when the money went back; where the store does not say, when it told us."""
    made = Record(integration_id=record.integration_id, kind=RecordKind.REFUND, order=record, store_ref=ref, payload={})
    made.number = _number(order, place)
    made.created_in_store_at = refund.refunded_at or order.updated_at
    return _refreshed(made, order, refund)


def _number(order: Order, place: int) -> str:
    """The order's number; further refunds of it are told apart, as their documents are."""
    return (order.number or order.ref)[:90] + (f"-{place}" if place > 1 else "")


def _refreshed(record: Record, order: Order, refund: Refund) -> Record:
    record.payload = {**record.payload, "refund": refund.as_json()}
    record.fingerprint = digest(repr(refund))
    record.updated_in_store_at = order.updated_at
    record.amount = record.amount if refund.amount is None else refund.amount
    record.currency, record.payment_status = order.currency, order.payment_status[:60]
    return record
