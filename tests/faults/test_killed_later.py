"""What happens to orders that are posted reaches the books exactly once, whenever the run is killed: changes (edits,
shrinking payments, voids), refunds, credits that settle their invoices, and receipts and payments that become less."""

import pytest

from tests.faults.edits import PaidLaterDay, SecondDay
from tests.faults.lowered import LoweredDay, OverpaidDay
from tests.faults.refunds import RefundsDay
from tests.support.world import money

REPLAY = pytest.mark.parametrize("replay", [True, False], ids=["replay", "no_replay"])
SIZES = pytest.mark.parametrize("small", [False, True], ids=["one_page", "small_pages"])


EDITS = pytest.mark.parametrize("day", [SecondDay], indirect=True)
REFUNDS = pytest.mark.parametrize("day", [RefundsDay], indirect=True)
LOWERED = pytest.mark.parametrize("day", [LoweredDay, OverpaidDay], indirect=True, ids=["receipts", "payments"])
PAID_LATER = pytest.mark.parametrize("day", [PaidLaterDay], indirect=True, ids=["paid_later"])


@pytest.fixture(scope="module", params=[SecondDay, RefundsDay], ids=["edits", "refunds"])
def day(lab, request):
    later = request.param(lab)
    later.undisturbed()
    yield later
    later.restore()


@REPLAY
@SIZES
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_call(day, when, small, replay):
    assert not killed_at_calls(day, when, small=small, replay=replay)


@LOWERED
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_call_while_documents_become_less(day, when):
    assert not killed_at_calls(day, when, small=False, replay=False)


@PAID_LATER
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_call_while_an_invoice_is_paid(day, when):
    """The payment is there once, and told of, in whichever run."""
    assert not killed_at_calls(day, when, small=False, replay=False)


@PAID_LATER
def test_killed_at_any_write_while_an_invoice_is_paid(day):
    assert not killed_at_writes(day, 0) + killed_at_writes(day, 2)


@PAID_LATER
def test_the_day_of_a_late_payment_is_worth_breaking(day):
    day.begin()
    records = {tuple(record[:3]) for record in day.lab.sync().ours["records"]}

    assert records >= {("T08", "posted", "payment_added"), ("T01", "posted", "sale_updated_left_open")}


def killed_at_calls(day, when, *, small, replay):
    """What is wrong after runs that are killed at each of the calls, and another that is not."""
    calls = len(day.undisturbed(small=small).calls)
    wrong = []
    for number in range(1, calls + 1):
        day.begin(request_id_replay=replay)
        assert day.lab.sync({"act": "kill", "call": number, "when": when}, small=small).was_killed
        ended = day.lab.sync(small=small)
        wrong += [f"call {number}: {one}" for one in day.differences(ended)]
    return wrong


@pytest.mark.parametrize("chunk", range(4))
def test_killed_at_any_write_to_our_database(day, chunk):
    assert not killed_at_writes(day, chunk)


@LOWERED
@pytest.mark.parametrize("chunk", range(2))
def test_killed_at_any_write_while_documents_become_less(day, chunk):
    assert not killed_at_writes(day, chunk)


def killed_at_writes(day, chunk):
    """The same for writes to our database."""
    writes = day.undisturbed(small=True).result["writes"]
    wrong = []
    # Every seventh write: over time, as the program changes, each is met.
    for number in range(1 + 7 * chunk, writes + 1, 28):
        day.begin(request_id_replay=False)
        assert day.lab.sync({"act": "kill", "statement": number}, small=True).was_killed
        wrong += [f"write {number}: {one}" for one in day.differences(day.lab.sync(small=True))]
    return wrong


@REPLAY
@SIZES
def test_cut_off_after_the_work_was_done_at_any_call(day, small, replay):
    calls = day.undisturbed(small=small).calls
    wrong = []
    for number in range(len(calls)):
        day.begin(request_id_replay=replay)
        day.lab.cut_off(calls, number)
        ended = day.lab.until_finished(small=small)
        wrong += [f"call {number + 1}, {calls[number]}: {one}" for one in day.differences(ended)]
    assert not wrong


