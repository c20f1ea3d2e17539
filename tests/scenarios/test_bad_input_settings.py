"""A setting is missing or wrong: the order waits and says which one, the others go on, and mending it is enough."""

import pytest

from sync.models import PaymentMapping, Posting, RecordState, TaxMapping
from sync.translate.reasons import Reason
from tests.support.expect import (
    GOOD,
    books_are_whole,
    held,
    item_names,
    lines_of,
    neighbours_are_posted,
    payments_of,
    place_between,
    posted,
    sentence_of,
)
from tests.support.world import money

HST = {"name": "HST", "value": 13}


def sold(**changes):
    return {"sku": "TSH-M", "quantity": 1, "price": 20, **changes}


class TestTaxes:
    def test_an_unknown_tax_waits_for_its_mapping(self, world):
        place_between(world, {"lines": [sold(taxes=[HST])], "order_id": "HST-1"})

        world.sync()

        neighbours_are_posted(world)
        held(world, "HST-1", Reason.TAX_UNMAPPED, "HST 13 %", "in Taxes")
        assert list(TaxMapping.objects.filter(code="").values_list("taxes", flat=True)) == [["HST 13"]]

        world.map_tax(["HST 13"], "HST ON")
        world.sync()

        assert money(posted(world, "HST-1")["TotalAmt"]) == money("22.60")
        books_are_whole(world)

    def test_one_unknown_tax_on_one_line_holds_the_whole_order(self, world):
        world.place({"lines": [sold(), sold(taxes=[HST], sku="TSH-L")], "order_id": "MIXED"})

        world.sync()

        held(world, "MIXED", Reason.TAX_UNMAPPED, "HST 13 %")

    def test_a_tax_mapped_to_a_code_of_another_rate(self, world):
        world.map_tax(["HST 13"], "GST")
        place_between(world, {"lines": [sold(taxes=[HST])], "order_id": "WRONG-RATE"})

        world.sync()

        neighbours_are_posted(world)
        held(world, "WRONG-RATE", Reason.TAX_RATE_MISMATCH, "HST 13 %", "GST 5 %")

        world.map_tax(["HST 13"], "HST ON")
        world.sync()

        posted(world, "WRONG-RATE")
        books_are_whole(world)

    def test_a_tax_mapped_to_not_taxable(self, make_world):
        world = make_world("US")
        world.map_tax(["Sales tax"], "NON")
        place_between(world, {"lines": [sold()], "order_id": "TAXED"})

        world.sync()

        held(world, "TAXED", Reason.TAX_NOT_TAXABLE, "1.65 USD", "Sales tax 8.25 %")

        world.map_tax(["Sales tax"], "TAX")
        world.sync()

        assert money(posted(world, "TAXED")["TxnTaxDetail"]["TotalTax"]) == money("1.65")
        neighbours_are_posted(world)
        books_are_whole(world)

    def test_a_tax_code_that_was_made_inactive(self, world):
        code = world.entry("TaxCode", "HST ON")
        world.map_tax(["HST 13"], "HST ON")
        world.quickbooks.change(world.realm, "TaxCode", code.books_ref, Active=False)
        place_between(world, {"lines": [sold(taxes=[HST])], "order_id": "OLD-CODE"})

        world.time.forward(hours=1)
        world.sync()

        neighbours_are_posted(world)
        held(world, "OLD-CODE", Reason.TAX_CODE_INACTIVE, "HST ON", "Choose another tax code")
        assert not Posting.objects.filter(record__number="OLD-CODE").exists()  # noticed before anything was sent

        world.quickbooks.change(world.realm, "TaxCode", code.books_ref, Active=True)
        world.time.forward(hours=1)
        world.sync()

        posted(world, "OLD-CODE")
        books_are_whole(world)

    def test_untaxed_lines_need_a_mapping_too(self, make_world):
        world = make_world("CA")
        TaxMapping.objects.filter(taxes=[]).delete()
        place_between(world, {"lines": [sold(taxes=[])], "order_id": "FREE-OF-TAX"})

        world.sync()

        neighbours_are_posted(world)
        held(world, "FREE-OF-TAX", Reason.TAX_UNMAPPED, "no tax")

        world.map_tax([], "Exempt")
        world.sync()

        [line] = lines_of(posted(world, "FREE-OF-TAX"))
        assert line["SalesItemLineDetail"]["TaxCodeRef"]["value"] == world.entry("TaxCode", "Exempt").books_ref


