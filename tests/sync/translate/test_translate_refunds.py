"""What a refund takes back of a sale, and when it takes nothing back (R2, R3)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from integrations.books import Form, FormLine, RefundType, SaleType
from integrations.commerce import LineKind as Sold_
from integrations.commerce import Refund
from integrations.quickbooks.forms import form_of_sale
from sync.translate.outcome import Hold, Skip
from sync.translate.reasons import Reason
from sync.translate.refunds import Credited, RefundCase, RefundDocuments, Sold, translate_refund
from sync.translate.settings import PaymentTarget
from tests.sync.translate.making import CANADA, NOON, D, day, line, options, paid_order, sale, share

TAXES = (share("GST", "5", "2.00"), share("QST", "9.975", "3.99"))
ORDER = paid_order(
    line("hat", "40", *TAXES), line("mug", "10"), line("post", "7", kind=Sold_.SHIPPING), comments="", number="77"
)
CHOSEN = options(refund_account_id="35", refund_prefix="R-")


def posted(order, kind=""):
    """The order's sale as it is in the books, all of whose items are of this type."""
    form = form_of_sale(sale(order), CANADA)
    typed = (replace(one, line=replace(one.line, item=replace(one.line.item, type=kind))) for one in form.lines)
    return replace(form, lines=tuple(typed))


def refunded(
    amount,
    *,
    balance=0,
    credited=(),
    chosen=CHOSEN,
    order=ORDER,
    paid=None,
    kind="",
    credit=0,
    lowered=0,
    place=1,
    **refund,
):
    amount = None if amount is None else D(amount)
    form = posted(order, kind)
    sold = Sold(
        SaleType.INVOICE, "131", "EW-77", "58", form, D(balance), order.total if paid is None else D(paid), D(credit)
    )
    told = Refund("r1", amount, NOON, **{"method": "Card", **refund})
    return translate_refund(
        RefundCase(told, amount, day("2026-03-05"), place, order, sold, tuple(credited), chosen, CANADA, D(lowered))
    )


def documents(*args, **more):
    outcome = refunded(*args, **more)
    assert isinstance(outcome, RefundDocuments), outcome
    return outcome.documents


def documents_form(amount):
    """What a refund of this amount took back."""
    [back] = documents(amount)
    return Form("CAD", tuple(FormLine(one, {}) for one in back.lines))


def lines(document):
    return [(each.item.name, each.amount, each.tax_code) for each in document.lines]


def test_everything_mirrors_the_sale():
    [back] = documents(None, everything=True, restocked=True)
    assert (back.type, back.total, back.tax) == (RefundType.REFUND_RECEIPT, ORDER.total, D("5.99"))
    assert [each[1:] for each in lines(back)] == [(40, "gst-qst"), (10, "zero"), (7, "zero")]
    assert (back.number, back.message) == ("R-77", "Refund of EW-77")


@pytest.mark.parametrize(
    ("amount", "taken"),
    [
        ("45.99", [("sku-hat", 40, "gst-qst")]),
        ("10", [("sku-mug", 10, "zero")]),
        ("7", [("Shipping", 7, "zero")]),
        ("55.99", [("sku-hat", 40, "gst-qst"), ("sku-mug", 10, "zero")]),
    ],
    ids=["a taxed line", "an untaxed line", "the shipping", "all but the shipping"],
)
def test_an_exact_amount_is_those_lines(amount, taken):
    [back] = documents(amount)
    assert lines(back) == taken


def test_an_amount_that_may_be_several_lines_is_none_of_them():
    twins = paid_order(line("hat", "10"), line("mug", "10"), line("cap", "30"))
    [back] = documents("10", order=twins)
    assert lines(back) == [("Refund", 10, "zero")]


def test_any_other_amount_is_a_part_of_everything():
    [back] = documents("20")
    assert [(name, code) for name, _, code in lines(back)] == [("Refund", "gst-qst"), ("Refund", "zero")]
    assert back.total == 20
    assert D("1.8") < back.tax < D("1.95")  # 5.99 of 62.99


@pytest.mark.parametrize(("restocked", "item"), [(True, "sku-hat"), (False, "Refund")])
def test_goods_that_did_not_go_back_on_the_shelf_are_no_stock(restocked, item):
    [back] = documents("45.99", restocked=restocked, kind="Inventory")
    assert back.lines[0].item.name == item
    assert (back.lines[0].quantity is None) != restocked


