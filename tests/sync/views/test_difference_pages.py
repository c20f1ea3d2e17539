"""A posted order that differs from QuickBooks: three versions side by side, and a person who says which one stands."""

import json

import pytest
from django.urls import reverse

from sync.causes import cause_of
from sync.models import Posting, Record
from tests.support.office import Office

POSTED = {
    "total": "23",
    "number": "1001",
    "due_date": "2026-12-22",
    "lines": [{"item": "5", "quantity": "1", "amount": "23"}],
}
NOW = POSTED | {"total": "25", "due_date": "2026-12-31", "lines": [{"text": "Rush", "amount": "25", "code": "9"}]}
STORE = POSTED | {
    "total": "46",
    "lines": [{"item": "5", "quantity": "2", "amount": "46"}, {"item": "6", "amount": "0"}],
}
HELD = {
    "before": "23.00", "books_total": "25.00", "after": "46.00", "currency": "CAD", "doc_number": "1001",
    "parts": "due_date, total, lines", "version": "v1", "wish": "w1",
    "now": json.dumps(NOW), "store": json.dumps(STORE),
}  # fmt: skip


@pytest.fixture
def sale(office):
    """The sale of an order that was changed on both sides."""
    sale = Posting.objects.filter(role="sale", record__integration=office.integration).first()
    Posting.objects.filter(pk=sale.pk).update(image=POSTED, state="posted")
    Record.objects.filter(pk=sale.record_id).update(
        state="held", reason="changed_in_books", params=HELD, currency="CAD"
    )
    return sale


def page_of(client, sale):
    return client.get(reverse("admin:sync_record_change", args=[sale.record_id])).content.decode()


def rows_of(client, sale):
    answer = client.get(reverse("admin:sync_record_change", args=[sale.record_id]))
    return {row.title: (row.posted, row.now, row.store, row.differs) for row in answer.context["difference"]}


def test_the_versions_stand_side_by_side(client, keeper, sale):
    rows = rows_of(client, sale)
    assert rows["total"] == ("23.00 CAD", "25.00 CAD", "46.00 CAD", True)
    assert rows["due date"] == ("12/22/2026", "12/31/2026", "12/22/2026", True)
    assert rows["number"] == ("1001", "1001", "1001", False)
    assert rows["line 1"][1:] == ("Rush, 25.00 CAD, 9", "2 \N{MULTIPLICATION SIGN} 5, 46.00 CAD", True)
    assert rows["line 2"] == ("", "", "Shipping, 0.00 CAD", False)
    page = page_of(client, sale)
    assert "changed in QuickBooks" in page
    assert "Post the store&#x27;s version over it" in page or "Post the store's version over it" in page
    assert "Leave QuickBooks as it is" in page


def test_what_each_side_changed_is_marked(client, keeper, sale):
    answer = client.get(reverse("admin:sync_record_change", args=[sale.record_id]))
    moved = {row.title for row in answer.context["difference"] if row.is_new}
    assert moved == {"total", "line 1", "line 2"}
    assert answer.content.decode().count('tb-because">changed in the store<') == len(moved)


def test_of_a_cancelled_order_the_store_wants_nothing_and_nothing_is_marked(client, keeper, sale):
    Record.objects.update(params={name: value for name, value in HELD.items() if name != "store"} | {"wish": "void"})
    assert 'tb-because">changed in the store<' not in page_of(client, sale)


def test_the_inbox_leads_to_the_comparison_and_the_page_itself_nowhere_else(client, keeper, sale):
    Record.objects.filter(pk=sale.record_id).update(cause=cause_of("changed_in_books", HELD))
    inbox = client.get(reverse("sync:inbox")).content.decode()
    assert "Open one by one" in inbox
    assert "Open QuickBooks" not in inbox
    assert client.get(reverse("admin:sync_record_change", args=[sale.record_id])).context["fix"] is None


def test_a_record_that_waits_for_nothing_of_the_kind_shows_no_versions(client, keeper, sale):
    Record.objects.update(params={})
    page = page_of(client, sale)
    assert "What differs" not in page
    assert "Leave QuickBooks" not in page


def test_a_cancelled_order_is_asked_about_with_other_words(client, keeper, sale):
    Record.objects.update(reason="cancelled_after_posting", params=HELD | {"wish": "void", "books_type": "Invoice"})
    assert "Void the document in QuickBooks" in page_of(client, sale)


def test_money_that_is_left_to_be_given_back_is_asked_about_with_other_words(client, keeper, sale):
    figures = {"before": "100.00", "after": "70.00", "back": "10.00", "amount": "20.00", "doc_number": "1001"}
    Record.objects.update(reason="received_more_than_new_total", params=HELD | figures)
    page = page_of(client, sale)
    assert "It was given back elsewhere: lower the receipt" in page
    assert "20.00 is left to be given back" in page
    assert "Leave QuickBooks as it is" in page


def test_the_stores_version_may_stand(client, keeper, sale):
    url = reverse("sync:record_overwrite", args=[sale.record_id])

    answer = client.post(url, follow=True)

    assert "next sync" in " ".join(str(message) for message in answer.context["messages"])
    sale.refresh_from_db()
    assert sale.decided == {"do": "overwrite", "version": "v1", "user": "ben"}
    assert sale.record.wanted > sale.record.done


def test_or_that_of_quickbooks(client, keeper, sale):
    client.post(reverse("sync:record_ignore", args=[sale.record_id]), {"confirmed": "1"})
    sale.refresh_from_db()
    assert sale.decided == {"do": "leave", "version": "w1", "user": "ben"}
    assert (sale.record.state, sale.record.reason) == ("posted", "change_ignored")


def test_what_is_decided_already_is_not_decided_again(client, keeper, sale):
    Record.objects.update(state="posted", params={})
    answer = client.post(reverse("sync:record_overwrite", args=[sale.record_id]), follow=True)
    assert "nothing to decide" in " ".join(str(message) for message in answer.context["messages"])
    sale.refresh_from_db()
    assert sale.decided == {}


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), (None, 404)])
def test_others_decide_nothing(client, office, sale, role, status):
    if role:
        client.force_login(office.hire("vera", role))
    else:
        client.force_login(Office.open("Zephyr", "934145002").hire("zoe", "owner"))

    answer = client.post(reverse("sync:record_overwrite", args=[sale.record_id]))

    assert answer.status_code in {status, 403, 404}
    sale.refresh_from_db()
    assert sale.decided == {}
