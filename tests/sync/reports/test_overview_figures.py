"""The dashboard's figures: is everything in the books, and how much came in, was posted and waits (L11)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from integrations.models import Integration
from sync import schedules
from sync.models import Record, Run
from sync.reports.inbox import Amount
from sync.reports.overview import Verdict, count_period, current_runs, figures, period
from tests.support.office import NOW, Office
from tests.support.waiting import wait


@pytest.fixture
def office(office):
    """Without the orders that it has at first."""
    Record.objects.all().delete()
    return office


@pytest.fixture
def shop(office):
    return office.integration


def only(now=NOW):
    (one,) = figures(Integration.objects.select_related("store", "books", "business"), now=now)
    return one


# -- the answer --------------------------------------------------------------------------------------------------------


def test_with_nothing_left_to_do_everything_is_in_the_books(shop):
    wait(shop, "", state="posted")
    wait(shop, "order_cancelled", state="skipped")
    assert only().verdict is Verdict.COMPLETE


def test_new_orders_go_with_the_next_sync(shop):
    wait(shop, "", state="new")
    assert (only().verdict, only().new) == (Verdict.SOON, 1)


@pytest.mark.parametrize("state", ["held", "failed"])
def test_one_order_that_waits_is_enough_to_say_so(shop, state):
    wait(shop, "sku_missing", {"product": "Mug"}, state=state)
    assert (only().verdict, only().waits) == (Verdict.WAITS, 1)


@pytest.mark.parametrize("side", ["store", "books"])
def test_a_lost_connection_comes_before_everything_else(shop, side):
    wait(shop, "sku_missing", {"product": "Mug"})
    connection = getattr(shop, side)
    connection.state = "reconnect"
    connection.save()
    assert only().verdict is Verdict.DISCONNECTED


@pytest.mark.parametrize("state", ["failed", "broken"])
def test_a_sync_that_stopped_is_told_though_nothing_waits(shop, state):
    Run.objects.create(integration=shop, trigger="schedule", state=state, started_at=NOW + timedelta(hours=1))
    assert only().verdict is Verdict.STOPPED


def test_what_was_never_synchronised_is_not_called_complete(shop):
    Run.objects.all().delete()
    assert only().verdict is Verdict.NEVER


def test_an_unfinished_setup_is_no_alarm(shop):
    Integration.objects.update(live_at=None)
    assert only().verdict is Verdict.DRAFT


def test_a_dry_run_is_no_sync(shop):
    dry = Run.objects.create(integration=shop, trigger="command", dry_run=True, state="failed", started_at=NOW)
    assert only().last_run != dry
    assert only().verdict is Verdict.COMPLETE


# -- figures -----------------------------------------------------------------------------------------------------------


def test_what_waits_is_summed_by_currency(shop):
    wait(shop, "sku_missing", {"product": "Mug"}, amounts=("10.00", "20.50"))
    wait(shop, "books_unavailable", state="failed", amounts=("1.00",))
    wait(shop, "sku_missing", {"product": "Mug"}, amounts=("99.00",), currency="USD")
    one = only()
    assert (one.held, one.failed) == (3, 1)
    assert sorted(one.waiting, key=lambda amount: amount.currency) == [
        Amount(Decimal("31.50"), "CAD"),
        Amount(Decimal("99.00"), "USD"),
    ]


def test_documents_that_differ_are_told_apart(shop):
    for reason in ("edited_after_posting", "cancelled_after_posting", "books_total_differs"):
        wait(shop, reason)
    wait(shop, "sku_missing", {"product": "Mug"})
    assert (only().waits, only().differs) == (4, 3)


def test_what_came_in_and_what_was_posted_is_that_of_the_period(shop):
    """From the first day's midnight in Toronto on, for the integration as for all together."""
    wait(shop, "", state="posted", amounts=("10.00", "5.00"))
    wait(shop, "", state="posted", amounts=("2.00",), currency="USD")
    wait(shop, "", state="skipped", amounts=("7.00",))
    wait(shop, "", state="posted", amounts=("1.00",), at=datetime(2026, 11, 14, 5, 0, tzinfo=UTC))
    wait(shop, "", state="posted", at=datetime(2026, 11, 14, 4, 59, tzinfo=UTC))
    wait(shop, "", state="posted", at=NOW + timedelta(days=1))
    whole, one = period([shop], now=NOW, days=7), only()
    count_period([one], whole.days)
    for counted in (whole, one):
        assert (counted.came_in, counted.posted) == (5, 4)
        assert sorted(counted.posted_amounts, key=lambda amount: amount.currency) == [
            Amount(Decimal("16.00"), "CAD"),
            Amount(Decimal("2.00"), "USD"),
        ]


