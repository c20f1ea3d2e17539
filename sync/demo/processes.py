"""The demo's child processes: the simulators, the worker and the web server. All end with the demo, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urlsplit

import requests
from django.conf import settings

from sync.demo import systems
from sync.demo.home import Home

_DEMO_ORDERS = 60
_STARTS_WITHIN = 60.0  # seconds
_LOOKS_EVERY = 0.2  # seconds


def end_on_signals() -> None:
    """End this process in order, with its children. Ctrl-C too: a shell script's background jobs ignore it at first."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _exit)


def _exit(number: int, _frame: object) -> None:
    sys.exit(128 + number)


class ChildEnded(Exception):
    """A child process ended by itself; `name` is that of its log."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Processes:
    """Starts children; leaving the `with` block ends them, the simulators last."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._simulators: subprocess.Popen[str] | None = None
        self._guarded: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for guardian in self._guarded.values():
            if guardian.stdin is not None:
                guardian.stdin.close()
        for guardian in self._guarded.values():
            guardian.wait()
        if self._simulators is not None:
            self._simulators.terminate()
            self._simulators.wait()

    def start_simulators(self) -> None:
        """On the ports that the settings name. Raises systems.NotStarted."""
        addresses = (settings.ECWID_API_URL, settings.QUICKBOOKS_API_URL, settings.WIX_API_URL)
        options = [
            part
            for name, url in zip(systems.NAMES, addresses, strict=True)
            for part in (f"--{name}-port", str(urlsplit(url).port))
        ]
        options += ["--state", str(self._home.simulators), "--demo-orders", str(_DEMO_ORDERS)]
        options += ["--webhook-url", f"{settings.BASE_URL}/webhooks"]
        self._simulators = systems.start(options)
        # The worker and the web server are started with it.
        os.environ |= systems.keys_of(systems.addresses(self._simulators))

    def start_worker(self) -> None:
        self._start("worker", ["manage.py", "qcluster"])

    def start_web(self) -> None:
        """Returns once it answers. Raises systems.NotStarted when somebody took its port, and ChildEnded."""
        # The port is ours before the server is asked: somebody else's server would answer as well.
        with _listener(urlsplit(settings.BASE_URL)) as listener:
            server = ["--bind", f"fd://{listener.fileno()}", "--workers", "1", "--threads", "8"]
            command = ["-m", "gunicorn", "config.wsgi", *server, "--log-level", "warning", "--no-control-socket"]
            self._start("web", command, keeps=[listener.fileno()])
        give_up = time.monotonic() + _STARTS_WITHIN
        while not _answers(settings.BASE_URL):
            self.check()
            if time.monotonic() > give_up:
                raise ChildEnded("web")
            time.sleep(_LOOKS_EVERY)

    def watch(self) -> None:
        """Returns never, unless by an exception such as KeyboardInterrupt. Raises ChildEnded."""
        while True:
            self.check()
            time.sleep(_LOOKS_EVERY)

    def check(self) -> None:
        """Raises ChildEnded when a child has ended."""
        for name, guardian in self._guarded.items():
            if guardian.poll() is not None:
                raise ChildEnded(name)
        if self._simulators is not None and self._simulators.poll() is not None:
            raise ChildEnded("sandbox")

    def _start(self, name: str, arguments: Sequence[str], keeps: Sequence[int] = ()) -> None:
        """`keeps` are open files that the child gets as they are."""
        command = [sys.executable, "-m", "sync.demo.guardian", sys.executable, *arguments]
        with self._home.log(name).open("ab") as log:
            # Our own interpreter and modules; no shell reads it.
            self._guarded[name] = subprocess.Popen(  # noqa: S603
                command,
                cwd=settings.BASE_DIR,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=keeps,
            )


def _listener(address: SplitResult) -> socket.socket:
    try:
        return socket.create_server((address.hostname or "", address.port or 0))
    except OSError as taken:
        raise systems.NotStarted(f"the web server did not start: {address.netloc}: {taken.strerror}") from taken


def _answers(url: str) -> bool:
    """Whether pages come: the port is open before the program behind it is loaded, and whoever sends messages does not
    wait for that."""
    with requests.Session() as session:
        session.trust_env = False  # a proxy does not lead to this machine
        try:
            session.get(f"{url}/health", timeout=_STARTS_WITHIN)
        except requests.RequestException:
            return False
    return True
