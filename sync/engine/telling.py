"""What the log tells of a sale that is in the books: each thing that was done, once, by whichever run lives to."""

from collections.abc import Sequence
from typing import Any

from integrations.books import Payment
from sync.engine.conclusion import Conclusion
from sync.engine.payments import came_in
from sync.engine.work import adoption
from sync.models import Action, LogEntry, Posting, RecordState, Role
from sync.translate.held import amount_text
from sync.translate.outcome import Note
from sync.translate.reasons import Reason

# Records in these states may have a sale that nobody was told of.
_MAYBE_UNTOLD = (RecordState.NEW, RecordState.FAILED)


def say_posted(posted: Sequence[Conclusion]) -> None:
    """A sale that no log entry tells of was posted by a run that died: this run reports it as its own."""
    unsure = {one.planned.record.pk: one for one in posted if one.planned.record.state in _MAYBE_UNTOLD}
    if not unsure:
        return
    told = LogEntry.objects.filter(record__in=list(unsure), action__in=(Action.CREATED, Action.ADOPTED))
    for pk in unsure.keys() - set(told.values_list("record_id", flat=True)):
        conclusion = unsure[pk]
        if conclusion.sale is not None and conclusion.sale.adopted:
            conclusion.action = Action.ADOPTED
            conclusion.notes.append(adoption(conclusion.sale))
        else:
            conclusion.action = Action.CREATED


def say_changes(conclusions: Sequence[Conclusion]) -> None:
    """What was changed in the books, or paid since the sale was posted, and what no log entry tells of yet. An order
    that has come to no good end tells of it when it does."""
    for conclusion in conclusions:
        if conclusion.problem is None:
            conclusion.told = _untold(conclusion)
            _say(conclusion)


def _say(conclusion: Conclusion) -> None:
    """A sale that is told of as new comes with its payments."""
    is_new = conclusion.action not in (Action.UNCHANGED, Action.UPDATED)
    changes = [one for one in conclusion.told if not (is_new and one.role == Role.PAYMENT)]
    if changes and not is_new:
        conclusion.action = Action(changes[0].untold["action"])
    for one in changes:
        said = [one.untold, *one.untold.get("also", ())] if one.untold["reason"] else []
        first = 0 if one.role == Role.SALE else len(conclusion.notes)
        conclusion.notes[first:first] = [Note(Reason(each["reason"]), each["params"]) for each in said]


def _untold(conclusion: Conclusion) -> list[Posting]:
    """The sale, then its payments, as far as something is to be told of them."""
    known = [one for (role, _), one in sorted(conclusion.planned.postings.items()) if role == Role.PAYMENT]
    payments = dict.fromkeys([*(one for one in known if came_in(one)), *conclusion.payments])
    sale = [conclusion.sale] if conclusion.sale is not None else []
    return [one for one in (*sale, *payments) if one.untold]


def payment_added(payment: Payment) -> dict[str, Any]:
    """What is to be told of a payment of a sale that was posted earlier."""
    amount = {"amount": amount_text(payment.amount, payment.currency), "currency": payment.currency}
    return {"action": Action.UPDATED, "reason": Reason.PAYMENT_ADDED, "params": amount}
