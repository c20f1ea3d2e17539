"""Statements, quoting, and paging over data that changes meanwhile."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.errors import Malformed
from integrations.quickbooks.query import count, one_of, paged, quote, rows_of, select


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("Amy's", "'Amy\\'s'"), ("a\\b", "'a\\\\b'"), ("", "''"), ("é % &", "'é % &'"), ("\\'", "'\\\\\\''")],
)
def test_quoting(text, quoted):
    assert quote(text) == quoted


def test_statements():
    assert select("Item", "Sku = 'A'", start=11, rows=5) == (
        "SELECT * FROM Item WHERE Sku = 'A' ORDERBY Id STARTPOSITION 11 MAXRESULTS 5"
    )
    assert count("Item") == "SELECT COUNT(*) FROM Item"
    assert one_of("DocNumber", ["1", "O'2"]) == "DocNumber IN ('1','O\\'2')"


def test_rows_are_found_whatever_the_case_of_their_key():
    assert rows_of({"startPosition": 1, "TaxCode": [{"Id": "1"}]}, "taxcode") == [{"Id": "1"}]
    assert rows_of({}, "Customer") == []


class Books:
    """Rows that change between two pages: `changes[n]` is applied before page n is read."""

    def __init__(self, ids: list[int], changes: dict[int, list[int]]) -> None:
        self.ids, self.changes, self.pages = ids, changes, 0

    def fetch(self, start: int, rows: int) -> list[dict[str, str]]:
        self.pages += 1
        self.ids = self.changes.get(self.pages, self.ids)
        return [{"Id": str(i)} for i in self.ids[start - 1 : start - 1 + rows]]


def read(books: Books, size: int = 10) -> list[int]:
    return [int(row["Id"]) for row in paged(books.fetch, size)]


@pytest.mark.parametrize("total", [0, 1, 9, 10, 11, 19, 20, 100])
def test_every_row_comes_once_whatever_the_number(total):
    assert read(Books(list(range(total)), {})) == list(range(total))


def test_rows_that_disappear_do_not_hide_others():
    ids = list(range(40))
    found = read(Books(ids, {2: ids[8:]}))
    assert sorted(found) == ids


def test_rows_that_appear_do_not_come_twice():
    ids = list(range(100, 140))
    found = read(Books(ids, {2: [*range(5), *ids]}))
    assert len(found) == len(set(found))
    assert set(found) >= set(ids)


def test_a_list_that_was_emptied_meanwhile_ends():
    assert read(Books(list(range(30)), {2: []})) == list(range(10))


@settings(deadline=None)  # the machine may be busy
@given(st.integers(0, 60), st.dictionaries(st.integers(2, 6), st.sets(st.integers(0, 59)), max_size=3))
def test_no_row_that_stays_is_ever_missed(total, removals):
    ids, changes, gone = list(range(total)), {}, set()
    for page in sorted(removals):
        gone |= removals[page]
        changes[page] = [i for i in ids if i not in gone]
    found = read(Books(ids, changes))
    assert len(found) == len(set(found))
    assert set(found) >= {i for i in ids if i not in gone}


def test_a_row_without_an_id_is_malformed():
    with pytest.raises(Malformed):
        list(paged(lambda _start, _rows: [{}]))
