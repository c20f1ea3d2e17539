"""What an Ecwid order means where the worked examples say nothing: odd, old, edited and broken orders."""

from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from integrations.commerce import LineKind, PaymentState, TaxShare
from integrations.doubts import Doubt, Unexplained
from integrations.ecwid.reader import payload_of, read_order
from integrations.errors import Malformed
from tests.integrations.ecwid.orders import example_a_separate, item, order, read, shares, tax

D = Decimal


# -- who, when, how ----------------------------------------------------------------------------------------------------


def test_an_order_is_known_by_its_internal_number_and_called_by_its_text_id():
    told = order(item(1, "5"), total="5", id="WEB-K3T9Q", internalId=77)
    assert (read(told).ref, read(told).number) == ("77", "WEB-K3T9Q")


def test_an_order_from_before_internal_ids_is_known_by_its_order_number():
    told = order(item(1, "5"), total="5", id="1042", orderNumber=1042)
    del told["internalId"]
    assert (read(told).ref, read(told).number) == ("1042", "1042")


def test_dates_are_utc_and_may_come_as_text_alone():
    told = order(
        item(1, "5"), total="5", createDate="2026-03-02 23:30:00 -0500", updateDate="2026-03-03 05:00:00 +0000"
    )
    del told["createTimestamp"], told["updateTimestamp"]
    assert read(told).created_at == datetime(2026, 3, 3, 4, 30, tzinfo=UTC)
    assert read(told).updated_at == datetime(2026, 3, 3, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "state", "pays"),
    [
        ("PAID", PaymentState.PAID, True),
        ("REFUNDED", PaymentState.PAID, True),
        ("PARTIALLY_REFUNDED", PaymentState.PAID, True),
        ("AWAITING_PAYMENT", PaymentState.UNPAID, False),
        ("CUSTOM_PAYMENT_STATUS_2", PaymentState.UNPAID, False),
        ("SOMETHING_NEW", PaymentState.UNPAID, False),
        ("CANCELLED", PaymentState.CANCELLED, False),
        ("INCOMPLETE", PaymentState.CANCELLED, False),
    ],
)
def test_the_status_tells_whether_money_came_in(status, state, pays):
    found = read(order(item(1, "5"), total="5", paymentStatus=status))
    assert (found.payment_status, found.payment_state, bool(found.tenders)) == (status, state, pays)


def test_statuses_are_read_whatever_their_case():
    assert read(order(item(1, "5"), total="5", paymentStatus="paid")).payment_state is PaymentState.PAID


def test_a_payment_without_a_title_is_called_by_its_module_and_one_without_either_by_nothing():
    assert read(order(item(1, "5"), total="5", paymentModule="PayPal")).tenders[0].method == "PayPal"
    assert read(order(item(1, "5"), total="5")).tenders[0].method == ""


def test_an_order_paid_wholly_with_a_gift_card_needs_no_payment():
    told = order(item(1, "5"), total="0", giftCardRedemption=5, totalBeforeGiftCardRedemption=5)
    found = read(told)
    assert (found.tenders, found.gift_card_redeemed, found.residual) == ((), 5, 0)


def test_a_guest_without_anything_is_a_buyer_without_anything():
    buyer = read(order(item(1, "5"), total="5", customerId=0, email="")).buyer
    assert (buyer.ref, buyer.email, buyer.name, buyer.company) == ("", "", "", "")


def test_the_buyer_is_the_shipping_person_where_there_is_no_billing_person():
    told = order(
        item(1, "5"), total="5", shippingPerson={"firstName": "Léa", "lastName": "Roy", "companyName": "Roy SA"}
    )
    found = read(told)
    assert (found.buyer.name, found.buyer.company, found.billing) == ("Léa Roy", "Roy SA", None)


def test_the_company_that_a_parcel_goes_to_is_not_the_buyers():
    told = order(item(1, "5"), total="5", billingPerson={"name": "Léa"}, shippingPerson={"companyName": "Hotel Ritz"})
    assert read(told).buyer.company == ""


