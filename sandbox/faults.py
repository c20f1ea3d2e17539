"""Faults ordered through the control API: the next matching requests go wrong in a chosen way."""

import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

KINDS = {
    "status": "answers `status` with an error in the system's own form",
    "html": "answers `status` with an HTML page, as a proxy would",
    "text": "answers `status` with plain text",
    "empty": "answers `status` with nothing",
    "truncated": "does the work, sends half of the answer",
    "delay": "waits `seconds`, then works normally",
    "drop_before": "closes the connection, nothing done",
    "drop_after": "does the work, then closes the connection without an answer",
    "hang": "does the work, then holds the answer for `seconds`",
    "throttle": "answers 429 in the system's own form",
    "expire_token": "answers as for an expired token",
}


class AnswerLostError(ConnectionError):
    """Raised through the WSGI app where a real server closes the connection without an answer."""


@dataclass
class Fault:
    """`skip` matching requests pass first, then the next `times` go wrong. `path` is a regular expression."""

    kind: str
    method: str | None = None
    path: str = ""
    times: int = 1
    skip: int = 0
    status: int = 500
    seconds: Decimal | int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    id: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            msg = f"there is no fault {self.kind!r}; known are {', '.join(KINDS)}"
            raise ValueError(msg)
        re.compile(self.path)

    def concerns(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method in {None, method} and re.search(self.path, path) is not None


class Faults:
    """The faults still to come, in the order they were asked for; the first that matches fires."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._count = 0
        self._released = threading.Event()

    def add(self, wanted: Mapping[str, Any]) -> int:
        """Raises ValueError or TypeError for an unknown kind or field."""
        fault = Fault(**{**wanted, "id": 0})
        with self._lock:
            self._count += 1
            fault.id = self._count
            self._faults.append(fault)
        return fault.id

    def take(self, method: str, path: str) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if not fault.concerns(method, path):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None

    def wait(self, seconds: Decimal | int) -> None:
        """Hold a request; clearing the faults lets it go."""
        self._released.wait(float(seconds))

    def as_list(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self._released.set()
            self._released = threading.Event()
