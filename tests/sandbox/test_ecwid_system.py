"""The simulator as a machine: demo orders, faults, what survives a restart, the real process."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from werkzeug.test import Client

from sandbox.ecwid.app import Ecwid
from sandbox.exact_json import loads
from sandbox.faults import AnswerLostError

TOKEN = {"Authorization": "Bearer secret_sim_1003"}
CART = {"lines": [{"sku": "CHA-CED", "quantity": 2}], "shipping": 9.95}
NOW = 1_790_000_000.0


def new_client(**options: Any) -> Client:
    return Client(Ecwid(clock=lambda: NOW, **options))


def all_orders(client: Client, store: int = 1003) -> list[dict[str, Any]]:
    orders = loads(client.get(f"/control/stores/{store}/orders").data)
    assert isinstance(orders, list)
    return orders


def residual(order: dict[str, Any]) -> Decimal:
    """What the stored total has over the sum of its parts."""
    parts = order["subtotal"] - order["couponDiscount"] - order["discount"] + order["handlingFee"]["value"]
    parts += order.get("shippingOption", {}).get("shippingRate", 0)
    parts += sum(extra["total"] for extra in order["customSurcharges"])
    parts += 0 if order["pricesIncludeTax"] else order["tax"]
    return Decimal(order["totalBeforeGiftCardRedemption"] - parts)


# -- demo orders -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo() -> Client:
    return new_client(seed_options={"demo_orders": 40})


def test_without_asking_no_shop_has_orders():
    client = new_client()
    assert [len(all_orders(client, store)) for store in range(1003, 1008)] == [0] * 5


def test_demo_orders_go_to_the_two_demo_shops(demo: Client):
    assert [len(all_orders(demo, store)) for store in range(1003, 1008)] == [43, 40, 0, 0, 0]


def test_a_reset_can_ask_for_demo_orders(demo: Client):
    client = new_client()
    client.post("/control/reset", json={"demo_orders": 40})
    assert all_orders(client) == all_orders(demo)
    client.post("/control/reset", json={"demo_orders": 40, "demo_seed": 7})
    assert all_orders(client) != all_orders(demo)
    client.post("/control/reset", json={})
    assert all_orders(client) == []


@pytest.mark.parametrize(("store", "zone"), [(1003, "America/Toronto"), (1004, "America/Chicago")])
def test_demo_orders_were_placed_in_opening_hours_of_three_weeks(demo: Client, store: int, zone: str):
    for order in all_orders(demo, store):
        local = datetime.fromtimestamp(order["createTimestamp"], ZoneInfo(zone))
        assert 9 <= local.hour < 20
        assert NOW - 23 * 86400 < order["createTimestamp"] < NOW
        assert order["createTimestamp"] <= order["updateTimestamp"] <= NOW


@pytest.mark.parametrize("store", [1003, 1004])
def test_demo_orders_show_what_real_ones_do(demo: Client, store: int):
    orders = all_orders(demo, store)
    statuses = [order["paymentStatus"] for order in orders]
    assert statuses.count("CANCELLED") == 1
    assert 2 <= statuses.count("AWAITING_PAYMENT") <= 6
    assert {order["paymentMethod"] for order in orders} == {"PayPal", "Credit card", "Cash on pick-up"}
    assert any(order["couponDiscount"] for order in orders)
    assert any(order["discount"] for order in orders)
    assert any(order["customSurcharges"] for order in orders)
    assert any(order["giftCardRedemption"] for order in orders)
    assert any(item["giftCard"] for order in orders for item in order["items"])
    assert any(len(order["items"]) > 2 for order in orders)
    buyers = [order["customerId"] for order in orders if "customerId" in order]
    assert len(set(buyers)) < len(buyers) < len(orders)


def test_exactly_the_one_awkward_total_is_wrong(demo: Client):
    wrong = [residual(order) for store in (1003, 1004) for order in all_orders(demo, store) if residual(order)]
    assert wrong == [Decimal("3.00")]


def test_the_awkward_orders_are_there(demo: Client):
    orders = all_orders(demo)
    taxes = {tax["name"] for order in orders for item in order["items"] for tax in item["taxes"]}
    assert taxes == {"GST", "QST", "Eco levy"}
    assert max(len(item["sku"]) for order in orders for item in order["items"]) > 40


# -- faults ------------------------------------------------------------------------------------------------------


def fault(client: Client, **wanted: Any) -> None:
    assert client.post("/control/faults", json={"path": "/orders", **wanted}).status_code == 200


def listed(client: Client) -> Any:
    return client.get("/api/v3/1003/orders", headers=TOKEN)


@pytest.mark.parametrize(
    ("wanted", "status", "body"),
    [
        ({"kind": "status", "status": 500}, 500, b'"errorCode":"INTERNAL_ERROR"'),
        ({"kind": "status", "status": 408}, 408, b'"errorCode":"TIMEOUT"'),
        ({"kind": "html", "status": 502}, 502, b"<html"),
        ({"kind": "html", "status": 503}, 503, b"<html"),
        ({"kind": "text", "status": 400, "body": "nope"}, 400, b"nope"),
        ({"kind": "empty", "status": 400}, 400, b""),
        ({"kind": "throttle"}, 429, b'"errorCode":"RATE_LIMITED"'),
        ({"kind": "expire_token"}, 403, b""),
    ],
)
def test_a_request_can_be_made_to_fail(wanted: dict[str, Any], status: int, body: bytes):
    client = new_client()
    fault(client, **wanted)
    response = listed(client)
    assert response.status_code == status
    assert body in response.data
    assert listed(client).status_code == 200
    assert client.get("/control/counters").json["throttled"] == (status == 429)


def test_an_answer_can_be_cut_in_half():
    client = new_client()
    fault(client, kind="truncated")
    with pytest.raises(ValueError, match=r"."):
        loads(listed(client).data)


def test_a_write_can_be_done_although_its_answer_is_lost():
    client = new_client()
    before = client.get("/api/v3/1003/products/501", headers=TOKEN).json["quantity"]
    for kind, expected in (("drop_after", before - 2), ("drop_before", before - 2)):
        fault(client, kind=kind, method="PUT", path="/inventory$")
        with pytest.raises(AnswerLostError):
            client.put("/api/v3/1003/products/501/inventory", headers=TOKEN, json={"quantityDelta": -2})
        assert client.get("/api/v3/1003/products/501", headers=TOKEN).json["quantity"] == expected


def test_calls_are_counted_without_the_store():
    client = new_client()
    listed(client)
    client.get("/api/v3/1003/orders/NOPE", headers={**TOKEN, "X-Ecwid-Api-Request-Id": "abcd1234"})
    assert client.get("/control/counters").json["by_route"] == {"GET /orders": 1, "GET /orders/<order>": 1}
    (last,) = client.get("/control/calls?limit=1").json
    assert (last["path"], last["status"]) == ("/api/v3/1003/orders/NOPE", 404)
    assert last["request_id"] == "abcd1234"


def test_an_unknown_switch_is_refused():
    assert new_client().patch("/control/switches", json={"nonsense": 1}).status_code == 400


# -- restarts ----------------------------------------------------------------------------------------------------


def test_everything_survives_a_restart(tmp_path: Path):
    first = new_client(state=tmp_path)
    placed = first.post("/control/stores/1003/orders", json={"cart": CART}).json
    gone = first.post("/control/stores/1003/orders", json={"cart": CART}).json
    first.delete(f"/control/stores/1003/orders/{gone['id']}")
    first.put("/api/v3/1003/products/501", headers=TOKEN, json={"quantity": 77})
    first.patch("/control/stores/1003/settings", json={"formatsAndUnits": {"orderNumberPrefix": "W-"}})
    first.post("/control/stores/1004/tokens/revoke", json={})
    first.patch("/control/switches", json={"index_lag_seconds": 3})
    first.application.documents.close()

    second = new_client(state=tmp_path, seed_options={"demo_orders": 5})
    assert [order["id"] for order in all_orders(second)] == [placed["id"]]
    assert second.get("/api/v3/1003/orders", headers=TOKEN).json["items"] == [placed]
    assert second.get("/api/v3/1003/products/501", headers=TOKEN).json["quantity"] == 77
    profile = second.get("/api/v3/1003/profile", headers=TOKEN).json
    assert profile["formatsAndUnits"]["orderNumberPrefix"] == "W-"
    denied = second.get("/api/v3/1004/profile", headers={"Authorization": "Bearer secret_sim_1004"})
    assert denied.status_code == 403
    assert second.get("/control/switches").json["index_lag_seconds"] == 3
    deleted = second.get("/api/v3/1003/orders/deleted", headers=TOKEN).json["items"]
    assert [entry["orderId"] for entry in deleted] == [gone["id"]]
    newer = second.post("/control/stores/1003/orders", json={"cart": CART}).json
    assert newer["internalId"] > gone["internalId"]


def test_goods_of_an_order_come_back_after_a_restart(tmp_path: Path):
    def stock(client: Client) -> int:
        return int(client.get("/api/v3/1003/products?sku=CHA-CED", headers=TOKEN).json["items"][0]["quantity"])

    first = new_client(state=tmp_path)
    full = stock(first)
    order = first.post("/control/stores/1003/orders", json={"cart": CART}).json
    first.application.documents.close()
    second = new_client(state=tmp_path)
    assert stock(second) == full - 2
    second.post(f"/control/stores/1003/orders/{order['id']}/cancel")
    assert stock(second) == full


# -- the real process --------------------------------------------------------------------------------------------


class Process:
    def __init__(self, state: Path, *options: str) -> None:
        command = [sys.executable, "-m", "sandbox.ecwid", "--port", "0", "--state", str(state), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline() if self.process.stdout else ""
        found = re.fullmatch(r"listening (http://127\.0\.0\.1:\d+)\n", line)
        assert found, f"instead of its address it said {line!r}"
        self.address = found[1]

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        if self.process.stdout:
            self.process.stdout.close()
        return self.process.wait(timeout=20)


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    started: list[Process] = []
    yield started
    for each in started:
        each.end(signal.SIGKILL)


def test_a_killed_process_starts_again_with_the_same_orders(tmp_path: Path, processes: list[Process]):
    first = Process(tmp_path, "--demo-orders", "3")
    processes.append(first)
    with requests.Session() as session:
        order = session.post(f"{first.address}/control/stores/1003/orders", json={"cart": CART}).json()
        first.end(signal.SIGKILL)
        second = Process(tmp_path, "--demo-orders", "3")
        processes.append(second)
        answer = session.get(f"{second.address}/api/v3/1003/orders", headers=TOKEN).json()
    assert answer["total"] == 3 + 3 + 1
    assert order["id"] in {each["id"] for each in answer["items"]}
    assert second.end(signal.SIGTERM) == 0


def test_a_dropped_answer_is_a_connection_error_for_a_real_client(tmp_path: Path, processes: list[Process]):
    running = Process(tmp_path)
    processes.append(running)
    with requests.Session() as session:
        session.post(f"{running.address}/control/faults", json={"path": "/orders", "kind": "drop_after"})
        with pytest.raises(requests.ConnectionError):
            session.get(f"{running.address}/api/v3/1003/orders", headers=TOKEN)
        assert session.get(f"{running.address}/api/v3/1003/orders", headers=TOKEN).status_code == 200
