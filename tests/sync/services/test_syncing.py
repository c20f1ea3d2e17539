"""Syncs that somebody asks for: each is carried out once, and says how far it is (S4, S5)."""

from datetime import timedelta

import pytest
from django_q.models import Schedule

from integrations.models import BooksConnection, Integration
from sync import tasks
from sync.engine.lease import leased
from sync.engine.progress import RowProgress
from sync.models import Posting, Run, RunState, SettingChange
from sync.services import syncing
from sync.services.syncing import integration_pause, integration_resume, sync_ask, sync_carry_out
from tests.support.office import NOW, Office

FOUR_MINUTES = timedelta(minutes=4)
CART = {"lines": [{"sku": "TEE-M", "quantity": 2, "price": 25}]}


@pytest.fixture
def office(db):
    office = Office.open("Maple", "934145001")
    Run.objects.all().delete()
    return office


@pytest.fixture
def queue(monkeypatch):
    """What was handed to the background workers, as (task, run)."""
    handed = []
    monkeypatch.setattr(syncing, "async_task", lambda task, run_pk: handed.append((task, run_pk)))
    return handed


@pytest.fixture
def ask(queue, django_capture_on_commit_callbacks):
    def asked(integration, *, user=None, now=NOW):
        with django_capture_on_commit_callbacks(execute=True):
            return sync_ask(integration, user=user, now=now)

    return asked


def test_asking_makes_a_run_that_waits_and_tells_the_workers(office, ask, queue):
    ana = office.hire("ana", "bookkeeper")
    run = ask(office.integration, user=ana)
    assert (run.state, run.trigger, run.user) == ("queued", "person", ana)
    assert queue == [("sync.tasks.carry_out_sync", run.pk)]


def test_the_workers_task_is_the_one_that_is_named():
    module, _, name = syncing.TASK.rpartition(".")
    assert getattr(tasks, name) is tasks.carry_out_sync
    assert module == tasks.__name__


def test_whoever_asks_twice_gets_the_same_run(office, ask, queue):
    assert ask(office.integration) == ask(office.integration)
    assert len(queue) == 1


def test_whoever_asks_while_a_sync_works_gets_that_one(office, ask, queue):
    running = Run.objects.create(integration=office.integration, trigger="schedule", started_at=NOW)
    assert ask(office.integration) == running
    assert queue == []


def test_a_run_that_no_worker_took_up_is_handed_over_again(office, ask, queue):
    run = ask(office.integration)
    assert ask(office.integration, now=NOW + timedelta(minutes=2)) == run
    assert queue == [("sync.tasks.carry_out_sync", run.pk)] * 2


def test_a_run_that_was_killed_does_not_stand_in_the_way(office, ask):
    Run.objects.create(integration=office.integration, trigger="schedule", started_at=NOW - timedelta(hours=1))
    assert ask(office.integration).state == RunState.QUEUED


def test_the_run_that_was_asked_for_is_the_one_that_is_carried_out(world, ask):
    world.place(CART)
    run = ask(world.integration, now=world.time.now())
    carried = sync_carry_out(run.pk, clock=world.time.clock, works_for=FOUR_MINUTES)
    assert carried == run
    run.refresh_from_db()
    assert (run.state, run.trigger, run.counts) == ("finished", "person", {"created": 1})
    assert len(world.documents()) == 1


def test_a_run_is_carried_out_once(world, ask):
    world.place(CART)
    run = ask(world.integration, now=world.time.now())
    sync_carry_out(run.pk, clock=world.time.clock, works_for=FOUR_MINUTES)
    assert sync_carry_out(run.pk, clock=world.time.clock, works_for=FOUR_MINUTES) is None
    assert Run.objects.count() == 1


def test_a_run_that_another_worker_claims_meanwhile_is_left_to_it(world, ask, monkeypatch):
    run = ask(world.integration, now=world.time.now())
    before = world.quickbooks.counters()

    def claimed_meanwhile(*_books, **_now):
        Run.objects.update(state=RunState.RUNNING)
        return False

    monkeypatch.setattr(syncing, "is_busy", claimed_meanwhile)
    assert sync_carry_out(run.pk, clock=world.time.clock, works_for=FOUR_MINUTES) is None
    assert world.quickbooks.counters() == before


