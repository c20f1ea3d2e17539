"""Believable orders for the demo site: three weeks of trade of a studio that sells, teaches and invites, and a few that
need a person's eye."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

from sandbox.moments import moments_of_trade
from sandbox.switches import Switches
from sandbox.wix.bookings import new_booking
from sandbox.wix.demo_buyers import abroad, guests, members, trade
from sandbox.wix.placing import Desk
from sandbox.wix.sites import tax
from sandbox.wix.store import SiteState
from sandbox.wix.tickets import place_event_order
from sandbox.wix.values import Json, moment, stable_id

_DAY = 86_400
_SHIPPED_AFTER = 4 * _DAY
_WHEEL, _COURSE = stable_id("fern", "service", "wheel"), stable_id("fern", "service", "course")
_SUPPER, _FAIR = stable_id("fern", "event", "supper"), stable_id("fern", "event", "fair")
_POST = ({"price": "4.95", "title": "Royal Mail 48"}, {"price": "7.95", "title": "Royal Mail Tracked 24"})
_COLLECTED = {"price": 0, "title": "Collection at the studio", "pickup": True}
_STALL = {"id": stable_id("fern", "place", "York stall"), "name": "York stall"}
_IRISH_VAT = [tax("VAT", "0.23", "VAT", "Ireland")]

# Whose turn it is: every n-th order, starting with the k-th. What is rare comes once in sixty.
_TICKETS, _CLASSES, _RARELY = (8, 5), (6, 4), 60
_SUPPERS, _COURSES = (16, 5), (12, 10)
_TO_TRADE = (12, 3)

# What some orders have besides goods: (every n-th, starting with the k-th, what is added to the cart).
_EXTRAS: tuple[tuple[int, int, Json], ...] = (
    (7, 2, {"coupon": {"code": "AUTUMN10", "percent": 10}}),
    (_RARELY, 12, {"coupon": {"code": "FIVER", "amount": 5}}),
    (_RARELY, 19, {"coupon": {"code": "FREEPOST", "shipping": True}}),
    (13, 11, {"merchant_discount": {"amount": 3, "description": "Regular"}}),
    (_RARELY, 27, {"rule": {"name": "Autumn seconds", "percent": 15}}),
    (9, 8, {"fees": [{"name": "Gift wrap", "price": 4, "tax": "standard"}]}),
    (10, 7, {"payment": "paypal"}),
    (_RARELY, 18, {"payments": [{"kind": "gift_card", "amount": 15}, {"kind": "card"}]}),
    (_RARELY, 31, {"payments": [{"kind": "card", "amount": 10}], "shipping": _COLLECTED}),
    (_RARELY, 36, {"paid": False}),
    (_RARELY, 41, {"payments": [{"kind": "klarna", "status": "PENDING"}]}),
    (15, 14, {"channel": "POS", "buyer": {}, "location": _STALL, "payments": [{"kind": "offline", "method": "CASH"}]}),
    (*_TO_TRADE, {"paid": False}),
)


def place_demo_orders(site: SiteState, count: int, now: float, switches: Switches) -> None:
    """`count` orders of the last 21 days, in the order of their time; the same for the same moment."""
    chance = Random(f"wix/{site.settings['key']}")  # noqa: S311 - repeatable demo data, no secret
    zone = ZoneInfo(site.settings["timeZone"])
    moments = moments_of_trade(count, datetime.fromtimestamp(now, UTC), zone, chance)
    for number, created in enumerate(moments):
        _Day(site, number, created.timestamp(), now, switches, chance).trade()


@dataclass(frozen=True)
class _Day:
    """One order, and what became of it since."""

    site: SiteState
    number: int
    created: float
    now: float
    switches: Switches
    chance: Random

    def trade(self) -> None:
        if self._is_turn(_TICKETS):
            self._sell_tickets()
            return
        order = self._desk().place(self._cart())
        if "shippingInfo" in order and order["paymentStatus"] == "PAID" and self.now - self.created > _SHIPPED_AFTER:
            self._desk(1).fulfil(order, {"tracking": f"RM{order['number']}GB", "provider": "Royal Mail"})
        for at, deed in _DEEDS:
            if self._is_turn((_RARELY, at)):
                deed(self, self._desk().order(order["id"]))

    def _is_turn(self, turn: tuple[int, int]) -> bool:
        every, first = turn
        return self.number % every == first

    def _desk(self, days_later: float = 0) -> Desk:
        return Desk(self.site, min(self.created + days_later * _DAY, self.now), self.switches)

    # -- what is sold ------------------------------------------------------------------------------------------------

    def _cart(self) -> Json:
        for at, cart in _AWKWARD:
            if self._is_turn((_RARELY, at)):
                return cart()
        if self._is_turn(_CLASSES):
            return {"lines": [self._class()], "buyer": self._buyer(), **({"tip": 5} if self.number % 36 == 16 else {})}
        mixed = [self._class()] if self._is_turn((_RARELY, 42)) else []
        voucher = [_gift_card()] if self._is_turn((_RARELY, 25)) else []
        return {
            "lines": [*self._goods(), *mixed, *voucher],
            "buyer": self._buyer(),
            "shipping": self.chance.choice(_POST),
            **self._extras(),
        }

    def _goods(self) -> list[Json]:
        skus = [variant["sku"] for product in self.site.rows("product").values() for variant in product["variants"]]
        chosen = self.chance.sample(skus, self.chance.choice((1, 1, 2, 3)))
        return [{"sku": sku, "quantity": self.chance.choice((1, 1, 1, 2))} for sku in chosen]

    def _class(self) -> Json:
        """A class on the wheel, or a place in a course with half of it paid beforehand."""
        course = self._is_turn(_COURSES)
        title, service, price = ("Throwing course", _COURSE, 180) if course else ("Wheel taster", _WHEEL, 48)
        booking = new_booking({"title": title, "service_id": service, "course": course})
        self.site.put("booking", booking["id"], booking, self.created)
        line = {"name": title, "price": price, "module": "bookings", "item_id": booking["id"]}
        return {**line, "payment_option": "DEPOSIT_ONLINE", "deposit": price // 2} if course else line

    def _buyer(self) -> Json:
        if self._is_turn(_TO_TRADE):
            return self.chance.choice(trade())
        return self.chance.choice(members() if self.chance.random() < 0.6 else guests())

    def _extras(self) -> Json:
        extras: Json = {}
        for every, first, added in _EXTRAS:
            extras |= added if self._is_turn((every, first)) else {}
        return {**extras, "shipping": None} if extras.get("channel") == "POS" else extras

    def _sell_tickets(self) -> None:
        supper, buyer = self._is_turn(_SUPPERS), self._buyer()
        ticket = {"name": "Clay & supper", "price": 55} if supper else {"name": "Autumn fair", "price": 6}
        cart = {
            "number": f"{self.number:04d}-{self.chance.randrange(16**4):04X}",
            "event": _SUPPER if supper else _FAIR,
            "tickets": [{**ticket, "quantity": self.chance.choice((1, 2, 2, 4))}],
            "tax": {"type": "INCLUDED", "rate": 20, "name": "VAT"},
            "fee": "FEE_ADDED" if supper else "FEE_INCLUDED",
            "buyer": buyer,
            "created": moment(self.created),
            **({"discount": 5, "code": "EARLY"} if self._is_turn((_RARELY, 21)) else {}),
            **({"status": "CANCELED"} if self._is_turn((_RARELY, 45)) else {}),
        }
        place_event_order(self.site, cart, self.created)

    # -- what became of it -------------------------------------------------------------------------------------------

    def pay_the_rest(self, order: Json) -> None:
        self._desk(3).add_payments(order, [{"kind": "offline", "method": "CASH"}])

    def cancel(self, order: Json) -> None:
        self._desk(1).cancel(order, {"restockAllItems": True})

    def take_back_a_piece(self, order: Json) -> None:
        asked = {"lines": [{"line": 0, "quantity": 1}], "restock": True, "reason": "Arrived chipped"}
        self._desk(2).refund(order, asked)

    def give_back_the_postage(self, order: Json) -> None:
        self._desk(2).refund(order, {"shipping": True, "reason": "Came late"})

    def call_off_the_class(self, order: Json) -> None:
        self._desk(1).refund(order, {"lines": [{"line": 0, "quantity": 1}], "reason": "The class did not take place"})


_DEEDS: tuple[tuple[int, Callable[[_Day, Json], None]], ...] = (
    (10, _Day.pay_the_rest),
    (20, _Day.take_back_a_piece),
    (22, _Day.pay_the_rest),
    (28, _Day.call_off_the_class),
    (32, _Day.give_back_the_postage),
    (36, _Day.cancel),
)


def _gift_card() -> Json:
    return {"name": "Gift card £25", "price": 25, "module": "gift_cards", "tax": "none"}


def _sent_abroad() -> Json:
    """With a tax that nobody set up."""
    post = {"price": "14.50", "title": "Royal Mail International", "tax": _IRISH_VAT}
    return {"lines": [{"sku": "VASE", "tax": _IRISH_VAT}], "buyer": abroad(), "shipping": post}


def _typed_by_hand() -> Json:
    """At the studio's desk: nothing in the catalogue is called like that."""
    line = {"name": "Commission: dinner service of twelve", "price": 420}
    return {"lines": [line], "buyer": trade()[0], "payments": [{"kind": "offline", "method": "BANK_TRANSFER"}]}


def _film() -> Json:
    """Of an app that the studio keeps apart from its shop."""
    return {"name": "Film: glazing at home", "price": 29, "module": "programs"}


def _only_a_film() -> Json:
    return {"lines": [_film()], "buyer": guests()[0]}


def _film_and_goods() -> Json:
    return {"lines": [{"sku": "GUIDE"}, _film()], "buyer": members()[0], "shipping": _POST[0]}


_AWKWARD: tuple[tuple[int, Callable[[], Json]], ...] = (
    (48, _sent_abroad),
    (54, _typed_by_hand),
    (55, _only_a_film),
    (56, _film_and_goods),
)
