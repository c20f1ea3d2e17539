"""Which tax code a line gets, and the tax at each of its rates."""

from itertools import permutations

import pytest

from integrations.books import TaxCode, TaxModel, TaxRate
from integrations.commerce import Order, TaxShare
from sync.translate.mapping import mapped_code, tax_tokens, taxes_text, us_code
from sync.translate.outcome import Hold
from sync.translate.rates import charges_by_rate
from sync.translate.reasons import Reason
from sync.translate.settings import TaxMapping
from tests.sync.translate.making import (
    CANADA,
    GST,
    QST,
    US,
    D,
    company,
    figures,
    held,
    line,
    options,
    order,
    sale,
    share,
    tax_figures,
    us_options,
)

GST_SHARE, QST_SHARE = share("GST", "5", "2.50"), share("QST", "9.975", "4.99")


class TestRows:
    @pytest.mark.parametrize(
        "token", ["VAT", "vat", "  Vat ", "VAT 5.5", "vat 5,5", "VAT 5.50", "VAT 5.5 %", "VAT 5,5%"]
    )
    def test_a_row_names_a_tax_with_or_without_its_rate(self, token: str) -> None:
        assert mapped_code([share("VAT", "5.50", "1.10")], [TaxMapping((token,), "c")]) == "c"

    @pytest.mark.parametrize("token", ["VAT 20", "VATS", "VA", "", "5.5"])
    def test_another_tax_is_another_row(self, token: str) -> None:
        assert mapped_code([share("VAT", "5.5", "1.10")], [TaxMapping((token,), "c")]) is None

    def test_a_name_that_ends_in_a_rate_is_still_a_name(self) -> None:
        assert mapped_code([share("TVA 5.5 %", None, "1.10")], [TaxMapping(("TVA 5.5 %",), "c")]) == "c"

    def test_rows_that_name_the_rate_win(self) -> None:
        rows = [TaxMapping(("VAT",), "any"), TaxMapping(("VAT 5.5",), "reduced")]

        assert mapped_code([share("VAT", "5.5", "1")], rows) == "reduced"
        assert mapped_code([share("VAT", "5.5", "1")], rows[::-1]) == "reduced"
        assert mapped_code([share("VAT", "20", "1")], rows) == "any"

    def test_a_row_is_for_exactly_its_taxes(self) -> None:
        rows = [TaxMapping(("GST",), "gst"), TaxMapping(("GST", "QST"), "both"), TaxMapping((), "none")]

        assert mapped_code([GST_SHARE], rows) == "gst"
        assert mapped_code([GST_SHARE, QST_SHARE], rows) == "both"
        assert mapped_code([], rows) == "none"
        assert mapped_code([QST_SHARE], rows) is None

    def test_two_taxes_of_one_name_are_told_apart_by_their_rates(self) -> None:
        shares = [share("Tax", "4", "4"), share("Tax", "2", "2")]

        assert mapped_code(shares, [TaxMapping(("Tax", "Tax 4"), "c")]) == "c"
        assert mapped_code(shares, [TaxMapping(("Tax 4", "Tax 4"), "c")]) is None

    def test_of_rows_that_say_the_same_the_first_counts(self) -> None:
        assert mapped_code([GST_SHARE], [TaxMapping(("GST",), "one"), TaxMapping(("gst",), "two")]) == "one"

    def test_a_row_nobody_filled_in_does_not_count(self) -> None:
        rows = [TaxMapping(("VAT 5.5",), ""), TaxMapping(("VAT",), "any")]

        assert mapped_code([share("VAT", "5.5", "1")], rows) == "any"

    @pytest.mark.parametrize("tokens", list(permutations(["GST 5", "QST", "Levy"])))
    def test_the_order_of_names_does_not_matter(self, tokens: tuple[str, ...]) -> None:
        shares = [share("Levy", "1", "1"), GST_SHARE, QST_SHARE]

        assert mapped_code(shares, [TaxMapping(tokens, "c")]) == "c"


