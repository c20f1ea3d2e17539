"""Who may call: tokens of an app on a site, API keys with a site, permissions, and how often."""

import math
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.wrappers import Request

from sandbox.switches import Switches
from sandbox.wix.errors import WixError, refused, system
from sandbox.wix.store import NO_STORES, V1, V3, SiteState
from sandbox.wix.values import Json

APP_ID = "7d2c5a90-5c1e-4f0b-9d11-3a6f0c2b7e01"
APP_SECRET = "sandbox-secret"  # noqa: S105 - the simulator's own, known to everybody
API_KEY = "IST.sandbox-key"
ACCOUNT_ID = "7d2c5a90-5c1e-4f0b-9d11-3a6f0c2b7e02"

_WINDOW_SECONDS = 60.0
_CATALOGS = (V1, V3)


@dataclass
class Gate:
    """`tokens` are {token: {"instanceId", "issued", "expires"}}; `keys` are API keys with the sites they reach, None
    for all."""

    switches: Switches
    tokens: dict[str, Json] = field(default_factory=dict)
    keys: dict[str, list[str] | None] = field(default_factory=lambda: {API_KEY: None})
    _windows: dict[str, deque[float]] = field(default_factory=dict)

    def issue(self, site: SiteState, now: float) -> tuple[str, Json]:
        parts = ".".join(secrets.token_urlsafe(12) for _ in range(3))
        token = f"OauthNG.JWS.{parts}"
        seconds = int(self.switches["token_seconds"])
        grant = {"instanceId": site.instance_id, "issued": int(now), "expires": int(now) + seconds}
        self.tokens[token] = grant
        return token, grant

    def grant_of(self, token: str, now: float) -> Json | None:
        grant = self.tokens.get(token)
        return grant if grant and grant["expires"] > now else None

    def admit(self, request: Request, sites: Mapping[str, SiteState], now: float) -> tuple[SiteState, str]:
        """The site and the calling app. Raises WixError."""
        credential = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if credential in self.keys:
            return self._by_key(request, sites, self.keys[credential], now), ""
        grant = self.grant_of(credential, now)
        found = [site for site in sites.values() if grant and site.instance_id == grant["instanceId"]]
        if not found or not found[0].settings["installed"]:
            raise system(401)
        self._count(found[0].instance_id, now)
        return found[0], APP_ID

    def _by_key(
        self, request: Request, sites: Mapping[str, SiteState], reached: list[str] | None, now: float
    ) -> SiteState:
        site_id, account = (request.headers.get(f"wix-{kind}-id") for kind in ("site", "account"))
        if bool(site_id) == bool(account) or site_id is None:
            raise system(self.switches["missing_site_header_status"])
        if site_id not in sites or (reached is not None and site_id not in reached):
            raise system(403)
        self._count(site_id, now)
        return sites[site_id]

    def _count(self, caller: str, now: float) -> None:
        window = self._windows.setdefault(caller, deque())
        if window and window[-1] > now:
            window.clear()  # the simulator's clock was set back
        while window and window[0] <= now - _WINDOW_SECONDS:
            window.popleft()
        allowed = self.switches["requests_per_minute"]
        if allowed is not None and len(window) >= allowed:
            raise too_many(self.switches, max(1, math.ceil(window[0] + _WINDOW_SECONDS - now)))
        window.append(now)

    def check(self, site: SiteState, permission: str, module: str) -> None:
        """Whether the site has what the call needs, and the caller may have it. Raises WixError."""
        if module in _CATALOGS:
            self._check_catalog(site, module)
        elif module and not site.has(module):
            raise system(self.switches["module_absent_status"])
        if permission in site.settings["missingPermissions"]:
            raise system(self.switches["missing_permission_status"])

    def _check_catalog(self, site: SiteState, wanted: str) -> None:
        if site.catalog == NO_STORES:
            raise system(401 if wanted == V1 else self.switches["module_absent_status"])
        if site.catalog != wanted:
            here, called = site.catalog.removesuffix("_CATALOG"), wanted.removesuffix("_CATALOG")
            raise refused(428, f"CATALOG_{here}_CALLING_CATALOG_{called}_API")


def too_many(switches: Switches, seconds: int) -> WixError:
    """A 429, as the switches want it."""
    error = system(429, "Too Many Requests")
    if switches["retry_after_header"]:
        error.headers["Retry-After"] = str(seconds)
    return error