# -- lines -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["giftCard", "isGiftCard"])
def test_a_gift_card_sold_is_no_product(mark):
    assert read(order(item(1, "50", **{mark: True}), total="50")).lines[0].kind is LineKind.GIFT_CARD


def test_a_tip_is_a_tip_and_another_surcharge_a_fee():
    surcharges = [{"id": "tips", "total": 2}, {"id": "card-fee", "total": D("0.50"), "description": "Card fee"}]
    found = read(order(item(1, "5"), total="7.50", customSurcharges=surcharges))
    assert [(each.ref, each.kind, each.name, each.gross) for each in found.lines[1:]] == [
        ("surcharge:tips", LineKind.TIP, "Tip", 2),
        ("surcharge:card-fee", LineKind.FEE, "Card fee", D("0.50")),
    ]
    assert found.residual == 0


def test_shipping_and_handling_of_zero_are_not_lines():
    told = order(item(1, "5"), total="5", shippingOption={"shippingRate": 0, "shippingMethodName": "Pick-up"})
    found = read({**told, "handlingFee": {"name": "HandlingFeeFromApi", "value": 0}})
    assert [each.ref for each in found.lines] == ["item:1"]
    assert found.shipping_method == "Pick-up"


def test_items_with_the_same_id_or_none_stay_apart():
    rows = [item(1, "5"), item(1, "6"), item(0, "7")]
    assert [each.ref for each in read(order(*rows, total="18")).lines] == ["item:1", "item:1#2", "item:#3"]


def test_several_choices_are_told_in_the_description():
    options = [
        {"name": "Size", "value": "M"},
        {"name": "Toppings", "value": "", "valuesArray": ["Nuts", "Cream"]},
        {"name": "Note"},
    ]
    found = read(order(item(1, "5", selectedOptions=options), total="5"))
    assert found.lines[0].description == "Size: M, Toppings: Nuts, Cream"


def test_items_that_do_not_make_the_subtotal_show_in_the_residual():
    assert read(order(item(1, "5"), total="5.02", subtotal=D("5.02"))).residual == D("0.02")


def test_float_noise_is_not_an_amount():
    told = order(item(1, "78.96000000000001"), total="78.96")
    told["total"] = D("78.95999999999999")
    found = read(told)
    assert (found.total, found.lines[0].unit_price, found.residual) == (D("78.96"), D("78.96"), 0)


def test_a_unit_price_with_more_places_than_the_currency_is_copied():
    found = read(order(item(1, "0.125", 3), total="0.38", subtotal=D("0.38")))
    assert (found.lines[0].unit_price, found.lines[0].gross) == (D("0.125"), D("0.38"))


def test_a_currency_without_cents_is_rounded_to_whole_units():
    found = read(order(item(1, "33.4", 3), total="100", subtotal=100), currency="JPY", places=0)
    assert (found.lines[0].gross, found.residual) == (100, 0)


# -- discounts ---------------------------------------------------------------------------------------------------------


def _discounted(*items, total, **more):
    return order(*items, total=total, shippingOption={"shippingRate": 10}, **more)


def test_the_discount_that_the_items_do_not_tell_goes_over_the_products_by_amount():
    found = read(_discounted(item(1, "20"), item(2, "10"), total="30", discount=10))
    assert [each.discount for each in found.lines] == [D("6.67"), D("3.33"), 0]
    assert found.residual == 0


@pytest.mark.parametrize(
    "mark",
    [
        {"discountCoupon": {"discountType": "SHIPPING"}, "couponDiscount": 10},
        {"discountCoupon": {"discountType": "abs_and_shipping"}, "couponDiscount": 10},
        {"discountInfo": [{"base": "SHIPPING"}], "discount": 10},
    ],
)
def test_a_discount_on_shipping_goes_to_shipping_first(mark):
    found = read(_discounted(item(1, "20"), total="20", **mark))
    assert [each.discount for each in found.lines] == [0, 10]
    assert found.residual == 0


