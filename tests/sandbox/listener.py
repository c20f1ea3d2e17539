"""Where webhooks arrive in a test: an HTTP server on a free port that answers as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes


class Listener:
    """`statuses` are the next answers; afterwards all are 200."""

    def __init__(self, address: str) -> None:
        self.url = address
        self.statuses: list[int] = []
        self.heard: list[Heard] = []
        self.arrived = threading.Semaphore(0)

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["Listener"]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                listener.heard.append(Heard(self.path, headers, body))
                self.send_response(listener.statuses.pop(0) if listener.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                listener.arrived.release()

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        listener = cls(f"http://127.0.0.1:{server.server_port}/hooks")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
