from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.quickbooks.money import half_up, spread
from sandbox.quickbooks.taxes import Rate, tax_in_gross, tax_on_net
from tests.sandbox.quickbooks_desk import Desk

cents = st.integers(-10_000_000, 10_000_000).map(lambda value: Decimal(value) / 100)
percents = st.decimals("0", "30", places=3)


@pytest.fixture
def us() -> Desk:
    return Desk("US")


@pytest.fixture
def canada() -> Desk:
    return Desk("CA")


@pytest.fixture
def britain() -> Desk:
    return Desk("GB")


def excluded(desk: Desk, *lines: Any, **fields: Any) -> Any:
    return desk.invoice(*lines, GlobalTaxCalculation="TaxExcluded", **fields)


def inclusive(desk: Desk, *lines: Any, **fields: Any) -> Any:
    return desk.invoice(*lines, GlobalTaxCalculation="TaxInclusive", **fields)


def amounts(invoice: Any) -> list[Decimal]:
    return [line["Amount"] for line in invoice["TxnTaxDetail"].get("TaxLine", ())]


def override(*rows: tuple[str, str]) -> dict[str, Any]:
    """A TxnTaxDetail whose tax lines are (rate id, amount)."""
    lines = [
        {
            "Amount": Decimal(amount),
            "DetailType": "TaxLineDetail",
            "TaxLineDetail": {"TaxRateRef": {"value": rate}, "PercentBased": True},
        }
        for rate, amount in rows
    ]
    return {"TotalTax": sum(line["Amount"] for line in lines), "TaxLine": lines}


def rate(desk: Desk, name: str) -> str:
    return desk.id("TaxRate", name)


# -- the US ------------------------------------------------------------------------------------------------------


def test_automated_tax_computes_when_nothing_is_said(us: Desk) -> None:
    invoice = us.invoice(us.line("100.00", code="TAX"), us.line("50.00", code="NON"))
    assert invoice["TxnTaxDetail"]["TotalTax"] == Decimal("8.25")
    assert invoice["TotalAmt"] == Decimal("158.25")
    assert amounts(invoice) == [Decimal("6.25"), Decimal("1.00"), Decimal("1.00")]


def test_a_total_tax_is_honoured_and_spread_over_the_rates(us: Desk) -> None:
    invoice = us.invoice(us.line("100.00", code="TAX"), TxnTaxDetail={"TotalTax": Decimal("7.77")})
    assert invoice["TotalAmt"] == Decimal("107.77")
    assert sum(amounts(invoice)) == Decimal("7.77")
    assert invoice["TxnTaxDetail"]["TaxReviewStatus"] == "AST_TAX_OVERRIDE"


def test_a_total_tax_of_zero_is_an_override_too(us: Desk) -> None:
    assert us.invoice(us.line("100.00", code="TAX"), TxnTaxDetail={"TotalTax": 0})["TotalAmt"] == Decimal("100.00")


def test_with_nothing_taxable_the_tax_comes_back_as_zero(us: Desk) -> None:
    invoice = us.invoice(us.line("100.00", code="NON"), TxnTaxDetail={"TotalTax": Decimal("8.25")})
    assert invoice["TxnTaxDetail"]["TotalTax"] == 0
    assert invoice["TotalAmt"] == Decimal("100.00")


def test_a_taxable_line_must_be_positive_to_carry_tax(us: Desk) -> None:
    lines = (us.line("100.00", code="NON"), us.line("-10.00", "Discount", code="TAX"))
    assert us.invoice(*lines, TxnTaxDetail={"TotalTax": Decimal("8.25")})["TotalAmt"] == Decimal("90.00")


def test_automated_tax_chooses_its_code_itself(us: Desk) -> None:
    detail = {"TxnTaxCodeRef": {"value": "TAX"}}
    invoice = us.invoice(us.line("100.00", code="TAX"), TxnTaxDetail=detail)
    assert invoice["TxnTaxDetail"]["TxnTaxCodeRef"] == us.ref("TaxCode", "Austin, TX")


