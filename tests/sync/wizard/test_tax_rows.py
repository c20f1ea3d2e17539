"""Which rows the tax mapping needs, and which tax code is suggested for each (T1)."""

from decimal import Decimal

import pytest

from integrations.books import Company, TaxCode, TaxModel, TaxRate
from integrations.commerce import StoreTax, TaxShare
from sync.wizard.tax_rows import new_rows, suggested, taxes_of


def code(name, *percents, active=True):
    rates = tuple(TaxRate(f"{name}-{n}", name, Decimal(percent), order=n) for n, percent in enumerate(percents))
    return TaxCode(name, name, active, rates)


def company(*codes, model=TaxModel.GLOBAL):
    return Company("1", "Maple", "CA", model, "CAD", tax_codes={one.id: one for one in codes})


def tax(name, rate):
    return StoreTax(name, Decimal(rate))


def on_line(*taxes):
    return tuple(TaxShare(name, None if rate is None else Decimal(rate), Decimal(0)) for name, rate in taxes)


QUEBEC = company(
    code("GST", "5"),
    code("GST/QST QC", "5", "9.975"),
    code("HST ON", "13"),
    code("Zero-rated", "0"),
    code("Exempt", "0"),
)
BRITAIN = company(
    code("20.0% S", "20"), code("5.0% R", "5"), code("0.0% Z", "0"), code("Exempt", "0"), code("No VAT", "0")
)
AMERICA = company(model=TaxModel.US_AUTOMATED)
GST, QST = tax("GST", "5"), tax("QST", "9.975")


class TestRows:
    def test_each_tax_of_the_store_is_a_row_and_so_is_no_tax(self):
        assert new_rows([GST], [], QUEBEC, []) == [["GST 5"], []]

    def test_taxes_that_the_company_combines_are_a_row_before_any_order_came(self):
        assert new_rows([GST, QST], [], QUEBEC, [])[0] == ["GST 5", "QST 9.975"]

    def test_a_combination_that_orders_carry_is_a_row(self):
        met = on_line(("HST", "13"), ("Eco", "2"))
        assert ["Eco 2", "HST 13"] in new_rows([], [met], QUEBEC, [])

    def test_what_has_a_row_gets_no_second_one(self):
        known = [["QST", "gst"], ["GST"], ["QST 9.975 %"], []]
        assert new_rows([GST, QST], [on_line(("GST", "5"), ("QST", "9.975"))], QUEBEC, known) == []

    def test_the_same_combination_met_twice_is_one_row(self):
        one, other = on_line(("GST", "5"), ("QST", "9.975")), on_line(("QST", "9.975"), ("GST", "5"))
        rows = new_rows([], [one, other], company(code("GST", "5")), [])
        assert len(rows) == 2  # this one, and no tax

    def test_in_the_united_states_each_tax_is_asked_for_by_itself(self):
        met = on_line(("State", "6.25"), ("City", "2"))
        assert new_rows([], [met], AMERICA, []) == [["State 6.25"], ["City 2"], []]


class TestSuggestions:
    @pytest.mark.parametrize(
        ("taxes", "books", "expected"),
        [
            ([("GST", "5")], QUEBEC, "GST"),
            ([("GST", "5"), ("QST", "9.975")], QUEBEC, "GST/QST QC"),
            ([("TPS/TVQ", "14.975")], QUEBEC, "GST/QST QC"),
            ([("HST", "13")], QUEBEC, "HST ON"),
            ([("QST", "9.975")], QUEBEC, ""),
            ([("VAT 20", "20")], BRITAIN, "20.0% S"),
            ([("VAT exempt", "0")], BRITAIN, "Exempt"),
            ([("VAT zero-rated", "0")], QUEBEC, "Zero-rated"),
            ([], BRITAIN, "No VAT"),
            ([], QUEBEC, "Zero-rated"),
            ([("Sales tax", "8.25")], AMERICA, "TAX"),
            ([("Clothing", "0")], AMERICA, "NON"),
            ([], AMERICA, "NON"),
        ],
    )
    def test_the_code_is_the_one_with_the_rates(self, taxes, books, expected):
        assert suggested(on_line(*taxes), books) == expected

    def test_a_code_of_the_same_name_wins_over_others_of_its_rate(self):
        books = company(code("TVA 20 % (UE)", "20"), code("TVA", "20"))
        assert suggested(on_line(("tva", "20")), books) == "TVA"

    def test_an_inactive_code_is_not_suggested(self):
        assert suggested(on_line(("GST", "5")), company(code("GST", "5", active=False))) == ""

    def test_nothing_is_suggested_for_a_charged_tax_that_only_free_codes_are_left_for(self):
        assert suggested(on_line(("GST", "7")), QUEBEC) == ""


class TestReadingRows:
    def test_a_row_with_rates_says_them(self):
        assert taxes_of(["GST 5", "QST 9,975 %"], []) == on_line(("GST", "5"), ("QST", "9.975"))

    def test_a_row_by_name_takes_the_rate_that_the_store_defines(self):
        assert taxes_of(["gst"], [GST]) == on_line(("gst", "5"))

    def test_a_name_that_nobody_defines_says_nothing(self):
        assert taxes_of(["Luxury tax"], [GST]) is None
