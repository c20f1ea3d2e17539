"""Connecting a store through Ecwid's consent page (OAuth 2). Tokens do not expire and are never refreshed.

Ecwid documents no `state`: the caller keeps its own against forged returns, in the session and, where the registered
address allows it, as a query item of `redirect_uri`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from requests_oauthlib import OAuth2Session

from integrations.ecwid.faults import error_of
from integrations.ecwid.values import reference
from integrations.errors import (
    Malformed,
    OperatorError,
    OutcomeUnknown,
    ReconnectNeeded,
    RemoteError,
    TemporaryError,
)
from integrations.http import Answer, Call, Transport, permit_local_http
from integrations.retry import Policy, decide, perform
from integrations.values import Json, text

SCOPES = ("read_store_profile", "read_orders", "read_catalog", "update_catalog", "read_customers", "read_invoices")

# A person waits in front of the browser, and the code is good only once: no second attempt.
_ONCE = Policy(attempts=1)
_OWNER_MUST_ACT = {"invalid_grant", "access_denied", "expired_token"}


@dataclass(frozen=True, slots=True)
class Grant:
    """What the merchant allowed, for which store."""

    access_token: str = field(repr=False)
    store_id: str
    scopes: tuple[str, ...]


def authorize_url(*, oauth_url: str, client_id: str, redirect_uri: str, scopes: Iterable[str] = SCOPES) -> str:
    """Where to send the merchant; the browser returns to `redirect_uri` with `code`, or with `error`."""
    endpoint = f"{oauth_url.rstrip('/')}/authorize"
    permit_local_http(endpoint)
    session = OAuth2Session(client_id, redirect_uri=redirect_uri, scope=list(scopes))
    url, _state = session.authorization_url(endpoint)
    return str(url)


def exchange_code(
    *, oauth_url: str, client_id: str, client_secret: str, code: str, redirect_uri: str, transport: Transport
) -> Grant:
    """The token for a code. `redirect_uri` must be the one of `authorize_url`, to the letter.

    Raises ReconnectNeeded when the code is no longer good, OperatorError when the app's own settings are wrong, and
    TemporaryError when Ecwid gave no usable answer: the merchant starts again. A code must not be sent twice, because
    the second exchange ends the token of the first.
    """
    form = {
        "client_id": client_id,
        "client_secret": client_secret,
        "code": code,
        "redirect_uri": redirect_uri,
        "grant_type": "authorization_code",
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    url = f"{oauth_url.rstrip('/')}/token"
    call = Call("POST", url, headers=headers, body=urlencode(form).encode(), is_write=True)
    try:
        answer = perform(lambda: call, transport=transport, decide=partial(decide, policy=_ONCE))
    except OutcomeUnknown as error:
        raise TemporaryError(error.message, error.status, trace=error.trace) from error
    if not answer.ok:
        raise _refusal(answer)
    return _grant(answer)


def _refusal(answer: Answer) -> RemoteError:
    """Never with Ecwid's own text, which may repeat the code."""
    code, _message = error_of(answer)
    if code in _OWNER_MUST_ACT:
        return ReconnectNeeded("the consent is no longer good", answer.status, code)
    return OperatorError("Ecwid refuses this app's client id, secret or return address", answer.status, code)


def _grant(answer: Answer) -> Grant:
    body: Json = answer.json if isinstance(answer.json, dict) else {}
    token, store_id = text(body, "access_token"), reference(body, "store_id")
    if not token or not store_id or text(body, "token_type").lower() not in {"bearer", ""}:
        raise Malformed("the token answer lacks its token or its store", answer.status)
    return Grant(access_token=token, store_id=store_id, scopes=tuple(text(body, "scope").replace(",", " ").split()))
