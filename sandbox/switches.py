"""Switches: facts about the real systems that nobody could verify, with the value we assume."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class UnknownSwitchError(ValueError):
    """A switch of that name does not exist, or does not take that value."""


@dataclass(frozen=True)
class Switch:
    """One uncertain fact. `choices`, when given, are all values it takes; None is "off" for limits."""

    name: str
    default: Any
    says: str
    choices: Sequence[Any] = ()

    def check(self, value: Any) -> None:
        if self.choices and value not in self.choices:
            msg = f"switch {self.name} takes one of {list(self.choices)}, not {value!r}"
            raise UnknownSwitchError(msg)
        if isinstance(self.default, bool) and not isinstance(value, bool):
            msg = f"switch {self.name} is on or off (true or false), not {value!r}"
            raise UnknownSwitchError(msg)


class Switches:
    """Current values: `switches["name"]`."""

    def __init__(self, table: Sequence[Switch]) -> None:
        self._table = {switch.name: switch for switch in table}
        self._changed: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self._changed.get(name, self._table[name].default)

    def change(self, values: Mapping[str, Any]) -> None:
        """Set several at once, or none when one of them is wrong."""
        for name, value in values.items():
            if name not in self._table:
                msg = f"there is no switch {name!r}; known are {', '.join(sorted(self._table))}"
                raise UnknownSwitchError(msg)
            self._table[name].check(value)
        self._changed.update(values)

    def reset(self) -> None:
        self._changed.clear()

    @property
    def changed(self) -> dict[str, Any]:
        """What differs from the defaults, the part worth remembering."""
        return dict(self._changed)

    def as_dict(self) -> dict[str, Any]:
        return {name: self[name] for name in self._table}
