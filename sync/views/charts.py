"""The dashboard's charts: orders and amounts per day by outcome, for Chart.js and as a table.

The colour of their letters is that of the theme: see `static/charts.js`.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from integrations.money import plain
from sync.admin import showing
from sync.models import RecordState
from sync.reports.overview import Day, Period

Outcome = tuple[RecordState, str | Promise, str]
# From the bottom up, with the colour of each in both themes.
_OUTCOMES: tuple[Outcome, ...] = (
    (RecordState.POSTED, _("In the books"), "#16a34a"),
    (RecordState.NEW, _("With the next sync"), "#3b82f6"),
    (RecordState.HELD, _("Held"), "#f59e0b"),
    (RecordState.FAILED, _("Failed"), "#dc2626"),
    (RecordState.SKIPPED, _("Not meant for the books"), "#94a3b8"),
    (RecordState.IGNORED, _("Left out by somebody"), "#64748b"),
)


def chart(shown: Period) -> dict[str, Any]:
    """Both charts as data for Chart.js, and the same as a table."""
    outcomes = [one for one in _OUTCOMES if any(day.counts.get(one[0]) for day in shown.days)]
    labels = [formats.date_format(day.day, pgettext("format of a chart's days", "j M")) for day in shown.days]
    return {
        "counts": _data(labels, outcomes, [day.counts for day in shown.days]),
        "sums": _data(labels, outcomes, [day.sums for day in shown.days]) if shown.currency else "",
        "options": _OPTIONS,
        "currency": shown.currency,
        "currencies": shown.currencies,
        "outcomes": [title for _state, title, _colour in outcomes],
        "table": [_table_row(shown, day, outcomes) for day in reversed(shown.days) if day.counts],
    }


def _table_row(shown: Period, day: Day, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    cells = [
        (day.counts.get(state, 0), showing.amount(day.sums[state], shown.currency) if day.sums.get(state) else "")
        for state, _title, _colour in outcomes
    ]
    return {"day": day.day, "cells": cells}


def _data(labels: list[str], outcomes: Sequence[Outcome], values: Sequence[Mapping[str, Any]]) -> str:
    datasets = [
        {
            "label": str(title),
            "backgroundColor": colour,
            "data": [_value(by_state.get(state, 0)) for by_state in values],
        }
        for state, title, colour in outcomes
    ]
    return json.dumps({"labels": labels, "datasets": datasets})


def _value(value: int | Decimal) -> int | str:
    """Amounts as text, which Chart.js reads as well: no float on the way."""
    return plain(value) if isinstance(value, Decimal) else value


_OPTIONS = json.dumps(
    {
        "responsive": True,
        "maintainAspectRatio": False,
        "animation": False,
        "scales": {
            "x": {"stacked": True, "grid": {"display": False}, "ticks": {"maxRotation": 0}},
            "y": {"stacked": True, "beginAtZero": True, "grid": {}, "ticks": {"precision": 0}},
        },
        "plugins": {
            "legend": {
                "display": True,
                "position": "bottom",
                "labels": {"boxWidth": 12, "boxHeight": 12},
            }
        },
    }
)
