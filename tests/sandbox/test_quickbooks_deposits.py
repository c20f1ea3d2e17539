from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.quickbooks_desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def body(desk: Desk, *links: tuple[str, Any], **fields: Any) -> Any:
    rows = [
        {"Amount": 1, "LinkedTxn": [{"TxnId": linked["Id"], "TxnType": type_name, "TxnLineId": "0"}]}
        for type_name, linked in links
    ]
    return {"DepositToAccountRef": desk.ref("Account", "Checking"), "Line": rows, **fields}


def receipt(desk: Desk, amount: str = "10.00", **fields: Any) -> Any:
    return desk.write("SalesReceipt", desk.sale(desk.line(amount), **fields))


def test_a_deposit_adds_up_what_it_takes_to_the_bank(desk: Desk) -> None:
    payment, sold = desk.write("Payment", desk.payment("5.00")), receipt(desk)
    undeposited = desk.ref("Account", "Undeposited Funds")
    back = desk.write("RefundReceipt", desk.sale(desk.line("2.00"), DepositToAccountRef=undeposited))
    fee = {
        "Amount": Decimal("-0.50"),
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": {"AccountRef": desk.ref("Account", "Bank Charges")},
    }
    links = body(desk, ("Payment", payment), ("SalesReceipt", sold), ("RefundReceipt", back))
    deposit = desk.write("Deposit", {**links, "Line": [*links["Line"], fee]})
    assert deposit["TotalAmt"] == Decimal("12.50")
    assert [line["Amount"] for line in deposit["Line"]] == [5, 10, -2, Decimal("-0.50")]
    assert desk.read("SalesReceipt", sold["Id"])["LinkedTxn"] == [{"TxnId": deposit["Id"], "TxnType": "Deposit"}]
    assert desk.rows("select * from Deposit where TotalAmt > 12") == [deposit]


@pytest.mark.parametrize("type_name", ["Payment", "SalesReceipt"])
def test_what_is_deposited_cannot_be_changed_voided_or_deleted_until_the_deposit_is_gone(
    desk: Desk, type_name: str
) -> None:
    stored = desk.write("Payment", desk.payment("5.00")) if type_name == "Payment" else receipt(desk)
    deposit = desk.write("Deposit", body(desk, (type_name, stored)))
    identity = {"Id": stored["Id"], "SyncToken": stored["SyncToken"]}
    update = desk.version(stored, PrivateNote="x")
    assert desk.refused(type_name, update)["code"] == "6540"
    assert desk.refused(type_name, identity, operation="delete")["code"] == "6540"
    assert desk.refused(type_name, {**identity, "sparse": True}, include="void")["code"] == "6540"
    (item,) = desk.batch({"bId": "1", "operation": "delete", type_name: identity})
    assert item["Fault"]["Error"][0]["code"] == "6540"
    desk.write("Deposit", {"Id": deposit["Id"], "SyncToken": "0"}, operation="delete")
    assert desk.write(type_name, update)["PrivateNote"] == "x"
    assert desk.write(type_name, {**identity, "SyncToken": "1"}, operation="delete")["status"] == "Deleted"


def test_money_is_deposited_once_and_only_from_undeposited_funds(desk: Desk) -> None:
    sold, banked = receipt(desk), receipt(desk, DepositToAccountRef=desk.ref("Account", "Checking"))
    desk.write("Deposit", body(desk, ("SalesReceipt", sold)))
    assert desk.refused("Deposit", body(desk, ("SalesReceipt", sold)))["code"] == "6540"
    assert desk.refused("Deposit", body(desk, ("SalesReceipt", banked)))["code"] == "6000"
    assert desk.refused("Deposit", body(desk, ("SalesReceipt", {"Id": "999"})))["code"] == "6000"
    assert desk.refused("Deposit", body(desk, ("Invoice", desk.invoice())))["code"] == "6000"


def test_a_deposit_goes_to_a_bank(desk: Desk) -> None:
    refusal = desk.refused("Deposit", body(desk, DepositToAccountRef=desk.ref("Account", "Services")))
    assert refusal["code"] == "6430"
    refusal = desk.refused("Deposit", body(desk, DepositToAccountRef=None))
    assert (refusal["code"], refusal["element"]) == ("2020", "DepositToAccountRef")


def test_an_updated_deposit_lets_go_of_what_it_no_longer_holds(desk: Desk) -> None:
    first, second = receipt(desk), receipt(desk)
    deposit = desk.write("Deposit", body(desk, ("SalesReceipt", first), ("SalesReceipt", second)))
    lines = body(desk, ("SalesReceipt", second))["Line"]
    assert desk.write("Deposit", desk.version(deposit, Line=lines))["TotalAmt"] == Decimal("10.00")
    assert desk.read("SalesReceipt", first["Id"])["LinkedTxn"] == []
    assert desk.refused("SalesReceipt", desk.version(second, PrivateNote="x"))["code"] == "6540"
