"""What is wrong with a setup file: every problem at once, each with the path of its key and the names that exist."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

SHOWN = 12  # names in one message


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is the key as it stands in the file: "orders.shipping_item", "taxes[2].books"."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class SetupRefused(Exception):
    """The file was not applied; nothing has changed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Wrong(Exception):
    """One value cannot be used; the message says why and what could stand there instead."""


def choices_text(names: Iterable[str], wanted: str = "", *, most: int = SHOWN) -> str:
    """The names that exist, `most` of them. Where they are many, those like `wanted` come first."""
    known = sorted(set(names), key=str.casefold)
    if not known:
        return _("there are none")
    if len(known) > SHOWN:
        close = _close(known, wanted)
        known = [*close, *(name for name in known if name not in close)]
    if len(known) <= most:
        return ", ".join(known)
    return _("%(names)s and %(count)d more") % {"names": ", ".join(known[:most]), "count": len(known) - most}


def _close(known: list[str], wanted: str) -> list[str]:
    """Those that contain the wanted name or read much like it, the most alike first."""
    folded = {name.casefold(): name for name in known}
    alike = difflib.get_close_matches(wanted.casefold(), folded, n=SHOWN)
    within = [key for key in folded if wanted and wanted.casefold() in key]
    return [folded[key] for key in dict.fromkeys([*alike, *within])]
