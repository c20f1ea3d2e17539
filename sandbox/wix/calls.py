"""One admitted API call, as the endpoint functions see it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.switches import Switches
from sandbox.wix.placing import Desk
from sandbox.wix.store import SiteState
from sandbox.wix.values import Json


@dataclass(frozen=True)
class Call:
    """`timestamp` is the simulator's own clock in UNIX seconds. `app_id` is the caller; empty for an API key."""

    site: SiteState
    app_id: str
    query: Mapping[str, Any]
    body: Json
    timestamp: float
    switches: Switches

    @property
    def desk(self) -> Desk:
        return Desk(self.site, self.timestamp, self.switches)

    def searched(self, kind: str) -> list[Json]:
        """The rows as an index has them."""
        lag = float(self.switches["index_lag_seconds"])
        return self.site.searched(kind, self.timestamp - lag if lag else math.inf)

    def wrapped(self, name: str) -> Json:
        """What stands under the wrapper; a body without it asks for nothing in particular."""
        asked = self.body.get(name)
        return asked if isinstance(asked, dict) else {}


@dataclass(frozen=True)
class Endpoint:
    """`permission` is what the app or key must have. `module` is what must be there: a module of the site, or a
    catalogue version.
    """

    method: str
    path: str
    permission: str
    answer: Callable[..., Any]
    module: str = ""
