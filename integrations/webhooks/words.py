"""What a provider's message says, in words that all providers share, and how it is proven.

Knows no tables and no settings, so that the adapters can speak it.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol

from integrations.money import json_loads

LONGEST_ID = 120
AHEAD = timedelta(minutes=5)  # clocks differ


class Topic(StrEnum):
    """What an event is about, as far as we care."""

    ORDER = "order"
    ORDER_DELETED = "order_deleted"
    PRODUCT = "product"
    INSTALLED = "installed"  # the store has the app, perhaps again
    UNINSTALLED = "uninstalled"  # the store removed the app
    LIST = "list"  # an entry of QuickBooks' lists, or its preferences
    OTHER = "other"


class Refusal(StrEnum):
    """Why a message, or an event in it, was not taken."""

    UNCONFIGURED = "unconfigured"
    TOO_BIG = "too_big"
    UNSIGNED = "unsigned"
    FORGED = "forged"
    UNREADABLE = "unreadable"
    TOO_OLD = "too_old"
    IN_FUTURE = "in_future"
    UNKNOWN_ACCOUNT = "unknown_account"


@dataclass(eq=False)
class Refused(Exception):
    """The message is not taken; nothing of it is kept but that it came."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened at a provider.

    `id` is unique at the provider, `kind` its own name for what happened ("order.updated"), `entity` the id of what it
    happened to, `merged_entity` the id of what ceased to exist by being merged into that.
    """

    id: str
    account_id: str
    kind: str
    topic: Topic
    entity: str
    happened_at: datetime
    merged_entity: str = ""


class Reader(Protocol):
    """What an adapter does with a message: prove that it is the provider's, then read it."""

    def __call__(self, body: bytes, headers: Mapping[str, str], *, secret: str) -> list[Event]:
        """The events of a message. `headers` ignore case. Raises Refused."""


def signature_in(headers: Mapping[str, str], name: str) -> str:
    """The signature that a message brings along. Raises Refused."""
    told = headers.get(name, "")
    if not told:
        raise Refused(Refusal.UNSIGNED)
    return told


def prove(told: str, *, secret: str, message: bytes) -> None:
    """Compare a signature, in constant time: Base64 of HMAC-SHA256. Raises Refused."""
    right = b64encode(hmac.new(secret.encode(), message, sha256).digest())
    if not hmac.compare_digest(right, told.strip().encode()):
        raise Refused(Refusal.FORGED)


def parsed(body: bytes | str) -> Any:
    """The JSON of a message. Raises Refused, also for what is nested too deep to be read."""
    try:
        return json_loads(body if isinstance(body, str) else body.decode())
    except (ValueError, RecursionError, ArithmeticError):
        raise Refused(Refusal.UNREADABLE) from None


def identity(value: object) -> str:
    """An id as text; empty for what is none: too long, unprintable, or neither text nor whole number."""
    text = str(value) if type(value) in {str, int} else ""
    return text if text.isprintable() and len(text) <= LONGEST_ID else ""


def moment(text: object) -> datetime | None:
    """A time with any number of digits after the second, in UTC; None where it is none."""
    try:
        told = datetime.fromisoformat(str(text))
        return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
