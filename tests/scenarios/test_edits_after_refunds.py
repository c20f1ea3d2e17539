"""Money that went back before the order was edited down, or that is said twice: it is taken back once (O17, R3, R5)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from sync.models import Action, Record, RecordState
from sync.services.changes import author
from sync.services.inbox import records_ignore, records_overwrite
from sync.services.refunds import refund_amount_enter
from sync.translate.reasons import Reason
from tests.support.expect import sentence_of
from tests.support.ledger import Ledger, dec
from tests.support.world import money

D = Decimal
HAT = {"sku": "HAT", "name": "Hat", "price": 40}
MUG = {"sku": "MUGS", "name": "Mug", "price": 15, "quantity": 2}
BOTH, HATS = {"lines": [HAT, MUG]}, {"lines": [HAT]}
PLACES = pytest.mark.parametrize("place", ["CA", "US", "FR"])


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


def act(world, what, body=None):
    return world.ecwid.control("POST", f"stores/{world.store_id}/orders/ONE/{what}", body or {})


def refund(world, amount=None):
    act(world, "refund", {} if amount is None else {"amount": str(amount)})


def edit(world, cart):
    act(world, "edit", {"cart": cart})


def total(world):
    """What the order comes to in the store."""
    return money(next(one for one in world.ecwid.orders(world.store_id) if one["id"] == "ONE")["total"])


def order(world):
    record = world.record("ONE")
    return record.state, record.reason


def ends(world):
    return [(one.state, one.reason) for one in world.refunds("ONE")]


def sold(world):
    """What the sales and what was taken back of them come to, and the tax of that."""
    signs = {"Invoice": 1, "SalesReceipt": 1, "RefundReceipt": -1, "CreditMemo": -1}
    rows = [(sign, row) for kind, sign in signs.items() for row in world.books()[kind]]
    tax = sum(sign * dec((row.get("TxnTaxDetail") or {}).get("TotalTax")) for sign, row in rows)
    return sum(sign * money(row["TotalAmt"]) for sign, row in rows), tax


def cleared(world):
    """What the clearing account holds."""
    account, books = world.entry("Account", "Ecwid Clearing").books_ref, world.books()
    signs = {"SalesReceipt": 1, "Payment": 1, "RefundReceipt": -1}
    rows = [(sign, row) for kind, sign in signs.items() for row in books[kind]]
    return sum(s * money(row["TotalAmt"]) for s, row in rows if row["DepositToAccountRef"]["value"] == account)


def owed(world):
    """What customers owe, or have to their credit."""
    return [money(row["Balance"]) for row in world.books()["Customer"] if money(row["Balance"])]


def leave(world):
    orders = Record.objects.filter(number="ONE", kind="order")
    assert records_ignore(orders, user="ana", now=world.time.clock.now()) == 1


class TestAnInvoice:
    """Of which refunds took back a part, and that is edited down then: by the same goods, or by others?"""

    @pytest.fixture
    def asked(self, shop):
        """The mugs' price was given back, and then they were taken out of the order."""

        def make(place="CA"):
            world = shop(place)
            before = total(world)
            price = before - _total_of(world, place)
            refund(world, price)
            world.sync()
            self.books = world.books()
            edit(world, HATS)
            world.sync()
            return world, price

        return make

    @PLACES
    def test_is_not_lowered_for_what_a_refund_took_back(self, asked, place):
        world, price = asked(place)

        assert order(world) == (RecordState.HELD, Reason.REFUNDED_BEFORE_EDIT)
        sentence_of(world.record("ONE"), f"{total(world)}", f"{price}", "EW-ONE")
        assert world.books() == self.books

        leave(world)
        world.sync()

        assert order(world) == (RecordState.POSTED, Reason.CHANGE_IGNORED)
        assert (sold(world)[0], cleared(world), owed(world)) == (total(world), total(world), [])

    def test_is_lowered_when_somebody_says_that_it_is_something_else(self, asked):
        world, price = asked()

        assert records_overwrite(Record.objects.all(), user="ana") == 1
        world.sync()

        assert order(world) == (RecordState.POSTED, Reason.OVERWRITTEN)
        assert owed(world) == [-price]
        assert sold(world)[0] == total(world) - price

    def test_takes_refunds_on_while_it_waits(self, asked):
        world, _price = asked()
        refund(world, 10)

        world.sync()

        assert ends(world) == [(RecordState.POSTED, "")] * 2
        assert (order(world)[0], cleared(world)) == (RecordState.HELD, total(world) - 10)

    def test_in_a_dry_run_says_what_it_asks(self, shop):
        world = shop()
        refund(world, 20)
        world.sync()
        edit(world, HATS)

        run = world.sync(dry_run=True)

        [entry] = [one for one in world.log(run) if one.kind == "order"]
        assert (entry.action, entry.reason) == (Action.HELD, Reason.REFUNDED_BEFORE_EDIT)

    def test_follows_where_refunds_that_come_with_the_edit_explain_it(self, shop):
        world = shop()
        before = total(world)
        refund(world, 5)
        world.sync()
        edit(world, HATS)
        less = before - total(world)
        refund(world, less)

        world.sync()

        assert order(world)[0] == RecordState.POSTED
        assert ends(world) == [(RecordState.POSTED, ""), (RecordState.POSTED, Reason.REFUND_OF_CREDIT)]
        assert (sold(world)[0], cleared(world), owed(world)) == (total(world) - 5, before - less - 5, [])

    def test_follows_where_what_went_back_was_the_payments(self, shop):
        """Refunds without documents of their own took nothing back of the sale."""
        world = shop()
        before = total(world)
        edit(world, {"lines": [HAT, {**MUG, "quantity": 1}]})
        refund(world, before - total(world))
        world.sync()
        edit(world, HATS)

        world.sync()

        assert order(world) == (RecordState.POSTED, Reason.SALE_UPDATED_LEFT_CREDIT)

    def test_that_grows_follows(self, shop):
        world = shop(cart=HATS)
        refund(world, 10)
        world.sync()
        edit(world, BOTH)

        world.sync()

        assert order(world)[0] == RecordState.POSTED
        assert sold(world)[0] == total(world) - 10

    def test_of_a_closed_period_that_is_opened_again(self, shop):
        """The edit had to wait while the refund that came with it went into the books."""
        world = shop()
        today = world.time.now().date()
        world.set("orders", closed_period="next_open_day")
        _close(world, today)
        before = total(world)
        edit(world, HATS)
        refund(world, before - total(world))
        world.sync()
        assert order(world) == (RecordState.HELD, Reason.CHANGE_IN_CLOSED_PERIOD)
        assert ends(world) == [(RecordState.POSTED, "")]
        _close(world, today - timedelta(days=400))

        world.sync()

        assert order(world) == (RecordState.HELD, Reason.REFUNDED_BEFORE_EDIT)
        assert (sold(world)[0], cleared(world), owed(world)) == (total(world), total(world), [])


