"""Applying a setup file that is right: what it makes, what it changes, and that a second time changes nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.models import Business, Membership, User
from integrations.models import BooksConnection, BooksObject, Integration, StoreConnection
from sync.models import PaymentMapping, TaxMapping
from sync.setup_file import SetupRefused, export
from tests.sync.setup_file.documents import NO_TAX, TEXAS, full, minimal, of_company


def lines(changes):
    return [str(change) for change in changes]


def integration():
    return Integration.objects.get(slug="maple-ecwid")


def test_the_whole_example_is_applied(apply):
    apply(full())
    made = integration()
    assert (made.business.name, made.store.account_id, made.books.name) == ("Maple Goods", "1003", "Maple Goods")
    assert (made.time_zone, made.start_date, made.auto_sync) == ("America/Toronto", date(2026, 9, 1), "hourly")
    assert (made.report_when, made.report_recipients, made.report_language) == ("daily", ["books@example.test"], "fr")
    assert made.orders.number_prefix == "EW-"
    assert made.orders.discount_item.name == "Discount"
    assert made.orders.rounding_cap == Decimal("0.05")
    assert made.orders.due_offset == 30
    assert made.items.income_account.name == "Sales of Product Income"
    assert made.payments.account.name == "Ecwid Clearing"
    assert made.refunds.number_prefix == "R-"
    (method,) = made.payment_mappings.all()
    assert (method.method, method.account.name, method.payment_method.name) == ("PayPal", "PayPal Clearing", "PayPal")
    codes = {tuple(row.taxes): BooksObject.objects.get(type="TaxCode", books_ref=row.code).name
             for row in made.tax_mappings.all()}  # fmt: skip
    assert codes == {("GST", "QST"): "GST/QST QC", ("GST",): "GST", (): "Zero-rated"}


def test_both_sides_are_connected_afterwards(apply):
    apply(minimal())
    store, books = StoreConnection.objects.get(), BooksConnection.objects.get()
    assert (store.state, store.name, store.currency) == ("connected", "Boutique Érable", "CAD")
    assert store.profile["time_zone"] == "America/Toronto"
    assert (books.state, books.currency) == ("connected", "CAD")


def test_the_same_file_again_changes_nothing(apply):
    assert apply(full())
    before = integration().revision
    assert apply(full()) == []
    assert integration().revision == before


def test_what_is_exported_changes_nothing_when_applied(apply):
    apply(full())
    exported = export(integration())
    assert exported["store"]["credentials"] == {}
    assert exported["books"]["credentials"] == {}
    assert apply(exported) == []
    assert export(integration()) == exported


def test_the_export_is_the_file_without_its_secrets(apply):
    apply(full())
    expected = full()
    expected["store"]["credentials"] = expected["books"]["credentials"] = {}
    exported = export(integration())
    assert exported.keys() == expected.keys()
    by_taxes = {tuple(row["store"]): row["books"] for row in exported.pop("taxes")}
    assert by_taxes == {tuple(row["store"]): row["books"] for row in expected.pop("taxes")}
    assert exported == expected


def test_four_keys_are_enough(apply, time):
    night = datetime(2026, 9, 2, 2, tzinfo=UTC)  # still September 1st in Toronto
    time.forward(seconds=(night - time.now()).total_seconds())
    apply(minimal())
    made = integration()
    assert (made.time_zone, made.start_date) == ("America/Toronto", date(2026, 9, 1))
    assert (made.auto_sync, made.report_when) == ("hourly", "off")
    orders, items = made.orders, made.items
    chosen = [orders.discount_item, orders.rounding_item, orders.shipping_item, orders.fee_item, orders.tip_item]
    assert [item.name for item in chosen] == ["Discount", "Rounding", "Shipping", "Fees", "Tips"]
    assert orders.gift_card_item.name == "Gift cards"
    assert (orders.post_as, orders.payment_statuses, orders.number_prefix) == ("invoice", ["PAID"], "")
    assert (orders.generic_customer, orders.tax_item) == ("Ecwid", None)
    accounts = [items.income_account, items.expense_account, items.asset_account]
    assert [account.name for account in accounts] == [
        "Sales of Product Income",
        "Cost of Goods Sold",
        "Inventory Asset",
    ]
    assert (made.payments.enabled, made.payments.account) == (True, None)
    assert (made.refunds.enabled, made.products.enabled, made.stock.enabled) == (False, False, False)


def test_a_default_item_that_the_company_lacks_stays_unset(quickbooks, apply):
    books = quickbooks.control("GET", "companies/9341450000000001/books")
    tips = next(item["Id"] for item in books["Item"] if item["Name"] == "Tips")
    quickbooks.control("PATCH", f"companies/9341450000000001/objects/Item/{tips}", {"Active": False})
    apply(minimal())
    assert integration().orders.tip_item is None


def test_a_company_without_sales_tax_books_tax_on_its_tax_item(apply):
    apply(of_company(NO_TAX))
    assert Integration.objects.get().orders.tax_item.name == "Sales tax"


def test_us_companies_map_taxes_as_taxable_or_not(apply):
    document = of_company(
        TEXAS, taxes=[{"store": ["Sales tax"], "books": "taxable"}, {"store": [], "books": "non_taxable"}]
    )
    apply(document)
    assert {row.key: row.code for row in TaxMapping.objects.all()} == {"sales tax": "TAX", "": "NON"}
    assert export(Integration.objects.get())["taxes"] == [
        {"store": [], "books": "non_taxable"},
        {"store": ["Sales tax"], "books": "taxable"},
    ]
    assert apply(document) == []


def test_only_what_a_file_names_is_changed(apply):
    apply(full())
    document = minimal() | {"orders": {"post_as": "sales_receipt", "tip_item": None}, "start_date": None}
    before = integration().revision
    assert lines(apply(document)) == [
        "start_date: 2026-09-01 -> null",
        "orders.post_as: invoice -> sales_receipt",
        "orders.tip_item: Tips -> null",
    ]
    made = integration()
    assert made.revision > before
    assert (made.orders.number_prefix, made.orders.due_offset, made.orders.tip_item) == ("EW-", 30, None)
    assert made.payment_mappings.count() == 1
    assert made.tax_mappings.count() == 3


def test_a_change_of_the_start_date_makes_what_waited_due_again(apply):
    apply(full())
    before = integration().revision
    apply(full() | {"start_date": "2026-08-01"})
    assert integration().revision > before


def test_taxes_of_a_file_are_the_whole_truth_but_for_those_nobody_decided(apply):
    apply(full())
    TaxMapping.objects.create(integration=integration(), taxes=["Eco levy"])
    document = full() | {"taxes": [{"store": ["qst", "gst"], "books": "Exempt"}, {"store": [], "books": "Zero-rated"}]}
    assert lines(apply(document)) == [
        "taxes[GST + QST]: GST/QST QC -> Exempt",
        "taxes[GST]: removed (was GST)",
    ]
    assert sorted(row.key for row in TaxMapping.objects.all()) == ["", "eco levy", "gst + qst"]
    assert apply(document) == []


def test_payment_methods_of_a_file_are_the_whole_truth_but_for_those_nobody_decided(apply):
    apply(full())
    PaymentMapping.objects.create(integration=integration(), method="Cash on pick-up")
    document = full()
    document["payments"]["methods"] = {"Credit card": {"account": "Undeposited Funds"}}
    assert lines(apply(document)) == [
        "payments.methods.Credit card: account Undeposited Funds",
        "payments.methods.PayPal: removed (was account PayPal Clearing, payment_method PayPal)",
    ]
    assert sorted(row.method for row in PaymentMapping.objects.all()) == ["Cash on pick-up", "Credit card"]
    assert apply(document) == []


def test_statuses_may_be_given_by_the_name_that_the_store_shows(apply):
    document = minimal() | {"orders": {"payment_statuses": ["paid"], "fulfillment_statuses": ["Shipped", "DELIVERED"]}}
    apply(document)
    orders = integration().orders
    assert (orders.payment_statuses, orders.fulfillment_statuses) == (["PAID"], ["SHIPPED", "DELIVERED"])
    assert apply(document) == []


def test_names_are_found_whatever_their_case(apply):
    apply(minimal() | {"payments": {"account": "ecwid  clearing"}})
    assert integration().payments.account.name == "Ecwid Clearing"


def test_classes_and_locations_are_taken_where_the_company_has_them(quickbooks, apply):
    quickbooks.control(
        "PATCH",
        "companies/9341450000000001/preferences",
        {"AccountingInfoPrefs": {"ClassTrackingPerTxn": True, "TrackDepartments": True}},
    )
    apply(minimal() | {"orders": {"class": "Online", "location": "Warehouse"}})
    orders = integration().orders
    assert (orders.sales_class.name, orders.location.name) == ("Online", "Warehouse")


def test_a_daily_sync_keeps_its_hour_in_the_file(apply):
    apply(minimal() | {"auto_sync": "daily", "daily_hour": 5})
    assert integration().daily_hour == 5
    assert export(integration())["daily_hour"] == 5
    apply(minimal() | {"auto_sync": "manual"})
    assert "daily_hour" not in export(integration())


def test_an_integration_without_settings_rows_is_exported_with_their_defaults(apply):
    apply(minimal())
    integration().refunds.delete()
    refunds = {"enabled": False, "account": None, "item": None, "number_prefix": "R-"}
    assert export(integration())["refunds"] == refunds


def test_whoever_creates_a_business_by_a_file_owns_it(apply):
    user = User.objects.create(username="owner")
    assert "business: Maple Goods" in lines(apply(minimal(), user=user))
    assert Membership.objects.get(user=user).role == "owner"
    assert apply(minimal(), user=user) == []


def test_a_business_is_changed_by_its_owners_only(apply):
    apply(minimal())
    user = User.objects.create(username="bookkeeper")
    Membership.objects.create(user=user, business=Business.objects.get(), role="bookkeeper")
    with pytest.raises(SetupRefused, match="business: this name is taken, or you are not an owner"):
        apply(minimal() | {"auto_sync": "manual"}, user=user)
    assert integration().auto_sync == "hourly"


def test_a_second_store_of_the_business_may_post_into_the_same_company(apply):
    apply(minimal())
    document = minimal() | {"integration": "second"}
    document["store"] |= {"account_id": "1004", "credentials": {"access_token": "secret_sim_1004"}}
    document["books"]["credentials"] = {}
    apply(document)
    assert BooksConnection.objects.count() == 1
    assert StoreConnection.objects.count() == 2
