"""What a person decides about a push of stock levels: approve the table that was shown, reject it, bring levels
back (K2). Whatever has to be written is written by the next sync."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from sync.models import PushState, SettingChange, StockPush

_RESTORABLE = (PushState.APPLIED, PushState.APPROVED)


def push_approve(pk: int, *, digest: str, user: User, now: datetime) -> bool:
    """Let exactly the table that was shown go; False when it is not that table any more, or not waiting."""
    return _decide(pk, PushState.APPROVED, PushState.WAITING, digest=digest, user=user, now=now)


def push_reject(pk: int, *, digest: str, user: User, now: datetime) -> bool:
    """Leave the store's levels as they are until the table is another one; False as for `push_approve`."""
    return _decide(pk, PushState.REJECTED, PushState.WAITING, digest=digest, user=user, now=now)


def push_restore(pk: int, *, user: User, now: datetime) -> bool:
    """Bring back each level that is still what this push made it; False where nothing was written by it."""
    written = StockPush.objects.filter(pk=pk, changes__written_at__isnull=False).exists()
    return written and _decide(pk, PushState.RESTORING, *_RESTORABLE, user=user, now=now)


@transaction.atomic
def _decide(pk: int, to: PushState, *states: PushState, user: User, now: datetime, digest: str | None = None) -> bool:
    """The conditional update decides who was first; the change log says who it was."""
    pushes = StockPush.objects.filter(pk=pk, state__in=states)
    if digest is not None:
        pushes = pushes.filter(digest=digest)
    push = pushes.select_related("integration").first()
    if push is None or not pushes.update(state=to, user=user, by=user.get_username()[:150], decided_at=now):
        return False
    SettingChange.objects.create(
        business_id=push.integration.business_id,
        integration=push.integration,
        user=user,
        by=user.get_username()[:150],
        at=now,
        model="sync.stockpush",
        subject=f"#{push.pk}",
        field="state",
        old=push.state,
        new=to,
    )
    return True
