"""Records, postings, runs and the log: what they show, what a person decides, and what a page costs (L1-L3)."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from integrations.ecwid.reader import payload_of
from sync.models import LogEntry, Posting, Record, Run
from tests.integrations.ecwid.orders import example_a_separate
from tests.support.office import NOW, Office
from tests.support.pages import read


def listed(client, model, **query):
    return client.get(reverse(f"admin:sync_{model}_changelist"), query).content.decode()


def act(client, action, records):
    form = {"action": action, "_selected_action": [record.pk for record in records]}
    answer = client.post(reverse("admin:sync_record_changelist"), form, follow=True)
    return " ".join(str(message) for message in answer.context["messages"])


def test_a_record_says_where_it_stands(client, keeper, office):
    page = listed(client, "record")
    assert "1,234.50 CAD" in page
    assert 'href="https://qbo.intuit.com/app/invoice?txnId=300"' in page
    assert "Map the tax “TVA 5,5 %” in Taxes" in page
    assert "11/20/2026 10:30" in page, "the moment is in the integration's zone"


def test_amounts_have_the_places_of_their_currency(client, keeper, office):
    Record.objects.update(currency="JPY", amount="1234")
    assert "1,234 JPY" in listed(client, "record")
    Record.objects.update(currency="KWD", amount="1.2345")
    assert "1.235 KWD" in listed(client, "record")


@pytest.mark.parametrize(
    ("books_type", "page"),
    [("Invoice", "invoice"), ("SalesReceipt", "salesreceipt"), ("Payment", "recvpayment")],
)
def test_a_document_is_linked_to_its_page_in_quickbooks(client, keeper, office, books_type, page):
    Posting.objects.update(books_type=books_type)
    assert f"https://qbo.intuit.com/app/{page}?txnId=300" in listed(client, "posting")


def test_what_the_store_sent_is_shown_as_text(client, keeper, office):
    record = Record.objects.first()
    record.payload = {"order": {"note": "<script>alert(1)</script>"}}
    record.save()
    page = client.get(reverse("admin:sync_record_change", args=[record.pk])).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_what_nobody_can_explain_of_an_order_is_said_with_it(client, keeper, office):
    record = Record.objects.first()
    order = {**example_a_separate(), "totalBeforeGiftCardRedemption": Decimal("1.00")}
    record.payload = payload_of(order, store_id="1003", currency="CAD", places=2, prices_include_tax=False)
    record.save()
    page = read(client.get(reverse("admin:sync_record_change", args=[record.pk])))
    assert "The total before gift cards is stated as 1.00 CAD" in page


def test_a_record_leads_to_its_postings_and_its_log(client, keeper, office):
    Record.objects.update(payment_status="PAID")
    record = Record.objects.get(state="posted")
    page = client.get(reverse("admin:sync_record_change", args=[record.pk]))
    assert "Invoice EW-1000" in read(page)
    assert "Payment status Paid" in read(page)
    assert reverse("admin:sync_posting_change", args=[record.postings.get().pk]) in page.content.decode()


def test_a_run_tells_its_figures_and_leads_to_its_entries(client, keeper, office):
    run = Run.objects.get()
    page = read(client.get(reverse("admin:sync_run_change", args=[run.pk])))
    for figure in ("Created: 1", "Held: 1", "Created: 1,234.50 CAD", "1 min 5 s"):
        assert figure in page
    office.trade()
    entries = listed(client, "logentry", run__id__exact=run.pk)
    assert entries.count("tb-link") == listed(client, "logentry").count("tb-link") // 2


# -- retry and ignore --------------------------------------------------------------------------------------------------


def test_retry_makes_a_record_due(client, keeper, office):
    record = Record.objects.get(state="held")
    Record.objects.update(done=1, wanted=1, attempts=4, retry_at=NOW + timedelta(days=1))
    assert "1 record is tried again" in act(client, "retry", [record])
    record.refresh_from_db()
    assert (record.wanted > record.done, record.attempts, record.retry_at) == (True, 0, None)


def test_ignore_leaves_a_record_out_and_says_who_said_so(client, keeper, office):
    record = Record.objects.get(state="held")
    assert "1 record is ignored" in act(client, "ignore", [record])
    record.refresh_from_db()
    assert (record.state, record.reason, record.params["user"]) == ("ignored", "ignored_by_person", "ben")
    assert record.wanted == record.done


def test_what_is_in_the_books_cannot_be_ignored(client, keeper, office):
    record = Record.objects.get(state="posted")
    assert "has a document" in act(client, "ignore", [record])
    record.refresh_from_db()
    assert record.state == "posted"


def test_what_may_be_in_the_books_cannot_be_ignored(client, keeper, office):
    Record.objects.filter(state="posted").update(state="failed")
    Posting.objects.update(state="sent", books_ref="")
    act(client, "ignore", Record.objects.filter(state="failed"))
    assert Record.objects.filter(state="failed").exists()


def test_retry_takes_an_ignored_record_back(client, keeper, office):
    record = Record.objects.get(state="held")
    act(client, "ignore", [record])
    act(client, "retry", [record])
    record.refresh_from_db()
    assert (record.state, record.reason, record.wanted > record.done) == ("new", "", True)


def test_a_viewer_is_offered_no_action_and_taken_none(client, office):
    client.force_login(office.hire("vera", "viewer"))
    before = list(Record.objects.values("wanted", "state"))
    for action in ("retry", "ignore"):
        act(client, action, Record.objects.all())
        assert f'value="{action}"' not in listed(client, "record")
    assert list(Record.objects.values("wanted", "state")) == before


def test_actions_reach_only_where_the_person_may_work(client, keeper, office):
    other = Office.open("Zephyr", "934145002")
    other.business.memberships.create(user=keeper, role="viewer")
    record = Record.objects.get(integration=other.integration, state="held")
    act(client, "ignore", [record])
    act(client, "retry", [record])
    record.refresh_from_db()
    assert (record.state, record.wanted) == ("held", 1)


def test_actions_do_not_reach_records_of_others(client, keeper, office):
    other = Office.open("Zephyr", "934145002")
    record = Record.objects.get(integration=other.integration, state="held")
    act(client, "ignore", [record])
    record.refresh_from_db()
    assert record.state == "held"


# -- CSV ---------------------------------------------------------------------------------------------------------------


def rows(answer):
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_download_is_what_the_list_shows(client, keeper, office):
    answer = client.get(reverse("log_export"), {"action__exact": "held"})
    assert answer["Content-Disposition"].startswith('attachment; filename="tillbridge-log-')
    assert [row["action"] for row in rows(answer)] == ["held"]
    assert len(rows(client.get(reverse("log_export")))) == 2
    assert [row["doc_number"] for row in rows(client.get(reverse("log_export"), {"q": "EW-1000"}))] == ["EW-1000"]


def test_the_list_links_to_its_own_download(client, keeper, office):
    assert f"{reverse('log_export')}?action__exact=held" in listed(client, "logentry", action__exact="held")


def test_the_download_speaks_the_readers_language(client, keeper, office, settings, monkeypatch):
    from django.utils import translation

    from sync.views import log

    languages = []

    def lines(_entries):
        for _ in range(3):
            languages.append(translation.get_language())
            yield "x\r\n"

    monkeypatch.setattr(log, "csv_lines", lines)
    keeper.language = "fr"
    keeper.save()
    assert b"".join(client.get(reverse("log_export"))) == b"x\r\n" * 3
    assert languages == ["fr"] * 3
    assert translation.get_language() == "en"


def test_selected_entries_are_downloaded_too(client, keeper, office):
    entry = LogEntry.objects.first()
    form = {"action": "export_selected", "_selected_action": [entry.pk]}
    assert len(rows(client.post(reverse("admin:sync_logentry_changelist"), form))) == 1


def test_a_download_by_what_the_list_does_not_offer_is_refused(client, keeper, office):
    assert client.get(reverse("log_export"), {"integration__books__credentials_given": "x"}).status_code == 400
    assert client.get(reverse("log_export"), {"run__id__exact": "x"}).status_code == 400
