"""Meals, which the old Wix Restaurants sells through an API of its own.

Its list can be narrowed by the day of the order alone and knows no pages: a full answer is followed by one that begins
where it ended.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from integrations.commerce import Buyer, LineKind, Order, OrderLine, PaymentState, Tender
from integrations.errors import TemporaryError
from integrations.money import ZERO, currency_places, round_half_up, total_of
from integrations.values import Json, child, number, rows, text
from integrations.wix import modules
from integrations.wix.client import WixClient
from integrations.wix.payments import method_of_module
from integrations.wix.shares import discounted, taxed
from integrations.wix.values import is_since, iso, moment, named

MODULE = modules.RESTAURANTS
APPS = (modules.OLD_RESTAURANTS_APP,)

PATIENCE = timedelta(days=7)  # how long after it was placed an order may still change
_LIMIT = 1000
_DONE = frozenset({"ACCEPTED", "FULFILLED"})


def payloads(client: WixClient, *, created_from: datetime, changed_from: datetime | None) -> Iterator[list[Json]]:
    """Pages of what was placed and changed since."""
    since = created_from if changed_from is None else max(created_from, changed_from - PATIENCE)
    bound, seen = f"gte:{iso(since)}", set[str]()
    while True:
        answer = client.get("restaurants/v3/orders", {"createdDate": bound, "limit": str(_LIMIT)})
        page = rows(answer, "orders")
        fresh = [order for order in page if text(order, "id") not in seen]
        seen |= {text(order, "id") for order in fresh}
        yield [
            {"module": MODULE, "order": order}
            for order in fresh
            if is_since(order, since, "createdDate")
            and is_since(order, changed_from or created_from, "updatedDate", "createdDate")
        ]
        if len(page) < _LIMIT:
            return
        if not fresh:
            raise TemporaryError("the list restaurants/v3/orders does not keep still")
        first, last = moment(page[0], "createdDate"), moment(page[-1], "createdDate")
        if first > last and last < since:
            return
        bound = f"gte:{iso(last)}" if first <= last else f"lte:{iso(last)}"


def payload(client: WixClient, key: str) -> Json:
    """One order by its key. Raises NotFound."""
    body = client.get(f"restaurants/v3/orders/{quote(key, safe='')}")
    return {"module": MODULE, "order": child(body, "order") or body}


def key_of(payload: Json) -> str:
    return named(text(child(payload, "order"), "id"), "id")


def number_of(payload: Json) -> str:
    """What people call it."""
    return key_of(payload)


def identities(payload: Json) -> frozenset[str]:
    """What an eCommerce order of the same sale would name."""
    order = child(payload, "order")
    return frozenset({text(order, "id"), *(text(paid, "providerTransactionId") for paid in rows(order, "payments"))})


def read_order(payload: Mapping[str, Any]) -> Order:
    """Raises Malformed."""
    order = child(payload, "order")
    totals = child(order, "totals")
    currency = named(text(order, "currency"), "the currency")
    included = _includes_tax(totals)
    status, total = text(order, "status"), _amount(totals, "total")
    tenders = tuple(_tenders(order, total))
    customer = child(order, "customer")
    return Order(
        ref=f"{MODULE}:{key_of(payload)}",
        number=number_of(payload),
        created_at=moment(order, "createdDate"),
        updated_at=moment(order, "updatedDate", "createdDate"),
        currency=currency,
        prices_include_tax=included,
        lines=tuple(_lines(order, totals, currency_places(currency))),
        total=total,
        tax=_amount(totals, "tax"),
        gift_card_redeemed=ZERO,
        payment_status=status,
        fulfillment_status=status,
        payment_state=_state(status, tenders, total),
        tenders=tenders,
        buyer=Buyer(
            ref=text(customer, "contactId", "memberId"),
            email=text(customer, "email"),
            name=" ".join(filter(None, (text(customer, "firstName"), text(customer, "lastName")))),
            given_name=text(customer, "firstName"),
            family_name=text(customer, "lastName"),
            phone=text(customer, "phone"),
        ),
        comments=text(order, "comment"),
        filtered_by_status=False,
    )


def _amount(row: Json, key: str) -> Decimal:
    return number(row, key) or ZERO


def _off(totals: Json) -> Decimal:
    return _amount(totals, "discount") + _amount(totals, "loyaltySavings")


def _includes_tax(totals: Json) -> bool:
    """Whether the total holds without the tax: nothing says so."""
    extras = _amount(totals, "delivery") + _amount(totals, "tip")
    net = _amount(totals, "subtotal") - _off(totals) + extras
    return bool(_amount(totals, "tax")) and net == _amount(totals, "total")


def _lines(order: Json, totals: Json, places: int) -> Iterator[OrderLine]:
    dishes = _dishes(rows(order, "lineItems"), _amount(totals, "subtotal"), places)
    dishes = discounted(dishes, _off(totals), places)
    yield from taxed(dishes, "Tax", None, _amount(totals, "tax"), places)
    for ref, kind, name in (("delivery", LineKind.SHIPPING, "Delivery"), ("tip", LineKind.TIP, "Tip")):
        amount = _amount(totals, ref)
        if amount:
            yield OrderLine(ref, kind, name, Decimal(1), unit_price=amount, gross=amount)


def _dishes(items: Sequence[Json], subtotal: Decimal, places: int) -> list[OrderLine]:
    """Whether a dish's price holds that of its extras is not documented: whichever gives the subtotal."""
    plain = [_dish(place, item, ZERO, places) for place, item in enumerate(items, start=1)]
    if total_of(line.gross for line in plain) == subtotal:
        return plain
    full = [_dish(place, item, _extras(item), places) for place, item in enumerate(items, start=1)]
    return full if total_of(line.gross for line in full) == subtotal else plain


