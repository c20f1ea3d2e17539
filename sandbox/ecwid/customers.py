"""The shop's customers: people with a record, which placed orders keep up to date. Guests have none."""

from collections.abc import Callable

from sandbox.ecwid.calls import Call, Endpoint
from sandbox.ecwid.errors import ShopError, not_found
from sandbox.ecwid.search import (
    Query,
    Test,
    amount_bound,
    deletions,
    equals,
    flag,
    matching,
    page,
    time_bound,
)
from sandbox.ecwid.store import ShopState
from sandbox.ecwid.values import Json, date_text, decimal, plain

_FIRST_ID = 3301
_READ_ONLY = {"id", "registered", "registeredTimestamp", "updated", "updatedTimestamp", "totalOrderCount", "stats"}


def note_buyer(shop: ShopState, order: Json, now: int, *, counts: bool) -> None:
    """The order's customer, if it names one, as of this order; `counts` tells whether it was paid."""
    number = order.get("customerId") or 0
    if not number:
        return
    known = shop.customers.get(number)
    person = order.get("billingPerson") or {}
    fields = {
        "email": order.get("email", ""),
        "name": person.get("name", ""),
        **({"billingPerson": person} if person else {}),
    }
    customer = {**known, **fields} if known else new_customer(fields, number, now)
    if counts:
        customer = _with_order(customer, order)
    shop.put_customer(_touched(customer, now))


def new_customer(given: Json, number: int, now: int) -> Json:
    email = given.get("email", "")
    return {
        "name": "",
        "customerGroupId": 0,
        "customerGroupName": "General",
        "taxExempt": False,
        "taxId": "",
        "taxIdValid": False,
        "b2b_b2c": "b2c",
        "acceptMarketing": False,
        "lang": "en",
        "contacts": [{"type": "EMAIL", "contact": email, "default": True}] if email else [],
        "shippingAddresses": [],
        "totalOrderCount": 0,
        "stats": {"numberOfOrders": 0, "salesValue": 0},
        **given,
        "id": number,
        "registered": date_text(now),
        "registeredTimestamp": now,
    }


def _with_order(customer: Json, order: Json) -> Json:
    number = customer["totalOrderCount"] + 1
    value = plain(decimal(customer["stats"]["salesValue"]) + decimal(order.get("total")))
    return {**customer, "totalOrderCount": number, "stats": {"numberOfOrders": number, "salesValue": value}}


def _touched(customer: Json, now: int) -> Json:
    """First and last name appear only in names of two words or more."""
    named = {key: value for key, value in customer.items() if key not in {"firstName", "lastName"}}
    first, _, last = str(customer["name"]).partition(" ")
    names = {"firstName": first, "lastName": last} if last else {}
    return {**named, **names, "updated": date_text(now), "updatedTimestamp": now}


# -- endpoints ---------------------------------------------------------------------------------------------------


def list_customers(call: Call) -> Json:
    everybody = list(call.shop.customers.values())
    found = _sorted(matching(everybody, _tests(call.query)), call.query)
    listed = page(found, call.query, refuse_over_limit=call.switches["refuse_limit_over_100"])
    return {**listed, "allCustomerCount": len(everybody)}


def _tests(query: Query) -> list[Test]:
    tests = [make(query[name]) for name, make in _PARAMETERS.items() if query.get(name)]
    if query.get("email") and query.get("useExactEmailMatch") == "true":
        tests.append(equals("email")(query["email"]))
    return tests


def _contains(*fields: str) -> Callable[[str], Test]:
    def make(text: str) -> Test:
        needle = text.lower()
        return lambda customer: any(needle in str(customer.get(field, "")).lower() for field in fields)

    return make


_PARAMETERS: dict[str, Callable[[str], Test]] = {
    "keyword": _contains("id", "name", "email"),
    "name": _contains("name"),
    "email": _contains("email"),
    "taxExempt": flag("taxExempt"),
    "acceptMarketing": flag("acceptMarketing"),
    "b2b_b2c": equals("b2b_b2c"),
    "minOrderCount": amount_bound("totalOrderCount", upper=False),
    "maxOrderCount": amount_bound("totalOrderCount", upper=True),
    "createdFrom": time_bound("registeredTimestamp", upper=False),
    "createdTo": time_bound("registeredTimestamp", upper=True),
    "updatedFrom": time_bound("updatedTimestamp", upper=False),
    "updatedTo": time_bound("updatedTimestamp", upper=True),
}

_SORTS: dict[str, Callable[[Json], str | int]] = {
    "NAME": lambda customer: str(customer["name"]).casefold(),
    "EMAIL": lambda customer: str(customer["email"]).casefold(),
    "ORDER_COUNT": lambda customer: int(customer["totalOrderCount"]),
    "REGISTERED_DATE": lambda customer: int(customer["registeredTimestamp"]),
    "UPDATED_DATE": lambda customer: int(customer["updatedTimestamp"]),
}


def _sorted(found: list[Json], query: Query) -> list[Json]:
    """Those who came first come first, unless `sortBy` says otherwise."""
    wanted = query.get("sortBy")
    if not wanted:
        return found
    field, _, direction = wanted.rpartition("_")
    if field not in _SORTS or direction not in {"ASC", "DESC"}:
        raise ShopError(400, f"Unknown sortBy {wanted}")
    return sorted(found, key=_SORTS[field], reverse=direction == "DESC")


def find(call: Call, text: str) -> Json:
    number = int(text) if text.isascii() and text.isdigit() else None
    customer = call.shop.customers.get(number) if number is not None else None
    if customer is None:
        raise not_found("Customer", text)
    return customer


def get_customer(call: Call, customer: str) -> Json:
    return find(call, customer)


def create_customer(call: Call) -> Json:
    """One record for an e-mail address."""
    email = call.body.get("email", "")
    if not email:
        raise ShopError(400, "Field email is absent")
    if any(known["email"].lower() == email.lower() for known in call.shop.customers.values()):
        raise ShopError(409, f"There is a customer {email}")
    number = max((*call.shop.customers, *call.shop.deleted_customers), default=_FIRST_ID - 1) + 1
    given = {key: value for key, value in call.body.items() if key not in _READ_ONLY}
    call.shop.put_customer(_touched(new_customer(given, number, call.now), call.now))
    return {"id": number}


def put_customer(call: Call, customer: str) -> Json:
    changes = {key: value for key, value in call.body.items() if key not in _READ_ONLY}
    call.shop.put_customer(_touched({**find(call, customer), **changes}, call.now))
    return {"updateCount": 1}


def remove_customer(call: Call, customer: str) -> Json:
    gone = find(call, customer)
    call.shop.remove_customer(gone, {"id": gone["id"], "date": date_text(call.now)})
    return {"deleteCount": 1}


def list_deleted(call: Call) -> Json:
    return deletions(call, call.shop.deleted_customers.values())


_READ, _WRITE = "read_customers", "read_customers update_customers"

ENDPOINTS = (
    Endpoint("GET", "/customers", _READ, list_customers),
    Endpoint("POST", "/customers", "create_customers", create_customer),
    Endpoint("GET", "/customers/deleted", _READ, list_deleted),
    Endpoint("GET", "/customers/<customer>", _READ, get_customer),
    Endpoint("PUT", "/customers/<customer>", _WRITE, put_customer),
    Endpoint("DELETE", "/customers/<customer>", _WRITE, remove_customer),
)
