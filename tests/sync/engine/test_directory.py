"""Whose sale it is (O8): the store's customer id, then the e-mail, then the name."""

import pytest

from integrations.books import CustomerDraft
from integrations.models import BooksObject
from sync.engine.directory import Directory
from sync.engine.entries import keep_links
from sync.models import CustomerLink
from tests.sync.engine.making import make_entry, make_integration
from tests.sync.translate.making import CANADA


def draft(name="Ana Ruiz", email="ana@example.test", ref="3301", **more):
    basics = {"source": "maple", "currency": "CAD", "fallback": email or f"Ecwid {ref}"}
    return CustomerDraft(store_ref=ref, email=email, name=name, **basics | more)


def shared(name="Ecwid"):
    return draft(name, email="", ref="", shared=True, fallback="maple")


@pytest.fixture
def find(integration):
    """The customers of some drafts, found by a directory that is new each time."""

    def run(*drafts, of=None):
        found = Directory(of or integration, CANADA).find_all(drafts)
        return [found[one] for one in drafts]

    return run


@pytest.fixture
def make(integration):
    """A customer that QuickBooks has."""
    return lambda ref, name, **more: make_entry(integration.books, "Customer", ref, name, **more)


@pytest.fixture
def link(integration):
    def run(row, buyer_ref, currency="CAD"):
        return CustomerLink.objects.create(
            integration=integration, buyer_ref=buyer_ref, currency=currency, customer=row
        )

    return run


def refs(customers):
    return [one.books_ref for one in customers]


def posted(integration, *drafts):
    """What a run does with drafts: find them, create what is missing, remember who is who. Returns QuickBooks ids."""
    directory = Directory(integration, CANADA)
    found = directory.find_all(drafts)
    for customer in found.values():
        if not customer.books_ref:
            number = str(900 + BooksObject.objects.count())
            row = make_entry(
                integration.books, "Customer", number, customer.name, email=customer.email, currency=customer.currency
            )
            directory.created(customer, row)
    keep_links(directory, {id(one): one for one in found.values()}.values())
    return [found[one].books_ref for one in drafts]


# -- id, then e-mail, then name ----------------------------------------------------------------------------------------


def test_the_stores_customer_id_beats_everything(find, make, link):
    link(make("1", "Ana Before Marriage"), "ref:3301")
    make("2", "Somebody Else", email="ana@example.test")
    make("3", "Ana Ruiz")
    assert refs(find(draft())) == ["1"]


def test_without_a_known_id_the_email_decides(find, make):
    make("3", "Ana Ruiz")
    make("2", "A. Ruiz-Lopez", email="Ana@Example.TEST")
    assert refs(find(draft())) == ["2"]


def test_an_email_known_from_an_earlier_order_counts_though_quickbooks_does_not_hold_it(find, make, link):
    link(make("4", "Household"), "email:ana@example.test")
    assert refs(find(draft(ref="77"))) == ["4"]


def test_without_either_the_name_decides(find, make):
    make("3", "Ana Ruiz")
    assert refs(find(draft())) == ["3"]


@pytest.mark.parametrize("name", ["ana ruiz", "  Ana   Ruiz ", "ANA RUIZ"])
def test_case_and_blanks_of_a_name_do_not_matter(find, make, name):
    make("3", "Ana Ruiz")
    assert refs(find(draft(name))) == ["3"]


def test_a_guest_of_whom_only_the_name_is_known_is_the_customer_of_that_name(find, make, link):
    link(make("3", "Ana Ruiz", email="ana@example.test"), "ref:3301")
    assert refs(find(draft(email="", ref=""))) == ["3"]


def test_a_buyer_nobody_knows_is_to_be_created(find):
    [customer] = find(draft())
    assert (customer.books_ref, customer.name, customer.currency) == ("", "Ana Ruiz", "CAD")
    assert customer.draft == draft()


# -- what speaks against a name ----------------------------------------------------------------------------------------


