"""What a shop tells its apps: events of every change, delivered again and again, and spoiled on demand."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.ecwid.events import sign
from tests.sandbox.ecwid_shop import NOON, Clock, Shop
from tests.sandbox.listener import Listener

DAY = 86_400


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener.started() as listener:
        yield listener


@pytest.fixture
def shop(listener: Listener) -> Shop:
    shop = Shop(Clock())
    settings(shop, url=listener.url, automatic=False)
    return shop


def control(shop: Shop, method: str, path: str, body: Any = None) -> Any:
    response = shop.client.open(f"/control/webhooks{path}", method=method, json=body or {})
    assert response.status_code == 200, response.text
    return response.json


def settings(shop: Shop, **values: Any) -> Any:
    return control(shop, "PATCH", "", values)


def deliver(shop: Shop, **how: Any) -> int:
    return int(control(shop, "POST", "/deliver", how)["sent"])


def log(shop: Shop) -> list[Any]:
    return list(control(shop, "GET", "/deliveries"))


def told(shop: Shop, listener: Listener) -> list[Any]:
    """The events that arrived since the last look."""
    deliver(shop, all=True)
    heard, listener.heard[:] = [json.loads(each.body) for each in listener.heard], []
    return heard


def kinds(events: list[Any]) -> list[str]:
    return [event["eventType"] for event in events]


# -- events ------------------------------------------------------------------------------------------------------


def test_the_signature_covers_moment_and_identity_only():
    event = {"eventCreated": 1760000000, "eventId": "7d3f1f6e-5d0b-4c52-9a53-2f2d7a9b1c01"}
    assert sign("sim_client_secret_0123456789", event) == "cCB9KEzXLo5aRhOeaEnw2Nfh1m9CvXHMhSmvUMZocF8="


def test_a_message_is_signed_and_names_its_event_in_the_address(shop: Shop, listener: Listener):
    order = shop.place(lines=[{"sku": "WRAP"}], payment_status="AWAITING_PAYMENT")
    deliver(shop)
    (heard,) = listener.heard
    assert heard.path == "/hooks?eventtype=order.created"
    event = json.loads(heard.body)
    assert event == {
        "eventId": event["eventId"],
        "eventCreated": NOON,
        "storeId": 1003,
        "entityId": order["internalId"],
        "eventType": "order.created",
        "data": {
            "orderId": order["id"],
            "newPaymentStatus": "AWAITING_PAYMENT",
            "newFulfillmentStatus": "AWAITING_PROCESSING",
        },
    }
    digest = hmac.new(b"sandbox-secret", f"{NOON}.{event['eventId']}".encode(), hashlib.sha256).digest()
    assert heard.headers["x-ecwid-webhook-signature"] == base64.b64encode(digest).decode()


def test_a_checkout_tells_of_the_order_and_of_each_stocked_product(shop: Shop, listener: Listener):
    shop.place(lines=[{"sku": "CHA-CED"}, {"sku": "TUQ-IVO"}])
    assert sorted(kinds(told(shop, listener))) == ["order.created", "product.updated", "product.updated"]


def test_a_status_change_tells_both_statuses(shop: Shop, listener: Listener):
    order = shop.place(payment_status="AWAITING_PAYMENT")
    told(shop, listener)
    shop.control("POST", f"/orders/{order['id']}/cancel")
    (event,) = told(shop, listener)
    assert event["eventType"] == "order.updated"
    statuses = {name: event["data"][name] for name in ("oldPaymentStatus", "newPaymentStatus")}
    assert statuses == {"oldPaymentStatus": "AWAITING_PAYMENT", "newPaymentStatus": "CANCELLED"}


def test_abandoned_carts_have_events_of_their_own(shop: Shop, listener: Listener):
    order = shop.place(payment_status="INCOMPLETE")
    shop.control("PATCH", f"/orders/{order['id']}", {"paymentStatus": "PAID"})
    shop.control("DELETE", f"/orders/{order['id']}")
    events = told(shop, listener)
    assert kinds(events) == ["unfinished_order.created", "order.created", "order.deleted"]
    assert {event["entityId"] for event in events} == {order["internalId"]}


def test_writes_through_the_api_come_back_as_events(shop: Shop, listener: Listener):
    shop.call("PUT", "/products/501", json={"quantity": 3})
    made = shop.call("POST", "/products", json={"name": "New"}).json["id"]
    shop.call("DELETE", f"/products/{made}")
    assert kinds(told(shop, listener)) == ["product.updated", "product.created", "product.deleted"]


def test_what_was_refused_is_not_told(shop: Shop, listener: Listener):
    shop.call("POST", "/orders", json={"items": [{"name": "X"}]})
    too_much = shop.client.post("/control/stores/1003/orders/NOPE/refund", json={})
    assert too_much.status_code == 404
    assert told(shop, listener) == []


def test_an_uninstalled_app_hears_of_it_and_then_nothing_more(shop: Shop, listener: Listener):
    shop.control("POST", "/tokens/revoke")
    shop.place()
    (event,) = told(shop, listener)
    assert (event["eventType"], event["entityId"], event["storeId"]) == ("application.uninstalled", "1003", 1003)


def test_an_event_can_be_made_up(shop: Shop, listener: Listener):
    old = {"storeId": 1, "eventType": "order.updated", "entityId": 7, "eventId": "e-1", "eventCreated": NOON - 2 * DAY}
    control(shop, "POST", "/events", old)
    assert told(shop, listener) == [old]


# -- delivery ----------------------------------------------------------------------------------------------------


def test_without_an_address_nothing_is_kept(listener: Listener):
    shop = Shop(Clock())
    shop.place()
    assert log(shop) == []


@pytest.mark.parametrize(
    ("status", "state"), [(202, "delivered"), (209, "delivered"), (203, "waiting"), (302, "waiting")]
)
def test_only_some_answers_count_as_success(shop: Shop, listener: Listener, status: int, state: str):
    listener.statuses = [status]
    shop.place(lines=[{"sku": "WRAP"}])
    deliver(shop)
    (delivery,) = log(shop)
    assert (delivery["state"], delivery["attempts"]) == (state, [{"at": NOON, "status": status}])


def test_failures_are_tried_again_for_a_day(shop: Shop, listener: Listener):
    listener.statuses = [500] * 99
    shop.place(lines=[{"sku": "WRAP"}])
    deliver(shop)
    moments = [900, 1800, 2700, *(hour * 3600 for hour in range(1, 25))]
    for moment in moments:
        shop.clock.seconds = NOON + moment - 1
        assert deliver(shop) == 0
        shop.clock.seconds = NOON + moment
        assert deliver(shop) == 1
    (delivery,) = log(shop)
    assert (delivery["state"], len(delivery["attempts"])) == ("failed", 28)
    assert deliver(shop, all=True) == 0


def test_the_waits_can_be_shortened(shop: Shop, listener: Listener):
    settings(shop, time_scale=0.01)
    listener.statuses = [500]
    shop.place(lines=[{"sku": "WRAP"}])
    deliver(shop)
    shop.clock.seconds += 9
    assert deliver(shop) == 1
    assert log(shop)[0]["state"] == "delivered"


def test_nobody_at_the_address_is_a_failure_too(shop: Shop):
    settings(shop, url="http://127.0.0.1:1/hooks")
    shop.place(lines=[{"sku": "WRAP"}])
    deliver(shop)
    (delivery,) = log(shop)
    assert delivery["state"] == "waiting"
    assert "refused" in delivery["attempts"][0]["error"]


def test_messages_leave_by_themselves(shop: Shop, listener: Listener):
    settings(shop, automatic=True)
    shop.place(lines=[{"sku": "WRAP"}])
    assert listener.arrived.acquire(timeout=30)
    assert json.loads(listener.heard[0].body)["eventType"] == "order.created"


# -- spoiled -----------------------------------------------------------------------------------------------------


def test_duplicates_are_the_same_word_for_word(shop: Shop, listener: Listener):
    settings(shop, duplicates=2)
    shop.place(lines=[{"sku": "WRAP"}])
    deliver(shop)
    assert len(listener.heard) == 3
    assert len({(heard.body, heard.headers["x-ecwid-webhook-signature"]) for heard in listener.heard}) == 1


def test_a_delivery_can_be_repeated_later(shop: Shop, listener: Listener):
    shop.place(lines=[{"sku": "WRAP"}])
    deliver(shop)
    shop.clock.seconds += DAY
    control(shop, "POST", "/deliveries/1/repeat")
    deliver(shop)
    assert listener.heard[0].body == listener.heard[1].body
    assert shop.client.post("/control/webhooks/deliveries/9/repeat").status_code == 400


def test_reordered_messages_overtake_each_other(shop: Shop, listener: Listener):
    settings(shop, reorder=True)
    first, second = (shop.place(lines=[{"sku": "WRAP"}])["internalId"] for _ in range(2))
    assert [event["entityId"] for event in told(shop, listener)] == [second, first]


def test_delayed_messages_wait(shop: Shop, listener: Listener):
    settings(shop, delay_seconds=30)
    shop.place(lines=[{"sku": "WRAP"}])
    assert deliver(shop) == 0
    shop.clock.seconds += 30
    assert deliver(shop) == 1


def test_dropped_messages_are_in_the_log_only(shop: Shop, listener: Listener):
    settings(shop, drop=True)
    shop.place(lines=[{"sku": "WRAP"}])
    assert deliver(shop, all=True) == 0
    assert [delivery["state"] for delivery in log(shop)] == ["dropped"]
    control(shop, "DELETE", "/deliveries")
    assert log(shop) == []


def test_the_signature_can_be_wrong_or_missing(shop: Shop, listener: Listener):
    for signature in ("right", "wrong", "missing"):
        settings(shop, signature=signature)
        shop.place(lines=[{"sku": "WRAP"}])
    deliver(shop)
    signatures = [heard.headers.get("x-ecwid-webhook-signature") for heard in listener.heard]
    right = sign("sandbox-secret", json.loads(listener.heard[0].body))
    assert signatures[0] == right
    assert signatures[1] not in {None, sign("sandbox-secret", json.loads(listener.heard[1].body))}
    assert signatures[2] is None


@pytest.mark.parametrize("wrong", [{"colour": 1}, {"signature": "maybe"}, {"url": "nowhere"}])
def test_settings_that_are_none_are_refused(shop: Shop, wrong: Any):
    assert shop.client.patch("/control/webhooks", json=wrong).status_code == 400


def test_a_reset_forgets_address_and_log(shop: Shop):
    shop.place()
    shop.client.post("/control/reset", json={})
    assert control(shop, "GET", "")["url"] is None
    assert log(shop) == []
