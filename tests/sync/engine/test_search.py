"""Looking in the books for what may be there already."""

from dataclasses import replace
from datetime import timedelta

import pytest

from integrations.books import SaleType
from sync.engine.search import existing_sales, marker_in, numbered, open_balances
from tests.sync.engine.fake_books import FakeBooks
from tests.sync.translate.making import D, documents, line, order

SALE = replace(documents(order(line("tee", "50.00"))).sale, number="EW-1001")
OTHERS_MARK = "TB-ABCDEFGHIJ"


@pytest.fixture
def books():
    return FakeBooks()


def add(books, entity="Invoice", **changes):
    """A document like the sale's own."""
    basics = {"DocNumber": SALE.number, "TxnDate": SALE.txn_date.isoformat(), "TotalAmt": D("50.00")}
    return books.add(entity, **basics | {"PrivateNote": SALE.private_note} | changes)


def found(books, sale=SALE):
    return existing_sales(books, [sale]).get(sale.marker)


# -- markers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("note", "marker"),
    [
        ("Ecwid 1001 [TB-4KZ7XQ2MRA]", "TB-4KZ7XQ2MRA"),
        ("Ecwid 1001 [TB-4KZ7XQ2MRA] Dated 2026-03-02 in the store.", "TB-4KZ7XQ2MRA"),
        ("called the buyer\n[TB-4KZ7XQ2MRA]", "TB-4KZ7XQ2MRA"),
        ("[TB-OLD] copied, see [TB-NEW]", "TB-NEW"),
        ("Ecwid 1001 [TB-4KZ7XQ2MRA", ""),
        ("TB-4KZ7XQ2MRA", ""),
        ("[XX-4KZ7XQ2MRA]", ""),
        ("", ""),
    ],
)
def test_our_marker_is_read_from_a_note_that_people_may_have_written_in(note, marker):
    assert marker_in(note) == marker


def test_the_marker_of_a_sale_is_in_its_note():
    assert marker_in(SALE.private_note) == SALE.marker


# -- sales -------------------------------------------------------------------------------------------------------------


def test_where_there_is_nothing_nothing_is_found(books):
    assert found(books) is None
    assert [entity for entity, _ in books.asked] == ["Invoice", "SalesReceipt"], "one call for each kind"


def test_our_own_is_found_by_its_marker_whatever_became_of_it(books):
    add(books, DocNumber="RENUMBERED", TotalAmt=D("49.00"))
    assert found(books).ours


def test_one_with_our_number_and_total_is_the_same_sale(books):
    add(books, PrivateNote="typed by hand")
    existing = found(books)
    assert (existing.ours, existing.is_the_same(SALE)) == (False, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"TotalAmt": D("50.01")},
        {"CurrencyRef": {"value": "USD"}},
        {"PrivateNote": f"Ecwid 77 [{OTHERS_MARK}]"},
    ],
    ids=["another total", "another currency", "another order of ours"],
)
def test_one_with_our_number_that_says_something_else_is_not(books, changes):
    add(books, **{"PrivateNote": "typed by hand"} | changes)
    existing = found(books)
    assert (existing.ours, existing.is_the_same(SALE)) == (False, False)


def test_our_own_beats_one_that_merely_has_the_number(books):
    add(books, PrivateNote="typed by hand")
    mine = add(books)
    add(books, PrivateNote="typed by hand")
    assert found(books).posted.id == mine["Id"]


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_another_time_zone_may_have_dated_it_the_day_before_or_after(books, days):
    add(books, TxnDate=(SALE.txn_date + timedelta(days=days)).isoformat())
    assert found(books).ours


def test_one_of_the_other_kind_is_taken_when_it_is_ours_or_the_same(books):
    add(books, "SalesReceipt", PrivateNote="typed by hand")
    assert found(books).posted.type == "SalesReceipt"


def test_one_of_the_other_kind_with_another_total_is_no_clash(books):
    """Invoices and receipts are numbered apart."""
    add(books, "SalesReceipt", PrivateNote="typed by hand", TotalAmt=D("9.00"))
    assert found(books) is None


def test_a_sale_that_quickbooks_numbers_is_found_by_its_marker_alone(books):
    add(books, DocNumber="1", PrivateNote="typed by hand")
    unnumbered = replace(SALE, number=None)
    assert found(books, unnumbered) is None
    add(books, DocNumber="2")
    assert found(books, unnumbered).ours


def test_a_document_without_number_is_not_taken_for_a_sale_without_one(books):
    add(books, DocNumber="", PrivateNote="typed by hand")
    assert found(books, replace(SALE, number=None)) is None


def test_many_sales_cost_two_calls(books):
    sales = [replace(SALE, number=f"EW-{number}", marker=f"TB-{number:010}") for number in range(300)]
    existing_sales(books, sales)
    assert len(books.asked) == 2


def test_a_number_is_looked_for_at_any_date(books):
    add(books, TxnDate="2019-01-01", PrivateNote="typed by hand")
    assert found(books) is None
    assert numbered(books, [SALE])[SALE.marker].posted.number == SALE.number


def test_a_number_is_looked_for_among_documents_of_its_kind(books):
    add(books, "SalesReceipt", PrivateNote="typed by hand")
    assert numbered(books, [SALE]) == {}
    assert numbered(books, [replace(SALE, type=SaleType.SALES_RECEIPT)])


def test_open_balances_are_told_of_those_that_are_shown(books):
    paid = add(books, Balance=D(0))
    owing = add(books, Balance=D("12.50"))
    assert open_balances(books, [paid["Id"], owing["Id"], "999"]) == {paid["Id"]: D(0), owing["Id"]: D("12.50")}
