"""Plans, which Wix Pricing Plans sells through an API of its own: one sale for each cycle that was paid.

An order lasts as long as its subscription and tells only of the cycle that runs now. The list knows no dates. Cycle 0
is a free trial.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from integrations.commerce import Buyer, LineKind, Order, OrderLine, PaymentState, Refund, TaxShare, Tender
from integrations.errors import Malformed, Refused
from integrations.money import ZERO
from integrations.values import Json, child, number, rows, text
from integrations.wix import modules
from integrations.wix.client import WixClient
from integrations.wix.values import is_since, moment, named

MODULE = modules.PRICING_PLANS
APPS = (modules.PRICING_PLANS_APP,)

_LIMIT = 50
_PAID = frozenset({"PAID", "REFUNDED"})


def payloads(client: WixClient, *, created_from: datetime, changed_from: datetime | None) -> Iterator[list[Json]]:
    """Pages of the cycles that run now and began since. Whether an order's change is dated when a cycle is paid is not
    documented, so `changed_from` leaves nothing out."""
    del changed_from
    for page in client.listed("pricing-plans/v2/orders", "orders", {}, limit=_LIMIT):
        found = [_payload(order) for order in page if _cycle(order) and order.get("onEcom") is not True]
        yield [one for one in found if is_since(one, created_from, "started")]


def payload(client: WixClient, key: str) -> Json:
    """One cycle of an order by its key. Raises NotFound, and Refused for a cycle that does not run now: nothing is told
    of it any more, and what was filed stays."""
    order_id, _slash, cycle = key.partition("/")
    order = child(client.get(f"pricing-plans/v2/orders/{quote(order_id, safe='')}"), "order")
    if str(_cycle(order)) != cycle:
        raise Refused("the plan tells nothing of a cycle that is over")
    return _payload(order)


def key_of(payload: Json) -> str:
    return f"{named(text(child(payload, 'order'), 'id'), 'id')}/{text(payload, 'cycle')}"


def number_of(payload: Json) -> str:
    """What people call it."""
    return f"{text(child(payload, 'order'), 'id')[:8]}-{text(payload, 'cycle')}"


def identities(payload: Json) -> frozenset[str]:
    """What an eCommerce order of the same sale would name."""
    order = child(payload, "order")
    return frozenset({text(order, "id"), text(order, "subscriptionId"), text(order, "wixPayOrderId")})


def read_order(payload: Mapping[str, Any]) -> Order:
    """Raises Malformed."""
    order, cycle = child(payload, "order"), int(number(payload, "cycle") or 0)
    price = _price(order, cycle)
    tax, total = child(price, "tax"), number(price, "total") or ZERO
    included = tax.get("includedInPrice") is True
    status = text(order, "lastPaymentStatus")
    state = PaymentState.PAID if status in _PAID else PaymentState.UNPAID
    return Order(
        ref=f"{MODULE}:{key_of(payload)}",
        number=number_of(payload),
        created_at=moment(payload, "started"),
        updated_at=max(moment(payload, "started"), moment(order, "updatedDate", "createdDate")),
        currency=named(text(price, "currency"), "the currency"),
        prices_include_tax=included,
        lines=(_line(order, price, included=included),),
        total=total,
        tax=number(tax, "amount") or ZERO,
        gift_card_redeemed=ZERO,
        payment_status=status,
        fulfillment_status="",
        payment_state=state,
        tenders=_tenders(payload, total) if state is PaymentState.PAID and total else (),
        buyer=Buyer(ref=text(child(order, "buyer"), "contactId", "memberId")),
        refunds=_refunds(payload) if status == "REFUNDED" else (),
        filtered_by_status=False,
    )


def _payload(order: Json) -> Json:
    started = text(child(order, "currentCycle"), "startedDate") or text(order, "startDate", "createdDate")
    return {"module": MODULE, "order": order, "cycle": _cycle(order), "started": started}


def _cycle(order: Json) -> int:
    """The cycle that runs now; 0 for a free trial and where none runs."""
    return int(number(child(order, "currentCycle"), "index") or 0)


def _price(order: Json, cycle: int) -> Json:
    """What this cycle costs: prices may change after some cycles."""
    for told in rows(child(order, "pricing"), "prices"):
        duration = child(told, "duration")
        first, count = int(number(duration, "cycleFrom") or 1), number(duration, "numberOfCycles")
        if first <= cycle and (count is None or cycle < first + count):
            return child(told, "price")
    raise Malformed(f"the price of cycle {cycle} is missing")


def _line(order: Json, price: Json, *, included: bool) -> OrderLine:
    """`subtotal` is without tax: where the price holds it, only the total is what the plan costs."""
    tax, total = child(price, "tax"), number(price, "total") or ZERO
    amount, rate = number(tax, "amount") or ZERO, number(tax, "rate")
    discount = ZERO if included else number(price, "discount") or ZERO
    gross = total if included else number(price, "subtotal") or ZERO
    return OrderLine(
        ref="plan",
        kind=LineKind.PRODUCT,
        name=text(order, "planName") or "Plan",
        quantity=Decimal(1),
        unit_price=gross,
        gross=gross,
        discount=discount,
        taxes=(TaxShare(text(tax, "name") or "Tax", rate, amount),) if amount or rate is not None else (),
        module=MODULE,
    )


def _tenders(payload: Json, total: Decimal) -> tuple[Tender, ...]:
    order = child(payload, "order")
    method, reference = text(order, "type").capitalize(), text(order, "wixPayOrderId")
    return (Tender("payment", method, total, paid_at=moment(payload, "started"), reference=reference),)


def _refunds(payload: Json) -> tuple[Refund, ...]:
    """That something was given back is told, and neither how much nor when."""
    method = text(child(payload, "order"), "type").capitalize()
    return (Refund(ref="refunded", amount=None, refunded_at=None, method=method),)
