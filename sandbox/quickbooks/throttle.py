"""How many requests a company may make: counted over a sliding window, on the system's own clock."""

from collections import defaultdict, deque
from collections.abc import Callable
from typing import NamedTuple

from sandbox.switches import Switches


class Lane(NamedTuple):
    """`switch` holds the limit (null: none) for any `seconds` seconds."""

    switch: str
    seconds: int


REQUEST_LANES = (Lane("requests_per_minute", 60), Lane("requests_per_second", 1))
BATCH_LANES = (*REQUEST_LANES, Lane("batches_per_minute", 60))


class Throttle:
    def __init__(self, switches: Switches, timestamp: Callable[[], float]) -> None:
        self._switches = switches
        self._timestamp = timestamp
        self._passed: defaultdict[tuple[str, Lane], deque[float]] = defaultdict(deque)

    def admit(self, realm: str, lanes: tuple[Lane, ...]) -> bool:
        """Whether one more request may pass; one that may not does not count."""
        now = self._timestamp()
        if any(self._is_full(realm, lane, now) for lane in lanes):
            return False
        for lane in lanes:
            self._passed[realm, lane].append(now)
        return True

    def _is_full(self, realm: str, lane: Lane, now: float) -> bool:
        passed = self._passed[realm, lane]
        while passed and not now - lane.seconds < passed[0] <= now:
            passed.popleft()
        limit = self._switches[lane.switch]
        return limit is not None and len(passed) >= limit

    def clear(self) -> None:
        self._passed.clear()
