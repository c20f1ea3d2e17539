"""What QuickBooks tells the app of, in both formats."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.sandbox.listener import Heard, Listener
from tests.sandbox.quickbooks_desk import MORNING, REALMS, Desk


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener.started() as listener:
        yield listener


@pytest.fixture
def desk(listener: Listener) -> Desk:
    desk = Desk()
    desk.control("PATCH", "webhooks", {"url": listener.url, "automatic": False})
    return desk


def deliver(desk: Desk, **how: Any) -> int:
    return int(desk.control("POST", "webhooks/deliver", how)["sent"])


def told(desk: Desk, listener: Listener) -> list[list[tuple[str, str]]]:
    """(type, entity id) of the events of each message since the last look."""
    deliver(desk, all=True)
    found = [[(each["type"], each["intuitentityid"]) for each in json.loads(heard.body)] for heard in listener.heard]
    listener.heard.clear()
    return found


def signature_of(heard: Heard) -> str:
    return base64.b64encode(hmac.new(b"sandbox-verifier", heard.body, hashlib.sha256).digest()).decode()


def test_cloud_events_are_a_list_signed_over_the_raw_body(desk: Desk, listener: Listener) -> None:
    invoice = desk.invoice()
    deliver(desk)
    (heard,) = listener.heard
    (event,) = json.loads(heard.body)
    assert heard.path == "/hooks"
    assert heard.headers["intuit-signature"] == signature_of(heard)
    assert event["specversion"] == "1.0"
    assert (event["type"], event["intuitentityid"]) == ("qbo.invoice.created.v1", invoice["Id"])
    assert (event["intuitaccountid"], event["data"]) == (desk.realm, {})
    seconds, fraction = event["time"].split(".")
    assert seconds == "2026-09-21T14:13:20"
    assert len(fraction) == len("004417236Z")


def test_the_older_form_names_realm_and_entities(desk: Desk, listener: Listener) -> None:
    desk.switch(webhook_format="notifications")
    invoice = desk.invoice()
    deliver(desk)
    (heard,) = listener.heard
    ((row),) = json.loads(heard.body)["eventNotifications"]
    (entity,) = row["dataChangeEvent"]["entities"]
    assert row["realmId"] == desk.realm
    assert (entity["name"], entity["id"], entity["operation"]) == ("Invoice", invoice["Id"], "Create")
    assert datetime.fromisoformat(entity["lastUpdated"]).timestamp() == desk.clock.time
    assert heard.headers["intuit-notification-schema-version"] == "0.1"
    assert heard.headers["intuit-signature"] == signature_of(heard)


def test_updates_deletions_and_voids_have_their_words(desk: Desk, listener: Listener) -> None:
    kept, gone = desk.invoice(), desk.invoice()
    told(desk, listener)
    kept = desk.write("Invoice", desk.version(kept, PrivateNote="x"))
    desk.write("Invoice", {"Id": kept["Id"], "SyncToken": kept["SyncToken"]}, operation="void")
    desk.write("Invoice", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    assert told(desk, listener) == [
        [("qbo.invoice.updated.v1", kept["Id"])],
        [("qbo.invoice.voided.v1", kept["Id"])],
        [("qbo.invoice.deleted.v1", gone["Id"])],
    ]


def test_a_form_that_was_sent_is_told(desk: Desk, listener: Listener) -> None:
    invoice = desk.invoice(BillEmail={"Address": "ana@example.test"})
    told(desk, listener)
    desk.send("POST", f"invoice/{invoice['Id']}/send")
    assert told(desk, listener) == [[("qbo.invoice.emailed.v1", invoice["Id"])]]


def test_what_one_request_changed_comes_together_once_each(desk: Desk, listener: Listener) -> None:
    invoice = desk.invoice()
    told(desk, listener)
    payment = desk.write("Payment", desk.payment("100.00", ("Invoice", invoice, "100.00")))
    (message,) = told(desk, listener)
    assert sorted(message) == [
        ("qbo.invoice.updated.v1", invoice["Id"]),
        ("qbo.payment.created.v1", payment["Id"]),
    ]


def test_what_is_not_subscribed_to_is_not_told(desk: Desk, listener: Listener) -> None:
    desk.control("POST", f"companies/{desk.realm}/objects", {"type": "TaxCode", "object": {"Name": "X"}})
    desk.write("Attachable", {"Note": "x"})
    desk.refused("Customer", {"DisplayName": "Store customer"})
    assert told(desk, listener) == []


def test_a_sale_tells_of_its_item_only_where_it_touches_it(desk: Desk, listener: Listener) -> None:
    desk.invoice(desk.line("12.50", "Sprocket", Qty=1))
    assert [len(message) for message in told(desk, listener)] == [1]
    desk.switch(stock_moves_touch_item=True)
    desk.invoice(desk.line("12.50", "Sprocket", Qty=1))
    (message,) = told(desk, listener)
    assert ("qbo.item.updated.v1", desk.id("Item", "Sprocket")) in message


def test_a_company_that_ended_the_connection_tells_nothing(desk: Desk, listener: Listener) -> None:
    desk.control("POST", "tokens/revoke", {"realm": desk.realm})
    desk.control("POST", f"companies/{desk.realm}/objects", {"type": "Customer", "object": {"DisplayName": "A"}})
    assert told(desk, listener) == []


def test_events_of_several_companies_may_come_in_one_message(desk: Desk, listener: Listener) -> None:
    desk.switch(webhook_format="notifications")
    merged = {"realm": REALMS["CA"], "name": "Customer", "id": 9, "operation": "Merge", "deletedId": "7"}
    plain = {"realm": REALMS["GB"], "name": "Item", "id": 3, "operation": "Update"}
    desk.control("POST", "webhooks/events", {"events": [merged, plain]})
    deliver(desk)
    first, second = json.loads(listener.heard[0].body)["eventNotifications"]
    assert (first["realmId"], second["realmId"]) == (REALMS["CA"], REALMS["GB"])
    assert first["dataChangeEvent"]["entities"][0]["deletedId"] == "7"
    assert desk.web.post("/control/webhooks/events", json={**plain, "operation": "Shout"}).status_code == 400


@pytest.mark.parametrize("status", [400, 403, 500])
def test_only_some_failures_are_tried_again(desk: Desk, listener: Listener, status: int) -> None:
    listener.statuses = [status]
    desk.invoice()
    deliver(desk)
    (delivery,) = desk.control("GET", "webhooks/deliveries")
    assert delivery["state"] == ("waiting" if status == 500 else "failed")


def test_after_the_last_attempt_the_address_gets_nothing_until_it_is_set_anew(desk: Desk, listener: Listener) -> None:
    listener.statuses = [503] * 4
    desk.invoice()
    deliver(desk)
    for minutes in (20, 30, 50):
        desk.clock.time = MORNING + minutes * 60
        assert deliver(desk) == 1
    desk.invoice()
    states = [delivery["state"] for delivery in desk.control("GET", "webhooks/deliveries")]
    assert states == ["failed", "dropped"]
    desk.control("PATCH", "webhooks", {"url": listener.url})
    desk.invoice()
    assert deliver(desk) == 1
