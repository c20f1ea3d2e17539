"""How calls to Wix prove who they are: by a token of the installed app, or by an API key of the merchant.

A token belongs to one app on one site and lives four hours. There is nothing to refresh it with: one asks for the next.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from integrations.errors import Malformed, OperatorError, ReconnectNeeded
from integrations.http import Answer, Call, Transport
from integrations.money import json_dumps
from integrations.retry import Attempt, Decision, Policy, Return, decide, perform
from integrations.values import Json, number, text
from integrations.wix.faults import error_of

EARLY = timedelta(minutes=3)  # renewed this long before its end, so that it does not expire on the way
# How patient every call is. A limit of calls counts the last minute: it is over after four waits.
POLICY = Policy(attempts=5, throttle_wait=15.0, longest_wait=60.0)


class Access(Protocol):
    """What opens one site. `account_id` names it: the app's instance, or the site itself, which is then `site_id`."""

    account_id: str
    site_id: str

    def headers(self) -> Mapping[str, str]:
        """What every call carries. Raises ReconnectNeeded, OperatorError or TemporaryError."""

    def renew(self) -> None:
        """Wix refused what the last call carried. Raises ReconnectNeeded when there is nothing better."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the app, and when it ends."""

    value: str = field(repr=False)
    expires_at: datetime


class AppAccess:
    """The app as a merchant installed it. `kept` is a token of an earlier process; `keep` is told each new one."""

    def __init__(
        self,
        *,
        api_url: str,
        app_id: str,
        app_secret: str,
        instance_id: str,
        transport: Transport,
        kept: Token | None = None,
        keep: Callable[[Token], None] | None = None,
    ) -> None:
        self.account_id = instance_id
        self.site_id = ""
        self._url = f"{api_url.rstrip('/')}/oauth2/token"
        self._app_id = app_id
        self._app_secret = app_secret
        self._transport = transport
        self._token = kept
        self._keep = keep

    def headers(self) -> Mapping[str, str]:
        token = self._token
        if token is None or token.expires_at - EARLY <= self._transport.clock.now():
            token = self._asked_for()
        return {"Authorization": token.value}

    def renew(self) -> None:
        self._asked_for()

    def _asked_for(self) -> Token:
        """A new token. Asking twice does no harm, so this is repeated like a read."""
        if not (self._app_id and self._app_secret):
            raise OperatorError("the app's id or secret is not set")
        body = {
            "grant_type": "client_credentials",
            "client_id": self._app_id,
            "client_secret": self._app_secret,
            "instance_id": self.account_id,
        }
        call = Call("POST", self._url, headers={"Content-Type": "application/json"}, body=json_dumps(body).encode())
        answer = perform(lambda: call, transport=self._transport, decide=_decide)
        if not answer.ok:
            code, _message = error_of(answer)
            raise ReconnectNeeded("Wix gives no token: the app is no longer installed", answer.status, code)
        self._token = _token(answer, self._transport.clock.now())
        if self._keep is not None:
            self._keep(self._token)
        return self._token


def _decide(attempt: Attempt) -> Decision:
    """A 401 of the token endpoint is an answer like its other refusals."""
    if isinstance(attempt.outcome, Answer) and attempt.outcome.status == 401:
        return Return(attempt.outcome)
    return partial(decide, policy=POLICY)(attempt)


def _token(answer: Answer, now: datetime) -> Token:
    body: Json = answer.json if isinstance(answer.json, dict) else {}
    value, lives = text(body, "access_token"), number(body, "expires_in")
    if not value or lives is None:
        raise Malformed("the token answer lacks its token or its end", answer.status)
    return Token(value, now + timedelta(seconds=int(lives)))


class KeyAccess:
    """An API key that the merchant made for one site. It does not expire, and nothing can renew it."""

    def __init__(self, *, api_key: str, site_id: str) -> None:
        self.account_id = self.site_id = site_id
        self._api_key = api_key.strip()

    def headers(self) -> Mapping[str, str]:
        if not (self._api_key and self._api_key.isascii() and self._api_key.isprintable()):
            raise ReconnectNeeded("the API key is not accepted")
        return {"Authorization": self._api_key, "wix-site-id": self.account_id}

    def renew(self) -> None:
        raise ReconnectNeeded("the API key is not accepted", 401)


class NoAccess:
    """A site that was disconnected here. It may well have our app still, which is not to be used."""

    def __init__(self, account_id: str) -> None:
        self.account_id, self.site_id = account_id, ""

    def headers(self) -> Mapping[str, str]:
        raise ReconnectNeeded("the site was disconnected here")

    def renew(self) -> None:
        raise ReconnectNeeded("the site was disconnected here")
