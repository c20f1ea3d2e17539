"""Orders of modules that have lists of their own: tickets, plans, meals (row 36)."""

import pytest

from tests.sandbox.wix_site import Site, as_declared

EVENTS, PLANS, RESTAURANTS = "/events/v1/orders", "/pricing-plans/v2/orders", "/restaurants/v3/orders"


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.mark.parametrize("path", [EVENTS, PLANS, RESTAURANTS])
@pytest.mark.parametrize("status", [404, 403, 428])
def test_a_module_that_is_not_there_is_absent(site, path, status):
    site.switch(module_absent_status=status)
    assert site.refused("GET", path) == (status, None)


# -- tickets -----------------------------------------------------------------------------------------------------

TICKETS = [{"name": "Supper", "price": 55, "quantity": 2}]


@pytest.fixture
def theatre(site: Site) -> Site:
    return site.on("fern")


def sell(site, **cart):
    return site.control("POST", "/events/orders", {"tickets": TICKETS, **cart})


def value(money):
    assert money["value"] == money["amount"]
    return money["value"]


@pytest.mark.parametrize(
    ("cart", "total", "tax", "revenue"),
    [
        ({}, "110.00", None, "110.00"),
        ({"discount": 10}, "100.00", None, "100.00"),
        ({"tax": {"type": "ADDED", "rate": 20}}, "132.00", "22.00", "132.00"),
        ({"tax": {"type": "INCLUDED", "rate": 20}}, "110.00", "18.33", "110.00"),
        ({"fee": "FEE_ADDED"}, "112.75", None, "110.00"),
        ({"fee": "FEE_INCLUDED"}, "110.00", None, "107.25"),
    ],
)
def test_an_invoice_adds_up(theatre, cart, total, tax, revenue):
    sell(theatre, **cart)
    answer = theatre.get(EVENTS, fieldset=["INVOICE", "DETAILS"])
    assert as_declared("events_orders_list.response", answer) == []
    invoice = answer["orders"][0]["invoice"]
    assert (value(invoice["grandTotal"]), value(invoice["revenue"])) == (total, revenue)
    assert ("tax" in invoice) is (tax is not None)
    assert tax is None or value(invoice["tax"]["amount"]) == tax


def test_the_invoice_comes_when_asked_for(theatre):
    sold = sell(theatre)
    assert "invoice" not in theatre.get(EVENTS)["orders"][0]
    path = f"/events/v1/events/{sold['eventId']}/orders/{sold['orderNumber']}"
    assert theatre.get(path, fieldset="INVOICE")["order"]["invoice"]["grandTotal"]["value"] == "110.00"
    assert theatre.refused("GET", f"/events/v1/events/other/orders/{sold['orderNumber']}")[0] == 404


def test_tickets_are_paged_by_offset(theatre):
    for _ in range(3):
        sell(theatre)
        theatre.clock.seconds += 60
    rising = theatre.get(EVENTS, limit=2)
    assert (rising["total"], len(rising["orders"])) == (3, 2)
    newest = theatre.get(EVENTS, limit=2, sort="created:desc")["orders"]
    rest = theatre.get(EVENTS, limit=2, offset=2)["orders"]
    assert newest[0]["orderNumber"] == rest[0]["orderNumber"]
    assert theatre.refused("GET", EVENTS, limit=101) == (400, "MAX")


def test_tickets_are_found_by_status(theatre):
    pending = sell(theatre, status="PENDING")
    sell(theatre)
    assert len(theatre.get(EVENTS, status="PAID")["orders"]) == 1
    theatre.control("PATCH", f"/events/orders/{pending['orderNumber']}", {"status": "PAID"})
    assert len(theatre.get(EVENTS, status="PAID")["orders"]) == 2


# -- plans -------------------------------------------------------------------------------------------------------


@pytest.fixture
def studio(site: Site) -> Site:
    return site.on("studio")


def subscribe(site, **cart):
    return site.control("POST", "/plans/orders", {"price": 15, **cart})


def price_of(order, cycle):
    for span in order["pricing"]["prices"]:
        start, count = span["duration"]["cycleFrom"], span["duration"].get("numberOfCycles")
        if start <= cycle and (count is None or cycle < start + count):
            return span["price"]
    return None


