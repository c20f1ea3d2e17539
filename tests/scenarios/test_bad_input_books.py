"""QuickBooks is not as we left it: closed periods, numbers that are taken, entries that somebody changed."""

import pytest
import requests

from integrations.money import json_dumps
from sync.models import Action, Record
from sync.services.inbox import records_retry
from sync.translate.reasons import Reason
from tests.support.expect import (
    GOOD,
    books_are_whole,
    customer_of,
    held,
    item_names,
    neighbours_are_posted,
    payments_of,
    place_between,
    posted,
    sentence_of,
)
from tests.support.world import money

MARCH = {**GOOD, "created": "2026-03-10T15:00:00+00:00", "order_id": "MARCH"}


def close_books(world, until="2026-03-31"):
    world.quickbooks.preferences(world.realm, AccountingInfoPrefs={"BookCloseDate": until})


def retry(world, number):
    assert records_retry(Record.objects.filter(integration=world.integration, number=number)) == 1


class TestClosedBooks:
    def test_an_order_of_a_closed_period_waits_until_it_is_reopened(self, world):
        close_books(world)
        place_between(world, MARCH)

        world.sync()

        neighbours_are_posted(world)
        held(world, "MARCH", Reason.CLOSED_PERIOD, "March 10, 2026", "March 31, 2026", "Reopen")

        close_books(world, until=None)
        world.sync()

        assert posted(world, "MARCH")["TxnDate"] == "2026-03-10"
        books_are_whole(world)

    def test_it_goes_to_the_first_open_day_where_that_is_chosen(self, world):
        close_books(world)
        world.set("orders", closed_period="next_open_day")
        place_between(world, MARCH)

        world.sync()

        sale = posted(world, "MARCH")
        [payment] = payments_of(world, sale)
        for document in (sale, payment):
            assert document["TxnDate"] == "2026-04-01"
            assert "Dated 2026-03-10 in the store." in document["PrivateNote"]
        neighbours_are_posted(world)
        books_are_whole(world)

        world.ecwid.patch(world.store_id, world.record("MARCH").store_ref, trackingNumber="1Z999")
        world.sync()
        shipped = posted(world, "MARCH")
        assert [shipped[name] for name in ("TrackingNum", "TxnDate", "PrivateNote")] == [
            "1Z999", "2026-04-01", sale["PrivateNote"]
        ]  # fmt: skip

    def test_the_choice_releases_what_waits(self, world):
        close_books(world)
        world.place(MARCH)
        world.sync()
        held(world, "MARCH", Reason.CLOSED_PERIOD)

        world.set("orders", closed_period="next_open_day")
        world.sync()

        assert posted(world, "MARCH")["TxnDate"] == "2026-04-01"

    def test_the_last_closed_day_is_closed_and_the_next_one_open(self, world):
        close_books(world)
        world.place(
            {**GOOD, "created": "2026-03-31T23:30:00-04:00", "order_id": "IN"},
            {**GOOD, "created": "2026-04-01T00:30:00-04:00", "order_id": "OUT"},
        )

        world.sync()

        held(world, "IN", Reason.CLOSED_PERIOD, "March 31, 2026")
        assert posted(world, "OUT")["TxnDate"] == "2026-04-01"

    def test_a_payment_in_a_closed_period_waits_and_its_invoice_stays(self, world):
        """The order is from April, and the books are closed until May when its money comes in."""
        world.set("orders", payment_statuses=[])
        cart = {**GOOD, "created": "2026-04-02T15:00:00+00:00", "payment_status": "AWAITING_PAYMENT"}
        world.place({**cart, "order_id": "APRIL"})
        world.sync()
        [record] = Record.objects.all()
        assert money(posted(world, "APRIL")["Balance"]) == 23

        close_books(world, until="2030-01-01")
        world.ecwid.control(
            "POST", f"stores/{world.store_id}/orders/{record.store_ref}/status", {"paymentStatus": "PAID"}
        )
        world.sync()

        record.refresh_from_db()
        assert record.reason == Reason.CLOSED_PERIOD
        sentence_of(record)
        assert world.books()["Payment"] == []

        close_books(world, until=None)
        world.sync()
        [payment] = payments_of(world, posted(world, "APRIL"))
        assert money(payment["TotalAmt"]) == 23

    def test_a_period_that_is_closed_while_the_run_works(self, world):
        closed = [{"Message": "Account Period Closed", "Detail": "Closing date 2026-03-31", "code": "6210"}]
        answer = {"BatchItemResponse": [{"bId": "1", "Fault": {"Error": closed, "type": "ValidationFault"}}]}
        world.place({**GOOD, "order_id": "BEFORE"})
        world.sync()
        world.place(MARCH)
        world.quickbooks.fault("status", status=200, body=json_dumps(answer), method="POST", path="/batch")

        world.sync()

        held(world, "MARCH", Reason.CLOSED_PERIOD_IN_BOOKS, "6210", "Closing date")

        retry(world, "MARCH")
        world.sync()

        posted(world, "MARCH")
        books_are_whole(world)


