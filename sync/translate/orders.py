"""An order becomes a sale and its payments: the entry to translation.

Amounts are copied from the store; what the store does not say follows from what it says. A difference between the
parts and the total that is within the rounding cap stays visible: the sale's `total` is the order's, its lines may add
up to a little less or more, and who proves the sale adds the rounding line.
"""

from dataclasses import dataclass
from typing import NamedTuple

from integrations.books import Company, CustomerDraft, Sale, SaleLine, SaleType, TaxLine, TaxModel
from integrations.commerce import LineKind, Order
from integrations.money import ZERO, total_of
from sync.translate.case import Case
from sync.translate.chosen import in_use
from sync.translate.customers import customer, plausible_email
from sync.translate.dates import due_date, local_date
from sync.translate.filters import check_modules, check_sound, check_taxes, filtered, has_something_to_say
from sync.translate.held import Held
from sync.translate.items import item_name
from sync.translate.lines import Priced, document_lines, priced_lines
from sync.translate.mapping import tax_tokens
from sync.translate.notes import private_note
from sync.translate.numbers import document_number, marker, whole_number
from sync.translate.outcome import Documents, Note, Outcome
from sync.translate.payments import overpaid, payments, received, sale_type, short_reference, target
from sync.translate.reasons import Reason
from sync.translate.settings import Catalog, MatchBy, Options, match_key
from sync.translate.taxes import tax_lines

MESSAGE_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Needs:
    """What translating an order will look up, so that the lists can be loaded for many orders at once.

    `items` are the keys looked up in `Catalog.by_key` (and its other sets), `names` those looked up in
    `Catalog.by_name`. `taxes` are the combinations on the order's lines as mapping rows name them; none at all is one
    of them. `customer` is None for an order that is filtered out.
    """

    items: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    taxes: frozenset[tuple[str, ...]] = frozenset()
    customer: CustomerDraft | None = None


def needs(order: Order, options: Options) -> Needs:
    if filtered(order, options):
        return Needs()
    said = [line for line in order.lines if has_something_to_say(line)]
    products = [line for line in said if line.kind is LineKind.PRODUCT and line.sku.strip()]
    by_name = options.match_by is MatchBy.SKU and options.create_missing
    return Needs(
        items=frozenset(match_key(line.sku) for line in products),
        names=frozenset(match_key(item_name(line.name)) for line in products if by_name),
        taxes=frozenset(tax_tokens(line.taxes) for line in said) | ({()} if order.gift_card_redeemed else set()),
        customer=customer(order, options),
    )


def translate_order(order: Order, options: Options, company: Company, catalog: Catalog) -> Outcome:
    """The documents of an order, or why there are none."""
    skip = filtered(order, options)
    if skip is not None:
        return skip
    try:
        return _documents(Case.of(order, options, company, catalog))
    except Held as held:
        return held.hold


def _documents(case: Case) -> Documents:
    check_modules(case)
    check_sound(case)
    priced = priced_lines(case)
    lines = document_lines(priced, case)
    buyer = customer(case.order, case.options)
    books_type, note = sale_type(case)
    sale = _sale(case, buyer, books_type, lines, _tax_lines(priced, lines, case))
    paid = payments(case, buyer) if books_type is SaleType.INVOICE else ()
    notes = (note, _number_note(case, sale), overpaid(case))
    return Documents(sale, paid, tuple(one for one in notes if one))


def _tax_lines(priced: list[Priced], lines: tuple[SaleLine, ...], case: Case) -> tuple[TaxLine, ...]:
    if case.company.tax_model is not TaxModel.GLOBAL:
        return ()
    taxes = tax_lines(lines, [one.tax for one in priced], case.company.tax_codes)
    check_taxes(total_of(tax.amount for tax in taxes), case.order)
    return taxes


def _sale(
    case: Case, buyer: CustomerDraft, books_type: SaleType, lines: tuple[SaleLine, ...], taxes: tuple[TaxLine, ...]
) -> Sale:
    order, options, company = case.order, case.options, case.company
    mark = marker(options.source, order.ref, "sale", options.voided)
    paid = _paid_with(case) if books_type is SaleType.SALES_RECEIPT else _Paid()
    is_invoice = books_type is SaleType.INVOICE
    return Sale(
        type=books_type,
        customer=buyer,
        txn_date=case.date,
        currency=order.currency,
        lines=lines,
        total=order.total,
        tax=ZERO if company.tax_model is TaxModel.US_NONE else order.tax,
        marker=mark,
        private_note=private_note(order, options, mark, paid.gateway_id),
        number=document_number(order, options),
        tax_lines=taxes,
        override_tax=_overrides_tax(taxes, company),
        due_date=due_date(order, options, case.date) if is_invoice else None,
        message=_message(case),
        email=plausible_email(order.buyer.email),
        billing=order.billing,
        shipping=order.shipping,
        shipping_method=order.shipping_method,
        shipping_date=local_date(order.shipped_at, options.time_zone) if order.shipped_at else None,
        tracking_number=order.tracking_number,
        class_id=in_use("Class", options.class_id, options) if company.classes else "",
        location_id=in_use("Department", options.location_id, options) if company.locations else "",
        allow_card_payment=options.allow_card_payment if is_invoice and company.card_payments else None,
        deposit_account_id=paid.account_id,
        payment_method_id=paid.method_id,
        payment_reference=short_reference(paid.gateway_id),
    )


class _Paid(NamedTuple):
    """How a receipt was paid."""

    account_id: str = ""
    method_id: str = ""
    gateway_id: str = ""


def _paid_with(case: Case) -> _Paid:
    """The one tender of a receipt; a receipt over nothing has none, and needs no account."""
    tenders = received(case.order)
    if not case.order.total or not tenders:
        return _Paid(in_use("Account", case.options.clearing_account_id, case.options))
    goes_to = target(tenders[0].method, case.options)
    return _Paid(goes_to.account_id, goes_to.method_id, tenders[0].reference)


def _overrides_tax(taxes: tuple[TaxLine, ...], company: Company) -> bool:
    """Whether the document states its tax. US documents always do. Elsewhere a document does where a rate charges
    something; one of nothing but zero rates leaves nothing to state."""
    if company.tax_model is TaxModel.GLOBAL:
        return any(tax.percent for tax in taxes)
    return company.tax_model is not TaxModel.US_NONE


def _message(case: Case) -> str | None:
    """What the customer reads on the document (O13); None leaves it to QuickBooks."""
    if case.options.use_default_message:
        return None
    return case.order.comments.strip()[:MESSAGE_LIMIT] or None


def _number_note(case: Case, sale: Sale) -> Note | None:
    number = whole_number(case.order, case.options)
    if sale.number is None or sale.number == number:
        return None
    return Note(Reason.NUMBER_SHORTENED, {"number": number, "shortened": sale.number})
