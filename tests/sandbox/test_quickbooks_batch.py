from typing import Any

import pytest

from sandbox.faults import AnswerLostError
from tests.sandbox.quickbooks_desk import Desk, fault_of


@pytest.fixture
def desk() -> Desk:
    return Desk()


def create(number: int, name: str) -> dict[str, Any]:
    return {"bId": str(number), "operation": "create", "Customer": {"DisplayName": name}}


def code(item: dict[str, Any]) -> str:
    return str(item["Fault"]["Error"][0]["code"])


def names(desk: Desk) -> list[str]:
    return [row["DisplayName"] for row in desk.rows("select * from Customer where DisplayName like 'B%'")]


def test_each_item_succeeds_or_fails_by_itself(desk: Desk) -> None:
    good, clash, bad, last = desk.batch(
        create(1, "Bea"),
        create(2, "Store customer"),
        {"bId": "3", "operation": "create", "Customer": {"Shoe": 1}},
        create(4, "Bo"),
    )
    assert good["Customer"]["DisplayName"] == "Bea"
    assert (code(clash), code(bad)) == ("6240", "2010")
    assert clash["Fault"]["Error"][0]["element"] == ""
    assert clash["Fault"]["type"] == "ValidationFault"
    assert [item["bId"] for item in (good, clash, bad, last)] == ["1", "2", "3", "4"]
    assert names(desk) == ["Bea", "Bo"]


def test_all_kinds_of_items_work_together(desk: Desk) -> None:
    kept, gone = desk.invoice(), desk.invoice()
    payment = desk.write("Payment", desk.payment("5.00"))
    answers = desk.batch(
        {"bId": "a", "operation": "update", "Invoice": desk.version(kept, PrivateNote="x")},
        {"bId": "b", "operation": "delete", "Invoice": {"Id": gone["Id"], "SyncToken": "0"}},
        {"bId": "c", "operation": "update", "optionsData": "void", "Payment": desk.version(payment)},
        {"bId": "d", "Query": "select * from Item where Sku = 'SPR-1'"},
    )
    assert answers[0]["Invoice"]["PrivateNote"] == "x"
    assert answers[1]["Invoice"]["status"] == "Deleted"
    assert answers[2]["Payment"]["TotalAmt"] == 0
    assert answers[3]["QueryResponse"]["Item"][0]["Name"] == "Sprocket"


def test_items_do_not_see_each_other(desk: Desk) -> None:
    next_id = str(int(desk.id("Customer", "Store customer")) + 1)
    invoice = {**desk.sale(desk.line("1")), "CustomerRef": {"value": next_id}}
    made, orphan, query = desk.batch(
        create(1, "Bea"),
        {"bId": "2", "operation": "create", "Invoice": invoice},
        {"bId": "3", "Query": "select * from Customer where DisplayName = 'Bea'"},
    )
    assert made["Customer"]["Id"] == next_id
    assert code(orphan) == "2500"
    assert query["QueryResponse"] == {}
    assert desk.write("Invoice", invoice)


def test_a_duplicate_number_can_be_allowed_per_item(desk: Desk) -> None:
    desk.invoice(DocNumber="EW1")
    item = {"bId": "1", "operation": "create", "Invoice": desk.sale(desk.line("1"), DocNumber="EW1")}
    refused, allowed = desk.batch(item, {**item, "bId": "2", "optionsData": "allowduplicatedocnum"})
    assert code(refused) == "6140"
    assert allowed["Invoice"]["DocNumber"] == "EW1"


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"operation": "create", "Shoe": {}}, "2010"),
        ({"operation": "create"}, "2010"),
        ({"operation": "explode", "Customer": {}}, "500"),
        ({"Customer": {"DisplayName": "Bea"}}, "2020"),
        ({"operation": "create", "TaxCode": {"Name": "x"}}, "500"),
        ({"operation": "delete", "Customer": {"Id": "1", "SyncToken": "0"}}, "500"),
        ({"Query": "select * from Nothing"}, "4001"),
    ],
)
def test_an_item_that_makes_no_sense_fails_alone(desk: Desk, item: dict[str, Any], expected: str) -> None:
    refused, good = desk.batch({"bId": "1", **item}, create(2, "Bea"))
    assert code(refused) == expected
    assert "Customer" in good


def test_more_than_thirty_items_are_refused_as_a_whole(desk: Desk) -> None:
    items = [create(number, f"B{number}") for number in range(31)]
    answer = desk.send("POST", "batch", {"BatchItemRequest": items})
    assert (answer.status_code, fault_of(answer)["code"]) == (400, "1040")
    assert names(desk) == []
    assert len(desk.batch(*items[:30])) == 30


def test_a_malformed_batch_is_refused_as_a_whole(desk: Desk) -> None:
    assert fault_of(desk.send("POST", "batch", {"BatchItemRequest": "x"}))["code"] == "2010"
    assert fault_of(desk.send("POST", "batch", "{"))["code"] == "2010"


def test_the_answers_may_come_in_another_order(desk: Desk) -> None:
    desk.switch(batch_shuffle=True)
    assert [item["bId"] for item in desk.batch(create(1, "Bea"), create(2, "Bo"))] == ["2", "1"]


def test_a_repeated_batch_gets_the_first_answers(desk: Desk) -> None:
    items = [create(1, "Bea"), create(2, "Store customer"), create(3, "Bo")]
    first = desk.batch(*items, requestid="r-1")
    again = desk.batch(*items, requestid="r-1")
    assert again == first
    assert names(desk) == ["Bea", "Bo"]


def test_replay_goes_by_request_id_and_item_id_together(desk: Desk) -> None:
    first = desk.batch(create(1, "Bea"), requestid="r-1")
    moved = desk.batch(create(2, "Bo"), create(1, "Bea"), requestid="r-1")
    assert moved[1] == first[0]
    assert moved[0]["Customer"]["DisplayName"] == "Bo"
    assert code(desk.batch(create(1, "Bea"), requestid="r-2")[0]) == "6240"


def test_a_batch_survives_a_lost_answer(desk: Desk) -> None:
    desk.control("POST", "faults", {"path": "/batch", "kind": "drop_after"})
    items = [{"bId": str(n), "operation": "create", "Invoice": desk.sale(desk.line("1"))} for n in range(3)]
    with pytest.raises(AnswerLostError):
        desk.batch(*items, requestid="r-1")
    answers = desk.batch(*items, requestid="r-1")
    assert sorted(item["Invoice"]["Id"] for item in answers) == sorted(row["Id"] for row in desk.books()["Invoice"])
    assert len(answers) == 3


def test_replay_of_batches_can_be_switched_off(desk: Desk) -> None:
    desk.switch(request_id_replay=False)
    item = {"bId": "1", "operation": "create", "Invoice": desk.sale(desk.line("1"))}
    desk.batch(item, requestid="r-1")
    desk.batch(item, requestid="r-1")
    assert len(desk.books()["Invoice"]) == 2


def test_ids_of_batches_have_their_own_lengths(desk: Desk) -> None:
    answer = desk.send("POST", "batch", {"BatchItemRequest": [create(1, "Bea")]}, requestid="r" * 37)
    assert fault_of(answer)["code"] == "2130"
    long_item = {**create(1, "Bea"), "bId": "b" * 11}
    assert code(desk.batch(long_item, requestid="r-1")[0]) == "2130"
    assert "Customer" in desk.batch(long_item)[0]
