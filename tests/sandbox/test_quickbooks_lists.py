from decimal import Decimal

import pytest

from tests.sandbox.quickbooks_desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def inventory(desk: Desk, **changes: object) -> dict[str, object]:
    return {
        "Name": "Gear",
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 10,
        "InvStartDate": "2026-01-01",
        "IncomeAccountRef": desk.ref("Account", "Sales of Product Income"),
        "ExpenseAccountRef": desk.ref("Account", "Cost of Goods Sold"),
        "AssetAccountRef": desk.ref("Account", "Inventory Asset"),
        **changes,
    }


# -- customers ---------------------------------------------------------------------------------------------------


def test_a_customer_with_only_a_name_gets_the_usual_defaults(desk: Desk) -> None:
    customer = desk.write("Customer", {"DisplayName": "Ana"})
    assert customer["Taxable"] is True
    assert customer["Active"] is True
    assert customer["Job"] is False
    assert customer["Balance"] == 0
    assert customer["PreferredDeliveryMethod"] == "Print"
    assert customer["PrintOnCheckName"] == "Ana"
    assert customer["CurrencyRef"]["value"] == "USD"


def test_the_display_name_is_put_together_from_the_parts(desk: Desk) -> None:
    assert desk.write("Customer", {"GivenName": "Ana", "FamilyName": "Lee"})["DisplayName"] == "Ana Lee"


def test_a_customer_needs_some_name(desk: Desk) -> None:
    assert desk.refused("Customer", {"CompanyName": "Lee Ltd"})["code"] == "6080"


@pytest.mark.parametrize("name", ["Store customer", "STORE CUSTOMER", " Store customer ", "Acme Supplies"])
def test_names_are_unique_across_customers_and_vendors_whatever_their_case(desk: Desk, name: str) -> None:
    refusal = desk.refused("Customer", {"DisplayName": name})
    assert refusal["code"] == "6240"
    assert "Another customer, vendor or employee" in refusal["Detail"]


def test_a_vendor_cannot_take_an_employees_name(desk: Desk) -> None:
    desk.write("Employee", {"GivenName": "Ana", "FamilyName": "Lee"})
    assert desk.refused("Vendor", {"DisplayName": "Ana Lee"})["code"] == "6240"


@pytest.mark.parametrize("name", ["a:b", "a\tb", "a\nb"])
def test_some_characters_are_forbidden_in_names(desk: Desk, name: str) -> None:
    assert desk.refused("Customer", {"DisplayName": name})["code"] == "2040"
    desk.switch(forbidden_character_code=6000)
    assert desk.refused("Customer", {"DisplayName": name})["code"] == "6000"


def test_emoji_in_names_are_refused_unless_switched(desk: Desk) -> None:
    assert desk.refused("Customer", {"DisplayName": "Ana 🦊"})["code"] == "2040"
    desk.switch(refuse_emoji_in_names=False)
    assert desk.write("Customer", {"DisplayName": "Ana 🦊"})["DisplayName"] == "Ana 🦊"


@pytest.mark.parametrize("address", ["ana", "ana@home", "ana.home"])
def test_an_email_address_needs_at_sign_and_point(desk: Desk, address: str) -> None:
    refusal = desk.refused("Customer", {"DisplayName": "Ana", "PrimaryEmailAddr": {"Address": address}})
    assert refusal["code"] == "2210"


@pytest.mark.parametrize(("name", "strict", "lenient"), [("GivenName", 25, 100), ("FamilyName", 15, 100)])
def test_where_sources_differ_the_shorter_length_holds_by_default(
    desk: Desk, name: str, strict: int, lenient: int
) -> None:
    assert desk.write("Customer", {"DisplayName": "A", name: "x" * strict})
    assert desk.refused("Customer", {"DisplayName": "B", name: "x" * (strict + 1)})["code"] == "2050"
    desk.switch(strict_schema_lengths=False)
    assert desk.write("Customer", {"DisplayName": "C", name: "x" * lenient})
    assert desk.refused("Customer", {"DisplayName": "D", name: "x" * (lenient + 1)})["code"] == "2050"