def test_the_same_name_with_another_email_is_somebody_else(find, make):
    make("3", "Ana Ruiz", email="other@example.test")
    [customer] = find(draft())
    assert (customer.books_ref, customer.name) == ("", "Ana Ruiz (ana@example.test)")


def test_the_same_name_with_another_id_in_the_store_is_somebody_else(find, make, link):
    link(make("3", "Ana Ruiz"), "ref:1")
    [customer] = find(draft(email=""))
    assert (customer.books_ref, customer.name) == ("", "Ana Ruiz (Ecwid 3301)")


def test_the_same_name_with_another_email_in_the_store_is_somebody_else(find, make, link):
    link(make("3", "Ana Ruiz"), "email:other@example.test")
    assert refs(find(draft(ref=""))) == [""]


def test_ids_of_another_store_say_nothing_here(find, make, link, integration):
    """Two stores number their buyers alike."""
    link(make("3", "Ana Ruiz"), "ref:3301")
    branch = make_integration("branch", books=integration.books)
    assert refs(find(draft("Bo Chan", email="bo@example.test"), of=branch)) == [""]
    assert refs(find(draft(ref="88"), of=branch)) == ["3"]


def test_an_inactive_customer_is_not_taken(find, make):
    make("3", "Ana Ruiz", email="ana@example.test", active=False)
    assert refs(find(draft())) == [""]


def test_nor_is_one_that_was_linked_before_it_became_inactive(integration, make, link):
    link(make("3", "Ana Ruiz", active=False), "ref:3301")
    [new] = posted(integration, draft())
    assert new != "3"
    assert posted(integration, draft()) == [new], "from now on the buyer is the new one"


# -- currencies --------------------------------------------------------------------------------------------------------


def test_each_currency_has_a_customer_of_its_own(find, make):
    make("3", "Ana Ruiz", email="ana@example.test", currency="CAD")
    home, foreign = find(draft(), draft(currency="USD"))
    assert home.books_ref == "3"
    assert (foreign.books_ref, foreign.name, foreign.currency) == ("", "Ana Ruiz (USD)", "USD")


def test_the_customer_of_a_foreign_currency_is_found_again(integration):
    first = posted(integration, draft(), draft(currency="USD"))
    assert len(set(first)) == 2
    assert posted(integration, draft(currency="USD"), draft()) == first[::-1]


def test_a_customer_without_currency_keeps_the_books_own(find, make):
    make("3", "Ana Ruiz")
    home, foreign = find(draft(email="", ref=""), draft(email="", ref="", currency="USD"))
    assert (home.books_ref, foreign.books_ref) == ("3", "")


def test_a_customer_of_that_name_in_another_currency_is_not_taken(find, make):
    """QuickBooks never changes the currency of a customer."""
    make("3", "Ana Ruiz", currency="USD")
    [customer] = find(draft(email="", ref=""))
    assert customer.books_ref == ""
    assert customer.name != "Ana Ruiz"


# -- one customer for all ----------------------------------------------------------------------------------------------


def test_the_shared_customer_is_known_by_its_name_alone(find, make, link):
    link(make("5", "Ecwid", email="shop@example.test"), "ref:1")
    assert refs(find(shared())) == ["5"]


def test_the_shared_customer_learns_no_buyers(integration):
    posted(integration, shared())
    assert not CustomerLink.objects.exists()


def test_a_buyer_is_not_taken_for_the_shared_customer(find, make):
    make("5", "Ecwid")
    assert refs(find(draft("Ana Ruiz"), shared())) == ["", "5"]


# -- a page of sales ---------------------------------------------------------------------------------------------------


def test_two_orders_of_one_new_buyer_make_one_customer(find):
    first, second = find(draft(), draft(name="Ana Ruiz-Lopez", phone="555"))
    assert first is second
    assert first.name == "Ana Ruiz"


def test_a_guest_and_a_buyer_with_one_email_are_one(find):
    first, second = find(draft(), draft(ref=""))
    assert first is second


def test_two_new_buyers_of_one_name_make_two_customers(find):
    first, second = find(draft(), draft(email="other@example.test", ref="3302"))
    assert first is not second
    assert [first.name, second.name] == ["Ana Ruiz", "Ana Ruiz (other@example.test)"]


