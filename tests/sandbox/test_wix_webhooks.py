"""What a site tells its apps: one signed text for each event, again and again until it is heard (rows 22 to 24)."""

import base64
import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from tests.sandbox.listener import Listener
from tests.sandbox.wix_site import Site

ECOM = "wix.ecom.v1"
MINUTES = [1, 10, 60, 120, 120, 120, 240, 240, 240, 480, 480, 720]


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener.started() as listener:
        yield listener


@pytest.fixture
def site(listener: Listener) -> Site:
    site = Site()
    settings(site, url=listener.url, automatic=False)
    return site


def settings(site, **values):
    assert site.client.patch("/control/webhooks", json=values).status_code == 200


def deliver(site, **how):
    return site.client.post("/control/webhooks/deliver", json=how).json["sent"]


def part(text):
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def envelope(body):
    return json.loads(part(body.decode().split(".")[1])["data"])


def told(site, listener):
    """(event type, its data) of all that arrived since the last look."""
    deliver(site, all=True)
    heard, listener.heard[:] = [envelope(each.body) for each in listener.heard], []
    return [(each["eventType"], json.loads(each["data"])) for each in heard]


def kinds(events):
    return [event_type for event_type, _ in events]


def verified(site, body):
    key = serialization.load_pem_public_key(site.client.get("/control/app").json["publicKey"].encode())
    signed, _, mark = body.decode().rpartition(".")
    signature = base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4))
    try:
        key.verify(signature, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


# -- form --------------------------------------------------------------------------------------------------------


def test_an_event_is_json_in_json_in_a_signed_text(site, listener):
    order = site.place()
    deliver(site, all=True)
    [body] = [each.body for each in listener.heard if envelope(each.body)["eventType"] == f"{ECOM}.order_approved"]
    head, payload = (part(each) for each in body.decode().split(".")[:2])
    assert head["alg"] == "RS256"
    assert (payload["iat"], payload["exp"]) == (int(site.clock.seconds), int(site.clock.seconds) + 600)
    outer = json.loads(payload["data"])
    assert outer["instanceId"] == site.instance_id
    assert json.loads(outer["identity"])["identityType"] == "WIX_USER"
    inner = json.loads(outer["data"])
    assert (inner["entityFqdn"], inner["slug"], inner["entityId"]) == (f"{ECOM}.order", "approved", order["id"])
    assert inner["actionEvent"]["body"]["order"]["number"] == "10001"
    assert verified(site, body)


@pytest.mark.parametrize("signature", ["wrong", "missing"])
def test_signatures_can_be_bad(site, listener, signature):
    settings(site, signature=signature)
    site.place()
    deliver(site, all=True)
    assert not any(verified(site, each.body) for each in listener.heard)


def test_entities_may_be_text(site, listener):
    site.switch(event_bodies="text")
    site.place()
    events = dict(told(site, listener))
    assert json.loads(events[f"{ECOM}.order_created"]["createdEvent"]["entityAsJson"])["number"] == "10001"
    assert json.loads(events[f"{ECOM}.order_updated"]["updatedEvent"]["currentEntityAsJson"])["number"] == "10001"


def test_the_key_outlives_a_reset(site):
    before = site.client.get("/control/app").json["publicKey"]
    site.client.post("/control/reset", json={})
    assert site.client.get("/control/app").json["publicKey"] == before


# -- which events ------------------------------------------------------------------------------------------------

PAID = {
    f"{ECOM}.order_created",
    f"{ECOM}.order_approved",
    f"{ECOM}.order_payment_status_updated",
    f"{ECOM}.order_transactions_details_updated",
    f"{ECOM}.order_updated",
}


def test_a_paid_order_is_told_in_five_ways(site, listener):
    site.place()
    events = told(site, listener)
    assert {kind for kind in kinds(events) if kind.startswith(ECOM)} == PAID
    sequences = [int(data["entityEventSequence"]) for kind, data in events if kind.startswith(ECOM)]
    assert all(first < second for first, second in pairwise(sequences))


def test_what_happens_to_an_order_is_told(site, listener):
    order = site.place(shipping=5)
    path = f"/orders/{order['id']}"
    told(site, listener)
    site.control("POST", f"{path}/edit", {"cart": {"lines": [{"sku": "MUG"}], "shipping": 5}})
    assert f"{ECOM}.order_committed" in kinds(told(site, listener))
    site.control("POST", f"{path}/fulfil")
    assert f"{ECOM}.order_fulfilled" in kinds(told(site, listener))
    site.control("POST", f"{path}/cancel", {"restockAllItems": True})
    events = dict(told(site, listener))
    assert events[f"{ECOM}.order_canceled"]["actionEvent"]["body"]["restockAllItems"] is True
    site.control("POST", f"{path}/chargeback")
    site.control("POST", f"{path}/chargeback", {"reversed": True})
    chargebacks = [kind for kind in kinds(told(site, listener)) if "chargeback" in kind]
    assert chargebacks == [f"{ECOM}.order_transactions_chargeback_{verb}" for verb in ("approved", "reversed")]


def test_a_refund_is_told_when_it_is_over(site, listener):
    order = site.place()
    refund = site.control("POST", f"/orders/{order['id']}/refund", {"outcome": "PENDING"})
    completed = f"{ECOM}.order_transactions_refund_completed"
    assert completed not in kinds(told(site, listener))
    site.control("POST", f"/orders/{order['id']}/refunds/{refund['id']}/settle", {"outcome": "SUCCEEDED"})
    events = dict(told(site, listener))
    assert events[completed]["actionEvent"]["body"]["refund"]["id"] == refund["id"]
    details = events[f"{ECOM}.order_transactions_details_updated"]["actionEvent"]["body"]
    assert details["refundIds"] == [refund["id"]]


def test_imported_orders_tell_that_alone(site, listener):
    site.place(imported=True)
    assert kinds(told(site, listener)) == [f"{ECOM}.order_imported"]


def test_a_sale_moves_stock_in_the_words_of_its_catalogue(site, listener):
    site.place([{"sku": "MUG", "quantity": 3}])
    old = "com.wix.ecommerce.inventory.api.v1.InventoryVariantsChanged"
    assert dict(told(site, listener))[old]["variants"][0] | {"id": ""} == {"id": "", "oldValue": 20, "newValue": 17}
    site.on("fern").place([{"sku": "VASE"}])
    new = dict(told(site, listener))["wix.stores.catalog.v3.inventory_item_updated_with_reason"]
    body = new["actionEvent"]["body"]
    assert (body["currentEntity"]["quantity"], body["reason"], body["appId"]) == (21, "ORDER", "")


def test_our_own_writes_come_back_with_our_name(site, listener):
    modern = site.on("fern")
    item = modern.post("/stores/v3/inventory-items/query")["inventoryItems"][0]
    row = {"inventoryItem": {"id": item["id"], "revision": item["revision"], "quantity": 3}}
    modern.patch(f"/stores/v3/inventory-items/{item['id']}", {**row, "reason": "MANUAL"})
    event = dict(told(site, listener))["wix.stores.catalog.v3.inventory_item_updated_with_reason"]
    app = site.client.get("/control/app").json["appId"]
    assert (event["actionEvent"]["body"]["appId"], event["actionEvent"]["body"]["reason"]) == (app, "MANUAL")


@pytest.mark.parametrize(
    ("key", "expected"),
    [("harbor", "com.wix.ecommerce.catalog.api.v1.ProductChanged"), ("fern", "wix.stores.catalog.v3.product_updated")],
)
def test_products_are_told(site, listener, key, expected):
    there = site.on(key)
    product = there.control("GET", "/products")[0]
    there.control("PATCH", f"/products/{product['id']}", {"name": "Renamed"})
    assert kinds(told(site, listener)) == [expected]


def test_modules_tell_of_their_orders(site, listener):
    site.on("fern").control("POST", "/events/orders", {"tickets": [{"name": "Fair", "price": 6}]})
    assert kinds(told(site, listener)) == ["wix.events.ticketing.events.OrderConfirmed"]
    order = site.on("studio").control("POST", "/plans/orders", {"price": 15})
    assert "wix.pricing_plans.v2.order_cycle_started" in kinds(told(site, listener))
    site.on("studio").control("POST", f"/plans/orders/{order['id']}/cycle")
    assert "wix.pricing_plans.v2.order_cycle_started" in kinds(told(site, listener))
    site.on("kissa").control("POST", "/restaurants/orders", {"items": [{"name": "Curry", "price": 980}]})
    assert kinds(told(site, listener)) == ["wix.restaurants.v3.order_created"]


def test_the_app_comes_and_goes_in_flat_events(site, listener):
    site.control("POST", "/uninstall")
    site.place()
    site.control("POST", "/install")
    app = site.client.get("/control/app").json["appId"]
    assert told(site, listener) == [("AppRemoved", {"appId": app}), ("AppInstalled", {"appId": app})]
    origin = site.instance_id
    site.control("POST", "/duplicate", {"key": "copy"})
    assert told(site, listener) == [("AppInstalled", {"appId": app, "originInstanceId": origin})]


def test_events_can_be_made_up(site, listener):
    event = {"site": "harbor", "eventType": "wix.unheard_of", "data": "no JSON", "instanceId": "somebody"}
    assert site.client.post("/control/webhooks/events", json=event).status_code == 200
    deliver(site, all=True)
    outer = envelope(listener.heard[0].body)
    assert (outer["eventType"], outer["instanceId"], outer["data"]) == ("wix.unheard_of", "somebody", "no JSON")


# -- delivery ----------------------------------------------------------------------------------------------------


def test_what_is_not_heard_is_told_again_twelve_times(site, listener):
    site.control("POST", "/uninstall")
    listener.statuses += [500] * 13
    waits = []
    for minutes in [0, *MINUTES]:
        site.clock.seconds += minutes * 60 - 1
        early = deliver(site) if minutes else 0
        site.clock.seconds += 1
        waits.append((early, deliver(site)))
    assert waits == [(0, 1)] * 13
    site.clock.seconds += 86_400
    assert deliver(site) == 0
    assert len({each.body for each in listener.heard}) == 1


def test_nothing_but_200_is_a_success(site, listener):
    listener.statuses.append(204)
    site.control("POST", "/uninstall")
    deliver(site)
    site.clock.seconds += 60
    assert deliver(site) == 1


def test_messages_may_come_twice(site, listener):
    settings(site, duplicates=1)
    site.control("POST", "/uninstall")
    deliver(site)
    assert [each.body for each in listener.heard] == [listener.heard[0].body] * 2


# -- addresses -----------------------------------------------------------------------------------------------------


def test_each_type_of_event_may_have_an_address_of_its_own(site, listener):
    settings(site, urls={f"{ECOM}.order_approved": f"{listener.url}/approved"})
    site.place()
    deliver(site, all=True)
    heard = {envelope(each.body)["eventType"]: each.path for each in listener.heard}
    assert heard[f"{ECOM}.order_approved"].endswith("/approved")
    assert not heard[f"{ECOM}.order_created"].endswith("/approved")


def test_types_without_an_address_are_not_told(site, listener):
    settings(site, url=None, urls={f"{ECOM}.order_approved": listener.url})
    site.place()
    assert kinds(told(site, listener)) == [f"{ECOM}.order_approved"]


def test_what_is_no_address_is_refused(site):
    assert site.client.patch("/control/webhooks", json={"urls": {"AppRemoved": "nowhere"}}).status_code == 400
