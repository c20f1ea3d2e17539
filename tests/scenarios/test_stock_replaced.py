"""Products and variations that are deleted, made anew or turned into something else in between (K1, I5)."""

from unittest import mock

import pytest
import requests
from django.conf import settings

from integrations.ecwid.store import EcwidStore
from sync.models import Record, RecordKind, RecordState, RunState
from sync.services.stock import push_approve
from sync.translate.reasons import Reason
from tests.support.expect import later
from tests.support.shelves import product_id, table, waiting
from tests.support.world import money


def delete(shop, sku):
    shop.world.ecwid.control("DELETE", f"stores/{shop.store}/products/{product_id(shop, sku)}")


def exchange(shop, product, variation, body):
    """The merchant removes a variation and makes it anew."""
    path = f"{settings.ECWID_API_URL}/{shop.store}/products/{product}/combinations"
    token = {"Authorization": f"Bearer secret_sim_{shop.store}"}
    assert requests.delete(f"{path}/{variation}", headers=token, timeout=10).ok
    made = {name: value for name, value in body.items() if name != "id"}
    assert requests.post(path, json=made, headers=token, timeout=10).ok


def states(kind, sku):
    """Of all that the store had under this SKU, the oldest first."""
    records = Record.objects.filter(kind=kind, number=sku).order_by("pk")
    return [(record.state, record.reason) for record in records]


GONE = (RecordState.SKIPPED, Reason.PRODUCT_GONE)
DOUBLED = (RecordState.HELD, Reason.SKU_DUPLICATE)


class TestLevels:
    @pytest.fixture
    def mug(self, shop):
        shop.keep_in_books("MUG-1", 12)
        shop.sell("MUG-1", 8)
        return shop.approved()

    def test_a_product_made_anew_gets_its_level_at_once(self, mug):
        delete(mug, "MUG-1")
        mug.sell("MUG-1", 5)

        mug.sync()

        assert mug.level("MUG-1") == 12
        assert states(RecordKind.STOCK, "MUG-1") == [GONE, (RecordState.POSTED, Reason.STOCK_SET)]

    def test_a_real_double_is_asked_for_once(self, mug):
        mug.world.ecwid.switch(unique_skus=False)
        mug.sell("MUG-1", 5)
        mug.sync()
        assert states(RecordKind.STOCK, "MUG-1") == [DOUBLED, DOUBLED]
        later(mug.world, minutes=30)
        mug.sync()

        assert mug.store_calls(mug.sync()) <= 3

    def test_a_variation_that_is_replaced(self, shop):
        sized = {
            "id": 7901,
            "options": [{"name": "Size", "value": "M"}],
            "sku": "CAP-M",
            "quantity": 4,
            "unlimited": False,
        }
        shop.keep_in_books("CAP-M", 6)
        cap = shop.sell("CAP", 10, combinations=[sized])
        shop.approved()
        assert shop.level("CAP-M") == 6
        exchange(shop, cap["id"], 7901, sized)

        shop.sync()

        assert shop.level("CAP-M") == 6
        assert states(RecordKind.STOCK, "CAP-M") == [GONE, (RecordState.POSTED, Reason.STOCK_SET)]

    def test_one_that_gets_another_sku_while_levels_are_written_is_compared_again(self, shop):
        """The level that was decided is that of another item."""
        shop.keep_in_books("MUG-1", 12)
        shop.keep_in_books("CUP-1", 3)
        shop.sell("MUG-1", 8)
        original = EcwidStore.product

        def renamed(store, ref):
            shop.world.ecwid.change_product(shop.store, int(ref), sku="CUP-1")
            return original(store, ref)

        with mock.patch.object(EcwidStore, "product", renamed):
            shop.sync(approve=True)
        assert shop.level("CUP-1") == 8

        shop.sync(approve=True)
        assert shop.level("CUP-1") == 3

    def test_whoever_looks_at_an_old_table_is_shown_the_new_one(self, shop):
        shop.keep_in_books("MUG-1", 12)
        shop.sell("MUG-1", 8)
        shop.sync()
        shown = waiting(shop)
        shop.count("MUG-1", 15)

        shop.sync()

        assert not push_approve(shown.pk, digest=shown.digest, user=shop.olga, now=shop.world.time.now())
        assert waiting(shop).pk == shown.pk
        assert table(waiting(shop)) == {"MUG-1": (8, 15)}
        assert waiting(shop).digest != shown.digest