def test_a_coupon_on_goods_and_shipping_is_split_as_the_items_tell():
    more = {"discountCoupon": {"discountType": "PERCENT_AND_SHIPPING"}, "couponDiscount": 12}
    found = read(_discounted(item(1, "20", couponAmount=2), total="18", **more))
    assert [each.discount for each in found.lines] == [2, 10]


def test_a_discount_never_exceeds_its_line():
    found = read(_discounted(item(1, "20"), item(2, "10"), total="0", discount=40))
    assert [each.charged for each in found.lines] == [0, 0, 0]
    assert found.residual == 0


def test_a_discount_beyond_everything_stays_visible():
    found = read(_discounted(item(1, "20"), total="-5", discount=35))
    assert [each.charged for each in found.lines] == [0, 0]
    assert found.residual == -5


def test_stale_discounts_of_items_give_way_to_the_orders_own():
    rows = (item(1, "20", couponAmount=8), item(2, "10", couponAmount=4))
    found = read(order(*rows, total="24", couponDiscount=6))
    assert [each.discount for each in found.lines] == [4, 2]
    assert found.residual == 0


def test_a_fully_discounted_order_is_still_an_order():
    found = read(order(item(1, "20", couponAmount=20), total="0", couponDiscount=20))
    assert (found.lines[0].gross, found.lines[0].charged, found.tenders, found.residual) == (20, 0, (), 0)


def test_a_missing_amount_that_may_be_shipping_or_tax_is_not_explained():
    told = order(item(1, "100", 1, tax("10", rate="10")), total="110", shippingOption={"shippingRate": 10})
    assert read(told).residual == -10
    assert [doubt.what for doubt in read(told).doubts] == [Unexplained.TOTAL_WITHOUT_TAX]


# -- taxes -------------------------------------------------------------------------------------------------------------


def _gst_qst(gst: str, qst: str):
    return tax(gst, "GST", "5"), tax(qst, "QST", "9.975")


def test_several_taxes_on_one_line_keep_their_names_and_rates():
    found = read(order(item(1, "100", 1, *_gst_qst("5.00", "9.98")), total="114.98"))
    assert shares(found, "item:1") == [("GST", "5", "5.00"), ("QST", "9.975", "9.98")]
    assert found.residual == 0


def test_shipping_taxes_are_split_between_shipping_and_handling():
    told = order(item(1, "100", 1, *_gst_qst("5.00", "9.98")), total="142.73", tax=D("16.73") + D("1"))
    told |= {"shippingOption": {"shippingRate": 20}, "handlingFee": {"value": 5}}
    told |= {"taxesOnShipping": [*_gst_qst("1.25", "1.50")]}
    found = read(told)
    assert shares(found, "shipping") == [("GST", "5", "1.00"), ("QST", "9.975", "1.20")]
    assert shares(found, "handling") == [("GST", "5", "0.25"), ("QST", "9.975", "0.30")]
    assert (found.line_tax, found.residual) == (D("17.73"), 0)


def test_handling_with_taxes_of_its_own_leaves_shipping_its_own():
    told = order(item(1, "100", 1, tax("8.00")), total="121.60", tax=D("9.60"))
    told |= {"shippingOption": {"shippingRate": 10}, "taxesOnShipping": [tax("0.80")]}
    told |= {"handlingFee": {"value": 2, "taxes": [tax("0.80")]}}
    found = read(told)
    assert [each.tax for each in found.lines] == [D("8.00"), D("0.80"), D("0.80")]


def test_mixed_tax_inside_the_items_and_surcharge_tax_on_top():
    row = item(1, "100", 1, tax("8.80", taxOnDiscountedSubtotal=8, taxOnShipping=D("0.80")))
    told = order(row, total="123.20", tax=D("9.20"), taxesOnShipping=[tax("0.80")])
    told |= {"shippingOption": {"shippingRate": 10}}
    told |= {"customSurcharges": [{"id": "wrap", "total": 4, "taxes": [tax("0.40")]}]}
    found = read({**told, "total": D("123.20")})
    assert [(each.ref, each.tax) for each in found.lines] == [
        ("item:1", 8),
        ("shipping", D("0.80")),
        ("surcharge:wrap", D("0.40")),
    ]
    assert found.residual == 0


