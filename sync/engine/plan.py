"""Plan: what each due record becomes, for a page of them at a time, from dictionaries loaded for that page."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from integrations.books import Company, Payment, SaleType
from integrations.commerce import Order, PaymentState
from integrations.errors import Malformed
from integrations.models import BooksObject, Integration
from integrations.money import ZERO, total_of
from integrations.quickbooks import writer
from integrations.stores import OrderReader
from sync.engine.buyers import say_other_buyers
from sync.engine.content import content
from sync.engine.emptied import OF_SHIPPING, missing
from sync.engine.given_back import account_for_refunds, taken_back
from sync.engine.options import load_catalog
from sync.engine.payments import came_in, payments_of, share
from sync.engine.period import in_closed_period, in_open_period, named
from sync.engine.prove import prove, repair
from sync.engine.work import (
    LEAVE,
    Change,
    Kind,
    Planned,
    Postings,
    Work,
    posted_sale,
    total_differs,
    voided_sales,
    wished,
)
from sync.models import Gone, Posting, Record, Role
from sync.translate.held import amount_text
from sync.translate.orders import needs, translate_order
from sync.translate.outcome import Documents, Hold, Note, Outcome, Skip
from sync.translate.payments import account_of, applied_up_to, received
from sync.translate.reasons import Reason
from sync.translate.settings import Catalog, Options

logger = logging.getLogger(__name__)

# Full batches of thirty, few statements for each, and small enough to keep in memory.
PAGE = 300


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
        back = taken_back([record.pk for record in records if record.gone == Gone.DELETED])
        planned = [
            self._decide(record, order, catalog, postings.get(record.pk or 0, {}), back.get(record.pk, ZERO))
            for record, order in zip(records, read, strict=True)
        ]
        account_for_refunds(planned)
        say_other_buyers(planned, self.integration, self.company, self.options)
        return planned

    def _read(self, record: Record) -> Order | Hold:
        if record.gone == Gone.MISSING:
            return Hold(Reason.ORDER_MISSING)
        try:
            order = _with_payment_dates(self.store.read_order(record.payload), record)
        except Malformed as error:
            return Hold(Reason.ORDER_UNREADABLE, {"detail": error.message})
        if record.gone == Gone.DELETED:  # nobody will tell of another refund
            order = replace(order, payment_state=PaymentState.CANCELLED, tenders=(), refunds=())
        return order

    def catalog(self, orders: Iterable[Order]) -> Catalog:
        """The items that these orders look up."""
        options = replace(self.options, selects=False)
        wishes = [needs(order, options) for order in orders]
        keys = frozenset().union(*(wish.items for wish in wishes))
        names = frozenset().union(*(wish.names for wish in wishes))
        return load_catalog(self.integration, self.options, keys=keys, names=names, instead=self.matches)

    def _decide(
        self, record: Record, order: Order | Hold, catalog: Catalog, postings: Postings, back: Decimal
    ) -> Planned:
        """`back` is what refunds took back of an order that was deleted."""
        if isinstance(order, Hold):
            return Planned(record, record.wanted, None, postings, _unless_left(order, postings))
        try:
            posted = posted_sale(postings)
            outcome = translate_order(order, self._options_for(posted, postings), self.company, catalog)
            if posted is None:
                decision = self._fresh(_as_it_happened(outcome, record, postings))
            else:
                decision = self._again(outcome, order, posted, postings, back)
        except Exception as error:  # our mistake in one order must not keep the others out of the books
            logger.exception("order %s of %s could not be planned", order.number, self.integration.slug)
            decision = Hold(Reason.INTERNAL_ERROR, {"detail": type(error).__name__})
        if isinstance(decision, Work):
            decision = replace(decision, notes=(*_taken_back(order, postings), *decision.notes))
        return Planned(record, record.wanted, order, postings, decision)

    def _options_for(self, posted: Posting | None, postings: Postings) -> Options:
        """What is posted stays the type it is (an invoice gets payments also where receipts are wanted by now), and
        filters do not concern it any more."""
        options = replace(self.options, voided=len(voided_sales(postings)))
        return options if posted is None else replace(options, selects=False, post_as=SaleType(posted.books_type))

    def _fresh(self, outcome: Outcome) -> Work | Hold | Skip:
        """The decision for an order that is not in the books."""
        if isinstance(outcome, Documents):
            outcome = in_open_period(outcome, self.company, self.integration.orders.closed_period)
        if isinstance(outcome, Documents):
            outcome = prove(outcome, self.company, self.options)
        if isinstance(outcome, Documents):
            return Work(outcome.sale, outcome.payments, outcome.notes)
        return outcome

    def _again(
        self, outcome: Outcome, order: Order, posted: Posting, postings: Postings, back: Decimal
    ) -> Work | Hold | Skip:
        """The decision for an order whose sale is in the books: it may have been cancelled or edited, or paid since."""
        wish = wish_of(outcome, order)
        if ignored := _left(posted, wish):
            missing = self._missing_payments(outcome, posted, postings)
            return missing if isinstance(missing, Hold) else Work(payments=missing, notes=(ignored,))
        if isinstance(outcome, Skip):
            is_left = bool(order.refunds) or bool(back and back == posted.total)
            return self._cancelled(posted, postings, left_to_refunds=is_left and self.integration.refunds.enabled)
        if posted.content != wish:
            return self._outgrown(outcome, wish, order, posted) or self._edited(outcome, wish, posted, postings)
        if posted.proven_total is not None and posted.total != posted.proven_total:
            return self._repaired(outcome, posted)
        # What holds a new order back does not concern one that is in the books, unless money still has to follow it.
        if isinstance(outcome, Hold):
            return outcome if self._money_outstanding(order, posted, postings) else Work()
        missing = self._missing_payments(outcome, posted, postings)
        if isinstance(missing, Hold):
            return missing
        notes = _overpaid(outcome, posted, missing)
        return Work(payments=missing, notes=notes, change=self._shipped(outcome, posted))

    # -- changes of what is posted -------------------------------------------------------------------------------------

    def _edited(self, outcome: Documents | Hold, wish: str, posted: Posting, postings: Postings) -> Work | Hold:
        """The whole new translation takes the place of the old one: same document, same date, whatever was paid."""
        proven = in_closed_period(posted, self.company) or outcome
        if isinstance(proven, Documents):
            proven = prove(proven, self.company, self.options)
        missing = self._missing_payments(proven, posted, postings)
        if isinstance(proven, Hold):
            return wished(proven, wish)
        if isinstance(missing, Hold):
            return wished(missing, wish)
        return Work(payments=missing, notes=proven.notes, change=Change(Kind.EDIT, wish, proven.sale))

    def _outgrown(self, outcome: Documents | Hold, wish: str, order: Order, posted: Posting) -> Hold | None:
        """A receipt cannot follow an order that is no longer paid in full, or by money in several accounts."""
        if posted.books_type != SaleType.SALES_RECEIPT or not isinstance(outcome, Documents):
            return None
        tenders = received(order)
        paid = total_of(tender.amount for tender in tenders)
        accounts = {account_of(tender.method, self.options) for tender in tenders}
        if paid >= order.total and len(accounts) <= 1:
            return None
        told = {"before": posted.total or ZERO, "after": order.total, "paid": paid}
        amounts = {name: amount_text(amount, order.currency) for name, amount in told.items()}
        return wished(Hold(Reason.RECEIPT_OUTGROWN, named(posted) | amounts | {"currency": order.currency}), wish)

    def _cancelled(self, posted: Posting, postings: Postings, *, left_to_refunds: bool) -> Work | Hold:
        """What brought in no money of ours may be voided. Money that was received must be given back first: the refunds
        flow sees to what the store tells of that, and a person to the rest."""
        paid = any(role == Role.PAYMENT and one.is_in_books for (role, _), one in postings.items())
        if paid or (posted.books_type == SaleType.SALES_RECEIPT and posted.total):
            if left_to_refunds:  # what goes back of it is a record of its own
                return Work(notes=(Note(Reason.CANCELLED_AND_PAID, named(posted)),))
            return wished(Hold(Reason.CANCELLED_AFTER_POSTING, named(posted)), Kind.VOID)
        closed = in_closed_period(posted, self.company)
        return wished(closed, Kind.VOID) if closed else Work(change=Change(Kind.VOID, posted.content))

    def _repaired(self, outcome: Documents | Hold, posted: Posting) -> Work | Hold:
        """Where QuickBooks computed another total than was proven: a rounding line, else it is an alarm."""
        proven = outcome if isinstance(outcome, Hold) else prove(outcome, self.company, self.options)
        if isinstance(proven, Hold) or in_closed_period(posted, self.company):
            return total_differs(posted)
        mended = repair(proven, posted, self.company, self.options)
        if mended is None:
            return total_differs(posted)
        return Work(change=Change(Kind.REPAIR, posted.content, mended.sale), notes=mended.notes)

    def _shipped(self, outcome: Documents, posted: Posting) -> Change | None:
        """Orders are posted first and shipped later: how is carried over (O16), into documents of ours alone, and
        taken out again where it was a mistake."""
        known = posted.payload
        stated = writer.shipping_update(outcome.sale)
        news = any(known.get(name) != value for name, value in stated.items()) or missing(known, stated, OF_SHIPPING)
        if not known or posted.adopted or not news or in_closed_period(posted, self.company):
            return None
        return Change(Kind.SHIPPING, posted.content, outcome.sale)

    # -- payments of what is posted ------------------------------------------------------------------------------------

    def _missing_payments(self, outcome: Outcome, posted: Posting, postings: Postings) -> tuple[Payment, ...] | Hold:
        if not isinstance(outcome, Documents) or posted.books_type == SaleType.SALES_RECEIPT:
            return ()
        taken = total_of(share(one.payload, posted.books_ref) for one in payments_of(postings.values()))
        unposted = _unposted(outcome.payments, postings)
        missing = replace(outcome, payments=applied_up_to(outcome.sale.total - taken, unposted))
        dated = in_open_period(missing, self.company, self.integration.orders.closed_period, sale=False)
        return dated if isinstance(dated, Hold) else dated.payments

    def _money_outstanding(self, order: Order, posted: Posting, postings: Postings) -> bool:
        if not self.options.record_payments or posted.books_type == SaleType.SALES_RECEIPT:
            return False
        paid = sum(1 for (role, _), one in postings.items() if role == Role.PAYMENT and came_in(one))
        return len(received(order)) > paid


def wish_of(outcome: Outcome, order: Order) -> str:
    """What the order wants of its document, to be compared with what was posted or decided for it."""
    return str(Kind.VOID) if isinstance(outcome, Skip) else content(order)


def _left(posted: Posting, wish: str) -> Note | None:
    """That a person leaves the document as it is, whatever this wish of the order."""
    if posted.decided.get("do") != LEAVE or posted.decided.get("version") != wish:
        return None
    return Note(Reason.CHANGE_IGNORED, {"user": posted.decided["user"]})


def _overpaid(outcome: Documents, posted: Posting, payments: Sequence[Payment]) -> tuple[Note, ...]:
    """What is said of money that came in since, if that is more than was open: a receipt has no place for it."""
    notes = [note for note in outcome.notes if note.reason is Reason.OVERPAID]
    if posted.books_type == SaleType.SALES_RECEIPT:
        return tuple(replace(note, reason=Reason.RECEIPT_OVERPAID) for note in notes)
    return tuple(notes) if any(payment.credit for payment in payments) else ()


def _taken_back(order: Order, postings: Postings) -> Iterator[Note]:
    """What buyers' banks took back, and payments that the store withdrew, are for a person to enter: nobody says what
    the loss is to be in the books, nor whether the money came in."""
    amounts = {Reason.CHARGED_BACK: order.charged_back, Reason.PAYMENT_UNDONE: _undone(order, postings)}
    for reason, amount in amounts.items():
        if amount:
            yield Note(reason, {"amount": amount_text(amount, order.currency), "currency": order.currency})


def _undone(order: Order, postings: Postings) -> Decimal:
    """What payments in the books, or a receipt, brought in that did not come in by what the store says now."""
    withdrawn = {place for place, tender in enumerate(order.tenders) if not tender.amount}
    sale = posted_sale(postings)
    if withdrawn and sale is not None and sale.books_type == SaleType.SALES_RECEIPT:
        return ZERO if received(order) else sale.total or ZERO
    return total_of(one.total or ZERO for one in payments_of(postings.values()) if one.ordinal in withdrawn)


def _unless_left(hold: Hold, postings: Postings) -> Work | Hold:
    """An order that is in the books and cannot be read or found any more, unless a person leaves it at that."""
    posted = posted_sale(postings)
    if posted is None:
        return hold
    ignored = _left(posted, hold.reason)
    return Work(notes=(ignored,)) if ignored else wished(hold, hold.reason)


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
    for posting in Posting.objects.filter(record__in=pks):
        found.setdefault(posting.record_id or 0, {})[posting.role, posting.ordinal] = posting
    return found


def _unposted(payments: Sequence[Payment], postings: Postings) -> tuple[Payment, ...]:
    def is_there(payment: Payment) -> bool:
        posting = postings.get((Role.PAYMENT, payment.ordinal))
        return posting is not None and came_in(posting)

    return tuple(one for one in payments if not is_there(one))


def _as_it_happened(outcome: Outcome, record: Record, postings: Postings) -> Outcome:
    """A cancelled order whose sale was voided, or that was deleted, says so."""
    if not isinstance(outcome, Skip) or outcome.reason is not Reason.ORDER_CANCELLED:
        return outcome
    if voided := voided_sales(postings):
        return Skip(Reason.SALE_VOIDED, named(voided[-1]))
    return Skip(Reason.ORDER_DELETED) if record.gone == Gone.DELETED else outcome
