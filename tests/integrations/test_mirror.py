"""The copy of QuickBooks' lists: in full once, then only what changed."""

from datetime import timedelta

import pytest

from accounts.models import Business
from integrations import mirror
from integrations.clients import quickbooks_client
from integrations.errors import TemporaryError
from integrations.models import BooksConnection, BooksObject
from integrations.quickbooks.client import ChangesIncomplete
from tests.support.sandbox import UNTHROTTLED
from tests.support.world import CA


@pytest.fixture
def books(db, sandbox):
    sandbox.quickbooks.switch(**UNTHROTTLED)
    credentials = {"access_token": f"qbo_access_{CA}", "refresh_token": f"qbo_refresh_{CA}"}
    business = Business.objects.create(name="Maple")
    return BooksConnection.objects.create(business=business, account_id=CA, credentials=credentials)


@pytest.fixture
def client(books, time):
    return quickbooks_client(books, clock=time.clock)


@pytest.fixture
def copied(books, refresh):
    """A company whose lists have been read."""
    refresh(books)
    return books


@pytest.fixture
def refresh(client, time):
    """Bring the copy up to date, so much later."""

    def run(books, *, taxes=False, **later):
        mirror.refresh(books, client, now=time.now() + timedelta(**later), taxes=taxes)

    return run


def routes(sandbox):
    """Which routes were called how often since the last question."""
    by_route = sandbox.quickbooks.counters()["by_route"]
    sandbox.quickbooks.reset_counters()
    return {route.rsplit("/", 1)[-1]: count for route, count in by_route.items()}


def entry(books, entity, name):
    return BooksObject.objects.get(books=books, type=entity, name=name)


def revision(books):
    return BooksConnection.objects.get(pk=books.pk).mirror_revision


def named(rows, name):
    return next(row for row in rows if name in {row.get("Name"), row.get("DisplayName")})


# -- the first time ----------------------------------------------------------------------------------------------------


def test_the_first_time_all_lists_are_read(copied, sandbox):
    held = sandbox.quickbooks.books(CA)
    for entity in (*mirror.LISTS, *mirror.TAX_LISTS):
        refs = set(BooksObject.objects.filter(books=copied, type=entity).values_list("books_ref", flat=True))
        assert refs == {row["Id"] for row in held[entity]}, entity


def test_an_entry_is_kept_with_what_it_is_found_by(copied, refresh, sandbox):
    sandbox.quickbooks.add(
        CA, "Customer", {"DisplayName": "Ana  Ruiz", "PrimaryEmailAddr": {"Address": "Ana@Example.test"}}
    )
    refresh(copied)

    row = BooksObject.objects.get(books=copied, type="Customer", name_key="ana ruiz")
    assert (row.email_key, row.currency, row.active) == ("ana@example.test", "CAD", True)
    assert row.data == {}, "of customers, who are many, nothing but the columns is kept"
    account = entry(copied, "Account", "Ecwid Clearing")
    assert (account.kind, account.active) == (account.data["AccountType"], True)


def test_the_company_is_made_of_what_was_read(copied):
    company = mirror.company(copied)
    assert (company.id, company.country, company.currency) == (CA, "CA", "CAD")
    assert any(code.name == "GST/QST QC" and len(code.rates) == 2 for code in company.tax_codes.values())


def test_inactive_entries_are_read_too(books, refresh, sandbox):
    ref = named(sandbox.quickbooks.books(CA)["Item"], "Shipping")["Id"]
    sandbox.quickbooks.change(CA, "Item", ref, Active=False)

    refresh(books)

    row = BooksObject.objects.get(books=books, type="Item", books_ref=ref)
    assert not row.active


def test_a_first_time_that_breaks_off_is_repeated_in_full(books, refresh, sandbox):
    sandbox.quickbooks.fault("html", status=503, path="query", skip=2, times=50)
    with pytest.raises(TemporaryError):
        refresh(books)
    sandbox.quickbooks.clear_faults()

    row = BooksConnection.objects.get(pk=books.pk)
    assert row.mirrored_at is None
    refresh(row)
    held = sandbox.quickbooks.books(CA)["PaymentMethod"]
    assert BooksObject.objects.filter(books=books, type="PaymentMethod").count() == len(held)


