"""Webhooks: what a system tells the app by itself. Events are gathered while a request works, leave when it is done,
are tried again as the system's rules say, and can be spoiled by settings: repeated, late, out of order, dropped, or
with a signature that is wrong or missing.
"""

import http.client
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlsplit

_CONNECT_SECONDS = 3.0
_LONGEST_SLEEP = 1.0  # the system's clock may be moved meanwhile
_LATE_SECONDS = 1.0
_KEPT = 20_000
SIGNATURES = ("right", "wrong", "missing")

Event = dict[str, Any]


@dataclass(frozen=True)
class Rules:
    """`retry_after` are seconds after the first attempt. `retried` None: whatever is not a success is tried again."""

    retry_after: Sequence[int]
    answer_seconds: float
    successes: frozenset[int]
    retried: frozenset[int] | None = None
    gives_up_on_address: bool = False
    """Whether an address that failed to the end gets nothing more."""


@dataclass(frozen=True)
class Message:
    """One POST. `query` is added to the address; `kind` is the type of what happened, where each may have an address of
    its own."""

    body: str
    headers: dict[str, str]
    query: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Settings:
    """`url` None: nobody listens, but to the kinds of messages that `urls` has an address for. `automatic` off:
    messages leave only when the control API says so."""

    url: str | None = None
    urls: Mapping[str, str] = field(default_factory=dict)
    automatic: bool = True
    time_scale: float = 1
    """Of the waits between attempts: 0.001 makes minutes of hours' worth."""
    duplicates: int = 0
    """Copies sent besides each message."""
    reorder: bool = False
    """Every other message comes a second late."""
    delay_seconds: float = 0
    drop: bool = False
    signature: str = "right"

    def changed(self, values: Mapping[str, Any]) -> "Settings":
        """Raises ValueError for what is no setting or no value of it."""
        unknown = values.keys() - {each.name for each in fields(self)}
        if unknown:
            msg = f"webhooks have no setting {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        numbers = {name: float(values[name]) for name in ("time_scale", "delay_seconds") if name in values}
        settings = replace(self, **{**values, **numbers})
        if settings.signature not in SIGNATURES:
            msg = f"signature is one of {', '.join(SIGNATURES)}"
            raise ValueError(msg)
        for url in (settings.url, *settings.urls.values()):
            if url is not None and not urlsplit(url).hostname:
                msg = f"{url} is no address"
                raise ValueError(msg)
        return settings

    def address_of(self, message: Message) -> str | None:
        return self.urls.get(message.kind, self.url)


@dataclass
class Delivery:
    """A message on its way. `state` is waiting, sending, delivered, failed, or dropped; times are UNIX seconds."""

    n: int
    url: str
    message: Message
    due: float
    state: str = "waiting"
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self.message), "n": self.n, "url": self.url, "state": self.state, "attempts": self.attempts}


