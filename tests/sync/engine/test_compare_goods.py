"""What changed settings would make of products and of stock levels, before anybody saves them."""

from copy import copy
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import Integration
from sync.engine.compare import Unsaved, compare
from sync.models import ProductMatch, Record
from tests.support.expect import later
from tests.support.shelves import Shop


def fresh(world):
    return Integration.objects.get(pk=world.integration.pk)


def changed(row, **values):
    row = copy(row)
    for name, value in values.items():
        setattr(row, name, value)
    return row


def compared(world, *rows, removed=()):
    return compare(fresh(world), Unsaved(rows, tuple(removed)), clock=world.time.clock)


def tables():
    models = [model for model in apps.get_models() if model._meta.app_label in {"accounts", "integrations", "sync"}]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


def sell(world, sku, **fields):
    product = {"sku": sku, "name": f"Product {sku}", "price": 20, "quantity": 10, "unlimited": False, **fields}
    return world.ecwid.control("POST", f"stores/{world.store_id}/products", product)


class TestProducts:
    @pytest.fixture
    def shop(self, world):
        """The shop's own forty products are items; MUG-1 and CAP-1 are new and wait for an account."""
        world.set("products", enabled=True)
        world.sync(flows=["products"])
        later(world, minutes=30)
        world.set("items", income_account=None)
        for sku in ("MUG-1", "CAP-1"):
            sell(world, sku)
            world.sync(flows=["products"])
        world.set("items", income_account=world.entry("Account", "Sales of Product Income"))
        assert {one.state for one in Record.objects.filter(number__in=["MUG-1", "CAP-1"])} == {"held"}
        return world

    @staticmethod
    def changes(comparison):
        return {
            one.after.record.number: [(each.what, each.before, each.after) for each in one.changes]
            for one in comparison.products.differences
        }

    @staticmethod
    def endings(comparison):
        return {
            one.after.record.number: [(end.action, end.reason) for end in (one.before, one.after)]
            for one in comparison.products.differences
        }

    def test_the_same_settings_change_nothing_and_no_order_is_looked_at(self, shop):
        comparison = compared(shop, fresh(shop).products)
        assert (comparison.products.looked_at, comparison.products.differences) == (30, ())
        assert (comparison.looked_at, comparison.levels) == (None, None)

    def test_type_and_accounts_show_on_products_that_are_no_items_yet(self, shop):
        services = shop.entry("Account", "Services")
        comparison = compared(shop, changed(fresh(shop).products, create_as="service", income_account=services))
        expected = [
            ("item_type", "NonInventory", "Service"),
            ("income_account", "Sales of Product Income", "Services"),
        ]
        assert self.changes(comparison) == {"CAP-1": expected, "MUG-1": expected}
        assert comparison.products.differences[0].currency == "CAD"

    def test_what_is_shown_is_what_is_then_made(self, shop):
        """Stock of new items, and what they begin with."""
        settings = changed(
            fresh(shop).products, create_as="inventory", opening_quantity="store", inventory_start=date(2025, 6, 1)
        )
        comparison = compared(shop, settings)
        found = self.changes(comparison)["MUG-1"]
        assert ("item_type", "NonInventory", "Inventory") in found
        assert ("inventory_start", None, date(2025, 6, 1)) in found
        [shown] = [one for one in comparison.products.differences if one.after.record.number == "CAP-1"]
        settings.save()
        shop.sync(flows=["products"])
        [made] = [row for row in shop.books()["Item"] if row.get("Sku") == "CAP-1"]
        [document] = shown.after.documents
        assert Decimal(str(made["QtyOnHand"])) == document.payload["QtyOnHand"] == 10
        assert made["InvStartDate"] == document.payload["InvStartDate"]
        assert made["Name"] == document.payload["Name"]

    def test_an_account_that_is_missing_holds_them(self, shop):
        comparison = compared(shop, changed(fresh(shop).items, income_account=None))
        held = [("would_create", ""), ("held", "item_accounts_missing")]
        assert self.endings(comparison) == {"CAP-1": held, "MUG-1": held}

    def test_a_match_makes_a_product_an_item_that_is_there(self, shop):
        new = ProductMatch(integration=shop.integration, sku="mug-1", item=shop.entry("Item", "Fees"))
        comparison = compared(shop, new)
        assert list(self.endings(comparison)) == ["MUG-1"]
        [only] = comparison.products.differences
        assert (only.after.action, only.after.params["item"]) == ("unchanged", "Fees")

    def test_matching_by_name_would_make_items_anew(self, shop):
        """That is what people must see before they save it: those that are items by their SKU are none by name."""
        comparison = compared(shop, changed(fresh(shop).items, match_by="name"))
        linked = {number: ends for number, ends in self.endings(comparison).items() if ends[0][0] == "unchanged"}
        assert linked
        assert {ends[1][0] for ends in linked.values()} == {"would_create"}

    def test_the_flow_switched_off_and_on(self, shop):
        off = compared(shop, changed(fresh(shop).products, enabled=False))
        assert self.endings(off)["MUG-1"] == [("would_create", ""), ("skipped", "")]
        shop.set("products", enabled=False)
        assert compared(shop, changed(fresh(shop).products, create_as="service")).products is None
        on = compared(shop, changed(fresh(shop).products, enabled=True))
        assert self.endings(on)["MUG-1"] == [("skipped", ""), ("would_create", "")]

    def test_nothing_is_asked_or_written(self, shop):
        before, books = tables(), shop.books()
        shop.quickbooks.reset_counters()
        shop.ecwid.reset_counters()
        assert compared(shop, changed(fresh(shop).products, create_as="service")).products.differences
        assert shop.quickbooks.counters()["requests"] == shop.ecwid.counters()["requests"] == 0
        assert (tables(), shop.books()) == (before, books)


