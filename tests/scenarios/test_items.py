"""How the products of an order find their items, and what becomes of those that QuickBooks does not have (I1-I4)."""

import pytest

from sync.models import ProductMatch
from sync.translate.reasons import Reason
from tests.support.expect import (
    books_are_whole,
    entry_named,
    held,
    item_names,
    lines_of,
    neighbours_are_posted,
    place_between,
    posted,
)
from tests.support.world import money


def add_item(world, name, sku="", **fields):
    income = {"value": world.entry("Account", "Sales of Product Income").books_ref}
    sent = {"Name": name, "Type": "NonInventory", "IncomeAccountRef": income, **({"Sku": sku} if sku else {}), **fields}
    return world.quickbooks.add(world.realm, "Item", sent)["Item"]


def line(sku, name="", price=20, **more):
    return {"sku": sku, "price": price, **({"name": name} if name else {}), **more}


def buy(world, number, *lines):
    return place_between(world, {"lines": list(lines), "order_id": number})


class TestFound:
    @pytest.mark.parametrize("sku", ["MUG-1", "mug-1", " Mug-1 ", "MUG-1\t"])
    def test_by_sku_without_regard_to_case_and_blanks(self, world, sku):
        add_item(world, "Blue mug", "Mug-1")
        buy(world, "MUG", line(sku, "Another name"))

        world.sync()

        assert item_names(world, posted(world, "MUG")) == ["Blue mug"]
        neighbours_are_posted(world)
        books_are_whole(world)

    @pytest.mark.parametrize("sku", ["Blue mug", "blue  MUG", " Blue mug "])
    def test_by_name(self, world, sku):
        world.set("items", match_by="name")
        add_item(world, "Blue mug", "X-9")
        buy(world, "MUG", line(sku))

        world.sync()

        assert item_names(world, posted(world, "MUG")) == ["Blue mug"]
        neighbours_are_posted(world)

    def test_each_variation_by_its_own_sku(self, world):
        for size in "ML":
            add_item(world, f"Shirt size {size}", f"TSH-{size}")
        world.place({"lines": [{"sku": "TSH-M"}, {"sku": "TSH-L"}], "order_id": "SHIRTS"})

        world.sync()

        assert item_names(world, posted(world, "SHIRTS")) == ["Shirt size M", "Shirt size L"]

    def test_by_hand_and_that_wins(self, world):
        add_item(world, "By sku", "MUG-1")
        chosen = world.entry("Item", "Services")
        ProductMatch.objects.create(integration=world.integration, sku="mug-1", item=chosen)
        buy(world, "MUG", line("MUG-1"))

        world.sync()

        assert item_names(world, posted(world, "MUG")) == ["Services"]
        neighbours_are_posted(world)

    def test_by_hand_and_made_inactive_since(self, world):
        """A person's choice is not replaced by a guess."""
        gone = add_item(world, "Chosen", "OTHER")
        add_item(world, "By sku", "MUG-1")
        world.sync()
        world.place({"lines": [line("OTHER")], "order_id": "LEARN"})
        world.sync()
        ProductMatch.objects.create(integration=world.integration, sku="MUG-1", item=world.entry("Item", "Chosen"))
        world.quickbooks.change(world.realm, "Item", gone["Id"], Active=False)
        buy(world, "MUG", line("MUG-1"))

        world.sync()

        neighbours_are_posted(world)
        held(world, "MUG", Reason.ITEM_INACTIVE, "MUG-1")

        ProductMatch.objects.all().delete()
        world.set("items", match_by="sku")
        world.sync()

        assert item_names(world, posted(world, "MUG")) == ["By sku"]

    def test_after_it_was_renamed_in_quickbooks(self, world):
        buy(world, "ONE", line("MUG-1", "Mug"))
        world.sync()
        item = entry_named(world, "Item", "Mug")
        world.quickbooks.change(world.realm, "Item", item["Id"], Name="Best mug")
        world.place({"lines": [line("MUG-1", "Mug")], "order_id": "TWO"})

        world.sync()

        assert item_names(world, posted(world, "TWO")) == ["Best mug"]
        books_are_whole(world)


