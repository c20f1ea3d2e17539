"""Tickets, which Wix Events sells through an API of its own.

The list knows no dates; it is read newest first, as far back as an unpaid order may still become a paid one. Amounts of
refunds are not told. An order is known by its event and its number.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from integrations.commerce import Buyer, LineKind, Order, OrderLine, PaymentState, Tender
from integrations.errors import Malformed
from integrations.money import ZERO, currency_places, round_half_up, total_of
from integrations.values import Json, child, number, rows, text
from integrations.wix import modules
from integrations.wix.client import WixClient
from integrations.wix.faults import WrongQuestion
from integrations.wix.payments import method_of_module
from integrations.wix.shares import discounted, taxed
from integrations.wix.values import is_since, moment, money, named, readable_moment

MODULE = modules.EVENTS
APPS = (modules.EVENTS_APP,)

PATIENCE = timedelta(days=60)  # how long after it was placed an order may still be paid
_LIMIT = 100
_FIELDS = "fieldset=DETAILS&fieldset=INVOICE"
_LIST = f"events/v1/orders?{_FIELDS}"
_ADDED_FEES = frozenset({"FEE_ADDED", "FEE_ADDED_AT_CHECKOUT"})
_STATES = {
    "PAID": PaymentState.PAID,
    "PARTIALLY_PAID": PaymentState.PARTLY_PAID,
    "CANCELED": PaymentState.CANCELLED,
    "DECLINED": PaymentState.CANCELLED,
    "INITIATED": PaymentState.CANCELLED,
    "VOIDED": PaymentState.CANCELLED,
}


def payloads(client: WixClient, *, created_from: datetime, changed_from: datetime | None) -> Iterator[list[Json]]:
    """Pages of what was placed and changed since. Free tickets are no sales."""
    floor = created_from if changed_from is None else max(created_from, changed_from - PATIENCE)
    for page in _newest_first(client):
        yield [
            {"module": MODULE, "order": order}
            for order in page
            if is_since(order, created_from, "created")
            and is_since(order, changed_from or created_from, "updated", "created")
            and _is_sale(order)
        ]
        placed = [when for order in page if (when := readable_moment(order, "created"))]
        if placed and max(placed) < floor and placed == sorted(placed, reverse=True):
            return


def _newest_first(client: WixClient) -> Iterator[list[Json]]:
    """Whether that order can be asked for is not documented; else all of them come, the oldest first."""
    try:
        yield from client.listed(_LIST, "orders", {"sort": "created:desc"}, limit=_LIMIT)
    except WrongQuestion:
        yield from client.listed(_LIST, "orders", {}, limit=_LIMIT)


def payload(client: WixClient, key: str) -> Json:
    """One order by its key. Raises NotFound."""
    event, _slash, order_number = key.partition("/")
    body = client.get(f"events/v1/events/{quote(event, safe='')}/orders/{quote(order_number, safe='')}?{_FIELDS}")
    return {"module": MODULE, "order": child(body, "order")}


def key_of(payload: Json) -> str:
    order = child(payload, "order")
    return f"{named(text(order, 'eventId'), 'eventId')}/{named(text(order, 'orderNumber'), 'orderNumber')}"


def number_of(payload: Json) -> str:
    """What people call it."""
    return text(child(payload, "order"), "orderNumber")


def identities(payload: Json) -> frozenset[str]:
    """What an eCommerce order of the same sale would name."""
    order = child(payload, "order")
    transaction = text(child(child(order, "paymentDetails"), "transaction"), "transactionId")
    return frozenset(
        {text(order, "reservationId"), text(order, "orderNumber"), text(order, "transactionId"), transaction}
    )


def read_order(payload: Mapping[str, Any]) -> Order:
    """Raises Malformed."""
    order = child(payload, "order")
    invoice, price = child(order, "invoice"), child(order, "totalPrice")
    total = money(invoice, "grandTotal") if invoice else money(order, "totalPrice")
    currency = named(text(price, "currency") or text(child(invoice, "grandTotal"), "currency"), "the currency")
    places, tax = currency_places(currency), child(invoice, "tax")
    lines = _lines(invoice, places)
    gift_cards = total_of(
        money(used, "amount") for used in rows(order, "giftCardPaymentDetails") if used.get("voided") is not True
    )
    status = text(order, "status")
    state = _STATES.get(status, PaymentState.UNPAID)
    return Order(
        ref=f"{MODULE}:{key_of(payload)}",
        number=number_of(payload),
        created_at=moment(order, "created"),
        updated_at=moment(order, "updated", "created"),
        currency=currency,
        prices_include_tax=text(tax, "type") == "INCLUDED",
        lines=tuple(lines),
        total=total - gift_cards,
        tax=money(tax, "amount"),
        gift_card_redeemed=gift_cards,
        payment_status=status,
        fulfillment_status="",
        payment_state=state,
        tenders=tuple(_tenders(order, state, total - gift_cards)),
        buyer=Buyer(
            ref=text(order, "contactId"),
            email=text(order, "email"),
            name=text(order, "fullName") or " ".join(filter(None, (text(order, "firstName"), text(order, "lastName")))),
            given_name=text(order, "firstName"),
            family_name=text(order, "lastName"),
        ),
        filtered_by_status=False,
    )


def _is_sale(order: Json) -> bool:
    return text(order, "status") not in {"FREE", "NA_ORDER_STATUS"}


def _lines(invoice: Json, places: int) -> Iterator[OrderLine]:
    tickets = [_ticket(place, item, places) for place, item in enumerate(rows(invoice, "items"), start=1)]
    if not tickets:
        raise Malformed("invoice is missing")
    tax = child(invoice, "tax")
    tickets = discounted(tickets, money(child(invoice, "discount"), "amount"), places)
    yield from taxed(tickets, text(tax, "name") or "Tax", number(tax, "rate"), money(tax, "amount"), places)
    for place, fee in enumerate(rows(invoice, "fees"), start=1):
        amount = money(fee, "amount")
        if amount and text(fee, "type") in _ADDED_FEES:
            one = Decimal(1)
            yield OrderLine(f"fee:{place}", LineKind.FEE, "Ticket service fee", one, unit_price=amount, gross=amount)


def _ticket(place: int, item: Json, places: int) -> OrderLine:
    quantity, price = number(item, "quantity") or Decimal(1), money(item, "price")
    return OrderLine(
        ref=f"item:{text(item, 'id') or place}",
        kind=LineKind.PRODUCT,
        name=text(item, "name") or "Ticket",
        quantity=quantity,
        unit_price=price,
        gross=round_half_up(price * quantity, places),
        module=MODULE,
    )


def _tenders(order: Json, state: PaymentState, total: Decimal) -> Iterator[Tender]:
    """How much of a part payment came in is told, if at all, by what is left to pay."""
    left = ZERO if state is PaymentState.PAID else money(child(order, "balanceSummary"), "balance")
    if state is PaymentState.PAID or (state is PaymentState.PARTLY_PAID and left):
        transaction = child(child(order, "paymentDetails"), "transaction")
        if total > left:
            yield Tender(
                ref="payment",
                method=method_of_module(text(transaction, "method") or text(order, "method")),
                amount=total - left,
                paid_at=moment(order, "created"),
                reference=text(transaction, "transactionId"),
            )
