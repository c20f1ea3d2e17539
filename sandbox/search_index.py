"""What searches of a simulated system see: writes reach them a little later than reads by id."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Json = dict[str, Any]
Key = TypeVar("Key", int, str)


@dataclass
class SearchIndex(Generic[Key]):
    """Objects by their key."""

    seen: dict[Key, Json] = field(default_factory=dict)
    version: int = 0
    _coming: deque[tuple[float, Key, Json | None]] = field(default_factory=deque)
    _last_list: tuple[object, list[Json]] = (None, [])

    def note(self, timestamp: float, key: Key, payload: Json | None) -> None:
        """`payload` None: deleted."""
        self._coming.append((timestamp, key, payload))

    def at(self, timestamp: float) -> dict[Key, Json]:
        """The objects as written up to `timestamp`."""
        while self._coming and self._coming[0][0] <= timestamp:
            _, key, payload = self._coming.popleft()
            self.version += 1
            if payload is None:
                self.seen.pop(key, None)
            else:
                self.seen[key] = payload
        return self.seen

    def listed(self, question: object, make: Callable[[], list[Json]]) -> list[Json]:
        """The answer to a search, made once for all its pages as long as nothing changes."""
        key = (self.version, question)
        if self._last_list[0] != key:
            self._last_list = (key, make())
        return self._last_list[1]
