"""Plan refunds: what each due refund becomes, for a page of them at a time, from what the books hold of its order."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from integrations.books import ItemDraft, Known, LineKind, RefundDocument, RefundType, SaleType
from integrations.commerce import Order
from integrations.errors import Malformed
from integrations.models import BooksObject
from integrations.money import ZERO, total_of
from integrations.quickbooks.forms import form_of_payload
from integrations.quickbooks.image import differing, image
from sync.engine.options import REFUND_ITEM, load_catalog
from sync.engine.payments import credit_of, payments_of
from sync.engine.period import in_closed_period, refunds_in_open_period
from sync.engine.plan import Planner
from sync.engine.prove import prove_refund
from sync.engine.refund_records import amount_of, refund_of
from sync.engine.refund_sale import Live, SalesInBooks, is_adopted, item_refs, overpaying, sale_of
from sync.engine.refund_told import said_before, told_otherwise_of
from sync.engine.refund_work import ROLES, Lowering, PlannedRefund, RefundWork
from sync.models import Posting, PostingState, Record, RecordKind, Role
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
    """What is known of the orders of a page."""

    orders: dict[int, Order | Hold]
    postings: dict[int, list[Posting]]  # of the order and of its refunds, as they were made
    refunds: dict[int, list[Record]]  # the order's refund records, as they were filed
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
        page = self._page(records)
        return [self._planned(record, page) for record in records]

    # -- loading -------------------------------------------------------------------------------------------------------

    def _page(self, records: Sequence[Record]) -> _Page:
        orders = {record.order_id or 0: record.order for record in records}
        read = {pk: self._read(order) for pk, order in orders.items() if order is not None}
        postings, refunds = _history(orders)
        sales = [sale for sale in map(sale_of, postings.values()) if sale is not None]
        credits_ = [payment for history in postings.values() for payment in overpaying(history)]
        catalog = self._catalog([order for pk, order in read.items() if is_adopted(postings.get(pk, []))])
        live = self.look([*sales, *credits_]) if self.look is not None else None
        return _Page(
            orders=read,
            postings=postings,
            refunds=refunds,
            sales=SalesInBooks(self.planner, self.now, live, self._items(sales), catalog),
            options=_with_refund_item(self.planner.options, catalog),
        )

    def _read(self, record: Record) -> Order | Hold:
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

    def _planned(self, record: Record, page: _Page) -> PlannedRefund:
        history = page.postings.get(record.order_id or 0, [])
        own = {(one.role, one.ordinal): one for one in history if one.record_id == record.pk}
        payments = [one for one in history if one.role == Role.PAYMENT]
        planned = PlannedRefund(record, record.wanted, RefundWork(), None, own, sale_of(history), payments)
        try:
            planned.decision = self._decide(planned, history, page)
        except Held as held:
            planned.decision = held.hold
        except Exception as error:  # our mistake in one refund must not keep the others out of the books
            logger.exception("refund %s of %s could not be planned", record, self.planner.integration.slug)
            planned.decision = Hold(Reason.INTERNAL_ERROR, {"detail": type(error).__name__})
        return planned

    def _decide(self, planned: PlannedRefund, history: Sequence[Posting], page: _Page) -> RefundWork | Hold | Skip:
        record = planned.record
        order = page.orders[record.order_id or 0]
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
        planned.case = self._case(planned, sold, history, order, page)
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

    def _case(
        self, planned: PlannedRefund, sold: Sold, history: Sequence[Posting], order: Order, page: _Page
    ) -> RefundCase:
        record, company = planned.record, self.planner.company
        case = RefundCase(
            refund=refund_of(record),
            amount=amount_of(record),
            date=local_date(record.created_in_store_at, page.options.time_zone),
            place=page.refunds[record.order_id or 0].index(record) + 1,
            order=order,
            sold=sold,
            credited=(),
            options=page.options,
            company=company,
            lowered=planned.in_receipt + planned.in_payments,
            beyond=_beyond(order, planned),
            said=said_before(record, order, page.refunds[record.order_id or 0], history),
        )
        for posting in history:
            if posting.role in ROLES.values() and posting.state == PostingState.POSTED:
                form = form_of_payload(posting.payload, company, posting.currency or sold.form.currency)
                if posting.adopted:
                    form = credited_by_others(posting.total or ZERO, case)
                kind, own = RefundType(posting.books_type), posting.record_id == record.pk
                case = replace(case, credited=(*case.credited, Credited(kind, page.sales.named(form), own)))
        return case


def _history(orders: Mapping[int, object]) -> tuple[dict[int, list[Posting]], dict[int, list[Record]]]:
    """Every posting of these orders and of their refunds, and the refunds themselves, by order."""
    siblings = Record.objects.filter(order__in=list(orders), kind=RecordKind.REFUND).only("pk", "order_id", "payload")
    refunds: dict[int, list[Record]] = {}
    for one in siblings.order_by("pk"):
        refunds.setdefault(one.order_id or 0, []).append(one)
    order_of = {one.pk: order for order, some in refunds.items() for one in some}
    of_any = Q(record__in=list(orders)) | Q(record__order__in=list(orders))
    postings: dict[int, list[Posting]] = {}
    for posting in Posting.objects.filter(of_any).order_by("pk"):
        record = posting.record_id or 0
        postings.setdefault(order_of.get(record, record), []).append(posting)
    return postings, refunds


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
