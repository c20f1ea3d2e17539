"""Orders worked out by hand, to the cent."""

from dataclasses import replace
from decimal import Decimal

from integrations.books import LineKind, Sale, SaleLine, SaleType, TaxLine
from integrations.commerce import LineKind as Sold
from integrations.commerce import TaxShare
from integrations.money import total_of
from tests.sync.translate.making import (
    CANADA,
    US,
    US_WITHOUT_TAX,
    D,
    documents,
    figures,
    line,
    options,
    order,
    paid_order,
    sale,
    share,
    tax_figures,
    us_options,
)


def tax(amount: str) -> TaxShare:
    return share("Sales tax", "8", amount)


# A net store at 8 % on goods and shipping: a 10 % coupon, 6.00 off, a tip, and 20.00 paid by gift card. Whether the
# store keeps the shipping tax with the goods or apart, the reader hands over this order.
EXAMPLE_A = paid_order(
    line("tee", "50.00", tax("3.33"), discount="8.33", quantity=2),
    line("hat", "40.00", tax("2.67"), discount="6.67"),
    line("shipping", "10.00", tax("0.80"), kind=Sold.SHIPPING),
    line("handling", "2.00", tax("0.16"), kind=Sold.FEE),
    line("tips", "5.00", kind=Sold.TIP),
    gift_card_redeemed="20.00",
    currency="USD",
    number="WEB-K3T9Q",
)


def sum_of(one: Sale) -> Decimal:
    return total_of(each.amount for each in one.lines) + one.tax


def named(one: Sale, source: str) -> SaleLine:
    return next(each for each in one.lines if each.sources == (source,))


class TestNetStoreInTheUnitedStates:
    def test_the_order_is_the_one_of_the_example(self) -> None:
        assert (EXAMPLE_A.total, EXAMPLE_A.tax, EXAMPLE_A.residual) == (D("78.96"), D("6.96"), D(0))

    def test_each_line_is_there_and_discounts_lower_what_is_taxed(self) -> None:
        assert figures(sale(EXAMPLE_A, us_options(), US)) == [
            ("item", D("50.00"), "TAX"),
            ("item", D("40.00"), "TAX"),
            ("shipping", D("10.00"), "TAX"),
            ("fee", D("2.00"), "TAX"),
            ("tip", D("5.00"), "NON"),
            ("discount", D("-15.00"), "TAX"),
            ("gift_card_redeemed", D("-20.00"), "NON"),
        ]

    def test_the_total_tax_is_stated(self) -> None:
        invoice = sale(EXAMPLE_A, us_options(), US)

        assert (invoice.tax, invoice.override_tax, invoice.tax_lines) == (D("6.96"), True, ())
        assert invoice.total == sum_of(invoice) == D("78.96")

    def test_what_was_paid_in_money_is_the_payment(self) -> None:
        [payment] = documents(EXAMPLE_A, us_options(), US).payments

        assert (payment.amount, payment.reference) == (D("78.96"), "txn_0001")

    def test_a_company_without_sales_tax_gets_the_tax_as_a_line(self) -> None:
        invoice = sale(EXAMPLE_A, us_options(), US_WITHOUT_TAX)

        assert figures(invoice)[-1] == ("tax", D("6.96"), "NON")
        assert {each.tax_code for each in invoice.lines} == {"NON"}
        assert (invoice.tax, invoice.override_tax) == (D(0), False)
        assert invoice.total == sum_of(invoice) == D("78.96")
        assert invoice.lines[-1].description == "Sales tax 8 %"


def vat(amount: str, rate: str = "20") -> TaxShare:
    return share("VAT", rate, amount)


class TestGrossStore:
    """20 % included in the prices, a 10 % coupon: LAMP 120, BULB 2 x 30, shipping 12."""

    example_b = paid_order(
        line("lamp", "120.00", vat("18.00"), discount="12.00"),
        line("bulb", "60.00", vat("9.00"), discount="6.00", quantity=2),
        line("shipping", "12.00", vat("2.00"), kind=Sold.SHIPPING),
        prices_include_tax=True,
    )

    def test_the_order_is_the_one_of_the_example(self) -> None:
        assert (self.example_b.total, self.example_b.tax, self.example_b.residual) == (D(174), D(29), D(0))

    def test_lines_are_net_before_and_after_the_discount(self) -> None:
        assert figures(sale(self.example_b)) == [
            ("item", D("100.00"), "vat20"),
            ("item", D("50.00"), "vat20"),
            ("shipping", D("10.00"), "vat20"),
            ("discount", D("-15.00"), "vat20"),
        ]

    def test_the_tax_is_stated_on_what_was_charged(self) -> None:
        invoice = sale(self.example_b)

        assert invoice.tax_lines == (TaxLine("r20", D(20), net=D("145.00"), amount=D("29.00")),)
        assert invoice.total == sum_of(invoice) == 174

    def test_a_net_unit_price_is_given_where_it_is_exact(self) -> None:
        assert named(sale(self.example_b), "bulb").unit_price == D("25.00")

    def test_a_company_without_sales_tax_still_gets_net_lines(self) -> None:
        invoice = sale(replace(self.example_b, currency="USD"), us_options(), US_WITHOUT_TAX)

        assert [amount for _, amount, _ in figures(invoice)] == [100, 50, 10, -15, 29]


