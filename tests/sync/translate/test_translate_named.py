"""Refunds that name the lines that they take back, and refunds of what gift cards paid (R3, W3)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from integrations.books import Known, LineKind, RefundType, SaleType
from integrations.commerce import LineKind as Sold_
from integrations.commerce import Refund, RefundLine
from integrations.quickbooks.forms import form_of_sale
from sync.translate.outcome import Hold, Skip
from sync.translate.reasons import Reason
from sync.translate.refunds import Credited, RefundCase, RefundDocuments, Sold, translate_refund
from tests.sync.translate.making import CANADA, NOON, D, day, line, options, paid_order, sale, share

# Two lamps at 24.00 with 20 % of VAT and shipping of 6.00; three caps at 10.00 with 10 % off and 5 % of GST.
LAMPS = line("lamp", "40", share("VAT 20", "20", "8.00"), quantity=2)
SHIPPING = line("post", "5", share("VAT 20", "20", "1.00"), kind=Sold_.SHIPPING)
CAPS = line("cap", "30", share("GST", "5", "1.35"), quantity=3, discount="3")
WRAP = line("wrap", "4", kind=Sold_.FEE)
ORDER = paid_order(LAMPS, CAPS, SHIPPING, WRAP, number="77")
CHOSEN = options(refund_account_id="35", refund_prefix="R-")
CARD = "10.00"


def posted(order, kind="NonInventory"):
    """The order's sale as it is in the books; its goods are items of this type."""
    form = form_of_sale(sale(order), CANADA)
    goods = {"item-sku-lamp", "item-sku-cap"}
    typed = [replace(one.line.item, type=kind if one.line.item.id in goods else "Service") for one in form.lines]
    lines = [replace(one, line=replace(one.line, item=item)) for one, item in zip(form.lines, typed, strict=True)]
    return replace(form, lines=tuple(lines))


def units(ref, quantity, restocked=0, amount=None):
    return RefundLine(ref, D(quantity), D(restocked), None if amount is None else D(amount))


def refunded(amount, *said, order=ORDER, kind="NonInventory", credited=(), balance=0, paid=None, chosen=CHOSEN, **told):
    form = posted(order, kind)
    sold = Sold(SaleType.INVOICE, "131", "EW-77", "58", form, D(balance), order.total if paid is None else D(paid))
    refund = Refund("r1", D(amount), NOON, method="Card", lines=said, **{"gift_card": D(0), **told})
    case = RefundCase(refund, refund.amount, day("2026-03-05"), 1, order, sold, tuple(credited), chosen, CANADA)
    return translate_refund(case)


def documents(*args, **more):
    outcome = refunded(*args, **more)
    assert isinstance(outcome, RefundDocuments), outcome
    return outcome.documents


def lines(document):
    return [(each.item.name, each.amount, each.quantity) for each in document.lines]


def credited(document, order=ORDER):
    """The document in the books, as far as lines go."""
    form = form_of_sale(replace(sale(order), lines=document.lines, tax_lines=document.tax_lines), CANADA)
    return Credited(document.type, form)


class TestExactly:
    def test_one_unit_of_a_line_has_its_part_of_the_tax(self):
        [back] = documents("24.00", units("lamp", 1))
        assert lines(back) == [("sku-lamp", 20, 1)]
        assert (back.total, back.tax) == (24, 4)

    def test_a_discounted_line_takes_its_part_of_the_discount_along(self):
        [back] = documents("18.90", units("cap", 2))
        assert lines(back) == [("sku-cap", 20, 2), ("Discount", -2, None)]
        assert back.tax == D("0.90")

    def test_the_shipping_alone(self):
        [back] = documents("6.00", units("post", 1, amount="6.00"))
        assert lines(back) == [("Shipping", 5, None)]
        assert back.tax == 1

    def test_a_part_of_the_shipping_and_of_a_fee(self):
        [back] = documents("4.50", units("post", 1, amount="3.00"), units("wrap", 1, amount="1.50"))
        assert lines(back) == [("Shipping", D("2.50"), None), ("Fee", D("1.50"), None)]
        assert back.tax == D("0.50")

    def test_all_that_was_sold(self):
        whole = [units("lamp", 2), units("cap", 3), units("post", 1), units("wrap", 1)]
        [back] = documents(ORDER.total, *whole)
        assert lines(back) == [
            ("sku-lamp", 40, 2), ("sku-cap", 30, 3), ("Discount", -3, None), ("Shipping", 5, None), ("Fee", 4, None),
        ]  # fmt: skip
        assert back.tax == ORDER.tax

    def test_an_amount_that_the_store_told_wins_over_the_units_share(self):
        [back] = documents("12.00", units("lamp", 1, amount="12.00"))
        assert lines(back) == [("sku-lamp", 10, 1)]
        assert back.tax == 2

    def test_one_line_that_costs_as_much_as_another_is_not_mistaken_for_it(self):
        twins = paid_order(line("hat", "10"), line("mug", "10"))
        [back] = documents("10", units("mug", 1), order=twins)
        assert lines(back) == [("sku-mug", 10, 1)]


