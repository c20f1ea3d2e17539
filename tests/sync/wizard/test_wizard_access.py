"""Who may set up what: every address of the setup, walked by everybody (C1)."""

import pytest
from django.urls import reverse

from accounts.models import Business
from sync.urls import urlpatterns
from tests.support.office import SECRETS, person

ROLES = ("owner", "bookkeeper", "viewer")
STEPS = ("store", "books", "options", "flows", "sales", "advanced", "items", "taxes", "payments", "preview", "live")


@pytest.fixture
def people(ours, theirs):
    return {role: ours.hire(role, role) for role in ROLES} | {"stranger": person("stranger")}


def pages(office):
    """Everything of one business that can be read."""
    pk = office.integration.pk
    yield from (reverse("sync:setup_connect", args=[office.business.pk, side]) for side in ("store", "books"))
    yield reverse("sync:manage", args=[pk])
    yield reverse("sync:setup_number", args=[pk])
    yield from (reverse("sync:setup_step", args=[pk, step]) for step in STEPS)


def refreshes(office):
    return [
        reverse("sync:setup_refresh", args=[office.integration.pk, step]) for step in ("items", "taxes", "payments")
    ]


def test_every_address_of_the_setup_is_in_the_walk():
    names = {pattern.name for pattern in urlpatterns if str(pattern.pattern).startswith("setup")}
    assert names == {"setup", "setup_connect", "manage", "setup_number", "setup_step", "setup_refresh"}


def test_anonymous_visitors_and_strangers_are_sent_to_sign_in(client, people, ours):
    for user in (None, people["stranger"]):
        if user is not None:
            client.force_login(user)
        for url in [reverse("sync:setup"), *pages(ours)]:
            assert "/login/" in client.get(url).url, url
            assert "/login/" in client.post(url, {}).url, url


@pytest.mark.parametrize("role", ROLES)
def test_other_businesses_do_not_exist(client, people, theirs, role):
    client.force_login(people[role])
    for url in pages(theirs):
        assert client.get(url).status_code == 404, url
    for url in [*pages(theirs), *refreshes(theirs)]:
        assert client.post(url, {}).status_code in {404, 405}, url


def test_a_viewer_sets_nothing_up(client, people, ours):
    client.force_login(people["viewer"])
    for url in [reverse("sync:setup"), *pages(ours)]:
        assert client.get(url).status_code == 403, url
    for url in [*pages(ours), *refreshes(ours)]:
        assert client.post(url, {}).status_code in {403, 405}, url


@pytest.mark.parametrize("role", ["owner", "bookkeeper"])
def test_who_works_in_a_business_sees_its_pages_and_nothing_of_others(client, people, ours, theirs, role):
    client.force_login(people[role])
    for url in [reverse("sync:setup"), *pages(ours)]:
        answer = client.get(url)
        assert answer.status_code in {200, 302}, url
        assert b"zephyr" not in answer.content.lower(), url


def test_only_owners_are_offered_to_connect(client, people, ours):
    start = reverse("connect:quickbooks_start")
    for role, there in (("owner", True), ("bookkeeper", False)):
        client.force_login(people[role])
        for side in ("store", "books"):
            page = client.get(reverse("sync:setup_connect", args=[ours.business.pk, side])).content.decode()
            assert (start in page or reverse("connect:ecwid_start") in page) is there, (role, side)


def test_only_whoever_runs_the_installation_adds_a_business(client, people):
    client.force_login(people["owner"])
    assert client.post(reverse("sync:setup"), {"name": "Third"}).status_code == 403
    client.force_login(person("root", is_superuser=True))
    answer = client.post(reverse("sync:setup"), {"name": "Third"})
    assert answer.url == reverse("sync:setup_connect", args=[Business.objects.get(name="Third").pk, "store"])
    assert "of that name already" in client.post(reverse("sync:setup"), {"name": "Third"}).content.decode()


def test_another_businesss_store_cannot_be_joined_to_our_books(client, people, ours, theirs):
    client.force_login(people["owner"])
    url = reverse("sync:setup_connect", args=[ours.business.pk, "books"])
    answer = client.post(url, {"store": theirs.store.pk, "books": ours.books.pk, "slug": "mixed"})
    assert "valid choice" in str(answer.context["form"].errors["store"])


def test_no_page_shows_a_secret_or_even_reads_one(client, ours, settings):
    client.force_login(person("root", is_superuser=True))
    settings.FIELD_ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="]
    for url in [reverse("sync:setup"), *pages(ours)]:
        answer = client.get(url)
        assert answer.status_code in {200, 302}, url
        assert not any(secret.encode() in answer.content for secret in SECRETS), url
