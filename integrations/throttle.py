"""Keeps one client below its provider's limit of calls."""

from integrations.http import Clock


class Throttle:
    """A bucket of permits: up to `burst` calls at once, `per_second` in the long run."""

    def __init__(self, clock: Clock, *, per_second: float, burst: float) -> None:
        self._clock = clock
        self._per_second = per_second
        self._burst = burst
        self._permits = burst
        self._filled_at = clock.monotonic()

    def wait(self) -> None:
        self._fill()
        if self._permits < 1:
            self._clock.sleep((1 - self._permits) / self._per_second)
            self._fill()
        self._permits -= 1

    def _fill(self) -> None:
        now = self._clock.monotonic()
        self._permits = min(self._burst, self._permits + (now - self._filled_at) * self._per_second)
        self._filled_at = now
