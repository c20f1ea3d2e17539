"""What a person decides about refunds: how much went back, where the store does not tell (R5)."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from integrations.money import plain
from sync.engine.refund_records import refund_of
from sync.models import Record, RecordKind, RecordState, SettingChange
from sync.services.changes import Author
from sync.translate.reasons import Reason


class NotAsked(Exception):
    """The refund does not wait for its amount any more."""


def waits_for_amount(record: Record) -> bool:
    is_held = record.kind == RecordKind.REFUND and record.state == RecordState.HELD
    return is_held and record.reason == Reason.REFUND_AMOUNT_UNKNOWN


def most_of(record: Record) -> Decimal:
    """The most that may have gone back: what was left of the sale when the refund was held."""
    return Decimal(str(record.params.get("left") or 0))


def _let_its_order_know(record: Record) -> None:
    """A receipt that waits for what is given back is looked at again."""
    waiting = Record.objects.filter(refunds=record, state=RecordState.HELD)
    waiting.filter(reason=Reason.RECEIVED_MORE_THAN_NEW_TOTAL).update(wanted=F("wanted") + 1)


@transaction.atomic
def refund_amount_enter(pk: int, amount: Decimal, *, by: Author, now: datetime) -> Record:
    """Keep how much went back, by whose word; the next sync posts it. Raises NotAsked, and ValueError for an amount
    that cannot be."""
    record = Record.objects.select_for_update().select_related("integration").get(pk=pk)
    if not waits_for_amount(record):
        raise NotAsked
    if not 0 < amount <= most_of(record):
        raise ValueError(f"{amount} is not between nothing and {most_of(record)}")
    others = Record.objects.filter(order=record.order_id, kind=RecordKind.REFUND).exclude(pk=pk).order_by("pk")
    entered = {
        "amount": amount,
        "by": by.name,
        "at": now.isoformat(timespec="seconds"),
        # What the store tells from now on may be this very refund.
        "beside": [refund_of(one).ref for one in others],
    }
    record.payload, record.amount = {**record.payload, "entered": entered}, amount
    record.wanted += 1
    record.save(update_fields=["payload", "amount", "wanted"])
    _let_its_order_know(record)
    SettingChange.objects.create(
        business_id=record.integration.business_id,
        integration=record.integration,
        user=by.user,
        by=by.name[:150],
        at=now,
        model="sync.record",
        subject=record.number,
        field="amount",
        new=f"{plain(amount)} {record.currency}",
    )
    return record
