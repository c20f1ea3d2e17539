"""Document numbers, marks, private notes and dates."""

import re
from datetime import date

import pytest

from sync.translate.dates import add_months, due_date
from sync.translate.notes import private_note
from sync.translate.numbers import document_number, marker, shortened
from sync.translate.outcome import Note
from sync.translate.reasons import Reason
from sync.translate.settings import DueUnit
from tests.sync.translate.making import day, documents, line, options, order, sale

MUG = line("mug", "50.00")


class TestNumbers:
    @pytest.mark.parametrize(
        ("prefix", "number", "shown"),
        [
            ("EW", "1234", "EW1234"),
            ("WX-", "1234", "WX-1234"),
            ("", "WEB-K3T9Q", "WEB-K3T9Q"),
            ("e #", "1 2", "e #1 2"),
        ],
    )
    def test_prefix_and_number_stand_as_they_are(self, prefix: str, number: str, shown: str) -> None:
        assert sale(order(MUG, number=number), options(number_prefix=prefix)).number == shown

    def test_quickbooks_may_number_by_itself(self) -> None:
        made = documents(order(MUG, number="1" * 30), options(auto_number=True))

        assert (made.sale.number, made.notes) == (None, ())

    def test_an_order_without_a_number_is_called_by_its_ref(self) -> None:
        assert document_number(order(MUG, number=""), options(number_prefix="EW-")) == "EW-481920377"

    def test_twenty_one_characters_fit(self) -> None:
        assert shortened("A" * 21) == "A" * 21

    def test_a_longer_number_keeps_its_head_and_ends_in_a_hash(self) -> None:
        long = "EW-2026-0000000000000001"
        made = documents(order(MUG, number=long[3:]), options(number_prefix="EW-"))

        assert made.sale.number is not None
        assert re.fullmatch(r"EW-2026-000000~[A-Z2-7]{6}", made.sale.number)
        assert made.notes == (Note(Reason.NUMBER_SHORTENED, {"number": long, "shortened": made.sale.number}),)

    def test_shortening_is_the_same_every_time(self) -> None:
        assert shortened("EW-2026-0000000000000001") == "EW-2026-000000~DDC5NJ"

    def test_numbers_with_one_head_stay_apart(self) -> None:
        assert shortened("N" * 30 + "1") != shortened("N" * 30 + "2")


class TestMarker:
    def test_it_is_the_same_every_time(self) -> None:
        assert marker("maple-ecwid", "481920377", "sale") == "TB-543JYGTXL2"

    def test_it_looks_like_one(self) -> None:
        assert re.fullmatch(r"TB-[A-Z2-7]{10}", marker("a", "b", "sale"))

    def test_each_part_tells_apart(self) -> None:
        marks = {
            marker("a", "1", "sale"),
            marker("b", "1", "sale"),
            marker("a", "2", "sale"),
            marker("a", "1", "payment"),
            marker("a", "1", "payment", 1),
            marker("a1", "", "sale"),
        }

        assert len(marks) == 6

    def test_an_edited_order_keeps_its_mark(self) -> None:
        assert sale(order(MUG)).marker == sale(order(MUG, MUG, number="1002")).marker


class TestPrivateNote:
    def test_it_is_one_line_that_people_can_read(self) -> None:
        assert private_note(order(MUG, number="10\n01"), options(), "TB-A", "pi_3Q") == "Ecwid 10 01, pi_3Q [TB-A]"
        assert private_note(order(MUG), options(), "TB-A") == "Ecwid 1001 [TB-A]"

    def test_the_mark_is_never_cut(self) -> None:
        note = private_note(order(MUG), options(), "TB-A", "x" * 5000)

        assert len(note) == 4000
        assert note.endswith("xxx [TB-A]")


class TestDueDate:
    @pytest.mark.parametrize(
        ("offset", "unit", "due"),
        [
            (None, DueUnit.DAYS, None),
            (0, DueUnit.DAYS, "2026-01-31"),
            (30, DueUnit.DAYS, "2026-03-02"),
            (2, DueUnit.WEEKS, "2026-02-14"),
            (1, DueUnit.MONTHS, "2026-02-28"),
            (25, DueUnit.MONTHS, "2028-02-29"),
            (0, DueUnit.MONTH_END, "2026-01-31"),
            (15, DueUnit.MONTH_END, "2026-02-15"),
        ],
    )
    def test_it_is_the_document_date_and_the_offset(self, offset: int | None, unit: DueUnit, due: str | None) -> None:
        chosen = options(due_offset=offset, due_unit=unit)

        assert due_date(order(MUG), chosen, day("2026-01-31")) == (day(due) if due else None)

    def test_the_orders_own_wins(self) -> None:
        assert sale(order(MUG, due_date=day("2026-05-01")), options(due_offset=30)).due_date == day("2026-05-01")

    def test_invoices_have_one(self) -> None:
        assert sale(order(MUG), options(due_offset=1, due_unit=DueUnit.MONTHS)).due_date == day("2026-04-02")

    @pytest.mark.parametrize(
        ("start", "months", "end"),
        [("2026-12-31", 2, "2027-02-28"), ("2026-12-15", 12, "2027-12-15"), ("2026-01-30", 11, "2026-12-30")],
    )
    def test_months_end_in_their_last_day(self, start: str, months: int, end: str) -> None:
        assert add_months(date.fromisoformat(start), months) == day(end)
