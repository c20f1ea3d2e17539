"""Orders that the store told of by itself are read by their ids, behind the back of its searches, which lag."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from integrations.errors import Malformed, NotFound, Refused, TemporaryError
from integrations.models import Integration
from sync.engine.pull import pull
from sync.engine.wanted import LAG, orders_want
from sync.models import Record, WantedOrder
from tests.sync.engine.making import NOW, Shelf, later, make_integration
from tests.sync.translate.making import line, paid_order

ORDER = paid_order(line("tee", "50.00"))


class Counter(Shelf):
    """A store whose searches find nothing yet; `drawer` is what it has under each id."""

    def __init__(self):
        super().__init__()
        self.drawer = {}
        self.read = []
        self.meanwhile = lambda: None

    def order(self, ref):
        self.read.append(ref)
        self.meanwhile()
        found = self.drawer.get(ref, NotFound("there is none"))
        if isinstance(found, Exception):
            raise found
        return found

    def keep(self, order):
        self.drawer[order.ref] = self.put(order)


@pytest.fixture(autouse=True)
def long_ago(integration):
    Integration.objects.update(start_date=date(2026, 1, 1))


@pytest.fixture
def store():
    return Counter()


@pytest.fixture
def want(integration):
    def wanted(*refs, at=NOW):
        orders_want(integration, refs, now=at)

    return wanted


@pytest.fixture
def pulled(integration, store):
    def run(now=NOW):
        return pull(Integration.objects.get(pk=integration.pk), store, now=now)

    return run


def test_a_wanted_order_is_filed_although_no_search_finds_it(store, want, pulled):
    store.keep(ORDER)
    want(ORDER.ref)
    assert pulled() == 1
    assert (Record.objects.get().store_ref, Record.objects.get().wanted) == (ORDER.ref, 1)
    assert not WantedOrder.objects.exists()


def test_nothing_is_read_that_nobody_told_of(store, pulled):
    store.keep(ORDER)
    assert pulled() == 0
    assert store.read == []


def test_a_known_order_that_changed_is_wanted_once_more(store, want, pulled):
    store.pages = [[store.put(ORDER)]]
    pulled()
    store.pages = []
    store.keep(later(ORDER, tracking_number="1Z"))
    want(ORDER.ref)
    assert pulled() == 1
    assert Record.objects.get().wanted == 2


def test_what_the_lists_brought_already_is_no_news_twice(store, want, pulled):
    store.pages = [[store.put(ORDER)]]
    store.keep(ORDER)
    want(ORDER.ref)
    assert pulled() == 1
    assert Record.objects.get().wanted == 1


def test_an_order_dated_before_the_start_stays_out(integration, store, want, pulled):
    Integration.objects.update(start_date=date(2026, 3, 4))
    store.keep(ORDER)
    want(ORDER.ref)
    assert pulled() == 0
    assert not WantedOrder.objects.exists()


@pytest.mark.parametrize("error", [NotFound("gone"), Refused("no number"), Malformed("a list")])
def test_what_is_not_to_be_had_by_its_id_is_left_to_the_lists(store, want, pulled, error):
    store.drawer[ORDER.ref] = error
    want(ORDER.ref, "2")
    store.keep(replace(ORDER, ref="2"))
    assert pulled() == 1
    assert not WantedOrder.objects.exists()


def test_a_store_that_does_not_answer_is_asked_again_next_time(store, want, pulled):
    store.drawer[ORDER.ref] = TemporaryError("no answer")
    want(ORDER.ref)
    with pytest.raises(TemporaryError):
        pulled()
    assert WantedOrder.objects.exists()


def test_what_was_told_of_long_ago_is_in_the_lists_and_costs_no_call(store, want, pulled):
    want(*map(str, range(50)), at=NOW - LAG - timedelta(seconds=1))
    assert pulled() == 0
    assert store.read == []
    assert not WantedOrder.objects.exists()


def test_of_very_many_at_once_only_the_latest_are_read(store, want, pulled, monkeypatch):
    monkeypatch.setattr("sync.engine.wanted.MOST", 2)
    for seconds, ref in enumerate("abcd"):
        want(ref, at=NOW - timedelta(seconds=60 - seconds))
    pulled()
    assert store.read == ["d", "c"]
    assert not WantedOrder.objects.exists()


def test_a_change_that_is_told_of_while_the_order_is_read_is_read_by_the_next_run(store, want, pulled):
    store.keep(ORDER)
    want(ORDER.ref)
    store.meanwhile = lambda: want(ORDER.ref, at=NOW + timedelta(seconds=1))
    pulled()
    assert WantedOrder.objects.count() == 1
    store.meanwhile = lambda: None
    pulled(now=NOW + timedelta(seconds=2))
    assert not WantedOrder.objects.exists()
    assert store.read == [ORDER.ref] * 2


def test_each_integration_of_a_store_reads_for_itself(integration, store, want, pulled):
    other = make_integration("other", start_date=date(2026, 1, 1))
    store.keep(ORDER)
    want(ORDER.ref)
    orders_want(other, [ORDER.ref], now=NOW)
    pulled()
    assert WantedOrder.objects.get().integration == other


@pytest.mark.parametrize(("seconds", "read"), [(-1, []), (0, []), (1, [ORDER.ref])])
def test_an_order_that_the_lists_brought_as_it_is_by_its_id_is_not_read_again(store, want, pulled, seconds, read):
    """Unless it was told of since the lists were asked."""
    store.pages = [[replace(store.put(ORDER), is_current=True)]]
    store.keep(ORDER)
    want(ORDER.ref, at=NOW + timedelta(seconds=seconds))
    assert pulled() == 1
    assert store.read == read
    assert not WantedOrder.objects.exists()
