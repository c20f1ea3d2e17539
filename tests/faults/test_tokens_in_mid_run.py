"""Access that ends while a run works: it is renewed, or orders wait until somebody connects again."""

import pytest

from tests.support.world import CA

TOKEN = "/oauth2/v1/tokens/bearer$"


def expire_at(lab, call):
    """The access token really ends, ahead of this QuickBooks call (counted from 0)."""
    lab.sandbox.quickbooks.fault("expire_token", path="/v3/", skip=call, times=1)


def test_the_token_expires_at_any_call(lab):
    calls = sum(1 for call in lab.undisturbed().calls if "/v3/company" in call)
    wrong = []
    for number in range(calls):
        lab.begin()
        expire_at(lab, number)
        ended = lab.sync()
        wrong += [f"call {number + 1}: {one}" for one in lab.differences(ended)]
        wrong += [] if any(call.endswith("/bearer") for call in ended.calls) else [f"call {number + 1}: not renewed"]
    assert not wrong


@pytest.mark.parametrize("kind", ["drop_before", "html", "throttle", "truncated"])
def test_the_token_server_is_busy(lab, kind):
    """Nothing was renewed (or nobody knows): the old pair stays, and the next run tries again."""
    lab.begin(refresh_token_grace_seconds=3600)
    expire_at(lab, 4)
    lab.sandbox.quickbooks.fault(kind, path=TOKEN, status=503)

    assert lab.differences(lab.until_finished()) == []


def test_the_answer_to_a_refresh_is_lost(lab):
    """QuickBooks has replaced the refresh token and nobody knows the new one: only a person can help."""
    lab.begin()
    lab.sandbox.quickbooks.control("POST", "tokens/expire", {"realm": CA})
    lab.sandbox.quickbooks.fault("drop_after", path=TOKEN)

    lost, refused, still = lab.sync(), lab.sync(), lab.sync()
    lab.reconnect()
    after = lab.sync()

    assert [run.state for run in (lost, refused, still)] == ["failed"] * 3
    assert lost.reason == "books_unavailable"
    assert refused.reason == still.reason == "books_disconnected"
    assert refused.ours["reconnect"]
    assert not after.ours["reconnect"]
    assert {tuple(record[1:3]) for record in still.ours["records"]} == {("failed", "books_disconnected")}
    assert not any("/v3/company" in call for call in still.calls)
    assert lab.differences(after) == []


@pytest.mark.parametrize("skip", [2, 4, 6, 8])
def test_consent_is_withdrawn_in_mid_run(lab, skip):
    lab.begin()
    lab.sandbox.quickbooks.fault("expire_token", path="/v3/", skip=skip, times=1)
    lab.sandbox.quickbooks.fault(
        "status", path=TOKEN, status=400, body='{"error": "invalid_grant", "error_description": "Token revoked"}'
    )

    stopped = lab.sync()
    lab.reconnect()
    after = lab.sync()

    assert stopped.reason == "books_disconnected"
    assert lab.differences(after) == []


def test_killed_while_it_renews_the_token(lab):
    """The claim to renew dies with its owner, and ends by itself."""
    lab.begin()
    expire_at(lab, 4)
    renewal = next(number for number, call in enumerate(lab.sync().calls, start=1) if call.endswith("/bearer"))

    lab.begin()
    expire_at(lab, 4)
    assert lab.sync({"act": "kill", "call": renewal, "when": "before"}).was_killed

    assert lab.differences(lab.until_finished()) == []
