"""What changed in the store becomes or refreshes a record; the cursor moves only together with the records."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from integrations.commerce import PaymentState
from integrations.errors import TemporaryError
from integrations.models import Integration
from sync.engine import pull as pulling
from sync.engine.pull import OVERLAP, news, pull
from sync.models import Record
from tests.sync.engine.making import NOW, later
from tests.sync.translate.making import NOON, D, line, paid_order

ORDER = paid_order(line("tee", "50.00"))
UNPAID = replace(ORDER, payment_state=PaymentState.UNPAID, payment_status="AWAITING_PAYMENT", tenders=())


@pytest.fixture
def pulled(integration, shelf):
    """Pull pages of orders; returns how many records were news."""

    def run(*pages, now=NOW):
        shelf.pages = [[one if hasattr(one, "payload") else shelf.put(one) for one in page] for page in pages]
        return pull(Integration.objects.get(pk=integration.pk), shelf, now=now)

    return run


def cursor(integration):
    return Integration.objects.get(pk=integration.pk).orders_read_until


def only():
    return Record.objects.get()


# -- the window --------------------------------------------------------------------------------------------------------


def test_the_first_pull_reads_from_midnight_of_the_start_date_where_the_books_are(integration, shelf, pulled):
    Integration.objects.update(start_date=date(2026, 1, 1))
    pulled()
    assert shelf.asked == [(datetime(2026, 1, 1, 5, 0, tzinfo=UTC), None, NOW)]


def test_without_a_start_date_it_reads_the_whole_history(integration, shelf, pulled):
    Integration.objects.update(start_date=None)
    pulled()
    assert shelf.asked[0][0] < datetime(2001, 1, 1, tzinfo=UTC)


def test_later_pulls_reach_back_into_the_window_before(shelf, pulled):
    pulled()
    pulled(now=NOW + timedelta(hours=1))
    assert shelf.asked[1][1:] == (NOW - OVERLAP, NOW + timedelta(hours=1))


def test_a_start_date_moved_back_has_the_store_read_from_there_once_more(shelf, pulled):
    Integration.objects.update(start_date=date(2026, 2, 1))
    pulled()
    for start in (date(2026, 3, 1), date(2026, 2, 1), date(2026, 1, 1), date(2026, 1, 1)):
        Integration.objects.update(start_date=start)
        pulled()
    windows = [updated_from is None for _, updated_from, _ in shelf.asked]
    assert windows[-2:] == [True, False]
    assert windows[:2] == [True, False], "moved forward nothing is missing"


# -- records -----------------------------------------------------------------------------------------------------------


def test_an_order_becomes_a_record_with_what_people_look_for(integration, pulled):
    assert pulled([ORDER]) == 1
    record = only()
    assert (record.store_ref, record.number, record.payment_status) == (ORDER.ref, ORDER.number, "PAID")
    assert (record.amount, record.currency) == (D("50.00"), "CAD")
    assert (record.created_in_store_at, record.updated_in_store_at) == (NOON, NOON)
    assert (record.state, record.wanted, record.done) == ("new", 1, 0)
    assert cursor(integration) == NOW


def test_the_same_order_again_changes_nothing(pulled):
    pulled([ORDER])
    Record.objects.update(done=1, state="posted")
    before = Record.objects.values().get()

    assert pulled([ORDER], now=NOW + timedelta(hours=1)) == 0

    assert Record.objects.values().get() == before


def test_an_order_that_was_merely_touched_is_no_news(pulled):
    pulled([ORDER])
    Record.objects.update(done=1)
    assert pulled([later(ORDER)]) == 0
    assert only().wanted == 1


def test_a_changed_order_is_wanted_once_more_and_keeps_its_state(pulled):
    pulled([ORDER])
    Record.objects.update(done=1, state="posted")

    assert pulled([later(ORDER, tracking_number="1Z")]) == 1

    record = only()
    assert (record.state, record.wanted, record.done) == ("posted", 2, 1)
    assert record.updated_in_store_at == NOON + timedelta(hours=1)


def test_a_wish_that_came_in_between_is_not_lost(integration, shelf):
    """Somebody asked for a retry after the page was compared and before it was filed."""
    shelf.pages = [[shelf.put(ORDER)]]
    pull(integration, shelf, now=NOW)
    [record] = news(integration, shelf, [shelf.put(later(ORDER, tracking_number="1Z"))])
    Record.objects.update(wanted=5)
    shelf.pages = [[shelf.put(later(ORDER, tracking_number="1Z"))]]

    pull(integration, shelf, now=NOW)

    assert record.pk == only().pk
    assert only().wanted == 6


def test_a_stale_answer_does_not_overwrite_what_is_newer(pulled):
    """The store's search index lags behind."""
    pulled([later(ORDER, minutes=10, tracking_number="1Z")])
    assert pulled([later(ORDER, minutes=5)]) == 0
    assert only().updated_in_store_at == NOON + timedelta(minutes=10)


