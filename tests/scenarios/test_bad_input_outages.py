"""The store or QuickBooks fails on the way: nothing is lost, nothing is there twice, and the run says what to do."""

import pytest

from integrations.connecting import connect_store
from integrations.models import ConnectionState
from sync.models import Record, RecordState, RunState
from sync.reasons import explain
from sync.translate.reasons import Reason
from tests.support.expect import (
    FIRST,
    GOOD,
    LAST,
    books_are_whole,
    later,
    place_between,
    posted,
    reconnect,
)

MIDDLE = {**GOOD, "order_id": "MIDDLE"}
ALL = (FIRST, "MIDDLE", LAST)


def stopped(run, reason, *words):
    """The run ended early, for this reason, and says so in a complete sentence."""
    assert (run.state, run.reason) == (RunState.FAILED, reason)
    sentence = explain(run.reason, run.params)
    assert "?" not in sentence, sentence
    assert "%(" not in sentence, sentence
    for word in words:
        assert word in sentence, sentence


def all_are_posted_once(world):
    for number in ALL:
        posted(world, number)
    books_are_whole(world)


# One page of an outage is no outage: the same call is made again.
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "html", "status": 502},
        {"kind": "text", "status": 200, "body": '{"items": [{"id": '},
        {"kind": "truncated"},
        {"kind": "empty", "status": 200},
        {"kind": "status", "status": 500},
        {"kind": "drop_before"},
        {"kind": "throttle"},
    ],
    ids=lambda fault: fault["kind"],
)
@pytest.mark.parametrize("side", ["ecwid", "quickbooks"])
def test_one_bad_answer_is_asked_again(world, side, fault):
    place_between(world, MIDDLE)
    path = "/orders" if side == "ecwid" else "/(cdc|query)"
    getattr(world, side).fault(**fault, path=path)

    run = world.sync()

    assert run.state == RunState.FINISHED
    all_are_posted_once(world)


READS, WRITES = "/(cdc|query|preferences)", "/batch"
CUT = "half an answer"
OUTAGES = {
    "HTML 502": {"kind": "html", "status": 502},
    "malformed JSON": {"kind": "text", "status": 200, "body": "{"},
    CUT: {"kind": "truncated"},
    "closed connections": {"kind": "drop_before"},
    "throttled": {"kind": "throttle"},
}


class TestTheStoreIsDown:
    @pytest.mark.parametrize("outage", OUTAGES)
    def test_for_a_while(self, world, outage):
        place_between(world, MIDDLE)
        world.ecwid.fault(**OUTAGES[outage], path="/orders", times=50)

        stopped(world.sync(), Reason.STORE_UNAVAILABLE, "next sync tries again")

        assert not Record.objects.exists()
        world.ecwid.clear_faults()
        assert world.sync().state == RunState.FINISHED
        all_are_posted_once(world)

    def test_in_the_middle_of_a_long_list(self, world):
        """What was read is posted all the same; what was not comes with the next sync, and nothing twice."""
        world.place(*({**GOOD, "order_id": f"N{number}"} for number in range(250)))
        world.ecwid.fault("html", status=502, path="/orders", times=50, skip=1)

        run = world.sync()

        stopped(run, Reason.STORE_UNAVAILABLE)
        world.ecwid.clear_faults()
        world.sync()
        assert Record.objects.filter(state=RecordState.POSTED).count() == 250
        books_are_whole(world)

    def test_whose_search_sees_orders_late(self, world):
        world.ecwid.switch(index_lag_seconds=120)
        place_between(world, MIDDLE)
        world.sync()
        assert not Record.objects.exists()

        for _ in range(3):
            later(world, minutes=1)
            world.sync()

        all_are_posted_once(world)

    def test_what_is_known_already_is_posted_meanwhile(self, world):
        world.place({**GOOD, "order_id": "WAITING", "payment_status": "AWAITING_PAYMENT"})
        world.sync()
        world.set("orders", payment_statuses=[])
        world.ecwid.fault("html", status=502, path="/orders", times=50)

        stopped(world.sync(), Reason.STORE_UNAVAILABLE)

        posted(world, "WAITING")

    def test_forbidden_means_connect_again(self, world):
        place_between(world, MIDDLE)
        world.ecwid.fault("empty", status=403, path="/orders", times=50)

        stopped(world.sync(), Reason.STORE_DISCONNECTED, "Connect the store again")

        store = world.integration.store
        store.refresh_from_db()
        assert store.state == ConnectionState.RECONNECT
        world.ecwid.clear_faults()
        connect_store(
            store.business, store.provider, store.account_id, {"access_token": f"secret_sim_{store.account_id}"}
        )
        assert world.sync().state == RunState.FINISHED
        all_are_posted_once(world)

    def test_a_lapsed_plan_is_no_lost_connection(self, world):
        place_between(world, MIDDLE)
        world.ecwid.switch(account_state="no_api_plan")

        stopped(world.sync(), Reason.STORE_NOT_ALLOWED, "plan")

        world.integration.store.refresh_from_db()
        assert world.integration.store.state != ConnectionState.RECONNECT
        world.ecwid.switch(account_state="active")
        world.sync()
        all_are_posted_once(world)