def test_a_price_with_tax_shows_its_subtotal_without(studio):
    order = subscribe(studio, tax={"included": True, "rate": 21})
    price = price_of(order, 1)
    assert (price["subtotal"], price["tax"]["amount"], price["total"]) == ("12.40", "2.60", "15.00")
    discounted = price_of(subscribe(studio, discount=3, tax={"rate": 20}), 1)
    assert (discounted["subtotal"], discounted["discount"], discounted["total"]) == ("15.00", "3.00", "14.40")
    answer = studio.get(PLANS)
    assert as_declared("plans_orders_list.response", answer) == []


def test_a_free_trial_is_cycle_nothing(studio):
    order = subscribe(studio, free_trial_days=7)
    assert (order["currentCycle"]["index"], order["lastPaymentStatus"]) == (0, "NOT_APPLICABLE")
    assert price_of(order, 0)["total"] == "0.00"
    after = studio.control("POST", f"/plans/orders/{order['id']}/cycle")
    assert (after["currentCycle"]["index"], after["lastPaymentStatus"]) == (1, "PAID")
    assert price_of(after, 1)["total"] == "15.00"


def test_first_cycles_may_cost_less(studio):
    order = subscribe(studio, first_cycles={"price": 5, "count": 2})
    assert [price_of(order, cycle)["total"] for cycle in (1, 2, 3, 9)] == ["5.00", "5.00", "15.00", "15.00"]


def test_a_plan_that_is_over_has_no_cycle(studio):
    order = subscribe(studio, paid=False)
    assert studio.get(f"{PLANS}/{order['id']}")["order"]["lastPaymentStatus"] == "UNPAID"
    studio.control("PATCH", f"/plans/orders/{order['id']}", {"status": "CANCELED"})
    assert "currentCycle" not in studio.get(f"{PLANS}/{order['id']}")["order"]


def test_plans_are_listed_newest_first_by_fifty(studio):
    ids = []
    for _ in range(3):
        ids.append(subscribe(studio)["id"])
        studio.clock.seconds += 60
    assert [order["id"] for order in studio.get(PLANS)["orders"]] == ids[::-1]
    page = studio.get(PLANS, limit=2, offset=2)
    assert page["pagingMetadata"] == {"count": 1, "offset": 2, "total": 3}
    assert studio.get(PLANS, orderStatuses="ENDED")["orders"] == []
    assert studio.refused("GET", PLANS, limit=51) == (400, "MAX")


# -- meals -------------------------------------------------------------------------------------------------------


@pytest.fixture
def kissa(site: Site) -> Site:
    return site.on("kissa")


MEAL = [
    {
        "name": "Curry",
        "price": 980,
        "quantity": 2,
        "options": [{"name": "Extra", "choices": [{"name": "Egg", "price": 120}]}],
    }
]


def test_a_meal_adds_up(kissa):
    order = kissa.control(
        "POST", "/restaurants/orders", {"items": MEAL, "discount": 200, "delivery": 300, "tip": 100, "tax_rate": 10}
    )
    assert order["totals"] == {
        "subtotal": "2200",
        "total": "2600",
        "delivery": "300",
        "tax": "200",
        "discount": "200",
        "tip": "100",
        "quantity": 2,
    }
    assert order["payments"][0]["amount"] == "2600"
    assert as_declared("restaurants_orders_list.response", kissa.get(RESTAURANTS)) == []


def test_whoever_wants_more_meals_moves_the_window(kissa):
    for _ in range(3):
        kissa.control("POST", "/restaurants/orders", {"items": MEAL})
        kissa.clock.seconds += 3600
    first = kissa.get(RESTAURANTS, limit=2)["orders"]
    assert len(first) == 2
    after = kissa.get(RESTAURANTS, createdDate=f"gte:{first[-1]['createdDate']}")["orders"]
    assert after[0]["id"] == first[-1]["id"]
    assert len(after) == 2
    assert kissa.refused("GET", RESTAURANTS, status="FULFILLED") == (400, "INVALID_ENUM_VALUE")
    assert kissa.refused("GET", RESTAURANTS, createdDate="2026-01-01")[0] == 400
    assert kissa.get(f"{RESTAURANTS}/{first[0]['id']}")["order"] == first[0]
    assert kissa.refused("GET", f"{RESTAURANTS}/nothing")[0] == 404
