"""Orders that are edited, shipped or cancelled after they were posted: their documents follow (O16-O18, O20)."""

import pytest

from integrations.money import json_dumps
from sync.models import Action, Record, RecordState
from sync.services.inbox import overwritable, records_ignore, records_overwrite
from sync.translate.reasons import Reason
from tests.support.expect import GOOD, books_are_whole, item_names, payments_of, posted, sentence_of
from tests.support.world import money

UNPAID = {**GOOD, "payment_status": "AWAITING_PAYMENT"}
# 45.99 and 11.50 with tax; GOOD is 23.00.
MORE = {"lines": [{"sku": "MORE", "name": "Mug", "quantity": 2, "price": 20}]}
LESS = {"lines": [{"sku": "LESS", "name": "Pen", "quantity": 1, "price": 10}]}
KEPT = ("Id", "DocNumber", "TxnDate", "PrivateNote", "CustomerRef")


@pytest.fixture
def world(make_world):
    """Orders are posted whatever their payment status."""
    return make_world("CA", payment_statuses=[])


@pytest.fixture
def receipts(make_world):
    return make_world("CA", post_as="sales_receipt")


def place(world, cart, number="ONE"):
    """Place and post an order; returns its document."""
    world.place({**cart, "order_id": number})
    world.sync()
    return posted(world, number)


def edit(world, cart, number="ONE"):
    world.act(number, "edit", {"cart": cart})
    world.sync()


def told(world, number="ONE"):
    """What the latest run's log says of the order."""
    [entry] = [entry for entry in world.log() if entry.store_ref == number]
    return entry.action, entry.reason


def state(world, number="ONE"):
    record = world.record(number)
    return record.state, record.reason


def everything():
    return Record.objects.all()


def change(world, document, entity="Invoice", **fields):
    """Somebody changes a document in QuickBooks."""
    world.quickbooks.change(world.realm, entity, document["Id"], **fields)


class TestAnUnpaidInvoice:
    def test_follows_its_order(self, world):
        before = place(world, UNPAID)

        edit(world, MORE)

        invoice = posted(world, "ONE")
        assert money(invoice["TotalAmt"]) == money(invoice["Balance"]) == money("45.99")
        assert item_names(world, invoice) == ["Mug"]
        assert [invoice[name] for name in KEPT] == [before[name] for name in KEPT]
        assert told(world) == (Action.UPDATED, Reason.SALE_UPDATED)
        sentence_of(world.record("ONE"), "23.00 CAD", "45.99 CAD")
        books_are_whole(world)

    def test_is_left_alone_by_the_next_sync(self, world):
        place(world, UNPAID)
        edit(world, MORE)
        before = world.books()

        world.sync()

        assert world.books() == before

    def test_follows_again_and_again(self, world):
        place(world, UNPAID)
        for cart in (MORE, LESS, MORE):
            edit(world, cart)

        assert money(posted(world, "ONE")["TotalAmt"]) == money("45.99")

    def test_follows_a_line_that_keeps_the_taxes_of_before(self, world):
        """The shop computes the order's tax anew, and not that of a line that stays."""
        place(world, UNPAID)

        edit(world, {"lines": [{"sku": "TSH-M", "quantity": 3, "price": 20}, *LESS["lines"]]})

        invoice = posted(world, "ONE")
        assert money(invoice["TotalAmt"]) == money("80.49")
        books_are_whole(world)

    def test_gets_its_payment_for_the_new_total(self, world):
        place(world, UNPAID)
        world.act("ONE", "edit", {"cart": MORE})
        world.act("ONE", "status", {"paymentStatus": "PAID"})

        world.sync()

        invoice = posted(world, "ONE")
        [payment] = payments_of(world, invoice)
        assert (money(payment["TotalAmt"]), money(invoice["Balance"])) == (money("45.99"), 0)
        books_are_whole(world)

    def test_loses_the_tax_that_the_order_lost(self, world):
        place(world, UNPAID)

        edit(world, {"lines": [{"sku": "TSH-XL", "quantity": 1, "price": 30, "taxes": []}]})

        invoice = posted(world, "ONE")
        assert (money(invoice["TotalAmt"]), money(invoice["TxnTaxDetail"]["TotalTax"])) == (30, 0)

    def test_is_voided_when_the_order_is_edited_to_nothing(self, world):
        place(world, UNPAID)

        nothing = dict.fromkeys(("total", "subtotal", "tax", "totalBeforeGiftCardRedemption"), 0)
        world.ecwid.patch(world.store_id, world.record("ONE").store_ref, items=[], **nothing)

        world.sync()

        assert state(world) == (RecordState.SKIPPED, Reason.SALE_VOIDED)

    def test_follows_an_order_whose_status_no_filter_lets_through_any_more(self, world):
        place(world, UNPAID)
        world.set("orders", payment_statuses=["PAID"])

        edit(world, MORE)

        assert money(posted(world, "ONE")["TotalAmt"]) == money("45.99")

    def test_stays_the_type_it_is(self, world):
        place(world, UNPAID)
        world.set("orders", post_as="sales_receipt")

        edit(world, MORE)

        assert money(posted(world, "ONE")["TotalAmt"]) == money("45.99")
        assert world.books()["SalesReceipt"] == []

    def test_waits_while_the_new_order_cannot_be_translated(self, world):
        place(world, UNPAID)
        before = world.books()

        world.map_tax(["GST", "QST"], "GST").delete()

        edit(world, MORE)

        assert world.record("ONE").reason == Reason.TAX_UNMAPPED
        assert world.books()["Invoice"] == before["Invoice"]


