"""What the books hold of the sales that refunds take back from: the sale itself, its lines and what paid it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from integrations.books import Form, FormLine, Known, Posted, SaleType
from integrations.commerce import Order, PaymentState
from integrations.money import ZERO, total_of
from integrations.quickbooks import reader
from integrations.quickbooks.forms import form_of_payload, form_of_sale
from sync.engine.payments import credit_of, payments_of
from sync.engine.plan import Planner
from sync.engine.prove import prove
from sync.models import Posting, PostingState, Role
from sync.translate.held import Held, amount_text, hold
from sync.translate.orders import translate_order
from sync.translate.outcome import Documents, Hold, Skip
from sync.translate.reasons import Reason
from sync.translate.refunds import Sold
from sync.translate.settings import Catalog

Json = Mapping[str, Any]
Live = Mapping[tuple[str, str], Json]
"""Sales, and payments of them, as QuickBooks has them now, by type and id."""

# What was posted so lately may not be shown by searches yet.
_FRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SalesInBooks:
    """The sales of a page of refunds. `live` is None where nobody asked QuickBooks: what we know of them must do."""

    planner: Planner
    now: datetime
    live: Live | None
    items: Mapping[str, Known]
    catalog: Catalog

    def sold(self, sale: Posting, history: Sequence[Posting], order: Order) -> Sold | Skip:
        """The sale as it is in the books; what is there must be what we know of it."""
        found = self._found(sale)
        total = sale.total or ZERO
        if found is not None and not found.total and total:
            if sale.books_type == SaleType.INVOICE and payments_of(history):  # the money is there still
                _changed(sale, ZERO)
            return Skip(Reason.REFUND_SALE_VOIDED)
        form = self._form(sale, order)
        for shown in (form.total, found.total if found is not None else total):
            if shown != total:
                _changed(sale, shown)
        is_open = sale.books_type == SaleType.INVOICE
        payments = payments_of(history) if is_open else []
        paid, beyond = total_of(one.total or ZERO for one in payments), _credit(payments, sale)
        balance = total - (paid - beyond) - _total(history, Role.CREDIT) if is_open else ZERO
        if found is not None and is_open:
            balance = Decimal(str(found.raw.get("Balance") or 0))
        credit = max(beyond - max(balance, ZERO), ZERO)
        return Sold(
            type=SaleType(sale.books_type),
            id=sale.books_ref,
            number=sale.doc_number,
            customer_id=(found.customer_id if found is not None else "") or sale.customer_ref,
            form=form,
            balance=balance,
            paid=paid - credit,
            credit=credit,
        )

    def _found(self, sale: Posting) -> Posted | None:
        """What QuickBooks shows of the sale; None where nobody asked, or where it is too new to be shown."""
        if self.live is None:
            return None
        row = self.live.get((sale.books_type, sale.books_ref))
        if row is not None:
            return reader.posted(sale.books_type, row)
        if sale.posted_at is not None and self.now - sale.posted_at > _FRESH:
            hold(Reason.REFUND_SALE_GONE, number=sale.doc_number, books_type=sale.books_type)
        return None

    def _form(self, sale: Posting, order: Order) -> Form:
        """The lines of the sale: as we sent them, or, where somebody else wrote it, as we would have."""
        company = self.planner.company
        if not sale.adopted and sale.payload:
            return self.named(form_of_payload(sale.payload, company, sale.currency or order.currency))
        options = replace(self.planner.options, selects=False, post_as=SaleType(sale.books_type))
        paid = replace(order, payment_state=PaymentState.PAID)
        outcome = translate_order(paid, options, company, self.catalog)
        proven = prove(outcome, company, options) if isinstance(outcome, Documents) else outcome
        if isinstance(proven, Hold):
            raise Held(proven)
        if isinstance(proven, Skip):
            hold(Reason.REFUND_SALE_GONE, number=sale.doc_number, books_type=sale.books_type)
        return form_of_sale(proven.sale, company)

    def named(self, form: Form) -> Form:
        """The form with what is known of its items."""
        return replace(form, lines=tuple(_with_item(one, self.items) for one in form.lines))


def sale_of(history: Sequence[Posting]) -> Posting | None:
    """The sale that is in the books; of several, because earlier ones were voided, the last."""
    sales = [one for one in history if one.role == Role.SALE and one.is_in_books]
    return max(sales, key=lambda sale: sale.ordinal, default=None)


def overpaying(history: Sequence[Posting]) -> list[Posting]:
    """The payments that brought in more than their invoice takes, the latest first."""
    sale = sale_of(history)
    return [one for one in payments_of(history) if sale is not None and credit_of(one, sale.books_ref) > 0]


def is_adopted(history: Sequence[Posting]) -> bool:
    """Whether somebody else wrote the sale, so that its lines are not known from what was sent."""
    sale = sale_of(history)
    return sale is not None and (sale.adopted or not sale.payload)


def item_refs(payload: Json) -> list[str]:
    """The ids of the items on a document."""
    details = [line["SalesItemLineDetail"] for line in payload.get("Line") or () if "SalesItemLineDetail" in line]
    return [str(detail["ItemRef"]["value"]) for detail in details if "ItemRef" in detail]


def _changed(sale: Posting, shown: Decimal) -> None:
    hold(
        Reason.REFUND_SALE_CHANGED,
        number=sale.doc_number,
        books_type=sale.books_type,
        books_total=amount_text(shown, sale.currency),
        total=amount_text(sale.total or ZERO, sale.currency),
        currency=sale.currency,
    )


def _credit(payments: Sequence[Posting], sale: Posting) -> Decimal:
    return total_of(credit_of(one, sale.books_ref) for one in payments)


def _total(history: Sequence[Posting], role: Role) -> Decimal:
    found = [one for one in history if one.role == role and one.state == PostingState.POSTED]
    return total_of(one.total or ZERO for one in found)


def _with_item(one: FormLine, items: Mapping[str, Known]) -> FormLine:
    item = one.line.item
    return replace(one, line=replace(one.line, item=items.get(item.id, item) if isinstance(item, Known) else item))
