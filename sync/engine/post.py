"""Post: a page of decisions goes into the books in waves (customers and items, sales, payments), thirty to a call.

Before a sale is sent, the books are asked for documents with its number or our marker. What is ours is taken up, what
somebody else put there with the same total is adopted, with another total the order is held (O21).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from integrations.books import Company, CustomerDraft, ItemDraft, Known, Payment, Sale, SaleType
from integrations.http import Clock
from integrations.models import Integration
from integrations.money import ZERO
from integrations.quickbooks import writer
from integrations.quickbooks.faults import Cause, Fault
from sync.engine.amend import Amender
from sync.engine.conclusion import Conclusion, Refusals
from sync.engine.content import content
from sync.engine.deliver import Delivery
from sync.engine.deliver import posted as note_posted
from sync.engine.directory import Customer, Directory
from sync.engine.entries import Entries, customer_entry, item_entry, keep_links
from sync.engine.owing import keep_to_balance, leave_out_paid
from sync.engine.prove import repair
from sync.engine.search import Existing, balance_of, existing_sales, number_taken, numbered
from sync.engine.telling import payment_added, say_changes, say_posted
from sync.engine.work import Change, Kind, Planned, Work, adoption, total_differs, wished
from sync.models import Action, Posting, Role
from sync.translate.outcome import Documents, Hold
from sync.translate.reasons import Reason
from sync.translate.settings import Options


@dataclass(slots=True)
class Page:
    """The list entries that a page of documents refers to, as they become known."""

    customers: dict[CustomerDraft, Customer] = field(default_factory=dict)
    items: dict[str, Known] = field(default_factory=dict)
    item_problems: dict[str, Fault] = field(default_factory=dict)

    def item_id(self, item: Known | ItemDraft) -> str:
        return item.id if isinstance(item, Known) else self.items[item.key].id


class Poster:
    """Posts pages for one run."""

    def __init__(self, integration: Integration, company: Company, options: Options, delivery: Delivery) -> None:
        self._integration = integration
        self._company = company
        self._options = options
        self._delivery = delivery
        self._books = delivery.books
        self._refusals = Refusals(company.name)
        self._amender = Amender(delivery, company, self._refusals)

    @property
    def lists_are_stale(self) -> bool:
        """Whether a refusal said that our copy of the lists is behind the books."""
        return self._refusals.lists_are_stale

    @property
    def _clock(self) -> Clock:
        return self._delivery.clock

    def post(self, planned: Sequence[Planned]) -> list[Conclusion]:
        """Bring every record with work to its end. Raises what ends a run; what was posted by then is recorded."""
        conclusions = [
            Conclusion(one, notes=list(one.decision.notes)) for one in planned if isinstance(one.decision, Work)
        ]
        for conclusion in conclusions:
            conclusion.sale = conclusion.planned.sale
        posted = [one for one in conclusions if one.sale is not None]
        say_posted(posted)
        new = [one for one in conclusions if one.work.sale is not None]
        self._take_up_existing(new)
        unsent = [one for one in new if one.sale is None and one.problem is None]
        changing = [one for one in posted if one.work.change is not None]
        page = self._entries(unsent, changing)
        self._amender.amend([one for one in changing if one.problem is None], page.item_id)
        self._send_sales(unsent, page)
        self._repair([one for one in unsent if one.sale is not None and one.sale.total != one.sale.proven_total], page)
        leave_out_paid(self._delivery.client, [one for one in posted if one.problem is None])
        self._send_payments([one for one in conclusions if one.problem is None and one.sale is not None])
        say_changes(conclusions)
        return conclusions

    # -- what is there already -----------------------------------------------------------------------------------------

    def _take_up_existing(self, new: list[Conclusion]) -> None:
        if not new:
            return
        existing = existing_sales(self._delivery.client, [_sale(one) for one in new])
        for conclusion in new:
            found = existing.get(_sale(conclusion).marker)
            if found is not None:
                self._take_up(conclusion, found)

    def _take_up(self, conclusion: Conclusion, found: Existing) -> None:
        """A document with the sale's number or marker is there: ours, somebody's with the same total, or a clash."""
        sale = _sale(conclusion)
        if not (found.ours or found.is_the_same(sale)):
            conclusion.problem = number_taken(sale, found)
            return
        posting = _sale_posting(conclusion, self._books.pk)
        posting.books_type, posting.adopted = found.posted.type, not found.ours
        posting.payload = {}
        note_posted(posting, found.posted.raw, now=self._clock.now())
        posting.save()
        conclusion.sale = posting
        conclusion.action = Action.CREATED if found.ours else Action.ADOPTED
        if posting.adopted:
            conclusion.notes.append(adoption(posting))
        is_open = posting.books_type == SaleType.INVOICE  # a receipt is paid by itself
        keep_to_balance(conclusion, balance_of(found.posted.raw) if is_open else ZERO)

    # -- customers and items -------------------------------------------------------------------------------------------

    def _entries(self, unsent: list[Conclusion], changing: list[Conclusion]) -> Page:
        """Make sure that every customer and item exists; orders whose entries cannot be made are held. A posted sale
        that changes keeps its customer."""
        page = Page()
        if not (unsent or changing):
            return page
        edited = [(one, one.work.change.sale) for one in changing if one.work.change and one.work.change.sale]
        directory = Directory(self._integration, self._company)
        found = directory.find_all(_sale(one).customer for one in unsent)
        page.customers = found
        missing = {id(one): one for one in found.values() if not one.books_ref}
        drafts: dict[str, ItemDraft] = {}
        sales = (*(_sale(one) for one in unsent), *(sale for _, sale in edited))
        for item in (item for sale in sales for item in _drafts(sale)):
            drafts.setdefault(item.key, item)  # as the oldest order has it
        Entries(self._delivery).create(
            [
                *(customer_entry(customer, directory, self._company) for customer in missing.values()),
                *(item_entry(draft, page.items, page.item_problems) for draft in drafts.values()),
            ]
        )
        keep_links(directory, {id(one): one for one in found.values()}.values())
        for conclusion in unsent:
            fault = _entry_fault(_sale(conclusion), page)
            conclusion.problem = self._refusals.hold(fault) if fault else None
        for conclusion, sale in edited:
            fault = _item_fault(sale, page)
            if fault is not None and conclusion.work.change is not None:
                conclusion.problem = wished(self._refusals.hold(fault), conclusion.work.change.content)
        return page

    # -- sales and payments --------------------------------------------------------------------------------------------

    def _send_sales(self, unsent: list[Conclusion], page: Page) -> None:
        ready = [one for one in unsent if one.problem is None]
        postings = [self._sale_to_send(one, page) for one in ready]
        faults = self._delivery.send(postings)
        duplicates = []
        for conclusion, posting in zip(ready, postings, strict=True):
            fault = faults.get(posting.pk)
            if fault is None:
                self._sale_posted(conclusion, posting)
            elif fault.cause is Cause.DUPLICATE_NUMBER and _sale(conclusion).number:
                duplicates.append(conclusion)
            else:
                conclusion.problem = self._refusals.hold(fault)
        self._resolve_duplicates(duplicates)

    def _sale_to_send(self, conclusion: Conclusion, page: Page) -> Posting:
        sale = _sale(conclusion)
        posting = _sale_posting(conclusion, self._books.pk)
        posting.customer_ref = page.customers[sale.customer].books_ref
        posting.payload = writer.sale_payload(
            sale, self._company, customer_id=posting.customer_ref, item_id=page.item_id
        )
        return posting

    def _sale_posted(self, conclusion: Conclusion, posting: Posting) -> None:
        """Verify: the books must show the total that was proven; a difference is an alarm, never silence."""
        conclusion.sale, conclusion.action = posting, Action.CREATED
        if posting.total != _sale(conclusion).total:
            conclusion.problem = total_differs(posting)

    def _repair(self, differing: list[Conclusion], page: Page) -> None:
        """QuickBooks computed another total than was proven: by a rounding it is mended, else it stays an alarm."""
        mending = []
        for conclusion in differing:
            if conclusion.sale is None:
                continue
            documents = Documents(_sale(conclusion))
            mended = repair(documents, conclusion.sale, self._company, self._options)
            if mended is not None:
                change = Change(Kind.REPAIR, conclusion.sale.content, mended.sale)
                conclusion.planned.decision = replace(conclusion.work, change=change)
                conclusion.notes += mended.notes
                conclusion.problem = None
                mending.append(conclusion)
        self._amender.amend(mending, page.item_id)

    def _resolve_duplicates(self, duplicates: list[Conclusion]) -> None:
        """The number is taken by a document of another date: ask for it by number, decide as for any existing one."""
        if not duplicates:
            return
        existing = numbered(self._delivery.client, [_sale(one) for one in duplicates])
        for conclusion in duplicates:
            found = existing.get(_sale(conclusion).marker)
            if found is not None:
                self._take_up(conclusion, found)
            else:
                number = _sale(conclusion).number or ""
                conclusion.problem = Hold(Reason.BOOKS_REFUSED, {"code": "6140", "detail": number})

    def _send_payments(self, ready: list[Conclusion]) -> None:
        sent = [
            (conclusion, self._payment_to_send(conclusion, payment))
            for conclusion in ready
            for payment in conclusion.work.payments
        ]
        faults = self._delivery.send([posting for _, posting in sent])
        for conclusion, posting in sent:
            fault = faults.get(posting.pk)
            if fault is not None:
                conclusion.problem = self._refusals.hold(fault)
                continue
            conclusion.payments.append(posting)

    def _payment_to_send(self, conclusion: Conclusion, payment: Payment) -> Posting:
        sale = conclusion.sale
        if sale is None:
            raise ValueError("a payment follows its invoice")
        posting = conclusion.planned.postings.get((Role.PAYMENT, payment.ordinal)) or Posting(
            books_id=self._books.pk, record=conclusion.planned.record, role=Role.PAYMENT, ordinal=payment.ordinal
        )
        posting.books_type, posting.marker = "Payment", payment.marker
        posting.txn_date, posting.proven_total = payment.txn_date, payment.amount
        posting.currency, posting.customer_ref = payment.currency, sale.customer_ref
        posting.untold = payment_added(payment) if conclusion.work.sale is None else {}
        posting.payload = writer.payment_payload(
            payment, self._company, customer_id=sale.customer_ref, invoice_id=sale.books_ref
        )
        return posting


def _sale(conclusion: Conclusion) -> Sale:
    if conclusion.work.sale is None:
        raise ValueError("the sale is in the books already")
    return conclusion.work.sale


def _drafts(sale: Sale) -> list[ItemDraft]:
    return [line.item for line in sale.lines if isinstance(line.item, ItemDraft)]


def _sale_posting(conclusion: Conclusion, books_pk: int) -> Posting:
    """The posting of the sale, new or from an earlier attempt, with all but its payload."""
    sale, planned = _sale(conclusion), conclusion.planned
    posting = planned.postings.get((Role.SALE, planned.voided)) or Posting(
        books_id=books_pk, record=planned.record, role=Role.SALE, ordinal=planned.voided
    )
    posting.books_type, posting.marker = sale.type.value, sale.marker
    posting.txn_date, posting.proven_total, posting.currency = sale.txn_date, sale.total, sale.currency
    posting.content = content(planned.order) if planned.order is not None else ""
    return posting


def _entry_fault(sale: Sale, page: Page) -> Fault | None:
    """Why the sale cannot be sent: its customer or one of its items was refused."""
    return page.customers[sale.customer].problem or _item_fault(sale, page)


def _item_fault(sale: Sale, page: Page) -> Fault | None:
    faults = (page.item_problems.get(draft.key) for draft in _drafts(sale))
    return next((fault for fault in faults if fault is not None), None)
