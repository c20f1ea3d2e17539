"""Record: what became of each record of a page, written in one transaction together with its log entries."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from integrations.money import ZERO, currency_places, plain, round_half_up
from sync.causes import cause_of
from sync.engine.conclusion import Conclusion
from sync.engine.given_back import unaccounted
from sync.engine.rows import insert_rows, update_rows
from sync.engine.work import OVERWRITE, Change, Kind, Planned, Work
from sync.models import Action, LogEntry, Posting, Record, RecordState, Run
from sync.reasons import Severity, text_of
from sync.translate.outcome import Hold, Note, Skip
from sync.translate.reasons import Reason

# After each failed attempt the next one waits longer; after the last a person must ask for it.
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 180, 360, 720, 1440))

Listener = Callable[[LogEntry], None]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ends for one record."""

    record: Record
    wanted: int
    state: str
    action: str
    reason: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    sale: Posting | None = None
    trace: str = ""
    told: Sequence[Posting] = ()  # the documents whose changes it tells of


def ending_of(planned: Planned, conclusion: Conclusion | None) -> Ending:
    """The ending of a record that was planned, and posted as far as there was anything to post."""
    if conclusion is None:
        return _undone(planned)
    if conclusion.problem is not None:
        return _problem(planned, conclusion.problem, conclusion.sale)
    return _done(planned, conclusion)


def _done(planned: Planned, conclusion: Conclusion) -> Ending:
    """A record whose sale was voided is not meant for the books any more."""
    voided = conclusion.action == Action.VOIDED
    reason, params = said(conclusion.notes)
    return Ending(
        planned.record,
        planned.wanted,
        RecordState.SKIPPED if voided else RecordState.POSTED,
        conclusion.action,
        reason,
        params,
        conclusion.sale,
        _trace(conclusion),
        conclusion.told,
    )


def said(notes: Sequence[Note]) -> tuple[str, dict[str, Any]]:
    """The first note is the reason; what else is worth telling comes along with it (see `sync.reasons.explain`)."""
    if not notes:
        return "", {}
    first, *others = notes
    also = [{"reason": str(one.reason), "params": dict(one.params)} for one in others]
    return first.reason, {**first.params, **({"also": also} if also else {})}


def _trace(conclusion: Conclusion) -> str:
    latest = conclusion.payments[-1] if conclusion.payments else conclusion.sale
    return latest.trace if latest is not None and conclusion.action != Action.UNCHANGED else ""


def _undone(planned: Planned) -> Ending:
    decision = planned.decision
    if isinstance(decision, Hold):
        return _problem(planned, decision, planned.sale)
    if isinstance(decision, Skip):
        return _skipped(planned, decision)
    if planned.sale is not None and decision.change is not None and _must_ask(planned.sale, decision.change):
        return _problem(planned, unaccounted(planned.sale, decision.change), planned.sale)
    action = _would(decision)
    return Ending(planned.record, planned.wanted, planned.record.state, action, sale=planned.sale)


def _must_ask(posted: Posting, change: Change) -> bool:
    """Whether a person must say first what refunds are to an edit that takes from the sale."""
    return bool(change.missing) and posted.decided.get("do") != OVERWRITE


def _skipped(planned: Planned, skip: Skip) -> Ending:
    """Not meant for the books; what was voided for that reason by a run that did not live to say so is told now."""
    sale = planned.latest_sale if skip.reason is Reason.SALE_VOIDED else None
    action = Action.VOIDED if sale is not None and sale.untold else Action.SKIPPED
    told = [sale] if sale is not None and sale.untold else []
    params = dict(skip.params)
    return Ending(planned.record, planned.wanted, RecordState.SKIPPED, action, skip.reason, params, sale, told=told)


def _would(work: Work) -> Action:
    if work.change is not None:
        return Action.WOULD_VOID if work.change.kind is Kind.VOID else Action.WOULD_UPDATE
    return Action.WOULD_CREATE if work.sale or work.payments else Action.UNCHANGED


def _problem(planned: Planned, problem: Hold, sale: Posting | None) -> Ending:
    return problem_ending(planned.record, planned.wanted, problem, sale)


