"""A Wix site, from an empty database to its first orders in the books of a British company (L10, W1)."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from accounts.models import Business
from integrations.models import StoreConnection
from sync.models import Record
from tests.support.browser import work
from tests.support.newcomer import Newcomer
from tests.support.shops import WIX_STANDARD
from tests.support.world import GB

SITE = "fern"
GOODS = {
    **WIX_STANDARD,
    "lines": [{"sku": "VASE", "quantity": 2}, {"sku": "GUIDE"}],
    "shipping": {"price": "4.95", "title": "Royal Mail 48"},
    "coupon": {"code": "AUTUMN10", "percent": 10},
}
CLASS = {**WIX_STANDARD, "lines": [{"name": "Wheel taster", "price": 48, "module": "bookings"}], "tip": 5}


@pytest.fixture
def person(open_page, owner, sandbox, request):
    language, width = request.param
    return Newcomer(open_page(locale=f"{language}-CA", width=width), sandbox, language)


@pytest.mark.parametrize("person", [("en", 1440), ("fr", 390)], indirect=True, ids=["en-wide", "fr-narrow"])
def test_from_an_empty_database_to_the_first_order_in_the_books(person, sandbox):
    sandbox.wix.place(SITE, GOODS, CLASS)
    person.signs_in("ana", "maple-syrup-41")
    person.names_the_business("Fern & Clay")
    person.connects("Connect a Wix site", sandbox.wix.site(SITE)["siteId"], GB)
    assert person.accepts_every_default() == [
        "options", "flows", "modules", "sales", "advanced", "items", "taxes", "payments", "preview", "live",
    ]  # fmt: skip
    person.sees("Integrations")
    person.looks()

    work()

    sold = [Decimal(order["priceSummary"]["total"]["amount"]) for order in sandbox.wix.orders(SITE)]
    invoices = sandbox.quickbooks.books(GB)["Invoice"]
    assert sorted(Decimal(str(invoice["TotalAmt"])) for invoice in invoices) == sorted(sold)
    assert {(record.state, record.reason) for record in Record.objects.all()} == {("posted", "")}
    person.page.goto("/sync/posting/")
    for invoice in invoices:
        expect(person.page.get_by_text(invoice["DocNumber"]).filter(visible=True).first).to_be_visible()
    person.looks()


def test_whoever_says_no_stays_at_wix_and_may_say_yes_after_all(signed_in, sandbox):
    person = Newcomer(signed_in(), sandbox, "en")
    site = sandbox.wix.site(SITE)["siteId"]
    person.page.goto("/")
    person.names_the_business("Fern & Clay")
    setup = person.page.url
    person.press("Connect a Wix site")
    person.decides(site, "Deny")
    expect(person.page.get_by_role("heading", name="Nothing was added")).to_be_visible()
    assert not StoreConnection.objects.exists()

    person.page.goto(setup)
    person.press("Connect a Wix site")
    person.decides(site, "Allow")

    person.sees("Continue")
    person.looks()
    assert StoreConnection.objects.get().state == "connected"


def test_a_site_is_connected_from_its_own_dashboard(open_page, owner, sandbox, site):
    """The app's page there is in a frame and knows nobody; the rest happens in a tab of its own."""
    Business.objects.create(name="Fern & Clay")
    dashboard = open_page()
    dashboard.goto(f"{sandbox.wix.url}/dashboard/{SITE}?app_url={site.url}/connect/wix/open")
    app = dashboard.frame_locator("iframe")
    expect(app.get_by_role("heading", name="One step is left")).to_be_visible()
    with dashboard.expect_popup() as opened:
        app.get_by_role("link", name="Finish connecting in a new tab").click()

    person = Newcomer(opened.value, sandbox, "en")
    person.types_in("ana", "maple-syrup-41")
    person.sees("The app is installed on your site.")
    person.looks()
    person.page.get_by_role("combobox", name="Business").select_option("Fern & Clay")
    person.press("Connect")

    person.sees("is connected and answers.")
    person.looks()
    assert StoreConnection.objects.get().state == "connected"
    dashboard.reload()
    expect(app.get_by_role("heading", name="This site is connected")).to_be_visible()
