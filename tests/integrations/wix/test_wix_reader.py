"""From Wix's eCommerce orders to ours: by which amounts they are read, what each line is, and what was paid."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from integrations.commerce import LineKind, PaymentState, TaxShare
from integrations.doubts import Doubt, Unexplained
from integrations.errors import Malformed
from integrations.money import json_dumps, json_loads
from integrations.wix.store import WixStore
from tests.integrations.wix.orders import (
    BOOKINGS,
    GIFT_CARDS,
    OLD_STORES,
    STORES,
    amount,
    fee,
    gift_card,
    item,
    line_id,
    membership,
    order,
    payload,
    payment,
    shipping,
    summary,
    tax,
    uk_order,
    us_order,
)

D = Decimal


def read(told, *payments, **more):
    """As it is read after it was filed: out of JSON."""
    return WixStore.read_order(json_loads(json_dumps(payload(told, *payments, **more))))


def charges(found):
    return [(line.ref.partition(":")[0], line.gross, line.discount, line.tax) for line in found.lines]


# -- totals ------------------------------------------------------------------------------------------------------------


def test_prices_without_tax_with_a_coupon():
    found = read(us_order(), payment("64.91"))
    assert charges(found) == [
        ("item", D("36.00"), D("3.60"), D("2.59")),
        ("item", D("20.0"), D(2), D("1.44")),
        ("shipping", D(6), D(0), D("0.48")),
        ("fee", D(4), D(0), D(0)),
    ]
    assert (found.total, found.tax, found.residual) == (D("64.91"), D("4.51"), 0)
    assert not found.prices_include_tax
    assert found.lines[0].unit_price == 12
    assert found.lines[0].taxes == (TaxShare("State", D(8), D("2.59")),)


@pytest.mark.parametrize(
    "told",
    [
        summary(subtotal="40.00", shipping="5.00", tax="9.00", discount="0", total="54.00"),
        summary(subtotal="48.00", shipping="6.00", tax="9.00", discount="0", total="54.00"),
    ],
    ids=["summary without tax", "summary with tax"],
)
def test_prices_with_tax_are_read_off_the_lines(told):
    found = read(uk_order(priceSummary=told), payment("54.00"))
    assert charges(found) == [("item", D(48), D(0), D(8)), ("shipping", D(6), D(0), D(1))]
    assert (found.total, found.tax, found.residual, found.prices_include_tax) == (D(54), D(9), 0, True)
    assert found.lines[1].taxes == (TaxShare("VAT", D(20), D(1)),)  # shipping tells the rate, the order its name


def test_an_order_without_a_mark_is_told_by_its_lines():
    told = uk_order()
    del told["taxIncludedInPrices"]
    assert not read(told).prices_include_tax
    told["lineItems"][0]["taxInfo"]["taxIncludedInPrice"] = True
    assert read(told).prices_include_tax


@pytest.mark.parametrize(
    ("subtotal", "discount", "off"), [("40.00", "4.00", "4.80"), ("40.80", "4.80", "4.80")], ids=["net", "gross"]
)
def test_a_coupon_on_prices_with_tax_however_it_is_shown(subtotal, discount, off):
    told = uk_order(
        priceSummary=summary(subtotal=subtotal, discount=discount, shipping="5.00", tax="8.20", total="49.20")
    )
    told["lineItems"][0] |= {
        "totalPriceBeforeTax": amount("36.00"),
        "totalPriceAfterTax": amount("43.20"),
        "totalDiscount": amount(discount),
        "taxInfo": tax("7.20", "0.2", "VAT"),
    }
    found = read(told, payment("49.20"))
    assert charges(found) == [("item", D(48), D(off), D("7.20")), ("shipping", D(6), D(0), D(1))]
    assert (found.total, found.tax, found.residual) == (D("49.20"), D("8.20"), 0)


def test_roundings_stay_as_the_difference():
    told = us_order(priceSummary=summary(total="64.93", tax="4.53"))
    found = read(told)
    assert (found.residual, found.tax, found.doubts) == (D("0.02"), D("4.51"), ())


def test_where_the_parts_do_not_add_up_and_the_summary_does_prices_are_taken():
    told = us_order()
    told["lineItems"][0] |= {"totalPriceBeforeTax": amount("0"), "totalPriceAfterTax": amount("0")}
    found = read(told)
    assert charges(found)[0] == ("item", D(36), D("3.60"), D("2.59"))
    assert (found.residual, found.tax, found.doubts) == (0, D("4.51"), ())


def test_where_only_a_summary_with_tax_holds_prices_with_tax_are_taken():
    told = uk_order(priceSummary=summary(subtotal="48", shipping="6", tax="9", total="54"))
    told["lineItems"][0] |= {"totalPriceAfterTax": amount("0"), "totalPriceBeforeTax": amount("0")}
    found = read(told)
    assert (found.lines[0].gross, found.residual, found.doubts) == (48, 0, ())


def test_what_adds_up_in_no_way_keeps_its_difference_and_tells_all_figures():
    found = read(us_order(priceSummary=summary(subtotal="56", shipping="6", discount="5", tax="4.51", total="70.00")))
    assert found.residual == D("5.09")
    [doubt] = found.doubts
    told = {"subtotal": 56, "discount": 5, "shipping": 6, "fees": 0, "tax": D("4.51"), "total": 70}
    assert (doubt.what, dict(doubt.figures)) == (Unexplained.SUMMARY, {"parts": D("64.91"), **told})


def test_taxes_that_are_not_the_lines_stay_the_orders():
    found = read(us_order(priceSummary=summary(tax="9.99", total="64.91")))
    assert (found.tax, found.line_tax) == (D("9.99"), D("4.51"))


@pytest.mark.parametrize("included", [True, False])
def test_old_orders_without_amounts_before_and_after_tax(included):
    old = {
        "id": line_id(1),
        "productName": {"original": "Mug"},
        "quantity": 2,
        "price": amount("10"),
        "totalDiscount": amount("2.00"),
        "taxDetails": {"taxRate": "0.2", "totalTax": amount("3.00" if included else "3.60")},
    }
    total = "18.00" if included else "21.60"
    found = read(order([old], taxIncludedInPrices=included, priceSummary=summary(total=total), taxSummary={}))
    assert charges(found) == [("item", D(20), D(2), D("3.00" if included else "3.60"))]
    assert (found.residual, found.lines[0].taxes[0].rate) == (0, 20)


def test_the_newer_tax_counts_and_the_stale_twin_does_not():
    told = us_order()
    told["lineItems"][0]["taxDetails"] = {"taxRate": "0.5", "totalTax": amount("99")}
    assert read(told).lines[0].taxes == (TaxShare("State", D(8), D("2.59")),)


def test_currencies_without_cents():
    line = item(1, "Cup", 3, "1000", "3000", "3300", taxInfo=tax("300", "0.1", "JCT"))
    found = read(order([line], currency="JPY", priceSummary=summary(total="3301", tax="300")))
    assert (found.residual, found.doubts) == (1, ())  # within a yen for each part
    assert read(order([line], currency="JPY", priceSummary=summary(total="3304", tax="300"))).doubts


def test_a_catalogue_discount_is_no_discount_of_the_order():
    line = item(1, "Cup", 2, "8", "16", "16", priceBeforeDiscounts=amount("10"), lineItemPrice=amount("16"))
    [found] = read(order([line], priceSummary=summary(total="16"))).lines
    assert (found.gross, found.discount, found.unit_price) == (16, 0, 8)


# -- lines -------------------------------------------------------------------------------------------------------------


def test_a_line_names_what_was_sold():
    line = read(uk_order()).lines[0]
    assert (line.name, line.sku, line.description) == ("Desk lamp", "LAMP-GRN", "Colour: Green")
    assert (line.product_ref, line.variation_ref, line.quantity) == ("product-1", "variant-green", 2)
    assert (line.module, line.tracks_stock) == ("stores", True)


def test_modules_are_told_line_by_line():
    apps = [STORES, OLD_STORES, BOOKINGS, GIFT_CARDS, "f9c07de2-5341-40c6-b096-8eb39de391fb", "somebody-elses"]
    lines = [
        item(place, "X", 1, "1", "1", "1", catalogReference={"appId": app, "catalogItemId": "c"})
        for place, app in enumerate(apps, start=1)
    ]
    custom = item(9, "Typed", 1, "1", "1", "1")
    del custom["catalogReference"]
    told = order([*lines, custom], shippingInfo=shipping("1", "1", "1"), priceSummary=summary(total="8"))
    found = read(told)
    modules = ["stores", "stores", "bookings", "gift_cards", "table_reservations", "other", "custom", ""]
    assert [line.module for line in found.lines] == modules
    assert [line.product_ref for line in found.lines] == ["c", "c", "", "", "", "", "", ""]


@pytest.mark.parametrize(
    ("apps", "by_status"),
    [
        ([STORES], True),
        ([BOOKINGS], False),
        ([BOOKINGS, "f9c07de2-5341-40c6-b096-8eb39de391fb"], False),
        ([BOOKINGS, STORES], True),
        (["somebody-elses"], True),
        ([BOOKINGS, None], True),
        ([GIFT_CARDS], True),
    ],
)
def test_statuses_decide_about_goods(apps, by_status):
    lines = [
        item(place, "X", 1, "1", "1", "1", catalogReference={"appId": app} if app else None)
        for place, app in enumerate(apps, start=1)
    ]
    found = read(order(lines, shippingInfo=shipping("1", "1", "1"), priceSummary=summary(total=str(len(lines) + 1))))
    assert found.filtered_by_status is by_status


def test_gift_cards_that_are_sold_are_no_income():
    by_app = item(1, "Card", 1, "50", "50", "50", catalogReference={"appId": GIFT_CARDS})
    by_type = item(2, "Card", 1, "50", "50", "50", itemType={"preset": "GIFT_CARD"})
    found = read(order([by_app, by_type], priceSummary=summary(total="100")))
    assert [line.kind for line in found.lines] == [LineKind.GIFT_CARD, LineKind.GIFT_CARD]


def test_a_tip_is_the_fee_whose_code_it_is_or_that_says_so():
    fees = [
        fee("Merci", "3", "3", code="tip-1"),
        fee("Tip", "2", "2"),
        fee("Platform", "1", "1", code="x", source="PLATFORM"),
    ]
    found = read(order([], additionalFees=fees, priceSummary=summary(total="6")), tips=["tip-1"])
    assert [line.kind for line in found.lines] == [LineKind.TIP, LineKind.TIP, LineKind.FEE]
    assert found.residual == 0  # a platform fee that is passed on lies inside the total


def test_line_ids_that_repeat_are_told_apart():
    twins = [item(1, "A", 1, "1", "1", "1"), item(1, "B", 1, "1", "1", "1")]
    found = read(order(twins, priceSummary=summary(total="2")))
    assert len({line.ref for line in found.lines}) == 2


def test_quantities_with_decimals():
    line = item(1, "Cheese", 1, "20", "25", "25", decimalQuantity={"value": "1.25", "measurementUnit": "KG"})
    [found] = read(order([line], priceSummary=summary(total="25"))).lines
    assert (found.quantity, found.unit_price, found.gross) == (D("1.25"), 20, 25)


def test_a_price_that_does_not_give_the_amount_is_replaced():
    line = item(1, "Bolt", 3, "0.33", "1.00", "1.00")
    [found] = read(order([line], priceSummary=summary(total="1"))).lines
    assert found.unit_price == D("0.3333333")


def test_several_taxes_on_a_line():
    entries = [
        {"taxName": "Sales Tax", "jurisdiction": "Texas", "rate": "0.0625", "taxAmount": amount("6.25")},
        {"taxName": "Sales Tax", "jurisdiction": "Austin", "rate": "0.02", "taxAmount": amount("2.00")},
        {"taxName": "Sales Tax", "jurisdiction": "Transit", "rate": "0.02", "taxAmount": amount("2.00")},
    ]
    line = item(1, "A", 1, "100", "100", "110.25", taxInfo={"taxAmount": amount("10.25"), "taxBreakdown": entries})
    [found] = read(order([line], priceSummary=summary(total="110.25", tax="10.25"))).lines
    assert found.taxes == (
        TaxShare("Sales Tax", D("6.25"), D("6.25")),
        TaxShare("Sales Tax (Austin)", D(2), D(2)),
        TaxShare("Sales Tax (Transit)", D(2), D(2)),
    )


def test_the_shares_of_a_tax_add_up_to_it():
    entries = [{"taxName": name, "rate": "0.05", "taxAmount": amount("0.50")} for name in ("GST", "PST")]
    line = item(1, "A", 1, "10", "10", "11.01", taxInfo={"taxAmount": amount("1.01"), "taxBreakdown": entries})
    [found] = read(order([line], priceSummary=summary(total="11.01", tax="1.01"))).lines
    assert [share.amount for share in found.taxes] == [D("0.51"), D("0.50")]


@pytest.mark.parametrize(
    ("info", "taxes"),
    [
        ({"taxAmount": amount("0"), "taxRate": "0.2"}, ()),  # the buyer is exempt
        ({"taxAmount": amount("0"), "taxRate": "0"}, (TaxShare("No tax named", D(0), D(0)),)),  # nobody says why
        (None, ()),
    ],
)
def test_no_tax_has_several_causes(info, taxes):
    line = item(1, "A", 1, "10", "10", "10", **({"taxInfo": info} if info else {}))
    [found] = read(order([line], priceSummary=summary(total="10"))).lines
    assert found.taxes == taxes


# -- payments ----------------------------------------------------------------------------------------------------------


def test_only_payments_that_were_approved_are_money():
    told = [payment("9", status=status, ref=status) for status in ("PENDING", "AUTHORIZED", "DECLINED", "VOIDED")]
    found = read(us_order(), *told, payment("64.91"))
    [tender] = [tender for tender in found.tenders if tender.amount]
    assert (tender.amount, tender.method, tender.reference) == (D("64.91"), "CreditCard", "pi_1")
    assert tender.paid_at == datetime(2026, 11, 19, 10, 15, 33, tzinfo=UTC)
    assert found.payment_state is PaymentState.PAID


def test_payments_keep_their_places_however_they_are_listed_and_whatever_becomes_of_them():
    first = payment("20", ref="first", status="PENDING", createdDate="2026-11-19T10:15:30.000Z")
    second = payment("44.91", ref="second", createdDate="2026-11-19T10:15:31.000Z")
    pending = read(us_order(), first, second).tenders
    assert [(tender.ref, tender.amount) for tender in pending] == [("first", 0), ("second", D("44.91"))]
    approved = read(us_order(), second, {**first, "status": "APPROVED"}).tenders
    assert [(tender.ref, tender.amount) for tender in approved] == [("first", D("20")), ("second", D("44.91"))]


def test_a_payment_of_which_nothing_else_is_told_is_money():
    told = payment("64.91")
    del told["regularPaymentDetails"]
    [tender] = read(us_order(), {**told, "status": "APPROVED", "giftcardPaymentDetails": None}).tenders
    assert (tender.amount, tender.method) == (D("64.91"), "")


def test_old_payments_have_their_status_in_their_details():
    old = payment("64.91")
    del old["status"]
    old["regularPaymentDetails"]["status"] = "PARTIALLY_REFUNDED"
    assert read(us_order(), old).payment_state is PaymentState.PAID


@pytest.mark.parametrize(
    ("details", "method"),
    [
        ({"paymentMethod": "Offline", "paymentMethodName": {"userDefinedName": {"custom": "Layaway"}}}, "Layaway"),
        ({"paymentMethod": "Cash", "paymentMethodName": {"userDefinedName": {"predefined": "CHECK"}}}, "Check"),
        ({"paymentMethod": "PayPal", "paymentMethodName": {"siteLanguageName": "Paypal!"}}, "PayPal"),
        (
            {"paymentMethodName": {"siteLanguageName": "Credit/debit card", "buyerLanguageName": "X"}},
            "Credit/debit card",
        ),
    ],
)
def test_the_merchants_own_name_of_a_method_comes_first(details, method):
    [tender] = read(us_order(), payment("64.91", regularPaymentDetails=details)).tenders
    assert tender.method == method


@pytest.mark.parametrize("status", ["NOT_PAID", "PENDING"])
def test_the_status_follows_the_payments_late(status):
    found = read(us_order(paymentStatus=status), payment("64.91"))
    assert (found.payment_state, found.payment_status) == (PaymentState.PAID, "PAID")


def test_a_deposit_pays_a_part():
    found = read(us_order(paymentStatus="PARTIALLY_PAID"), payment("20"))
    assert (found.payment_state, found.payment_status) == (PaymentState.PARTLY_PAID, "PARTIALLY_PAID")
    assert [tender.amount for tender in found.tenders] == [20]


def test_unpaid():
    found = read(us_order(paymentStatus="NOT_PAID"))
    assert (found.payment_state, found.tenders) == (PaymentState.UNPAID, ())


def test_a_gift_card_is_a_way_to_pay_and_no_discount():
    found = read(us_order(), gift_card("20"), payment("44.91"))
    assert (found.gift_card_redeemed, found.total, found.residual) == (20, D("44.91"), 0)
    assert (found.payment_state, len(found.tenders)) == (PaymentState.PAID, 1)


def test_paid_by_gift_card_alone():
    found = read(us_order(), gift_card("64.91"))
    assert (found.total, found.payment_state, found.tenders) == (0, PaymentState.PAID, ())


def test_a_void_gift_card_was_used_only_where_it_was_given_back():
    assert read(us_order(), gift_card("20", status="VOIDED"), payment("64.91")).gift_card_redeemed == 0
    back = refund_of("gift", "20")
    found = read(us_order(), gift_card("20", status="VOIDED"), payment("44.91"), refunds=[back])
    assert found.gift_card_redeemed == 20


def refund_of(paid, value):
    told = {"paymentId": paid, "amount": amount(value), "refundStatus": "SUCCEEDED"}
    return {"id": "r", "createdDate": "2026-11-21T09:00:00.000Z", "transactions": [told]}


def test_what_a_membership_covers_was_sold_before():
    lines = [
        item(1, "Yoga", 1, "25", "25", "27.50", taxInfo=tax("2.50", "0.1", "GST"), paymentOption="MEMBERSHIP"),
        item(2, "Mat", 1, "10", "10", "11", taxInfo=tax("1", "0.1", "GST")),
    ]
    told = order(lines, priceSummary=summary(total="38.50", tax="3.50"))
    found = read(told, membership("27.50", line_id(1)), payment("11"))
    assert charges(found) == [("item", D(0), D(0), D(0)), ("item", D(10), D(0), D(1))]
    assert (found.total, found.tax, found.residual) == (11, 1, 0)
    assert (found.payment_state, len(found.tenders)) == (PaymentState.PAID, 1)


def test_a_membership_line_of_nothing_stays():
    told = order([item(1, "Yoga", 1, "0", "0", "0", paymentOption="MEMBERSHIP")], priceSummary=summary(total="0"))
    for found in (read(told), read(told, membership("25", line_id(1)))):
        assert (len(found.lines), found.total, found.payment_state) == (1, 0, PaymentState.PAID)
        assert (found.residual, found.doubts) == (0, ())


@pytest.mark.parametrize(("paid", "line"), [("20", line_id(1)), ("25", "gone")])
def test_a_membership_that_pays_another_amount_stays_as_a_difference(paid, line):
    told = order([item(1, "Yoga", 1, "25", "25", "25")], priceSummary=summary(total="25"))
    found = read(told, membership(paid, line))
    assert found.residual == -D(paid)
    assert found.doubts == (Doubt.of(Unexplained.MEMBERSHIP, paid=D(paid)),)


def test_memberships_that_were_given_back_or_never_charged():
    told = order([item(1, "Yoga", 1, "25", "25", "25")], priceSummary=summary(total="25"))
    void = {**membership("25", line_id(1)), "status": "VOIDED"}
    assert read(told, void).total == 25
    assert read(told, void, refunds=[refund_of("member", "25")]).total == 0
    old = membership("25", line_id(1))
    del old["status"]
    assert read(told, old).total == 0
    old["membershipPaymentDetails"]["status"] = "CHARGE_FAILED"
    assert read(told, old).total == 25


def test_cash_is_rounded():
    rounded = payment("64.90", cashRounding={"unroundedAmount": amount("64.91"), "roundingAdjustment": amount("-0.01")})
    found = read(us_order(), rounded)
    assert (found.lines[-1].ref, found.lines[-1].gross) == ("rounding", D("-0.01"))
    assert (found.total, found.residual, found.payment_state) == (D("64.90"), 0, PaymentState.PAID)


def test_orders_of_other_channels_are_paid_there():
    told = us_order(channelInfo={"type": "EBAY"}, balanceSummary={"paid": amount("64.91")})
    [tender] = read(told).tenders
    assert (tender.amount, tender.method) == (D("64.91"), "EBAY")


@pytest.mark.parametrize("status", ["INITIALIZED", "PENDING", "REJECTED"])
def test_a_checkout_that_was_not_finished_is_no_sale(status):
    assert read(us_order(status=status), payment("64.91")).payment_state is PaymentState.CANCELLED


def test_cancelling_gives_nothing_back():
    assert read(us_order(status="CANCELED"), payment("64.91")).payment_state is PaymentState.PAID
    assert read(us_order(status="CANCELED", paymentStatus="NOT_PAID")).payment_state is PaymentState.CANCELLED


@pytest.mark.parametrize(
    ("told", "lost"),
    [
        ({"status": "APPROVED"}, "64.91"),
        ({"status": "REVERSED"}, "0"),
        ({"status": "REVERSED", "reversalAmount": amount("60.00")}, "4.91"),
    ],
)
def test_a_chargeback_is_no_refund(told, lost):
    details = {"paymentMethod": "CreditCard", "chargebacks": [{"amount": amount("64.91"), **told}]}
    found = read(us_order(), payment("64.91", regularPaymentDetails=details))
    assert (found.refunds, found.charged_back) == ((), D(lost))


# -- the rest ----------------------------------------------------------------------------------------------------------


def test_who_bought_and_where_it_goes():
    place = {"country": "US", "subdivision": "US-NY", "city": "Albany", "postalCode": "12207"}
    person = {"firstName": "Ann", "lastName": "Hill", "company": "Fern", "phone": "1"}
    billed = {**place, "streetAddress": {"number": "4", "name": "Mill St"}}
    sent = {**place, "addressLine": "1 A St", "addressLine2": "#2"}
    told = us_order(
        buyerInfo={"contactId": "c1", "visitorId": "v", "email": "ann@example.com"},
        billingInfo={"address": billed, "contactDetails": person},
        shippingInfo={**us_order()["shippingInfo"], "logistics": {"shippingDestination": {"address": sent}}},
        buyerNote="Ring twice",
    )
    found = read(told)
    assert (found.buyer.ref, found.buyer.email, found.buyer.name) == ("c1", "ann@example.com", "Ann Hill")
    assert (found.buyer.company, found.buyer.phone, found.comments) == ("Fern", "1", "Ring twice")
    assert (found.billing.lines, found.billing.region) == (("4 Mill St",), "NY")
    assert (found.shipping.lines, found.shipping.city) == (("1 A St", "#2"), "Albany")


def test_a_sale_at_the_till_has_no_buyer():
    found = read(us_order())
    assert (found.buyer.name, found.buyer.email, found.billing, found.shipping) == ("", "", None, None)


def test_orders_are_dated_by_the_purchase():
    found = read(us_order(purchasedDate="2020-01-02T03:04:05.000Z"))
    assert found.created_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_parcels():
    parcels = [
        {"createdDate": "2026-11-20T10:00:00.000Z", "trackingInfo": {"trackingNumber": "RM1"}},
        {"createdDate": "2026-11-22T10:00:00.000Z", "trackingInfo": {"trackingNumber": "RM2"}},
    ]
    found = read(us_order(), fulfillments=parcels)
    assert (found.tracking_number, found.shipped_at) == ("RM1", datetime(2026, 11, 20, 10, tzinfo=UTC))
    assert found.shipping_method == "Royal Mail 48"


@pytest.mark.parametrize(
    "broken",
    [
        {"id": ""},
        {"currency": ""},
        {"priceSummary": {}},
        {"createdDate": "yesterday"},
        {"priceSummary": {"total": amount("a lot")}},
        {"lineItems": "none"},
    ],
)
def test_what_cannot_be_read_says_so(broken):
    with pytest.raises(Malformed):
        read(us_order(**broken))
