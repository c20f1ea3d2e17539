"""A row of the table of reasons, and how one is written: by how the record ended."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

Text = str | Promise


class Actor(StrEnum):
    """Who must act before the record goes on."""

    PERSON = "person"
    RETRY = "retry"  # nobody: the next sync tries again by itself
    OPERATOR = "operator"  # whoever runs this installation
    NOBODY = "nobody"


class Severity(StrEnum):
    """How a record with this reason ended."""

    OK = "ok"
    SKIPPED = "skipped"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReasonText:
    """`sentence` and `way_out` take named parameters; `way_out` is empty where there is nothing to do.

    `fix` names where it is mended: a settings page ("orders", "modules", "items", "taxes", "payments", "refunds",
    "stock", "flows", "integration", "connection"), "record" for the record's own page, "stock_push" for the table of
    levels that waits, "quickbooks" or "store" for the provider's own pages, empty for nowhere.
    """

    sentence: Text
    way_out: Text
    actor: Actor
    severity: Severity
    fix: str = ""


def ok(sentence: Text, way_out: Text = "", fix: str = "") -> ReasonText:
    return ReasonText(sentence, way_out, Actor.NOBODY, Severity.OK, fix)


def skipped(sentence: Text, way_out: Text = "", fix: str = "") -> ReasonText:
    return ReasonText(sentence, way_out, Actor.NOBODY, Severity.SKIPPED, fix)


def held(sentence: Text, way_out: Text, fix: str = "", actor: Actor = Actor.PERSON) -> ReasonText:
    return ReasonText(sentence, way_out, actor, Severity.HELD, fix)


def failed(sentence: Text, way_out: Text, actor: Actor, fix: str = "") -> ReasonText:
    return ReasonText(sentence, way_out, actor, Severity.FAILED, fix)
