"""Calls to Ecwid: what is sent, what is tried again, what an answer means."""

from itertools import count

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.ecwid.client import BURST, EcwidClient
from integrations.errors import Malformed, NotAllowed, NotFound, ReconnectNeeded, Refused, TemporaryError
from tests.integrations.ecwid.fakes import FakeSession, FakeTime, a_client, answer

OK = answer({"fine": True})


def test_the_token_travels_in_the_header_alone():
    session = FakeSession(OK)
    assert a_client(session).get("profile", {"lang": "fr"}) == {"fine": True}
    (call,) = session.calls
    assert call["url"] == "https://ecwid.test/api/v3/1003/profile"
    assert call["headers"]["Authorization"] == "Bearer secret_sim_1003"
    assert call["params"] == {"lang": "fr"}


@pytest.mark.parametrize(
    "trouble",
    [
        answer({"errorCode": "RATE_LIMITED"}, 429),
        answer("", 408),
        answer({"errorCode": "INTERNAL_ERROR"}, 500),
        answer("<html>Bad gateway</html>", 502),
        answer("<html>Please wait</html>", 200),
        answer('{"items": [{"id": 1', 200),
        answer("", 200),
        requests.ReadTimeout("slow"),
        requests.ConnectionError("reset"),
    ],
    ids=["429", "408", "500", "502 page", "200 page", "half", "empty", "time-out", "dropped"],
)
def test_a_read_is_tried_again_and_at_most_four_times(trouble):
    assert a_client(FakeSession(trouble, OK)).get("profile") == {"fine": True}
    session = FakeSession(trouble)
    with pytest.raises(TemporaryError):
        a_client(session).get("profile")
    assert len(session.calls) == 4


def test_a_429_is_waited_out_as_told_and_twenty_seconds_where_not_told():
    time = FakeTime()
    session = FakeSession(answer("", 429, {"Retry-After": "3"}), answer("", 429), OK)
    a_client(session, time).get("profile")
    assert time.slept == [3.0, 20.0]


def test_a_minute_that_another_process_has_used_up_is_waited_out():
    time = FakeTime()
    session = FakeSession(*[answer("", 429)] * 3, OK)
    a_client(session, time).get("profile")
    assert sum(time.slept) >= 60


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (answer("", 403), ReconnectNeeded),
        (answer({"errorCode": "INVALID_API_TOKEN", "errorMessage": "Wrong token"}, 403), ReconnectNeeded),
        (answer("Forbidden", 403), ReconnectNeeded),
        (answer("", 401), ReconnectNeeded),
        (answer({"errorCode": "STORE_NOT_FOUND"}, 404), ReconnectNeeded),
        (answer({"errorCode": "INSUFFICIENT_APP_SCOPE"}, 403), NotAllowed),
        (answer({"errorCode": "SOMETHING_NEW"}, 403), NotAllowed),
        (answer("<html>Access denied</html>", 403), TemporaryError),
        (answer({"errorCode": "NOT_AVAILABLE_ON_CURRENT_PLAN"}, 402), NotAllowed),
        (answer("", 402), NotAllowed),
        (answer({"errorCode": "ORDER_NOT_FOUND"}, 404), NotFound),
        (answer("", 404), NotFound),
        (answer({"errorCode": "WRONG_PARAMETER"}, 400), Refused),
        (answer("", 400), Refused),
        (answer("no such thing", 422), Refused),
    ],
)
def test_a_refusal_is_never_tried_again(refusal, error):
    session = FakeSession(refusal)
    with pytest.raises(error) as raised:
        a_client(session).get("orders/1")
    assert (len(session.calls), raised.value.status) == (1, refusal.status_code)


@pytest.mark.parametrize(
    ("refusal", "text", "code"),
    [
        (answer({"errorCode": "WRONG_PARAMETER", "errorMessage": "Bad limit"}, 400), "Bad limit", "WRONG_PARAMETER"),
        (answer({"error_message": "Bad batch"}, 400), "Bad batch", ""),
        (answer("Status QUEUED is deprecated", 400), "Status QUEUED is deprecated", ""),
        (answer("", 400), "Bad Request", ""),
        (answer("<h1>No</h1>", 404), "Not Found", ""),
        (answer("", 499), "no explanation", ""),
    ],
)
def test_a_refusal_is_told_in_ecwids_words_where_there_are_any(refusal, text, code):
    with pytest.raises((Refused, NotFound)) as raised:
        a_client(FakeSession(refusal)).get("orders")
    assert raised.value.message == f"GET /api/v3/1003/orders: {text}"
    assert raised.value.code == code


def test_a_rejected_token_is_not_sent_a_second_time():
    session = FakeSession(answer("", 403), OK)
    client = a_client(session)
    for _ in range(3):
        with pytest.raises(ReconnectNeeded):
            client.get("profile")
    assert len(session.calls) == 1


@pytest.mark.parametrize("token", ["", "  ", "sécret", "secret\nx"])
def test_a_token_that_cannot_be_one_is_not_sent_at_all(token):
    session = FakeSession(OK)
    with pytest.raises(ReconnectNeeded):
        a_client(session, access_token=token).get("profile")
    assert session.calls == []


def test_blanks_around_a_pasted_token_do_not_matter():
    session = FakeSession(OK)
    a_client(session, access_token=" secret_sim_1003\n").get("profile")
    assert session.calls[0]["headers"]["Authorization"] == "Bearer secret_sim_1003"


