"""Money that goes back after an order was edited down: the clearing account holds what the gateway holds (O17, R3).

An edit moves no money. A receipt, which says that its total came in, follows as far as refunds gave back; of an invoice
the payment stays until a refund takes from it what was paid too much.
"""

from datetime import timedelta
from decimal import Decimal

import pytest

from integrations.money import json_dumps
from sync.models import Action, PostingState, Record, RecordState
from sync.services.changes import author
from sync.services.inbox import records_ignore, records_overwrite
from sync.services.refunds import refund_amount_enter
from sync.translate.reasons import Reason
from tests.support.expect import books_are_whole, posted, sentence_of
from tests.support.world import money

D = Decimal
HAT = {"sku": "HAT", "name": "Hat", "price": 40}
MUG = {"sku": "MUGS", "name": "Mug", "price": 15, "quantity": 2}
BOTH, HATS, MUGS = {"lines": [HAT, MUG]}, {"lines": [HAT]}, {"lines": [MUG]}
PLACES = pytest.mark.parametrize("place", ["CA", "US", "GB", "US_NONE", "FR"])


@pytest.fixture
def shop(make_world):
    """Makes a world with one posted order of both goods, whose refunds are posted."""

    def make(place="CA", *, cart=BOTH, **order_settings):
        world = make_world(place, **{"payment_statuses": [], **order_settings})
        world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
        world.place({**cart, "order_id": "ONE"})
        world.sync()
        return world

    return make


@pytest.fixture
def receipts(shop):
    return shop(post_as="sales_receipt")


@pytest.fixture
def invoices(shop):
    return shop()


def act(world, what, body=None):
    return world.ecwid.control("POST", f"stores/{world.store_id}/orders/ONE/{what}", body or {})


def edit(world, cart):
    act(world, "edit", {"cart": cart})


def refund(world, amount=None):
    act(world, "refund", {} if amount is None else {"amount": str(amount)})


def by_hand(world, status):
    act(world, "status", {"paymentStatus": status})


def total(world):
    """What the order comes to in the store."""
    return money(world.ecwid.orders(world.store_id)[-1]["total"])


def lower(world, cart=HATS):
    """Edit the order down; returns by how much."""
    before = total(world)
    edit(world, cart)
    return before - total(world)


def cleared(world):
    """What the clearing account holds."""
    account, books = world.entry("Account", "Ecwid Clearing").books_ref, world.books()
    signs = {"SalesReceipt": 1, "Payment": 1, "RefundReceipt": -1}
    return sum(
        sign * money(row["TotalAmt"])
        for kind, sign in signs.items()
        for row in books[kind]
        if row["DepositToAccountRef"]["value"] == account
    )


def order(world):
    record = world.record("ONE")
    return record.state, record.reason


def ends(world):
    return [(one.state, one.reason) for one in world.refunds("ONE")]


def given_back(world):
    """The totals of the refund receipts."""
    return [money(row["TotalAmt"]) for row in world.documents("RefundReceipt").values()]


def is_settled(world, *, holds, follows=True):
    """All is posted, nobody owes anybody anything, the clearing account holds this much, and nothing more happens."""
    assert order(world)[0] == RecordState.POSTED, sentence_of(world.record("ONE"))
    for one in world.refunds("ONE"):
        assert one.state == RecordState.POSTED, sentence_of(one)
    before = world.books()
    assert cleared(world) == holds
    assert [money(row["Balance"]) for row in before["Customer"] if money(row["Balance"])] == []
    world.sync()
    assert world.books() == before
    if follows:
        books_are_whole(world)