class TestNumbersThatAreTaken:
    def test_by_a_document_of_the_same_total(self, world):
        by_hand = invoice(world, "EW-TAKEN", 20)
        place_between(world, {**GOOD, "order_id": "TAKEN"})

        world.sync()

        assert world.record("TAKEN").state == "posted"
        sentence_of(world.record("TAKEN"), "EW-TAKEN", "nothing was posted twice")
        assert [entry.action for entry in world.log() if entry.store_ref == "TAKEN"] == [Action.ADOPTED]
        [kept] = [row for row in world.books()["Invoice"] if row["DocNumber"] == "EW-TAKEN"]
        assert kept["Id"] == by_hand["Id"]
        assert money(kept["Balance"]) == 0, "the order's payment settles it"
        neighbours_are_posted(world)

        before = world.books()
        retry(world, "TAKEN")
        world.sync()
        assert world.books() == before

    def test_by_a_document_of_the_same_total_that_is_paid(self, world):
        by_hand = invoice(world, "EW-TAKEN", 20)
        paid = {"TxnId": by_hand["Id"], "TxnType": "Invoice"}
        world.quickbooks.add(
            world.realm,
            "Payment",
            {
                "CustomerRef": by_hand["CustomerRef"],
                "TotalAmt": by_hand["TotalAmt"],
                "Line": [{"Amount": by_hand["TotalAmt"], "LinkedTxn": [paid]}],
            },
        )
        place_between(world, {**GOOD, "order_id": "TAKEN"})

        world.sync()

        assert world.record("TAKEN").state == "posted"
        assert len(payments_of(world, by_hand)) == 1
        neighbours_are_posted(world)

    def test_by_a_document_of_another_total(self, world):
        by_hand = invoice(world, "EW-TAKEN", 99)
        place_between(world, {**GOOD, "order_id": "TAKEN"})

        world.sync()

        neighbours_are_posted(world)
        held(world, "TAKEN", Reason.NUMBER_TAKEN, "EW-TAKEN", "113.83", "23.00", by_hand["Id"])

        world.quickbooks.change(world.realm, "Invoice", by_hand["Id"], DocNumber="HAND-1")
        retry(world, "TAKEN")
        world.sync()

        assert posted(world, "TAKEN")["DocNumber"] == "EW-TAKEN"

    def test_is_seen_by_a_dry_run(self, world):
        invoice(world, "EW-TAKEN", 99)
        place_between(world, {**GOOD, "order_id": "TAKEN"})
        before = world.books()

        run = world.sync(dry_run=True)

        said = {entry.store_ref: (entry.action, entry.reason) for entry in world.log(run)}
        assert said.pop("TAKEN") == ("held", Reason.NUMBER_TAKEN)
        assert set(said.values()) == {("would_create", "")}
        assert world.books() == before

    def test_by_a_document_of_another_year(self, world):
        invoice(world, "EW-TAKEN", 99, TxnDate="2024-02-02")
        place_between(world, {**GOOD, "order_id": "TAKEN"})

        world.sync()

        neighbours_are_posted(world)
        held(world, "TAKEN", Reason.NUMBER_TAKEN, "EW-TAKEN")

    @pytest.mark.parametrize("number", ["O'HARA", "A%_B", "A\\B"])
    def test_by_a_document_whose_number_is_awkward_to_look_for(self, world, number):
        invoice(world, f"EW-{number}", 99, TxnDate="2024-02-02")
        place_between(world, {**GOOD, "order_id": number})

        world.sync()

        neighbours_are_posted(world)
        held(world, number, Reason.NUMBER_TAKEN, f"EW-{number}")

    def test_by_another_store_of_ours(self, world):
        """Two stores without prefixes count alike: the other store's document is not adopted."""
        marked = invoice(world, "EW-TAKEN", 20, PrivateNote="Ecwid TAKEN [TB-ABCDEFGHIJ]")
        place_between(world, {**GOOD, "order_id": "TAKEN"})

        world.sync()

        neighbours_are_posted(world)
        record = world.record("TAKEN")
        assert (record.state, record.reason) == ("held", Reason.NUMBER_TAKEN)
        sentence_of(record, marked["Id"])


