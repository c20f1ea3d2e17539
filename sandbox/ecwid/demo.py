"""Believable orders for the demo shops: three weeks of trade, and a few that need a person's eye."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from sandbox.ecwid.demo_buyers import guests, regulars
from sandbox.ecwid.payload import order_from_cart
from sandbox.ecwid.placing import place_order
from sandbox.ecwid.store import ShopState
from sandbox.ecwid.values import Json
from sandbox.moments import moments_of_trade

DEMO_STORES = (1003, 1004)
_AWKWARD_STORE = 1003
_SHIPPING_RATES = ("9.95", "12.50", "14.99")
_TOTAL_OFF_BY = Decimal("3.00")
_LONG_SKU = "COUVERTURE-TISSEE-IVOIRE-150X200-EDITION-HIVER"
_SHIPPED_AFTER = timedelta(days=4)

# What some orders have besides goods: (every n-th, starting with the k-th, what is added to the cart).
_EXTRAS: tuple[tuple[int, int, Json], ...] = (
    (7, 2, {"coupon": {"type": "percent", "value": 10, "code": "MERCI10"}}),
    (13, 6, {"coupon": {"type": "absolute", "value": 5, "code": "WELCOME5"}}),
    (9, 4, {"promotion": 4}),
    (12, 5, {"handling": 2}),
    (15, 3, {"tip": 5}),
    (40, 8, {"tip_percent": 10}),
    (40, 11, {"gift_card": 25, "gift_card_code": "GC-ERABLE-25"}),
    (9, 7, {"payment_status": "AWAITING_PAYMENT", "payment_method": "Cash on pick-up", "pickup": True}),
    (40, 10, {"payment_status": "CANCELLED", "payment_method": "Cash on pick-up", "pickup": True}),
)
_GIFT_CARD_SOLD_EVERY, _GIFT_CARD_SOLD_AT = 40, 9


def place_demo_orders(shop: ShopState, count: int, now: datetime, seed: int = 20) -> None:
    """`count` orders of the last 21 days, in the order of their time; the same for the same seed and moment."""
    chance = Random(f"{seed}/{shop.id}")  # noqa: S311 - repeatable demo data, no secret
    people = regulars(shop.id), guests(shop.id)
    for number, created in enumerate(moments_of_trade(count, now, _zone(shop), chance)):
        _place(shop, _cart(shop, number, people, chance), created, now)
    if shop.id == _AWKWARD_STORE:
        _place_awkward(shop, people[0][0], now)


def _cart(shop: ShopState, number: int, people: tuple[list[Json], list[Json]], chance: Random) -> Json:
    extras: Json = {}
    for every, first, added in _EXTRAS:
        extras |= added if number % every == first else {}
    at_counter = bool(extras.get("pickup"))
    regular = chance.random() < 0.7
    return {
        "lines": _lines(shop, number, chance),
        "buyer": chance.choice(people[0] if regular else people[1]),
        **({} if at_counter else {"shipping": Decimal(chance.choice(_SHIPPING_RATES))}),
        **_payment(chance),
        "tax_representation": "inside" if number % 3 == 0 else "separate",
        **extras,
    }


def _lines(shop: ShopState, number: int, chance: Random) -> list[Json]:
    goods = [product for product in shop.products.values() if not product["isGiftCard"]]
    chosen = chance.sample(goods, chance.choice((1, 1, 2, 2, 3, 4)))
    lines: list[Json] = [
        {"sku": _sold_as(product, chance), "quantity": chance.choice((1, 1, 1, 2, 3))} for product in chosen
    ]
    if number % _GIFT_CARD_SOLD_EVERY == _GIFT_CARD_SOLD_AT:
        lines.append({"sku": "GIFT-50", "quantity": 1})
    return lines


def _sold_as(product: Json, chance: Random) -> str:
    own = [variation["sku"] for variation in product["combinations"] if "sku" in variation]
    return str(chance.choice(own) if own else product["sku"])


def _payment(chance: Random) -> Json:
    if chance.random() < 0.35:
        return {
            "payment_method": "PayPal",
            "payment_module": "PayPalStandard",
            "transaction_id": _transaction(chance),
        }
    return {
        "payment_method": "Credit card",
        "payment_module": "LightspeedPayments",
        "transaction_id": _transaction(chance),
    }


def _transaction(chance: Random) -> str:
    return f"txn_{chance.randrange(16**10):010x}"


def _place(shop: ShopState, cart: Json, created: datetime, now: datetime, **stored: Decimal) -> None:
    timestamp = int(created.timestamp())
    order = {**order_from_cart(cart, shop), "createTimestamp": timestamp, **stored}
    if order["paymentStatus"] != "PAID":
        for gateway_field in ("paymentModule", "externalTransactionId"):
            order.pop(gateway_field, None)
    elif now - created > _SHIPPED_AFTER:
        order["fulfillmentStatus"] = "SHIPPED"
    place_order(shop, order, timestamp, updated=min(timestamp + 90, int(now.timestamp())))


def _place_awkward(shop: ShopState, buyer: Json, now: datetime) -> None:
    """Totals that do not follow from the parts, a tax nobody set up, and a very long SKU (which is fine)."""
    noon = (now.astimezone(_zone(shop)) - timedelta(days=1)).replace(hour=12, minute=0, second=0)
    usual = {"buyer": buyer, "payment_method": "Credit card", "shipping": Decimal("9.95")}
    for hours, lines in enumerate(_awkward_lines()):
        cart = {**usual, "lines": lines}
        wrong = _wrong_totals(shop, cart) if hours == 0 else {}
        _place(shop, cart, noon + timedelta(hours=hours), now, **wrong)


def _awkward_lines() -> Sequence[list[Json]]:
    eco_levy = {"name": "Eco levy", "value": 2, "on_shipping": False}
    return (
        [{"sku": "CHA-CED", "quantity": 2}],
        [{"sku": "SAV-MIE", "quantity": 3, "taxes": ["GST", "QST", eco_levy]}],
        [{"sku": _LONG_SKU, "name": "Couverture tissée, édition d'hiver", "price": 149, "quantity": 1}],
    )


def _wrong_totals(shop: ShopState, cart: Json) -> dict[str, Decimal]:
    order = order_from_cart(cart, shop)
    return {key: order[key] + _TOTAL_OFF_BY for key in ("total", "totalBeforeGiftCardRedemption")}


def _zone(shop: ShopState) -> ZoneInfo:
    return ZoneInfo(shop.profile["formatsAndUnits"]["timezone"])
