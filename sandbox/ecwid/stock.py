"""Stock: what a placed order takes, what a cancelled one puts back, and what is written directly."""

from collections.abc import Callable, Iterable

from sandbox.ecwid.catalog_seed import touched
from sandbox.ecwid.errors import ShopError, not_found
from sandbox.ecwid.store import ShopState
from sandbox.ecwid.values import Json
from sandbox.switches import Switches

Change = Callable[[Json], Json]

_FIRST_VARIATION_ID = 7001
_STOCK_FIELDS = {"quantity", "unlimited"}


def move_stock(shop: ShopState, items: Iterable[Json], direction: int, timestamp: int) -> None:
    """`direction` -1 takes the goods of the items, +1 puts them back; unknown products are left alone."""
    for item in items:
        product = shop.products.get(item.get("productId") or 0)
        if product is None:
            continue
        if product.get("compositeComponents"):
            move_stock(shop, _parts(product, item), direction, timestamp)
            continue
        delta = direction * int(item["quantity"])
        combination = item.get("combinationId")
        own = (each for each in product["combinations"] if each["id"] == combination and "sku" in each)
        variation = next(own, None)
        if (variation or product).get("unlimited"):
            continue
        if variation is not None:
            change_variation(shop, product, variation, _moved(delta), timestamp)
        else:
            shop.put_product(touched(_moved(delta)(product), timestamp), timestamp)


def _parts(bundle: Json, item: Json) -> list[Json]:
    """What a sold bundle takes from stock."""
    return [
        {**component, "quantity": component.get("quantity", 1) * int(item["quantity"])}
        for component in bundle["compositeComponents"]
    ]


def _moved(delta: int) -> Change:
    def change(stocked: Json) -> Json:
        return {**stocked, "quantity": stocked.get("quantity", 0) + delta}

    return change


def change_variation(shop: ShopState, product: Json, variation: Json, change: Change, timestamp: int) -> Json:
    """Put the product with one variation changed; its changed form is returned."""
    changed = change(variation)
    if changed.get("unlimited"):
        changed.pop("quantity", None)
    if "sku" in changed:
        changed["inStock"] = bool(changed.get("unlimited")) or changed.get("quantity", 0) > 0
    others = [changed if each["id"] == variation["id"] else each for each in product["combinations"]]
    shop.put_product(touched({**product, "combinations": others}, timestamp), timestamp)
    return changed


def find_product(shop: ShopState, text: str) -> Json:
    """Raises ShopError: 400 for what is no number, 404 for what is not there."""
    product = shop.products.get(_number(text))
    if product is None:
        raise not_found("Product", text)
    return product


def find_variation(product: Json, text: str) -> Json:
    number = _number(text)
    for variation in product["combinations"]:
        if variation["id"] == number:
            return dict(variation)
    raise not_found("Combination", text)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ShopError(400, "Wrong numeric parameter 'id' value: not a number or a number out of range")
    return int(text)


def next_variation_id(shop: ShopState) -> int:
    known = (each["id"] for product in shop.products.values() for each in product["combinations"])
    return max(known, default=_FIRST_VARIATION_ID - 1) + 1


def takes_stock_writes(shop: ShopState, product: Json, switches: Switches) -> bool:
    """Whether the stock of a product can be written. Raises ShopError where the shop refuses instead of ignoring."""
    wants = {
        "multi_location_stock_write": bool(shop.locations),
        "bundle_stock_write": bool(product.get("compositeComponents")),
    }
    ways = {switches[name] for name, concerned in wants.items() if concerned}
    if "refused" in ways:
        if shop.locations:
            raise _not_allowed("quantity")
        raise ShopError(400, "The stock of a bundle follows from its components")
    return "ignored" not in ways


def without_refused_stock(shop: ShopState, product: Json, body: Json, switches: Switches) -> Json:
    """The body of an absolute write, without the stock that the shop does not take."""
    if shop.locations and "locationInventory" in body:
        raise _not_allowed("locationInventory")
    if not _STOCK_FIELDS & body.keys() or takes_stock_writes(shop, product, switches):
        return body
    return {key: value for key, value in body.items() if key not in _STOCK_FIELDS}


def _not_allowed(name: str) -> ShopError:
    return ShopError(409, f"It is not allowed to update {name}", "NOT_ALLOWED_TO_UPDATE_PARAMETER")


def apply_delta(stocked: Json, delta: object, *, refuse_unlimited: bool) -> tuple[Json | None, Json]:
    """The changed stock (None: nothing changes) and the answer to a relative stock write.

    There is no floor. On an unlimited product nothing happens, or it is refused: which of the two is not known.
    """
    if not isinstance(delta, int) or isinstance(delta, bool):
        raise ShopError(400, "quantityDelta must be a whole number")
    if stocked.get("unlimited"):
        if refuse_unlimited:
            raise ShopError(400, "The product is not tracked")
        return None, {"updateCount": 0}
    changed = _moved(delta)(stocked)
    warning = {"warning": "Product has negative stock."} if changed["quantity"] < 0 else {}
    return changed, {"updateCount": 1, **warning}
