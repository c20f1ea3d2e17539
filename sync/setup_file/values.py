"""Puts the values of a setup file into a row."""

from typing import Any

from django.db.models import Model

from sync.setup_file.changes import Change, shown
from sync.setup_file.format import Key
from sync.setup_file.reading import inside


def assign(row: Model, keys: tuple[Key, ...], given: dict[str, Any], path: str, *, is_new: bool) -> list[Change]:
    """Set what is given. A new row tells all it holds, one that was there what is different."""
    changes = []
    for key in keys:
        before = getattr(row, key.field)
        after = given.get(key.field, before)
        setattr(row, key.field, after)
        if is_new and after not in (None, "", []):
            changes.append(Change(inside(path, key.name), None, shown(key.kind.show(after))))
        elif not is_new and before != after:
            was, now = shown(key.kind.show(before)), shown(key.kind.show(after))
            changes.append(Change(inside(path, key.name), was, now))
    return changes
