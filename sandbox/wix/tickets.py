"""Events: ticket orders with invoices of their own, outside eCommerce."""

from collections.abc import Callable
from decimal import Decimal

from sandbox.rounding import half_up
from sandbox.wix.calls import Call, Endpoint
from sandbox.wix.errors import invalid, not_found
from sandbox.wix.store import SiteState
from sandbox.wix.values import ZERO, Json, decimal, moment, new_id, tidy

READ = "EVENTS.READ_ORDERS"
_MAX_LIMIT = 100
_FEE_RATE = Decimal("2.5")
_DEEP = {"invoice": "INVOICE", "tickets": "TICKETS", "checkoutForm": "FORM"}


def place_event_order(site: SiteState, cart: Json, now: float) -> Json:
    """{"event": id, "tickets": [{"name", "quantity", "price"}], "discount": 5,
    "tax": {"type": "ADDED" | "INCLUDED", "rate": 20, "name": "VAT"}, "fee": "FEE_ADDED" | "FEE_INCLUDED",
    "status": "PAID", "method", "buyer": {...}, "gift_card": 10, "number", "created"}
    """
    writer = _Writer(site.settings["currency"], site.money.places)
    invoice = writer.invoice(cart)
    created = cart.get("created", moment(now))
    buyer = cart.get("buyer", {"first": "Ann", "last": "Hill", "email": "ann@example.com"})
    status = cart.get("status", "PAID")
    order = {
        "orderNumber": cart.get("number") or f"{len(site.rows('event_order')) + 1:04d}-{new_id()[:4].upper()}",
        "reservationId": new_id(),
        "eventId": cart.get("event") or new_id(),
        "contactId": buyer.get("contact_id") or new_id(),
        "created": created,
        "updated": max(created, moment(now)),
        "confirmed": status in {"PAID", "FREE", "PARTIALLY_PAID", "OFFLINE_PENDING"},
        "status": status,
        "method": cart.get("method", "creditCard"),
        "firstName": buyer.get("first"),
        "lastName": buyer.get("last"),
        "fullName": f"{buyer.get('first', '')} {buyer.get('last', '')}".strip(),
        "email": buyer.get("email"),
        "ticketsQuantity": sum(int(row.get("quantity", 1)) for row in cart["tickets"]),
        "totalPrice": invoice["grandTotal"],
        "invoice": invoice,
        "giftCardPaymentDetails": [{"amount": writer.money(decimal(cart["gift_card"]))}] if "gift_card" in cart else [],
        "paymentDetails": {"transaction": {"transactionId": new_id(), "method": cart.get("method", "creditCard")}},
        "channel": "ONLINE",
        "archived": False,
    }
    stored = site.put("event_order", order["orderNumber"], dict(tidy(order)), now)
    site.tell(
        "tickets_confirmed" if stored.get("confirmed") else "tickets_updated", stored["orderNumber"], _told(stored)
    )
    return stored


def change_event_order(site: SiteState, number: str, changes: Json, now: float) -> Json:
    """{"status": "PAID"}"""
    changed = {**site.rows("event_order")[number], **changes, "updated": moment(now)}
    site.put("event_order", number, changed, now)
    site.tell("tickets_updated", number, _told(changed))
    return changed


def _told(order: Json) -> Json:
    return {name: order[name] for name in ("eventId", "orderNumber", "status")}


