"""What may be done with many rows at once, by each role: synchronise, retry, ignore, download (S4, L2, L3, C1)."""

import csv
import io

import pytest
from django.urls import reverse

from integrations.models import Integration
from sync.models import LogEntry, Record, Run
from sync.services import syncing
from tests.support.pages import said

WORKERS, READERS = ("owner", "bookkeeper"), ("viewer",)
# What each list offers to whoever works there, and what to readers too.
OFFERED = {
    "integrations_integration": ({"sync_now"}, set()),
    "sync_record": ({"retry", "ignore"}, {"export_selected"}),
    "sync_logentry": ({"retry", "ignore"}, {"export_selected"}),
}
DOWNLOADED = {"sync_record": Record, "sync_logentry": LogEntry}


@pytest.fixture(autouse=True)
def queue(monkeypatch, ours, theirs):
    """What was handed to the background workers."""
    Run.objects.update(state="finished")
    handed = []
    monkeypatch.setattr(syncing, "async_task", lambda _task, run_pk: handed.append(run_pk))
    return handed


def signed_in(client, office, role):
    client.force_login(office.hire(role, role))


def act(client, page, action, rows):
    form = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(reverse(f"admin:{page}_changelist"), form, follow=True)


def asked_for():
    return {run.integration.slug for run in Run.objects.filter(state="queued")}


@pytest.mark.parametrize("page", OFFERED)
@pytest.mark.parametrize("role", [*WORKERS, *READERS])
def test_each_role_is_offered_what_it_may_do(client, ours, role, page):
    signed_in(client, ours, role)
    changing, reading = OFFERED[page]
    choices = client.get(reverse(f"admin:{page}_changelist")).context["action_form"]
    offered = {name for name, _title in choices.fields["action"].choices} if choices else set()
    assert offered - {"", "delete_selected"} == (reading | changing if role in WORKERS else reading)


# -- downloads ---------------------------------------------------------------------------------------------------------


def rows(answer):
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("page", DOWNLOADED)
@pytest.mark.parametrize("role", [*WORKERS, *READERS])
def test_every_role_downloads_its_own_rows_and_nobody_elses(client, ours, theirs, role, page):
    signed_in(client, ours, role)
    answer = act(client, page, "export_selected", DOWNLOADED[page].objects.all())
    assert {row["integration"] for row in rows(answer)} == {"maple"}


def test_records_say_where_they_stand_and_what_they_became(client, ours):
    signed_in(client, ours, "viewer")
    posted, waiting = (ours.integration.records.get(state=state) for state in ("posted", "held"))
    answer = act(client, "sync_record", "export_selected", [posted, waiting])
    assert answer["Content-Disposition"].startswith('attachment; filename="tillbridge-records-')
    found = {row["number"]: row for row in rows(answer)}
    assert (found[str(posted)]["doc_number"], found[str(posted)]["document"]) == ("EW-1000", "Invoice")
    assert found[str(waiting)]["reason"] == waiting.reason
    assert found[str(waiting)]["explanation"]
    assert found[str(waiting)]["doc_number"] == ""
    assert found[str(waiting)]["created"].endswith("-05:00"), "in the integration's time zone"


def test_no_cell_of_a_record_can_start_a_formula(client, ours):
    signed_in(client, ours, "viewer")
    Record.objects.update(number='=HYPERLINK("http://evil.test")')
    answer = act(client, "sync_record", "export_selected", Record.objects.all())
    assert {row["number"] for row in rows(answer)} == {'\'=HYPERLINK("http://evil.test")'}


def test_a_download_of_records_costs_the_same_however_many_they_are(client, ours, django_assert_num_queries):
    from sync.reports.record_export import record_lines

    one = Record.objects.filter(integration=ours.integration)
    Record.objects.bulk_create(
        Record(
            integration=ours.integration, kind="order", store_ref=f"M{number}", payload={}, fingerprint="f",
            created_in_store_at=one[0].created_in_store_at, updated_in_store_at=one[0].updated_in_store_at,
        )
        for number in range(3000)
    )  # fmt: skip
    with django_assert_num_queries(1):
        assert sum(1 for _ in record_lines(one)) > 3000


# -- sync now ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", WORKERS)
def test_chosen_integrations_are_synchronised(client, ours, role, queue, django_capture_on_commit_callbacks):
    signed_in(client, ours, role)
    with django_capture_on_commit_callbacks(execute=True):
        answer = act(client, "integrations_integration", "sync_now", [ours.integration])
    assert "1 integration is being synchronised." in said(answer)
    run = Run.objects.get(state="queued")
    assert queue == [run.pk]
    assert run.user.username == role


def test_what_is_not_set_up_yet_is_left_alone_and_it_is_said(client, ours):
    signed_in(client, ours, "owner")
    Integration.objects.update(live_at=None)
    answer = act(client, "integrations_integration", "sync_now", [ours.integration])
    assert "1 integration was left alone" in said(answer)
    assert asked_for() == set()


def test_chosen_ones_are_synchronised_only_where_the_person_may_work(client, ours, theirs):
    signed_in(client, ours, "bookkeeper")
    theirs.business.memberships.create(user=ours.business.memberships.get(role="bookkeeper").user, role="viewer")
    answer = act(client, "integrations_integration", "sync_now", Integration.objects.all())
    assert asked_for() == {"maple"}
    assert "1 integration was left alone" in said(answer)


