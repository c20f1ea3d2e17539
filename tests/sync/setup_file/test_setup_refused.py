"""Files that are refused: every problem at once, each with its key and what could stand there, and nothing changed."""

import re

import pytest

from accounts.models import Business, User
from integrations import mirror
from integrations.connecting import check_store
from integrations.models import BooksConnection, BooksObject, Integration, StoreConnection
from sync.models import OrderSettings, TaxMapping
from sync.setup_file import SetupRefused, export
from sync.setup_file.facts import Facts, Lists
from sync.setup_file.plan import read_identity, read_plan, read_top_level
from sync.setup_file.reading import Reading
from tests.sync.setup_file.documents import TEXAS, full, minimal, of_company

EVERYTHING = (Business, StoreConnection, BooksConnection, BooksObject, Integration, OrderSettings, TaxMapping)


def nothing_is_there():
    return all(not model.objects.exists() for model in EVERYTHING)


def with_values(document, values):
    """The document with values at paths such as "taxes[0].books"."""
    for path, value in values.items():
        *parents, last = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
        place = document
        for step in parents:
            place = place[step]
        place[last] = value
    return document


def test_every_problem_is_told_at_once_and_nothing_is_left_behind(problems):
    document = with_values(
        full(),
        {
            "time_zone": "America/Montreal_",
            "orders.shipping_item": "Shiping",
            "orders.post_as": "bill",
            "orders.due_offset": -1,
            "payments.account": "Sales of Product Income",
            "colour": "blue",
        },
    )
    found = problems(document)
    assert sorted(found) == [
        "colour",
        "orders.due_offset",
        "orders.post_as",
        "orders.shipping_item",
        "payments.account",
        "time_zone",
    ]
    assert found["orders.post_as"] == "write one of: invoice, sales_receipt"
    assert found["orders.shipping_item"] == (
        "QuickBooks has no “Shiping” here. There are:"
        " Discount, Fees, Gift cards, Rounding, Sales tax, Services, Shipping, Tips."
    )
    assert found["payments.account"] == (
        "“Sales of Product Income” is of type Income, but this must be a Bank or Other Current Asset account."
        " There are: Checking, Ecwid Clearing, Inventory Asset, PayPal Clearing, Savings."
    )
    assert nothing_is_there()


@pytest.mark.parametrize("document", [None, [], "text", 3])
def test_what_is_no_object_is_refused(document, problems):
    assert "write an object in braces" in problems(document)[""]


def test_an_empty_file_names_what_is_missing(problems):
    assert sorted(problems({})) == ["books", "business", "integration", "store"]


