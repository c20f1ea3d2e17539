"""The endpoints of orders."""

from sandbox.ecwid.calls import Call, Endpoint
from sandbox.ecwid.errors import ShopError, not_found
from sandbox.ecwid.payload import in_dollars, order_from_cart
from sandbox.ecwid.placing import (
    check_items,
    check_statuses,
    delete_order,
    place_order,
    update_order,
    write_order,
)
from sandbox.ecwid.search import Test, deletions, matching, order_tests, page, whole_number
from sandbox.ecwid.store import StoredOrder
from sandbox.ecwid.switch_table import cart_rules
from sandbox.ecwid.values import Json, decimal, plain, timestamp_of

_DATE_LIMITS = ("createdTo", "updatedTo")
_PAGING = {"offset", "limit", "responseFields", "token"}


def find(call: Call, reference: str) -> StoredOrder:
    order = call.shop.find_order(reference)
    if order is None:
        raise not_found("Order", reference)
    return order


def list_orders(call: Call) -> Json:
    if whole_number(call.query, "offset", 0) > 0:
        _drift(call)
    found = _found(call)
    _check_offset(call)
    return page(found, call.query, refuse_over_limit=call.switches["refuse_limit_over_100"])


def _found(call: Call) -> list[Json]:
    """All matching orders, in the order of the list."""
    index = call.shop.order_index
    seen = index.at(call.search_timestamp)
    newest_first = bool(call.switches["orders_newest_first"])

    def make() -> list[Json]:
        return sorted(matching(seen.values(), _tests(call)), key=_age, reverse=newest_first)

    filters = {name: value for name, value in call.query.items() if name not in _PAGING}
    return index.listed((filters, call.switches.changed), make)


def _tests(call: Call) -> list[Test]:
    query = dict(call.query)
    tests: list[Test] = []
    if call.switches["exclusive_upper_dates"]:
        for name in _DATE_LIMITS:
            query.update({name: str(timestamp_of(query[name]) - 1)} if query.get(name) else {})
    if call.switches["ids_match_prefix"] and query.get("ids"):
        starts = tuple(query.pop("ids").split(","))
        tests.append(lambda order: str(order.get("id", "")).startswith(starts))
    return [*tests, *order_tests(query)]


def _age(order: Json) -> tuple[int, int]:
    return int(order.get("createTimestamp", 0)), int(order.get("internalId", 0))


def _check_offset(call: Call) -> None:
    largest = call.switches["max_offset"]
    if largest is not None and whole_number(call.query, "offset", 0) > largest:
        raise ShopError(400, f"Wrong numeric parameter 'offset': the maximum is {largest}")


def _drift(call: Call) -> None:
    """What happens in a busy shop while somebody turns the pages."""
    if call.switches["new_order_between_pages"]:
        product = next(iter(call.shop.products.values()))
        cart = {"lines": [{"sku": product["sku"], "quantity": 1}], "payment_method": "Credit card"}
        place_order(call.shop, order_from_cart(cart, call.shop, cart_rules(call.switches)), call.now)
    if call.switches["order_leaves_between_pages"]:
        first = next(iter(_found(call)), None)
        order = call.shop.find_order(str(first["id"])) if first else None
        if order:
            write_order(call.shop, order, {}, call.now)


def get_order(call: Call, order: str) -> Json:
    return find(call, order).payload


def list_invoices(call: Call, order: str) -> Json:
    return {"invoices": find(call, order).payload.get("invoices", [])}


def create_order(call: Call) -> Json:
    """Totals are stored as they come."""
    check_statuses(call.body)
    check_items(call.body)
    order = place_order(call.shop, {**_api_defaults(call), **call.body, **_api_shipping(call.body)}, call.now)
    return {"id": order.number, "orderId": order.payload["id"]}


def _api_defaults(call: Call) -> Json:
    """What an order made through the API shows besides what was sent."""
    total = decimal(call.body.get("total"))
    return {
        "paymentStatus": "AWAITING_PAYMENT",
        "fulfillmentStatus": "AWAITING_PROCESSING",
        "couponDiscount": 0,
        "discount": 0,
        "tax": 0,
        "giftCardRedemption": 0,
        "totalWithoutTax": plain(total - decimal(call.body.get("tax"))),
        "usdTotal": in_dollars(total),
        "handlingFee": {"name": "HandlingFeeFromApi", "value": 0, "valueWithoutTax": 0, "taxes": []},
        "taxesOnShipping": [],
        "customSurcharges": [],
        "pricesIncludeTax": call.shop.profile["taxSettings"]["pricesIncludeTax"],
        "refundedAmount": 0,
        "refunds": [],
    }


def _api_shipping(body: Json) -> Json:
    given = body.get("shippingOption")
    return {"shippingOption": {"shippingMethodId": "customShippingId", **given}} if given else {}


def put_order(call: Call, order: str) -> Json:
    update_order(call.shop, find(call, order), call.body, call.now, call.switches)
    return {"updateCount": 1}


def remove_order(call: Call, order: str) -> Json:
    found = call.shop.find_order(order)
    if found is None:
        return {"deleteCount": 0}
    delete_order(call.shop, found, call.now, restock=call.switches["restock_on_delete"])
    return {"deleteCount": 1}


def list_deleted(call: Call) -> Json:
    return deletions(call, call.shop.deleted_orders.values())


ENDPOINTS = (
    Endpoint("GET", "/orders", "read_orders", list_orders),
    Endpoint("POST", "/orders", "create_orders", create_order),
    Endpoint("GET", "/orders/deleted", "read_orders", list_deleted),
    Endpoint("GET", "/orders/<order>", "read_orders", get_order),
    Endpoint("GET", "/orders/<order>/invoices", "read_orders read_invoices", list_invoices),
    Endpoint("PUT", "/orders/<order>", "update_orders", put_order),
    Endpoint("DELETE", "/orders/<order>", "update_orders", remove_order),
)
