"""Refunds and chargebacks may leave an order's date of change alone: those that no message told of are found by the
daily second look at the orders of the last months, for two calls to a hundred orders."""

import pytest

from sync.models import Record
from sync.translate.reasons import Reason
from tests.support.expect import books_are_whole, posted, sentence_of
from tests.support.ledger import dec

CART = {"lines": [{"sku": "MUG", "quantity": 2}]}


@pytest.fixture
def site(make_world):
    """Nobody is told anything, and refunds move no date."""
    world = make_world("WIX_US", payment_statuses=["PAID", "PARTIALLY_REFUNDED", "FULLY_REFUNDED"])
    world.wix.switch(refunds_move_updated=False)
    world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
    return world


def days_pass(world, days):
    world.time.forward(days=days)


def test_a_refund_that_moved_no_date_is_in_the_books_the_next_day(site):
    refunded, _kept = site.place({**CART, "number": "BACK"}, {**CART, "number": "KEPT"})
    site.sync()
    posted(site, "BACK")
    days_pass(site, 10)
    site.sync()
    site.wix.refund(site.store_id, refunded)

    days_pass(site, 0.5)
    site.sync()
    assert not site.documents("RefundReceipt")

    days_pass(site, 0.5)
    site.sync()
    assert dec(site.only("RefundReceipt")["TotalAmt"]) == dec(posted(site, "BACK")["TotalAmt"])
    books_are_whole(site)

    books = site.books()
    days_pass(site, 1)
    assert site.sync().counts == {}
    assert site.books() == books


def test_after_three_months_it_is_not_looked_for(site):
    [order] = site.place({**CART, "number": "OLD"})
    site.sync()
    days_pass(site, 1)
    site.sync()
    days_pass(site, 90)
    site.wix.refund(site.store_id, order)
    site.sync()
    assert not site.documents("RefundReceipt")


def test_a_hundred_orders_cost_two_calls_and_no_write(site):
    site.place(*({**CART, "number": f"N{number}"} for number in range(100)))
    site.sync()
    days_pass(site, 2)
    site.sync()
    assert set(Record.objects.values_list("state", flat=True)) == {"posted"}
    before = list(Record.objects.order_by("pk").values())

    site.wix.reset_counters()
    days_pass(site, 0.5)
    assert site.sync().counts == {}
    usual = site.wix.counters()["by_route"]
    site.wix.reset_counters()
    days_pass(site, 0.5)
    assert site.sync().counts == {}
    second = site.wix.counters()["by_route"]

    more = {route: count - usual.get(route, 0) for route, count in second.items() if count > usual.get(route, 0)}
    modules = ("GET /events/v1/orders", "GET /pricing-plans/v2/orders", "GET /restaurants/v3/orders")
    reads = {"POST /ecom/v1/orders/search": 1, "POST /ecom/v1/payments/list-by-ids": 1}
    assert more == reads | dict.fromkeys(modules, 1)
    assert list(Record.objects.order_by("pk").values()) == before


def test_a_chargeback_that_moved_no_date_is_told_and_touches_no_document(site):
    [order] = site.place({**CART, "number": "BANK"})
    site.sync()
    sale, books = posted(site, "BANK"), site.books()
    days_pass(site, 1)
    site.sync()
    site.wix.chargeback(site.store_id, order, amount=10)

    days_pass(site, 1)
    site.sync()
    record = site.record("BANK")
    assert (record.state, record.reason, record.params) == (
        "posted",
        Reason.CHARGED_BACK,
        {"amount": "10.00", "currency": "USD"},
    )
    sentence_of(record, "took back 10.00 USD", "Enter in QuickBooks by hand")
    assert (posted(site, "BANK"), site.books()) == (sale, books)

    site.wix.chargeback(site.store_id, order, reversed=True)
    days_pass(site, 1)
    site.sync()
    assert (site.record("BANK").reason, site.books()) == ("", books)


def test_an_order_that_was_charged_back_before_it_is_posted_says_so(site):
    site.set("orders", payment_statuses=["PAID"])
    [order] = site.place({**CART, "number": "BANK"})
    site.wix.chargeback(site.store_id, order)
    site.sync()
    posted(site, "BANK")
    sentence_of(site.record("BANK"), "took back")