class TestAmbiguous:
    def test_two_items_with_one_sku_wait_for_a_choice(self, world):
        add_item(world, "Old mug", "MUG-1")
        add_item(world, "New mug", "mug-1")
        buy(world, "MUG", line("MUG-1"))

        world.sync()

        neighbours_are_posted(world)
        held(world, "MUG", Reason.ITEM_AMBIGUOUS, "MUG-1", "in Items")

        ProductMatch.objects.create(integration=world.integration, sku="MUG-1", item=world.entry("Item", "New mug"))
        world.sync()

        assert item_names(world, posted(world, "MUG")) == ["New mug"]
        books_are_whole(world)

    def test_one_of_them_made_inactive_settles_it(self, world):
        old = add_item(world, "Old mug", "MUG-1")
        add_item(world, "New mug", "MUG-1")
        buy(world, "MUG", line("MUG-1"))
        world.sync()
        held(world, "MUG", Reason.ITEM_AMBIGUOUS)

        world.quickbooks.change(world.realm, "Item", old["Id"], Active=False)
        world.sync()

        assert item_names(world, posted(world, "MUG")) == ["New mug"]


class TestMissing:
    @pytest.fixture
    def world(self, world):
        world.set("items", create_missing=False)
        add_item(world, "Shirt", "TSH-M")
        return world

    def test_waits_for_the_item_and_is_released_by_it(self, world):
        buy(world, "MUG", line("MUG-1", "Blue mug"))

        world.sync()

        neighbours_are_posted(world)
        held(world, "MUG", Reason.ITEM_MISSING, "Blue mug", "MUG-1", "Add the item in QuickBooks")

        add_item(world, "The mug", "MUG-1")
        world.sync()

        assert item_names(world, posted(world, "MUG")) == ["The mug"]
        books_are_whole(world)

    def test_is_released_by_a_match(self, world):
        buy(world, "MUG", line("MUG-1", "Blue mug"))
        world.sync()
        held(world, "MUG", Reason.ITEM_MISSING)

        ProductMatch.objects.create(integration=world.integration, sku="MUG-1", item=world.entry("Item", "Services"))
        world.sync()

        assert item_names(world, posted(world, "MUG")) == ["Services"]

    def test_is_released_by_a_sku_typed_into_an_item(self, world):
        mug = add_item(world, "The mug")
        buy(world, "MUG", line("MUG-1"))
        world.sync()
        held(world, "MUG", Reason.ITEM_MISSING)

        world.quickbooks.change(world.realm, "Item", mug["Id"], Sku="MUG-1")
        world.sync()

        assert item_names(world, posted(world, "MUG")) == ["The mug"]

    def test_is_released_by_letting_it_be_created(self, world):
        buy(world, "MUG", line("MUG-1", "Blue mug"))
        world.sync()

        world.set("items", create_missing=True)
        world.sync()

        assert item_names(world, posted(world, "MUG")) == ["Blue mug"]


class TestCreated:
    def test_once_for_many_orders_of_one_sync(self, world):
        for number in range(5):
            world.place({"lines": [line("MUG-1", "Mug"), line("mug-1 ", "Mug")], "order_id": f"N{number}"})

        world.sync()

        mug = entry_named(world, "Item", "Mug")
        assert mug["Sku"] == "MUG-1"
        for number in range(5):
            assert item_names(world, posted(world, f"N{number}")) == ["Mug", "Mug"]
        books_are_whole(world)

    @pytest.mark.parametrize("syncs", [1, 2], ids=["at once", "later"])
    def test_twice_for_two_products_of_one_name(self, world, syncs):
        world.place({"lines": [line("A-1", "Mug")], "order_id": "ONE", "created": "2026-03-10T15:00:00+00:00"})
        if syncs == 2:
            world.sync()
        world.place({"lines": [line("B-1", "mug")], "order_id": "TWO"})

        world.sync()

        assert item_names(world, posted(world, "ONE")) == ["Mug"]
        assert item_names(world, posted(world, "TWO")) == ["mug (B-1)"]
        books_are_whole(world)

    def test_under_another_name_where_an_item_of_another_sku_has_it(self, world):
        add_item(world, "Mug", "OLD-1")
        buy(world, "MUG", line("NEW-1", "Mug"))

        world.sync()

        assert item_names(world, posted(world, "MUG")) == ["Mug (NEW-1)"]
        neighbours_are_posted(world)
        books_are_whole(world)

    @pytest.mark.parametrize("match_by", ["sku", "name"])
    def test_under_another_name_where_a_category_has_it(self, world, match_by):
        """Nothing can be sold on a category."""
        world.set("items", match_by=match_by)
        world.quickbooks.add(world.realm, "Item", {"Name": "Mugs", "Type": "Category"})
        buy(world, "MUG", line("MUGS", "Mugs"))

        world.sync()

        [name] = item_names(world, posted(world, "MUG"))
        assert (name, entry_named(world, "Item", name)["Type"]) == ("Mugs (MUGS)", "NonInventory")
        neighbours_are_posted(world)

        world.place({"lines": [line("MUGS", "Mugs")], "order_id": "AGAIN"})
        world.sync()
        assert item_names(world, posted(world, "AGAIN")) == [name]
        books_are_whole(world)

    def test_for_each_variation_that_is_new(self, world):
        world.place({"lines": [{"sku": f"TSH-{size}"} for size in ("S", "M", "L")], "order_id": "SHIRTS"})

        world.sync()

        names = item_names(world, posted(world, "SHIRTS"))
        assert names == [f"T-shirt feuille (TSH-{size})" for size in ("S", "M", "L")]
        books_are_whole(world)

    def test_by_name_is_found_by_name(self, world):
        world.set("items", match_by="name")
        buy(world, "MUG", line("MUG-1", "Blue mug"))

        world.sync()

        assert item_names(world, posted(world, "MUG")) == ["MUG-1"]
        assert entry_named(world, "Item", "MUG-1")["Description"] == "Blue mug"
        world.place({"lines": [line("mug-1", "Blue mug")], "order_id": "AGAIN"})
        world.sync()
        assert item_names(world, posted(world, "AGAIN")) == ["MUG-1"]
        books_are_whole(world)

    def test_by_name_is_not_created_beside_an_inactive_one(self, world):
        world.set("items", match_by="name")
        old = add_item(world, "MUG-1")
        world.quickbooks.change(world.realm, "Item", old["Id"], Active=False)
        buy(world, "MUG", line("MUG-1"))

        world.sync()

        neighbours_are_posted(world)
        held(world, "MUG", Reason.ITEM_INACTIVE, "MUG-1")

        world.quickbooks.change(world.realm, "Item", old["Id"], Active=True, Name="MUG-1")
        world.sync()

        assert item_names(world, posted(world, "MUG")) == ["MUG-1"]


