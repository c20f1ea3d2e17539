"""Delivers postings in batches of thirty so that each ends up in the books exactly once, whatever happens on the way.

Each batch and its postings are committed as "sent" before the call. When no usable answer comes, the books are
searched first: what is there is taken as answered; what is not is sent again, under the same request id when the
batch is whole (so that QuickBooks can recognise it), else in a batch of its own. A run that dies leaves the same rows
behind, and `recover` does the same for them.

A posting with a `change` is in the books already: what is sent is the change, and only the answer makes it what the
posting says. A refused change leaves it as it was.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from integrations import mirror
from integrations.errors import OutcomeUnknown
from integrations.http import Clock
from integrations.models import BooksConnection
from integrations.quickbooks import reader
from integrations.quickbooks.client import BATCH_ITEMS, BatchAnswer, BatchItem, QuickBooksClient
from integrations.quickbooks.faults import BROKE_DOWN, Cause, Fault, QuickBooksRefused
from integrations.quickbooks.image import image
from sync.engine.rows import insert_rows, update_rows
from sync.engine.search import ROLE_OF_ENTITY, postings_found
from sync.models import Batch, Posting, PostingState, Role

# What was just written shows up in searches only after some seconds.
SEARCH_LAG = timedelta(seconds=10)
# Seconds to wait before each further attempt at a batch whose outcome is unknown.
PATIENCE = (5.0, 20.0, 60.0)
# When so many, sent one by one, all make QuickBooks break down, the cause is not one of them.
MOST_BROKEN = 3
SERVER_ERROR = 500
_NAMESPACE = uuid.UUID("6f1d3a52-4f0e-4f6a-9b0e-7a9a5d1c2b3e")

_SENT_FIELDS = [
    "batch", "bid", "state", "revision", "payload", "change", "proven_total", "content", "books_type", "customer_ref",
    "txn_date", "marker", "untold", "fault_code", "fault_detail",
]  # fmt: skip
_ANSWER_FIELDS = [
    "state", "books_ref", "sync_token", "doc_number", "txn_date", "total", "currency", "customer_ref", "adopted",
    "image", "fault_code", "fault_detail", "trace", "posted_at",
]  # fmt: skip
_CHANGE_FIELDS = ["payload", "change", "proven_total", "content", "decided", "untold", "given_back"]
# What only QuickBooks' own call needs of the payload of a change.
_OF_THE_CALL = frozenset({"Id", "SyncToken", "sparse"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """Sends postings of one company. `client` renews the lease and spends the budget by itself; `answered` is told
    of each batch that has come to its end."""

    books: BooksConnection
    client: QuickBooksClient
    clock: Clock
    answered: Callable[[Sequence[Posting]], None] | None = None

    def send(self, postings: Sequence[Posting]) -> dict[int, Fault]:
        """Deliver postings (saved or not), in batches of thirty; afterwards each is posted or refused.

        Returns the faults of the refused ones by primary key. Raises OutcomeUnknown, TemporaryError and whatever else
        ends a run; what was sent until then is known, the rest is recovered by the next run.
        """
        faults: dict[int, Fault] = {}
        for start in range(0, len(postings), BATCH_ITEMS):
            part = postings[start : start + BATCH_ITEMS]
            faults |= self._carry_out(self._commit(part), list(part))
            if self.answered is not None:
                self.answered(part)
        return faults

    def take(self, posting: Posting, obj: dict[str, Any]) -> None:
        """Note that the books hold already what the posting, or its change, says: nothing is sent."""
        posted(posting, obj, now=self.clock.now())
        posting.save()

    def recover(self) -> int:
        """Settle what earlier runs left as "sent, answer unknown"; returns how many postings that were."""
        count, now = 0, self.clock.now()
        open_batches = Batch.objects.filter(books=self.books, answered_at__isnull=True).order_by("sent_at", "pk")
        for batch in open_batches:
            postings = list(batch.postings.filter(state=PostingState.SENT).order_by("pk"))
            count += len(postings)
            if postings:
                self._carry_out(batch, postings, unsure_since=now)
            else:
                self._close(batch)
        return count

    # -- one batch -----------------------------------------------------------------------------------------------------

    @transaction.atomic
    def _commit(self, postings: Sequence[Posting]) -> Batch:
        """Write down what is about to be sent."""
        for number, posting in enumerate(postings, start=1):
            posting.bid, posting.state, posting.revision = str(number), PostingState.SENT, posting.revision + 1
            posting.fault_code = posting.fault_detail = ""
        batch = Batch.objects.create(books=self.books, request_id=_request_id(postings), sent_at=self.clock.now())
        for posting in postings:
            posting.batch = batch
        known = [posting for posting in postings if posting.pk is not None]
        insert_rows(posting for posting in postings if posting.pk is None)
        update_rows(known, _SENT_FIELDS)
        return batch

    def _carry_out(
        self, batch: Batch, waiting: list[Posting], *, unsure_since: datetime | None = None
    ) -> dict[int, Fault]:
        """Bring every posting of the batch to an end. What may have been carried out, at `unsure_since` at the latest,
        is looked for in the books before it is sent."""
        faults: dict[int, Fault] = {}
        is_new = unsure_since is None
        unknown: OutcomeUnknown | None = None
        answers: dict[str, BatchAnswer] = {}
        for wait in (0.0, *PATIENCE):
            if wait:
                self.clock.sleep(wait)
            if unsure_since is not None:
                batch, waiting = self._look_first(batch, waiting, unsure_since)
            if not waiting:
                return faults
            try:
                answers, unknown = self._sent(batch, waiting), None
                faults |= self._apply(batch, waiting, answers)
            except OutcomeUnknown as error:
                unknown = error
            waiting = [posting for posting in waiting if posting.state == PostingState.SENT]
            if not waiting:
                return faults
            unsure_since = self.clock.now()
        if unknown is not None and (unknown.status or 0) < SERVER_ERROR:
            raise unknown
        if unknown is not None:
            return faults | self._one_by_one(batch, waiting, unknown, is_new=is_new)
        return faults | self._give_up(batch, waiting, answers, unsure_since or self.clock.now())

    def _sent(self, batch: Batch, waiting: Sequence[Posting]) -> dict[str, BatchAnswer]:
        try:
            return self.client.batch([_item(posting) for posting in waiting], batch.request_id)
        except QuickBooksRefused as error:  # the batch as a whole: nothing was done, and it must not come back
            return {posting.bid: BatchAnswer(posting.bid, fault=error.faults[0]) for posting in waiting}

    def _give_up(
        self, batch: Batch, waiting: list[Posting], answers: dict[str, BatchAnswer], unsure_since: datetime
    ) -> dict[int, Fault]:
        """QuickBooks answered each time, but with neither yes nor no (its "application error"). What searches still do
        not show is a person's matter, and keeps nothing else out of the books."""
        told = {posting.pk: answers[posting.bid].fault for posting in waiting}
        batch, waiting = self._look_first(batch, waiting, unsure_since)
        last = {posting.bid: BatchAnswer(posting.bid, fault=told[posting.pk]) for posting in waiting}
        return self._apply(batch, waiting, last, final=True)

    def _one_by_one(
        self, batch: Batch, waiting: list[Posting], error: OutcomeUnknown, *, is_new: bool
    ) -> dict[int, Fault]:
        """QuickBooks answers searches and breaks down at this batch each time: something in it may be the cause, and
        must not keep the others out for ever. Each goes alone; what it breaks down at even then is given up for now.

        Raises the error where it breaks down at all that is tried: then the cause is QuickBooks. Few that are sent for
        the first time prove nothing; the next run gives them up.
        """
        batch, waiting = self._look_first(batch, waiting, self.clock.now())
        self._close(batch)
        faults: dict[int, Fault] = {}
        broken: list[Posting] = []
        enough = min(MOST_BROKEN, len(waiting)) if is_new else MOST_BROKEN
        for number, posting in enumerate(waiting, start=1):
            single = self._commit([posting])
            try:
                faults |= self._apply(single, [posting], self._sent(single, [posting]))
            except OutcomeUnknown as again:
                error = again
            if posting.state == PostingState.SENT:
                broken.append(posting)
            if len(broken) == number == enough:
                self._regroup(waiting)
                raise error
        return faults | self._abandon(broken, error)

    def _regroup(self, waiting: Sequence[Posting]) -> None:
        """The next run takes up as one batch what is still open."""
        for batch in Batch.objects.filter(
            postings__in=[posting.pk for posting in waiting], answered_at=None
        ).distinct():
            self._close(batch)
        self._commit([posting for posting in waiting if posting.state == PostingState.SENT])

    def _abandon(self, broken: Sequence[Posting], error: OutcomeUnknown) -> dict[int, Fault]:
        """What searches still do not show is refused; whatever tries it again looks for it first."""
        faults: dict[int, Fault] = {}
        fault = Fault(BROKE_DOWN, detail=str(error))
        since = self.clock.now()
        for posting in broken:
            if posting.batch is None:
                raise ValueError("what was sent has a batch")
            batch, missing = self._look_first(posting.batch, [posting], since)
            answers = {one.bid: BatchAnswer(one.bid, fault=fault) for one in missing}
            faults |= self._apply(batch, missing, answers, final=True)
        return faults

    def _look_first(self, batch: Batch, waiting: list[Posting], unsure_since: datetime) -> tuple[Batch, list[Posting]]:
        """Take what is in the books as answered; what remains goes again, alone if it is no longer the whole batch."""
        self._let_searches_catch_up(unsure_since)
        found = postings_found(self.client, waiting)
        answers = {
            posting.bid: BatchAnswer(posting.bid, dict(found[posting.pk])) for posting in waiting if posting.pk in found
        }
        self._apply(batch, [posting for posting in waiting if posting.pk in found], answers)
        missing = [posting for posting in waiting if posting.pk not in found]
        if missing and (found or batch.postings.exclude(state=PostingState.SENT).exists()):
            self._close(batch)
            batch = self._commit(missing)
        elif not missing:
            self._close(batch)
        return batch, missing

    def _let_searches_catch_up(self, since: datetime) -> None:
        wait = (since + SEARCH_LAG - self.clock.now()).total_seconds()
        if wait > 0:
            self.clock.sleep(wait)

    # -- answers -------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def _apply(
        self, batch: Batch, postings: Sequence[Posting], answers: dict[str, BatchAnswer], *, final: bool = False
    ) -> dict[int, Fault]:
        """Write down the answers; those that say nothing certain leave their posting as sent, unless they are final."""
        faults: dict[int, Fault] = {}
        changing = {posting.pk for posting in postings if posting.change is not None}
        for posting in postings:
            answer = answers[posting.bid]
            posting.trace = answer.trace or posting.trace
            if answer.object is not None:
                posted(posting, answer.object, now=self.clock.now())
            elif answer.fault is not None and (final or answer.fault.cause is not Cause.UNCLEAR):
                refused(posting, answer.fault)
                faults[posting.pk] = answer.fault
        changes = [posting for posting in postings if posting.pk in changing]
        update_rows([posting for posting in postings if posting.pk not in changing], _ANSWER_FIELDS)
        update_rows(changes, [*_ANSWER_FIELDS, *_CHANGE_FIELDS])
        self._mirror(postings, answers)
        if not batch.postings.filter(state=PostingState.SENT).exists():
            self._close(batch, trace=next((answer.trace for answer in answers.values()), ""))
        return faults

    def _mirror(self, postings: Sequence[Posting], answers: dict[str, BatchAnswer]) -> None:
        """New customers and items are known from now on."""
        for entity in ROLE_OF_ENTITY:
            objects = [
                answers[posting.bid].object or {}
                for posting in postings
                if posting.books_type == entity and posting.state == PostingState.POSTED
            ]
            if objects:
                mirror.put(self.books, entity, objects, ours=True)

    def _close(self, batch: Batch, trace: str = "") -> None:
        batch.answered_at, batch.trace = self.clock.now(), trace or batch.trace
        batch.save(update_fields=["answered_at", "trace"])


