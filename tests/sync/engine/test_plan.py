"""What each due record becomes, from what is in the books for it already."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.commerce import PaymentState
from integrations.models import Integration
from sync.engine import plan as planning
from sync.engine.content import content
from sync.engine.plan import Planner
from sync.engine.work import Kind, Work
from sync.translate.outcome import Hold, Skip
from sync.translate.reasons import Reason
from sync.translate.settings import PaymentTarget
from tests.sync.engine.making import make_posting, make_record
from tests.sync.translate.making import CANADA, NOON, D, line, options, order, paid_order, share, tender

TAXED = line("tee", "50.00", share("GST", "5", "2.50"), share("QST", "9.975", "4.99"))
PAID = paid_order(TAXED)
UNPAID = order(TAXED, payment_state=PaymentState.UNPAID, payment_status="AWAITING_PAYMENT")
EVERY_STATUS = {"payment_statuses": frozenset[str]()}


@pytest.fixture
def plan(integration, shelf):
    """Plan records as a run would that begins now; options are what the test says."""

    def run(*records, company=CANADA, **changes):
        fresh = Integration.objects.get(pk=integration.pk)
        return Planner(fresh, shelf, options(**EVERY_STATUS | changes), company).plan(records)

    return run


@pytest.fixture
def record(integration, shelf):
    """A record of an order."""
    return lambda one, **changes: make_record(integration, one.ref, payload=shelf.put(one).payload, **changes)


@pytest.fixture
def posted(record):
    """A record whose sale is in the books, with the payments of these ordinals, and which is `now` like that."""

    def run(before, now, *payments, **sale):
        filed = record(now)
        facts = {"content": content(before), "total": before.total, "proven_total": before.total, "doc_number": "1001"}
        facts["payload"] = {"Line": [], "TrackingNum": before.tracking_number}
        make_posting(filed, **facts | sale)
        for ordinal in payments:
            make_posting(filed, "payment", ordinal)
        return filed

    return run


def decision(planned):
    [one] = planned
    return one.decision


def held(planned):
    found = decision(planned)
    assert isinstance(found, Hold), found
    return found


# -- orders that are not in the books ----------------------------------------------------------------------------------


def test_a_new_order_is_to_be_posted_with_its_payment(plan, record):
    work = decision(plan(record(PAID)))
    assert isinstance(work, Work)
    assert (work.sale.total, [one.amount for one in work.payments]) == (D("57.49"), [D("57.49")])


def test_what_is_filtered_out_is_skipped(plan, record):
    skip = decision(plan(record(UNPAID), payment_statuses=frozenset({"PAID"})))
    assert isinstance(skip, Skip)
    assert skip.reason is Reason.STATUS_NOT_SELECTED


def test_what_no_mapping_covers_is_held(plan, record):
    assert held(plan(record(PAID), taxes=())).reason is Reason.TAX_UNMAPPED


def test_an_order_that_cannot_be_read_is_held_with_what_is_wrong(plan, integration, shelf):
    broken = make_record(integration, payload=shelf.broken().payload)
    hold = held(plan(broken))
    assert (hold.reason, hold.params) == (Reason.ORDER_UNREADABLE, {"detail": "the total is missing"})


def test_a_refused_sale_is_tried_anew(plan, record):
    filed = record(PAID)
    make_posting(filed, state="refused", books_ref="", content=content(PAID))
    assert decision(plan(filed)).sale is not None


def test_our_own_mistake_in_one_order_keeps_no_other_out(plan, record, monkeypatch, caplog):
    real = planning.translate_order

    def mistaken(one, *args):
        if one.ref == "2":
            raise ZeroDivisionError
        return real(one, *args)

    monkeypatch.setattr(planning, "translate_order", mistaken)
    orders = [replace(PAID, ref=ref) for ref in "123"]

    first, second, third = plan(*map(record, orders))

    assert isinstance(first.decision, Work)
    assert isinstance(third.decision, Work)
    assert (second.decision.reason, second.decision.params) == (Reason.INTERNAL_ERROR, {"detail": "ZeroDivisionError"})
    assert "could not be planned" in caplog.text


def test_the_wish_that_is_answered_is_the_one_at_the_beginning(plan, record):
    [one] = plan(record(PAID, wanted=4, done=2))
    assert one.wanted == 4


# -- orders that are in the books --------------------------------------------------------------------------------------


def test_nothing_is_to_be_done_for_one_that_is_as_it_should_be(plan, posted):
    assert decision(plan(posted(PAID, PAID, 0))) == Work()


def test_a_payment_that_came_since_is_to_be_posted_and_nothing_else(plan, posted):
    work = decision(plan(posted(UNPAID, PAID)))
    assert work.sale is None
    assert [(one.amount, one.ordinal) for one in work.payments] == [(D("57.49"), 0)]


def test_only_the_payment_that_is_missing_is_to_be_posted(plan, posted):
    twice = replace(PAID, tenders=(tender("20.00"), tender("37.49", ref="t2")))
    work = decision(plan(posted(twice, twice, 0)))
    assert [(one.amount, one.ordinal) for one in work.payments] == [(D("37.49"), 1)]


def test_a_payment_that_was_refused_is_tried_anew(plan, posted):
    filed = posted(PAID, PAID)
    make_posting(filed, "payment", 0, state="refused", books_ref="")
    assert len(decision(plan(filed)).payments) == 1


def test_a_change_of_status_needs_nothing(plan, posted):
    assert decision(plan(posted(PAID, replace(PAID, fulfillment_status="DELIVERED"), 0))) == Work()


def test_how_it_was_shipped_is_carried_over(plan, posted):
    work = decision(plan(posted(PAID, replace(PAID, tracking_number="1Z", shipped_at=NOON), 0)))
    assert (work.sale, work.payments, work.change.kind) == (None, (), Kind.SHIPPING)


@pytest.mark.parametrize("sale", [{"adopted": True}, {"payload": {}}, {"txn_date": date(2026, 3, 2)}])
def test_but_not_into_what_we_did_not_write_or_what_is_closed(plan, posted, sale):
    shipped = replace(PAID, tracking_number="1Z")
    closed = replace(CANADA, closed_until=date(2026, 3, 31))
    assert decision(plan(posted(PAID, shipped, 0, **sale), company=closed)) == Work()


def test_an_edit_changes_the_sale_and_adds_no_payment(plan, posted):
    edited = paid_order(line("tee", "60.00"))
    work = decision(plan(posted(PAID, edited, 0)))
    assert (work.sale, work.payments) == (None, ())
    assert (work.change.kind, work.change.sale.total) == (Kind.EDIT, D("60.00"))


def test_an_edit_that_leaves_the_total_is_one_too(plan, posted):
    exchanged = replace(PAID, lines=(replace(PAID.lines[0], sku="TEE-BLUE"),))
    assert decision(plan(posted(PAID, exchanged, 0))).change.kind is Kind.EDIT


def test_an_edit_that_no_mapping_covers_is_held(plan, posted):
    assert held(plan(posted(PAID, paid_order(line("tee", "60.00")), 0), taxes=())).reason is Reason.TAX_UNMAPPED


def test_an_edit_that_nobody_wants_to_follow_is_let_be_until_the_next_one(plan, posted):
    edited = paid_order(line("tee", "60.00"))
    left = {"do": "leave", "version": content(edited), "user": "ana"}

    work = decision(plan(posted(PAID, edited, 0, decided=left)))
    assert (work.change, [note.reason for note in work.notes]) == (None, [Reason.CHANGE_IGNORED])

    again = paid_order(line("tee", "61.00"), ref="2")
    assert decision(plan(posted(PAID, again, 0, decided=left))).change.kind is Kind.EDIT


def test_an_unpaid_one_that_was_cancelled_since_is_voided(plan, posted):
    cancelled = replace(UNPAID, payment_state=PaymentState.CANCELLED)
    assert decision(plan(posted(UNPAID, cancelled))).change.kind is Kind.VOID


@pytest.mark.parametrize(("sale", "payments"), [({"books_type": "SalesReceipt"}, ()), ({}, (0,))])
def test_a_paid_one_that_was_cancelled_since_is_held_and_names_its_document(plan, posted, sale, payments):
    cancelled = replace(UNPAID, payment_state=PaymentState.CANCELLED)
    hold = held(plan(posted(UNPAID, cancelled, *payments, **sale)))
    assert hold.reason is Reason.CANCELLED_AFTER_POSTING
    assert hold.params == {"books_type": sale.get("books_type", "Invoice"), "doc_number": "1001", "wish": "void"}


def test_one_that_was_deleted_since_counts_as_cancelled(plan, posted):
    filed = posted(UNPAID, UNPAID)
    filed.gone = "deleted"
    assert decision(plan(filed)).change.kind is Kind.VOID


def test_one_that_the_store_does_not_know_any_more_is_held(plan, posted):
    filed = posted(UNPAID, UNPAID)
    filed.gone = "missing"
    assert held(plan(filed)).reason is Reason.ORDER_MISSING


def test_a_deleted_one_that_was_never_posted_is_skipped(plan, record):
    skip = decision(plan(record(PAID, gone="deleted")))
    assert skip.reason is Reason.ORDER_DELETED


def test_what_follows_a_voided_sale_is_told_apart_from_it(plan, posted):
    filed = posted(UNPAID, PAID, state="voided")
    [planned] = plan(filed)
    assert (planned.sale, planned.voided, planned.decision.sale.number) == (None, 1, "1001-2")


def test_a_voided_sale_of_a_cancelled_order_is_no_news(plan, posted):
    skip = decision(plan(posted(UNPAID, replace(UNPAID, payment_state=PaymentState.CANCELLED), state="voided")))
    assert (skip.reason, skip.params["doc_number"]) == (Reason.SALE_VOIDED, "1001")


@pytest.mark.parametrize("policy", ["hold", "next_open_day"])
@pytest.mark.parametrize(
    "now", [paid_order(line("tee", "60.00")), replace(UNPAID, payment_state=PaymentState.CANCELLED)]
)
def test_what_is_posted_in_a_closed_period_stays(plan, posted, integration, policy, now):
    integration.orders.closed_period = policy
    integration.orders.save()
    closed = replace(CANADA, closed_until=date(2026, 3, 31))
    hold = held(plan(posted(UNPAID, now, txn_date=date(2026, 3, 2)), company=closed))
    assert hold.reason is Reason.CHANGE_IN_CLOSED_PERIOD
    assert (hold.params["date"], hold.params["closed_until"]) == ("2026-03-02", "2026-03-31")


def test_a_total_that_is_not_the_proven_one_stays_an_alarm_whatever_else_happens(plan, posted):
    filed = posted(PAID, replace(PAID, tracking_number="1Z"), total=D("57.50"), books_ref="88")
    hold = held(plan(filed))
    assert hold.reason is Reason.BOOKS_TOTAL_DIFFERS
    assert hold.params == {"store_total": "57.49", "books_total": "57.50", "books_id": "88"}


def test_a_receipt_carries_its_own_payment(plan, posted):
    assert decision(plan(posted(PAID, PAID, books_type="SalesReceipt"))) == Work()


RECEIPT = {"books_type": "SalesReceipt"}
DEARER = paid_order(line("tee", "60.00"))


def test_a_receipt_does_not_follow_what_is_not_paid_in_full(plan, posted):
    half = replace(DEARER, payment_state=PaymentState.PARTLY_PAID, tenders=(tender("50.00"),))
    hold = held(plan(posted(PAID, half, **RECEIPT)))
    assert hold.reason is Reason.RECEIPT_OUTGROWN
    assert (hold.params["after"], hold.params["paid"]) == ("60.00", "50.00")


def test_a_receipt_follows_once_the_rest_is_paid_into_the_same_account(plan, posted):
    whole = replace(DEARER, tenders=(tender("50.00"), tender("10.00", method="PayPal")))
    assert decision(plan(posted(PAID, whole, **RECEIPT))).change.kind is Kind.EDIT
    apart = {"payment_methods": {"PayPal": PaymentTarget(account_id="elsewhere")}}
    other = replace(whole, ref="2")
    assert held(plan(posted(PAID, other, **RECEIPT), **apart)).reason is Reason.RECEIPT_OUTGROWN


def test_where_payments_are_not_recorded_none_is_missed(plan, posted):
    assert decision(plan(posted(UNPAID, PAID), record_payments=False)) == Work()


def test_a_mapping_that_is_gone_does_not_concern_what_is_posted_and_paid(plan, posted):
    assert decision(plan(posted(PAID, PAID, 0), taxes=())) == Work()


def test_it_does_while_money_still_has_to_follow(plan, posted):
    assert held(plan(posted(UNPAID, PAID), taxes=())).reason is Reason.TAX_UNMAPPED


def test_a_filter_that_was_changed_since_does_not_concern_what_is_posted(plan, posted):
    assert decision(plan(posted(PAID, PAID, 0), payment_statuses=frozenset({"REFUNDED"}))) == Work()


def test_a_payment_in_a_closed_period_is_held_or_moved_as_the_settings_say(plan, posted, integration):
    closed = replace(CANADA, closed_until=date(2026, 3, 31))
    filed = posted(UNPAID, PAID)

    assert held(plan(filed, company=closed)).reason is Reason.CLOSED_PERIOD

    integration.orders.closed_period = "next_open_day"
    integration.orders.save()
    [payment] = decision(plan(filed, company=closed)).payments
    assert payment.txn_date == date(2026, 4, 1)


# -- dates of payments -------------------------------------------------------------------------------------------------


def payment_dates(planned):
    return [one.txn_date for one in decision(planned).payments]


def test_money_is_dated_when_the_order_turned_paid_where_the_store_does_not_say(plan, record):
    assert payment_dates(plan(record(PAID, paid_at=NOON + timedelta(days=9)))) == [date(2026, 3, 11)]


def test_money_is_dated_as_the_store_says_where_it_does(plan, record):
    told = replace(PAID, tenders=(tender("57.49", paid_at=NOON + timedelta(days=2)),))
    assert payment_dates(plan(record(told, paid_at=NOON + timedelta(days=9)))) == [date(2026, 3, 4)]


# -- cost --------------------------------------------------------------------------------------------------------------


def test_it_costs_the_same_number_of_statements_for_any_page(plan, record):
    records = [record(replace(PAID, ref=str(number))) for number in range(60)]

    with CaptureQueriesContext(connection) as few:
        plan(*records[:2])
    with CaptureQueriesContext(connection) as many:
        plan(*records)

    assert len(few) == len(many) <= 6
