"""Connecting a store by Ecwid's consent page."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from integrations.ecwid.oauth import Grant, authorize_url, exchange_code
from integrations.errors import Malformed, OperatorError, ReconnectNeeded, TemporaryError
from integrations.http import Transport
from tests.integrations.ecwid.fakes import FakeSession, FakeTime, answer

RETURN = "https://books.example/connect/ecwid?state=abc"
GRANT = {
    "access_token": "secret_1",
    "token_type": "Bearer",
    "scope": "read_store_profile read_orders",
    "store_id": 1003,
}


def _exchange(*answers):
    session = FakeSession(*answers)
    grant = exchange_code(
        oauth_url="https://my.ecwid.test/api/oauth",
        client_id="app",
        client_secret="hush",
        code="c0de",
        redirect_uri=RETURN,
        transport=Transport(session=session, clock=FakeTime().clock),
    )
    return grant, session


def test_the_merchant_is_sent_to_the_consent_page():
    url = urlsplit(authorize_url(oauth_url="https://my.ecwid.test/api/oauth/", client_id="app", redirect_uri=RETURN))
    query = parse_qs(url.query)
    assert (url.netloc, url.path) == ("my.ecwid.test", "/api/oauth/authorize")
    assert (query["client_id"], query["redirect_uri"], query["response_type"]) == (["app"], [RETURN], ["code"])
    assert "read_orders" in query["scope"][0].split()


def test_the_code_is_exchanged_by_a_form():
    grant, session = _exchange(answer(GRANT))
    assert grant == Grant("secret_1", "1003", ("read_store_profile", "read_orders"))
    (call,) = session.calls
    assert (call["method"], call["path"]) == ("POST", "/api/oauth/token")
    form = {key: value for key, (value,) in parse_qs(call["data"].decode()).items()}
    assert form == {
        "client_id": "app",
        "client_secret": "hush",
        "code": "c0de",
        "redirect_uri": RETURN,
        "grant_type": "authorization_code",
    }


def test_a_grant_does_not_show_its_token():
    assert "secret_1" not in repr(Grant("secret_1", "1003", ()))


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (answer({"error": "invalid_grant"}, 400), ReconnectNeeded),
        (answer({"error": "invalid_client"}, 400), OperatorError),
        (answer("redirect_uri mismatch for c0de", 400), OperatorError),
        (answer("", 403), OperatorError),
        (answer("", 500), TemporaryError),
        (answer("<html>", 200), TemporaryError),
        (answer("", 429), TemporaryError),
        (requests.ReadTimeout("slow"), TemporaryError),
        (answer({"token_type": "bearer", "store_id": 1}), Malformed),
        (answer({**GRANT, "store_id": 0}), Malformed),
        (answer({**GRANT, "token_type": "mac"}), Malformed),
        (answer([GRANT]), Malformed),
    ],
)
def test_a_failed_exchange_says_who_must_act_and_is_never_repeated(refusal, error):
    with pytest.raises(error) as raised:
        _exchange(refusal, answer(GRANT))
    assert "c0de" not in str(raised.value)
    assert "hush" not in str(raised.value)


def test_plain_http_to_a_stranger_is_refused():
    with pytest.raises(OperatorError, match="https"):
        authorize_url(oauth_url="http://ecwid.example.com/oauth", client_id="app", redirect_uri=RETURN)
