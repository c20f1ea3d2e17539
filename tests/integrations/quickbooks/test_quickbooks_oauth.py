"""Consent, refresh and disconnect, the token endpoint being a small server of our own."""

import base64
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from integrations.errors import OperatorError, ReconnectNeeded, TemporaryError
from integrations.http import Clock, Transport
from integrations.money import json_dumps
from integrations.quickbooks import oauth

NOW = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
PAIR = {
    "token_type": "bearer",
    "access_token": "access-secret",
    "expires_in": 3600,
    "refresh_token": "refresh-secret",
    "x_refresh_token_expires_in": 8726400,
    "x_refresh_token_hard_expires_in": 157680000,
}
GRANT = {"error": "invalid_grant"}
WRONG_KEYS = {"error": "invalid_grant", "error_description": "Incorrect Token type or clientID"}
CASES = [
    (400, GRANT, ReconnectNeeded),
    (400, WRONG_KEYS, OperatorError),
    (401, {"error": "invalid_client"}, OperatorError),
    (401, "", OperatorError),
    (400, {"error": "invalid_request", "error_description": "redirect_uri"}, OperatorError),
    (302, "", OperatorError),
    (500, {"error": "server_error"}, TemporaryError),
    (503, "<html>down</html>", TemporaryError),
    (429, "", TemporaryError),
    (400, "<html>blocked by a proxy</html>", TemporaryError),
    (200, "<html>", TemporaryError),
    (200, {"access_token": "a"}, TemporaryError),
    (200, PAIR | {"expires_in": "soon"}, TemporaryError),
]


@dataclass
class Endpoint:
    url: str = ""
    status: int = 200
    body: object = field(default_factory=lambda: PAIR)
    requests: list[tuple[Request, str]] = field(default_factory=list)

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.requests.append((request, request.get_data(as_text=True)))
        text = self.body if isinstance(self.body, str) else json_dumps(self.body)
        headers = {"Location": "/elsewhere"} if self.status == 302 else {}
        return Response(text, self.status, headers, content_type="application/json")(environ, start_response)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = Endpoint()
    server = make_server("127.0.0.1", 0, app)
    app.url = f"http://127.0.0.1:{server.server_port}/tokens"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield app
    server.shutdown()
    server.server_close()


@pytest.fixture
def wire() -> Transport:
    return Transport(clock=Clock(now=lambda: NOW), session=requests.Session())


def exchange(endpoint: Endpoint) -> oauth.TokenPair:
    return oauth.exchange_code(
        url=endpoint.url,
        client_id="id",
        client_secret="hush",
        redirect_uri="http://127.0.0.1/back",
        code="the-code",
        now=NOW,
    )


def refresh(endpoint: Endpoint, wire: Transport) -> oauth.TokenPair:
    return oauth.refresh(
        url=endpoint.url, client_id="id", client_secret="hush", refresh_token="old-secret", transport=wire
    )


def basic(request: Request) -> str:
    return base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()


def test_the_owner_is_sent_to_consent():
    url = oauth.authorize_url(
        url="https://consent.test/oauth2", client_id="id", redirect_uri="https://us/back", state="s"
    )
    parts = urlsplit(url)
    assert (parts.netloc, parts.path) == ("consent.test", "/oauth2")
    assert parse_qs(parts.query) == {
        "response_type": ["code"],
        "client_id": ["id"],
        "redirect_uri": ["https://us/back"],
        "scope": ["com.intuit.quickbooks.accounting"],
        "state": ["s"],
    }


def test_a_code_becomes_a_pair(endpoint):
    pair = exchange(endpoint)
    assert (pair.access_token, pair.refresh_token) == ("access-secret", "refresh-secret")
    ((request, body),) = endpoint.requests
    form = parse_qs(body)
    assert form["grant_type"] == ["authorization_code"]
    assert (form["code"], form["redirect_uri"]) == (["the-code"], ["http://127.0.0.1/back"])
    assert "client_secret" not in form
    assert basic(request) == "id:hush"
    assert request.headers["x-include-refresh-token-hard-expires-in"] == "true"


def test_refreshing(endpoint, wire):
    pair = refresh(endpoint, wire)
    assert pair.access_expires_at == NOW + timedelta(hours=1)
    assert pair.refresh_expires_at == NOW + timedelta(days=101)
    assert pair.hard_expires_at == NOW + timedelta(days=1825)
    ((request, body),) = endpoint.requests
    assert parse_qs(body) == {"grant_type": ["refresh_token"], "refresh_token": ["old-secret"]}
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.headers["x-include-refresh-token-hard-expires-in"] == "true"
    assert basic(request) == "id:hush"


def test_not_every_answer_tells_the_hard_end(endpoint, wire):
    endpoint.body = {key: value for key, value in PAIR.items() if "hard" not in key}
    assert refresh(endpoint, wire).hard_expires_at is None


@pytest.mark.parametrize(("status", "body", "error"), CASES)
def test_who_must_act_when_refreshing_fails(endpoint, wire, status, body, error):
    endpoint.status, endpoint.body = status, body
    with pytest.raises(error) as caught:
        refresh(endpoint, wire)
    assert type(caught.value) is error
    assert "secret" not in str(caught.value).replace("client id or secret", "")


@pytest.mark.parametrize(("status", "body", "error"), CASES)
def test_who_must_act_when_the_exchange_fails(endpoint, status, body, error):
    endpoint.status, endpoint.body = status, body
    with pytest.raises(error):
        exchange(endpoint)
    assert len(endpoint.requests) == 1


def test_nobody_at_the_token_endpoint_is_temporary(endpoint, wire):
    endpoint.url = "http://127.0.0.1:9/tokens"
    with pytest.raises(TemporaryError):
        refresh(endpoint, wire)
    with pytest.raises(TemporaryError):
        exchange(endpoint)


def test_disconnecting(endpoint, wire):
    endpoint.body = ""
    oauth.revoke(url=endpoint.url, client_id="id", client_secret="hush", token="refresh-secret", transport=wire)
    ((request, body),) = endpoint.requests
    assert body == '{"token":"refresh-secret"}'
    assert basic(request) == "id:hush"


def test_disconnecting_twice_is_no_error(endpoint, wire):
    endpoint.status, endpoint.body = 400, GRANT
    oauth.revoke(url=endpoint.url, client_id="id", client_secret="hush", token="t", transport=wire)


@pytest.mark.parametrize(("status", "error"), [(401, OperatorError), (503, TemporaryError), (404, TemporaryError)])
def test_disconnecting_may_fail(endpoint, wire, status, error):
    endpoint.status, endpoint.body = status, ""
    with pytest.raises(error):
        oauth.revoke(url=endpoint.url, client_id="id", client_secret="hush", token="t", transport=wire)


def test_no_secret_is_shown_or_logged(endpoint, wire, caplog):
    caplog.set_level(logging.DEBUG)
    pairs = [exchange(endpoint), refresh(endpoint, wire)]
    shown = repr(pairs) + caplog.text
    assert not [
        secret for secret in ("access-secret", "refresh-secret", "old-secret", "hush", "the-code") if secret in shown
    ]


def test_tokens_do_not_travel_in_the_clear(wire):
    with pytest.raises(OperatorError):
        oauth.refresh(
            url="http://oauth.example.com/x", client_id="id", client_secret="s", refresh_token="r", transport=wire
        )
