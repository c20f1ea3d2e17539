"""What the next sync would do with one refund, document by document, as far as our own rows tell: nobody is asked."""

from datetime import datetime

from integrations.books import Company, RefundDocument
from integrations.models import Integration
from integrations.money import total_of
from integrations.quickbooks import arithmetic, writer
from sync.engine.documents import Names, Sheet, read
from sync.engine.preview import PreviewedOrder, new_item_id, planner_for, taxes_of
from sync.engine.record import problem_ending
from sync.engine.refund_plan import RefundPlanner
from sync.engine.refund_work import PlannedRefund, RefundWork, would
from sync.models import Action, Record
from sync.translate.outcome import Hold


def preview_refund(integration: Integration, record: Record, *, now: datetime) -> PreviewedOrder:
    """The refund as the next sync would post it. Raises NotReady."""
    planner = planner_for(integration)
    [planned] = RefundPlanner(planner, now).plan([record])
    documents = planned.decision.documents if isinstance(planned.decision, RefundWork) else ()
    sheets = [_sheet(document, planner.company) for document in documents]
    drafts = {line.item for document in documents for line in document.lines}
    names = Names(planner.company, {("Item", new_item_id(item)): item.name for item in drafts})
    names.load(integration.books, sheets)
    action, reason, params = _said(planned)
    return PreviewedOrder(
        record=record,
        action=action,
        reason=reason,
        params=params,
        notes=(),
        documents=tuple(read(sheet, names) for sheet in sheets),
        store_total=total_of(document.total for document in documents) if documents else record.amount,
        books_total=total_of(arithmetic.sale_total(one, planner.company) for one in documents) if documents else None,
        sale=None,
    )


def _sheet(document: RefundDocument, company: Company) -> Sheet:
    return Sheet(
        type=document.type.value,
        payload=writer.refund_payload(document, company, item_id=new_item_id),
        currency=document.currency,
        total=arithmetic.sale_total(document, company),
        taxes=taxes_of(document, company),
    )


def _said(planned: PlannedRefund) -> tuple[str, str, dict[str, str]]:
    """Action, reason and parameters, as the log would have them."""
    decision = planned.decision
    if isinstance(decision, RefundWork):
        return would(decision), "", {}
    action = Action.SKIPPED
    if isinstance(decision, Hold):
        action = Action(problem_ending(planned.record, planned.wanted, decision, None).action)
    return action, decision.reason, dict(decision.params)
