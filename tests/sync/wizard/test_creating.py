"""Making a clearing account or an item in QuickBooks: once, whatever happens (L10, M2)."""

import pytest

from integrations import mirror
from integrations.clients import quickbooks_client
from integrations.errors import Refused
from integrations.http import utc_now
from integrations.models import BooksObject
from sync.wizard.creating import clearing_account_create, clearing_name, income_for_items, line_item_create


def accounts(world, name):
    return [row for row in world.books()["Account"] if row["Name"] == name]


def test_the_account_is_a_bank_account_named_after_the_store(world):
    account = clearing_account_create(world.integration)
    assert (account.name, account.kind) == ("Boutique Érable Clearing", "Bank")
    assert len(accounts(world, "Boutique Érable Clearing")) == 1


def test_asking_twice_makes_one(world):
    assert clearing_account_create(world.integration) == clearing_account_create(world.integration)
    assert len(accounts(world, "Boutique Érable Clearing")) == 1


def test_an_answer_that_was_lost_makes_no_second_account(world):
    world.quickbooks.fault("drop_after", method="POST", path="/account")
    with pytest.raises(Exception, match=r"."):
        clearing_account_create(world.integration)
    clearing_account_create(world.integration)
    assert len(accounts(world, "Boutique Érable Clearing")) == 1


def test_an_account_somebody_made_under_that_name_is_taken(world):
    given = {"Name": clearing_name(world.integration), "AccountType": "Bank", "AccountSubType": "Savings"}
    world.quickbooks.add(world.realm, "Account", given)
    (made,) = accounts(world, given["Name"])
    assert clearing_account_create(world.integration).books_ref == made["Id"]


def test_an_entry_of_another_kind_under_that_name_is_refused_by_name(world):
    name = clearing_name(world.integration)
    world.quickbooks.add(
        world.realm, "Account", {"Name": name, "AccountType": "Income", "AccountSubType": "OtherPrimaryIncome"}
    )
    with pytest.raises(Refused, match="Boutique Érable Clearing"):
        clearing_account_create(world.integration)


def test_after_the_account_was_made_inactive_a_new_one_is_made(world):
    first = clearing_account_create(world.integration)
    world.quickbooks.change(world.realm, "Account", first.books_ref, Active=False)
    mirror.refresh(world.integration.books, quickbooks_client(world.integration.books), now=utc_now())
    second = clearing_account_create(world.integration)
    assert second.active
    assert second.books_ref != first.books_ref


def test_an_item_is_a_service_on_the_given_income_account(world):
    income = world.entry("Account", "Shipping Income")
    item = line_item_create(world.integration, "Handling", income)
    assert (item.name, item.kind) == ("Handling", "Service")
    assert world.books_entry("Item", item.books_ref)["IncomeAccountRef"]["value"] == income.books_ref


def test_items_go_on_the_account_of_their_detail_type_else_on_the_products_own(world):
    assert income_for_items(world.integration, "DiscountsRefundsGiven").name == "Discounts given"
    assert income_for_items(world.integration).name == "Sales of Product Income"
    world.set("items", income_account=None)
    assert income_for_items(world.integration).kind == "Income"


def test_a_company_without_income_accounts_has_none_to_offer(world):
    world.set("items", income_account=None)
    BooksObject.objects.filter(books=world.integration.books, kind="Income").update(active=False)
    assert income_for_items(world.integration) is None