def test_handling_tax_inside_the_items_is_moved_to_handling():
    row = item(1, "100", 1, tax("8.96", taxOnDiscountedSubtotal=8, taxOnShipping=D("0.80"), taxOnHandlingFee=D("0.16")))
    told = order(row, total="120.96", shippingOption={"shippingRate": 10}, handlingFee={"value": 2})
    found = read(told)
    assert [each.tax for each in found.lines] == [8, D("0.80"), D("0.16")]


def test_a_tax_on_shipping_of_a_cent_is_not_taken_for_a_rounding_difference():
    rows = (item(1, "10", 1, tax("0.80")), item(2, "10", 1, tax("0.80")))
    told = order(*rows, total="21.71", tax=D("1.61"), shippingOption={"shippingRate": D("0.10")})
    found = read({**told, "taxesOnShipping": [tax("0.01")]})
    assert [each.tax for each in found.lines] == [D("0.80"), D("0.80"), D("0.01")]


def test_a_cent_between_the_lines_and_the_order_goes_to_the_largest_share():
    rows = (item(1, "10", 1, tax("0.80")), item(2, "30", 1, tax("2.40")))
    found = read(order(*rows, total="43.21", tax=D("3.21")))
    assert [each.tax for each in found.lines] == [D("0.80"), D("2.41")]
    assert (found.line_tax, found.doubts) == (found.tax, ())


def test_more_than_a_cent_per_line_stays_and_is_told():
    rows = (item(1, "10", 1, tax("0.80")), item(2, "30", 1, tax("2.40")))
    found = read(order(*rows, total="44.20", tax=D("4.20")))
    assert (found.line_tax, found.tax) == (D("3.20"), D("4.20"))
    assert found.doubts == (Doubt.of(Unexplained.TAXES, lines=D("3.20"), tax=D("4.20")),)


def test_an_edited_order_whose_line_taxes_are_stale_is_told():
    told = example_a_separate()
    told["items"] = told["items"][:1]
    found = read({**told, "tax": D("7.29"), "subtotal": 50})
    assert found.line_tax != found.tax
    assert found.doubts


def test_an_edited_order_whose_own_tax_proves_the_rates_is_taxed_by_them():
    """One more of the first, a cheaper second: the lines still carry the taxes of before."""
    rows = (item(1, "20", 2, tax("1.60")), item(2, "5", 1, tax("2.40")))
    found = read(order(*rows, total="48.60", tax=D("3.60")))
    assert [each.tax for each in found.lines] == [D("3.20"), D("0.40")]
    assert (found.line_tax, found.residual, found.doubts) == (found.tax, 0, ())


def test_the_same_with_prices_that_include_two_taxes():
    row = item(1, "114.98", 2, *_gst_qst("5.00", "9.98"))
    found = read(order(row, total="229.95", tax=D("29.95"), pricesIncludeTax=True))
    assert found.prices_include_tax
    assert shares(found, "item:1") == [("GST", "5", "10.00"), ("QST", "9.975", "19.95")]


def test_tax_without_a_list_of_taxes_is_one_nameless_tax():
    found = read(order(item(1, "10", tax=D("0.80")), total="10.80"))
    assert shares(found, "item:1") == [("Tax", "None", "0.80")]


def test_a_list_of_taxes_without_the_items_own_sum_is_enough():
    row = item(1, "10", 1, tax("0.80"))
    del row["tax"]
    assert read({**order(item(1, "10"), total="10.80"), "items": [row], "tax": D("0.80")}).lines[0].tax == D("0.80")


def test_shares_that_do_not_give_the_items_tax_are_scaled_to_it():
    row = {**item(1, "100", 1, *_gst_qst("10.00", "19.96")), "tax": D("14.98")}
    found = read(order(row, total="114.98"))
    assert shares(found, "item:1") == [("GST", "5", "5.00"), ("QST", "9.975", "9.98")]


def test_a_listed_tax_that_was_not_charged_is_dropped():
    found = read(order(item(1, "100", 1, tax("5.00", "GST", "5"), tax("0", "PST", "7")), total="105"))
    assert shares(found, "item:1") == [("GST", "5", "5.00")]


