"""One admitted API call, as the endpoint functions see it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.ecwid.store import ShopState
from sandbox.ecwid.values import Json
from sandbox.switches import Switches


@dataclass(frozen=True)
class Call:
    """`now` is the simulator's own clock in UNIX seconds."""

    shop: ShopState
    token: str
    query: Mapping[str, str]
    body: Json
    timestamp: float
    switches: Switches

    @property
    def now(self) -> int:
        return int(self.timestamp)

    @property
    def search_timestamp(self) -> float:
        """Searches see what was written until then; without a lag everything, even after the clock went back."""
        lag = float(self.switches["index_lag_seconds"])
        return self.timestamp - lag if lag else math.inf


@dataclass(frozen=True)
class Endpoint:
    """`path` follows /api/v3/{storeId}; the token needs all of `scopes` (a space-separated list)."""

    method: str
    path: str
    scopes: str
    answer: Callable[..., Any]
