"""Connecting accounts, testing connections and ending them (C2, C3, C6)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Business
from integrations.connecting import (
    AccountTaken,
    OtherAccount,
    check_books,
    check_store,
    connect_quickbooks,
    connect_store,
    disconnect_quickbooks,
    disconnect_store,
    given_hash,
    note_error,
)
from integrations.errors import NotAllowed, OperatorError, ReconnectNeeded, RemoteError, TemporaryError
from integrations.models import BooksConnection, BooksObject, ConnectionState, StoreConnection
from integrations.quickbooks.oauth import TokenPair
from tests.support.world import CA, GB

SHOP = "1003"


@pytest.fixture
def business(db, sandbox):
    return Business.objects.create(name="Maple Goods")


@pytest.fixture
def books(business):
    credentials = {"access_token": f"qbo_access_{CA}", "refresh_token": f"qbo_refresh_{CA}"}
    return BooksConnection.objects.create(business=business, account_id=CA, credentials=credentials)


@pytest.fixture
def store(business):
    credentials = {"access_token": f"secret_sim_{SHOP}"}
    return StoreConnection.objects.create(business=business, provider="ecwid", account_id=SHOP, credentials=credentials)


def again(row):
    return type(row).objects.get(pk=row.pk)


def pair(name="new"):
    return TokenPair(
        f"access-{name}", f"refresh-{name}", datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC)
    )


# -- test calls --------------------------------------------------------------------------------------------------------


def test_a_store_that_answers_is_connected_and_says_who_it_is(store, time):
    profile = check_store(store, clock=time.clock)

    row = again(store)
    assert (row.state, row.state_detail) == (ConnectionState.CONNECTED, "")
    assert (row.name, row.currency) == (profile.name, "CAD")
    assert row.checked_at is not None
    rates = {tax["name"]: tax["rate"] for tax in row.profile["taxes"]}
    assert rates["QST"] == Decimal("9.975")


def test_a_company_that_answers_is_connected_and_its_lists_are_read(books, time):
    company = check_books(books, clock=time.clock)

    row = again(books)
    assert (row.state, row.name, row.currency) == (ConnectionState.CONNECTED, company.name, "CAD")
    types = set(BooksObject.objects.filter(books=books).values_list("type", flat=True))
    assert types >= {"Account", "Item", "TaxCode", "TaxRate"}


def test_a_store_that_no_longer_knows_the_token_needs_to_be_connected_again(store, time):
    store.credentials = {"access_token": "secret_of_yesterday"}
    with pytest.raises(RemoteError) as raised:
        check_store(store, clock=time.clock)
    assert isinstance(raised.value, ReconnectNeeded)
    assert again(store).state == ConnectionState.RECONNECT
    assert again(store).state_detail


def test_a_company_whose_consent_is_gone_needs_to_be_connected_again(books, sandbox, time):
    sandbox.quickbooks.control("POST", "tokens/revoke", {"realm": CA})
    with pytest.raises(ReconnectNeeded):
        check_books(books, clock=time.clock)
    assert again(books).state == ConnectionState.RECONNECT


def test_wrong_app_keys_are_the_operators_to_mend(books, sandbox, time, settings):
    settings.QUICKBOOKS_CLIENT_ID = "mistyped"
    sandbox.quickbooks.control("POST", "tokens/expire", {"realm": CA})
    with pytest.raises(OperatorError):
        check_books(books, clock=time.clock)
    assert again(books).state == ConnectionState.OPERATOR


@pytest.mark.parametrize("state", [ConnectionState.NEW, ConnectionState.CONNECTED])
def test_an_outage_says_nothing_of_the_connection(store, books, sandbox, time, state):
    for side, check, row in ((sandbox.ecwid, check_store, store), (sandbox.quickbooks, check_books, books)):
        row.state = state
        row.save()
        side.fault("html", status=503, times=50)
        with pytest.raises(TemporaryError):
            check(row, clock=time.clock)
        assert again(row).state == state
        assert "503" in again(row).state_detail


def test_a_store_that_answers_but_refuses_says_so_and_stays_connected(store, sandbox, time):
    check_store(store, clock=time.clock)
    sandbox.ecwid.fault("status", status=403, times=9)
    with pytest.raises(NotAllowed):
        check_store(store, clock=time.clock)
    assert again(store).state == ConnectionState.CONNECTED
    assert "403" in again(store).state_detail


def test_the_next_good_answer_clears_what_was_noted(store, sandbox, time):
    sandbox.ecwid.fault("status", status=403, times=1)
    with pytest.raises(NotAllowed):
        check_store(store, clock=time.clock)
    check_store(store, clock=time.clock)
    assert (again(store).state, again(store).state_detail) == (ConnectionState.CONNECTED, "")


def test_an_outage_does_not_undo_what_another_worker_found_out(books):
    """A row read an hour ago still says that all is well."""
    stale = again(books)
    stale.state = ConnectionState.CONNECTED
    BooksConnection.objects.filter(pk=books.pk).update(state=ConnectionState.RECONNECT)

    note_error(stale, TemporaryError("no answer"))

    assert again(books).state == ConnectionState.RECONNECT


def test_what_is_noted_fits_and_holds_no_secret(store):
    note_error(store, ReconnectNeeded("x" * 900))
    assert len(again(store).state_detail) == 500


# -- reconnecting ------------------------------------------------------------------------------------------------------


def test_a_first_consent_makes_a_connection(business):
    books = connect_quickbooks(business, GB, pair())
    assert (books.business, books.account_id, books.state) == (business, GB, ConnectionState.CONNECTED)
    assert books.credentials == {"access_token": "access-new", "refresh_token": "refresh-new"}


def test_the_same_company_resumes_where_it_was(books, business, time):
    check_books(books, clock=time.clock)
    BooksConnection.objects.filter(pk=books.pk).update(state=ConnectionState.RECONNECT, state_detail="withdrawn")
    entries = BooksObject.objects.filter(books=books).count()

    renewed = connect_quickbooks(business, CA, pair(), expected=again(books))

    assert renewed.pk == books.pk
    assert (renewed.state, renewed.state_detail) == (ConnectionState.CONNECTED, "")
    assert renewed.credentials["refresh_token"] == "refresh-new"
    assert renewed.mirrored_at is not None
    assert BooksObject.objects.filter(books=renewed).count() == entries


def test_another_company_than_the_expected_is_refused_and_changes_nothing(books, business):
    BooksConnection.objects.filter(pk=books.pk).update(name="Maple Goods Inc.")
    with pytest.raises(OtherAccount) as raised:
        connect_quickbooks(business, GB, pair(), expected=again(books))
    assert raised.value.expected == "Maple Goods Inc."
    assert BooksConnection.objects.count() == 1
    assert again(books).credentials["refresh_token"] == f"qbo_refresh_{CA}"


def test_the_company_of_another_business_is_refused_without_telling_whose_it_is(books):
    stranger = Business.objects.create(name="Stranger")
    with pytest.raises(AccountTaken) as raised:
        connect_quickbooks(stranger, CA, pair())
    assert "Maple" not in str(raised.value)
    assert again(books).business.name == "Maple Goods"
    assert again(books).credentials["refresh_token"] == f"qbo_refresh_{CA}"


def test_the_same_store_resumes_with_its_new_token(store, business):
    store.state, store.state_detail = ConnectionState.RECONNECT, "uninstalled"
    store.save()

    renewed = connect_store(business, "ecwid", SHOP, {"access_token": "secret_new"}, expected=store)

    assert renewed.pk == store.pk
    assert renewed.credentials == {"access_token": "secret_new"}
    assert (renewed.state, renewed.state_detail) == (ConnectionState.NEW, "")


def test_another_store_than_the_expected_is_refused_and_changes_nothing(store, business):
    with pytest.raises(OtherAccount):
        connect_store(business, "ecwid", "1004", {"access_token": "secret_new"}, expected=store)
    assert StoreConnection.objects.count() == 1
    assert again(store).credentials == {"access_token": f"secret_sim_{SHOP}"}


def test_two_businesses_may_sell_through_one_store_each_with_its_own_token(store):
    """Unlike books: reading orders twice does no harm."""
    other = connect_store(Business.objects.create(name="Branch"), "ecwid", SHOP, {"access_token": "secret_branch"})
    assert other.pk != store.pk
    assert again(store).credentials == {"access_token": f"secret_sim_{SHOP}"}


# -- disconnecting -----------------------------------------------------------------------------------------------------


def test_disconnecting_a_company_revokes_the_consent_and_forgets_the_tokens(books, time):
    credentials = dict(books.credentials)
    disconnect_quickbooks(books, clock=time.clock)

    row = again(books)
    assert (row.state, row.credentials, row.credentials_given) == (ConnectionState.DISCONNECTED, {}, "")
    row.credentials, row.state = credentials, ConnectionState.NEW
    row.save()
    with pytest.raises(ReconnectNeeded):
        check_books(row, clock=time.clock)


def test_a_consent_that_is_gone_already_is_forgotten_all_the_same(books, sandbox, time):
    sandbox.quickbooks.control("POST", "tokens/revoke", {"realm": CA})
    disconnect_quickbooks(books, clock=time.clock)
    assert again(books).credentials == {}


def test_a_consent_that_could_not_be_revoked_is_kept_so_that_it_can_be_tried_again(books, sandbox, time):
    sandbox.quickbooks.fault("drop_before", path="revoke", times=9)
    with pytest.raises(TemporaryError):
        disconnect_quickbooks(books, clock=time.clock)
    assert again(books).credentials["refresh_token"] == f"qbo_refresh_{CA}"


def test_a_disconnected_company_is_not_called_until_it_is_connected_again(books, business, sandbox, time):
    disconnect_quickbooks(books, clock=time.clock)
    sandbox.quickbooks.reset_counters()
    with pytest.raises(ReconnectNeeded):
        check_books(again(books), clock=time.clock)
    assert sandbox.quickbooks.counters()["requests"] == 0

    assert connect_quickbooks(business, CA, pair()).state == ConnectionState.CONNECTED


def test_disconnecting_a_store_forgets_its_token(store):
    disconnect_store(store)
    assert (again(store).state, again(store).credentials) == (ConnectionState.DISCONNECTED, {})


# -- credentials typed twice -------------------------------------------------------------------------------------------


def test_whether_credentials_were_typed_before_is_known_without_keeping_them():
    first = given_hash({"access_token": "a", "refresh_token": "r"})
    assert first == given_hash({"refresh_token": "r", "access_token": "a"})
    assert first != given_hash({"access_token": "a", "refresh_token": "s"})
    assert "a" * 2 not in first or len(first) == 64


def test_a_check_notes_when_the_account_last_answered(store, time):
    before = datetime.now(UTC) - timedelta(seconds=1)
    check_store(store, clock=time.clock)
    assert again(store).checked_at > before
