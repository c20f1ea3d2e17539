"""The page of a record (L3): what the store said, what is or would be in QuickBooks, and every attempt."""

import pytest
from django.urls import reverse

from sync.models import LogEntry, Record
from tests.support.office import NOW, person

CART = {"lines": [{"sku": "TEE-M", "quantity": 2, "price": 25}]}


@pytest.fixture
def root(client, db):
    user = person("root", is_superuser=True)
    client.force_login(user)
    return user


def page_of(client, record):
    return client.get(reverse("admin:sync_record_change", args=[record.pk])).content.decode()


def test_a_posted_order_shows_its_documents_line_by_line(client, root, world):
    world.place(CART)
    world.sync()
    page = page_of(client, Record.objects.get())
    assert "In QuickBooks, as it was sent" in page
    assert "57.49 CAD" in page
    assert "Ecwid Clearing" in page
    assert 'href="https://qbo.intuit.com/app/invoice?txnId=' in page
    assert "Ignore</button>" not in page, "what is in the books cannot be left out of them"


def test_a_waiting_order_shows_what_would_be_posted_and_sends_nothing(client, root, world):
    world.integration.tax_mappings.all().delete()
    world.place(CART)
    world.sync()
    before = world.quickbooks.counters()
    record = Record.objects.get()
    assert "What the next sync would post" not in page_of(client, record), "nothing is known yet"
    world.map_tax(["GST", "QST"], "GST/QST QC")
    page = page_of(client, record)
    assert "What the next sync would post" in page
    assert "Proven: the store says 57.49 CAD" in page
    assert "With the next sync" in page
    assert world.quickbooks.counters() == before


def test_the_store_is_quoted_in_words_and_its_data_are_at_hand(client, root, world):
    world.place(CART)
    world.sync()
    page = page_of(client, Record.objects.get())
    assert "Ana Ruiz" in page
    assert "QST 9.975 %: 4.99" in page
    assert "Credit card" in page
    assert "&quot;paymentStatus&quot;: &quot;PAID&quot;" in page
    assert '<dd class="text-important">Paid</dd>' in page, "statuses are named as the store names them"


def test_an_order_that_cannot_be_read_is_shown_as_it_came(client, root, world):
    world.place(CART)
    world.sync()
    record = Record.objects.get()
    Record.objects.update(payload={"order": {"total": "a lot"}}, state="held", reason="order_unreadable")
    page = page_of(client, record)
    assert "This order cannot be read" in page
    assert "a lot" in page


def test_every_attempt_is_told_with_quickbooks_own_number_of_the_call(client, root, world):
    world.set("orders", shipping_item=None)
    world.place({**CART, "order_id": "K3T9Q"})
    world.sync()
    record = Record.objects.get()
    trace = record.postings.get(role="sale").trace
    page = page_of(client, record)
    assert trace in page
    assert reverse("admin:sync_run_change", args=[LogEntry.objects.latest("pk").run_id]) in page


def test_a_refusal_is_told_in_quickbooks_words(client, root, world):
    world.place(CART)
    world.sync()
    record = Record.objects.get()
    record.postings.filter(role="payment").update(state="refused", fault_code="6240", fault_detail="Name taken")
    assert "6240 Name taken" in page_of(client, record)


def test_the_order_is_linked_to_its_page_in_the_store(client, root, world):
    world.place(CART)
    world.sync()
    record = Record.objects.get()
    address = f"https://my.ecwid.com/store/{world.store_id}#order:id={record.store_ref}&amp;return=orders"
    assert f'href="{address}"' in page_of(client, record)


def test_a_long_history_is_told_in_the_sync_log(client, root, world):
    world.place(CART)
    run = world.sync()
    record = Record.objects.get()
    LogEntry.objects.bulk_create(
        LogEntry(
            run=run,
            integration=world.integration,
            record=record,
            kind="order",
            store_ref="x",
            action="unchanged",
            created_at=NOW,
        )
        for _ in range(80)
    )
    assert "All entries in the sync log" in page_of(client, record)
