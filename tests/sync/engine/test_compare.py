"""What changed settings would make of the latest orders, before anybody saves them."""

from copy import copy
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.connecting import check_books
from integrations.models import BooksConnection, Integration
from sync.engine.compare import Unsaved, compare
from sync.models import ProductMatch, Record, TaxMapping

TEE = {"lines": [{"sku": "TEE-M", "quantity": 2, "price": 25}]}
SHIPPED = {**TEE, "shipping": 5}


@pytest.fixture
def shop(world):
    """Three orders that are in the books: one with shipping, one paid by PayPal."""
    world.place(
        {**TEE, "order_id": "A"},
        {**SHIPPED, "order_id": "B"},
        {**TEE, "order_id": "C", "payment_method": "PayPal"},
    )
    world.sync()
    assert world.log()[-1].action == "created"
    return world


def fresh(world):
    return Integration.objects.get(pk=world.integration.pk)


def changed(row, **values):
    """A settings row as a form would have it."""
    row = copy(row)
    for name, value in values.items():
        setattr(row, name, value)
    return row


def compared(world, *rows, removed=()):
    return compare(fresh(world), Unsaved(rows, tuple(removed)), clock=world.time.clock)


def differences(comparison):
    """What is different, by order number."""
    return {
        one.after.record.number: [(each.document, each.what, each.before, each.after) for each in one.changes]
        for one in comparison.differences
    }


def endings(comparison):
    return {one.after.record.number: (one.before.action, one.after.action) for one in comparison.differences}


def test_the_same_settings_change_nothing(shop):
    integration = fresh(shop)
    comparison = compared(shop, integration, integration.orders, integration.items, integration.payments)
    assert (comparison.looked_at, comparison.differences) == (3, ())


def test_another_prefix_numbers_every_order_anew(shop):
    found = differences(compared(shop, changed(fresh(shop).orders, number_prefix="WEB-")))
    assert found["A"] == [
        ("Invoice", "number", "EW-A", "WEB-A"),
        ("Payment", "invoice", "EW-A", "WEB-A"),
    ]
    assert sorted(found) == ["A", "B", "C"]


def test_a_receipt_instead_of_an_invoice_brings_its_payment_along(shop):
    found = differences(compared(shop, changed(fresh(shop).orders, post_as="sales_receipt")))["A"]
    assert ("SalesReceipt", "type", "Invoice", "SalesReceipt") in found
    assert ("SalesReceipt", "account", None, "Ecwid Clearing") in found
    assert ("Payment", "document", Decimal("57.49"), None) in found
    assert not [one for one in found if one[1] == "total"]


def test_an_item_taken_away_holds_only_the_orders_that_need_it(shop):
    comparison = compared(shop, changed(fresh(shop).orders, shipping_item=None))
    assert endings(comparison) == {"B": ("would_create", "held")}
    [only] = comparison.differences
    assert only.ends_otherwise
    assert only.after.reason == "special_item_missing"
    assert [(one.document, one.what, one.after) for one in only.changes] == [
        ("Invoice", "document", None),
        ("Payment", "document", None),
    ]


def test_another_item_shows_on_the_line_that_has_it(shop):
    comparison = compared(shop, changed(fresh(shop).orders, shipping_item=shop.entry("Item", "Fees")))
    [only] = comparison.differences
    [change] = only.changes
    assert (change.what, change.before, change.after) == ("item", "Shipping", "Fees")
    assert change.about


def test_another_account_shows_in_the_payments_that_go_there(shop):
    method = shop.integration.payment_mappings.get(method="PayPal")
    other = shop.entry("Account", "PayPal Clearing")
    comparison = compared(shop, changed(method, account=other))
    assert differences(comparison) == {"C": [("Payment", "account", "Ecwid Clearing", "PayPal Clearing")]}
    by_default = compared(shop, changed(fresh(shop).payments, account=other))
    assert sorted(differences(by_default)) == ["A", "B", "C"]


def test_taxes_not_mapped_any_more_hold_their_orders(shop):
    row = TaxMapping.objects.get(integration=shop.integration, key="gst + qst")
    assert endings(compared(shop, changed(row, code=""))) == dict.fromkeys("ABC", ("would_create", "held"))
    assert endings(compared(shop, removed=[row])) == dict.fromkeys("ABC", ("would_create", "held"))


