"""Which orders are meant for the books at all (S2, O2), and which of those add up (O10, O19)."""

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
    day = local_date(order.created_at, options.time_zone)
    if options.start_date is not None and day < options.start_date:
        dates = {"date": day.isoformat(), "start_date": options.start_date.isoformat()}
        return Skip(Reason.BEFORE_START_DATE, dates)
    if order.payment_state is PaymentState.CANCELLED:
        return Skip(Reason.ORDER_CANCELLED)
    if not _selected(order.payment_status, options.payment_statuses):
        return Skip(Reason.STATUS_NOT_SELECTED, {"status": order.payment_status})
    if not _selected(order.fulfillment_status, options.fulfillment_statuses):
        return Skip(Reason.FULFILLMENT_NOT_SELECTED, {"status": order.fulfillment_status})
    if order.total == 0 and not order.gift_card_redeemed and not any(map(has_something_to_say, order.lines)):
        return Skip(Reason.NOTHING_SOLD)
    return None


def _selected(status: str, chosen: Iterable[str]) -> bool:
    """Nothing chosen means everything. Stores vary in the case of their statuses."""
    folded = {choice.casefold() for choice in chosen}
    return not folded or status.casefold() in folded


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
