"""Invoice or receipt (O3), and the money that was received (M1-M5)."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from integrations.books import CustomerDraft, Payment, SaleType
from integrations.commerce import Order, Tender
from integrations.money import ZERO, total_of
from sync.translate.case import Case
from sync.translate.chosen import in_use
from sync.translate.dates import local_date
from sync.translate.held import amount_text, hold
from sync.translate.notes import private_note
from sync.translate.numbers import marker
from sync.translate.outcome import Note
from sync.translate.reasons import Reason
from sync.translate.settings import Options, PaymentTarget, match_key

REFERENCE_LIMIT = 21


def received(order: Order) -> list[Tender]:
    """The tenders that brought money."""
    return [tender for tender in order.tenders if tender.amount > 0]


def sale_type(case: Case) -> tuple[SaleType, Note | None]:
    """What the sale is posted as, and a note where that is not what the settings say."""
    cause = _no_receipt_because(case.order) if case.options.post_as is SaleType.SALES_RECEIPT else ""
    if cause:
        return SaleType.INVOICE, Note(Reason.RECEIPT_BECAME_INVOICE, {"cause": cause})
    return case.options.post_as, None


def _no_receipt_because(order: Order) -> str:
    """Why the order cannot be a receipt: it says "paid in full, once, and no more"; an order of no money is always
    that."""
    tenders = received(order)
    if order.total == 0:
        return ""
    if not tenders:
        return "unpaid"
    if len(tenders) > 1:
        return "several_tenders"
    return {-1: "partly_paid", 1: "overpaid"}.get(_compared(tenders[0].amount, order.total), "")


def _compared(paid: Decimal, total: Decimal) -> int:
    return (paid > total) - (paid < total)


def overpaid(case: Case) -> Note | None:
    """A note where more money came in than the order asks for: the rest is the customer's until it goes back."""
    order = case.order
    paid = total_of(tender.amount for tender in received(order))
    if paid <= order.total or not case.options.record_payments:
        return None
    amounts = {"paid": amount_text(paid, order.currency), "total": amount_text(order.total, order.currency)}
    return Note(Reason.OVERPAID, amounts | {"currency": order.currency})


def target(method: str, options: Options) -> PaymentTarget:
    """Where the money of a method goes: its own account, else the default one. Holds the order when there is neither:
    QuickBooks would put the money into Undeposited Funds without a word."""
    chosen, account = target_chosen(method, options), account_of(method, options)
    if not account:
        hold(Reason.PAYMENT_ACCOUNT_MISSING, method=method)
    return PaymentTarget(in_use("Account", account, options), in_use("PaymentMethod", chosen.method_id, options))


def account_of(method: str, options: Options) -> str:
    """The account that the money of a method goes to; empty where none is chosen."""
    return target_chosen(method, options).account_id or options.clearing_account_id


def target_chosen(method: str, options: Options) -> PaymentTarget:
    """What the method's own row says, if there is one; empty fields are for the default to fill."""
    return options.payment_methods.get(method) or _target_by_key(method, options) or PaymentTarget()


def _target_by_key(method: str, options: Options) -> PaymentTarget | None:
    key = match_key(method)
    return next((chosen for name, chosen in options.payment_methods.items() if match_key(name) == key), None)


def short_reference(reference: str) -> str:
    """As much of a gateway's id as QuickBooks keeps; the whole is in the private note."""
    return reference.strip()[:REFERENCE_LIMIT]


def payments(case: Case, customer: CustomerDraft) -> tuple[Payment, ...]:
    """One payment for each tender of an invoice, of the whole of it: the account that it goes to holds that much."""
    if not case.options.record_payments:
        return ()
    tenders = enumerate(case.order.tenders)
    made = [_payment(case, customer, tender, ordinal) for ordinal, tender in tenders if tender.amount > ZERO]
    return applied_up_to(case.order.total, made)


def applied_up_to(open_balance: Decimal, payments: Iterable[Payment]) -> tuple[Payment, ...]:
    """They apply no more than is open of their invoice, which QuickBooks would refuse."""
    made = []
    for payment in payments:
        applied = max(min(payment.amount, open_balance), ZERO)
        made.append(replace(payment, credit=payment.amount - applied))
        open_balance -= applied
    return tuple(made)


def _payment(case: Case, customer: CustomerDraft, tender: Tender, ordinal: int) -> Payment:
    order, options = case.order, case.options
    goes_to = target(tender.method, options)
    mark = marker(options.source, order.ref, "payment", ordinal)
    return Payment(
        customer=customer,
        txn_date=local_date(tender.paid_at, options.time_zone),
        currency=order.currency,
        amount=tender.amount,
        account_id=goes_to.account_id,
        marker=mark,
        private_note=private_note(order, options, mark, tender.reference),
        ordinal=ordinal,
        method_id=goes_to.method_id,
        reference=short_reference(tender.reference),
    )