class TestAReceipt:
    @PLACES
    def test_follows_an_edit_whose_money_was_given_back(self, shop, place):
        world = shop(place, post_as="sales_receipt")
        before = total(world)
        less = lower(world)
        refund(world, less)

        world.sync()

        assert money(posted(world, "ONE")["TotalAmt"]) == total(world)
        assert given_back(world) == []
        assert order(world) == (RecordState.POSTED, Reason.SALE_UPDATED)
        assert ends(world) == [(RecordState.POSTED, Reason.REFUND_IN_RECEIPT)]
        [record] = world.refunds("ONE")
        assert record.amount == less
        sentence_of(record, f"{less}", f"{before}", f"{total(world)}", "EW-ONE")
        is_settled(world, holds=before - less)

    @PLACES
    def test_waits_for_the_money_and_then_follows_by_itself(self, shop, place):
        world = shop(place, post_as="sales_receipt")
        before, books = total(world), world.books()
        less = lower(world)
        world.sync()
        assert order(world) == (RecordState.HELD, Reason.RECEIVED_MORE_THAN_NEW_TOTAL)
        sentence_of(world.record("ONE"), f"{before}", f"{total(world)}", f"{less}", "EW-ONE")
        assert world.books() == books

        refund(world, less)
        world.sync()

        is_settled(world, holds=before - less)
        assert given_back(world) == []

    def test_waits_until_refunds_reach_what_the_edit_took(self, receipts):
        before, books = total(receipts), receipts.books()
        less = lower(receipts)
        refund(receipts, 10)
        receipts.sync()
        assert order(receipts) == (RecordState.HELD, Reason.RECEIVED_MORE_THAN_NEW_TOTAL)
        sentence_of(receipts.record("ONE"), "10.00", f"{less - 10}")
        assert ends(receipts) == [(RecordState.NEW, Reason.REFUND_WAITS)]
        assert receipts.books() == books

        refund(receipts, less - 10)
        receipts.sync()

        assert ends(receipts) == [(RecordState.POSTED, Reason.REFUND_IN_RECEIPT)] * 2
        is_settled(receipts, holds=before - less)

    def test_leaves_to_a_refund_receipt_what_is_more_than_the_edit_took(self, receipts):
        before = total(receipts)
        less = lower(receipts)
        refund(receipts, less + 7)

        receipts.sync()

        assert given_back(receipts) == [7]
        [record] = receipts.refunds("ONE")
        assert (record.reason, record.amount) == (Reason.REFUND_IN_RECEIPT, less + 7)
        is_settled(receipts, holds=before - less - 7)

    def test_of_which_everything_went_back(self, receipts):
        lower(receipts)
        refund(receipts)

        receipts.sync()

        assert given_back(receipts) == [total(receipts)]
        is_settled(receipts, holds=0)

    @pytest.mark.parametrize("at_once", [True, False])
    def test_of_which_everything_went_back_by_the_word_of_the_status(self, receipts, at_once):
        lower(receipts)
        if not at_once:
            receipts.sync()
        by_hand(receipts, "REFUNDED")

        receipts.sync()

        assert given_back(receipts) == [total(receipts)]
        is_settled(receipts, holds=0)

    def test_is_not_lowered_for_money_that_a_refund_receipt_gave_back(self, receipts):
        before = total(receipts)
        refund(receipts, 20)
        receipts.sync()
        lower(receipts)

        receipts.sync()

        assert order(receipts) == (RecordState.HELD, Reason.RECEIVED_MORE_THAN_NEW_TOTAL)
        assert cleared(receipts) == before - 20
        records_ignore(Record.objects.all(), user="ana", now=receipts.time.clock.now())
        receipts.sync()
        is_settled(receipts, holds=before - 20, follows=False)

    def test_is_lowered_when_somebody_says_that_the_money_went_back_elsewhere(self, receipts):
        before = total(receipts)
        less = lower(receipts)
        refund(receipts, 10)
        receipts.sync()

        assert records_overwrite(Record.objects.all(), user="ana") == 1
        receipts.sync()

        assert order(receipts) == (RecordState.POSTED, Reason.OVERWRITTEN)
        sentence_of(receipts.record("ONE"), "ana")
        assert ends(receipts) == [(RecordState.POSTED, Reason.REFUND_IN_RECEIPT)]
        refund(receipts, 5)
        receipts.sync()
        assert given_back(receipts) == [5]
        is_settled(receipts, holds=before - less - 5)

    def test_is_asked_for_again_after_another_edit(self, receipts):
        lower(receipts, {"lines": [HAT, {**MUG, "quantity": 1}]})
        receipts.sync()
        records_overwrite(Record.objects.all(), user="ana")
        lower(receipts)

        receipts.sync()

        assert order(receipts) == (RecordState.HELD, Reason.RECEIVED_MORE_THAN_NEW_TOTAL)

    def test_stays_when_somebody_says_so_and_what_goes_back_is_a_refund_receipt(self, receipts):
        before = total(receipts)
        less = lower(receipts)
        refund(receipts, 10)
        receipts.sync()

        assert records_ignore(Record.objects.filter(kind="order"), user="ana", now=receipts.time.clock.now()) == 1
        receipts.sync()
        refund(receipts, less - 10)
        receipts.sync()

        assert given_back(receipts) == [10, less - 10]
        assert order(receipts) == (RecordState.POSTED, Reason.CHANGE_IGNORED)
        is_settled(receipts, holds=before - less, follows=False)

    def test_takes_the_amount_that_a_person_entered(self, receipts):
        before = total(receipts)
        less = lower(receipts)
        by_hand(receipts, "PARTIALLY_REFUNDED")
        receipts.sync()
        [record] = receipts.refunds("ONE")
        assert (record.state, record.reason) == (RecordState.HELD, Reason.REFUND_AMOUNT_UNKNOWN)

        refund_amount_enter(record.pk, less, by=author(None, command="test"), now=receipts.time.now())
        receipts.sync()

        assert ends(receipts) == [(RecordState.POSTED, Reason.REFUND_IN_RECEIPT)]
        is_settled(receipts, holds=before - less)

    def test_waits_on_when_what_a_person_entered_is_not_enough(self, receipts):
        less = lower(receipts)
        by_hand(receipts, "PARTIALLY_REFUNDED")
        receipts.sync()
        [record] = receipts.refunds("ONE")

        refund_amount_enter(record.pk, less - 10, by=author(None, command="test"), now=receipts.time.now())
        receipts.sync()

        assert order(receipts) == (RecordState.HELD, Reason.RECEIVED_MORE_THAN_NEW_TOTAL)
        sentence_of(receipts.record("ONE"), "10.00", f"{less - 10}")
        assert ends(receipts) == [(RecordState.NEW, Reason.REFUND_WAITS)]

    def test_does_not_count_a_refund_that_a_person_sees_to(self, receipts):
        less = lower(receipts)
        by_hand(receipts, "PARTIALLY_REFUNDED")
        receipts.sync()
        records_ignore(Record.objects.filter(kind="refund"), user="ana", now=receipts.time.clock.now())
        [record] = receipts.refunds("ONE")
        assert record.state == RecordState.IGNORED
        refund(receipts, less)

        receipts.sync()

        assert [one.state for one in receipts.refunds("ONE")] == [RecordState.IGNORED, RecordState.POSTED]
        assert given_back(receipts) == []

    def test_follows_also_while_refunds_are_switched_off(self, receipts):
        before = total(receipts)
        receipts.set("refunds", enabled=False)
        less = lower(receipts)
        receipts.sync()
        assert order(receipts) == (RecordState.HELD, Reason.RECEIVED_MORE_THAN_NEW_TOTAL)

        refund(receipts, less + 3)
        receipts.sync()

        assert order(receipts) == (RecordState.POSTED, Reason.SALE_UPDATED)
        assert cleared(receipts) == before - less
        assert ends(receipts) == [(RecordState.SKIPPED, Reason.REFUNDS_OFF)]
        receipts.set("refunds", enabled=True)
        receipts.sync()
        assert given_back(receipts) == [3]
        is_settled(receipts, holds=before - less - 3)

    def test_that_was_edited_up_before_holds_what_came_in_by_that(self, shop):
        world = shop(post_as="sales_receipt", cart=HATS)
        edit(world, BOTH)
        world.sync()
        top = total(world)
        assert cleared(world) == top
        less = lower(world)
        world.sync()
        assert order(world) == (RecordState.HELD, Reason.RECEIVED_MORE_THAN_NEW_TOTAL)

        edit(world, BOTH)
        world.sync()

        is_settled(world, holds=top)
        edit(world, HATS)
        refund(world, less)
        world.sync()
        is_settled(world, holds=top - less)

    def test_that_becomes_more_again_wants_documents_of_what_it_gave_back(self, receipts):
        before = total(receipts)
        less = lower(receipts, MUGS)
        refund(receipts, less)
        receipts.sync()
        edit(receipts, HATS)
        receipts.sync()
        more = before - total(receipts)
        assert (given_back(receipts), cleared(receipts)) == ([less - more], before - less)
        assert [one.amount for one in receipts.refunds("ONE")] == [less]
        edit(receipts, BOTH)

        receipts.sync()

        assert (given_back(receipts), cleared(receipts)) == ([less - more, more], before - less)
        is_settled(receipts, holds=before - less)

    def test_is_lowered_again_and_again(self, receipts):
        before = total(receipts)
        for cart in ({"lines": [HAT, {**MUG, "quantity": 1}]}, HATS, MUGS):
            refund(receipts, lower(receipts, cart))
            receipts.sync()

        assert [reason for _, reason in ends(receipts)] == [Reason.REFUND_IN_RECEIPT] * 3
        sentence_of(receipts.refunds("ONE")[-1], f"{before}", f"{total(receipts)}")
        is_settled(receipts, holds=total(receipts))

    def test_that_was_changed_in_quickbooks_too_is_decided_once(self, receipts):
        before = total(receipts)
        less = lower(receipts)
        receipts.quickbooks.change(receipts.realm, "SalesReceipt", posted(receipts, "ONE")["Id"], PrivateNote="Ours")
        receipts.sync()
        assert order(receipts) == (RecordState.HELD, Reason.RECEIVED_MORE_THAN_NEW_TOTAL)

        records_overwrite(Record.objects.all(), user="ana")
        receipts.sync()

        is_settled(receipts, holds=before - less)

    def test_that_a_bookkeeper_lowered_waits_for_the_money_all_the_same(self, receipts):
        before = total(receipts)
        less = lower(receipts)
        receipts.sync()
        receipt = receipts.only("SalesReceipt")
        receipts.place({**HATS, "order_id": "TWO"})
        receipts.sync()
        wanted = posted(receipts, "TWO")
        lines = [{name: value for name, value in line.items() if name != "Id"} for line in wanted["Line"]]
        fields = {"Line": lines, "TxnTaxDetail": wanted["TxnTaxDetail"]}
        receipts.quickbooks.change(receipts.realm, "SalesReceipt", receipt["Id"], **fields)
        refund(receipts, less)
        receipts.sync()

        assert given_back(receipts) == []
        assert ends(receipts) == [(RecordState.POSTED, Reason.REFUND_IN_RECEIPT)]
        assert cleared(receipts) == before - less + money(wanted["TotalAmt"])

    def test_in_a_dry_run_says_what_it_waits_for(self, receipts):
        lower(receipts)

        run = receipts.sync(dry_run=True)

        [entry] = receipts.log(run)
        assert (entry.action, entry.reason) == (Action.HELD, Reason.RECEIVED_MORE_THAN_NEW_TOTAL)

    def test_of_which_the_store_does_not_tell_the_refund_any_more_is_a_persons_matter(self, receipts):
        less = lower(receipts)
        refund(receipts, less)
        receipts.sync()
        receipts.ecwid.patch(receipts.store_id, "ONE", refunds=[], refundedAmount=0, paymentStatus="PAID")

        receipts.sync()

        assert ends(receipts) == [(RecordState.HELD, Reason.REFUND_WITHDRAWN)]
        sentence_of(receipts.refunds("ONE")[0], f"{less}")