class TestRoundingOfUnits:
    """21 % included, 3 x 9.99: net 24.77, while three times the rounded unit would be 24.78."""

    example_c = paid_order(line("cup", "29.97", vat("5.20", "21"), quantity=3), prices_include_tax=True)

    def test_the_line_is_the_net_amount_and_the_unit_price_is_left_out(self) -> None:
        cup = named(sale(self.example_c), "cup")

        assert (cup.amount, cup.quantity, cup.unit_price) == (D("24.77"), D(3), None)

    def test_the_document_is_the_order_to_the_cent(self) -> None:
        invoice = sale(self.example_c)

        assert tax_figures(invoice) == [("r21", D("24.77"), D("5.20"))]
        assert invoice.total == sum_of(invoice) == D("29.97")


class TestQuebec:
    def test_each_tax_goes_to_its_own_rate(self) -> None:
        both = share("QST", "9.975", "4.99"), share("GST", "5", "2.50")
        invoice = sale(order(line("mug", "50.00", *both), line("shipping", "10.00", kind=Sold.SHIPPING)))

        assert figures(invoice) == [("item", D("50.00"), "gst-qst"), ("shipping", D("10.00"), "zero")]
        assert tax_figures(invoice) == [("r5", D(50), D("2.50")), ("r9", D(50), D("4.99")), ("r0", D(10), 0)]
        assert invoice.override_tax

    def test_the_store_decides_over_what_rates_would_give(self) -> None:
        """9.975 % of 4,495.16 is 448.39; the store rounded line by line and charged 448.40."""
        shares = share("GST", "5", "224.76"), share("QST", "9.975", "448.40")

        assert tax_figures(sale(order(line("desk", "4495.16", *shares))))[1] == ("r9", D("4495.16"), D("448.40"))

    def test_one_rate_may_belong_to_several_codes(self) -> None:
        food = line("bread", "20.00", share("GST", "5", "1.00"))
        mug = line("mug", "50.00", share("GST", "5", "2.50"), share("QST", "9.975", "4.99"))

        assert tax_figures(sale(order(food, mug))) == [("r5", D(70), D("3.50")), ("r9", D(50), D("4.99"))]


def test_an_amount_like_16_66_with_3_34_of_tax_is_stated_not_computed() -> None:
    invoice = sale(order(line("set", "20.00", vat("3.34")), prices_include_tax=True))

    assert tax_figures(invoice) == [("r20", D("16.66"), D("3.34"))]
    assert invoice.total == 20


def test_an_order_of_nothing_but_zero_rates_states_no_tax() -> None:
    exported = sale(order(line("mug", "50.00")))

    assert (exported.override_tax, tax_figures(exported)) == (False, [("r0", D(50), D(0))])


def test_a_gift_card_sold_is_a_line_on_its_own_item() -> None:
    [card] = sale(order(line("card", "25.00", kind=Sold.GIFT_CARD))).lines

    assert (card.kind, card.item.name, card.amount, card.quantity) == (
        LineKind.GIFT_CARD_SOLD,
        "Gift card sold",
        D(25),
        D(1),
    )


def test_a_gift_card_sold_is_a_liability_even_with_a_sku() -> None:
    [card] = sale(order(line("card", "25.00", kind=Sold.GIFT_CARD, sku="GC-25"))).lines

    assert card.kind is LineKind.GIFT_CARD_SOLD


def test_a_net_unit_price_may_have_parts_of_a_cent() -> None:
    [pen] = sale(order(line("pen", "30.00", vat("5.00"), quantity=8), prices_include_tax=True)).lines

    assert (pen.amount, pen.unit_price) == (D("25.00"), D("3.125"))


def test_an_order_paid_by_gift_card_alone_is_posted_with_a_total_of_nothing() -> None:
    whole = sale(order(line("mug", "50.00"), gift_card_redeemed="50.00"), options(post_as=SaleType.SALES_RECEIPT))

    assert (whole.type, whole.total) == (SaleType.SALES_RECEIPT, D(0))
    assert [amount for _, amount, _ in figures(whole)] == [50, -50]


def test_a_difference_within_the_cap_stays_visible_for_the_rounding_line() -> None:
    close = sale(order(line("mug", "50.00"), total=D("50.03")))

    assert (close.total, sum_of(close)) == (D("50.03"), D("50.00"))


def test_free_shipping_says_nothing_and_a_product_given_away_does() -> None:
    invoice = sale(order(line("gift", "0.00"), line("shipping", "0.00", kind=Sold.SHIPPING)), books=CANADA)

    assert [each.sources for each in invoice.lines] == [("gift",)]


def test_what_is_given_away_wholly_in_a_gross_store_is_net_by_its_rate() -> None:
    free = order(line("lamp", "120.00", vat("0.00"), discount="120.00"), prices_include_tax=True)

    assert figures(sale(free)) == [("item", D("100.00"), "vat20"), ("discount", D("-100.00"), "vat20")]


def test_a_yen_order_has_no_places() -> None:
    yen = order(line("cup", "1000", vat("91", "20"), discount="1"), currency="JPY", prices_include_tax=True)
    invoice = sale(yen, books=replace(CANADA, multi_currency=True))

    assert [amount for _, amount, _ in figures(invoice)] == [D("909"), D("-1")]
