"""The lines of an Ecwid order before discounts and taxes are laid on them.

Ecwid keeps what is sold in `items` and the rest in three other places; here all of it becomes lines with these refs:

    item:<id>         a product, or a gift card that was sold
    shipping          shippingOption.shippingRate; where it is cut for its taxes, also shipping:2 and so on
    handling          handlingFee.value; likewise
    surcharge:<id>    one of customSurcharges; the id "tips" is a tip, any other a fee
"""

from collections.abc import Iterator
from decimal import Decimal

from integrations.commerce import LineKind, OrderLine
from integrations.ecwid.values import amount, reference, without_noise
from integrations.money import round_half_up
from integrations.values import Json, child, number, required_number, rows, text

SHIPPING = "shipping"
HANDLING = "handling"


def keyed(kind: str, found: list[Json]) -> Iterator[tuple[str, Json]]:
    """The rows under unique refs, `<kind>:<id>`; a missing or repeated id is told apart by its place in the list."""
    seen: set[str] = set()
    for place, row in enumerate(found, start=1):
        name = reference(row, "id")
        ref = f"{kind}:{name}" if name else f"{kind}:#{place}"
        if ref in seen:
            ref = f"{ref}#{place}"
        seen.add(ref)
        yield ref, row


def items_of(order: Json) -> list[tuple[str, Json]]:
    return list(keyed("item", rows(order, "items")))


def surcharges_of(order: Json) -> list[tuple[str, Json]]:
    return list(keyed("surcharge", rows(order, "customSurcharges")))


def lines_of(order: Json, places: int) -> list[OrderLine]:
    """Every line with its amount before discounts and without taxes. Raises Malformed."""
    return [
        *(_item(ref, row, places) for ref, row in items_of(order)),
        _shipping(child(order, "shippingOption"), places),
        _handling(child(order, "handlingFee"), places),
        *(_surcharge(ref, row, places) for ref, row in surcharges_of(order)),
    ]


def _item(ref: str, row: Json, places: int) -> OrderLine:
    price = without_noise(required_number(row, "price"), places)
    quantity = required_number(row, "quantity")
    return OrderLine(
        ref=ref,
        kind=LineKind.GIFT_CARD if _is_gift_card(row) else LineKind.PRODUCT,
        name=text(row, "name", "sku"),
        quantity=quantity,
        unit_price=price,
        gross=round_half_up(price * quantity, places),
        sku=text(row, "sku"),
        description=", ".join(_options(row)),
        product_ref=reference(row, "productId"),
        variation_ref=reference(row, "combinationId"),
        tracks_stock=row.get("trackQuantity") is True,
    )


def _is_gift_card(row: Json) -> bool:
    """A gift card that is sold; older orders spell the mark differently."""
    return row.get("giftCard") is True or row.get("isGiftCard") is True


def _options(row: Json) -> Iterator[str]:
    """What the buyer chose: "Size: M"."""
    for option in rows(row, "selectedOptions"):
        chosen = text(option, "value") or ", ".join(_several(option))
        name = text(option, "name")
        if chosen:
            yield f"{name}: {chosen}" if name else chosen


def _several(option: Json) -> list[str]:
    values = option.get("valuesArray")
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _shipping(option: Json, places: int) -> OrderLine:
    name = text(option, "shippingMethodName", "shippingCarrierName")
    return _single(SHIPPING, LineKind.SHIPPING, name or "Shipping", amount(option, "shippingRate", places))


def _handling(fee: Json, places: int) -> OrderLine:
    return _single(HANDLING, LineKind.FEE, text(fee, "name") or "Handling", amount(fee, "value", places))


def _surcharge(ref: str, row: Json, places: int) -> OrderLine:
    is_tip = text(row, "id").lower() == "tips"
    name = text(row, "description") or ("Tip" if is_tip else text(row, "id") or "Surcharge")
    return _single(ref, LineKind.TIP if is_tip else LineKind.FEE, name, surcharge_amount(row, places))


def surcharge_amount(row: Json, places: int) -> Decimal:
    """`total` is the money; `value` is money only when the surcharge is not a percentage."""
    is_absolute = text(row, "type").upper() != "PERCENT"
    return amount(row, "value" if number(row, "total") is None and is_absolute else "total", places)


def _single(ref: str, kind: LineKind, name: str, price: Decimal) -> OrderLine:
    return OrderLine(ref=ref, kind=kind, name=name, quantity=Decimal(1), unit_price=price, gross=price)
