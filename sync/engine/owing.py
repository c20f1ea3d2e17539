"""What is still to be paid of sales that are in the books already: nothing is paid twice."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from integrations.money import total_of
from integrations.quickbooks.client import QuickBooksClient
from sync.engine.conclusion import Conclusion
from sync.engine.search import open_balances
from sync.engine.work import LEAVE
from sync.translate.held import amount_text
from sync.translate.outcome import Note
from sync.translate.reasons import Reason


def leave_out_paid(client: QuickBooksClient, posted: Sequence[Conclusion]) -> None:
    """Keep the payments that are to be made of sales of earlier runs to what is open of them; one call."""
    owing = [one for one in posted if one.work.payments]
    if not owing:
        return
    balances = open_balances(client, [one.sale.books_ref for one in owing if one.sale is not None])
    for conclusion in owing:
        if conclusion.sale is not None and conclusion.sale.books_ref in balances:
            keep_to_balance(conclusion, balances[conclusion.sale.books_ref])


def keep_to_balance(conclusion: Conclusion, balance: Decimal) -> None:
    """An invoice that was paid in QuickBooks gets no second payment; money that it has no use for came in all the same.
    One of ours that is partly paid there does: it is for QuickBooks to refuse, and then for a person. One whose total
    is not the order's gets none that it cannot hold, and that is told."""
    payments = conclusion.work.payments
    owed = total_of(payment.applied for payment in payments)
    sale = conclusion.sale
    may_differ = sale is not None and (sale.adopted or sale.decided.get("do") == LEAVE)
    if balance <= 0 or (may_differ and owed > balance):
        beyond = () if may_differ else tuple(one for one in payments if not one.applied)
        conclusion.planned.decision = replace(conclusion.work, payments=beyond)
    if balance > 0 and may_differ and owed > balance:
        currency = payments[0].currency
        amounts = {"amount": amount_text(owed, currency), "balance": amount_text(balance, currency)}
        conclusion.notes.insert(0, Note(Reason.PAID_OTHERWISE, amounts | {"currency": currency}))
