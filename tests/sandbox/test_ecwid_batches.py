from typing import Any

import pytest

from sandbox.exact_json import loads
from tests.sandbox.ecwid_shop import Clock, Shop


@pytest.fixture
def shop() -> Shop:
    return Shop(Clock())


def delta(amount: int, product: int = 501, **more: Any) -> Any:
    return {"path": f"/products/{product}/inventory", "method": "PUT", "body": {"quantityDelta": amount}, **more}


def start(shop: Shop, *calls: Any, **query: Any) -> str:
    response = shop.call("POST", "/batch", json=list(calls), query_string=query)
    assert response.status_code == 200, response.text
    return str(response.json["ticket"])


def responses(shop: Shop, ticket: str, **query: Any) -> list[Any]:
    state = shop.get("/batch", ticket=ticket, **query)
    assert state["status"] == "COMPLETED"
    return list(state["responses"])


def level(shop: Shop, product: int = 501) -> int:
    return int(shop.get(f"/products/{product}")["quantity"])


def test_calls_are_carried_out_in_order_with_an_answer_each(shop: Shop):
    before = level(shop)
    read = {"id": "s2", "path": "/products?sku=CHA-CED&responseFields=items(sku)", "method": "GET"}
    written, found = responses(shop, start(shop, delta(-2, id="s1"), read))
    assert written == {
        "id": "s1",
        "status": "COMPLETED",
        "httpStatusCode": 200,
        "httpStatusLine": "HTTP/1.1 200 OK",
        "httpBody": {"updateCount": 1},
    }
    assert found["httpBody"] == {"items": [{"sku": "CHA-CED"}]}
    assert level(shop) == before - 2


def test_the_first_failure_stops_the_rest_but_takes_nothing_back(shop: Shop):
    before = level(shop)
    calls = (delta(1), delta(1, 999), delta(1))
    states = [each["status"] for each in responses(shop, start(shop, *calls))]
    assert states == ["COMPLETED", "FAILED", "NOT_EXECUTED"]
    assert level(shop) == before + 1
    states = [each["status"] for each in responses(shop, start(shop, *calls, stopOnFirstFailure="false"))]
    assert states == ["COMPLETED", "FAILED", "COMPLETED"]
    assert level(shop) == before + 3


def test_what_came_before_a_failure_outlives_a_restart(tmp_path: Any):
    first = Shop(Clock(), tmp_path)
    before = level(first)
    start(first, delta(5), delta(1, 999))
    first.system.documents.close()
    assert level(Shop(Clock(), tmp_path)) == before + 5


def test_a_known_key_gets_the_first_ticket_for_an_hour(shop: Shop):
    before = level(shop)
    ticket = start(shop, delta(1), deduplicationKey="k")
    assert start(shop, delta(1), deduplicationKey="k") == ticket
    assert level(shop) == before + 1
    shop.clock.seconds += 3600
    assert start(shop, delta(1), deduplicationKey="k") != ticket


def test_a_batch_may_take_its_time(shop: Shop):
    shop.switch(batch_seconds=30)
    ticket = start(shop, delta(1))
    assert shop.get("/batch", ticket=ticket)["status"] == "IN_PROGRESS"
    shop.clock.seconds += 30
    assert len(responses(shop, ticket)) == 1


def test_answers_can_be_text(shop: Shop):
    (answer,) = responses(shop, start(shop, delta(1)), escapedJson="true")
    assert loads(answer["escapedHttpBody"]) == {"updateCount": 1}


def test_each_call_needs_its_own_scopes(shop: Shop):
    shop.control("POST", "/tokens", {"token": "secret_sim_1003", "scopes": "read_catalog"})
    (answer,) = responses(shop, start(shop, delta(1)))
    assert (answer["status"], answer["httpStatusCode"]) == ("FAILED", 403)


def test_too_many_calls_and_what_is_no_list_are_refused(shop: Shop):
    assert shop.call("POST", "/batch", json=[delta(1)] * 501).status_code == 400
    assert shop.call("POST", "/batch", json={"path": "/profile"}).status_code == 400
    assert shop.call("GET", "/batch", query_string={"ticket": "nope"}).status_code == 404


@pytest.mark.parametrize(("counts", "status"), [(True, 429), (False, 200)])
def test_whether_inner_calls_count_is_a_switch(shop: Shop, counts: bool, status: int):
    shop.switch(requests_per_minute=3, batch_calls_count=counts)
    start(shop, delta(1), delta(1))
    assert shop.call("GET", "/products/501").status_code == status