def test_a_deactivated_name_gets_a_suffix_and_is_free_again(desk: Desk) -> None:
    ana = desk.write("Customer", {"DisplayName": "Ana"})
    gone = desk.write("Customer", desk.version(ana, Active=False))
    assert gone["DisplayName"] == "Ana (deleted)"
    second = desk.write("Customer", {"DisplayName": "Ana"})
    assert desk.write("Customer", desk.version(second, Active=False))["DisplayName"] == "Ana (deleted 1)"


def test_a_reactivated_customer_gets_the_name_back_unless_it_is_taken(desk: Desk) -> None:
    ana = desk.write("Customer", {"DisplayName": "Ana"})
    gone = desk.write("Customer", desk.version(ana, Active=False))
    other = desk.write("Customer", {"DisplayName": "Ana"})
    assert desk.refused("Customer", desk.version(gone, Active=True))["code"] == "6240"
    desk.write("Customer", desk.version(other, DisplayName="Other Ana"))
    assert desk.write("Customer", desk.version(gone, Active=True))["DisplayName"] == "Ana"


def test_lists_cannot_be_deleted(desk: Desk) -> None:
    ana = desk.write("Customer", {"DisplayName": "Ana"})
    refusal = desk.refused("Customer", {"Id": ana["Id"], "SyncToken": "0"}, operation="delete")
    assert refusal["code"] == "500"


def test_a_customer_who_owes_cannot_be_deactivated(desk: Desk) -> None:
    desk.invoice()
    customer = desk.read("Customer", desk.id("Customer", "Store customer"))
    assert customer["Balance"] == Decimal("100.00")
    assert desk.refused("Customer", desk.version(customer, Active=False))["code"] == "6220"


def test_a_customers_currency_is_for_life() -> None:
    desk = Desk("FR")
    dollar = desk.write("Customer", {"DisplayName": "Ana", "CurrencyRef": {"value": "USD"}})
    assert desk.refused("Customer", desk.version(dollar, CurrencyRef={"value": "EUR"}))["code"] == "6000"


def test_a_sub_customer_has_its_parents_name_before_its_own(desk: Desk) -> None:
    parent = desk.write("Customer", {"DisplayName": "Lee"})
    child = desk.write("Customer", {"DisplayName": "Site", "Job": True, "ParentRef": {"value": parent["Id"]}})
    assert child["FullyQualifiedName"] == "Lee:Site"


# -- items -------------------------------------------------------------------------------------------------------


def test_an_inventory_item_with_everything_is_created(desk: Desk) -> None:
    item = desk.write("Item", inventory(desk, Sku="G-1"))
    assert item["QtyOnHand"] == 10
    assert item["FullyQualifiedName"] == "Gear"


@pytest.mark.parametrize(
    "name", ["IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "QtyOnHand", "InvStartDate", "Name", "Type"]
)
def test_an_inventory_item_needs_all_its_parts(desk: Desk, name: str) -> None:
    fields = inventory(desk)
    del fields[name]
    refusal = desk.refused("Item", fields)
    assert (refusal["code"], refusal["element"]) == ("2020", name)


def test_an_inventory_item_must_be_tracked(desk: Desk) -> None:
    assert desk.refused("Item", inventory(desk, TrackQtyOnHand=False))["code"] == "6000"


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("IncomeAccountRef", "Checking"),
        ("ExpenseAccountRef", "Bank Charges"),
        ("AssetAccountRef", "Undeposited Funds"),
    ],
)
def test_an_account_of_the_wrong_type_is_refused(desk: Desk, name: str, account: str) -> None:
    assert desk.refused("Item", inventory(desk, **{name: desk.ref("Account", account)}))["code"] == "6430"


def test_an_account_that_does_not_exist_is_refused_by_name(desk: Desk) -> None:
    refusal = desk.refused("Item", inventory(desk, AssetAccountRef={"value": "777"}))
    assert refusal["code"] == "2500"
    assert refusal["Detail"] == "Invalid Reference Id : Accounts element id 777 not found"


def test_inventory_needs_a_company_that_tracks_quantities(desk: Desk) -> None:
    desk.prefer("ProductAndServicesPrefs", QuantityOnHand=False)
    assert desk.refused("Item", inventory(desk))["code"] == "5030"


@pytest.mark.parametrize("kind", ["Group", "Bundle", "Assembly"])
def test_bundles_cannot_be_created(desk: Desk, kind: str) -> None:
    assert desk.refused("Item", {"Name": "Set", "Type": kind})["code"] == "6000"


