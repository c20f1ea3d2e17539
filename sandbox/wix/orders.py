"""The endpoints of orders, their shipments and tips."""

from typing import Any

from sandbox.wix.calls import Call, Endpoint
from sandbox.wix.errors import invalid, not_found, refused
from sandbox.wix.query import Dialect, Test
from sandbox.wix.values import Json, decimal, moment

READ, MANAGE = "ECOM.READ_ORDERS", "ECOM.MANAGE_ORDERS"
_SEARCH = Dialect("orders", wrapper="search", unknown="{field} is not {use}")
_HIDDEN = frozenset({"PENDING", "REJECTED"})
_CHANGEABLE = {
    "buyerInfo",
    "billingInfo",
    "recipientInfo",
    "shippingInfo",
    "archived",
    "seenByAHuman",
    "weightUnit",
    "buyerLanguage",
}
_MOST_IDS = 100


def search_orders(call: Call) -> Json:
    page = _SEARCH.page(call.searched("order"), call.wrapped("search"), hidden=_unfinished)
    return {"orders": page.items, call.switches["paging_block"]: page.metadata()}


def _unfinished(wanted: Json) -> Test:
    """INITIALIZED orders are never found, PENDING and REJECTED ones only by a filter that names them."""
    named = _named_statuses(wanted)

    def test(order: Json) -> bool:
        status = order["status"]
        return status != "INITIALIZED" and (status not in _HIDDEN or status in named)

    return test


def _named_statuses(wanted: Any) -> set[str]:
    if isinstance(wanted, list):
        return {status for part in wanted for status in _named_statuses(part)}
    if not isinstance(wanted, dict):
        return set()
    named = {status for name in ("$and", "$or", "$not") for status in _named_statuses(wanted.get(name))}
    condition = wanted.get("status", {})
    given = condition if isinstance(condition, dict) else {"$eq": condition}
    return named | {status for operator in ("$eq", "$in") for status in _as_list(given.get(operator))}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def get_order(call: Call, order: str) -> Json:
    return {"order": found(call, order)}


def found(call: Call, order_id: Any) -> Json:
    orders = call.site.rows("order")
    if order_id not in orders:
        raise not_found("ORDER_NOT_FOUND", "Order not found")
    return orders[order_id]


def create_order(call: Call) -> Json:
    """For tests: what a cart is made of is taken from the order; everything else is computed anew."""
    given = call.body.get("order") or {}
    lines = [
        {
            "name": line["productName"]["original"],
            "price": decimal(line.get("price")),
            "quantity": line.get("quantity", 1),
            "tax": "none",
        }
        for line in given.get("lineItems", ())
    ]
    if not lines:
        raise invalid("order.lineItems", "must not be empty", "MIN_SIZE", threshold=1)
    purchased = given.get("purchasedDate")
    desk = call.desk
    if purchased and purchased > moment(call.timestamp):
        raise refused(400, "PURCHASED_DATE_CANNOT_BE_IN_FUTURE")
    cart = {"lines": lines, "paid": False, "channel": (given.get("channelInfo") or {}).get("type", "WEB")}
    return {"order": desk.place({**cart, **({"purchased": purchased} if purchased else {})})}


def update_order(call: Call, order: str) -> Json:
    old = found(call, order)
    if old["status"] in _HIDDEN:
        raise refused(400, f"ORDER_IS_{old['status']}")
    given = call.body.get("order") or {}
    changes = {name: given[name] for name in _CHANGEABLE & given.keys()}
    for name in ("buyerInfo", "billingInfo", "recipientInfo", "shippingInfo"):
        if name in changes:
            changes[name] = {**old.get(name, {}), **changes[name]}
    return {"order": call.desk.change(old, changes)}


def cancel_order(call: Call, order: str) -> Json:
    return {"order": call.desk.cancel(found(call, order), call.body)}


def list_fulfillments(call: Call, order: str) -> Json:
    return {"orderWithFulfillments": _shipments(call, order)}


def list_fulfillments_of(call: Call) -> Json:
    return {"ordersWithFulfillments": [_shipments(call, order_id) for order_id in order_ids(call)]}


def order_ids(call: Call) -> list[str]:
    """The ids that a bulk read asks for. Raises WixError for none or too many."""
    ids = call.body.get("orderIds") or []
    if not ids:
        raise invalid("orderIds", "must have at least 1 element", "MIN_SIZE", threshold=1)
    if len(ids) > _MOST_IDS:
        raise invalid("orderIds", f"must have at most {_MOST_IDS} elements", "MAX_SIZE", threshold=_MOST_IDS)
    return list(ids)


def _shipments(call: Call, order_id: str) -> Json:
    empty: Json = {"orderId": order_id, "fulfillments": []}
    return call.site.rows("fulfillments").get(order_id, empty)


def get_tip(call: Call, order: str) -> Json:
    tip = call.site.rows("tip").get(order)
    if tip is None:
        raise not_found("TIP_NOT_FOUND", "The order has no tip")
    return {"tip": tip}


_ORDERS = "/ecom/v1/orders"
ENDPOINTS = (
    Endpoint("POST", f"{_ORDERS}/search", READ, search_orders),
    Endpoint("POST", _ORDERS, MANAGE, create_order),
    Endpoint("GET", f"{_ORDERS}/<order>", READ, get_order),
    Endpoint("PATCH", f"{_ORDERS}/<order>", MANAGE, update_order),
    Endpoint("POST", f"{_ORDERS}/<order>/cancel", MANAGE, cancel_order),
    Endpoint("GET", "/ecom/v1/fulfillments/orders/<order>", READ, list_fulfillments),
    Endpoint("POST", "/ecom/v1/fulfillments/list-by-ids", READ, list_fulfillments_of),
    Endpoint("GET", "/tips/v1/tips/order/<order>", "TIPS.READ", get_tip),
)
