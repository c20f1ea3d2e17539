"""What translation says of an order: the documents, or why there are none."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.books import Payment, Sale
from sync.translate.reasons import Reason


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth telling about a document that was made all the same (a receipt that became an invoice, ...)."""

    reason: Reason
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hold:
    """The order waits for a setting or a person. `params` fill the reason's sentence; all values are text."""

    reason: Reason
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skip:
    """The order is not meant for the books: filtered out, cancelled, dated before the start."""

    reason: Reason
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of one order, in the order in which they are posted."""

    sale: Sale
    payments: tuple[Payment, ...] = ()
    notes: tuple[Note, ...] = ()


Outcome = Documents | Hold | Skip
