"""Refunds become documents exactly once, and credits settle their invoices once, whenever the run is killed."""

import pytest

from tests.faults.refunds import RefundsDay
from tests.support.world import money

REPLAY = pytest.mark.parametrize("replay", [True, False], ids=["replay", "no_replay"])
SIZES = pytest.mark.parametrize("small", [False, True], ids=["one_page", "small_pages"])


@pytest.fixture(scope="module")
def day(lab):
    refunds = RefundsDay(lab)
    refunds.undisturbed()
    yield refunds
    refunds.restore()


@REPLAY
@SIZES
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_call(day, when, small, replay):
    calls = len(day.undisturbed(small=small).calls)
    wrong = []
    for number in range(1, calls + 1):
        day.begin(request_id_replay=replay)
        assert day.lab.sync({"act": "kill", "call": number, "when": when}, small=small).was_killed
        ended = day.lab.sync(small=small)
        wrong += [f"call {number}: {one}" for one in day.differences(ended)]
    assert not wrong


@pytest.mark.parametrize("chunk", range(4))
def test_killed_at_any_write_to_our_database(day, chunk):
    writes = day.undisturbed(small=True).result["writes"]
    wrong = []
    # Every seventh write: over time, as the program changes, each is met.
    for number in range(1 + 7 * chunk, writes + 1, 28):
        day.begin(request_id_replay=False)
        assert day.lab.sync({"act": "kill", "statement": number}, small=True).was_killed
        wrong += [f"write {number}: {one}" for one in day.differences(day.lab.sync(small=True))]
    assert not wrong


@REPLAY
def test_cut_off_after_the_work_was_done_at_any_call(day, replay):
    calls = day.undisturbed().calls
    wrong = []
    for number in range(len(calls)):
        day.begin(request_id_replay=replay)
        day.lab.cut_off(calls, number)
        ended = day.lab.until_finished()
        wrong += [f"call {number + 1}, {calls[number]}: {one}" for one in day.differences(ended)]
    assert not wrong


def test_the_day_is_worth_breaking(day):
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
