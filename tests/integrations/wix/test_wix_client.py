"""Calls to Wix: how they prove who they are, what is tried again, what an answer means, how lists are paged."""

from datetime import timedelta

import pytest
import requests

from integrations.errors import (
    Malformed,
    NotAllowed,
    NotFound,
    OperatorError,
    OutcomeUnknown,
    ReconnectNeeded,
    Refused,
    TemporaryError,
)
from integrations.wix.access import KeyAccess, Token
from integrations.wix.client import BURST, REQUESTS_PER_SECOND
from integrations.wix.faults import Conflict, WrongCatalog
from tests.integrations.ecwid.fakes import START, answer
from tests.integrations.wix.fakes import TOKEN, Site

SEARCH = "POST /ecom/v1/orders/search"
EXPIRED = answer({"message": "", "details": {}}, 401)


@pytest.fixture
def site():
    site = Site()
    site["GET /thing"] = {"fine": True}
    return site


def headers(site):
    return [call["headers"] for call in site.session.calls if call["path"] == "/thing"]


# -- tokens ------------------------------------------------------------------------------------------------------------


def test_a_token_is_asked_for_once_and_kept_for_its_four_hours(site):
    kept = []
    client = site.client(access=site.access(keep=kept.append))
    client.get("thing")
    client.get("thing")
    assert site.asked("POST /oauth2/token") == [
        {"grant_type": "client_credentials", "client_id": "app", "client_secret": "secret", "instance_id": "instance-1"}
    ]
    assert {told["Authorization"] for told in headers(site)} == {"OauthNG.JWS.one"}
    assert kept == [Token("OauthNG.JWS.one", START + timedelta(seconds=14400))]
    assert "OauthNG" not in repr(kept)


def test_a_token_of_an_earlier_process_is_used_until_it_ends(site):
    client = site.client(access=site.access(kept=Token("older", START + timedelta(minutes=10))))
    client.get("thing")
    site.time.seconds = 8 * 60
    client.get("thing")
    assert [told["Authorization"] for told in headers(site)] == ["older", "OauthNG.JWS.one"]


def test_a_token_that_is_refused_is_replaced_once(site):
    site["GET /thing"] = [EXPIRED, {"fine": True}]
    site["POST /oauth2/token"] = [TOKEN, {**TOKEN, "access_token": "OauthNG.JWS.two"}]
    assert site.client().get("thing") == {"fine": True}
    assert [told["Authorization"] for told in headers(site)] == ["OauthNG.JWS.one", "OauthNG.JWS.two"]
    site["GET /thing"] = EXPIRED
    with pytest.raises(ReconnectNeeded):
        site.client().get("thing")
    assert len(headers(site)) == 4


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_an_app_that_was_removed_gets_no_token(site, status):
    site["POST /oauth2/token"] = answer({"error": "invalid_client"}, status)
    with pytest.raises(ReconnectNeeded) as raised:
        site.client().get("thing")
    assert (raised.value.status, raised.value.code, len(site.session.calls)) == (status, "invalid_client", 1)


def test_the_token_endpoint_is_asked_again_where_it_is_at_fault(site):
    site["POST /oauth2/token"] = [answer("<html>", 503), answer("", 429), TOKEN]
    assert site.client().get("thing") == {"fine": True}
    site["POST /oauth2/token"] = requests.ConnectionError("down")
    with pytest.raises(TemporaryError):
        site.client().get("thing")


@pytest.mark.parametrize("missing", ["app_id", "app_secret"])
def test_an_app_without_keys_is_for_the_operator(site, missing):
    with pytest.raises(OperatorError):
        site.client(access=site.access(**{missing: ""})).get("thing")
    assert site.session.calls == []


@pytest.mark.parametrize("body", [{"expires_in": 1}, {"access_token": "x"}, answer([])])
def test_a_token_answer_without_its_parts(site, body):
    site["POST /oauth2/token"] = body
    with pytest.raises(Malformed):
        site.client().get("thing")


def test_an_api_key_names_its_site_and_cannot_be_renewed(site):
    client = site.client(access=KeyAccess(api_key=" key ", site_id="site-1"))
    client.get("thing")
    assert (headers(site)[0]["Authorization"], headers(site)[0]["wix-site-id"]) == ("key", "site-1")
    assert client.account_id == "site-1"
    site["GET /thing"] = EXPIRED
    with pytest.raises(ReconnectNeeded):
        client.get("thing")
    assert len(headers(site)) == 2


@pytest.mark.parametrize("key", ["", "clé", "a\nb"])
def test_a_key_that_no_header_can_hold_is_not_sent(site, key):
    with pytest.raises(ReconnectNeeded):
        site.client(access=KeyAccess(api_key=key, site_id="site-1")).get("thing")
    assert site.session.calls == []


def test_a_token_names_its_site_by_itself(site):
    site.client().get("thing")
    assert "wix-site-id" not in headers(site)[0]