class TestAnInvoice:
    @PLACES
    def test_was_paid_too_much_and_that_goes_back_from_its_payment(self, shop, place):
        world = shop(place)
        before = total(world)
        less = lower(world)
        world.sync()
        refund(world, less)

        world.sync()

        invoice, payment = posted(world, "ONE"), world.only("Payment")
        assert money(payment["TotalAmt"]) == total(world)
        assert (money(invoice["Balance"]), money(payment["UnappliedAmt"])) == (0, 0)
        assert given_back(world) == []
        assert ends(world) == [(RecordState.POSTED, Reason.REFUND_OF_CREDIT)]
        [record] = world.refunds("ONE")
        assert record.amount == less
        sentence_of(record, f"{less}", "EW-ONE")
        [entry] = [entry for entry in world.log() if entry.kind == "refund"]
        assert (entry.action, entry.books_type, bool(entry.trace)) == (Action.UPDATED, "Payment", True)
        is_settled(world, holds=before - less)

    def test_may_be_edited_and_given_back_at_once(self, invoices):
        before = total(invoices)
        less = lower(invoices)
        refund(invoices, less)

        invoices.sync()

        assert given_back(invoices) == []
        is_settled(invoices, holds=before - less)

    def test_gives_back_a_part_and_then_more_than_was_paid_too_much(self, invoices):
        before = total(invoices)
        less = lower(invoices)
        refund(invoices, 10)
        invoices.sync()
        assert money(invoices.only("Payment")["UnappliedAmt"]) == less - 10
        refund(invoices, less)

        invoices.sync()

        assert given_back(invoices) == [10]
        assert ends(invoices) == [(RecordState.POSTED, Reason.REFUND_OF_CREDIT)] * 2
        assert [one.amount for one in invoices.refunds("ONE")] == [10, less]
        is_settled(invoices, holds=before - less - 10)

    @pytest.mark.parametrize("how", ["by the gateway", "by hand"])
    def test_gives_back_everything(self, invoices, how):
        lower(invoices)
        if how == "by hand":
            by_hand(invoices, "REFUNDED")
        else:
            refund(invoices)

        invoices.sync()

        assert given_back(invoices) == [total(invoices)]
        is_settled(invoices, holds=0)

    def test_asks_for_an_amount_up_to_all_that_was_paid(self, invoices):
        before = total(invoices)
        less = lower(invoices)
        by_hand(invoices, "PARTIALLY_REFUNDED")
        invoices.sync()
        [record] = invoices.refunds("ONE")
        assert D(record.params["left"]) == before

        refund_amount_enter(record.pk, less, by=author(None, command="test"), now=invoices.time.now())
        invoices.sync()

        assert given_back(invoices) == []
        is_settled(invoices, holds=before - less)

    def test_of_nothing_any_more_has_its_payment_voided(self, invoices):
        edit(invoices, {"lines": [{**HAT, "price": 0}]})
        refund(invoices)

        invoices.sync()

        payment = invoices.only("Payment")
        assert (money(payment["TotalAmt"]), payment["Line"]) == (0, [])
        [posting] = invoices.record("ONE").postings.filter(role="payment")
        assert posting.state == PostingState.VOIDED
        is_settled(invoices, holds=0)

    def test_that_is_edited_up_again_takes_of_what_was_paid_before_anything_goes_back(self, invoices):
        before = total(invoices)
        lower(invoices, MUGS)
        invoices.sync()
        edit(invoices, HATS)
        invoices.sync()
        less = before - total(invoices)
        refund(invoices, less + 4)

        invoices.sync()

        assert given_back(invoices) == [4]
        is_settled(invoices, holds=before - less - 4)

    def test_whose_payment_somebody_changed_is_left_to_them(self, invoices):
        lower(invoices)
        invoices.sync()
        invoices.quickbooks.change(invoices.realm, "Payment", invoices.only("Payment")["Id"], PrivateNote="Ours")
        refund(invoices, 10)
        before = invoices.books()

        invoices.sync()

        assert ends(invoices) == [(RecordState.HELD, Reason.REFUND_OF_OVERPAYMENT)]
        sentence_of(invoices.refunds("ONE")[0], "10.00", "changed in QuickBooks")
        assert invoices.books() == before

    def test_whose_payment_is_in_closed_books_is_left_as_it_is(self, invoices):
        lower(invoices)
        invoices.sync()
        closed = invoices.time.now().date() + timedelta(days=2)
        invoices.quickbooks.preferences(invoices.realm, AccountingInfoPrefs={"BookCloseDate": closed.isoformat()})
        refund(invoices, 10)
        before = invoices.books()["Payment"]

        invoices.sync()

        assert ends(invoices) == [(RecordState.HELD, Reason.REFUND_OF_OVERPAYMENT)]
        sentence_of(invoices.refunds("ONE")[0], "closed")
        assert invoices.books()["Payment"] == before

    def test_whose_payment_somebody_changes_in_this_very_moment_waits(self, invoices):
        less = lower(invoices)
        invoices.sync()
        refund(invoices, less)
        error = {"Error": [{"Message": "Stale Object Error", "Detail": "Stale", "code": "5010"}]}
        body = json_dumps({"BatchItemResponse": [{"bId": "1", "Fault": error}]})
        invoices.quickbooks.fault("status", status=200, body=body, method="POST", path="/batch")
        invoices.sync()
        assert ends(invoices) == [(RecordState.FAILED, Reason.BOOKS_UNAVAILABLE)]
        held = cleared(invoices)

        invoices.time.forward(minutes=10)
        invoices.sync()

        is_settled(invoices, holds=held - less)

    def test_in_a_dry_run_would_change_its_payment(self, invoices):
        lower(invoices)
        invoices.sync()
        invoices.set("refunds", enabled=False)
        refund(invoices, 10)
        invoices.sync()
        invoices.set("refunds", enabled=True)

        run = invoices.sync(dry_run=True)

        [entry] = [entry for entry in invoices.log(run) if entry.kind == "refund"]
        assert entry.action == Action.WOULD_UPDATE

    def test_of_which_the_store_does_not_tell_the_refund_any_more_is_a_persons_matter(self, invoices):
        lower(invoices)
        refund(invoices, 10)
        invoices.sync()
        invoices.ecwid.patch(invoices.store_id, "ONE", refunds=[], refundedAmount=0, paymentStatus="PAID")

        invoices.sync()

        assert ends(invoices) == [(RecordState.HELD, Reason.REFUND_WITHDRAWN)]


