"""The first page (L11): the answer, the figures, the chart, and what can be done from there (S4, S5)."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Business
from integrations.models import Integration
from sync.models import Record, Run
from sync.services import syncing
from tests.support.office import Office, person
from tests.support.pages import said
from tests.support.waiting import wait

MUG = ("sku_missing", {"product": "Mug"})


@pytest.fixture
def office(office):
    """Without the orders that it has at first."""
    Record.objects.all().delete()
    return office


@pytest.fixture
def shop(office):
    return office.integration


@pytest.fixture(autouse=True)
def queue(monkeypatch):
    """What was handed to the background workers."""
    handed = []
    monkeypatch.setattr(syncing, "async_task", lambda _task, run_pk: handed.append(run_pk))
    return handed


def home(client, **query):
    return client.get(reverse("admin:index"), query)


def headline(client):
    return home(client).context["headline"].text


def post(client, name, integration, **data):
    return client.post(reverse(f"sync:{name}", args=[integration.pk]), data, follow=True)


# -- the answer --------------------------------------------------------------------------------------------------------


def test_everything_is_in_the_books(client, keeper, shop):
    wait(shop, "", state="posted")
    assert headline(client) == "Everything is in the books."


def test_orders_that_wait_are_counted_and_lead_to_the_inbox(client, keeper, shop):
    wait(shop, *MUG, amounts=("1000.00", "234.50"))
    page = home(client).content.decode()
    assert "2 orders are not in the books yet." in page
    assert "Together 1,234.50 CAD" in page
    assert f'href="{reverse("sync:inbox")}"' in page


def test_a_document_that_differs_is_not_called_missing(client, keeper, shop):
    wait(shop, "edited_after_posting")
    assert headline(client) == "1 document differs from its order."


def test_new_orders_only_wait_for_the_next_sync(client, keeper, shop):
    wait(shop, "", state="new", amounts=("1", "2"))
    assert headline(client) == "Everything is in the books but 2 orders, which go with the next sync."


def test_a_lost_connection_is_named(client, keeper, office):
    office.books.state = "reconnect"
    office.books.save()
    answer = home(client)
    assert answer.context["headline"].text == "A connection is needed: maple."
    assert "Connection needed" in answer.content.decode()
    assert any("connected again" in alarm.title for alarm in answer.context["alarms"])


def test_a_sync_that_stopped_is_named(client, keeper, shop):
    Run.objects.create(integration=shop, trigger="schedule", state="failed", started_at=timezone.now())
    assert headline(client) == "The last sync stopped early: maple."


def test_before_the_first_sync_nothing_is_claimed(client, keeper, shop):
    Run.objects.all().delete()
    assert headline(client) == "Not synchronised yet: maple."


def test_the_first_sync_is_told_while_it_works(client, keeper, shop):
    Run.objects.all().delete()
    Run.objects.create(integration=shop, trigger="person", started_at=timezone.now())
    assert headline(client) == "The first sync is under way: maple."
    assert "Synchronising" in home(client).content.decode()


def test_a_consent_that_ends_is_told(client, keeper, office):
    office.books.refresh_expires_at = timezone.now() + timedelta(days=5)
    office.books.save()
    assert "the QuickBooks consent ends on" in home(client).content.decode()


@pytest.mark.parametrize(("minutes", "missed"), [(2, False), (60, True)])
@pytest.mark.usefixtures("keeper", "shop")
def test_right_after_a_start_nobody_is_alarmed_about_workers(client, monkeypatch, *, minutes, missed):
    monkeypatch.setattr(apps.get_app_config("sync"), "started_at", timezone.now() - timedelta(minutes=minutes))
    assert ("Nothing is done in the background" in home(client).content.decode()) is missed


def test_each_integration_says_whether_its_connections_answer_and_until_when(client, keeper, office):
    office.books.consent_expires_at = timezone.now() + timedelta(days=900)
    office.books.save()
    [row] = home(client).context["rows"]
    assert (row.connections, row.consent_ends_soon) == ("Both answer", False)
    assert f"QuickBooks until {row.consent}" in home(client).content.decode()

    office.books.refresh_expires_at = timezone.now() + timedelta(days=5)
    office.books.save()
    assert home(client).context["rows"][0].consent_ends_soon

    office.store.state = "reconnect"
    office.store.save()
    assert home(client).context["rows"][0].connections == "Maple shop: Reconnect needed"


def test_the_company_says_when_its_consent_ends(client, keeper, office):
    page = reverse("admin:integrations_booksconnection_change", args=[office.books.pk])
    for days, warned in ((5, True), (90, False)):
        office.books.refresh_expires_at = timezone.now() + timedelta(days=days)
        office.books.save()
        day = date_format(office.books.refresh_expires_at, "SHORT_DATE_FORMAT")
        shown = client.get(page).content.decode()
        assert day in shown
        assert ("puts it off for 100 days" in shown) is warned


def test_with_nothing_connected_the_setup_is_offered(client, db):
    user = person("new")
    Business.objects.create(name="Empty").memberships.create(user=user, role="owner")
    client.force_login(user)
    page = home(client).content.decode()
    assert "Nothing is connected yet" in page
    assert reverse("sync:setup") in page


def test_an_unfinished_setup_is_continued(client, keeper, shop):
    Integration.objects.update(live_at=None)
    answer = home(client)
    assert answer.context["headline"] is None
    page = answer.content.decode()
    assert reverse("sync:manage", args=[shop.pk]) in page
    assert reverse("sync:sync_now", args=[shop.pk]) not in page


def test_what_needs_somebody_comes_first(client, keeper, office):
    for number, name in enumerate(("Alder", "Birch")):
        Office.open(name, f"93414501{number}").business.memberships.create(user=keeper, role="viewer")
    Record.objects.all().delete()
    wait(Integration.objects.get(slug="birch"), *MUG)
    assert [row.figures.integration.slug for row in home(client).context["rows"]] == ["birch", "alder", "maple"]


def test_each_integration_says_how_it_stands(client, keeper, shop):
    wait(shop, *MUG)
    wait(shop, "books_unavailable", state="failed")
    wait(shop, "", state="posted", at=timezone.now())
    page = home(client).content.decode()
    assert "2 orders wait" in page
    assert f"{reverse('sync:inbox')}?integration={shop.pk}&amp;shelf=held" in page
    assert "1 of 3" in page


# -- chart -------------------------------------------------------------------------------------------------------------


def test_the_chart_and_its_table_tell_the_same(client, keeper, shop):
    now = timezone.now()
    wait(shop, "", state="posted", amounts=("1000.00", "234.50"), at=now)
    wait(shop, *MUG, at=now)
    answer = home(client, days=7)
    chart = answer.context["chart"]
    counts = {one["label"]: one["data"] for one in json.loads(chart["counts"])["datasets"]}
    sums = {one["label"]: one["data"] for one in json.loads(chart["sums"])["datasets"]}
    assert counts == {"In the books": [0] * 6 + [2], "Held": [0] * 6 + [1]}
    assert Decimal(sums["In the books"][-1]) == Decimal("1234.50")
    page = re.sub(r"\s+", " ", answer.content.decode())
    assert "2<br><small>1,234.50 CAD</small>" in page


def test_the_chart_can_show_one_integration_a_period_and_a_currency(client, keeper, office, shop):
    other = Office.open("Alder", "934145011")
    other.business.memberships.create(user=keeper, role="viewer")
    Record.objects.all().delete()
    now = timezone.now()
    wait(shop, "", state="posted", at=now)
    wait(shop, "", state="posted", at=now, currency="USD", amounts=("99.00",))
    wait(other.integration, "", state="posted", at=now, amounts=("1", "2"))
    asked = {"integration": shop.pk, "days": 90, "currency": "USD"}
    answer = home(client, **asked)
    data = json.loads(answer.context["chart"]["counts"])
    assert len(data["labels"]) == 90
    assert data["datasets"][0]["data"][-1] == 2
    assert answer.context["chart"]["currency"] == "USD"
    assert [tile["count"] for tile in answer.context["tiles"][:2]] == [4, 4]  # of all integrations, whatever is charted
    assert {row.figures.integration.slug: row.figures.posted for row in answer.context["rows"]} == {
        "maple": 2,
        "alder": 2,
    }


@pytest.mark.parametrize("query", [{"days": "31"}, {"days": "x"}, {"currency": "???"}, {"page": "99"}])
def test_an_address_that_was_typed_wrong_shows_the_dashboard(client, keeper, shop, query):
    answer = home(client, **query)
    assert answer.status_code == 200
    assert answer.context["days"] == 30


def test_the_chart_of_another_business_is_empty(client, keeper, shop):
    other = Office.open("Zephyr", "934145011").integration
    wait(other, "", state="posted", at=timezone.now())
    assert "zephyr" not in home(client, integration=other.pk).content.decode().lower()


# -- acts --------------------------------------------------------------------------------------------------------------


def test_sync_now_queues_a_sync_and_shows_how_far_it_is(
    client, keeper, shop, queue, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(client, "sync_now", shop)
    run = Run.objects.get(state="queued")
    assert queue == [run.pk]
    assert (run.user, run.trigger) == (keeper, "person")
    page = answer.content.decode()
    assert f'data-progress="{reverse("sync:progress", args=[shop.pk])}"' in page
    assert "Waiting for a free worker" in page
    assert '<noscript><meta http-equiv="refresh"' in page, "it is followed without scripts too"


def test_progress_is_told_to_whoever_asks(client, keeper, shop):
    url = reverse("sync:progress", args=[shop.pk])
    assert client.get(url).json() == {"live": False, "text": "The sync has ended.", "percent": 100}
    run = Run.objects.create(integration=shop, trigger="person", state="queued", started_at=timezone.now())
    assert client.get(url).json() == {"live": True, "text": "Waiting for a free worker…", "percent": None}
    Run.objects.filter(pk=run.pk).update(state="running")
    assert client.get(url).json() == {"live": True, "text": "Reading the store…", "percent": None}
    Run.objects.filter(pk=run.pk).update(expected=300, seen=150)
    assert client.get(url).json() == {"live": True, "text": "150 of 300 orders", "percent": 50}
    Run.objects.filter(pk=run.pk).update(expected=0)
    assert client.get(url).json()["percent"] is None
    Run.objects.filter(pk=run.pk).update(state="finished")
    assert client.get(url).json()["live"] is False


def test_an_unfinished_setup_is_not_synchronised(client, keeper, shop, queue):
    Integration.objects.update(live_at=None)
    assert "Finish the setup" in said(post(client, "sync_now", shop))
    assert queue == []
    assert not Run.objects.filter(state="queued").exists()


def test_pause_and_resume(client, keeper, shop):
    assert "is paused" in said(post(client, "pause", shop))
    shop.refresh_from_db()
    assert shop.paused
    assert reverse("sync:resume", args=[shop.pk]) in home(client).content.decode()
    assert "by itself again" in said(post(client, "resume", shop))
    shop.refresh_from_db()
    assert not shop.paused