def test_an_inventory_item_stays_one(desk: Desk) -> None:
    item = desk.write("Item", inventory(desk))
    assert desk.refused("Item", desk.version(item, Type="NonInventory", TrackQtyOnHand=False))["code"] == "6000"


def test_a_service_can_become_an_inventory_item(desk: Desk) -> None:
    item = desk.read("Item", desk.id("Item", "Services"))
    fields = {key: value for key, value in inventory(desk).items() if key != "Name"}
    assert desk.write("Item", desk.version(item, **fields))["Type"] == "Inventory"


def test_setting_the_quantity_keeps_the_date_tracking_began(desk: Desk) -> None:
    item = desk.write("Item", inventory(desk))
    adjusted = desk.write("Item", desk.version(item, QtyOnHand=4, InvStartDate="2026-09-20"))
    assert (adjusted["QtyOnHand"], adjusted["InvStartDate"]) == (4, "2026-01-01")


def test_item_names_are_unique_and_without_colons_but_skus_may_repeat(desk: Desk) -> None:
    desk.write("Item", inventory(desk, Sku="G-1"))
    assert desk.refused("Item", inventory(desk, Name="gear"))["code"] == "6240"
    assert desk.refused("Item", inventory(desk, Name="Gear: big"))["code"] == "2040"
    assert desk.write("Item", inventory(desk, Name="Gear 2", Sku="G-1"))["Sku"] == "G-1"


def test_a_long_item_name_is_refused(desk: Desk) -> None:
    assert desk.refused("Item", inventory(desk, Name="x" * 101))["code"] == "2050"


def test_items_in_categories_may_share_a_name(desk: Desk) -> None:
    first, second = (desk.write("Item", {"Name": name, "Type": "Category"}) for name in ("Red", "Blue"))
    for category in (first, second):
        item = desk.write("Item", inventory(desk, SubItem=True, ParentRef={"value": category["Id"]}))
        assert item["FullyQualifiedName"] == f"{category['Name']}:Gear"


# -- small lists -------------------------------------------------------------------------------------------------


def test_an_account_gets_its_type_from_its_subtype(desk: Desk) -> None:
    account = desk.write("Account", {"Name": "Stripe Clearing", "AccountSubType": "Checking"})
    assert (account["AccountType"], account["Classification"]) == ("Bank", "Asset")


def test_an_account_needs_a_type_and_a_free_name(desk: Desk) -> None:
    assert desk.refused("Account", {"Name": "Odd"})["code"] == "6010"
    assert desk.refused("Account", {"Name": "checking", "AccountType": "Bank"})["code"] == "6240"


@pytest.mark.parametrize("kind", ["Class", "Department"])
def test_classes_and_locations_form_trees(desk: Desk, kind: str) -> None:
    top = desk.write(kind, {"Name": "East"})
    below = desk.write(kind, {"Name": "Shop 1", "ParentRef": {"value": top["Id"]}})
    assert below["FullyQualifiedName"] == "East:Shop 1"


def test_class_ids_are_long(desk: Desk) -> None:
    assert len(desk.id("Class", "Online")) == 19


def test_payment_methods_and_terms_are_created(desk: Desk) -> None:
    assert desk.write("PaymentMethod", {"Name": "Klarna"})["Type"] == "NON_CREDIT_CARD"
    assert desk.refused("PaymentMethod", {"Name": "visa"})["code"] == "6240"
    assert desk.write("Term", {"Name": "Net 10", "DueDays": 10})["Type"] == "STANDARD"


@pytest.mark.parametrize("company", ["CA", "US", "US-no-tax", "GB", "US-manual", "FR"])
def test_every_company_has_what_a_store_needs(company: str) -> None:
    desk = Desk(company)
    for name in ("Services", "Shipping", "Discount", "Rounding", "Fees", "Tips", "Gift cards", "Sales tax", "Sprocket"):
        assert desk.id("Item", name)
    for name in ("Ecwid Clearing", "PayPal Clearing", "Undeposited Funds", "Gift Card Liability"):
        assert desk.id("Account", name)
    for name in ("Cash", "Check", "Visa", "PayPal", "Credit Card"):
        assert desk.id("PaymentMethod", name)
    assert len(desk.books()["Class"]) == len(desk.books()["Department"]) == 2
