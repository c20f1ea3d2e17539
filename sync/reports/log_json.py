"""Log entries and runs as JSON for scripts; the key names are promised."""

from decimal import Decimal
from typing import Any

from integrations.money import currency_places, plain, round_half_up
from sync.models import LogEntry, Run
from sync.reasons import explain


def entry_json(entry: LogEntry) -> dict[str, Any]:
    """One record of a run. Amounts are text with the currency's places, null where the order could not be read."""
    return {
        "kind": entry.kind,
        "store_ref": entry.store_ref,
        "action": entry.action,
        "books_type": entry.books_type or None,
        "books_id": entry.books_ref or None,
        "doc_number": entry.doc_number or None,
        "amount": amount_text(entry.amount, entry.currency),
        "currency": entry.currency or None,
        "reason": entry.reason or None,
        "message": explain(entry.reason, entry.params) or None,
    }


def amount_text(amount: Decimal | None, currency: str) -> str | None:
    if amount is None:
        return None
    return plain(round_half_up(amount, currency_places(currency or "USD")))


def run_json(run: Run) -> dict[str, Any]:
    """The whole run: counts and money totals per action, calls made to each side, and why it stopped if it did."""
    return {
        "id": run.pk,
        "integration": run.integration.slug,
        "state": run.state,
        "dry_run": run.dry_run,
        "counts": run.counts,
        "totals": run.totals,
        "calls": run.calls,
        "reason": run.reason or None,
        "message": explain(run.reason, run.params) or None,
    }
