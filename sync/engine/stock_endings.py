"""How stocktaking ends for a product: what its record and the log say of its level. Writes nothing."""

from integrations.commerce import Product
from sync.engine.record import Ending
from sync.engine.stocktaking import Shelf, product_of
from sync.models import Action, Record, RecordState
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason
from sync.translate.stock import Level


def counted(product: Product, level: int | None) -> Product:
    """The product with another level; None: it is not counted."""
    return Product.from_json({**product.as_json(), "stock": level, "unlimited": level is None})


def set_ending(record: Record, before: int | None, after: int) -> Ending:
    """The ending of a product whose level was set."""
    product = product_of(record)
    named = {"sku": product.sku.strip(), "product": product.name, "after": str(after)}
    if before is None:
        return Ending(record, record.wanted, RecordState.POSTED, Action.UPDATED, Reason.STOCK_COUNTED_NOW, named)
    params = {**named, "before": str(before)}
    return Ending(record, record.wanted, RecordState.POSTED, Action.UPDATED, Reason.STOCK_SET, params)


def would_set(shelf: Shelf) -> Ending:
    level = shelf.level
    before, after = (level.before, level.after) if level else (None, 0)
    done = set_ending(shelf.record, before, after)
    return Ending(done.record, done.wanted, done.state, Action.WOULD_UPDATE, done.reason, done.params)


def is_right_and_new(shelf: Shelf) -> bool:
    is_right = isinstance(shelf.decision, Level) and not shelf.decision.differs
    return is_right and shelf.record.state == RecordState.NEW


def settled(shelf: Shelf) -> Ending | None:
    """The ending of a product whose level is not to be changed; None where it is known already."""
    record, decision = shelf.record, shelf.decision
    if isinstance(decision, Hold):
        return problem_of(shelf, decision)
    if isinstance(decision, Level):
        quiet = decision.differs or record.state == RecordState.POSTED
        return None if quiet else Ending(record, record.wanted, RecordState.POSTED, Action.UNCHANGED)
    ending = Ending(record, record.wanted, RecordState.SKIPPED, Action.SKIPPED, decision.reason, dict(decision.params))
    return None if _is_known(ending) else ending


def problem_of(shelf: Shelf, problem: Hold) -> Ending | None:
    record = shelf.record
    params = dict(problem.params)
    ending = Ending(record, record.wanted, RecordState.HELD, Action.HELD, problem.reason, params)
    return None if _is_known(ending) else ending


def _is_known(ending: Ending) -> bool:
    """Whether the record says so already, and nobody has asked since."""
    record = ending.record
    same = (record.state, record.reason, record.params) == (ending.state, ending.reason, dict(ending.params))
    return same and record.done == record.wanted


def named(shelf: Shelf) -> dict[str, str]:
    level = shelf.level
    after = {"after": str(level.after)} if level else {}
    return {"sku": shelf.product.sku.strip(), "product": shelf.product.name, **after}