# -- outcomes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refusal", "error", "code"),
    [
        (answer({"message": "bad", "details": {"validationError": {"fieldViolations": []}}}, 400), Refused, ""),
        (answer({"message": "", "details": {}}, 403), NotAllowed, ""),
        (answer({"details": {"applicationError": {"code": "ORDER_NOT_FOUND"}}}, 404), NotFound, "ORDER_NOT_FOUND"),
        (answer("<html>", 404), NotFound, ""),
        (answer({"message": "old revision"}, 409), Conflict, ""),
        (answer({}, 428), WrongCatalog, ""),
        (
            answer({"details": {"applicationError": {"code": "CATALOG_V3_CALLING_CATALOG_V1_API"}}}, 428),
            WrongCatalog,
            "CATALOG_V3_CALLING_CATALOG_V1_API",
        ),
        (answer("no such thing", 422), Refused, ""),
        (answer([1], 400), Refused, ""),
        (answer("", 499), Refused, ""),
    ],
)
def test_a_refusal_is_told_by_who_must_act_and_not_tried_again(site, refusal, error, code):
    site["GET /thing"] = refusal
    with pytest.raises(error) as raised:
        site.client().get("thing")
    assert (raised.value.status, raised.value.code) == (refusal.status_code, code)
    assert len(headers(site)) == 1


def test_wixs_own_id_of_the_call_is_kept(site):
    site["GET /thing"] = answer({"message": "no"}, 400, {"X-Wix-Request-Id": "1700.1"})
    with pytest.raises(Refused) as raised:
        site.client().get("thing")
    assert (raised.value.trace, raised.value.message) == ("1700.1", "GET /thing: no")


@pytest.mark.parametrize("trouble", [answer("busy", 429), answer("<html>", 502), requests.ReadTimeout("slow")])
def test_reads_are_tried_again_also_those_that_are_posted(site, trouble):
    site["POST /thing"] = [trouble, {"fine": True}]
    assert site.client().ask("thing", {}) == {"fine": True}
    site["POST /thing"] = trouble
    with pytest.raises(TemporaryError):
        site.client().ask("thing", {})


def test_a_limit_that_counts_a_minute_is_waited_out(site):
    site["GET /thing"] = [answer("busy", 429)] * 4 + [{"fine": True}]
    site.client().get("thing")
    assert site.time.seconds == 60


def test_a_write_is_never_repeated(site):
    site["PATCH /thing"] = requests.ReadTimeout("slow")
    with pytest.raises(OutcomeUnknown):
        site.client().patch("thing", {})
    assert len(site.asked("PATCH /thing")) == 1


def test_an_answer_that_is_no_object(site):
    site["GET /thing"] = [1]
    with pytest.raises(Malformed):
        site.client().get("thing")


def test_a_minute_holds_fewer_calls_than_wix_allows(site):
    client = site.client()
    calls = 0
    while site.time.seconds < 60:
        client.get("thing")
        calls += 1
    assert BURST + 60 * REQUESTS_PER_SECOND - 1 <= calls <= 190


def test_the_lease_is_asked_ahead_of_every_attempt(site):
    asked = []
    site["GET /thing"] = [answer("", 503), {"fine": True}]
    site.client(before_call=lambda: asked.append(1)).get("thing")
    assert len(asked) == 2


# -- lists -------------------------------------------------------------------------------------------------------------


def test_what_is_searched_for_lies_in_search_and_a_cursor_comes_alone(site):
    page = {"orders": [{"id": "1"}], "metadata": {"count": 1, "cursors": {"next": "c1"}, "hasNext": True}}
    site[SEARCH] = [page, {"orders": [{"id": "2"}], "metadata": {"hasNext": False}}]
    asked = {"filter": {"status": "APPROVED"}, "sort": [{"fieldName": "updatedDate"}]}
    assert list(site.client().pages("ecom/v1/orders/search", "orders", {"search": asked})) == [
        [{"id": "1"}],
        [{"id": "2"}],
    ]
    assert site.asked(SEARCH) == [
        {"search": {**asked, "cursorPaging": {"limit": 100}}},
        {"search": {"cursorPaging": {"limit": 100, "cursor": "c1"}}},
    ]


def test_lists_that_do_not_say_whether_there_is_more_end_without_a_cursor(site):
    pages = [{"items": [{"id": "1"}], "pagingMetadata": {"cursors": {"next": "c"}}}, {"pagingMetadata": {}}]
    site["POST /things/query"] = pages
    assert list(site.client().pages("things/query", "items", {"query": {}}, limit=7)) == [[{"id": "1"}]]
    assert site.asked("POST /things/query")[0] == {"query": {"cursorPaging": {"limit": 7}}}


def test_pages_by_offset_may_be_shorter_than_was_asked_for(site):
    told = {"total": 3}
    site["GET /things"] = [{"things": [{"id": "1"}, {"id": "2"}], **told}, {"things": [{"id": "3"}], **told}]
    assert len(list(site.client().listed("things", "things", {}, limit=100))) == 2


def test_lists_by_offset_end_with_a_short_page_or_at_their_total(site):
    site["GET /things"] = [{"things": [{"id": "1"}, {"id": "2"}]}, {"things": [{"id": "3"}]}]
    assert len(list(site.client().listed("things", "things", {"a": "b"}, limit=2))) == 2
    assert site.asked("GET /things") == [
        {"a": "b", "limit": "2", "offset": "0"},
        {"a": "b", "limit": "2", "offset": "2"},
    ]
    site["GET /things"] = {"things": [{"id": "1"}, {"id": "2"}], "pagingMetadata": {"total": 2}}
    assert len(list(site.client().listed("things", "things", {}, limit=2))) == 1