# path, value, what the complaint says
UNUSABLE = [
    ("business", "", "write a name"),
    ("business", "x" * 201, "at most 200 characters fit"),
    ("integration", "Érable", "letters without accents"),
    ("integration", 7, "write text on one line"),
    ("time_zone", None, "no such time zone"),
    ("start_date", "01/09/2026", "write a date such as “2026-09-30”"),
    ("start_date", 20260901, "write a date"),
    ("auto_sync", "weekly", "write one of: 15min, hourly, daily, manual"),
    ("daily_hour", 24, "a whole number from 0 to 23"),
    ("daily_hour", True, "a whole number from 0 to 23"),
    ("email_report", "daily", "write an object in braces, with the keys: when, recipients, language"),
    ("email_report.when", "sometimes", "write one of: off, problems, always, daily, weekly"),
    ("email_report.recipients", ["books@example.test", "books"], "not an e-mail address: books"),
    ("email_report.recipients", "books@example.test", "write a list of texts"),
    ("email_report.language", "de", "write one of: en, fr"),
    ("orders.enabled", "yes", "write true or false"),
    ("orders.enabled", 1, "write true or false"),
    ("orders.payment_statuses", ["PAYED"], "the store has no status PAYED; it has"),
    ("orders.payment_statuses", "PAID", "write a list of texts"),
    ("orders.fulfillment_statuses", ["Gone"], "the store has no status Gone"),
    ("orders.number_prefix", "x" * 16, "at most 15 characters fit"),
    ("orders.number_prefix", "A\nB", "write text on one line"),
    ("orders.class", "Offline", "There are: Online, Shop."),
    ("orders.location", "Moon", "There are: Main Street, Warehouse."),
    ("orders.customer", "anybody", "write one of: buyer, company, generic"),
    ("orders.discount_item", "Sprocket", "“Sprocket” is of type Inventory, but this must be a service"),
    ("orders.discount_item", 4, "write a name as QuickBooks shows it, or null for none"),
    ("orders.rounding_cap", "1.01", "write an amount from 0 to 1"),
    ("orders.rounding_cap", "0.005", "write an amount from 0 to 1"),
    ("orders.rounding_cap", "-0.01", "write an amount from 0 to 1"),
    ("orders.rounding_cap", "NaN", "write an amount from 0 to 1"),
    ("orders.rounding_cap", "five", "write an amount from 0 to 1"),
    ("orders.rounding_cap", 0.05, "in quotes"),
    ("orders.due_unit", "years", "write one of: days, weeks, months, month_end"),
    ("orders.closed_period", "ignore", "write one of: hold, next_open_day"),
    ("items.match_by", "id", "write one of: name, sku"),
    ("items.create_as", "bundle", "write one of: inventory, non_inventory, service"),
    ("items.income_account", "Checking", "“Checking” is of type Bank, but this must be an Income account"),
    ("items.expense_account", "Shipping Income", "must be a Cost of Goods Sold or Expense account"),
    ("items.asset_account", "Undeposited Funds", "must be an Other Current Asset account of detail type Inventory"),
    ("payments.account", "Petty cash", "QuickBooks has no “Petty cash” here"),
    ("payments.methods", ["PayPal"], "write an object in braces"),
    ("payments.methods.PayPal", "PayPal Clearing", "with the keys: account, payment_method"),
    ("payments.methods.PayPal.account", "Gift Card Liability", "is of type Other Current Liability"),
    ("payments.methods.PayPal.payment_method", "Barter", "There are: Cash, Check, Credit Card, PayPal, Visa"),
    ("refunds.account", "Accounts Receivable (A/R)", "must be a Bank or Other Current Asset account"),
    ("stock.guard_percent", 101, "a whole number from 0 to 100"),
    ("stock.guard_percent", None, "a whole number from 0 to 100"),
    ("taxes", {}, "write a list of objects with the keys: store, books"),
    ("taxes[0]", "GST", "write an object in braces, with the keys: store, books"),
    ("taxes[0].store", "GST", "write a list of texts"),
    ("taxes[0].books", "GST/QST", "There are: Exempt, GST, GST/QST QC, HST ON, Zero-rated."),
    ("taxes[0].books", "taxable", "QuickBooks has no “taxable” here"),
    ("taxes[0].books", None, "write the name of a QuickBooks tax code"),
]


def found_in(document, facts):
    """The problems that reading finds, without asking both sides again for each case."""
    reading = Reading(facts)
    given = read_top_level(document, reading)
    read_identity(given, reading)
    read_plan(given, reading)
    return {problem.path: problem.message for problem in reading.problems}


def test_a_value_that_cannot_be_is_refused_with_what_could_be(subtests, apply, time):
    apply(full())
    made = Integration.objects.get()
    profile = check_store(made.store, clock=time.clock)
    facts = Facts(time.now(), "Ecwid", profile, mirror.company(made.books), Lists(made.books))
    assert found_in(full(), facts) == {}
    for path, value, complaint in UNUSABLE:
        with subtests.test(path=path, value=value):
            found = found_in(with_values(full(), {path: value}), facts)
            assert list(found) == [path]
            assert complaint in found[path]


