"""The store adapter: which orders it asks for, what it keeps of them, and what a site says of itself."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.commerce import StoreTax
from integrations.errors import Malformed, NotAllowed, NotFound
from integrations.money import json_loads
from integrations.wix.modules import ALL
from integrations.wix.store import WixStore
from tests.integrations.ecwid.fakes import START, answer
from tests.integrations.wix.fakes import ABSENT, UNKNOWN, Site
from tests.integrations.wix.orders import ORDER_ID, fee, payment, uk_order, us_order

SEARCH, PAYMENTS = "POST /ecom/v1/orders/search", "POST /ecom/v1/payments/list-by-ids"
PARCELS = "POST /ecom/v1/fulfillments/list-by-ids"
PROPERTIES, TAXES = "GET /site-properties/v4/properties", "POST /billing/v1/manual-tax-mappings/query"
SINCE = datetime(2026, 3, 1, tzinfo=UTC)


def written(when):
    return when.isoformat().replace("+00:00", "Z")


def an_order(ref="o1", *, changed=START - timedelta(days=2), **fields):
    return us_order(id=ref, createdDate=written(changed), updatedDate=written(changed), **fields)


@pytest.fixture
def site():
    site = Site()
    site[SEARCH] = {"orders": []}
    site[PAYMENTS] = {"orderTransactions": []}
    return site


def fetched(site, updated_from=None, created_from=SINCE):
    pages = site.store().orders(created_from=created_from, updated_from=updated_from, until=START)
    return [one for page in pages for one in page]


# -- which orders ------------------------------------------------------------------------------------------------------


def test_the_window_of_changes_overlaps_the_last_one():
    site = Site()
    site[SEARCH] = {"orders": []}
    fetched(site, updated_from=START - timedelta(hours=1))
    [body] = site.asked(SEARCH)
    assert body["search"]["filter"] == {
        "createdDate": {"$gte": "2026-03-01T00:00:00.000Z"},
        "updatedDate": {"$gte": "2026-03-10T10:50:00.000Z", "$lte": "2026-03-10T12:00:00.000Z"},
    }
    assert body["search"]["sort"] == [{"fieldName": "updatedDate", "order": "ASC"}]


def test_without_a_window_all_changes_are_asked_for(site):
    fetched(site)
    assert site.asked(SEARCH)[0]["search"]["filter"]["updatedDate"] == {"$lte": "2026-03-10T12:00:00.000Z"}


def test_payments_come_in_one_call_for_a_page(site):
    site[SEARCH] = {"orders": [an_order("o1", paymentStatus="NOT_PAID"), an_order("o2")]}
    site[PAYMENTS] = {"orderTransactions": [{"orderId": "o2", "payments": [payment("64.91")]}]}
    first, second = fetched(site)
    assert site.asked(PAYMENTS) == [{"orderIds": ["o1", "o2"]}]
    assert (WixStore.read_order(first.payload).tenders, len(WixStore.read_order(second.payload).tenders)) == ((), 1)
    assert (first.ref, first.number, first.updated_at) == ("o1", "10057", START - timedelta(days=2))


def test_payments_of_an_order_that_the_list_leaves_out_are_asked_for_by_its_id(site):
    site[SEARCH] = {"orders": [an_order("o1", paymentStatus="PAID"), an_order("o2", paymentStatus="NOT_PAID")]}
    site["GET /ecom/v1/payments/orders/o1"] = {"orderTransactions": {"orderId": "o1", "payments": [payment("64.91")]}}
    first, second = fetched(site)
    assert [tender.method for tender in WixStore.read_order(first.payload).tenders] == ["CreditCard"]
    assert WixStore.read_order(second.payload).tenders == ()


def test_what_changed_lately_is_read_again_by_its_id(site):
    lately = an_order("o1", changed=START - timedelta(minutes=5))
    site[SEARCH] = {"orders": [lately, an_order("o2")]}
    site["GET /ecom/v1/orders/o1"] = {"order": {**lately, "buyerNote": "fresh"}}
    assert [(one.payload["order"].get("buyerNote"), one.is_current) for one in fetched(site)] == [
        ("fresh", True),
        (None, False),
    ]
    site["GET /ecom/v1/orders/o1"] = UNKNOWN
    assert [one.is_current for one in fetched(site)] == [False, False]


def test_orders_that_were_bought_before_the_start_are_not_wanted(site):
    migrated = an_order("old", purchasedDate="2019-01-01T00:00:00.000Z", imported=True)
    site[SEARCH] = {"orders": [migrated]}
    assert fetched(site) == []
    assert site.asked(PAYMENTS) == []


def test_an_order_by_its_id(site):
    site[f"GET /ecom/v1/orders/{ORDER_ID}"] = {"order": uk_order()}
    site[PAYMENTS] = {"orderTransactions": [{"orderId": ORDER_ID, "payments": [payment("54")]}]}
    found = site.store().order(ORDER_ID)
    assert (found.ref, WixStore.read_order(found.payload).total) == (ORDER_ID, 54)
    assert WixStore.read_again({"older": True}, found.payload) == found.payload
    with pytest.raises(NotFound):
        site.store().order("gone")


def test_an_order_that_cannot_be_read_is_filed_all_the_same(site):
    site[SEARCH] = {"orders": [{"createdDate": "yesterday", "updatedDate": "2026-03-02T00:00:00Z", "lineItems": []}]}
    [found] = fetched(site)
    assert found.ref.startswith("unreadable:")
    assert found.created_at == datetime(2026, 3, 2, tzinfo=UTC)
    with pytest.raises(Malformed):
        WixStore.read_order(found.payload)


def test_an_order_of_odd_parts_hides_no_other(site):
    odd = an_order("o1", additionalFees="none", shippingInfo=[], fulfillmentStatus="FULFILLED")
    site[SEARCH] = {"orders": [odd, an_order("o2")]}
    assert [one.ref for one in fetched(site)] == ["o1", "o2"]


def test_a_ticket_that_cannot_be_read_is_filed_all_the_same(site):
    site["GET /events/v1/orders"] = {"orders": [{"status": "PAID"}]}
    [found] = fetched(site)
    assert found.ref.startswith("unreadable:")
    assert found.created_at == START


def test_nothing_is_ever_deleted(site):
    assert list(site.store().deleted_orders(since=SINCE, until=START)) == []


# -- what else is known of them ----------------------------------------------------------------------------------------


def test_parcels_are_asked_for_where_something_was_sent(site):
    site[SEARCH] = {"orders": [an_order("o1", fulfillmentStatus="FULFILLED"), an_order("o2")]}
    parcel = {"createdDate": "2026-03-09T10:00:00.000Z", "trackingInfo": {"trackingNumber": "RM1"}}
    site[PARCELS] = {"ordersWithFulfillments": [{"orderId": "o1", "fulfillments": [parcel]}]}
    sent, waiting = (WixStore.read_order(one.payload) for one in fetched(site))
    assert (sent.tracking_number, waiting.tracking_number) == ("RM1", "")
    assert site.asked(PARCELS) == [{"orderIds": ["o1"]}]


def test_tips_are_asked_for_where_a_fee_may_be_one(site):
    tipped = an_order("o1", additionalFees=[fee("Merci", "4", "4", code="tip-1")])
    site[SEARCH] = {"orders": [tipped, an_order("o2")]}
    site["GET /tips/v1/tips/order/o1"] = {"tip": {"id": "tip-1"}}
    first, second = fetched(site)
    assert (first.payload["tips"], second.payload["tips"]) == (["tip-1"], [])
    assert not any("tips/order/o2" in call["path"] for call in site.session.calls)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_the_app_may_not_read_is_done_without(site, status):
    tipped = an_order("o1", additionalFees=[fee("Merci", "4", "4", code="x")], fulfillmentStatus="FULFILLED")
    site[SEARCH] = {"orders": [tipped]}
    site["GET /tips/v1/tips/order/o1"] = site[PARCELS] = answer({"message": "", "details": {}}, status)
    [found] = fetched(site)
    assert (found.payload["tips"], found.payload["fulfillments"]) == ([], [])


def test_what_the_app_may_not_read_is_asked_for_once(site):
    tipped = [an_order(ref, additionalFees=[fee("Merci", "4", "4", code="x")]) for ref in ("o1", "o2")]
    site[SEARCH] = {"orders": tipped}
    site["GET /tips/v1/tips/order/o1"] = ABSENT
    fetched(site)
    assert [call["path"] for call in site.session.calls if "tips" in call["path"]] == ["/tips/v1/tips/order/o1"]


def test_an_order_without_a_tip_says_nothing_of_the_next(site):
    tipped = [an_order(ref, additionalFees=[fee("Merci", "4", "4", code="x")]) for ref in ("o1", "o2")]
    site[SEARCH] = {"orders": tipped}
    site["GET /tips/v1/tips/order/o2"] = {"tip": {"id": "x"}}
    assert [one.payload["tips"] for one in fetched(site)] == [[], ["x"]]


def test_payments_are_not_done_without(site):
    site[SEARCH] = {"orders": [an_order("o1")]}
    site[PAYMENTS] = ABSENT
    with pytest.raises(NotAllowed):
        fetched(site)


# -- profile -----------------------------------------------------------------------------------------------------------


def test_what_a_site_says_of_itself(site):
    site[PROPERTIES] = {
        "properties": {"paymentCurrency": "GBP", "timeZone": "Europe/London", "siteDisplayName": "Fern & Clay"}
    }
    site[TAXES] = {
        "manualTaxMappings": [
            {"taxName": "VAT", "taxRate": "0.2"},
            {"taxName": "VAT", "taxRate": "0.2"},
            {"taxName": "", "jurisdiction": "New York", "taxRate": "0.08875"},
            {"taxName": "broken"},
        ]
    }
    site["GET /billing/v1/tax-settings"] = {"taxSettings": {"taxIncludedInItemPrices": True}}
    found = site.store().profile()
    assert (found.account_id, found.name, found.currency) == ("instance-1", "Fern & Clay", "GBP")
    assert (found.time_zone, found.prices_include_tax) == ("Europe/London", True)
    rates = json_loads("[20, 8.875]")
    assert found.taxes == (StoreTax("VAT", rates[0]), StoreTax("New York", rates[1]))
    assert dict(found.payment_statuses)["NOT_PAID"] == "Unpaid"


def test_a_site_that_shows_the_app_no_taxes(site):
    site[PROPERTIES] = {"properties": {"paymentCurrency": "usd", "businessName": "Fern"}}
    found = site.store().profile()
    assert (found.name, found.currency, found.time_zone) == ("Fern", "USD", "UTC")
    assert (found.taxes, found.prices_include_tax) == ((), False)


@pytest.mark.parametrize(
    ("apps", "modules"),
    [
        (["stores", "bookings"], ("stores", "bookings", "custom", "other")),
        (["wix-events", "Pricing-Plans"], ("events", "pricing_plans", "custom", "other")),
        (["chat"], ALL),
        ([], ALL),
        (None, ALL),
    ],
)
def test_the_modules_of_a_site(site, apps, modules):
    site[PROPERTIES] = {"properties": {"paymentCurrency": "GBP"}}
    site["GET /apps/v1/instance"] = {"site": {"installedWixApps": apps}}
    assert site.store().profile().modules == modules


def test_a_site_that_is_read_by_a_key_may_have_any_module(site):
    site[PROPERTIES] = {"properties": {"paymentCurrency": "GBP"}}
    site["GET /apps/v1/instance"] = ABSENT
    assert site.store().profile().modules == ALL


def test_a_site_without_a_currency(site):
    site[PROPERTIES] = {"properties": {}}
    with pytest.raises(Malformed):
        site.store().profile()