@pytest.mark.parametrize("place_name", ["US", "US_NONE", "US_MANUAL", "GB", "FR"])
@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
@pytest.mark.parametrize("keeps_old_tax", ["outside_us", "everywhere", "nowhere"])
def test_every_country_shows_the_new_total(make_world, place_name, post_as, keeps_old_tax):
    world = make_world(place_name, payment_statuses=[], post_as=post_as)
    world.quickbooks.switch(update_keeps_old_tax=keeps_old_tax)
    place(world, GOOD)

    for cart in (MORE, LESS):
        world.act("ONE", "edit", {"cart": cart})
        if cart is LESS:  # a receipt follows only when the money went back
            world.act("ONE", "status", {"paymentStatus": "REFUNDED"})
        world.sync()

        assert state(world)[0] == RecordState.POSTED, sentence_of(world.record("ONE"))
        posted(world, "ONE")
        assert told(world)[0] == Action.UPDATED
    books_are_whole(world)


class TestAPaidInvoice:
    def test_stays_open_by_what_an_edit_adds(self, world):
        place(world, GOOD)

        edit(world, MORE)

        invoice = posted(world, "ONE")
        [payment] = payments_of(world, invoice)
        assert (money(payment["TotalAmt"]), money(invoice["Balance"])) == (23, money("22.99"))
        assert told(world) == (Action.UPDATED, Reason.SALE_UPDATED_LEFT_OPEN)
        sentence_of(world.record("ONE"), "22.99 CAD")

    @pytest.mark.parametrize("below_applied", ["unapplied", "refused"])
    def test_leaves_what_an_edit_takes_away_as_a_credit(self, world, below_applied):
        world.quickbooks.switch(update_below_applied=below_applied)
        place(world, GOOD)

        edit(world, LESS)

        invoice = posted(world, "ONE")
        [payment] = world.books()["Payment"]
        assert (money(invoice["TotalAmt"]), money(invoice["Balance"])) == (money("11.50"), 0)
        assert (money(payment["TotalAmt"]), money(payment["UnappliedAmt"])) == (23, money("11.50"))
        assert told(world) == (Action.UPDATED, Reason.SALE_UPDATED_LEFT_CREDIT)
        sentence_of(world.record("ONE"), "11.50 CAD", "23.00 CAD")

    def test_that_others_have_paid_keeps_their_payment(self, world):
        invoice = place(world, UNPAID)
        link = {"Amount": 23, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
        paid = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 23, "Line": [link]}
        world.quickbooks.add(world.realm, "Payment", paid)

        edit(world, LESS)

        assert state(world) == (RecordState.HELD, Reason.PAID_MORE_THAN_NEW_TOTAL)
        sentence_of(world.record("ONE"), "11.50", "23.00")
        assert money(world.only()["TotalAmt"]) == 23


class TestAReceipt:
    def test_is_updated_in_place(self, receipts):
        before = place(receipts, GOOD)

        edit(receipts, MORE)

        receipt = posted(receipts, "ONE")
        assert money(receipt["TotalAmt"]) == money("45.99")
        assert [receipt[name] for name in KEPT] == [before[name] for name in KEPT]
        assert told(receipts) == (Action.UPDATED, Reason.SALE_UPDATED)
        books_are_whole(receipts)


