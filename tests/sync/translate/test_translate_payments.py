"""Invoice or receipt, and where the money goes."""

from datetime import UTC, datetime

import pytest

from integrations.books import SaleType
from integrations.commerce import Tender
from sync.translate.outcome import Hold, Note
from sync.translate.reasons import Reason
from sync.translate.settings import PaymentTarget
from tests.sync.translate.making import D, day, documents, held, line, options, order, paid_order, sale, tender

MUG = line("mug", "50.00")
AS_RECEIPT = options(post_as=SaleType.SALES_RECEIPT)
METHODS = {"PayPal": PaymentTarget("36", "5"), "Cash": PaymentTarget("", "6")}


class TestReceipt:
    def test_an_order_paid_in_full_at_once_is_one(self) -> None:
        made = documents(paid_order(MUG), AS_RECEIPT)

        assert (made.sale.type, made.payments, made.notes) == (SaleType.SALES_RECEIPT, (), ())

    def test_it_carries_its_payment(self) -> None:
        chosen = options(post_as=SaleType.SALES_RECEIPT, payment_methods=METHODS)
        receipt = sale(order(MUG, tenders=(tender("50.00", "PayPal", reference="pi_3Q"),)), chosen)

        assert (receipt.deposit_account_id, receipt.payment_method_id) == ("36", "5")
        assert receipt.payment_reference == "pi_3Q"
        assert receipt.private_note.startswith("Ecwid 1001, pi_3Q [TB-")

    @pytest.mark.parametrize(
        ("tenders", "cause"),
        [
            ((), "unpaid"),
            ((tender("20.00"),), "partly_paid"),
            ((tender("20.00"), tender("30.00")), "several_tenders"),
            ((tender("0.00"),), "unpaid"),
        ],
    )
    def test_an_order_paid_otherwise_becomes_an_invoice_and_the_log_says_so(
        self, tenders: tuple[Tender, ...], cause: str
    ) -> None:
        made = documents(order(MUG, tenders=tenders), AS_RECEIPT)

        assert made.sale.type is SaleType.INVOICE
        assert made.notes == (Note(Reason.RECEIPT_BECAME_INVOICE, {"cause": cause}),)

    def test_a_receipt_of_nothing_needs_neither_payment_nor_account(self) -> None:
        free = sale(order(line("gift", "0.00")), options(post_as=SaleType.SALES_RECEIPT, clearing_account_id=""))

        assert (free.type, free.deposit_account_id) == (SaleType.SALES_RECEIPT, "")

    def test_without_an_account_for_its_money_it_is_held_even_if_payments_are_off(self) -> None:
        chosen = options(post_as=SaleType.SALES_RECEIPT, clearing_account_id="", record_payments=False)

        assert held(paid_order(MUG), chosen) == Hold(Reason.PAYMENT_ACCOUNT_MISSING, {"method": "Card"})


class TestInvoice:
    def test_each_tender_is_a_payment(self) -> None:
        tenders = (tender("20.00", "PayPal", reference="pp-1"), tender("30.00", "Cash", reference=""))
        made = documents(order(MUG, tenders=tenders), options(payment_methods=METHODS))

        assert [(paid.amount, paid.account_id, paid.method_id, paid.reference) for paid in made.payments] == [
            (D("20.00"), "36", "5", "pp-1"),
            (D("30.00"), "35", "6", ""),
        ]
        assert [paid.ordinal for paid in made.payments] == [0, 1]
        assert len({made.sale.marker, *(paid.marker for paid in made.payments)}) == 3
        assert {paid.customer for paid in made.payments} == {made.sale.customer}

    def test_it_is_dated_when_the_money_came_where_the_business_is(self) -> None:
        late = tender("50.00", paid_at=datetime(2026, 3, 6, 4, 59, tzinfo=UTC))

        assert documents(order(MUG, tenders=(late,))).payments[0].txn_date == day("2026-03-05")

    def test_a_long_gateway_id_is_cut_and_kept_whole_in_the_note(self) -> None:
        long = "ch_3PzXkQ2eZvKYlo2C1a2b3c4d"
        [paid] = documents(order(MUG, tenders=(tender("50.00", reference=long),))).payments

        assert paid.reference == long[:21]
        assert paid.private_note == f"Ecwid 1001, {long} [{paid.marker}]"

    def test_its_own_note_does_not_change_when_a_payment_comes(self) -> None:
        assert sale(order(MUG)).private_note == sale(paid_order(MUG)).private_note

    def test_unpaid_orders_have_no_payment(self) -> None:
        assert documents(order(MUG)).payments == ()

    def test_payments_are_not_recorded_when_that_is_off(self) -> None:
        chosen = options(record_payments=False, clearing_account_id="")

        assert documents(paid_order(MUG), chosen).payments == ()

    def test_without_an_account_for_the_money_the_order_is_held(self) -> None:
        chosen = options(clearing_account_id="", payment_methods={"Card": PaymentTarget("", "5")})

        assert held(paid_order(MUG), chosen) == Hold(Reason.PAYMENT_ACCOUNT_MISSING, {"method": "Card"})
        assert documents(order(MUG), chosen).payments == ()

    def test_methods_are_found_without_regard_to_case_and_blanks(self) -> None:
        chosen = options(payment_methods=METHODS)

        assert documents(order(MUG, tenders=(tender("50", " paypal"),)), chosen).payments[0].account_id == "36"

    def test_more_than_the_total_is_the_buyers_credit_and_said(self) -> None:
        made = documents(order(MUG, tenders=(tender("40.00"), tender("15.00"), tender("5.00"))))

        assert [(paid.amount, paid.applied) for paid in made.payments] == [(40, 40), (15, 10), (5, 0)]
        assert made.notes == (Note(Reason.OVERPAID, {"paid": "60.00", "total": "50.00", "currency": "CAD"}),)

    def test_what_is_not_recorded_is_not_too_much(self) -> None:
        assert documents(order(MUG, tenders=(tender("60.00"),)), options(record_payments=False)).notes == ()

    def test_an_overpaid_receipt_is_an_invoice_because_it_has_no_place_for_credit(self) -> None:
        made = documents(order(MUG, tenders=(tender("60.00"),)), AS_RECEIPT)

        assert (made.sale.type, made.sale.total) == (SaleType.INVOICE, D(50))
        assert [(paid.amount, paid.credit) for paid in made.payments] == [(60, 10)]
        assert [note.reason for note in made.notes] == [Reason.RECEIPT_BECAME_INVOICE, Reason.OVERPAID]

    def test_a_tender_keeps_its_mark_when_one_before_it_brought_nothing(self) -> None:
        pending = documents(order(MUG, tenders=(tender("0.00"), tender("30.00"))))
        settled = documents(order(MUG, tenders=(tender("20.00"), tender("30.00"))))

        assert pending.payments[0].marker == settled.payments[1].marker
