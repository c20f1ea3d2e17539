"""The customers and items that sales need: created under a free name, or taken where they are there already."""

import pytest

from integrations.books import CustomerDraft, ItemDraft
from integrations.models import BooksObject
from integrations.quickbooks.faults import Fault
from sync.engine.deliver import Delivery
from sync.engine.directory import Directory
from sync.engine.entries import Entries, customer_entry, item_entry
from sync.models import Posting, PostingState
from tests.support.time import StillTime
from tests.sync.engine.fake_books import FakeBooks, lost_after, unreachable
from tests.sync.translate.making import CANADA

ANA = CustomerDraft("maple", "3301", "ana@example.test", "Ana Ruiz", "CAD", "ana@example.test")
TEE = ItemDraft("tee-m", "T-shirt", "TEE-M", "NonInventory", "79", "80")


@pytest.fixture
def books():
    return FakeBooks()


@pytest.fixture
def create(integration, books):
    """Have a customer or an item made; returns the customer, or (item, fault)."""

    def run(draft):
        delivery = Delivery(integration.books, books, StillTime().clock)
        if isinstance(draft, ItemDraft):
            made, problems = {}, {}
            Entries(delivery).create([item_entry(draft, made, problems)])
            return made.get(draft.key), problems.get(draft.key)
        directory = Directory(integration, CANADA)
        customer = directory.find_all([draft])[draft]
        Entries(delivery).create([customer_entry(customer, directory, CANADA)])
        return customer

    return run


def customer(books, name, email=""):
    address = {"PrimaryEmailAddr": {"Address": email}} if email else {}
    return books.add("Customer", DisplayName=name, **address)


def names(books, entity="Customer"):
    field = "DisplayName" if entity == "Customer" else "Name"
    return [row[field] for row in books.held(entity)]


def test_a_new_customer_is_created_and_known(create, books):
    made = create(ANA)
    assert names(books) == ["Ana Ruiz"]
    assert made.books_ref == books.held("Customer")[0]["Id"]
    assert made.row == BooksObject.objects.get()
    assert Posting.objects.get().role == "customer"


def test_a_new_item_is_created_and_known(create, books):
    item, fault = create(TEE)
    assert (item.name, fault) == ("T-shirt", None)
    assert item.id == books.held("Item")[0]["Id"]


def test_nothing_to_create_costs_nothing(integration, books):
    Entries(Delivery(integration.books, books, StillTime().clock)).create([])
    assert books.batches == books.asked == []


# -- names that are taken ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("email", ["ana@example.test", "ANA@example.test", ""], ids=["same", "other case", "none"])
def test_a_customer_that_somebody_made_meanwhile_is_taken(create, books, email):
    there = customer(books, "Ana Ruiz", email)
    assert create(ANA).books_ref == there["Id"]
    assert names(books) == ["Ana Ruiz"]


def test_one_with_another_email_is_somebody_else_and_the_next_name_is_tried(create, books):
    customer(books, "Ana Ruiz", "other@example.test")
    made = create(ANA)
    assert names(books) == ["Ana Ruiz", "Ana Ruiz (ana@example.test)"]
    assert made.books_ref == books.held("Customer")[1]["Id"]


def test_a_name_that_a_vendor_has_is_given_a_suffix(create, books):
    books.refusals["Ana Ruiz"] = Fault("6240", "Duplicate Name Exists Error")
    create(ANA)
    assert names(books) == ["Ana Ruiz (ana@example.test)"]


def test_when_every_name_is_taken_it_says_so(create, books, integration):
    directory = Directory(integration, CANADA)
    names_to_try = list(directory.candidate_names(directory.find_all([ANA])[ANA]))
    fault = Fault("6240", "Duplicate Name Exists Error")
    books.refusals = dict.fromkeys(names_to_try, fault)

    made = create(ANA)

    assert [name for batch in books.batches for name in batch.names] == names_to_try
    assert (made.books_ref, made.problem) == ("", fault)
    assert Posting.objects.get().state == PostingState.REFUSED


def test_an_item_of_that_name_with_another_sku_is_another_item(create, books):
    books.add("Item", Name="T-shirt", Sku="A-17")
    item, _ = create(TEE)
    assert len(set(names(books, "Item"))) == 2
    assert item.id == books.held("Item")[1]["Id"]


def test_an_item_of_that_name_with_the_same_sku_is_taken(create, books):
    there = books.add("Item", Name="T-shirt", Sku="tee-m", Type="NonInventory")
    item, _ = create(TEE)
    assert item.id == there["Id"]
    assert len(books.held("Item")) == 1


def test_any_other_refusal_is_told_and_no_other_name_is_tried(create, books):
    books.refusals["T-shirt"] = Fault("6430", "Invalid account type")
    item, fault = create(TEE)
    assert (item, fault.code) == (None, "6430")
    assert len(books.batches) == 1


# -- runs that died ----------------------------------------------------------------------------------------------------


def test_what_an_earlier_run_created_is_not_created_again(create, books):
    first, _ = create(TEE)
    assert create(TEE) == (first, None)
    assert len(books.batches) == 1


def test_what_an_earlier_run_could_not_send_is_sent_by_the_next(create, books):
    books.trouble.append(unreachable)
    with pytest.raises(Exception, match="nothing was sent"):
        create(ANA)
    assert create(ANA).books_ref
    assert names(books) == ["Ana Ruiz"]
    assert Posting.objects.count() == 1


def test_one_whose_answer_was_lost_is_there_once(create, books):
    books.trouble.append(lost_after())
    assert create(ANA).books_ref
    assert names(books) == ["Ana Ruiz"]


def test_one_that_was_made_inactive_since_is_made_anew(create, books, integration):
    create(ANA)
    books.held("Customer")[0]["DisplayName"] = "Ana Ruiz (deleted)"
    BooksObject.objects.update(active=False, name="Ana Ruiz (deleted)", name_key="ana ruiz (deleted)")
    made = create(ANA)
    assert names(books) == ["Ana Ruiz (deleted)", "Ana Ruiz"]
    assert made.row.active
