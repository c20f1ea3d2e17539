"""Plan: what each due record becomes, for a page of them at a time, from dictionaries loaded for that page."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from integrations.books import Company, Payment, Sale, SaleType
from integrations.commerce import Order
from integrations.errors import Malformed
from integrations.models import BooksObject, Integration
from integrations.money import ZERO
from integrations.stores import OrderReader
from sync.engine.content import content
from sync.engine.options import load_catalog
from sync.engine.period import in_open_period
from sync.engine.prove import prove
from sync.models import Posting, PostingState, Record, Role
from sync.translate.held import amount_text
from sync.translate.orders import needs, translate_order
from sync.translate.outcome import Documents, Hold, Note, Outcome, Skip
from sync.translate.payments import received
from sync.translate.reasons import Reason
from sync.translate.settings import Catalog, Options

logger = logging.getLogger(__name__)

# Full batches of thirty, few statements for each, and small enough to keep in memory.
PAGE = 300

Postings = Mapping[tuple[str, int], Posting]


@dataclass(slots=True)
class Planned:
    """A record and what is to be done about it. `wanted` is the wish that this answers (see Record)."""

    record: Record
    wanted: int
    order: Order | None
    postings: Postings
    decision: "Work | Hold | Skip"

    @property
    def sale(self) -> Posting | None:
        """The sale's posting when it is in the books."""
        return _posted_sale(self.postings)


