from base64 import b64encode
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.quickbooks_desk import REALMS, Desk

CONSENT = {
    "client_id": "sandbox-client",
    "response_type": "code",
    "scope": "com.intuit.quickbooks.accounting",
    "redirect_uri": "http://app.example.test/callback",
    "state": "s-1",
}
DAY = 86_400


@pytest.fixture
def desk() -> Desk:
    return Desk("CA")


def basic(client: str = "sandbox-client", secret: str = "sandbox-secret") -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{client}:{secret}".encode()).decode(), "Accept": "application/json"}


def decide(desk: Desk, decision: str = "allow", **changes: str) -> dict[str, list[str]]:
    """The parameters that the browser brings back to the app."""
    form = {**CONSENT, "realm": desk.realm, "decision": decision, **changes}
    response = desk.web.post("/connect/oauth2", data=form)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("http://app.example.test/callback?")
    return parse_qs(urlsplit(response.headers["Location"]).query)


def ask_token(desk: Desk, form: dict[str, str], headers: dict[str, str] | None = None):
    return desk.web.post("/oauth2/v1/tokens/bearer", data=form, headers=headers or basic())


def exchange(desk: Desk, code: str, **changes: str):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CONSENT["redirect_uri"], **changes}
    return ask_token(desk, form)


def refresh(desk: Desk, token: str, headers: dict[str, str] | None = None):
    return ask_token(desk, {"grant_type": "refresh_token", "refresh_token": token}, headers)


def opens(desk: Desk, access_token: str) -> bool:
    desk.token = access_token
    return desk.send("GET", "preferences").status_code == 200


def test_the_consent_page_offers_every_company_and_two_buttons(desk: Desk) -> None:
    page = desk.web.get("/connect/oauth2", query_string=CONSENT)
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert all(realm in page.text for realm in REALMS.values())
    assert ">Allow</button>" in page.text
    assert ">Deny</button>" in page.text
    assert "<script" not in page.text


def test_the_consent_page_escapes_what_the_address_says(desk: Desk) -> None:
    page = desk.web.get("/connect/oauth2", query_string={**CONSENT, "state": '"><b>x'})
    assert '"><b>x' not in page.text


def test_allowing_returns_code_state_and_company(desk: Desk) -> None:
    back = decide(desk)
    assert back["state"] == ["s-1"]
    assert back["realmId"] == [desk.realm]
    assert len(back["code"][0]) > 20


def test_denying_returns_access_denied(desk: Desk) -> None:
    assert decide(desk, "deny") == {"error": ["access_denied"], "state": ["s-1"]}


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"scope": "everything"}, "invalid_scope"), ({"response_type": "token"}, "unsupported_response_type")],
)
def test_a_wrong_request_goes_back_with_its_error(desk: Desk, changes: dict[str, str], error: str) -> None:
    response = desk.web.get("/connect/oauth2", query_string={**CONSENT, **changes})
    assert parse_qs(urlsplit(response.headers["Location"]).query)["error"] == [error]


@pytest.mark.parametrize("changes", [{"client_id": "nobody"}, {"redirect_uri": "javascript:alert(1)"}])
def test_an_unknown_app_or_address_is_told_on_the_spot(desk: Desk, changes: dict[str, str]) -> None:
    assert desk.web.get("/connect/oauth2", query_string={**CONSENT, **changes}).status_code == 400


def test_a_code_becomes_tokens_that_open_the_company_for_an_hour(desk: Desk) -> None:
    answer = exchange(desk, decide(desk)["code"][0])
    tokens = answer.json
    assert answer.status_code == 200
    assert answer.headers["intuit_tid"]
    assert tokens["token_type"] == "bearer"
    assert tokens["expires_in"] == 3600
    assert tokens["x_refresh_token_expires_in"] == 8_726_400
    assert "realmId" not in tokens
    assert opens(desk, tokens["access_token"])
    desk.clock.forward(3601)
    assert not opens(desk, tokens["access_token"])


def test_a_code_works_once(desk: Desk) -> None:
    code = decide(desk)["code"][0]
    assert exchange(desk, code).status_code == 200
    again = exchange(desk, code)
    assert (again.status_code, again.text) == (400, '{"error":"invalid_grant"}')


def test_a_code_is_short_lived(desk: Desk) -> None:
    code = decide(desk)["code"][0]
    desk.clock.forward(601)
    assert exchange(desk, code).json == {"error": "invalid_grant"}


def test_a_code_is_bound_to_its_redirect_address(desk: Desk) -> None:
    answer = exchange(desk, decide(desk)["code"][0], redirect_uri="http://other.example.test/")
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_refreshing_gives_a_new_pair_and_kills_the_old_refresh_token(desk: Desk) -> None:
    first = refresh(desk, f"qbo_refresh_{desk.realm}").json
    assert first["refresh_token"] != f"qbo_refresh_{desk.realm}"
    assert refresh(desk, f"qbo_refresh_{desk.realm}").json == {"error": "invalid_grant"}
    assert opens(desk, refresh(desk, first["refresh_token"]).json["access_token"])


def test_the_access_token_in_hand_survives_a_refresh(desk: Desk) -> None:
    refresh(desk, f"qbo_refresh_{desk.realm}")
    assert opens(desk, f"qbo_access_{desk.realm}")


