"""What a person decides about records that wait: try again, leave them out of the books, or take them back (L3)."""

from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, JSONField, OuterRef, Q, QuerySet, Value, When

from sync.causes import cause_of
from sync.engine.work import LEAVE, OVERWRITE
from sync.models import Posting, PostingState, Record, RecordState, Role
from sync.translate.reasons import Reason

# What is in the books, or may be, cannot be left out of them any more.
_IGNORABLE = (RecordState.NEW, RecordState.SKIPPED, RecordState.HELD, RecordState.FAILED)
# A document that is no longer what its order says can be let be: it stays as it is until the order changes once more.
CHANGES = (
    Reason.EDITED_AFTER_POSTING,
    Reason.CHANGED_IN_BOOKS,
    Reason.CANCELLED_AFTER_POSTING,
    Reason.RECEIPT_OUTGROWN,
    Reason.DOCUMENT_GONE,
    Reason.CHANGE_IN_CLOSED_PERIOD,
    Reason.PAID_MORE_THAN_NEW_TOTAL,
    Reason.RECEIVED_MORE_THAN_NEW_TOTAL,
    Reason.REFUNDED_BEFORE_EDIT,
)
_CHANGED = Q(state=RecordState.HELD, params__has_key="wish")


def records_retry(records: QuerySet[Record]) -> int:
    """Make these records due: the next sync takes them up as if they were new. Returns how many.

    A record that was ignored counts as new again.
    """
    return _chosen(records).update(
        state=_if_ignored(Value(RecordState.NEW.value), F("state")),
        reason=_if_ignored(Value(""), F("reason")),
        params=_if_ignored(Value({}, JSONField()), F("params")),
        cause=_if_ignored(Value(""), F("cause")),
        wanted=F("wanted") + 1,
        attempts=0,
        retry_at=None,
    )


def records_ignore(records: QuerySet[Record], *, user: str, now: datetime) -> int:
    """Leave these records, or what changed about posted ones, out of the books until they change in the store.

    Returns how many could be. Any other record with a document, or with one that may have been made, is left as it is.
    """
    params = {"user": user, "at": now.isoformat(timespec="seconds")}
    chosen = _chosen(ignorable(records)).filter(state__in=_IGNORABLE)
    changed = chosen.filter(_CHANGED)
    _remember(changed, LEAVE, "wish", user)
    changes = _decided(changed, RecordState.POSTED, Reason.CHANGE_IGNORED, params)
    return changes + _decided(chosen, RecordState.IGNORED, Reason.IGNORED_BY_PERSON, params)


def records_overwrite(records: QuerySet[Record], *, user: str) -> int:
    """Let the store's version stand: the next sync posts it over the version in QuickBooks that was compared.

    Returns how many could be: those that wait with such a comparison. Should the document change once more before, it
    is compared anew.
    """
    chosen = overwritable(_chosen(records))
    _remember(chosen, OVERWRITE, "version", user)
    return records_retry(chosen)


def overwritable(records: QuerySet[Record]) -> QuerySet[Record]:
    """Those whose document in QuickBooks was compared with what the store says now."""
    return records.filter(_CHANGED, params__has_key="version")


def _remember(records: QuerySet[Record], what: str, version: str, user: str) -> None:
    """Keep with the posted sales what was decided, and about which version of the order or of the document."""
    about = {pk: params.get(version, "") for pk, params in records.values_list("pk", "params")}
    sales = Posting.objects.filter(record__in=list(about), role=Role.SALE, state=PostingState.POSTED).only("record_id")
    for sale in sales:
        sale.decided = {"do": what, "version": about[sale.record_id or 0], "user": user}
    Posting.objects.bulk_update(sales, ["decided"], batch_size=500)


def _decided(records: QuerySet[Record], state: RecordState, reason: Reason, params: dict[str, str]) -> int:
    cause = cause_of(reason, params) if state == RecordState.IGNORED else ""
    return records.update(state=state, reason=reason, params=params, cause=cause, done=F("wanted"), retry_at=None)


def ignorable(records: QuerySet[Record]) -> QuerySet[Record]:
    """Those of the records that can be left out of the books, or whose change can."""
    unposted = Q(~Exists(Posting.objects.filter(record=OuterRef("pk"))), state__in=_IGNORABLE)
    return records.filter(unposted | _CHANGED)


def changed_after_posting(records: QuerySet[Record]) -> QuerySet[Record]:
    """Those that are in the books, and whose change since then can be let be."""
    return records.filter(_CHANGED)


def _chosen(records: QuerySet[Record]) -> QuerySet[Record]:
    """The same rows without joins, order and annotations, so that one statement changes them."""
    return Record.objects.filter(pk__in=records.order_by().values("pk"))


def _if_ignored(then: Any, otherwise: Any) -> Case:
    return Case(When(state=RecordState.IGNORED, then=then), default=otherwise)
