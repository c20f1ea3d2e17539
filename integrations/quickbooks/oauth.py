"""Consent, tokens and disconnecting at Intuit. Storing and locking are the caller's.

A refresh token is best taken to die the moment a newer one is handed out: store the new pair before it is used.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import requests
from oauthlib.oauth2 import OAuth2Error
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from integrations.errors import OperatorError, ReconnectNeeded, RemoteError, TemporaryError
from integrations.http import Answer, Call, Failure, Transport, permit_local_http
from integrations.money import json_dumps

SCOPE = "com.intuit.quickbooks.accounting"

_TIMEOUT = 30.0  # seconds
_TOKEN_HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/x-www-form-urlencoded",
    "x-include-refresh-token-hard-expires-in": "true",
}
_OTHER_APP = "incorrect token type or clientid"  # how Intuit says that the token belongs to other keys


@dataclass(frozen=True, slots=True)
class TokenPair:
    """All times are aware and in UTC. `hard_expires_at` is when even refreshing ends; not every answer tells it."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime
    hard_expires_at: datetime | None = None


def authorize_url(*, url: str, client_id: str, redirect_uri: str, state: str) -> str:
    """Where to send the owner's browser; the answer comes to `redirect_uri` with code, state and realmId."""
    permit_local_http(url)
    session = OAuth2Session(client_id, redirect_uri=redirect_uri, scope=[SCOPE])
    address, _state = session.authorization_url(url, state=state)
    return str(address)


def exchange_code(
    *, url: str, client_id: str, client_secret: str, redirect_uri: str, code: str, now: datetime
) -> TokenPair:
    """The first pair of tokens. A code works once and for minutes; whatever fails, the owner starts again."""
    permit_local_http(url)
    session = OAuth2Session(client_id, redirect_uri=redirect_uri)
    session.max_redirects = 0
    session.register_compliance_hook("access_token_response", _checked)
    try:
        token = session.fetch_token(
            url,
            code=code,
            auth=HTTPBasicAuth(client_id, client_secret),
            headers=dict(_TOKEN_HEADERS),
            timeout=_TIMEOUT,
        )
    except requests.TooManyRedirects:
        raise OperatorError("the token endpoint answers with a redirect") from None
    except requests.RequestException as error:
        raise TemporaryError(f"the token endpoint did not answer: {type(error).__name__}") from None
    except (OAuth2Error, ValueError) as error:
        raise TemporaryError(f"the token endpoint gave no usable answer: {type(error).__name__}") from None
    return _pair(token, now)


def refresh(*, url: str, client_id: str, client_secret: str, refresh_token: str, transport: Transport) -> TokenPair:
    """A new pair. Call it under a lock, and store the pair before anything else.

    Raises ReconnectNeeded when the owner must consent again, OperatorError when the app's keys are wrong, and
    TemporaryError when nothing is known: the old pair then stays in place and is tried again later.
    """
    permit_local_http(url)
    form = urlencode({"grant_type": "refresh_token", "refresh_token": refresh_token})
    headers = _TOKEN_HEADERS | {"Authorization": _basic(client_id, client_secret)}
    now = transport.clock.now()
    answer = _answered(transport.exchange(Call("POST", url, headers=headers, body=form.encode(), is_write=True)))
    error = _error(answer)
    if error is not None:
        raise error
    return _pair(answer.json, now)


def revoke(*, url: str, client_id: str, client_secret: str, token: str, transport: Transport) -> None:
    """End the connection at Intuit; either token will do. A token that is gone already is no error."""
    permit_local_http(url)
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Authorization": _basic(client_id, client_secret),
    }
    call = Call("POST", url, headers=headers, body=json_dumps({"token": token}).encode(), is_write=True)
    answer = _answered(transport.exchange(call))
    if answer.ok or answer.status == 400:
        return
    raise _error(answer) or TemporaryError("the token was not revoked", answer.status, trace=answer.trace)


def _basic(client_id: str, client_secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()


def _answered(outcome: Answer | Failure) -> Answer:
    if isinstance(outcome, Failure):
        raise TemporaryError(f"the token endpoint did not answer: {outcome.reason}")
    return outcome


def _checked(response: requests.Response) -> requests.Response:
    error = _error(Answer(response.status_code, response.headers, response.text))
    if error is not None:
        raise error
    return response


def _error(answer: Answer) -> RemoteError | None:
    """Only `invalid_grant` ends a connection; what is not understood is temporary, so that none dies by mistake."""
    body: Any = answer.json if answer.is_json else None
    if answer.ok:
        return None if _is_pair(body) else _failed(TemporaryError, "no usable answer", answer)
    if answer.status >= 500 or answer.status in {408, 429}:
        return _failed(TemporaryError, "the token endpoint is not available", answer)
    error = str(body.get("error") or "") if isinstance(body, Mapping) else ""
    described = str(body.get("error_description") or "").lower() if isinstance(body, Mapping) else ""
    if error == "invalid_grant" and _OTHER_APP not in described:
        return _failed(ReconnectNeeded, "the consent has expired or was withdrawn", answer, error)
    if error == "invalid_grant":
        return _failed(OperatorError, "the token belongs to other app keys (development or production)", answer, error)
    if error in {"invalid_client", "unauthorized_client"} or answer.status == 401:
        return _failed(OperatorError, "the app's client id or secret is wrong", answer, error)
    if error or 300 <= answer.status < 400:
        return _failed(OperatorError, "the token endpoint refused the request", answer, error)
    return _failed(TemporaryError, "no usable answer", answer)


def _failed(kind: type[RemoteError], message: str, answer: Answer, error: str = "") -> RemoteError:
    return kind(message, status=answer.status, code=error, trace=answer.trace)


def _is_pair(body: Any) -> bool:
    if not isinstance(body, Mapping) or not (body.get("access_token") and body.get("refresh_token")):
        return False
    return all(str(body.get(key)).isdigit() for key in ("expires_in", "x_refresh_token_expires_in"))


def _pair(body: Mapping[str, Any], now: datetime) -> TokenPair:
    hard = body.get("x_refresh_token_hard_expires_in")
    return TokenPair(
        access_token=str(body["access_token"]),
        refresh_token=str(body["refresh_token"]),
        access_expires_at=now + timedelta(seconds=int(body["expires_in"])),
        refresh_expires_at=now + timedelta(seconds=int(body["x_refresh_token_expires_in"])),
        hard_expires_at=now + timedelta(seconds=int(hard)) if hard else None,
    )
