"""The simulator as a real process on a real port."""

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.listener import Listener
from tests.sandbox.quickbooks_desk import REALMS, Desk

REALM = REALMS["US"]
HEADERS = {"Authorization": f"Bearer qbo_access_{REALM}", "Accept": "application/json"}
Start = Callable[..., "Server"]


class Server:
    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "sandbox.quickbooks", "--port", "0", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line.startswith("listening http://127.0.0.1:"), line
        self.connection = http.client.HTTPConnection("127.0.0.1", int(line.rsplit(":", 1)[1]), timeout=10)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        self.connection.request(method, path, None if body is None else json.dumps(body), HEADERS)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())

    def end(self, number: int = signal.SIGTERM) -> int:
        self.connection.close()
        self.process.send_signal(number)
        code = self.process.wait(timeout=10)
        if self.process.stdout:
            self.process.stdout.close()
        return code


@pytest.fixture
def start() -> Iterator[Start]:
    servers: list[Server] = []

    def begin(*options: str) -> Server:
        servers.append(Server(*options))
        return servers[-1]

    yield begin
    for server in servers:
        if server.process.poll() is None:
            server.end(signal.SIGKILL)


def test_the_process_answers_on_one_kept_connection_and_ends_on_request(start: Start) -> None:
    server = start()
    assert server.ask("GET", "/control/health") == (200, {"ok": True})
    port_of_first = server.connection.sock.getsockname()
    assert server.ask("GET", f"/v3/company/{REALM}/preferences")[0] == 200
    assert server.connection.sock.getsockname() == port_of_first
    assert server.end() == 0


def test_webhooks_go_where_the_start_option_says(start: Start) -> None:
    with Listener.started() as listener:
        server = start("--webhook-url", listener.url)
        server.ask("POST", f"/v3/company/{REALM}/customer", {"DisplayName": "Ana"})
        assert listener.arrived.acquire(timeout=30)
        (event,) = json.loads(listener.heard[0].body)
        assert event["type"] == "qbo.customer.created.v1"


def test_a_dropped_answer_closes_the_connection_after_the_work(start: Start) -> None:
    server = start()
    server.ask("POST", "/control/faults", {"kind": "drop_after", "path": "/customer"})
    path = f"/v3/company/{REALM}/customer?requestid=r-1"
    with pytest.raises(ConnectionError):
        server.ask("POST", path, {"DisplayName": "Ana"})
    status, answer = server.ask("POST", path, {"DisplayName": "Ana"})
    assert (status, answer["Customer"]["DisplayName"]) == (200, "Ana")


def test_a_killed_process_comes_back_with_its_books_tokens_and_request_ids(start: Start, tmp_path: Path) -> None:
    first = start("--state", str(tmp_path))
    first.ask("PATCH", "/control/switches", {"query_lag_seconds": 1})
    path = f"/v3/company/{REALM}/customer?requestid=r-1"
    _, made = first.ask("POST", path, {"DisplayName": "Ana"})
    first.end(signal.SIGKILL)
    second = start("--state", str(tmp_path))
    assert second.ask("POST", path, {"DisplayName": "Ana"}) == (200, made)
    identifier = made["Customer"]["Id"]
    assert second.ask("GET", f"/v3/company/{REALM}/customer/{identifier}")[1]["Customer"] == made["Customer"]
    assert second.ask("GET", "/control/switches")[1]["query_lag_seconds"] == 1


def test_all_systems_start_and_end_together(tmp_path: Path) -> None:
    names = ["ecwid", "quickbooks", "wix"]
    ports = [part for name in names for part in (f"--{name}-port", "0")]
    command = [sys.executable, "-m", "sandbox", *ports, "--state", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    lines = [process.stdout.readline().split() for _ in names]
    assert [name for name, _ in lines] == names
    assert lines[0][1].endswith("/api/v3")
    port = int(lines[1][1].rsplit(":", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/control/health")
    assert connection.getresponse().status == 200
    connection.close()
    process.terminate()
    assert process.wait(timeout=10) == 0
    process.stdout.close()
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()


# -- state in this process, where the clock can be moved ---------------------------------------------------------


def restarted(desk: Desk, state: Path) -> Desk:
    desk.system.documents.close()
    return Desk("US", state)


def test_everything_that_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    desk = Desk("US", tmp_path)
    invoice = desk.invoice(desk.line("25.00", "Sprocket", Qty=2))
    desk.write("Payment", desk.payment("10.00", ("Invoice", invoice, "10.00")))
    gone = desk.invoice()
    desk.write("Invoice", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    before = desk.books()
    desk = restarted(desk, tmp_path)
    assert desk.books() == before
    assert desk.invoice()["DocNumber"] == "1003"
    assert int(desk.invoice()["Id"]) > int(gone["Id"])


def test_a_document_read_back_can_be_updated(tmp_path: Path) -> None:
    desk = Desk("US", tmp_path)
    desk.invoice(desk.line("10", "Sprocket", Qty=2, UnitPrice=5, TaxCodeRef={"value": "TAX"}))
    desk = restarted(desk, tmp_path)
    (stored,) = desk.books()["Invoice"]
    changed = desk.write("Invoice", desk.version(stored, TxnTaxDetail={"TotalTax": 1}))
    assert changed["TotalAmt"] == 11


def test_a_rotated_refresh_token_stays_dead_after_a_restart(tmp_path: Path) -> None:
    desk = Desk("US", tmp_path)

    def refresh(token: str) -> Any:
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return desk.web.post("/oauth2/v1/tokens/bearer", data=form, auth=("sandbox-client", "sandbox-secret"))

    fresh = refresh(f"qbo_refresh_{REALM}").json["refresh_token"]
    desk = restarted(desk, tmp_path)
    assert refresh(f"qbo_refresh_{REALM}").status_code == 400
    assert refresh(fresh).status_code == 200


def test_nothing_is_written_without_a_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Desk().invoice()
    assert list(tmp_path.iterdir()) == []