def problem_ending(record: Record, wanted: int, problem: Hold, document: Posting | None) -> Ending:
    """The ending of a record that waits for a person, or for another attempt."""
    text = text_of(problem.reason)
    failed = text is not None and text.severity is Severity.FAILED
    state, action = (RecordState.FAILED, Action.FAILED) if failed else (RecordState.HELD, Action.HELD)
    return Ending(record, wanted, state, action, problem.reason, dict(problem.params), document)


class Recorder:
    """Writes endings for one run and keeps its counts and sums."""

    def __init__(self, run: Run, *, listener: Listener | None = None) -> None:
        self._run = run
        self._listener = listener
        self._revision = run.integration.revision
        self._mirror = run.integration.books.mirror_revision
        self.counts: Counter[str] = Counter()
        self.totals: dict[str, dict[str, Decimal]] = {}

    def decided_with(self, mirror_revision: int) -> None:
        """Note the state of QuickBooks' lists that the decisions to come rest on."""
        self._mirror = mirror_revision

    def write(self, endings: Sequence[Ending], *, now: datetime, elapsed_ms: int) -> None:
        """Write a page. In a dry run only the log."""
        share = elapsed_ms // max(1, len(endings))
        entries = [self._entry(ending, now, share) for ending in endings]
        with transaction.atomic():
            if not self._run.dry_run:
                update_rows((self._settled(ending, now) for ending in endings), _DECIDED)
                update_rows(_told(endings), ["untold"])
            insert_rows(entries)
            self._count(entries)
        for entry in entries:
            if self._listener is not None:
                self._listener(entry)

    def _entry(self, ending: Ending, now: datetime, duration: int) -> LogEntry:
        record, sale = ending.record, ending.sale
        return LogEntry(
            run=self._run,
            integration=self._run.integration,
            record=record if record.pk else None,
            kind=record.kind,
            store_ref=record.number or record.store_ref,
            action=ending.action,
            books_type=sale.books_type if sale else "",
            books_ref=sale.books_ref if sale else "",
            doc_number=sale.doc_number if sale else "",
            amount=record.amount,
            currency=record.currency,
            reason=ending.reason,
            params=ending.params,
            duration_ms=duration,
            trace=ending.trace,
            created_at=now,
        )

    def _settled(self, ending: Ending, now: datetime) -> Record:
        record = ending.record
        failed = ending.state == RecordState.FAILED
        record.attempts = record.attempts + 1 if failed else 0
        retry = RETRIES[record.attempts - 1] if failed and record.attempts <= len(RETRIES) else None
        record.retry_at = now + retry if retry is not None else None
        record.state, record.reason, record.params = ending.state, ending.reason, dict(ending.params)
        waits = ending.state in (RecordState.HELD, RecordState.FAILED)
        record.cause = cause_of(ending.reason, ending.params) if waits else ""
        record.done = ending.wanted
        record.decided_revision, record.decided_mirror = self._revision, self._mirror
        return record

    def _count(self, entries: Sequence[LogEntry]) -> None:
        for entry in entries:
            self.counts[str(entry.action)] += 1
            sums = self.totals.setdefault(str(entry.action), {})
            sums[entry.currency] = sums.get(entry.currency, ZERO) + (entry.amount or ZERO)
        self._run.counts = dict(self.counts)
        self._run.totals = {
            action: {currency: _shown(amount, currency) for currency, amount in sums.items() if currency}
            for action, sums in self.totals.items()
        }
        self._run.save(update_fields=["counts", "totals"])


def _told(endings: Sequence[Ending]) -> list[Posting]:
    """The documents whose changes these endings tell of."""
    postings = [posting for ending in endings for posting in ending.told]
    for posting in postings:
        posting.untold = {}
    return postings


def _shown(amount: Decimal, currency: str) -> str:
    return plain(round_half_up(amount, currency_places(currency)))


_DECIDED = [
    "state", "reason", "params", "cause", "done", "attempts", "retry_at", "decided_revision", "decided_mirror",
]  # fmt: skip

__all__ = ["RETRIES", "Ending", "Recorder", "Work", "ending_of", "said"]