# -- afterwards --------------------------------------------------------------------------------------------------------


def test_afterwards_two_calls_bring_what_changed(copied, refresh, sandbox):
    routes(sandbox)
    sandbox.quickbooks.add(CA, "Customer", {"DisplayName": "New One"})

    refresh(copied)

    assert routes(sandbox) == {"preferences": 1, "cdc": 1}
    assert entry(copied, "Customer", "New One").active


def test_a_changed_entry_is_changed(copied, refresh, sandbox):
    ref = entry(copied, "Item", "Shipping").books_ref
    sandbox.quickbooks.change(CA, "Item", ref, Name="Delivery")

    refresh(copied)

    row = BooksObject.objects.get(books=copied, type="Item", books_ref=ref)
    assert (row.name, row.name_key, row.active) == ("Delivery", "delivery", True)


def test_an_entry_made_inactive_stays_and_says_so(copied, refresh, sandbox):
    """Settings still point at it."""
    ref = entry(copied, "Item", "Shipping").books_ref
    sandbox.quickbooks.change(CA, "Item", ref, Active=False)

    refresh(copied)

    assert not BooksObject.objects.get(books=copied, type="Item", books_ref=ref).active


def test_what_changes_while_the_lists_are_read_is_not_missed(copied, refresh, sandbox):
    """Windows overlap: an entry made just before the last reading, and seen by nobody, comes with the next."""
    sandbox.quickbooks.add(CA, "Customer", {"DisplayName": "Just Before"})
    copied.mirrored_at += timedelta(minutes=9)

    refresh(copied, minutes=10)

    assert entry(copied, "Customer", "Just Before")


def test_a_reading_that_breaks_off_leaves_the_window_open(copied, refresh, sandbox):
    before = BooksConnection.objects.get(pk=copied.pk).mirrored_at
    sandbox.quickbooks.add(CA, "Customer", {"DisplayName": "Patient"})
    sandbox.quickbooks.fault("html", status=503, path="cdc", times=50)
    with pytest.raises(TemporaryError):
        refresh(copied)
    sandbox.quickbooks.clear_faults()

    row = BooksConnection.objects.get(pk=copied.pk)
    assert row.mirrored_at == before
    refresh(row)
    assert entry(copied, "Customer", "Patient")


# -- when the changes do not tell everything ---------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "in_full"), [(24, False), (26, True), (400, True)])
def test_a_copy_older_than_quickbooks_remembers_is_read_in_full(copied, refresh, sandbox, days, in_full):
    routes(sandbox)
    copied.mirrored_at -= timedelta(days=days)

    refresh(copied)

    called = routes(sandbox)
    assert ("cdc" not in called) is in_full
    assert called.get("query", 0) == (len(mirror.LISTS) if in_full else 0)


def test_when_more_changed_than_one_answer_holds_the_lists_are_read_in_full(
    copied, client, refresh, sandbox, monkeypatch
):
    sandbox.quickbooks.add(CA, "Customer", {"DisplayName": "One Of Many"})
    routes(sandbox)

    def too_many(_entities, _since):
        raise ChangesIncomplete("more changed than one answer can hold")

    monkeypatch.setattr(client, "cdc", too_many)
    refresh(copied)

    assert routes(sandbox)["query"] == len(mirror.LISTS)
    assert entry(copied, "Customer", "One Of Many")


def test_what_was_forgotten_is_read_in_full(copied, refresh, sandbox):
    mirror.forget(copied)
    routes(sandbox)
    refresh(BooksConnection.objects.get(pk=copied.pk))
    assert routes(sandbox)["query"] == len(mirror.LISTS) + len(mirror.TAX_LISTS)


# -- taxes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "read"),
    [({"minutes": 9}, False), ({"minutes": 11}, True), ({"days": 2}, True), ({"minutes": 1, "taxes": True}, True)],
)
def test_taxes_are_read_again_by_each_later_sync_or_when_asked(copied, refresh, sandbox, when, read):
    routes(sandbox)
    refresh(copied, **when)
    assert routes(sandbox).get("query", 0) == (len(mirror.TAX_LISTS) if read else 0)


