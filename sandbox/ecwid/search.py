"""Lists: which objects match a query, in which order, which page of them, and which of their fields."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sandbox.ecwid.calls import Call
from sandbox.ecwid.errors import ShopError
from sandbox.ecwid.profile import FULFILLMENT_STATUSES, PAYMENT_STATUSES
from sandbox.ecwid.values import Json, decimal, timestamp_of

Query = Mapping[str, str]
Test = Callable[[Json], bool]

MAX_LIMIT = 100
_TRUTHS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


# -- pages -------------------------------------------------------------------------------------------------------


def page(found: Sequence[Json], query: Query, *, refuse_over_limit: bool, default_limit: int = MAX_LIMIT) -> Json:
    """The envelope of a list. A limit over 100 is cut to 100, or refused: which of the two is not known."""
    offset = whole_number(query, "offset", 0)
    limit = whole_number(query, "limit", default_limit, least=1)
    if limit > MAX_LIMIT and refuse_over_limit:
        raise ShopError(400, "Wrong parameter 'limit': the maximum is 100")
    limit = min(limit, MAX_LIMIT)
    items = list(found[offset : offset + limit])
    return {"total": len(found), "count": len(items), "offset": offset, "limit": limit, "items": items}


def deletions(call: Call, tombstones: Iterable[Json]) -> Json:
    """The list of what was deleted between `from_date` and `to_date`; ten unless asked for more."""
    after, before = (timestamp_of(call.query.get(name) or bound) for name, bound in _DELETED_BOUNDS.items())
    gone = [entry for entry in tombstones if after <= timestamp_of(str(entry["date"])) <= before]
    return page(gone, call.query, refuse_over_limit=call.switches["refuse_limit_over_100"], default_limit=10)


_DELETED_BOUNDS = {"from_date": "0", "to_date": "99999999999"}


def whole_number(query: Query, name: str, default: int, *, least: int = 0) -> int:
    text = query.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise ShopError(400, f"Wrong numeric parameter '{name}' value: not a number or a number out of range")
    return int(text)


def truth(text: str, name: str) -> bool:
    if text.lower() not in _TRUTHS:
        raise ShopError(400, f"Wrong boolean parameter '{name}' value")
    return _TRUTHS[text.lower()]


# -- responseFields ----------------------------------------------------------------------------------------------


def trimmed(value: Any, wanted: str | None) -> Any:
    """`value` with only the wanted fields, written like `total,items(id,items(sku))`; unknown names do nothing."""
    return _trim(value, _parse_fields(wanted)) if wanted else value


def _parse_fields(text: str) -> Json:
    """{"total": {}, "items": {"id": {}, ...}}; {} stands for "with everything in it"."""
    tree: Json = {}
    stack, name = [tree], ""
    for sign in f"{text},":
        if sign not in "(),":
            name += sign.strip()
            continue
        branch: Json = stack[-1].setdefault(name, {}) if name else {}
        name = ""
        if sign == "(":
            stack.append(branch)
        elif sign == ")" and len(stack) > 1:
            stack.pop()
    return tree


def _trim(value: Any, wanted: Json) -> Any:
    if not wanted:
        return value
    if isinstance(value, list):
        return [_trim(each, wanted) for each in value]
    if isinstance(value, dict):
        return {key: _trim(part, wanted[key]) for key, part in value.items() if key in wanted}
    return value


# -- orders ------------------------------------------------------------------------------------------------------


def order_tests(query: Query) -> list[Test]:
    """One test per understood parameter; unknown parameters are ignored. Raises ShopError for bad values."""
    tests = [make(query[name]) for name, make in _ORDER_PARAMETERS.items() if query.get(name)]
    if not query.get("paymentStatus"):
        tests.append(lambda order: order.get("paymentStatus") != "INCOMPLETE")
    return tests


def matching(objects: Iterable[Json], tests: Sequence[Test]) -> list[Json]:
    return [each for each in objects if all(test(each) for test in tests)]


def time_bound(field: str, *, upper: bool) -> Callable[[str], Test]:
    """Both bounds are inclusive."""

    def make(text: str) -> Test:
        try:
            bound = timestamp_of(text)
        except ValueError as error:
            raise ShopError(400, str(error)) from None
        if upper:
            return lambda each: int(each.get(field, 0)) <= bound
        return lambda each: int(each.get(field, 0)) >= bound

    return make


def amount_bound(field: str, *, upper: bool) -> Callable[[str], Test]:
    def make(text: str) -> Test:
        try:
            bound = decimal(text)
        except ValueError as error:
            raise ShopError(400, str(error)) from None
        if upper:
            return lambda each: Decimal(each.get(field) or 0) <= bound
        return lambda each: Decimal(each.get(field) or 0) >= bound

    return make


def _status_in(field: str, known: Mapping[str, str]) -> Callable[[str], Test]:
    def make(text: str) -> Test:
        wanted = {part.strip() for part in text.split(",")}
        unknown = wanted - set(known)
        if unknown:
            raise ShopError(400, f"Unknown {field}: {', '.join(sorted(unknown))}")
        return lambda each: each.get(field) in wanted

    return make


def equals(field: str) -> Callable[[str], Test]:
    return lambda text: lambda each: str(each.get(field, "")).lower() == text.lower()


def _ids(text: str) -> Test:
    wanted = {part.strip() for part in text.split(",")}
    return lambda order: order.get("id") in wanted or str(order.get("internalId")) in wanted


def _has_product(text: str) -> Test:
    wanted = {part.strip() for part in text.split(",")}
    return lambda order: any(str(item.get("productId")) in wanted for item in order.get("items") or ())


def _shipped_by(text: str) -> Test:
    return lambda order: (order.get("shippingOption") or {}).get("shippingMethodName") == text


def _with_coupon(text: str) -> Test:
    return lambda order: (order.get("discountCoupon") or {}).get("code") == text


def _order_keywords(text: str) -> Test:
    needle = text.lower()
    return lambda order: any(needle in word for word in _order_words(order))


def _order_words(order: Json) -> Iterable[str]:
    for field in ("id", "internalId", "email", "externalTransactionId", "trackingNumber", "privateAdminNotes"):
        yield str(order.get(field) or "").lower()
    yield str((order.get("billingPerson") or {}).get("name", "")).lower()
    for item in order.get("items") or ():
        yield f"{item.get('sku', '')} {item.get('name', '')}".lower()


_ORDER_PARAMETERS: dict[str, Callable[[str], Test]] = {
    "ids": _ids,
    "orderNumber": _ids,
    "vendorOrderNumber": _ids,
    "keywords": _order_keywords,
    "email": equals("email"),
    "customerId": equals("customerId"),
    "productId": _has_product,
    "totalFrom": amount_bound("total", upper=False),
    "totalTo": amount_bound("total", upper=True),
    "createdFrom": time_bound("createTimestamp", upper=False),
    "createdTo": time_bound("createTimestamp", upper=True),
    "updatedFrom": time_bound("updateTimestamp", upper=False),
    "updatedTo": time_bound("updateTimestamp", upper=True),
    "shippingMethod": _shipped_by,
    "paymentMethod": equals("paymentMethod"),
    "paymentModule": equals("paymentModule"),
    "paymentStatus": _status_in("paymentStatus", PAYMENT_STATUSES),
    "fulfillmentStatus": _status_in("fulfillmentStatus", FULFILLMENT_STATUSES),
    "couponCode": _with_coupon,
}


# -- products ----------------------------------------------------------------------------------------------------


def product_tests(query: Query) -> list[Test]:
    """`productId` overrides all others, `sku` all others but that one."""
    for name in ("productId", "sku"):
        if query.get(name):
            return [_PRODUCT_PARAMETERS[name](query[name])]
    return [make(query[name]) for name, make in _PRODUCT_PARAMETERS.items() if query.get(name)]


def _product_ids(text: str) -> Test:
    wanted = {part.strip() for part in text.split(",")}
    return lambda product: str(product["id"]) in wanted


def _has_sku(text: str) -> Test:
    return lambda product: text in _skus(product)


def _skus(product: Json) -> list[str]:
    return [product["sku"], *(each["sku"] for each in product["combinations"] if "sku" in each)]


def _product_keyword(text: str) -> Test:
    needle = text.lower().rstrip("*")
    return lambda product: any(needle in word.lower() for word in (product.get("name", ""), *_skus(product)))


def flag(field: str) -> Callable[[str], Test]:
    def make(text: str) -> Test:
        wanted = truth(text, field)
        return lambda product: bool(product.get(field)) is wanted

    return make


_PRODUCT_PARAMETERS: dict[str, Callable[[str], Test]] = {
    "productId": _product_ids,
    "sku": _has_sku,
    "keyword": _product_keyword,
    "enabled": flag("enabled"),
    "inStock": flag("inStock"),
    "isGiftCard": flag("isGiftCard"),
    "priceFrom": amount_bound("price", upper=False),
    "priceTo": amount_bound("price", upper=True),
    "createdFrom": time_bound("createTimestamp", upper=False),
    "createdTo": time_bound("createTimestamp", upper=True),
    "updatedFrom": time_bound("updateTimestamp", upper=False),
    "updatedTo": time_bound("updateTimestamp", upper=True),
}

_PRODUCT_SORTS: dict[str, tuple[str, bool]] = {
    "ADDED_TIME_ASC": ("createTimestamp", False),
    "ADDED_TIME_DESC": ("createTimestamp", True),
    "NAME_ASC": ("name", False),
    "NAME_DESC": ("name", True),
    "PRICE_ASC": ("price", False),
    "PRICE_DESC": ("price", True),
    "UPDATED_TIME_ASC": ("updateTimestamp", False),
    "UPDATED_TIME_DESC": ("updateTimestamp", True),
}


def sorted_products(found: list[Json], query: Query) -> list[Json]:
    """The merchant's order (that of creation) unless `sortBy` says otherwise."""
    wanted = query.get("sortBy", "DEFINED_BY_STORE_OWNER")
    if wanted in {"DEFINED_BY_STORE_OWNER", "RELEVANCE"}:
        return sorted(found, key=lambda product: int(product["id"]))
    if wanted not in _PRODUCT_SORTS:
        raise ShopError(400, f"Unknown sortBy {wanted}")
    field, descending = _PRODUCT_SORTS[wanted]
    return sorted(found, key=lambda product: product[field], reverse=descending)