@pytest.mark.parametrize(
    ("place", "ordinal", "number"), [(1, 0, "R-77"), (2, 0, "R-77-2"), (1, 1, "R-77-1-2"), (2, 1, "R-77-2-2")]
)
def test_no_two_documents_have_a_number(place, ordinal, number):
    before = [Credited(RefundType.REFUND_RECEIPT, documents_form("7"), own=True)] * ordinal
    [back] = documents(str(10 + 7 * ordinal), credited=before, place=place)
    assert back.number == number


class TestHowMuch:
    @pytest.mark.parametrize("amount", ["0", "-3"])
    def test_nothing_is_nothing(self, amount):
        assert refunded(amount) == Skip(Reason.REFUND_COVERED)

    def test_nothing_is_left_after_everything(self):
        whole = Credited(RefundType.REFUND_RECEIPT, posted(ORDER))
        assert refunded("10", credited=[whole]) == Skip(Reason.REFUND_COVERED)

    def test_more_than_is_left_is_a_persons_matter(self):
        outcome = refunded("63")
        assert isinstance(outcome, Hold)
        assert (outcome.reason, outcome.params["left"]) == (Reason.REFUND_EXCEEDS_SALE, "62.99")

    def test_an_amount_that_nobody_told_is_asked_for(self):
        outcome = refunded(None)
        assert outcome == Hold(Reason.REFUND_AMOUNT_UNKNOWN, {"left": "62.99", "currency": "CAD"})

    def test_a_cancelled_order_that_nobody_paid_asks_for_nothing(self):
        assert refunded(None, cancelled=True, balance="62.99", paid=0) == Skip(Reason.REFUND_NOTHING_PAID)

    def test_what_was_paid_too_much_goes_back_first_and_is_no_part_of_the_sale(self):
        assert refunded("10", credit="17") == RefundDocuments((), D(10))
        assert refunded("17", credit="17") == RefundDocuments((), D(17))

    def test_what_is_more_than_that_is(self):
        outcome = refunded("27", credit="17")
        assert isinstance(outcome, RefundDocuments)
        assert outcome.credit == 17
        assert [lines(back) for back in outcome.documents] == [[("sku-mug", 10, "zero")]]

    def test_everything_is_both(self):
        outcome = refunded(None, credit="17", everything=True)
        assert isinstance(outcome, RefundDocuments)
        assert (outcome.credit, [back.total for back in outcome.documents]) == (17, [ORDER.total])

    def test_more_than_both_is_a_persons_matter(self):
        outcome = refunded("80", credit="17")
        assert isinstance(outcome, Hold)
        assert (outcome.reason, outcome.params["left"]) == (Reason.REFUND_EXCEEDS_SALE, "79.99")

    def test_an_unknown_amount_may_be_both(self):
        assert refunded(None, credit="17") == Hold(Reason.REFUND_AMOUNT_UNKNOWN, {"left": "79.99", "currency": "CAD"})


class TestWhatIsInTheBooksWithoutADocument:
    def test_needs_none(self):
        assert refunded("10", lowered="10") == RefundDocuments()

    def test_leaves_the_rest_for_one(self):
        [back] = documents("17", lowered="7")
        assert back.total == 10

    def test_may_be_more_than_is_told_by_now(self):
        assert refunded("10", lowered="17") == RefundDocuments()

    def test_leaves_the_sale_of_everything(self):
        [back] = documents(None, lowered="7", everything=True)
        assert back.total == ORDER.total

    def test_ends_an_unknown_amount(self):
        assert refunded(None, lowered="7") == RefundDocuments()


class TestMoney:
    def test_leaves_from_the_account_of_the_method(self):
        methods = {"Card": PaymentTarget("77", "4")}
        [back] = documents("10", chosen=options(payment_methods=methods, refund_account_id="35"))
        assert (back.account_id, back.method_id) == ("77", "4")

    def test_or_from_the_one_for_refunds(self):
        [back] = documents("10")
        assert (back.account_id, back.method_id) == ("35", "")

    def test_or_from_nowhere(self):
        outcome = refunded("10", chosen=options())
        assert outcome == Hold(Reason.REFUND_ACCOUNT_MISSING, {"method": "Card"})

    def test_what_is_open_is_let_go_without_any(self):
        [memo] = documents("10", balance="62.99", paid=0, chosen=options())
        assert (memo.type, memo.account_id) == (RefundType.CREDIT_MEMO, "")

    def test_what_is_more_than_open_goes_back(self):
        memo, back = documents(None, everything=True, balance="20", paid=0)
        assert (memo.type, memo.total) == (RefundType.CREDIT_MEMO, 20)
        assert (back.type, back.total) == (RefundType.REFUND_RECEIPT, Decimal("42.99"))
