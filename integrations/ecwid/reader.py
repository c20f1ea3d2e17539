"""From an order as Ecwid tells it to the words of `integrations.commerce`. Pure.

A payload is `{"order": <as it came>, ...context}`; the context is what the order itself does not say and what must not
change afterwards: Ecwid's orders carry no currency, so the store's at that time is kept beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from integrations.commerce import Order, OrderLine, PaymentState, Tender
from integrations.doubts import Doubt
from integrations.ecwid.delivery import cut_by_tax
from integrations.ecwid.discounts import discounts_of
from integrations.ecwid.lines import SHIPPING, lines_of
from integrations.ecwid.people import address_of, buyer_of
from integrations.ecwid.refunds import refunds_of
from integrations.ecwid.taxes import taxes_of
from integrations.ecwid.totals import Totals, doubts, hidden_shipping_discount, prices_include_tax, totals_of
from integrations.ecwid.values import amount, moment, parsed_date, reference
from integrations.errors import Malformed
from integrations.money import currency_places
from integrations.values import Json, child, number, required_number, text

# Refunds do not undo the payment: the money came in, and each refund tells what went out. An abandoned cart
# (INCOMPLETE) is no sale until it is paid, whatever the filters say. Statuses not listed, the merchant's own included,
# do not say that money came in.
_PAYMENT_STATES = {
    "PAID": PaymentState.PAID,
    "REFUNDED": PaymentState.PAID,
    "PARTIALLY_REFUNDED": PaymentState.PAID,
    "CANCELLED": PaymentState.CANCELLED,
    "INCOMPLETE": PaymentState.CANCELLED,
}


def payload_of(order: Json, *, store_id: str, currency: str, places: int, prices_include_tax: bool) -> dict[str, Any]:
    """What `read_order` needs to read this order the same way now and in a year."""
    return {
        "order": order,
        "store_id": store_id,
        "currency": currency,
        "places": places,
        "prices_include_tax": prices_include_tax,
    }


def ref_of(order: Json) -> str:
    """The internal number, which never changes and is unique in the store; empty where it is missing."""
    return reference(order, "internalId", "orderNumber")


def number_of(order: Json) -> str:
    """The order's number as customers know it."""
    return text(order, "id", "vendorOrderNumber", "publicUid")


def read_order(payload: Mapping[str, Any]) -> Order:
    """The order that a payload means. Raises Malformed when it cannot be read."""
    order = child(payload, "order")
    currency = _named(text(payload, "currency"), "the currency")
    places = _places(payload, currency)
    bare = lines_of(order, places)
    totals = totals_of(order, bare, places)
    contained = prices_include_tax(order, totals, store_does=payload.get("prices_include_tax") is True)
    lines, tax_doubts = _lines(order, bare, totals, contained=contained, places=places)
    created_at = _moment(order, "create")
    status = _named(text(order, "paymentStatus"), "paymentStatus").upper()
    state = _PAYMENT_STATES.get(status, PaymentState.UNPAID)
    required_number(order, "total")
    return Order(
        ref=_named(ref_of(order), "internalId"),
        number=_named(number_of(order), "id"),
        created_at=created_at,
        updated_at=moment(order, "update") or created_at,
        currency=currency,
        prices_include_tax=contained,
        lines=lines,
        total=amount(order, "total", places),
        tax=amount(order, "tax", places),
        gift_card_redeemed=amount(order, "giftCardRedemption", places),
        payment_status=status,
        fulfillment_status=text(order, "fulfillmentStatus").upper(),
        payment_state=state,
        tenders=_tenders(order, state, created_at, places),
        buyer=buyer_of(order),
        billing=address_of(child(order, "billingPerson")),
        shipping=address_of(child(order, "shippingPerson")),
        refunds=refunds_of(order, store_id=text(payload, "store_id"), order_ref=ref_of(order), places=places),
        comments=text(order, "orderComments"),
        shipping_method=text(child(order, "shippingOption"), "shippingMethodName"),
        tracking_number=text(order, "trackingNumber"),
        shipped_at=_shipped_at(order),
        doubts=(*doubts(order, totals, contained=contained, places=places), *tax_doubts),
    )


def _places(payload: Json, currency: str) -> int:
    told = number(payload, "places")
    return currency_places(currency) if told is None else int(told)


def _named(value: str, what: str) -> str:
    if not value:
        raise Malformed(f"{what} is missing")
    return value


def _moment(order: Json, name: str) -> datetime:
    found = moment(order, name)
    if found is None:
        raise Malformed(f"{name}Date is missing")
    return found


def _lines(
    order: Json, bare: Sequence[OrderLine], totals: Totals, *, contained: bool, places: int
) -> tuple[tuple[OrderLine, ...], tuple[Doubt, ...]]:
    """The lines with their discounts and taxes, and what remained unexplained."""
    shares = discounts_of(order, bare, places)
    if not shares.get(SHIPPING):
        shares = {**shares, SHIPPING: hidden_shipping_discount(totals, contained=contained)}
    discounted = [replace(line, discount=shares[line.ref]) if shares.get(line.ref) else line for line in bare]
    taxes, unexplained = taxes_of(order, discounted, contained=contained, places=places)
    taxed = (replace(line, taxes=taxes[line.ref]) if line.ref in taxes else line for line in discounted)
    telling = [line for line in taxed if _says_something(line)]
    return tuple(cut_by_tax(telling, contained=contained, places=places)), unexplained


def _says_something(line: OrderLine) -> bool:
    """Items always do; shipping, handling and surcharges of zero are only Ecwid's way to say that there are none."""
    return line.ref.startswith("item:") or bool(line.gross or line.tax)


def _tenders(order: Json, state: PaymentState, created_at: datetime, places: int) -> tuple[Tender, ...]:
    """The one payment of a paid order. Ecwid keeps no date of it; a gateway is paid when the order is placed."""
    total = amount(order, "total", places)
    if state is not PaymentState.PAID or total <= 0:
        return ()
    return (
        Tender(
            ref="payment",
            method=text(order, "paymentMethod", "paymentModule"),
            amount=total,
            paid_at=created_at,
            reference=text(order, "externalTransactionId", "paymentReference"),
        ),
    )


def _shipped_at(order: Json) -> datetime | None:
    """When the first parcel left, where the order tells of parcels. Their form is not documented, so nothing in them
    makes an order unreadable."""
    parcels = order.get("shipments")
    told = [parcel for parcel in parcels if isinstance(parcel, Mapping)] if isinstance(parcels, list) else []
    return min((left for parcel in told if (left := parsed_date(text(parcel, "created")))), default=None)
