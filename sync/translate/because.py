"""Why a document is as it is: which mapping or setting decided each of its parts (L4).

Told apart from translation, which only decides: these functions look at what it made and at what it was made from.
Their codes have their sentences in `sync.document_texts`; comments name the parameters of each.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from integrations.books import ItemDraft, LineKind, Payment, RefundDocument, Sale, SaleLine, SaleType, TaxModel
from integrations.commerce import OrderLine, TaxShare
from sync.translate.case import Case
from sync.translate.dates import local_date
from sync.translate.mapping import combined, mapped_row, taxes_text
from sync.translate.numbers import whole_number
from sync.translate.payments import received, target_chosen
from sync.translate.refunds import RefundCase, method_of, whole_refund_number
from sync.translate.settings import AssignTo, MatchBy, Options, TaxMapping, match_key


class Because(StrEnum):
    ITEM_MATCHED_BY_HAND = "item_matched_by_hand"  # sku
    ITEM_MATCHED_BY_SKU = "item_matched_by_sku"  # sku
    ITEM_MATCHED_BY_NAME = "item_matched_by_name"  # sku
    ITEM_CREATED = "item_created"  # sku, type
    ITEM_OF_MODULE = "item_of_module"  # module
    ITEM_OF_SETTING = "item_of_setting"  # kind ("shipping", "discount", ...)
    TAX_MAPPED = "tax_mapped"  # taxes ("GST + QST"; empty for untaxed lines)
    TAX_MAPPED_EACH = "tax_mapped_each"  # taxes: a US company, each of them has a row of its own
    TAX_NONE = "tax_none"  # a US company, and the store charged no tax
    TAX_OFF = "tax_off"  # a US company without sales tax
    CUSTOMER_KNOWN_BY_ID = "customer_known_by_id"  # id
    CUSTOMER_KNOWN_BY_EMAIL = "customer_known_by_email"  # email
    CUSTOMER_KNOWN_BY_NAME = "customer_known_by_name"  # name
    CUSTOMER_CREATED = "customer_created"
    ASSIGNED_TO_COMPANY = "assigned_to_company"
    ASSIGNED_TO_GENERIC = "assigned_to_generic"
    BUYER_UNKNOWN = "buyer_unknown"  # the generic customer, because the order does not say who bought
    NUMBER_OF_ORDER = "number_of_order"  # prefix
    NUMBER_OF_REFUND = "number_of_refund"  # prefix
    NUMBER_SHORTENED = "number_shortened"  # number
    NUMBER_BY_BOOKS = "number_by_books"
    DATE_OF_ORDER = "date_of_order"  # time_zone
    DATE_OF_PAYMENT = "date_of_payment"  # time_zone
    DATE_OF_REFUND = "date_of_refund"  # time_zone
    DATE_OPEN_PERIOD = "date_open_period"  # date: the true one, which is in a closed period
    DUE_OF_ORDER = "due_of_order"
    DUE_AFTER = "due_after"  # offset, unit
    SETTING = "setting"  # chosen in the sale options
    ACCOUNT_OF_METHOD = "account_of_method"  # method
    ACCOUNT_BY_DEFAULT = "account_by_default"  # method
    ACCOUNT_OF_REFUNDS = "account_of_refunds"  # method
    METHOD_MAPPED = "method_mapped"  # method
    AS_ON_SALE = "as_on_sale"
    MESSAGE_OF_ORDER = "message_of_order"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision and what it rests on; all values are text."""

    by: Because
    params: Mapping[str, str] = field(default_factory=dict)


def _decided(by: Because, **params: str) -> Decided:
    return Decided(by, params)


# -- lines -------------------------------------------------------------------------------------------------------------


def item_because(line: SaleLine, case: Case) -> Decided:
    """Which match, or which setting, gave a line its item."""
    if line.kind is not LineKind.ITEM:
        return _decided(Because.ITEM_OF_SETTING, kind=line.kind.value)
    source = next(iter(_sources(line, case)), None)
    sku = source.sku.strip() if source else ""
    if source and not sku:
        return _decided(Because.ITEM_OF_MODULE, module=source.module)
    if isinstance(line.item, ItemDraft):
        return _decided(Because.ITEM_CREATED, sku=sku, type=line.item.type)
    if match_key(sku) in case.catalog.matches:
        return _decided(Because.ITEM_MATCHED_BY_HAND, sku=sku)
    by_name = case.options.match_by is MatchBy.NAME
    return _decided(Because.ITEM_MATCHED_BY_NAME if by_name else Because.ITEM_MATCHED_BY_SKU, sku=sku)


def tax_because(line: SaleLine, case: Case) -> Decided:
    """Which mapping row gave a line its tax code."""
    model = case.company.tax_model
    if model is TaxModel.US_NONE:
        return _decided(Because.TAX_OFF)
    shares = combined(next((source.taxes for source in _sources(line, case)), ()))
    row = mapped_row(shares, case.options.taxes)
    if model is not TaxModel.GLOBAL and not (case.order.tax and (row or shares)):
        return _decided(Because.TAX_NONE)
    if row is None:
        return _decided(Because.TAX_MAPPED_EACH, taxes=taxes_text(shares))
    return _decided(Because.TAX_MAPPED, taxes=_row_text(row, shares))


