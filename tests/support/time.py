"""A clock for tests: sleeping moves it, and costs nothing."""

from datetime import UTC, datetime, timedelta

from integrations.http import Clock


class FastTime:
    """`clock` is what the program gets; `slept` adds up the seconds that somebody would have waited."""

    def __init__(self):
        self._offset = timedelta(0)
        self.slept = 0.0
        self.clock = Clock(now=self.now, sleep=self.sleep, jitter=lambda: 0.0)

    @property
    def offset(self):
        """How far this clock is ahead of the real one."""
        return self._offset

    def now(self):
        return datetime.now(UTC) + self._offset

    def sleep(self, seconds):
        self.slept += seconds
        self.forward(seconds=seconds)

    def forward(self, **delta):
        self._offset += timedelta(**delta)


class StillTime(FastTime):
    """Begins now and moves only when somebody sleeps, so that waits can be counted to the second."""

    def __init__(self):
        super().__init__()
        self._began = datetime.now(UTC)

    def now(self):
        return self._began + self._offset
