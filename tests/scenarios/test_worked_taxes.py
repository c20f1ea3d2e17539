"""How the store's tax becomes QuickBooks' tax, in figures: the United States, everywhere else, and the roundings."""

from decimal import Decimal

import pytest

from sync.models import RecordState
from sync.translate.reasons import Reason
from tests.support.documents import lines_of, sent, taxes_of
from tests.support.ledger import dec

D = Decimal


def synced(world, *lines, **cart):
    """The sale of an order with these lines."""
    world.place({"lines": list(lines), "order_id": "ORDER", **cart})
    world.sync()
    return world.only()


def line(price, quantity=1, **more):
    return {"sku": "THING", "name": "Thing", "price": price, "quantity": quantity, **more}


def at(percent, name="Sales tax"):
    return [{"name": name, "value": percent}]


# -- the United States: the document states its tax --------------------------------------------------------------------


def test_the_stores_tax_stands_where_quickbooks_would_compute_another(make_world):
    """7 % in the store; Austin's 8.25 % would be 8.25."""
    world = make_world("US")
    sale = synced(world, line(100, taxes=at(7)))
    assert sent("Invoice")["TxnTaxDetail"] == {"TotalTax": 7}
    assert taxes_of(world, sale) == {"Texas State": D("5.30"), "Austin": D("0.85"), "Austin Transit": D("0.85")}
    assert dec(sale["TotalAmt"]) == D("107.00")


def test_an_untaxed_order_says_that_its_tax_is_nothing(make_world):
    world = make_world("US")
    sale = synced(world, line(100, taxes=[]))
    assert sent("Invoice")["TxnTaxDetail"] == {"TotalTax": 0}
    assert [code for _, _, code, _, _ in lines_of(world, sale)] == ["NON"]
    assert dec(sale["TotalAmt"]) == D("100.00")


def test_a_taxed_line_beside_an_untaxed_one(make_world):
    world = make_world("US")
    sale = synced(world, line("19.99", 3, taxes=at("8.25")), line("7.50", taxes=[]))
    assert [(amount, code) for _, amount, code, _, _ in lines_of(world, sale)] == [
        (D("59.97"), "TAX"),
        (D("7.50"), "NON"),
    ]
    assert dec(sale["TxnTaxDetail"]["TotalTax"]) == D("4.95")
    assert dec(sale["TotalAmt"]) == D("72.42")


def test_a_company_with_rates_of_its_own_is_told_the_group_and_the_total(make_world):
    """With the group alone QuickBooks would compute 9.5 %, with tax lines too; without the group, nothing."""
    world = make_world("US_MANUAL")
    sale = synced(world, line(100, taxes=at("8.25")))
    assert sent("Invoice")["TxnTaxDetail"] == {"TxnTaxCodeRef": {"value": "3"}, "TotalTax": D("8.25")}
    assert taxes_of(world, sale) == {"California": D("6.30"), "Los Angeles District": D("1.95")}
    assert dec(sale["TotalAmt"]) == D("108.25")


def test_a_company_without_sales_tax_has_the_tax_on_a_line(make_world):
    world = make_world("US_NONE")
    sale = synced(world, line(100, taxes=at("8.25")))
    assert [(item, amount) for item, amount, *_ in lines_of(world, sale)] == [
        ("THING", D(100)),
        ("Sales tax", D("8.25")),
    ]
    assert "TxnTaxDetail" not in sent("Invoice")
    assert dec(sale["TotalAmt"]) == D("108.25")


# -- everywhere else: a code on every line -----------------------------------------------------------------------------


def test_each_line_has_its_own_code(make_world):
    world = make_world("GB")
    world.map_tax(["VAT zero-rated"], "0.0% Z")
    sale = synced(
        world,
        line(120, taxes=["VAT"]),
        line("10.50", taxes=at(5, "VAT")),
        line(8, taxes=["VAT zero-rated"]),
        line(3, taxes=[]),
    )
    assert [(amount, code) for _, amount, code, _, _ in lines_of(world, sale)] == [
        (D("100.00"), "20.0% S"),
        (D("10.00"), "5.0% R"),
        (D("8.00"), "0.0% Z"),
        (D("3.00"), "No VAT"),
    ]
    assert sent("Invoice")["GlobalTaxCalculation"] == "TaxExcluded"
    assert dec(sale["TotalAmt"]) == D("141.50")


def test_two_rates_on_a_line_are_rounded_line_by_line(world):
    """9.975 % of 4,495.16 is 448.39; line by line it is 448.40, in the shop and in QuickBooks."""
    sale = synced(world, line(1000), line("1059.82"), line("2435.34"))
    assert taxes_of(world, sale) == {"GST": D("224.76"), "QST": D("448.40")}
    assert "TxnTaxDetail" not in sent("Invoice")
    assert dec(sale["TotalAmt"]) == D("5168.32")