def _row_text(row: TaxMapping, shares: Iterable[TaxShare]) -> str:
    """The row in the words of whoever made it; the store's own where the row was learned from it."""
    return " + ".join(row.taxes) or taxes_text(tuple(shares))


def _sources(line: SaleLine, case: Case) -> list[OrderLine]:
    by_ref = {one.ref: one for one in case.order.lines}
    return [by_ref[ref] for ref in line.sources if ref in by_ref]


# -- the document ------------------------------------------------------------------------------------------------------


def sale_because(sale: Sale, case: Case) -> dict[str, Decided]:
    """What decided the parts of a sale, by the part's name; the customer is `customer_because`."""
    options, order = case.options, case.order
    found = {
        "number": _number(sale, case),
        "date": _date(sale, case),
        "class": _decided(Because.SETTING),
        "location": _decided(Because.SETTING),
        "card_payment": _decided(Because.SETTING),
        "message": _decided(Because.MESSAGE_OF_ORDER),
        "due_date": _decided(Because.DUE_OF_ORDER)
        if order.due_date is not None
        else _decided(Because.DUE_AFTER, offset=str(options.due_offset or 0), unit=options.due_unit.value),
    }
    if sale.type is SaleType.SALES_RECEIPT:
        tenders = received(order)
        found |= account_because(tenders[0].method if tenders and order.total else "", options)
    return found


def _number(sale: Sale, case: Case) -> Decided:
    if sale.number is None:
        return _decided(Because.NUMBER_BY_BOOKS)
    whole = whole_number(case.order, case.options)
    if sale.number != whole:
        return _decided(Because.NUMBER_SHORTENED, number=whole)
    return _decided(Because.NUMBER_OF_ORDER, prefix=case.options.number_prefix)


def _date(sale: Sale, case: Case) -> Decided:
    if sale.txn_date != case.date:
        return _decided(Because.DATE_OPEN_PERIOD, date=case.date.isoformat())
    return _decided(Because.DATE_OF_ORDER, time_zone=case.options.time_zone)


def payment_because(payment: Payment, case: Case) -> dict[str, Decided]:
    """What decided the parts of a payment, by the part's name."""
    tender = case.order.tenders[payment.ordinal]
    day = local_date(tender.paid_at, case.options.time_zone)
    moved = payment.txn_date != day
    dated = (
        _decided(Because.DATE_OPEN_PERIOD, date=day.isoformat())
        if moved
        else _decided(Because.DATE_OF_PAYMENT, time_zone=case.options.time_zone)
    )
    return {"date": dated, **account_because(tender.method, case.options)}


def account_because(method: str, options: Options) -> dict[str, Decided]:
    """Why the money of a payment method goes where it goes."""
    chosen = target_chosen(method, options)
    by = Because.ACCOUNT_OF_METHOD if chosen.account_id else Because.ACCOUNT_BY_DEFAULT
    return {"account": _decided(by, method=method), "method": _decided(Because.METHOD_MAPPED, method=method)}


def refund_because(document: RefundDocument, case: RefundCase) -> dict[str, Decided]:
    """What decided the parts of a refund receipt or credit memo, by the part's name."""
    method = method_of(case)
    money = account_because(method, case.options)
    if not target_chosen(method, case.options).account_id:
        money["account"] = _decided(Because.ACCOUNT_OF_REFUNDS, method=method)
    moved = document.txn_date != case.date
    return {
        **dict.fromkeys(("customer", "class", "location"), _decided(Because.AS_ON_SALE)),
        **money,
        "number": _refund_number(document, case),
        "date": _decided(Because.DATE_OPEN_PERIOD, date=case.date.isoformat())
        if moved
        else _decided(Because.DATE_OF_REFUND, time_zone=case.options.time_zone),
    }


def _refund_number(document: RefundDocument, case: RefundCase) -> Decided:
    if document.number is None:
        return _decided(Because.NUMBER_BY_BOOKS)
    whole = whole_refund_number(case, document.ordinal)
    if document.number != whole:
        return _decided(Because.NUMBER_SHORTENED, number=whole)
    return _decided(Because.NUMBER_OF_REFUND, prefix=case.options.refund_prefix)


def customer_because(sale: Sale, case: Case) -> Decided | None:
    """Why the sale is assigned to somebody else than the buyer; None where it is the buyer."""
    if sale.customer.shared:
        wanted = case.options.assign_to is AssignTo.GENERIC
        return _decided(Because.ASSIGNED_TO_GENERIC if wanted else Because.BUYER_UNKNOWN)
    by_company = case.options.assign_to is AssignTo.COMPANY and not sale.customer.store_ref
    return _decided(Because.ASSIGNED_TO_COMPANY) if by_company and sale.customer.company else None
