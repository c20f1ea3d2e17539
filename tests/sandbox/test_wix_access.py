"""Who gets in: tokens, API keys, permissions, limits, and how a merchant installs the app."""

import base64
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.wix.access import APP_ID, APP_SECRET
from sandbox.wix.signing import opened_instance
from tests.sandbox.wix_site import Site

PROPERTIES = "/site-properties/v4/properties"
BACK = "https://app.example/connect/wix/callback?state=s-1"


@pytest.fixture
def site() -> Site:
    return Site()


def status(site, headers, path=PROPERTIES):
    return site.call("GET", path, headers=headers).status_code


# -- tokens (rows 1 to 3, 39) ------------------------------------------------------------------------------------


def test_a_token_is_for_four_hours(site):
    answer = site.ask_token().json
    assert answer["access_token"].startswith("OauthNG.JWS.")
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 14_400)
    headers = {"Authorization": answer["access_token"]}
    site.clock.seconds += 14_399
    assert status(site, headers) == 200
    site.clock.seconds += 1
    response = site.call("GET", PROPERTIES, headers=headers)
    assert (response.status_code, response.json) == (401, {"message": "", "details": {}})


def test_bearer_is_tolerated(site):
    token = site.ask_token().json["access_token"]
    assert status(site, {"Authorization": f"Bearer {token}"}) == 200


@pytest.mark.parametrize(
    "change",
    [
        {"client_secret": "wrong"},
        {"client_id": "somebody"},
        {"grant_type": "refresh_token"},
        {"instance_id": "6a0d9b1e-0000-4000-8000-000000000999"},
    ],
)
def test_a_wrong_request_gets_no_token(site, change):
    response = site.ask_token(**change)
    assert (response.status_code, response.json) == (400, {"error": "invalid_client"})


def test_nobody_knows_how_a_refusal_looks(site):
    site.switch(token_error_body="system")
    assert site.ask_token(client_secret="wrong").json == {"message": "", "details": {}}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "OauthNG.JWS.a.b.c"}])
def test_without_a_good_token_nothing_is_told(site, headers):
    assert status(site, headers) == 401


def test_a_token_ends_with_the_installation_and_the_instance_stays(site):
    token = {"Authorization": site.ask_token().json["access_token"]}
    instance = site.instance_id
    site.control("POST", "/uninstall")
    assert status(site, token) == 401
    assert site.ask_token().status_code == 400
    site.control("POST", "/install")
    assert site.instance_id == instance
    assert status(site, token) == 401
    assert site.ask_token().status_code == 200


def test_tokens_can_be_ended_at_once(site):
    token = {"Authorization": site.ask_token().json["access_token"]}
    site.control("POST", "/tokens/expire")
    assert status(site, token) == 401


def test_a_copy_of_a_site_is_an_instance_of_its_own(site):
    site.place()
    copy = site.on("copy")
    site.control("POST", "/duplicate", {"key": "copy"})
    assert copy.get("/apps/v1/instance")["instance"]["originInstanceId"] == site.instance_id
    assert copy.search()["orders"] == []


