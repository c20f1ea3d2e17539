"""Records that wait, by the dozen, without a sync."""

from decimal import Decimal

from sync.causes import cause_of
from sync.models import Record
from tests.support.office import NOW


def wait(integration, reason, params=None, *, state="held", amounts=("10.00",), currency="CAD", at=NOW, **more):
    """One record per amount that waits for this reason; its number is that of its row."""
    start = Record.objects.count()
    about = {
        "integration": integration,
        "kind": "order",
        "payload": {},
        "fingerprint": "f",
        "created_in_store_at": at,
        "updated_in_store_at": at,
        "currency": currency,
        "state": state,
        "reason": reason,
        "params": params or {},
        "cause": cause_of(reason, params or {}) if state in {"held", "failed", "ignored"} else "",
        "done": 1,
        "decided_revision": 99,
        "decided_mirror": 99,
        **more,
    }
    return [
        Record.objects.create(number=f"W{number}", store_ref=f"W{number}", amount=Decimal(amount), **about)
        for number, amount in enumerate(amounts, start)
    ]