class TestChangedInQuickBooksToo:
    def test_is_held_with_the_difference(self, world):
        change(world, place(world, UNPAID), PrivateNote="Called her", DueDate="2026-12-31")
        before = world.books()

        edit(world, MORE)

        assert state(world) == (RecordState.HELD, Reason.CHANGED_IN_BOOKS)
        sentence_of(world.record("ONE"), "due date, private note", "23.00 CAD", "45.99")
        assert world.books()["Invoice"] == before["Invoice"]

    def test_in_what_no_books_are_kept_by_follows_all_the_same(self, world):
        change(world, place(world, UNPAID), CustomerMemo={"value": "Thank you!"}, PrintStatus="PrintComplete")

        edit(world, MORE)

        invoice = posted(world, "ONE")
        assert (money(invoice["TotalAmt"]), invoice["CustomerMemo"]) == (money("45.99"), {"value": "Thank you!"})

    def test_the_stores_version_is_posted_over_it_when_somebody_says_so(self, world):
        invoice = place(world, UNPAID)
        change(world, invoice, PrivateNote="Called her", DueDate="2026-12-31")
        edit(world, MORE)

        assert records_overwrite(everything(), user="ana") == 1
        world.sync()

        after = posted(world, "ONE")
        assert [after[name] for name in KEPT] == [invoice[name] for name in KEPT]
        assert (money(after["TotalAmt"]), after["DueDate"]) == (money("45.99"), invoice["DueDate"])
        assert told(world) == (Action.UPDATED, Reason.OVERWRITTEN)
        sentence_of(world.record("ONE"), "ana")

    def test_another_version_than_the_one_that_was_seen_is_compared_anew(self, world):
        invoice = place(world, UNPAID)
        change(world, invoice, DueDate="2026-12-31")
        edit(world, MORE)
        records_overwrite(everything(), user="ana")
        change(world, invoice, DueDate="2027-01-31")

        world.sync()

        assert state(world) == (RecordState.HELD, Reason.CHANGED_IN_BOOKS)

    def test_stays_as_it_is_when_somebody_says_so_whatever_the_status_becomes(self, world):
        invoice = place(world, UNPAID)
        change(world, invoice, DueDate="2026-12-31")
        edit(world, MORE)
        before = world.books()

        assert records_ignore(everything(), user="ana", now=world.time.clock.now()) == 1
        world.act("ONE", "status", {"fulfillmentStatus": "SHIPPED"})
        world.sync()

        assert state(world) == (RecordState.POSTED, Reason.CHANGE_IGNORED)
        assert world.books() == before

    def test_another_edit_asks_again(self, world):
        change(world, place(world, UNPAID), DueDate="2026-12-31")
        edit(world, MORE)
        records_ignore(everything(), user="ana", now=world.time.clock.now())

        edit(world, LESS)

        assert state(world) == (RecordState.HELD, Reason.CHANGED_IN_BOOKS)

    def test_money_that_the_invoice_cannot_hold_is_told_of(self, world):
        invoice = place(world, UNPAID)
        change(world, invoice, DueDate="2026-12-31")
        edit(world, MORE)
        records_ignore(everything(), user="ana", now=world.time.clock.now())
        world.act("ONE", "status", {"paymentStatus": "PAID"})

        world.sync()

        assert state(world) == (RecordState.POSTED, Reason.PAID_OTHERWISE)
        sentence_of(world.record("ONE"), "45.99 CAD", "23.00 CAD")
        assert world.books()["Payment"] == []

    def test_to_what_the_order_says_now_is_what_was_wanted(self, world):
        """The bookkeeper was faster."""
        first = place(world, UNPAID)
        place(world, {**MORE, "payment_status": "AWAITING_PAYMENT"}, "TWO")
        wanted = posted(world, "TWO")
        lines = [{name: value for name, value in line.items() if name != "Id"} for line in wanted["Line"]]
        change(world, first, Line=lines, TxnTaxDetail=wanted["TxnTaxDetail"], DueDate="2026-12-31")
        before = world.books()["Invoice"]

        edit(world, MORE)

        assert world.books()["Invoice"] == before
        assert money(posted(world, "ONE")["TotalAmt"]) == money("45.99")

    def test_that_was_deleted_there_is_held(self, world):
        invoice = place(world, UNPAID)
        world.quickbooks.delete(world.realm, "Invoice", invoice["Id"])

        edit(world, MORE)

        assert state(world) == (RecordState.HELD, Reason.DOCUMENT_GONE)
        sentence_of(world.record("ONE"), "EW-ONE")
        assert world.books()["Invoice"] == []


