"""Which orders are meant for the books at all (S2, O2, W1, W2), and which of those add up (O10, O19)."""

from collections.abc import Iterable
from decimal import Decimal

from integrations.commerce import LineKind, Order, OrderLine, PaymentState
from integrations.money import round_half_up
from sync.translate.case import Case
from sync.translate.dates import local_date
from sync.translate.held import amount_text, hold
from sync.translate.outcome import Skip
from sync.translate.reasons import Reason
from sync.translate.settings import Options


def has_something_to_say(line: OrderLine) -> bool:
    """Free shipping and the like say nothing; a product given away does: it was sold and left the shelf."""
    return line.kind is LineKind.PRODUCT or bool(line.gross or line.discount or line.tax)


def filtered(order: Order, options: Options) -> Skip | None:
    """Why the order is not meant for the books, or None when it is."""
    return (
        (_too_old(order, options) if options.selects else None)
        or (Skip(Reason.ORDER_CANCELLED) if order.payment_state is PaymentState.CANCELLED else None)
        or (_not_chosen(order, options) if options.selects else None)
        or (Skip(Reason.NOTHING_SOLD) if _sells_nothing(order) else None)
    )


def _too_old(order: Order, options: Options) -> Skip | None:
    day = local_date(order.created_at, options.time_zone)
    if options.start_date is None or day >= options.start_date:
        return None
    return Skip(Reason.BEFORE_START_DATE, {"date": day.isoformat(), "start_date": options.start_date.isoformat()})


def _not_chosen(order: Order, options: Options) -> Skip | None:
    """Statuses are for orders that go through them; whatever else is sold waits for its money and for nothing more."""
    if order.imported and not options.post_imported:
        return Skip(Reason.ORDER_IMPORTED)
    on, off = _modules(order, options)
    if off and not on:
        return Skip(Reason.MODULE_OFF, {"modules": _listed(off)})
    if not order.filtered_by_status:
        is_paid = order.payment_state is PaymentState.PAID
        return None if is_paid else Skip(Reason.AWAITS_PAYMENT, {"modules": _listed(on)})
    if not _selected(order.payment_status, options.payment_statuses):
        return Skip(Reason.STATUS_NOT_SELECTED, {"status": order.payment_status})
    if not _selected(order.fulfillment_status, options.fulfillment_statuses):
        return Skip(Reason.FULFILLMENT_NOT_SELECTED, {"status": order.fulfillment_status})
    return None


def _sells_nothing(order: Order) -> bool:
    return order.total == 0 and not order.gift_card_redeemed and not any(map(has_something_to_say, order.lines))


def _modules(order: Order, options: Options) -> tuple[set[str], set[str]]:
    """The modules that sold something on the order: those that are switched on, and those that are not."""
    sold = {line.module for line in order.lines if line.module}
    off = {module for module in sold if module in options.modules and not options.modules[module].enabled}
    return sold - off, off


def _listed(modules: Iterable[str]) -> str:
    return ", ".join(sorted(modules))


def _selected(status: str, chosen: Iterable[str]) -> bool:
    """Nothing chosen means everything. Stores vary in the case of their statuses."""
    folded = {choice.casefold() for choice in chosen}
    return not folded or status.casefold() in folded


def check_modules(case: Case) -> None:
    """Hold an order that only a part of is wanted: nobody can say which part of the payment belongs to it."""
    on, off = _modules(case.order, case.options)
    if case.options.selects and on and off:
        hold(Reason.MODULES_MIXED, on=_listed(on), off=_listed(off))


def check_sound(case: Case) -> None:
    """Hold an order that the books cannot take as it is: foreign money, a negative total, parts that do not add up."""
    _check_currency(case)
    order, currency = case.order, case.order.currency
    if order.total < 0:
        hold(Reason.TOTAL_NEGATIVE, total=amount_text(order.total, currency), currency=currency)
    check_taxes(order.line_tax, order)
    # No rounding line can hold less than a cent, however far below the cap that is.
    can_be_rounded = order.residual == round_half_up(order.residual, case.places)
    if abs(order.residual) > case.options.rounding_cap or not can_be_rounded:
        hold(
            Reason.ORDER_DOES_NOT_ADD_UP,
            total=amount_text(order.total, currency),
            computed=amount_text(order.computed_total, currency),
            difference=amount_text(order.residual, currency),
            currency=currency,
        )


def _check_currency(case: Case) -> None:
    order, company = case.order, case.company
    if order.currency != company.currency and not company.multi_currency:
        hold(
            Reason.CURRENCY_NOT_ACCEPTED,
            currency=order.currency,
            home_currency=company.currency,
            company=company.name,
        )


def check_taxes(line_tax: Decimal, order: Order) -> None:
    """Hold an order whose tax is not the sum of its parts: of its lines' taxes, or of what goes to each rate (a tax of
    half a cent cannot be split)."""
    if line_tax != order.tax:
        hold(
            Reason.TAXES_DO_NOT_ADD_UP,
            line_tax=amount_text(line_tax, order.currency),
            order_tax=amount_text(order.tax, order.currency),
            currency=order.currency,
        )