def _total_of(world, place):
    """What the hat alone comes to in this shop."""
    world.place({**HATS, "order_id": "ALONE", "payment_status": "CANCELLED"})
    placed = next(one for one in world.ecwid.orders(world.store_id) if one["id"] == "ALONE")
    return money(placed["total"])


def _close(world, day):
    world.quickbooks.preferences(world.realm, AccountingInfoPrefs={"BookCloseDate": day.isoformat()})


class TestWhatAPersonSaid:
    """The store did not say how much went back, and a person did; then the store says it."""

    @pytest.fixture
    def said(self, shop):
        def make(amount, **order_settings):
            world = shop(**order_settings)
            act(world, "status", {"paymentStatus": "PARTIALLY_REFUNDED"})
            world.sync()
            [record] = world.refunds("ONE")
            refund_amount_enter(record.pk, D(amount), by=author(None, command="test"), now=world.time.now())
            world.sync()
            assert ends(world) == [(RecordState.POSTED, "")]
            return world, total(world)

        return make

    @pytest.mark.parametrize("date", ["2026-03-01 10:00:00 +0000", "2030-03-01 10:00:00 +0000"])
    @pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
    def test_counts_towards_what_the_store_says(self, said, post_as, date):
        world, before = said(10, post_as=post_as)

        _tell(world, 15, date=date)
        world.sync()

        assert sorted(ends(world)) == [(RecordState.POSTED, ""), (RecordState.POSTED, Reason.REFUND_SAID_BEFORE)]
        sentence_of(next(one for one in world.refunds("ONE") if one.reason), "10.00")
        assert (sold(world)[0], cleared(world)) == (before - 15, before - 15)
        books = world.books()
        _tell(world, 15, date=date, reason="Late")
        world.sync()
        assert world.books() == books

    def test_counts_once_however_many_refunds_the_store_tells_of(self, said):
        world, before = said(10)

        _tell(world, 4, 10, 5)
        world.sync()
        refund(world)
        world.sync()

        assert {state for state, _reason in ends(world)} == {RecordState.POSTED}
        amounts = [money(row["TotalAmt"]) for row in world.documents("RefundReceipt").values()]
        assert amounts == [10, 4, 5, before - 19]
        assert (sold(world), cleared(world)) == ((0, 0), 0)

    @pytest.mark.parametrize(
        ("post_as", "reason"),
        [
            ("invoice", Reason.REFUNDED_BEFORE_EDIT),
            ("sales_receipt", Reason.RECEIVED_MORE_THAN_NEW_TOTAL),
        ],
    )
    def test_explains_no_edit_a_second_time(self, said, post_as, reason):
        """What was said is in the books by a document: the sale must not become less by the same money."""
        world, before = said(20, post_as=post_as)
        books = world.books()
        edit(world, HATS)

        _tell(world, 20)
        world.sync()

        assert order(world) == (RecordState.HELD, reason)
        assert (world.books(), cleared(world)) == (books, before - 20)

    @pytest.mark.parametrize("told_before", [(), (5,)])
    def test_of_a_cancelled_order_counts_towards_what_the_store_says_beside_that(self, shop, told_before):
        world = shop()
        before = total(world)
        act(world, "status", {"paymentStatus": "CANCELLED"})
        _tell(world, *told_before)
        world.sync()
        _say(world, 10)
        assert cleared(world) == before - 10 - sum(told_before)

        _tell(world, *told_before, 12)
        world.sync()

        assert {state for state, _reason in ends(world)} == {RecordState.POSTED}
        assert cleared(world) == before - 12 - sum(told_before)

    def test_of_exactly_that_amount_is_in_the_books_already(self, said):
        world, before = said(10)

        _tell(world, 10)
        world.sync()

        assert list(world.documents("RefundReceipt")) == ["R-ONE"]
        assert sorted(ends(world)) == [(RecordState.POSTED, ""), (RecordState.POSTED, Reason.REFUND_SAID_BEFORE)]
        assert cleared(world) == before - 10

    def test_that_was_more_is_a_persons_matter(self, said):
        world, before = said(10)

        _tell(world, 8)
        world.sync()

        assert (RecordState.HELD, Reason.REFUND_TOLD_LESS) in ends(world)
        held = next(one for one in world.refunds("ONE") if one.state == RecordState.HELD)
        sentence_of(held, "10.00", "8.00")
        assert cleared(world) == before - 10
        assert records_ignore(Record.objects.filter(pk=held.pk), user="ana", now=world.time.clock.now()) == 1
        _tell(world, 8, reason="Late")
        world.sync()
        assert {state for state, _reason in ends(world)} == {RecordState.POSTED}
        assert cleared(world) == before - 10


