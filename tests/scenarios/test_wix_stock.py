"""Stock levels of Wix sites are guarded like any other store's, in both catalogues (K1-K4)."""

import pytest

from sync.models import AskBecause, PushState, RecordState, StockPush
from sync.services.stock import push_restore
from sync.translate.reasons import Reason
from tests.support.expect import sentence_of
from tests.support.shelves import WixShop, waiting


@pytest.fixture(params=["WIX_US", "WIX_FR"], ids=["V1", "V3"])
def site(make_world, request):
    world = make_world(request.param, payment_statuses=[])
    world.set("stock", enabled=True)
    return WixShop(world)


def test_five_hundred_blank_items_write_nothing(site):
    """QuickBooks lists 500 items without a quantity: blank is not zero."""
    for number in range(500):
        sku = f"N-{number:03}"
        site.list_in_books(sku)
        site.sell(sku, 5)
    before = site.world.wix.stock(site.store)

    run = site.sync()

    assert not StockPush.objects.exists()
    assert site.world.wix.stock(site.store) == before
    assert site.state("N-250") == (RecordState.SKIPPED, Reason.STOCK_NOT_COUNTED)
    assert site.store_calls(run) <= 25


def test_more_zeros_than_usual_stop_and_ask(site):
    for number in range(9):
        site.shelve(f"Z-{number}", books=5, store=5)
    site.shelve("X", books=4, store=5)
    site.approved()
    for number in range(3):
        site.count(f"Z-{number}", 0)

    site.sync()

    assert [site.level(f"Z-{number}") for number in range(3)] == [5, 5, 5]
    push = waiting(site)
    assert (push.because, push.compared, push.falling) == (AskBecause.ZEROS, 10, 3)
    assert site.approve()
    site.sync()
    assert [site.level(f"Z-{number}") for number in range(3)] == [0, 0, 0]


def test_the_levels_before_are_brought_back(site):
    for sku, quantity in (("A", 8), ("B", 9)):
        site.shelve(sku, books=12, store=quantity)
    site.approved()
    assert (site.level("A"), site.level("B")) == (12, 12)
    site.world.wix.set_stock(site.store, "B", quantity=3)

    assert push_restore(StockPush.objects.get().pk, user=site.olga, now=site.world.time.now())
    site.sync()

    assert (site.level("A"), site.level("B")) == (8, 3)
    assert StockPush.objects.filter(state=PushState.RESTORED).exists()


def test_what_the_site_does_not_count_is_left_alone_unless_that_is_wanted(site):
    site.shelve("FREE", books=12, store=None)
    site.sync(approve=True)
    assert (site.level("FREE"), site.state("FREE")) == (None, (RecordState.SKIPPED, Reason.STOCK_UNLIMITED))

    site.world.set("stock", include_unlimited=True)
    site.sync(approve=True)
    site.sync(approve=True)
    assert site.level("FREE") == 12


def test_the_older_catalogue_counts_all_variants_or_none(make_world):
    """To begin with one would count the others from whatever Wix takes for theirs: nobody could buy them any more."""
    world = make_world("WIX_US", payment_statuses=[])
    world.set("stock", enabled=True, include_unlimited=True)
    site = WixShop(world)
    sizes = [{"sku": f"CAP-{size}", "price": 3, "choices": {"Size": size}} for size in "SML"]
    site.sell("CAP", None, variants=sizes)
    site.keep_in_books("CAP-S", 7)
    site.keep_in_books("MUG", 7)
    site.sync(approve=True)
    assert [site.level(sku) for sku in ("CAP-S", "CAP-M", "MUG")] == [None, None, 7]
    assert site.state("CAP-S") == (RecordState.HELD, Reason.STOCK_REFUSED)
    sentence_of(site.record("CAP-S"), "counts all variants of a product or none")


def test_one_level_that_is_refused_stops_no_other(site):
    for sku in "ABC":
        site.shelve(sku, books=12, store=8)
    site.sync()
    site.approve()
    site.world.wix.fault("status", method="PATCH", path="/inventory", status=400, times=1)

    site.sync()

    refused = [sku for sku in "ABC" if site.level(sku) == 8]
    assert [site.state(sku) for sku in refused] == [(RecordState.HELD, Reason.STOCK_REFUSED)]
    site.world.wix.clear_faults()
    assert sorted(site.level(sku) for sku in "ABC") == [8, 12, 12]


def test_somebody_who_writes_the_same_level_loses_nothing(site):
    """A conflict is read again and written anew."""
    site.shelve("A", books=12, store=8)
    site.sync()
    site.approve()
    site.world.wix.fault("status", method="PATCH", path="/inventory", status=409, times=1)
    site.sync()
    site.sync()
    assert site.level("A") == 12


def test_what_is_sold_and_not_posted_is_not_resurrected(site):
    site.shelve("A", books=10, store=9)
    site.approved()
    site.world.place({"lines": [{"sku": "A", "quantity": 2}], "number": "ONE", "paid": False})

    site.sync()
    assert site.level("A") == 8
    site.count("A", 20)
    site.sync()
    assert site.level("A") == 18
