"""The client and the consent against the simulated QuickBooks: lost answers, throttling, tokens, lists."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from integrations.errors import OperatorError, OutcomeUnknown, ReconnectNeeded
from integrations.http import Transport
from integrations.quickbooks import oauth
from integrations.quickbooks.client import BatchItem
from integrations.quickbooks.faults import Cause
from integrations.quickbooks.query import quote
from tests.integrations.quickbooks.sandbox_books import APP, LONE_STAR, MAPLE, Books, control


def simple_write(books: Books, name: str = "Zoe", request_id: str = "r-1") -> dict[str, Any]:
    return books.client.write("Customer", {"DisplayName": name}, request_id).object


def test_an_answer_lost_after_the_work_is_unknown_and_settled_by_the_same_request(open_books, sandbox):
    books = open_books(MAPLE)
    control(sandbox, "POST", "faults", {"method": "POST", "path": "/customer", "kind": "drop_after"})
    with pytest.raises(OutcomeUnknown):
        simple_write(books)
    first = simple_write(books)
    assert simple_write(books)["Id"] == first["Id"]
    assert books.client.count("Customer", "DisplayName = 'Zoe'") == 1


@pytest.mark.parametrize("kind", ["html", "text", "empty", "status"])
def test_a_broken_answer_to_a_write_is_unknown(open_books, sandbox, kind):
    books = open_books(MAPLE)
    control(sandbox, "POST", "faults", {"method": "POST", "path": "/customer", "kind": kind, "status": 503})
    with pytest.raises(OutcomeUnknown):
        simple_write(books)
    assert books.slept == []


def test_half_an_answer_to_a_write_is_unknown(open_books, sandbox):
    books = open_books(MAPLE)
    control(sandbox, "POST", "faults", {"method": "POST", "path": "/customer", "kind": "truncated"})
    with pytest.raises(OutcomeUnknown):
        simple_write(books)


@pytest.mark.parametrize("kind", ["html", "text", "empty", "status", "truncated", "drop_before", "drop_after"])
def test_a_broken_answer_to_a_read_is_asked_for_again(open_books, sandbox, kind):
    books = open_books(MAPLE)
    control(sandbox, "POST", "faults", {"method": "GET", "path": "/query", "kind": kind, "status": 503, "times": 2})
    assert books.client.count("Vendor") == 1
    assert books.slept == [1.0, 2.0]


@pytest.mark.parametrize("xml", [False, True])
def test_throttling_is_waited_out_also_by_writes(open_books, sandbox, xml):
    books = open_books(MAPLE)
    control(sandbox, "PATCH", "switches", {"throttle_xml": xml})
    control(sandbox, "POST", "faults", {"method": "POST", "path": "/customer", "kind": "throttle", "times": 2})
    assert simple_write(books)["DisplayName"] == "Zoe"
    assert books.slept == [60.0, 60.0]


def test_an_expired_token_is_renewed_in_the_middle_of_a_write(open_books, sandbox):
    books = open_books(MAPLE)
    control(sandbox, "POST", "tokens/expire", {"realm": MAPLE})
    assert simple_write(books)["DisplayName"] == "Zoe"
    assert books.tokens.renewals == 1


def test_a_withdrawn_consent_asks_for_the_owner(open_books, sandbox):
    books = open_books(MAPLE)
    control(sandbox, "POST", "tokens/revoke", {"realm": MAPLE})
    with pytest.raises(ReconnectNeeded):
        books.client.company_info()


def test_a_token_of_another_company_is_not_enough(open_books):
    books = open_books(MAPLE)
    books.tokens.access = f"qbo_access_{LONE_STAR}"
    with pytest.raises(ReconnectNeeded) as caught:
        books.client.company_info()
    assert caught.value.code == "3100"


def test_refusals_by_cause(open_books):
    books = open_books(MAPLE)
    simple_write(books)
    answers = books.client.batch(
        [
            BatchItem("name", "create", "Customer", {"DisplayName": "zoe"}),
            BatchItem("stale", "update", "Customer", {"Id": "1", "SyncToken": "99", "sparse": True, "Notes": "x"}),
            BatchItem("field", "create", "Customer", {"DisplayName": "Ann", "Bogus": "x"}),
            BatchItem("fine", "create", "Customer", {"DisplayName": "Bob"}),
        ],
        "mixed",
    )
    causes = {bid: answer.fault.cause if answer.fault else None for bid, answer in answers.items()}
    assert causes == {"name": Cause.DUPLICATE_NAME, "stale": Cause.STALE, "field": Cause.OUR_BUG, "fine": None}


def test_changes_since(open_books):
    books = open_books(MAPLE)
    before = datetime.now(UTC) - timedelta(seconds=5)
    zoe = simple_write(books)
    changes = books.client.cdc(["Customer", "Item"], before)
    assert zoe["Id"] in [row["Id"] for row in changes["Customer"]]


def test_names_with_quotes_are_found(open_books):
    books = open_books(MAPLE)
    name = "Zoë O'Brien \\ 100% & + co"
    zoe = simple_write(books, name)
    assert [row["Id"] for row in books.client.query("Customer", f"DisplayName = {quote(name)}")] == [zoe["Id"]]


def test_long_lists_are_read_whole(open_books):
    books = open_books(MAPLE)
    for start in range(0, 1020, 30):
        items = [BatchItem(str(n), "create", "Customer", {"DisplayName": f"C{n}"}) for n in range(start, start + 30)]
        books.batch(*items, request_id=f"many-{start}")
    names = [row["DisplayName"] for row in books.client.query("Customer")]
    assert len(names) == len(set(names)) == 1021
    many = ",".join(f"'C{n}'" for n in range(500))
    assert len(list(books.client.query("Customer", f"DisplayName IN ({many})"))) == 500


# -- consent -----------------------------------------------------------------------------------------------------------


def consent(sandbox: str, decision: str) -> dict[str, list[str]]:
    """What a person does in the browser, up to the redirect back to us."""
    back = "http://127.0.0.1:8000/back"
    url = oauth.authorize_url(url=f"{sandbox}/connect/oauth2", client_id=APP["client_id"], redirect_uri=back, state="s")
    assert requests.get(url, timeout=5).ok
    form = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
    form |= {"decision": decision, "realm": MAPLE}
    answer = requests.post(f"{sandbox}/connect/oauth2", data=form, allow_redirects=False, timeout=5)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def exchange(sandbox: str, code: str, **app: str) -> oauth.TokenPair:
    return oauth.exchange_code(
        url=f"{sandbox}/oauth2/v1/tokens/bearer",
        **(APP | app),
        redirect_uri="http://127.0.0.1:8000/back",
        code=code,
        now=datetime.now(UTC),
    )


def test_consent_exchange_refresh_and_disconnect(open_books, sandbox):
    back = consent(sandbox, "allow")
    assert (back["state"], back["realmId"]) == (["s"], [MAPLE])
    pair = exchange(sandbox, back["code"][0])
    assert pair.hard_expires_at is not None
    with pytest.raises(ReconnectNeeded):
        exchange(sandbox, back["code"][0])
    books = open_books(MAPLE)
    books.tokens.access, books.tokens.refresh = pair.access_token, pair.refresh_token
    assert books.client.company_info()["CompanyName"] == "Maple Goods"
    books.tokens.renew(books.tokens.access)
    revoke = f"{sandbox}/v2/oauth2/tokens/revoke"
    oauth.revoke(url=revoke, **APP, token=books.tokens.refresh, transport=Transport())
    with pytest.raises(ReconnectNeeded):
        books.client.company_info()


def test_consent_denied(sandbox):
    assert consent(sandbox, "deny")["error"] == ["access_denied"]


def test_wrong_app_keys_are_the_operators(sandbox):
    code = consent(sandbox, "allow")["code"][0]
    with pytest.raises(OperatorError):
        exchange(sandbox, code, client_secret="wrong")