class TestDeleted:
    """A paid order that the store has deleted: nobody will tell of a refund."""

    @pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
    @pytest.mark.parametrize("back", [0, 10])
    def test_waits_for_a_person(self, shop, post_as, back):
        world = shop(post_as=post_as)
        if back:
            refund(world, back)
            world.sync()
        before = world.books()
        _delete(world)

        world.sync()

        assert order(world) == (RecordState.HELD, Reason.CANCELLED_AFTER_POSTING)
        assert world.books() == before

    def test_of_which_everything_went_back_is_settled(self, shop):
        world = shop()
        refund(world, 10)
        world.sync()
        refund(world)
        world.sync()
        _delete(world)

        world.sync()

        assert order(world) == (RecordState.POSTED, Reason.CANCELLED_AND_PAID)
        assert (sold(world), cleared(world)) == ((0, 0), 0)


class TestPaidByGiftCardAlone:
    """No money came in, and none goes back; the goods do, and the cards get back what they paid."""

    @pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
    def test_refunded_gives_the_cards_theirs_back(self, shop, post_as):
        world = shop(cart={**BOTH, "gift_card": 1000}, post_as=post_as)
        assert sold(world) == (0, D("10.48"))
        act(world, "status", {"paymentStatus": "REFUNDED"})

        world.sync()

        assert ends(world) == [(RecordState.POSTED, "")]
        assert sold(world) == (0, 0)
        sale = world.only("Invoice" if post_as == "invoice" else "SalesReceipt")
        assert Ledger(world.books()).on_item(world.only("RefundReceipt"), "Gift cards") == [D("-80.48")]
        assert Ledger(world.books()).on_item(sale, "Gift cards") == [D("-80.48")]
        books = world.books()
        world.ecwid.patch(world.store_id, "ONE", privateAdminNotes="x", trackingNumber="1Z")
        world.sync()
        assert world.books()["RefundReceipt"] == books["RefundReceipt"]

    @pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
    def test_cancelled_is_voided(self, shop, post_as):
        world = shop(cart={**BOTH, "gift_card": 1000}, post_as=post_as)
        act(world, "cancel")

        world.sync()

        assert order(world) == (RecordState.SKIPPED, Reason.SALE_VOIDED)
        assert sold(world) == (0, 0)