def test_the_old_refresh_token_may_keep_a_grace(desk: Desk) -> None:
    desk.switch(refresh_token_grace_seconds=DAY)
    first = refresh(desk, f"qbo_refresh_{desk.realm}").json
    late = refresh(desk, f"qbo_refresh_{desk.realm}")
    assert late.json["refresh_token"] == first["refresh_token"]
    desk.clock.forward(DAY)
    assert refresh(desk, f"qbo_refresh_{desk.realm}").status_code == 400


def test_rotation_may_happen_only_once_a_day(desk: Desk) -> None:
    desk.switch(refresh_token_rotation_seconds=DAY)
    assert refresh(desk, f"qbo_refresh_{desk.realm}").json["refresh_token"] == f"qbo_refresh_{desk.realm}"
    desk.clock.forward(DAY)
    assert refresh(desk, f"qbo_refresh_{desk.realm}").json["refresh_token"] != f"qbo_refresh_{desk.realm}"


def test_a_refresh_token_dies_of_idleness_but_each_use_starts_its_days_anew(desk: Desk) -> None:
    desk.clock.forward(100 * DAY)
    token = refresh(desk, f"qbo_refresh_{desk.realm}").json["refresh_token"]
    desk.clock.forward(100 * DAY)
    token = refresh(desk, token).json["refresh_token"]
    desk.clock.forward(102 * DAY)
    assert refresh(desk, token).json == {"error": "invalid_grant"}


def test_five_years_are_the_end_of_a_consent(desk: Desk) -> None:
    token = f"qbo_refresh_{desk.realm}"
    for _ in range(18):
        desk.clock.forward(100 * DAY)
        token = refresh(desk, token).json["refresh_token"]
    desk.clock.forward(100 * DAY)
    assert refresh(desk, token).json == {"error": "invalid_grant"}


def test_the_hard_end_is_told_on_request_only(desk: Desk) -> None:
    asked = refresh(desk, f"qbo_refresh_{desk.realm}", {**basic(), "x-include-refresh-token-hard-expires-in": "true"})
    assert asked.json["x_refresh_token_hard_expires_in"] == 157_680_000
    assert "x_refresh_token_hard_expires_in" not in refresh(desk, asked.json["refresh_token"]).json


def test_a_wrong_secret_is_the_operators_mistake(desk: Desk) -> None:
    answer = refresh(desk, f"qbo_refresh_{desk.realm}", basic(secret="wrong"))
    assert (answer.status_code, answer.json) == (401, {"error": "invalid_client"})


def test_a_token_of_another_app_is_refused_and_not_consumed(desk: Desk) -> None:
    answer = refresh(desk, f"qbo_refresh_{desk.realm}", basic("other-client", "other-secret"))
    assert answer.status_code == 400
    assert answer.json == {"error": "invalid_grant", "error_description": "Incorrect Token type or clientID"}
    assert refresh(desk, f"qbo_refresh_{desk.realm}").status_code == 200


def test_an_access_token_does_not_refresh(desk: Desk) -> None:
    answer = refresh(desk, f"qbo_access_{desk.realm}")
    assert answer.json["error_description"] == "Incorrect Token type or clientID"


def test_a_missing_parameter_is_an_invalid_request(desk: Desk) -> None:
    assert ask_token(desk, {"grant_type": "refresh_token"}).json["error"] == "invalid_request"


@pytest.mark.parametrize("which", ["access", "refresh"])
def test_revoking_either_token_ends_the_connection(desk: Desk, which: str) -> None:
    answer = desk.web.post("/v2/oauth2/tokens/revoke", json={"token": f"qbo_{which}_{desk.realm}"}, headers=basic())
    assert (answer.status_code, answer.text) == (200, "")
    assert not opens(desk, f"qbo_access_{desk.realm}")
    assert refresh(desk, f"qbo_refresh_{desk.realm}").json == {"error": "invalid_grant"}


def test_revoking_twice_is_refused(desk: Desk) -> None:
    body = {"token": f"qbo_refresh_{desk.realm}"}
    desk.web.post("/v2/oauth2/tokens/revoke", json=body, headers=basic())
    assert desk.web.post("/v2/oauth2/tokens/revoke", json=body, headers=basic()).status_code == 400


def test_an_expired_token_is_answered_in_lower_case(desk: Desk) -> None:
    desk.control("POST", "tokens/expire", {"realm": desk.realm})
    answer = desk.send("GET", "preferences")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    assert answer.json["fault"]["type"] == "AUTHENTICATION"
    assert answer.json["fault"]["error"][0]["code"] == "3200"
    assert isinstance(answer.json["time"], int)


def test_an_unknown_token_is_answered_like_an_expired_one(desk: Desk) -> None:
    desk.token = "made-up"
    assert desk.send("GET", "preferences").status_code == 401


def test_a_token_opens_only_its_own_company(desk: Desk) -> None:
    desk.realm = REALMS["US"]
    answer = desk.send("GET", "preferences")
    assert answer.status_code == 403
    assert answer.json["fault"]["type"] == "SERVICE"
    assert answer.json["fault"]["error"][0]["code"] == "3100"


def test_seeded_tokens_begin_their_hour_with_the_first_use(desk: Desk) -> None:
    desk.clock.forward(30 * DAY)
    assert opens(desk, f"qbo_access_{desk.realm}")
    desk.clock.forward(3600)
    assert not opens(desk, f"qbo_access_{desk.realm}")


def test_the_control_api_revokes_a_companys_connections(desk: Desk) -> None:
    assert desk.control("POST", "tokens/revoke", {"realm": desk.realm}) == {"connections": 1}
    assert not opens(desk, f"qbo_access_{desk.realm}")
