"""A QuickBooks that plays a script: what the client sends is recorded, what it gets is written down in the test."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import MaxRetryError, NewConnectionError

from integrations.errors import ReconnectNeeded
from integrations.http import Clock, Transport
from integrations.money import json_dumps, json_loads
from integrations.quickbooks.client import QuickBooksClient
from tests.integrations.quickbooks.sandbox_books import Books, Stored, control

NOW = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)


@dataclass
class Seen:
    """One request as it went over the wire."""

    method: str
    path: str
    query: dict[str, str]
    headers: CaseInsensitiveDict[str]
    text: str

    @property
    def json(self) -> Any:
        return json_loads(self.text)


@dataclass
class Script(BaseAdapter):
    """Answers to give, in order: an object (JSON, 200), (status, object or text[, headers]), or an exception."""

    answers: list[Any] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        assert kwargs["timeout"] is not None
        parts = urlsplit(request.url or "")
        query = {key: values[0] for key, values in parse_qs(str(parts.query)).items()}
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
        self.seen.append(Seen(str(request.method), str(parts.path), query, request.headers, body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return self._response(request, *(answer if isinstance(answer, tuple) else (200, answer)))

    def close(self) -> None:
        """Nothing is open."""

    @staticmethod
    def _response(
        request: requests.PreparedRequest, status: int, body: Any, headers: dict[str, str] | None = None
    ) -> requests.Response:
        response = requests.Response()
        response.status_code = status
        response.request = request
        response.url = request.url or ""
        response.headers = CaseInsensitiveDict({"intuit_tid": "1-tid", **(headers or {})})
        response._content = (body if isinstance(body, str) else json_dumps(body)).encode()
        return response


@dataclass
class Tokens:
    """Access tokens in the order in which they are handed out."""

    values: list[str] = field(default_factory=lambda: ["token-1", "token-2"])
    renewed: list[str] = field(default_factory=list)

    def current(self) -> str:
        return self.values[0]

    def renew(self, stale: str) -> str:
        self.renewed.append(stale)
        if len(self.values) == 1:
            raise ReconnectNeeded("the consent was withdrawn")
        return self.values.pop(1)


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def transport(script: Script, slept: list[float]) -> Transport:
    session = requests.Session()
    session.mount("https://", script)
    return Transport(session=session, clock=Clock(now=lambda: NOW, sleep=slept.append, jitter=lambda: 0.0))


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def calls() -> list[str]:
    """The kinds that `before_call` was asked for."""
    return []


@pytest.fixture
def client(transport: Transport, tokens: Tokens, calls: list[str]) -> QuickBooksClient:
    return QuickBooksClient(
        api_url="https://books.test", realm_id="77", tokens=tokens, transport=transport, before_call=calls.append
    )


@pytest.fixture
def not_sent() -> Callable[[], Exception]:
    """A connection that was refused: the request never left."""

    def make() -> Exception:
        reason = NewConnectionError(None, "refused")  # type: ignore[arg-type]
        return requests.ConnectionError(MaxRetryError(None, "/", reason))  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[str]:
    """The address of a simulated QuickBooks in a process of its own."""
    command = [sys.executable, "-m", "sandbox.quickbooks", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


@pytest.fixture
def sandbox(sandbox_process: str) -> str:
    """The same, with fresh books and without limits on the number of requests."""
    control(sandbox_process, "POST", "reset", {})
    limits = ("requests_per_minute", "requests_per_second", "batches_per_minute")
    control(sandbox_process, "PATCH", "switches", dict.fromkeys(limits))
    return sandbox_process


@pytest.fixture
def open_books(sandbox: str) -> Callable[[str], Books]:
    def start(realm: str) -> Books:
        slept: list[float] = []
        transport = Transport(clock=Clock(sleep=slept.append, jitter=lambda: 0.0), read_timeout=5)
        tokens = Stored(sandbox, realm)
        return Books(
            QuickBooksClient(api_url=sandbox, realm_id=realm, tokens=tokens, transport=transport), tokens, slept
        )

    return start
