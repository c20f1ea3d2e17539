"""Postings reach the books exactly once, thirty to a call, whatever happens on the way."""

from contextlib import suppress
from datetime import timedelta

import pytest

from integrations.errors import OutcomeUnknown, TemporaryError
from integrations.models import BooksConnection, BooksObject
from integrations.quickbooks.faults import Cause, Fault
from sync.engine.deliver import PATIENCE, SEARCH_LAG, Delivery
from sync.models import Batch, Posting, PostingState
from tests.support.time import StillTime
from tests.sync.engine.fake_books import (
    FakeBooks,
    lost_after,
    lost_before_the_work,
    name_of,
    refused_as_a_whole,
    unclear,
    unreachable,
)
from tests.sync.engine.making import make_record
from tests.sync.translate.making import D, day

SENT, POSTED, REFUSED = PostingState.SENT, PostingState.POSTED, PostingState.REFUSED
DAY = day("2026-03-02")


@pytest.fixture
def time():
    return StillTime()


@pytest.fixture(params=[True, False], ids=["request ids replay", "request ids do nothing"])
def books(request):
    """Both ways, because nobody knows for sure."""
    return FakeBooks(replay=request.param)


@pytest.fixture
def delivery(integration, books, time):
    return Delivery(integration.books, books, time.clock)


@pytest.fixture
def sales(integration):
    """Unsaved postings of sales, numbered from `first`."""

    def make(count, first=1):
        return [sale(make_record(integration, str(number)), f"S{number}") for number in range(first, first + count)]

    return make


def sale(record, number):
    payload = {"DocNumber": number, "TxnDate": DAY.isoformat(), "TotalAmt": D("57.49"), **note(f"TB-{number}")}
    return Posting(
        books=record.integration.books,
        record=record,
        role="sale",
        books_type="Invoice",
        marker=f"TB-{number}",
        txn_date=DAY,
        proven_total=D("57.49"),
        payload=payload,
    )


def note(marker):
    return {"PrivateNote": f"Ecwid 1001 [{marker}]"}


def entry(integration, name, entity="Customer", **more):
    payload = {"DisplayName" if entity == "Customer" else "Name": name, **more}
    return Posting(books=integration.books, role=entity.lower(), key=name, books_type=entity, payload=payload)


def numbers(books, entity="Invoice"):
    return sorted(row["DocNumber"] for row in books.held(entity))


def states():
    return {posting.payload["DocNumber"]: posting.state for posting in Posting.objects.all()}


def request_ids(books):
    return [batch.request_id for batch in books.batches]


# -- when all goes well ------------------------------------------------------------------------------------------------


def test_what_is_sent_is_posted_with_what_the_books_say(delivery, books, sales, time):
    [posting] = sales(1)
    assert delivery.send([posting]) == {}

    row = Posting.objects.get()
    assert (row.state, row.doc_number, row.total, row.books_ref) == (
        POSTED,
        "S1",
        D("57.49"),
        books.held("Invoice")[0]["Id"],
    )
    assert (row.trace, row.posted_at, row.revision) == ("1-tid", time.now(), 1)
    assert Batch.objects.get().answered_at == time.now()
    assert time.slept == 0


def test_thirty_go_into_a_call(delivery, books, sales):
    delivery.send(sales(65))
    assert [len(batch.names) for batch in books.batches] == [30, 30, 5]
    assert len(set(request_ids(books))) == 3
    assert len(numbers(books)) == 65


def test_nothing_to_send_costs_nothing(delivery, books):
    assert delivery.send([]) == {}
    assert books.batches == []
    assert not Batch.objects.exists()


def test_all_of_it_is_written_down_before_the_call(delivery, books, sales):
    seen = []

    def look(_books, _items):
        seen.extend(Posting.objects.values_list("state", "batch__request_id", "batch__answered_at"))
        seen.extend(posting.payload["DocNumber"] for posting in Posting.objects.order_by("pk"))

    books.trouble.append(look)
    delivery.send(sales(2))
    assert seen == [(SENT, request_ids(books)[0], None)] * 2 + ["S1", "S2"]


