"""The token pair of a company: renewed by one worker at a time, stored before it is used (C5)."""

import time as real_time
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Business
from integrations.clients import quickbooks_client
from integrations.errors import OperatorError, ReconnectNeeded, TemporaryError
from integrations.http import Clock, Transport
from integrations.models import BooksConnection, ConnectionState
from integrations.quickbooks.oauth import TokenPair
from integrations.tokens import CLAIM_LASTS, DatabaseTokens, ends_soon, store_pair
from tests.support.processes import at_once
from tests.support.time import StillTime
from tests.support.world import CA

ACCESS, REFRESH = f"qbo_access_{CA}", f"qbo_refresh_{CA}"
TOKEN_PATH = "tokens/bearer"


def make_books(**more):
    business, _ = Business.objects.get_or_create(name="Maple")
    credentials = {"access_token": ACCESS, "refresh_token": REFRESH}
    return BooksConnection.objects.create(business=business, account_id=CA, credentials=credentials, **more)


@pytest.fixture
def books(db, sandbox):
    return make_books(state=ConnectionState.CONNECTED)


@pytest.fixture
def tokens(books, time):
    return tokens_of(books, time.clock)


def tokens_of(books, clock):
    return DatabaseTokens(books, transport=Transport(clock=clock))


def row_of(books):
    return BooksConnection.objects.get(pk=books.pk)


def change(books, **changes):
    BooksConnection.objects.filter(pk=books.pk).update(**changes)


def refreshes(sandbox):
    """How often the token endpoint was called."""
    routes = sandbox.quickbooks.counters()["by_route"]
    return sum(count for route, count in routes.items() if TOKEN_PATH in route)


def pair(name, **more):
    ends = {
        "access_expires_at": datetime(2026, 5, 1, tzinfo=UTC),
        "refresh_expires_at": datetime(2026, 8, 1, tzinfo=UTC),
    }
    return TokenPair(f"access-{name}", f"refresh-{name}", **ends | more)


# -- ordinary life -----------------------------------------------------------------------------------------------------


def test_a_token_that_is_good_is_handed_out_without_a_call(tokens, sandbox):
    assert tokens.current() == ACCESS
    assert refreshes(sandbox) == 0


def test_a_renewed_pair_is_stored_with_all_of_its_ends(tokens, books, time):
    token = tokens.renew(ACCESS)

    row = row_of(books)
    assert token != ACCESS
    assert row.credentials["access_token"] == token
    assert row.credentials["refresh_token"] != REFRESH
    assert (row.token_version, row.refresh_claim) == (1, "")
    assert timedelta(minutes=59) < row.access_expires_at - time.now() <= timedelta(hours=1)
    assert timedelta(days=99) < row.refresh_expires_at - time.now() < timedelta(days=102)
    assert row.consent_expires_at - time.now() > timedelta(days=4 * 365)


def test_a_token_somebody_else_renewed_meanwhile_is_used_as_it_is(tokens, books, sandbox):
    store_pair(books, pair("newer"))
    assert tokens.renew(ACCESS) == "access-newer"
    assert refreshes(sandbox) == 0


@pytest.mark.parametrize(("minutes_left", "renewed"), [(-60, True), (0, True), (2, True), (4, False), (50, False)])
def test_a_token_near_its_end_is_renewed_ahead(books, time, sandbox, minutes_left, renewed):
    change(books, access_expires_at=time.now() + timedelta(minutes=minutes_left))
    assert (tokens_of(books, time.clock).current() != ACCESS) is renewed
    assert refreshes(sandbox) == int(renewed)


def test_the_new_pair_is_stored_before_it_is_used(books, time, sandbox):
    """Should the worker die with its first call, the next one must find the pair: the old one is worth nothing."""
    sandbox.quickbooks.control("POST", "tokens/expire", {"realm": CA})
    client = quickbooks_client(books, clock=time.clock)
    used = []
    send = client._transport.exchange

    def watched(call):
        token = call.headers["Authorization"].removeprefix("Bearer ")
        if call.headers["Authorization"].startswith("Bearer "):
            used.append((token, row_of(books).credentials["access_token"]))
        return send(call)

    client._transport.exchange = watched
    client.preferences()

    assert [token == stored for token, stored in used] == [True, True]
    assert used[0] != used[1]


# -- several workers ---------------------------------------------------------------------------------------------------


def test_two_processes_that_renew_at_once_make_one_call(shared_db, sandbox):
    books = make_books()
    sandbox.quickbooks.fault("delay", path=TOKEN_PATH, seconds=1)
    hasty = Clock(sleep=lambda _seconds: real_time.sleep(0.02))

    first, second = at_once(*[lambda: tokens_of(books, hasty).renew(ACCESS)] * 2)

    assert first == second == row_of(books).credentials["access_token"] != ACCESS
    assert refreshes(sandbox) == 1
    assert row_of(books).token_version == 1


def test_who_finds_the_renewal_claimed_waits_for_its_result(books, sandbox, time):
    change(books, refresh_claim="another", refresh_claimed_at=time.now())

    class Waiting(type(time)):
        def sleep(self, seconds):
            super().sleep(seconds)
            if self.slept >= 2:
                store_pair(row_of(books), pair("theirs"), claim="another")

    waiting = Waiting()
    assert tokens_of(books, waiting.clock).renew(ACCESS) == "access-theirs"
    assert waiting.slept == 2
    assert refreshes(sandbox) == 0


