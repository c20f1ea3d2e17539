"""Which order records a run looks at, and what orders teach us of the store's taxes and methods."""

from datetime import timedelta

import pytest

from integrations.models import BooksConnection, Integration
from sync.flows.orders import due, due_pages, is_waiting, learn_methods, learn_taxes, waits_for_taxes
from sync.models import PaymentMapping, Record, RecordState, TaxMapping
from sync.translate.reasons import Reason
from sync.translate.settings import PaymentTarget
from sync.translate.settings import TaxMapping as TaxRow
from tests.sync.engine.making import NOW, make_integration, make_record
from tests.sync.translate.making import CANADA, CANADIAN_TAXES, NOON, US, D, line, options, order, share, tender

AGO, SOON = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)
DECIDED = {"decided_revision": 5, "decided_mirror": 5}
BEFORE_SETTINGS = {"decided_revision": 4, "decided_mirror": 5}
BEFORE_LISTS = {"decided_revision": 5, "decided_mirror": 4}
SETTLED = {"wanted": 3, "done": 3}


@pytest.fixture
def integration(db):
    made = make_integration()
    Integration.objects.update(revision=5)
    BooksConnection.objects.update(mirror_revision=5)
    return Integration.objects.get(pk=made.pk)


def numbers(integration):
    return set(due(integration, now=NOW).values_list("store_ref", flat=True))


# state, further facts, whether a run looks at it
CASES = {
    "new": ("new", {}, True),
    "changed after posting": ("posted", {"wanted": 3, "done": 2}, True),
    "asked for though ignored": ("ignored", {"wanted": 3, "done": 2}, True),
    "posted": ("posted", SETTLED | DECIDED, False),
    "posted before the settings changed": ("posted", SETTLED | BEFORE_SETTINGS, False),
    "posted before the lists changed": ("posted", SETTLED | BEFORE_LISTS, False),
    "ignored before everything changed": ("ignored", SETTLED, False),
    "held": ("held", SETTLED | DECIDED, False),
    "held before the settings changed": ("held", SETTLED | BEFORE_SETTINGS, True),
    "held before the lists changed": ("held", SETTLED | BEFORE_LISTS, True),
    "skipped": ("skipped", SETTLED | DECIDED, False),
    "skipped before the settings changed": ("skipped", SETTLED | BEFORE_SETTINGS, True),
    "skipped before the lists changed": ("skipped", SETTLED | BEFORE_LISTS, False),
    "failed, time has come": ("failed", SETTLED | {"retry_at": AGO}, True),
    "failed, time has come to the second": ("failed", SETTLED | {"retry_at": NOW}, True),
    "failed, later": ("failed", SETTLED | {"retry_at": SOON}, False),
    "failed for good": ("failed", SETTLED | {"retry_at": None}, False),
    "failed for good, asked for": ("failed", {"wanted": 4, "done": 3, "retry_at": None}, True),
}


@pytest.mark.parametrize(("state", "facts", "is_due"), CASES.values(), ids=CASES)
def test_a_run_looks_at_what_may_have_another_ending_now(integration, state, facts, is_due):
    make_record(integration, "1", state=state, **facts)
    assert numbers(integration) == ({"1"} if is_due else set())


def test_records_of_other_integrations_are_none_of_its_business(integration):
    make_record(make_integration("other"))
    assert numbers(integration) == set()


def test_saving_a_setting_or_a_mapping_makes_what_waited_due(integration):
    make_record(integration, "1", state="held", **SETTLED | DECIDED)
    for change in (integration.orders.save, lambda: TaxMapping.objects.create(integration=integration, taxes=["GST"])):
        Record.objects.update(decided_revision=Integration.objects.get(pk=integration.pk).revision)
        assert numbers(Integration.objects.get(pk=integration.pk)) == set()
        change()
        assert numbers(Integration.objects.get(pk=integration.pk)) == {"1"}


def test_so_does_deleting_one(integration):
    mapping = TaxMapping.objects.create(integration=integration, taxes=["GST"])
    revision = Integration.objects.get(pk=integration.pk).revision
    make_record(integration, "1", state="held", **SETTLED | {"decided_revision": revision, "decided_mirror": 5})
    mapping.delete()
    assert numbers(Integration.objects.get(pk=integration.pk)) == {"1"}


# -- pages -------------------------------------------------------------------------------------------------------------


def test_the_oldest_order_comes_first_and_each_once(integration):
    times = {"1": 3, "2": 1, "3": 2, "4": 1, "5": 2}
    for ref, minutes in times.items():
        make_record(integration, ref, created_in_store_at=NOON + timedelta(minutes=minutes))

    pages = [[one.store_ref for one in page] for page in due_pages(integration, now=NOW, size=2)]

    assert pages == [["2", "4"], ["3", "5"], ["1"]]


def test_a_record_that_stays_due_is_not_met_twice_in_a_run(integration):
    """A wish that comes in during the work is for the next run."""
    for ref in "123":
        make_record(integration, ref)
    met = []
    for page in due_pages(integration, now=NOW, size=1):
        met += [one.store_ref for one in page]
        assert len(met) <= 3
    assert met == ["1", "2", "3"]


