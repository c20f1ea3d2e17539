"""Stock: what a placed order takes, what a cancelled one puts back, and what is written directly."""

from collections.abc import Callable, Iterable

from sandbox.ecwid.catalog_seed import touched
from sandbox.ecwid.errors import ShopError, not_found
from sandbox.ecwid.store import ShopState
from sandbox.ecwid.values import Json

Change = Callable[[Json], Json]


def move_stock(shop: ShopState, items: Iterable[Json], direction: int, timestamp: int) -> None:
    """`direction` -1 takes the goods of the items, +1 puts them back; unknown products are left alone."""
    for item in items:
        product = shop.products.get(item.get("productId") or 0)
        if product is None:
            continue
        delta = direction * int(item["quantity"])
        combination = item.get("combinationId")
        variation = next((each for each in product["combinations"] if each["id"] == combination), None)
        if variation is not None and "sku" in variation:
            change_variation(shop, product, variation, _moved(delta), timestamp)
        else:
            shop.put_product(touched(_moved(delta)(product), timestamp), timestamp)


def _moved(delta: int) -> Change:
    def change(stocked: Json) -> Json:
        if stocked.get("unlimited"):
            return stocked
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