def test_a_renewal_that_ends_between_our_look_and_our_claim_is_not_made_twice(books, sandbox):
    def now():
        if row_of(books).token_version == 0:
            store_pair(row_of(books), pair("theirs"))
        return datetime.now(UTC)

    assert tokens_of(books, Clock(now=now, sleep=lambda _seconds: None)).renew(ACCESS) == "access-theirs"
    assert refreshes(sandbox) == 0


def test_the_claim_of_a_dead_worker_ends(books, sandbox):
    still = StillTime()
    change(books, refresh_claim="dead", refresh_claimed_at=still.now())

    assert tokens_of(books, still.clock).renew(ACCESS) == row_of(books).credentials["access_token"] != ACCESS

    assert CLAIM_LASTS <= timedelta(seconds=still.slept) <= CLAIM_LASTS + timedelta(seconds=1)
    assert refreshes(sandbox) == 1


def test_a_worker_that_was_taken_for_dead_does_not_overwrite_the_newer_pair(books, time):
    transport = Transport(clock=time.clock)
    send = transport.exchange

    def slow(call):
        answer = send(call)
        store_pair(row_of(books), pair("newer"))
        return answer

    transport.exchange = slow

    assert DatabaseTokens(books, transport=transport).renew(ACCESS) == "access-newer"
    assert row_of(books).credentials == {"access_token": "access-newer", "refresh_token": "refresh-newer"}


# -- when it fails -----------------------------------------------------------------------------------------------------


def test_a_withdrawn_consent_marks_the_connection_and_is_not_asked_for_again(tokens, books, sandbox):
    sandbox.quickbooks.control("POST", "tokens/revoke", {"realm": CA})

    for _ in range(3):
        with pytest.raises(ReconnectNeeded):
            tokens.renew(ACCESS)

    row = row_of(books)
    assert (row.state, row.refresh_claim) == (ConnectionState.RECONNECT, "")
    assert "consent" in row.state_detail
    assert refreshes(sandbox) == 1
    with pytest.raises(ReconnectNeeded):
        tokens.current()


def test_wrong_app_keys_are_a_problem_of_who_runs_the_installation(tokens, books, settings):
    settings.QUICKBOOKS_CLIENT_SECRET = "mistyped"
    with pytest.raises(OperatorError):
        tokens.renew(ACCESS)
    row = row_of(books)
    assert (row.state, row.refresh_claim) == (ConnectionState.OPERATOR, "")
    assert "client id or secret" in row.state_detail
    assert row.credentials["refresh_token"] == REFRESH


def test_once_the_app_keys_are_right_it_goes_on_by_itself(tokens, books, settings):
    right, settings.QUICKBOOKS_CLIENT_SECRET = settings.QUICKBOOKS_CLIENT_SECRET, "mistyped"
    with pytest.raises(OperatorError):
        tokens.renew(ACCESS)
    settings.QUICKBOOKS_CLIENT_SECRET = right

    assert tokens.renew(ACCESS) != ACCESS
    assert (row_of(books).state, row_of(books).state_detail) == (ConnectionState.CONNECTED, "")


TEMPORARY = {
    "an error of theirs": {"kind": "status", "status": 500},
    "a page of a proxy": {"kind": "html", "status": 503},
    "too many requests": {"kind": "status", "status": 429},
    "no answer": {"kind": "drop_before"},
    "half an answer": {"kind": "truncated"},
    "a page instead of tokens": {"kind": "html", "status": 200},
}


@pytest.mark.parametrize("fault", TEMPORARY.values(), ids=TEMPORARY)
def test_what_may_pass_by_itself_leaves_the_connection_alone(tokens, books, sandbox, fault):
    sandbox.quickbooks.fault(path=TOKEN_PATH, **fault)
    before = row_of(books)

    with pytest.raises(TemporaryError):
        tokens.renew(ACCESS)

    row = row_of(books)
    assert (row.state, row.credentials, row.token_version) == (before.state, before.credentials, before.token_version)
    assert row.refresh_claim == "", "the next worker need not wait"


@pytest.mark.parametrize("state", [ConnectionState.RECONNECT, ConnectionState.DISCONNECTED])
def test_a_connection_that_waits_for_its_owner_makes_no_call(tokens, books, sandbox, time, state):
    change(books, state=state, access_expires_at=time.now())
    with pytest.raises(ReconnectNeeded):
        tokens.current()
    assert sandbox.quickbooks.counters()["requests"] == 0


# -- the end of the consent --------------------------------------------------------------------------------------------

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("unused_for_long", "five_years", "told"),
    [
        (90, 1500, None),
        (14, 1500, None),
        (13, 1500, 13),
        (90, 5, 5),
        (13, 5, 5),
        (-1, 5, -1),
        (None, None, None),
        (None, 3, 3),
    ],
)
def test_a_consent_that_ends_soon_is_reported_with_its_nearest_end(unused_for_long, five_years, told):
    def day(days):
        return None if days is None else NOW + timedelta(days=days)

    books = BooksConnection(refresh_expires_at=day(unused_for_long), consent_expires_at=day(five_years))
    assert ends_soon(books, NOW) == day(told)


def test_a_renewal_that_does_not_tell_the_final_end_keeps_the_one_we_know(books):
    end = datetime(2031, 1, 1, tzinfo=UTC)
    store_pair(books, pair("first", hard_expires_at=end))
    store_pair(row_of(books), pair("second"))
    assert row_of(books).consent_expires_at == end


def test_no_text_of_a_pair_shows_its_tokens():
    assert "access-x" not in repr(pair("x"))
    assert "refresh-x" not in str(pair("x"))
