"""Who may call: tokens, their scopes, and how often."""

import math
from collections import deque

from werkzeug.wrappers import Request

from sandbox.ecwid.errors import ShopError
from sandbox.ecwid.store import ShopState
from sandbox.switches import Switches

_WINDOW_SECONDS = 60.0

IN_BATCH = "sandbox.in_batch"
"""In the environment of a request that is a call of a batch."""

DEFAULT_SCOPES = (
    "read_store_profile read_orders update_orders create_orders read_invoices"
    " read_catalog update_catalog create_catalog read_customers"
)

_ACCOUNT_REFUSALS = {
    "no_api_plan": ("NOT_AVAILABLE_ON_CURRENT_PLAN", "The API is not available on the current plan"),
    "suspended": ("STORE_IS_SUSPENDED", "The store is suspended"),
}


class Window:
    """Counts events of the last 60 seconds."""

    def __init__(self) -> None:
        self._moments: deque[float] = deque()

    def count(self, now: float) -> int:
        if self._moments and self._moments[-1] > now:
            self._moments.clear()  # the simulator's clock was set back
        while self._moments and self._moments[0] <= now - _WINDOW_SECONDS:
            self._moments.popleft()
        return len(self._moments)

    def add(self, now: float) -> None:
        self._moments.append(now)

    def seconds_until_free(self, now: float) -> int:
        return max(1, math.ceil(self._moments[0] + _WINDOW_SECONDS - now))


class Gate:
    """Lets requests in. Holds the rate windows per token and the record of bad tokens per address."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._windows: dict[str, Window] = {}
        self._bad: dict[str, Window] = {}
        self._blocked_until: dict[str, float] = {}

    def forget(self) -> None:
        self._windows.clear()
        self._bad.clear()
        self._blocked_until.clear()

    def admit(self, request: Request, shop: ShopState, scopes: str, now: float) -> str:
        """The token, if it may make this call now. Raises ShopError."""
        address = request.remote_addr or ""
        if self._blocked_until.get(address, 0) > now:
            raise self._too_many(math.ceil(self._blocked_until[address] - now))
        token = _token_of(request)
        if token not in shop.tokens:
            self._note_bad_token(address, now)
            raise self.forbidden()
        if IN_BATCH not in request.environ or self._switches["batch_calls_count"]:
            self._count(token, now)
        self._check_account()
        missing = [scope for scope in scopes.split() if scope not in shop.tokens[token]]
        if missing:
            raise ShopError(403, f"The app lacks the scope {', '.join(missing)}", "INSUFFICIENT_APP_SCOPE")
        return token

    def forbidden(self) -> ShopError:
        """Every problem with the token itself looks the same from outside."""
        message = "Invalid API token" if self._switches["forbidden_body"] == "json" else ""
        return ShopError(403, message, "INVALID_API_TOKEN")

    def _note_bad_token(self, address: str, now: float) -> None:
        window = self._bad.setdefault(address, Window())
        window.add(now)
        allowed = self._switches["bad_tokens_per_minute"]
        if allowed is not None and window.count(now) > allowed:
            self._blocked_until[address] = now + float(self._switches["bad_token_block_seconds"])

    def _count(self, token: str, now: float) -> None:
        window = self._windows.setdefault(token, Window())
        allowed = self._switches["requests_per_minute"]
        if allowed is not None and window.count(now) >= allowed:
            raise self._too_many(window.seconds_until_free(now))
        window.add(now)

    def _check_account(self) -> None:
        refusal = _ACCOUNT_REFUSALS.get(self._switches["account_state"])
        if refusal:
            raise ShopError(402, refusal[1], refusal[0])

    def _too_many(self, seconds: int) -> ShopError:
        return too_many(self._switches, seconds)


def too_many(switches: Switches, seconds: int) -> ShopError:
    """A 429, as the switches want it."""
    error = ShopError(429, "Too many requests" if switches["throttle_body"] == "json" else "")
    if switches["retry_after_header"]:
        error.headers["Retry-After"] = str(seconds)
    return error


def _token_of(request: Request) -> str:
    """From the Authorization header, else from the older query form."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return request.args.get("token", "")