def test_an_error_never_repeats_a_token():
    with pytest.raises(Refused) as raised:
        a_client(FakeSession(answer("token secret_sim_1003 is bad", 400))).get("profile")
    assert "secret_sim" not in str(raised.value)


def test_an_answer_that_is_no_object_is_malformed():
    with pytest.raises(Malformed):
        a_client(FakeSession(answer([1, 2]))).get("profile")


def test_forty_calls_go_at_once_and_then_eight_a_second():
    time = FakeTime()
    client = a_client(FakeSession(OK), time)
    for _ in range(int(BURST)):
        client.get("profile")
    assert time.slept == []
    for _ in range(80):
        client.get("profile")
    assert time.seconds == pytest.approx(10.0)


def test_the_caller_is_asked_before_every_attempt():
    asked = []
    session = FakeSession(answer("", 500), OK)
    a_client(session, before_call=lambda: asked.append(len(session.calls))).get("profile")
    assert asked == [0, 1]


# -- lists that move ---------------------------------------------------------------------------------------------------


class MovingList:
    """A list of ids on a server; `changes[n]` happens to it before the n-th request."""

    def __init__(self, ids, changes=None, clamp=100):
        self.ids, self.changes, self.clamp, self.asked = list(ids), changes or {}, clamp, []

    def __call__(self, call):
        self.changes.get(len(self.asked), lambda ids: None)(self.ids)
        params = call["params"]
        offset, limit = int(params["offset"]), min(int(params["limit"]), self.clamp)
        self.asked.append(offset)
        assert params["limit"] == "100"
        items = [{"internalId": number} for number in self.ids[offset : offset + limit]]
        return answer({"total": len(self.ids), "count": len(items), "offset": offset, "limit": limit, "items": items})


def _read(server) -> list[int]:
    client: EcwidClient = a_client(FakeSession(server))
    return [item["internalId"] for page in client.paged("orders", {"updatedTo": "1"}) for item in page]


@pytest.mark.parametrize(("size", "requests_made"), [(0, 1), (5, 1), (99, 1), (100, 2), (101, 2), (250, 3), (1000, 11)])
def test_a_list_ends_at_its_short_page(size, requests_made):
    server = MovingList(range(1, size + 1))
    assert _read(server) == list(range(1, size + 1))
    assert len(server.asked) == requests_made


def test_what_leaves_the_list_takes_nothing_with_it():
    server = MovingList(range(1, 301), {1: lambda ids: ids.__delitem__(slice(0, 30)), 2: lambda ids: ids.remove(50)})
    assert sorted(_read(server)) == list(range(1, 301))


def test_what_leaves_behind_the_last_full_page_takes_nothing_with_it():
    server = MovingList(range(1, 111), {1: lambda ids: ids.__delitem__(slice(0, 20))})
    assert sorted(_read(server)) == list(range(1, 111))


def test_what_joins_while_something_leaves_does_not_hide_it():
    def swap(leaving, joining):
        return lambda ids: (ids.remove(leaving), ids.append(joining))

    server = MovingList(range(1, 251), {1: swap(7, 999), 2: swap(8, 998)})
    assert set(range(1, 251)) <= set(_read(server))


@given(
    size=st.integers(0, 450),
    changes=st.dictionaries(
        st.integers(1, 8), st.tuples(st.integers(0, 150), st.booleans(), st.integers(0, 150)), max_size=6
    ),
)
@settings(max_examples=150, deadline=None)
def test_whatever_stays_in_the_list_is_read_once(size, changes):
    numbers = count(10_000)

    def change(leaving, at_front, joining):
        def apply(ids):
            del ids[: min(leaving, len(ids))]
            ids[0 if at_front else len(ids) : 0 if at_front else len(ids)] = [next(numbers) for _ in range(joining)]

        return apply

    server = MovingList(range(1, size + 1), {at: change(*what) for at, what in changes.items()})
    found = _read(server)
    assert len(found) == len(set(found))
    assert {number for number in server.ids if number < 10_000} <= set(found)


def test_what_joins_at_the_front_makes_nothing_come_twice():
    server = MovingList(range(1, 251), {1: lambda ids: ids.insert(0, 999), 2: lambda ids: ids.insert(0, 998)})
    assert _read(server) == list(range(1, 251))


def test_a_server_that_keeps_to_smaller_pages_is_read_to_the_end():
    assert _read(MovingList(range(1, 121), clamp=50)) == list(range(1, 121))


def test_a_list_that_never_keeps_still_is_given_up():
    numbers = count()

    def flicker(_call):
        items = [{"internalId": next(numbers) + 1} for _ in range(100)]
        return answer({"total": 1000, "limit": 100, "items": items})

    with pytest.raises(TemporaryError, match="keep still"):
        _read(flicker)


def test_a_server_that_forgets_the_offset_is_not_asked_for_ever():
    page = {"total": 300, "limit": 100, "items": [{"internalId": number + 1} for number in range(100)]}
    session = FakeSession(answer(page))
    assert sum(len(part) for part in a_client(session).paged("orders", {})) == 100
    assert len(session.calls) <= 4


def test_items_without_an_id_are_kept():
    page = {"total": 3, "limit": 100, "items": [{"name": "a"}, {"name": "b"}, 7]}
    client = a_client(FakeSession(answer(page)))
    assert list(client.paged("orders", {})) == [[{"name": "a"}, {"name": "b"}, {"value": 7}]]


@pytest.mark.parametrize("body", [{"total": 3}, {"items": "many"}])
def test_a_list_without_items_is_malformed(body):
    with pytest.raises(Malformed, match="items"):
        a_client(FakeSession(answer(body))).page("orders", {})