def test_a_tax_too_small_to_be_charged_stays():
    found = read(order(item(1, "0.05", 1, tax("0", "GST", "5")), total="0.05"))
    assert shares(found, "item:1") == [("GST", "5", "0.00")]


def test_a_tax_on_a_line_that_is_free_stays():
    found = read(order(item(1, "10", 1, tax("0"), couponAmount=10), total="0", couponDiscount=10))
    assert shares(found, "item:1") == [("Sales tax", "8", "0.00")]


def test_zero_rated_is_not_untaxed():
    told = order(item(1, "10", 1, tax("0", "VAT", "0")), total="14", shippingOption={"shippingRate": 4})
    found = read({**told, "pricesIncludeTax": True, "taxesOnShipping": [tax("0", "VAT", "0")]})
    vat = TaxShare("VAT", D(0), D(0))
    assert [each.taxes for each in found.lines] == [(vat,), (vat,)]


@pytest.mark.parametrize("mark", ["customerTaxExempt", "reversedTaxApplied"])
def test_who_pays_no_tax_has_none_on_any_line(mark):
    row = item(1, "100", 1, tax("20", "VAT", "20"))
    found = read(order(row, total="100", tax=0, **{mark: True}))
    assert (found.lines[0].taxes, found.residual, found.doubts) == ((), 0, ())


def test_an_exempt_buyer_who_was_charged_tax_keeps_it():
    found = read(order(item(1, "100", 1, tax("8")), total="108", customerTaxExempt=True))
    assert found.line_tax == 8


def test_include_in_price_of_a_tax_does_not_make_the_order_one_with_included_prices():
    found = read(order(item(1, "100", 1, tax("8", includeInPrice=True)), total="108"))
    assert (found.prices_include_tax, found.residual) == (False, 0)


@pytest.mark.parametrize(("total", "includes"), [("108", False), ("100", True)])
def test_without_the_mark_the_sum_that_fits_tells_whether_prices_include_tax(total, includes):
    told = order(item(1, "100", 1, tax("8")), total=total)
    del told["pricesIncludeTax"]
    found = read(told, store_includes_tax=not includes)
    assert (found.prices_include_tax, found.residual) == (includes, 0)


def test_without_the_mark_and_without_tax_the_store_decides():
    told = {**order(item(1, "100"), total="100"), "pricesIncludeTax": None}
    assert read(told, store_includes_tax=True).prices_include_tax is True


def test_a_very_old_order_is_read():
    told = {
        "orderNumber": 1042,
        "vendorOrderNumber": "1042",
        "createDate": "2014-05-01 10:00:00 +0000",
        "paymentStatus": "PAID",
        "total": D("10.80"),
        "tax": D("0.80"),
        "taxesOnShipping": None,
        "shippingOption": None,
        "items": [{"price": 10, "quantity": 1, "name": "Mug", "tax": D("0.80")}],
    }
    found = read(told)
    assert (found.residual, found.line_tax, found.lines[0].sku) == (0, D("0.80"), "")
    assert found.updated_at == found.created_at


# -- refunds -----------------------------------------------------------------------------------------------------------


def _refunded(*rows):
    return read(order(item(1, "50"), total="50", paymentStatus="PARTIALLY_REFUNDED", refunds=list(rows)))


def test_refunds_have_lasting_ids_of_their_own():
    first = {"date": "2026-03-05 09:00:00 +0000", "source": "CP", "reason": "Damaged", "amount": 15}
    second = {"date": "2026-03-06 10:30:00 +0000", "amount": 10}
    before, after = _refunded(first).refunds, _refunded(first, second).refunds
    assert before == after[:1]
    assert [(each.amount, each.reason) for each in after] == [(15, "Damaged"), (10, "")]
    assert after[0].refunded_at == datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
    assert after[0].ref != after[1].ref


