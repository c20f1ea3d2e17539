"""The call budget of a QuickBooks company, shared by all that talks to it.

QuickBooks allows 500 requests a minute and 10 a second for a company, and 40 batch calls a minute. We stay below each.
The moments of the latest calls are kept in the company's row (milliseconds since the epoch), so that several processes
share one budget.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.http import Clock
from integrations.models import BooksConnection

Moments = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` in any `window` milliseconds."""

    calls: int
    window: int


# By kind of call; a batch counts as a request as well.
LIMITS: dict[str, tuple[Limit, ...]] = {
    "request": (Limit(8, 1_000), Limit(400, 60_000)),
    "batch": (Limit(38, 60_000),),
}
KINDS = {"request": ("request",), "batch": ("request", "batch")}
_LONGEST = {kind: max(limit.calls for limit in limits) for kind, limits in LIMITS.items()}


def wait_for(moments: Moments, kind: str, now: int) -> int:
    """Milliseconds from `now` until a call of this kind is within every limit. Pure."""
    return max(
        (_wait(moments.get(counted, ()), limit, now) for counted in KINDS[kind] for limit in LIMITS[counted]), default=0
    )


def _wait(moments: Sequence[int], limit: Limit, now: int) -> int:
    if len(moments) < limit.calls:
        return 0
    return max(0, moments[-limit.calls] + limit.window - now)


def spend(moments: Moments, kind: str, now: int) -> Moments:
    """The moments after a call of this kind at `now`, without those that no limit looks back to."""
    spent = {counted: [*moments.get(counted, []), now][-_LONGEST[counted] :] for counted in KINDS[kind]}
    return {**moments, **spent}


def take(books_pk: int, kind: str, clock: Clock) -> None:
    """Wait until the company's budget allows a call of this kind, and count it."""
    while True:
        row = BooksConnection.objects.only("recent_calls").get(pk=books_pk)
        now = int(clock.now().timestamp() * 1000)
        wait = wait_for(row.recent_calls, kind, now)
        if wait:
            clock.sleep(wait / 1000)
            continue
        unchanged = BooksConnection.objects.filter(pk=books_pk, recent_calls=row.recent_calls)
        if unchanged.update(recent_calls=spend(row.recent_calls, kind, now)):
            return
