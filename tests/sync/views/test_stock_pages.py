"""The page of old and new stock levels: who sees it, who decides, and that only what was shown is decided (K2)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from sync.models import PushState, Record, SettingChange, StockPush
from tests.support.office import NOW, Office


@pytest.fixture
def push(office):
    return office.integration.stock_pushes.get()


@pytest.fixture
def as_(client, office):
    def signed_in(role):
        client.force_login(office.hire(role, role))
        return client

    return signed_in


def decide(client, push, act, **sent):
    return client.post(reverse(f"sync:stock_{act}", args=[push.pk]), sent, follow=True)


def page(client, push):
    return client.get(reverse("admin:sync_stockpush_change", args=[push.pk])).content.decode()


def test_old_and_new_levels_stand_side_by_side(as_, push):
    shown = page(as_("bookkeeper"), push)
    for text in ("MUG-1", "MUG-2", "Falls to zero", "nobody has seen yet", "Approve", "Reject"):
        assert text in shown
    assert shown.index("MUG-2") < shown.index("MUG-1")  # what would be sold out comes first


def test_a_viewer_sees_them_and_decides_nothing(as_, push):
    client = as_("viewer")
    assert "Approve</button>" not in page(client, push)
    assert decide(client, push, "approve", digest="d").status_code == 403
    push.refresh_from_db()
    assert push.state == PushState.WAITING


def test_strangers_find_nothing(client, office, push):
    Office.open("Zephyr", "934145002")
    client.force_login(Office.open("Other", "934145003").hire("stranger", "owner"))
    assert client.get(reverse("admin:sync_stockpush_change", args=[push.pk])).status_code == 404
    for act in ("approve", "reject", "restore"):
        assert decide(client, push, act, digest="d").status_code == 404
    assert client.get(reverse("sync:stock", args=[office.integration.pk])).status_code == 404


@pytest.mark.parametrize(("act", "state"), [("approve", "approved"), ("reject", "rejected")])
def test_a_bookkeeper_decides_and_it_is_noted_who(as_, office, push, act, state):
    decide(as_("bookkeeper"), push, act, digest="d")

    push.refresh_from_db()
    assert (push.state, push.by) == (state, "bookkeeper")
    change = SettingChange.objects.get(model="sync.stockpush")
    assert (change.by, change.old, change.new) == ("bookkeeper", "waiting", state)
    asked = office.integration.runs.filter(state="queued")
    assert asked.exists() == (act == "approve")


def test_only_the_table_that_was_shown_is_approved(as_, push):
    shown = decide(as_("owner"), push, "approve", digest="another").content.decode()
    push.refresh_from_db()
    assert push.state == PushState.WAITING
    assert "Look at them again" in shown


def test_what_was_written_can_be_brought_back_once(as_, push):
    client = as_("owner")
    StockPush.objects.filter(pk=push.pk).update(state=PushState.APPLIED)
    assert "Bring back" not in page(client, push)
    push.changes.update(written_at=NOW)
    assert "Bring back the levels before" in page(client, push)

    decide(client, push, "restore")

    push.refresh_from_db()
    assert push.state == PushState.RESTORING
    assert "Look at them again" in decide(client, push, "restore").content.decode()


def test_what_was_left_alone_is_marked(as_, push):
    StockPush.objects.filter(pk=push.pk).update(state=PushState.RESTORED)
    push.changes.update(written_at=NOW)
    push.changes.filter(sku="MUG-1").update(restored_at=NOW)
    shown = page(as_("owner"), push)
    assert "Left alone: it had changed since" in shown
    assert "1 level had changed since" in shown


def test_the_inbox_and_the_dashboard_lead_to_it(as_, office, push):
    Record.objects.create(
        integration=office.integration, kind="stock", store_ref="501", number="MUG-1", state="held",
        payload={"product": {}}, fingerprint="f", created_in_store_at=NOW, updated_in_store_at=NOW,
        reason="stock_awaits_approval", params={}, cause="stock_awaits_approval",
    )  # fmt: skip
    client, leads = as_("bookkeeper"), reverse("sync:stock", args=[office.integration.pk])
    assert leads in client.get(reverse("sync:inbox")).content.decode()
    assert leads in client.get(reverse("admin:index")).content.decode()
    answer = client.get(leads)
    assert answer.url == reverse("admin:sync_stockpush_change", args=[push.pk])


def test_levels_are_no_orders(as_, office):
    """Products and levels are not among the records unless somebody asks for them, and no figure counts them."""
    product = {"product_ref": "501", "variation_ref": "", "sku": "PLATE", "name": "Plate", "price": 1, "stock": 4}
    rest = {
        "enabled": True,
        "unlimited": False,
        "is_gift_card": False,
        "in_places": False,
        "components": [],
        "family": "",
    }
    record = Record.objects.create(
        integration=office.integration, kind="stock", store_ref="501", number="PLATE", state="held",
        payload={"product": product | rest}, fingerprint="f", created_in_store_at=timezone.now(),
        updated_in_store_at=NOW, reason="sku_duplicate", params={"sku": "PLATE", "product": "Plate"},
        cause="sku_duplicate",
    )  # fmt: skip
    client, listed = as_("bookkeeper"), reverse("admin:sync_record_changelist")
    assert "PLATE" not in client.get(listed).content.decode()
    assert "PLATE" in client.get(listed, {"kind__in": "product,stock"}).content.decode()
    shown = client.get(reverse("admin:sync_record_change", args=[record.pk])).content.decode()
    assert "Stock level of PLATE" in shown
    assert "cannot be read" not in shown
