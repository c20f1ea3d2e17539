"""From an empty database to the first order in the books, as a person goes through it (L10)."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from integrations.models import BooksConnection, Integration
from sync.models import Record
from tests.support.browser import work
from tests.support.newcomer import Newcomer
from tests.support.shops import STANDARD
from tests.support.world import CA

SHOP = "1003"
ORDER = {**STANDARD, "lines": [{"sku": "SHIRT", "name": "Shirt", "price": "19.99", "quantity": 2}], "shipping": "7.00"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_from_an_empty_database_to_the_first_order_in_the_books(open_page, owner, sandbox, *, language):
    sandbox.ecwid.place(SHOP, ORDER)
    person = Newcomer(open_page(locale=f"{language}-CA"), sandbox, language)
    person.signs_in("ana", "maple-syrup-41")
    person.names_the_business("Maple Goods")
    person.connects("Connect an Ecwid store", SHOP, CA)
    assert person.accepts_every_default() == [
        "options", "flows", "sales", "advanced", "items", "taxes", "payments", "preview", "live",
    ]  # fmt: skip
    person.sees("Integrations")
    person.looks()

    work()

    [order] = sandbox.ecwid.orders(SHOP)
    [invoice] = sandbox.quickbooks.books(CA)["Invoice"]
    assert Decimal(str(invoice["TotalAmt"])) == Decimal(str(order["total"]))
    assert Record.objects.get().state == "posted"
    person.page.goto("/sync/posting/")
    expect(person.page.get_by_text(invoice["DocNumber"]).first).to_be_visible()
    person.looks()


def test_a_denied_consent_connects_nothing_and_can_be_given_after_all(signed_in, sandbox):
    person = Newcomer(signed_in(), sandbox, "en")
    person.page.goto("/")
    person.names_the_business("Maple Goods")
    person.press("Connect an Ecwid store")
    person.decides(SHOP, "Deny")
    person.sees("Nothing was connected: access was not granted at Ecwid.")
    person.press("Connect an Ecwid store")
    person.decides(SHOP, "Allow")
    person.follow("Continue")
    person.press("Connect a QuickBooks company")
    person.decides(CA, "Deny")
    person.sees("Nothing was connected: access was not granted at QuickBooks.")
    assert not BooksConnection.objects.exists()
    person.press("Connect a QuickBooks company")
    person.decides(CA, "Allow")
    expect(person.page.get_by_role("button", name="Create and continue")).to_be_visible()
    assert BooksConnection.objects.get().state == "connected"


def test_another_company_than_the_connected_one_is_refused_when_access_is_renewed(signed_in, sandbox):
    person = Newcomer(signed_in(), sandbox, "en")
    person.page.goto("/")
    person.names_the_business("Maple Goods")
    person.connects("Connect an Ecwid store", SHOP, CA)
    books = BooksConnection.objects.get()
    books.state = "reconnect"
    books.save()
    person.page.reload()
    person.press("Connect again")
    person.decides("9341450000000002", "Allow")
    person.sees("Nothing was changed: you chose another account than")
    assert BooksConnection.objects.get().account_id == CA
    assert not Integration.objects.exists()
