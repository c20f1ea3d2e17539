"""One HTTP exchange, as every adapter makes it: always with time-outs, no redirects, exact JSON, logs without secrets.

What an outcome means, and whether to call again, is decided in `integrations.retry`.
"""

import json
import logging
import os
import random
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from integrations.errors import Malformed, OperatorError
from integrations.money import json_loads

logger = logging.getLogger(__name__)
logging.getLogger("requests_oauthlib").setLevel(logging.INFO)  # at DEBUG it writes tokens and secrets

_TRACE_HEADERS = ("intuit_tid", "Intuit-Tid", "X-Wix-Request-Id", "X-Request-Id")
_NEVER_CONNECTED = (ConnectTimeoutError, NameResolutionError, NewConnectionError, ssl.SSLCertVerificationError)
_UNUSABLE_REQUEST = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidProxyURL,
)

_NAMES = r"(?:access_?token|refresh_?token|id_?token|token|client_?secret|secret|api_?key|password|authorization)"
# What a secret looks like in a log: (pattern, what stays of it).
_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(Bearer|Basic)\s+[^\s\"',;&]+", re.IGNORECASE), r"\1 ***"),
    (re.compile(r"\b(Token (?:expired|invalid|revoked))\s*:\s*[^\s\"',;&]+", re.IGNORECASE), r"\1: ***"),
    (re.compile(r"([?&]code=)[^&\s\"']+"), r"\1***"),  # an OAuth code; elsewhere a code is an error's number
    (re.compile(rf"((?:^|[?&\s;,({{]){_NAMES}=)[^&\s\"']+", re.IGNORECASE), r"\1***"),
    (re.compile(rf"(['\"]{_NAMES}['\"]\s*:\s*['\"])[^'\"]*", re.IGNORECASE), r"\1***"),
    (re.compile(r"\b(?:eyJ[\w-]{8,}(?:\.[\w-]*)*|RT1-[\w-]+|AB1[\w-]{20,}|secret_\w+)"), "***"),
)


def redact(text: str) -> str:
    """The text without anything that opens a door: tokens, secrets, authorization headers."""
    for pattern, kept in _SECRETS:
        text = pattern.sub(kept, text)
    return text


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, handed in so that tests neither wait nor guess. `jitter` answers numbers in [0, 1)."""

    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request. `is_write` decides whether it may ever be repeated, not its method: some reads are POSTs."""

    method: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    is_write: bool = False
    expects_json: bool = True

    @property
    def shown(self) -> str:
        """For logs and messages: no query, which may hold customers' names or tokens."""
        return f"{self.method} {urlsplit(self.url).path}"


@dataclass(frozen=True)
class Answer:
    """What came back. `headers` ignore case; `elapsed` is in seconds."""

    status: int
    headers: Mapping[str, str]
    text: str = field(repr=False)
    elapsed: float = 0.0

    @cached_property
    def json(self) -> Any:
        """The parsed body, numbers with a fraction as Decimal. Raises Malformed when it is not JSON."""
        try:
            return json_loads(self.text)
        except json.JSONDecodeError as error:
            raise Malformed("the answer is not JSON", self.status, trace=self.trace) from error

    @property
    def is_json(self) -> bool:
        try:
            _ = self.json
        except Malformed:
            return False
        return True

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def trace(self) -> str:
        """The provider's own id of this call, which its support asks for."""
        return next((self.headers[name] for name in _TRACE_HEADERS if name in self.headers), "")


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer. `sent` False: the request never reached the other side; True: it may have been carried out."""

    sent: bool
    reason: str


class Transport:
    """A `requests` session that always has time-outs, follows no redirects and logs without secrets.

    `connect_timeout` and `read_timeout` are seconds; the latter is the longest silence, and must exceed what the
    provider itself allows for the slowest call. Not shared between threads.
    """

    def __init__(
        self,
        *,
        session: requests.Session | None = None,
        clock: Clock | None = None,
        connect_timeout: float = 10.0,
        read_timeout: float = 130.0,
        user_agent: str = "Tillbridge",
    ) -> None:
        self.session = session or requests.Session()
        self.session.headers.update({"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate"})
        self.clock = clock or Clock()
        self.timeouts = (connect_timeout, read_timeout)

    def exchange(self, call: Call) -> Answer | Failure:
        """Send the call once. Raises OperatorError when it cannot even be built (a wrong address in the settings)."""
        started = self.clock.monotonic()
        try:
            response = self._send(call)
        except _UNUSABLE_REQUEST as error:
            raise OperatorError(f"{call.shown} cannot be sent: {type(error).__name__}") from None
        except requests.RequestException as error:
            failure = Failure(sent=_may_have_been_sent(error), reason=type(error).__name__)
            logger.warning("%s failed: %s, sent: %s", call.shown, failure.reason, failure.sent)
            return failure
        elapsed = self.clock.monotonic() - started
        answer = Answer(response.status_code, response.headers, _text(response), elapsed)
        logger.info("%s -> %d in %.0f ms %s", call.shown, answer.status, elapsed * 1000, answer.trace)
        return answer

    def _send(self, call: Call) -> requests.Response:
        return self.session.request(
            call.method,
            call.url,
            params=dict(call.params),
            headers=dict(call.headers),
            data=call.body,
            timeout=self.timeouts,
            allow_redirects=False,
            # Any `auth` at all keeps requests from replacing our Authorization header with one from ~/.netrc.
            auth=_as_it_is,
        )


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _text(response: requests.Response) -> str:
    """JSON is UTF-8 whatever the header says; guessing the encoding of a large body is slow and sometimes wrong."""
    return response.content.decode("utf-8-sig", "replace")


def _may_have_been_sent(error: BaseException) -> bool:
    return not any(isinstance(cause, _NEVER_CONNECTED) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it wraps. requests and urllib3 keep it in `args` and `reason`.

    Python's own `__context__` is left out on purpose: it may hold an older failure that the caller is handling.
    """
    yield error
    for cause in (*error.args, getattr(error, "reason", None)):
        if isinstance(cause, BaseException):
            yield from _causes(cause)


def permit_local_http(url: str) -> None:
    """Let oauthlib talk plain HTTP to this machine or to a container beside it, and refuse it to any other host.

    oauthlib knows one switch for the whole process (an environment variable), which alone would also allow plain HTTP
    to strangers; hence the check here. Raises OperatorError.
    """
    parts = urlsplit(url)
    if parts.scheme == "https":
        return
    host = parts.hostname or ""
    if parts.scheme != "http" or not (host.startswith("127.") or host == "::1" or (host and "." not in host)):
        raise OperatorError(f"{host or url} must be reached over https")
    os.environ.setdefault("OAUTHLIB_INSECURE_TRANSPORT", "1")