class TestItems:
    @pytest.fixture
    def made(self, shop):
        shop.world.set("stock", enabled=False)
        shop.world.set("products", enabled=True)
        shop.sync(flows=["products"])
        shop.sell("MUG-1")
        shop.sync(flows=["products"])
        return shop

    def test_a_product_made_anew_is_the_item_that_is_there(self, made):
        delete(made, "MUG-1")
        made.sell("MUG-1")

        made.sync(flows=["products"])

        assert states(RecordKind.PRODUCT, "MUG-1") == [GONE, (RecordState.POSTED, Reason.ITEM_EXISTS)]
        assert not made.sync(flows=["products"]).counts
        assert len([row for row in made.world.books()["Item"] if row.get("Sku") == "MUG-1"]) == 1

    def test_a_double_is_free_a_day_after_the_other_was_deleted(self, made):
        made.world.ecwid.switch(unique_skus=False)
        made.sell("MUG-1", name="Another")
        made.sync(flows=["products"])
        assert states(RecordKind.PRODUCT, "MUG-1")[1] == DOUBLED
        delete(made, "MUG-1")
        later(made.world, hours=25)

        made.sync(flows=["products"])

        assert states(RecordKind.PRODUCT, "MUG-1")[0] == GONE
        assert states(RecordKind.PRODUCT, "MUG-1")[1][0] == RecordState.POSTED

    def test_what_is_gone_does_not_become_an_item_when_settings_change(self, made):
        delete(made, "MUG-1")
        made.sell("MUG-1")
        made.sync(flows=["products"])

        made.world.set("products", create_as="service")
        made.sync(flows=["products"])

        assert states(RecordKind.PRODUCT, "MUG-1")[0] == GONE


class TestOpeningQuantities:
    @pytest.fixture
    def counted(self, shop):
        shop.world.set("stock", enabled=False)
        shop.world.set("products", enabled=True, create_as="inventory", opening_quantity="store")
        shop.sync(flows=["products"])
        shop.sell("MUG-1", 10)
        return shop

    def test_a_product_that_is_deleted_before_its_item_is_made(self, counted):
        original = EcwidStore.product

        def deleted(store, ref):
            counted.world.ecwid.control("DELETE", f"stores/{counted.store}/products/{ref}")
            return original(store, ref)

        with mock.patch.object(EcwidStore, "product", deleted):
            counted.sync(flows=["products"])

        assert states(RecordKind.PRODUCT, "MUG-1") == [GONE]
        assert not counted.sync(flows=["products"]).counts

    def test_one_product_that_cannot_be_read_keeps_no_order_out_of_the_books(self, counted):
        path = f"/products/{product_id(counted, 'MUG-1')}"
        counted.world.ecwid.fault("status", path=path, status=500, times=20)
        counted.world.place({"lines": [{"sku": "TSH-M"}], "order_id": "ONE"})

        run = counted.sync(flows=["products", "orders"])

        assert (run.state, run.reason) == (RunState.FAILED, Reason.STORE_UNAVAILABLE)
        assert counted.world.record("ONE").state == RecordState.POSTED
        counted.world.ecwid.clear_faults()
        counted.sync(flows=["products"])
        [item] = [row for row in counted.world.books()["Item"] if row.get("Sku") == "MUG-1"]
        assert money(item["QtyOnHand"]) == 10
