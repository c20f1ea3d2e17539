"""Levels are brought back whatever happened since: other pushes, refusals, a flow that is off, little time (K2)."""

import pytest

from sync.models import AskBecause, PushState, Record, RecordState, RunState, StockPush
from sync.services.stock import push_restore
from sync.services.syncing import is_cut_short
from sync.translate.reasons import Reason
from tests.support.shelves import product_id, table, waiting


@pytest.fixture
def pushed(shop):
    """A first push has set two levels from 8 to 12."""
    for sku in "AB":
        shop.shelve(sku, books=12, store=8)
    shop.approved()
    return shop


def wanted_back(shop):
    push = StockPush.objects.earliest("pk")
    assert push_restore(push.pk, user=shop.olga, now=shop.world.time.now())
    return push


def test_of_an_older_push_without_being_pushed_again_at_once(pushed):
    pushed.count("B", 11)
    pushed.sync()
    assert pushed.level("B") == 11
    wanted_back(pushed)

    pushed.sync()

    assert [pushed.level(sku) for sku in "AB"] == [8, 11]
    assert waiting(pushed).because == AskBecause.RESTORED
    assert table(waiting(pushed)) == {"A": (8, 12)}


def test_after_the_flow_was_switched_off(pushed):
    """Whoever sees wrong levels switches the flow off first."""
    pushed.world.set("stock", enabled=False)
    push = wanted_back(pushed)

    run = pushed.sync(flows=["orders", "stock"])

    assert run.state == RunState.FINISHED
    assert [pushed.level(sku) for sku in "AB"] == [8, 8]
    push.refresh_from_db()
    assert push.state == PushState.RESTORED
    assert not StockPush.objects.filter(state=PushState.WAITING).exists()
    assert pushed.sync(flows=["orders", "stock"]).calls["store"] <= 2


def test_a_level_that_the_store_refuses_keeps_no_other(pushed):
    path = f"/products/{product_id(pushed, 'A')}"
    pushed.world.ecwid.fault("status", path=path, method="PUT", status=400, times=20)
    push = wanted_back(pushed)

    run = pushed.sync(flows=["orders", "stock"])

    assert run.state == RunState.FINISHED
    assert [pushed.level(sku) for sku in "AB"] == [12, 8]
    assert Reason.STOCK_REFUSED in {entry.reason for entry in pushed.world.log(run) if entry.store_ref == "A"}
    push.refresh_from_db()
    assert push.state == PushState.RESTORED
    assert {change.sku for change in push.changes.filter(restored_at=None)} == {"A"}


def test_a_product_that_is_gone_says_so(pushed):
    pushed.world.ecwid.control("DELETE", f"stores/{pushed.store}/products/{product_id(pushed, 'A')}")
    wanted_back(pushed)

    pushed.sync()

    assert pushed.state("A") == (RecordState.SKIPPED, Reason.PRODUCT_GONE)
    assert pushed.level("B") == 8


def test_a_store_that_lets_nobody_write_is_asked_once_a_run_and_again_later(pushed):
    places = f"stores/{pushed.store}/locations"
    pushed.world.ecwid.control("PUT", places, {"locations": ["shop", "warehouse"]})
    push = wanted_back(pushed)

    run = pushed.sync(flows=["orders", "stock"])

    assert run.state == RunState.FINISHED
    assert Record.objects.filter(reason=Reason.STOCK_NOT_WRITABLE).count() == 1
    push.refresh_from_db()
    assert push.state == PushState.RESTORING
    pushed.world.ecwid.control("PUT", places, {"locations": []})
    pushed.sync()
    assert [pushed.level(sku) for sku in "AB"] == [8, 8]


@pytest.mark.parametrize("wish", ["approve", "restore"])
def test_what_a_run_has_no_time_for_is_left_to_a_successor_and_not_to_the_schedule(shop, wish):
    shop.shelve("A", books=12, store=8)
    shop.sync()
    shop.approve()
    if wish == "restore":
        shop.sync()
        wanted_back(shop)
    shown, deadline = shop.level("A"), shop.world.time.now()

    run = shop.sync(deadline=deadline)

    assert shop.level("A") == shown
    assert is_cut_short(run, deadline=deadline, now=shop.world.time.now())
    run = shop.sync()
    assert shop.level("A") == (8 if wish == "restore" else 12)
    assert not is_cut_short(run, deadline=deadline, now=shop.world.time.now())
