"""The old Restaurants: meals ordered outside eCommerce."""

from decimal import Decimal

from sandbox.rounding import half_up
from sandbox.wix.calls import Call, Endpoint
from sandbox.wix.errors import invalid, not_found
from sandbox.wix.store import SiteState
from sandbox.wix.values import ZERO, Json, decimal, moment, new_id, tidy, timestamp_of

READ = "RESTAURANTS.READ_ORDERS"
_MAX_LIMIT = 1000
_OPERATORS = ("gte", "lte", "gt", "lt")


def place_restaurant_order(site: SiteState, cart: Json, now: float) -> Json:
    """{"items": [{"name", "quantity", "price", "options": [{"name", "choices": [{"name", "price"}]}]}],
    "discount", "delivery", "tip", "loyalty", "tax_rate": 10, "payment": "CREDIT", "status": "NEW", "buyer", "created"}

    total = items - discount - loyalty + delivery + tax + tip
    """
    places = site.money.places

    def text(amount: Decimal) -> str:
        return f"{amount:.{places}f}"

    subtotal = sum((_item_price(item) * int(item.get("quantity", 1)) for item in cart["items"]), ZERO)
    discount, loyalty = decimal(cart.get("discount")), decimal(cart.get("loyalty"))
    delivery, tip = decimal(cart.get("delivery")), decimal(cart.get("tip"))
    tax = half_up((subtotal - discount - loyalty) * decimal(cart.get("tax_rate")) / 100, places)
    total = subtotal - discount - loyalty + delivery + tax + tip
    created, cash = cart.get("created", moment(now)), cart.get("payment") == "CASH"
    buyer = cart.get("buyer", {"first": "Ann", "last": "Hill", "email": "ann@example.com"})
    sums = {"delivery": delivery, "tax": tax, "discount": discount, "tip": tip, "loyaltySavings": loyalty}
    order = {
        "id": cart.get("id") or new_id(),
        "createdDate": created,
        "updatedDate": max(created, moment(now)),
        "status": cart.get("status", "NEW"),
        "currency": site.settings["currency"],
        "customer": {
            "firstName": buyer.get("first"),
            "lastName": buyer.get("last"),
            "email": buyer.get("email"),
            "phone": buyer.get("phone"),
            "contactId": buyer.get("contact_id"),
        },
        "lineItems": [_line(item, places) for item in cart["items"]],
        "discounts": [
            {"catalogDiscountId": new_id(), "appliedAmount": text(discount), "catalogDiscountName": "Lunch offer"}
        ]
        if discount
        else [],
        "payments": [
            {
                "type": cart.get("payment", "CREDIT"),
                "amount": text(total),
                "method": "cash" if cash else "creditCard",
                "providerTransactionId": cart.get("provider_id", None if cash else f"ch_sim_{new_id()[:8]}"),
            }
        ],
        "totals": {
            "subtotal": text(subtotal),
            "total": text(total),
            **{name: text(amount) for name, amount in sums.items() if amount},
            "quantity": sum(int(item.get("quantity", 1)) for item in cart["items"]),
        },
        "channelInfo": {"type": "WEB"},
    }
    stored = site.put("restaurant_order", order["id"], dict(tidy(order)), now)
    site.tell("restaurant_created", stored["id"], {"order": stored})
    return stored


def _item_price(item: Json) -> Decimal:
    choices = [choice for option in item.get("options", ()) for choice in option["choices"]]
    return sum((decimal(choice.get("price")) for choice in choices), decimal(item["price"]))


def _line(item: Json, places: int) -> Json:
    options = [
        {"name": option["name"], "selectedChoices": [_line({**each, "price": each.get("price", 0)}, places)]}
        for option in item.get("options", ())
        for each in option["choices"]
    ]
    return {
        "quantity": int(item.get("quantity", 1)),
        "price": f"{decimal(item['price']):.{places}f}",
        "catalogReference": {"catalogItemId": item.get("item_id") or new_id(), "catalogItemName": item["name"]},
        "dishOptions": options,
    }


def change_restaurant_order(site: SiteState, order_id: str, changes: Json, now: float) -> Json:
    """{"status": "FULFILLED"}"""
    changed = {**_found(site, order_id), **changes, "updatedDate": moment(now)}
    site.put("restaurant_order", order_id, changed, now)
    site.tell("restaurant_updated", order_id, {"order": changed})
    return changed


# -- endpoints ---------------------------------------------------------------------------------------------------


def list_orders(call: Call) -> Json:
    """No offset: whoever wants more moves the window of createdDate. FULFILLED cannot be asked for."""
    limit = int(call.query.get("limit", _MAX_LIMIT))
    if not 0 < limit <= _MAX_LIMIT:
        raise invalid("limit", f"must be at most {_MAX_LIMIT}", "MAX", threshold=_MAX_LIMIT)
    status = call.query.get("status")
    if status == "FULFILLED":
        raise invalid("status", "cannot be filtered by FULFILLED", "INVALID_ENUM_VALUE")
    rows = [
        order
        for order in call.site.rows("restaurant_order").values()
        if status in {None, order["status"]} and _within(call, timestamp_of(order["createdDate"]))
    ]
    rows.sort(key=lambda order: str(order["createdDate"]))
    return {"orders": rows[:limit]}


def _within(call: Call, created: float) -> bool:
    """createdDate=gte:2026-11-20T00:00:00Z"""
    text = call.query.get("createdDate")
    if not text:
        return True
    operator, _, date = text.partition(":")
    if operator not in _OPERATORS:
        raise invalid("createdDate", "needs an operator such as gte:", "FORMAT")
    bound = timestamp_of(date)
    verdicts = {"gte": created >= bound, "lte": created <= bound, "gt": created > bound, "lt": created < bound}
    return verdicts[operator]


def get_order(call: Call, order: str) -> Json:
    return {"order": _found(call.site, order)}


def _found(site: SiteState, order_id: str) -> Json:
    orders = site.rows("restaurant_order")
    if order_id not in orders:
        raise not_found("ORDER_NOT_FOUND", "Order not found")
    return orders[order_id]


ENDPOINTS = (
    Endpoint("GET", "/restaurants/v3/orders", READ, list_orders, "restaurants"),
    Endpoint("GET", "/restaurants/v3/orders/<order>", READ, get_order, "restaurants"),
)
