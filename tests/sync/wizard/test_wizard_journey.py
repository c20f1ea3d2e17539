"""From two connected accounts to the first posted orders, by accepting every default (L10)."""

from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from accounts.models import Business
from sync.models import Run
from sync.tasks import sync_once
from tests.support.office import person
from tests.support.setup import PAIRS, Pair, accept_everything, begin, consent, typed
from tests.support.shops import STANDARD

BEFORE = {
    **STANDARD,
    "lines": [{"sku": "SHIRT", "name": "Shirt", "price": "19.99", "quantity": 2}],
    "shipping": "7.00",
}
COUPON = {
    **STANDARD,
    "payment_method": "PayPal",
    "lines": [{"sku": "CUP", "name": "Cup", "price": "9.50"}],
    "coupon": {"type": "absolute", "value": "2.00", "code": "TWO"},
}
UNTAXED = {**STANDARD, "lines": [{"sku": "BOOK", "name": "Book", "price": "30.00", "taxes": []}]}


@pytest.fixture
def root(client, db):
    user = person("root", is_superuser=True)
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", PAIRS)
def test_accepting_every_default_posts_the_first_orders_to_the_cent(client, root, sandbox, time, *, name):
    pair = Pair.connect(sandbox, name)
    pair.place(BEFORE)
    integration = begin(client, pair.business)
    accept_everything(client, integration)
    pair.place(COUPON, UNTAXED)

    sync_once(integration.pk, time.clock)

    records = integration.records.all()
    assert {(record.number, record.state, record.reason) for record in records} == {
        (record.number, "posted", "") for record in records
    }
    posted = [row["TotalAmt"] for row in pair.documents("Invoice")]
    assert len(posted) == 3
    assert sum(posted) == sum(Decimal(str(order["total"])) for order in pair.orders())


def test_nothing_is_synchronised_before_it_goes_live(client, root, sandbox, time):
    pair = Pair.connect(sandbox, "CA")
    integration = begin(client, pair.business)
    pair.place(BEFORE)
    sync_once(integration.pk, time.clock)
    assert not Run.objects.exists()
    assert not pair.documents("Invoice")


def test_the_pages_come_in_their_order(client, root, sandbox):
    integration = begin(client, Pair.connect(sandbox, "CA").business)
    assert accept_everything(client, integration) == [
        "options", "flows", "sales", "advanced", "items", "taxes", "payments", "preview", "live",
    ]  # fmt: skip


def test_consent_leads_back_to_the_setup(client, root, sandbox, db):
    business = Business.objects.create(name="Maple Goods")
    for side, start, choice in (
        ("store", "connect:ecwid_start", {"store_id": "1003"}),
        ("books", "connect:quickbooks_start", {"realm": "9341450000000001"}),
    ):
        here = reverse("sync:setup_connect", args=[business.pk, side])
        away = client.post(f"{reverse(start)}?business={business.pk}&back={here}").url
        assert client.get(consent(away, **choice)).url == here
        away = client.post(f"{reverse(start)}?business={business.pk}&back={here}").url
        assert client.get(consent(away, "deny")).url == here


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_consent_never_leads_out_of_the_site(client, root, sandbox, elsewhere):
    business = Business.objects.create(name="Maple Goods")
    start = reverse("connect:ecwid_start")
    away = client.post(f"{start}?{urlencode({'business': business.pk, 'back': elsewhere})}").url
    answer = client.get(consent(away, store_id="1003"))
    assert answer.url.startswith("/integrations/storeconnection/")


def test_a_token_typed_in_leads_back_to_the_setup(client, root, sandbox):
    business = Business.objects.create(name="Maple Goods")
    here = reverse("sync:setup_connect", args=[business.pk, "store"])
    url = f"{reverse('connect:ecwid_token')}?business={business.pk}&back={here}"
    given = typed(client.get(url).context["form"], account_id="1003", access_token="secret_sim_1003")
    assert client.post(url, given).url == here


def test_a_test_call_leads_back_to_the_setup(client, root, sandbox):
    pair = Pair.connect(sandbox, "CA")
    here = reverse("sync:setup_connect", args=[pair.business.pk, "store"])
    assert client.post(f"{reverse('connect:store_check', args=[pair.store.pk])}?back={here}").url == here
