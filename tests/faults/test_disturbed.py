"""What the network, QuickBooks and the shop can do to a run: the books come out as if nothing had happened."""

import json

import pytest

BATCH = "/batch$"
# Name, kind of fault, its details, switches of the simulated QuickBooks.
ON_WRITES = {
    "answer_lost_after_the_work": ("drop_after", {}, {}),
    "connection_cut_before_the_work": ("drop_before", {}, {}),
    "throttled": ("throttle", {}, {}),
    "throttled_with_a_time": ("throttle", {"headers": {"Retry-After": "7"}}, {}),
    "throttled_in_xml": ("throttle", {}, {"throttle_xml": True}),
    "server_error": ("status", {"status": 500}, {}),
    "unavailable_page": ("html", {"status": 503}, {}),
    "gateway_text": ("text", {"status": 502}, {}),
    "nothing_in_it": ("empty", {"status": 200}, {}),
    "answer_cut_in_half": ("truncated", {}, {}),
    "no_answer_in_time": ("hang", {"seconds": 3}, {}),
    "token_expired": ("expire_token", {}, {}),
}
ON_READS = ("drop_before", "throttle", "truncated", "html", "status")
REPLAY = pytest.mark.parametrize("replay", [True, False], ids=["replay", "no_replay"])


def positions(lab, ending, *, small=False):
    """How many of the run's calls to QuickBooks end in this."""
    return sum(1 for call in lab.undisturbed(small=small).calls if "/v3/" in call and call.endswith(ending))


@REPLAY
@pytest.mark.parametrize("name", ON_WRITES)
def test_a_disturbed_write(lab, name, replay):
    kind, details, switches = ON_WRITES[name]
    wrong = []
    for position in range(positions(lab, "/batch")):
        lab.begin(request_id_replay=replay, **switches)
        lab.sandbox.quickbooks.fault(kind, path=BATCH, skip=position, **details)
        ended = lab.sync(read_timeout=0.2 if kind == "hang" else None)
        wrong += [f"batch {position + 1}: {one}" for one in lab.differences(ended)]
    assert not wrong


@pytest.mark.parametrize("kind", ON_READS)
def test_a_disturbed_read(lab, kind):
    wrong = []
    for position in range(positions(lab, "/query")):
        lab.begin()
        lab.sandbox.quickbooks.fault(kind, path="/query$", skip=position, status=503)
        wrong += [f"query {position + 1}: {one}" for one in lab.differences(lab.sync())]
    assert not wrong


@pytest.mark.parametrize("kind", ["drop_after", "throttle", "truncated", "html", "status"])
def test_a_disturbed_answer_of_the_shop(lab, kind):
    lab.begin()
    lab.sandbox.ecwid.fault(kind, path="/orders", status=502)

    assert lab.differences(lab.until_finished()) == []


@REPLAY
def test_quickbooks_is_down_for_a_while(lab, replay):
    lab.begin(request_id_replay=replay)
    lab.sandbox.quickbooks.fault("html", path="/v3/", times=1000, skip=8, status=503)

    during = lab.sync()
    waiting = {(record[1], record[2]) for record in during.ours["records"]}
    lab.sandbox.quickbooks.clear_faults()
    after = lab.sync()

    assert during.state == "failed"
    assert waiting == {("failed", during.reason)}
    assert lab.differences(after) == []


@REPLAY
def test_no_write_is_ever_answered_for_a_while(lab, replay):
    """Batches are carried out, but nobody hears of it. What was refused stays unknown until an answer comes."""
    lab.begin(request_id_replay=replay)
    lab.sandbox.quickbooks.fault("drop_after", path=BATCH, times=1000)

    during = [lab.sync(), lab.sync()]
    lab.sandbox.quickbooks.clear_faults()

    assert {run.reason for run in during} == {"books_outcome_unknown"}
    assert lab.differences(lab.sync()) == []


@pytest.mark.parametrize("position", [2, 3], ids=["sales", "payments"])
def test_an_answer_that_is_neither_yes_nor_no(lab, position):
    """QuickBooks' "application error" for one document, each time: a person's matter, and nobody else's."""
    lab.begin()
    error = {"Error": [{"Message": "An application error has occurred", "code": "10000"}], "type": "SystemFault"}
    body = json.dumps({"BatchItemResponse": [{"bId": str(number), "Fault": error} for number in range(1, 31)]})
    lab.sandbox.quickbooks.fault("status", path=BATCH, skip=position, times=1000, status=200, body=body)

    during = lab.sync()
    lab.sandbox.quickbooks.clear_faults()
    lab.retry_all()
    after = lab.sync()

    assert during.state == "finished"
    assert {tuple(record[1:3]) for record in during.ours["records"]} >= {("held", "books_refused")}
    assert {record[1] for record in after.ours["records"]} == {"posted"}
    # Our records may tell of a payment that was added later, as it was.
    assert [one for one in lab.differences(after) if not one.startswith("records")] == []


@pytest.mark.parametrize("attempts", [2, 3])
def test_killed_right_after_it_sent_again(lab, attempts):
    """What was sent last shows up in searches only after a while, however long ago it was sent first."""
    calls = lab.undisturbed().calls
    wrong = []
    for position, number in enumerate(at for at, call in enumerate(calls) if call.endswith("/batch")):
        lab.begin(request_id_replay=False, query_lag_seconds=5)
        lab.sandbox.quickbooks.fault("drop_before", path=BATCH, skip=position, times=attempts - 1)
        strike = {"act": "kill", "batch": position + attempts, "when": "after"}
        assert lab.sync(strike).was_killed
        wrong += [f"batch {position + 1}, call {number + 1}: {one}" for one in lab.differences(lab.sync())]
    assert not wrong


@pytest.mark.parametrize(
    "switches",
    [
        {"batch_shuffle": True},
        {"request_id_other_body": "refuse"},
        {"request_id_replays_failures": True},
        {"query_lag_seconds": 5},
        {"query_lag_seconds": 5, "request_id_replay": False},
    ],
    ids=",".join,
)
class TestAnotherQuickBooks:
    """Facts about QuickBooks that are not certain may be otherwise."""

    def test_undisturbed(self, lab, switches):
        lab.begin(**switches)

        assert lab.differences(lab.sync()) == []

    def test_killed_or_cut_off_at_each_write(self, lab, switches):
        calls = lab.undisturbed(small=False).calls
        wrong = []
        for number, call in enumerate(calls):
            if not call.endswith("/batch"):
                continue
            lab.begin(**switches)
            assert lab.sync({"act": "kill", "call": number + 1, "when": "after"}).was_killed
            wrong += [f"killed at {number + 1}: {one}" for one in lab.differences(lab.sync())]
            lab.begin(**switches)
            lab.cut_off(calls, number)
            wrong += [f"cut off at {number + 1}: {one}" for one in lab.differences(lab.until_finished())]
        assert not wrong
