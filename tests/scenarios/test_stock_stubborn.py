"""One product that the store cannot serve keeps no other level from being set; a store that is down is not pestered."""

import pytest

from sync.models import RunState, StockPush
from sync.services.stock import push_restore
from sync.translate.reasons import Reason
from tests.support.shelves import product_id

SKUS = [f"P-{number}" for number in range(6)]


@pytest.fixture
def approved(shop):
    for sku in SKUS:
        shop.keep_in_books(sku, 12)
        shop.sell(sku, 8)
    shop.sync()
    assert shop.approve()
    return shop


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_the_others_are_set_and_the_run_says_what_failed(approved, method):
    path = f"/products/{product_id(approved, 'P-0')}$"
    approved.world.ecwid.fault("status", path=path, method=method, status=500, times=100)

    run = approved.sync()

    assert (run.state, run.reason) == (RunState.FAILED, Reason.STORE_UNAVAILABLE)
    assert [approved.level(sku) for sku in SKUS] == [8, 12, 12, 12, 12, 12]
    assert StockPush.objects.get().state == "approved"
    approved.world.ecwid.clear_faults()
    assert approved.sync().state == RunState.FINISHED
    assert approved.level("P-0") == 12
    assert StockPush.objects.get().state == "applied"


def test_the_others_are_brought_back(approved):
    approved.sync()
    push = StockPush.objects.get()
    assert push_restore(push.pk, user=approved.olga, now=approved.world.time.now())
    path = f"/products/{product_id(approved, 'P-0')}$"
    approved.world.ecwid.fault("status", path=path, method="PUT", status=500, times=100)

    run = approved.sync()

    assert (run.state, run.reason) == (RunState.FAILED, Reason.STORE_UNAVAILABLE)
    assert [approved.level(sku) for sku in SKUS] == [12, 8, 8, 8, 8, 8]
    approved.world.ecwid.clear_faults()
    approved.sync()
    assert approved.level("P-0") == 8
    push.refresh_from_db()
    assert push.state == "restored"


def test_a_store_that_is_down_is_not_asked_for_each(approved):
    approved.world.ecwid.fault("status", path="/products/", method="PUT", status=503, times=100)

    run = approved.sync()

    assert (run.state, run.reason) == (RunState.FAILED, Reason.STORE_UNAVAILABLE)
    assert {approved.level(sku) for sku in SKUS} == {8}
    assert approved.store_calls(run) <= 15
