"""What a dry run says of a page of orders: what a run would, as far as reading tells.

A document that is in the books is read, as a run reads it before it changes or pays it, and so are those whose numbers
new ones would have: a call for each kind of document and page, and nothing is written.
"""

from collections.abc import Sequence
from dataclasses import replace

from integrations.errors import RemoteError
from integrations.quickbooks.client import QuickBooksClient
from sync.engine.amend import Amender
from sync.engine.conclusion import Conclusion, Refusals
from sync.engine.documents import new_item_id
from sync.engine.owing import leave_out_paid
from sync.engine.record import Ending, ending_of, said
from sync.engine.search import existing_sales, number_taken
from sync.engine.session import Session, stopped_by
from sync.engine.work import Planned, Work


def foreseen(session: Session, planned: Sequence[Planned]) -> list[Ending]:
    """How a run would end for each order. Raises Stop where QuickBooks cannot be asked."""
    conclusions = {id(one): _concluded(one) for one in planned if isinstance(one.decision, Work)}
    posted = [one for one in conclusions.values() if one.sale is not None]
    company = session.planner.company
    try:
        changing = [one for one in posted if one.work.change is not None]
        Amender(session.delivery, company, Refusals(company.name)).foresee(changing, new_item_id)
        leave_out_paid(session.client, [one for one in posted if one.problem is None])
        _see_what_is_there(session.client, [one for one in conclusions.values() if one.work.sale is not None])
    except RemoteError as error:
        raise stopped_by(error, "books") from error
    return [_ending(one, conclusions.get(id(one))) for one in planned]


def _concluded(one: Planned) -> Conclusion:
    notes = one.decision.notes if isinstance(one.decision, Work) else ()
    return Conclusion(one, notes=list(notes), sale=one.sale)


def _see_what_is_there(client: QuickBooksClient, new: Sequence[Conclusion]) -> None:
    """A document of the same total would be taken over; another one is in the way."""
    sales = {one.work.sale.marker: one for one in new if one.work.sale is not None}
    found = existing_sales(client, [one.work.sale for one in new if one.work.sale is not None]) if new else {}
    for mark, existing in found.items():
        sale = sales[mark].work.sale
        if sale is not None and not (existing.ours or existing.is_the_same(sale)):
            sales[mark].problem = number_taken(sale, existing)


def _ending(planned: Planned, conclusion: Conclusion | None) -> Ending:
    if conclusion is not None and conclusion.problem is not None:
        return ending_of(planned, conclusion)
    ending = ending_of(planned, None)
    if conclusion is None or ending.reason:
        return ending
    reason, params = said(conclusion.notes)
    return replace(ending, reason=reason, params=params)