def test_equal_refunds_are_told_apart_and_the_way_an_amount_is_written_does_not_matter():
    row = {"date": "2026-03-05 09:00:00 +0000", "amount": 15}
    twice = _refunded(row, {**row, "amount": D("15.00")}).refunds
    assert len({each.ref for each in twice}) == 2
    assert [each.ref for each in _refunded({**row, "amount": D("15.00")}).refunds] == [twice[0].ref]


def test_a_refund_in_another_order_has_another_id():
    row = {"date": "2026-03-05 09:00:00 +0000", "amount": 15}
    other = read(order(item(1, "50"), total="50", internalId=5, refunds=[row]))
    assert other.refunds[0].ref != _refunded(row).refunds[0].ref


def _told(status, *amounts, total="50"):
    """(amount, everything, cancelled, restocked) of each refund of an order of that status with these rows."""
    refunds = [{"date": f"2026-03-0{day} 09:00:00 +0000", "amount": D(each)} for day, each in enumerate(amounts, 1)]
    found = read(order(item(1, total), total=total, paymentStatus=status, refunds=refunds)).refunds
    return [(each.amount, each.everything, each.cancelled, each.restocked) for each in found]


@pytest.mark.parametrize(
    ("status", "amounts", "told"),
    [
        ("PARTIALLY_REFUNDED", ["15"], [(15, False, False, False)]),
        ("PARTIALLY_REFUNDED", ["15", "10"], [(15, False, False, False), (10, False, False, False)]),
        ("REFUNDED", ["15", "35"], [(15, False, False, False), (35, False, False, True)]),
        ("REFUNDED", [], [(None, True, False, True)]),
        ("REFUNDED", ["15"], [(15, False, False, False), (None, True, False, True)]),
        ("PARTIALLY_REFUNDED", [], [(None, False, False, False)]),
        ("CANCELLED", ["50"], [(50, False, False, True)]),
        ("CANCELLED", [], [(None, False, True, True)]),
        ("CANCELLED", ["20"], [(20, False, False, False), (None, False, True, True)]),
        ("PAID", [], []),
        ("AWAITING_PAYMENT", [], []),
    ],
)
def test_what_rows_and_status_tell_of_refunds(status, amounts, told):
    assert _told(status, *amounts) == told


def test_refunds_leave_the_order_as_it_was():
    found = read(order(item(1, "50"), total="50", paymentStatus="REFUNDED", refunds=[], refundedAmount=0))
    assert (found.total, found.payment_state) == (50, PaymentState.PAID)
    assert found.refunds[0].refunded_at is None


# -- what cannot be read -----------------------------------------------------------------------------------------------


def _without(key):
    told = order(item(1, "5"), total="5")
    del told[key]
    return told


def _with_item(**wrong):
    told = order(item(1, "5"), total="5")
    return {**told, "items": [{**told["items"][0], **wrong}]}


@pytest.mark.parametrize(
    ("told", "what"),
    [
        (_without("internalId"), "internalId"),
        (_without("id"), "id"),
        (_without("total"), "total"),
        (_without("createTimestamp"), "create"),
        (_without("paymentStatus"), "paymentStatus"),
        (_with_item(quantity=None), "quantity"),
        (_with_item(price=None), "price"),
        (_with_item(price="cheap"), "price"),
        (_with_item(price=True), "price"),
        (_with_item(price=10**30), "price"),
        (_with_item(taxes=[3]), "taxes"),
        ({**_without("items"), "items": "none"}, "items"),
        ({**_without("items"), "shippingOption": []}, "shippingOption"),
        ({**_without("items"), "createTimestamp": 10**14}, "create"),
    ],
)
def test_what_cannot_be_read_says_why(told, what):
    with pytest.raises(Malformed, match=what):
        read(deepcopy(told))


def test_a_float_never_becomes_money():
    told = {**order(item(1, "5"), total="5"), "total": 5.0}
    with pytest.raises(Malformed, match="total"):
        read_order(payload_of(told, store_id="1", currency="USD", places=2, prices_include_tax=False))


def test_a_payload_without_its_currency_is_not_read():
    with pytest.raises(Malformed, match="currency"):
        read_order({"order": order(item(1, "5"), total="5")})