class TestQuickBooksIsDown:
    @pytest.mark.parametrize(
        ("path", "outage"),
        [*((READS, outage) for outage in OUTAGES), *((WRITES, outage) for outage in OUTAGES if outage != CUT)],
    )
    def test_for_a_while(self, world, outage, path):
        place_between(world, MIDDLE)
        world.quickbooks.fault(**OUTAGES[outage], path=path, times=50)

        run = world.sync()

        assert run.state == RunState.FAILED
        assert run.reason in {Reason.BOOKS_UNAVAILABLE, Reason.BOOKS_OUTCOME_UNKNOWN}
        for number in ALL:
            record = world.record(number)
            assert (record.state, record.reason) == (RecordState.FAILED, run.reason)
            assert "Nothing to do" in explain(record.reason, record.params)
        world.quickbooks.clear_faults()
        later(world, minutes=6)

        assert world.sync().state == RunState.FINISHED

        all_are_posted_once(world)

    def test_answers_that_are_all_cut_in_half(self, world):
        """The work was done each time, and is found by looking for it."""
        place_between(world, MIDDLE)
        world.quickbooks.fault(**OUTAGES[CUT], path=WRITES, times=50)

        assert world.sync().state == RunState.FINISHED

        all_are_posted_once(world)

    @pytest.mark.parametrize("skip", range(4))
    def test_from_some_call_on(self, world, skip):
        """Between the customers, the sales and the payments: whatever was done is not done again."""
        place_between(world, MIDDLE)
        world.quickbooks.fault("html", status=503, method="POST", path="/batch", times=50, skip=skip)

        world.sync()
        world.quickbooks.clear_faults()
        later(world, minutes=6)
        world.sync()

        all_are_posted_once(world)

    @pytest.mark.parametrize("answers", range(5))
    def test_an_access_token_that_ends_in_mid_run(self, world, answers):
        place_between(world, MIDDLE)
        world.quickbooks.fault("expire_token", path="/v3/company", skip=answers)

        run = world.sync()

        assert run.state == RunState.FINISHED
        all_are_posted_once(world)

    def test_an_access_token_that_is_over_at_the_start(self, world):
        place_between(world, MIDDLE)
        world.quickbooks.control("POST", "tokens/expire", {"realm": world.realm})

        assert world.sync().state == RunState.FINISHED

        all_are_posted_once(world)

    def test_a_revoked_consent_makes_orders_wait(self, world):
        world.place({**GOOD, "order_id": FIRST})
        world.sync()
        world.place(MIDDLE, {**GOOD, "order_id": LAST})
        world.quickbooks.control("POST", "tokens/revoke", {"realm": world.realm})

        stopped(world.sync(), Reason.BOOKS_DISCONNECTED, "Connect QuickBooks again")

        books = world.integration.books
        books.refresh_from_db()
        assert books.state == ConnectionState.RECONNECT
        for number in ("MIDDLE", LAST):
            record = world.record(number)
            assert record.state == RecordState.FAILED
            assert "Connect QuickBooks again" in explain(record.reason, record.params)

        reconnect(world)
        assert world.sync().state == RunState.FINISHED
        all_are_posted_once(world)

    def test_a_lapsed_subscription_makes_orders_wait(self, world):
        place_between(world, MIDDLE)
        world.quickbooks.switch(subscription_lapsed=True)

        stopped(world.sync(), Reason.COMPANY_READ_ONLY, "Renew")

        assert {world.record(number).state for number in ALL} == {RecordState.FAILED}
        world.quickbooks.switch(subscription_lapsed=False)
        assert world.sync().state == RunState.FINISHED
        all_are_posted_once(world)

    def test_a_subscription_that_lapses_between_the_sales_and_the_payments(self, world):
        place_between(world, MIDDLE)
        lapsed = '{"Fault": {"Error": [{"Message": "Invalid Company Status", "Detail": "over", "code": "6190"}]}}'
        world.quickbooks.fault("status", status=400, body=lapsed, method="POST", path="/batch", skip=2)

        stopped(world.sync(), Reason.COMPANY_READ_ONLY)

        assert world.sync().state == RunState.FINISHED
        all_are_posted_once(world)
