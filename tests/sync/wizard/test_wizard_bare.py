"""Companies and stores that are not ready: what is missing is made, what does not answer is told (L10, M2, M5)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from integrations.connecting import check_books
from integrations.errors import TemporaryError
from integrations.models import BooksObject
from sync.models import OrderSettings, PaymentMapping, SetupProgress, TaxMapping
from sync.tasks import sync_once
from sync.wizard import survey
from sync.wizard.patience import page_clock
from tests.support.office import person
from tests.support.pages import said
from tests.support.setup import Pair, accept_everything, begin, page, save
from tests.support.shops import STANDARD

ORDER = {
    **STANDARD,
    "lines": [{"sku": "SHIRT", "name": "Shirt", "price": "19.99", "quantity": 3}],
    "shipping": "7.00",
    "coupon": {"type": "absolute", "value": "2.00", "code": "TWO"},
}
USUAL = {"Item": ("Shipping", "Discount", "Rounding", "Fees"), "Account": ("Ecwid Clearing", "PayPal Clearing")}


@pytest.fixture
def root(client, db):
    user = person("root", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def pair(sandbox, db):
    return Pair.connect(sandbox, "CA")


@pytest.fixture
def bare(pair, sandbox):
    """The company without any of the items and accounts that a store needs."""
    for entity, names in USUAL.items():
        for entry in BooksObject.objects.filter(books=pair.books, type=entity, name__in=names):
            sandbox.quickbooks.change(pair.books.account_id, entity, entry.books_ref, Active=False)
    check_books(pair.books)
    return pair


def named(pair, entity, name):
    return [row for row in pair.documents(entity) if row["Name"] == name]


def test_what_a_company_lacks_is_made_and_the_first_order_is_right_to_the_cent(client, root, bare, time):
    integration = begin(client, bare.business)
    accept_everything(client, integration)
    bare.place(ORDER)
    sync_once(integration.pk, time.clock)
    (record,) = integration.records.all()
    assert (record.state, record.reason) == ("posted", "")
    (invoice,), (order,) = bare.documents("Invoice"), bare.orders()
    assert invoice["TotalAmt"] == Decimal(str(order["total"]))
    for entity, name in [("Item", "Shipping"), ("Item", "Discount"), ("Account", "Boutique Érable Clearing")]:
        assert len(named(bare, entity, name)) == 1, name


def test_nothing_is_made_that_was_not_asked_for(client, root, bare):
    integration = begin(client, bare.business)
    assert save(client, integration, "sales", create_items=None).status_code == 302
    assert not named(bare, "Item", "Shipping")
    assert OrderSettings.objects.get().shipping_item is None


def test_what_quickbooks_does_not_make_is_said_and_nothing_is_saved(client, root, bare, sandbox):
    integration = begin(client, bare.business)
    sandbox.quickbooks.fault("status", status=503, method="POST", path="/account")
    answer = save(client, integration, "payments")
    assert "gave no clear answer" in answer.content.decode()
    assert answer.context["form"]["create_account"].value()
    assert integration.payments.account is None
    assert save(client, integration, "payments").status_code == 302
    assert len(named(bare, "Account", "Boutique Érable Clearing")) == 1


def test_the_taxes_and_methods_of_the_latest_orders_are_known_before_they_are_asked_for(client, root, pair):
    pair.place({**ORDER, "payment_method": "Gift voucher"})
    integration = begin(client, pair.business)
    taxes = [row.taxes for row in TaxMapping.objects.filter(integration=integration)]
    assert ["GST 5", "QST 9.975"] in taxes
    assert [] in taxes
    methods = set(PaymentMapping.objects.filter(integration=integration).values_list("method", flat=True))
    assert {"Credit card", "PayPal", "Gift voucher"} <= methods


def test_looking_at_the_store_files_nothing(client, root, pair):
    pair.place(ORDER)
    integration = begin(client, pair.business)
    assert not integration.records.exists()
    assert integration.orders_read_until is None


def test_a_second_look_finds_what_is_new_and_nothing_twice(client, root, pair):
    integration = begin(client, pair.business)
    before = TaxMapping.objects.count()
    pair.place({**ORDER, "lines": [{"sku": "X", "name": "X", "price": "1.00", "taxes": [{"name": "Eco", "value": 2}]}]})
    answer = client.post(reverse("sync:setup_refresh", args=[integration.pk, "taxes"]))
    assert "1 new row" in said(answer)
    assert TaxMapping.objects.count() == before + 1
    client.post(reverse("sync:setup_refresh", args=[integration.pk, "taxes"]))
    assert TaxMapping.objects.count() == before + 1


def test_refresh_reads_tax_codes_as_they_are_now(client, root, pair, sandbox):
    integration = begin(client, pair.business)
    code = BooksObject.objects.get(books=pair.books, type="TaxCode", name="HST ON")
    sandbox.quickbooks.change(pair.books.account_id, "TaxCode", code.books_ref, Name="HST Ontario")
    assert "HST Ontario" not in client.get(page(integration, "taxes")).content.decode()
    client.post(reverse("sync:setup_refresh", args=[integration.pk, "taxes"]))
    assert "HST Ontario" in client.get(page(integration, "taxes")).content.decode()


def test_a_store_that_is_silent_does_not_stop_the_setup(client, root, pair, sandbox):
    sandbox.ecwid.fault("status", status=500, path="/(orders|products)", times=99)
    integration = begin(client, pair.business)
    assert client.get(page(integration, "options")).status_code == 200
    assert SetupProgress.of(integration).skus_checked_at is None
    assert TaxMapping.objects.filter(integration=integration).exists()


def test_the_look_at_a_large_store_ends_after_some_seconds(client, root, pair, time, monkeypatch):
    monkeypatch.setattr(survey, "LASTS", timedelta(0))
    monkeypatch.setattr("integrations.ecwid.client.PAGE_SIZE", 10)
    integration = begin(client, pair.business)
    found = survey.look_at_products(integration, clock=time.clock)
    assert found.seen
    assert not found.complete


def test_a_page_does_not_wait_as_long_as_a_sync_would():
    slept = []
    clock = page_clock(sleep=slept.append)
    clock.sleep(1)
    with pytest.raises(TemporaryError):
        clock.sleep(60)
    assert slept == [1]


def prepared(client, pair):
    """A draft with its pages up to the preview saved as they are offered."""
    integration = begin(client, pair.business)
    for step in ("options", "flows", "sales", "advanced", "items", "taxes", "payments"):
        assert save(client, integration, step).status_code == 302
    return integration


def test_the_next_ten_orders_are_shown_before_going_live(client, root, pair):
    pair.place(*(ORDER for _number in range(12)))
    draft = prepared(client, pair)
    answer = client.get(page(draft, "preview"))
    shown = answer.content.decode()
    assert "10 of the next 10 orders would go into the books." in shown
    assert shown.count("Proven: the store says") == 10
    assert not draft.records.exists()
    assert pair.documents("Invoice") == []


def test_without_any_order_the_preview_says_so(client, root, pair):
    draft = prepared(client, pair)
    assert "no new order to show" in client.get(page(draft, "preview")).content.decode()


def test_a_store_that_is_silent_keeps_nobody_from_going_on(client, root, pair, sandbox):
    draft = prepared(client, pair)
    sandbox.ecwid.fault("status", status=403, times=99)
    answer = client.get(page(draft, "preview"))
    assert "errornote" in answer.content.decode()
    assert save(client, draft, "preview").url == page(draft, "live")