@EDITS
@pytest.mark.parametrize(
    "switches",
    [
        {"batch_shuffle": True},
        {"request_id_replays_failures": True},
        {"query_lag_seconds": 5, "request_id_replay": False},
        {"update_below_applied": "refused"},
        {"unchanged_update_keeps_token": False},
        {"update_keeps_old_tax": "everywhere"},
    ],
    ids=",".join,
)
def test_another_quickbooks(day, switches):
    batches = sum(call.endswith("/batch") for call in day.undisturbed().calls)
    wrong = []
    for number in range(1, batches + 1):
        day.begin(**switches)
        assert day.lab.sync({"act": "kill", "batch": number, "when": "after"}).was_killed
        wrong += [f"batch {number}: {one}" for one in day.differences(day.lab.sync())]
    assert not wrong


@EDITS
def test_the_second_day_is_worth_breaking(day):
    """It edits up and down, ships, voids, and leaves what is somebody else's."""
    day.begin()
    ended = day.lab.sync()

    assert {tuple(record[:3]) for record in ended.ours["records"]} >= {
        ("T01", "posted", "sale_updated_left_open"),
        ("T02", "posted", "sale_updated_left_credit"),
        ("T03", "posted", "shipping_added"),
        ("T04", "posted", "shipping_added"),
        ("T06", "posted", "shipping_added"),
        ("T08", "skipped", "sale_voided"),
        ("T10", "held", "edited_after_posting"),
    }
    totals = {row["DocNumber"]: money(row["TotalAmt"]) for row in day.lab.books()["Invoice"]}
    assert (totals["EW-T08"], totals["EW-T10"]) == (0, 40)


@REFUNDS
def test_the_day_of_refunds_is_worth_breaking(day):
    """Receipts, memos that settle invoices, several refunds of one order, and one that waits for its amount."""
    day.begin()
    ended = day.lab.sync()

    refunds = [record for record in ended.ours["records"] if record[4] == "refund"]
    assert [record[:3] for record in refunds if record[1] == "held"] == [["T04", "held", "refund_amount_unknown"]]
    assert sum(record[1] == "posted" for record in refunds) == 8
    roles = [posting[0] for posting in ended.ours["postings"]]
    assert (roles.count("refund"), roles.count("credit"), roles.count("applied")) == (7, 1, 1)
    totals = {row["DocNumber"]: money(row["TotalAmt"]) for row in day.lab.books()["RefundReceipt"]}
    assert (totals["R-T01"], totals["R-T01-2"]) == (10, 5)


@pytest.mark.parametrize("day", [LoweredDay], indirect=True)
def test_the_day_of_lowered_receipts_is_worth_breaking(day):
    """Receipts follow as far as money went back: to nothing, with a refund receipt for the rest, or not yet."""
    day.begin()
    ended = day.lab.sync()

    records = {(record[0], record[4]): tuple(record[1:3]) for record in ended.ours["records"]}
    assert records["T03", "order"] == ("held", "received_more_than_new_total")
    assert records["T03", "refund"] == ("new", "refund_waits")
    for number in ("T01", "T02", "T06", "T09"):
        assert records[number, "order"] == ("posted", "sale_updated")
        assert records[number, "refund"] == ("posted", "refund_in_receipt")
    books = day.lab.books()
    assert {row["DocNumber"] for row in books["RefundReceipt"]} == {"R-T02", "R-T09"}
    assert money(next(row for row in books["SalesReceipt"] if row["DocNumber"] == "EW-T06")["TotalAmt"]) == 0


@pytest.mark.parametrize("day", [OverpaidDay], indirect=True)
def test_the_day_of_overpaid_invoices_is_worth_breaking(day):
    """Payments become less, one of them nothing, and a part of the credit stays."""
    day.begin()
    ended = day.lab.sync()

    refunds = [tuple(record[:3]) for record in ended.ours["records"] if record[4] == "refund"]
    assert refunds == [(number, "posted", "refund_of_credit") for number in ("T01", "T02", "T03", "T06", "T09")]
    books = day.lab.books()
    assert {row["DocNumber"] for row in books["RefundReceipt"]} == {"R-T02", "R-T09"}
    assert sorted(money(row["UnappliedAmt"]) for row in books["Payment"] if money(row["UnappliedAmt"])) == [3]
    assert [posting[1] for posting in ended.ours["postings"] if posting[0] == "payment"].count("voided") == 1