def test_automated_tax_can_be_forced_against_an_override(us: Desk) -> None:
    detail = {"TotalTax": Decimal("1.00"), "UseAutomatedSalesTax": True}
    assert us.invoice(us.line("100.00", code="TAX"), TxnTaxDetail=detail)["TotalAmt"] == Decimal("108.25")


def test_a_us_line_is_taxable_or_not_and_nothing_else(us: Desk) -> None:
    line = us.line("100.00", TaxCodeRef={"value": "2"})
    assert us.refused("Invoice", us.sale(line))["code"] == "6100"


def test_amounts_cannot_include_tax_in_the_us(us: Desk) -> None:
    sale = us.sale(us.line("1", code="TAX"), GlobalTaxCalculation="TaxInclusive")
    assert us.refused("Invoice", sale)["code"] == "6000"


def test_an_exempt_customer_pays_no_computed_tax(us: Desk) -> None:
    exempt = us.write("Customer", {"DisplayName": "City Museum", "Taxable": False})
    sale = {**us.sale(us.line("100.00", code="TAX")), "CustomerRef": {"value": exempt["Id"]}}
    assert us.write("Invoice", sale)["TotalAmt"] == Decimal("100.00")


def test_a_discount_lowers_the_taxable_base_only_when_tax_comes_after_it(us: Desk) -> None:
    discount = {"DetailType": "DiscountLineDetail", "Amount": 20, "DiscountLineDetail": {"PercentBased": False}}
    lines = (us.line("100.00", code="TAX"), discount)
    assert us.invoice(*lines, ApplyTaxAfterDiscount=True)["TotalAmt"] == Decimal("86.60")
    assert us.invoice(*lines, ApplyTaxAfterDiscount=False)["TotalAmt"] == Decimal("88.25")


def test_an_update_of_lines_computes_tax_anew_unless_it_is_sent_again(us: Desk) -> None:
    before = us.invoice(us.line("100.00", code="TAX"), TxnTaxDetail={"TotalTax": Decimal("7.77")})
    line = us.line("200.00", code="TAX")
    computed = us.write("Invoice", us.version(before, Line=[line]))
    assert computed["TxnTaxDetail"]["TotalTax"] == Decimal("16.50")
    sent = us.write("Invoice", us.version(computed, Line=[line], TxnTaxDetail={"TotalTax": Decimal("15.00")}))
    assert sent["TotalAmt"] == Decimal("215.00")


def test_a_us_update_of_lines_keeps_the_old_tax_when_switched(us: Desk) -> None:
    us.switch(update_keeps_old_tax="everywhere")
    before = us.invoice(us.line("100.00", code="TAX"), TxnTaxDetail={"TotalTax": Decimal("7.77")})
    kept = us.write("Invoice", us.version(before, Line=[us.line("200.00", code="TAX")]))
    assert (kept["TotalAmt"], sum(amounts(kept))) == (Decimal("207.77"), Decimal("7.77"))


def test_without_sales_tax_the_tax_detail_is_dropped() -> None:
    desk = Desk("US-no-tax")
    invoice = desk.invoice(desk.line("100.00", code="TAX"), TxnTaxDetail={"TotalTax": Decimal("8.25")})
    assert "TxnTaxDetail" not in invoice
    assert invoice["TotalAmt"] == Decimal("100.00")


def test_manual_tax_needs_the_code_of_the_document() -> None:
    desk = Desk("US-manual")
    line, code = desk.line("100.00", code="TAX"), desk.ref("TaxCode", "Los Angeles")
    assert desk.invoice(line, TxnTaxDetail={"TotalTax": Decimal("9.00")})["TotalAmt"] == Decimal("100.00")
    assert desk.invoice(line, TxnTaxDetail={"TxnTaxCodeRef": code})["TotalAmt"] == Decimal("109.50")
    detail = {"TxnTaxCodeRef": code, "TotalTax": Decimal("9.00")}
    assert desk.invoice(line, TxnTaxDetail=detail)["TotalAmt"] == Decimal("109.00")


