"""Products and stock levels of Wix sites, whose catalogue is the older one (V1) or the newer one (V3) (W4)."""

import pytest

from sync.models import Record, RecordKind, RecordState
from sync.translate.reasons import Reason
from tests.support.expect import later
from tests.support.shelves import Shop
from tests.support.world import World

# Each catalogue's world, and of its site a product without variants and a variant.
SITES = {"V1_CATALOG": ("WIX_US", "MUG", "ROPE-RED"), "V3_CATALOG": ("WIX_FR", "MIEL", "LAMPE-BLE")}


class Site(Shop):
    """A site with shelves."""

    @property
    def shown(self):
        """The levels that the site shows, by SKU."""
        return {sku: item["quantity"] for sku, item in self.world.wix.stock(self.store).items()}


@pytest.fixture
def make(sandbox, time, db):
    def made(name, *flows):
        world = World.make(sandbox, time, name)
        for flow in flows:
            world.set(flow, enabled=True)
        return Site(world)

    return made


@pytest.mark.parametrize("catalog", SITES)
def test_products_become_items_each_variant_its_own(make, catalog):
    site = make(SITES[catalog][0], "products")
    assert site.world.wix.site(site.store)["catalog"] == catalog

    run = site.sync(flows=["products"])

    items = {row["Sku"]: row for row in site.world.books()["Item"] if row.get("Sku")}
    assert run.state == "finished"
    assert set(site.shown) <= set(items)
    products = Record.objects.filter(integration=site.world.integration, kind=RecordKind.PRODUCT)
    assert {(record.state, record.reason) for record in products} == {(RecordState.POSTED, "")}
    later(site.world, minutes=30)
    assert not site.sync(flows=["products"]).counts.get("created")


@pytest.mark.parametrize("catalog", SITES)
def test_levels_are_set_in_either_catalogue(make, catalog):
    name, plain, variant = SITES[catalog]
    site = make(name, "stock")
    before = site.shown
    site.keep_in_books(plain, 41)
    site.keep_in_books(variant, 3)

    site.sync()
    assert site.shown == before
    assert site.state(plain) == (RecordState.HELD, Reason.STOCK_AWAITS_APPROVAL)
    assert site.approve()
    site.sync()

    assert site.shown == {**before, plain: 41, variant: 3}
    assert site.state(variant) == (RecordState.POSTED, Reason.STOCK_SET)


def test_a_site_that_moves_to_the_newer_catalogue_goes_on(make):
    _, plain, variant = SITES["V1_CATALOG"]
    site = make("WIX_US", "stock")
    for sku in (plain, variant):
        site.keep_in_books(sku, 12)
    site.approved()
    # Sold under the older catalogue's name of the product, and not in the books.
    site.world.place({"lines": [{"sku": plain, "quantity": 2}], "paid": False})
    site.sync(flows=["orders"])

    site.world.wix.control("POST", f"sites/{site.store}/catalog/upgrade", {})
    later(site.world, minutes=30)
    site.count(plain, 9)
    site.count(variant, 8)
    site.sync()

    assert (site.shown[plain], site.shown[variant]) == (7, 8)


def test_what_lies_in_several_places_is_left_alone(make):
    site = make("WIX_GB", "stock")
    before = site.shown
    site.keep_in_books("VASE", 41)

    site.sync(approve=True)

    assert site.shown == before
    assert site.state("VASE") == (RecordState.SKIPPED, Reason.STOCK_IN_PLACES)