def test_a_tax_code_made_inactive_is_seen(copied, refresh, sandbox):
    ref = entry(copied, "TaxCode", "GST/QST QC").books_ref
    sandbox.quickbooks.change(CA, "TaxCode", ref, Active=False)
    refresh(copied, taxes=True)
    assert not mirror.company(copied).tax_codes[ref].active


# -- news --------------------------------------------------------------------------------------------------------------


def customer(name, token="0", **more):
    return {"Id": "901", "DisplayName": name, "SyncToken": token, **more}


def test_a_new_entry_is_news(copied):
    before = revision(copied)
    mirror.put(copied, "Customer", [customer("Ana")])
    assert revision(copied) == before + 1


def test_a_changed_entry_is_news(copied):
    mirror.put(copied, "Customer", [customer("Ana")])
    before = revision(copied)
    mirror.put(copied, "Customer", [customer("Ana Ruiz", "1")])
    assert revision(copied) == before + 1


def test_the_same_entry_again_is_none(copied):
    mirror.put(copied, "Customer", [customer("Ana")])
    before = revision(copied)
    mirror.put(copied, "Customer", [customer("Ana")])
    assert revision(copied) == before


def test_what_we_made_ourselves_is_none_now_nor_when_the_feed_brings_it(copied):
    before = revision(copied)
    mirror.put(copied, "Customer", [customer("Ana")], ours=True)
    mirror.put(copied, "Customer", [customer("Ana")])
    assert revision(copied) == before
    assert entry(copied, "Customer", "Ana")


def test_what_somebody_changed_after_we_made_it_is_news(copied):
    mirror.put(copied, "Customer", [customer("Ana")], ours=True)
    before = revision(copied)
    mirror.put(copied, "Customer", [customer("Ana", "1", Active=False)])
    assert revision(copied) == before + 1


def test_a_stub_of_a_deleted_entry_is_neither_news_nor_written(copied):
    mirror.put(copied, "Customer", [customer("Ana")])
    before = revision(copied)
    mirror.put(copied, "Customer", [{"Id": "901", "status": "Deleted"}])
    assert revision(copied) == before
    assert entry(copied, "Customer", "Ana")


def test_many_entries_at_once_are_one_piece_of_news(copied, django_assert_max_num_queries):
    rows = [{"Id": str(5000 + number), "DisplayName": f"C{number}", "SyncToken": "0"} for number in range(1_200)]
    before = revision(copied)
    with django_assert_max_num_queries(35):  # with the savepoints that a test's own transaction brings
        mirror.put(copied, "Customer", rows)
    assert revision(copied) == before + 1
    assert BooksObject.objects.filter(books=copied, type="Customer", name__startswith="C").count() >= 1_200


@pytest.mark.parametrize("ours", [True, False])
def test_an_item_that_is_another_by_now_is_noted_whoever_changed_it(copied, ours):
    def noted():
        return BooksConnection.objects.get(pk=copied.pk).items_revision

    mug = {"Id": "900", "Name": "Mug", "Type": "Inventory", "QtyOnHand": 8, "SyncToken": "0", "Active": True}
    before = noted()
    mirror.put(copied, "Item", [mug], ours=ours)
    assert noted() == before + 1
    mirror.put(copied, "Item", [mug], ours=ours)
    assert noted() == before + 1
    mirror.put(copied, "Item", [{**mug, "QtyOnHand": 7}], ours=ours)
    assert noted() == before + 2
    mirror.put(copied, "Customer", [customer("Ana")], ours=ours)
    assert noted() == before + 2


def test_a_reopened_period_is_news(copied, refresh, sandbox):
    before = revision(copied)
    sandbox.quickbooks.preferences(CA, AccountingInfoPrefs={"BookCloseDate": "2026-01-31"})
    refresh(copied)
    assert revision(copied) == before + 1
    assert mirror.company(copied).closed_until.isoformat() == "2026-01-31"


def test_a_refresh_that_finds_nothing_is_none(copied, refresh):
    before = revision(copied)
    for _ in range(3):
        refresh(copied)
    assert revision(copied) == before


def test_the_entries_of_one_company_are_not_those_of_another(copied):
    other = BooksConnection.objects.create(business=copied.business, account_id="other")
    mirror.put(other, "Customer", [customer("Elsewhere")])
    assert not BooksObject.objects.filter(books=copied, name="Elsewhere").exists()
    assert revision(other) == 1