def test_three_new_buyers_of_one_name_make_three(find):
    people = [draft(email=f"{letter}@example.test", ref=letter) for letter in "abc"]
    assert len({one.name for one in find(*people)}) == 3


def test_a_name_that_was_made_up_is_taken_from_then_on(find):
    found = find(
        draft(),
        draft(email="other@example.test", ref="2"),
        draft("Ana Ruiz (other@example.test)", email="third@example.test", ref="3"),
    )
    assert len({one.name for one in found}) == 3


def test_what_a_page_learned_counts_for_its_later_sales(find):
    """The second brings the e-mail, the third is known by it alone."""
    first, second, third = find(
        draft(email=""), draft(name="A. Ruiz"), draft(name="Ruiz, Ana", ref="", email="ana@example.test")
    )
    assert first is second is third


def test_it_costs_three_statements_however_many_sales_there_are(integration, make, link, django_assert_max_num_queries):
    for number in range(40):
        link(make(str(number), f"Buyer {number}"), f"ref:{number}")
    drafts = [draft(f"Buyer {number}", f"b{number}@example.test", str(number)) for number in range(300)]
    with django_assert_max_num_queries(3):
        Directory(integration, CANADA).find_all(drafts)


# -- the next run ------------------------------------------------------------------------------------------------------


def test_who_was_created_is_known_by_id_and_by_email_from_then_on(integration):
    [ref] = posted(integration, draft())
    assert posted(integration, draft("Ana Moved", email="new@example.test")) == [ref]
    assert posted(integration, draft("Ana Again", ref="")) == [ref]
    assert posted(integration, draft("Ana Again", email="new@example.test", ref="")) == [ref], (
        "and by what she told since"
    )


def test_two_of_one_name_stay_two_in_the_next_run(integration):
    people = (draft(), draft(email="other@example.test", ref="3302"))
    first = posted(integration, *people)
    assert len(set(first)) == 2
    assert posted(integration, *people[::-1]) == first[::-1]


def test_nothing_is_learned_twice(integration):
    posted(integration, draft())
    known = CustomerLink.objects.count()
    posted(integration, draft())
    assert CustomerLink.objects.count() == known == 2


def test_a_customer_that_could_not_be_created_is_not_linked(integration):
    directory = Directory(integration, CANADA)
    found = directory.find_all([draft()])
    assert directory.links(found.values()) == []


# -- names -------------------------------------------------------------------------------------------------------------


def candidates(integration, one):
    directory = Directory(integration, CANADA)
    return list(directory.candidate_names(directory.find_all([one])[one]))


def test_names_to_try_are_distinct_and_always_the_same(integration):
    """Vendors and employees may have them, and we do not know those."""
    names = candidates(integration, draft())
    assert names[:2] == ["Ana Ruiz", "Ana Ruiz (ana@example.test)"]
    assert len(set(names)) == 3
    assert names == candidates(integration, draft())


def test_two_people_never_end_with_the_same_last_name_to_try(integration):
    one = candidates(integration, draft(ref="1", email="", fallback="x"))
    two = candidates(integration, draft(ref="2", email="", fallback="x"))
    assert one[-1] != two[-1]


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (draft("Ana: Ruiz"), "Ana - Ruiz"),
        (draft("", email="ana@example.test"), "ana@example.test"),
        (draft("", email="", fallback="Ecwid 3301"), "Ecwid 3301"),
        (draft("\N{GRINNING FACE}", email="ana@example.test"), "ana@example.test"),
        (draft("A" * 300), "A" * 100),
    ],
    ids=["a colon", "no name", "neither name nor e-mail", "nothing but an emoji", "too long"],
)
def test_a_name_is_made_to_fit(find, one, name):
    assert find(one)[0].name == name


def test_a_foreign_currency_stays_readable_in_a_long_name(find):
    [customer] = find(draft("A" * 300, currency="USD"))
    assert customer.name.endswith(" (USD)")
    assert len(customer.name) == 100
