"""What waits, grouped by cause, with counts and sums (L3)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from integrations.models import Integration
from sync.models import Record
from sync.reports.inbox import Amount, Shelf, group_count, groups
from tests.support.office import NOW, Office
from tests.support.waiting import wait


@pytest.fixture
def office(office):
    """Without the orders that it has at first."""
    Record.objects.all().delete()
    return office


@pytest.fixture
def shop(office):
    office.integration.refresh_from_db()
    return office.integration


def found(**options):
    return groups(integrations=Integration.objects.all(), **options)


def test_orders_that_one_act_releases_are_one_group(shop):
    wait(shop, "tax_unmapped", {"taxes": "TVA 5,5 %"}, amounts=("10.00", "20.50"))
    wait(shop, "tax_unmapped", {"taxes": "TVA 20 %"})
    assert [(group.title, group.count) for group in found()] == [
        ("Tax not mapped yet: TVA 5,5 %", 2),
        ("Tax not mapped yet: TVA 20 %", 1),
    ]


def test_a_group_says_what_it_comes_to_in_each_currency(shop):
    wait(shop, "sku_missing", {"product": "Mug"}, amounts=("10.00", "20.50"))
    wait(shop, "sku_missing", {"product": "Mug"}, amounts=("99.00",), currency="USD")
    (group,) = found()
    assert group.count == 3
    assert group.amounts == (Amount(Decimal("99.00"), "USD"), Amount(Decimal("30.50"), "CAD"))


def test_an_order_that_could_not_be_read_counts_without_an_amount(shop):
    wait(shop, "order_unreadable", {"detail": "no total"}, currency="")
    Record.objects.update(amount=None)
    (group,) = found()
    assert (group.count, group.amounts) == (1, ())


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (["order", "order"], "2 orders"),
        (["refund"], "1 refund"),
        (["product", "product"], "2 products"),
        (["stock"], "1 stock level"),
        (["order", "refund"], "2 records"),
    ],
)
def test_a_group_says_what_it_counts(shop, kinds, said):
    wait(shop, "sku_missing", {"product": "Mug"}, amounts=("1.00",) * len(kinds))
    for record, kind in zip(Record.objects.all(), kinds, strict=True):
        Record.objects.filter(pk=record.pk).update(kind=kind)
    assert found()[0].counted == said


def test_refunds_whose_amount_nobody_knows_come_to_no_amount(shop):
    wait(shop, "refund_amount_unknown", {}, amounts=("1.00",))
    Record.objects.update(amount=None)
    assert found()[0].amounts == ()


def test_a_group_says_since_when_its_oldest_order_waits(shop):
    wait(shop, "sku_missing", {"product": "Mug"})
    wait(shop, "sku_missing", {"product": "Mug"}, at=NOW - timedelta(days=3))
    assert found()[0].oldest == NOW - timedelta(days=3)


def test_what_does_not_wait_is_in_no_group(shop):
    wait(shop, "order_cancelled", state="skipped")
    wait(shop, "", state="posted")
    wait(shop, "", state="new")
    assert found() == []
    assert group_count(integrations=Integration.objects.all()) == 0


@pytest.mark.parametrize(
    ("shelf", "reasons"),
    [
        (Shelf.WAITING, {"sku_missing", "books_unavailable"}),
        (Shelf.HELD, {"sku_missing"}),
        (Shelf.FAILED, {"books_unavailable"}),
        (Shelf.IGNORED, {"ignored_by_person"}),
    ],
)
def test_each_shelf_holds_its_own(shop, shelf, reasons):
    wait(shop, "sku_missing", {"product": "Mug"})
    wait(shop, "books_unavailable", state="failed")
    wait(shop, "ignored_by_person", {"user": "ana"}, state="ignored")
    assert {group.reason for group in found(shelf=shelf)} == reasons


def test_each_integration_has_its_own_groups_by_business(shop):
    other = Office.open("Alder", "934145002").integration
    Record.objects.all().delete()
    wait(shop, "sku_missing", {"product": "Mug"}, amounts=("1", "2"))
    wait(other, "sku_missing", {"product": "Mug"})
    assert [(str(group.integration), group.count) for group in found()] == [("alder", 1), ("maple", 2)]
    (mine,) = groups(integrations=Integration.objects.filter(pk=shop.pk))
    assert mine.integration == shop


def test_what_the_next_sync_looks_at_again_is_counted(shop):
    asked, _left = wait(shop, "sku_missing", {"product": "Mug"}, amounts=("1", "2"))
    Record.objects.filter(pk=asked.pk).update(wanted=2)
    assert [(group.count, group.due) for group in found()] == [(2, 1)]


def test_a_changed_setting_makes_what_is_held_due(shop):
    wait(shop, "sku_missing", {"product": "Mug"}, decided_revision=shop.revision)
    wait(shop, "books_unavailable", state="failed", decided_revision=shop.revision)
    assert [group.due for group in found()] == [0, 0]
    shop.touch()
    assert {group.reason: group.due for group in found()} == {"sku_missing": 1, "books_unavailable": 0}


def test_changed_lists_make_what_is_held_due(shop):
    wait(shop, "sku_missing", {"product": "Mug"}, decided_mirror=0)
    shop.books.mirror_revision = 1
    shop.books.save()
    assert found()[0].due == 1


def test_pages_are_cut_by_the_database(shop):
    for number in range(5):
        wait(shop, "sku_missing", {"product": f"Mug {number}"}, amounts=["1"] * (number + 1))
    assert group_count(integrations=Integration.objects.all()) == 5
    assert [group.count for group in found(start=1, size=2)] == [4, 3]
    assert found(start=5, size=2) == []


def test_a_page_costs_the_same_however_much_waits(shop, django_assert_max_num_queries):
    for number in range(30):
        wait(shop, "sku_missing", {"product": f"Mug {number}"}, amounts=("1", "2"))
    with django_assert_max_num_queries(4):
        assert len(found()) == 30
