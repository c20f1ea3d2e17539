"""Pricing Plans: one order is many cycles, and each cycle that is paid is money."""

from decimal import Decimal
from typing import Any

from sandbox.rounding import half_up
from sandbox.wix.calls import Call, Endpoint
from sandbox.wix.errors import invalid, not_found
from sandbox.wix.store import SiteState
from sandbox.wix.values import ZERO, Json, decimal, moment, new_id, tidy

READ = "PRICING_PLANS.READ_ORDERS"
_MAX_LIMIT = 50
_EVENTS = {"CANCELED": "canceled", "ENDED": "ended", "PAUSED": "paused"}


def place_plan_order(site: SiteState, cart: Json, now: float) -> Json:
    """{"plan": id, "name", "price": 15, "discount": 2, "tax": {"included": true, "rate": 21, "name": "VAT"},
    "unit": "MONTH", "cycles": 12, "free_trial_days": 7, "first_cycles": {"price", "count"}, "once": true,
    "type": "ONLINE", "paid": true, "status", "created"}

    A free trial is cycle 0, the first paid cycle is 1. `first_cycles` cost something else than those after them.
    """
    created = cart.get("created", moment(now))
    trial, paid = "free_trial_days" in cart, bool(cart.get("paid", True))
    duration = {"count": 1, "unit": cart.get("unit", "MONTH")}
    recurrence = {"cycleDuration": duration, "cycleCount": cart.get("cycles")}
    way = {"singlePaymentForDuration": duration} if cart.get("once") else {"subscription": recurrence}
    order = {
        "id": cart.get("id") or new_id(),
        "planId": cart.get("plan") or new_id(),
        "subscriptionId": new_id(),
        "wixPayOrderId": new_id(),
        "buyer": {"memberId": new_id(), "contactId": cart.get("contact_id") or new_id()},
        "type": cart.get("type", "ONLINE"),
        "status": cart.get("status", "ACTIVE"),
        "lastPaymentStatus": "NOT_APPLICABLE" if trial else "PAID" if paid else "UNPAID",
        "startDate": created,
        "currentCycle": {"index": 0 if trial else 1, "startedDate": created},
        "freeTrialDays": cart.get("free_trial_days"),
        "pricing": {**way, "prices": _prices(site, cart)},
        "planName": cart.get("name", "Unlimited classes"),
        "planPrice": str(cart["price"]),
        "createdDate": created,
        "updatedDate": max(created, moment(now)),
    }
    stored = site.put("plan_order", order["id"], {**tidy(order), "currentCycle": order["currentCycle"]}, now)
    for name in ("created", "purchased"):
        site.tell(f"plan_{name}", stored["id"], {"order": stored})
    if not trial:
        _tell_of_cycle(site, stored, paid=paid)
    return stored


def _prices(site: SiteState, cart: Json) -> list[Json]:
    """From which cycle on what is to be paid."""
    rows: list[tuple[int, int | None, Any]] = []
    start = 1
    first = cart.get("first_cycles")
    if first:
        rows.append((start, int(first["count"]), first["price"]))
        start += int(first["count"])
    rows.append((start, cart.get("cycles"), cart["price"]))
    trial = [({"cycleFrom": 0, "numberOfCycles": 1}, _price(site, cart, ZERO))] if "free_trial_days" in cart else []
    spans = [
        ({"cycleFrom": begin, **({"numberOfCycles": count} if count else {})}, _price(site, cart, decimal(price)))
        for begin, count, price in rows
    ]
    return [{"duration": duration, "price": price} for duration, price in [*trial, *spans]]


def _price(site: SiteState, cart: Json, price: Decimal) -> Json:
    """total = subtotal - discount + tax; subtotal is without tax."""
    places = site.money.places
    discount = min(decimal(cart.get("discount")), price)
    taxed, tax = price - discount, cart.get("tax")
    rate = decimal((tax or {}).get("rate"))
    included = bool((tax or {}).get("included", False))
    amount = half_up(taxed * rate / (100 + rate if included else 100), places)
    total = taxed if included else taxed + amount
    texts = {"subtotal": total - amount + discount, "discount": discount, "total": total, "proration": ZERO}
    told = {
        "name": (tax or {}).get("name", "VAT"),
        "includedInPrice": included,
        "rate": f"{rate.normalize():f}",
        "amount": f"{amount:.{places}f}",
    }
    coupon = {"code": cart.get("code", "TRYUS"), "amount": f"{discount:.{places}f}", "id": new_id()}
    return {
        **{name: f"{value:.{places}f}" for name, value in texts.items()},
        "currency": site.settings["currency"],
        **({"tax": told} if tax else {}),
        **({"coupon": coupon} if discount else {}),
    }


