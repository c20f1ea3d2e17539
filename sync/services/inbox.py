"""What a person decides about records that wait: try again, leave them out of the books, or take them back (L3)."""

from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, JSONField, OuterRef, Q, QuerySet, Value, When

from sync.causes import cause_of
from sync.models import Posting, Record, RecordState
from sync.translate.reasons import Reason

# What is in the books, or may be, cannot be left out of them any more.
_IGNORABLE = (RecordState.NEW, RecordState.SKIPPED, RecordState.HELD, RecordState.FAILED)
# A document that is no longer what its order says can be let be: it stays as it is until the order changes once more.
_CHANGES = (Reason.EDITED_AFTER_POSTING, Reason.CANCELLED_AFTER_POSTING)
_CHANGED = Q(state=RecordState.HELD, reason__in=_CHANGES)


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
    changes = _decided(chosen.filter(reason__in=_CHANGES), RecordState.POSTED, Reason.CHANGE_IGNORED, params)
    return changes + _decided(chosen, RecordState.IGNORED, Reason.IGNORED_BY_PERSON, params)


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