def test_manual_tax_is_recomputed_when_tax_lines_are_sent() -> None:
    desk = Desk("US-manual")
    detail = override((desk.id("TaxRate", "California"), "1.00")) | {
        "TxnTaxCodeRef": desk.ref("TaxCode", "Los Angeles")
    }
    assert desk.invoice(desk.line("100.00", code="TAX"), TxnTaxDetail=detail)["TotalAmt"] == Decimal("109.50")


# -- everywhere else ---------------------------------------------------------------------------------------------


def test_outside_the_us_every_line_needs_a_tax_code(britain: Desk, canada: Desk) -> None:
    for desk, word in ((britain, "VAT"), (canada, "GST/HST")):
        refusal = desk.refused("Invoice", desk.sale(desk.line("1"), GlobalTaxCalculation="TaxExcluded"))
        assert refusal["code"] == "6000"
        assert f"Make sure all your transactions have a {word} rate before you save" in refusal["Detail"]


def test_outside_the_us_a_sale_says_how_it_treats_tax(britain: Desk) -> None:
    sale = britain.sale(britain.line("10.00", code="20.0% S"))
    refusal = britain.refused("Invoice", sale)
    assert (refusal["code"], refusal["element"]) == ("2020", "GlobalTaxCalculation")
    britain.switch(global_tax_calculation_required=False)
    assert britain.write("Invoice", sale)["TotalAmt"] == Decimal("12.00")


def test_an_unknown_tax_code_is_refused(britain: Desk) -> None:
    sale = britain.sale(britain.line("1", TaxCodeRef={"value": "99"}), GlobalTaxCalculation="TaxExcluded")
    assert britain.refused("Invoice", sale)["code"] == "2500"


def test_tax_is_rounded_per_line_and_then_summed(britain: Desk) -> None:
    lines = [britain.line("0.33", code="5.0% R") for _ in range(3)]  # 0.0165 each, 0.0495 together
    invoice = excluded(britain, *lines)
    assert amounts(invoice) == [Decimal("0.06")]
    assert invoice["TotalAmt"] == Decimal("1.05")


def test_half_a_cent_of_tax_goes_up(britain: Desk) -> None:
    assert excluded(britain, britain.line("0.10", code="5.0% R"))["TotalAmt"] == Decimal("0.11")


def test_gst_and_qst_are_two_tax_lines(canada: Desk) -> None:
    invoice = excluded(canada, canada.line("100.00", code="GST/QST QC"))
    assert amounts(invoice) == [Decimal("5.00"), Decimal("9.98")]
    assert invoice["TotalAmt"] == Decimal("114.98")
    assert invoice["TxnTaxDetail"]["TaxLine"][1]["TaxLineDetail"]["NetAmountTaxable"] == Decimal("100.00")


def test_a_rate_shared_by_two_codes_is_one_tax_line(canada: Desk) -> None:
    lines = (canada.line("100.00", code="GST/QST QC"), canada.line("10.00", code="GST"))
    assert amounts(excluded(canada, *lines)) == [Decimal("5.50"), Decimal("9.98")]


def test_zero_rated_and_exempt_lines_carry_no_tax(canada: Desk) -> None:
    lines = (canada.line("10.00", code="Zero-rated"), canada.line("5.00", code="Exempt"))
    invoice = excluded(canada, *lines)
    assert invoice["TxnTaxDetail"]["TotalTax"] == 0
    assert invoice["TotalAmt"] == Decimal("15.00")


def test_a_negative_line_lowers_the_tax(britain: Desk) -> None:
    lines = (britain.line("100.00", code="20.0% S"), britain.line("-10.00", "Discount", code="20.0% S"))
    assert excluded(britain, *lines)["TotalAmt"] == Decimal("108.00")


def test_a_discount_line_is_spread_over_the_lines_before_tax(britain: Desk) -> None:
    discount = {"DetailType": "DiscountLineDetail", "Amount": 30, "DiscountLineDetail": {"PercentBased": False}}
    lines = (britain.line("200.00", code="20.0% S"), britain.line("100.00", code="0.0% Z"), discount)
    assert excluded(britain, *lines)["TotalAmt"] == Decimal("306.00")