def test_a_discount_of_two_rates_that_rounds_apart_states_its_taxes(world):
    """The shop taxes 9.99 less 3.33 once: 0.33 and 0.66. QuickBooks taxes both lines: 1.00 less 0.33 is 0.67."""
    sale = synced(world, line("9.99"), promotion="3.33")
    assert [(item, amount) for item, amount, *_ in lines_of(world, sale)] == [
        ("THING", D("9.99")),
        ("Discount", D("-3.33")),
    ]
    stated = sent("Invoice")["TxnTaxDetail"]
    assert stated["TotalTax"] == D("0.99")
    assert [(row["Amount"], row["TaxLineDetail"]["NetAmountTaxable"]) for row in stated["TaxLine"]] == [
        (D("0.33"), D("6.66")),
        (D("0.66"), D("6.66")),
    ]
    assert taxes_of(world, sale) == {"GST": D("0.33"), "QST": D("0.66")}
    assert dec(sale["TotalAmt"]) == D("7.65")


def test_a_price_with_tax_that_rounds_apart_states_its_tax(make_world):
    """9.99 holds 1.67 of tax; QuickBooks would compute 1.66 on the 8.32 that is left."""
    world = make_world("GB")
    sale = synced(world, line("9.99", taxes=["VAT"]))
    stated = sent("Invoice")["TxnTaxDetail"]
    assert stated["TotalTax"] == D("1.67")
    assert [(row["Amount"], row["TaxLineDetail"]["NetAmountTaxable"]) for row in stated["TaxLine"]] == [
        (D("1.67"), D("8.32"))
    ]
    assert dec(sale["TotalAmt"]) == D("9.99")


def test_shipping_of_goods_at_two_rates_is_a_line_for_each(make_world):
    """10.00 of shipping for 60.00 at 20 % and 40.00 at 5.5 %, prices with tax."""
    world = make_world("FR")
    sale = synced(world, line(60, taxes=["TVA"]), line(40, taxes=["TVA réduite"]), shipping=10)
    shipping = [row[1:3] for row in lines_of(world, sale) if row[0] == "Shipping"]
    assert shipping == [(D("4.98"), "TVA 20 %"), (D("3.81"), "TVA 5,5 %")]
    assert taxes_of(world, sale) == {"TVA 20 % (ventes)": D("11.00"), "TVA 5,5 % (ventes)": D("2.30")}
    assert dec(sale["TotalAmt"]) == D("110.00")


# -- amounts, quantities and totals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("price", "quantity", "amount"),
    [("1.065", 1, "1.07"), ("128.345", 3, "385.04"), ("0.333", 500, "166.50"), ("14.505", 1, "14.51")],
)
def test_half_a_cent_of_quantity_times_price_goes_up(make_world, price, quantity, amount):
    """QuickBooks refuses a line whose amount is not its quantity times its price, rounded half up."""
    world = make_world("US")
    sale = synced(world, line(price, quantity, taxes=[]))
    assert lines_of(world, sale) == [("THING", D(amount), "NON", quantity, D(price))]
    assert dec(sale["TotalAmt"]) == D(amount)


def test_a_net_unit_price_is_sent_where_it_gives_the_amount(make_world):
    world = make_world("GB")
    sale = synced(world, line("1.00", 3, taxes=["VAT"]), line("10.00", 4, taxes=["VAT"]))
    assert [row[1:] for row in lines_of(world, sale)] == [
        (D("2.50"), "20.0% S", 3, None),
        (D("33.33"), "20.0% S", 4, D("8.3325")),
    ]
    assert dec(sale["TotalAmt"]) == D("43.00")


def test_discounts_lower_the_tax_that_they_should(world):
    """10 % off everything; a third of the goods is zero-rated."""
    world.map_tax(["Zero-rated"], "Zero-rated")
    goods = (line(200), line(100, taxes=at(0, "Zero-rated")))
    sale = synced(world, *goods, coupon={"type": "percent", "value": 10})
    assert lines_of(world, sale)[2:] == [
        ("Discount", D("-20.00"), "GST/QST QC", None, None),
        ("Discount", D("-10.00"), "Zero-rated", None, None),
    ]
    assert taxes_of(world, sale) == {"GST": D("9.00"), "QST": D("17.96"), "Zero-rated": 0}
    assert dec(sale["TotalAmt"]) == D("296.96")


def test_a_document_never_tells_its_total_but_a_payment_does(world):
    sale = synced(world, line(100))
    assert "TotalAmt" not in sent("Invoice")
    assert sent("Payment")["TotalAmt"] == dec(sale["TotalAmt"]) == D("114.98")


@pytest.mark.parametrize(("cents", "state"), [(5, RecordState.POSTED), (6, RecordState.HELD)])
def test_a_rounding_line_makes_good_five_cents_and_not_six(world, cents, state):
    (number,) = world.place({"lines": [line(100)]})
    world.ecwid.patch(world.store_id, number, total=D("114.98") + D("0.01") * cents)
    world.sync()
    record = world.record(number)
    assert record.state == state
    assert record.reason == (Reason.ROUNDING_LINE if cents == 5 else Reason.ORDER_DOES_NOT_ADD_UP)
    assert [dec(sale["TotalAmt"]) for sale in world.documents().values()] == ([D("115.03")] if cents == 5 else [])


def test_a_total_below_zero_is_no_sale(world):
    (number,) = world.place({"lines": [line(100)], "promotion": 50})
    world.ecwid.patch(world.store_id, number, total=-10)
    world.sync()
    assert world.record(number).reason == Reason.TOTAL_NEGATIVE
    assert not world.documents()
