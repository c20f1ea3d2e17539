"""A run killed at any instant and started again leaves the same books as one that nothing happened to."""

import pytest

CHUNKS = 6
# As it is, and with pages of four orders and batches of three, which makes many more calls.
SIZES = pytest.mark.parametrize("small", [False, True], ids=["one_page", "small_pages"])
REPLAY = pytest.mark.parametrize("replay", [True, False], ids=["replay", "no_replay"])
CHUNK = pytest.mark.parametrize("chunk", range(CHUNKS))


@CHUNK
@REPLAY
@SIZES
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_call(lab, when, small, replay, chunk):
    calls = len(lab.undisturbed(small=small).calls)
    wrong = []
    for number in range(1 + chunk, calls + 1, CHUNKS):
        strike = {"act": "kill", "call": number, "when": when}
        wrong += lab.broken_and_restarted(strike, replay=replay, small=small)
    assert not wrong


@pytest.mark.parametrize("chunk", range(4))
def test_killed_between_calls_at_any_write_to_our_database(lab, chunk):
    writes = lab.undisturbed(small=True).result["writes"]
    wrong = []
    # Every seventh write: over time, as the program changes, each is met.
    for number in range(1 + 7 * chunk, writes + 1, 28):
        wrong += lab.broken_and_restarted({"act": "kill", "statement": number}, replay=False, small=True)
    assert not wrong


@CHUNK
@REPLAY
@SIZES
def test_cut_off_after_the_work_was_done_at_any_call(lab, small, replay, chunk):
    calls = lab.undisturbed(small=small).calls
    wrong = []
    for number in range(chunk, len(calls), CHUNKS):
        lab.begin(request_id_replay=replay)
        lab.cut_off(calls, number)
        ended = lab.until_finished(small=small)
        wrong += [f"call {number + 1}, {calls[number]}: {one}" for one in lab.differences(ended)]
    assert not wrong


@REPLAY
def test_killed_again_while_it_recovers(lab, replay):
    """The first run dies with an invoice batch and a payment batch unanswered; the second at each of its own calls."""
    calls = lab.undisturbed(small=True).calls
    writes = [number for number, call in enumerate(calls, start=1) if call.endswith("/batch")]
    wrong = []
    for first in writes[:: max(1, len(writes) // 3)]:
        for second in range(1, 9, 2):
            lab.begin(request_id_replay=replay)
            assert lab.sync({"act": "kill", "call": first, "when": "after"}, small=True).was_killed
            assert lab.sync({"act": "kill", "call": second, "when": "after"}, small=True).was_killed
            wrong += [f"{first}, {second}: {one}" for one in lab.differences(lab.sync(small=True))]
    assert not wrong


def test_the_scenario_is_worth_breaking(lab):
    """It makes customers, items, invoices and payments, adopts a document and takes several batches."""
    lab.begin()
    ended = lab.sync(small=True)

    assert {posting[0] for posting in ended.ours["postings"]} == {"sale", "payment", "customer", "item"}
    assert [record[1] for record in ended.ours["records"]] == ["posted"] * 10
    assert len(ended.calls) > 20
    assert len(lab.undisturbed(small=False).calls) < len(ended.calls)


def test_differences_are_seen(lab):
    """The comparison itself: a document too many, a changed amount and a missing one do not go unnoticed."""
    lab.begin()
    ended = lab.sync()
    assert lab.differences(ended) == []

    lab.type_again("Payment")

    assert any(one.startswith("unexpected Payment") for one in lab.differences(ended))
    lab.begin()
    assert any(one.startswith("missing Invoice") for one in lab.differences(ended))
