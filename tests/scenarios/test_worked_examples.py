"""Orders whose every figure is known, from the shop into the books, line by line."""

from collections import Counter
from decimal import Decimal

import pytest

from sync.models import RecordState
from sync.reasons import explain
from sync.translate.reasons import Reason
from tests.support.documents import lines_of, new_tax_code, place_example, sent, taxes_of
from tests.support.ledger import dec

D = Decimal

# 2 tees at 25.00, a hat at 40.00; 10 % and 6.00 off; shipping 10.00, handling 2.00, tip 5.00; 8 % of tax; 20.00 by
# gift card. The shop says: tax 6.96, total 78.96.
GOODS_A = [("TEE-M", D(50), 2, D(25)), ("HAT-1", D(40), 1, D(40))]
EXTRAS_A = [("Shipping", D(10)), ("Fees", D(2))]


def lines_a(taxed, untaxed):
    """Example A as a document, with the tax codes of the company."""
    return [
        *((sku, amount, taxed, quantity, price) for sku, amount, quantity, price in GOODS_A),
        *((item, amount, taxed, None, None) for item, amount in EXTRAS_A),
        ("Tips", D(5), untaxed, None, None),
        ("Discount", D(-15), taxed, None, None),
        ("Gift cards", D(-20), untaxed, None, None),
    ]


def synced(world, example):
    """The sale that an example becomes."""
    place_example(world, example)
    world.sync()
    return world.only()


def waiting(world, example):
    """The record of an example that is held, nothing of which is in the books."""
    number = place_example(world, example)["id"]
    world.sync()
    record = world.record(number)
    assert record.state == RecordState.HELD
    assert not world.documents()
    return record


def canada_with_pst(make_world):
    world = make_world("CA")
    new_tax_code(world, "PST 8", 8)
    world.map_tax(["Sales tax"], "PST 8")
    return world


# -- A: discounts, delivery, tip and gift card in a shop that adds tax -------------------------------------------------

BOTH_WAYS = pytest.mark.parametrize("example", ["A-inside", "A-separate"])


@BOTH_WAYS
@pytest.mark.parametrize("place", ["US", "US_MANUAL"])
def test_a_in_the_united_states(make_world, place, example):
    world = make_world(place)
    sale = synced(world, example)
    assert lines_of(world, sale) == lines_a("TAX", "NON")
    assert dec(sale["TxnTaxDetail"]["TotalTax"]) == D("6.96")
    assert dec(sale["TotalAmt"]) == dec(world.only("Payment")["TotalAmt"]) == D("78.96")
    assert dec(sale["Balance"]) == 0


@BOTH_WAYS
def test_a_in_a_company_without_sales_tax(make_world, example):
    world = make_world("US_NONE")
    sale = synced(world, example)
    untaxed = lines_a("NON", "NON")
    assert lines_of(world, sale) == [*untaxed, ("Sales tax", D("6.96"), "NON", None, None)]
    assert not sale.get("TxnTaxDetail")
    assert dec(sale["TotalAmt"]) == D("78.96")


@BOTH_WAYS
def test_a_in_canada(make_world, example):
    world = canada_with_pst(make_world)
    sale = synced(world, example)
    assert lines_of(world, sale) == lines_a("PST 8", "Zero-rated")
    assert taxes_of(world, sale) == {"PST 8 (rate)": D("6.96"), "Zero-rated": 0}
    assert dec(sale["TotalAmt"]) == D("78.96")
    assert "TxnTaxDetail" not in sent("Invoice")  # the lines' own tax is the store's: nothing to state


# -- B and C: prices that contain the tax ------------------------------------------------------------------------------


def test_b_a_coupon_in_a_shop_whose_prices_contain_the_tax(make_world):
    world = make_world("GB")
    sale = synced(world, "B")
    assert lines_of(world, sale) == [
        ("LAMP", D("100.00"), "20.0% S", 1, D("100.00")),
        ("BULB", D("50.00"), "20.0% S", 2, D("25.00")),
        ("Shipping", D("10.00"), "20.0% S", None, None),
        ("Discount", D("-15.00"), "20.0% S", None, None),
    ]
    assert taxes_of(world, sale) == {"20.0% S (Sales)": D("29.00")}
    assert dec(sale["TotalAmt"]) == D("174.00")


def test_c_a_net_amount_that_no_unit_price_gives(make_world):
    world = make_world("GB")
    new_tax_code(world, "21.0% S", 21)
    world.map_tax(["VAT 21"], "21.0% S")
    sale = synced(world, "C")
    assert lines_of(world, sale) == [("GLASS", D("24.77"), "21.0% S", 3, None)]
    assert taxes_of(world, sale) == {"21.0% S (rate)": D("5.20")}
    assert dec(sale["TotalAmt"]) == D("29.97")


# -- D: totals that do not follow from their parts ---------------------------------------------------------------------


@pytest.mark.parametrize("place", ["US", "CA"])
def test_d_two_cents_too_many_go_to_the_rounding_item(make_world, place):
    world = canada_with_pst(make_world) if place == "CA" else make_world(place)
    taxed, untaxed = ("PST 8", "Zero-rated") if place == "CA" else ("TAX", "NON")
    sale = synced(world, "D-rounding")
    assert lines_of(world, sale) == [*lines_a(taxed, untaxed), ("Rounding", D("0.02"), untaxed, None, None)]
    assert dec(sale["TotalAmt"]) == dec(world.only("Payment")["TotalAmt"]) == D("78.98")
    (entry,) = world.log()
    assert (entry.reason, entry.params["amount"]) == (Reason.ROUNDING_LINE, "0.02")


def test_d_a_total_that_is_short_by_the_shipping_has_free_shipping(make_world):
    world = make_world("US")
    sale = synced(world, "D-shipping")
    free = [("Shipping", D(10), "NON", None, None), ("Discount", D(-10), "NON", None, None)]
    others = [row for row in lines_a("TAX", "NON") if row[0] != "Shipping"]
    assert Counter(lines_of(world, sale)) == Counter([*free, *others])
    assert dec(sale["TxnTaxDetail"]["TotalTax"]) == D("6.96")
    assert dec(sale["TotalAmt"]) == D("68.96")


def test_d_free_shipping_that_is_taxed_all_the_same_fits_no_rate(make_world):
    """QuickBooks would tax the shipping after its discount: 6.16. The shop taxed it before: 6.96."""
    record = waiting(canada_with_pst(make_world), "D-shipping")
    assert record.reason == Reason.TAX_DIFFERS
    assert (record.params["store_tax"], record.params["books_tax"]) == ("6.96", "6.16")


@pytest.mark.parametrize(
    ("example", "difference"), [("D-without-tax", "-6.96"), ("D-unexplained", "3.00")], ids=["tax", "unexplained"]
)
@pytest.mark.parametrize("place", ["US", "CA"])
def test_d_what_nobody_can_explain_waits_with_its_figures(make_world, place, example, difference):
    record = waiting(canada_with_pst(make_world) if place == "CA" else make_world(place), example)
    assert record.reason == Reason.ORDER_DOES_NOT_ADD_UP
    assert record.params["computed"] == "78.96"
    assert record.params["difference"] == difference
    assert difference in explain(record.reason, record.params)
