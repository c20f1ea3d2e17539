"""What the background workers do. Tasks take numbers only: their arguments are stored as pickles."""

from datetime import datetime, timedelta

from integrations.http import Clock
from integrations.models import Integration
from integrations.webhooks.receiving import messages_prune
from sync import schedules
from sync.engine.lease import is_busy
from sync.engine.run import run_integration
from sync.engine.stopping import is_stopping
from sync.models import Trigger
from sync.services.alarms import alarms_mail, habits_measure
from sync.services.heartbeat import heart_beats
from sync.services.reports import report_after_run, reports_send_due
from sync.services.syncing import is_cut_short, sync_carry_out, syncs_wake
from sync.services.webhooks import books_events_handle, events_sweep, store_events_handle

# The worker is killed after 300 seconds (Q_CLUSTER), so a task ends itself before and leaves the rest to its successor.
WORKS_FOR = timedelta(seconds=240)
# A company that another run works with is tried again then; waiting for it would only block a worker.
COMES_BACK_AFTER = timedelta(minutes=5)


def sync_integration(integration_id: int) -> None:
    """The automatic sync of one integration, unless it is paused, gone or not live yet."""
    sync_once(integration_id, Clock())


def carry_out_sync(run_id: int) -> None:
    """A sync that somebody asked for; `run_id` is the run that waits to start."""
    clock = Clock()
    run = sync_carry_out(run_id, clock=clock, works_for=WORKS_FOR)
    # A mail for every order would be none that anybody reads: the next sync of the schedule tells of these too.
    if run is not None and run.trigger != Trigger.WEBHOOK:
        report_after_run(run, now=clock.now())


def handle_store_events(store_id: int) -> None:
    """Decide what the events of this store mean."""
    store_events_handle(store_id, clock=Clock())


def handle_books_events(books_id: int) -> None:
    """Decide what the events of this QuickBooks company mean."""
    books_events_handle(books_id, clock=Clock())


def sync_once(integration_id: int, clock: Clock) -> None:
    wanted = Integration.objects.select_related("store", "books").filter(pk=integration_id, paused=False)
    integration = wanted.filter(live_at__isnull=False).first()
    if integration is None:
        return
    # A daily schedule was moved on by 24 hours, which misses its hour when the clocks have changed.
    schedules.arrange(integration, now=clock.now())
    if is_stopping():
        schedules.again(integration, clock.now())
        return
    if is_busy(integration.books, now=clock.now()):
        schedules.again(integration, clock.now() + COMES_BACK_AFTER)
        return
    deadline = clock.now() + WORKS_FOR
    run = run_integration(integration, trigger=Trigger.SCHEDULE, clock=clock, deadline=deadline)
    syncs_wake(integration.books)
    now = clock.now()
    if is_cut_short(run, deadline=deadline, now=now):
        schedules.again(integration, now)
    else:
        report_after_run(run, now=now)


# -- for the installation itself: see sync.housekeeping ----------------------------------------------------------------


def beat(asked_at: str) -> None:
    """A sign of life. `asked_at`: when the task was due, in ISO 8601."""
    heart_beats(now=Clock().now(), asked_at=datetime.fromisoformat(asked_at))


def watch() -> None:
    """Tell the owners what is missing."""
    now = Clock().now()
    habits_measure(now=now)
    alarms_mail(now=now)


def sweep_messages() -> None:
    """Take up the providers' messages that no worker came to, and forget old ones."""
    now = Clock().now()
    events_sweep(now=now)
    messages_prune(now=now)


def report() -> None:
    """Send the daily and weekly reports whose hour has come."""
    reports_send_due(now=Clock().now())
