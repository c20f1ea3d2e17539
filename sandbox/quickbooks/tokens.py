"""Connections between an app and a company: codes, access tokens, refresh tokens and their lives.

All times are whole seconds since 1970 on the system's own clock.
"""

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.documents import Documents
from sandbox.switches import Switches

CLIENTS = {"sandbox-client": "sandbox-secret", "other-client": "other-secret"}

_REFRESH_SECONDS = 8_726_400  # 101 days, rolling
_HARD_END_SECONDS = 157_680_000  # 5 years, whatever happens
_WRONG_TOKEN = "Incorrect Token type or clientID"  # noqa: S105 - the words of a refusal


class GrantError(Exception):
    """The token endpoint says no. `error` is OAuth's own word."""

    def __init__(self, error: str, description: str | None = None) -> None:
        super().__init__(error)
        self.body = {"error": error, **({"error_description": description} if description else {})}


@dataclass
class Grant:
    """One consent and what grew from it. `access` and `replaced` map a token to the end of its life (None: the
    life begins at the first use)."""

    id: str
    realm: str
    client: str
    born: int
    refresh: str
    refreshed_at: int
    access: dict[str, int | None] = field(default_factory=dict)
    replaced: dict[str, int] = field(default_factory=dict)
    revoked: bool = False


@dataclass(frozen=True)
class Code:
    """An authorization code waiting to be exchanged, once."""

    client: str
    realm: str
    redirect_uri: str
    until: int


class Tokens:
    def __init__(self, documents: Documents, switches: Switches, timestamp: Callable[[], float]) -> None:
        self._documents = documents
        self._switches = switches
        self._timestamp = timestamp
        self._grants: dict[str, Grant] = {}
        self._codes: dict[str, Code] = {}
        self._by_access: dict[str, Grant] = {}
        self._by_refresh: dict[str, Grant] = {}

    # -- state ---------------------------------------------------------------------------------------------------

    def seed(self, realm: str) -> None:
        """A connection that is there from the start, with tokens one can write down."""
        refresh, access = f"qbo_refresh_{realm}", f"qbo_access_{realm}"
        grant = Grant(f"seed-{realm}", realm, "sandbox-client", self._now(), refresh, self._now(), {access: None})
        self._remember(grant)

    def restore(self, kind: str, key: str, value: dict[str, Any]) -> None:
        if kind == "code":
            self._codes[key] = Code(**value)
        else:
            self._index(Grant(**value))

    def clear(self) -> None:
        for table in (self._grants, self._codes, self._by_access, self._by_refresh):
            table.clear()

    # -- the app's side ------------------------------------------------------------------------------------------

    def new_code(self, client: str, realm: str, redirect_uri: str) -> str:
        text = f"AB1{secrets.token_hex(20)}"
        code = Code(client, realm, redirect_uri, self._now() + self._switches["authorization_code_seconds"])
        self._codes[text] = code
        self._documents.put("code", text, asdict(code))
        return text

    def exchange(self, client: str, text: str, redirect_uri: str) -> dict[str, Any]:
        """The token answer for a code. Raises GrantError."""
        code = self._codes.pop(text, None)
        self._documents.remove("code", text)
        if code is None or code.until < self._now():
            raise GrantError("invalid_grant")
        if code.client != client:
            raise GrantError("invalid_grant", _WRONG_TOKEN)
        if code.redirect_uri != redirect_uri:
            raise GrantError("invalid_request", "redirect_uri differs from the one of the authorization")
        grant = Grant(secrets.token_hex(8), code.realm, client, self._now(), _new_refresh_token(), self._now())
        return self._issue(grant)

    def refresh(self, client: str, token: str) -> dict[str, Any]:
        """The token answer for a refresh token. Raises GrantError."""
        grant = self._by_refresh.get(token)
        if grant is None:
            raise GrantError("invalid_grant", _WRONG_TOKEN if token in self._by_access else None)
        if grant.client != client:
            raise GrantError("invalid_grant", _WRONG_TOKEN)
        if grant.revoked or not self._still_refreshes(grant, token):
            raise GrantError("invalid_grant")
        now = self._now()
        if token == grant.refresh and now - grant.refreshed_at >= self._switches["refresh_token_rotation_seconds"]:
            grant.replaced[token] = now + self._switches["refresh_token_grace_seconds"]
            grant.refresh = _new_refresh_token()
        grant.refreshed_at = now
        return self._issue(grant)

    def revoke(self, token: str) -> bool:
        """End the connection a token belongs to; False when there is none."""
        grant = self._by_refresh.get(token) or self._by_access.get(token)
        if grant is None or grant.revoked:
            return False
        grant.revoked = True
        self._remember(grant)
        return True

    def realm_of(self, access_token: str) -> str | None:
        """The company an access token opens, None when it opens none (any more)."""
        grant = self._by_access.get(access_token)
        if grant is None or grant.revoked:
            return None
        until = grant.access[access_token]
        if until is None:
            until = self._now() + self._switches["access_token_seconds"]
            grant.access[access_token] = until
            self._remember(grant)
        return grant.realm if self._now() < until else None

    def is_connected(self, realm: str) -> bool:
        """Whether any app may look into the company."""
        return any(grant.realm == realm and not grant.revoked for grant in self._grants.values())

    # -- the control API's side ----------------------------------------------------------------------------------

    def expire(self, realm: str) -> int:
        """End the life of all access tokens of a company; how many connections that concerned."""
        concerned = [grant for grant in self._grants.values() if grant.realm == realm]
        for grant in concerned:
            grant.access = dict.fromkeys(grant.access, self._now() - 1)
            self._remember(grant)
        return len(concerned)

    def revoke_realm(self, realm: str) -> int:
        concerned = [grant for grant in self._grants.values() if grant.realm == realm]
        return sum(self.revoke(grant.refresh) for grant in concerned)

    # -- inside --------------------------------------------------------------------------------------------------

    def _now(self) -> int:
        return int(self._timestamp())

    def _still_refreshes(self, grant: Grant, token: str) -> bool:
        if token != grant.refresh:
            return self._now() < grant.replaced[token]
        soft_end = grant.refreshed_at + _REFRESH_SECONDS
        return self._now() < min(soft_end, grant.born + _HARD_END_SECONDS)

    def _issue(self, grant: Grant) -> dict[str, Any]:
        life = self._switches["access_token_seconds"]
        access = f"eyJlbmMi.{secrets.token_urlsafe(48)}"
        grant.access[access] = self._now() + life
        self._remember(grant)
        return {
            "token_type": "bearer",
            "access_token": access,
            "expires_in": life,
            "refresh_token": grant.refresh,
            "x_refresh_token_expires_in": _REFRESH_SECONDS,
            "x_refresh_token_hard_expires_in": grant.born + _HARD_END_SECONDS - self._now(),
        }

    def _remember(self, grant: Grant) -> None:
        self._index(grant)
        self._documents.put("grant", grant.id, asdict(grant))

    def _index(self, grant: Grant) -> None:
        self._grants[grant.id] = grant
        for access in grant.access:
            self._by_access[access] = grant
        for refresh in (grant.refresh, *grant.replaced):
            self._by_refresh[refresh] = grant


def _new_refresh_token() -> str:
    return f"RT1-{secrets.token_hex(20)}"