def test_the_old_way_of_installing(site):
    query = {"token": site.instance_id, "redirectUrl": "https://app.example/back", "state": "s-1", "appId": APP_ID}
    page = site.client.get("/installer/install", query_string=query)
    told = parse_qs(urlsplit(page.location).query)
    assert (told["state"], told["instanceId"]) == (["s-1"], [site.instance_id])
    ours = {"client_id": APP_ID, "client_secret": APP_SECRET}
    code = {**ours, "grant_type": "authorization_code", "code": told["code"][0]}
    tokens = site.client.post("/oauth/access", json=code).json
    assert status(site, {"Authorization": tokens["access_token"]}) == 200
    assert site.client.post("/oauth/access", json=code).status_code == 400
    site.clock.seconds += 300
    assert status(site, {"Authorization": tokens["access_token"]}) == 401
    again = {**ours, "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert "access_token" in site.client.post("/oauth/access", json=again).json


# -- API keys (row 34) -------------------------------------------------------------------------------------------


def test_a_key_needs_its_site_and_nothing_else(site):
    key = {"Authorization": "IST.sandbox-key"}
    here, account = {"wix-site-id": site.site_id}, {"wix-account-id": "7d2c5a90-5c1e-4f0b-9d11-3a6f0c2b7e02"}
    assert status(site, {**key, **here}) == 200
    assert [status(site, {**key, **more}) for more in ({}, {**here, **account}, account)] == [403, 403, 403]
    site.switch(missing_site_header_status=400)
    assert status(site, key) == 400


def test_a_key_reaches_its_own_sites_also_without_the_app(site):
    british = site.on("fern")
    body = {"key": "IST.narrow", "sites": [site.site_id]}
    assert site.client.post("/control/api_keys", json=body).status_code == 200
    site.control("POST", "/uninstall")
    for wanted, expected in ((site, 200), (british, 403)):
        headers = {"Authorization": "IST.narrow", "wix-site-id": wanted.site_id}
        assert status(site, headers) == expected


# -- permissions and limits (rows 25 to 27, 29) ------------------------------------------------------------------


def test_a_missing_permission_is_told_without_words(site):
    site.control("PATCH", "", {"missingPermissions": ["ECOM.READ_ORDERS"]})
    response = site.call("POST", "/ecom/v1/orders/search", {})
    assert (response.status_code, response.json) == (403, {"message": "", "details": {}})
    site.switch(missing_permission_status=401)
    assert site.call("POST", "/ecom/v1/orders/search", {}).status_code == 401
    assert site.call("GET", PROPERTIES).status_code == 200


def test_two_hundred_calls_a_minute_for_each_site(site):
    british = site.on("fern")
    assert [site.call("GET", PROPERTIES).status_code for _ in range(201)] == [200] * 200 + [429]
    assert site.call("GET", PROPERTIES).json == {"message": "Too Many Requests", "details": {}}
    assert british.call("GET", PROPERTIES).status_code == 200
    site.switch(retry_after_header=True, throttle_body="text")
    response = site.call("GET", PROPERTIES)
    assert (response.headers["Retry-After"], response.mimetype) == ("60", "text/plain")
    site.clock.seconds += 60
    assert site.call("GET", PROPERTIES).status_code == 200


def test_every_answer_has_its_own_request_id(site):
    answers = [site.call("GET", path) for path in (PROPERTIES, "/nowhere", PROPERTIES)]
    assert len({answer.headers["X-Wix-Request-Id"] for answer in answers}) == 3
    assert answers[1].status_code == 404


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "status", "status": 503}, 503),
        ({"kind": "html", "status": 502}, 502),
        ({"kind": "expire_token"}, 401),
        ({"kind": "throttle"}, 429),
    ],
)
def test_faults_are_answered_in_its_own_form(site, fault, expected):
    site.get(PROPERTIES)
    site.client.post("/control/faults", json={**fault, "path": "site-properties"})
    assert site.call("GET", PROPERTIES).status_code == expected
    assert site.call("GET", PROPERTIES).status_code == 200


def test_calls_are_counted_by_route(site):
    order = site.place()
    site.order(order["id"])
    assert site.client.get("/control/counters").json["by_route"]["GET /ecom/v1/orders/<order>"] == 1


# -- installing (rows 30 to 33) ----------------------------------------------------------------------------------


def install(site, decision="allow"):
    form = {"appId": APP_ID, "postInstallationUrl": BACK, "site": site.site_id, "decision": decision}
    return site.client.post("/app-installer", data=form)