def invoice(world, number, net, **fields):
    """An invoice typed by hand, with both of Québec's taxes."""
    code = world.entry("TaxCode", "GST/QST QC").books_ref
    detail = {"ItemRef": {"value": world.entry("Item", "Services").books_ref}, "TaxCodeRef": {"value": code}}
    line = {"DetailType": "SalesItemLineDetail", "Amount": net, "SalesItemLineDetail": detail}
    customer = {"value": world.entry("Customer", "Store customer").books_ref}
    sent = {"DocNumber": number, "CustomerRef": customer, "Line": [line], "GlobalTaxCalculation": "TaxExcluded"}
    return world.quickbooks.add(world.realm, "Invoice", {**sent, **fields})["Invoice"]


class TestDocuments:
    def test_an_invoice_deleted_by_hand_before_it_was_paid(self, world):
        world.set("orders", payment_statuses=[])
        place_between(world, {**GOOD, "payment_status": "AWAITING_PAYMENT", "order_id": "GONE"})
        world.sync()
        delete_by_hand(world, posted(world, "GONE"))
        ref = world.record("GONE").store_ref
        world.ecwid.control("POST", f"stores/{world.store_id}/orders/{ref}/status", {"paymentStatus": "PAID"})
        world.place({**GOOD, "order_id": "NEXT"})

        world.sync()

        posted(world, "NEXT")
        record = world.record("GONE")
        assert record.state == "held"
        sentence_of(record)


def delete_by_hand(world, sale):
    answer = requests.post(
        f"{world.quickbooks.url}/v3/company/{world.realm}/invoice?operation=delete",
        json={"Id": sale["Id"], "SyncToken": sale["SyncToken"]},
        headers={"Authorization": f"Bearer qbo_access_{world.realm}", "Accept": "application/json"},
        timeout=30,
    )
    assert answer.ok, answer.text


