"""Plan refunds: what each due refund becomes, for a page of them at a time, from what the books hold of its order."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from integrations.books import ItemDraft, Known, LineKind, RefundDocument, RefundType, SaleType
from integrations.commerce import Order
from integrations.errors import Malformed
from integrations.models import BooksObject
from integrations.money import ZERO, total_of
from integrations.quickbooks import writer
from integrations.quickbooks.forms import form_of_payload
from integrations.quickbooks.image import differing, image
from sync.engine.documents import new_item_id
from sync.engine.options import REFUND_ITEM, load_catalog
from sync.engine.payments import credit_of, payments_of
from sync.engine.period import in_closed_period, refunds_in_open_period
from sync.engine.plan import Planner
from sync.engine.prove import prove_refund
from sync.engine.refund_past import Past, history_of
from sync.engine.refund_records import amount_of, refund_of
from sync.engine.refund_sale import Live, SalesInBooks, is_adopted, item_refs, overpaying, sale_of
from sync.engine.refund_told import said_before, told_otherwise_of
from sync.engine.refund_work import ROLES, Lowering, PlannedRefund, RefundWork
from sync.models import Posting, PostingState, Record, Role
from sync.translate.dates import local_date
from sync.translate.held import Held, hold
from sync.translate.orders import needs
from sync.translate.outcome import Hold, Skip
from sync.translate.payments import received
from sync.translate.reasons import Reason
from sync.translate.refunds import Credited, RefundCase, Sold, credited_by_others, translate_refund
from sync.translate.settings import Catalog, Options, match_key

logger = logging.getLogger(__name__)

Look = Callable[[Sequence[Posting]], Live]


@dataclass(slots=True)
class _Page:
    """What is known of the sales of a page."""

    sales: SalesInBooks
    options: Options


@dataclass(frozen=True, slots=True)
class RefundPlanner:
    """Decides for pages of refunds. `look` reads sales from the books; without it, what we know of them must do."""

    planner: Planner
    now: datetime
    look: Look | None = None

    def plan(self, records: Sequence[Record]) -> list[PlannedRefund]:
        """Decide for each record, of no more than one for an order. Costs the same number of SQL statements and of
        calls however many there are."""
        orders = {record.order_id or 0: record.order for record in records}
        postings, refunds = history_of(orders)
        pasts = {
            pk: Past(self.read(order), postings.get(pk, []), refunds.get(pk, []))
            for pk, order in orders.items()
            if order is not None
        }
        page = self._page(pasts.values(), {})
        return [self._planned(record, pasts[record.order_id or 0], page) for record in records]

    def foresee(
        self, refunds: Sequence[tuple[Past, Sequence[Record]]], new_items: Mapping[str, Known]
    ) -> list[list[PlannedRefund]]:
        """Decide for all refunds of orders, each as if those before it were in the books, up to one that must wait.
        `new_items` stand on sales that are not there yet, by their stand-in ids. Costs the same number of SQL
        statements however many."""
        page = self._page([past for past, _records in refunds], new_items)
        return [list(self._in_turn(records, past, page)) for past, records in refunds]

    def _in_turn(self, records: Sequence[Record], past: Past, page: _Page) -> Iterator[PlannedRefund]:
        ahead: list[RefundWork] = []
        for record in records:
            planned = self._planned(record, past, page, ahead)
            yield planned
            if isinstance(planned.decision, Hold):
                break
            if isinstance(planned.decision, RefundWork):
                ahead.append(planned.decision)

    # -- loading -------------------------------------------------------------------------------------------------------

    def _page(self, pasts: Iterable[Past], new_items: Mapping[str, Known]) -> _Page:
        pasts = list(pasts)
        sales = [sale for sale in (sale_of(past.postings) for past in pasts) if sale is not None]
        credits_ = [payment for past in pasts for payment in overpaying(past.postings)]
        catalog = self._catalog([past.order for past in pasts if is_adopted(past.postings)])
        live = self.look([*sales, *credits_]) if self.look is not None else None
        items = {**self._items(sales), **new_items}
        return _Page(
            sales=SalesInBooks(self.planner, self.now, live, items, catalog),
            options=_with_refund_item(self.planner.options, catalog),
        )

    def read(self, record: Record) -> Order | Hold:
        """The order in a record, or why it cannot be read."""
        try:
            return self.planner.store.read_order(record.payload)
        except Malformed as error:
            return Hold(Reason.ORDER_UNREADABLE, {"detail": error.message})

    def _catalog(self, orders: Sequence[Order | Hold]) -> Catalog:
        """The items of sales that we did not write ourselves, and the one for parts of a sale."""
        options = replace(self.planner.options, selects=False)
        wishes = [needs(order, options) for order in orders if isinstance(order, Order)]
        keys = frozenset().union(*(wish.items for wish in wishes))
        names = frozenset({match_key(REFUND_ITEM)}).union(*(wish.names for wish in wishes))
        return load_catalog(self.planner.integration, options, keys=keys, names=names)

    def _items(self, sales: Sequence[Posting]) -> dict[str, Known]:
        """The items on these sales: goods that QuickBooks counts are taken back otherwise than others."""
        refs = {ref for sale in sales for ref in item_refs(sale.payload)}
        books = self.planner.integration.books_id
        rows = BooksObject.objects.filter(books_id=books, type="Item", books_ref__in=refs)
        return {row.books_ref: Known(row.books_ref, row.name, row.kind) for row in rows.defer("data")}

    # -- deciding ------------------------------------------------------------------------------------------------------

    def _planned(self, record: Record, past: Past, page: _Page, ahead: Sequence[RefundWork] = ()) -> PlannedRefund:
        history = past.postings
        own = {(one.role, one.ordinal): one for one in history if record.pk and one.record_id == record.pk}
        payments = [one for one in history if one.role == Role.PAYMENT]
        planned = PlannedRefund(record, record.wanted, RefundWork(), None, own, sale_of(history), payments)
        try:
            planned.decision = self._decide(planned, past, page, ahead)
        except Held as held:
            planned.decision = held.hold
        except Exception as error:  # our mistake in one refund must not keep the others out of the books
            logger.exception("refund %s of %s could not be planned", record, self.planner.integration.slug)
            planned.decision = Hold(Reason.INTERNAL_ERROR, {"detail": type(error).__name__})
        return planned

    def _decide(
        self, planned: PlannedRefund, past: Past, page: _Page, ahead: Sequence[RefundWork]
    ) -> RefundWork | Hold | Skip:
        order, history = past.order, past.postings
        if isinstance(order, Hold):
            return order
        told_otherwise = told_otherwise_of(planned, order)
        if told_otherwise is not None:
            return told_otherwise
        sale = planned.sale
        if sale is None:
            was_posted = any(one.role == Role.SALE and one.posted_at is not None for one in history)
            return Skip(Reason.REFUND_SALE_VOIDED if was_posted else Reason.REFUND_ORDER_NOT_POSTED)
        sold = page.sales.sold(sale, history, order)
        if isinstance(sold, Skip):
            return sold
        planned.case = self._after(self._case(planned, sold, order, past, page), ahead, page)
        return self._work(planned.case, history, page)

    def _work(self, case: RefundCase, history: Sequence[Posting], page: _Page) -> RefundWork | Hold | Skip:
        outcome = translate_refund(case)
        if isinstance(outcome, Hold | Skip):
            return outcome
        policy = self.planner.integration.orders.closed_period
        dated = refunds_in_open_period(outcome.documents, case.company, policy)
        if isinstance(dated, Hold):
            return dated
        proven = [prove_refund(one, case.company) for one in dated]
        lowerings = self._lowerings(outcome.credit, case, history, page)
        return next(
            (one for one in proven if isinstance(one, Hold)),
            RefundWork(tuple(one for one in proven if isinstance(one, RefundDocument)), lowerings, outcome.beyond),
        )

    def _lowerings(
        self, amount: Decimal, case: RefundCase, history: Sequence[Posting], page: _Page
    ) -> tuple[Lowering, ...]:
        """The payments that become less, the latest first. Holds the refund where those that may are not enough."""
        found, left, causes, live = [], amount, [], page.sales.live
        for payment in overpaying(history) if amount else ():
            row = live.get((payment.books_type, payment.books_ref)) if live is not None else None
            if in_closed_period(payment, case.company):
                causes.append("closed")
            elif live is not None and (row is None or differing(payment.image, image(row))):
                causes.append("changed")
            elif left:
                part = min(left, credit_of(payment, case.sold.id))
                found.append(Lowering(payment, row, part))
                left -= part
        if left:
            paid, total = case.text(case.sold.paid + case.sold.credit), case.text(case.sold.form.total)
            said = {"amount": case.text(amount), "paid": paid, "total": total, "cause": next(iter(causes), "changed")}
            hold(Reason.REFUND_OF_OVERPAYMENT, **said, currency=case.order.currency)
        return tuple(found)

    def _case(self, planned: PlannedRefund, sold: Sold, order: Order, past: Past, page: _Page) -> RefundCase:
        record, company = planned.record, self.planner.company
        case = RefundCase(
            refund=refund_of(record),
            amount=amount_of(record),
            date=local_date(record.created_in_store_at, page.options.time_zone),
            place=past.refunds.index(record) + 1,
            order=order,
            sold=sold,
            credited=(),
            options=page.options,
            company=company,
            lowered=planned.in_receipt + planned.in_payments,
            beyond=_beyond(order, planned),
            said=said_before(record, order, past.refunds, past.postings),
        )
        for posting in past.postings:
            if posting.role in ROLES.values() and posting.state == PostingState.POSTED:
                form = form_of_payload(posting.payload, company, posting.currency or sold.form.currency)
                if posting.adopted:
                    form = credited_by_others(posting.total or ZERO, case)
                kind, own = RefundType(posting.books_type), posting.record_id == record.pk
                case = replace(case, credited=(*case.credited, Credited(kind, page.sales.named(form), own)))
        return case

    def _after(self, case: RefundCase, ahead: Sequence[RefundWork], page: _Page) -> RefundCase:
        """The case once the refunds ahead of it are in the books, read back from what would be sent of them."""
        for work in ahead:
            let_go = total_of(one.total for one in work.documents if one.type is RefundType.CREDIT_MEMO)
            credit = total_of(one.amount for one in work.lowerings)
            sold = replace(case.sold, balance=case.sold.balance - let_go, credit=case.sold.credit - credit)
            taken = tuple(self._taken_back(one, page) for one in work.documents)
            case = replace(case, sold=sold, credited=(*case.credited, *taken), beyond=case.beyond - work.beyond)
        return case

    def _taken_back(self, document: RefundDocument, page: _Page) -> Credited:
        payload = writer.refund_payload(document, self.planner.company, item_id=new_item_id)
        form = form_of_payload(payload, self.planner.company, document.currency)
        return Credited(document.type, page.sales.named(form))


def _beyond(order: Order, planned: PlannedRefund) -> Decimal:
    """What the store received for more than the order comes to, and what the books never had: money is recorded up to
    the total (see `OVERPAID`)."""
    sale, payments = planned.sale, planned.payments
    if sale is None:
        return ZERO
    holding = payments_of(payments) if sale.books_type == SaleType.INVOICE else [sale]
    known = total_of(one.total or ZERO for one in holding)
    known += total_of(part for one in (sale, *payments) for part in one.given_back.values())
    return max(total_of(tender.amount for tender in received(order)) - max(known, order.total), ZERO)


def _with_refund_item(options: Options, catalog: Catalog) -> Options:
    """An item of that name that QuickBooks has is not made again."""
    item = options.items.get(LineKind.REFUND)
    known = catalog.by_name.get(match_key(item.name)) if isinstance(item, ItemDraft) else None
    return replace(options, items={**options.items, LineKind.REFUND: known}) if known is not None else options