def test_a_gross_line_is_split_into_net_and_tax(britain: Desk) -> None:
    line = britain.line("16.67", code="20.0% S", TaxInclusiveAmt=Decimal("20.00"))
    invoice = inclusive(britain, line)
    stored = invoice["Line"][0]
    assert stored["Amount"] == Decimal("16.67")
    assert stored["SalesItemLineDetail"]["TaxInclusiveAmt"] == Decimal("20.00")
    assert invoice["TxnTaxDetail"]["TotalTax"] == Decimal("3.33")
    assert invoice["TotalAmt"] == Decimal("20.00")


def test_a_bare_amount_in_an_inclusive_document_is_net_or_gross_by_the_switch(britain: Desk) -> None:
    line = britain.line("20.00", code="20.0% S")
    assert inclusive(britain, line)["TotalAmt"] == Decimal("24.00")
    britain.switch(tax_inclusive_bare_amount="gross")
    assert inclusive(britain, line)["TotalAmt"] == Decimal("20.00")


def test_a_tax_line_may_differ_by_a_few_cents(britain: Desk) -> None:
    line, standard = britain.line("16.66", code="20.0% S"), rate(britain, "20.0% S (Sales)")
    assert excluded(britain, line, TxnTaxDetail=override((standard, "3.34")))["TotalAmt"] == Decimal("20.00")
    assert excluded(britain, line, TxnTaxDetail=override((standard, "3.38")))["TotalAmt"] == Decimal("20.04")


def test_a_tax_line_too_far_off_is_computed_again(britain: Desk) -> None:
    line, standard = britain.line("16.66", code="20.0% S"), rate(britain, "20.0% S (Sales)")
    assert excluded(britain, line, TxnTaxDetail=override((standard, "3.39")))["TotalAmt"] == Decimal("19.99")
    britain.switch(tax_override_tolerance="1.00")
    assert excluded(britain, line, TxnTaxDetail=override((standard, "3.39")))["TotalAmt"] == Decimal("20.05")


def test_tax_lines_may_be_worth_nothing_at_all(britain: Desk) -> None:
    line, standard = britain.line("16.66", code="20.0% S"), rate(britain, "20.0% S (Sales)")
    britain.switch(tax_override_tolerance=0)
    assert excluded(britain, line, TxnTaxDetail=override((standard, "3.34")))["TotalAmt"] == Decimal("19.99")


def test_yen_may_be_rounded_to_whole_ones(britain: Desk) -> None:
    britain.prefer("CurrencyPrefs", MultiCurrencyEnabled=True)
    customer = britain.write("Customer", {"DisplayName": "Aiko", "CurrencyRef": {"value": "JPY"}})
    in_yen = {"CustomerRef": {"value": customer["Id"]}, "CurrencyRef": {"value": "JPY"}}
    line, standard = britain.line("1658", code="20.0% S"), rate(britain, "20.0% S (Sales)")
    assert excluded(britain, line, **in_yen)["TotalAmt"] == Decimal("1989.60")
    britain.switch(currency_places=True)
    assert excluded(britain, line, **in_yen)["TotalAmt"] == 1990
    stated = override((standard, "333"))
    assert excluded(britain, line, TxnTaxDetail=stated, **in_yen)["TotalAmt"] == 1991


def test_many_lines_allow_a_cent_each(britain: Desk) -> None:
    lines = [britain.line("1.00", code="20.0% S") for _ in range(10)]
    detail = override((rate(britain, "20.0% S (Sales)"), "2.10"))
    assert excluded(britain, *lines, TxnTaxDetail=detail)["TotalAmt"] == Decimal("12.10")


def test_a_total_tax_alone_does_not_move_the_tax(britain: Desk) -> None:
    line = britain.line("16.66", code="20.0% S")
    assert excluded(britain, line, TxnTaxDetail={"TotalTax": Decimal("3.34")})["TotalAmt"] == Decimal("19.99")


