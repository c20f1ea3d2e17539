"""Preview (L4): the exact QuickBooks documents of orders, line by line, with what decided each part.

Nothing is sent to QuickBooks, nothing is asked of it, and nothing is written: what is known of the company is the copy
of its lists. The payloads are made by the same code that a sync sends.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q, QuerySet

from integrations import mirror
from integrations.books import Company, CustomerDraft, ItemDraft, Payment, RefundDocument, Sale
from integrations.clients import reader_for, store_for
from integrations.http import Clock
from integrations.models import Integration
from integrations.money import total_of
from integrations.quickbooks import arithmetic, entry_writer, writer
from sync.engine.directory import Customer, Directory, FoundBy
from sync.engine.documents import (
    Document,
    Json,
    LineFacts,
    Names,
    Reasons,
    Sheet,
    new_item_id,
    new_sale_id,
    read,
    taxes_of,
)
from sync.engine.options import load_options
from sync.engine.plan import Planner
from sync.engine.pull import changed_pages, news
from sync.engine.record import ending_of
from sync.engine.refund_foresight import Foresight, Paper, refund_sheets, said_of
from sync.engine.refund_work import PlannedRefund, RefundWork
from sync.engine.work import Change, Kind, Planned, Work
from sync.flows import orders as orders_flow
from sync.flows import refunds as refunds_flow
from sync.models import Posting, Record, RecordKind
from sync.translate.because import (
    Because,
    Decided,
    customer_because,
    item_because,
    payment_because,
    sale_because,
    tax_because,
)
from sync.translate.case import Case
from sync.translate.outcome import Note
from sync.translate.settings import Catalog

# Stands in for the id of one who is not in the books yet.
_NEW_CUSTOMER = "new customer {}"


class NotReady(Exception):
    """The company's lists were never read, or options are missing: there is nothing to decide with."""


@dataclass(frozen=True, slots=True)
class PreviewedOrder:
    """What the next sync would do with an order, or with a refund. `action`, `reason` and `params` are those of a log
    entry.

    `books_total` is what QuickBooks will compute of the sale; None where no sale would be made. `sale` is the one that
    is in the books already. `documents` come in the order in which they are made. `refunds` are those of an order that
    come after it, in their turn.
    """

    record: Record
    action: str
    reason: str
    params: dict[str, str]
    notes: tuple[Note, ...]
    documents: tuple[Document, ...]
    store_total: Decimal | None
    books_total: Decimal | None
    sale: Posting | None
    refunds: "tuple[PreviewedOrder, ...]" = ()

    @property
    def is_proven(self) -> bool:
        return self.books_total is not None and self.books_total == self.store_total


def preview_orders(
    integration: Integration,
    *,
    limit: int = 10,
    refs: Collection[str] | None = None,
    clock: Clock | None = None,
) -> list[PreviewedOrder]:
    """The next `limit` orders that are due, or of which a refund is, oldest first, or those with these store ids.

    While none is due, those that came into the store since are read from there, and not filed.
    Raises NotReady, and `integrations.errors` where the store is asked.
    """
    planner = planner_for(integration)
    clock = clock or Clock()
    records = _chosen(integration, refs) if refs is not None else _next(integration, limit, clock)
    return Preview(planner, clock.now()).of(planner.plan(records))


def planner_for(integration: Integration) -> Planner:
    """A planner on the copy of the company's lists as it is."""
    if integration.books.mirrored_at is None:
        raise NotReady("the lists of the QuickBooks company were not read yet")
    try:
        options = load_options(integration)
    except ObjectDoesNotExist as error:
        raise NotReady(str(error)) from error
    return Planner(integration, reader_for(integration.store), options, mirror.company(integration.books))


def _chosen(integration: Integration, refs: Collection[str]) -> list[Record]:
    records = orders_of(integration).filter(store_ref__in=refs)
    return list(records.order_by("created_in_store_at", "pk"))


def _next(integration: Integration, limit: int, clock: Clock) -> list[Record]:
    """What the next sync looks at first."""
    now = clock.now()
    due = Q(pk__in=orders_flow.due(integration, now=now).values("pk"))
    if integration.refunds.enabled:
        due |= Q(pk__in=refunds_flow.due(integration, now=now).values("order"))
    found = orders_of(integration).filter(due).order_by("created_in_store_at", "pk")
    return list(found[:limit]) or unfiled_orders(integration, limit=limit, clock=clock)