def next_cycle(site: SiteState, order_id: str, asked: Json, now: float) -> Json:
    order = _found(site, order_id)
    index = order["currentCycle"]["index"] + 1
    paid = bool(asked.get("paid", True))
    changes = {
        "currentCycle": {"index": index, "startedDate": asked.get("started", moment(now))},
        "lastPaymentStatus": "PAID" if paid else "UNPAID",
        "updatedDate": moment(now),
    }
    changed = site.put("plan_order", order["id"], {**order, **changes}, now)
    _tell_of_cycle(site, changed, paid=paid)
    return changed


def _tell_of_cycle(site: SiteState, order: Json, *, paid: bool) -> None:
    site.tell("plan_cycle_started", order["id"], {"order": order, "cycleNumber": order["currentCycle"]["index"]})
    if paid and order["type"] == "OFFLINE":
        site.tell("plan_marked_as_paid", order["id"], {"order": order})
    site.tell("plan_updated", order["id"], {"order": order})


def change_plan_order(site: SiteState, order_id: str, changes: Json, now: float) -> Json:
    """{"status": "CANCELED"}, {"lastPaymentStatus": "PAID"}; an order that is over has no cycle."""
    changed = {**_found(site, order_id), **changes, "updatedDate": moment(now)}
    if changed["status"] in {"CANCELED", "ENDED"}:
        changed.pop("currentCycle", None)
        changed["endDate"] = moment(now)
    site.put("plan_order", order_id, changed, now)
    if changes.get("status") in _EVENTS:
        site.tell(f"plan_{_EVENTS[changes['status']]}", order_id, {"order": changed})
    if changes.get("lastPaymentStatus") == "PAID":
        site.tell("plan_marked_as_paid", order_id, {"order": changed})
    site.tell("plan_updated", order_id, {"order": changed})
    return changed


# -- endpoints ---------------------------------------------------------------------------------------------------


def list_orders(call: Call) -> Json:
    """The newest first; there is no filter of dates."""
    query = call.query
    limit, offset = int(query.get("limit", _MAX_LIMIT)), int(query.get("offset", 0))
    if limit > _MAX_LIMIT:
        raise invalid("limit", f"must be at most {_MAX_LIMIT}", "MAX", threshold=_MAX_LIMIT)
    fields = {"orderStatuses": "status", "paymentStatuses": "lastPaymentStatus", "planIds": "planId"}
    asked = {field: _several(call, name) for name, field in fields.items() if query.get(name)}
    rows = [
        order
        for order in call.site.rows("plan_order").values()
        if all(order[field] in wanted for field, wanted in asked.items())
    ]
    rows.sort(key=lambda order: str(order["createdDate"]), reverse=True)
    page = rows[offset : offset + limit]
    return {"orders": page, "pagingMetadata": {"count": len(page), "offset": offset, "total": len(rows)}}


def _several(call: Call, name: str) -> set[str]:
    """Repeated, or separated by commas."""
    texts = call.query.getlist(name) if hasattr(call.query, "getlist") else [call.query[name]]
    return {part for text in texts for part in str(text).split(",")}


def get_order(call: Call, order: str) -> Json:
    return {"order": _found(call.site, order)}


def _found(site: SiteState, order_id: str) -> Json:
    orders = site.rows("plan_order")
    if order_id not in orders:
        raise not_found("ORDER_NOT_FOUND", "Order not found")
    return orders[order_id]


ENDPOINTS = (
    Endpoint("GET", "/pricing-plans/v2/orders", READ, list_orders, "pricing_plans"),
    Endpoint("GET", "/pricing-plans/v2/orders/<order>", READ, get_order, "pricing_plans"),
)
