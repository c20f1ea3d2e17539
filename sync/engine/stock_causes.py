"""When levels are compared.

Whoever asks for a sync gets a comparison. One that comes by itself compares when anything changed that levels follow
from, or when the last comparison is an hour old: whether QuickBooks' change feed tells of a mere change of quantity is
uncertain.
"""

import hashlib
from datetime import datetime, timedelta

from django.db.models import Max

from integrations.models import Integration
from sync.engine.session import Session
from sync.flows import stock as stock_flow
from sync.models import Batch, PushState, Trigger

# Hourly syncs, which begin a little early or late, compare every time.
COMPARED_EVERY = timedelta(minutes=55)
# QuickBooks' queries lag behind what is written: a comparison so soon after a write of ours is made once more.
BOOKS_LAG = timedelta(minutes=1)

_ASKED_BY_SOMEBODY = frozenset({Trigger.PERSON, Trigger.COMMAND})
_UNDER_WAY = (PushState.WAITING, PushState.APPROVED)


def is_due(session: Session) -> bool:
    """Whether this run is to compare levels; asks QuickBooks what changed only where nothing else says so."""
    integration = session.integration
    last = integration.stock_compared_at
    return (
        session.run.trigger in _ASKED_BY_SOMEBODY
        or session.approves
        or last is None
        or not integration.stock_basis
        or session.clock.now() - last >= COMPARED_EVERY
        or stock_flow.pushes(integration, *_UNDER_WAY).exists()
        or stock_flow.asked_for(integration).exists()
        or last_write(integration, since=last - BOOKS_LAG) is not None
        or integration.stock_basis != basis(session)
    )


def basis(session: Session) -> str:
    """A digest of what levels follow from, the store's products and the quantities themselves apart: settings, items,
    and what is sold and not in the books."""
    integration = session.integration
    session.read_lists()
    found = hashlib.sha256(f"{integration.revision} {session.books.items_revision}".encode())
    for one in stock_flow.sharing_books(integration):
        orders = stock_flow.unsettled_orders(one).order_by("pk").values_list("pk", "fingerprint", "in_books")
        for order in orders.iterator():
            found.update(repr(order).encode())
    return found.hexdigest()


def comparison_owed(integration: Integration) -> None:
    """From now on every run compares, until one has come to its end with it."""
    integration.stock_basis = ""
    integration.save(update_fields=["stock_basis"])


def comparison_made(integration: Integration, basis: str, *, began_at: datetime) -> None:
    """Levels need no further look until something changes; `basis` is as it was before they were read."""
    integration.stock_basis, integration.stock_compared_at = basis, began_at
    integration.save(update_fields=["stock_basis", "stock_compared_at"])


def last_write(integration: Integration, *, since: datetime) -> datetime | None:
    """When we wrote into the books last, if that was since then: sales and refunds move quantities."""
    written = Batch.objects.filter(books=integration.books_id, answered_at__gte=since)
    latest: datetime | None = written.aggregate(latest=Max("answered_at"))["latest"]
    return latest