def test_the_same_postings_get_the_same_request_id_and_others_another(integration, sales, time):
    ids = set()
    for _ in range(2):
        books = FakeBooks()
        Delivery(integration.books, books, time.clock).send(sales(3))
        ids.update(request_ids(books))
        Posting.objects.all().delete()
        Batch.objects.all().delete()
        for record in integration.records.all():
            record.delete()
    assert len(ids) == 1


# -- refusals ----------------------------------------------------------------------------------------------------------


def test_a_refused_one_leaves_the_others_alone(delivery, books, sales):
    books.refusals["S2"] = Fault("6210", "Account Period Closed", "The books are closed.")
    postings = sales(3)

    faults = delivery.send(postings)

    assert {pk: fault.code for pk, fault in faults.items()} == {postings[1].pk: "6210"}
    assert states() == {"S1": POSTED, "S2": REFUSED, "S3": POSTED}
    row = Posting.objects.get(state=REFUSED)
    assert (row.fault_code, row.fault_detail) == ("6210", "The books are closed.")


def test_a_refused_one_is_sent_again_under_another_request_id(delivery, books, sales):
    """The refusal may be what a replay would give."""
    books.refusals["S1"] = Fault("6210", "Account Period Closed")
    [posting] = sales(1)
    delivery.send([posting])
    books.refusals.clear()

    assert delivery.send([posting]) == {}

    row = Posting.objects.get()
    assert (row.state, row.revision, row.fault_code, row.fault_detail) == (POSTED, 2, "", "")
    assert len(set(request_ids(books))) == 2


def test_a_batch_that_is_refused_as_a_whole_does_not_come_back(delivery, books, sales):
    books.trouble.append(refused_as_a_whole)
    postings = sales(3)

    faults = delivery.send(postings)

    assert {fault.code for fault in faults.values()} == {"2010"}
    assert faults.keys() == {posting.pk for posting in postings}
    assert set(states().values()) == {REFUSED}
    assert Batch.objects.get().answered_at is not None
    assert delivery.recover() == 0
    assert len(books.batches) == 1


# -- answers that get lost ---------------------------------------------------------------------------------------------


def test_what_was_done_is_found_and_not_sent_again(delivery, books, sales):
    books.trouble.append(lost_after())

    assert delivery.send(sales(3)) == {}

    assert len(books.batches) == 1
    assert numbers(books) == ["S1", "S2", "S3"]
    assert set(states().values()) == {POSTED}
    assert set(Posting.objects.values_list("total", flat=True)) == {D("57.49")}
    assert Batch.objects.get().answered_at is not None


def test_what_was_not_done_goes_again_as_the_very_same_call(delivery, books, sales):
    books.trouble.append(lost_before_the_work)

    delivery.send(sales(3))

    first, second = books.batches
    assert first == second
    assert numbers(books) == ["S1", "S2", "S3"]
    assert Batch.objects.count() == 1


def test_what_was_done_in_part_goes_again_in_a_call_of_its_own(delivery, books, sales):
    """Under the old request id a replay would say what it said then, or nothing at all."""
    books.trouble.append(lost_after("S1", "S3"))

    delivery.send(sales(4))

    first, second = books.batches
    assert second.names == ["S2", "S4"]
    assert first.request_id != second.request_id
    assert numbers(books) == ["S1", "S2", "S3", "S4"]
    assert set(states().values()) == {POSTED}
    assert not Batch.objects.filter(answered_at__isnull=True).exists()


def test_one_that_the_answer_does_not_mention_is_looked_for_and_the_others_are_taken(delivery, books, sales):
    books.trouble.append(unclear("S2"))
    delivery.send(sales(3))
    assert len(books.batches) == 1
    assert numbers(books) == ["S1", "S2", "S3"]
    assert set(states().values()) == {POSTED}


