"""Lists from one day to another: both days whole where the rows belong, written as the reader's language does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts.models import Business
from integrations.models import BooksConnection, Integration, StoreConnection, WebhookEvent
from sync.models import LogEntry, Record, Run, SettingChange
from tests.support.office import Office, person

TORONTO = ZoneInfo("America/Toronto")
MOMENTS = [datetime(2026, 11, day, hour, 30, tzinfo=TORONTO) for day in (18, 19, 20) for hour in (0, 23)]
LISTS = [
    ("sync_logentry", LogEntry, "created_at"),
    ("sync_record", Record, "created_in_store_at"),
    ("sync_run", Run, "started_at"),
    ("sync_settingchange", SettingChange, "at"),
    ("integrations_webhookevent", WebhookEvent, "happened_at"),
]


@pytest.fixture
def office(db):
    office = Office.open("Maple", "934145001")
    office.trade(6)
    for model in (Run, SettingChange, WebhookEvent):
        row = model.objects.first()
        for number, _ in enumerate(MOMENTS):
            row.pk = None
            row.event_id = f"again {number}"  # which of these rows only a message has
            row.save()
        model.objects.order_by("pk").first().delete()
    WebhookEvent.objects.exclude(event_id__startswith="again").delete()
    return office


def days(client, name, column, **asked):
    answer = client.get(reverse(f"admin:{name}_changelist"), {f"{column}_{end}": day for end, day in asked.items()})
    assert answer.status_code == 200, answer.content
    return sorted({getattr(row, column).astimezone(TORONTO).day for row in answer.context["cl"].result_list})


def in_tokyo(keeper, model):
    """What makes a row of this model one of a business there, in which the keeper works too."""
    business, new = Business.objects.get_or_create(name="Sakura")
    if new:
        business.memberships.create(user=keeper, role="bookkeeper")
        store = StoreConnection.objects.create(business=business, provider="ecwid", account_id="81")
        books = BooksConnection.objects.create(business=business, account_id="82")
        Integration.objects.create(business=business, slug="sakura", store=store, books=books, time_zone="Asia/Tokyo")
    places = {"business": business, "integration": business.integrations.get()}
    return {field.name: places[field.name] for field in model._meta.get_fields() if field.name in places}


@pytest.mark.parametrize(("name", "model", "column"), LISTS, ids=lambda part: part if isinstance(part, str) else "")
class TestEachList:
    @pytest.fixture(autouse=True)
    def spread(self, keeper, model, column):
        """Rows in the first and in the last hour of three days."""
        for row, moment in zip(model.objects.order_by("pk"), MOMENTS, strict=False):
            model.objects.filter(pk=row.pk).update(**{column: moment})

    def test_both_days_are_whole(self, client, name, model, column):
        assert days(client, name, column, **{"from": "2026-11-19", "to": "2026-11-19"}) == [19]

    def test_either_end_may_be_open(self, client, name, model, column):
        assert days(client, name, column, **{"from": "2026-11-19"}) == [19, 20]
        assert days(client, name, column, to="2026-11-19") == [18, 19]

    def test_as_english_writes_a_day(self, client, name, model, column):
        assert days(client, name, column, **{"from": "11/20/2026"}) == [20]

    def test_as_french_writes_a_day(self, client, keeper, name, model, column):
        keeper.language = "fr"
        keeper.save()

        assert days(client, name, column, **{"from": "20/11/2026"}) == [20]

    def test_what_is_no_day_is_as_good_as_nothing(self, client, name, model, column):
        for typed in ("yesterday", "12/31/9999", "01/01/0001"):
            assert days(client, name, column, **{"from": typed, "to": typed}) == [18, 19, 20]

    def test_each_row_has_the_days_of_where_it_belongs(self, client, keeper, name, model, column):
        """Tokyo's 19th begins when it is ten in the morning of the 18th in Toronto."""
        begins = datetime(2026, 11, 18, 15, tzinfo=UTC)
        edges = (
            begins - timedelta(seconds=1),
            begins,
            begins + timedelta(days=1, seconds=-1),
            begins + timedelta(days=1),
        )
        for row, moment in zip(model.objects.order_by("-pk"), edges, strict=False):
            model.objects.filter(pk=row.pk).update(**{column: moment}, **in_tokyo(keeper, model))

        answer = client.get(
            reverse(f"admin:{name}_changelist"), {f"{column}_{end}": "11/19/2026" for end in ("from", "to")}
        )

        shown = {getattr(row, column) for row in answer.context["cl"].result_list}
        assert shown & set(edges) == set(edges[1:3])


def test_a_change_that_belongs_to_no_integration_has_the_days_of_its_business(client, keeper):
    in_tokyo(keeper, SettingChange)
    moment = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)  # the 19th in Tokyo
    new = Business.objects.create(name="New")
    new.memberships.create(user=keeper, role="viewer")
    names = ("Maple", "Sakura", "New")
    for change, name in zip(SettingChange.objects.order_by("pk"), names, strict=False):
        business = Business.objects.get(name=name)
        SettingChange.objects.filter(pk=change.pk).update(at=moment, integration=None, business=business)
    SettingChange.objects.exclude(at=moment).delete()

    def shown(day):
        asked = {"at_from": day, "at_to": day}
        rows = client.get(reverse("admin:sync_settingchange_changelist"), asked).context["cl"].result_list
        return sorted(change.business.name for change in rows)

    assert shown("2026-11-18") == ["Maple", "New"], "where there is no integration yet, days are universal"
    assert shown("2026-11-19") == ["Sakura"]


def test_a_member_of_a_business_without_integrations_has_an_empty_list(client, office):
    user = person("new")
    Business.objects.create(name="New").memberships.create(user=user, role="viewer")
    client.force_login(user)
    assert days(client, "sync_logentry", "created_at", **{"from": "2026-11-01"}) == []


def test_the_download_has_what_the_list_shows(client, keeper):
    LogEntry.objects.update(created_at=MOMENTS[0])
    last = LogEntry.objects.order_by("pk").last()
    LogEntry.objects.filter(pk=last.pk).update(created_at=MOMENTS[-1])

    answer = client.get(reverse("log_export"), {"created_at_from": "2026-11-20"})

    assert b"".join(answer).count(b"\n") == 2
