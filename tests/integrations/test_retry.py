"""What an outcome means for reads and for writes."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from requests.structures import CaseInsensitiveDict

from integrations.errors import OperatorError, OutcomeUnknown, ReconnectNeeded, RemoteError, TemporaryError
from integrations.http import Answer, Call, Clock, Failure, Transport
from integrations.retry import Attempt, Policy, Raise, Refresh, Retry, Return, decide, perform, retry_after

NOW = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
READ, WRITE = Call("GET", "https://x/y"), Call("POST", "https://x/y", is_write=True)


def answer(status: int, text: str = "{}", **headers: str) -> Answer:
    return Answer(status, CaseInsensitiveDict({name.replace("_", "-"): value for name, value in headers.items()}), text)


def attempt(call: Call, outcome: Answer | Failure, number: int = 1, *, may_refresh: bool = False) -> Attempt:
    return Attempt(call, outcome, number, may_refresh, NOW)


@pytest.mark.parametrize("call", [READ, WRITE])
@pytest.mark.parametrize("status", [200, 201, 400, 403, 404, 422])
def test_an_answer_in_the_providers_words_is_returned(call, status):
    outcome = answer(status)
    assert decide(attempt(call, outcome)) == Return(outcome)


@pytest.mark.parametrize(
    "outcome",
    [answer(500), answer(503, "<html>"), answer(408), answer(200, "<html>"), answer(200, ""), Failure(True, "t")],
)
def test_a_write_without_usable_answer_is_never_repeated(outcome):
    decision = decide(attempt(WRITE, outcome))
    assert isinstance(decision, Raise)
    assert isinstance(decision.error, OutcomeUnknown)


@pytest.mark.parametrize(
    "outcome", [answer(500), answer(408), answer(200, '{"cut'), Failure(True, "t"), Failure(False, "c")]
)
def test_a_read_is_repeated_with_growing_waits_then_given_up(outcome):
    waits = [decide(attempt(READ, outcome, number)) for number in (1, 2, 3)]
    assert waits == [Retry(1.0), Retry(2.0), Retry(4.0)]
    last = decide(attempt(READ, outcome, 4))
    assert isinstance(last, Raise)
    assert isinstance(last.error, TemporaryError)


def test_a_write_that_was_not_sent_may_be_sent_again_and_was_not_done():
    assert decide(attempt(WRITE, Failure(False, "refused"))) == Retry(1.0)
    last = decide(attempt(WRITE, Failure(False, "refused"), 4))
    assert isinstance(last, Raise)
    assert isinstance(last.error, TemporaryError)


@pytest.mark.parametrize("call", [READ, WRITE])
def test_too_many_requests_waits_a_minute_when_not_told(call):
    assert decide(attempt(call, answer(429, "<xml/>"))) == Retry(60.0)


@pytest.mark.parametrize(
    ("told", "waited"),
    [("7", 7.0), ("0", 0.0), ("120", 120.0), ("Thu, 01 Oct 2026 08:00:30 GMT", 30.0), ("soon", 60.0), ("-5", 60.0)],
)
def test_too_many_requests_waits_as_told_within_reason(told, waited):
    assert decide(attempt(WRITE, answer(429, Retry_After=told))) == Retry(waited)


@pytest.mark.parametrize("status", [429, 503])
def test_who_is_told_to_wait_for_long_does_not_come_back_before(status):
    told = decide(attempt(READ, answer(status, Retry_After="121")))
    assert isinstance(told, Raise)
    assert isinstance(told.error, TemporaryError)


def test_too_many_requests_ends_as_temporary():
    last = decide(attempt(WRITE, answer(429), 4))
    assert isinstance(last, Raise)
    assert isinstance(last.error, TemporaryError)


def test_jitter_makes_a_wait_up_to_a_quarter_longer():
    assert decide(Attempt(READ, answer(429), 1, False, NOW, jitter=0.5)) == Retry(67.5)


def test_a_policy_changes_the_patience():
    hasty = Policy(attempts=1, throttle_wait=10)
    assert isinstance(decide(attempt(READ, answer(500)), hasty), Raise)
    assert decide(attempt(READ, answer(429)), Policy(throttle_wait=10)) == Retry(10.0)


def test_an_expired_token_is_renewed_once_then_the_owner_is_asked():
    assert decide(attempt(WRITE, answer(401), may_refresh=True)) == Refresh()
    second = decide(attempt(WRITE, answer(401)))
    assert isinstance(second, Raise)
    assert isinstance(second.error, ReconnectNeeded)


def test_a_redirected_read_is_the_operators_and_a_redirected_write_unknown():
    errors = []
    for call in (READ, WRITE):
        decision = decide(attempt(call, answer(302)))
        assert isinstance(decision, Raise)
        errors.append(type(decision.error))
    assert errors == [OperatorError, OutcomeUnknown]


def test_an_empty_answer_is_fine_where_no_json_is_expected():
    outcome = answer(200, "")
    assert decide(attempt(Call("POST", "https://x/y", is_write=True, expects_json=False), outcome)) == Return(outcome)


def test_a_retry_date_in_the_past_means_now():
    assert retry_after({"Retry-After": "Thu, 01 Oct 2026 07:00:00 GMT"}, NOW) == 0.0


class Script(Transport):
    """A transport that plays outcomes instead of calling anybody."""

    def __init__(self, *outcomes: Answer | Failure) -> None:
        self.slept: list[float] = []
        super().__init__(clock=Clock(now=lambda: NOW, sleep=self.slept.append, jitter=lambda: 0.0))
        self.outcomes = list(outcomes)
        self.calls: list[Call] = []

    def exchange(self, call: Call) -> Answer | Failure:
        self.calls.append(call)
        return self.outcomes.pop(0)


def test_perform_waits_between_attempts_and_asks_before_each():
    script, asked = Script(Failure(False, "x"), answer(429), answer(200)), []
    assert perform(lambda: WRITE, transport=script, before=lambda: asked.append(1)).status == 200
    assert script.slept == [1.0, 60.0]
    assert len(asked) == 3


def test_perform_builds_the_call_anew_after_renewing_the_token():
    tokens = ["old"]
    script = Script(answer(401), answer(200))

    def prepare() -> Call:
        return Call("GET", "https://x/y", headers={"Authorization": tokens[-1]})

    perform(prepare, transport=script, refresh=lambda: tokens.append("new"))
    assert [call.headers["Authorization"] for call in script.calls] == ["old", "new"]
    assert script.slept == []


def test_perform_renews_only_once():
    renewed: list[int] = []
    with pytest.raises(ReconnectNeeded):
        perform(lambda: READ, transport=Script(answer(401), answer(401)), refresh=lambda: renewed.append(1))
    assert renewed == [1]


def test_what_is_raised_before_a_call_stops_it():
    def lease_is_lost() -> None:
        raise TemporaryError("lease lost")

    script = Script(answer(200))
    with pytest.raises(TemporaryError):
        perform(lambda: WRITE, transport=script, before=lease_is_lost)
    assert script.calls == []


def test_the_decision_may_be_the_adapters_own():
    def always(error: RemoteError) -> Callable[[Attempt], Raise]:
        return lambda _attempt: Raise(error)

    with pytest.raises(OperatorError):
        perform(lambda: READ, transport=Script(answer(200)), decide=always(OperatorError("no")))