def test_those_of_others_are_not_there(client, ours, theirs):
    signed_in(client, ours, "owner")
    act(client, "integrations_integration", "sync_now", [theirs.integration])
    assert asked_for() == set()


@pytest.mark.parametrize("role", READERS)
def test_a_viewer_synchronises_nothing(client, ours, role):
    signed_in(client, ours, role)
    act(client, "integrations_integration", "sync_now", [ours.integration])
    assert client.post(reverse("sync:sync_all")).status_code == 403
    assert asked_for() == set()


# -- sync all ----------------------------------------------------------------------------------------------------------


def in_both(ours, theirs, role):
    user = ours.hire("ben", "bookkeeper")
    theirs.business.memberships.create(user=user, role=role)
    return user


def test_everything_one_may_synchronise_begins_at_once(client, ours, theirs):
    client.force_login(in_both(ours, theirs, "owner"))
    assert reverse("sync:sync_all") in client.get(reverse("admin:index")).content.decode()
    answer = client.post(reverse("sync:sync_all"), follow=True)
    assert "2 integrations are being synchronised." in said(answer)
    assert asked_for() == {"maple", "zephyr"}


def test_where_one_only_reads_nothing_begins(client, ours, theirs):
    client.force_login(in_both(ours, theirs, "viewer"))
    assert reverse("sync:sync_all") not in client.get(reverse("admin:index")).content.decode(), "only one is theirs"
    client.post(reverse("sync:sync_all"))
    assert asked_for() == {"maple"}


@pytest.mark.parametrize("change", [{"paused": True}, {"live_at": None}])
def test_what_is_paused_or_unfinished_stays_out_of_it(client, ours, theirs, change):
    client.force_login(in_both(ours, theirs, "owner"))
    Integration.objects.filter(slug="zephyr").update(**change)
    client.post(reverse("sync:sync_all"))
    assert asked_for() == {"maple"}


def test_a_sync_that_works_already_is_not_doubled(client, ours, theirs):
    client.force_login(in_both(ours, theirs, "owner"))
    for _again in range(2):
        client.post(reverse("sync:sync_all"))
    assert Run.objects.filter(state="queued").count() == 2


# -- retry and ignore --------------------------------------------------------------------------------------------------


def chosen(page, *offices):
    """All that a list has of these offices: of each order, what shows it there."""
    return DOWNLOADED[page].objects.filter(integration__in=[office.integration for office in offices])


@pytest.mark.parametrize("page", DOWNLOADED)
@pytest.mark.parametrize("role", WORKERS)
def test_retry_makes_the_orders_due(client, ours, role, page):
    signed_in(client, ours, role)
    answer = act(client, page, "retry", chosen(page, ours))
    assert "2 records are tried again with the next sync." in said(answer)
    assert set(ours.integration.records.values_list("wanted", flat=True)) == {2}


@pytest.mark.parametrize("page", DOWNLOADED)
@pytest.mark.parametrize("role", WORKERS)
def test_ignore_leaves_out_what_has_no_document_and_says_what_has(client, ours, role, page):
    signed_in(client, ours, role)
    answer = act(client, page, "ignore", chosen(page, ours))
    assert "1 record is ignored." in said(answer)
    assert "1 record was left alone" in said(answer)
    assert sorted(ours.integration.records.values_list("state", flat=True)) == ["ignored", "posted"]
    assert ours.integration.records.get(state="ignored").params["user"] == role


def test_an_order_with_many_entries_counts_once(client, ours):
    signed_in(client, ours, "owner")
    entry = LogEntry.objects.get(record=ours.integration.records.get(state="held"))
    entry.pk = None
    entry.save()
    assert "1 record is ignored." in said(
        act(client, "sync_logentry", "ignore", LogEntry.objects.filter(action="held"))
    )


def test_what_a_dry_run_told_of_orders_that_are_not_filed_is_nothing_to_decide(client, ours):
    signed_in(client, ours, "owner")
    LogEntry.objects.update(record=None)
    for action, words in (("retry", "0 records are tried again"), ("ignore", "0 records are ignored.")):
        assert words in said(act(client, "sync_logentry", action, chosen("sync_logentry", ours)))


@pytest.mark.parametrize("page", DOWNLOADED)
@pytest.mark.parametrize("action", ["retry", "ignore"])
def test_only_where_the_person_may_work(client, ours, theirs, page, action):
    client.force_login(in_both(ours, theirs, "viewer"))
    before = list(theirs.integration.records.order_by("pk").values())
    act(client, page, action, chosen(page, ours, theirs))
    assert list(theirs.integration.records.order_by("pk").values()) == before
    assert (
        ours.integration.records.filter(wanted=2).exists() or ours.integration.records.filter(state="ignored").exists()
    )


@pytest.mark.parametrize("page", DOWNLOADED)
@pytest.mark.parametrize("role", [*READERS, "stranger"])
def test_nobody_else_decides_anything(client, ours, theirs, page, role):
    signed_in(client, ours if role in READERS else theirs, role if role in READERS else "owner")
    before = list(ours.integration.records.order_by("pk").values())
    for action in ("retry", "ignore"):
        act(client, page, action, chosen(page, ours))
    assert list(ours.integration.records.order_by("pk").values()) == before
