"""What became of each record, written together with its log entries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sync.engine.conclusion import Conclusion
from sync.engine.record import RETRIES, Ending, Recorder, ending_of
from sync.engine.work import Planned, Work
from sync.models import Action, LogEntry, Record, RecordState
from sync.translate.outcome import Hold, Note, Skip
from sync.translate.reasons import Reason
from tests.sync.engine.making import NOW, make_integration, make_posting, make_record, make_run
from tests.sync.translate.making import D, documents, line, paid_order

DOCUMENTS = documents(paid_order(line("tee", "57.49")))
WORK = Work(DOCUMENTS.sale, DOCUMENTS.payments)
UNMAPPED = Hold(Reason.TAX_UNMAPPED, {"taxes": "TVA 5.5 %"})
OUTAGE = Hold(Reason.BOOKS_UNAVAILABLE, {"detail": "HTTP 503"})


@pytest.fixture
def record(integration):
    return make_record(integration)


@pytest.fixture
def write(integration):
    """Write endings as one page of a run."""

    def run(*endings, now=NOW, elapsed_ms=0, **changes):
        recorder = Recorder(changes.pop("run", None) or make_run(integration, **changes))
        recorder.write(endings, now=now, elapsed_ms=elapsed_ms)
        return recorder

    return run


def ended(record, state=RecordState.POSTED, action=Action.CREATED, **more):
    return Ending(record, record.wanted, state, action, **more)


def failed(record):
    return ended(record, RecordState.FAILED, Action.FAILED, reason=Reason.BOOKS_UNAVAILABLE)


def planned(record, decision, **postings):
    return Planned(record, record.wanted, None, {(role, 0): one for role, one in postings.items()}, decision)


def again(record):
    return Record.objects.get(pk=record.pk)


# -- endings -----------------------------------------------------------------------------------------------------------


def test_what_was_posted_is_posted(record):
    one = planned(record, WORK)
    sale = make_posting(record, trace="1-abc")
    ending = ending_of(one, Conclusion(one, Action.CREATED, sale=sale))
    assert (ending.state, ending.action, ending.reason, ending.sale) == ("posted", "created", "", sale)
    assert ending.trace == "1-abc"


def test_what_is_worth_knowing_is_told_with_it(record):
    one = planned(record, WORK)
    note = Note(Reason.NUMBER_SHORTENED, {"number": "EW-1", "shortened": "EW"})
    ending = ending_of(one, Conclusion(one, Action.CREATED, notes=[note]))
    assert (ending.state, ending.reason, ending.params) == ("posted", note.reason, note.params)


def test_the_trace_is_that_of_the_last_call_for_it(record):
    one = planned(record, WORK)
    sale, payment = make_posting(record, trace="1-sale"), make_posting(record, "payment", trace="1-payment")
    assert ending_of(one, Conclusion(one, Action.CREATED, sale=sale, payments=[payment])).trace == "1-payment"
    assert ending_of(one, Conclusion(one, Action.UNCHANGED, sale=sale)).trace == ""


@pytest.mark.parametrize(
    ("problem", "state", "action"),
    [(UNMAPPED, "held", "held"), (OUTAGE, "failed", "failed"), (Hold(Reason.INTERNAL_ERROR), "failed", "failed")],
    ids=["for a person", "for later", "our mistake"],
)
def test_a_problem_waits_for_a_person_or_for_later_as_its_reason_says(record, problem, state, action):
    before, after = planned(record, problem), planned(record, WORK)
    for ending in (ending_of(before, None), ending_of(after, Conclusion(after, problem=problem))):
        assert (ending.state, ending.action, ending.reason) == (state, action, problem.reason)
        assert ending.params == problem.params


def test_a_problem_of_one_that_is_in_the_books_still_names_its_document(record):
    sale = make_posting(record)
    assert ending_of(planned(record, UNMAPPED, sale=sale), None).sale == sale


def test_what_is_not_meant_for_the_books_is_skipped(record):
    ending = ending_of(planned(record, Skip(Reason.ORDER_CANCELLED)), None)
    assert (ending.state, ending.action, ending.reason) == ("skipped", "skipped", Reason.ORDER_CANCELLED)


@pytest.mark.parametrize(
    ("work", "action"),
    [(WORK, "would_create"), (Work(payments=DOCUMENTS.payments), "would_create"), (Work(), "unchanged")],
)
def test_a_dry_run_says_what_would_be_and_leaves_the_state(record, work, action):
    ending = ending_of(planned(record, work), None)
    assert (ending.state, ending.action) == (record.state, action)


# -- rows --------------------------------------------------------------------------------------------------------------


def test_the_record_and_its_log_entry_say_the_same(record, write):
    sale = make_posting(record, doc_number="EW-1", books_ref="145")

    write(ended(record, RecordState.HELD, Action.HELD, reason=UNMAPPED.reason, params=UNMAPPED.params, sale=sale))

    row, entry = again(record), LogEntry.objects.get()
    assert (row.state, row.reason, row.params) == ("held", "tax_unmapped", {"taxes": "TVA 5.5 %"})
    assert (entry.action, entry.reason, entry.params) == ("held", "tax_unmapped", {"taxes": "TVA 5.5 %"})
    assert (entry.record, entry.store_ref, entry.amount, entry.currency) == (record, record.number, D("57.49"), "CAD")
    assert (entry.books_type, entry.books_ref, entry.doc_number) == ("Invoice", "145", "EW-1")
    assert entry.created_at == NOW


def test_a_wish_that_came_while_it_was_worked_on_is_not_lost(record, write):
    one = Ending(record, 1, RecordState.POSTED, Action.CREATED)
    Record.objects.update(wanted=2)
    record.refresh_from_db()
    write(one)
    row = again(record)
    assert (row.wanted, row.done) == (2, 1), "still due"


def test_what_changed_in_the_store_meanwhile_is_not_overwritten(record, write):
    Record.objects.update(fingerprint="newer")
    write(ended(record))
    assert again(record).fingerprint == "newer"


def test_it_notes_the_settings_and_the_lists_that_the_decision_rests_on(integration, record, write):
    integration.revision, integration.books.mirror_revision = 7, 3
    recorder = Recorder(make_run(integration))
    recorder.decided_with(4)
    recorder.write([ended(record)], now=NOW, elapsed_ms=0)
    assert (again(record).decided_revision, again(record).decided_mirror) == (7, 4)


def test_a_setting_changed_during_the_run_leaves_the_record_due(integration, record, write):
    run = make_run(integration)
    integration.touch()
    write(ended(record, RecordState.HELD, Action.HELD, reason=Reason.TAX_UNMAPPED), run=run)
    integration.refresh_from_db()
    assert again(record).decided_revision < integration.revision


def test_a_dry_run_writes_only_the_log(record, write):
    before = Record.objects.values().get()
    write(ended(record, action=Action.WOULD_CREATE), dry_run=True)
    assert Record.objects.values().get() == before
    assert LogEntry.objects.get().action == "would_create"


def test_an_order_that_is_not_filed_yet_is_logged_all_the_same(integration, write):
    unsaved = Record(integration=integration, kind="order", store_ref="9", amount=D(5), currency="CAD", wanted=1)
    write(ended(unsaved, action=Action.WOULD_CREATE), dry_run=True)
    entry = LogEntry.objects.get()
    assert (entry.record, entry.store_ref) == (None, "9")


def test_a_page_is_written_wholly_or_not_at_all(integration, record, write):
    other = make_record(integration, "2")
    with pytest.raises(TypeError):
        write(ended(record), ended(other, params={"cannot be stored": object()}))
    assert set(Record.objects.values_list("state", flat=True)) == {"new"}
    assert not LogEntry.objects.exists()


def test_the_time_of_a_page_is_shared_by_its_records(integration, write):
    write(*[ended(make_record(integration, ref)) for ref in "123"], elapsed_ms=90)
    assert set(LogEntry.objects.values_list("duration_ms", flat=True)) == {30}


def test_who_watches_sees_each_entry(integration, record):
    seen = []
    Recorder(make_run(integration), listener=seen.append).write([ended(record)], now=NOW, elapsed_ms=0)
    assert [entry.store_ref for entry in seen] == [record.number]


# -- retries -----------------------------------------------------------------------------------------------------------


def test_each_failure_waits_longer_until_a_person_must_ask(record, write):
    waits = []
    for _ in range(len(RETRIES) + 2):
        write(failed(again(record)))
        row = again(record)
        waits.append(row.retry_at - NOW if row.retry_at else None)
    assert waits == [*RETRIES, None, None]
    assert sorted(RETRIES) == list(RETRIES)
    assert again(record).attempts == len(RETRIES) + 2


def test_the_first_failure_is_tried_again_within_minutes_and_the_last_within_a_day(record):
    assert RETRIES[0] <= timedelta(minutes=15)
    assert RETRIES[-1] == timedelta(days=1)


@pytest.mark.parametrize("state", [RecordState.POSTED, RecordState.HELD, RecordState.SKIPPED])
def test_any_other_ending_forgets_the_failures(record, write, state):
    write(failed(record))
    write(ended(again(record), state))
    row = again(record)
    assert (row.attempts, row.retry_at) == (0, None)


# -- counts and sums ---------------------------------------------------------------------------------------------------


def test_the_run_counts_and_sums_over_all_of_its_pages(integration):
    run = make_run(integration)
    recorder = Recorder(run)
    first = make_record(integration, "1", amount=D("10.10"))
    second = make_record(integration, "2", amount=D("0.20"))
    foreign = make_record(integration, "3", amount=D("1500"), currency="JPY")
    unreadable = make_record(integration, "4", amount=None, currency="")

    recorder.write([ended(first), ended(foreign)], now=NOW, elapsed_ms=0)
    recorder.write([ended(second), failed(unreadable)], now=NOW, elapsed_ms=0)

    run.refresh_from_db()
    assert run.counts == {"created": 3, "failed": 1}
    assert run.totals == {"created": {"CAD": "10.30", "JPY": "1500"}, "failed": {}}


def test_it_costs_few_statements_for_any_page(integration):
    recorder = Recorder(make_run(integration))

    def statements(first, count):
        endings = [ended(make_record(integration, str(number))) for number in range(first, first + count)]
        with CaptureQueriesContext(connection) as captured:
            recorder.write(endings, now=NOW, elapsed_ms=0)
        return len(captured)

    assert statements(0, 2) <= 6
    assert statements(100, 60) <= 8


def test_another_integrations_records_are_not_touched(integration, record, write):
    other = make_record(make_integration("other"))
    write(ended(record))
    assert again(other).state == RecordState.NEW
