"""How products find or get their items (I1-I3), as the books hold the item."""

import pytest

from sync.models import ProductMatch
from sync.translate.reasons import Reason
from tests.support.expect import entry_named, held, item_names, posted
from tests.support.options import Entry, look

MUG = {"sku": "MUG-1", "name": "Blue mug", "price": 15}
TRACKED, UNTRACKED = {"sku": "TUQ-ANT"}, {"sku": "WRAP"}
NO_STOCK = {"ProductAndServicesPrefs": {"QuantityOnHand": False}}
INCOME, COSTS, ASSET = (
    Entry("Account", name) for name in ("Sales of Product Income", "Cost of Goods Sold", "Inventory Asset")
)
INVENTORY = {
    "Type": "Inventory",
    "IncomeAccountRef.value": INCOME,
    "ExpenseAccountRef.value": COSTS,
    "AssetAccountRef.value": ASSET,
    "InvStartDate": "2026-01-01",
    "PurchaseCost": None,
}

# Settings, the company's preferences, the line bought, and what the item that was created must show.
CREATED = {
    "I3_non_inventory": (
        {"create_as": "non_inventory"},
        {},
        MUG,
        {
            "Type": "NonInventory",
            "Sku": "MUG-1",
            "Name": "Blue mug",
            "UnitPrice": 15,
            "IncomeAccountRef.value": INCOME,
            "ExpenseAccountRef.value": COSTS,
            "AssetAccountRef": None,
            "PurchaseCost": None,
        },
    ),
    "I3_service": ({"create_as": "service"}, {}, MUG, {"Type": "Service", "IncomeAccountRef.value": INCOME}),
    "I3_inventory": ({"create_as": "inventory"}, {}, TRACKED, INVENTORY),
    "I3_inventory_only_if_the_store_tracks_it": ({"create_as": "inventory"}, {}, UNTRACKED, {"Type": "NonInventory"}),
    "I3_inventory_only_if_the_company_has_it": (
        {"create_as": "inventory"},
        NO_STOCK,
        TRACKED,
        {"Type": "NonInventory", "AssetAccountRef": None},
    ),
    "I3_accounts": (
        {"income_account": Entry("Account", "Other Income"), "expense_account": Entry("Account", "Bank Charges")},
        {},
        MUG,
        {
            "IncomeAccountRef.value": Entry("Account", "Other Income"),
            "ExpenseAccountRef.value": Entry("Account", "Bank Charges"),
        },
    ),
    "I3_without_an_expense_account": ({"expense_account": None}, {}, MUG, {"ExpenseAccountRef": None}),
    "I1_created_by_name": ({"match_by": "name"}, {}, MUG, {"Name": "MUG-1", "Sku": "MUG-1", "Description": "Blue mug"}),
}


def setting(world, value):
    return world.entry(value.entity, value.name) if isinstance(value, Entry) else value


def shown(world, value):
    return world.entry(value.entity, value.name).books_ref if isinstance(value, Entry) else value


@pytest.mark.parametrize("row", CREATED)
def test_created(world, row):
    chosen, preferences, line, shows = CREATED[row]
    if preferences:
        world.quickbooks.preferences(world.realm, **preferences)
    world.set("items", **{name: setting(world, value) for name, value in chosen.items()})
    world.place({"lines": [line], "order_id": "ROW"})

    world.sync()

    [name] = item_names(world, posted(world, "ROW"))
    item = entry_named(world, "Item", name)
    assert {path: look(world, item, path) for path in shows} == {
        path: shown(world, value) for path, value in shows.items()
    }


def test_i3_a_created_stock_item_takes_part_in_the_books(world):
    """Its opening quantity is nothing: the bookkeeper enters what was there; the sale takes from it."""
    world.set("items", create_as="inventory")
    world.place({"lines": [{**TRACKED, "quantity": 3}], "order_id": "ROW", "created": "2026-01-01T12:00:00-05:00"})

    world.sync()

    [name] = item_names(world, posted(world, "ROW"))
    assert entry_named(world, "Item", name)["QtyOnHand"] == -3


# How the item is called in the books, how it is matched, the SKU in the store, and the name on the sale.
FOUND = {
    "I1_by_sku": ({"Name": "Mug", "Sku": "MUG-1"}, "sku", "MUG-1", "Mug"),
    "I1_by_name": ({"Name": "MUG-1", "Sku": "OTHER"}, "name", "MUG-1", "MUG-1"),
    "I1_by_sku_and_not_by_name": ({"Name": "MUG-1", "Sku": "OTHER"}, "sku", "MUG-1", "Blue mug"),
    "I1_by_name_and_not_by_sku": ({"Name": "Mug", "Sku": "MUG-1"}, "name", "MUG-1", "MUG-1"),
}


@pytest.mark.parametrize("row", FOUND)
def test_found(world, row):
    fields, match_by, sku, name = FOUND[row]
    income = {"IncomeAccountRef": {"value": world.entry("Account", "Services").books_ref}}
    world.quickbooks.add(world.realm, "Item", {"Type": "Service", **fields, **income})
    world.set("items", match_by=match_by)
    world.place({"lines": [{**MUG, "sku": sku}], "order_id": "ROW"})

    world.sync()

    assert item_names(world, posted(world, "ROW")) == [name]


@pytest.mark.parametrize("match_by", ["sku", "name"])
def test_i2_a_manual_match_wins(world, match_by):
    income = {"IncomeAccountRef": {"value": world.entry("Account", "Services").books_ref}}
    world.quickbooks.add(world.realm, "Item", {"Type": "Service", "Name": "MUG-1", "Sku": "MUG-1", **income})
    world.set("items", match_by=match_by)
    chosen = world.entry("Item", "Services")
    ProductMatch.objects.create(integration=world.integration, sku="  mug-1", item=chosen)
    world.place({"lines": [MUG], "order_id": "ROW"})

    world.sync()

    assert item_names(world, posted(world, "ROW")) == ["Services"]


def test_i3_switched_off_holds_the_order(world):
    world.set("items", create_missing=False)
    world.place({"lines": [MUG], "order_id": "ROW"})

    world.sync()

    held(world, "ROW", Reason.ITEM_MISSING, "Blue mug", "MUG-1")
    assert not [item for item in world.books()["Item"] if item.get("Sku") == "MUG-1"]