@pytest.mark.parametrize(
    ("where", "path"),
    [
        (lambda document: document, "shiping"),
        (lambda document: document["store"], "store.shiping"),
        (lambda document: document["books"]["credentials"], "books.credentials.shiping"),
        (lambda document: document["email_report"], "email_report.shiping"),
        (lambda document: document["orders"], "orders.shiping"),
        (lambda document: document["payments"]["methods"]["PayPal"], "payments.methods.PayPal.shiping"),
        (lambda document: document["taxes"][0], "taxes[0].shiping"),
    ],
)
def test_an_unknown_key_is_refused_with_the_keys_that_exist(where, path, problems):
    document = full()
    where(document)["shiping"] = 1
    found = problems(document)
    assert list(found) == [path]
    assert found[path].startswith("there is no such key here; there are: ")
    assert "more" not in found[path]


def test_a_misspelt_key_shows_the_right_one_first(problems):
    document = full()
    document["orders"]["shiping_item"] = "Shipping"
    assert "there are: shipping_item, " in problems(document)["orders.shiping_item"]


def test_classes_and_locations_need_a_company_that_uses_them(quickbooks, problems):
    off = {"ClassTrackingPerTxn": False, "ClassTrackingPerTxnLine": False, "TrackDepartments": False}
    quickbooks.control("PATCH", "companies/9341450000000001/preferences", {"AccountingInfoPrefs": off})
    assert problems(minimal() | {"orders": {"class": "Online", "location": "Warehouse"}}) == {
        "orders.class": "this QuickBooks company does not use classes; write null",
        "orders.location": "this QuickBooks company does not use locations; write null",
    }


def test_the_same_thing_said_twice_is_refused(problems):
    document = full()
    document["taxes"].append({"store": ["qst", "GST"], "books": "Exempt"})
    document["payments"]["methods"]["paypal "] = {"account": "Checking"}
    assert problems(document) == {
        "taxes[3]": "this is already said at taxes[0]; keep one of the two",
        "payments.methods.paypal": "this is already said at payments.methods.PayPal; keep one of the two",
    }


def test_many_names_are_cut_with_the_close_ones_first(quickbooks, problems):
    income = {"value": books_id(quickbooks, "Account", "Services")}
    for number in range(30):
        item = {"Name": f"Fee {number}", "Type": "Service", "IncomeAccountRef": income}
        quickbooks.control("POST", "companies/9341450000000001/objects", {"type": "Item", "object": item})
    found = problems(minimal() | {"orders": {"shipping_item": "Shippin"}})["orders.shipping_item"]
    assert "There are: Shipping, " in found
    assert "and 26 more" in found


def test_an_inactive_name_says_so(quickbooks, apply, problems):
    apply(minimal())
    savings = books_id(quickbooks, "Account", "Savings")
    quickbooks.control("PATCH", f"companies/9341450000000001/objects/Account/{savings}", {"Active": False})
    found = problems(minimal() | {"payments": {"account": "Savings"}})
    assert "inactive in QuickBooks" in found["payments.account"]


def books_id(quickbooks, type_name, name):
    objects = quickbooks.control("GET", "companies/9341450000000001/books")[type_name]
    return next(entry["Id"] for entry in objects if entry["Name"] == name)


def test_inventory_items_need_a_cost_of_goods_sold_account(problems):
    document = minimal() | {"items": {"create_as": "inventory", "expense_account": "Bank Charges"}}
    assert "inventory items need a Cost of Goods Sold account" in problems(document)["items.expense_account"]


def test_inventory_items_need_it_also_when_the_account_was_chosen_before(apply, problems):
    apply(minimal() | {"items": {"expense_account": "Bank Charges"}})
    assert list(problems(minimal() | {"items": {"create_as": "inventory"}})) == ["items.expense_account"]


@pytest.mark.parametrize("report", [{"when": "daily"}, {"when": "daily", "recipients": []}])
def test_a_report_needs_somebody_to_go_to(report, problems):
    found = problems(minimal() | {"email_report": report})
    assert found == {"email_report.recipients": "a report needs somebody to go to; or write “off” for when"}


