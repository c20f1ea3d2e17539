"""Syncs that somebody asks for, and pausing (S4, S5).

Asking makes a run that waits to start; a worker claims it by a conditional update, so that however often a run is
handed to the queue it is carried out once.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django_q.models import Schedule
from django_q.tasks import async_task

from accounts.models import User
from integrations.http import Clock
from integrations.models import BooksConnection, Integration
from sync.engine.lease import is_busy
from sync.engine.run import FLOWS, run_integration
from sync.engine.stopping import is_stopping
from sync.flows import orders, products, refunds, stock
from sync.models import Run, RunState, Trigger
from sync.reports.overview import current_runs
from sync.services.changes import author, changes_noted

TASK = "sync.tasks.carry_out_sync"
# A run that no worker took up by then is handed to the queue again when somebody asks again.
_LOST_AFTER = timedelta(minutes=1)
# `sync.reports.overview` takes a run that waited for longer for one that was forgotten, and so do we.
_FORGOTTEN_AFTER = timedelta(days=1)
# A company that another run works with is looked at again then; waiting for it would only block a worker.
_COMES_BACK_AFTER = timedelta(minutes=1)


def sync_ask(integration: Integration, *, user: User | None, now: datetime) -> Run:
    """Have the integration synchronised as soon as a worker is free, paused or not.

    Whoever asks while a sync waits or works gets that one.
    """
    with transaction.atomic():
        # Where the database can, whoever asks second waits here and finds the first one's run.
        Integration.objects.select_for_update().filter(pk=integration.pk).first()
        run = current_runs([integration.pk], now=now).get(integration.pk)
        is_new = run is None
        if run is None:
            run = _waiting_run(integration, Trigger.PERSON, user, now)
        if is_new or (run.state == RunState.QUEUED and run.started_at < now - _LOST_AFTER):
            _hand_over(run)
    return run


def sync_ask_each(integrations: Iterable[Integration], *, user: User | None, now: datetime) -> int:
    """Have each of these integrations synchronised whose setup is finished; returns how many those are."""
    live = [integration for integration in integrations if integration.live_at is not None]
    for integration in live:
        sync_ask(integration, user=user, now=now)
    return len(live)


def sync_on_message(integration: Integration, *, now: datetime) -> Run:
    """Have the integration synchronised because a provider told of a change.

    A sync that waits to start will see it; one that works already may have looked too early, so another one waits.
    """
    with transaction.atomic():
        Integration.objects.select_for_update().filter(pk=integration.pk).first()  # as above
        waiting = Run.objects.filter(integration=integration, state=RunState.QUEUED, dry_run=False)
        run = waiting.filter(started_at__gt=now - _FORGOTTEN_AFTER).order_by("-pk").first()
        if run is None:
            run = _waiting_run(integration, Trigger.WEBHOOK, None, now)
            _hand_over(run)
        elif run.started_at < now - _LOST_AFTER:
            _hand_over(run)
    return run


def sync_carry_out(run_pk: int, *, clock: Clock, works_for: timedelta) -> Run | None:
    """Carry out a run that waits to start, and return it when nothing is left for a successor.

    Does nothing when another worker has claimed it.
    """
    run = Run.objects.select_related("integration__store", "integration__books", "user").filter(pk=run_pk).first()
    if run is None or run.state != RunState.QUEUED:
        return None
    integration = run.integration
    if run.trigger == Trigger.WEBHOOK and integration.paused:  # since the message came
        run.delete()
        return None
    if is_stopping() or is_busy(integration.books, now=clock.now()):
        _come_back(run, clock.now() + _COMES_BACK_AFTER)
        return None
    started = clock.now()
    claimed = Run.objects.filter(pk=run.pk, state=RunState.QUEUED)
    if not claimed.update(state=RunState.RUNNING, started_at=started):
        return None
    run.refresh_from_db(fields=["state", "started_at"])
    run = run_integration(integration, run=run, clock=clock, deadline=started + works_for)
    syncs_wake(integration.books)
    now = clock.now()
    if is_cut_short(run, deadline=started + works_for, now=now):
        _go_on(run, now)
        return None
    return run


def syncs_wake(books: BooksConnection) -> None:
    """The company is free again: whoever waits for it need not come back later."""
    for run in Run.objects.filter(integration__books=books, state=RunState.QUEUED, dry_run=False):
        _hand_over(run)


def _go_on(run: Run, now: datetime) -> None:
    """A run of the same kind takes up what is left."""
    if run.trigger == Trigger.WEBHOOK:
        sync_on_message(run.integration, now=now)
    else:
        sync_ask(run.integration, user=run.user, now=now)


def is_cut_short(run: Run, *, deadline: datetime, now: datetime) -> bool:
    """Whether the run ended because its time was up, or its worker ends, and leaves work for a successor."""
    if run.state != RunState.FINISHED or not (now >= deadline or is_stopping()):
        return False
    integration = run.integration
    owed = [flow.due(integration, now=now) for flow in (orders, refunds)]
    owed += [products.due(integration, now=now)] if integration.products.enabled else []
    return any(records.exists() for records in [*owed, stock.unfinished(integration)])


def integration_pause(integration: Integration, *, user: User) -> None:
    """Nothing is synchronised by itself any more."""
    _set_paused(integration, user, paused=True)


def integration_resume(integration: Integration, *, user: User) -> None:
    """Automatic syncs go on where they stopped."""
    _set_paused(integration, user, paused=False)


def _set_paused(integration: Integration, user: User, *, paused: bool) -> None:
    with changes_noted(integration, by=author(user)):
        integration.paused = paused
        integration.save(update_fields=["paused"])  # the schedule follows, see `sync.schedules`


def _waiting_run(integration: Integration, trigger: Trigger, user: User | None, now: datetime) -> Run:
    return Run.objects.create(
        integration=integration,
        trigger=trigger,
        user=user,
        flows=list(FLOWS),
        state=RunState.QUEUED,
        started_at=now,
    )


def _hand_over(run: Run) -> None:
    """After the commit: a worker that is quicker than this transaction would find no run."""
    transaction.on_commit(lambda: async_task(TASK, run.pk))


def _come_back(run: Run, at: datetime) -> None:
    """Once, however often it is handed over while the company is busy: each message may do so."""
    name = f"run {run.pk}"
    if not Schedule.objects.filter(name=name, func=TASK).exists():
        Schedule.objects.create(name=name, func=TASK, args=str(run.pk), schedule_type=Schedule.ONCE, next_run=at)