def test_the_page_asks_and_leads_back_with_a_signed_instance(site):
    page = site.client.get("/app-installer", query_string={"appId": APP_ID, "postInstallationUrl": BACK})
    assert re.findall(r'value="(allow|deny)"', page.text) == ["allow", "deny"]
    assert "Harbor Supply" in page.text
    gone = site.on("gone")
    assert gone.ask_token().status_code == 400
    told = parse_qs(urlsplit(install(gone).location).query)
    assert (told["state"], told["appId"]) == (["s-1"], [APP_ID])
    assert (told["tenantId"], told["instanceId"]) == ([gone.site_id], [gone.instance_id])
    assert opened_instance(told["signedInstance"][0], APP_SECRET)["instanceId"] == gone.instance_id
    assert gone.ask_token().status_code == 200


def test_who_says_no_stays_there(site):
    answer = install(site.on("gone"), "deny")
    assert (answer.status_code, answer.location) == (200, None)
    assert not site.on("gone").control("GET", "")["installed"]


@pytest.mark.parametrize("wrong", [{"appId": "nobody"}, {"postInstallationUrl": "nowhere"}])
def test_what_cannot_be_installed_is_said(site, wrong):
    query = {"appId": APP_ID, "postInstallationUrl": BACK, **wrong}
    assert site.client.get("/app-installer", query_string=query).status_code == 400


def info(site, text):
    return site.client.post("/oauth2/token-info", json={"token": text}).json


@pytest.mark.parametrize("form", ["hmac", "jwt"])
def test_token_info_knows_signed_instances(site, form):
    site.switch(signed_instance_form=form)
    signed = site.control("GET", "/signed_instance")["instance"]
    answer = info(site, signed)
    assert (answer["active"], answer["clientId"]) == (True, APP_ID)
    assert (answer["instanceId"], answer["siteId"]) == (site.instance_id, site.site_id)
    mark, _, rest = signed.partition(".")
    content = json.loads(base64.urlsafe_b64decode((rest.split(".")[0] if form == "jwt" else rest) + "=="))
    assert content["instanceId"] == site.instance_id
    assert info(site, f"{mark}x.{rest}") == {"active": False}
    assert info(site, f"{mark[:-4]}AAAA.{rest}") == {"active": False}
    site.control("POST", "/uninstall")
    assert info(site, signed) == {"active": False}


def test_token_info_knows_tokens(site):
    token = site.ask_token().json["access_token"]
    assert info(site, token)["instanceId"] == site.instance_id
    site.clock.seconds += 14_400
    assert info(site, token) == {"active": False}


def test_the_dashboard_frames_the_page_of_the_app(site):
    page = site.client.get("/dashboard/harbor", query_string={"app_url": "https://app.example/page"}).text
    address = re.search(r'<iframe [^>]*src="([^"]*)"', page).group(1).replace("&amp;", "&")
    told = parse_qs(urlsplit(address).query)
    assert info(site, told["instance"][0])["active"]
    assert told["viewMode"] == ["dashboard"]


@pytest.mark.parametrize(
    ("key", "currency", "zone"),
    [("harbor", "USD", "America/New_York"), ("fern", "GBP", "Europe/London"), ("kissa", "JPY", "Asia/Tokyo")],
)
def test_each_site_says_what_it_is(site, key, currency, zone):
    there = site.on(key)
    told = there.get(PROPERTIES)["properties"]
    assert (told["paymentCurrency"], told["timeZone"]) == (currency, zone)
    shown = there.get("/apps/v1/instance")
    assert shown["site"]["siteId"] == there.site_id
    assert "stores" in shown["site"]["installedWixApps"]


def test_sites_can_be_made(site):
    made = site.client.post("/control/sites", json={"key": "dinar", "currency": "KWD", "modules": []})
    assert made.status_code == 200
    there = site.on("dinar")
    assert there.get("/stores/v3/provision/version") == {"catalogVersion": "STORES_NOT_INSTALLED"}
    order = there.place([{"name": "Tea", "price": "1.2345", "tax": "none"}])
    assert order["priceSummary"]["total"]["formattedAmount"] == "KWD1.235"
    assert site.client.post("/control/sites", json={"key": "dinar"}).status_code == 400
