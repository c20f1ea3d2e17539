"""The table of reasons: one sentence, one way out and who must act, for each code of `sync.translate.reasons`.

Written for a bookkeeper: what happened, with the figures, then one next step. A part for each flow; a code has its row
in one part alone. `sync.reasons` puts sentence and way out together.
"""

from collections.abc import Mapping

from sync.reason_texts import changes, orders, payments, products, providers, refunds, runs, stock, taxes
from sync.reason_texts.rows import Actor, ReasonText, Severity, Text
from sync.translate.reasons import Reason

__all__ = ["TEXTS", "Actor", "ReasonText", "Severity", "Text", "joined"]

_PARTS = (orders, taxes, payments, changes, refunds, products, stock, providers, runs)


def joined(*parts: Mapping[Reason, ReasonText]) -> Mapping[Reason, ReasonText]:
    """One table of several. Raises ValueError where a code is in two: one of its sentences would never be read."""
    table: dict[Reason, ReasonText] = {}
    for part in parts:
        if twice := table.keys() & part.keys():
            raise ValueError(f"In two parts of the table of reasons: {', '.join(sorted(twice))}")
        table |= part
    return table


TEXTS: Mapping[Reason, ReasonText] = joined(*(part.TEXTS for part in _PARTS))
