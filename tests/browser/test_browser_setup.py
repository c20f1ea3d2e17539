"""From an empty database to the first order in the books, as a person goes through it (L10)."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from integrations.models import BooksConnection, Integration
from sync.models import Record
from tests.support.browser import words, work
from tests.support.chromium import faults_of
from tests.support.world import CA, STANDARD

SHOP = "1003"
ORDER = {**STANDARD, "lines": [{"sku": "SHIRT", "name": "Shirt", "price": "19.99", "quantity": 2}], "shipping": "7.00"}


class Newcomer:
    """Somebody who reads the pages in one language and does what they say."""

    def __init__(self, page, sandbox, language):
        self.page, self.sandbox, self.language = page, sandbox, language

    def sees(self, text):
        expect(self.page.get_by_text(words(text, self.language)).first).to_be_visible()

    def press(self, text):
        self._goes_on(self.page.get_by_role("button", name=words(text, self.language), exact=True))

    def follow(self, text):
        self._goes_on(self.page.get_by_role("link", name=words(text, self.language)).first)

    def _goes_on(self, to_click):
        """Until the next page is there: the one that is left must not be the one that is looked at."""
        with self.page.expect_navigation():
            to_click.click()

    def looks(self):
        assert faults_of(self.page) == []
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)

    def signs_in(self, name, password):
        self.page.goto("/")
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", password)
        self.page.press("[name=password]", "Enter")

    def decides(self, account, decision):
        """On a consent page, which is the provider's and in English."""
        self.page.check(f"input[value='{account}']")
        self._goes_on(self.page.get_by_role("button", name=decision, exact=True))

    def names_the_business(self, name):
        self.follow("Start the setup")
        self.looks()
        self.page.fill("[name=name]", name)
        self.press("Add and begin")

    def connects_both(self):
        self.looks()
        self.press("Connect an Ecwid store")
        self.decides(SHOP, "Allow")
        self.follow("Continue")
        self.looks()
        self.press("Connect a QuickBooks company")
        self.decides(CA, "Allow")
        self.looks()

    def accepts_every_default(self):
        """Presses the button of each page; returns the pages that were met."""
        self.press("Create and continue")
        met = []
        while True:
            self.page.wait_for_url(re.compile(r"/setup/integration/\d+/\w+$"))
            self.looks()
            met.append(self.page.url.rsplit("/", 1)[1])
            if met[-1] == "live":
                self.press("Go live")
                return met
            self._goes_on(self.page.locator("button[form=step].tb-primary"))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_from_an_empty_database_to_the_first_order_in_the_books(open_page, owner, sandbox, *, language):
    sandbox.ecwid.place(SHOP, ORDER)
    person = Newcomer(open_page(locale=f"{language}-CA"), sandbox, language)
    person.signs_in("ana", "maple-syrup-41")
    person.names_the_business("Maple Goods")
    person.connects_both()
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
    person.connects_both()
    books = BooksConnection.objects.get()
    books.state = "reconnect"
    books.save()
    person.page.reload()
    person.press("Connect again")
    person.decides("9341450000000002", "Allow")
    person.sees("Nothing was changed: you chose another account than")
    assert BooksConnection.objects.get().account_id == CA
    assert not Integration.objects.exists()
