"""Orders that the store told us of by itself: read by their ids, because its searches lag behind its writes."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from integrations.errors import Malformed, NotFound, Refused
from integrations.models import Integration
from integrations.stores import Fetched, Store
from sync.models import WantedOrder

# What was told of longer ago than that, or before so many others, is in the store's lists by now: a thousand edits at
# once cost no call each.
LAG = timedelta(minutes=5)
MOST = 200


def orders_want(integration: Integration, refs: Iterable[str], *, now: datetime) -> None:
    """Have the next pull read these orders by their ids."""
    rows = [WantedOrder(integration=integration, store_ref=ref, told_at=now) for ref in sorted(set(refs))]
    WantedOrder.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["integration", "store_ref"], update_fields=["told_at"]
    )


def wanted_orders(
    integration: Integration,
    store: Store,
    *,
    created_from: datetime,
    now: datetime,
    current: Collection[str] = (),
) -> Iterator[tuple[WantedOrder, list[Fetched] | None]]:
    """Each wanted order and what the store has under its id: nothing where that is not needed, None where the store
    has none.

    `now` is when the store's lists were asked, and `current` are the orders that were read by their ids since. Raises
    `integrations.errors`.
    """
    latest = WantedOrder.objects.filter(integration=integration).order_by("-told_at", "-pk")
    for number, wanted in enumerate(latest):
        is_recent = number < MOST and wanted.told_at >= now - LAG
        is_known = wanted.store_ref in current and wanted.told_at <= now
        fetched = _read(store, wanted.store_ref) if is_recent and not is_known else []
        yield wanted, fetched and [one for one in fetched if one.created_at >= created_from]


def _read(store: Store, ref: str) -> list[Fetched] | None:
    """What cannot be had this way is left to the store's lists."""
    try:
        return [store.order(ref)]
    except NotFound:
        return None
    except (Refused, Malformed):
        return []


def order_done(wanted: WantedOrder) -> None:
    """Forget that it was wanted, unless it was told of again meanwhile."""
    WantedOrder.objects.filter(pk=wanted.pk, told_at=wanted.told_at).delete()
