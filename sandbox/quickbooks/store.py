"""The books of one company: its objects, found by id, by name and by document number.

Objects in the store are never changed in place: a write puts a new dictionary in the old one's stead, so an answer
that still holds the old one stays what it was.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.documents import Documents
from sandbox.switches import Switches

Json = dict[str, Any]

TRANSACTIONS = (
    *("Invoice", "SalesReceipt", "RefundReceipt", "CreditMemo", "Payment"),
    *("Deposit", "InventoryAdjustment"),
)
LISTS = (
    "Account",
    "Class",
    "Customer",
    "Department",
    "Employee",
    "Item",
    "PaymentMethod",
    "TaxAgency",
    "TaxCode",
    "TaxRate",
    "Term",
    "Vendor",
)
OTHERS = ("Attachable", "CompanyInfo", "Preferences")
TYPES = (*TRANSACTIONS, *LISTS, *OTHERS)

# Customers, vendors and employees share one space of names.
_NAME_FAMILY = {"Customer": "Names", "Vendor": "Names", "Employee": "Names"}
_NAME_PROPERTY = {
    "Customer": "DisplayName",
    "Vendor": "DisplayName",
    "Employee": "DisplayName",
    "TaxAgency": "DisplayName",
    "Item": "FullyQualifiedName",
    "Account": "FullyQualifiedName",
    "Class": "FullyQualifiedName",
    "Department": "FullyQualifiedName",
}
_FIRST_ID = {"Class": 5_000_000_000_000_000_001, "Department": 1, **dict.fromkeys(TRANSACTIONS, 101)}
_FIRST_NUMBER = 1001

# QuickBooks stamps its objects in the time zone of its own servers.
_PACIFIC = ZoneInfo("America/Los_Angeles")


def stamp(moment: datetime) -> str:
    """A time as MetaData shows it: seconds, Pacific offset."""
    return moment.astimezone(_PACIFIC).isoformat(timespec="seconds")


def name_family(type_name: str) -> str:
    return _NAME_FAMILY.get(type_name, type_name)


def name_of(type_name: str, fields: Json) -> str:
    return str(fields.get(_NAME_PROPERTY.get(type_name, "Name"), ""))


class Books:
    """`realm` is the company's id; `tell` is told (realm, type, id, operation) of every change a person could see."""

    def __init__(
        self,
        realm: str,
        documents: Documents,
        switches: Switches,
        now: Callable[[], datetime],
        tell: Callable[[str, str, str, str], None],
    ) -> None:
        self.realm = realm
        self._tell = tell
        self.switches = switches
        self.now = now
        self._isolated = False
        self._hidden: set[tuple[str, str]] = set()
        self._documents = documents
        self.clear()

    def clear(self) -> None:
        """Empty books."""
        self._objects: dict[str, dict[str, Json]] = {type_name: {} for type_name in TYPES}
        self._deleted: dict[str, dict[str, Json]] = {type_name: {} for type_name in TYPES}
        self._names: dict[tuple[str, str], tuple[str, str]] = {}
        self._numbers: dict[tuple[str, str], list[str]] = {}
        self._last_id: dict[str, int] = {}
        self._next_number: dict[str, int] = {}
        self._born: dict[tuple[str, str], float] = {}
        self._quantities: dict[str, list[tuple[float, Decimal]]] = {}

    # -- reading -------------------------------------------------------------------------------------------------

    def find(self, type_name: str, identifier: str) -> Json | None:
        return self._objects[type_name].get(identifier)

    def get(self, type_name: str, identifier: str) -> Json:
        return self._objects[type_name][identifier]

    def all(self, type_name: str) -> Iterator[Json]:
        return iter(self._objects[type_name].values())

    def deleted(self, type_name: str) -> Iterator[Json]:
        """The last state of what was deleted, with `status` Deleted."""
        return iter(self._deleted[type_name].values())

    def holder_of_name(self, type_name: str, name: str) -> tuple[str, str] | None:
        """(type, id) of the object that has this name in the type's space of names."""
        return self._names.get((name_family(type_name), name.casefold()))

    def with_number(self, type_name: str, number: str) -> list[str]:
        return list(self._numbers.get((type_name, number.casefold()), ()))

    @contextmanager
    def isolated(self) -> Iterator[None]:
        """While it lasts, what is created stays out of sight of references and queries, as within a batch."""
        self._isolated = True
        try:
            yield
        finally:
            self._isolated = False
            self._hidden.clear()

    def is_hidden(self, type_name: str, identifier: str) -> bool:
        return (type_name, identifier) in self._hidden

    def visible(self, type_name: str, identifier: str) -> bool:
        """Whether queries see the object yet (see the switch `query_lag_seconds`)."""
        if self.is_hidden(type_name, identifier):
            return False
        lag = float(self.switches["query_lag_seconds"])
        return not lag or self._born.get((type_name, identifier), 0.0) + lag <= self.now().timestamp()

    def as_queried(self, type_name: str, row: Json) -> Json:
        """The object as queries show it (see the switch `quantity_lag_seconds`)."""
        since = self.now().timestamp() - float(self.switches["quantity_lag_seconds"])
        moves = self._quantities.get(row["Id"], ()) if type_name == "Item" else ()
        before = next((quantity for moment, quantity in moves if moment > since), None)
        return row if before is None else {**row, "QtyOnHand": before}

    def quantity_moves(self, item_id: str) -> None:
        """The quantity on hand is about to change."""
        told = (self.now().timestamp(), self.get("Item", item_id)["QtyOnHand"])
        self._quantities.setdefault(item_id, []).append(told)

    @property
    def info(self) -> Json:
        return self.get("CompanyInfo", "1")

    def preference(self, group: str, name: str) -> Any:
        return self.get("Preferences", "1").get(group, {}).get(name)

    @property
    def is_us(self) -> bool:
        return bool(self.info["Country"] == "US")

    @property
    def home_currency(self) -> str:
        return str(self.preference("CurrencyPrefs", "HomeCurrency")["value"])

    @property
    def multi_currency(self) -> bool:
        return bool(self.preference("CurrencyPrefs", "MultiCurrencyEnabled"))

    # -- writing -------------------------------------------------------------------------------------------------

    def insert(self, type_name: str, fields: Json, identifier: str | None = None) -> Json:
        identifier = identifier or self._new_id(type_name)
        moment = stamp(self.now())
        created = {
            **fields,
            "domain": "QBO",
            "sparse": False,
            "Id": identifier,
            "SyncToken": "0",
            "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
        }
        self._born[type_name, identifier] = self.now().timestamp()
        if self._isolated:
            self._hidden.add((type_name, identifier))
        self.tell(type_name, identifier, "Create")
        return self._put(type_name, created)

    def replace(self, type_name: str, old: Json, fields: Json, operation: str = "Update") -> Json:
        """Put `fields` where `old` was, as its next version."""
        self.tell(type_name, old["Id"], operation)
        following = {
            **fields,
            "domain": "QBO",
            "sparse": False,
            "Id": old["Id"],
            "SyncToken": str(int(old["SyncToken"]) + 1),
            "MetaData": {**old["MetaData"], "LastUpdatedTime": stamp(self.now())},
        }
        return self._put(type_name, following)

    def amend(self, type_name: str, identifier: str, changes: Json) -> Json:
        """Change what QuickBooks computes by itself, without a new version."""
        return self._put(type_name, {**self.get(type_name, identifier), **changes})

    def tell(self, type_name: str, identifier: str, operation: str) -> None:
        self._tell(self.realm, type_name, identifier, operation)

    def delete(self, type_name: str, identifier: str) -> None:
        self.tell(type_name, identifier, "Delete")
        old = self._objects[type_name].pop(identifier)
        self._unindex(type_name, old)
        gone = {
            **old,
            "status": "Deleted",
            "MetaData": {**old["MetaData"], "LastUpdatedTime": stamp(self.now())},
        }
        self._deleted[type_name][identifier] = gone
        self._documents.put(self.realm, f"{type_name}/{identifier}", gone)

    def next_number(self, type_name: str) -> str:
        number = self._next_number.get(type_name, _FIRST_NUMBER)
        self._next_number[type_name] = number + 1
        self._documents.put(self.realm, "numbers", self._next_number)
        return str(number)

    def restore(self, key: str, value: Any) -> None:
        """Take back one remembered document."""
        if key == "numbers":
            self._next_number = {name: int(number) for name, number in value.items()}
            return
        type_name, _, identifier = key.partition("/")
        self._note_id(type_name, identifier)
        if value.get("status") == "Deleted":
            self._deleted[type_name][identifier] = value
            return
        self._born[type_name, identifier] = datetime.fromisoformat(value["MetaData"]["CreateTime"]).timestamp()
        self._index(type_name, value)

    # -- indexes -------------------------------------------------------------------------------------------------

    def _put(self, type_name: str, fields: Json) -> Json:
        fields = {key: value for key, value in fields.items() if value is not None}
        identifier = fields["Id"]
        self._note_id(type_name, identifier)
        old = self._objects[type_name].get(identifier)
        if old is not None:
            self._unindex(type_name, old)
        self._index(type_name, fields)
        self._documents.put(self.realm, f"{type_name}/{identifier}", fields)
        return fields

    def _index(self, type_name: str, fields: Json) -> None:
        self._objects[type_name][fields["Id"]] = fields
        name = name_of(type_name, fields)
        if name:
            self._names.setdefault((name_family(type_name), name.casefold()), (type_name, fields["Id"]))
        if "DocNumber" in fields:
            self._numbers.setdefault((type_name, fields["DocNumber"].casefold()), []).append(fields["Id"])

    def _unindex(self, type_name: str, fields: Json) -> None:
        key = (name_family(type_name), name_of(type_name, fields).casefold())
        if self._names.get(key) == (type_name, fields["Id"]):
            del self._names[key]
        if "DocNumber" in fields:
            self._numbers[type_name, fields["DocNumber"].casefold()].remove(fields["Id"])

    def _sequence(self, type_name: str) -> str:
        """All transactions draw their ids from one sequence, each list has its own."""
        return "transactions" if type_name in TRANSACTIONS else type_name

    def _new_id(self, type_name: str) -> str:
        return str(self._last_id.get(self._sequence(type_name), _FIRST_ID.get(type_name, 1) - 1) + 1)

    def _note_id(self, type_name: str, identifier: str) -> None:
        if identifier.isdigit():
            sequence = self._sequence(type_name)
            self._last_id[sequence] = max(int(identifier), self._last_id.get(sequence, 0))


@lru_cache(maxsize=65_536)
def parse_moment(text: str) -> datetime:
    """A date-time with or without offset (none means UTC) or a bare date. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