class TestAnAdoptedDocument:
    @pytest.fixture
    def adopted(self, world):
        """An invoice that somebody typed, taken over for an order."""
        first = place(world, UNPAID)
        world.quickbooks.delete(world.realm, "Invoice", first["Id"])
        typed = {
            name: first[name]
            for name in ("CustomerRef", "DocNumber", "GlobalTaxCalculation", "TxnTaxDetail", "TxnDate")
        }
        lines = [{name: value for name, value in line.items() if name != "Id"} for line in first["Line"]]
        world.quickbooks.add(world.realm, "Invoice", {**typed, "Line": lines, "PrivateNote": "by hand"})
        world.integration.records.all().delete()
        world.integration.orders_read_until = None
        world.integration.save()
        world.sync()
        assert state(world) == (RecordState.POSTED, Reason.ADOPTED)
        return world

    def test_waits_to_be_asked_for(self, adopted):
        before = adopted.books()["Invoice"]

        edit(adopted, MORE)

        assert state(adopted) == (RecordState.HELD, Reason.EDITED_AFTER_POSTING)
        sentence_of(adopted.record("ONE"), "23.00 CAD", "45.99 CAD", "EW-ONE")
        assert adopted.books()["Invoice"] == before

    def test_follows_when_somebody_says_so_and_from_then_on(self, adopted):
        edit(adopted, MORE)
        records_overwrite(everything(), user="ana")
        adopted.sync()
        assert money(adopted.only()["TotalAmt"]) == money("45.99")
        assert adopted.only()["PrivateNote"] == "by hand"

        edit(adopted, LESS)

        assert money(adopted.only()["TotalAmt"]) == money("11.50")

    def test_is_not_shipped(self, adopted):
        before = adopted.books()["Invoice"]
        adopted.ecwid.patch(adopted.store_id, adopted.record("ONE").store_ref, trackingNumber="1Z")

        adopted.sync()

        assert state(adopted)[0] == RecordState.POSTED
        assert adopted.books()["Invoice"] == before


class TestShipped:
    def ship(self, world, **more):
        world.ecwid.patch(world.store_id, world.record("ONE").store_ref, trackingNumber="1Z999", **more)
        world.sync()

    def test_later_is_carried_over(self, world):
        before = place(world, GOOD)

        self.ship(world)

        invoice = posted(world, "ONE")
        assert invoice["TrackingNum"] == "1Z999"
        assert [invoice[name] for name in ("TotalAmt", "TxnTaxDetail")] == [
            before[name] for name in ("TotalAmt", "TxnTaxDetail")
        ]
        assert told(world) == (Action.UPDATED, Reason.SHIPPING_ADDED)
        sentence_of(world.record("ONE"), "invoice", "EW-ONE")

    def test_does_not_concern_a_document_that_somebody_changed(self, world):
        change(world, place(world, GOOD), PrivateNote="Called her")
        before = world.books()

        self.ship(world)

        assert state(world)[0] == RecordState.POSTED
        assert world.books() == before

    def test_in_a_closed_period_changes_nothing(self, world):
        place(world, {**GOOD, "created": "2026-03-10T15:00:00+00:00"})
        world.quickbooks.preferences(world.realm, AccountingInfoPrefs={"BookCloseDate": "2026-03-31"})
        before = world.books()["Invoice"]

        self.ship(world)

        assert state(world)[0] == RecordState.POSTED
        assert world.books()["Invoice"] == before

    def test_together_with_an_edit_is_one_update(self, world):
        place(world, UNPAID)
        world.act("ONE", "edit", {"cart": MORE})

        self.ship(world)

        assert posted(world, "ONE")["TrackingNum"] == "1Z999"
        assert told(world) == (Action.UPDATED, Reason.SALE_UPDATED)


class TestAnotherBuyer:
    """A document stays with its customer, and that is told."""

    ANNA = {"email": "anna@example.test", "name": "Anna Roy", "id": 3301}
    BEN = {"email": "ben@example.test", "name": "Ben Okafor", "id": 3302}

    def moved(self, world, **person):
        """The shop puts the order under another customer."""
        fields = {"email": person["email"], "customerId": person.get("id"), "billingPerson": {"name": person["name"]}}
        world.ecwid.patch(world.store_id, world.record("ONE").store_ref, **fields)

    @pytest.fixture
    def before(self, world):
        return place(world, {**UNPAID, "buyer": self.ANNA})

    def test_is_told_of_and_moves_nothing(self, world, before):
        self.moved(world, **self.BEN)

        world.sync()

        assert posted(world, "ONE")["CustomerRef"] == before["CustomerRef"]
        assert told(world) == (Action.UNCHANGED, Reason.BUYER_CHANGED)
        sentence_of(world.record("ONE"), "“Ben Okafor”", "invoice “EW-ONE”", "“Anna Roy”")

    def test_is_told_of_besides_an_edit(self, world, before):
        world.act("ONE", "edit", {"cart": MORE})
        self.moved(world, **self.BEN)

        world.sync()

        assert posted(world, "ONE")["CustomerRef"] == before["CustomerRef"]
        assert told(world) == (Action.UPDATED, Reason.SALE_UPDATED)
        sentence_of(world.record("ONE"), "45.99 CAD", "“Ben Okafor”")

    def test_of_the_same_name_is_told_apart(self, world, before):
        self.moved(world, **{**self.BEN, "name": "Anna Roy"})

        world.sync()

        assert told(world) == (Action.UNCHANGED, Reason.BUYER_CHANGED)
        sentence_of(world.record("ONE"), "Anna Roy (ben@example.test)")

    def test_who_merely_has_another_address_is_the_same(self, world, before):
        self.moved(world, **{**self.ANNA, "email": "anna.roy@example.test", "name": "Anna Roy-Li"})

        world.sync()

        assert told(world) == (Action.UNCHANGED, "")

    @pytest.mark.parametrize(("company", "email", "reason"), [
        ("Acme Ltd", "anna@example.test", ""), ("Bolt Ltd", "ben@example.test", Reason.BUYER_CHANGED),
    ])  # fmt: skip
    def test_of_a_company_is_not_one_that_was_renamed_in_quickbooks(self, world, company, email, reason):
        world.set("orders", customer="company")
        before = place(world, {**UNPAID, "buyer": {**self.ANNA, "company": "Acme Ltd"}})
        world.quickbooks.change(world.realm, "Customer", before["CustomerRef"]["value"], DisplayName="Acme Holding")
        person = {"email": email, "billingPerson": {"name": "Anna Roy", "companyName": company}}
        world.ecwid.patch(world.store_id, world.record("ONE").store_ref, **person)

        world.sync()

        assert told(world) == (Action.UNCHANGED, reason)

    @pytest.mark.parametrize("assigned", ["company", "generic"])
    def test_because_of_a_setting_is_none(self, world, before, assigned):
        world.set("orders", customer=assigned)
        world.act("ONE", "status", {"fulfillmentStatus": "SHIPPED"})

        world.sync()

        assert told(world) == (Action.UNCHANGED, "")


