"""What QuickBooks will compute, checked on figures worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.books import TaxModel
from integrations.quickbooks.arithmetic import (
    computes_the_same,
    natural_taxes,
    override_deviation,
    sale_tax,
    sale_total,
)
from tests.integrations.quickbooks.books_samples import GST, QST, VAT, ZERO_RATE, company, line, sale, tax_line

D = Decimal


def test_each_rate_of_a_code_is_charged():
    assert natural_taxes(sale(line("100.00")), company()) == {"4": D("5.00"), "5": D("9.98")}


def test_tax_is_rounded_per_line_then_summed():
    """9.975 % of 4495.16 is 448.39; on two lines that both round up it is 448.40, as companies report it."""
    whole, split = sale(line("4495.16")), sale(line("1011.20"), line("3483.96"))
    assert natural_taxes(whole, company())["5"] == D("448.39")
    assert natural_taxes(split, company())["5"] == D("448.40")


@pytest.mark.parametrize(("net", "tax"), [("0.05", "0.01"), ("-0.05", "-0.01"), ("0.12", "0.02"), ("0.02", "0.00")])
def test_half_a_cent_is_rounded_away_from_zero(net, tax):
    assert natural_taxes(sale(line(net, "23")), company()) == {"8": D(tax)}


def test_a_compound_rate_counts_the_taxes_before_it_whatever_the_order_of_the_list():
    assert natural_taxes(sale(line("100.00", "21")), company()) == {"4": D("5.00"), "6": D("7.88")}


def test_a_tax_on_tax_leaves_the_amount_out():
    assert natural_taxes(sale(line("100.00", "22")), company()) == {"4": D("5.00"), "7": D("0.50")}


def test_currencies_without_cents_round_to_whole_units():
    assert natural_taxes(sale(line("105", "23"), currency="JPY"), company(currency="JPY")) == {"8": D(21)}


@pytest.mark.parametrize(("net", "tax", "sure"), [("105", "21", True), ("1658", "332", False), ("105", "22", False)])
def test_tax_is_left_to_quickbooks_only_where_any_rounding_of_yen_gives_it(net, tax, sure):
    stated = {"tax": tax, "override_tax": True, "tax_lines": (tax_line(VAT, net, tax),)}
    assert computes_the_same(sale(line(net, "23"), currency="JPY", **stated), company(multi_currency=True)) is sure


def test_a_discount_line_lowers_the_tax_of_its_code():
    document = sale(line("25.98", "23"), line("7.50", "24"), line("-2.60", "23"))
    assert natural_taxes(document, company()) == {"8": D("4.68"), "9": D("0.00")}
    assert sale_total(document, company()) == D("35.56")


def test_an_inclusive_price_posted_net():
    """20.00 with 20 % inside: net 16.67, and QuickBooks' tax of 3.33 makes 20.00 again."""
    assert sale_total(sale(line("16.67", "23")), company()) == D("20.00")


def test_stated_taxes_replace_the_computed_ones():
    """Net 16.66 stated with 3.34, where QuickBooks alone would say 3.33."""
    document = sale(line("16.66", "23"), tax="3.34", override_tax=True, tax_lines=(tax_line(VAT, "16.66", "3.34"),))
    assert natural_taxes(document, company()) == {"8": D("3.33")}
    assert sale_total(document, company()) == D("20.00")
    assert override_deviation(document, company()) == D("0.01")


def test_without_override_stated_taxes_are_ignored():
    document = sale(line("16.66", "23"), tax="3.34", tax_lines=(tax_line(VAT, "16.66", "3.34"),))
    assert sale_total(document, company()) == D("19.99")
    assert override_deviation(document, company()) == 0


def test_a_stated_tax_at_a_rate_on_no_line_does_not_count():
    document = sale(line("10.00", "24"), tax="2.00", override_tax=True, tax_lines=(tax_line(VAT, "10", "2.00"),))
    assert sale_total(document, company()) == D("10.00")


def test_the_deviation_is_the_largest_at_one_rate():
    stated = (tax_line(GST, "100", "5.03"), tax_line(QST, "100", "9.90"))
    document = sale(line("100.00"), override_tax=True, tax_lines=stated)
    assert override_deviation(document, company()) == D("0.08")


def test_an_exempt_code_has_no_tax():
    document = sale(line("10.00", "25"), line("5.00", "24"))
    assert natural_taxes(document, company()) == {ZERO_RATE.id: D("0.00")}
    assert sale_total(document, company()) == D("15.00")


def us(model: TaxModel, *codes_and_amounts: tuple[str, str], tax: str, group: str = "") -> Decimal:
    lines = [line(amount, code) for code, amount in codes_and_amounts]
    return sale_tax(sale(*lines, tax=tax, currency="USD"), company(model, default_tax_code=group))


@pytest.mark.parametrize(
    ("lines", "tax", "kept"),
    [
        ([("TAX", "100.00")], "8.25", "8.25"),
        ([("TAX", "100.00"), ("NON", "7.00")], "8.25", "8.25"),
        ([("NON", "100.00")], "8.25", "0"),
        ([("TAX", "-5.00"), ("NON", "100.00")], "8.25", "0"),
        ([("TAX", "100.00")], "0", "0"),
    ],
)
def test_a_us_company_keeps_the_stated_tax_where_something_is_taxable(lines, tax, kept):
    assert us(TaxModel.US_AUTOMATED, *lines, tax=tax) == D(kept)
    assert us(TaxModel.US_MANUAL, *lines, tax=tax, group="3") == D(kept)


def test_manual_tax_without_a_group_is_zero():
    assert us(TaxModel.US_MANUAL, ("TAX", "100.00"), tax="8.25") == 0


def test_a_us_company_without_sales_tax_drops_it():
    assert us(TaxModel.US_NONE, ("TAX", "100.00"), tax="8.25") == 0


def test_us_total():
    document = sale(line("100.00", "TAX"), tax="8.25", currency="USD")
    assert sale_total(document, company(TaxModel.US_AUTOMATED)) == D("108.25")
    assert override_deviation(document, company(TaxModel.US_AUTOMATED)) == 0


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.tuples(st.integers(-100_00, 10_000_00), st.sampled_from(["20", "21", "23", "24", "25"])), min_size=1)
)
def test_taxes_of_a_document_are_those_of_its_lines(rows):
    lines = [line(str(D(cents) / 100), code) for cents, code in rows]
    alone = [natural_taxes(sale(entry), company()) for entry in lines]
    together = natural_taxes(sale(*lines), company())
    assert together == {rate: sum(taxes.get(rate, D(0)) for taxes in alone) for rate in together}
    net = sum(entry.amount for entry in lines)
    assert sale_total(sale(*lines), company()) == net + sum(together.values(), D(0))