def test_each_integration_has_its_own_share_of_the_period(office):
    """It begins and ends by the integration's own clock: in Paris both are earlier than in Toronto."""
    paris = Office.open("Paris", "934145002").integration
    Integration.objects.filter(pk=paris.pk).update(time_zone="Europe/Paris")
    Record.objects.all().delete()
    wait(office.integration, "", state="posted", amounts=("1.00", "2.00"))
    wait(paris, "", state="posted", amounts=("4.00",))
    for integration in (office.integration, paris):
        wait(integration, "", state="posted", amounts=("0.10",), at=datetime(2026, 11, 13, 23, 30, tzinfo=UTC))
        wait(integration, "", state="posted", amounts=("0.01",), at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    found = figures(Integration.objects.all(), now=NOW)
    whole = period([one.integration for one in found], now=NOW, days=7)
    count_period(found, whole.days)
    assert {one.integration.slug: (one.posted, one.posted_amounts) for one in found} == {
        "maple": (3, [Amount(Decimal("3.01"), "CAD")]),
        "paris": (2, [Amount(Decimal("4.10"), "CAD")]),
    }
    assert (whole.posted, whole.posted_amounts) == (5, (Amount(Decimal("7.11"), "CAD"),))


def test_the_next_sync_is_that_of_the_schedule(shop):
    shop.save()
    assert only().next_sync == schedules.next_starts([shop.pk])[shop.pk] > timezone.now()
    shop.paused = True
    shop.save()
    assert only().next_sync is None


@pytest.mark.parametrize(
    ("state", "age", "is_current"),
    [
        ("queued", 1, True),
        ("running", 1, True),
        ("running", 11, False),
        ("queued", 60 * 25, False),
        ("finished", 1, False),
    ],
)
def test_a_sync_is_under_way_until_it_ends_or_was_killed(shop, state, age, is_current):
    run = Run.objects.create(integration=shop, trigger="person", state=state, started_at=NOW - timedelta(minutes=age))
    assert current_runs([shop.pk], now=NOW) == ({shop.pk: run} if is_current else {})


def test_figures_cost_the_same_however_many_integrations(office, django_assert_max_num_queries):
    for number, name in enumerate(("Alder", "Birch", "Cedar", "Dogwood")):
        Office.open(name, f"93414501{number}")
    with django_assert_max_num_queries(5):
        found = figures(Integration.objects.select_related("store", "books", "business"), now=NOW)
    assert len(found) == 5


# -- per day -----------------------------------------------------------------------------------------------------------


def days(*integrations, now=NOW, **options):
    return {day.day: day for day in period(integrations, now=now, days=7, **options).days}


def test_an_order_counts_on_its_day_in_the_integrations_time_zone(shop):
    """3:30 in the night by UTC is still the evening before in Toronto."""
    wait(shop, "", state="posted", at=datetime(2026, 11, 20, 3, 30, tzinfo=UTC))
    assert [day for day, one in days(shop).items() if one.counts] == [date(2026, 11, 19)]


def test_each_integration_counts_by_its_own_clock(shop):
    paris = Office.open("Paris", "934145002").integration
    Record.objects.all().delete()
    Integration.objects.filter(pk=paris.pk).update(time_zone="Europe/Paris")
    paris.refresh_from_db()
    for integration in (shop, paris):
        wait(integration, "", state="posted", at=datetime(2026, 11, 19, 23, 30, tzinfo=UTC))
    assert {day: one.counts for day, one in days(shop, paris).items() if one.counts} == {
        date(2026, 11, 19): {"posted": 1},
        date(2026, 11, 20): {"posted": 1},
    }


def test_days_without_orders_are_there_too(shop):
    assert list(days(shop)) == [date(2026, 11, 14) + timedelta(days=number) for number in range(7)]


def test_outcomes_are_counted_and_summed_apart(shop):
    wait(shop, "", state="posted", amounts=("10.00", "5.50"))
    wait(shop, "sku_missing", {"product": "Mug"}, amounts=("3.00",))
    today = days(shop)[date(2026, 11, 20)]
    assert today.counts == {"posted": 2, "held": 1}
    assert today.sums == {"posted": Decimal("15.50"), "held": Decimal("3.00")}


def test_sums_are_of_one_currency_the_usual_one_unless_asked(shop):
    wait(shop, "", state="posted", amounts=("10.00", "5.50"))
    wait(shop, "", state="posted", amounts=("99.00",), currency="USD")
    usual = period([shop], now=NOW, days=7)
    assert (usual.currency, usual.currencies) == ("CAD", ("CAD", "USD"))
    assert days(shop, currency="USD")[date(2026, 11, 20)].sums == {"posted": Decimal("99.00")}
    assert period([shop], now=NOW, days=7, currency="EUR").currency == "CAD"


def test_no_integration_has_no_orders(db):
    assert period([], now=NOW, days=7).currencies == ()


def test_days_cost_one_statement(shop, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        shown = period([shop], now=NOW, days=90)
    found = figures(Integration.objects.all(), now=NOW)
    with django_assert_max_num_queries(1):
        count_period(found, shown.days)