class _Writer:
    """grandTotal = items - discount + added tax + added fees"""

    def __init__(self, currency: str, places: int) -> None:
        self.currency, self.places = currency, places

    def money(self, amount: Decimal) -> Json:
        text = f"{amount:.{self.places}f}"
        return {"amount": text, "currency": self.currency, "value": text}

    def invoice(self, cart: Json) -> Json:
        rows = [(row, decimal(row["price"]) * int(row.get("quantity", 1))) for row in cart["tickets"]]
        subtotal = sum((amount for _, amount in rows), ZERO)
        discount = decimal(cart.get("discount"))
        tax, added_tax = self._tax(cart.get("tax"), subtotal - discount)
        fee = half_up((subtotal - discount) * _FEE_RATE / 100, self.places) if cart.get("fee") else ZERO
        added_fee = fee if cart.get("fee") == "FEE_ADDED" else ZERO
        total = subtotal - discount + added_tax + added_fee
        fees = [{"name": "WIX_FEE", "type": cart.get("fee"), "rate": str(_FEE_RATE), "amount": self.money(fee)}]
        off = {
            "amount": self.money(discount),
            "afterDiscount": self.money(subtotal - discount),
            "code": cart.get("code", "EARLY"),
            "name": "Early bird",
        }
        return {
            "items": [
                {
                    "id": new_id(),
                    "quantity": int(row.get("quantity", 1)),
                    "name": row["name"],
                    "price": self.money(decimal(row["price"])),
                    "total": self.money(amount),
                }
                for row, amount in rows
            ],
            "total": self.money(total),
            "discount": off if discount else None,
            "tax": tax,
            "subTotal": self.money(subtotal),
            "grandTotal": self.money(total),
            "fees": fees if fee else [],
            "revenue": self.money(total - fee),
        }

    def _tax(self, given: Json | None, taxable: Decimal) -> tuple[Json | None, Decimal]:
        """The tax, and what it adds to the total."""
        if not given:
            return None, ZERO
        rate, added = decimal(given["rate"]), given.get("type", "ADDED") != "INCLUDED"
        amount = half_up(taxable * rate / (100 if added else 100 + rate), self.places)
        tax = {
            "type": given.get("type", "ADDED"),
            "name": given.get("name", "VAT"),
            "rate": f"{rate.normalize():f}",
            "taxable": self.money(taxable if added else taxable - amount),
            "amount": self.money(amount),
        }
        return tax, amount if added else ZERO


# -- endpoints ---------------------------------------------------------------------------------------------------


def list_orders(call: Call) -> Json:
    query = call.query
    limit, offset = _number(call, "limit", _MAX_LIMIT), _number(call, "offset", 0)
    if limit > _MAX_LIMIT:
        raise invalid("limit", f"must be at most {_MAX_LIMIT}", "MAX", threshold=_MAX_LIMIT)
    tests: dict[str, Callable[[Json, str], bool]] = {
        "status": lambda order, text: order["status"] == text,
        "eventId": lambda order, text: order["eventId"] == text,
        "orderNumber": lambda order, text: order["orderNumber"] == text,
    }
    asked = {name: query[name] for name in tests if query.get(name)}
    rows = [
        order
        for order in call.site.rows("event_order").values()
        if all(tests[name](order, text) for name, text in asked.items())
    ]
    field, _, way = query.get("sort", "created:asc").partition(":")
    rows.sort(key=lambda order: str(order.get(field, "")), reverse=way == "desc")
    page = [_shown(call, order) for order in rows[offset : offset + limit]]
    return {"total": len(rows), "limit": limit, "offset": offset, "orders": page}


def get_order(call: Call, event: str, number: str) -> Json:
    order = call.site.rows("event_order").get(number)
    if order is None or order["eventId"] != event:
        raise not_found("ORDER_NOT_FOUND", "Order not found")
    return {"order": _shown(call, order)}


def _shown(call: Call, order: Json) -> Json:
    """Invoice and tickets come only when they are asked for."""
    asked = set(call.query.getlist("fieldset")) if hasattr(call.query, "getlist") else set()
    return {name: value for name, value in order.items() if name not in _DEEP or _DEEP[name] in asked}


def _number(call: Call, name: str, default: int) -> int:
    text = str(call.query.get(name, default))
    if not text.isdigit():
        raise invalid(name, "must be a number of at least 0", "FORMAT")
    return int(text)


ENDPOINTS = (
    Endpoint("GET", "/events/v1/orders", READ, list_orders, "events"),
    Endpoint("GET", "/events/v1/events/<event>/orders/<number>", READ, get_order, "events"),
)