def test_a_report_keeps_going_to_whom_it_went(apply):
    apply(minimal() | {"email_report": {"when": "off", "recipients": ["books@example.test"]}})
    apply(minimal() | {"email_report": {"when": "weekly"}})
    assert Integration.objects.get().report_recipients == ["books@example.test"]


def test_us_companies_know_no_other_codes(problems):
    document = of_company(TEXAS, taxes=[{"store": ["Sales tax"], "books": "Austin"}])
    assert problems(document) == {
        "taxes[0].books": "write taxable or non_taxable: lines of a US company have no other tax codes"
    }


def test_a_wix_site_that_has_not_installed_our_app(problems, settings):
    settings.WIX_APP_ID, settings.WIX_APP_SECRET = "unknown", "unknown"
    document = minimal() | {"store": {"provider": "wix", "account_id": "site", "credentials": {}}}
    assert list(problems(document)) == ["store"]


def test_a_new_connection_needs_its_credentials(problems):
    document = minimal()
    document["store"]["credentials"] = {}
    del document["books"]["credentials"]
    complaint = "it is not connected yet: put its credentials here"
    assert problems(document) == {"store.credentials": complaint, "books.credentials": complaint}
    assert nothing_is_there()


def test_half_of_the_credentials_are_not_enough(problems):
    document = minimal()
    del document["books"]["credentials"]["refresh_token"]
    assert problems(document) == {"books.credentials.refresh_token": "write it as text in quotes"}


def test_an_integration_keeps_its_pair(apply, problems):
    apply(minimal())
    document = minimal()
    document["store"] |= {"account_id": "1004", "credentials": {"access_token": "secret_sim_1004"}}
    assert "it connects store 1003 with company 9341450000000001" in problems(document)["integration"]


def test_a_pair_has_one_integration(apply, problems):
    apply(minimal())
    assert problems(minimal() | {"integration": "again"}) == {
        "integration": "this pair is connected already, as “maple-ecwid”"
    }


def test_a_name_of_another_business_is_taken(apply, problems):
    apply(minimal())
    document = of_company(TEXAS) | {"integration": "maple-ecwid"}
    assert problems(document) == {"integration": "this name is taken; choose another"}


def test_a_company_of_another_business_is_refused_without_telling_whose_it_is(quickbooks, apply, problems):
    apply(minimal())
    before = quickbooks.counters()["requests"]
    document = minimal() | {"business": "Somebody else", "integration": "other"}
    found = problems(document)
    assert list(found) == ["books.account_id"]
    assert "Maple" not in found["books.account_id"]
    assert quickbooks.counters()["requests"] == before
    assert not Business.objects.filter(name="Somebody else").exists()


def test_a_stranger_changes_nothing(apply, problems):
    apply(minimal())
    found = problems(minimal() | {"auto_sync": "manual"}, user=User.objects.create(username="stranger"))
    assert list(found) == ["business"]


def test_a_refused_change_leaves_the_integration_as_it_was(apply, problems):
    apply(full())
    before = export(Integration.objects.get())
    revision = Integration.objects.get().revision
    changes = {"orders.post_as": "sales_receipt", "auto_sync": "manual", "taxes": [], "refunds.account": "?"}
    problems(with_values(full(), changes))
    assert export(Integration.objects.get()) == before
    assert Integration.objects.get().revision == revision


def test_refusals_hold_no_secret(apply):
    document = full()
    document["store"]["credentials"]["access_token"] = "secret_wrong_token"
    document["books"]["credentials"]["access_token"] = "qbo_wrong_token"
    document["books"]["credentials"]["refresh_token"] = "qbo_wrong_refresh"
    with pytest.raises(SetupRefused) as refused:
        apply(document)
    assert "wrong" not in str(refused.value)
    assert nothing_is_there()