class Webhooks:
    """`pack` makes messages of the events of one request, signed as its second argument says."""

    def __init__(
        self,
        rules: Rules,
        pack: Callable[[list[Event], str], Iterable[Message]],
        timestamp: Callable[[], float],
    ) -> None:
        self._rules = rules
        self._pack = pack
        self._timestamp = timestamp
        self._news = threading.Condition()
        self._sender: threading.Thread | None = None
        self._events: list[Event] = []
        self.settings = Settings()
        self._deliveries: list[Delivery] = []
        self._given_up = False

    # -- the system's side ---------------------------------------------------------------------------------------

    @property
    def listened_to(self) -> bool:
        return self.settings.url is not None or bool(self.settings.urls)

    def note(self, event: Event) -> None:
        """Something happened; it is told when the request that did it is done."""
        if self.listened_to:
            self._events.append(event)

    def discard(self) -> None:
        self._events.clear()

    def commit(self) -> None:
        events, self._events = self._events, []
        if events:
            for message in self._pack(events, self.settings.signature):
                self.send(message)

    # -- the control API's side ----------------------------------------------------------------------------------

    def reset(self) -> None:
        with self._news:
            self._events.clear()
            self._deliveries = []
            self._given_up = False
            self.settings = Settings()

    def change(self, values: Mapping[str, Any]) -> None:
        with self._news:
            self.settings = self.settings.changed(values)
            self._given_up = self._given_up and "url" not in values
            self._wake()

    def log(self) -> list[dict[str, Any]]:
        with self._news:
            return [delivery.as_json() for delivery in self._deliveries]

    def clear_log(self) -> None:
        """Also what has not left yet."""
        with self._news:
            self._deliveries = []

    def repeat(self, number: int) -> None:
        """Send a message once more, word for word. Raises LookupError."""
        with self._news:
            found = [delivery for delivery in self._deliveries if delivery.n == number]
        if not found:
            msg = f"there is no delivery {number}"
            raise LookupError(msg)
        self.send(found[0].message)

    def send(self, message: Message) -> None:
        with self._news:
            url = self.settings.address_of(message)
            if url is None:
                return
            for _ in range(1 + self.settings.duplicates):
                self._queue(url, message)
            self._wake()

    def deliver(self, *, all_of_them: bool) -> int:
        """Send what is due, or everything that waits as if its time had come; how many messages were sent."""
        with self._news:
            waiting = self._waiting() if all_of_them else self._due()
            for delivery in waiting:
                delivery.state = "sending"
        for delivery in waiting:
            self._attempt(delivery)
        return len(waiting)

    # -- inside --------------------------------------------------------------------------------------------------

    def _queue(self, url: str, message: Message) -> None:
        number = self._deliveries[-1].n + 1 if self._deliveries else 1
        late = _LATE_SECONDS if self.settings.reorder and number % 2 else 0
        due = self._timestamp() + self.settings.delay_seconds + late
        state = "dropped" if self.settings.drop or self._given_up else "waiting"
        self._deliveries.append(Delivery(number, url, message, due, state))
        del self._deliveries[:-_KEPT]

    def _wake(self) -> None:
        if self.settings.automatic and self._sender is None and self._waiting():
            self._sender = threading.Thread(target=self._send_forever, daemon=True)
            self._sender.start()
        self._news.notify()

    def _waiting(self) -> list[Delivery]:
        waiting = [delivery for delivery in self._deliveries if delivery.state == "waiting"]
        return sorted(waiting, key=lambda delivery: delivery.due)

    def _due(self) -> list[Delivery]:
        now = self._timestamp()
        return [delivery for delivery in self._waiting() if delivery.due <= now]

    def _send_forever(self) -> None:
        while True:
            with self._news:
                due = self._due() if self.settings.automatic else []
                if not due:
                    self._news.wait(self._seconds_to_sleep())
                    continue
                due[0].state = "sending"
            self._attempt(due[0])

    def _seconds_to_sleep(self) -> float | None:
        """Until the next message is due; for ever when none waits."""
        waiting = self._waiting() if self.settings.automatic else []
        return min(max(waiting[0].due - self._timestamp(), 0.01), _LONGEST_SLEEP) if waiting else None

    def _attempt(self, delivery: Delivery) -> None:
        outcome = _post(delivery.url, delivery.message, self._rules.answer_seconds)
        with self._news:
            delivery.attempts.append({"at": int(self._timestamp()), **outcome})
            self._settle(delivery, outcome.get("status"))

    def _settle(self, delivery: Delivery, status: int | None) -> None:
        rules, tries = self._rules, len(delivery.attempts)
        again = status is None or rules.retried is None or status in rules.retried
        if status in rules.successes:
            delivery.state = "delivered"
        elif again and tries <= len(rules.retry_after):
            first = delivery.attempts[0]["at"]
            delivery.due = first + rules.retry_after[tries - 1] * self.settings.time_scale
            delivery.state = "waiting"
        else:
            delivery.state = "failed"
            self._given_up = again and rules.gives_up_on_address


def _post(url: str, message: Message, answer_seconds: float) -> dict[str, Any]:
    """{"status": 200}, or {"error": ...} when no answer came."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    query = "&".join(part for part in (parts.query, message.query) if part)
    connection = kind(parts.hostname or "", parts.port, timeout=_CONNECT_SECONDS)
    try:
        connection.connect()
        connection.sock.settimeout(answer_seconds)
        address = f"{parts.path or '/'}{'?' if query else ''}{query}"
        connection.request("POST", address, message.body.encode(), message.headers)
        return {"status": connection.getresponse().status}
    except (OSError, http.client.HTTPException) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        connection.close()
