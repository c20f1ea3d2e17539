"""Somebody who sets up an integration in a browser."""

import re

from playwright.sync_api import expect

from tests.support.browser import words
from tests.support.chromium import faults_of


class Newcomer:
    """Somebody who reads the pages in one language and does what they say."""

    def __init__(self, page, sandbox, language):
        self.page, self.sandbox, self.language = page, sandbox, language

    def sees(self, text):
        shown = self.page.get_by_text(words(text, self.language)).filter(visible=True)
        expect(shown.first).to_be_visible()

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
        self.types_in(name, password)

    def types_in(self, name, password):
        """On the page for signing in."""
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

    def connects(self, button, store, company):
        """Presses the button of the shop system and chooses the store on the page that it leads to; then the same for
        QuickBooks."""
        self.looks()
        self.press(button)
        self.decides(store, "Allow")
        self.follow("Continue")
        self.looks()
        self.press("Connect a QuickBooks company")
        self.decides(company, "Allow")
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
