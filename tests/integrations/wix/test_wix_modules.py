"""Orders of the modules that have an API of their own: tickets, plans, meals."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from integrations.commerce import LineKind, PaymentState, TaxShare
from integrations.errors import Malformed, NotAllowed, Refused, TemporaryError
from integrations.money import json_dumps, json_loads
from integrations.wix.store import OVERLAP, WixStore
from tests.integrations.ecwid.fakes import START, answer
from tests.integrations.wix.fakes import ABSENT, Site
from tests.integrations.wix.orders import payment

D = Decimal
EVENTS, PLANS, MEALS = "GET /events/v1/orders", "GET /pricing-plans/v2/orders", "GET /restaurants/v3/orders"
SEARCH = "POST /ecom/v1/orders/search"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def site():
    site = Site()
    site[SEARCH] = {"orders": []}
    for route in (EVENTS, PLANS, MEALS):
        site[route] = ABSENT
    return site


def fetched(site, created_from=LONG_AGO, updated_from=None, until=START + 2 * OVERLAP):
    pages = site.store().orders(created_from=created_from, updated_from=updated_from, until=until)
    return [one for page in pages for one in page]


def refs(site, **bounds):
    return [one.ref for one in fetched(site, **bounds)]


def read(site, **bounds):
    return [WixStore.read_order(json_loads(json_dumps(one.payload))) for one in fetched(site, **bounds)]


def iso(when):
    return when.isoformat().replace("+00:00", "Z")


# -- tickets -----------------------------------------------------------------------------------------------------------


def money(value):
    return {"value": value, "amount": "0", "currency": "GBP"}


def ticket_order(number="E-1", *, created=START - timedelta(hours=1), **fields):
    told = {
        "items": [{"id": "t1", "quantity": 2, "name": "Early bird", "price": money("20.00")}],
        "discount": {"amount": money("4.00")},
        "tax": {"type": "ADDED", "name": "VAT", "rate": "20", "amount": money("7.20")},
        "fees": [
            {"name": "WIX_FEE", "type": "FEE_ADDED", "amount": money("1.08")},
            {"name": "WIX_FEE", "type": "FEE_INCLUDED", "amount": money("0.50")},
        ],
        "grandTotal": money("44.28"),
    }
    person = {"firstName": "Ann", "lastName": "Hill", "email": "ann@example.com", "contactId": "c1"}
    order = {"orderNumber": number, "eventId": "ev", "reservationId": f"res-{number}", "created": iso(created)}
    paid = {"paymentDetails": {"transaction": {"transactionId": f"tx-{number}", "method": "creditCard"}}}
    return {
        **order,
        **person,
        **paid,
        "status": "PAID",
        "totalPrice": money("44.28"),
        "invoice": told,
        **fields,
    }


def test_tickets(site):
    site[EVENTS] = {"orders": [ticket_order()]}
    [found] = read(site)
    assert (found.ref, found.number, found.currency) == ("events:ev/E-1", "E-1", "GBP")
    assert [(line.kind, line.gross, line.discount, line.tax, line.module) for line in found.lines] == [
        (LineKind.PRODUCT, 40, 4, D("7.20"), "events"),
        (LineKind.FEE, D("1.08"), 0, 0, ""),
    ]
    assert (found.total, found.residual, found.tax) == (D("44.28"), 0, D("7.20"))
    assert not found.filtered_by_status
    assert found.lines[0].taxes == (TaxShare("VAT", D(20), D("7.20")),)
    [tender] = found.tenders
    assert (tender.amount, tender.method, tender.reference) == (D("44.28"), "CreditCard", "tx-E-1")
    assert (found.buyer.name, found.buyer.email, found.payment_state) == (
        "Ann Hill",
        "ann@example.com",
        PaymentState.PAID,
    )


def test_tickets_whose_price_holds_the_tax_and_a_gift_card(site):
    order = ticket_order(giftCardPaymentDetails=[{"amount": money("10")}, {"amount": money("5"), "voided": True}])
    order["invoice"] |= {"tax": {"type": "INCLUDED", "name": "VAT", "rate": "20", "amount": money("6")}, "fees": []}
    order["invoice"]["grandTotal"] = money("36")
    site[EVENTS] = {"orders": [order]}
    [found] = read(site)
    assert (found.prices_include_tax, found.total, found.residual) == (True, 26, 0)
    assert (found.gift_card_redeemed, found.tenders[0].amount) == (10, 26)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("OFFLINE_PENDING", PaymentState.UNPAID),
        ("AUTHORIZED", PaymentState.UNPAID),
        ("PARTIALLY_PAID", PaymentState.PARTLY_PAID),
        ("CANCELED", PaymentState.CANCELLED),
        ("INITIATED", PaymentState.CANCELLED),
    ],
)
def test_tickets_that_are_not_paid(site, status, state):
    site[EVENTS] = {"orders": [ticket_order(status=status)]}
    [found] = read(site)
    assert (found.payment_state, found.tenders) == (state, ())


def test_what_is_left_of_a_part_payment_tells_what_came_in(site):
    site[EVENTS] = {"orders": [ticket_order(status="PARTIALLY_PAID", balanceSummary={"balance": money("40")})]}
    assert read(site)[0].tenders[0].amount == D("4.28")


def test_free_tickets_are_no_sales(site):
    site[EVENTS] = {"orders": [ticket_order(status="FREE")]}
    assert refs(site) == []


def test_tickets_are_read_newest_first_as_far_back_as_they_may_still_be_paid(site):
    def page(_call):
        offset = int(_call["params"]["offset"])
        days = range(offset, offset + 100)
        return answer({"orders": [ticket_order(f"E-{day}", created=START - timedelta(days=day)) for day in days]})

    site[EVENTS] = page
    since = START - timedelta(days=3)
    assert refs(site, updated_from=since) == [f"events:ev/E-{day}" for day in range(4)]
    assert len(site.asked(EVENTS)) == 2  # the second page begins where no order is waiting any more
    [asked, _next] = site.asked(EVENTS)
    assert (asked["sort"], asked["limit"]) == ("created:desc", "100")
    assert "fieldset=DETAILS&fieldset=INVOICE" in next(c["url"] for c in site.session.calls if "events" in c["url"])


def test_a_server_that_lists_oldest_first_is_read_to_its_end(site):
    old = [ticket_order(f"O-{n}", created=START - timedelta(days=900 - n)) for n in range(100)]
    site[EVENTS] = [{"orders": old}, {"orders": [ticket_order()]}]
    assert refs(site, updated_from=START - timedelta(days=1)) == ["events:ev/E-1"]


def test_a_late_payment_brings_an_old_order_of_tickets_again(site):
    old = ticket_order(created=START - timedelta(days=30), updated=iso(START - timedelta(hours=1)))
    site[EVENTS] = {"orders": [old]}
    assert refs(site, updated_from=START - timedelta(days=1)) == ["events:ev/E-1"]


def test_an_order_of_tickets_by_its_ref(site):
    site["GET /events/v1/events/ev/orders/E-1"] = {"order": ticket_order()}
    assert site.store().order("events:ev/E-1").ref == "events:ev/E-1"


def test_tickets_without_an_invoice_cannot_be_read(site):
    site[EVENTS] = {"orders": [ticket_order(invoice={})]}
    with pytest.raises(Malformed):
        read(site)


# -- plans -------------------------------------------------------------------------------------------------------------


def plan_order(cycle=1, *, ref="plan-order-1", **fields):
    price = {"subtotal": "12.40", "tax": {"name": "VAT", "includedInPrice": True, "rate": "21", "amount": "2.60"}}
    later = {"subtotal": "20", "discount": "2", "tax": {"name": "VAT", "rate": "21", "amount": "3.78"}}
    prices = [
        {"duration": {"cycleFrom": 1, "numberOfCycles": 2}, "price": {**price, "total": "15", "currency": "EUR"}},
        {"duration": {"cycleFrom": 3}, "price": {**later, "total": "21.78", "currency": "EUR"}},
    ]
    order = {
        "id": ref,
        "planName": "Gold",
        "subscriptionId": f"sub-{ref}",
        "wixPayOrderId": f"pay-{ref}",
        "type": "ONLINE",
        "lastPaymentStatus": "PAID",
        "buyer": {"contactId": "c1", "memberId": "m1"},
        "pricing": {"prices": prices},
        "createdDate": "2025-01-01T00:00:00.000Z",
        "updatedDate": "2025-01-01T00:00:00.000Z",
    }
    current = {"index": cycle, "startedDate": iso(START - timedelta(days=2))}
    return {**order, "currentCycle": current, **fields}


def test_a_paid_cycle_of_a_plan_is_one_sale(site):
    site[PLANS] = {"orders": [plan_order()]}
    [found] = read(site)
    assert (found.ref, found.number) == ("pricing_plans:plan-order-1/1", "plan-ord-1")
    [line] = found.lines
    assert (line.name, line.gross, line.tax, line.module) == ("Gold", 15, D("2.60"), "pricing_plans")
    assert (found.prices_include_tax, found.total, found.residual, found.currency) == (True, 15, 0, "EUR")
    assert (found.tenders[0].amount, found.tenders[0].method) == (15, "Online")
    assert (found.created_at, found.buyer.ref) == (START - timedelta(days=2), "c1")
    assert not found.filtered_by_status


def test_a_later_cycle_has_its_own_price(site):
    site[PLANS] = {"orders": [plan_order(7)]}
    [found] = read(site)
    assert (found.ref, found.total, found.residual) == ("pricing_plans:plan-order-1/7", D("21.78"), 0)
    assert (found.lines[0].gross, found.lines[0].discount, found.prices_include_tax) == (20, 2, False)


@pytest.mark.parametrize(
    "order",
    [plan_order(0), plan_order(currentCycle={}), plan_order(onEcom=True)],
    ids=["free trial", "over", "sold as an eCommerce order"],
)
def test_what_is_no_cycle_of_its_own_is_no_sale(site, order):
    site[PLANS] = {"orders": [order]}
    assert refs(site) == []


@pytest.mark.parametrize("status", ["UNPAID", "FAILED", "PENDING"])
def test_a_cycle_that_is_not_paid(site, status):
    site[PLANS] = {"orders": [plan_order(lastPaymentStatus=status)]}
    [found] = read(site)
    assert (found.payment_state, found.payment_status, found.tenders) == (PaymentState.UNPAID, status, ())


def test_a_refund_of_a_plan_tells_no_amount(site):
    site[PLANS] = {"orders": [plan_order(lastPaymentStatus="REFUNDED")]}
    [found] = read(site)
    assert (found.payment_state, [refund.amount for refund in found.refunds]) == (PaymentState.PAID, [None])


def test_every_running_cycle_since_the_start_comes_whatever_changed(site):
    first = [plan_order(ref=f"p{n}") for n in range(50)]
    site[PLANS] = [{"orders": first}, {"orders": [plan_order(ref="p50")]}]
    assert len(refs(site, updated_from=START - timedelta(minutes=1))) == 51
    assert [asked["offset"] for asked in site.asked(PLANS)] == ["0", "50"]
    assert refs(site, created_from=START - timedelta(days=1)) == []


@pytest.mark.parametrize("ref", ["plan-order-1/2", "plan-order-1/4", "plan-order-1"])
def test_of_a_cycle_that_does_not_run_nothing_is_told(site, ref):
    site["GET /pricing-plans/v2/orders/plan-order-1"] = {"order": plan_order(3)}
    assert site.store().order("pricing_plans:plan-order-1/3").ref == "pricing_plans:plan-order-1/3"
    with pytest.raises(Refused):
        site.store().order(f"pricing_plans:{ref}")


def test_a_cycle_without_a_price_cannot_be_read(site):
    site[PLANS] = {"orders": [plan_order(pricing={})]}
    with pytest.raises(Malformed):
        read(site)


# -- meals -------------------------------------------------------------------------------------------------------------


def meal(ref="m1", *, created=START - timedelta(hours=1), **fields):
    extra = {"quantity": 1, "price": "2.00", "catalogReference": {"catalogItemName": "Cheese"}}
    dish = {"quantity": 2, "price": "10.00", "catalogReference": {"catalogItemName": "Burger"}}
    totals = {
        "subtotal": "24.00",
        "discount": "4.00",
        "delivery": "3.00",
        "tip": "2.00",
        "tax": "2.00",
        "total": "27.00",
    }
    return {
        "id": ref,
        "createdDate": iso(created),
        "status": "ACCEPTED",
        "currency": "USD",
        "lineItems": [{**dish, "dishOptions": [{"name": "Extras", "selectedChoices": [extra]}]}],
        "totals": {**totals, "total": "27.00"},
        "payments": [{"type": "CREDIT", "method": "Visa", "providerTransactionId": f"pi-{ref}", "amount": "27.00"}],
        "customer": {"firstName": "Ann", "lastName": "Hill", "email": "a@example.com", "contactId": "c1"},
        **fields,
    }


def test_meals(site):
    site[MEALS] = {"orders": [meal()]}
    [found] = read(site)
    assert (found.ref, found.total, found.residual, found.tax) == ("restaurants:m1", 27, 0, 2)
    assert [(line.kind, line.charged) for line in found.lines] == [
        (LineKind.PRODUCT, 20),
        (LineKind.SHIPPING, 3),
        (LineKind.TIP, 2),
    ]
    dish = found.lines[0]
    assert (dish.name, dish.description, dish.unit_price, dish.gross) == ("Burger", "Cheese", 12, 24)
    assert (dish.module, found.payment_state, found.buyer.name) == ("restaurants", PaymentState.PAID, "Ann Hill")
    assert not found.filtered_by_status


def test_extras_that_the_price_holds_already_are_not_added(site):
    totals = {"subtotal": "20.00", "tax": "1.82", "total": "20.00"}
    site[MEALS] = {"orders": [meal(totals=totals)]}
    [found] = read(site)
    assert (found.lines[0].gross, found.prices_include_tax, found.residual) == (20, True, 0)


@pytest.mark.parametrize(
    ("status", "state"),
    [("NEW", PaymentState.UNPAID), ("FULFILLED", PaymentState.PAID), ("CANCELED", PaymentState.CANCELLED)],
)
def test_cash_has_come_in_once_the_order_was_taken_on(site, status, state):
    site[MEALS] = {"orders": [meal(status=status, payments=[{"type": "CASH"}])]}
    assert read(site)[0].payment_state is state


def test_a_part_of_a_meal_may_be_paid(site):
    site[MEALS] = {"orders": [meal(payments=[{"type": "CREDIT", "providerTransactionId": "x", "amount": "5"}])]}
    assert read(site)[0].payment_state is PaymentState.PARTLY_PAID


def _meals(count, first=0):
    return [meal(f"m{n}", created=START - timedelta(hours=n)) for n in range(first, first + count)]


def test_meals_newest_first_go_on_where_a_full_answer_ended(site):
    site[MEALS] = [{"orders": _meals(1000)}, {"orders": _meals(3, 999)}]
    assert len(refs(site)) == 1002
    first, second = site.asked(MEALS)
    assert first == {"createdDate": "gte:2020-01-01T00:00:00.000Z", "limit": "1000"}
    assert second["createdDate"] == f"lte:{(START - timedelta(hours=999)).strftime('%Y-%m-%dT%H:%M:%S.000Z')}"


def test_meals_newest_first_end_before_the_window(site):
    site[MEALS] = {"orders": _meals(1000)}
    assert len(refs(site, created_from=START - timedelta(hours=10))) == 11
    assert len(site.asked(MEALS)) == 1


def test_meals_oldest_first_go_on_behind_the_last(site):
    site[MEALS] = [{"orders": _meals(1000)[::-1]}, {"orders": _meals(1)}]
    assert len(refs(site)) == 1000
    assert site.asked(MEALS)[1]["createdDate"] == "gte:2026-03-10T12:00:00.000Z"


def test_a_list_of_meals_that_goes_nowhere_is_no_complete_list(site):
    site[MEALS] = {"orders": [meal(f"m{n}", created=START) for n in range(1000)]}
    with pytest.raises(TemporaryError):
        refs(site)


def test_meals_of_the_last_days_are_read_again(site):
    site[MEALS] = {"orders": [meal(created=START - timedelta(days=3), updatedDate=iso(START))]}
    assert refs(site, updated_from=START - timedelta(hours=1)) == ["restaurants:m1"]
    assert site.asked(MEALS)[0]["createdDate"] == "gte:2026-03-03T10:50:00.000Z"


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_meal_by_its_ref(site, wrapped):
    site["GET /restaurants/v3/orders/m1"] = {"order": meal()} if wrapped else meal()
    assert site.store().order("restaurants:m1").ref == "restaurants:m1"


# -- all of them -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403, 404, 428])
def test_a_module_that_is_not_installed_is_absent(site, status):
    for route in (EVENTS, PLANS):
        site[route] = answer({"message": "", "details": {}}, status)
    site[MEALS] = {"orders": [meal()]}
    assert refs(site) == ["restaurants:m1"]


REFUSED = answer({"message": "sort: no", "details": {"validationError": {"fieldViolations": []}}}, 400)


def test_a_call_that_is_not_as_wix_wants_it_says_nothing_of_a_module(site):
    site[EVENTS] = REFUSED
    with pytest.raises(Refused):
        refs(site)


def test_a_site_that_does_not_list_tickets_newest_first_is_read_all_the_same(site):
    site[EVENTS] = lambda call: REFUSED if "sort" in call["params"] else answer({"orders": [ticket_order()]})
    assert refs(site) == ["events:ev/E-1"]


def test_a_module_that_does_not_answer_is_not_absent(site):
    site[EVENTS] = answer("", 503)
    with pytest.raises(TemporaryError):
        refs(site)


@pytest.mark.parametrize(
    ("line", "paid"),
    [
        ({"catalogReference": {"catalogItemId": "res-E-1"}}, "other"),
        ({"subscriptionInfo": {"id": "res-E-1"}}, "other"),
        ({}, "tx-E-1"),
    ],
    ids=["named by a line", "named by a subscription", "paid by the same payment"],
)
def test_what_came_as_an_ecommerce_order_does_not_come_twice(site, line, paid):
    site[EVENTS] = {"orders": [ticket_order(), ticket_order("E-2")]}
    transactions = {"orderId": "o1", "payments": [payment("1", regularPaymentDetails={"gatewayTransactionId": paid})]}
    site["POST /ecom/v1/payments/list-by-ids"] = {"orderTransactions": [transactions]}

    def search(call):
        body = json_loads(call["data"])["search"]["filter"]
        is_of_module = "lineItems.catalogReference.appId" in body
        return answer({"orders": [{"id": "o1", "lineItems": [line]}] if is_of_module else []})

    site[SEARCH] = search
    assert refs(site) == ["events:ev/E-2"]
    asked = site.asked(SEARCH)[-1]["search"]["filter"]
    assert asked["lineItems.catalogReference.appId"] == {"$hasSome": ["140603ad-af8d-84a5-2c80-a0f60cb47351"]}
    assert asked["createdDate"] == {"$gte": "2026-03-09T11:00:00.000Z"}


def test_trouble_with_ecommerce_is_not_taken_for_an_absent_module(site):
    site[EVENTS] = {"orders": [ticket_order()]}
    site[SEARCH] = [{"orders": []}, ABSENT]
    with pytest.raises(NotAllowed):
        refs(site)


# -- sold once ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("route", "order", "ref"),
    [
        (EVENTS, ticket_order(created=START - timedelta(days=3), updated=iso(START)), "events:ev/E-1"),
        (EVENTS, ticket_order(created=START), "events:ev/E-1"),
        (PLANS, plan_order(createdDate=iso(START), updatedDate=iso(START)), "pricing_plans:plan-order-1/1"),
        (MEALS, meal(created=START), "restaurants:m1"),
    ],
)
def test_what_a_module_sold_just_now_waits_until_an_ecommerce_order_of_it_would_be_in_the_index(
    site, route, order, ref
):
    site[route] = {"orders": [order]}
    assert refs(site, until=START) == refs(site, until=START + OVERLAP) == []
    assert refs(site, until=START + OVERLAP + timedelta(seconds=1)) == [ref]
    assert refs(site, updated_from=START, until=START + 2 * OVERLAP) == [ref]
