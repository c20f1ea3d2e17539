"""How syncs get into a Wix site: by tokens that last, and only as long as its owner wants it."""

import pytest

from accounts.models import Business
from integrations.connecting import check_store, connect_store, disconnect_store
from integrations.models import ConnectionState, StoreConnection
from sync.models import RunState
from sync.reasons import explain
from sync.translate.reasons import Reason
from tests.support.expect import books_are_whole, posted
from tests.support.processes import Process, at_once

ORDER = {"number": "7001", "lines": [{"sku": "LAMP-GRE"}]}
LATER = {"number": "7002", "lines": [{"sku": "SEED"}]}


@pytest.fixture
def world(make_world):
    return make_world("WIX_GB")


def tokens(wix):
    """How many were asked for."""
    return wix.counters()["by_route"].get("POST /oauth2/token", 0)


def store():
    return StoreConnection.objects.get()


def stopped(run):
    """The run ended because nobody lets it in any more, and says so. Returns the sentence."""
    assert (run.state, run.reason) == (RunState.FAILED, Reason.STORE_DISCONNECTED)
    return explain(run.reason, run.params)


def answers():
    """A process looks at the site; whether it is let in."""
    check_store(store())
    return True


def test_a_token_is_used_by_every_process_until_it_ends(shared_db, sandbox):
    connect_store(Business.objects.create(name="Fern"), "wix", sandbox.wix.site("fern")["instanceId"], {})
    assert Process(answers).result()
    assert at_once(answers, answers) == [True, True]
    assert tokens(sandbox.wix) == 1


def test_syncs_go_by_the_token_of_the_connection(world):
    for order in (ORDER, LATER):
        world.place(order)
        world.sync()
    assert tokens(world.wix) == 0
    posted(world, "7002")


@pytest.mark.parametrize(("minutes", "asked"), [(200, 0), (238, 1), (400, 1)])
def test_it_is_renewed_when_it_is_about_to_end(world, minutes, asked):
    kept = store().credentials
    world.time.forward(minutes=minutes)
    world.sync()
    world.sync()
    assert tokens(world.wix) == asked
    assert (store().credentials != kept) == bool(asked)


def test_it_is_renewed_when_wix_refuses_it_earlier(world):
    world.wix.control("POST", f"sites/{world.store_id}/tokens/expire", {})
    world.place(ORDER)
    world.sync()
    assert tokens(world.wix) == 1
    posted(world, "7001")


def test_an_app_that_was_removed_stops_syncs_and_one_that_is_back_resumes_them(world):
    world.place(ORDER)
    world.sync()
    connection = store()
    world.wix.uninstall(world.store_id)
    world.place(LATER)
    for _time in range(2):
        sentence = stopped(world.sync())
        assert "the app is no longer installed" in sentence
        assert "Connect the store again" in sentence
    assert store().state == ConnectionState.RECONNECT

    world.wix.install(world.store_id)
    assert world.sync().state == RunState.FINISHED
    assert (store().pk, store().state, store().state_detail) == (connection.pk, ConnectionState.CONNECTED, "")
    for number in ("7001", "7002"):
        posted(world, number)
    books_are_whole(world)


def test_what_was_disconnected_here_is_not_read_although_the_app_is_still_there(world):
    world.place(ORDER)
    disconnect_store(store())
    for _time in range(2):
        assert "was disconnected here" in stopped(world.sync())
    assert store().state == ConnectionState.DISCONNECTED
    assert world.wix.counters()["by_route"] == {}

    connect_store(store().business, "wix", store().account_id, {})
    assert world.sync().state == RunState.FINISHED
    posted(world, "7001")


def test_a_disconnection_during_a_sync_stands(world):
    """Whatever the sync still learns of the site."""
    running = store()
    disconnect_store(store())
    check_store(running)
    assert (store().state, store().credentials) == (ConnectionState.DISCONNECTED, {})
    assert running.state == ConnectionState.DISCONNECTED
