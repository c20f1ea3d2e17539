"""The worker is asked to end while it works: the sync ends at its next page, the company is free at once, and what is
left waits for the next start."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import load_command_class
from django.db import connection
from django_q.models import Schedule
from django_q.tasks import async_task

from integrations.models import BooksConnection
from sync import schedules, tasks
from sync.engine import ordering, stopping
from sync.engine.lease import is_busy
from sync.models import Posting, RecordState, Run, RunState
from sync.services.syncing import sync_ask, sync_carry_out
from tests.support.expect import GOOD, books_are_whole
from tests.support.processes import until
from tests.support.world import World

AGAIN = Schedule.objects.filter(func=schedules.TASK, schedule_type=Schedule.ONCE)


@pytest.fixture
def going_on():
    yield
    stopping.go_on()


@pytest.fixture
def paged(world, monkeypatch, going_on):
    """Three orders, each a page of its own; the worker is asked to end while the first one is posted."""
    monkeypatch.setattr(ordering, "PAGE", 1)
    world.place(*({**GOOD, "order_id": number} for number in "ABC"))
    page_done = ordering._record

    def asked(*args, **more):
        stopping.stop()
        return page_done(*args, **more)

    monkeypatch.setattr(ordering, "_record", asked)
    return world


def states(world):
    return sorted(world.integration.records.values_list("state", flat=True))


def test_a_sync_ends_at_its_next_page_and_goes_on_at_the_next_start(paged):
    tasks.sync_once(paged.integration.pk, paged.time.clock)

    assert states(paged) == ["new", "new", "posted"]
    assert Run.objects.get().state == RunState.FINISHED
    assert not is_busy(paged.integration.books, now=paged.time.now())
    assert AGAIN.count() == 1

    stopping.go_on()
    for _page in range(2):
        stopping.go_on()
        tasks.sync_once(paged.integration.pk, paged.time.clock)

    assert states(paged) == ["posted"] * 3
    books_are_whole(paged)


def test_one_that_somebody_asked_for_has_a_successor_too(paged, monkeypatch):
    monkeypatch.setattr("sync.services.syncing.async_task", lambda *_task: None)
    run = sync_ask(paged.integration, user=None, now=paged.time.now())

    assert sync_carry_out(run.pk, clock=paged.time.clock, works_for=tasks.WORKS_FOR) is None

    assert states(paged) == ["new", "new", "posted"]
    assert Run.objects.filter(state=RunState.QUEUED).count() == 1


def test_what_had_not_begun_waits_for_the_next_start(world, going_on, monkeypatch):
    monkeypatch.setattr("sync.services.syncing.async_task", lambda *_task: None)
    run = sync_ask(world.integration, user=None, now=world.time.now())
    stopping.stop()

    tasks.sync_once(world.integration.pk, world.time.clock)
    assert sync_carry_out(run.pk, clock=world.time.clock, works_for=tasks.WORKS_FOR) is None

    assert Run.objects.get().state == RunState.QUEUED
    assert AGAIN.count() == 1
    assert Schedule.objects.filter(name=f"run {run.pk}").exists()


def test_the_command_is_ours():
    from django.core.management import get_commands

    assert get_commands()["qcluster"] == "sync"
    assert load_command_class("sync", "qcluster").__module__ == "sync.management.commands.qcluster"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the worker is a process of its own, on a file")
def test_a_worker_that_gets_sigterm_ends_what_it_does_and_begins_nothing_more(shared_db, sandbox, time):
    """Two companies, one worker: it is asked to end while it waits for an answer about the first."""
    first, second = World.make(sandbox, time, "CA", slug="first"), World.make(sandbox, time, "US", slug="second")
    for world in (first, second):
        world.place({**GOOD, "order_id": "A"})
    Schedule.objects.all().delete()
    sandbox.quickbooks.fault("delay", path="/batch", seconds=50)
    for world in (first, second):
        async_task(schedules.TASK, world.integration.pk)

    worker = _cluster(sandbox)
    try:
        until(lambda: Posting.objects.filter(state="sent").exists())
        worker.send_signal(signal.SIGTERM)
        until(lambda: "stopping" in Path(worker.log).read_text())
        sandbox.quickbooks.clear_faults()
        assert worker.wait(timeout=60) == 0
    finally:
        worker.kill()

    assert first.record("A").state == RecordState.POSTED
    assert Run.objects.get().integration == first.integration
    assert not BooksConnection.objects.exclude(lease_owner="").exists()
    assert [row.args for row in AGAIN] == [str(second.integration.pk)]
    books_are_whole(first)


def _cluster(sandbox):
    """`manage.py qcluster` on the database and the simulated systems of this test; `log` is what it says."""
    database = Path(connection.settings_dict["NAME"])
    environment = {
        **os.environ,
        **sandbox.settings(),
        "DATABASE_URL": f"sqlite:///{database}",
        "SECRET_KEY": settings.SECRET_KEY,
        "Q_WORKERS": "1",
        "LOG_LEVEL": "INFO",
    }
    log = database.with_name("worker.log")
    with log.open("w") as output:
        command = [sys.executable, settings.BASE_DIR / "manage.py", "qcluster"]
        worker = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    worker.log = log
    return worker
