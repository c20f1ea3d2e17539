"""Rows of tables that show what an option does: how it is set, what is bought, and what the books then hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.support.expect import GOOD, payments_of, posted
from tests.support.world import money


@dataclass(frozen=True)
class Entry:
    """A list entry of the company by its name: as a setting the entry itself, in the books its id."""

    entity: str
    name: str


@dataclass(frozen=True)
class Row:
    """`settings` are those of each group; `shows` are paths into the sale, or, after "payment:", into its payment."""

    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    cart: Mapping[str, Any] = field(default_factory=dict)
    shows: Mapping[str, Any] = field(default_factory=dict)
    preferences: Mapping[str, Any] = field(default_factory=dict)

    def apply(self, world):
        """Set the options and the company's preferences."""
        if self.preferences:
            world.quickbooks.preferences(world.realm, **self.preferences)
        for group, changes in self.settings.items():
            world.set(group, **{name: _as_setting(world, value) for name, value in changes.items()})

    def check(self, world):
        """Apply, buy, sync and compare. Returns the sale."""
        self.apply(world)
        cart = {**GOOD, "order_id": "ROW", **self.cart}
        world.place(cart)
        world.sync()
        sale = posted(world, cart["order_id"])
        assert {path: look(world, sale, path) for path in self.shows} == {
            path: _as_shown(world, value) for path, value in self.shows.items()
        }
        return sale


def look(world, sale, path):
    """What is under a path like "Line.0.SalesItemLineDetail.ClassRef.value"; None where there is nothing."""
    side, _, rest = path.rpartition(":")
    document = sale
    if side == "payment":
        [document] = payments_of(world, sale)
    for step in rest.split("."):
        document = _step(document, step)
    return document


def _step(document, step):
    if isinstance(document, list):
        return document[int(step)]
    return document.get(step) if document is not None else None


def _as_setting(world, value):
    return world.entry(value.entity, value.name) if isinstance(value, Entry) else value


def _as_shown(world, value):
    if isinstance(value, Entry):
        return world.entry(value.entity, value.name).books_ref
    return money(value) if isinstance(value, Decimal) else value
