"""The worked examples, to the cent."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from integrations.commerce import LineKind, PaymentState
from integrations.doubts import Doubt, Unexplained
from tests.integrations.ecwid.orders import example_a_inside, example_a_separate, example_b, example_c, line, read

D = Decimal

both_representations = pytest.mark.parametrize("told", [example_a_separate(), example_a_inside()], ids=["b", "a"])


@both_representations
def test_example_a_is_sound(told):
    order = read(told)
    assert (order.total, order.tax, order.gift_card_redeemed) == (D("78.96"), D("6.96"), D(20))
    assert (order.line_tax, order.computed_total, order.residual) == (D("6.96"), D("78.96"), 0)
    assert order.doubts == ()


@both_representations
def test_example_a_has_every_line_with_its_discount_and_tax(told):
    found = [(each.ref, each.kind, each.gross, each.discount, each.tax) for each in read(told).lines]
    assert found == [
        ("item:9001", LineKind.PRODUCT, D("50.00"), D("8.33"), D("3.33")),
        ("item:9002", LineKind.PRODUCT, D("40.00"), D("6.67"), D("2.67")),
        ("shipping", LineKind.SHIPPING, D(10), D(0), D("0.80")),
        ("handling", LineKind.FEE, D(2), D(0), D("0.16")),
        ("surcharge:tips", LineKind.TIP, D(5), D(0), D(0)),
    ]


def test_both_representations_of_example_a_become_the_same_words():
    assert read(example_a_inside()) == read(example_a_separate())


def test_example_a_tells_who_what_and_how():
    order = read(example_a_separate())
    tee = line(order, "item:9001")
    assert (tee.name, tee.sku, tee.description, tee.quantity, tee.unit_price) == ("Tee", "TEE-M", "Size: M", 2, 25)
    assert (tee.product_ref, tee.variation_ref, tee.tracks_stock) == ("9501", "7101", True)
    assert (order.ref, order.number, order.currency) == ("481920377", "WEB-K3T9Q", "USD")
    assert order.created_at == datetime(2026, 3, 2, 14, 5, 9, tzinfo=UTC)
    assert order.payment_state is PaymentState.PAID
    (tender,) = order.tenders
    assert (tender.method, tender.amount, tender.reference) == ("Card", D("78.96"), "txn_0001")
    assert tender.paid_at == order.created_at
    assert (order.buyer.ref, order.buyer.name, order.buyer.company) == ("3301", "Ana Ruiz", "Ruiz & Co")
    assert order.billing
    assert order.billing.lines == ("1 Elm St", "Apt 2")
    assert (order.billing.region, order.billing.country) == ("TX", "US")
    assert order.shipping is None
    assert (order.shipping_method, order.comments) == ("Courier", "Please ring")


def test_example_b_contains_its_tax():
    order = read(example_b(), currency="EUR")
    found = [(each.ref, each.gross, each.discount, each.tax) for each in order.lines]
    assert found == [
        ("item:1", D("120.00"), D(12), D(18)),
        ("item:2", D("60.00"), D(6), D(9)),
        ("shipping", D(12), D(0), D(2)),
    ]
    assert (order.computed_total, order.residual, order.line_tax) == (D(174), 0, D(29))


def test_example_c_is_rounded_per_line():
    order = read(example_c(), currency="EUR")
    (only,) = order.lines
    assert (only.gross, only.unit_price, only.tax) == (D("29.97"), D("9.99"), D("5.20"))
    assert order.residual == 0


def test_example_d_a_shipping_discount_that_only_the_total_knows_is_a_discount_on_shipping():
    told = example_a_separate()
    told |= {"total": D("68.96"), "totalBeforeGiftCardRedemption": D("88.96")}
    order = read(told)
    assert line(order, "shipping").discount == D(10)
    assert (order.residual, order.line_tax) == (0, D("6.96"))


def test_example_d_the_discounted_rate_is_used():
    told = example_a_separate()
    told |= {"total": D("75.96"), "totalBeforeGiftCardRedemption": D("95.96")}
    told["shippingOption"]["discountedShippingRate"] = 7
    order = read(told)
    assert line(order, "shipping").charged == D(7)
    assert order.residual == 0


def test_example_d_a_total_stored_without_its_tax_stays_visible():
    told = example_a_separate()
    told |= {"total": D("72.00"), "totalBeforeGiftCardRedemption": D("92.00")}
    order = read(told)
    assert order.residual == D("-6.96")
    assert order.doubts == (Doubt.of(Unexplained.TOTAL_WITHOUT_TAX, tax=D("6.96")),)


def test_example_d_any_other_difference_stays_visible():
    told = example_a_separate()
    told |= {"total": D("81.96"), "totalBeforeGiftCardRedemption": D("101.96")}
    order = read(told)
    assert (order.total, order.residual) == (D("81.96"), D("3.00"))
    assert line(order, "shipping").discount == 0