class TestVoidedInQuickBooks:
    """Somebody voided the sale between two refunds."""

    def test_an_invoice_leaves_its_payment_in_the_clearing_account(self, shop):
        world = shop()
        refund(world, 10)
        world.sync()
        world.quickbooks.void(world.realm, "Invoice", world.only()["Id"])
        before = cleared(world)
        refund(world, 5)

        world.sync()

        assert ends(world) == [(RecordState.POSTED, ""), (RecordState.HELD, Reason.REFUND_SALE_CHANGED)]
        sentence_of(world.refunds("ONE")[-1], "EW-ONE", "0.00", "by hand")
        assert cleared(world) == before

    def test_a_receipt_took_its_money_with_it(self, shop):
        world = shop(post_as="sales_receipt")
        world.quickbooks.void(world.realm, "SalesReceipt", world.only("SalesReceipt")["Id"])
        refund(world, 5)

        world.sync()

        assert ends(world) == [(RecordState.SKIPPED, Reason.REFUND_SALE_VOIDED)]
        assert cleared(world) == 0


def _say(world, amount):
    [record] = [one for one in world.refunds("ONE") if one.state == RecordState.HELD]
    refund_amount_enter(record.pk, D(amount), by=author(None, command="test"), now=world.time.clock.now())
    world.sync()


def _tell(world, *amounts, date="2026-11-22 10:00:00 +0000", reason=""):
    rows = [{"date": date, "source": "CP", "reason": reason, "amount": amount} for amount in amounts]
    world.ecwid.patch(world.store_id, "ONE", refunds=rows, refundedAmount=sum(amounts))


def _delete(world):
    [placed] = world.ecwid.orders(world.store_id)
    world.ecwid.control("DELETE", f"stores/{world.store_id}/orders/{placed['internalId']}")
