"""A run: one sync of one integration, from the store's changes to the log. Every face calls `run_integration`."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from accounts.models import User
from integrations.connecting import note_error
from integrations.errors import RemoteError
from integrations.fields import UnreadableSecret
from integrations.http import Clock
from integrations.models import Integration
from sync.engine import ordering, producing, refunding, stocking
from sync.engine.lease import LASTS, LeaseBusy, LeaseLost, leased
from sync.engine.progress import RowProgress, Watcher
from sync.engine.refund_records import skip_while_off
from sync.engine.session import Session, Stop, stopped_by
from sync.flows import products as products_flow
from sync.flows import stock as stock_flow
from sync.models import PushState, Run, RunState, Trigger
from sync.translate.reasons import Reason

logger = logging.getLogger(__name__)


class Flow(NamedTuple):
    """What a run does for one flow: really, and in a dry run, which writes nothing but the log."""

    synchronise: Callable[[Session], None]
    preview: Callable[[Session], None]


# In the order in which a run works on them.
_FLOWS: Mapping[str, Flow] = {
    "products": Flow(producing.synchronise, producing.preview),
    "orders": Flow(ordering.synchronise, ordering.preview),
    "refunds": Flow(refunding.synchronise, refunding.preview),
    "stock": Flow(stocking.synchronise, stocking.preview),
}
FLOWS = tuple(_FLOWS)


def run_integration(
    integration: Integration,
    *,
    flows: Sequence[str] = FLOWS,
    dry_run: bool = False,
    trigger: str = Trigger.COMMAND,
    user: User | None = None,
    clock: Clock | None = None,
    watcher: Watcher | None = None,
    deadline: datetime | None = None,
    run: Run | None = None,
    approve: bool = False,
) -> Run:
    """Synchronise now and return the finished run; its `state` and `reason` say how it went.

    `run` is a row that was made ahead and is carried out now: its own trigger, user and flows count.
    After `deadline` no further page of orders is begun; what is left stays due. `approve` also carries out a push of
    stock levels that waits for a person's approval, or that would.
    Never raises for what the outside world does. A mistake of our own is logged, marks the run as broken, and raised.
    """
    clock = clock or Clock()
    integration.refresh_from_db()
    run = run or Run.objects.create(
        integration=integration, trigger=trigger, user=user, flows=list(flows), dry_run=dry_run, started_at=clock.now()
    )
    run.integration = integration
    session = Session(run, clock, RowProgress(run, clock, watcher), deadline)
    session.approves = approve
    try:
        _carry_out(session)
        run.state = RunState.FINISHED
    except Stop as stop:
        run.state, run.reason, run.params = RunState.FAILED, stop.reason, stop.params
    except UnreadableSecret as error:
        run.state, run.reason = RunState.FAILED, Reason.INSTALLATION_MISCONFIGURED
        run.params = {"detail": str(error)}
    except Exception as error:
        logger.exception("run %s of %s broke", run.pk, integration.slug)
        run.state, run.reason = RunState.BROKEN, Reason.INTERNAL_ERROR
        run.params = {"detail": type(error).__name__}
        raise
    finally:
        run.finished_at, run.calls = clock.now(), session.calls
        run.save(update_fields=["state", "reason", "params", "finished_at", "calls", "expected", "seen"])
    return run


def _carry_out(session: Session) -> None:
    integration, run = session.integration, session.run
    flows = [flow for name, flow in _FLOWS.items() if name in run.flows and _is_wanted(run, name)]
    if not flows:
        return
    if run.dry_run:
        for flow in flows:
            flow.preview(session)
    elif integration.live_at is None:
        raise Stop(Reason.SETUP_UNFINISHED)
    else:
        _synchronise(session, flows)
    if session.store_problem is not None:
        raise session.store_problem


def _is_wanted(run: Run, flow: str) -> bool:
    """Whoever wants levels back gets them, also after switching the flow off that had set them."""
    is_on: bool = getattr(run.integration, flow).enabled
    is_stock = flow == "stock" and not run.dry_run
    return is_on or (is_stock and stock_flow.pushes(run.integration, PushState.RESTORING).exists())


def _synchronise(session: Session, flows: Sequence[Flow]) -> None:
    try:
        with leased(session.books, clock=session.clock) as lease:
            session.renew = lease.renew
            _close_interrupted(session)
            _put_away(session.integration)
            session.keep_consent()
            session.pull_orders()
            if not session.integration.refunds.enabled:
                skip_while_off(session.integration)
            session.delivery.recover()
            for flow in flows:
                flow.synchronise(session)
    except LeaseBusy:
        raise Stop(Reason.ANOTHER_RUN_BUSY) from None
    except LeaseLost:
        raise Stop(Reason.ANOTHER_RUN_TOOK_OVER) from None
    except RemoteError as error:
        note_error(session.books, error)
        stop = stopped_by(error, "books")
        ordering.tell_waiting(session, stop)
        raise stop from error


def _put_away(integration: Integration) -> None:
    """Products and levels that waited for a flow wait no more once it is switched off; orders do."""
    if not integration.products.enabled:
        products_flow.put_away(integration)
    if not integration.stock.enabled:
        stock_flow.put_away(integration)


def _close_interrupted(session: Session) -> None:
    """Whoever holds the lease is alone: a run that has waited for it longer than anybody waits was killed."""
    now = session.clock.now()
    killed = Run.objects.filter(
        integration__books=session.books, state=RunState.RUNNING, dry_run=False, started_at__lt=now - LASTS
    )
    killed.exclude(pk=session.run.pk).update(state=RunState.BROKEN, reason=Reason.RUN_INTERRUPTED, finished_at=now)
