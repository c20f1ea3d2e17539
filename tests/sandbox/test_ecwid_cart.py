"""The arithmetic of an order, against worked examples and against its own laws."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.ecwid.cart import (
    BY_PRODUCT_PRICES,
    TAXED_SEPARATELY,
    Cart,
    CartLine,
    Coupon,
    PricedCart,
    Rules,
    Tax,
    half_up,
    price_cart,
    spread,
)

D = Decimal
SALES_TAX = Tax("Sales tax", D(8), 71)
VAT = Tax("VAT", D(20), 51)
ZERO_RATED = Tax("VAT zero-rated", D(0), 52)
GST = Tax("GST", D(5), 31)
QST = Tax("QST", D("9.975"), 32)


def line(price: str, quantity: int = 1, *taxes: Tax, **more: bool) -> CartLine:
    return CartLine(D(price), quantity, taxes, **more)


def shipping_tax(priced: PricedCart) -> dict[str, Decimal]:
    return {tax.name: total for tax, total in priced.shipping_taxes}


def test_example_a_discounts_delivery_tip_and_gift_card_in_a_net_shop():
    priced = price_cart(
        Cart(
            lines=(line("25", 2, SALES_TAX), line("40", 1, SALES_TAX)),
            coupon=Coupon("percent", D(10)),
            promotion=D(6),
            shipping=D(10),
            handling=D(2),
            tip=D(5),
            gift_card=D(20),
        )
    )
    tee, hat = priced.lines
    assert (tee.coupon, hat.coupon) == (D("5.00"), D("4.00"))
    assert (tee.promotion, hat.promotion) == (D("3.33"), D("2.67"))
    assert (tee.taxable, hat.taxable) == (D("41.67"), D("33.33"))
    assert (tee.tax, hat.tax) == (D("3.33"), D("2.67"))
    assert [share.on_shipping for priced_line in priced.lines for share in priced_line.taxes] == [D("0.53"), D("0.43")]
    assert shipping_tax(priced) == {"Sales tax": D("0.96")}
    assert (priced.subtotal, priced.coupon, priced.promotion) == (D("90"), D("9.00"), D("6"))
    assert priced.tax == D("6.96")
    assert priced.before_gift_card == D("98.96")
    assert priced.total == D("78.96")


def test_example_b_prices_that_contain_the_tax():
    priced = price_cart(
        Cart(
            lines=(line("120", 1, VAT), line("30", 2, VAT)),
            prices_include_tax=True,
            coupon=Coupon("percent", D(10)),
            shipping=D(12),
        )
    )
    assert (priced.subtotal, priced.subtotal_without_tax) == (D("180"), D("150.00"))
    assert [priced_line.tax for priced_line in priced.lines] == [D("18.00"), D("9.00")]
    assert shipping_tax(priced) == {"VAT": D("2.00")}
    assert (priced.shipping, priced.shipping_without_tax) == (D("12"), D("10.00"))
    assert (priced.tax, priced.total, priced.total - priced.tax) == (D("29.00"), D("174.00"), D("145.00"))


def test_example_c_tax_is_rounded_per_line_and_not_per_unit():
    priced = price_cart(Cart(lines=(line("9.99", 3, Tax("VAT", D(21))),), prices_include_tax=True))
    assert priced.tax == D("5.20")
    assert priced.lines[0].without_tax == D("24.77")
    assert priced.lines[0].unit_without_tax == D("8.26")
    assert priced.total == D("29.97")


def test_two_taxes_of_one_line_are_rounded_one_by_one():
    priced = price_cart(Cart(lines=(line("18.95", 1, GST, QST),)))
    assert [share.on_goods for share in priced.lines[0].taxes] == [D("0.95"), D("1.89")]
    assert priced.total == D("21.79")


def test_two_taxes_contained_in_one_price_share_one_net_amount():
    priced = price_cart(Cart(lines=(line("114.98", 1, GST, Tax("QST", D("9.98"))),), prices_include_tax=True))
    assert [share.on_goods for share in priced.lines[0].taxes] == [D("5.00"), D("9.98")]
    assert priced.lines[0].without_tax == D("100.00")


def test_an_absolute_coupon_never_takes_more_than_the_goods_cost():
    priced = price_cart(Cart(lines=(line("7.99", 1, GST),), coupon=Coupon("absolute", D(50)), shipping=D(5)))
    assert priced.coupon == D("7.99")
    assert priced.lines[0].tax == D("0.00")
    assert priced.total == D("5.25")


def test_a_coupon_leaves_gift_cards_alone():
    lines = (line("40", 1, GST), line("50", discountable=False, shippable=False))
    priced = price_cart(Cart(lines=lines, coupon=Coupon("percent", D(10))))
    assert [priced_line.coupon for priced_line in priced.lines] == [D("4.00"), D("0.00")]


def test_a_percent_tip_is_taken_from_everything_else():
    priced = price_cart(Cart(lines=(line("100", 1, SALES_TAX),), shipping=D("29.72"), tip_percent=D(10)))
    assert (priced.tip, priced.total) == (D("14.01"), D("154.11"))


def test_a_gift_card_pays_no_more_than_the_order():
    priced = price_cart(Cart(lines=(line("10"),), gift_card=D(25)))
    assert (priced.gift_card, priced.total, priced.before_gift_card) == (D(10), D(0), D(10))


def test_delivery_of_mixed_goods_is_taxed_in_their_proportion():
    lines = (line("60", 1, VAT), line("40", 1, ZERO_RATED))
    priced = price_cart(Cart(lines=lines, prices_include_tax=True, shipping=D("12"), shipping_scheme=BY_PRODUCT_PRICES))
    assert shipping_tax(priced) == {"VAT": D("1.20"), "VAT zero-rated": D("0.00")}
    assert priced.shipping_without_tax == D("10.80")


def test_delivery_taxed_separately_does_not_look_at_the_goods():
    lines = (line("60", 1, ZERO_RATED),)
    apart = Cart(
        lines=lines,
        prices_include_tax=True,
        shipping=D("12"),
        shipping_scheme=TAXED_SEPARATELY,
        shipping_taxes=(VAT,),
    )
    priced = price_cart(apart)
    assert shipping_tax(priced) == {"VAT": D("2.00")}
    assert not priced.lines_carry_shipping_tax


def test_a_tax_that_spares_delivery_stays_off_it():
    levy = Tax("Eco levy", D(2), on_shipping=False)
    priced = price_cart(Cart(lines=(line("10", 1, GST, levy),), shipping=D(10)))
    assert shipping_tax(priced) == {"GST": D("0.50")}


@pytest.mark.parametrize(
    ("shown", "rate", "coupon", "residual"),
    [("coupon", "10", "10", "0"), ("rate", "0", "0", "0"), ("unexplained", "10", "0", "-10")],
)
def test_free_delivery_shows_where_the_rules_say(shown: str, rate: str, coupon: str, residual: str):
    cart = Cart(
        lines=(line("50", 1, SALES_TAX),),
        coupon=Coupon("shipping"),
        shipping=D(10),
        rules=Rules(shipping_discount=shown),
    )
    priced = price_cart(cart)
    assert (priced.shipping, priced.coupon) == (D(rate), D(coupon))
    assert priced.tax == D("4.00")
    assert priced.total == D("54.00")
    explained = priced.subtotal - priced.coupon + priced.shipping + priced.tax
    assert priced.total - explained == D(residual)


def test_a_gross_shop_may_tax_before_promotions():
    cart = Cart(lines=(line("120", 1, VAT),), prices_include_tax=True, promotion=D(12))
    assert price_cart(cart).tax == D("18.00")
    before = Cart(lines=cart.lines, prices_include_tax=True, promotion=D(12), rules=Rules(tax_before_promotions=True))
    assert price_cart(before).tax == D("20.00")


def test_a_currency_without_cents_has_no_cents_anywhere():
    priced = price_cart(Cart(lines=(line("1990", 1, Tax("Tax", D(10))),), promotion=D(5), places=0))
    assert priced.tax == D(199)
    assert priced.total == D(2184)


def test_prices_by_the_gram_make_whole_cents_line_by_line():
    two = (line("0.145"), line("0.145"))
    assert price_cart(Cart(lines=two)).total == D("0.30")
    as_a_whole = price_cart(Cart(lines=two, rules=Rules(lines_rounded=False)))
    assert as_a_whole.total == D("0.29")


@pytest.mark.parametrize(
    ("value", "rounded"), [("0.125", "0.13"), ("0.124999", "0.12"), ("-0.125", "-0.13"), ("2.5", "2.50")]
)
def test_half_a_cent_goes_up(value: str, rounded: str):
    assert half_up(D(value)) == D(rounded)


taxes = st.lists(
    st.sampled_from([GST, QST, VAT, SALES_TAX, ZERO_RATED, Tax("Eco levy", D(2), on_shipping=False)]),
    max_size=3,
    unique=True,
).map(tuple)
amounts = st.decimals("0", "500", places=2)
lines = st.builds(
    CartLine,
    price=st.decimals("0.01", "900", places=2),
    quantity=st.integers(1, 12),
    taxes=taxes,
    discountable=st.booleans(),
    shippable=st.booleans(),
)
carts = st.builds(
    Cart,
    lines=st.lists(lines, min_size=1, max_size=6).map(tuple),
    prices_include_tax=st.booleans(),
    coupon=st.none()
    | st.builds(Coupon, st.just("percent"), st.decimals("1", "100", places=1))
    | st.builds(Coupon, st.just("absolute"), amounts),
    promotion=amounts,
    shipping=amounts,
    handling=amounts,
    tip=amounts,
    gift_card=amounts,
    shipping_scheme=st.sampled_from([BY_PRODUCT_PRICES, TAXED_SEPARATELY]),
    shipping_taxes=st.just((VAT,)),
)


@given(carts)
def test_shares_of_the_lines_add_up_to_the_order(cart: Cart):
    priced = price_cart(cart)
    assert sum(priced_line.coupon for priced_line in priced.lines) == priced.coupon
    assert sum(priced_line.promotion for priced_line in priced.lines) == priced.promotion
    on_goods = sum(priced_line.tax for priced_line in priced.lines)
    assert on_goods + sum(total for _, total in priced.shipping_taxes) == priced.tax
    assert all(priced_line.taxable >= 0 for priced_line in priced.lines)


@given(carts)
def test_the_total_follows_from_the_parts(cart: Cart):
    priced = price_cart(cart)
    before = priced.subtotal - priced.coupon - priced.promotion + priced.shipping + priced.handling + priced.tip
    before += 0 if cart.prices_include_tax else priced.tax
    assert priced.before_gift_card == before
    assert 0 <= priced.total == before - priced.gift_card


@given(amounts, st.lists(st.decimals("0", "900", places=2), min_size=1, max_size=8))
def test_spreading_loses_no_cent_and_strays_less_than_one(amount: Decimal, weights: list[Decimal]):
    parts = spread(amount, weights)
    whole = sum(weights)
    assert sum(parts) == (amount if whole else 0)
    for part, weight in zip(parts, weights, strict=True):
        assert not whole or abs(part - amount * weight / whole) < D("0.01")
