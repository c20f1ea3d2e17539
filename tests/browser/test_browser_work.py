"""A day at the desk: what waits is put right, looked at beforehand, synchronised and taken away as a file."""

import csv

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sync.models import LogEntry, RecordState, TaxMapping
from tests.support.browser import work
from tests.support.chromium import faults_of
from tests.support.world import World

GOOD = {"lines": [{"sku": "TSH-M", "quantity": 2, "price": 25}], "order_id": "GOOD"}
ODD = {"lines": [{"sku": "TSH-M", "quantity": 1, "price": "19.99", "taxes": [{"name": "Eco fee", "value": 0}]}]}


@pytest.fixture
def shop(browser, sandbox, time):
    """A shop of which one order is in the books, and two wait for a tax."""
    world = World.make(sandbox, time, "CA")
    world.place(GOOD, {**ODD, "order_id": "ODD-1"}, {**ODD, "order_id": "ODD-2"})
    world.sync()
    assert [world.record(number).state for number in ("GOOD", "ODD-1", "ODD-2")] == ["posted", "held", "held"]
    return world


def test_mapping_a_tax_from_the_inbox_releases_its_orders(signed_in, shop):
    page = signed_in()
    page.goto(reverse("sync:inbox"))
    assert faults_of(page) == []
    group = page.locator(".tb-group").filter(has_text="Eco fee")
    expect(group.get_by_text("2 orders")).to_be_visible()
    group.get_by_role("link", name="Map this tax").click()
    code = shop.entry("TaxCode", "Exempt").books_ref
    page.locator("[name=code]").evaluate("(field, code) => { field.value = code; field.form.requestSubmit(); }", code)
    page.wait_for_url("**/inbox?**")
    expect(page.get_by_text("changed successfully")).to_have_count(1)
    expect(page.get_by_text("2 records are tried again with the next sync.")).to_be_visible()
    page.get_by_role("button", name="Sync shop now").first.click()
    expect(page.get_by_role("progressbar").first).to_be_visible()

    work()

    expect(page.get_by_role("progressbar")).to_have_count(0)
    page.goto(reverse("sync:inbox"))
    assert not TaxMapping.objects.filter(code="").exists()
    for number in ("ODD-1", "ODD-2"):
        assert shop.record(number).state == RecordState.POSTED, shop.record(number).reason


def test_a_preview_shows_the_document_and_sends_nothing(signed_in, shop):
    row = TaxMapping.objects.get(code="")
    row.code = shop.entry("TaxCode", "Exempt").books_ref
    row.save()
    shop.quickbooks.reset_counters()
    page = signed_in()
    page.goto(reverse("sync:preview", args=[shop.integration.pk]))
    expect(page.get_by_text("EW-ODD-1").first).to_be_visible()
    expect(page.get_by_text("EW-ODD-2").first).to_be_visible()
    assert faults_of(page) == []
    assert shop.record("ODD-1").state == RecordState.HELD
    assert shop.quickbooks.counters()["requests"] == 0


def test_sync_now_shows_how_far_it_is_and_then_the_new_figures(signed_in, shop):
    shop.place({**GOOD, "order_id": "NEXT"})
    page = signed_in()
    page.goto("/")
    page.get_by_role("button", name="Sync shop now").first.click()
    expect(page.get_by_role("progressbar").first).to_be_visible()

    work()

    expect(page.get_by_role("progressbar")).to_have_count(0)
    assert shop.record("NEXT").state == RecordState.POSTED
    expect(page.locator(".tb-facts").get_by_text("2 of 4")).to_be_visible()


def test_the_log_as_a_file_holds_what_the_list_shows_and_no_formula(signed_in, shop):
    shop.place({**ODD, "order_id": '=HYPERLINK("http://a.example")'})
    shop.sync()
    page = signed_in()
    page.goto(reverse("admin:sync_logentry_changelist"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download this list as CSV").click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = csv.reader(file)
    assert len(rows) == LogEntry.objects.count()
    assert len({len(row) for row in (heading, *rows)}) == 1
    cells = {cell for row in rows for cell in row}
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "@", "\t", "\r"}]


def test_signing_in_and_working_without_a_mouse(open_page, owner, shop):
    page = open_page()
    page.goto("/")
    tab_to(page, "username")
    page.keyboard.type("ana")
    tab_to(page, "password")
    page.keyboard.type("maple-syrup-41")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_be_empty()
    page.wait_for_selector(".tb-tiles")
    tab_to(page, "Inbox")
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox")
    tab_to(page, "Map this tax")
    page.keyboard.press("Enter")
    page.wait_for_url("**/taxmapping/**")
    page.goto(reverse("sync:setup_step", args=[shop.integration.pk, "sales"]))
    tab_to(page, "EW-")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("WEB-")
    expect(page.locator("output.tb-example")).to_contain_text("WEB-")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    shop.integration.orders.refresh_from_db()
    assert shop.integration.orders.number_prefix == "WEB-"


_FOCUSED = "(one => (one.value || one.ariaLabel || one.innerText || one.name || '').trim())(document.activeElement)"
_IS_MARKED = (
    "(look => look.outlineStyle != 'none' || look.boxShadow != 'none')(getComputedStyle(document.activeElement))"
)


def tab_to(page, text):
    """Press Tab until what is focused says this."""
    reached = []
    for _ in range(120):
        page.keyboard.press("Tab")
        one = page.evaluate(_FOCUSED)
        if text in one:
            assert page.evaluate(_IS_MARKED), f"nobody sees that {text} has the focus"
            return
        reached.append(one[:40])
    pytest.fail(f"{text} cannot be reached by Tab: {reached}")