class TestSeveralPayments:
    """A Wix order may be paid in parts, and tells each."""

    def test_the_latest_becomes_less_first_and_one_of_which_nothing_is_left_is_voided(self, make_world):
        world = make_world("WIX_US", payment_statuses=[])
        world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
        paid = ({"kind": "card", "amount": 20}, {"kind": "paypal", "amount": 10}, {"kind": "card"})
        payments = [{**one, "created": f"2026-03-01T10:00:0{n}.000Z"} for n, one in enumerate(paid)]
        [ref] = world.place({"number": "1", "lines": [{"sku": "MUG", "quantity": 3}], "payments": payments})
        world.sync()  # 36.00 and 8 % of tax: 38.88
        world.shop.act(ref, "edit", {"cart": {"lines": [{"sku": "MUG", "quantity": 1}]}})
        world.sync()
        less = D("38.88") - D("12.96")

        world.shop.act(ref, "refund", {"amount": str(less - 5)})
        world.sync()

        found = sorted((row for row in world.books()["Payment"]), key=lambda row: int(row["Id"]))
        assert [money(row["TotalAmt"]) for row in found] == [D("17.96"), 0, 0]
        assert [money(row["UnappliedAmt"]) for row in found] == [5, 0, 0]
        states = world.record("1").postings.filter(role="payment").order_by("ordinal").values_list("state", flat=True)
        assert list(states) == [PostingState.POSTED, PostingState.VOIDED, PostingState.VOIDED]
        assert given_back(world) == []
        before = world.books()
        world.sync()
        assert world.books() == before