class TestMethods:
    def test_a_method_never_seen_goes_to_the_default_account_and_shows_up(self, world):
        place_between(world, {**GOOD, "payment_method": "Crypto", "order_id": "CRYPTO"})

        world.sync()

        [payment] = payments_of(world, posted(world, "CRYPTO"))
        assert payment["DepositToAccountRef"]["value"] == world.entry("Account", "Ecwid Clearing").books_ref
        assert PaymentMapping.objects.filter(method="Crypto", account=None).exists()

    def test_a_method_without_any_account(self, world):
        world.map_method("Credit card", "Checking")
        world.set("payments", account=None)
        place_between(world, {**GOOD, "payment_method": "Crypto", "order_id": "CRYPTO"})

        world.sync()

        neighbours_are_posted(world)
        held(world, "CRYPTO", Reason.PAYMENT_ACCOUNT_MISSING, "Crypto", "in Payments")

        world.map_method("Crypto", "Savings")
        world.sync()

        [payment] = payments_of(world, posted(world, "CRYPTO"))
        assert payment["DepositToAccountRef"]["value"] == world.entry("Account", "Savings").books_ref
        books_are_whole(world)

    def test_a_paid_order_without_a_method(self, world):
        world.place({**GOOD, "payment_method": None, "order_id": "BY-HAND"})

        world.sync()

        [payment] = payments_of(world, posted(world, "BY-HAND"))
        assert money(payment["TotalAmt"]) == money("23.00")


SPECIAL = {
    "discount_item": ({"promotion": 5}, "discounts"),
    "shipping_item": ({"shipping": 8}, "shipping"),
    "fee_item": ({"handling": 3}, "other fees"),
    "tip_item": ({"tip": 4}, "tips"),
    "gift_card_item": ({"gift_card": 10}, "gift cards redeemed"),
}


@pytest.mark.parametrize("setting", SPECIAL)
def test_an_item_that_is_not_chosen(world, setting):
    extra, kind = SPECIAL[setting]
    item = getattr(world.integration.orders, setting)
    world.set("orders", **{setting: None})
    place_between(world, {**GOOD, **extra, "order_id": "SPECIAL"})

    world.sync()

    neighbours_are_posted(world)
    held(world, "SPECIAL", Reason.SPECIAL_ITEM_MISSING, kind, "in Sale options")

    world.set("orders", **{setting: item})
    world.sync()

    assert item.name in item_names(world, posted(world, "SPECIAL"))
    books_are_whole(world)


@pytest.mark.parametrize("setting", SPECIAL)
def test_an_item_that_was_made_inactive(world, setting):
    extra, _ = SPECIAL[setting]
    item = getattr(world.integration.orders, setting)
    world.quickbooks.change(world.realm, "Item", item.books_ref, Active=False)
    place_between(world, {**GOOD, **extra, "order_id": "SPECIAL"})

    world.sync()

    neighbours_are_posted(world)
    held(world, "SPECIAL", Reason.BOOKS_OBJECT_INACTIVE, item.name)

    world.quickbooks.change(world.realm, "Item", item.books_ref, Active=True, Name=item.name)
    world.sync()

    posted(world, "SPECIAL")
    books_are_whole(world)


def test_a_us_company_without_sales_tax_needs_an_item_for_it(make_world):
    world = make_world("US_NONE", tax_item=None)
    place_between(world, {**GOOD, "order_id": "TAXED"}, {"lines": [sold(taxes=[])], "order_id": "UNTAXED"})

    world.sync()

    held(world, "TAXED", Reason.TAX_ITEM_MISSING, "1.65 USD", "tax item in Sale options")
    posted(world, "UNTAXED")

    world.set("orders", tax_item=world.entry("Item", "Sales tax"))
    world.sync()

    assert item_names(world, posted(world, "TAXED"))[1] == "Sales tax"
    neighbours_are_posted(world)
    books_are_whole(world)


