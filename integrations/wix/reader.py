"""From an eCommerce order as Wix tells it to the words of `integrations.commerce`. Pure.

A payload is `{"order": <as it came>, "transactions": <its payments and refunds>, "tips": [<ids>], "fulfillments":
[<parcels>]}`. Orders of modules that have an API of their own are read in `events`, `plans` and `restaurants`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from integrations.commerce import LineKind, Order, OrderLine, PaymentState
from integrations.errors import Malformed
from integrations.money import currency_places
from integrations.values import Json, child, rows, text
from integrations.wix.lines import parts_of
from integrations.wix.memberships import covered_by
from integrations.wix.modules import filtered_by_status
from integrations.wix.payments import Payments, payments_of
from integrations.wix.people import billing_of, buyer_of, shipping_of
from integrations.wix.refunds import refunds_of
from integrations.wix.totals import reading_of
from integrations.wix.values import moment, named, told_moment, told_money

ROUNDING = "rounding"  # the ref of what cash was rounded by

# Checkouts that were never finished, or whose payment failed.
_NEVER_A_SALE = frozenset({"INITIALIZED", "PENDING", "REJECTED"})
_LATE = frozenset({"", "UNSPECIFIED", "NOT_PAID", "PARTIALLY_PAID", "PENDING", "PENDING_MERCHANT"})


def read_order(payload: Mapping[str, Any]) -> Order:
    """The order that a payload means. Raises Malformed when it cannot be read."""
    order, transactions = child(payload, "order"), child(payload, "transactions")
    currency = named(text(order, "currency"), "the currency").upper()
    places = currency_places(currency)
    included = _includes_tax(order)
    parts = parts_of(order, tips=_tips(payload), included=included)
    reading = reading_of(order, parts, included=included, places=places)
    payments = payments_of(order, transactions)
    covered = covered_by(payments.memberships, reading.lines, included=included)
    total = _total(order) - covered.total + payments.rounding - payments.gift_cards
    state = _state(order, payments, total)
    parcels = rows(payload, "fulfillments")
    return Order(
        ref=named(text(order, "id"), "id"),
        number=text(order, "number") or text(order, "id"),
        created_at=moment(order, "purchasedDate", "createdDate"),
        updated_at=moment(order, "updatedDate", "createdDate"),
        currency=currency,
        prices_include_tax=included,
        lines=(*covered.lines, *_rounded(payments)),
        total=total,
        tax=reading.tax - covered.tax,
        gift_card_redeemed=payments.gift_cards,
        payment_status=_status(order, state),
        fulfillment_status=text(order, "fulfillmentStatus"),
        payment_state=state,
        tenders=payments.tenders,
        buyer=buyer_of(order),
        billing=billing_of(order),
        shipping=shipping_of(order),
        refunds=refunds_of(order, transactions, covered.lines, included=included, places=places),
        comments=text(order, "buyerNote"),
        shipping_method=text(child(order, "shippingInfo"), "title"),
        tracking_number=next(filter(None, (text(child(one, "trackingInfo"), "trackingNumber") for one in parcels)), ""),
        shipped_at=_shipped_at(parcels),
        filtered_by_status=filtered_by_status(reading.lines),
        imported=order.get("imported") is True,
        charged_back=payments.charged_back,
        doubts=(*reading.doubts, *covered.doubts),
    )


def _tips(payload: Mapping[str, Any]) -> frozenset[str]:
    tips = payload.get("tips")
    return frozenset(str(tip) for tip in tips) if isinstance(tips, list | tuple) else frozenset()


def _includes_tax(order: Json) -> bool:
    """The order's own mark; orders without one are told by their lines."""
    marked = order.get("taxIncludedInPrices")
    if isinstance(marked, bool):
        return marked
    return any(child(item, "taxInfo").get("taxIncludedInPrice") is True for item in rows(order, "lineItems"))


def _total(order: Json) -> Decimal:
    total = told_money(child(order, "priceSummary"), "total")
    if total is None:
        raise Malformed("priceSummary.total is missing")
    return total


def _rounded(payments: Payments) -> list[OrderLine]:
    """What cash was rounded by: the buyer paid it, or was let off it."""
    one, by = Decimal(1), payments.rounding
    return [OrderLine(ROUNDING, LineKind.FEE, "Cash rounding", one, unit_price=by, gross=by)] if by else []


def _state(order: Json, payments: Payments, total: Decimal) -> PaymentState:
    """Cancelling gives nothing back: a cancelled order that was paid is a sale until its money is refunded."""
    status, received = text(order, "status"), payments.received
    if status in _NEVER_A_SALE or (status == "CANCELED" and not received and not payments.gift_cards):
        return PaymentState.CANCELLED
    if received >= total:
        return PaymentState.PAID
    return PaymentState.PARTLY_PAID if received else PaymentState.UNPAID


def _status(order: Json, state: PaymentState) -> str:
    """Wix's word, which may come after the payment that it tells of."""
    told = text(order, "paymentStatus")
    return "PAID" if state is PaymentState.PAID and told in _LATE else told


def _shipped_at(parcels: Sequence[Json]) -> datetime | None:
    return min((when for parcel in parcels if (when := told_moment(parcel, "createdDate"))), default=None)
