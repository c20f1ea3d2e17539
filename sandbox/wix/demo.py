"""Believable orders for the demo site: three weeks of trade of a studio that sells, teaches and invites."""

from random import Random

from sandbox.switches import Switches
from sandbox.wix.bookings import new_booking
from sandbox.wix.placing import Desk
from sandbox.wix.store import SiteState
from sandbox.wix.tickets import place_event_order
from sandbox.wix.values import Json, moment, stable_id

_DAY = 86_400
_DAYS = 21
_PEOPLE = (
    ("Ann", "Hill", "ann.hill@example.com"),
    ("Tom", "Okafor", "tom.okafor@example.com"),
    ("Priya", "Shah", "priya.shah@example.com"),
    ("Gwen", "Rees", "gwen.rees@example.com"),
    ("Jack", "Murray", "jack.murray@example.com"),
    ("Isla", "Fraser", "isla.fraser@example.com"),
)
_COMPANIES = (("Owen", "Bell", "orders@bellcafe.example", "Bell Café"),)
_WHEEL, _COURSE = stable_id("fern", "service", "wheel"), stable_id("fern", "service", "course")
_SUPPER, _FAIR = stable_id("fern", "event", "supper"), stable_id("fern", "event", "fair")

# What some orders have besides goods: (every n-th, starting with the k-th, what is added to the cart).
_EXTRAS: tuple[tuple[int, int, Json], ...] = (
    (7, 2, {"coupon": {"code": "SPRING10", "percent": 10}}),
    (11, 4, {"merchant_discount": {"amount": 3, "description": "Regular"}}),
    (9, 5, {"fees": [{"name": "Gift wrap", "price": 4, "tax": "standard"}]}),
    (13, 6, {"tip": 5}),
    (17, 8, {"payments": [{"kind": "gift_card", "amount": 5}, {"kind": "card"}]}),
    (12, 9, {"paid": False}),
    (10, 3, {"payment": "paypal"}),
    (19, 7, {"payments": [{"kind": "offline", "method": "CASH"}], "channel": "POS"}),
)
_REFUNDED_EVERY, _REFUNDED_AT = 14, 10


def place_demo_orders(site: SiteState, count: int, now: float, switches: Switches) -> None:
    """`count` orders of the last 21 days, in the order of their time; the same for the same moment."""
    chance = Random(f"wix/{site.settings['key']}")  # noqa: S311 - repeatable demo data, no secret
    moments = sorted(now - chance.random() * _DAYS * _DAY for _ in range(count))
    skus = [variant["sku"] for product in site.rows("product").values() for variant in product["variants"]]
    for number, created in enumerate(moments):
        desk = Desk(site, created, switches)
        if number % 8 == 5:
            _sell_tickets(site, number, created, chance)
            continue
        lines = _class(site, number, created) if number % 6 == 4 else _goods(skus, chance)
        order = desk.place({"lines": lines, "buyer": _buyer(chance), **_extras(number, lines)})
        if number % _REFUNDED_EVERY == _REFUNDED_AT and order["paymentStatus"] == "PAID":
            Desk(site, min(created + 2 * _DAY, now), switches).refund(
                order, {"lines": [{"line": 0, "quantity": 1}], "restock": True, "reason": "Did not fit"}
            )


def _goods(skus: list[str], chance: Random) -> list[Json]:
    return [
        {"sku": sku, "quantity": chance.choice((1, 1, 1, 2))}
        for sku in chance.sample(skus, chance.choice((1, 1, 2, 3)))
    ]


def _class(site: SiteState, number: int, created: float) -> list[Json]:
    """A class on the wheel, or a place in a course with half of it paid at the counter."""
    course = number % 12 == 10
    title, service, price = ("Throwing course", _COURSE, 180) if course else ("Wheel taster", _WHEEL, 48)
    booking = new_booking({"title": title, "service_id": service, "course": course})
    site.put("booking", booking["id"], booking, created)
    line = {"name": title, "price": price, "module": "bookings", "item_id": booking["id"]}
    return [{**line, "payment_option": "DEPOSIT_ONLINE", "deposit": price // 2} if course else line]


def _sell_tickets(site: SiteState, number: int, created: float, chance: Random) -> None:
    supper = number % 16 == 5
    first, last, email = chance.choice(_PEOPLE)
    ticket = {"name": "Clay & supper", "price": 55} if supper else {"name": "Spring fair", "price": 6}
    cart = {
        "event": _SUPPER if supper else _FAIR,
        "tickets": [{**ticket, "quantity": chance.choice((1, 2, 2, 4))}],
        "tax": {"type": "INCLUDED", "rate": 20, "name": "VAT"},
        "fee": "FEE_ADDED" if supper else "FEE_INCLUDED",
        "buyer": {"first": first, "last": last, "email": email},
        "created": moment(created),
    }
    place_event_order(site, cart, created)


def _buyer(chance: Random) -> Json:
    if chance.random() < 0.1:
        first, last, email, company = chance.choice(_COMPANIES)
        return {"first": first, "last": last, "email": email, "company": company}
    first, last, email = chance.choice(_PEOPLE)
    return {"first": first, "last": last, "email": email}


def _extras(number: int, lines: list[Json]) -> Json:
    if any(line.get("module") == "bookings" for line in lines):
        return {}
    extras: Json = {"shipping": {"price": "4.95", "title": "Royal Mail 48"}}
    for every, first, added in _EXTRAS:
        extras |= added if number % every == first else {}
    if extras.get("channel") == "POS":
        del extras["shipping"]
    return extras
