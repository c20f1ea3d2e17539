"""Closed books (O20): hold, or post on the first open day and say so."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sync.engine.period import in_open_period
from sync.models.settings import ClosedPeriod
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason
from tests.sync.translate.making import CANADA, NOON, documents, line, order, tender

HOLD, MOVE = ClosedPeriod.HOLD, ClosedPeriod.NEXT_OPEN_DAY
DAY = date(2026, 3, 2)
SOLD = order(line("tee", "50.00"))
DOCUMENTS = documents(
    replace(SOLD, tenders=(tender("20.00"), tender("30.00", ref="t2", paid_at=NOON + timedelta(days=30))))
)


def closed(until):
    return replace(CANADA, closed_until=until)


@pytest.mark.parametrize("policy", [HOLD, MOVE])
@pytest.mark.parametrize("until", [None, DAY - timedelta(days=1)], ids=["never closed", "closed the day before"])
def test_what_is_dated_in_the_open_period_stays_as_it_is(policy, until):
    assert in_open_period(DOCUMENTS, closed(until), policy) == DOCUMENTS


def test_the_closing_day_itself_is_closed():
    hold = in_open_period(DOCUMENTS, closed(DAY), HOLD)
    assert hold == Hold(Reason.CLOSED_PERIOD, {"date": "2026-03-02", "closed_until": "2026-03-02"})


def test_one_is_held_with_its_first_closed_date():
    early = replace(DOCUMENTS, payments=(replace(DOCUMENTS.payments[0], txn_date=date(2026, 2, 27)),))
    assert in_open_period(early, closed(date(2026, 3, 31)), HOLD).params["date"] == "2026-02-27"


def test_one_is_moved_to_the_first_open_day_with_its_true_date_in_the_note():
    moved = in_open_period(DOCUMENTS, closed(date(2026, 3, 31)), MOVE)

    assert moved.sale.txn_date == date(2026, 4, 1)
    assert "Dated 2026-03-02 in the store." in moved.sale.private_note
    assert moved.sale.private_note.startswith(DOCUMENTS.sale.private_note), "we find our documents by it"
    assert replace(moved.sale, txn_date=DAY, private_note=DOCUMENTS.sale.private_note) == DOCUMENTS.sale


def test_only_what_is_closed_is_moved():
    first, second = in_open_period(DOCUMENTS, closed(date(2026, 3, 31)), MOVE).payments
    assert (first.txn_date, second.txn_date) == (date(2026, 4, 1), date(2026, 4, 1))
    first, second = in_open_period(DOCUMENTS, closed(DAY), MOVE).payments
    assert first.txn_date == date(2026, 3, 3)
    assert second == DOCUMENTS.payments[1]


def test_the_end_of_a_year_opens_with_the_next():
    assert in_open_period(DOCUMENTS, closed(date(2026, 12, 31)), MOVE).sale.txn_date == date(2027, 1, 1)


@pytest.mark.parametrize("policy", [HOLD, MOVE])
def test_a_sale_that_is_posted_already_is_left_where_it_is(policy):
    late = replace(DOCUMENTS, payments=DOCUMENTS.payments[1:])
    assert in_open_period(late, closed(DAY), policy, sale=False) == late


def test_a_late_payment_of_a_posted_sale_is_held_on_its_own():
    hold = in_open_period(DOCUMENTS, closed(DAY), HOLD, sale=False)
    assert isinstance(hold, Hold)
