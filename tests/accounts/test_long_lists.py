"""Lists with more rows than anybody pages through: quick, honest about it, and never acted on as a whole by mistake."""

import pytest
from django.urls import reverse

from accounts import admin_paging
from sync.models import LogEntry, Record
from tests.support.office import Office

RECORDS = "admin:sync_record_changelist"
LOG = "admin:sync_logentry_changelist"


@pytest.fixture
def office(db, monkeypatch):
    """Sixty orders, in lists that count to fifty-five."""
    monkeypatch.setattr(admin_paging, "MOST", 55)
    monkeypatch.setattr("accounts.admin_scope.MOST", 55)
    office = Office.open("Maple", "934145001")
    office.trade(58)
    return office


def text(answer):
    return " ".join(answer.content.decode().split())


def all_of_them(client, action):
    chosen = Record.objects.values_list("pk", flat=True)[:50]
    return client.post(
        reverse(RECORDS), {"action": action, "select_across": "1", "_selected_action": list(chosen)}, follow=True
    )


def test_a_long_list_says_that_there_is_more(client, keeper):
    answer = client.get(reverse(RECORDS))

    assert "More than 55 records" in text(answer)
    assert answer.context["cl"].paginator.num_pages == 2


def test_a_short_one_is_counted_as_it_is(client, keeper):
    Record.objects.filter(number__gte="1030").delete()

    answer = client.get(reverse(RECORDS))

    assert "More than" not in text(answer)
    assert f"{Record.objects.count()} records" in text(answer)


def test_the_count_reads_no_more_rows_than_it_counts(client, keeper, django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        assert admin_paging.CappedPaginator(LogEntry.objects.all(), 50).count == 55

    assert "LIMIT 56" in asked[0]["sql"]


def test_nothing_is_done_with_more_rows_than_the_list_tells_of(client, keeper):
    answer = all_of_them(client, "ignore")

    assert "nothing was done" in text(answer)
    assert not Record.objects.filter(state="ignored").exists()


def test_as_many_as_it_tells_of_are_acted_on(client, keeper):
    Record.objects.filter(number__gte="1030").delete()

    all_of_them(client, "retry")

    assert not Record.objects.filter(wanted=1).exists()


def test_a_long_log_can_be_downloaded(client, keeper):
    chosen = LogEntry.objects.values_list("pk", flat=True)[:50]
    answer = client.post(
        reverse(LOG), {"action": "export_selected", "select_across": "1", "_selected_action": list(chosen)}
    )

    assert b"".join(answer).count(b"\n") == LogEntry.objects.count() + 1
