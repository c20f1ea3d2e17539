"""What Ecwid tells of refunds, shape by shape, and what stands in the books afterwards (R1-R5)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sync.models import LogEntry, RecordState
from sync.services.changes import author
from sync.services.refunds import refund_amount_enter
from sync.translate.reasons import Reason
from tests.support.expect import sentence_of
from tests.support.ledger import Ledger
from tests.support.world import money

D = Decimal
HAT = {"sku": "HAT", "name": "Hat", "price": 40}
MUG = {"sku": "MUGS", "name": "Mug", "price": 15, "quantity": 2}
STATUSES = ["PAID", "REFUNDED", "PARTIALLY_REFUNDED"]


@pytest.fixture
def shop(make_world):
    """Makes a world whose refunds are posted."""

    def make(name="CA", **order_settings):
        world = make_world(name, **{"payment_statuses": STATUSES, **order_settings})
        account = world.entry("Account", "Ecwid Clearing")
        world.set("refunds", enabled=True, account=account)
        return world

    return make


def act(world, number, what, body=None):
    return world.ecwid.control("POST", f"stores/{world.store_id}/orders/{number}/{what}", body or {})


def refund(world, number, amount=None, **more):
    return act(world, number, "refund", {**({"amount": amount} if amount is not None else {}), **more})


def receipts(world):
    return world.documents("RefundReceipt")


def lines(world, document):
    """(item, net amount, tax code, quantity)."""
    books = world.books()
    codes = {code["Id"]: code["Name"] for code in books["TaxCode"]}
    found = []
    for item, line in Ledger(books).lines(document):
        detail = line["SalesItemLineDetail"]
        code = detail.get("TaxCodeRef", {}).get("value")
        found.append((item["Name"], money(line["Amount"]), codes.get(code, code), detail.get("Qty")))
    return found


def settled(world, number, *, left=0):
    """Each refund of the order is posted once, and what the books hold of the sale is what is left of it."""
    books = world.books()
    for record in world.refunds(number):
        assert record.state == RecordState.POSTED, sentence_of(record)
    sale = sum((money(row["TotalAmt"]) for kind in ("Invoice", "SalesReceipt") for row in books[kind]), D(0))
    back = sum((money(row["TotalAmt"]) for kind in ("RefundReceipt", "CreditMemo") for row in books[kind]), D(0))
    assert sale - back == left


class TestReceipts:
    """The sale was paid when it was posted: what goes back is money."""

    def test_a_full_refund_mirrors_the_sale(self, shop):
        world = shop(post_as="sales_receipt")
        world.place({"order_id": "ONE", "lines": [HAT, MUG], "shipping": 5})
        world.sync()
        refund(world, "ONE", reason="Too small")

        world.sync()

        sale, back = world.only("SalesReceipt"), world.only("RefundReceipt")
        assert back["DocNumber"] == "R-ONE"
        assert lines(world, back) == lines(world, sale)
        assert money(back["TotalAmt"]) == money(sale["TotalAmt"])
        assert money(back["TxnTaxDetail"]["TotalTax"]) == money(sale["TxnTaxDetail"]["TotalTax"])
        assert back["CustomerRef"] == sale["CustomerRef"]
        assert back["DepositToAccountRef"]["value"] == world.entry("Account", "Ecwid Clearing").books_ref
        assert f"refund of EW-ONE (sales receipt {sale['Id']}): Too small [TB-" in back["PrivateNote"]
        assert back["CustomerMemo"]["value"] == "Refund of EW-ONE"
        settled(world, "ONE")
        [entry] = LogEntry.objects.filter(kind="refund")
        assert (entry.action, entry.books_type, entry.doc_number) == ("created", "RefundReceipt", "R-ONE")

    def test_nothing_is_posted_twice(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        refund(world, "ONE")
        for _ in range(3):
            world.sync()
        settled(world, "ONE")
        assert LogEntry.objects.filter(kind="refund").count() == 1


class TestPartial:
    def test_any_amount_is_a_part_of_everything(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT, MUG], "shipping": 5})
        world.sync()
        refund(world, "ONE", 17)

        world.sync()

        back = world.only("RefundReceipt")
        assert money(back["TotalAmt"]) == 17
        assert [name for name, *_ in lines(world, back)] == ["Refund adjustment"]
        settled(world, "ONE", left=money(world.only()["TotalAmt"]) - 17)

    def test_several_and_then_the_rest(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT, MUG], "shipping": 5})
        world.sync()
        for amount in (17, 9):
            refund(world, "ONE", amount)
            world.sync()
        refund(world, "ONE")
        world.sync()

        assert list(receipts(world)) == ["R-ONE", "R-ONE-2", "R-ONE-3"]
        settled(world, "ONE")
        taxes = [Ledger(world.books()).tax_by_rate(back) for back in receipts(world).values()]
        sale = Ledger(world.books()).tax_by_rate(world.only())
        assert {rate: sum(tax.get(rate, D(0)) for tax in taxes) for rate in sale} == sale

    def test_several_at_once(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT, MUG], "shipping": 5})
        world.sync()
        for amount in (17, 9, None):
            refund(world, "ONE", amount)
        world.sync()
        assert list(receipts(world)) == ["R-ONE", "R-ONE-2", "R-ONE-3"]
        settled(world, "ONE")

    def test_the_amount_of_one_line_is_that_line(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT, MUG], "shipping": 5})
        world.sync()
        mug = next(item for item in world.ecwid.orders(world.store_id)[-1]["items"] if item["sku"] == "MUGS")
        refund(world, "ONE", money(mug["price"]) * 2 + money(mug["tax"]))
        world.sync()

        [(name, amount, code, quantity)] = lines(world, world.only("RefundReceipt"))
        assert (name, amount, code, quantity) == ("Mug", 30, "GST/QST QC", 2)

    def test_the_amount_of_the_shipping_is_the_shipping(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT], "shipping": "4.99"})
        world.sync()
        world_total = money(world.only()["TotalAmt"])
        refund(world, "ONE", world_total - money("45.99"))  # 40.00 of goods are 45.99 with taxes
        world.sync()

        assert [name for name, *_ in lines(world, world.only("RefundReceipt"))] == ["Shipping"]
        refund(world, "ONE")
        world.sync()
        settled(world, "ONE")
        last = receipts(world)["R-ONE-2"]
        assert [(name, amount) for name, amount, *_ in lines(world, last)] == [("Hat", 40)]

    @pytest.mark.parametrize("name", ["US", "US_NONE", "US_MANUAL", "GB", "FR"])
    def test_everywhere_all_parts_are_the_sale(self, shop, name):
        """Discounts, tips and gift cards included."""
        world = shop(name)
        world.place(
            {
                "order_id": "ONE",
                "lines": [{**HAT, "price": "39.95"}, {**MUG, "price": "14.99", "quantity": 3}],
                "shipping": "4.99",
                "promotion": "7.77",
                "tip": 3,
                "gift_card": 10,
            }
        )
        world.sync()
        for amount in ("3.33", "20.01", None):
            refund(world, "ONE", amount)
            world.sync()
        settled(world, "ONE")
        ledger = Ledger(world.books())
        back: dict = {}
        for document in receipts(world).values():
            for rate, tax in ledger.tax_by_rate(document).items():
                back[rate] = back.get(rate, D(0)) + tax
        taken = ledger.tax_by_rate(world.only())
        assert sum(back.values()) == sum(taken.values())
        if name not in {"US", "US_MANUAL"}:  # there QuickBooks itself shares a document's tax out among its agencies
            assert back == taken


class TestStatusAlone:
    """Set by hand: no row tells of the money."""

    def test_refunded_is_everything(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT, MUG]})
        world.sync()
        act(world, "ONE", "status", {"paymentStatus": "REFUNDED"})
        world.sync()
        settled(world, "ONE")
        [record] = world.refunds("ONE")
        assert record.amount == money(world.only()["TotalAmt"])

    def test_refunded_after_a_partial_refund_is_the_rest(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT, MUG]})
        world.sync()
        refund(world, "ONE", 10)
        world.sync()
        act(world, "ONE", "status", {"paymentStatus": "REFUNDED"})
        world.sync()
        settled(world, "ONE")
        assert list(receipts(world)) == ["R-ONE", "R-ONE-2"]

    def test_partially_refunded_waits_for_the_amount(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        act(world, "ONE", "status", {"paymentStatus": "PARTIALLY_REFUNDED"})
        world.sync()

        [record] = world.refunds("ONE")
        assert (record.state, record.reason) == (RecordState.HELD, Reason.REFUND_AMOUNT_UNKNOWN)
        sentence_of(record, "45.99")
        assert not receipts(world)

    def test_what_turns_out_to_be_everything_takes_its_place(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        act(world, "ONE", "status", {"paymentStatus": "PARTIALLY_REFUNDED"})
        world.sync()
        act(world, "ONE", "status", {"paymentStatus": "REFUNDED"})
        world.sync()

        assert [(one.state, one.reason) for one in world.refunds("ONE")] == [
            (RecordState.SKIPPED, Reason.REFUND_SUPERSEDED),
            (RecordState.POSTED, ""),
        ]
        assert money(world.only("RefundReceipt")["TotalAmt"]) == money(world.only()["TotalAmt"])


class TestCancelled:
    def test_a_paid_order_asks_for_the_amount(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        act(world, "ONE", "cancel")
        world.sync()

        [record] = world.refunds("ONE")
        assert (record.state, record.reason) == (RecordState.HELD, Reason.REFUND_AMOUNT_UNKNOWN)
        assert world.record("ONE").state == RecordState.POSTED

    def test_an_order_that_never_was_in_the_books_has_no_refund(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT], "payment_status": "AWAITING_PAYMENT"})
        world.sync()
        act(world, "ONE", "cancel")
        world.sync()
        assert not world.refunds("ONE")

    def test_an_unpaid_invoice_is_voided_and_nothing_goes_back(self, shop):
        world = shop(payment_statuses=[])
        world.place({"order_id": "ONE", "lines": [HAT], "payment_status": "AWAITING_PAYMENT"})
        world.sync()
        act(world, "ONE", "cancel")
        world.sync()
        [record] = world.refunds("ONE")
        assert (record.state, record.reason) == (RecordState.SKIPPED, Reason.REFUND_SALE_VOIDED)
        assert not receipts(world)

    def test_money_that_the_gateway_gave_back_is_a_refund(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        refund(world, "ONE")
        world.ecwid.patch(world.store_id, "ONE", paymentStatus="CANCELLED")
        world.sync()
        settled(world, "ONE")


class TestUnpaidInvoices:
    """What was not paid is let go by a credit memo that settles the invoice."""

    @pytest.fixture
    def world(self, shop):
        world = shop(payment_statuses=[])
        world.set("payments", enabled=False)
        return world

    @pytest.mark.parametrize("by_itself", [False, True], ids=["applied by us", "applied by QuickBooks"])
    def test_a_partial_refund_lowers_what_is_open(self, world, by_itself):
        world.quickbooks.preferences(world.realm, SalesFormsPrefs={"AutoApplyCredit": by_itself})
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        refund(world, "ONE", 10)
        world.sync()

        invoice, memo = world.only(), world.only("CreditMemo")
        assert (memo["DocNumber"], money(memo["TotalAmt"])) == ("R-ONE", 10)
        assert (money(invoice["Balance"]), money(memo["RemainingCredit"])) == (money("35.99"), 0)
        assert not receipts(world)
        assert len(world.books()["Payment"]) == 1
        settled(world, "ONE", left=money("35.99"))

    def test_a_full_refund_closes_it(self, world):
        world.place({"order_id": "ONE", "lines": [HAT, MUG], "shipping": 5})
        world.sync()
        refund(world, "ONE")
        world.sync()
        assert lines(world, world.only("CreditMemo")) == lines(world, world.only())
        assert money(world.only()["Balance"]) == 0
        settled(world, "ONE")

    def test_what_quickbooks_applied_to_another_invoice_is_not_applied_twice(self, world):
        world.quickbooks.preferences(world.realm, SalesFormsPrefs={"AutoApplyCredit": True})
        world.place({"order_id": "OLD", "lines": [HAT], "created": "2026-02-01T12:00:00+00:00"})
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        refund(world, "ONE", 10)
        world.sync()
        balances = {number: money(row["Balance"]) for number, row in world.documents().items()}
        assert balances == {"EW-OLD": money("35.99"), "EW-ONE": money("45.99")}
        [record] = world.refunds("ONE")
        assert (record.state, record.reason) == (RecordState.POSTED, Reason.CREDIT_APPLIED_BY_BOOKS)

    def test_what_is_open_is_let_go_and_the_rest_goes_back(self, world):
        """Somebody entered a part payment in QuickBooks."""
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        invoice = world.only()
        world.quickbooks.add(
            world.realm,
            "Payment",
            {
                "CustomerRef": invoice["CustomerRef"],
                "TotalAmt": 30,
                "Line": [{"Amount": 30, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}],
            },
        )
        refund(world, "ONE")
        world.sync()
        assert money(world.only("CreditMemo")["TotalAmt"]) == money("15.99")
        assert money(world.only("RefundReceipt")["TotalAmt"]) == 30
        assert money(world.only()["Balance"]) == 0
        settled(world, "ONE")


class TestWhatIsThereAlready:
    def test_a_refund_of_that_number_and_total_is_adopted(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        typed = _typed(world, "R-ONE", 10)
        refund(world, "ONE", 10)
        world.sync()
        [record] = world.refunds("ONE")
        assert (record.state, record.reason) == (RecordState.POSTED, Reason.ADOPTED)
        assert world.only("RefundReceipt")["Id"] == typed["Id"]
        refund(world, "ONE")
        world.sync()
        settled(world, "ONE")

    def test_with_another_total_the_refund_is_held(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        _typed(world, "R-ONE", 11)
        refund(world, "ONE", 10)
        world.sync()
        [record] = world.refunds("ONE")
        assert (record.state, record.reason) == (RecordState.HELD, Reason.NUMBER_TAKEN)
        sentence_of(record, "R-ONE", "11.00", "10.00")


def _typed(world, number, total):
    """Somebody enters a refund receipt by hand."""
    untaxed = world.entry("TaxCode", "Zero-rated").books_ref
    detail = {"ItemRef": {"value": world.entry("Item", "Fees").books_ref}, "TaxCodeRef": {"value": untaxed}}
    made = world.quickbooks.add(
        world.realm,
        "RefundReceipt",
        {
            "DocNumber": number,
            "CustomerRef": world.only()["CustomerRef"],
            "GlobalTaxCalculation": "TaxExcluded",
            "DepositToAccountRef": {"value": world.entry("Account", "Ecwid Clearing").books_ref},
            "Line": [{"DetailType": "SalesItemLineDetail", "Amount": total, "SalesItemLineDetail": detail}],
        },
    )
    return made["RefundReceipt"]


class TestTheMoney:
    def test_leaves_from_where_the_methods_money_came_in(self, shop):
        world = shop()
        world.map_method("PayPal", "PayPal Clearing", "PayPal")
        world.place({"order_id": "ONE", "lines": [HAT], "payment_method": "PayPal"})
        world.sync()
        refund(world, "ONE", 10)
        world.sync()
        back = world.only("RefundReceipt")
        assert back["DepositToAccountRef"]["value"] == world.entry("Account", "PayPal Clearing").books_ref
        assert back["PaymentMethodRef"]["value"] == world.entry("PaymentMethod", "PayPal").books_ref

    def test_without_any_account_the_refund_is_held_until_there_is_one(self, shop):
        world = shop()
        world.set("refunds", account=None)
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        refund(world, "ONE", 10)
        world.sync()
        [record] = world.refunds("ONE")
        assert (record.state, record.reason) == (RecordState.HELD, Reason.REFUND_ACCOUNT_MISSING)
        sentence_of(record, "Credit card")
        world.set("refunds", account=world.entry("Account", "Ecwid Clearing"))
        world.sync()
        settled(world, "ONE", left=money("35.99"))


class TestClosedBooks:
    @pytest.fixture
    def world(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        world.closed_until = world.time.now().date() + timedelta(days=2)
        closed = {"BookCloseDate": world.closed_until.isoformat()}
        world.quickbooks.preferences(world.realm, AccountingInfoPrefs=closed)
        refund(world, "ONE", 10)
        return world

    def test_hold_the_refund(self, world):
        world.sync()
        [record] = world.refunds("ONE")
        assert (record.state, record.reason) == (RecordState.HELD, Reason.CLOSED_PERIOD)

    def test_or_have_it_on_the_first_open_day(self, world):
        world.set("orders", closed_period="next_open_day")
        world.sync()
        back = world.only("RefundReceipt")
        assert back["TxnDate"] == (world.closed_until + timedelta(days=1)).isoformat()
        assert "in the store." in back["PrivateNote"]


class TestStock:
    @pytest.fixture
    def world(self, shop):
        world = shop()
        world.set("items", create_as="inventory")
        return world

    def on_hand(self, world):
        return money(next(item for item in world.books()["Item"] if item.get("Sku") == "TUQ-ANT")["QtyOnHand"])

    def test_a_full_refund_puts_the_goods_back(self, world):
        world.place({"order_id": "ONE", "lines": [{"sku": "TUQ-ANT", "quantity": 2}]})
        world.sync()
        before = self.on_hand(world)
        refund(world, "ONE")
        world.sync()
        assert self.on_hand(world) == before + 2
        settled(world, "ONE")

    def test_a_partial_one_does_not_even_of_a_whole_line(self, world):
        world.place({"order_id": "ONE", "lines": [{"sku": "TUQ-ANT", "quantity": 2}], "shipping": 5})
        world.sync()
        before = self.on_hand(world)
        [item] = world.ecwid.orders(world.store_id)[-1]["items"]
        refund(world, "ONE", money(item["price"]) * 2 + money(item["tax"]))
        world.sync()
        assert self.on_hand(world) == before
        [(name, *_)] = lines(world, world.only("RefundReceipt"))
        assert name == "Refund adjustment"
        refund(world, "ONE")
        world.sync()
        assert self.on_hand(world) == before + 2
        settled(world, "ONE")

    def pay_back_in_parts(self, world, *amounts):
        """Through the gateway, all of it, and yet the order does not count as refunded before somebody says so."""
        world.place({"order_id": "ONE", "lines": [{"sku": "TUQ-ANT", "quantity": 2}], "shipping": 5})
        world.sync()
        total, before = money(world.record("ONE").amount), self.on_hand(world)
        for amount in (*amounts, total - sum(amounts)):
            refund(world, "ONE", amount)
        act(world, "ONE", "status", {"paymentStatus": "PARTIALLY_REFUNDED"})
        world.sync()
        assert self.on_hand(world) == before
        settled(world, "ONE")
        return before

    @pytest.mark.parametrize("amounts", [(), (7,), (7, 9)], ids=["one", "two", "three"])
    @pytest.mark.parametrize("status", ["REFUNDED", "CANCELLED"])
    def test_goods_that_go_back_on_the_shelf_after_the_money_are_returned_once(self, world, amounts, status):
        before = self.pay_back_in_parts(world, *amounts)
        act(world, "ONE", "status", {"paymentStatus": status})

        world.sync()

        assert self.on_hand(world) == before + 2
        settled(world, "ONE")
        last = world.refunds("ONE")[-1]
        assert last.reason == Reason.REFUND_RESTOCKED
        sentence_of(last, "no money")
        [free] = [row for row in receipts(world).values() if not money(row["TotalAmt"])]
        assert sum(amount for _, amount, *_ in lines(world, free)) == 0
        act(world, "ONE", "status", {"fulfillmentStatus": "RETURNED"})
        books = world.books()
        world.sync()
        assert world.books() == books


class TestTheOrder:
    def test_a_refund_of_what_is_not_in_the_books_is_skipped(self, shop):
        world = shop(payment_statuses=["PAID"])
        world.place({"order_id": "ONE", "lines": [HAT]})
        refund(world, "ONE")
        world.sync()
        [record] = world.refunds("ONE")
        assert (record.state, record.reason) == (RecordState.SKIPPED, Reason.REFUND_ORDER_NOT_POSTED)
        world.set("orders", payment_statuses=STATUSES)
        world.sync()
        settled(world, "ONE")

    def test_an_order_that_was_posted_brings_its_refunds_whatever_the_filter_says(self, shop):
        world = shop(payment_statuses=["PAID"])
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        refund(world, "ONE")
        world.sync()
        settled(world, "ONE")

    def test_a_refund_waits_for_its_order(self, shop):
        world = shop()
        world.set("items", create_missing=False)
        world.place({"order_id": "ONE", "lines": [HAT]})
        refund(world, "ONE", 10)
        world.sync()
        [record] = world.refunds("ONE")
        assert (record.state, record.reason) == (RecordState.NEW, Reason.REFUND_WAITS)
        world.set("items", create_missing=True)
        world.sync()
        settled(world, "ONE", left=money("35.99"))

    def test_switched_off_refunds_say_so_and_are_posted_once_they_are_on(self, shop):
        world = shop()
        world.set("refunds", enabled=False)
        world.place({"order_id": "ONE", "lines": [HAT]})
        refund(world, "ONE", 10)
        world.sync()
        [record] = world.refunds("ONE")
        assert (record.state, record.reason) == (RecordState.SKIPPED, Reason.REFUNDS_OFF)
        world.set("refunds", enabled=True)
        world.sync()
        settled(world, "ONE", left=money("35.99"))

    def test_a_sale_that_was_edited_after_posting_gives_back_what_it_is_now(self, shop):
        world = shop(post_as="sales_receipt")
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        act(world, "ONE", "edit", {"cart": {"lines": [HAT, MUG]}})
        world.sync()
        act(world, "ONE", "status", {"paymentStatus": "REFUNDED"})
        world.sync()
        settled(world, "ONE")


class TestAPersonSays:
    def test_how_much_went_back(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        act(world, "ONE", "status", {"paymentStatus": "PARTIALLY_REFUNDED"})
        world.sync()
        [record] = world.refunds("ONE")
        refund_amount_enter(record.pk, D("12.34"), by=author(None, command="test"), now=world.time.now())
        world.sync()
        assert money(world.only("RefundReceipt")["TotalAmt"]) == D("12.34")
        settled(world, "ONE", left=money("33.65"))

    def test_that_all_of_a_cancelled_order_went_back(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT, MUG]})
        world.sync()
        act(world, "ONE", "cancel")
        world.sync()
        [record] = world.refunds("ONE")
        refund_amount_enter(record.pk, D(record.params["left"]), by=author(None, command="test"), now=world.time.now())
        world.sync()
        assert lines(world, world.only("RefundReceipt")) == lines(world, world.only())
        settled(world, "ONE")


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(shop):
    world = shop()
    world.place({"order_id": "ONE", "lines": [HAT]})
    world.sync()
    refund(world, "ONE", 10)
    world.set("refunds", account=None)
    world.sync()
    world.set("refunds", account=world.entry("Account", "Ecwid Clearing"))
    world.sync(dry_run=True)
    assert [entry.action for entry in world.log() if entry.kind == "refund"] == ["would_create"]
    assert not receipts(world)


@pytest.mark.parametrize("payments", [True, False], ids=["receipts", "credit memos"])
def test_twenty_refunds_cost_as_many_calls_and_statements_as_two(shop, payments):
    world = shop(payment_statuses=[])
    world.set("payments", enabled=payments)
    numbers = [f"N{count}" for count in range(22)]
    world.place(*({"order_id": number, "lines": [HAT, MUG]} for number in numbers))
    world.sync()
    costs = []
    for some in (numbers[:2], numbers[2:]):
        for number in some:
            refund(world, number, 10)
        with CaptureQueriesContext(connection) as asked:
            run = world.sync()
        costs.append((run.calls["books"], len(asked)))
    (calls, statements), (more_calls, more_statements) = costs
    assert more_calls <= calls
    assert more_statements <= statements
