"""`manage.py qcluster`: django-q's own, whose syncs come to their end when it is asked to end (SIGTERM or Ctrl-C)."""

import signal
from types import FrameType
from typing import Any

from django_q.management.commands import qcluster

from sync.engine import stopping


class Command(qcluster.Command):  # type: ignore[misc]
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)  # returns as soon as its workers work
        for number in (signal.SIGTERM, signal.SIGINT):
            _tell_first(number)


def _tell_first(number: int) -> None:
    """Tell the syncs before django-q, which then waits for them."""
    end = signal.getsignal(number)

    def told(number: int, frame: FrameType | None) -> None:
        stopping.stop()
        if callable(end):
            end(number, frame)

    signal.signal(number, told)
