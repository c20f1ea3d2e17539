"""Shipping whose parts are taxed differently is cut, so that each line has a tax code of its own."""

from decimal import Decimal

import pytest

from tests.integrations.ecwid.orders import item, order, read, tax

D = Decimal


def _delivery(found):
    return [
        (line.ref, line.charged, [(share.name, share.amount) for share in line.taxes])
        for line in found.lines
        if line.ref.startswith(("shipping", "handling"))
    ]


def _french(*shipping_taxes, rate="10", total="110", **more):
    """60.00 at 20 % and 40.00 at 5.5 %, both contained, and a delivery."""
    goods = (item(1, "60", 1, tax("10.00", "TVA", "20")), item(2, "40", 1, tax("2.09", "TVA réduite", "5.5")))
    told = order(*goods, total=total, pricesIncludeTax=True, shippingOption={"shippingRate": D(rate)}, **more)
    told["tax"] += sum(each["total"] for each in shipping_taxes)
    return read({**told, "taxesOnShipping": list(shipping_taxes)}, currency="EUR")


def test_shipping_in_proportion_to_the_goods_becomes_a_line_per_rate():
    found = _french(tax("1.00", "TVA", "20"), tax("0.21", "TVA réduite", "5.5"))
    assert _delivery(found) == [
        ("shipping", D("5.98"), [("TVA", D("1.00"))]),
        ("shipping:2", D("4.02"), [("TVA réduite", D("0.21"))]),
    ]
    assert (found.residual, found.line_tax) == (0, found.tax)


def test_a_discount_on_it_is_cut_too():
    found = _french(
        tax("0.50", "TVA", "20"),
        tax("0.10", "TVA réduite", "5.5"),
        total="105",
        discount=5,
        discountInfo=[{"base": "SHIPPING"}],
    )
    assert [(line.gross, line.discount) for line in found.lines[2:]] == [(D("6.10"), D("3.05")), (D("3.90"), D("1.95"))]
    assert (found.residual, found.line_tax) == (0, found.tax)


def test_shipping_at_one_rate_stays_whole():
    assert _delivery(_french(tax("1.67", "TVA", "20"))) == [("shipping", D(10), [("TVA", D("1.67"))])]


def test_taxes_that_the_goods_carry_together_stay_together():
    both = (tax("5.00", "GST", "5"), tax("9.98", "QST", "9.975"))
    told = order(item(1, "100", 1, *both), total="126.48", tax=D("16.48"), shippingOption={"shippingRate": 10})
    found = read({**told, "taxesOnShipping": [tax("0.50", "GST", "5"), tax("1.00", "QST", "9.975")]})
    assert _delivery(found) == [("shipping", D(10), [("GST", D("0.50")), ("QST", D("1.00"))])]


@pytest.mark.parametrize("others", [[tax("0", "VAT zero-rated", "0")], []], ids=["zero-rated", "untaxed"])
def test_what_the_taxes_leave_goes_with_the_goods_that_have_none(others):
    goods = (item(1, "50", 1, tax("10.00", "VAT", "20")), item(2, "50", 1, *others))
    told = order(*goods, total="121", tax=11, shippingOption={"shippingRate": 10})
    found = read({**told, "taxesOnShipping": [tax("1.00", "VAT", "20"), *others]})
    names = [(each["name"], 0) for each in others]
    assert _delivery(found) == [("shipping", 5, [("VAT", 1)]), ("shipping:2", 5, names)]
    assert found.residual == 0


def test_what_the_taxes_leave_is_not_lost_where_a_coupon_covers_the_goods():
    goods = (item(1, "50", 1, tax("0", "VAT", "20")), item(2, "50"), item(3, "9", 1, tax("0", "Zero", "0")))
    told = order(*goods, total="9.60", tax=D("0.60"), couponDiscount=109, shippingOption={"shippingRate": 9})
    found = read({**told, "taxesOnShipping": [tax("0.60", "VAT", "20"), tax("0", "Zero", "0")]})
    assert _delivery(found) == [
        ("shipping", 3, [("VAT", D("0.60"))]),
        ("shipping:2", 3, [("Zero", 0)]),
        ("shipping:3", 3, []),
    ]


def test_a_rate_listed_at_nothing_beside_one_that_covers_all_is_left_out():
    goods = (item(1, "50", 1, tax("10.00", "VAT", "20")), item(2, "50", 1, tax("0", "VAT zero-rated", "0")))
    told = order(*goods, total="122", tax=12, shippingOption={"shippingRate": 10})
    found = read({**told, "taxesOnShipping": [tax("2.00", "VAT", "20"), tax("0", "VAT zero-rated", "0")]})
    assert _delivery(found) == [("shipping", 10, [("VAT", 2)])]


def test_a_tax_that_all_goods_carry_is_cut_along_one_that_only_some_do():
    both = (tax("2.50", "GST", "5"), tax("4.99", "QST", "9.975"))
    goods = (item(1, "50", 1, *both), item(2, "30", 1, tax("1.50", "GST", "5")), item(3, "20", 1))
    told = order(*goods, total="119.89", tax=D("9.89"), shippingOption={"shippingRate": 10})
    found = read({**told, "taxesOnShipping": [tax("0.40", "GST", "5"), tax("0.50", "QST", "9.975")]})
    assert _delivery(found) == [
        ("shipping", D("5.01"), [("GST", D("0.25")), ("QST", D("0.50"))]),
        ("shipping:2", D("3.00"), [("GST", D("0.15"))]),
        ("shipping:3", D("1.99"), []),
    ]
    assert (found.residual, found.line_tax) == (0, found.tax)


def test_a_part_too_small_for_a_cent_of_one_of_its_taxes_keeps_both():
    both = (tax("0.25", "GST", "5"), tax("0.50", "QST", "9.975"))
    told = order(item(1, "5", 1, *both), item(2, "95"), total="102.18", tax=D("0.76"), handlingFee={"value": D("1.42")})
    found = read({**told, "taxesOnShipping": [tax("0", "GST", "5"), tax("0.01", "QST", "9.975")]})
    assert _delivery(found) == [
        ("handling", D("0.07"), [("GST", 0), ("QST", D("0.01"))]),
        ("handling:2", D("1.35"), []),
    ]


def test_taxes_that_go_round_in_a_circle_are_left_as_they_are():
    a, b, c = (tax("1.00", name, "10") for name in "ABC")
    goods = (item(1, "10", 1, a, b), item(2, "10", 1, b, c), item(3, "10", 1, c, a))
    told = order(*goods, total="48", tax=8, shippingOption={"shippingRate": 10})
    found = read({**told, "taxesOnShipping": [tax("0.67", "A", "10"), tax("0.67", "B", "10"), tax("0.66", "C", "10")]})
    assert [line.ref for line in found.lines[3:]] == ["shipping"]


def test_taxes_that_do_not_fit_the_goods_are_left_as_they_are():
    found = _french(tax("3.00", "TVA", "20"), tax("2.00", "TVA réduite", "5.5"))
    assert _delivery(found) == [("shipping", 10, [("TVA", 3), ("TVA réduite", 2)])]
    assert found.residual == 0