def test_one_that_broke_down_unfinished_goes_again_alone(delivery, books, sales):
    def broken(fake, items):
        fake.write(items[0])
        answers = unclear("S1", "S2")(FakeBooks(), items)
        return {**answers, items[0].bid: answers[items[0].bid]}

    books.trouble.append(broken)
    delivery.send(sales(2))
    assert [batch.names for batch in books.batches] == [["S1", "S2"], ["S2"]]
    assert numbers(books) == ["S1", "S2"]


def test_searches_get_time_to_show_what_was_just_written(delivery, books, sales, time):
    sent_at = time.now()
    books.trouble.append(lost_after())
    found_at = []
    real = books.query

    def timed(*args):
        found_at.append(time.now())
        return real(*args)

    books.query = timed
    delivery.send(sales(1))
    assert found_at[0] - sent_at >= SEARCH_LAG


def test_it_is_patient_and_then_leaves_the_rest_to_the_next_run(delivery, books, sales, time):
    books.trouble.extend([lost_before_the_work] * 20)

    with pytest.raises(OutcomeUnknown):
        delivery.send(sales(2))

    assert len(books.batches) == 1 + len(PATIENCE)
    assert timedelta(seconds=time.slept) >= timedelta(seconds=sum(PATIENCE))
    assert set(states().values()) == {SENT}
    assert Batch.objects.get().answered_at is None


def test_what_could_not_even_be_sent_is_left_to_the_next_run_too(delivery, books, sales):
    books.trouble.append(unreachable)
    with pytest.raises(TemporaryError):
        delivery.send(sales(1))
    assert set(states().values()) == {SENT}
    assert delivery.recover() == 1
    assert numbers(books) == ["S1"]


# -- the next run ------------------------------------------------------------------------------------------------------


def abandoned(delivery, books, postings, *trouble):
    """A run that died while these were on their way."""

    class Killed(BaseException):
        pass

    def dies(fake, items):
        for one in trouble:
            with suppress(OutcomeUnknown):
                one(fake, items)
        raise Killed

    books.trouble.append(dies)
    with pytest.raises(Killed):
        delivery.send(postings)
    assert set(states().values()) == {SENT}


CUT = {
    "before anything was done": (lost_before_the_work, 2),
    "after all was done": (lost_after(), 1),
    "half-way": (lost_after("S1"), 2),
}


@pytest.mark.parametrize(("trouble", "calls"), CUT.values(), ids=CUT)
def test_what_a_dead_run_left_is_settled(delivery, books, sales, trouble, calls):
    abandoned(delivery, books, sales(3), trouble)

    assert delivery.recover() == 3

    assert numbers(books) == ["S1", "S2", "S3"]
    assert set(states().values()) == {POSTED}
    assert len(books.batches) == calls
    assert delivery.recover() == 0
    assert not Batch.objects.filter(answered_at__isnull=True).exists()


def test_it_looks_before_it_sends(delivery, books, sales):
    abandoned(delivery, books, sales(1), lost_after())
    books.batches.clear()
    delivery.recover()
    assert books.batches == []
    assert [entity for entity, _ in books.asked] == ["Invoice"]


def test_batches_are_settled_in_the_order_they_were_sent(delivery, books, sales, time):
    first, second = sales(1), sales(1, first=2)
    for postings in (first, second):
        books.trouble.extend([unreachable])
        with pytest.raises(TemporaryError):
            delivery.send(postings)
        time.forward(minutes=1)
    books.batches.clear()
    assert delivery.recover() == 2
    assert [batch.names for batch in books.batches] == [["S1"], ["S2"]]


def test_a_batch_whose_postings_are_all_answered_is_merely_closed(delivery, books, sales):
    delivery.send(sales(1))
    Batch.objects.update(answered_at=None)
    calls = len(books.batches)
    assert delivery.recover() == 0
    assert Batch.objects.get().answered_at is not None
    assert len(books.batches) == calls


def test_the_batches_of_another_company_are_left_alone(delivery, books, sales):
    other = BooksConnection.objects.create(business=delivery.books.business, account_id="other")
    Batch.objects.create(books=other, request_id="r", sent_at=delivery.clock.now())
    assert delivery.recover() == 0
    assert Batch.objects.get().answered_at is None


