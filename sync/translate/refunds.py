"""A refund takes back a part of a sale: refund receipts and credit memos, never above what the sale still stands for.

The sale is taken as it is in the books, whatever the settings say by now, and what documents took back before counts
against it: in amount and in the tax at each rate. All that is left mirrors the sale line by line, so that whatever
happened in between, the sum of all refunds is the sale to the cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from integrations.books import (
    Company,
    Form,
    FormLine,
    RefundDocument,
    RefundType,
    SaleType,
    TaxLine,
    TaxModel,
)
from integrations.commerce import Order, Refund
from integrations.money import ZERO, total_of
from sync.translate.chosen import in_use
from sync.translate.held import Held, amount_text, hold
from sync.translate.notes import marked
from sync.translate.numbers import marker, shortened
from sync.translate.outcome import Hold, Skip
from sync.translate.payments import received, target_chosen
from sync.translate.reasons import Reason
from sync.translate.returned import returned
from sync.translate.settings import Options, PaymentTarget
from sync.translate.taking import Taking, identity, is_stock
from sync.translate.taxes import LineTax, tax_lines


@dataclass(frozen=True, slots=True)
class Sold:
    """The sale that a refund is about, as it is in the books. `balance` is what is still to be paid of it, `paid` what
    payments of ours brought in for it, `credit` what they brought in beyond it: it is given back first."""

    type: SaleType
    id: str
    number: str
    customer_id: str
    form: Form
    balance: Decimal
    paid: Decimal = ZERO
    credit: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Credited:
    """A document in the books that took back a part of the sale. `own`: it was made for the very refund at hand."""

    type: RefundType
    form: Form
    own: bool = False


@dataclass(frozen=True, slots=True)
class RefundCase:
    """One refund together with all that decides what it becomes.

    `amount` is what the store or a person said, None where nobody did; `place` which of the order's refunds it is,
    counted from 1; `lowered` what the receipt or payments became less by it, without any document of its own;
    `beyond` what came in for more than the order comes to and was never in the books: it is given back first of all;
    `said` what of it is in the books by the word of a person, from when the store did not tell how much went back.
    """

    refund: Refund
    amount: Decimal | None
    date: date
    place: int
    order: Order
    sold: Sold
    credited: tuple[Credited, ...]
    options: Options
    company: Company
    lowered: Decimal = ZERO
    beyond: Decimal = ZERO
    said: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """What the sale still stands for."""
        return self.sold.form.total - total_of(one.form.total for one in self.credited)

    @property
    def most(self) -> Decimal:
        """What there is to be given back: what is left of the sale, and what was paid beyond it."""
        return self.left + self.sold.credit + self.beyond

    @property
    def done(self) -> Decimal:
        """What was given back in the books for this very refund already."""
        return self.said + self.lowered + total_of(one.form.total for one in self.credited if one.own)

    @property
    def is_begun(self) -> bool:
        """Whether a document of this very refund is in the books: the first one takes back the lines that it names, and
        brings back what went to gift cards."""
        return any(one.own for one in self.credited)

    @property
    def gift_card(self) -> Decimal | None:
        """What is still to come back to gift cards; None where the store does not tell."""
        return ZERO if self.refund.gift_card is not None and self.is_begun else self.refund.gift_card

    def text(self, amount: Decimal) -> str:
        return amount_text(amount, self.order.currency)


@dataclass(frozen=True, slots=True)
class RefundDocuments:
    """What a refund becomes; nothing where all of it is in the books. `credit` is what payments become less, `beyond`
    what there is nothing to be done about, for it was never in the books."""

    documents: tuple[RefundDocument, ...] = ()
    credit: Decimal = ZERO
    beyond: Decimal = ZERO


def translate_refund(case: RefundCase) -> RefundDocuments | Hold | Skip:
    """The documents that are still to be made for a refund, or why there are none."""
    try:
        amount = _amount(case)
        if isinstance(amount, Skip):
            return amount
        beyond = min(amount, case.beyond)
        credit = min(amount - beyond, case.sold.credit)
        case = replace(case, lowered=case.lowered + beyond + credit)
        return RefundDocuments(tuple(_documents(case, amount - beyond - credit)), credit, beyond)
    except Held as held:
        return held.hold


# -- how much ----------------------------------------------------------------------------------------------------------


def _amount(case: RefundCase) -> Decimal | Skip:
    """What is still to be taken back for this refund."""
    told = case.amount
    if told is None and case.refund.cancelled and _nothing_paid(case):
        return Skip(Reason.REFUND_NOTHING_PAID)
    if case.done and (told is None or told == case.done):
        return case.most if case.refund.everything else ZERO
    if told == 0 and case.refund.gift_card:
        return ZERO
    if (case.most <= 0 and not case.done) or (told is not None and told <= 0):
        return Skip(Reason.REFUND_COVERED)
    currency = case.order.currency
    if told is None and not case.refund.everything:
        hold(Reason.REFUND_AMOUNT_UNKNOWN, left=case.text(case.most), currency=currency)
    if told is None:
        return case.most
    if told - case.done > case.most:
        hold(Reason.REFUND_EXCEEDS_SALE, amount=case.text(told), left=case.text(case.most), currency=currency)
    return max(told - case.done, ZERO)


def _nothing_paid(case: RefundCase) -> bool:
    return case.sold.type is SaleType.INVOICE and case.sold.balance >= case.left


# -- which documents ---------------------------------------------------------------------------------------------------


def _documents(case: RefundCase, amount: Decimal) -> list[RefundDocument]:
    """Money that came in goes back as money; beyond that, what is not paid yet is let go by a credit memo. What went
    back to gift cards alone, or on the shelf alone, is a receipt of no money."""
    money = min(amount, max(_money_left(case), ZERO))
    let_go = min(amount - money, max(case.sold.balance, ZERO))
    parts = {RefundType.CREDIT_MEMO: let_go, RefundType.REFUND_RECEIPT: amount - let_go}
    wanted = [kind for kind, part in parts.items() if part > 0]
    made: list[RefundDocument] = []
    for kind in wanted or ([RefundType.REFUND_RECEIPT] if case.gift_card or _owes_stock(case) else []):
        lines = returned(parts[kind], _taking(case))
        made.append(_document(case, kind, parts[kind], lines))
        taken = Credited(kind, Form(case.order.currency, lines), own=True)
        case = replace(case, credited=(*case.credited, taken))
    return made


def _owes_stock(case: RefundCase) -> bool:
    """Whether the store put goods back on the shelf after all of the sale had gone back without them: it does so with
    the last of several partial refunds, once the order counts as refunded."""
    refund = case.refund
    if not refund.restocked or refund.lines is not None or not case.done or case.left:
        return False
    back = _units([one for credited in case.credited for one in credited.form.lines])
    return any(units > back.get(item, ZERO) for item, units in _units(case.sold.form.lines).items())


def _units(lines: Sequence[FormLine]) -> dict[str, Decimal]:
    """How many units of each item whose stock QuickBooks counts."""
    units: dict[str, Decimal] = {}
    for one in filter(is_stock, lines):
        item = identity(one.line.item)
        units[item] = units.get(item, ZERO) + (one.line.quantity or ZERO)
    return units


def _money_left(case: RefundCase) -> Decimal:
    """What our payments brought in, less what went back."""
    returned_before = (one.form.total for one in case.credited if one.type is RefundType.REFUND_RECEIPT)
    return case.sold.paid - total_of(returned_before)


def credited_by_others(total: Decimal, case: RefundCase) -> Form:
    """What a document that we did not write took back of the sale: as much of each part as one of ours would have."""
    taking = replace(_taking(case), lines=(), gift_card=None)
    return Form(case.order.currency, returned(min(total, case.left), taking))


def _taking(case: RefundCase) -> Taking:
    return Taking(
        sold=case.sold.form,
        credited=tuple(one.form for one in case.credited),
        restocked=case.refund.restocked,
        order=case.order,
        options=case.options,
        company=case.company,
        lines=() if case.is_begun or case.lowered else case.refund.lines or (),
        names_lines=case.refund.lines is not None,
        gift_card=case.gift_card,
    )


def _document(case: RefundCase, kind: RefundType, total: Decimal, lines: tuple[FormLine, ...]) -> RefundDocument:
    order, options, sold = case.order, case.options, case.sold
    ordinal = sum(1 for one in case.credited if one.own and one.type is kind)
    mark = marker(options.source, order.ref, f"{case.refund.ref}/{kind}", ordinal)
    form = Form(order.currency, lines)
    money = _leaves_from(case) if kind is RefundType.REFUND_RECEIPT else PaymentTarget()
    taxes = _tax_lines(lines, case.company)
    return RefundDocument(
        type=kind,
        customer_id=sold.customer_id,
        txn_date=case.date,
        currency=order.currency,
        lines=tuple(one.line for one in lines),
        total=total,
        tax=total_of(form.taxes.values()),
        marker=mark,
        private_note=_note(case, mark),
        message=f"Refund of {sold.number or order.number}",
        ordinal=ordinal,
        number=_number(case, ordinal),
        tax_lines=taxes,
        override_tax=any(tax.percent for tax in taxes),
        class_id=sold.form.class_id,
        location_id=sold.form.location_id,
        account_id=money.account_id,
        method_id=money.method_id,
    )


def method_of(case: RefundCase) -> str:
    """The payment method by which the money goes back: the refund's own, else the order's first."""
    return case.refund.method or next((tender.method for tender in received(case.order)), "")


def _leaves_from(case: RefundCase) -> PaymentTarget:
    """The account of the order's payment method, else the one for refunds: money that came into a clearing account
    goes back out of it. Holds the refund when there is neither."""
    options, method = case.options, method_of(case)
    chosen = target_chosen(method, options)
    account = chosen.account_id or options.refund_account_id
    if not account:
        hold(Reason.REFUND_ACCOUNT_MISSING, method=method)
    return PaymentTarget(in_use("Account", account, options), in_use("PaymentMethod", chosen.method_id, options))


def _note(case: RefundCase, mark: str) -> str:
    """`Ecwid 1001, refund of EW-1001 (invoice 131): Damaged hat [TB-...]`."""
    order, sold = case.order, case.sold
    words = {SaleType.INVOICE: "invoice", SaleType.SALES_RECEIPT: "sales receipt"}
    about = f"refund of {sold.number or order.number} ({words[sold.type]} {sold.id})"
    reason = f": {case.refund.reason}" if case.refund.reason else ""
    return marked(f"{case.options.store_label} {order.number or order.ref}, {about}{reason}", mark)


def _number(case: RefundCase, ordinal: int) -> str | None:
    """The first refund of an order has its number behind the prefix, further ones say which they are: 77-2 is the
    second refund, 77-1-2 the second document of the first."""
    return None if case.options.auto_number else shortened(whole_refund_number(case, ordinal))


def whole_refund_number(case: RefundCase, ordinal: int) -> str:
    """A refund's number, as long as it is."""
    which = f"-{case.place}" if case.place > 1 or ordinal else ""
    which += f"-{ordinal + 1}" if ordinal else ""
    return f"{case.options.refund_prefix}{case.order.number or case.order.ref}{which}"


def _tax_lines(lines: Sequence[FormLine], company: Company) -> tuple[TaxLine, ...]:
    if company.tax_model is not TaxModel.GLOBAL:
        return ()
    taxes = [LineTax(one.line.tax_code, dict(one.taxes)) for one in lines]
    return tax_lines([one.line for one in lines], taxes, company.tax_codes)
