"""Getting in: tokens, scopes, limits, the consent page, and what is refused at the door."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from sandbox.ecwid.app import Ecwid
from tests.sandbox.ecwid_shop import Clock

ORDERS = "/api/v3/1003/orders"
TOKEN = {"Authorization": "Bearer secret_sim_1003"}
CALLBACK = "https://app.example/connect?here=1"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Client:
    return Client(Ecwid(clock=clock))


def switch(client: Client, **values: Any) -> None:
    assert client.patch("/control/switches", json=values).status_code == 200


# -- tokens ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer secret_wrong"}, {"Authorization": "Basic eDp5"}])
def test_without_a_valid_token_the_answer_is_a_bare_403(client: Client, headers: dict[str, str]):
    response = client.get(ORDERS, headers=headers)
    assert (response.status_code, response.data) == (403, b"")


def test_a_wrong_token_may_be_explained_by_switch(client: Client):
    switch(client, forbidden_body="json")
    assert client.get(ORDERS).json["errorCode"] == "INVALID_API_TOKEN"


def test_an_unknown_store_is_not_found(client: Client):
    response = client.get("/api/v3/4711/orders", headers=TOKEN)
    assert response.status_code == 404
    assert response.json == {"errorCode": "STORE_NOT_FOUND", "errorMessage": "Store not found"}


def test_the_token_of_one_store_does_not_open_another(client: Client):
    response = client.get("/api/v3/1004/orders", headers=TOKEN)
    assert (response.status_code, response.data) == (403, b"")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_bearer_is_read_in_any_case(client: Client, scheme: str):
    assert client.get(ORDERS, headers={"Authorization": f"{scheme} secret_sim_1003"}).status_code == 200


def test_the_older_query_token_still_works(client: Client):
    assert client.get(f"{ORDERS}?token=secret_sim_1003").status_code == 200


def test_a_missing_scope_is_named(client: Client):
    client.post("/control/stores/1003/tokens", json={"token": "secret_narrow", "scopes": "read_store_profile"})
    narrow = {"Authorization": "Bearer secret_narrow"}
    response = client.get(ORDERS, headers=narrow)
    assert response.status_code == 403
    assert response.json["errorCode"] == "INSUFFICIENT_APP_SCOPE"
    assert "read_orders" in response.json["errorMessage"]
    assert client.get("/api/v3/1003/profile", headers=narrow).status_code == 200


def test_a_revoked_token_is_like_a_wrong_one(client: Client):
    client.post("/control/stores/1003/tokens/revoke", json={})
    assert client.get(ORDERS, headers=TOKEN).status_code == 403
    assert client.get("/api/v3/1004/orders", headers={"Authorization": "Bearer secret_sim_1004"}).status_code == 200


def test_a_token_tells_what_it_may_do(client: Client):
    assert "read_orders" in client.get("/api/v3/1003/application/token", headers=TOKEN).json["permissions"]


@pytest.mark.parametrize(
    ("state", "code"), [("no_api_plan", "NOT_AVAILABLE_ON_CURRENT_PLAN"), ("suspended", "STORE_IS_SUSPENDED")]
)
def test_a_plan_without_api_and_a_suspended_store_answer_402(client: Client, state: str, code: str):
    switch(client, account_state=state)
    response = client.get(ORDERS, headers=TOKEN)
    assert (response.status_code, response.json["errorCode"]) == (402, code)


# -- limits ------------------------------------------------------------------------------------------------------


def test_the_request_after_the_600th_in_a_minute_has_to_wait(client: Client, clock: Clock):
    for _ in range(600):
        assert client.get("/api/v3/1003/orders/deleted", headers=TOKEN).status_code == 200
    clock.seconds += 20
    refused = client.get(ORDERS, headers=TOKEN)
    assert (refused.status_code, refused.json["errorCode"]) == (429, "RATE_LIMITED")
    assert refused.headers["Retry-After"] == "40"
    counters = client.get("/control/counters").json
    assert (counters["requests"], counters["throttled"]) == (601, 1)
    clock.seconds += 40
    assert client.get(ORDERS, headers=TOKEN).status_code == 200


def test_each_token_has_its_own_budget(client: Client):
    switch(client, requests_per_minute=1)
    other = {"Authorization": "Bearer secret_sim_1004"}
    assert client.get(ORDERS, headers=TOKEN).status_code == 200
    assert client.get(ORDERS, headers=TOKEN).status_code == 429
    assert client.get("/api/v3/1004/orders", headers=other).status_code == 200


def test_the_limit_can_be_switched_off(client: Client):
    switch(client, requests_per_minute=None)
    statuses = {client.get("/api/v3/1003/orders/deleted", headers=TOKEN).status_code for _ in range(650)}
    assert statuses == {200}


def test_a_429_may_come_without_body_and_without_waiting_time(client: Client):
    switch(client, requests_per_minute=0, throttle_body="empty", retry_after_header=False)
    switch(client, requests_per_minute=1)
    client.get(ORDERS, headers=TOKEN)
    refused = client.get(ORDERS, headers=TOKEN)
    assert (refused.status_code, refused.data) == (429, b"")
    assert "Retry-After" not in refused.headers


def test_hammering_with_a_bad_token_blocks_the_address_for_long(client: Client, clock: Clock):
    for _ in range(21):
        assert client.get(ORDERS, headers={"Authorization": "Bearer secret_old"}).status_code == 403
    blocked = client.get(ORDERS, headers=TOKEN)
    assert (blocked.status_code, blocked.headers["Retry-After"]) == (429, "3600")
    clock.seconds += 3600
    assert client.get(ORDERS, headers=TOKEN).status_code == 200


# -- wrong requests ----------------------------------------------------------------------------------------------


def test_a_wrong_verb_is_405(client: Client):
    response = client.patch(ORDERS, headers=TOKEN, json={})
    assert (response.status_code, response.json["errorCode"]) == (405, "METHOD_NOT_ALLOWED")


def test_an_unknown_path_is_404(client: Client):
    assert client.get("/api/v3/1003/nothing", headers=TOKEN).status_code == 404


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_body_must_say_that_it_is_json(client: Client, content_type: str):
    response = client.post(ORDERS, headers=TOKEN, data="{}", content_type=content_type)
    assert response.status_code == 415
    assert "application/json" in response.json["errorMessage"]


def test_text_json_counts_as_json(client: Client):
    assert client.post(ORDERS, headers=TOKEN, data='{"total": 1}', content_type="text/json").status_code == 200


@pytest.mark.parametrize("body", ["{broken", "[1]"])
def test_malformed_json_is_400(client: Client, body: str):
    response = client.post(ORDERS, headers=TOKEN, data=body, content_type="application/json")
    assert (response.status_code, response.json["errorCode"]) == (400, "WRONG_PARAMETER")


# -- consent -----------------------------------------------------------------------------------------------------


def consent_page(client: Client, **changes: str) -> TestResponse:
    asked = {
        "client_id": "sandbox-client",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "read_store_profile read_orders",
        "state": "s1",
    }
    return client.get("/api/oauth/authorize", query_string={**asked, **changes})


def decide(client: Client, decision: str, store_id: str = "1004", **changes: str) -> dict[str, list[str]]:
    """Fills in the form of the page as a browser would; what comes back in the query of the app's address."""
    html = consent_page(client, **changes).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))
    response = client.post("/api/oauth/authorize", data={**hidden, "store_id": store_id, "decision": decision})
    assert response.status_code == 302
    assert response.headers["Location"].startswith("https://app.example/connect?")
    return parse_qs(urlsplit(response.headers["Location"]).query)