class TestEntries:
    def test_a_customer_that_was_made_inactive(self, world):
        world.place({**GOOD, "order_id": "ONE"})
        world.sync()
        old = customer_of(world, posted(world, "ONE"))
        world.quickbooks.change(world.realm, "Customer", old["Id"], Active=False)
        place_between(world, {**GOOD, "order_id": "TWO"})

        world.sync()

        new = customer_of(world, posted(world, "TWO"))
        assert (new["DisplayName"], new["Active"]) == ("Ana Ruiz", True)
        assert new["Id"] != old["Id"]
        neighbours_are_posted(world)
        books_are_whole(world)

    def test_a_customer_that_is_made_inactive_while_the_run_works(self, world):
        """QuickBooks' change feed lags: we learn of it by a refusal, and then look again."""
        world.place({**GOOD, "order_id": "ONE"})
        world.sync()
        old = customer_of(world, posted(world, "ONE"))
        world.quickbooks.change(world.realm, "Customer", old["Id"], Active=False)
        world.quickbooks.fault(
            "status", status=200, body='{"CDCResponse": [{"QueryResponse": []}], "time": ""}', path="/cdc"
        )
        place_between(world, {**GOOD, "buyer": {"id": 9, "email": "b@example.test", "name": "B"}, "order_id": "OTHER"})

        world.sync()

        posted(world, "OTHER")
        held(world, "FIRST", Reason.BOOKS_OBJECT_INACTIVE, "inactive")

        world.sync()

        neighbours_are_posted(world)
        books_are_whole(world)

    def test_an_item_that_was_made_inactive(self, world):
        world.place({**GOOD, "order_id": "ONE"})
        world.sync()
        [item] = [row for row in world.books()["Item"] if row.get("Sku") == "TSH-M"]
        world.quickbooks.change(world.realm, "Item", item["Id"], Active=False)
        world.place({**GOOD, "order_id": "TWO"}, {"lines": [{"sku": "TSH-L", "price": 20}], "order_id": "THREE"})

        world.sync()

        posted(world, "THREE")
        held(world, "TWO", Reason.ITEM_INACTIVE, "TSH-M", "active again")

        world.quickbooks.change(world.realm, "Item", item["Id"], Active=True, Name=item["Name"])
        world.sync()

        assert item_names(world, posted(world, "TWO")) == [item["Name"]]
        books_are_whole(world)

    def test_a_sale_before_the_stock_of_its_item_begins(self, world):
        add_stocked(world, "TSH-M", start="2026-06-01")
        world.place(
            {**MARCH},
            {**GOOD, "created": "2026-06-02T15:00:00+00:00", "order_id": "JUNE"},
        )

        world.sync()

        posted(world, "JUNE")
        held(world, "MARCH", Reason.BEFORE_STOCK_START, "prior to start date", "earlier start date")

        world.set("items", match_by="name")
        world.sync()

        assert item_names(world, posted(world, "MARCH")) == ["TSH-M"]
        books_are_whole(world)


def add_stocked(world, sku, *, start):
    accounts = {
        "IncomeAccountRef": "Sales of Product Income",
        "ExpenseAccountRef": "Cost of Goods Sold",
        "AssetAccountRef": "Inventory Asset",
    }
    refs = {ref: {"value": world.entry("Account", name).books_ref} for ref, name in accounts.items()}
    stock = {"Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 100, "InvStartDate": start}
    return world.quickbooks.add(world.realm, "Item", {"Name": f"Stocked {sku}", "Sku": sku, **stock, **refs})["Item"]


def test_a_total_that_quickbooks_shows_differently_is_an_alarm(world):
    """The document is there, so nothing more is done about it but to tell somebody."""
    world.place({**GOOD, "order_id": "BEFORE"})
    world.sync()
    world.place({**GOOD, "order_id": "CENT"})
    shown = {"Id": "999", "SyncToken": "0", "DocNumber": "EW-CENT", "TotalAmt": money("22.99")}
    answer = {"BatchItemResponse": [{"bId": "1", "Invoice": shown}]}
    world.quickbooks.fault("status", status=200, body=json_dumps(answer), method="POST", path="/batch")

    world.sync()
    world.sync()

    record = world.record("CENT")
    assert (record.state, record.reason) == ("held", Reason.BOOKS_TOTAL_DIFFERS)
    sentence_of(record, "22.99", "23.00", "999")
    assert len(world.books()["Payment"]) == 1
    posted(world, "BEFORE")