class TestEmptied:
    """What is taken out of an order in the store is taken out of its document, as far as it is ours and can be."""

    SAID = {
        "orderComments": "Leave it at the door",
        "trackingNumber": "1Z999",
        "shippingPerson": {"name": "Zoé Novak", "street": "12 rue Rachel", "city": "Montréal", "postalCode": "H2J 2J8"},
    }

    @pytest.fixture
    def invoice(self, world):
        world.place({**UNPAID, "order_id": "ONE"})
        [order] = world.ecwid.orders(world.store_id)
        world.ecwid.patch(world.store_id, order["internalId"], **self.SAID)
        world.sync()
        invoice = posted(world, "ONE")
        assert invoice["CustomerMemo"] == {"value": "Leave it at the door"}
        assert (invoice["TrackingNum"], invoice["ShipAddr"]["City"]) == ("1Z999", "Montréal")
        return invoice

    def empty(self, world, **fields):
        world.ecwid.patch(world.store_id, world.record("ONE").store_ref, **fields)

    def nothing_in(self, value):
        texts = value.values() if isinstance(value, dict) else [value]
        return not any(texts)

    def test_with_an_edit_is_emptied(self, world, invoice):
        world.act("ONE", "edit", {"cart": MORE})
        self.empty(world, orderComments="", trackingNumber="", shippingPerson={})

        world.sync()

        after = posted(world, "ONE")
        assert [name for name in ("CustomerMemo", "TrackingNum", "ShipAddr") if not self.nothing_in(after[name])] == []
        assert (after["BillAddr"], after["BillEmail"]) == (invoice["BillAddr"], invoice["BillEmail"])
        assert told(world) == (Action.UPDATED, Reason.SALE_UPDATED)
        assert "by hand" not in sentence_of(world.record("ONE"))

    def test_stays_where_somebody_typed_something_else_in_its_place(self, world, invoice):
        typed = {"ShipAddr": {"Line1": "Back entrance"}, "CustomerMemo": {"value": "Thank you!"}, "TrackingNum": "RR1"}
        change(world, invoice, **typed)
        world.act("ONE", "edit", {"cart": MORE})
        self.empty(world, orderComments="", trackingNumber="", shippingPerson={})

        world.sync()

        after = posted(world, "ONE")
        assert after["ShipAddr"]["Line1"] == "Back entrance"
        assert (after["CustomerMemo"], after["TrackingNum"]) == (typed["CustomerMemo"], "RR1")
        assert money(after["TotalAmt"]) == money("45.99")

    def test_goes_all_the_same_where_a_person_wants_the_stores_version(self, world, invoice):
        change(world, invoice, DueDate="2026-12-31", TrackingNum="RR1")
        world.act("ONE", "edit", {"cart": MORE})
        self.empty(world, orderComments="", trackingNumber="")
        world.sync()
        assert state(world) == (RecordState.HELD, Reason.CHANGED_IN_BOOKS)

        records_overwrite(everything(), user="ana")
        world.sync()

        after = posted(world, "ONE")
        assert self.nothing_in(after["TrackingNum"])
        assert self.nothing_in(after["CustomerMemo"])

    def test_a_line_of_an_address_is_emptied_alone(self, world, invoice):
        world.act("ONE", "edit", {"cart": MORE})
        self.empty(world, shippingPerson={**self.SAID["shippingPerson"], "postalCode": ""})

        world.sync()

        after = posted(world, "ONE")["ShipAddr"]
        assert (after.get("PostalCode", ""), after["City"]) == ("", "Montréal")

    def test_a_tracking_number_is_taken_out_by_itself(self, world, invoice):
        self.empty(world, trackingNumber="")

        world.sync()

        assert self.nothing_in(posted(world, "ONE")["TrackingNum"])
        assert told(world) == (Action.UPDATED, Reason.TRACKING_REMOVED)
        sentence_of(world.record("ONE"), "invoice", "EW-ONE")
        before = world.books()
        world.act("ONE", "status", {"fulfillmentStatus": "PROCESSING"})
        world.sync()
        assert world.books() == before
        assert told(world)[0] == Action.UNCHANGED

    def test_a_tracking_number_that_somebody_typed_is_nobodys_business(self, world, invoice):
        change(world, invoice, TrackingNum="RR1")
        before = world.books()
        self.empty(world, trackingNumber="")

        world.sync()

        assert world.books() == before
        assert told(world) == (Action.UNCHANGED, "")

    def test_an_email_address_is_told_of(self, world, invoice):
        """QuickBooks refuses an empty one."""
        world.act("ONE", "edit", {"cart": MORE})
        self.empty(world, email="")

        world.sync()

        assert posted(world, "ONE")["BillEmail"] == invoice["BillEmail"]
        assert told(world) == (Action.UPDATED, Reason.SALE_UPDATED)
        sentence_of(world.record("ONE"), "45.99 CAD", "still shows it: E-mail", "by hand")

    def test_notes_stay_when_quickbooks_own_message_is_wanted_by_now(self, world, invoice):
        world.set("orders", use_default_message=True)

        edit(world, MORE)

        assert posted(world, "ONE")["CustomerMemo"] == invoice["CustomerMemo"]


