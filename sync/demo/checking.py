"""What the demo must come to. Each difference is a sentence; none means that it works."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import requests
from django.conf import settings

from integrations.models import Integration, StoreProvider
from integrations.money import json_loads
from sync.demo.statement import Figure, Statement
from sync.demo.systems import root_of
from sync.models import Action, RecordState, Run, RunState
from sync.reasons import explain
from sync.reports.log_json import amount_text
from sync.translate.reasons import Reason

_SALES = ("Invoice", "SalesReceipt")
_REFUNDS = ("RefundReceipt", "CreditMemo")
_WRITES = (Action.CREATED, Action.UPDATED, Action.VOIDED, Action.ADOPTED)


@dataclass(frozen=True, slots=True)
class Expected:
    """Of the simulated shop's first orders: how many end in which state and which documents."""

    states: Mapping[RecordState, int]
    held: Mapping[str, int]
    documents: Mapping[str, int]


EXPECTED = {
    "erable-ecwid": Expected(
        states={RecordState.POSTED: 59, RecordState.SKIPPED: 2, RecordState.HELD: 2},
        held={Reason.ORDER_DOES_NOT_ADD_UP: 1, Reason.TAX_UNMAPPED: 1},
        documents={"Invoice": 59, "Payment": 53},
    ),
    "lonestar-ecwid": Expected(
        states={RecordState.POSTED: 52, RecordState.SKIPPED: 8}, held={}, documents={"SalesReceipt": 52}
    ),
    "fern-wix": Expected(
        states={RecordState.POSTED: 50, RecordState.SKIPPED: 7, RecordState.HELD: 3},
        held={Reason.MODULE_ITEM_MISSING: 1, Reason.MODULES_MIXED: 1, Reason.TAX_UNMAPPED: 1},
        documents={"Invoice": 50, "Payment": 47, "RefundReceipt": 3},
    ),
}


def differences(statement: Statement, expected: Expected) -> Iterator[str]:
    """Between our own records and what is expected, and between them and what both sides really hold."""
    yield from _unexpected(statement, expected)
    if statement.differing:
        yield f"{statement.differing} documents have another total than their orders"
    integration = statement.integration
    (sold, given_back), books = _store_totals(integration), _books_totals(integration)
    sales, refunds = (sum((books[kind] for kind in kinds), Figure()) for kinds in (_SALES, _REFUNDS))
    pairs = (
        ("orders in the store", statement.store, sold),
        ("sales in QuickBooks against the store's totals", sales, statement.due),
        ("sales in QuickBooks against what we recorded", sales, statement.sales),
        ("payments in QuickBooks", statement.payments, books["Payment"]),
        ("refunds in QuickBooks", statement.refunds, refunds),
        ("refunds in the store", statement.refunds, given_back),
    )
    for name, one, other in pairs:
        if one != other:
            yield f"{name}: {_shown(one, integration)} and {_shown(other, integration)} differ"


def _shown(figure: Figure, integration: Integration) -> str:
    return f"{figure.count} of {amount_text(figure.amount, integration.store.currency)}"


def _unexpected(statement: Statement, expected: Expected) -> Iterator[str]:
    pairs: tuple[tuple[str, Mapping[Any, int], Mapping[Any, int]], ...] = (
        ("orders by state", _counts(statement.by_state), expected.states),
        ("held orders by reason", statement.reasons, expected.held),
        ("documents", _counts(statement.by_document), expected.documents),
    )
    for name, found, wanted in pairs:
        if dict(found) != dict(wanted):
            yield f"{name}: {_listed(found)} instead of {_listed(wanted)}"


def _counts(figures: Mapping[Any, Figure]) -> dict[Any, int]:
    return {name: figure.count for name, figure in figures.items()}


def _listed(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"


def troubles_of(run: Run) -> Iterator[str]:
    """A run that could not be carried through."""
    if run.state != RunState.FINISHED:
        yield f"the sync stopped: {explain(run.reason, run.params)}"


def repetitions(run: Run) -> Iterator[str]:
    """What a sync wrote that had nothing to write."""
    yield from troubles_of(run)
    written = {action: run.counts[action] for action in _WRITES if run.counts.get(action)}
    if written:
        yield f"the second sync wrote to QuickBooks: {_listed(written)}"


# -- what both sides hold, as only their simulators tell ---------------------------------------------------------------


def _store_totals(integration: Integration) -> tuple[Figure, Figure]:
    """The orders of the store, and what was given back."""
    url, kind, total = _STORES[integration.store.provider]
    totals = _ask(getattr(settings, url), f"{kind}/{integration.store.account_id}/totals")
    return total(totals), Figure(totals["refunds"]["count"], Decimal(totals["refunds"]["sum"]))


def _sold(totals: Any) -> Figure:
    return Figure(totals["orders"], Decimal(totals["sum_total"]))


def _sold_in_modules(totals: Any) -> Figure:
    """Of all modules; less the gift cards, which pay for orders there and lower sales in the books."""
    return _sold(totals) + _sold(totals["events"]) - Figure(0, Decimal(totals["gift_cards"]))


# Per shop system: the setting with its address, what the control API calls stores, and how they are added up.
_STORES: Mapping[str, tuple[str, str, Callable[[Any], Figure]]] = {
    StoreProvider.ECWID.value: ("ECWID_API_URL", "stores", _sold),
    StoreProvider.WIX.value: ("WIX_API_URL", "sites", _sold_in_modules),
}


def _books_totals(integration: Integration) -> dict[str, Figure]:
    totals = _ask(settings.QUICKBOOKS_API_URL, f"companies/{integration.books.account_id}/totals")
    return {kind: Figure(total["count"], Decimal(total["sum"])) for kind, total in totals.items()}


def _ask(url: str, path: str) -> Any:
    answer = requests.get(f"{root_of(url)}/control/{path}", timeout=60)
    answer.raise_for_status()
    return json_loads(answer.text)
