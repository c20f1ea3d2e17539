"""Everybody at every address of the URLconf, new ones included: looking shows nobody else's business, and sending does
nothing that a role does not allow (C1)."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Success

from sync.services.heartbeat import heart_beats
from tests.support.addresses import addresses
from tests.support.office import NOW, Office, person

ADDRESSES = addresses()
ROLES = ("owner", "bookkeeper", "viewer")
# Those that need no sign-in: they show nothing of anybody, and what they are sent is proven in another way.
PUBLIC = {
    "health", "connect:wix_open", "webhook_ecwid", "webhook_quickbooks", "webhook_wix", "admin:login", "admin:jsi18n",
}  # fmt: skip
# What a refusal may be. A redirect is one where it leads to the sign-in or, with a sentence, to another page.
REFUSED = {302, 400, 401, 403, 404, 405}
# Whoever signs out has signed out.
NOT_WALKED = {"admin:logout"}
# They change when somebody only looks, or are counted when somebody knocks in vain; they say nothing of any order.
COUNTERS = {"setupprogress", "webhookrefusal"}


@pytest.fixture
def theirs(ours):
    """Another business; its names must never be seen by ours."""
    theirs = Office.open("Zephyr", "934145002")
    theirs.hire("zephyrine", "owner")
    return theirs


@pytest.fixture(autouse=True)
def installation(theirs):
    """What belongs to no business has rows too, and it is well."""
    heart_beats(now=timezone.now())
    Group.objects.create(name="group")
    OrmQ.objects.create(key="k", payload="p")
    for model, good in ((Success, True), (Failure, False)):
        model.objects.create(id=str(good), name="task", func="f", started=NOW, stopped=NOW, success=good)
    assert Schedule.objects.exists()


@pytest.fixture
def people(ours):
    return {role: ours.hire(role, role) for role in ROLES} | {"stranger": person("stranger"), "anonymous": None}


@pytest.fixture
def as_(client, people):
    def signed_in(who):
        client.logout()
        if people[who] is not None:
            client.force_login(people[who])
        return client

    return signed_in


def walked():
    return [one for one in ADDRESSES if one.name not in NOT_WALKED]


def text_of(answer):
    return (b"".join(answer) if answer.streaming else answer.content).decode(errors="replace").lower()


def everything():
    """All rows of ours, as text."""
    models = [model for app in ("accounts", "integrations", "sync") for model in apps.get_app_config(app).get_models()]
    return {model._meta.label: _rows(model) for model in models if model._meta.model_name not in COUNTERS}


def _rows(model):
    return [str(row) for row in model.objects.order_by("pk").values(*_columns(model))]


def _columns(model):
    return [field.attname for field in model._meta.concrete_fields if field.name != "last_login"]


def test_the_walk_knows_every_address(theirs):
    paths = [one.of(theirs) for one in ADDRESSES]
    assert len(paths) > 150
    assert not [path for path in paths if "<" in path]


@pytest.mark.parametrize("who", ["anonymous", "stranger"])
def test_nobody_gets_in_who_belongs_to_no_business(as_, ours, who):
    client, before = as_(who), everything()
    for one in walked():
        for method in (client.get, client.post):
            answer = method(one.of(ours))
            if one.name not in PUBLIC:
                assert answer.status_code in REFUSED, (method.__name__, one)
            assert "maple" not in text_of(answer), (method.__name__, one)
            if answer.status_code == 302 and who == "anonymous":
                assert "/login/" in answer.url, (method.__name__, one)
    assert everything() == before


@pytest.mark.parametrize("who", ["owner", "anonymous"])
def test_no_page_may_be_framed_but_the_one_for_the_dashboard_of_wix(as_, ours, who):
    client = as_(who)
    for one in walked():
        answer = client.get(one.of(ours))
        framing = answer.get("X-Frame-Options"), answer.get("Content-Security-Policy")
        expected = (None, "frame-ancestors https://*.wix.com") if one.name == "connect:wix_open" else ("DENY", None)
        assert framing == expected, one


@pytest.mark.parametrize("who", ROLES)
def test_members_look_at_their_own_and_at_nothing_else(as_, ours, theirs, who):
    client, before = as_(who), everything()
    for one in walked():
        answer = client.get(one.of(ours))
        assert answer.status_code in {200, *REFUSED}, one
        assert "zephyr" not in text_of(answer), one
        searched = text_of(client.get(one.of(ours), {"q": "zephyr", "s": "zephyr"}))
        assert not any(name in searched for name in ("zephyr shop", "zephyr inc", "zephyrine")), one
    assert everything() == before, "looking changes nothing"


@pytest.mark.parametrize("who", ROLES)
def test_members_do_nothing_to_others(as_, ours, theirs, who):
    client, before = as_(who), everything()
    for one in walked():
        if one.of(theirs) == one.of(ours):
            continue  # a page of everybody's, or of the installation
        for method, more in ((client.get, {}), (client.post, {"post": "yes", "all": "1", "confirmed": "1"})):
            answer = method(one.of(theirs), more)
            led_on = not one.name and answer.status_code == 302  # Django's older addresses, to the page itself
            assert led_on or answer.status_code in {403, 404, 405}, (method.__name__, one)
            assert "zephyr" not in text_of(answer), (method.__name__, one)
    assert everything() == before


def test_a_viewer_changes_nothing_anywhere(as_, ours):
    client, before = as_("viewer"), everything()
    for one in walked():
        if one.name in {"admin:password_change", "admin:index"}:
            continue
        answer = client.post(one.of(ours), {"post": "yes", "all": "1", "confirmed": "1", "action": "delete_selected"})
        assert answer.status_code in {200, *REFUSED} or one.name in PUBLIC, one
    assert everything() == before
