"""What is carried over from the order, and what the settings add."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from integrations.books import SaleType
from integrations.commerce import Address, Buyer
from integrations.commerce import LineKind as Sold
from tests.sync.translate.making import D, company, day, line, options, order, paid_order, sale

MUG = line("mug", "50.00")
ABLE = company(classes="document", locations=True, card_payments=True)


class TestCarriedOver:
    one = order(
        MUG,
        billing=Address(city="Austin"),
        shipping=Address(city="Boston"),
        shipping_method="Courier",
        tracking_number="1Z999",
        shipped_at=datetime(2026, 3, 5, 3, 0, tzinfo=UTC),
    )

    def test_addresses_and_shipping(self) -> None:
        made = sale(self.one)

        assert (made.billing, made.shipping) == (Address(city="Austin"), Address(city="Boston"))
        assert (made.shipping_method, made.tracking_number) == ("Courier", "1Z999")

    def test_the_shipping_date_is_the_one_where_the_business_is(self) -> None:
        assert sale(self.one).shipping_date == day("2026-03-04")
        assert sale(order(MUG)).shipping_date is None

    def test_the_email_when_it_is_one(self) -> None:
        assert sale(self.one).email == "ana@example.test"
        assert sale(replace(self.one, buyer=Buyer(name="Ana", email="n/a"))).email == ""

    def test_what_was_sold_with_its_options_and_quantity(self) -> None:
        shirt = line("tee", "50.00", quantity=2, name="Tee", description="Size: M, Colour: blue")
        [made] = sale(order(shirt)).lines

        assert made.description == "Tee (Size: M, Colour: blue)"
        assert (made.quantity, made.unit_price) == (D(2), D(25))

    def test_shipping_is_not_sold_in_units(self) -> None:
        shipping = line("shipping", "7.00", kind=Sold.SHIPPING, name="Courier")
        made = sale(order(MUG, shipping)).lines[1]

        assert (made.description, made.quantity, made.unit_price) == ("Courier", None, None)


class TestMessage:
    @pytest.mark.parametrize(
        ("comments", "message"), [(" Thank you \n", "Thank you"), ("  ", None), ("x" * 1001, "x" * 1000)]
    )
    def test_is_the_orders_notes(self, comments: str, message: str | None) -> None:
        assert sale(order(MUG, comments=comments)).message == message

    def test_may_be_left_to_quickbooks(self) -> None:
        assert sale(order(MUG, comments="Thank you"), options(use_default_message=True)).message is None


class TestAdded:
    def test_class_and_location_where_the_company_has_them(self) -> None:
        chosen = options(class_id="51", location_id="3")

        assert (sale(order(MUG), chosen, ABLE).class_id, sale(order(MUG), chosen, ABLE).location_id) == ("51", "3")
        assert (sale(order(MUG), chosen).class_id, sale(order(MUG), chosen).location_id) == ("", "")

    @pytest.mark.parametrize("allowed", [True, False])
    def test_card_payment_on_invoices_where_the_company_has_it(self, *, allowed: bool) -> None:
        chosen = options(allow_card_payment=allowed)

        assert sale(order(MUG), chosen, ABLE).allow_card_payment is allowed
        assert sale(order(MUG), chosen).allow_card_payment is None

    def test_receipts_are_neither_due_nor_payable(self) -> None:
        chosen = options(post_as=SaleType.SALES_RECEIPT, due_offset=30, allow_card_payment=True)
        receipt = sale(paid_order(MUG), chosen, ABLE)

        assert (receipt.due_date, receipt.allow_card_payment) == (None, None)