@pytest.mark.parametrize("names", [["5.0% R (Sales)"], ["20.0% S (Sales)", "20.0% S (Sales)"]])
def test_a_tax_line_must_belong_once_to_a_code_in_use(britain: Desk, names: list[str]) -> None:
    detail = override(*((rate(britain, name), "3.33") for name in names))
    sale = britain.sale(britain.line("16.66", code="20.0% S"), GlobalTaxCalculation="TaxExcluded", TxnTaxDetail=detail)
    assert britain.refused("Invoice", sale)["code"] == "6000"


def test_not_applicable_means_no_tax_and_no_tax_detail(britain: Desk) -> None:
    sale = britain.sale(britain.line("10.00"), GlobalTaxCalculation="NotApplicable")
    assert britain.write("Invoice", sale)["TotalAmt"] == Decimal("10.00")
    assert britain.refused("Invoice", {**sale, "TxnTaxDetail": {"TotalTax": 1}})["code"] == "6170"


# -- laws --------------------------------------------------------------------------------------------------------


@given(gross=cents, rates=st.lists(percents, min_size=1, max_size=3))
def test_net_and_tax_of_a_gross_amount_make_the_gross_amount(gross: Decimal, rates: list[Decimal]) -> None:
    taxes = tax_in_gross([Rate(str(number), percent) for number, percent in enumerate(rates)], gross)
    net = gross - sum(taxes.values())
    assert net == net.quantize(Decimal("0.01"))
    assert abs(net) <= abs(gross) + Decimal("0.02")


@given(net=cents, percent=percents)
def test_tax_on_a_credit_is_tax_on_the_sale_with_the_other_sign(net: Decimal, percent: Decimal) -> None:
    rates = [Rate("1", percent)]
    assert tax_on_net(rates, net)["1"] == -tax_on_net(rates, -net)["1"]


def test_a_compound_rate_builds_on_the_taxes_before_it() -> None:
    rates = [
        Rate("gst", Decimal(5)),
        Rate("qst", Decimal("9.5"), "TaxOnAmountPlusTax"),
        Rate("x", Decimal(10), "TaxOnTax"),
    ]
    taxes = tax_on_net(rates, Decimal("100.00"))
    assert taxes == {"gst": Decimal("5.00"), "qst": Decimal("9.98"), "x": Decimal("1.50")}


@given(total=cents, weights=st.lists(st.integers(0, 1000).map(Decimal), min_size=1, max_size=8))
def test_spreading_loses_no_cent(total: Decimal, weights: list[Decimal]) -> None:
    parts = spread(total, weights)
    assert sum(parts) == (total if any(weights) else 0)
    assert all(part == half_up(part) for part in parts)


# -- updates outside the US --------------------------------------------------------------------------------------


def test_an_update_of_lines_alone_keeps_the_old_tax_of_the_rates_that_stay(britain: Desk) -> None:
    before = excluded(britain, britain.line("100.00", code="20.0% S"))
    line = britain.line("50.00", code="20.0% S")
    kept = britain.write("Invoice", britain.version(before, Line=[line]))
    assert kept["TotalAmt"] == Decimal("70.00")
    other = britain.write("Invoice", britain.version(kept, Line=[line, britain.line("10.00", code="5.0% R")]))
    assert other["TotalAmt"] == Decimal("80.50")


def test_an_update_with_its_own_tax_detail_computes_anew(britain: Desk) -> None:
    before = excluded(britain, britain.line("100.00", code="20.0% S"))
    body = britain.version(before, Line=[britain.line("50.00", code="20.0% S")], TxnTaxDetail={"TotalTax": 10})
    assert britain.write("Invoice", body)["TotalAmt"] == Decimal("60.00")


def test_outside_the_us_tax_is_computed_anew_when_switched(britain: Desk) -> None:
    britain.switch(update_keeps_old_tax="nowhere")
    before = excluded(britain, britain.line("100.00", code="20.0% S"))
    computed = britain.write("Invoice", britain.version(before, Line=[britain.line("50.00", code="20.0% S")]))
    assert computed["TotalAmt"] == Decimal("60.00")