class TestCancelled:
    def test_voids_an_unpaid_invoice(self, world):
        place(world, UNPAID)
        world.act("ONE", "cancel")

        world.sync()

        invoice = world.only()
        assert (money(invoice["TotalAmt"]), money(invoice["Balance"])) == (0, 0)
        assert invoice["PrivateNote"].startswith("Voided")
        assert state(world) == (RecordState.SKIPPED, Reason.SALE_VOIDED)
        assert told(world) == (Action.VOIDED, Reason.SALE_VOIDED)
        sentence_of(world.record("ONE"), "invoice", "EW-ONE")

    def test_stays_voided_whatever_settings_change(self, world):
        place(world, UNPAID)
        world.act("ONE", "cancel")
        world.sync()
        before = world.books()
        world.set("orders", due_offset=10)

        world.sync()

        assert world.books() == before
        assert state(world) == (RecordState.SKIPPED, Reason.SALE_VOIDED)

    def test_and_taken_back_is_posted_anew_under_a_number_of_its_own(self, world):
        place(world, UNPAID)
        for status in ("AWAITING_PAYMENT", "PAID"):
            world.act("ONE", "cancel")
            world.sync()
            world.act("ONE", "status", {"paymentStatus": status})
            world.sync()

        totals = {number: money(row["TotalAmt"]) for number, row in world.documents().items()}
        assert totals == {"EW-ONE": 0, "EW-ONE-2": 0, "EW-ONE-3": 23}
        assert world.record("ONE").state == RecordState.POSTED
        [payment] = world.books()["Payment"]
        assert money(world.documents()["EW-ONE-3"]["Balance"]) == money(payment["UnappliedAmt"]) == 0

    def test_after_somebody_voided_it_already(self, world):
        invoice = place(world, UNPAID)
        world.quickbooks.void(world.realm, "Invoice", invoice["Id"])
        before = world.books()
        world.act("ONE", "cancel")

        world.sync()

        assert state(world) == (RecordState.SKIPPED, Reason.SALE_VOIDED)
        assert world.books() == before

    @pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
    def test_when_it_is_paid_is_a_persons_matter(self, make_world, post_as):
        world = make_world("CA", payment_statuses=[], post_as=post_as)
        place(world, GOOD)
        before = world.books()
        world.act("ONE", "cancel")

        world.sync()

        assert state(world) == (RecordState.HELD, Reason.CANCELLED_AFTER_POSTING)
        assert not overwritable(everything()).exists()
        assert world.books() == before

    def test_when_it_is_paid_leaves_the_rest_to_the_refunds_where_they_are_posted(self, world):
        world.set("refunds", enabled=True)
        place(world, GOOD)
        before = world.books()["Invoice"]
        world.act("ONE", "cancel")

        world.sync()

        [order] = Record.objects.filter(kind="order")
        [refund] = Record.objects.filter(kind="refund")
        assert (order.state, order.reason) == (RecordState.POSTED, Reason.CANCELLED_AND_PAID)
        sentence_of(order, "invoice", "EW-ONE")
        assert (refund.state, refund.reason) == (RecordState.HELD, Reason.REFUND_AMOUNT_UNKNOWN)
        assert world.books()["Invoice"] == before

    def test_when_others_paid_a_part_of_it_too(self, world):
        invoice = place(world, UNPAID)
        link = {"Amount": 3, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
        paid = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 3, "Line": [link]}
        world.quickbooks.add(world.realm, "Payment", paid)
        world.act("ONE", "cancel")

        world.sync()

        assert state(world) == (RecordState.HELD, Reason.CANCELLED_AFTER_POSTING)
        assert money(world.only()["TotalAmt"]) == 23

    def test_of_a_document_that_somebody_changed_waits_until_somebody_says_so(self, world):
        change(world, place(world, UNPAID), PrivateNote="Called her")
        world.act("ONE", "cancel")
        world.sync()
        assert state(world) == (RecordState.HELD, Reason.CANCELLED_AFTER_POSTING)

        assert records_overwrite(everything(), user="ana") == 1
        world.sync()

        assert state(world) == (RecordState.SKIPPED, Reason.SALE_VOIDED)
        assert money(world.only()["TotalAmt"]) == 0

    def test_can_be_ignored_for_good(self, world):
        place(world, GOOD)
        world.act("ONE", "cancel")
        world.sync()
        records_ignore(everything(), user="ana", now=world.time.clock.now())
        world.ecwid.patch(world.store_id, world.record("ONE").store_ref, privateAdminNotes="x", trackingNumber="1Z")

        world.sync()

        assert state(world) == (RecordState.POSTED, Reason.CHANGE_IGNORED)


