"""Products of the store become items before anybody orders them; what is there already is left as it is (I5)."""

import pytest

from sync.models import Action, Record, RecordKind, RecordState, RunState
from sync.translate.reasons import Reason
from tests.support.expect import books_are_whole, entry_named, later
from tests.support.world import money


@pytest.fixture
def shop(world):
    """The world with the products flow on; the shop's own forty products are items already."""
    world.set("products", enabled=True)
    world.sync(flows=["products"])
    later(world, minutes=30)
    world.sync(flows=["products"])
    world.ecwid.reset_counters()
    world.quickbooks.reset_counters()
    return Shop(world)


class Shop:
    """What these tests do to a shop and look at in it."""

    def __init__(self, world):
        self.world, self.store, self.realm = world, world.store_id, world.realm

    def sell(self, sku, **fields):
        product = {"sku": sku, "name": f"Product {sku}", "price": 20, "quantity": 10, "unlimited": False, **fields}
        return self.world.ecwid.control("POST", f"stores/{self.store}/products", product)

    def change(self, product, **changes):
        self.world.ecwid.change_product(self.store, product["id"], **changes)

    def sync(self, **options):
        return self.world.sync(flows=options.pop("flows", ["products"]), **options)

    def item(self, sku):
        found = [row for row in self.world.books()["Item"] if row.get("Sku") == sku]
        assert len(found) <= 1, f"{sku} is there twice"
        return found[0] if found else None

    def record(self, sku):
        return Record.objects.get(integration=self.world.integration, kind=RecordKind.PRODUCT, number=sku)

    def state(self, sku):
        record = self.record(sku)
        return record.state, record.reason

    def entry(self, run, sku):
        return next(entry for entry in self.world.log(run) if entry.store_ref == sku)


class TestNew:
    def test_a_product_becomes_an_item_with_the_accounts_of_orders(self, shop):
        shop.sell("MUG-1")

        run = shop.sync()

        item = shop.item("MUG-1")
        assert (item["Name"], item["Type"], money(item["UnitPrice"])) == ("Product MUG-1", "NonInventory", 20)
        income = shop.world.entry("Account", "Sales of Product Income")
        assert item["IncomeAccountRef"]["value"] == income.books_ref
        entry = shop.entry(run, "MUG-1")
        assert (entry.action, entry.kind, entry.books_type, entry.books_ref) == (
            Action.CREATED, RecordKind.PRODUCT, "Item", item["Id"],
        )  # fmt: skip
        assert shop.state("MUG-1") == (RecordState.POSTED, "")
        assert not shop.sync().counts

    def test_an_order_uses_the_item_and_makes_no_second_one(self, shop):
        shop.sell("MUG-1")
        shop.world.place({"lines": [{"sku": "MUG-1", "quantity": 2}], "order_id": "ONE"})

        shop.sync(flows=["products", "orders"])

        assert shop.world.record("ONE").state == RecordState.POSTED
        assert shop.item("MUG-1")["Name"] == "Product MUG-1"
        books_are_whole(shop.world)

    def test_each_variation_with_a_sku_of_its_own(self, shop):
        sizes = [
            {"id": 7900 + number, "options": [{"name": "Size", "value": size}], "sku": f"CAP-{size}"}
            for number, size in enumerate("SM")
        ]
        shop.sell("CAP", name="Cap", combinations=[*sizes, {"id": 7910, "options": [{"name": "Size", "value": "L"}]}])

        shop.sync()

        found = {sku: (shop.item(sku)["Name"], shop.item(sku)["Description"]) for sku in ("CAP", "CAP-S", "CAP-M")}
        assert found == {
            "CAP": ("Cap", "Cap"),
            "CAP-S": ("Cap (CAP-S)", "Cap (S)"),
            "CAP-M": ("Cap (CAP-M)", "Cap (M)"),
        }

    def test_with_accounts_and_a_type_of_their_own(self, shop):
        services = shop.world.entry("Account", "Services")
        shop.world.set("products", create_as="service", income_account=services)
        shop.sell("MUG-1")

        shop.sync()

        assert shop.item("MUG-1")["Type"] == "Service"
        assert shop.item("MUG-1")["IncomeAccountRef"]["value"] == services.books_ref

    def test_what_is_sold_and_not_posted_yet_belongs_to_the_opening_quantity(self, shop):
        """The order lowers QuickBooks' quantity when it is posted, as it has lowered the store's already."""
        shop.world.set("products", create_as="inventory", opening_quantity="store", inventory_start="2025-06-01")
        shop.sell("MUG-1", quantity=10)
        shop.world.place({"lines": [{"sku": "MUG-1", "quantity": 3}], "order_id": "ONE"})

        shop.sync()
        assert money(shop.item("MUG-1")["QtyOnHand"]) == 10
        assert shop.item("MUG-1")["InvStartDate"] == "2025-06-01"

        shop.sync(flows=["orders"])
        assert money(shop.item("MUG-1")["QtyOnHand"]) == 7

    def test_zero_to_begin_with_by_default(self, shop):
        shop.world.set("products", create_as="inventory")
        shop.sell("MUG-1", quantity=10)

        shop.sync()

        assert (shop.item("MUG-1")["Type"], money(shop.item("MUG-1")["QtyOnHand"])) == ("Inventory", 0)

    def test_hundred_products_cost_few_calls(self, shop):
        for number in range(60):
            shop.sell(f"P-{number}")

        run = shop.sync()

        assert run.counts == {Action.CREATED: 60}
        assert run.calls["store"] <= 4
        assert run.calls["books"] <= 8  # preferences, changes, taxes, two batches


