"""Connecting a Wix site: from here through Wix's install page, from its dashboard, and by an API key (C2, C6)."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Business
from integrations.models import StoreConnection
from tests.support.office import member
from tests.support.pages import read, said

LIST = reverse("admin:integrations_storeconnection_changelist")


@pytest.fixture
def wix(sandbox):
    return sandbox.wix


def start(client, business, connection=None, **more):
    query = {"business": business.pk, **({"connection": connection.pk} if connection else {}), **more}
    return client.post(f"{reverse('connect:wix_start')}?{urlencode(query)}")


def installed(address, site, decision="allow"):
    """What the person does on Wix's page: choose a site and agree. Returns Wix's answer."""
    assert requests.get(address, timeout=10).ok
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    page = address.partition("?")[0]
    given = {**asked, "decision": decision, "site": site["siteId"]}
    return requests.post(page, given, timeout=10, allow_redirects=False)


def back_from(answer):
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def connect(client, business, site, connection=None, **more):
    return client.get(back_from(installed(start(client, business, connection, **more).url, site)))


def asked_by(answer):
    """Our own state, as it travels in the way back."""
    [back] = parse_qs(urlsplit(answer.url).query)["postInstallationUrl"]
    return parse_qs(urlsplit(back).query)["asked"][0]


def signed(secret, **claims):
    payload = _encoded(json.dumps(claims).encode())
    return f"{_encoded(hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest())}.{payload}"


def _encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def calls(wix, route):
    return wix.counters()["by_route"].get(route, 0)


# -- from here ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["hmac", "jwt"])
def test_an_owner_adds_the_app_to_a_site(client, wix, owner, business, form):
    wix.switch(signed_instance_form=form)
    site = wix.site("harbor")
    answer = connect(client, business, site)
    store = StoreConnection.objects.get()
    assert answer.url == reverse("admin:integrations_storeconnection_change", args=[store.pk])
    assert (store.business, store.provider, store.account_id, store.state) == (
        business, "wix", site["instanceId"], "connected",
    )  # fmt: skip
    assert (store.name, store.currency) == (site["name"], site["currency"])
    assert store.profile["site_id"] == site["siteId"]
    assert "is connected" in said(answer)


def test_the_token_of_the_trial_is_kept_for_the_syncs(client, wix, owner, business):
    connect(client, business, wix.site("harbor"))
    assert set(StoreConnection.objects.get().credentials) == {"access_token", "expires_at"}
    assert calls(wix, "POST /oauth2/token") == 1


def test_whoever_goes_on_from_a_page_of_ours_comes_back_to_it(client, wix, owner, business):
    assert connect(client, business, wix.site("harbor"), back="/setup/").url == "/setup/"


def test_what_the_install_address_asks_for_already_is_kept(client, sandbox, owner, business, settings):
    settings.WIX_INSTALL_URL += "?shareUrlId=unlisted"
    asked = parse_qs(urlsplit(start(client, business).url).query)
    assert (asked["shareUrlId"], asked["appId"]) == (["unlisted"], [settings.WIX_APP_ID])


def test_missing_app_keys_are_told_before_anybody_is_sent_away(client, owner, business, settings):
    settings.WIX_APP_ID = ""
    answer = start(client, business)
    assert "WIX_APP_ID, WIX_APP_SECRET" in said(answer)
    assert answer.url == LIST


def test_an_answer_counts_once(client, wix, owner, business):
    back = back_from(installed(start(client, business).url, wix.site("harbor")))
    client.get(back)
    assert "does not belong to a request of yours" in said(client.get(back))


def test_an_answer_that_nobody_asked_for_is_refused(client, wix, owner, business):
    signed_instance = wix.control("GET", "sites/harbor/signed_instance")["instance"]
    answer = client.get(reverse("connect:wix_callback"), {"signedInstance": signed_instance})
    assert "does not belong to a request of yours" in said(answer)
    assert not StoreConnection.objects.exists()


def test_an_instance_that_is_merely_named_is_not_believed(client, wix, owner, business):
    state = asked_by(start(client, business))
    instance = wix.site("harbor")["instanceId"]
    answer = client.get(reverse("connect:wix_callback"), {"asked": state, "instanceId": instance})
    assert "incomplete" in said(answer)
    assert not StoreConnection.objects.exists()


def test_the_proven_instance_counts_and_not_the_named_one(client, wix, owner, business):
    back = back_from(installed(start(client, business).url, wix.site("harbor")))
    client.get(back.replace(wix.site("harbor")["instanceId"], wix.site("fern")["instanceId"]))
    assert StoreConnection.objects.get().account_id == wix.site("harbor")["instanceId"]


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("secret", ["somebody-elses", ""])
def test_a_forged_signature_is_refused(client, wix, business, settings, secret):
    state, instance = asked_by(start(client, business)), wix.site("harbor")["instanceId"]
    forged = signed(
        secret, instanceId=instance, appDefId=settings.WIX_APP_ID, permissions="OWNER",
        signDate=timezone.now().isoformat(),
    )  # fmt: skip
    answer = client.get(reverse("connect:wix_callback"), {"asked": state, "signedInstance": forged})
    assert "nothing proves" in said(answer)
    assert not StoreConnection.objects.exists()


def test_wix_may_be_unable_to_say_and_its_signature_still_counts(client, wix, owner, business):
    wix.fault("status", path="token-info", status=503, times=9)
    connect(client, business, wix.site("harbor"))
    assert StoreConnection.objects.get().state == "connected"


def test_reconnecting_the_same_site_resumes(client, wix, owner, business):
    site = wix.site("harbor")
    connect(client, business, site)
    store = StoreConnection.objects.get()
    wix.uninstall("harbor")
    answer = client.post(reverse("connect:store_check", args=[store.pk]))
    assert "connect it again" in said(answer)
    store.refresh_from_db()
    assert (store.state, "no longer installed" in store.state_detail) == ("reconnect", True)

    connect(client, business, site, store)
    again = StoreConnection.objects.get()
    assert (again.pk, again.state, again.state_detail) == (store.pk, "connected", "")


def test_a_site_that_got_the_app_again_goes_on_by_itself(client, wix, owner, business):
    connect(client, business, wix.site("harbor"))
    store = StoreConnection.objects.get()
    wix.uninstall("harbor")
    client.post(reverse("connect:store_check", args=[store.pk]))
    wix.install("harbor")
    client.post(reverse("connect:store_check", args=[store.pk]))
    store.refresh_from_db()
    assert store.state == "connected"


def test_another_site_than_the_renewed_one_changes_nothing(client, wix, owner, business):
    connect(client, business, wix.site("harbor"))
    before = StoreConnection.objects.values().get()
    answer = connect(client, business, wix.site("fern"), StoreConnection.objects.get())
    assert "another account" in said(answer)
    assert StoreConnection.objects.values().get() == before


def test_a_copy_of_a_site_is_another_account(client, wix, owner, business):
    connect(client, business, wix.site("harbor"))
    copy = wix.control("POST", "sites/harbor/duplicate", {"key": "copy"})
    assert "another account" in said(connect(client, business, copy, StoreConnection.objects.get()))
    connect(client, business, copy)
    assert StoreConnection.objects.count() == 2


def test_whoever_says_no_at_wix_has_connected_nothing(client, wix, owner, business):
    answer = installed(start(client, business).url, wix.site("harbor"), "deny")
    assert (answer.status_code, "Location" in answer.headers) == (200, False), "Wix keeps them"
    assert not StoreConnection.objects.exists()


# -- disconnecting -----------------------------------------------------------------------------------------------------


def test_a_site_that_was_disconnected_is_not_read_although_the_app_is_still_there(client, wix, owner, business):
    connect(client, business, wix.site("harbor"))
    store = StoreConnection.objects.get()
    answer = client.post(reverse("connect:store_disconnect", args=[store.pk]))
    assert "Manage Apps" in said(answer)
    wix.reset_counters()
    for _time in range(2):
        answer = client.post(reverse("connect:store_check", args=[store.pk]))
        assert "connect it again" in said(answer)
    store.refresh_from_db()
    assert (store.state, store.credentials) == ("disconnected", {})
    assert wix.counters()["by_route"] == {}


def test_it_can_be_connected_again(client, wix, owner, business):
    connect(client, business, wix.site("harbor"))
    store = StoreConnection.objects.get()
    client.post(reverse("connect:store_disconnect", args=[store.pk]))
    connect(client, business, wix.site("harbor"), store)
    store.refresh_from_db()
    assert store.state == "connected"


# -- by key ------------------------------------------------------------------------------------------------------------


def type_key(client, business, site, key, connection=None):
    url = reverse("connect:wix_key") + (f"?connection={connection.pk}" if connection else "")
    return client.post(url, {"business_choice": business.pk, "account_id": site, "api_key": key})


def test_a_site_is_connected_by_its_key(client, wix, owner, business):
    site, key = wix.site("harbor")["siteId"], wix.app()["apiKey"]
    answer = type_key(client, business, f" {site.upper()} ", key)
    store = StoreConnection.objects.get()
    assert answer.url == reverse("admin:integrations_storeconnection_change", args=[store.pk])
    assert (store.account_id, store.state, store.credentials) == (site, "connected", {"api_key": key})
    assert calls(wix, "POST /oauth2/token") == 0


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("key", ["IST.mistyped", "IST.ä", "IST.of-another"])
def test_a_key_that_is_not_accepted_is_told_and_not_stored(client, wix, business, key):
    wix.control("POST", "api_keys", {"key": "IST.of-another", "sites": [wix.site("fern")["siteId"]]})
    answer = type_key(client, business, wix.site("harbor")["siteId"], key)
    assert answer.status_code == 200
    assert "does not accept this key for this site" in read(answer)
    assert key not in answer.content.decode()
    assert not StoreConnection.objects.exists()


def test_a_mistyped_new_key_leaves_the_working_one(client, wix, owner, business):
    site, key = wix.site("harbor")["siteId"], wix.app()["apiKey"]
    type_key(client, business, site, key)
    store = StoreConnection.objects.get()
    type_key(client, business, "", "IST.mistyped", store)
    store.refresh_from_db()
    assert (store.credentials, store.state) == ({"api_key": key}, "connected")
    wix.control("POST", "api_keys", {"key": "IST.newer"})
    type_key(client, business, "", "IST.newer", store)
    store.refresh_from_db()
    assert store.credentials == {"api_key": "IST.newer"}


@pytest.mark.parametrize(
    "site", ["", "harbor", "1003", "5f0c3c1e-0000-4000-8000", "5f0c3c1e-0000-4000-8000-00000000b0/1"]
)
def test_a_site_id_has_its_form(client, owner, business, site):
    assert type_key(client, business, site, "IST.x").status_code == 200
    assert not StoreConnection.objects.exists()


def test_the_page_of_a_key_is_not_for_other_stores(client, wix, owner, business):
    other = StoreConnection.objects.create(business=business, provider="ecwid", account_id="1003")
    assert type_key(client, business, "", "IST.x", other).status_code == 404


def test_a_site_is_not_connected_by_both_ways(client, wix, owner, business):
    """Each order would come twice."""
    site, key = wix.site("harbor"), wix.app()["apiKey"]
    connect(client, business, site)
    assert "connected already" in read(type_key(client, business, site["siteId"], key))
    StoreConnection.objects.all().delete()
    type_key(client, business, site["siteId"], key)
    assert "connected already" in said(connect(client, business, site))
    [store] = StoreConnection.objects.all()
    client.post(reverse("connect:store_disconnect", args=[store.pk]))
    connect(client, business, site)
    assert StoreConnection.objects.get(state="connected").account_id == site["instanceId"]


# -- the dashboard's frame ---------------------------------------------------------------------------------------------


@pytest.fixture
def opened(client, db, wix):
    """The app's page as a site's dashboard opens it: in a browser that shows us no cookie there."""

    def opened(site="harbor", **query):
        instance = wix.control("GET", f"sites/{site}/signed_instance")["instance"]
        client.logout()
        return client.get(reverse("connect:wix_open"), {"instance": instance, **query})

    return opened


def link_of(answer):
    link = urlsplit(answer.context["link"])
    return f"{link.path}?{link.query}" if link.query else link.path


def test_the_page_in_the_frame_may_be_framed_by_wix_alone_and_knows_nobody(opened, settings):
    settings.WIX_DASHBOARDS = "https://*.wix.com"
    answer = opened()
    assert answer["Content-Security-Policy"] == "frame-ancestors https://*.wix.com"
    assert "X-Frame-Options" not in answer
    assert not answer.cookies
    assert 'target="_blank" rel="noopener"' in answer.content.decode()


def test_a_site_that_is_new_here_is_connected_in_a_new_tab(client, opened, wix, business):
    link = link_of(opened())
    assert client.get(link).url.startswith(reverse("admin:login"))
    client.force_login(member(business, "owner"))
    assert "Choose the business" in read(client.get(link))
    answer = client.post(link, {"business_choice": business.pk})
    store = StoreConnection.objects.get()
    assert (store.account_id, store.state) == (wix.site("harbor")["instanceId"], "connected")
    assert answer.url == reverse("admin:integrations_storeconnection_change", args=[store.pk])


def test_a_site_that_is_connected_says_so_and_no_more(client, opened, wix, owner, business):
    connect(client, business, wix.site("harbor"))
    answer = opened()
    assert "This site is connected" in read(answer)
    assert link_of(answer) == reverse("admin:index")
    for name in ("Maple", "harbor", wix.site("harbor")["name"], wix.site("harbor")["instanceId"]):
        assert name not in read(answer)


@pytest.mark.parametrize("state", ["disconnected", "reconnect"])
def test_a_site_that_waits_for_its_owner_is_finished_again(client, opened, wix, owner, state):
    business = owner.memberships.get().business
    connect(client, business, wix.site("harbor"))
    StoreConnection.objects.update(state=state)
    link = link_of(opened())
    client.force_login(owner)
    client.post(link, {"business_choice": business.pk})
    assert StoreConnection.objects.get().state == "connected"


def test_a_site_that_is_connected_by_key_is_not_connected_once_more(client, opened, wix, owner, business):
    type_key(client, business, wix.site("harbor")["siteId"], wix.app()["apiKey"])
    link = link_of(opened())
    client.force_login(owner)
    assert "connected already" in read(client.post(link, {"business_choice": business.pk}))


@pytest.mark.parametrize("instance", ["", "x", "a.b", "a.b.c", "x" * 9000])
def test_a_page_that_nobody_vouches_for_shows_nothing(client, sandbox, business, instance):
    answer = client.get(reverse("connect:wix_open"), {"instance": instance})
    assert "Nothing proves that Wix opened this page" in read(answer)
    assert "href" not in answer.content.decode().partition("<body>")[2]


def test_the_link_to_finish_ends(client, opened, owner, business):
    link = link_of(opened())
    client.force_login(owner)
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        answer = client.post(link, {"business_choice": business.pk})
    assert "no longer good" in said(answer)
    assert not StoreConnection.objects.exists()


def test_a_link_to_finish_is_not_made_by_hand(client, owner, business, wix):
    answer = client.post(f"{reverse('connect:wix_finish')}?site={wix.site('harbor')['instanceId']}")
    assert (answer.url, "no longer good" in said(answer)) == (LIST, True)


@pytest.mark.parametrize("role", ["bookkeeper", "viewer"])
def test_only_an_owner_finishes(client, opened, business, role):
    link = link_of(opened())
    client.force_login(member(business, role))
    assert client.post(link, {"business_choice": business.pk}).status_code == 403


def test_it_is_not_connected_to_a_business_of_others(client, opened, owner, business):
    other = Business.objects.create(name="Zephyr")
    link = link_of(opened())
    client.force_login(owner)
    answer = client.post(link, {"business_choice": other.pk})
    assert "Zephyr" not in read(answer)
    assert not StoreConnection.objects.exists()


# -- who may -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def addresses(business):
    store = StoreConnection.objects.create(business=business, provider="wix", account_id="5f0c3c1e")
    return [
        f"{reverse('connect:wix_start')}?business={business.pk}",
        f"{reverse('connect:wix_key')}?connection={store.pk}",
    ]


def test_nobody_reaches_them_without_signing_in(client, addresses):
    for url in addresses:
        assert "/login/" in client.post(url).url, url


@pytest.mark.parametrize("role", ["bookkeeper", "viewer"])
def test_only_owners_may(client, business, addresses, role):
    client.force_login(member(business, role))
    for url in addresses:
        assert client.post(url).status_code == 403, url


def test_for_the_owner_of_another_business_they_do_not_exist(client, addresses):
    client.force_login(member(Business.objects.create(name="Zephyr"), "owner"))
    for url in addresses:
        assert client.post(url).status_code == 404, url


# -- what is offered ---------------------------------------------------------------------------------------------------

OFFERED = ("Connect an Ecwid store", "Connect with an Ecwid token", "Connect a Wix site", "Connect with a Wix API key")


def test_the_connections_page_and_the_setup_offer_every_way(client, owner, business):
    ways = f"{reverse('connect:store_ways')}?business={business.pk}"  # where the button above the list of stores leads
    for page in (ways, reverse("sync:setup_connect", args=[business.pk, "store"])):
        shown = read(client.get(page))
        assert [label for label in OFFERED if label not in shown] == [], page


def test_a_site_is_renewed_by_the_way_it_was_connected(client, wix, owner, business):
    connect(client, business, wix.site("fern"))
    type_key(client, business, wix.site("harbor")["siteId"], wix.app()["apiKey"])
    connect(client, business, wix.site("studio"))
    fern, harbor, studio = StoreConnection.objects.order_by("pk")
    client.post(reverse("connect:store_disconnect", args=[studio.pk]))
    for store, offered in ((fern, {"Connect again"}), (harbor, {"New API key"}), (studio, {"Connect again"})):
        assert again_on(client, store) == offered, store


def test_a_site_that_never_answered_may_be_renewed_by_either_way(client, owner, business):
    store = StoreConnection.objects.create(business=business, provider="wix", account_id="5f0c3c1e")
    assert again_on(client, store) == {"Connect again", "New API key"}


def again_on(client, store):
    shown = read(client.get(reverse("admin:integrations_storeconnection_change", args=[store.pk])))
    return {label for label in ("Connect again", "New API key", "New secret token") if label in shown}