@dataclass(frozen=True, slots=True)
class Work:
    """What is still to be written: nothing at all for a record that is in the books as it should be."""

    sale: Sale | None = None
    payments: tuple[Payment, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Planner:
    """Everything a run needs to decide; loaded once.

    `matches` are product matches as they would be, by SKU key, in place of those that are saved (None: removed).
    """

    integration: Integration
    store: OrderReader
    options: Options
    company: Company
    matches: Mapping[str, BooksObject | None] = field(default_factory=dict)

    def plan(self, records: Sequence[Record], *, as_if_new: bool = False) -> list[Planned]:
        """Decide for each record. Costs the same number of SQL statements however many records there are.

        `as_if_new` leaves out of account what is in the books for them already.
        """
        read = [self._read(record) for record in records]
        catalog = self.catalog(order for order in read if isinstance(order, Order))
        postings = {} if as_if_new else _postings(records)
        return [
            self._decide(record, order, catalog, postings.get(record.pk or 0, {}))
            for record, order in zip(records, read, strict=True)
        ]

    def _read(self, record: Record) -> Order | Hold:
        try:
            return _with_payment_dates(self.store.read_order(record.payload), record)
        except Malformed as error:
            return Hold(Reason.ORDER_UNREADABLE, {"detail": error.message})

    def catalog(self, orders: Iterable[Order]) -> Catalog:
        """The items that these orders look up."""
        wishes = [needs(order, self.options) for order in orders]
        keys = frozenset().union(*(wish.items for wish in wishes))
        names = frozenset().union(*(wish.names for wish in wishes))
        return load_catalog(self.integration, self.options, keys=keys, names=names, instead=self.matches)

    def _decide(self, record: Record, order: Order | Hold, catalog: Catalog, postings: Postings) -> Planned:
        if isinstance(order, Hold):
            return Planned(record, record.wanted, None, postings, order)
        try:
            posted = _posted_sale(postings)
            outcome = translate_order(order, self._options_for(posted), self.company, catalog)
            decision = self._fresh(outcome) if posted is None else self._again(outcome, order, posted, postings)
        except Exception as error:  # our mistake in one order must not keep the others out of the books
            logger.exception("order %s of %s could not be planned", order.number, self.integration.slug)
            decision = Hold(Reason.INTERNAL_ERROR, {"detail": type(error).__name__})
        return Planned(record, record.wanted, order, postings, decision)

    def _options_for(self, posted: Posting | None) -> Options:
        """What is posted stays the type it is: an invoice gets payments also where receipts are wanted by now."""
        return self.options if posted is None else replace(self.options, post_as=SaleType(posted.books_type))

    def _fresh(self, outcome: Outcome) -> Work | Hold | Skip:
        """The decision for an order that is not in the books."""
        if isinstance(outcome, Documents):
            outcome = in_open_period(outcome, self.company, self.integration.orders.closed_period)
        if isinstance(outcome, Documents):
            outcome = prove(outcome, self.company, self.options)
        if isinstance(outcome, Documents):
            return Work(outcome.sale, outcome.payments, outcome.notes)
        return outcome

    def _again(self, outcome: Outcome, order: Order, posted: Posting, postings: Postings) -> Work | Hold | Skip:
        """The decision for an order whose sale is in the books: a payment may be new, an edit is for a person."""
        if posted.proven_total is not None and posted.total != posted.proven_total:
            return total_differs(posted)
        if posted.content != content(order):
            before = amount_text(posted.total or order.total, order.currency)
            after = amount_text(order.total, order.currency)
            params = {"before": before, "after": after, "currency": order.currency}
            return Hold(Reason.EDITED_AFTER_POSTING, params)
        if isinstance(outcome, Documents):
            missing = () if posted.books_type == SaleType.SALES_RECEIPT else _unposted(outcome.payments, postings)
            dated = in_open_period(
                replace(outcome, payments=missing), self.company, self.integration.orders.closed_period, sale=False
            )
            return Work(payments=dated.payments) if isinstance(dated, Documents) else dated
        if isinstance(outcome, Skip) and outcome.reason is Reason.ORDER_CANCELLED:
            params = {"books_type": posted.books_type, "doc_number": posted.doc_number}
            return Hold(Reason.CANCELLED_AFTER_POSTING, params)
        # What holds a new order back does not concern one that is in the books, unless money still has to follow it.
        return outcome if isinstance(outcome, Hold) and self._money_outstanding(order, posted, postings) else Work()

    def _money_outstanding(self, order: Order, posted: Posting, postings: Postings) -> bool:
        if not self.options.record_payments or posted.books_type == SaleType.SALES_RECEIPT:
            return False
        paid = sum(1 for (role, _), one in postings.items() if role == Role.PAYMENT and _is_posted(one))
        return len(received(order)) > paid


def total_differs(posted: Posting) -> Hold:
    """The alarm of a document whose total in the books is not the one that was proven."""
    store, books = (amount_text(total or ZERO, posted.currency) for total in (posted.proven_total, posted.total))
    return Hold(Reason.BOOKS_TOTAL_DIFFERS, {"store_total": store, "books_total": books, "books_id": posted.books_ref})


def _with_payment_dates(order: Order, record: Record) -> Order:
    """Where the store does not say when it was paid (so the tender is dated like the order), say when we saw it."""
    if record.paid_at is None:
        return order
    paid_at = record.paid_at
    tenders = tuple(
        replace(tender, paid_at=paid_at) if tender.paid_at == order.created_at else tender for tender in order.tenders
    )
    return replace(order, tenders=tenders)


def _postings(records: Sequence[Record]) -> dict[int, dict[tuple[str, int], Posting]]:
    found: dict[int, dict[tuple[str, int], Posting]] = {}
    pks = [record.pk for record in records if record.pk]
    for posting in Posting.objects.filter(record__in=pks).defer("payload"):
        found.setdefault(posting.record_id or 0, {})[posting.role, posting.ordinal] = posting
    return found


def _is_posted(posting: Posting | None) -> bool:
    return posting is not None and posting.state == PostingState.POSTED


def _posted_sale(postings: Postings) -> Posting | None:
    sale = postings.get((Role.SALE, 0))
    return sale if _is_posted(sale) else None


def _unposted(payments: Sequence[Payment], postings: Postings) -> tuple[Payment, ...]:
    return tuple(one for one in payments if not _is_posted(postings.get((Role.PAYMENT, one.ordinal))))