class TestAccounts:
    def test_the_clearing_account_was_made_inactive(self, world):
        account = world.entry("Account", "Ecwid Clearing")
        world.map_method("PayPal", "PayPal Clearing")
        world.quickbooks.change(world.realm, "Account", account.books_ref, Active=False)
        world.place(
            {**GOOD, "order_id": "FIRST", "payment_method": "PayPal"},
            {**GOOD, "order_id": "BY-CARD"},
            {**GOOD, "order_id": "LAST", "payment_method": "PayPal"},
        )

        world.sync()

        neighbours_are_posted(world)
        held(world, "BY-CARD", Reason.BOOKS_OBJECT_INACTIVE, "Ecwid Clearing")

        world.quickbooks.change(world.realm, "Account", account.books_ref, Active=True, Name="Ecwid Clearing")
        world.sync()

        posted(world, "BY-CARD")
        books_are_whole(world)

    def test_a_methods_own_account_was_made_inactive(self, world):
        """The default account is no substitute: nobody would look for the money there."""
        account = world.map_method("PayPal", "PayPal Clearing").account
        world.quickbooks.change(world.realm, "Account", account.books_ref, Active=False)
        place_between(world, {**GOOD, "payment_method": "PayPal", "order_id": "PAYPAL"})

        world.sync()

        neighbours_are_posted(world)
        held(world, "PAYPAL", Reason.BOOKS_OBJECT_INACTIVE, "PayPal Clearing")

        world.map_method("PayPal", "Savings")
        world.sync()

        [payment] = payments_of(world, posted(world, "PAYPAL"))
        assert payment["DepositToAccountRef"]["value"] == world.entry("Account", "Savings").books_ref
        books_are_whole(world)

    @pytest.mark.parametrize(
        ("missing", "named"), [("income_account", "income account"), ("asset_account", "inventory asset account")]
    )
    def test_the_accounts_of_new_items_are_not_chosen(self, world, missing, named):
        account = getattr(world.integration.items, missing)
        world.set("items", create_as="inventory", **{missing: None})
        world.place({"lines": [sold(sku="TUQ-ANT")], "order_id": "NEW-ITEM"})

        world.sync()

        held(world, "NEW-ITEM", Reason.ITEM_ACCOUNTS_MISSING, "TUQ-ANT", named)

        world.set("items", **{missing: account})
        world.sync()

        posted(world, "NEW-ITEM")

    def test_the_income_account_of_new_items_was_made_inactive(self, world):
        account = world.integration.items.income_account
        world.quickbooks.change(world.realm, "Account", account.books_ref, Active=False)
        world.place({**GOOD, "order_id": "NEW-ITEM"})

        world.sync()

        held(world, "NEW-ITEM", Reason.BOOKS_OBJECT_INACTIVE, "Sales of Product Income")

        world.set("items", income_account=world.entry("Account", "Services"))
        world.sync()

        posted(world, "NEW-ITEM")

    def test_an_account_of_the_wrong_kind_is_named_by_quickbooks(self, world):
        world.set("items", income_account=world.entry("Account", "Checking"))
        world.place({**GOOD, "order_id": "NEW-ITEM"})

        world.sync()

        held(world, "NEW-ITEM", Reason.BOOKS_REFUSED, "6430", "Checking")

        world.set("items", income_account=world.entry("Account", "Services"))
        world.sync()

        posted(world, "NEW-ITEM")
        books_are_whole(world)


@pytest.mark.parametrize(
    ("setting", "entity", "name"), [("sales_class", "Class", "Online"), ("location", "Department", "Warehouse")]
)
def test_a_class_or_location_that_was_made_inactive(make_world, setting, entity, name):
    """Sales without their class would be found by nobody who reads the books by class."""
    world = make_world("CA")
    entry = world.entry(entity, name)
    world.set("orders", **{setting: entry})
    world.place({**GOOD, "order_id": "BEFORE"})
    world.sync()
    world.quickbooks.change(world.realm, entity, entry.books_ref, Active=False)
    world.place({**GOOD, "order_id": "AFTER"})

    world.sync()

    posted(world, "BEFORE")
    held(world, "AFTER", Reason.BOOKS_OBJECT_INACTIVE, name)

    world.set("orders", **{setting: None})
    world.sync()

    posted(world, "AFTER")
    books_are_whole(world)


def test_a_setting_that_was_wrong_never_undoes_what_is_posted(world):
    world.place({**GOOD, "order_id": "EARLY"})
    world.sync()
    before = world.books()

    TaxMapping.objects.filter(integration=world.integration).delete()
    world.set("payments", account=None)
    world.sync()

    assert world.record("EARLY").state == RecordState.POSTED
    assert not world.record("EARLY").reason or sentence_of(world.record("EARLY"))
    assert world.books() == before