@pytest.mark.parametrize("turn", [list, reversed], ids=["older first", "newer first"])
@pytest.mark.parametrize("known", [True, False])
def test_of_one_order_twice_in_a_page_the_newer_counts(shelf, pulled, known, turn):
    if known:
        pulled([ORDER])
    older, newer = later(ORDER, minutes=5, comments="first"), later(ORDER, minutes=10, comments="second")

    pulled(list(turn([older, newer])))

    assert shelf.read_order(only().payload).comments == "second"
    assert only().wanted == 1 + known


def test_of_one_order_in_two_pages_the_newer_counts(shelf, pulled):
    pulled([later(ORDER, minutes=10, comments="second")], [later(ORDER, minutes=5, comments="first")])
    assert shelf.read_order(only().payload).comments == "second"


def test_two_integrations_of_one_store_have_records_of_their_own(integration, shelf, pulled):
    from tests.sync.engine.making import make_integration

    pulled([ORDER])
    other = make_integration("other")
    shelf.pages = [[shelf.put(ORDER)]]
    assert pull(other, shelf, now=NOW) == 1
    assert Record.objects.count() == 2


# -- orders that cannot be read ----------------------------------------------------------------------------------------


def test_an_order_that_cannot_be_read_is_kept_as_it_came(shelf, pulled):
    assert pulled([shelf.broken(), ORDER]) == 2
    broken = Record.objects.get(store_ref="9")
    assert (broken.number, broken.payload, broken.amount) == ("N9", {"ref": "9", "version": 0}, None)


def test_it_is_no_news_while_it_stays_the_same_and_is_when_it_can_be_read(shelf, pulled):
    pulled([shelf.broken()])
    assert pulled([shelf.broken()]) == 0
    assert pulled([replace(ORDER, ref="9")]) == 1
    assert only().amount == D("50.00")


# -- interruptions -----------------------------------------------------------------------------------------------------

SECOND = replace(ORDER, ref="2", number="1002")
THIRD = replace(ORDER, ref="3", number="1003")


@pytest.mark.parametrize("pages", [0, 1, 2])
def test_an_interrupted_pull_leaves_the_cursor_and_is_repeated_without_harm(integration, shelf, pulled, pages):
    shelf.trouble = TemporaryError("no answer")
    with pytest.raises(TemporaryError):
        pulled(*[[ORDER], [SECOND]][:pages])
    assert cursor(integration) is None
    shelf.trouble = None

    pulled([ORDER], [SECOND], [THIRD])

    assert sorted(Record.objects.values_list("store_ref", "wanted")) == [("2", 1), ("3", 1), (ORDER.ref, 1)]
    assert shelf.asked[0] == shelf.asked[1], "the same window again"
    assert cursor(integration) == NOW


def test_records_and_cursor_are_written_together_or_not_at_all(integration, pulled, monkeypatch):
    """Killed between the two, the order would never be read again."""

    class Killed(BaseException):
        pass

    real = pulling._file

    def filed_and_killed(*args):
        real(*args)
        raise Killed

    monkeypatch.setattr(pulling, "_file", filed_and_killed)
    with pytest.raises(Killed):
        pulled([ORDER])

    assert cursor(integration) is None
    assert not Record.objects.exists()


def test_it_costs_the_same_number_of_statements_however_long_the_page(pulled, django_assert_max_num_queries):
    def page(first):
        return [replace(ORDER, ref=str(number)) for number in range(first, first + 100)]

    with django_assert_max_num_queries(25):
        pulled(page(0), page(100))


# -- when it was paid --------------------------------------------------------------------------------------------------


def test_an_order_that_is_paid_at_first_sight_was_paid_when_it_was_made(pulled):
    pulled([later(ORDER, minutes=90)])
    assert only().paid_at == NOON


def test_an_order_that_turns_paid_later_was_paid_when_it_turned(pulled):
    pulled([UNPAID])
    assert only().paid_at is None
    pulled([later(ORDER, minutes=90)])
    assert only().paid_at == NOON + timedelta(minutes=90)


def test_what_changes_after_that_does_not_move_it(pulled):
    pulled([UNPAID])
    pulled([later(ORDER, minutes=90)])
    pulled([later(ORDER, minutes=500, tracking_number="1Z")])
    pulled([later(UNPAID, minutes=600)])
    pulled([later(ORDER, minutes=700)])
    assert only().paid_at == NOON + timedelta(minutes=90)