# -- customers and items -----------------------------------------------------------------------------------------------


def test_a_new_list_entry_is_known_from_then_on_and_is_no_news(delivery, books, integration):
    before = integration.books.mirror_revision
    delivery.send([entry(integration, "Ana Ruiz"), entry(integration, "TEE-M", "Item", Sku="TEE-M", Type="Service")])

    rows = {row.type: row for row in BooksObject.objects.filter(books=integration.books)}
    assert (rows["Customer"].name, rows["Item"].sku) == ("Ana Ruiz", "TEE-M")
    assert BooksConnection.objects.get().mirror_revision == before


def test_a_list_entry_whose_answer_was_lost_is_found_by_its_name(delivery, books, integration):
    books.trouble.append(lost_after())
    delivery.send([entry(integration, "Ana Ruiz")])
    assert len(books.held("Customer")) == 1
    assert BooksObject.objects.get().name == "Ana Ruiz"


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        (("Ana Ruiz", "Customer", {"PrimaryEmailAddr": {"Address": "ana@example.test"}}), {"DisplayName": "Ana Ruiz"}),
        (("TEE-M", "Item", {"Sku": "TEE-M"}), {"Name": "TEE-M", "Sku": "A-17"}),
    ],
    ids=["customer", "item"],
)
def test_somebody_elses_entry_of_that_name_is_not_taken_for_ours(delivery, books, integration, wanted, there):
    """The call was refused, and the refusal was lost: what is found by the name then is not what we sent."""
    name, entity, more = wanted
    books.add(entity, **{**there, "PrimaryEmailAddr": {"Address": "other@example.test"}})
    books.trouble.append(lost_after())

    faults = delivery.send([entry(integration, name, entity, **more)])

    assert [fault.code for fault in faults.values()] == ["6240"]
    assert Posting.objects.get().state == REFUSED


# -- what makes QuickBooks break down ----------------------------------------------------------------------------------


def poisoned(*names):
    """QuickBooks breaks down, each time, at a batch with one of these in it; nothing of it is done."""

    def trouble(_books, items):
        if {name_of(item.payload) for item in items} & set(names):
            raise OutcomeUnknown("HTTP 500", 500)

    return trouble


def test_one_that_breaks_quickbooks_keeps_no_other_out(delivery, books, sales):
    books.trouble.extend([poisoned("S2")] * 50)
    postings = sales(4)

    faults = delivery.send(postings)

    assert {pk: fault.cause for pk, fault in faults.items()} == {postings[1].pk: Cause.BROKE_DOWN}
    assert states() == {"S1": POSTED, "S2": REFUSED, "S3": POSTED, "S4": POSTED}
    assert numbers(books) == ["S1", "S3", "S4"]
    assert not Batch.objects.filter(answered_at=None).exists()


def test_one_that_stands_alone_is_given_up_by_the_next_run(delivery, books, sales):
    books.trouble.extend([poisoned("S1")] * 50)
    [posting] = sales(1)
    with pytest.raises(OutcomeUnknown):
        delivery.send([posting])
    assert states() == {"S1": SENT}

    assert delivery.recover() == 1

    assert states() == {"S1": REFUSED}
    posting.refresh_from_db()
    books.trouble.clear()
    assert delivery.send([posting]) == {}
    assert numbers(books) == ["S1"]


def test_what_it_did_before_it_broke_down_is_found_all_the_same(delivery, books, sales):
    def breaks_after(held, items):
        lost_with_status = OutcomeUnknown("HTTP 500", 500)
        if len(items) > 1:
            raise lost_with_status
        held.write(items[0])
        raise lost_with_status

    books.trouble.extend([breaks_after] * 50)
    with pytest.raises(OutcomeUnknown):
        delivery.send(sales(2))
    sent = len(books.batches)

    delivery.recover()

    assert set(states().values()) == {POSTED}
    assert (numbers(books), len(books.batches)) == (["S1", "S2"], sent)


