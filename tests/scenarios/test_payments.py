"""Money that came in: which account, which method, which day, and never twice (M1-M5)."""

import pytest

from sync.models import PaymentMapping
from sync.translate.reasons import Reason
from tests.support.expect import GOOD, books_are_whole, held, payments_of, posted, sentence_of
from tests.support.world import money


def ref(world, entity, name):
    return {"value": world.entry(entity, name).books_ref}


def paid_by(method, number, **more):
    return {**GOOD, "payment_method": method, "order_id": number, **more}


class TestInvoices:
    def test_have_a_payment_of_their_own_linked_to_them(self, world):
        world.place(paid_by("PayPal", "ONE"), paid_by("PayPal", "TWO"))

        world.sync()

        for number in ("ONE", "TWO"):
            invoice = posted(world, number)
            [payment] = payments_of(world, invoice)
            assert payment["CustomerRef"] == invoice["CustomerRef"]
            assert money(payment["TotalAmt"]) == money(invoice["TotalAmt"])
            assert (money(payment["UnappliedAmt"]), money(invoice["Balance"])) == (0, 0)
            assert [link["TxnId"] for link in invoice["LinkedTxn"]] == [payment["Id"]]
        books_are_whole(world)

    def test_each_method_has_its_own_account_and_method(self, world):
        world.map_method("PayPal", "PayPal Clearing", "PayPal")
        world.map_method("Credit card", None, "Visa")
        world.place(
            paid_by("PayPal", "BY-PAYPAL"), paid_by("Credit card", "BY-CARD"), paid_by("Cash on pick-up", "CASH")
        )

        world.sync()

        found = {}
        for number in ("BY-PAYPAL", "BY-CARD", "CASH"):
            [payment] = payments_of(world, posted(world, number))
            found[number] = (payment["DepositToAccountRef"], payment.get("PaymentMethodRef"))
        assert found == {
            "BY-PAYPAL": (ref(world, "Account", "PayPal Clearing"), ref(world, "PaymentMethod", "PayPal")),
            "BY-CARD": (ref(world, "Account", "Ecwid Clearing"), ref(world, "PaymentMethod", "Visa")),
            "CASH": (ref(world, "Account", "Ecwid Clearing"), None),
        }

    def test_methods_show_up_by_themselves_once(self, world):
        for number in range(2):
            world.place(paid_by("PayPal", f"A{number}"), paid_by("Crypto", f"B{number}"))
            world.sync()

        assert sorted(PaymentMapping.objects.values_list("method", flat=True)) == ["Crypto", "PayPal"]

    @pytest.mark.parametrize("written", ["paypal", "PayPal ", "PAYPAL"])
    def test_a_method_is_known_however_it_is_written(self, world, written):
        world.map_method("PayPal", "PayPal Clearing")
        world.place(paid_by(written, "ONE"))

        world.sync()

        [payment] = payments_of(world, posted(world, "ONE"))
        assert payment["DepositToAccountRef"] == ref(world, "Account", "PayPal Clearing")

    def test_the_gateways_id_is_the_reference(self, world):
        world.place(
            paid_by("PayPal", "SHORT", transaction_id="pi_3Q"), paid_by("PayPal", "LONG", transaction_id="x" * 40)
        )

        world.sync()

        [short], [long_one] = (payments_of(world, posted(world, number)) for number in ("SHORT", "LONG"))
        assert short["PaymentRefNum"] == "pi_3Q"
        assert long_one["PaymentRefNum"] == "x" * 21
        assert f"{'x' * 40} [TB-" in long_one["PrivateNote"]

    def test_switched_off_leaves_them_open(self, world):
        world.set("payments", enabled=False, account=None)
        world.place(paid_by("PayPal", "ONE"))

        world.sync()

        assert money(posted(world, "ONE")["Balance"]) == 23
        assert world.books()["Payment"] == []

    def test_switched_on_later_they_follow_what_was_posted_without_them(self, world):
        world.set("payments", enabled=False)
        world.place(paid_by("PayPal", "ONE"), paid_by("PayPal", "TWO"))
        world.sync()
        by_hand = posted(world, "TWO")
        link = {"Amount": by_hand["TotalAmt"], "LinkedTxn": [{"TxnId": by_hand["Id"], "TxnType": "Invoice"}]}
        sent = {"CustomerRef": by_hand["CustomerRef"], "TotalAmt": by_hand["TotalAmt"], "Line": [link]}
        world.quickbooks.add(world.realm, "Payment", sent)

        world.set("payments", enabled=True)
        world.sync()

        assert len(payments_of(world, posted(world, "ONE"))) == 1
        assert [money(posted(world, number)["Balance"]) for number in ("ONE", "TWO")] == [0, 0]
        before = world.books()
        world.set("payments", enabled=True)
        world.sync()
        assert world.books() == before

    def test_an_invoice_that_somebody_paid_by_hand_meanwhile(self, make_world):
        """The order turns paid in the store after the bookkeeper has entered the money."""
        world = make_world("CA", payment_statuses=[])
        world.place(paid_by("PayPal", "ONE", payment_status="AWAITING_PAYMENT"))
        world.sync()
        invoice = posted(world, "ONE")
        link = {"Amount": invoice["TotalAmt"], "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
        sent = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": invoice["TotalAmt"], "Line": [link]}
        world.quickbooks.add(world.realm, "Payment", sent)
        ref_ = world.record("ONE").store_ref
        world.ecwid.control("POST", f"stores/{world.store_id}/orders/{ref_}/status", {"paymentStatus": "PAID"})

        world.sync()

        assert len(world.books()["Payment"]) == 1
        assert money(posted(world, "ONE")["Balance"]) == 0


class TestReceipts:
    @pytest.fixture
    def world(self, make_world):
        return make_world("CA", post_as="sales_receipt")

    def test_carry_their_own_payment(self, world):
        world.map_method("PayPal", "PayPal Clearing", "PayPal")
        world.place(paid_by("PayPal", "ONE", transaction_id="pi_3Q"))

        world.sync()

        receipt = posted(world, "ONE")
        assert receipt["DocNumber"] == "EW-ONE"
        assert receipt["DepositToAccountRef"] == ref(world, "Account", "PayPal Clearing")
        assert receipt["PaymentMethodRef"] == ref(world, "PaymentMethod", "PayPal")
        assert receipt["PaymentRefNum"] == "pi_3Q"
        assert world.books()["Payment"] == world.books()["Invoice"] == []
        books_are_whole(world)

    def test_need_an_account(self, world):
        world.set("payments", account=None)
        world.place(paid_by("PayPal", "ONE"))

        world.sync()

        held(world, "ONE", Reason.PAYMENT_ACCOUNT_MISSING, "PayPal")

        world.map_method("PayPal", "PayPal Clearing")
        world.sync()

        posted(world, "ONE")

    def test_are_invoices_while_nothing_is_paid(self, world):
        world.set("orders", payment_statuses=[])
        world.place(paid_by("PayPal", "ONE", payment_status="AWAITING_PAYMENT"))

        world.sync()

        assert money(posted(world, "ONE")["Balance"]) == 23
        assert world.record("ONE").reason == Reason.RECEIPT_BECAME_INVOICE
        sentence_of(world.record("ONE"), "not paid yet")

        number = world.record("ONE").store_ref
        world.ecwid.control("POST", f"stores/{world.store_id}/orders/{number}/status", {"paymentStatus": "PAID"})
        world.sync()

        assert len(payments_of(world, posted(world, "ONE"))) == 1
        books_are_whole(world)

    def test_switched_off_payments_do_not_concern_them(self, world):
        world.set("payments", enabled=False)
        world.place(paid_by("PayPal", "ONE"))

        world.sync()

        assert posted(world, "ONE")["DepositToAccountRef"] == ref(world, "Account", "Ecwid Clearing")

    def test_over_nothing_need_no_account(self, world):
        world.set("payments", account=None)
        world.place(paid_by("PayPal", "FREE", coupon={"type": "percent", "value": 100}))

        world.sync()

        assert money(posted(world, "FREE")["TotalAmt"]) == 0


@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
def test_undeposited_funds_are_never_used_silently(make_world, post_as):
    world = make_world("CA", post_as=post_as)
    undeposited = ref(world, "Account", "Undeposited Funds")
    world.place(paid_by("PayPal", "ONE"), paid_by("Crypto", "TWO"), paid_by(None, "THREE"))

    world.sync()

    books = world.books()
    assert len(books["SalesReceipt"] or books["Payment"]) == 3
    for document in (*books["SalesReceipt"], *books["Payment"]):
        assert document["DepositToAccountRef"] != undeposited
