"""Lists from one day to another: both days whole, written as the reader's language does."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from sync.models import LogEntry, Record, Run, SettingChange
from tests.support.office import Office

MOMENTS = [datetime(2026, 11, day, hour, 59, tzinfo=UTC) for day in (18, 19, 20) for hour in (0, 23)]
LISTS = [
    ("sync_logentry", LogEntry, "created_at"),
    ("sync_record", Record, "created_in_store_at"),
    ("sync_run", Run, "started_at"),
    ("sync_settingchange", SettingChange, "at"),
]


@pytest.fixture
def office(db):
    office = Office.open("Maple", "934145001")
    office.trade(6)
    for model in (Run, SettingChange):
        row = model.objects.first()
        for _ in MOMENTS:
            row.pk = None
            row.save()
        model.objects.order_by("pk").first().delete()
    return office


@pytest.fixture
def keeper(client, office):
    keeper = office.hire("ben", "bookkeeper")
    client.force_login(keeper)
    return keeper


def days(client, name, column, **asked):
    answer = client.get(reverse(f"admin:{name}_changelist"), {f"{column}_{end}": day for end, day in asked.items()})
    assert answer.status_code == 200, answer.content
    return sorted({getattr(row, column).day for row in answer.context["cl"].result_list})


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
        assert days(client, name, column, **{"from": "yesterday"}) == [18, 19, 20]


def test_the_download_has_what_the_list_shows(client, keeper):
    LogEntry.objects.update(created_at=MOMENTS[0])
    last = LogEntry.objects.order_by("pk").last()
    LogEntry.objects.filter(pk=last.pk).update(created_at=MOMENTS[-1])

    answer = client.get(reverse("log_export"), {"created_at_from": "2026-11-20"})

    assert b"".join(answer).count(b"\n") == 2
