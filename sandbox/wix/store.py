"""What one simulated site remembers. Stored objects are never changed in place: a write puts a new one, so whoever
holds the old one (the lagging search index, for one) keeps what it saw.
"""

from collections.abc import Callable
from typing import Any

from sandbox.documents import Documents
from sandbox.search_index import SearchIndex
from sandbox.wix.values import Json, Money

Tell = Callable[[str, str, Json], None]
"""(event type, entity id, content)"""

V1, V3, NO_STORES = "V1_CATALOG", "V3_CATALOG", "STORES_NOT_INSTALLED"

ROWS = (
    "order",
    "transactions",
    "facts",
    "fulfillments",
    "tip",
    "product",
    "inventory",
    "booking",
    "event_order",
    "plan_order",
    "restaurant_order",
    "due",
)
"""What a site has besides its settings. `facts` are what an order has but does not show; `due` are payment statuses
that will be recomputed."""


class SiteState:
    """One site. Every change also reaches the documents that survive a restart."""

    def __init__(self, settings: Json, documents: Documents, tell: Tell) -> None:
        self.settings = settings
        self.tell = tell
        self.mixed_scale = True
        self._documents = documents
        self._rows: dict[str, dict[str, Json]] = {kind: {} for kind in ROWS}
        self._indexes: dict[str, SearchIndex[str]] = {}

    @property
    def id(self) -> str:
        return str(self.settings["siteId"])

    @property
    def instance_id(self) -> str:
        return str(self.settings["instanceId"])

    @property
    def catalog(self) -> str:
        return str(self.settings["catalog"]) if "stores" in self.settings["modules"] else NO_STORES

    @property
    def money(self) -> Money:
        return Money(self.settings["currency"], self.mixed_scale)

    def has(self, module: str) -> bool:
        return module in self.settings["modules"]

    # -- rows ----------------------------------------------------------------------------------------------------

    def rows(self, kind: str) -> dict[str, Json]:
        return self._rows[kind]

    def put(self, kind: str, key: str, value: Json, timestamp: float) -> Json:
        self.take(kind, key, value, timestamp)
        self._documents.put(kind, f"{self.id}/{key}", value)
        return value

    def take(self, kind: str, key: str, value: Json, timestamp: float) -> None:
        """Into the memory only."""
        self._rows[kind][key] = value
        self._index(kind).note(timestamp, key, value)

    def remove(self, kind: str, key: str, timestamp: float) -> None:
        del self._rows[kind][key]
        self._index(kind).note(timestamp, key, None)
        self._documents.remove(kind, f"{self.id}/{key}")

    def searched(self, kind: str, timestamp: float) -> list[Json]:
        """The rows as searches see them that know what was written up to `timestamp`."""
        return list(self._index(kind).at(timestamp).values())

    def _index(self, kind: str) -> SearchIndex[str]:
        return self._indexes.setdefault(kind, SearchIndex())

    # -- settings ------------------------------------------------------------------------------------------------

    def change(self, changes: Json) -> None:
        self.settings = {**self.settings, **changes}
        self._documents.put("site", self.id, self.settings)

    def next_number(self) -> int:
        number = int(self.settings["nextNumber"])
        self.change({"nextNumber": number + 1})
        return number

    def default_location(self) -> str:
        return str(next(place["id"] for place in self.settings["locations"] if place["defaultLocation"]))

    def taxes_of(self, group: str) -> list[Any]:
        """Raises LookupError for a group of taxes that the site does not have."""
        if group not in self.settings["taxes"]:
            msg = f"the site has no tax group {group!r}; known are {', '.join(self.settings['taxes'])}"
            raise LookupError(msg)
        return list(self.settings["taxes"][group])
