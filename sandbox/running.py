"""Runs one simulated system as a process: a threaded HTTP/1.1 server that keeps connections alive."""

import argparse
import io
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import FrameType

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

from sandbox.faults import AnswerLostError
from sandbox.serving import System

_PARENT_CHECK_SECONDS = 0.5


class KeepAliveHandler(WSGIRequestHandler):
    """werkzeug closes the connection after each answer; a client under test keeps it, so the server does too."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one packet

    def run_wsgi(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        environ = self.make_environ()
        environ["wsgi.input"] = io.BytesIO(body)
        self.environ = environ
        try:
            chunks, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        except AnswerLostError:
            self.close_connection = True
            return
        except Exception:  # noqa: BLE001 - a fault of the simulator itself: show it, and let the caller see a 500
            traceback.print_exc(file=sys.stderr)
            chunks, status, headers = [b"the sandbox itself failed; see its log"], "500 SANDBOX ERROR", None
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers or ():
            if name.lower() != "content-length":
                self.send_header(name, value)
        answer = b"".join(chunks)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)
        self.wfile.flush()

    def handle(self) -> None:
        try:
            BaseHTTPRequestHandler.handle(self)
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - name given by the base class
        """Quiet: `GET /control/calls` tells more than an access log."""


def serve(system: System, host: str, port: int) -> BaseWSGIServer:
    """A server bound to the port (0: any free one), not yet serving."""
    return make_server(host, port, system, threaded=True, request_handler=KeepAliveHandler)


def end_with_parent() -> None:
    """End this process when the one that started it is gone, also when that was killed."""
    parent = os.getppid()

    def watch() -> None:
        pause = threading.Event()
        while os.getppid() == parent:
            pause.wait(_PARENT_CHECK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def end_on_signals() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def run(
    factory: Callable[[argparse.Namespace], System],
    argv: Sequence[str] | None = None,
    *,
    parser: argparse.ArgumentParser | None = None,
) -> None:
    """Command line of one system. `factory` gets the parsed arguments; `parser` may bring further options."""
    parser = parser or argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--state", type=Path, default=None, help="folder that survives restarts")
    parser.add_argument("--webhook-url", default=None, help="where webhooks go")
    parser.add_argument("--with-parent", action="store_true", help="end when the starting process ends")
    arguments = parser.parse_args(argv)
    end_on_signals()
    if arguments.with_parent:
        end_with_parent()
    system = factory(arguments)
    system.webhooks.change({"url": arguments.webhook_url})
    server = serve(system, arguments.host, arguments.port)
    sys.stdout.write(f"listening http://{arguments.host}:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
