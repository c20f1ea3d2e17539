"""Reads the parts of a setup file by their tables, and notes every problem on the way instead of stopping at one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from sync.setup_file.facts import Facts
from sync.setup_file.format import Key
from sync.setup_file.kinds import Kind
from sync.setup_file.problems import Problem, Wrong, choices_text

Json = Any
T = TypeVar("T")


def inside(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@dataclass
class Reading:
    """One pass through a file. `problems` is complete when the pass is over."""

    facts: Facts
    problems: list[Problem] = field(default_factory=list)

    def problem(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))

    def attempt(self, path: str, read: Callable[[], T]) -> T | None:
        """What `read` returns, None when it is a problem: that is noted, and reading goes on."""
        try:
            return read()
        except Wrong as wrong:
            self.problem(path, str(wrong))
            return None

    def object(self, value: Json, path: str, known: Sequence[str]) -> dict[str, Json]:
        """The keys of an object; those that are not known are problems."""
        if not isinstance(value, dict):
            self.problem(path, _("write an object in braces, with the keys: %(keys)s") % {"keys": ", ".join(known)})
            return {}
        for name in sorted(set(map(str, value)) - set(known)):
            message = _("there is no such key here; there are: %(keys)s") % {
                "keys": choices_text(known, name, most=len(known))
            }
            self.problem(inside(path, name), message)
        return {name: value[name] for name in known if name in value}

    def value(self, kind: Kind, value: Json, path: str) -> Any:
        return self.attempt(path, lambda: kind.read(value, self.facts))

    def values(self, given: dict[str, Json], path: str, keys: Sequence[Key]) -> dict[str, Any]:
        """Column -> value of the keys that are given; with a problem anywhere the result is not to be used."""
        return {
            key.field: self.value(key.kind, given[key.name], inside(path, key.name))
            for key in keys
            if key.name in given
        }