def exchange(client: Client, code: str, *, method: str = "POST", **changes: str) -> TestResponse:
    given = {
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "code": code,
        "redirect_uri": CALLBACK,
        "grant_type": "authorization_code",
        **changes,
    }
    if method == "GET":
        return client.get("/api/oauth/token", query_string=given)
    return client.post("/api/oauth/token", data=given)


def opens(client: Client, token: str) -> bool:
    return client.get("/api/v3/1004/orders", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_the_consent_page_names_the_app_the_stores_and_what_is_asked(client: Client):
    page = consent_page(client)
    assert page.status_code == 200
    for text in ("sandbox-client", "Boutique Érable", "Pine &amp; Paper", "read_orders", ">Allow<", ">Deny<"):
        assert text in page.text
    assert "<script" not in page.text


def test_the_consent_page_escapes_what_it_was_given(client: Client):
    assert "<b>" not in consent_page(client, state='"><b>').text


@pytest.mark.parametrize("changes", [{"client_id": "nobody"}, {"redirect_uri": "javascript:1"}])
def test_a_request_by_nobody_gets_no_form(client: Client, changes: dict[str, str]):
    page = consent_page(client, **changes)
    assert page.status_code == 400
    assert "<form" not in page.text


def test_denying_comes_back_as_access_denied(client: Client):
    assert decide(client, "deny") == {"here": ["1"], "error": ["access_denied"]}


def test_state_comes_back_only_by_switch(client: Client):
    assert "state" not in decide(client, "allow")
    switch(client, oauth_returns_state=True)
    assert decide(client, "allow")["state"] == ["s1"]


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_code_becomes_a_token_for_the_chosen_store(client: Client, method: str):
    answer = exchange(client, decide(client, "allow")["code"][0], method=method).json
    assert answer["store_id"] == 1004
    assert answer["token_type"].lower() == "bearer"
    assert answer["scope"] == "read_orders read_store_profile"
    assert answer["email"] == "hello@lonestar.example"
    assert "public_token" not in answer
    assert opens(client, answer["access_token"])


def test_a_public_token_comes_with_its_scope(client: Client):
    code = decide(client, "allow", scope="public_storefront")["code"][0]
    assert exchange(client, code).json["public_token"] == "public_sim_1004"


def test_a_second_exchange_of_a_code_ends_the_first_token(client: Client):
    code = decide(client, "allow")["code"][0]
    token = exchange(client, code).json["access_token"]
    second = exchange(client, code)
    assert (second.status_code, second.json) == (400, {"error": "invalid_grant"})
    assert not opens(client, token)


def test_a_reinstall_gets_another_token(client: Client):
    tokens = {exchange(client, decide(client, "allow")["code"][0]).json["access_token"] for _ in range(2)}
    assert len(tokens) == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uri": "https://app.example/other"}, "invalid_grant"),
        ({"grant_type": "password"}, "invalid_grant"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"client_secret": "wrong"}, "invalid_client"),
    ],
)
def test_a_wrong_exchange_is_refused_and_leaves_the_code_alone(client: Client, changes: dict[str, str], error: str):
    code = decide(client, "allow")["code"][0]
    refused = exchange(client, **{"code": code, **changes})
    assert (refused.status_code, refused.json) == (400, {"error": error})
    assert exchange(client, code).status_code == 200


def test_a_code_lives_a_few_minutes(client: Client, clock: Clock):
    code = decide(client, "allow")["code"][0]
    clock.seconds += 301
    assert exchange(client, code).json == {"error": "invalid_grant"}


def test_the_status_of_refused_exchanges_is_a_switch(client: Client):
    switch(client, oauth_error_status=401)
    assert exchange(client, "made-up").status_code == 401