class TestLeftAlone:
    def test_an_item_that_is_there_is_linked_and_not_overwritten(self, shop):
        income = {"value": shop.world.entry("Account", "Sales of Product Income").books_ref}
        mine = {"Name": "My mug", "Sku": "mug-1", "Type": "NonInventory", "IncomeAccountRef": income, "UnitPrice": 18}
        shop.world.quickbooks.add(shop.realm, "Item", mine)
        shop.world.set("products", update_items=True)
        shop.sell("MUG-1")

        run = shop.sync()

        assert shop.item("mug-1")["Name"] == "My mug"
        assert money(shop.item("mug-1")["UnitPrice"]) == 18
        assert shop.item("MUG-1") is None
        assert shop.state("MUG-1") == (RecordState.POSTED, Reason.ITEM_DIFFERS)
        entry = shop.entry(run, "MUG-1")
        assert entry.action == Action.UNCHANGED
        assert (entry.params["item"], entry.params["books_price"], entry.params["store_price"]) == (
            "My mug",
            "18",
            "20",
        )

    def test_a_change_in_the_store_is_told_and_carried_over_only_by_choice(self, shop):
        product = shop.sell("MUG-1")
        shop.sync()
        shop.change(product, name="Best mug", price=25)
        shop.sync()
        assert shop.item("MUG-1")["Name"] == "Product MUG-1"
        assert shop.state("MUG-1") == (RecordState.POSTED, Reason.ITEM_DIFFERS)

        shop.world.set("products", update_items=True)
        shop.change(product, price=26)
        run = shop.sync()

        item = shop.item("MUG-1")
        assert (item["Name"], money(item["UnitPrice"]), item["Description"]) == ("Best mug", 26, "Best mug")
        assert shop.entry(run, "MUG-1").action == Action.UPDATED
        assert shop.state("MUG-1") == (RecordState.POSTED, Reason.ITEM_UPDATED)
        assert not shop.sync().counts

    def test_a_level_that_changes_is_no_change_of_the_item(self, shop):
        product = shop.sell("MUG-1")
        shop.sync()
        shop.change(product, quantity=3)

        assert not shop.sync().counts
        assert shop.record("MUG-1").payload["product"]["stock"] == 3

    def test_disabled_products_and_gift_cards_are_no_items(self, shop):
        product = shop.sell("MUG-1", enabled=False)
        shop.sell("CARD", isGiftCard=True, unlimited=True)

        shop.sync()

        assert shop.state("MUG-1") == (RecordState.SKIPPED, Reason.PRODUCT_DISABLED)
        assert shop.state("CARD") == (RecordState.SKIPPED, Reason.PRODUCT_IS_GIFT_CARD)
        shop.change(product, enabled=True)
        shop.sync()
        assert shop.item("MUG-1")


class TestHeld:
    @pytest.mark.parametrize(
        ("sku", "match_by", "reason"),
        [
            ("x" * 101, "sku", Reason.SKU_UNUSABLE),
            ("MUG:1", "name", Reason.SKU_UNUSABLE),
        ],
    )
    def test_a_sku_that_quickbooks_cannot_hold(self, shop, sku, match_by, reason):
        shop.world.set("items", match_by=match_by)
        shop.sell(sku)

        shop.sync()

        assert shop.state(sku[:100]) == (RecordState.HELD, reason)

    def test_without_a_sku_or_with_anothers(self, shop):
        shop.world.ecwid.switch(unique_skus=False)
        blank = shop.sell(" ")
        for name in ("Blue", "Red"):
            shop.sell("MUG-1", name=name)

        shop.sync()

        assert shop.state("") == (RecordState.HELD, Reason.SKU_MISSING)
        reasons = Record.objects.filter(kind=RecordKind.PRODUCT, number="MUG-1").values_list("reason", flat=True)
        assert set(reasons) == {Reason.SKU_DUPLICATE}
        shop.change(blank, sku="PLATE")
        shop.sync()
        assert shop.item("PLATE")

    def test_accounts_that_are_missing_release_their_products_once_chosen(self, shop):
        shop.world.set("items", income_account=None)
        shop.sell("MUG-1")
        shop.sync()
        assert shop.state("MUG-1") == (RecordState.HELD, Reason.ITEM_ACCOUNTS_MISSING)

        shop.world.set("products", income_account=shop.world.entry("Account", "Sales of Product Income"))
        shop.sync()

        assert shop.item("MUG-1")


class TestRuns:
    def test_a_dry_run_makes_nothing_and_says_what_it_would(self, shop):
        shop.sell("MUG-1")

        run = shop.sync(dry_run=True)

        assert shop.entry(run, "MUG-1").action == Action.WOULD_CREATE
        assert shop.item("MUG-1") is None
        assert not Record.objects.filter(kind=RecordKind.PRODUCT, number="MUG-1").exists()

    def test_products_that_cannot_be_read_keep_no_order_out_of_the_books(self, shop):
        shop.world.place({"lines": [{"sku": "TSH-M"}], "order_id": "ONE"})
        shop.world.ecwid.fault("status", path="/products", status=500, times=20)

        run = shop.sync(flows=["products", "orders"])

        assert (run.state, run.reason) == (RunState.FAILED, Reason.STORE_UNAVAILABLE)
        assert shop.world.record("ONE").state == RecordState.POSTED

    def test_an_answer_that_was_lost_makes_no_second_item(self, shop):
        shop.sell("MUG-1")
        shop.world.quickbooks.fault("drop_after", method="POST", path="/batch")

        shop.sync()

        assert entry_named(shop.world, "Item", "Product MUG-1")
        assert shop.state("MUG-1")[0] == RecordState.POSTED
