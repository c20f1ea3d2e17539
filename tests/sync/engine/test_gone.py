"""What the store does not have any more: only its own list of deleted orders is proof that it was deleted."""

from datetime import date, timedelta

import pytest

from integrations.errors import NotAllowed, NotFound
from integrations.models import Integration
from sync.engine.pull import OVERLAP, pull
from sync.engine.wanted import orders_want
from sync.models import Record
from tests.sync.engine.making import NOW, Shelf, later, make_integration
from tests.sync.translate.making import line, paid_order

ORDER = paid_order(line("tee", "50.00"))


class Forgetful(Shelf):
    """A store that has no order under any id."""

    def order(self, _ref):
        raise NotFound("there is none")


@pytest.fixture
def store():
    return Forgetful()


@pytest.fixture
def pulled(integration, store):
    Integration.objects.update(start_date=date(2026, 1, 1))

    def run(*pages, now=NOW):
        store.pages = [[store.put(order) for order in page] for page in pages]
        return pull(Integration.objects.get(pk=integration.pk), store, now=now)

    return run


def gone():
    record = Record.objects.get()
    return record.gone, record.wanted


def test_a_first_pull_asks_for_no_deleted_orders(pulled, store):
    pulled([ORDER])
    assert store.asked_for_deleted == []


def test_a_deleted_order_is_noted_once_and_becomes_due(pulled, store):
    pulled([ORDER])
    store.deleted = [ORDER.ref, "an order that nobody filed"]

    assert pulled(now=NOW + timedelta(hours=1)) == 1
    assert gone() == ("deleted", 2)
    assert store.asked_for_deleted == [(NOW - OVERLAP, NOW + timedelta(hours=1))]

    assert pulled(now=NOW + timedelta(hours=2)) == 0
    assert gone() == ("deleted", 2)


def test_a_search_that_lags_does_not_bring_it_back(pulled, store):
    pulled([ORDER])
    store.deleted = [ORDER.ref]
    pulled()
    pulled([ORDER])
    assert gone() == ("deleted", 2)


def test_another_store_of_the_same_numbers_is_not_concerned(pulled, store):
    pulled([ORDER])
    other = make_integration("other")
    store.pages, store.deleted = [], [ORDER.ref]
    Integration.objects.filter(pk=other.pk).update(orders_read_until=NOW, start_date=date(2026, 1, 1))
    pull(Integration.objects.get(pk=other.pk), store, now=NOW)
    assert gone() == ("", 1)


@pytest.mark.parametrize(("listed", "expected"), [(True, "deleted"), (False, "missing")])
def test_one_that_is_not_found_is_deleted_only_if_the_store_says_so(pulled, store, integration, listed, expected):
    pulled([ORDER])
    orders_want(integration, [ORDER.ref], now=NOW)
    store.deleted = [ORDER.ref] if listed else []
    pulled()
    assert gone() == (expected, 2)
    assert not integration.wanted_orders.exists()


def test_one_that_was_missing_and_is_back_is_as_before(pulled, integration):
    pulled([ORDER])
    orders_want(integration, [ORDER.ref], now=NOW)
    pulled()
    pulled([ORDER])
    assert gone() == ("", 3)


def test_one_that_is_back_with_news_is_as_before(pulled, store):
    pulled([ORDER])
    store.deleted = [ORDER.ref]
    pulled()
    pulled([later(ORDER, payment_status="REFUNDED")])
    assert Record.objects.get().gone == ""


def test_a_list_that_may_not_be_read_deletes_nothing(pulled, store, integration, monkeypatch, caplog):
    pulled([ORDER])

    def refused(**_times):
        raise NotAllowed("no scope")

    monkeypatch.setattr(store, "deleted_orders", refused)
    orders_want(integration, [ORDER.ref], now=NOW)
    pulled()
    assert gone() == ("missing", 2)
    assert "not readable" in caplog.text