class TestClosedBooks:
    @pytest.mark.parametrize("policy", ["hold", "next_open_day"])
    @pytest.mark.parametrize("deed", ["edit", "cancel"])
    def test_keep_what_is_posted_there(self, make_world, policy, deed):
        world = make_world("CA", payment_statuses=[], closed_period=policy)
        place(world, {**UNPAID, "created": "2026-03-10T15:00:00+00:00"})
        world.quickbooks.preferences(world.realm, AccountingInfoPrefs={"BookCloseDate": "2026-03-31"})
        before = world.books()["Invoice"]
        world.act("ONE", deed, {"cart": MORE})

        world.sync()

        assert state(world) == (RecordState.HELD, Reason.CHANGE_IN_CLOSED_PERIOD)
        sentence_of(world.record("ONE"), "EW-ONE", "March 10, 2026", "March 31, 2026")
        assert world.books()["Invoice"] == before

    def test_that_were_closed_a_moment_ago_refuse_it_themselves(self, world):
        """Our copy of the closing date is older than the closing."""
        place(world, UNPAID)
        before = world.books()["Invoice"]
        error = {"Error": [{"Message": "Account Period Closed", "Detail": "The books are closed", "code": "6210"}]}
        body = json_dumps({"BatchItemResponse": [{"bId": "1", "Fault": error}]})
        world.act("ONE", "edit", {"cart": {"lines": [{**GOOD["lines"][0], "quantity": 2}]}})
        world.quickbooks.fault("status", status=200, body=body, method="POST", path="/batch")

        world.sync()

        assert state(world) == (RecordState.HELD, Reason.CLOSED_PERIOD_IN_BOOKS)
        assert world.books()["Invoice"] == before
        assert records_ignore(everything(), user="ana", now=world.time.clock.now()) == 1
        world.sync()
        assert state(world) == (RecordState.POSTED, Reason.CHANGE_IGNORED)

    def test_opened_again_let_it_through(self, world):
        place(world, {**UNPAID, "created": "2026-03-10T15:00:00+00:00"})
        world.quickbooks.preferences(world.realm, AccountingInfoPrefs={"BookCloseDate": "2026-03-31"})
        edit(world, MORE)
        world.quickbooks.preferences(world.realm, AccountingInfoPrefs={"BookCloseDate": None})

        world.sync()

        assert money(posted(world, "ONE")["TotalAmt"]) == money("45.99")


