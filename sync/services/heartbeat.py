"""A worker's sign of life."""

from datetime import datetime

from sync.models import Heartbeat
from sync.reports.health import WORKER


def heart_beats(*, now: datetime, asked_at: datetime | None = None) -> None:
    """Note that a worker works, and how late it came to this task."""
    Heartbeat.objects.update_or_create(pk=WORKER, defaults={"beat_at": now, "asked_at": asked_at or now})
