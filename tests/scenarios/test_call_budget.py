"""How many calls to QuickBooks a sync costs, counted by the simulated company itself (design: few reads, full batches).

A run has fixed costs (preferences, changes, a search for documents that are there already); they are part of the
figures here.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.expect import later

KNOWN_ITEMS = 40
BUYERS_IN_A_THOUSAND = 700
# With the savepoints that a test's own transaction brings.
STATEMENTS_PER_CALL = 17


def carts(count, *, buyers, first_buyer=0, days=1):
    """Orders of 1 to 3 lines out of forty products, spread over so many days up to now."""
    start = datetime.now(UTC) - timedelta(days=days)
    for number in range(count):
        buyer = first_buyer + number % buyers
        yield {
            "lines": [
                {"sku": f"BUD-{(number * 7 + line) % KNOWN_ITEMS}", "price": "19.95", "quantity": 1 + line}
                for line in range(1 + number % 3)
            ],
            "buyer": {"id": 70_000 + buyer, "email": f"b{buyer}@example.test", "name": f"Buyer No {buyer}"},
            "created": (start + timedelta(days=days) * number / count).isoformat(timespec="seconds"),
        }


def know_items(world):
    """The products are in QuickBooks before the first sync."""
    income = world.entry("Account", "Sales of Product Income").books_ref
    for number in range(KNOWN_ITEMS):
        item = {"Name": f"Budget item {number}", "Sku": f"BUD-{number}", "Type": "NonInventory"}
        world.quickbooks.add(world.realm, "Item", {**item, "IncomeAccountRef": {"value": income}})


def place(world, orders):
    orders = list(orders)
    for start in range(0, len(orders), 200):
        world.place(*orders[start : start + 200])


def sync_and_count(world):
    """The run's calls to QuickBooks, by the sandbox's counters; everything that was due is posted."""
    world.quickbooks.reset_counters()
    run = world.sync()
    assert run.state == "finished", run.reason
    assert set(run.counts) <= {"created"}, run.counts
    counters = world.quickbooks.counters()
    assert run.calls["books"] == counters["requests"]
    return counters["requests"]


# Most calls per order: in a first import, in later runs for new buyers and for known ones (beside a run's fixed calls).
BUDGETS = {
    "invoices_with_payments": ({"post_as": "invoice"}, 0.12, 0.10, 0.10),
    "generic_receipts": ({"post_as": "sales_receipt", "customer": "generic"}, 0.05, 0.04, 0.04),
    "receipts_for_buyers": ({"post_as": "sales_receipt"}, 0.12, 0.07, 0.04),
}
FIXED = 5


@pytest.mark.parametrize("name", BUDGETS)
def test_calls_per_order(make_world, record_property, name):
    options, first, steady_new, steady_known = BUDGETS[name]
    world = make_world("CA", **options)
    know_items(world)

    place(world, carts(1000, buyers=BUYERS_IN_A_THOUSAND, days=20))
    in_first = sync_and_count(world)
    again = world.sync().calls["books"]
    place(world, carts(300, buyers=BUYERS_IN_A_THOUSAND))
    known = sync_and_count(world)
    place(world, carts(300, buyers=300, first_buyer=BUYERS_IN_A_THOUSAND))
    new = sync_and_count(world)

    record_property("calls", {"first": in_first, "again": again, "known": known, "new": new})
    assert in_first <= 1000 * first
    assert again <= FIXED
    assert known <= 300 * steady_known + FIXED
    assert new <= 300 * steady_new + FIXED


def test_an_unchanged_order_costs_nothing(make_world):
    """The shop tells of it again (somebody noted something on it), but it shows nothing that the books do not hold."""
    world = make_world("CA")
    (order_id,) = world.place(*carts(1, buyers=1))
    world.sync()
    world.quickbooks.reset_counters()

    world.ecwid.patch(world.store_id, order_id, privateAdminNotes="seen")
    run = world.sync()

    assert run.calls["store"] > 0
    assert world.quickbooks.counters()["requests"] == 0


@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
def test_sql_statements_do_not_grow_with_the_orders_of_a_page(make_world, post_as):
    """Each call to QuickBooks has its own few statements (budget, lease, what is sent, what came back); beyond these,
    thirty orders and three hundred cost the same."""
    world = make_world("CA", post_as=post_as)
    know_items(world)
    place(world, carts(1, buyers=1))
    world.sync()
    statements, calls = {}, {}
    for count in (30, 300):
        place(world, carts(count, buyers=count, first_buyer=count))
        with CaptureQueriesContext(connection) as captured:
            calls[count] = world.sync().calls["books"]
        statements[count] = len(captured)

    per_call = (statements[300] - statements[30]) / (calls[300] - calls[30])
    assert per_call < STATEMENTS_PER_CALL
    assert statements[30] < 60 + STATEMENTS_PER_CALL * calls[30]


# Calls to Wix: a page of a hundred orders is one, what was paid for them another.
WIX_FIXED = 6


def wix_carts(count):
    for number in range(count):
        buyer = {"first": "Buyer", "last": str(number), "email": f"b{number}@example.test", "contact_id": f"c{number}"}
        yield {"number": str(1000 + number), "lines": [{"sku": "MUG", "quantity": 1 + number % 3}], "buyer": buyer}


@pytest.mark.parametrize("name", ["invoices_with_payments", "receipts_for_buyers"])
def test_calls_per_order_of_a_wix_site(make_world, record_property, name):
    options, first, _, _ = BUDGETS[name]
    world = make_world("WIX_US", **options)
    place(world, wix_carts(300))
    later(world, minutes=20)  # what changed just now is read one by one: lists may be behind

    world.wix.reset_counters()
    in_books = sync_and_count(world)
    in_store = world.wix.counters()
    world.wix.reset_counters()
    again = world.sync()

    record_property("calls", {"books": in_books, "store": in_store["by_route"], "again": again.calls})
    assert in_books <= 300 * first + FIXED
    assert in_store["requests"] <= 3 * 2 + WIX_FIXED
    assert again.calls["store"] <= 3 * 2 + WIX_FIXED  # the minutes before the latest change are read again
    assert again.calls["books"] <= FIXED