def test_a_tax_that_is_mapped_at_last_releases_its_order(shop):
    taxes = [{"name": "Eco", "value": 5}]
    shop.place({"lines": [{"sku": "TEE-M", "price": 10, "taxes": taxes}], "order_id": "ECO"})
    shop.sync()
    assert shop.record("ECO").reason == "tax_unmapped"
    row = TaxMapping.objects.get(integration=shop.integration, taxes=["Eco 5"])
    gst = shop.entry("TaxCode", "GST").books_ref
    assert endings(compared(shop, changed(row, code=gst))) == {"ECO": ("held", "would_create")}
    new = TaxMapping(integration=shop.integration, taxes=["Eco"], code=gst)
    assert endings(compared(shop, new)) == {"ECO": ("held", "would_create")}


def test_product_matches_come_go_and_move(shop):
    mug = shop.entry("Item", "Fees")
    new = ProductMatch(integration=shop.integration, sku="tee-M", item=mug)
    found = differences(compared(shop, new))
    assert {change[1:] for changes in found.values() for change in changes} == {
        ("item", shop_item(shop, "TEE-M"), "Fees"),
    }
    new.save()
    assert compared(shop, new).differences == ()
    gone = compared(shop, removed=[new])
    moved = compared(shop, changed(new, sku="OTHER"))
    assert sorted(differences(gone)) == sorted(differences(moved)) == ["A", "B", "C"]


def shop_item(world, sku):
    return world.integration.books.objects_mirrored.get(type="Item", sku_key=sku.lower()).name


def test_a_later_start_date_leaves_orders_out(shop):
    later = changed(fresh(shop), start_date=date(2100, 1, 1))
    assert endings(compared(shop, later)) == dict.fromkeys("ABC", ("would_create", "skipped"))


def test_another_time_zone_moves_dates(shop):
    shop.place({**TEE, "order_id": "LATE", "created": "2026-03-02T02:30:00Z"})
    shop.sync()
    found = differences(compared(shop, changed(fresh(shop), time_zone="Europe/Paris")))
    assert ("Invoice", "date", date(2026, 3, 1), date(2026, 3, 2)) in found["LATE"]


def test_an_order_without_payment_status_of_the_filter_is_skipped(shop):
    comparison = compared(shop, changed(fresh(shop).orders, payment_statuses=["REFUNDED"]))
    assert endings(comparison) == dict.fromkeys("ABC", ("would_create", "skipped"))


def test_books_closed_since_do_not_hide_what_would_be_different(shop):
    shop.place({**TEE, "order_id": "OLD", "created": "2026-02-02T12:00:00Z"})
    shop.sync()
    shop.quickbooks.preferences(shop.realm, AccountingInfoPrefs={"BookCloseDate": "2026-02-28"})
    check_books(BooksConnection.objects.get(), clock=shop.time.clock)
    assert "OLD" in differences(compared(shop, changed(fresh(shop).orders, number_prefix="X")))
    moved = differences(compared(shop, changed(fresh(shop).orders, closed_period="next_open_day")))
    assert ("Invoice", "document", None, Decimal("57.49")) in moved["OLD"]


def test_before_the_first_sync_the_stores_orders_are_compared(world):
    world.place({**TEE, "order_id": "A"})
    comparison = compared(world, changed(fresh(world).orders, number_prefix="X"))
    assert (comparison.looked_at, sorted(differences(comparison))) == (1, ["A"])
    assert not Record.objects.exists()


def test_each_order_is_compared_as_if_it_were_the_only_one(world):
    """What one order would create is not missing in the next."""
    world.place(*({**TEE, "order_id": name} for name in "AB"))
    found = differences(compared(world, changed(fresh(world).items, create_as="service")))
    assert found["A"] == found["B"]
    assert ("Item", "item_type", "NonInventory", "Service") in found["A"]


def test_only_the_latest_are_looked_at(shop):
    comparison = compare(
        fresh(shop), Unsaved((changed(fresh(shop).orders, number_prefix="X"),)), limit=2, clock=shop.time.clock
    )
    assert comparison.looked_at == len(comparison.differences) == 2


def test_nothing_is_asked_or_written(shop):
    def everything():
        models = [model for model in apps.get_models() if model._meta.app_label in {"accounts", "integrations", "sync"}]
        return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}

    before, books = everything(), shop.books()
    shop.quickbooks.reset_counters()
    shop.ecwid.reset_counters()
    rows = [changed(fresh(shop).orders, number_prefix="X", post_as="sales_receipt")]
    assert compared(shop, *rows, removed=list(TaxMapping.objects.all())).differences
    assert shop.quickbooks.counters()["requests"] == shop.ecwid.counters()["requests"] == 0
    assert (everything(), shop.books()) == (before, books)


def test_it_costs_the_same_however_many_orders_there_are(shop):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            compared(shop, changed(fresh(shop).orders, number_prefix="X"))
        return len(captured)

    before = statements()
    shop.place(*({**SHIPPED, "order_id": f"N{number}"} for number in range(8)))
    shop.sync()
    assert statements() <= before
