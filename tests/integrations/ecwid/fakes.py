"""A network of a few prepared answers, and a clock that only moves when somebody sleeps."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests

from integrations.ecwid.client import EcwidClient
from integrations.http import Clock, Transport

START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class FakeTime:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    @property
    def clock(self) -> Clock:
        return Clock(
            now=lambda: START + timedelta(seconds=self.seconds),
            monotonic=lambda: self.seconds,
            sleep=self.sleep,
            jitter=lambda: 0.0,
        )


class FakeSession(requests.Session):
    """Answers with what is prepared, in turn; the last one for ever. A callable is asked, an exception raised."""

    def __init__(self, *answers: Any) -> None:
        super().__init__()
        self.answers = list(answers)
        self.calls: list[dict[str, Any]] = []

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # type: ignore[override]
        self.calls.append({"method": method, "path": urlsplit(url).path, "url": url, **options})
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Callable):
            answer = answer(self.calls[-1])
        if isinstance(answer, Exception):
            raise answer
        return answer


def answer(body: Any = "", status: int = 200, headers: Mapping[str, str] | None = None) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers or {})
    response._content = (body if isinstance(body, str) else json.dumps(body)).encode()
    return response


def a_client(session: FakeSession, time: FakeTime | None = None, **options: Any) -> EcwidClient:
    transport = Transport(session=session, clock=(time or FakeTime()).clock)
    arguments = {"api_url": "https://ecwid.test/api/v3", "store_id": "1003", "access_token": "secret_sim_1003"}
    return EcwidClient(**{**arguments, **options}, transport=transport)
