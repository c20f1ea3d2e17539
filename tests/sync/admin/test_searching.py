"""Searching for an order: by any of its names, whole, through indexes, and never among the orders of others."""

import pytest
from django.urls import reverse

from sync.admin.searching import records_called
from sync.models import LogEntry, Record
from tests.support.office import Office

LISTS = ("sync_record", "sync_logentry", "sync_posting")


@pytest.fixture
def office(db):
    """Order 1000 is posted as invoice EW-1000 with the QuickBooks id 300; 1001 to 1003 are held."""
    office = Office.open("Maple", "934145001")
    office.trade(2)
    return office


def found(client, name, term):
    answer = client.get(reverse(f"admin:{name}_changelist"), {"q": term})
    return list(answer.context["cl"].result_list)


@pytest.mark.parametrize("term", ["1000", "9000", "EW-1000", "ew-1000", " EW-1000 ", "300"])
@pytest.mark.parametrize("name", LISTS)
def test_an_order_is_found_by_each_of_its_names(client, keeper, name, term):
    [row] = found(client, name, term)

    assert getattr(row, "record", row).number == "1000"


@pytest.mark.parametrize("name", LISTS)
def test_a_part_of_a_name_finds_nothing(client, keeper, name):
    assert found(client, name, "EW-10") == []


@pytest.mark.parametrize("name", LISTS)
def test_without_a_term_everything_is_shown(client, keeper, name):
    assert len(found(client, name, " ")) > 1


def test_the_orders_of_others_are_not_found(client, keeper):
    other = Office.open("Zephyr", "934145002")

    assert len(records_called("1000")) == 2
    for name in LISTS:
        assert all(
            getattr(row, "record", row).integration_id != other.integration.pk for row in found(client, name, "1000")
        )


def test_what_a_dry_run_told_of_an_order_that_is_not_filed(client, keeper, office):
    entry = LogEntry.objects.filter(record__number="1001").get()
    entry.pk, entry.record, entry.store_ref = None, None, "7777"
    entry.save()

    assert [row.store_ref for row in found(client, "sync_logentry", "7777")] == ["7777"]


def test_a_customer_is_found_by_its_id_among_the_postings(client, keeper, office):
    posting = Record.objects.get(number="1000").postings.get()
    posting.pk, posting.record, posting.role, posting.key = None, None, "customer", "ada"
    posting.books_ref, posting.doc_number = "4321", ""
    posting.save()

    assert [row.role for row in found(client, "sync_posting", "4321")] == ["customer"]