def test_before_the_first_sync_the_stores_products_are_compared(world):
    """One page of them is read, and none is filed."""
    sell(world, "MUG-1")
    world.ecwid.reset_counters()
    comparison = compared(world, changed(fresh(world).products, enabled=True))
    assert comparison.products.looked_at == 30
    assert world.ecwid.counters()["requests"] == 1
    assert not Record.objects.exists()


def test_products_that_came_since_the_last_sync_are_the_next(world):
    """All that were filed are items: only one that is new shows what another type would be."""
    world.set("products", enabled=True)
    world.sync(flows=["products"])
    later(world, minutes=30)
    sell(world, "MUG-1")
    before = Record.objects.count()
    comparison = compared(world, changed(fresh(world).products, create_as="service"))
    [only] = comparison.products.differences
    assert (only.after.record.number, only.after.record.pk) == ("MUG-1", None)
    assert comparison.products.looked_at == 30
    assert Record.objects.count() == before
    about_orders = compared(world, changed(fresh(world).items, create_as="service"))
    assert about_orders.products.differences == ()


class TestLevels:
    @pytest.fixture
    def shop(self, world):
        """MUG-1 is counted in the books, CAP-1 is not in them."""
        world.set("stock", enabled=True)
        shop = Shop(world)
        shop.keep_in_books("MUG-1", 12)
        shop.keep_in_books("OTHER", 7)
        shop.sell("MUG-1", 8)
        shop.sell("CAP-1", 3)
        shop.sync()
        return shop

    @staticmethod
    def differences(comparison):
        return {
            one.product.sku: [(side.level, side.item, side.reason) for side in (one.before, one.after)]
            for one in comparison.levels.differences
        }

    def test_the_same_settings_change_nothing(self, shop):
        comparison = compared(shop.world, fresh(shop.world).stock)
        assert (comparison.levels.count, comparison.levels.differences) == (0, ())
        assert comparison.levels.looked_at == len(Record.objects.filter(kind="stock"))
        assert (comparison.looked_at, comparison.products) == (None, None)

    def test_a_match_shows_the_level_that_would_follow_from_it(self, shop):
        other = shop.world.integration.books.objects_mirrored.get(type="Item", sku_key="other")
        new = ProductMatch(integration=shop.world.integration, sku="CAP-1", item=other)
        assert self.differences(compared(shop.world, new)) == {
            "CAP-1": [(None, "", "stock_item_missing"), (7, other.name, "")]
        }

    def test_matching_by_name_leaves_levels_alone(self, shop):
        comparison = compared(shop.world, changed(fresh(shop.world).items, match_by="name"))
        before, after = self.differences(comparison)["MUG-1"]
        assert (before[0], after[0], after[2]) == (12, None, "stock_item_missing")
        assert comparison.looked_at is not None

    def test_what_is_sold_and_not_in_the_books_counts(self, shop):
        other = shop.world.integration.books.objects_mirrored.get(type="Item", sku_key="other")
        shop.world.set("orders", payment_statuses=["NEVER"])
        shop.world.place({"lines": [{"sku": "CAP-1", "quantity": 2}], "order_id": "SOLD"})
        shop.world.sync(flows=["orders"])
        new = ProductMatch(integration=shop.world.integration, sku="CAP-1", item=other)
        [only] = compared(shop.world, new).levels.differences
        assert only.after.level == 5

    def test_nothing_is_asked_or_written(self, shop):
        shop.world.place({"lines": [{"sku": "MUG-1"}]})
        shop.world.sync(flows=["orders"])
        before, books = tables(), shop.world.books()
        shop.world.quickbooks.reset_counters()
        shop.world.ecwid.reset_counters()
        assert compared(shop.world, changed(fresh(shop.world).items, match_by="name")).levels.count
        counters = shop.world.quickbooks.counters(), shop.world.ecwid.counters()
        assert [one["requests"] for one in counters] == [0, 0]
        assert (tables(), shop.world.books()) == (before, books)

    def test_it_costs_the_same_however_many_products_there_are(self, shop):
        def statements():
            with CaptureQueriesContext(connection) as captured:
                compared(shop.world, changed(fresh(shop.world).stock, include_unlimited=True))
            return len(captured)

        before = statements()
        for number in range(10):
            shop.sell(f"N-{number}", 4)
        shop.sync()
        assert statements() <= before