def posted(posting: Posting, obj: dict[str, Any], *, now: datetime) -> None:
    """Note on a posting what the books hold for it."""
    posting.state = PostingState.POSTED
    if posting.change is None:
        posting.posted_at = now
    else:
        _become(posting, posting.change)
    posting.books_ref, posting.sync_token = str(obj.get("Id") or ""), str(obj.get("SyncToken") or "")
    posting.fault_code = posting.fault_detail = ""
    if posting.role in (Role.CUSTOMER, Role.ITEM):
        posting.doc_number = reader.listed(posting.books_type, obj).name[:40]
        return
    document = reader.posted(posting.books_type, obj)
    posting.image = image(obj)
    posting.doc_number, posting.total, posting.currency = document.number, document.total, document.currency
    posting.txn_date = document.txn_date or posting.txn_date
    posting.customer_ref = document.customer_id or posting.customer_ref


def _become(posting: Posting, change: dict[str, Any]) -> None:
    """The change was carried out: from now on it is what the posting says."""
    if change["operation"] == "void":
        posting.state = PostingState.VOIDED
    stated = {name: value for name, value in change["payload"].items() if name not in _OF_THE_CALL}
    dropped = change.get("dropped", ())
    known = {name: value for name, value in posting.payload.items() if name not in dropped}
    posting.payload = {**known, **stated}
    posting.proven_total, posting.content = change["proven_total"], change["content"]
    posting.untold, posting.given_back = change["untold"], change.get("given_back", posting.given_back)
    posting.change, posting.decided = None, {}


def refused(posting: Posting, fault: Fault) -> None:
    """What was refused is not in the books; of a change, that it is as it was."""
    posting.state = PostingState.REFUSED if posting.change is None else PostingState.POSTED
    posting.change = None
    posting.fault_code, posting.fault_detail = fault.code[:20], (fault.detail or fault.message)[:1000]


def _item(posting: Posting) -> BatchItem:
    if posting.change is None:
        return BatchItem(posting.bid, "create", posting.books_type, posting.payload)
    return BatchItem(posting.bid, posting.change["operation"], posting.books_type, posting.change["payload"])


def _request_id(postings: Sequence[Posting]) -> str:
    """The same for the same postings at the same revisions, different for everything else."""
    parts = [f"{_called(posting)}/{posting.revision}" for posting in postings]
    return str(uuid.uuid5(_NAMESPACE, "|".join(parts)))


def _called(posting: Posting) -> str:
    """A change goes by the document that it is made to."""
    if posting.change is not None:
        return f"{posting.books_id}/{posting.books_type} {posting.books_ref}"
    return f"{posting.books_id}/{posting.marker or posting.key}"