class TestWords:
    def test_people_read_names_and_rates_in_one_order(self) -> None:
        assert taxes_text([QST_SHARE, GST_SHARE]) == taxes_text([GST_SHARE, QST_SHARE]) == "GST 5 % + QST 9.975 %"

    def test_a_rate_that_is_in_the_name_is_not_said_twice(self) -> None:
        assert taxes_text([share("TVA 5,5 %", "5.5", "1")]) == "TVA 5,5 %"

    def test_an_unknown_rate_is_not_invented(self) -> None:
        assert taxes_text([share("Tax", None, "1")]) == "Tax"

    def test_tokens_are_what_a_row_would_say(self) -> None:
        shares = [share("Sales tax", "8.250", "1"), share("Bag fee", None, "1"), share("VAT", "20", "1")]

        assert tax_tokens(shares) == ("Bag fee", "Sales tax 8.25", "VAT 20")
        assert mapped_code(shares, [TaxMapping(tax_tokens(shares), "c")]) == "c"


class TestUnitedStates:
    rows = (TaxMapping(("State",), "TAX"), TaxMapping(("City",), "TAX"), TaxMapping(("Bag fee",), "NON"))

    def test_taxes_that_meet_on_a_line_need_no_row_of_their_own(self) -> None:
        assert us_code([share("State", "4", "4"), share("City", "2", "2")], self.rows) == "TAX"
        assert us_code([share("State", "4", "4"), share("Bag fee", None, "0")], self.rows) == "TAX"
        assert us_code([share("Bag fee", None, "0")], self.rows) == "NON"

    def test_one_of_them_unmapped_is_unmapped(self) -> None:
        assert us_code([share("State", "4", "4"), share("County", "1", "1")], self.rows) is None

    def test_a_row_of_its_own_wins(self) -> None:
        rows = (*self.rows, TaxMapping(("State", "Bag fee"), "NON"))

        assert us_code([share("State", "4", "4"), share("Bag fee", None, "0")], rows) == "NON"

    def test_no_tax_is_not_taxable_unless_a_row_says_so(self) -> None:
        assert us_code([], self.rows) == "NON"
        assert us_code([], [TaxMapping((), "TAX")]) == "TAX"

    def test_tax_that_the_mapping_calls_not_taxable_holds_the_order(self) -> None:
        chosen = us_options(taxes=(TaxMapping(("Sales tax",), "NON"),))

        assert held(self.taxed("4.00"), chosen, US) == Hold(
            Reason.TAX_NOT_TAXABLE, {"taxes": "Sales tax 8 %", "amount": "4.00", "currency": "USD"}
        )

    def test_an_unmapped_tax_holds_the_order(self) -> None:
        assert held(self.taxed("4.00"), us_options(taxes=()), US) == Hold(
            Reason.TAX_UNMAPPED, {"taxes": "Sales tax 8 %"}
        )

    def test_a_code_from_elsewhere_holds_the_order(self) -> None:
        chosen = us_options(taxes=(TaxMapping(("Sales tax",), "7"),))

        assert held(self.taxed("4.00"), chosen, US).reason is Reason.TAX_CODE_INACTIVE

    def test_an_order_without_tax_has_no_taxable_line(self) -> None:
        exempt = sale(self.taxed("0.00"), us_options(), US)

        assert (figures(exempt), exempt.tax, exempt.override_tax) == ([("item", D("50.00"), "NON")], D(0), True)

    def test_manual_companies_are_the_same(self) -> None:
        manual = sale(self.taxed("4.00"), us_options(), company(TaxModel.US_MANUAL))

        assert (figures(manual), manual.override_tax) == ([("item", D("50.00"), "TAX")], True)

    def test_a_company_without_sales_tax_needs_no_mapping(self) -> None:
        assert sale(self.taxed("4.00"), us_options(taxes=()), company(TaxModel.US_NONE)).total == 54

    @staticmethod
    def taxed(amount: str) -> Order:
        return order(line("mug", "50.00", share("Sales tax", "8", amount)), currency="USD")


