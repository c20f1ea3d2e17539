"""How much of a refund went back is asked where the store does not tell (R5), of people who may work there."""

from decimal import Decimal

import pytest
from django.urls import reverse

from sync.causes import cause_of
from sync.models import Record, RecordState, SettingChange
from sync.translate.reasons import Reason
from tests.support.office import NOW, Office


@pytest.fixture
def refund(office):
    order = office.integration.records.get(state="posted")
    told = {
        "ref": "r1", "amount": None, "refunded_at": None, "everything": False, "cancelled": False, "restocked": False,
        "reason": "Broken", "method": "",
    }  # fmt: skip
    reason, params = Reason.REFUND_AMOUNT_UNKNOWN, {"left": "45.99", "currency": "CAD"}
    return Record.objects.create(
        integration=office.integration, kind="refund", order=order, store_ref=f"{order.store_ref}/r1",
        number=order.number, payload={"refund": told}, fingerprint="f", created_in_store_at=NOW,
        updated_in_store_at=NOW, currency="CAD", state="held", reason=reason, params=params,
        cause=cause_of(reason, params), done=1, decided_revision=99,
    )  # fmt: skip


@pytest.fixture
def signed_in(client, office):
    def as_(role):
        client.force_login(office.hire(role, role))
        return client

    return as_


def page_of(refund):
    return reverse("sync:refund_amount", args=[refund.pk])


def test_the_record_leads_to_the_question_and_to_its_order(signed_in, refund):
    text = signed_in("bookkeeper").get(reverse("admin:sync_record_change", args=[refund.pk])).content.decode()
    assert page_of(refund) in text
    assert reverse("admin:sync_record_change", args=[refund.order_id]) in text
    assert "Broken" in text
    assert f"Refund of order {refund.number}" in text


def test_the_order_leads_to_its_refunds(signed_in, refund):
    text = signed_in("viewer").get(reverse("admin:sync_record_change", args=[refund.order_id])).content.decode()
    assert reverse("admin:sync_record_change", args=[refund.pk]) in text


def test_what_is_entered_is_kept_with_who_said_it_and_makes_the_refund_due(signed_in, refund):
    answer = signed_in("bookkeeper").post(page_of(refund), {"amount": "15.00"})
    assert answer.status_code == 302
    refund.refresh_from_db()
    assert refund.payload["entered"]["amount"] == Decimal("15.00")
    assert refund.payload["entered"]["by"] == "bookkeeper"
    assert (refund.amount, refund.wanted > refund.done) == (Decimal("15.0000"), True)
    [change] = SettingChange.objects.filter(model="sync.record")
    assert (change.by, change.subject, change.new) == ("bookkeeper", refund.number, "15.00 CAD")


@pytest.mark.parametrize("amount", ["46", "0", "-1", "", "much", "1.005"])
def test_what_cannot_be_is_refused_beside_the_field(signed_in, refund, amount):
    answer = signed_in("bookkeeper").post(page_of(refund), {"amount": amount})
    assert answer.status_code == 200
    assert answer.context["form"].errors["amount"]
    refund.refresh_from_db()
    assert "entered" not in refund.payload


def test_a_viewer_may_not_answer_and_a_stranger_sees_nothing(signed_in, refund):
    assert signed_in("viewer").post(page_of(refund), {"amount": "15"}).status_code == 403
    other = Office.open("Zephyr", "934145002")
    client = signed_in("owner")
    client.force_login(other.hire("zoe", "owner"))
    assert client.get(page_of(refund)).status_code == 404


def test_nothing_is_asked_twice(signed_in, refund):
    Record.objects.filter(pk=refund.pk).update(state=RecordState.POSTED)
    answer = signed_in("bookkeeper").post(page_of(refund), {"amount": "15"}, follow=True)
    assert "does not wait for its amount" in answer.content.decode()


def test_the_question_can_be_answered_with_nothing(signed_in, refund):
    client = signed_in("bookkeeper")
    assert reverse("sync:record_ignore", args=[refund.pk]) in client.get(page_of(refund)).content.decode()
    client.post(reverse("sync:record_ignore", args=[refund.pk]), {"confirmed": "1"})
    refund.refresh_from_db()
    assert refund.state == RecordState.IGNORED