def _dish(place: int, item: Json, extras: Decimal, places: int) -> OrderLine:
    quantity, price = number(item, "quantity") or Decimal(1), _amount(item, "price") + extras
    return OrderLine(
        ref=f"item:{place}",
        kind=LineKind.PRODUCT,
        name=text(child(item, "catalogReference"), "catalogItemName") or "Dish",
        quantity=quantity,
        unit_price=price,
        gross=round_half_up(price * quantity, places),
        description=", ".join(_chosen(item)),
        module=MODULE,
    )


def _choices(item: Json) -> Iterator[Json]:
    for option in rows(item, "dishOptions"):
        yield from rows(option, "selectedChoices")


def _extras(item: Json) -> Decimal:
    return total_of(_amount(one, "price") * (number(one, "quantity") or Decimal(1)) for one in _choices(item))


def _chosen(item: Json) -> Iterator[str]:
    names = (text(child(one, "catalogReference"), "catalogItemName") for one in _choices(item))
    return (name for name in names if name)


def _tenders(order: Json, total: Decimal) -> Iterator[Tender]:
    """A gateway's payment is known by its id; cash has come in once the order was taken on."""
    done = text(order, "status") in _DONE
    for place, paid in enumerate(rows(order, "payments"), start=1):
        reference, told = text(paid, "providerTransactionId"), number(paid, "amount")
        amount = total if told is None else told
        if amount and (reference or done):
            yield Tender(
                ref=f"payment:{place}",
                method=method_of_module(text(paid, "method", "type")),
                amount=amount,
                paid_at=moment(order, "createdDate"),
                reference=reference,
            )


def _state(status: str, tenders: Sequence[Tender], total: Decimal) -> PaymentState:
    if status == "CANCELED":
        return PaymentState.CANCELLED
    received = total_of(tender.amount for tender in tenders)
    if received >= total:
        return PaymentState.PAID
    return PaymentState.PARTLY_PAID if received else PaymentState.UNPAID
