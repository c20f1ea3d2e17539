"""How a record ended: what posting says of it, and what the log will."""

from dataclasses import dataclass, field

from integrations.errors import ReadOnly
from integrations.quickbooks.faults import Cause, Fault
from sync.engine.work import Planned, Work
from sync.models import Action, Posting
from sync.translate.outcome import Hold, Note
from sync.translate.reasons import Reason

# What QuickBooks' refusal of a document means for its order; whatever is not listed is BOOKS_REFUSED, for a person.
_REASONS = {
    Cause.CLOSED_PERIOD: Reason.CLOSED_PERIOD_IN_BOOKS,
    Cause.BEFORE_STOCK_START: Reason.BEFORE_STOCK_START,
    Cause.INACTIVE: Reason.BOOKS_OBJECT_INACTIVE,
    Cause.MISSING_REFERENCE: Reason.BOOKS_OBJECT_INACTIVE,
    Cause.THROTTLED: Reason.BOOKS_UNAVAILABLE,
    Cause.TEMPORARY: Reason.BOOKS_UNAVAILABLE,
    Cause.STALE: Reason.BOOKS_UNAVAILABLE,
    Cause.BROKE_DOWN: Reason.BOOKS_OUTCOME_UNKNOWN,
}
# These say that our copy of the lists is behind the books.
_LISTS_STALE = frozenset({Reason.BOOKS_OBJECT_INACTIVE})


@dataclass(slots=True)
class Conclusion:
    """How a record ended: what was done with it, and the reason to tell when that is not plain success."""

    planned: Planned
    action: Action = Action.UNCHANGED
    problem: Hold | None = None
    notes: list[Note] = field(default_factory=list)
    sale: Posting | None = None
    payments: list[Posting] = field(default_factory=list)
    told: list[Posting] = field(default_factory=list)  # whose changes this ending tells of

    @property
    def work(self) -> Work:
        if not isinstance(self.planned.decision, Work):
            raise TypeError("nothing is to be written for this record")
        return self.planned.decision

    @property
    def order(self) -> str:
        return self.planned.record.number or self.planned.record.store_ref


@dataclass(slots=True)
class Refusals:
    """Tells what refusals mean for orders; `lists_are_stale` once one of them says that our copy of the lists is."""

    company: str
    lists_are_stale: bool = False

    def hold(self, fault: Fault) -> Hold:
        if fault.cause is Cause.COMPANY_READ_ONLY:  # as with every other order: they wait until that is settled
            raise ReadOnly(str(fault), code=fault.code)
        reason = _REASONS.get(fault.cause, Reason.BOOKS_REFUSED)
        self.lists_are_stale |= reason in _LISTS_STALE or fault.cause is Cause.TAX
        detail = fault.detail or fault.message
        return Hold(reason, {"code": fault.code, "detail": detail[:300], "company": self.company})
