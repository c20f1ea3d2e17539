"""Orders that are not meant for the books, and orders that do not add up."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.books import TaxModel
from integrations.commerce import LineKind as Sold
from integrations.commerce import Order, PaymentState
from sync.translate.outcome import Hold, Skip
from sync.translate.reasons import Reason
from tests.sync.translate.making import (
    D,
    company,
    day,
    documents,
    held,
    line,
    options,
    order,
    sale,
    share,
    skipped,
    translated,
)

MUG = line("mug", "50.00")


class TestSkipped:
    def test_what_is_dated_before_the_start(self) -> None:
        assert skipped(order(MUG), options(start_date=day("2026-03-03"))) == Skip(
            Reason.BEFORE_START_DATE, {"date": "2026-03-02", "start_date": "2026-03-03"}
        )

    def test_the_start_date_itself_is_in(self) -> None:
        assert sale(order(MUG), options(start_date=day("2026-03-02"))).txn_date == day("2026-03-02")

    def test_the_date_is_the_one_where_the_business_is(self) -> None:
        late = order(MUG, created_at=datetime(2026, 3, 3, 3, 30, tzinfo=UTC))

        assert skipped(late, options(start_date=day("2026-03-03"))).params["date"] == "2026-03-02"
        assert sale(late).txn_date == day("2026-03-02")
        assert sale(late, options(time_zone="Europe/Paris")).txn_date == day("2026-03-03")

    def test_what_was_cancelled(self) -> None:
        gone = order(MUG, payment_state=PaymentState.CANCELLED, payment_status="CANCELLED")

        assert skipped(gone, options(payment_statuses=frozenset())) == Skip(Reason.ORDER_CANCELLED)

    def test_a_payment_status_nobody_asked_for(self) -> None:
        unpaid = order(MUG, payment_status="AWAITING_PAYMENT")

        assert skipped(unpaid) == Skip(Reason.STATUS_NOT_SELECTED, {"status": "AWAITING_PAYMENT"})
        assert sale(unpaid, options(payment_statuses=frozenset())).total == 50

    def test_a_fulfilment_status_nobody_asked_for(self) -> None:
        shipped_only = options(fulfillment_statuses=frozenset({"SHIPPED"}))
        waiting = order(MUG, fulfillment_status="PROCESSING")

        assert skipped(waiting, shipped_only) == Skip(Reason.FULFILLMENT_NOT_SELECTED, {"status": "PROCESSING"})
        assert sale(order(MUG, fulfillment_status="shipped"), shipped_only).total == 50

    def test_what_was_brought_over_from_elsewhere_unless_it_is_asked_for(self) -> None:
        brought = order(MUG, imported=True)

        assert skipped(brought) == Skip(Reason.ORDER_IMPORTED)
        assert sale(brought, options(post_imported=True)).total == 50

    @pytest.mark.parametrize("lines", [(), (line("shipping", "0.00", kind=Sold.SHIPPING),)], ids=["empty", "free"])
    def test_an_order_of_nothing(self, lines: Any) -> None:
        assert skipped(order(*lines)) == Skip(Reason.NOTHING_SOLD)

    def test_a_product_for_nothing_is_something(self) -> None:
        assert sale(order(line("gift", "0.00"))).total == 0

    def test_a_filter_comes_before_any_hold(self) -> None:
        assert skipped(order(MUG, payment_status="OPEN", total=D(-1))).reason is Reason.STATUS_NOT_SELECTED


def unsound(**changes: Any) -> Order:
    return order(line("mug", "50.00", share("GST", "5", "2.50")), **changes)


class TestHeld:
    def test_taxes_that_are_not_those_of_the_lines(self) -> None:
        assert held(unsound(tax=D("2.60"))) == Hold(
            Reason.TAXES_DO_NOT_ADD_UP, {"line_tax": "2.50", "order_tax": "2.60", "currency": "CAD"}
        )

    def test_a_total_that_is_not_that_of_the_lines(self) -> None:
        assert held(unsound(total=D("50"))) == Hold(
            Reason.ORDER_DOES_NOT_ADD_UP,
            {"total": "50.00", "computed": "52.50", "difference": "-2.50", "currency": "CAD"},
        )

    @pytest.mark.parametrize(("total", "is_held"), [("52.55", False), ("52.45", False), ("52.56", True)])
    def test_a_difference_up_to_the_cap_is_not_held(self, total: str, *, is_held: bool) -> None:
        assert isinstance(translated(unsound(total=D(total))), Hold) is is_held

    def test_a_total_with_a_fraction_of_a_cent(self) -> None:
        assert held(unsound(total=D("52.503"))).params["difference"] == "0.003"

    def test_the_cap_is_a_setting(self) -> None:
        strict = options(rounding_cap=Decimal(0))

        assert held(unsound(total=D("52.51")), strict).reason is Reason.ORDER_DOES_NOT_ADD_UP

    def test_an_order_with_money_but_without_lines_does_not_add_up(self) -> None:
        assert held(order(total=D("9.99"))).reason is Reason.ORDER_DOES_NOT_ADD_UP

    def test_a_gift_card_redeemed_for_nothing_does_not_add_up(self) -> None:
        assert held(order(gift_card_redeemed="5.00", total=D(0))).reason is Reason.ORDER_DOES_NOT_ADD_UP

    def test_a_negative_total(self) -> None:
        assert held(order(line("return", "-5.00"))) == Hold(
            Reason.TOTAL_NEGATIVE, {"total": "-5.00", "currency": "CAD"}
        )

    def test_money_that_the_books_do_not_take(self) -> None:
        assert held(order(MUG, currency="EUR")) == Hold(
            Reason.CURRENCY_NOT_ACCEPTED, {"currency": "EUR", "home_currency": "CAD", "company": "Maple Goods"}
        )

    def test_foreign_money_is_welcome_where_the_books_take_it(self) -> None:
        made = documents(order(MUG, currency="EUR"), books=company(multi_currency=True))

        assert (made.sale.currency, made.sale.customer.currency) == ("EUR", "EUR")

    def test_an_amount_is_shown_with_all_its_digits(self) -> None:
        assert held(unsound(total=D("60.125"))).params["difference"] == "7.625"


def all_kinds() -> list[Any]:
    extras = [
        ("shipping", Sold.SHIPPING),
        ("fee", Sold.FEE),
        ("tip", Sold.TIP),
        ("gift_card_sold", Sold.GIFT_CARD),
    ]
    cases = [(name, order(MUG, line("extra", "7.00", kind=kind)), "7.00") for name, kind in extras]
    cases.append(("discount", order(line("mug", "50.00", discount="7.00")), "7.00"))
    cases.append(("gift_card_redeemed", order(MUG, gift_card_redeemed="7.00"), "7.00"))
    return cases


@pytest.mark.parametrize(("kind", "one", "amount"), all_kinds())
def test_a_line_whose_item_nobody_chose_holds_the_order(kind: str, one: Order, amount: str) -> None:
    chosen = options(items={})

    assert held(one, chosen) == Hold(Reason.SPECIAL_ITEM_MISSING, {"kind": kind, "amount": amount, "currency": "CAD"})


def test_an_item_for_nothing_need_not_be_chosen() -> None:
    free = order(MUG, line("shipping", "0.00", kind=Sold.SHIPPING))

    assert len(sale(free, options(items={})).lines) == 1


def test_tax_without_a_tax_item_holds_the_order_of_a_company_without_sales_tax() -> None:
    taxed = order(line("mug", "50.00", share("Sales tax", "8", "4.00")), currency="USD")

    assert held(taxed, options(items={}), company(TaxModel.US_NONE)) == Hold(
        Reason.TAX_ITEM_MISSING, {"amount": "4.00", "currency": "USD"}
    )
