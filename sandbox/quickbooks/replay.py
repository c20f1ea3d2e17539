"""Request ids: the answer to a write is kept, and given again when the same id comes back."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.documents import Documents
from sandbox.quickbooks.faults import QboError
from sandbox.switches import Switches

_KIND = "replay"
_MAX_ID, _MAX_BATCH_ID, _MAX_ITEM_ID = 50, 36, 10


@dataclass(frozen=True)
class Kept:
    """A stored answer: JSON text and HTTP status, the request's fingerprint, and when (seconds since 1970)."""

    text: str
    status: int
    fingerprint: str
    at: int


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def check_request_id(request_id: str | None, *, batch: bool = False) -> None:
    limit = _MAX_BATCH_ID if batch else _MAX_ID
    if request_id is not None and not 0 < len(request_id) <= limit:
        raise QboError(2130, f"The request id must have 1 to {limit} characters", "requestid")


def item_key(request_id: str, item_id: str) -> str:
    """One item of a batch is known by the batch's request id and its own bId together."""
    if len(item_id) > _MAX_ITEM_ID:
        raise QboError(2130, f"With a request id the bId must have at most {_MAX_ITEM_ID} characters", "bId")
    return f"{request_id}|{item_id}"


class Replays:
    def __init__(self, documents: Documents, switches: Switches, timestamp: Callable[[], float]) -> None:
        self._documents = documents
        self._switches = switches
        self._timestamp = timestamp
        self._kept: dict[str, Kept] = {}

    def find(self, realm: str, key: str | None, request_fingerprint: str) -> Kept | None:
        """The kept answer. Raises QboError 600 when the switch wants another body under the id refused."""
        if key is None or not self._switches["request_id_replay"]:
            return None
        kept = self._kept.get(f"{realm}/{key}")
        if kept is None or kept.at + self._switches["request_id_seconds"] < self._timestamp():
            return None
        if kept.fingerprint != request_fingerprint and self._switches["request_id_other_body"] == "refuse":
            raise QboError(600, "The request id was used before for another request", "requestid")
        return kept

    def keep(self, realm: str, key: str | None, kept_answer: tuple[str, int], request_fingerprint: str) -> None:
        text, status = kept_answer
        if key is None or (status >= 400 and not self._switches["request_id_replays_failures"]):
            return
        kept = Kept(text, status, request_fingerprint, int(self._timestamp()))
        self._kept[f"{realm}/{key}"] = kept
        self._documents.put(_KIND, f"{realm}/{key}", vars(kept))

    def restore(self, key: str, value: dict[str, Any]) -> None:
        self._kept[key] = Kept(**value)

    def clear(self) -> None:
        self._kept.clear()
