"""Whatever Wix sends in whatever place: an order is read or refused, and nothing else happens."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.commerce import Order
from integrations.errors import Malformed
from integrations.money import json_dumps, json_loads
from integrations.wix import catalog_v1
from integrations.wix.store import WixStore
from tests.integrations.wix.orders import (
    PAYMENT_ID,
    fee,
    gift_card,
    membership,
    payload,
    payment,
    refund,
    shipping,
    us_order,
)
from tests.integrations.wix.test_wix_catalog import v1_product
from tests.integrations.wix.test_wix_modules import meal, plan_order, ticket_order

FULL = us_order(
    additionalFees=[fee("Tip", "3", "3", code="t")],
    billingInfo={"address": {"country": "US", "streetAddress": {"name": "A"}}, "contactDetails": {"firstName": "A"}},
    shippingInfo={**shipping("6", "6", "6.48"), "logistics": {"shippingDestination": {"address": {"city": "X"}}}},
    taxInfo={"totalTax": {"amount": "4.51"}, "taxBreakdown": [{"taxName": "State", "rate": "0.08"}]},
)
REFUND = refund("r", (PAYMENT_ID, "5", "SUCCEEDED"), details={"lineItems": [{"lineItemId": "1", "quantity": 1}]})
CASH = payment("5", cashRounding={"roundingAdjustment": {"amount": "0.01"}})
SAMPLES = {
    "eCommerce": payload(
        FULL, payment("64.91"), CASH, gift_card("1"), membership("1", "x"), refunds=[REFUND], fulfillments=[{}]
    ),
    "events": {"module": "events", "order": ticket_order()},
    "plans": {"module": "pricing_plans", "order": plan_order(), "cycle": 1, "started": "2026-03-01T00:00:00Z"},
    "restaurants": {"module": "restaurants", "order": meal()},
}
VALUES = [None, True, 0, -1, 10**30, "", "x", "NaN", "1e999", "-0.001", "99.999", [], ["x"], [None], [{}], {}]
AMOUNTS = [{"amount": "x"}, {"amount": None}, {"amount": "-7"}, {"amount": ""}, {"value": []}]
ODD = st.sampled_from([*VALUES, *AMOUNTS])


def places(value, path=()):
    """Where anything stands in a sample."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*path, key))


def changed(sample, path, odd):
    told = copy.deepcopy(sample)
    row = told
    for key in path[:-1]:
        row = row[key]
    row[path[-1]] = odd
    return told


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_an_order_is_read_or_refused(name, data):
    sample = json_loads(json_dumps(SAMPLES[name]))
    told = changed(sample, data.draw(st.sampled_from(list(places(sample)))), data.draw(ODD))
    try:
        found = WixStore.read_order(told)
    except Malformed:
        return
    assert isinstance(found, Order)
    assert isinstance(found.residual + found.line_tax, type(found.total))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_product_is_read_or_refused(data):
    sample = v1_product(manageVariants=True, variants=[{"id": "v", "variant": {"sku": "S"}, "stock": {"quantity": 1}}])
    told = changed(sample, data.draw(st.sampled_from(list(places(sample)))), data.draw(ODD))
    try:
        list(catalog_v1.products_of(json_loads(json_dumps({**told, "priceData": {}}))))
    except Malformed:
        return
