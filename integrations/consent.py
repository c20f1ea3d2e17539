"""The way to a provider's consent page and back: what was asked for is kept in the session until the answer comes.

Each request carries a random state. An answer is taken once, by the session that asked, within the time a person needs.
"""

import hmac
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

_KEY = "consents"
_BACK = "consents_back"
_LASTS = timedelta(minutes=15)


class NotAsked(Exception):
    """No such request was made in this session, or it was answered already, or too long ago."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an owner asked for: a connection for this business; `connection_id` when it is one to be renewed."""

    business_id: int
    connection_id: int | None = None


def begin(session: SessionBase, provider: str, asked: Asked, *, back: str = "") -> str:
    """Remember the request and return its state; a later request to the same provider replaces it.

    `back`: our own page on which the person goes on, whatever the provider answers.
    """
    session[_BACK] = {**session.get(_BACK, {}), provider: back}
    state = secrets.token_urlsafe(24)
    pending = {"state": state, "expires": (timezone.now() + _LASTS).timestamp(), **asdict(asked)}
    session[_KEY] = {**session.get(_KEY, {}), provider: pending}
    return state


def way_back(session: SessionBase, provider: str) -> str:
    """The page from which the latest request to this provider was made; empty for the connection's own."""
    return str(session.get(_BACK, {}).get(provider, ""))


def finish(session: SessionBase, provider: str, state: str) -> Asked:
    """What was asked for under this state; it cannot be used again. Raises NotAsked."""
    pending: dict[str, dict[str, Any]] = dict(session.get(_KEY, {}))
    asked = pending.pop(provider, None)
    session[_KEY] = pending
    if asked is None or not hmac.compare_digest(asked["state"].encode(), state.encode()):
        raise NotAsked
    if asked["expires"] < timezone.now().timestamp():
        raise NotAsked
    return Asked(asked["business_id"], asked["connection_id"])
