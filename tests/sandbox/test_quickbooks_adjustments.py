from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.quickbooks_desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def body(desk: Desk, item: str = "Sprocket", **detail: Any) -> Any:
    line = {
        "DetailType": "ItemAdjustmentLineDetail",
        "ItemAdjustmentLineDetail": {"ItemRef": desk.ref("Item", item), **detail},
    }
    return {"AdjustAccountRef": desk.ref("Account", "Inventory Shrinkage"), "PrivateNote": "count", "Line": [line]}


def on_hand(desk: Desk) -> Decimal:
    return Decimal(desk.read("Item", desk.id("Item", "Sprocket"))["QtyOnHand"])


def test_an_adjustment_moves_stock_and_its_deletion_moves_it_back(desk: Desk) -> None:
    made = desk.write("InventoryAdjustment", body(desk, QtyDiff=-2))
    assert on_hand(desk) == 98
    assert (made["DocNumber"], made["TxnDate"]) == ("1001", "2026-09-21")
    assert "DetailType" not in made["Line"][0]
    assert desk.read("InventoryAdjustment", made["Id"]) == made
    assert desk.rows("select * from InventoryAdjustment where DocNumber = '1001'") == [made]
    changed = desk.write("InventoryAdjustment", desk.version(made, Line=body(desk, QtyDiff=5)["Line"]))
    assert on_hand(desk) == 105
    desk.write("InventoryAdjustment", {"Id": made["Id"], "SyncToken": changed["SyncToken"]}, operation="delete")
    assert on_hand(desk) == 100


def test_a_new_quantity_becomes_a_difference(desk: Desk) -> None:
    made = desk.write("InventoryAdjustment", body(desk, NewQty=7))
    assert made["Line"][0]["ItemAdjustmentLineDetail"]["QtyDiff"] == -93
    assert on_hand(desk) == 7


def test_only_sparse_updates_are_taken(desk: Desk) -> None:
    made = desk.write("InventoryAdjustment", body(desk, QtyDiff=1))
    full = {**body(desk, QtyDiff=2), "Id": made["Id"], "SyncToken": "0"}
    assert desk.refused("InventoryAdjustment", full)["code"] == "6000"
    noted = desk.write("InventoryAdjustment", desk.version(made, PrivateNote="recount"))
    assert (noted["PrivateNote"], on_hand(desk)) == ("recount", 101)


def test_an_adjustment_needs_account_item_and_quantity(desk: Desk) -> None:
    without = {key: value for key, value in body(desk, QtyDiff=1).items() if key != "AdjustAccountRef"}
    assert desk.refused("InventoryAdjustment", without)["element"] == "AdjustAccountRef"
    assert desk.refused("InventoryAdjustment", body(desk))["element"] == "QtyDiff"
    assert desk.refused("InventoryAdjustment", body(desk, "Services", QtyDiff=1))["code"] == "6000"
    income = {**body(desk, QtyDiff=1), "AdjustAccountRef": desk.ref("Account", "Services")}
    assert desk.refused("InventoryAdjustment", income)["code"] == "6430"
    early = {**body(desk, QtyDiff=1), "TxnDate": "2019-12-31"}
    assert desk.refused("InventoryAdjustment", early)["code"] == "6270"
    desk.prefer("AccountingInfoPrefs", BookCloseDate="2026-09-30")
    assert desk.refused("InventoryAdjustment", body(desk, QtyDiff=1))["code"] == "6210"
    assert on_hand(desk) == 100


@pytest.mark.parametrize(("where", "us", "gb"), [("everywhere", 1, 1), ("us_only", 1, 0), ("nowhere", 0, 0)])
def test_where_it_exists_is_a_switch(where: str, us: int, gb: int) -> None:
    for company, works in (("US", us), ("GB", gb)):
        desk = Desk(company)
        desk.switch(inventory_adjustments=where)
        if works:
            assert desk.write("InventoryAdjustment", body(desk, QtyDiff=1))
        else:
            assert desk.refused("InventoryAdjustment", body(desk, QtyDiff=1))["code"] == "5030"
