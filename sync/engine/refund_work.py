"""What is decided about a refund, and what is still to be written for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from integrations.books import RefundDocument, RefundType
from integrations.money import ZERO, total_of
from sync.engine.refund_records import refund_of
from sync.models import Action, Posting, PostingState, Record, Role
from sync.translate.outcome import Hold, Note, Skip
from sync.translate.refunds import RefundCase

ROLES = {RefundType.REFUND_RECEIPT: Role.REFUND, RefundType.CREDIT_MEMO: Role.CREDIT}

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lowering:
    """A payment of ours that becomes `amount` less; `row` is how QuickBooks has it, None where nobody asked."""

    payment: Posting
    row: Json | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RefundWork:
    """What is still to be written; nothing for a refund that is in the books as it should be. `beyond` is what was
    never in the books: it is only kept in mind, with the sale."""

    documents: tuple[RefundDocument, ...] = ()
    lowerings: tuple[Lowering, ...] = ()
    beyond: Decimal = ZERO


def would(decision: RefundWork | Hold | Skip) -> Action:
    """What a run would do for a refund that is neither held nor left out."""
    if not isinstance(decision, RefundWork) or not (decision.documents or decision.lowerings):
        return Action.UNCHANGED
    return Action.WOULD_CREATE if decision.documents else Action.WOULD_UPDATE


@dataclass(slots=True)
class PlannedRefund:
    """A refund record and what is to be done about it. `wanted` is the wish that this answers (see Record)."""

    record: Record
    wanted: int
    decision: RefundWork | Hold | Skip
    case: RefundCase | None
    postings: Mapping[tuple[str, int], Posting]  # its own, by role and ordinal
    sale: Posting | None  # of its order
    payments: Sequence[Posting]

    @property
    def documents(self) -> list[Posting]:
        """Those of its documents that are in the books."""
        found = [one for (role, _), one in sorted(self.postings.items()) if role in ROLES.values()]
        return [one for one in found if one.state == PostingState.POSTED]

    @property
    def in_receipt(self) -> Decimal:
        """What the receipt became less by it."""
        return _lowered_by(self.record, [self.sale] if self.sale is not None else [])

    @property
    def in_payments(self) -> Decimal:
        """What payments became less by it."""
        return _lowered_by(self.record, self.payments)

    @property
    def amount(self) -> Decimal:
        """What is in the books of it."""
        return total_of(one.total or ZERO for one in self.documents) + self.in_receipt + self.in_payments


@dataclass(slots=True)
class RefundConclusion:
    """How a refund ended: what was done with it, and the reason to tell when that is not plain success."""

    planned: PlannedRefund
    action: Action = Action.UNCHANGED
    problem: Hold | None = None
    notes: list[Note] = field(default_factory=list)
    made: list[Posting] = field(default_factory=list)  # its documents, those of earlier runs first
    sent: list[Posting] = field(default_factory=list)  # what this run wrote


def _lowered_by(record: Record, postings: Sequence[Posting]) -> Decimal:
    ref = refund_of(record).ref
    return total_of(one.given_back.get(ref, ZERO) for one in postings)
