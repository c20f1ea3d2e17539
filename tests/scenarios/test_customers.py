"""Who a sale is assigned to (O8): found, created once, and told apart."""

import pytest

from sync.models import CustomerLink
from tests.support.expect import GOOD, books_are_whole, customer_of, entry_named, posted

ANA = {"id": 3301, "email": "ana@example.test", "name": "Ana Ruiz"}


def buy(world, *buyers, first=1, **more):
    """An order for each buyer, numbered N1, N2, ..."""
    world.place(
        *(
            {**GOOD, **more, "buyer": buyer, "order_id": f"N{number}", "created": f"2026-03-10T15:{number:02}:00+00:00"}
            for number, buyer in enumerate(buyers, first)
        )
    )


def buyers_of(world, *numbers):
    return [customer_of(world, posted(world, number))["DisplayName"] for number in numbers]


def by_hand(world, entity="Customer", **fields):
    return world.quickbooks.add(world.realm, entity, fields)[entity]


class TestOneBuyer:
    def test_twice_in_one_sync_is_one_customer(self, world):
        buy(world, ANA, ANA)

        world.sync()

        assert buyers_of(world, "N1", "N2") == ["Ana Ruiz", "Ana Ruiz"]
        books_are_whole(world)

    def test_in_a_later_sync_is_the_same_customer(self, world):
        buy(world, ANA)
        world.sync()
        buy(world, ANA, first=2)

        world.sync()

        assert buyers_of(world, "N1", "N2") == ["Ana Ruiz", "Ana Ruiz"]
        books_are_whole(world)

    @pytest.mark.parametrize(
        "again",
        [
            {"id": 3301, "email": "ana.maria@example.test", "name": "Ana María Ruiz"},
            {"email": "ANA@Example.test", "name": "A. Ruiz"},
            {"id": 9999, "email": "ana@example.test", "name": "Somebody Else"},
            {"id": 3301, "name": "Ana Ruiz"},
            {"email": "ana@example.test"},
        ],
        ids=["by id", "by e-mail as a guest", "by e-mail with a new account", "by id alone", "without a name"],
    )
    @pytest.mark.parametrize("syncs", [1, 2], ids=["at once", "later"])
    def test_is_known_again(self, world, again, syncs):
        buy(world, ANA)
        if syncs == 2:
            world.sync()
        buy(world, again, first=2)

        world.sync()

        assert buyers_of(world, "N1", "N2") == ["Ana Ruiz", "Ana Ruiz"]
        books_are_whole(world)

    def test_whose_name_changed_in_quickbooks_is_still_known(self, world):
        buy(world, ANA)
        world.sync()
        customer = customer_of(world, posted(world, "N1"))
        world.quickbooks.change(world.realm, "Customer", customer["Id"], DisplayName="Ruiz Ana (VIP)")
        buy(world, ANA, first=2)

        world.sync()

        assert buyers_of(world, "N2") == ["Ruiz Ana (VIP)"]


class TestTwoBuyersOfOneName:
    ONE = {"id": 1, "email": "one@example.test", "name": "Lee Wong"}
    OTHER = {"id": 2, "email": "other@example.test", "name": "Lee  WONG"}

    @pytest.mark.parametrize("syncs", [1, 2], ids=["at once", "later"])
    def test_with_different_emails_are_two_customers(self, world, syncs):
        buy(world, self.ONE)
        if syncs == 2:
            world.sync()
        buy(world, self.OTHER, first=2)

        world.sync()

        assert buyers_of(world, "N1", "N2") == ["Lee Wong", "Lee WONG (other@example.test)"]
        books_are_whole(world)

    def test_stay_two_whoever_orders_next(self, world):
        buy(world, self.ONE, self.OTHER)
        world.sync()
        buy(world, self.OTHER, self.ONE, {"email": "other@example.test", "name": "L. Wong"}, first=3)

        world.sync()

        one, other = buyers_of(world, "N1", "N2")
        assert buyers_of(world, "N3", "N4", "N5") == [other, one, other]
        books_are_whole(world)

    def test_with_different_accounts_and_no_email_are_two_customers(self, world):
        buy(world, {"id": 1, "name": "Lee Wong"}, {"id": 2, "name": "Lee Wong"})

        world.sync()

        assert buyers_of(world, "N1", "N2") == ["Lee Wong", "Lee Wong (Ecwid 2)"]
        books_are_whole(world)

    def test_of_whom_nothing_else_is_known_are_one(self, world):
        buy(world, {"name": "Lee Wong"}, {"name": "lee wong"})

        world.sync()

        assert buyers_of(world, "N1", "N2") == ["Lee Wong", "Lee Wong"]
        books_are_whole(world)