def unfiled_orders(integration: Integration, *, limit: int, clock: Clock) -> list[Record]:
    """Orders as the store gives them, as unsaved records, oldest first."""
    store = store_for(integration.store, clock=clock)
    pages = changed_pages(integration, store, now=clock.now())
    found = list(islice((record for page in pages for record in news(integration, store, page)), limit))
    return sorted(found, key=lambda record: (record.created_in_store_at, record.store_ref))


def orders_of(integration: Integration) -> QuerySet[Record]:
    return Record.objects.filter(integration=integration, kind=RecordKind.ORDER)


# -- documents ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Preview:
    """Makes the documents of planned orders and of their refunds. `each_alone` shows with each order all that it needs,
    as if it were new and the only one; else a customer or item is made with the first order that needs it."""

    planner: Planner
    now: datetime
    each_alone: bool = False
    _new: dict[tuple[str, str], str] = field(default_factory=dict)
    _shown: set[str] = field(default_factory=set)

    @property
    def _company(self) -> Company:
        return self.planner.company

    def of(self, planned: Sequence[Planned]) -> list[PreviewedOrder]:
        """Costs the same number of SQL statements however many orders there are."""
        directory = Directory(self.planner.integration, self._company)
        found = directory.find_all(one.customer for one in map(_to_do, planned) if one is not None)
        catalog = self.planner.catalog(one.order for one in planned if one.order is not None)
        sheets = [self._sheets(one, catalog, found, directory) for one in planned]
        papers = [Paper(one, some) for one, some in zip(planned, sheets, strict=True)]
        refunds = [
            [(refund, self._refund(refund)) for refund in some]
            for some in Foresight(self.planner, self.now, as_if_new=self.each_alone).of(papers)
        ]
        every = (*sheets, *(some for of_order in refunds for _refund, some in of_order))
        names = Names(self._company, self._new)
        names.load(self.planner.integration.books, (sheet for some in every for sheet in some))
        return [
            self._previewed(
                paper.planned,
                [read(sheet, names) for sheet in paper.sheets],
                [previewed_refund(refund, some, names) for refund, some in of_order],
            )
            for paper, of_order in zip(papers, refunds, strict=True)
        ]

    def _refund(self, refund: PlannedRefund) -> list[Sheet]:
        if self.each_alone:
            self._shown.clear()
        documents = refund.decision.documents if isinstance(refund.decision, RefundWork) else ()
        items = [sheet for document in documents for sheet in self._items(document)]
        return [*items, *refund_sheets(refund, self._company)]

    def _previewed(
        self, planned: Planned, documents: Iterable[Document], refunds: Iterable[PreviewedOrder]
    ) -> PreviewedOrder:
        ending = ending_of(planned, None)
        work = planned.decision if isinstance(planned.decision, Work) else Work()
        sale = work.sale or (work.change.sale if work.change else None)
        return PreviewedOrder(
            record=planned.record,
            action=ending.action,
            reason=ending.reason,
            params=dict(ending.params),
            notes=work.notes,
            documents=tuple(documents),
            store_total=planned.order.total if planned.order is not None else planned.record.amount,
            books_total=arithmetic.sale_total(sale, self._company) if sale else None,
            sale=planned.sale,
            refunds=tuple(refunds),
        )

    def _sheets(
        self, planned: Planned, catalog: Catalog, found: dict[CustomerDraft, Customer], directory: Directory
    ) -> list[Sheet]:
        work, order = planned.decision, planned.order
        if not isinstance(work, Work) or order is None:
            return []
        case = Case.of(order, self.planner.options, self._company, catalog)
        if work.sale is None:
            changed = self._changed_sale(planned, work.change, case) if work.change else []
            return [*changed, *(self._added_payment(payment, planned, case) for payment in work.payments)]
        customer = found[work.sale.customer]
        customer_id = customer.books_ref or _NEW_CUSTOMER.format(customer.name)
        sale_id = new_sale_id(order.ref)
        self._new["Invoice", sale_id] = work.sale.number or ""
        if self.each_alone:
            self._shown.clear()
        return [
            *self._customer(customer, customer_id),
            *self._items(work.sale),
            self._sale(work.sale, case, customer_id, directory.found_by[work.sale.customer]),
            *(self._payment(payment, case, customer_id, sale_id) for payment in work.payments),
        ]

    # -- list entries --------------------------------------------------------------------------------------------------

    def _customer(self, customer: Customer, customer_id: str) -> list[Sheet]:
        draft = customer.draft
        if draft is None or not self._is_first(customer_id):
            return []
        self._new["Customer", customer_id] = customer.name
        payload = entry_writer.customer_payload(draft, self._company, name=customer.name)
        return [Sheet("Customer", payload, draft.currency)]

    def _items(self, sale: Sale | RefundDocument) -> list[Sheet]:
        drafts = {line.item.key: line.item for line in sale.lines if isinstance(line.item, ItemDraft)}
        sheets = []
        for draft in drafts.values():
            item_id = new_item_id(draft)
            if self._is_first(item_id):
                self._new["Item", item_id] = draft.name
                sheets.append(Sheet("Item", entry_writer.item_payload(draft), self._company.currency))
        return sheets

    def _is_first(self, what: str) -> bool:
        first = what not in self._shown
        self._shown.add(what)
        return first

    # -- sales and payments --------------------------------------------------------------------------------------------

    def _sale(self, sale: Sale, case: Case, customer_id: str, found_by: FoundBy) -> Sheet:
        payload = writer.sale_payload(sale, self._company, customer_id=customer_id, item_id=new_item_id)
        assigned = customer_because(sale, case)
        who = (*((assigned,) if assigned else ()), _recognised(sale.customer, found_by))
        because = {name: (one,) for name, one in sale_because(sale, case).items()} | {"customer": who}
        return self._sale_sheet(sale, case, payload, because)

    def _changed_sale(self, planned: Planned, change: Change, case: Case) -> list[Sheet]:
        """A sale that is in the books as its change leaves it; nothing for one that is voided."""
        posted, sale = planned.sale, change.sale
        if posted is None or sale is None:
            return []
        kept = {
            "CustomerRef": {"value": posted.customer_ref},
            "DocNumber": posted.doc_number,
            "TxnDate": posted.txn_date.isoformat() if posted.txn_date else "",
        }
        known = {**posted.payload, **{name: value for name, value in kept.items() if value}}
        if change.kind is Kind.SHIPPING:
            return [self._sale_sheet(sale, case, {**known, **writer.shipping_update(sale)}, {})]
        stated = writer.sale_update(sale, self._company, item_id=new_item_id)
        return [*self._items(sale), self._sale_sheet(sale, case, {**known, **stated}, {})]

    def _sale_sheet(self, sale: Sale, case: Case, payload: Json, because: Reasons) -> Sheet:
        return Sheet(
            type=sale.type.value,
            payload=payload,
            currency=sale.currency,
            total=arithmetic.sale_total(sale, self._company),
            taxes=taxes_of(sale, self._company),
            because=because,
            lines=tuple(
                LineFacts(f"{line.kind}/{','.join(line.sources)}", item_because(line, case), tax_because(line, case))
                for line in sale.lines
            ),
        )

    def _payment(self, payment: Payment, case: Case, customer_id: str, sale_id: str) -> Sheet:
        payload = writer.payment_payload(payment, self._company, customer_id=customer_id, invoice_id=sale_id)
        because = {name: (one,) for name, one in payment_because(payment, case).items()}
        return Sheet("Payment", payload, payment.currency, payment.amount, because=because)

    def _added_payment(self, payment: Payment, planned: Planned, case: Case) -> Sheet:
        """A payment of an invoice that is in the books."""
        sale = planned.sale
        if sale is None:
            raise ValueError("a payment follows its invoice")
        self._new["Invoice", sale.books_ref] = sale.doc_number
        return self._payment(payment, case, sale.customer_ref, sale.books_ref)


