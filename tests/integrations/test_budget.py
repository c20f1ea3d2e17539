"""The call budget of a company: never more calls than allowed in any window, and no waiting while there is room."""

from bisect import bisect_right
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Business
from integrations import budget
from integrations.budget import KINDS, LIMITS, spend, wait_for
from integrations.http import Clock
from integrations.models import BooksConnection
from tests.support.processes import at_once

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)

# Bursts: so many milliseconds of silence, then so many calls of a kind, each so long after the one before.
BURSTS = st.lists(
    st.tuples(st.integers(0, 70_000), st.integers(1, 150), st.sampled_from(sorted(KINDS)), st.integers(0, 300)),
    min_size=1,
    max_size=8,
)
CASES = [(counted, limit) for counted, limits in LIMITS.items() for limit in limits]


def arrivals(bursts):
    """The moments at which callers want to call, and the kinds of their calls."""
    moment = NOON_MS
    for silence, calls, kind, gap in bursts:
        moment += silence
        for _ in range(calls):
            yield moment, kind
            moment += gap


def made_calls(bursts):
    """The moments at which the calls are made when each waits as told: (moment, kind, wait, moments before it)."""
    moments, free_at = {}, 0
    for wanted, kind in arrivals(bursts):
        now = max(wanted, free_at)
        wait = wait_for(moments, kind, now)
        yield now + wait, kind, wait, moments
        free_at = now + wait
        moments = spend(moments, kind, free_at)


def counted_as(calls, counted):
    return [moment for moment, kind, *_ in calls if counted in KINDS[kind]]


@settings(max_examples=60, deadline=None)
@given(BURSTS)
def test_no_window_ever_holds_more_calls_than_its_limit(bursts):
    calls = list(made_calls(bursts))
    for counted, limit in CASES:
        moments = counted_as(calls, counted)
        for first, too_many in zip(moments, moments[limit.calls :], strict=False):
            assert too_many - first >= limit.window, (counted, limit)


@settings(max_examples=60, deadline=None)
@given(BURSTS)
def test_nobody_waits_longer_than_needed(bursts):
    """A call that waits could not have been made a millisecond earlier; so one that has room does not wait at all."""
    calls = list(made_calls(bursts))
    of_kind = {counted: counted_as(calls, counted) for counted in LIMITS}
    for moment, kind, wait, _ in calls:
        assert wait >= 0
        if wait:
            assert any(
                full_before(of_kind[counted], moment, limit) for counted, limit in CASES if counted in KINDS[kind]
            )


def full_before(moments, moment, limit):
    """Whether the window that ends one millisecond before `moment` is full with earlier calls."""
    start = bisect_right(moments, moment - 1 - limit.window)
    return sum(1 for one in moments[start:] if one < moment) >= limit.calls


@settings(max_examples=60, deadline=None)
@given(BURSTS)
def test_one_wait_is_enough(bursts):
    assert all(wait_for(moments, kind, moment) == 0 for moment, kind, _, moments in made_calls(bursts))


@settings(max_examples=20, deadline=None)
@given(BURSTS)
def test_what_is_remembered_does_not_grow(bursts):
    for *_, moments in made_calls(bursts):
        assert len(moments.get("request", ())) <= 400
        assert len(moments.get("batch", ())) <= 38


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_fresh_budget_is_free(kind):
    assert wait_for({}, kind, NOON_MS) == 0


def test_a_batch_counts_as_a_request_too_and_a_request_not_as_a_batch():
    assert spend({}, "batch", 7) == {"request": [7], "batch": [7]}
    assert spend({}, "request", 7) == {"request": [7]}


def test_the_limits_stay_below_what_quickbooks_allows():
    """500 requests a minute, 10 a second and 40 batches a minute."""
    assert all(limit.calls < (10 if limit.window == 1_000 else 500) for limit in LIMITS["request"])
    assert all(limit.calls < 40 for limit in LIMITS["batch"])


# -- the row -----------------------------------------------------------------------------------------------------------


def make_books(number="77"):
    business = Business.objects.create(name=f"Maple {number}")
    return BooksConnection.objects.create(business=business, account_id=number)


def stopped(waits):
    """A clock that stands still until somebody sleeps."""
    return Clock(
        now=lambda: datetime.fromtimestamp(NOON_MS / 1000 + sum(waits), UTC), sleep=waits.append, jitter=lambda: 0.0
    )


def take(books, calls, kind="request"):
    """Take so many calls at one instant; the waits that this cost, in seconds."""
    waits = []
    clock = stopped(waits)
    for _ in range(calls):
        budget.take(books.pk, kind, clock)
    return waits


def moments_of(books):
    return BooksConnection.objects.get(pk=books.pk).recent_calls


def test_calls_are_written_into_the_row_and_the_ninth_of_a_second_waits(db):
    books = make_books()
    assert take(books, 9) == [1.0]
    assert moments_of(books) == {"request": [NOON_MS] * 8 + [NOON_MS + 1000]}


def test_companies_do_not_share_a_budget(db):
    assert take(make_books("1"), 8) == take(make_books("2"), 8) == []


def test_two_processes_share_one_budget(shared_db):
    books = make_books()

    waits = at_once(*[lambda: take(books, 4)] * 2)

    assert waits == [[], []]
    assert moments_of(books) == {"request": [NOON_MS] * 8}, "no call of either is lost"
    assert take(books, 1) == [1.0]


def test_a_call_of_another_process_in_between_is_not_overwritten(db, monkeypatch):
    books = make_books()
    real = budget.wait_for
    others = iter([lambda: take(books, 8)])

    def meanwhile(moments, kind, now):
        wait = real(moments, kind, now)
        monkeypatch.setattr(budget, "wait_for", real)
        next(others)()
        return wait

    monkeypatch.setattr(budget, "wait_for", meanwhile)

    assert take(books, 1) == [1.0]
    assert len(moments_of(books)["request"]) == 9