class TestElsewhere:
    def test_an_unmapped_tax_holds_only_the_orders_that_use_it(self) -> None:
        new = order(line("mug", "50.00", share("TVA", "5.5", "2.75")))

        assert held(new) == Hold(Reason.TAX_UNMAPPED, {"taxes": "TVA 5.5 %"})
        assert sale(order(line("mug", "50.00", GST_SHARE))).tax == D("2.50")

    def test_an_untaxed_line_needs_a_row_too(self) -> None:
        chosen = options(taxes=(TaxMapping(("GST",), "gst"),))

        assert held(order(line("mug", "50.00")), chosen) == Hold(Reason.TAX_UNMAPPED, {"taxes": ""})

    def test_so_does_a_gift_card_redeemed(self) -> None:
        chosen = options(taxes=(TaxMapping(("GST",), "gst"),))
        one = order(line("mug", "50.00", GST_SHARE), gift_card_redeemed="10.00")

        assert held(one, chosen) == Hold(Reason.TAX_UNMAPPED, {"taxes": ""})

    @pytest.mark.parametrize(("code", "said"), [("old", "GST 7"), ("gone", "gone")])
    def test_a_code_that_is_inactive_or_unknown_holds_the_order(self, code: str, said: str) -> None:
        chosen = options(taxes=(TaxMapping(("GST",), code),))

        assert held(order(line("mug", "50.00", GST_SHARE)), chosen) == Hold(
            Reason.TAX_CODE_INACTIVE, {"taxes": "GST 5 %", "code": said}
        )

    def test_a_code_of_other_rates_holds_the_order(self) -> None:
        chosen = options(taxes=(TaxMapping(("GST",), "gst-qst"),))

        assert held(order(line("mug", "50.00", GST_SHARE)), chosen) == Hold(
            Reason.TAX_RATE_MISMATCH,
            {"taxes": "GST 5 %", "code": "GST/QST QC", "rates": "GST 5 % + QST 9.975 %"},
        )

    def test_tax_on_a_code_without_rates_holds_the_order(self) -> None:
        chosen = options(taxes=(TaxMapping(("GST",), "exempt"),))

        assert held(order(line("mug", "50.00", GST_SHARE)), chosen).reason is Reason.TAX_RATE_MISMATCH

    def test_no_tax_on_a_code_that_charges_holds_the_order(self) -> None:
        chosen = options(taxes=(TaxMapping((), "gst"),))

        assert held(order(line("mug", "50.00")), chosen).reason is Reason.TAX_RATE_MISMATCH

    @pytest.mark.parametrize("code", ["exempt", "zero"])
    def test_no_tax_on_a_code_that_charges_nothing_is_fine(self, code: str) -> None:
        chosen = options(taxes=(TaxMapping((), code),))

        assert figures(sale(order(line("mug", "50.00")), chosen)) == [("item", D(50), code)]

    def test_a_zero_rate_that_the_store_lists_is_mapped_like_any_tax(self) -> None:
        chosen = options(taxes=(TaxMapping(("VAT 0",), "zero"),))

        assert figures(sale(order(line("book", "9.00", share("VAT", "0", "0.00"))), chosen))[0][2] == "zero"

    def test_each_discount_has_the_code_of_what_it_lowers(self) -> None:
        one = order(
            line("mug", "50.00", share("GST", "5", "2.25"), discount="5.00"),
            line("bread", "10.00", discount="1.00"),
            line("cup", "20.00", share("GST", "5", "0.90"), discount="2.00"),
        )
        discounts = [each for each in sale(one).lines if each.kind == "discount"]

        assert [(each.amount, each.tax_code, each.sources) for each in discounts] == [
            (D("-7.00"), "gst", ("mug", "cup")),
            (D("-1.00"), "zero", ("bread",)),
        ]
        assert tax_figures(sale(one)) == [("r5", D("63.00"), D("3.15")), ("r0", D("9.00"), 0)]


