"""Refunds that no date of change tells of: once a day the orders of the last months are read whatever their dates say,
so many at a time, and only where the store needs that."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from integrations.errors import TemporaryError
from integrations.models import Integration
from sync.engine.pull import RECHECKED, RECHECKED_EVERY, pull
from sync.models import Record
from tests.sync.engine.making import NOW, Shelf
from tests.sync.translate.making import line, paid_order

ORDER = paid_order(line("tee", "50.00"))
LATER = NOW + RECHECKED_EVERY


class Shop(Shelf):
    """A store that has its orders one to a page, those first that changed longest ago."""

    dates_move_with_refunds = False

    def __init__(self):
        super().__init__()
        self.orders_now = {}

    def orders(self, *, created_from, updated_from, until):
        self.asked.append((created_from, updated_from, until))
        found = sorted(self.orders_now.values(), key=lambda order: order.updated_at)
        for order in found:
            if order.created_at >= created_from and (updated_from is None or order.updated_at >= updated_from):
                if order.ref == "trouble":
                    raise TemporaryError("no answer")
                yield [self.put(order)]

    def sell(self, *orders):
        self.orders_now |= {order.ref: order for order in orders}


@pytest.fixture(autouse=True)
def long_ago(integration):
    Integration.objects.update(start_date=date(2020, 1, 1))


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture
def pulled(integration, shop):
    """Pull, and return (how many records changed, how the second look asked)."""

    def run(now=NOW):
        shop.asked.clear()
        changed = pull(Integration.objects.get(pk=integration.pk), shop, now=now)
        return changed, shop.asked[1:]

    return run


def sold(ref, days, **fields):
    """An order that was placed so many days ago and has not changed since, by its date."""
    when = NOW - timedelta(days=days)
    return replace(ORDER, ref=ref, created_at=when, updated_at=when, **fields)


def progress():
    return Integration.objects.values_list("orders_rechecked_at", "orders_rechecked_until").get()


def test_the_first_pull_has_read_everything(pulled):
    assert pulled() == (0, [])
    assert progress() == (NOW, None)


def test_once_a_day_the_orders_of_the_last_months_are_read_again(shop, pulled):
    pulled()
    assert pulled(LATER - timedelta(seconds=1)) == (0, [])
    assert pulled(LATER) == (0, [(LATER - RECHECKED, None, LATER)])
    assert pulled(LATER + timedelta(hours=1)) == (0, [])


def test_a_change_that_moved_no_date_is_found(shop, pulled):
    shop.sell(sold("a", 40), sold("b", 80), sold("old", 91))
    assert pulled()[0] == 3
    shop.sell(*(sold(ref, days, tracking_number="1Z") for ref, days in (("a", 40), ("old", 91))))
    assert pulled(NOW + timedelta(hours=1))[0] == 0
    assert pulled(LATER)[0] == 1
    wanted = Record.objects.order_by("store_ref").values_list("store_ref", "wanted")
    assert list(wanted) == [("a", 2), ("b", 1), ("old", 1)]


def test_what_did_not_change_is_not_written(shop, pulled):
    shop.sell(*(sold(str(number), number) for number in range(1, 30)))
    pulled()
    before = list(Record.objects.order_by("pk").values())
    assert pulled(LATER)[0] == 0
    assert list(Record.objects.order_by("pk").values()) == before


def test_never_before_the_start_date(shop, pulled):
    Integration.objects.update(start_date=date(2026, 3, 1), time_zone="UTC")
    pulled()
    assert pulled(LATER)[1] == [(datetime(2026, 3, 1, tzinfo=UTC), None, LATER)]


def test_a_store_whose_dates_tell_of_refunds_is_not_asked(shop, pulled):
    shop.dates_move_with_refunds = True
    pulled()
    assert pulled(LATER) == (0, [])


def test_a_start_date_that_was_moved_back_is_a_second_look_as_well(shop, pulled):
    pulled()
    Integration.objects.update(start_date=date(2019, 1, 1))
    assert pulled(LATER) == (0, [])
    assert progress() == (LATER, None)


def test_a_run_reads_so_many_pages_and_the_next_one_goes_on(shop, pulled, monkeypatch):
    monkeypatch.setattr("sync.engine.pull.RECHECKED_AT_ONCE", 2)
    shop.sell(*(sold(str(days), days) for days in (50, 40, 30, 20, 10)))
    pulled()
    shop.sell(*(sold(str(days), days, tracking_number="1Z") for days in (50, 40, 30, 20, 10)))
    found, reached = [], []
    for hours in range(4):
        changed, asked = pulled(LATER + timedelta(hours=hours))
        found.append(changed)
        reached += [None if updated_from is None else (NOW - updated_from).days for _, updated_from, _ in asked]
    assert (found, reached) == ([2, 1, 1, 1], [None, 40, 30, 20])
    assert progress() == (NOW, NOW - timedelta(days=10))
    assert pulled(LATER + timedelta(hours=4))[0] == 0
    assert progress() == (LATER + timedelta(hours=4), None)


def test_very_many_orders_of_one_moment_do_not_hold_it_up(shop, pulled, monkeypatch):
    monkeypatch.setattr("sync.engine.pull.RECHECKED_AT_ONCE", 2)
    shop.sell(*(sold(str(number), 40) for number in range(9)), sold("x", 30), sold("y", 20))
    pulled()
    pulled(LATER)
    assert progress() == (NOW, NOW - timedelta(days=40))
    pulled(LATER + timedelta(minutes=1))
    assert progress() == (NOW, NOW - timedelta(days=30))


def test_a_store_that_stops_answering_costs_only_what_was_not_read(shop, pulled):
    shop.sell(sold("a", 40), sold("b", 30))
    pulled()
    shop.sell(sold("a", 40, tracking_number="1Z"), sold("trouble", 20))
    with pytest.raises(TemporaryError):
        pulled(LATER)
    assert Record.objects.get(store_ref="a").wanted == 2
    assert progress() == (NOW, NOW - timedelta(days=30))
    del shop.orders_now["trouble"]
    _changed, [(_created_from, updated_from, _until)] = pulled(LATER + timedelta(hours=1))
    assert updated_from == NOW - timedelta(days=30)
    assert progress() == (LATER + timedelta(hours=1), None)
