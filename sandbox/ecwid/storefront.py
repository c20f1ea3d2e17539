"""The endpoints of the shop itself: profile, payment options, order statuses, what a token may do."""

from typing import Any

from sandbox.ecwid.calls import Call, Endpoint
from sandbox.ecwid.values import Json, date_text

_PROFILE = "read_store_profile"


def get_profile(call: Call) -> Json:
    return call.shop.profile


def list_payment_options(call: Call) -> Any:
    return call.shop.profile["payment"]["paymentOptions"]


def list_shipping_options(call: Call) -> Any:
    return call.shop.profile["shipping"]["shippingOptions"]


def list_order_statuses(call: Call) -> Json:
    return {"items": call.shop.statuses}


def get_latest_stats(call: Call) -> Json:
    """When each kind of object last changed."""
    shop = call.shop
    orders = [int(order.payload.get("updateTimestamp", 0)) for order in shop.orders.values()]
    customers = [int(customer["updatedTimestamp"]) for customer in shop.customers.values()]
    products = [int(product["updateTimestamp"]) for product in shop.products.values()]
    return {
        "customersUpdated": date_text(max(customers, default=0)),
        "ordersUpdated": date_text(max(orders, default=0)),
        "productsUpdated": date_text(max(products, default=0)),
    }


def get_token(call: Call) -> Json:
    return {"permissions": call.shop.tokens[call.token]}


ENDPOINTS = (
    Endpoint("GET", "/profile", _PROFILE, get_profile),
    Endpoint("GET", "/profile/paymentOptions", f"{_PROFILE} add_payment_method", list_payment_options),
    Endpoint("GET", "/profile/shippingOptions", _PROFILE, list_shipping_options),
    Endpoint("GET", "/profile/order_statuses", _PROFILE, list_order_statuses),
    Endpoint("GET", "/latest-stats", _PROFILE, get_latest_stats),
    Endpoint("GET", "/application/token", "", get_token),
)