class TestRates:
    @staticmethod
    def charges(shares: list[TaxShare], *rates: TaxRate) -> dict[str, str] | None:
        found = charges_by_rate(shares, rates, 2)
        return None if found is None else {rate: str(amount) for rate, amount in found.items()}

    def test_each_tax_has_its_rate(self) -> None:
        assert self.charges([QST_SHARE, GST_SHARE], GST, QST) == {"r5": "2.50", "r9": "4.99"}

    def test_two_taxes_are_one_rate(self) -> None:
        federal, provincial = share("Federal", "5", "2.50"), share("Provincial", "8", "4.00")

        assert self.charges([federal, provincial], TaxRate("r13", "HST", D(13))) == {"r13": "6.50"}

    def test_two_taxes_are_not_one_rate_when_one_of_them_is_unknown(self) -> None:
        assert (
            self.charges([share("HST", "13", "6.50"), share("Levy", None, "1.00")], TaxRate("r13", "HST", D(13)))
            is None
        )

    def test_one_tax_is_two_rates(self) -> None:
        assert self.charges([share("Tax", "14.975", "7.49")], GST, QST) == {"r5": "2.50", "r9": "4.99"}

    def test_one_tax_is_a_tax_and_a_tax_on_it(self) -> None:
        on_top = TaxRate("r10", "PST", D(10), order=2, on_tax=True)

        assert self.charges([share("Tax", "15.5", "15.50")], GST, on_top) == {"r5": "5.00", "r10": "10.50"}

    def test_a_tax_of_unknown_rate_goes_where_there_is_no_choice(self) -> None:
        unknown = share("Tax", None, "2.50")

        assert self.charges([unknown], GST) == {"r5": "2.50"}
        assert self.charges([unknown], GST, QST) is None
        assert self.charges([unknown]) is None
        assert self.charges([share("Tax", None, "0.00")]) == {}

    @pytest.mark.parametrize("shares", [[], [GST_SHARE], [QST_SHARE, QST_SHARE], [share("Tax", "14", "7.00")]])
    def test_anything_else_is_a_mismatch(self, shares: list[TaxShare]) -> None:
        assert self.charges(shares, GST, QST) is None

    def test_taxes_and_rates_of_nothing_need_no_counterpart(self) -> None:
        nothing = TaxRate("r0", "Zero", D(0))

        assert self.charges([GST_SHARE, share("Levy", "0", "0.00")], GST) == {"r5": "2.50"}
        assert self.charges([GST_SHARE], GST, nothing) == {"r5": "2.50"}

    def test_tax_at_no_rate_is_a_mismatch(self) -> None:
        assert self.charges([share("Levy", "0", "0.10")]) is None


def test_a_tax_on_taxes_is_charged_on_more_than_the_net_amount() -> None:
    compound = TaxCode("pst", "GST + PST", rates=(GST, TaxRate("r10", "PST", D(10), order=2, on_tax=True)))
    books = company(tax_codes=CANADA.tax_codes | {"pst": compound})
    taxed = order(line("mug", "100.00", share("GST", "5", "5.00"), share("PST", "10", "10.50")))

    assert tax_figures(sale(taxed, options(taxes=(TaxMapping(("GST", "PST"), "pst"),)), books)) == [
        ("r5", D(100), D("5.00")),
        ("r10", D(105), D("10.50")),
    ]


def test_the_same_tax_listed_twice_is_one_tax() -> None:
    twice = order(line("mug", "50.00", share("GST", "5", "1.25"), share("gst", "5.0", "1.25")))

    assert tax_figures(sale(twice)) == [("r5", D(50), D("2.50"))]


def test_a_split_that_would_lose_a_part_of_a_cent_holds_the_order() -> None:
    odd = order(line("mug", "50.00", share("Tax", "14.975", "7.485")))

    assert held(odd, options(taxes=(TaxMapping(("Tax",), "gst-qst"),))) == Hold(
        Reason.TAXES_DO_NOT_ADD_UP, {"line_tax": "7.48", "order_tax": "7.485", "currency": "CAD"}
    )
