"""Whether the installation works: its database, its workers and their queue. Says nothing of any business (L7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error as DatabaseTrouble

from sync.models import Heartbeat

WORKER = "worker"
# A worker that has its hands full may come to the heartbeat late, but within the time after which a task is killed.
SILENT_AFTER = timedelta(minutes=10)
# What is queued now would begin about this much later.
STUCK_AFTER = timedelta(minutes=15)
# Workers that are started along with the web server have this long for their first sign.
STARTS_WITHIN = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Health:
    """`beat_at`: the last sign of a worker; None when there never was one. `starting`: its first sign is waited for,
    and until then it counts as well."""

    database: bool
    worker: bool
    queue: bool
    beat_at: datetime | None = None
    starting: bool = False

    @property
    def good(self) -> bool:
        return self.database and self.worker and self.queue


def health(*, now: datetime, started_at: datetime | None = None) -> Health:
    """How it is right now, from one statement. A database that cannot be asked is told, never raised.

    `started_at` is when a web server that asks was started, as its workers may have been.
    """
    try:
        beat = Heartbeat.objects.filter(pk=WORKER).first()
    except DatabaseTrouble:
        return Health(database=False, worker=False, queue=False)
    found = _of(beat, now)
    if not found.good and started_at is not None and now - started_at < STARTS_WITHIN:
        return Health(database=True, worker=True, queue=True, beat_at=found.beat_at, starting=True)
    return found


def _of(beat: Heartbeat | None, now: datetime) -> Health:
    if beat is None:
        return Health(database=True, worker=False, queue=False)
    return Health(
        database=True,
        worker=now - beat.beat_at < SILENT_AFTER,
        queue=beat.beat_at - beat.asked_at < STUCK_AFTER,
        beat_at=beat.beat_at,
    )