class TestHealthOfSkus:
    def test_a_product_without_one(self, world):
        buy(world, "BARE", line("", "Nameless thing"), line("TSH-M"))

        world.sync()

        neighbours_are_posted(world)
        held(world, "BARE", Reason.SKU_MISSING, "Nameless thing", "in the store")

        [order] = [one for one in world.ecwid.orders(world.store_id) if one["id"] == "BARE"]
        first, *rest = order["items"]
        world.ecwid.patch(world.store_id, order["internalId"], items=[{**first, "sku": "THING-1"}, *rest])
        world.sync()

        assert len(lines_of(posted(world, "BARE"))) == 2
        books_are_whole(world)

    def test_one_that_is_too_long_for_quickbooks(self, world):
        sku = "S" * 101
        buy(world, "LONG", line(sku, "Long thing"))

        world.sync()

        neighbours_are_posted(world)
        held(world, "LONG", Reason.SKU_UNUSABLE, sku, "in Items")

        ProductMatch.objects.create(integration=world.integration, sku=sku, item=world.entry("Item", "Services"))
        world.sync()

        assert item_names(world, posted(world, "LONG")) == ["Services"]
        books_are_whole(world)

    def test_one_of_a_hundred_characters_fits(self, world):
        sku = "S" * 100
        buy(world, "LONG", line(sku, "Long thing"))

        world.sync()

        assert entry_named(world, "Item", "Long thing")["Sku"] == sku
        posted(world, "LONG")

    def test_a_colon_is_fine_in_a_sku_and_not_in_a_name(self, world):
        buy(world, "COLON", line("A:1", "Thing"))
        world.sync()
        assert entry_named(world, "Item", "Thing")["Sku"] == "A:1"

        world.set("items", match_by="name")
        world.place({"lines": [line("B:1", "Other thing")], "order_id": "NAME"})
        world.sync()

        posted(world, "COLON")
        held(world, "NAME", Reason.SKU_UNUSABLE, "B:1", "Other thing")


def test_prices_and_quantities_are_those_of_the_order(world):
    buy(world, "MUG", line("MUG-1", "Mug", price="7.99", quantity=500), line("PEN-1", "Pen", price="0.333", quantity=3))

    world.sync()

    mug, pen = lines_of(posted(world, "MUG"))
    assert (mug["SalesItemLineDetail"]["Qty"], money(mug["SalesItemLineDetail"]["UnitPrice"])) == (500, money("7.99"))
    assert money(mug["Amount"]) == 3995
    assert money(pen["Amount"]) == 1
    books_are_whole(world)