class TestShelves:
    @pytest.mark.parametrize(
        ("restocked", "expected"),
        [
            (0, [("Refund", 40, None)]),
            (1, [("sku-lamp", 20, 1), ("Refund", 20, None)]),
            (2, [("sku-lamp", 40, 2)]),
        ],
    )
    def test_units_that_are_on_the_shelf_again_are_a_return_of_stock(self, restocked, expected):
        [back] = documents("48.00", units("lamp", 2, restocked), kind="Inventory")
        assert lines(back) == expected
        assert (back.total, back.tax) == (48, 8)

    def test_what_is_not_counted_stays_on_its_item(self):
        [back] = documents("24.00", units("lamp", 1, 0))
        assert lines(back) == [("sku-lamp", 20, 1)]

    def test_units_come_back_whatever_was_given_back_for_them(self):
        [back] = documents("10.00", units("lamp", 1, 1), kind="Inventory")
        assert [each[::2] for each in lines(back)] == [("sku-lamp", 1)]
        assert back.total == 10

    def test_what_was_given_away_can_be_put_back(self):
        free = paid_order(line("cap", "10", discount="10"), line("hat", "20"))
        [back] = documents("5", units("cap", 1, 1), order=free, kind="Inventory")
        assert lines(back) == [("sku-cap", 10, 1), ("Discount", -10, None), ("Refund", 5, None)]

    def test_no_more_units_than_were_sold(self):
        [first] = documents("24.00", units("lamp", 2, 2, "24.00"), kind="Inventory")
        [second] = documents("24.00", units("lamp", 2, 2, "24.00"), kind="Inventory", credited=[credited(first)])
        assert lines(first) == [("sku-lamp", 20, 2)]
        assert lines(second) == [("Refund", 20, None)]

    def test_what_is_left_in_the_end_brings_back_only_what_is_not_back_yet(self):
        [first] = documents("24.00", units("lamp", 1, 1), kind="Inventory")
        told = {"restocked": True, "gift_card": None}
        left = ORDER.total - 24
        [rest] = documents(left, kind="Inventory", credited=[credited(first)], **told)
        assert lines(rest)[0] == ("sku-lamp", 20, 1)
        assert first.tax + rest.tax == ORDER.tax


class TestAnotherAmount:
    """What the store names is a hint where it comes to another amount: a part failed, or the merchant typed one."""

    def test_less_is_taken_from_each_in_proportion(self):
        [back] = documents("15.00", units("lamp", 1), units("post", 1, amount="6.00"))
        assert [name for name, *_ in lines(back)] == ["sku-lamp", "Shipping"]
        assert [each.amount for each in back.lines] == [10, D("2.50")]
        assert (back.total, back.tax) == (15, D("2.50"))

    def test_more_is_a_part_of_everything_else(self):
        [back] = documents("29.00", units("lamp", 1))
        assert lines(back)[0] == ("sku-lamp", 20, 1)
        assert {name for name, *_ in lines(back)[1:]} == {"Refund"}
        assert back.total == 29

    def test_unless_it_is_just_another_line(self):
        [back] = documents("30.00", units("lamp", 1))
        assert lines(back) == [("sku-lamp", 20, 1), ("Shipping", 5, None)]

    def test_an_amount_of_anything_is_no_line_although_one_comes_to_it(self):
        """48.00 is what both lamps cost. The store would have said so."""
        [back] = documents("48.00")
        assert {name for name, *_ in lines(back)} == {"Refund"}
        assert len(back.lines) > 1

    def test_what_the_order_does_not_have_is_no_line(self):
        [back] = documents("20.00", units("item:gone", 1))
        assert {name for name, *_ in lines(back)} == {"Refund"}
        assert back.total == 20

    def test_what_other_refunds_took_is_not_taken_again(self):
        [first] = documents("30.00")
        [back] = documents("48.00", units("lamp", 2), credited=[credited(first)])
        assert back.total == 48
        assert first.tax + back.tax <= ORDER.tax

    def test_the_lines_are_taken_back_once_by_several_documents(self):
        memo, receipt = documents("48.00", units("lamp", 2, 2), kind="Inventory", balance="24", paid="24")
        assert (memo.type, receipt.type) == (RefundType.CREDIT_MEMO, RefundType.REFUND_RECEIPT)
        assert [each[::2] for each in lines(memo)] == [("sku-lamp", 2)]
        assert {name for name, *_ in lines(receipt)} == {"Refund"}
        assert (memo.total, receipt.total) == (24, 24)


