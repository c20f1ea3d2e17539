"""What the next sync would do with one refund, document by document, as far as our own rows tell: nobody is asked."""

from datetime import datetime

from integrations.models import Integration
from sync.engine.documents import Names, new_item_id
from sync.engine.preview import PreviewedOrder, planner_for, previewed_refund
from sync.engine.refund_foresight import refund_sheets
from sync.engine.refund_plan import RefundPlanner
from sync.engine.refund_work import RefundWork
from sync.models import Record


def preview_refund(integration: Integration, record: Record, *, now: datetime) -> PreviewedOrder:
    """The refund as the next sync would post it. Raises NotReady."""
    planner = planner_for(integration)
    [planned] = RefundPlanner(planner, now).plan([record])
    documents = planned.decision.documents if isinstance(planned.decision, RefundWork) else ()
    sheets = refund_sheets(planned, planner.company)
    drafts = {line.item for document in documents for line in document.lines}
    names = Names(planner.company, {("Item", new_item_id(item)): item.name for item in drafts})
    names.load(integration.books, sheets)
    return previewed_refund(planned, sheets, names)