class TestTypedByHand:
    def test_with_the_same_email_is_taken_whatever_the_name(self, world):
        by_hand(world, DisplayName="Ruiz & Daughters", PrimaryEmailAddr={"Address": "Ana@example.test"})
        buy(world, ANA)

        world.sync()

        assert buyers_of(world, "N1") == ["Ruiz & Daughters"]
        books_are_whole(world)

    def test_with_the_same_name_and_no_email_is_taken(self, world):
        by_hand(world, DisplayName="ANA RUIZ")
        buy(world, ANA)

        world.sync()

        assert buyers_of(world, "N1") == ["ANA RUIZ"]
        books_are_whole(world)

    def test_with_the_same_name_and_another_email_is_somebody_else(self, world):
        by_hand(world, DisplayName="Ana Ruiz", PrimaryEmailAddr={"Address": "ana@elsewhere.test"})
        buy(world, ANA)

        world.sync()

        assert buyers_of(world, "N1") == ["Ana Ruiz (ana@example.test)"]
        books_are_whole(world)

    @pytest.mark.parametrize("entity", ["Vendor", "Employee"])
    def test_as_a_vendor_or_employee_keeps_the_name(self, world, entity):
        fields = {"DisplayName": "Ana Ruiz"} if entity == "Vendor" else {"GivenName": "Ana", "FamilyName": "Ruiz"}
        by_hand(world, entity, **fields)
        buy(world, ANA, {"id": 5, "email": "e@example.test", "name": "Eve Else"})

        world.sync()

        assert buyers_of(world, "N1", "N2") == ["Ana Ruiz (ana@example.test)", "Eve Else"]
        buy(world, ANA, first=3)
        world.sync()
        assert buyers_of(world, "N3") == ["Ana Ruiz (ana@example.test)"]
        books_are_whole(world)

    def test_between_our_look_and_our_write_is_noticed(self, world):
        """Somebody else creates the customer after our lists were read: QuickBooks says that the name is taken."""
        world.quickbooks.fault(
            "status", status=200, body='{"CDCResponse": [{"QueryResponse": []}], "time": ""}', path="/cdc"
        )
        by_hand(world, DisplayName="Ana Ruiz", PrimaryEmailAddr={"Address": "ana@example.test"})
        buy(world, ANA)

        world.sync()

        assert buyers_of(world, "N1") == ["Ana Ruiz"]
        books_are_whole(world)

    @pytest.mark.parametrize("name", ["O'Neil & Söhne", "Back \\ Slash", "100% Wool_"])
    def test_under_a_name_that_is_awkward_to_look_for(self, world, name):
        by_hand(world, "Vendor", DisplayName=name)
        buy(world, {"id": 12, "email": "o@example.test", "name": name})

        world.sync()

        assert buyers_of(world, "N1") == [f"{name} (o@example.test)"]
        books_are_whole(world)

    def test_and_the_suffixed_name_is_taken_as_well(self, world):
        by_hand(world, "Vendor", DisplayName="Ana Ruiz")
        by_hand(world, "Vendor", DisplayName="Ana Ruiz (ana@example.test)")
        buy(world, ANA)

        world.sync()

        [name] = buyers_of(world, "N1")
        assert name.startswith("Ana Ruiz (")
        assert name != "Ana Ruiz (ana@example.test)"
        books_are_whole(world)


class TestCompanies:
    @pytest.fixture
    def world(self, make_world):
        return make_world("CA", customer="company")

    def test_two_people_of_one_company_are_one_customer(self, world):
        buy(
            world,
            {**ANA, "company": "Nord Inc."},
            {"id": 7, "email": "bo@example.test", "name": "Bo", "company": "NORD inc."},
        )

        world.sync()

        assert buyers_of(world, "N1", "N2") == ["Nord Inc.", "Nord Inc."]
        assert posted(world, "N2")["BillEmail"]["Address"] == "bo@example.test"
        books_are_whole(world)

    def test_without_a_company_it_is_the_buyer(self, world):
        buy(world, ANA)

        world.sync()

        assert buyers_of(world, "N1") == ["Ana Ruiz"]

    def test_a_company_that_is_a_vendor_too(self, world):
        buy(world, {**ANA, "company": "Acme Supplies"})

        world.sync()

        assert buyers_of(world, "N1") == ["Acme Supplies (Ecwid)"]
        books_are_whole(world)


class TestOneForAll:
    def test_named_in_the_settings(self, make_world):
        world = make_world("CA", customer="generic", generic_customer="Web sales")
        buy(world, ANA, {"id": 7, "email": "bo@example.test", "name": "Bo"}, {})

        world.sync()

        assert set(buyers_of(world, "N1", "N2", "N3")) == {"Web sales"}
        assert posted(world, "N2")["BillEmail"]["Address"] == "bo@example.test"
        assert not CustomerLink.objects.exists()
        books_are_whole(world)

    def test_that_exists_already(self, make_world):
        world = make_world("CA", customer="generic", generic_customer="store CUSTOMER")
        buy(world, ANA, ANA)

        world.sync()

        assert set(buyers_of(world, "N1", "N2")) == {"Store customer"}
        books_are_whole(world)

    def test_whose_name_a_vendor_has(self, make_world):
        world = make_world("CA", customer="generic", generic_customer="Acme Supplies")
        buy(world, ANA)
        world.sync()
        buy(world, ANA, first=2)

        world.sync()

        assert set(buyers_of(world, "N1", "N2")) == {"Acme Supplies (shop)"}
        books_are_whole(world)


def test_what_the_store_knows_of_a_buyer_is_kept(world):
    buyer = {
        **ANA,
        "company": "Ruiz Studio",
        "phone": "+1 514 555 0100",
        "street": "12 rue Saint-Paul\nSuite 4",
        "city": "Montréal",
        "postal_code": "H2Y 1G7",
        "state": "QC",
        "country": "CA",
    }
    buy(world, buyer, shipping=8)

    world.sync()

    customer = entry_named(world, "Customer", "Ana Ruiz")
    assert (customer["GivenName"], customer["FamilyName"], customer["CompanyName"]) == ("Ana", "Ruiz", "Ruiz Studio")
    assert customer["PrimaryEmailAddr"]["Address"] == "ana@example.test"
    assert customer["PrimaryPhone"]["FreeFormNumber"] == "+1 514 555 0100"
    assert customer["BillAddr"]["City"] == "Montréal"
    assert customer["BillAddr"]["PostalCode"] == "H2Y 1G7"
