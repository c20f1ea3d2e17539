"""Who the sale belongs to."""

from typing import Any

import pytest

from integrations.books import CustomerDraft
from integrations.commerce import Address, Buyer
from sync.translate.customers import customer, plausible_email
from sync.translate.settings import AssignTo
from tests.sync.translate.making import line, options, order

HOME = Address(name="Ana Ruiz", lines=("1 Elm St",), city="Austin")
OFFICE = Address(company="Elm Works", city="Austin")


def drawn(buyer: Buyer, assign_to: AssignTo = AssignTo.BUYER, **changes: Any) -> CustomerDraft:
    return customer(order(line("mug", "50.00"), buyer=buyer, **changes), options(assign_to=assign_to))


ANA = Buyer(ref="3301", email="ana@example.test", name="Ana Ruiz", given_name="Ana", family_name="Ruiz", phone="555")


class TestBuyer:
    def test_is_known_by_ref_email_and_name(self) -> None:
        assert drawn(ANA, billing=HOME, shipping=OFFICE) == CustomerDraft(
            source="maple-ecwid",
            store_ref="3301",
            email="ana@example.test",
            name="Ana Ruiz",
            currency="CAD",
            fallback="ana@example.test",
            given_name="Ana",
            family_name="Ruiz",
            phone="555",
            billing=HOME,
            shipping=OFFICE,
        )

    @pytest.mark.parametrize(
        ("buyer", "name", "fallback"),
        [
            (Buyer(given_name="Ana", family_name="Ruiz"), "Ana Ruiz", "Ecwid"),
            (Buyer(name="  Ana   Ruiz ", ref="7"), "Ana Ruiz", "Ecwid 7"),
            (Buyer(company="Elm Works", ref="7"), "Elm Works", "Ecwid 7"),
            (Buyer(email="ana@example.test", ref="7"), "ana@example.test", "ana@example.test"),
            (Buyer(ref="7"), "Ecwid customer 7", "Ecwid 7"),
            (Buyer(name="Ana", email="none"), "Ana", "Ecwid"),
        ],
    )
    def test_is_called_by_what_is_known(self, buyer: Buyer, name: str, fallback: str) -> None:
        assert (drawn(buyer).name, drawn(buyer).fallback) == (name, fallback)

    @pytest.mark.parametrize("buyer", [Buyer(), Buyer(name=" "), Buyer(email="none")])
    def test_of_whom_nothing_is_known_is_the_generic_customer(self, buyer: Buyer) -> None:
        assert drawn(buyer) == drawn(ANA, AssignTo.GENERIC)

    def test_in_another_currency_is_another_customer(self) -> None:
        assert drawn(ANA, currency="EUR") != drawn(ANA)


class TestCompany:
    def test_is_one_customer_for_all_who_order_for_it(self) -> None:
        one = Buyer(ref="1", email="a@elm.test", name="A", company="Elm Works")
        other = Buyer(ref="2", email="b@elm.test", name="B", company="Elm Works")

        assert drawn(one, AssignTo.COMPANY) == drawn(other, AssignTo.COMPANY)
        assert drawn(one, AssignTo.COMPANY).name == "Elm Works"
        assert not drawn(one, AssignTo.COMPANY).shared

    def test_may_be_named_in_the_billing_address(self) -> None:
        assert drawn(ANA, AssignTo.COMPANY, billing=OFFICE).name == "Elm Works"

    def test_without_one_it_is_the_buyer(self) -> None:
        assert drawn(ANA, AssignTo.COMPANY) == drawn(ANA)

    def test_is_only_asked_for_when_chosen(self) -> None:
        assert drawn(ANA, billing=OFFICE).name == "Ana Ruiz"
        assert drawn(ANA, billing=OFFICE).company == "Elm Works"


class TestGeneric:
    def test_is_one_for_the_store_and_keeps_no_ones_address(self) -> None:
        generic = drawn(ANA, AssignTo.GENERIC, billing=HOME)

        assert generic == CustomerDraft("maple-ecwid", "", "", "Ecwid", "CAD", "maple-ecwid", shared=True)

    def test_has_the_chosen_name(self) -> None:
        chosen = options(assign_to=AssignTo.GENERIC, generic_customer="Online sales")

        assert customer(order(line("mug", "50.00")), chosen).name == "Online sales"


@pytest.mark.parametrize("email", ["a@b.test", " a.b+c@d-e.co.uk "])
def test_an_address_that_looks_like_one_is_used(email: str) -> None:
    assert plausible_email(email) == email.strip()


@pytest.mark.parametrize("email", ["", "a", "a@b", "a b@c.test", "a@b.", "a@@b.test", f"{'a' * 100}@b.test"])
def test_an_address_that_does_not_is_left_out(email: str) -> None:
    assert plausible_email(email) == ""
