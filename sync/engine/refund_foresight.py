"""The refunds of previewed orders (L4): what each would become once its order, and every refund before it, is in the
books. Nobody is asked, and nothing is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from integrations.books import Company, ItemDraft, Known, RefundDocument, SaleType
from integrations.commerce import Order
from integrations.quickbooks import arithmetic, writer
from sync.engine.documents import Sheet, new_item_id, new_sale_id, taxes_of
from sync.engine.plan import Planner
from sync.engine.record import problem_ending
from sync.engine.refund_past import Past, history_of
from sync.engine.refund_plan import RefundPlanner
from sync.engine.refund_records import unfiled
from sync.engine.refund_sale import sale_of
from sync.engine.refund_work import ROLES, PlannedRefund, RefundWork, would
from sync.engine.work import Kind, Planned, Work
from sync.flows.refunds import IN_THE_BOOKS
from sync.models import Action, Posting, PostingState, Record, RecordKind, RecordState, Role
from sync.translate.because import refund_because
from sync.translate.outcome import Hold, Skip
from sync.translate.reasons import Reason

_OPEN = (RecordState.NEW, RecordState.HELD, RecordState.FAILED)
_WAITS = Hold(Reason.REFUND_WAITS)


@dataclass(frozen=True, slots=True)
class Paper:
    """An order with the documents that would be made of it."""

    planned: Planned
    sheets: Sequence[Sheet]


@dataclass(frozen=True, slots=True)
class Foresight:
    """`as_if_new` decides for all refunds of an order, and leaves out of account what took back its sale already; else
    for those that are not settled. A sale that is in the books is taken as it is there in either case."""

    planner: Planner
    now: datetime
    as_if_new: bool = False

    def of(self, orders: Sequence[Paper]) -> list[list[PlannedRefund]]:
        """The refunds of each order, in their turn. Costs the same number of SQL statements however many orders there
        are, and one where none of them has a refund."""
        filed = self._filed(orders)
        if not any(filed.get(one.planned.record.pk) or _told(one.planned) for one in orders):
            return [[] for _ in orders]
        postings, _refunds = history_of(dict.fromkeys(one.planned.record.pk for one in orders if one.planned.record.pk))
        turns = [self._turn(one, filed, postings.get(one.planned.record.pk, [])) for one in orders]
        return self._decided(turns)

    def _filed(self, orders: Sequence[Paper]) -> dict[int, list[Record]]:
        known = [one.planned.record.pk for one in orders if one.planned.record.pk]
        found: dict[int, list[Record]] = {}
        for record in Record.objects.filter(order__in=known, kind=RecordKind.REFUND).order_by("pk"):
            found.setdefault(record.order_id or 0, []).append(record)
        return found

    # -- the refunds of one order --------------------------------------------------------------------------------------

    def _turn(self, one: Paper, filed: Mapping[int, list[Record]], posted: Sequence[Posting]) -> "_Turn":
        planned = one.planned
        order = planned.order or RefundPlanner(self.planner, self.now).read(planned.record)
        known = filed.get(planned.record.pk, [])
        in_books = any(posting.role == Role.SALE and posting.is_in_books for posting in posted)
        new = unfiled(planned.record, _takes_back(order, in_books=in_books), known) if isinstance(order, Order) else []
        records = [*(record for record in known if self._is_asked(record)), *new]
        history = [posting for posting in posted if not (self.as_if_new and posting.role in ROLES.values())]
        if not (self.as_if_new and in_books):
            history += expected(one)
        past = Past(order, history, [*known, *new])
        records.sort(key=lambda record: record.created_in_store_at)
        return _Turn(records, past, self._beforehand(planned, in_books=in_books), _new_items(planned))

    def _is_asked(self, record: Record) -> bool:
        """Whether a sync would look at it, or somebody waits for it."""
        stale = record.decided_revision < self.planner.integration.revision
        late = record.reason == Reason.REFUND_ORDER_NOT_POSTED
        skipped = record.state == RecordState.SKIPPED and (stale or late)
        return self.as_if_new or skipped or record.state in _OPEN or record.wanted > record.done

    def _beforehand(self, planned: Planned, *, in_books: bool) -> Hold | Skip | None:
        """What is decided of the refunds whatever they are."""
        if not self.planner.integration.refunds.enabled:
            return Skip(Reason.REFUNDS_OFF)
        if in_books and self.as_if_new:
            return None
        decision = planned.decision
        if isinstance(decision, Hold):
            return None if in_books and decision.reason in IN_THE_BOOKS else _WAITS
        change = decision.change if isinstance(decision, Work) else None
        return _WAITS if change is not None and change.kind is not Kind.SHIPPING else None

    def _decided(self, turns: Sequence["_Turn"]) -> list[list[PlannedRefund]]:
        open_ = [turn for turn in turns if turn.beforehand is None and turn.records]
        items = {ref: item for turn in open_ for ref, item in turn.new_items.items()}
        planner = RefundPlanner(self.planner, self.now)
        foreseen = planner.foresee([(turn.past, turn.records) for turn in open_], items) if open_ else []
        found = {id(turn): refunds for turn, refunds in zip(open_, foreseen, strict=True)}
        return [[*found.get(id(turn), []), *turn.rest(len(found.get(id(turn), [])))] for turn in turns]


@dataclass(frozen=True, slots=True)
class _Turn:
    records: list[Record]
    past: Past
    beforehand: Hold | Skip | None
    new_items: Mapping[str, Known]

    def rest(self, done: int) -> Iterator[PlannedRefund]:
        """Those about which nobody could decide: what is before them waits."""
        for record in self.records[done:]:
            decision = self.beforehand or _WAITS
            yield PlannedRefund(record, record.wanted, decision, None, {}, sale_of(self.past.postings), ())


def _told(planned: Planned) -> bool:
    return planned.order is not None and bool(planned.order.refunds)


def _takes_back(order: Order, *, in_books: bool) -> Order:
    """That an order was called off whose sale was never in the books takes nothing back."""
    return replace(order, refunds=tuple(one for one in order.refunds if in_books or not one.cancelled))


def _new_items(planned: Planned) -> dict[str, Known]:
    sale = planned.decision.sale if isinstance(planned.decision, Work) else None
    drafts = [line.item for line in sale.lines if isinstance(line.item, ItemDraft)] if sale is not None else []
    return {new_item_id(draft): Known(new_item_id(draft), draft.name, draft.type) for draft in drafts}


# -- documents that are not there yet ----------------------------------------------------------------------------------


def expected(one: Paper) -> list[Posting]:
    """The postings that the documents of an order would be: its sale, where it is new, and its payments."""
    planned = one.planned
    made = [sheet for sheet in one.sheets if sheet.type == "Payment" or (sheet.type in _SALES and planned.sale is None)]
    return [_posting(sheet, planned, place) for place, sheet in enumerate(made)]


_SALES = frozenset(kind.value for kind in SaleType)


def _posting(sheet: Sheet, planned: Planned, place: int) -> Posting:
    is_sale = sheet.type in _SALES
    number = str(sheet.payload.get("DocNumber") or "")
    return Posting(
        role=Role.SALE if is_sale else Role.PAYMENT,
        ordinal=planned.voided if is_sale else place,
        state=PostingState.POSTED,
        books_type=sheet.type,
        books_ref=new_sale_id(planned.order.ref) if is_sale and planned.order is not None else f"new payment {place}",
        doc_number="" if number == "AUTO_GENERATE" else number,
        customer_ref=str(sheet.payload["CustomerRef"]["value"]),
        txn_date=date.fromisoformat(sheet.payload["TxnDate"]),
        currency=sheet.currency,
        total=sheet.total,
        payload=dict(sheet.payload),
    )


# -- documents of refunds ----------------------------------------------------------------------------------------------


def refund_sheets(planned: PlannedRefund, company: Company) -> list[Sheet]:
    """The documents that a refund would become, as they would be sent."""
    documents = planned.decision.documents if isinstance(planned.decision, RefundWork) else ()
    return [_refund_sheet(document, planned, company) for document in documents]


def _refund_sheet(document: RefundDocument, planned: PlannedRefund, company: Company) -> Sheet:
    because = refund_because(document, planned.case) if planned.case is not None else {}
    return Sheet(
        type=document.type.value,
        payload=writer.refund_payload(document, company, item_id=new_item_id),
        currency=document.currency,
        total=arithmetic.sale_total(document, company),
        taxes=taxes_of(document, company),
        because={name: (one,) for name, one in because.items()},
    )


def said_of(planned: PlannedRefund) -> tuple[str, str, dict[str, str]]:
    """Action, reason and parameters, as the log would have them."""
    decision = planned.decision
    if isinstance(decision, RefundWork):
        return would(decision), "", {}
    action = Action.SKIPPED
    if isinstance(decision, Hold):
        action = Action(problem_ending(planned.record, planned.wanted, decision, None).action)
    return action, decision.reason, dict(decision.params)
