"""What left the shelf and not the books, where that is hard to see: products made anew, other stores, edits (K3)."""

import pytest

from integrations.models import BooksObject
from sync.models import ProductMatch, RecordState
from sync.translate.reasons import Reason
from tests.support.expect import later
from tests.support.shelves import Shop, product_id
from tests.support.stores import second_store


def test_a_product_that_was_deleted_and_made_anew_is_known_by_its_sku(shop):
    shop.keep_in_books("MUG-1", 12)
    shop.sell("MUG-1", 12)
    shop.sync()
    shop.world.place({"lines": [{"sku": "MUG-1", "quantity": 3}], "order_id": "ONE"})
    shop.sync()
    shop.world.ecwid.control("DELETE", f"stores/{shop.store}/products/{product_id(shop, 'MUG-1')}")
    shop.sell("MUG-1", 9)
    later(shop.world, hours=26)

    shop.sync(approve=True)

    assert shop.level("MUG-1") == 9


@pytest.fixture
def two(make_world):
    """A shop of CUP-1, and another one on the same books that sells the same item under its own SKU, and posts none of
    it yet."""
    one = make_world("US", number_prefix="")
    one.set("stock", enabled=True)
    other = second_store(one)
    other.set("payments", account=None)
    shop = Shop(one)
    item = shop.keep_in_books("CUP-1", 10)
    shop.sell("CUP-1", 9)
    shop.approved()
    row = BooksObject.objects.get(books=one.integration.books, type="Item", books_ref=item["Id"])
    ProductMatch.objects.create(integration=other.integration, sku="B-CUP", item=row)
    return shop, other


def test_the_same_item_under_another_sku_in_another_store(two):
    shop, other = two
    other.place({"lines": [{"sku": "B-CUP", "quantity": 4, "price": 5}], "order_id": "B-1"})
    other.sync(flows=["orders"])
    assert other.record("B-1").state == RecordState.HELD

    shop.sync()

    assert shop.level("CUP-1") == 6


class TestEditedAfterPosting:
    """Three are sold and posted; then the order becomes one of five, which the books do not take over yet."""

    @pytest.fixture
    def held(self, shop):
        shop.keep_in_books("MUG-1", 20)
        shop.sell("MUG-1", 19)
        shop.approved()
        shop.world.place({"lines": [{"sku": "MUG-1", "quantity": 3, "price": 10}], "order_id": "ONE"})
        shop.sync(flows=["orders", "stock"])
        assert shop.level("MUG-1") == 17
        return shop

    def touched(self, shop, **changes):
        shop.world.quickbooks.change(shop.realm, "Invoice", shop.world.only()["Id"], **changes)

    def edited(self, shop, quantity):
        cart = {"lines": [{"sku": "MUG-1", "quantity": quantity, "price": 10}]}
        shop.world.act("ONE", "edit", {"cart": cart})
        shop.sync(flows=["orders", "stock"])
        assert (shop.world.record("ONE").state, shop.world.record("ONE").reason) == (
            RecordState.HELD, Reason.CHANGED_IN_BOOKS,
        )  # fmt: skip

    @pytest.mark.parametrize(("quantity", "level"), [(5, 15), (1, 19)])
    def test_what_the_books_do_not_say_yet_is_subtracted(self, held, quantity, level):
        self.touched(held, PrivateNote="by hand")

        self.edited(held, quantity)

        assert held.level("MUG-1") == level

    def test_what_somebody_entered_in_quickbooks_already_is_not_subtracted_twice(self, held):
        lines = [line for line in held.world.only()["Line"] if line["DetailType"] == "SalesItemLineDetail"]
        [mug] = [line for line in lines if line["SalesItemLineDetail"].get("Qty") == 3]
        mug["SalesItemLineDetail"]["Qty"], mug["Amount"] = 5, 50
        self.touched(held, Line=lines)

        self.edited(held, 5)

        assert held.level("MUG-1") == 15


@pytest.mark.parametrize("quantity", [2**31, 99_999_999_999, 10**30])
def test_a_slip_of_the_pen_in_quickbooks_stops_no_other_level(shop, quantity):
    for sku in "AB":
        shop.keep_in_books(sku, 12)
        shop.sell(sku, 8)
    shop.count("A", quantity)

    shop.approved()

    assert shop.level("B") == 12
    assert shop.level("A") == 2**31 - 1


def test_what_can_be_bought_without_being_counted_counts_as_falling_to_zero(shop):
    shop.keep_in_books("MUG-1", 5)
    shop.sell("MUG-1", 4)
    shop.approved()
    for number in range(3):
        shop.keep_in_books(f"Z-{number}", 0)
        shop.sell(f"Z-{number}", None, unlimited=True)
    shop.world.set("stock", include_unlimited=True)

    shop.sync()

    assert [shop.level(f"Z-{number}") for number in range(3)] == [None, None, None]
