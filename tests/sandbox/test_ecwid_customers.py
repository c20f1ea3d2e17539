from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.ecwid_shop import NOON, Clock, Shop

ANA = {"id": 3301, "email": "ana@example.test", "name": "Ana Ruiz", "city": "Austin"}


@pytest.fixture
def shop() -> Shop:
    shop = Shop(Clock())
    scopes = "read_orders read_customers update_customers create_customers"
    shop.control("POST", "/tokens", {"token": "secret_sim_1003", "scopes": scopes})
    return shop


def listed(shop: Shop, **query: Any) -> list[str]:
    return [customer["email"] for customer in shop.get("/customers", **query)["items"]]


def test_orders_keep_their_customer_up_to_date(shop: Shop):
    total = shop.place(buyer=ANA)["total"]
    shop.clock.seconds += 60
    shop.place(buyer=ANA, payment_status="AWAITING_PAYMENT")
    customer = shop.get("/customers/3301")
    assert (customer["name"], customer["firstName"], customer["lastName"]) == ("Ana Ruiz", "Ana", "Ruiz")
    assert (customer["totalOrderCount"], customer["stats"]["salesValue"]) == (1, total)
    assert (customer["registered"], customer["updatedTimestamp"]) == ("2026-09-21 14:13:20 +0000", NOON + 60)
    assert customer["billingPerson"]["city"] == "Austin"


def test_a_guest_has_no_record(shop: Shop):
    order = shop.place(buyer={"email": "guest@example.test", "name": "Guest"})
    assert "customerId" not in order
    assert shop.get("/customers")["allCustomerCount"] == 0


def test_a_record_is_made_changed_and_deleted(shop: Shop):
    made = shop.call("POST", "/customers", json={"email": "bo@example.test", "name": "Bo"}).json["id"]
    assert "firstName" not in shop.get(f"/customers/{made}")
    assert shop.call("POST", "/customers", json={"email": "BO@example.test"}).status_code == 409
    assert shop.call("POST", "/customers", json={"name": "Nobody"}).status_code == 400
    answer = shop.call("PUT", f"/customers/{made}", json={"name": "Bo Lee", "id": 7, "totalOrderCount": 9})
    assert answer.json == {"updateCount": 1}
    changed = shop.get(f"/customers/{made}")
    assert (changed["lastName"], changed["totalOrderCount"]) == ("Lee", 0)
    assert shop.call("DELETE", f"/customers/{made}").json == {"deleteCount": 1}
    gone = shop.call("GET", f"/customers/{made}")
    assert (gone.status_code, gone.json["errorMessage"]) == (404, f"Customer #{made} not found")
    assert shop.get("/customers/deleted")["items"][0]["id"] == made


def test_customers_are_found_and_sorted(shop: Shop):
    for number, name in enumerate(("Cy", "Ana", "Bo"), 3301):
        shop.clock.seconds += 60
        shop.place(buyer={"id": number, "email": f"{name.lower()}@example.test", "name": name})
    shop.place(buyer={"id": 3302, "email": "ana@example.test", "name": "Ana"})
    assert listed(shop) == ["cy@example.test", "ana@example.test", "bo@example.test"]
    assert listed(shop, sortBy="NAME_ASC")[0] == "ana@example.test"
    assert listed(shop, sortBy="REGISTERED_DATE_DESC")[0] == "bo@example.test"
    assert listed(shop, minOrderCount=2) == ["ana@example.test"]
    assert listed(shop, updatedFrom=NOON + 180) == ["ana@example.test", "bo@example.test"]
    assert listed(shop, email="o@example.test") == ["bo@example.test"]
    assert listed(shop, email="o@example.test", useExactEmailMatch="true") == []
    answer = shop.get("/customers", keyword="3301")
    assert (answer["total"], answer["allCustomerCount"]) == (1, 3)
    assert shop.call("GET", "/customers", query_string={"sortBy": "SHOE_ASC"}).status_code == 400


def test_reading_customers_needs_its_scope(shop: Shop):
    shop.control("POST", "/tokens", {"token": "secret_sim_1003", "scopes": "read_orders"})
    assert shop.call("GET", "/customers").json["errorCode"] == "INSUFFICIENT_APP_SCOPE"


def test_a_restart_keeps_the_customers(tmp_path: Any):
    first = Shop(Clock(), tmp_path)
    first.place(buyer=ANA, lines=[{"sku": "CHA-CED"}], shipping=Decimal("1.50"))
    before = first.control("GET", "/customers")
    first.system.documents.close()
    assert Shop(Clock(), tmp_path).control("GET", "/customers") == before != []
