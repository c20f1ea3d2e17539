"""What the outcome of a call means: return it, wait and call again, renew the token, or raise.

The rule: a read may be repeated; a write only when it is certain that nothing was done (it never left this machine, or
the provider said "too many requests"). Everything else that a write meets without a usable answer is `OutcomeUnknown`,
which the caller settles by looking.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from integrations.errors import OperatorError, OutcomeUnknown, ReconnectNeeded, RemoteError, TemporaryError
from integrations.http import Answer, Call, Failure, Transport, utc_now


@dataclass(frozen=True, slots=True)
class Return:
    """The answer is for the adapter to read: a success, or an error in the provider's own words."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Retry:
    after_seconds: float


@dataclass(frozen=True, slots=True)
class Refresh:
    """The access token is no longer good: renew it and call again."""


@dataclass(frozen=True, slots=True)
class Raise:
    error: RemoteError


Decision = Return | Retry | Refresh | Raise


@dataclass(frozen=True, slots=True)
class Attempt:
    """All that a decision may depend on. `number` counts from 1; renewing a token does not count."""

    call: Call
    outcome: Answer | Failure
    number: int = 1
    may_refresh: bool = False
    now: datetime = field(default_factory=utc_now)
    jitter: float = 0.0


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient to be; waits are in seconds. `throttle_wait` applies where a 429 does not say how long.

    A call that is told to wait for longer than `longest_wait` is given up, and not made earlier: the next sync does it.
    """

    attempts: int = 4
    first_wait: float = 1.0
    throttle_wait: float = 60.0
    longest_wait: float = 120.0


PATIENT = Policy()


def decide(attempt: Attempt, policy: Policy = PATIENT) -> Decision:
    """What one outcome means. Pure: the same attempt always gives the same decision."""
    outcome = attempt.outcome
    if isinstance(outcome, Failure):
        return _no_answer(attempt, outcome, policy)
    if outcome.status == 429:
        return throttled(attempt, outcome, policy)
    if outcome.status == 401:
        return _unauthorized(attempt, outcome)
    if not _usable(attempt.call, outcome):
        return unusable(attempt, outcome, policy)
    return Return(outcome)


def throttled(attempt: Attempt, answer: Answer, policy: Policy = PATIENT) -> Decision:
    """Too many requests: nothing was done, so even a write may wait and go again."""
    told = retry_after(answer.headers, attempt.now)
    wait = policy.throttle_wait if told is None else told
    if attempt.number >= policy.attempts or wait > policy.longest_wait:
        return Raise(TemporaryError("too many requests", answer.status, trace=answer.trace))
    return Retry(_spread(wait, attempt.jitter))


def unusable(attempt: Attempt, answer: Answer, policy: Policy = PATIENT) -> Decision:
    """An answer that says nothing about what was done: a server error, a page of a proxy, half a body."""
    message = f"{attempt.call.shown} got no usable answer"
    if attempt.call.is_write:
        return Raise(OutcomeUnknown(message, answer.status, trace=answer.trace))
    if 300 <= answer.status < 400:  # a redirect is never followed: it would carry the token to another host
        return Raise(OperatorError(f"{attempt.call.shown} was redirected", answer.status, trace=answer.trace))
    told = retry_after(answer.headers, attempt.now) or 0.0
    if attempt.number >= policy.attempts or told > policy.longest_wait:
        return Raise(TemporaryError(message, answer.status, trace=answer.trace))
    return _back_off(attempt, policy, at_least=told)


def _no_answer(attempt: Attempt, failure: Failure, policy: Policy) -> Decision:
    message = f"{attempt.call.shown}: {failure.reason}"
    if failure.sent and attempt.call.is_write:
        return Raise(OutcomeUnknown(message))
    if attempt.number >= policy.attempts:
        return Raise(TemporaryError(message))
    return _back_off(attempt, policy)


def _unauthorized(attempt: Attempt, answer: Answer) -> Decision:
    if attempt.may_refresh:
        return Refresh()
    return Raise(ReconnectNeeded("the access token is not accepted", 401, trace=answer.trace))


def _usable(call: Call, answer: Answer) -> bool:
    if answer.ok:
        return answer.is_json or not call.expects_json
    return 400 <= answer.status < 500 and answer.status != 408


def _back_off(attempt: Attempt, policy: Policy, at_least: float = 0.0) -> Retry:
    wait = max(policy.first_wait * 2 ** (attempt.number - 1), at_least)
    return Retry(_spread(min(wait, policy.longest_wait), attempt.jitter))


def _spread(seconds: float, jitter: float) -> float:
    """Up to a quarter longer, so that many workers told the same do not come back at once."""
    return seconds * (1 + jitter / 4)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The Retry-After header (seconds or an HTTP date) in seconds from `now`; None when absent or garbled."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", value):
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


def perform(
    prepare: Callable[[], Call],
    *,
    transport: Transport,
    decide: Callable[[Attempt], Decision] = decide,
    before: Callable[[], None] | None = None,
    refresh: Callable[[], None] | None = None,
) -> Answer:
    """Carry a call through to an answer that the adapter can read, or raise one of our errors.

    `prepare` builds the call anew for each attempt, so that a renewed token is used; `before` runs ahead of every
    attempt and may wait or raise (budget, lease); `refresh` renews the token, at most once.
    """
    number, may_refresh = 1, refresh is not None
    while True:
        if before is not None:
            before()
        call = prepare()
        outcome = transport.exchange(call)
        attempt = Attempt(call, outcome, number, may_refresh, transport.clock.now(), transport.clock.jitter())
        decision = decide(attempt)
        if isinstance(decision, Return):
            return decision.answer
        if isinstance(decision, Raise):
            raise decision.error
        if isinstance(decision, Refresh) and refresh is not None:
            may_refresh = False
            refresh()
        elif isinstance(decision, Retry):
            number += 1
            transport.clock.sleep(decision.after_seconds)
