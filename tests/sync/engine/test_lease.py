"""The lease: one worker at a time writes into a company's books."""

import os
from contextlib import contextmanager
from datetime import timedelta

import pytest

from integrations.clients import quickbooks_client
from integrations.models import BooksConnection
from sync.engine.lease import LASTS, LeaseBusy, LeaseLost, _machine, leased
from tests.support.processes import Process, until
from tests.support.time import StillTime
from tests.sync.engine.making import make_integration

ELSEWHERE = "another-boot.4026531836/4711/88/0123456789ab"
NO_PATIENCE = timedelta(0)


@pytest.fixture
def time():
    return StillTime()


@pytest.fixture
def books(db):
    return make_integration().books


def owner_of(books):
    return BooksConnection.objects.get(pk=books.pk).lease_owner


def owned_by(books, owner, until):
    BooksConnection.objects.filter(pk=books.pk).update(lease_owner=owner, lease_expires_at=until)


def test_it_is_taken_for_the_block_and_given_back(books, time):
    with leased(books, clock=time.clock) as lease:
        assert owner_of(books) == lease.owner
        row = BooksConnection.objects.get(pk=books.pk)
        assert row.lease_expires_at == time.now() + LASTS
    row = BooksConnection.objects.get(pk=books.pk)
    assert (row.lease_owner, row.lease_expires_at) == ("", None)


def test_it_is_taken_once(books, time):
    with leased(books, clock=time.clock) as lease:
        with pytest.raises(LeaseBusy), leased(books, clock=time.clock, patience=NO_PATIENCE):
            pytest.fail("two have it")
        assert owner_of(books) == lease.owner


def test_the_lease_of_one_company_is_not_that_of_another(books, time):
    other = make_integration("other").books
    with leased(books, clock=time.clock), leased(other, clock=time.clock, patience=NO_PATIENCE) as second:
        assert owner_of(other) == second.owner


def test_it_is_given_back_when_the_work_breaks(books, time):
    with pytest.raises(RuntimeError), leased(books, clock=time.clock):
        raise RuntimeError
    assert owner_of(books) == ""


def test_who_comes_second_waits_for_the_first(books, time):
    owned_by(books, ELSEWHERE, time.now() + LASTS)

    class Clock(type(time)):
        def sleep(self, seconds):
            super().sleep(seconds)
            if self.slept >= 3:
                owned_by(books, "", None)

    waiting = Clock()
    with leased(books, clock=waiting.clock) as lease:
        assert owner_of(books) == lease.owner
    assert waiting.slept == 3


def test_who_comes_second_gives_up_when_the_first_takes_too_long(books, time):
    owned_by(books, ELSEWHERE, time.now() + timedelta(days=1))
    with pytest.raises(LeaseBusy), leased(books, clock=time.clock, patience=timedelta(seconds=30)):
        pytest.fail("two have it")
    assert owner_of(books) == ELSEWHERE
    assert time.slept == 30


def test_it_is_taken_over_when_it_has_ended(books, time):
    owned_by(books, ELSEWHERE, time.now() + timedelta(seconds=100))
    with leased(books, clock=time.clock) as lease:
        assert owner_of(books) == lease.owner
    assert time.slept == 101


def test_one_that_is_renewed_does_not_end(books, time):
    with leased(books, clock=time.clock) as lease:
        for _ in range(5):
            time.forward(seconds=170)
            lease.renew()
        with pytest.raises(LeaseBusy), leased(books, clock=time.clock, patience=NO_PATIENCE):
            pytest.fail("two have it")


def test_a_stolen_one_stops_its_owner(books, time):
    with leased(books, clock=time.clock) as lease:
        owned_by(books, ELSEWHERE, time.now() + LASTS)
        with pytest.raises(LeaseLost):
            lease.renew()
    assert owner_of(books) == ELSEWHERE, "what is not ours is not given back either"


def test_a_stolen_one_stops_its_owner_before_the_next_call(books, time, sandbox):
    with leased(books, clock=time.clock) as lease:
        client = quickbooks_client(books, before_call=lease.renew, clock=time.clock)
        owned_by(books, ELSEWHERE, time.now() + LASTS)
        with pytest.raises(LeaseLost):
            client.preferences()
    assert sandbox.quickbooks.counters()["requests"] == 0


def test_of_a_process_on_another_machine_nobody_knows_that_it_is_dead(books, time):
    gone = f"another-boot.4026531836/{os.getpid()}/1/0123456789ab"
    owned_by(books, gone, time.now() + LASTS)
    with pytest.raises(LeaseBusy), leased(books, clock=time.clock, patience=NO_PATIENCE):
        pytest.fail("two have it")


# -- processes that die ------------------------------------------------------------------------------------------------

on_linux = pytest.mark.skipif(not _machine(), reason="only Linux tells which processes are alive")


@pytest.fixture
def shared_books(shared_db):
    return make_integration().books


@contextmanager
def held_elsewhere(books, clock):
    """Another process holds the lease, and goes on doing so."""

    def hold():
        with leased(books, clock=clock):
            os.read(never, 1)

    never, end = os.pipe()
    process = Process(hold)
    try:
        until(lambda: owner_of(books))
        yield process
    finally:
        os.close(never)
        os.close(end)


@on_linux
def test_it_is_not_taken_from_a_process_that_lives(shared_books, time):
    with held_elsewhere(shared_books, time.clock) as process:
        with (
            pytest.raises(LeaseBusy),
            leased(shared_books, clock=time.clock, patience=timedelta(seconds=100)),
        ):
            pytest.fail("two have it")
        process.kill()


@on_linux
@pytest.mark.parametrize("reap", [True, False], ids=["gone", "dead but not yet buried"])
def test_it_is_taken_over_at_once_from_a_process_that_was_killed(shared_books, time, reap):
    with held_elsewhere(shared_books, time.clock) as process:
        process.kill(reap=reap)
        assert owner_of(shared_books), "it could not give it back"
        with leased(shared_books, clock=time.clock) as lease:
            assert owner_of(shared_books) == lease.owner
        assert time.slept == 0
        if not reap:
            process.reap()


@on_linux
def test_a_process_that_has_the_number_of_a_dead_one_is_not_taken_for_it(books, time):
    owned_by(books, f"{_machine()}/{os.getpid()}/1/0123456789ab", time.now() + LASTS)
    with leased(books, clock=time.clock) as lease:
        assert owner_of(books) == lease.owner
    assert time.slept == 0
