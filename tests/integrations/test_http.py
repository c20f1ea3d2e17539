"""One exchange: what counts as sent, what is logged, what reaches the wire."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from integrations.errors import Malformed, OperatorError
from integrations.http import Answer, Call, Clock, Failure, Transport, permit_local_http, redact


@pytest.fixture
def serve() -> Iterator[Callable[[bytes], str]]:
    """A server that reads one request and answers with exactly these bytes (none: it hangs up)."""
    listeners: list[socket.socket] = []

    def start(answer: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def work() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(5)
                connection.recv(65536)
                connection.sendall(answer)

        threading.Thread(target=work, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for listener in listeners:
        listener.close()


def response(body: bytes, status: str = "200 OK", extra: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}Connection: close\r\n\r\n".encode() + body


def answer_to(url: str, **kwargs: Any) -> Answer:
    outcome = Transport().exchange(Call("GET", url, **kwargs))
    assert isinstance(outcome, Answer)
    return outcome


def test_amounts_arrive_as_decimals(serve):
    answer = answer_to(serve(response(b'{"TotalAmt": 100.10}')))
    assert answer.ok
    assert answer.json == {"TotalAmt": Decimal("100.10")}


def test_a_byte_order_mark_does_not_spoil_json(serve):
    assert answer_to(serve(response(b'\xef\xbb\xbf{"a": 1}'))).json == {"a": 1}


def test_a_page_instead_of_json_is_malformed(serve):
    answer = answer_to(serve(response(b"<html>")))
    assert not answer.is_json
    with pytest.raises(Malformed):
        _ = answer.json


@pytest.mark.parametrize("name", ["intuit_tid", "Intuit-Tid", "INTUIT-TID"])
def test_the_providers_trace_is_kept_however_its_header_is_spelt(serve, name):
    assert answer_to(serve(response(b"{}", extra=f"{name}: 1-abc\r\n"))).trace == "1-abc"


def test_redirects_are_not_followed(serve):
    answer = answer_to(serve(response(b"", "302 Found", "Location: http://127.0.0.1:1/elsewhere\r\n")))
    assert answer.status == 302


def test_a_refused_connection_was_not_sent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert Transport().exchange(Call("POST", f"http://127.0.0.1:{port}/")) == Failure(False, "ConnectionError")


def test_an_unknown_host_was_not_sent():
    outcome = Transport().exchange(Call("POST", "http://nowhere.invalid/"))
    assert isinstance(outcome, Failure)
    assert not outcome.sent


def test_a_hung_up_connection_may_have_been_sent(serve):
    outcome = Transport().exchange(Call("POST", serve(b"")))
    assert isinstance(outcome, Failure)
    assert outcome.sent


def test_half_a_body_may_have_been_sent(serve):
    outcome = Transport().exchange(Call("POST", serve(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")))
    assert isinstance(outcome, Failure)
    assert outcome.sent


def test_silence_may_have_been_sent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        outcome = Transport(read_timeout=0.05).exchange(Call("POST", url))
    assert outcome == Failure(True, "ReadTimeout")


def test_an_older_failure_in_hand_does_not_make_a_new_one_look_unsent(serve):
    transport, refused = Transport(), Call("GET", "http://nowhere.invalid/")
    url = serve(b"")
    try:
        transport.session.get(refused.url, timeout=1)
    except OSError:
        outcome = transport.exchange(Call("POST", url))
    assert isinstance(outcome, Failure)
    assert outcome.sent


@pytest.mark.parametrize("url", ["no-scheme/path", "ftp://host/", "http://"])
def test_an_unusable_address_is_the_operators(url):
    with pytest.raises(OperatorError):
        Transport().exchange(Call("GET", url))


def test_a_netrc_file_does_not_replace_our_authorization(serve, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    sent: list[str] = []
    transport = Transport()
    real = transport.session.send

    def send(request: Any, **kwargs: Any) -> Any:
        sent.append(request.headers["Authorization"])
        return real(request, **kwargs)

    monkeypatch.setattr(transport.session, "send", send)
    transport.exchange(Call("GET", serve(response(b"{}")), headers={"Authorization": "Bearer ours"}))
    assert sent == ["Bearer ours"]


def test_a_call_is_logged_without_its_query_and_headers(serve, caplog):
    caplog.set_level(logging.INFO, logger="integrations.http")
    url = serve(response(b"{}", extra="intuit_tid: 1-abc\r\n"))
    answer_to(f"{url}/v3/query", params={"query": "Zoe", "token": "s3cret"}, headers={"Authorization": "Bearer s3cret"})
    assert "GET /v3/query -> 200" in caplog.text
    assert "1-abc" in caplog.text
    assert "Zoe" not in caplog.text
    assert "s3cret" not in caplog.text


def test_elapsed_time_comes_from_the_clock(serve):
    ticks = iter([10.0, 12.5])
    transport = Transport(clock=Clock(monotonic=lambda: next(ticks)))
    outcome = transport.exchange(Call("GET", serve(response(b"{}"))))
    assert isinstance(outcome, Answer)
    assert outcome.elapsed == 2.5


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abc.def-1", "abc.def-1"),
        ("Authorization: Basic QWxhZGRpbg==", "QWxhZGRpbg"),
        ('{"refresh_token": "RT1-100-H0-17", "x": 1}', "RT1-100"),
        ("grant_type=refresh_token&refresh_token=abcde", "abcde"),
        ("https://host/?token=abc123&x=1", "abc123"),
        ("https://host/callback?code=abc123&state=1", "abc123"),
        ("message=AuthenticationFailed; Token expired: abc.def", "abc.def"),
        ("the store's secret_Ab12cd34", "Ab12cd34"),
        ("eyJlbmMiOiJBMTI4Q0JD.abc.def", "eyJlbmMi"),
        ("client_secret=hush", "hush"),
    ],
)
def test_secrets_do_not_survive_redaction(text, secret):
    assert secret not in redact(text)


def test_redaction_leaves_error_codes_alone():
    text = '{"code":"6140","Detail":"DocNumber=1041 is assigned to TxnType=Invoice with TxnId=17984"}; errorCode=003200'
    assert redact(text) == text


@pytest.mark.parametrize(
    "url", ["https://any.host/x", "http://127.0.0.1:8802/x", "http://localhost/x", "http://sandbox:80/x"]
)
def test_plain_http_is_for_this_machine_and_its_neighbours(url, monkeypatch):
    monkeypatch.delenv("OAUTHLIB_INSECURE_TRANSPORT", raising=False)
    permit_local_http(url)


@pytest.mark.parametrize("url", ["http://oauth.example.com/x", "http://8.8.8.8/", "ftp://localhost/", "http:///x"])
def test_plain_http_to_strangers_is_refused(url):
    with pytest.raises(OperatorError):
        permit_local_http(url)
