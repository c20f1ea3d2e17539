"""Orders after the cart: placing, editing, cancelling, refunding, deleting. All times are UNIX seconds."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from sandbox.ecwid.customers import note_buyer
from sandbox.ecwid.errors import ShopError
from sandbox.ecwid.invoices import with_invoices
from sandbox.ecwid.profile import FULFILLMENT_STATUSES, PAYMENT_STATUSES
from sandbox.ecwid.stock import move_stock
from sandbox.ecwid.store import ShopState, StoredOrder
from sandbox.ecwid.values import Json, date_text, decimal, plain, timestamp_of
from sandbox.switches import Switches

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_RESTOCKING = {"CANCELLED", "REFUNDED"}
_UNPAID = {"AWAITING_PAYMENT", "INCOMPLETE"}
_STATUS_FIELDS = {"paymentStatus": PAYMENT_STATUSES, "fulfillmentStatus": FULFILLMENT_STATUSES}

# Written when an order changes hands or money; nobody sets them from outside.
_READ_ONLY = {
    "id",
    "internalId",
    "orderNumber",
    "vendorOrderNumber",
    "publicUid",
    "refunds",
    "refundedAmount",
    "invoices",
    "usdTotal",
    "totalWithoutTax",
    "subtotalWithoutTax",
    "updateDate",
    "updateTimestamp",
}

# What the shop computes anew when the merchant edits an order ...
_ORDER_LEVEL = {
    "subtotal",
    "subtotalWithoutTax",
    "tax",
    "total",
    "totalBeforeGiftCardRedemption",
    "totalWithoutTax",
    "usdTotal",
    "giftCardRedemption",
    "couponDiscount",
    "discount",
    "volumeDiscount",
    "discountInfo",
    "discountCoupon",
    "shippingOption",
    "handlingFee",
    "customSurcharges",
}

# ... and what a line that stays keeps all the same.
_STALE_LINE_FIELDS = ("id", "tax", "taxes", "couponApplied", "couponAmount", "discounts")


def place_order(
    shop: ShopState, given: Json, now: int, *, updated: int | None = None, leave_out: Iterable[str] = ()
) -> StoredOrder:
    """Store `given` verbatim, with ids and dates where they are missing. A paid order takes its goods from stock."""
    number = int(given.get("internalId") or given.get("orderNumber") or shop.next_order_number)
    if number in shop.orders:
        raise ShopError(409, f"there is an order {number} already")
    text = str(given.get("id") or given.get("vendorOrderNumber") or _text_id(shop, number))
    if shop.has_text_id(text):
        raise ShopError(409, f"there is an order {text} already")
    payload = {
        **_identity(text, number),
        **given,
        **_instant(given, "create", now),
        **_instant(given, "update", now if updated is None else updated),
    }
    payload = {key: value for key, value in payload.items() if key not in set(leave_out)}
    paid = payload.get("paymentStatus") == "PAID"
    if paid:
        move_stock(shop, payload.get("items") or (), -1, now)
    note_buyer(shop, payload, now, counts=paid)
    payload = with_invoices(shop, payload, now)
    order = StoredOrder(number, payload, paid, decimal(payload.get("total")) if paid else 0)
    shop.put_order(order, now)
    return order


def _identity(text: str, number: int) -> Json:
    return {
        "id": text,
        "vendorOrderNumber": text,
        "publicUid": text,
        "internalId": number,
        "orderNumber": number,
    }


def _instant(given: Json, kind: str, fallback: int) -> Json:
    """Both forms of one date, from whichever is there."""
    timestamp = given.get(f"{kind}Timestamp")
    if timestamp is None:
        text = given.get(f"{kind}Date")
        timestamp = timestamp_of(str(text)) if text else fallback
    return {f"{kind}Date": date_text(int(timestamp)), f"{kind}Timestamp": int(timestamp)}


def _text_id(shop: ShopState, number: int) -> str:
    """Five letters and digits that look drawn at random: an odd factor shuffles the numbers without collisions."""
    shuffled, signs = number * 22_695_477 % 32**5, ""
    for _ in range(5):
        shuffled, sign = divmod(shuffled, 32)
        signs += _ALPHABET[sign]
    formats = shop.profile["formatsAndUnits"]
    return f"{formats['orderNumberPrefix']}{signs}{formats['orderNumberSuffix']}"


def check_statuses(given: Json) -> None:
    """Raises ShopError for a status that the shop does not know (any more)."""
    for name, known in _STATUS_FIELDS.items():
        value = given.get(name)
        if value == "QUEUED":
            raise ShopError(400, "Status QUEUED is deprecated, use AWAITING_PAYMENT instead")
        if value is not None and value not in known:
            raise ShopError(400, f"Unknown {name} {value}")


def check_items(given: Json) -> None:
    if any("quantity" not in item for item in given.get("items") or ()):
        raise ShopError(400, "Field OrderItem.quantity is absent")


def update_order(shop: ShopState, order: StoredOrder, changes: Json, now: int, switches: Switches) -> StoredOrder:
    """A partial write through the API: read-only fields are ignored, `items` replaces the whole list."""
    check_statuses(changes)
    check_items(changes)
    allowed = {key: value for key, value in changes.items() if key not in _READ_ONLY}
    by_hand = allowed.get("paymentStatus") == "REFUNDED" and switches["manual_refund_writes_row"]
    if by_hand and _left(order):
        allowed |= _refund_fields(order, _left(order), {"reason": "set by hand"}, now)
    order = _with_goods_taken(shop, order, allowed, now) if switches["stock_taken_when_paid"] else order
    return write_order(shop, order, allowed, now)


def _with_goods_taken(shop: ShopState, order: StoredOrder, changes: Json, now: int) -> StoredOrder:
    """An order that was open and is paid now takes its goods."""
    waited = order.payload.get("paymentStatus") in _UNPAID and changes.get("paymentStatus") == "PAID"
    if order.stock_taken or not waited:
        return order
    move_stock(shop, order.payload.get("items") or (), -1, now)
    return replace(order, stock_taken=True)


def write_order(
    shop: ShopState, order: StoredOrder, changes: Json, now: int, *, restock: bool = True, bump: bool = True
) -> StoredOrder:
    """Put the order with `changes`; a move to cancelled or refunded puts the goods back once."""
    stamp = _instant({}, "update", now) if bump else {}
    payload = with_invoices(shop, {**order.payload, **stamp, **changes}, now)
    back = restock and order.stock_taken and payload.get("paymentStatus") in _RESTOCKING
    if back:
        move_stock(shop, order.payload.get("items") or (), +1, now)
    paid_now = payload.get("paymentStatus") == "PAID" and not order.paid
    paid = decimal(payload.get("total")) if paid_now else order.paid
    changed = StoredOrder(order.number, payload, order.stock_taken and not back, paid)
    shop.put_order(changed, now)
    return changed


def refund_order(shop: ShopState, order: StoredOrder, request: Json, now: int) -> StoredOrder:
    """A refund through the payment gateway: a row, the sum, the status. Without an amount, all that is left."""
    left = _left(order)
    amount = decimal(request.get("amount", left))
    if not 0 < amount <= left:
        raise ShopError(400, f"{amount} cannot be refunded, {left} is left")
    return write_order(shop, order, _refund_fields(order, amount, request, now), now)


def cancel_order(shop: ShopState, order: StoredOrder, request: Json, now: int) -> StoredOrder:
    """Cancelling moves no money unless the gateway is asked to: {"refund": true}."""
    rows = _refund_fields(order, _left(order), request, now) if request.get("refund") and _left(order) else {}
    return write_order(shop, order, {**rows, "paymentStatus": "CANCELLED"}, now)


def _left(order: StoredOrder) -> Decimal:
    """What was paid and not refunded yet."""
    return decimal(order.paid or order.payload.get("total")) - decimal(order.payload.get("refundedAmount"))


def _refund_fields(order: StoredOrder, amount: Decimal, request: Json, now: int) -> Json:
    row = {
        "date": date_text(now),
        "source": request.get("source", "CP"),
        "reason": request.get("reason", ""),
        "amount": plain(amount),
    }
    return {
        "refunds": [*(order.payload.get("refunds") or ()), row],
        "refundedAmount": plain(decimal(order.payload.get("refundedAmount")) + amount),
        "paymentStatus": "REFUNDED" if amount == _left(order) else "PARTIALLY_REFUNDED",
    }


def edit_order(shop: ShopState, order: StoredOrder, recomputed: Json, now: int) -> StoredOrder:
    """The merchant edits a placed order: totals are new, but lines that stay keep their old taxes and discounts."""
    old_lines = {item.get("sku"): item for item in order.payload.get("items") or ()}
    items = [_edited_line(item, old_lines.get(item["sku"])) for item in recomputed["items"]]
    changes = {key: value for key, value in recomputed.items() if key in _ORDER_LEVEL}
    return write_order(shop, order, {**changes, "items": items}, now)


def _edited_line(item: Json, old: Json | None) -> Json:
    if old is None:
        return item
    return {**item, **{key: old[key] for key in _STALE_LINE_FIELDS if key in old}}


def delete_order(shop: ShopState, order: StoredOrder, now: int, *, restock: bool = False) -> None:
    if restock and order.stock_taken:
        move_stock(shop, order.payload.get("items") or (), +1, now)
    tombstone = {"id": order.number, "orderId": order.payload.get("id", ""), "date": date_text(now)}
    shop.remove_order(order, tombstone, now)


def totals(orders: Iterable[StoredOrder]) -> Json:
    """How many orders and how much money, as a whole and per payment status; and how much went back how often."""
    by_status: dict[str, list[Decimal]] = {}
    refunds: list[Decimal] = []
    for order in orders:
        refunds += [decimal(refund.get("amount")) for refund in order.payload.get("refunds") or ()]
        status = str(order.payload.get("paymentStatus"))
        by_status.setdefault(status, []).append(decimal(order.payload.get("total")))
    sums = {status: _summed(amounts) for status, amounts in by_status.items()}
    everything = [amount for amounts in by_status.values() for amount in amounts]
    returned = {"count": len(refunds), "sum": plain(sum(refunds, Decimal()))}
    return {**_summed(everything), "by_payment_status": sums, "refunds": returned}


def _summed(amounts: list[Decimal]) -> Json:
    return {"orders": len(amounts), "sum_total": plain(sum(amounts, Decimal()))}