def test_where_it_breaks_down_at_everything_nothing_is_given_up(delivery, books, sales):
    books.trouble.extend([poisoned(*(f"S{number}" for number in range(1, 6)))] * 50)

    with pytest.raises(OutcomeUnknown):
        delivery.send(sales(5))

    assert set(states().values()) == {SENT}
    [waiting] = Batch.objects.filter(answered_at=None)
    assert waiting.postings.count() == 5
    books.trouble.clear()
    assert delivery.recover() == 5
    assert numbers(books) == ["S1", "S2", "S3", "S4", "S5"]


# -- changes of what is in the books -----------------------------------------------------------------------------------


@pytest.fixture
def edited(delivery, books, sales):
    """A posted sale with a change that is ready to be sent."""
    [posting] = sales(1)
    delivery.send([posting])
    posting.change = {
        "operation": "update",
        "payload": {"Id": posting.books_ref, "SyncToken": "0", "sparse": True, "TotalAmt": D("60.00")},
        "proven_total": D("60.00"),
        "content": "new",
        "untold": {"action": "updated", "reason": "", "params": {}},
    }
    return posting


def test_a_change_becomes_what_the_posting_says(delivery, books, edited):
    assert delivery.send([edited]) == {}

    row = Posting.objects.get()
    assert (row.state, row.change, row.content, row.proven_total, row.total) == (POSTED, None, "new", 60, 60)
    assert row.payload["DocNumber"] == "S1"
    assert "SyncToken" not in row.payload
    assert row.untold == {"action": "updated", "reason": "", "params": {}}
    assert row.image["total"] == "60"
    [held] = books.held("Invoice")
    assert (held["TotalAmt"], held["SyncToken"]) == (60, "1")


def test_a_change_is_written_down_before_the_call_and_the_posting_stays_as_it_was(delivery, books, edited):
    seen = []

    def look(_books, _items):
        row = Posting.objects.get()
        seen.append((row.state, row.is_in_books, row.proven_total, row.change["proven_total"]))

    books.trouble.append(look)
    delivery.send([edited])
    assert seen == [(SENT, True, D("57.49"), 60)]


def test_a_refused_change_leaves_it_posted_as_it_was(delivery, books, edited):
    books.add("Invoice", DocNumber="other", TxnDate="2026-03-02", PrivateNote="")
    books.held("Invoice")[0]["SyncToken"] = "7"  # somebody was faster

    faults = delivery.send([edited])

    assert {fault.cause for fault in faults.values()} == {Cause.STALE}
    row = Posting.objects.get()
    assert (row.state, row.change, row.content, row.total, row.fault_code) == (POSTED, None, "", D("57.49"), "5010")


@pytest.mark.parametrize("trouble", [lost_before_the_work, lost_after()], ids=["not done", "done"])
def test_a_change_whose_answer_is_lost_is_made_once(delivery, books, edited, trouble):
    books.trouble.append(trouble)

    assert delivery.send([edited]) == {}

    [held] = books.held("Invoice")
    assert (held["TotalAmt"], held["SyncToken"]) == (60, "1")
    assert Posting.objects.get().content == "new"


@pytest.mark.parametrize("done", [True, False])
def test_a_change_that_a_dead_run_left_is_settled(delivery, books, edited, done):
    books.trouble.extend([lost_after() if done else lost_before_the_work, *[lost_before_the_work] * 9])
    with suppress(OutcomeUnknown):
        delivery.send([edited])
    books.trouble.clear()

    delivery.recover()

    [held] = books.held("Invoice")
    assert (held["TotalAmt"], held["SyncToken"]) == (60, "1")
    row = Posting.objects.get()
    assert (row.state, row.change, row.content) == (POSTED, None, "new")


def test_a_void_leaves_nothing_but_the_document(delivery, books, edited):
    edited.change |= {"operation": "void", "proven_total": D(0)}

    delivery.send([edited])

    row = Posting.objects.get()
    assert (row.state, row.is_in_books, row.total, row.proven_total) == (PostingState.VOIDED, False, 0, 0)
