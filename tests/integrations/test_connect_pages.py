"""Connecting, testing and disconnecting accounts, through the consent pages of the simulated providers (C2, C6)."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from accounts.models import Business, Membership
from integrations.models import BooksConnection, StoreConnection
from tests.support.office import member
from tests.support.pages import said

REALM, OTHER_REALM = "9341450000000001", "9341450000000002"
STORE, OTHER_STORE = "1003", "1004"


@pytest.fixture
def other_business(db):
    return Business.objects.create(name="Zephyr")


def start(client, provider, business, connection=None):
    query = f"?business={business.pk}" + (f"&connection={connection.pk}" if connection else "")
    return client.post(reverse(f"connect:{provider}_start") + query)


def consent(address, decision="allow", **choice):
    """What the person does on the provider's page: read it, choose, press the button. Returns the way back."""
    assert requests.get(address, timeout=10).ok
    wanted = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    page = address.partition("?")[0]
    answer = requests.post(page, {**wanted, "decision": decision, **choice}, timeout=10, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def connect_quickbooks(client, business, realm=REALM, connection=None):
    return client.get(consent(start(client, "quickbooks", business, connection).url, realm=realm))


def connect_ecwid(client, business, store=STORE, connection=None):
    return client.get(consent(start(client, "ecwid", business, connection).url, store_id=store))


def exchanged(sandbox):
    """How many codes were exchanged for tokens."""
    return sandbox.quickbooks.counters()["by_route"].get("POST /oauth2/v1/tokens/bearer", 0)


# -- QuickBooks --------------------------------------------------------------------------------------------------------


def test_an_owner_connects_a_company_and_its_lists_are_read(client, sandbox, owner, business):
    answer = connect_quickbooks(client, business)
    books = BooksConnection.objects.get()
    assert answer.url == reverse("admin:integrations_booksconnection_change", args=[books.pk])
    assert (books.business, books.account_id, books.state) == (business, REALM, "connected")
    assert books.objects_mirrored.filter(type="Account").exists()
    assert "is connected" in said(answer)
    assert books.refresh_expires_at > timezone.now() + timedelta(days=90)


def test_whoever_says_no_at_quickbooks_has_connected_nothing(client, sandbox, owner, business):
    answer = client.get(consent(start(client, "quickbooks", business).url, "deny"))
    assert "not granted" in said(answer)
    assert not BooksConnection.objects.exists()


def test_an_answer_with_a_wrong_state_is_refused(client, sandbox, owner, business):
    start(client, "quickbooks", business)
    answer = client.get(reverse("connect:quickbooks_callback"), {"code": "x", "realmId": REALM, "state": "forged"})
    assert "does not belong to a request of yours" in said(answer)
    assert not BooksConnection.objects.exists()


def test_an_answer_counts_once(client, sandbox, owner, business):
    back = consent(start(client, "quickbooks", business).url, realm=REALM)
    client.get(back)
    assert "does not belong to a request of yours" in said(client.get(back))


def test_an_answer_in_another_session_is_refused(client, sandbox, owner, business):
    back = consent(start(client, "quickbooks", business).url, realm=REALM)
    client.logout()
    client.force_login(owner)
    assert "does not belong to a request of yours" in said(client.get(back))
    assert not BooksConnection.objects.exists()


def test_an_answer_that_comes_too_late_is_refused(client, sandbox, owner, business):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        back = consent(start(client, "quickbooks", business).url, realm=REALM)
    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        assert "came too late" in said(client.get(back))
    assert not BooksConnection.objects.exists()


def test_who_is_no_longer_an_owner_cannot_finish(client, sandbox, owner, business):
    back = consent(start(client, "quickbooks", business).url, realm=REALM)
    Membership.objects.update(role="bookkeeper")
    assert client.get(back).status_code == 403
    assert not BooksConnection.objects.exists()


def test_the_answer_of_a_provider_is_never_shown_as_it_came(client, sandbox, owner, business):
    state = parse_qs(urlsplit(start(client, "quickbooks", business).url).query)["state"][0]
    answer = client.get(reverse("connect:quickbooks_callback"), {"state": state, "error": "<script>alert(1)"})
    assert "scriptalert1" in said(answer)
    assert "<script>" not in said(answer)


@pytest.mark.parametrize("realm", ["", "abc", "1" * 65, "٣٤"])
def test_an_answer_without_a_proper_company_is_refused(client, sandbox, owner, business, realm):
    state = parse_qs(urlsplit(start(client, "quickbooks", business).url).query)["state"][0]
    answer = client.get(reverse("connect:quickbooks_callback"), {"state": state, "code": "x", "realmId": realm})
    assert "incomplete" in said(answer)


def test_reconnecting_the_same_company_resumes(client, sandbox, owner, business):
    connect_quickbooks(client, business)
    books = BooksConnection.objects.get()
    BooksConnection.objects.update(state="reconnect", state_detail="revoked")
    connect_quickbooks(client, business, connection=books)
    again = BooksConnection.objects.get()
    assert (again.pk, again.state, again.token_version) == (books.pk, "connected", books.token_version + 1)


def test_reconnecting_another_company_changes_nothing(client, sandbox, owner, business):
    connect_quickbooks(client, business)
    books = BooksConnection.objects.get()
    answer = connect_quickbooks(client, business, realm=OTHER_REALM, connection=books)
    assert "another account" in said(answer)
    assert books.name in said(answer)
    assert exchanged(sandbox) == 1, "the consent for the wrong company is not taken up"
    assert BooksConnection.objects.get().token_version == books.token_version


def test_a_company_of_another_business_is_refused_without_telling_whose(
    client, sandbox, owner, business, other_business
):
    BooksConnection.objects.create(business=other_business, account_id=REALM, name="Zephyr Inc.")
    answer = connect_quickbooks(client, business)
    assert "in use already" in said(answer)
    assert "Zephyr" not in said(answer)
    assert exchanged(sandbox) == 0
    assert BooksConnection.objects.get().business == other_business


def test_a_code_that_quickbooks_refuses_is_told(client, sandbox, owner, business):
    state = parse_qs(urlsplit(start(client, "quickbooks", business).url).query)["state"][0]
    answer = client.get(reverse("connect:quickbooks_callback"), {"state": state, "code": "x", "realmId": REALM})
    assert "connect it again" in said(answer)
    assert not BooksConnection.objects.exists()


def test_wrong_app_keys_are_the_operators_business(client, sandbox, owner, business, settings):
    back = consent(start(client, "quickbooks", business).url, realm=REALM)
    settings.QUICKBOOKS_CLIENT_SECRET = "wrong"
    assert "Tell whoever runs it" in said(client.get(back))


def test_missing_app_keys_are_told_before_anybody_is_sent_away(client, owner, business, settings):
    settings.QUICKBOOKS_CLIENT_ID = settings.ECWID_CLIENT_ID = ""
    for provider, name in (("quickbooks", "QUICKBOOKS_CLIENT_ID"), ("ecwid", "ECWID_CLIENT_ID")):
        answer = start(client, provider, business)
        assert name in said(answer)
        assert answer.url.startswith("/integrations/")


def test_a_company_that_does_not_answer_yet_is_kept(client, sandbox, owner, business):
    back = consent(start(client, "quickbooks", business).url, realm=REALM)
    sandbox.quickbooks.fault("status", path="/v3/", status=403, times=20)
    answer = client.get(back)
    assert "the test call failed" in said(answer)
    assert BooksConnection.objects.get().credentials["refresh_token"]


def test_disconnecting_revokes_at_quickbooks(client, sandbox, owner, business):
    connect_quickbooks(client, business)
    books = BooksConnection.objects.get()
    answer = client.post(reverse("connect:books_disconnect", args=[books.pk]))
    assert "is disconnected" in said(answer)
    books.refresh_from_db()
    assert (books.state, books.credentials) == ("disconnected", {})
    assert sandbox.quickbooks.counters()["by_route"]["POST /v2/oauth2/tokens/revoke"] == 1


def test_a_connection_that_cannot_be_revoked_stays(client, sandbox, owner, business):
    connect_quickbooks(client, business)
    books = BooksConnection.objects.get()
    sandbox.quickbooks.fault("status", path="revoke", status=503, times=20)
    answer = client.post(reverse("connect:books_disconnect", args=[books.pk]))
    assert "still connected" in said(answer)
    assert BooksConnection.objects.get().state == "connected"


def test_a_bookkeeper_reads_the_lists_anew_and_does_not_disconnect(client, sandbox, owner, business):
    connect_quickbooks(client, business)
    books = BooksConnection.objects.get()
    client.force_login(member(business, "bookkeeper"))
    sandbox.quickbooks.add(REALM, "Account", {"Name": "Brand new", "AccountType": "Bank"})
    answer = client.post(reverse("connect:books_check", args=[books.pk]))
    assert "up to date" in said(answer)
    assert books.objects_mirrored.filter(name="Brand new").exists()
    assert client.post(reverse("connect:books_disconnect", args=[books.pk])).status_code == 403


# -- Ecwid -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("returns_state", [False, True])
def test_an_owner_connects_a_store(client, sandbox, owner, business, returns_state):
    sandbox.ecwid.switch(oauth_returns_state=returns_state)
    answer = connect_ecwid(client, business)
    store = StoreConnection.objects.get()
    assert (store.business, store.account_id, store.state) == (business, STORE, "connected")
    assert store.profile["payment_statuses"]
    assert "is connected" in said(answer)


def test_whoever_says_no_at_ecwid_has_connected_nothing(client, sandbox, owner, business):
    answer = client.get(consent(start(client, "ecwid", business).url, "deny", store_id=STORE))
    assert "not granted" in said(answer)
    assert not StoreConnection.objects.exists()


def test_an_answer_of_ecwid_that_nobody_asked_for_is_refused(client, sandbox, owner, business):
    answer = client.get(reverse("connect:ecwid_callback"), {"code": "x"})
    assert "does not belong to a request of yours" in said(answer)


def test_reconnecting_another_store_changes_nothing(client, sandbox, owner, business):
    connect_ecwid(client, business)
    store = StoreConnection.objects.get()
    answer = connect_ecwid(client, business, store=OTHER_STORE, connection=store)
    assert "another account" in said(answer)
    assert StoreConnection.objects.get().credentials == store.credentials


def test_a_store_is_connected_with_its_secret_token(client, sandbox, owner, business):
    form = {"business_choice": business.pk, "account_id": STORE, "access_token": f"secret_sim_{STORE}"}
    answer = client.post(reverse("connect:ecwid_token"), form)
    store = StoreConnection.objects.get()
    assert answer.url == reverse("admin:integrations_storeconnection_change", args=[store.pk])
    assert store.state == "connected"


def test_a_mistyped_token_is_told_and_not_stored(client, sandbox, owner, business):
    form = {"business_choice": business.pk, "account_id": STORE, "access_token": "secret_mistyped"}
    answer = client.post(reverse("connect:ecwid_token"), form)
    assert answer.status_code == 200
    assert b"does not accept this token" in answer.content
    assert b"secret_mistyped" not in answer.content
    assert not StoreConnection.objects.exists()


def test_a_mistyped_new_token_leaves_the_working_one(client, sandbox, owner, business):
    connect_ecwid(client, business)
    store = StoreConnection.objects.get()
    url = f"{reverse('connect:ecwid_token')}?connection={store.pk}"
    client.post(url, {"access_token": "secret_mistyped"})
    again = StoreConnection.objects.get()
    assert (again.credentials, again.state) == (store.credentials, "connected")
    client.post(url, {"access_token": f"secret_sim_{STORE}"})
    assert StoreConnection.objects.get().credentials == {"access_token": f"secret_sim_{STORE}"}


@pytest.mark.parametrize("account_id", ["", "abc", "12 34", "-1", "1" * 21])
def test_a_store_id_has_digits_only(client, owner, business, account_id):
    form = {"business_choice": business.pk, "account_id": account_id, "access_token": "secret_x"}
    assert client.post(reverse("connect:ecwid_token"), form).status_code == 200
    assert not StoreConnection.objects.exists()


def test_a_store_is_not_connected_to_a_business_of_others(client, owner, other_business):
    form = {"business_choice": other_business.pk, "account_id": STORE, "access_token": "secret_x"}
    answer = client.post(reverse("connect:ecwid_token"), form)
    assert answer.status_code == 200
    assert b"Zephyr" not in answer.content
    assert not StoreConnection.objects.exists()


def test_disconnecting_a_store_deletes_its_token(client, sandbox, owner, business):
    connect_ecwid(client, business)
    store = StoreConnection.objects.get()
    answer = client.post(reverse("connect:store_disconnect", args=[store.pk]))
    store.refresh_from_db()
    assert (store.state, store.credentials) == ("disconnected", {})
    assert "control panel" in said(answer)


# -- who may -----------------------------------------------------------------------------------------------------------


def addresses(business, store, books):
    start_query = f"?business={business.pk}"
    yield reverse("connect:quickbooks_start") + start_query, "owner"
    yield reverse("connect:ecwid_start") + start_query, "owner"
    yield reverse("connect:ecwid_token") + f"?connection={store.pk}", "owner"
    yield reverse("connect:store_disconnect", args=[store.pk]), "owner"
    yield reverse("connect:books_disconnect", args=[books.pk]), "owner"
    yield reverse("connect:store_check", args=[store.pk]), "bookkeeper"
    yield reverse("connect:books_check", args=[books.pk]), "bookkeeper"


@pytest.fixture
def pages(business):
    store = StoreConnection.objects.create(business=business, provider="ecwid", account_id=STORE)
    books = BooksConnection.objects.create(business=business, account_id=REALM)
    return list(addresses(business, store, books))


def test_nobody_reaches_them_without_signing_in(client, pages):
    for url, _role in pages:
        answer = client.post(url)
        assert (answer.status_code, "/login/" in answer.url) == (302, True), url


def test_a_viewer_may_none_of_it(client, business, pages):
    client.force_login(member(business, "viewer"))
    for url, _role in pages:
        assert client.post(url).status_code == 403, url


def test_a_bookkeeper_may_only_test(client, business, pages):
    client.force_login(member(business, "bookkeeper"))
    for url, role in pages:
        if role == "owner":
            assert client.post(url).status_code == 403, url


def test_for_the_owner_of_another_business_they_do_not_exist(client, other_business, pages):
    client.force_login(member(other_business, "owner"))
    for url, _role in pages:
        assert client.post(url).status_code == 404, url


def test_a_connection_is_not_renewed_under_another_business(client, owner, business, other_business, pages):
    """An owner of both businesses cannot move a company from one to the other."""
    Membership.objects.create(user=owner, business=other_business, role="owner")
    answer = start(client, "quickbooks", other_business, BooksConnection.objects.get())
    assert answer.status_code == 403


def test_nothing_is_changed_by_following_a_link(client, owner, pages):
    for url, _role in pages:
        if "token" not in url:
            assert client.get(url).status_code == 405, url


@pytest.mark.parametrize("number", ["", "x", "²", "9" * 40, "-1", "1 OR 1=1"])
def test_a_business_that_is_no_number_does_not_exist(client, owner, number):
    assert client.post(reverse("connect:quickbooks_start"), query_params={"business": number}).status_code == 404
    assert client.get(reverse("connect:store_ways"), {"business": number}).status_code == 404


# -- the lists ---------------------------------------------------------------------------------------------------------

STORES, COMPANIES = (reverse_lazy(f"admin:integrations_{side}connection_changelist") for side in ("store", "books"))
WAYS = ("ecwid_start", "ecwid_token", "wix_start", "wix_key")


def bar(answer):
    """The form above a list of stores or companies."""
    [form] = re.findall(r'<form method="\w+" class="tb-buttons">.*?</form>', answer.content.decode(), re.DOTALL)
    return form


@pytest.mark.parametrize("address", [STORES, COMPANIES])
def test_an_owner_of_many_businesses_is_asked_once_for_which_one(client, owner, business, other_business, address):
    many = [Business.objects.create(name=f"Client {number}") for number in range(60)]
    Membership.objects.bulk_create(Membership(user=owner, business=one, role="owner") for one in many)
    form = bar(client.get(address))
    assert form.count("<button") == 1
    assert form.count("<option") == 61
    assert "Zephyr" not in form


def test_the_owner_of_one_business_is_not_asked_for_it(client, owner, business):
    form = bar(client.get(STORES))
    assert "<select" not in form
    assert f'name="business" value="{business.pk}"' in form


@pytest.mark.parametrize("role", ["bookkeeper", "viewer"])
def test_who_owns_nothing_is_not_offered_to_connect(client, business, role):
    client.force_login(member(business, role))
    assert "Connect a" not in client.get(STORES).content.decode()
    assert client.get(reverse("connect:store_ways"), {"business": business.pk}).status_code == 403


def test_the_ways_to_connect_a_store_are_for_the_chosen_business(client, owner, business, other_business):
    page = client.get(reverse("connect:store_ways"), {"business": business.pk}).content.decode()
    assert "Maple Goods" in page
    for way in WAYS:
        assert f"{reverse(f'connect:{way}')}?business={business.pk}" in page
    assert client.get(reverse("connect:store_ways"), {"business": other_business.pk}).status_code == 404


def test_a_company_is_asked_for_by_what_was_chosen_in_the_list(client, sandbox, owner, business):
    answer = client.post(reverse("connect:quickbooks_start"), {"business": business.pk})
    client.get(consent(answer.url, realm=REALM))
    assert BooksConnection.objects.get().business == business


# -- removing a connection ---------------------------------------------------------------------------------------------


def test_an_owner_removes_a_company_that_nothing_is_built_on(client, owner, business, pages):
    books = BooksConnection.objects.get()
    books.objects_mirrored.create(type="Account", books_ref="1", name="Bank", name_key="bank")
    url = reverse("admin:integrations_booksconnection_delete", args=[books.pk])
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert not BooksConnection.objects.exists()


def test_a_company_with_an_integration_or_postings_is_not_removed(client, owner, business, pages):
    books, store = BooksConnection.objects.get(), StoreConnection.objects.get()
    url = reverse("admin:integrations_booksconnection_delete", args=[books.pk])
    posting = books.postings.create(role="customer", key="k", state="posted", payload={}, books_type="Customer")
    assert client.post(url, {"post": "yes"}).status_code == 403
    posting.delete()
    business.integrations.create(slug="maple", store=store, books=books)
    assert client.post(url, {"post": "yes"}).status_code == 403
    assert BooksConnection.objects.exists()