def test_a_run_that_is_gone_is_nobodys_trouble(db, time):
    assert sync_carry_out(4711, clock=time.clock, works_for=FOUR_MINUTES) is None


def test_while_the_company_is_worked_with_the_run_comes_back_later(world, ask):
    run = ask(world.integration, now=world.time.now())
    with leased(BooksConnection.objects.get(), clock=world.time.clock):
        assert sync_carry_out(run.pk, clock=world.time.clock, works_for=FOUR_MINUTES) is None
    run.refresh_from_db()
    assert run.state == RunState.QUEUED
    later = Schedule.objects.get(func=syncing.TASK)
    assert (later.args, later.schedule_type) == (str(run.pk), Schedule.ONCE)
    assert later.next_run > world.time.now()


def test_what_is_left_when_time_is_up_is_for_a_run_of_its_own(world, ask, queue, monkeypatch):
    monkeypatch.setattr("sync.engine.ordering.PAGE", 1)
    world.place(CART, CART)
    run = ask(world.integration, now=world.time.now())
    assert sync_carry_out(run.pk, clock=world.time.clock, works_for=timedelta(0)) is None
    assert len(world.documents()) == 1
    rest = Run.objects.get(state="queued")
    sync_carry_out(rest.pk, clock=world.time.clock, works_for=FOUR_MINUTES)
    assert len(world.documents()) == 2


def test_a_paused_integration_is_synchronised_when_somebody_asks(world, ask):
    Integration.objects.update(paused=True)
    world.place(CART)
    run = ask(world.integration, now=world.time.now())
    sync_carry_out(run.pk, clock=world.time.clock, works_for=FOUR_MINUTES)
    assert len(world.documents()) == 1


def test_pausing_takes_the_schedule_away_and_is_noted(office):
    ana = office.hire("ana", "bookkeeper")
    office.integration.save()
    assert Schedule.objects.filter(name=f"sync {office.integration.pk}").exists()
    integration_pause(office.integration, user=ana)
    assert not Schedule.objects.filter(name=f"sync {office.integration.pk}").exists()
    integration_resume(office.integration, user=ana)
    assert Schedule.objects.filter(name=f"sync {office.integration.pk}").exists()
    changes = SettingChange.objects.filter(field="paused").order_by("pk")
    assert [(change.by, change.user) for change in changes] == [("ana", ana)] * 2


# -- how far it is -----------------------------------------------------------------------------------------------------


def test_a_run_says_how_far_it_came(world):
    world.place(CART, CART, CART)
    run = world.sync()
    run.refresh_from_db()
    assert (run.expected, run.seen) == (3, 3)


def test_a_run_with_nothing_to_do_expects_nothing(world):
    run = world.sync()
    run.refresh_from_db()
    assert (run.expected, run.seen) == (None, 0)


def posting(role):
    return Posting(role=role)


def test_progress_is_written_at_most_once_a_second(office, time, django_assert_num_queries):
    run = Run.objects.create(integration=office.integration, trigger="person", started_at=NOW)
    progress = RowProgress(run, time.clock)
    with django_assert_num_queries(1):
        progress.expect(500)
    with django_assert_num_queries(0):
        for _ in range(100):
            progress.answered([posting("sale")] * 3)
    time.forward(seconds=1)
    with django_assert_num_queries(1):
        progress.answered([posting("sale"), posting("payment")])
    run.refresh_from_db()
    assert (run.expected, run.seen) == (500, 301)


def test_a_page_counts_by_its_records_however_many_documents_it_took(office, time):
    run = Run.objects.create(integration=office.integration, trigger="person", started_at=NOW)
    progress = RowProgress(run, time.clock)
    progress.answered([posting("sale")])
    for _ in range(4):
        progress.saw(None)
    time.forward(seconds=1)
    progress.page_done()
    run.refresh_from_db()
    assert run.seen == 4


def test_a_long_page_is_followed_batch_by_batch(world, monkeypatch):
    """Thirty orders go in one call; between two calls the row has moved."""
    written = []
    monkeypatch.setattr("sync.engine.progress._EVERY", timedelta(0))
    monkeypatch.setattr(RowProgress, "_write", lambda progress: written.append(progress._run.seen))
    world.place(*[CART] * 70)
    world.sync()
    assert written == sorted(written)
    assert {0, 30, 60, 70} <= set(written)