def test_records_dealt_with_meanwhile_move_nobody_out_of_sight(integration):
    for ref in "12345":
        make_record(integration, ref)
    met = []
    for page in due_pages(integration, now=NOW, size=2):
        met += [one.store_ref for one in page]
        Record.objects.filter(pk__in=[one.pk for one in page]).update(done=1, state="posted")
    assert met == ["1", "2", "3", "4", "5"]


# -- what waits --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", RecordState.values)
def test_held_orders_wait_for_news(integration, state):
    make_record(integration, state=state)
    assert is_waiting(integration) is (state == "held")


@pytest.mark.parametrize(
    ("reason", "waits"),
    [(Reason.TAX_RATE_MISMATCH, True), (Reason.TAX_CODE_INACTIVE, True), (Reason.ITEM_MISSING, False)],
)
def test_taxes_are_read_again_while_an_order_waits_for_one(integration, reason, waits):
    make_record(integration, state="held", reason=reason)
    assert waits_for_taxes(integration) is waits


# -- what orders teach -------------------------------------------------------------------------------------------------

TVA = share("TVA réduite", "5.5", "1.10")
GST, QST = share("GST", "5", "1.00"), share("QST", "9.975", "2.00")


def taxes_learned():
    return sorted((row.taxes, row.code) for row in TaxMapping.objects.all())


def test_a_combination_that_nobody_mapped_becomes_a_row_that_waits_for_a_choice(integration):
    learn_taxes(integration, [order(line("a", "20", TVA), line("b", "20", GST, QST))], options(), CANADA)
    assert taxes_learned() == [(["TVA réduite 5.5"], "")]


def test_many_taxes_with_long_names_are_learned_too(integration):
    """The column is as long as PostgreSQL lets it be."""
    names = [f"{'Special district of a long name ' * 4}{number}" for number in range(7)]
    levied, others = ([share(name, "0.125", "0.01") for name in some] for some in (names, [*names[:6], "Another"]))
    sold = order(line("a", "20", *levied), line("b", "20", *others))
    for _time in range(2):
        learn_taxes(integration, [sold], options(taxes=()), CANADA)
    keys = TaxMapping.objects.filter(integration=integration).values_list("key", flat=True)
    assert (len(keys), max(map(len, keys)) <= TaxMapping._meta.get_field("key").max_length) == (2, True)


def test_each_combination_is_learned_once_whatever_its_order(integration):
    sold = order(line("a", "20", GST, QST), line("b", "20", QST, GST), line("c", "20"))
    for _ in range(2):
        learn_taxes(integration, [sold, sold], options(taxes=()), CANADA)
    assert taxes_learned() == [([], ""), (["GST 5", "QST 9.975"], "")]


def test_a_row_that_waits_is_left_as_it_is(integration):
    row = TaxMapping.objects.create(integration=integration, taxes=["TVA réduite 5.5"], code="7")
    learn_taxes(integration, [order(line("a", "20", TVA))], options(), CANADA)
    assert taxes_learned() == [(["TVA réduite 5.5"], "7")]
    assert TaxMapping.objects.get().pk == row.pk


def test_us_companies_need_no_row_for_every_way_that_taxes_meet(integration):
    state, city = share("State", "6.25", "1.00"), share("City", "2", "0.40")
    mapped = options(taxes=(TaxRow(("State",), "TAX"), TaxRow(("City",), "TAX")))
    learn_taxes(integration, [order(line("a", "20", state, city), line("b", "20"))], mapped, US)
    assert taxes_learned() == []


def test_learning_a_row_releases_nothing_by_itself(integration):
    before = Integration.objects.get(pk=integration.pk).revision
    learn_taxes(integration, [order(line("a", "20", TVA))], options(taxes=CANADIAN_TAXES), CANADA)
    assert Integration.objects.get(pk=integration.pk).revision == before


def paid_by(*methods):
    return order(line("a", "20"), tenders=tuple(tender("1.00", method) for method in methods))


def methods_learned():
    return sorted(PaymentMapping.objects.values_list("method", flat=True))


def test_new_methods_show_up_by_themselves_once(integration):
    known = options(payment_methods={"Card": PaymentTarget("35")})
    for _ in range(2):
        learn_methods(integration, [paid_by("Card", "PayPal"), paid_by("PayPal", "Cash")], known)
    assert methods_learned() == ["Cash", "PayPal"]
    assert not PaymentMapping.objects.filter(account__isnull=False).exists(), "the default account serves"


def test_money_that_did_not_come_and_methods_without_a_name_teach_nothing(integration):
    nothing = order(line("a", "20"), tenders=(tender(D(0), "Voucher"), tender("1.00", "")))
    learn_methods(integration, [nothing], options())
    assert methods_learned() == []


def test_a_very_long_name_is_learned_once_too(integration):
    for _ in range(2):
        learn_methods(integration, [paid_by("x" * 300)], options())
    assert methods_learned() == ["x" * 200]