class TestGiftCards:
    """A gift card paid 10.00: what goes back to it is no money, and its liability is there again."""

    USED = paid_order(LAMPS, SHIPPING, number="77", gift_card_redeemed=CARD)

    def test_goods_go_back_to_money_and_to_the_card(self):
        [back] = documents("14.00", units("lamp", 1), order=self.USED, gift_card=D(CARD))
        assert lines(back) == [("sku-lamp", 20, 1), ("Gift card redeemed", -10, None)]
        assert (back.type, back.total, back.tax) == (RefundType.REFUND_RECEIPT, 14, 4)

    def test_the_card_alone_is_a_receipt_of_no_money(self):
        [back] = documents("0", order=self.USED, gift_card=D(CARD))
        assert lines(back)[-1] == ("Gift card redeemed", -10, None)
        assert (back.type, back.total) == (RefundType.REFUND_RECEIPT, 0)
        assert back.tax > 0

    def test_a_sale_that_a_card_paid_for_goes_back_to_it_whole(self):
        free = paid_order(LAMPS, number="77", gift_card_redeemed="48")
        [back] = documents("0", units("lamp", 2), order=free, gift_card=D(48))
        assert lines(back) == [("sku-lamp", 40, 2), ("Gift card redeemed", -48, None)]
        assert (back.total, back.tax) == (0, 8)

    def test_money_alone_leaves_the_card_as_it_is(self):
        [back] = documents("44.00", order=self.USED)
        assert "Gift card redeemed" not in {name for name, *_ in lines(back)}
        assert back.total == 44
        assert back.tax < self.USED.tax

    def test_with_the_rest_all_of_the_sale_is_back(self):
        [first] = documents("44.00", order=self.USED)
        before = [credited(first, order=self.USED)]
        [rest] = documents("0", order=self.USED, gift_card=D(CARD), credited=before)
        assert first.tax + rest.tax == self.USED.tax
        assert rest.total == 0

    def test_where_the_store_does_not_tell_the_card_gets_its_part_with_all_that_is_left(self):
        [back] = documents("44.00", order=self.USED, gift_card=None)
        assert lines(back)[-1] == ("Gift card redeemed", -10, None)
        assert back.tax == self.USED.tax

    def test_it_is_posted_once(self):
        [back] = documents("0", order=self.USED, gift_card=D(CARD))
        mine = replace(credited(back, order=self.USED), own=True)
        assert documents("0", order=self.USED, gift_card=D(CARD), credited=[mine]) == ()

    def test_more_than_the_card_paid_is_a_persons_matter(self):
        outcome = refunded("5", order=self.USED, gift_card=D("12"))
        assert outcome == Hold(Reason.REFUND_EXCEEDS_GIFT_CARD, {"amount": "12.00", "left": "10.00", "currency": "CAD"})

    def test_a_sale_without_a_card_has_none_to_bring_back(self):
        outcome = refunded("5", gift_card=D("10"))
        assert isinstance(outcome, Hold)
        assert outcome.params["left"] == "0.00"

    def test_the_line_is_known_whatever_the_settings_say_by_now(self):
        moved = options(
            items={**CHOSEN.items, LineKind.GIFT_CARD_REDEEMED: Known("99", "Other")}, refund_account_id="35"
        )
        [back] = documents("14.00", units("lamp", 1), order=self.USED, gift_card=D(CARD), chosen=moved)
        assert lines(back)[-1] == ("Gift card redeemed", -10, None)

    def test_nothing_back_is_nothing(self):
        assert refunded("0", order=self.USED) == Skip(Reason.REFUND_COVERED)


def test_a_cent_that_does_not_divide_stays_with_the_line():
    odd = paid_order(line("pin", "0.05", share("GST", "5", "0.00"), quantity=3), line("hat", "9"))
    [back] = documents("0.02", units("pin", 1), order=odd)
    assert [(name, amount) for name, amount, _ in lines(back)] == [("sku-pin", D("0.02"))]
    assert back.total == Decimal("0.02")
