"""What applying a setup file changed, one line each."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Change:
    """`before` None: it is new. `after` None: it is gone. Never a secret."""

    path: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.path}: {self.after}"
        if self.after is None:
            return _("%(path)s: removed (was %(before)s)") % {"path": self.path, "before": self.before}
        return f"{self.path}: {self.before} -> {self.after}"


def shown(value: Any) -> str:
    """A value of the file in one word or few: text as it is, anything else as JSON."""
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