def _to_do(planned: Planned) -> Sale | None:
    return planned.decision.sale if isinstance(planned.decision, Work) else None


def previewed_refund(planned: PlannedRefund, sheets: Iterable[Sheet], names: Names) -> PreviewedOrder:
    """What the next sync would do with a refund, as far as our own rows tell."""
    work = planned.decision if isinstance(planned.decision, RefundWork) else RefundWork()
    action, reason, params = said_of(planned)
    documents = tuple(read(sheet, names) for sheet in sheets)
    return PreviewedOrder(
        record=planned.record,
        action=action,
        reason=reason,
        params=params,
        notes=(),
        documents=documents,
        store_total=total_of(one.total for one in work.documents) if work.documents else planned.record.amount,
        books_total=total_of(one.total for one in documents if one.total is not None) if work.documents else None,
        sale=None,
    )


_RECOGNISED = {
    FoundBy.REF: Because.CUSTOMER_KNOWN_BY_ID,
    FoundBy.EMAIL: Because.CUSTOMER_KNOWN_BY_EMAIL,
    FoundBy.NAME: Because.CUSTOMER_KNOWN_BY_NAME,
    FoundBy.NOTHING: Because.CUSTOMER_CREATED,
}


def _recognised(draft: CustomerDraft, found_by: FoundBy) -> Decided:
    return Decided(_RECOGNISED[found_by], {"id": draft.store_ref, "email": draft.email, "name": draft.name})