class TestATotalThatQuickBooksComputesOtherwise:
    """From the net amounts, rounded, QuickBooks computes a cent more or less than the shop's taxes in the prices."""

    CENT = {
        "lines": [{"sku": "C", "name": "Thing", "quantity": 1, "price": "120.76", "taxes": ["GST", "QST"]}],
        "prices_include_tax": True,
        "coupon": {"type": "percent", "value": 10},
    }

    def test_is_mended_with_a_rounding_line(self, make_world):
        world = make_world("CA", payment_statuses=[])
        world.quickbooks.switch(tax_override_tolerance=0)
        world.place({**self.CENT, "order_id": "CENT"})

        world.sync()

        invoice = posted(world, "CENT")
        assert item_names(world, invoice)[-1] == "Rounding"
        assert (told(world, "CENT"), money(invoice["Balance"])) == ((Action.CREATED, Reason.ROUNDING_LINE), 0)
        before = world.books()
        world.sync()
        assert world.books() == before

    def test_stays_an_alarm_beyond_the_cap(self, make_world):
        world = make_world("CA", payment_statuses=[], rounding_cap=0)
        world.quickbooks.switch(tax_override_tolerance=0)
        world.place({**self.CENT, "order_id": "CENT"})

        world.sync()

        assert state(world, "CENT") == (RecordState.HELD, Reason.BOOKS_TOTAL_DIFFERS)


class TestADryRun:
    def foretold(self, world):
        """What a dry run says of the order, and then a real one; the first changes nothing."""
        before = world.books()
        run = world.sync(dry_run=True)
        [entry] = world.log(run)
        assert world.books() == before
        assert run.calls["books"] <= 4, run.calls
        world.sync()
        return (entry.action, entry.reason), told(world)

    def test_says_what_would_become_of_them(self, world):
        place(world, UNPAID)
        place(world, UNPAID, "TWO")
        world.act("ONE", "edit", {"cart": MORE})
        world.act("TWO", "cancel")
        before = world.books()

        run = world.sync(dry_run=True)

        assert {entry.store_ref: entry.action for entry in world.log(run)} == {
            "ONE": Action.WOULD_UPDATE,
            "TWO": Action.WOULD_VOID,
        }
        assert world.books() == before

    def test_sees_what_somebody_changed_in_quickbooks(self, world):
        change(world, place(world, UNPAID), DueDate="2026-12-31")
        world.act("ONE", "edit", {"cart": MORE})

        foretold, happened = self.foretold(world)

        assert foretold == happened == (Action.HELD, Reason.CHANGED_IN_BOOKS)

    def test_sees_that_it_was_deleted_there(self, world):
        invoice = place(world, UNPAID)
        world.quickbooks.delete(world.realm, "Invoice", invoice["Id"])
        world.act("ONE", "edit", {"cart": MORE})

        foretold, happened = self.foretold(world)

        assert foretold == happened == (Action.HELD, Reason.DOCUMENT_GONE)

    def test_sees_that_others_paid_more_than_the_new_total(self, world):
        invoice = place(world, UNPAID)
        link = {"Amount": 23, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
        paid = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 23, "Line": [link]}
        world.quickbooks.add(world.realm, "Payment", paid)
        world.act("ONE", "edit", {"cart": LESS})

        foretold, happened = self.foretold(world)

        assert foretold == happened == (Action.HELD, Reason.PAID_MORE_THAN_NEW_TOTAL)

    def test_sees_that_our_payments_can_apply_less(self, world):
        place(world, GOOD)
        world.act("ONE", "edit", {"cart": LESS})

        foretold, happened = self.foretold(world)

        assert foretold == (Action.WOULD_UPDATE, "")
        assert happened == (Action.UPDATED, Reason.SALE_UPDATED_LEFT_CREDIT)

    def test_sees_a_payment_that_somebody_entered(self, world):
        invoice = place(world, UNPAID)
        link = {"Amount": 23, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
        paid = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 23, "Line": [link]}
        world.quickbooks.add(world.realm, "Payment", paid)
        world.act("ONE", "status", {"paymentStatus": "PAID"})

        foretold, happened = self.foretold(world)

        assert foretold == happened == (Action.UNCHANGED, "")

    def test_sees_what_needs_no_shipping_news(self, world):
        change(world, place(world, UNPAID), PrivateNote="Called her")
        world.ecwid.patch(world.store_id, world.record("ONE").store_ref, trackingNumber="1Z999")

        foretold, happened = self.foretold(world)

        assert foretold == happened == (Action.UNCHANGED, "")

    def test_of_a_page_reads_the_documents_at_once(self, world):
        world.place(*({**UNPAID, "order_id": f"E{number}"} for number in range(30)))
        world.sync()
        for number in range(30):
            world.act(f"E{number}", "edit", {"cart": MORE})

        run = world.sync(dry_run=True)

        assert run.counts == {Action.WOULD_UPDATE: 30}
        assert run.calls["books"] <= 3, run.calls


def test_a_page_of_edits_costs_few_calls(world):
    """One reading and a batch of thirty."""
    world.place(*({**UNPAID, "order_id": f"E{number}"} for number in range(30)))
    world.sync()
    for number in range(30):
        world.act(f"E{number}", "edit", {"cart": MORE})

    first = world.sync()
    second = world.sync()

    assert first.counts == {Action.UPDATED: 30}
    assert first.calls["books"] <= 7, first.calls
    assert second.calls["books"] == 0
