"""Names of list objects: allowed characters, uniqueness, and what becomes of them on deactivation."""

import re

from sandbox.quickbooks.drafts import Draft
from sandbox.quickbooks.faults import QboError
from sandbox.quickbooks.references import Target, resolve
from sandbox.quickbooks.store import Json, name_family, name_of

_FORBIDDEN = re.compile(r"[:\t\n\r]")
_OUTSIDE_BASIC_PLANE = re.compile("[\U00010000-\U0010ffff]")
_DELETED_SUFFIX = re.compile(r" \(deleted(?: \d+)?\)$")
_PEOPLE = ("Customer", "Vendor", "Employee")


def check_characters(draft: Draft, name: str, element: str) -> None:
    if _FORBIDDEN.search(name):
        code = draft.books.switches["forbidden_character_code"]
        detail = f"{element} must not contain a colon, a tab or a line break: {name!r}"
        raise QboError(code, detail, element)
    if draft.books.switches["refuse_emoji_in_names"] and _OUTSIDE_BASIC_PLANE.search(name):
        raise QboError(2040, f"{element} has unsupported characters: {name!r}", element)


def settled_name(draft: Draft, wanted: str, prefix: str = "") -> str:
    """The name to store: unique while the object is active, with the suffix " (deleted)" once it is not.

    `prefix` is the parent's full name with its colon, for names that need to be unique among siblings only.
    """
    bare = _DELETED_SUFFIX.sub("", wanted.strip())
    if draft.given.get("Active", True):
        if _is_taken(draft, prefix + bare):
            raise _duplicate(draft)
        return bare
    candidate, count = f"{bare} (deleted)", 0
    while _is_taken(draft, prefix + candidate):
        count += 1
        candidate = f"{bare} (deleted {count})"
    return candidate


def parent_of(draft: Draft) -> Json | None:
    """The object of the same type this one sits under. Raises QboError 2500."""
    own_kind = Target(draft.type_name, name_family(draft.type_name))
    return resolve(draft.books, draft.given, "ParentRef", own_kind)


def place_in_tree(draft: Draft, name_property: str, parent: Json | None) -> Json:
    """The name and full name ("Parent:Child") of an object that may sit under another."""
    prefix = f"{name_of(draft.type_name, parent)}:" if parent and "FullyQualifiedName" in parent else ""
    name = settled_name(draft, draft.given[name_property], prefix)
    return {name_property: name, "FullyQualifiedName": prefix + name}


def _is_taken(draft: Draft, full_name: str) -> bool:
    holder = draft.books.holder_of_name(draft.type_name, full_name)
    own = (draft.type_name, draft.old["Id"]) if draft.old else None
    return holder is not None and holder != own


def _duplicate(draft: Draft) -> QboError:
    reason = "null"
    if draft.type_name in _PEOPLE:
        reason = "Another customer, vendor or employee is already using this name. Please use a different name."
    return QboError(6240, f"The name supplied already exists. : {reason}")
