"""Every main page keeps to the same rules: on a narrow screen and a wide one, in light and dark, in both languages."""

import pytest
from django.apps import apps
from django.urls import reverse
from playwright.sync_api import expect

from sync.models import Record, Run
from tests.support.chromium import faults_of
from tests.support.world import World

TEE = {"lines": [{"sku": "TSH-M", "quantity": 2, "price": 25}], "order_id": "GOOD"}
WAITS = {"lines": [{"sku": "TSH-M", "price": "19.99", "taxes": [{"name": "Eco fee", "value": 0}]}], "order_id": "WAITS"}
STEPS = ("store", "books", "options", "flows", "sales", "advanced", "items", "taxes", "payments", "preview", "live")
LISTS = (
    "sync_record", "sync_posting", "sync_logentry", "sync_run", "sync_taxmapping", "sync_paymentmapping",
    "sync_productmatch", "sync_modulesettings", "sync_customerlink", "integrations_integration",
    "integrations_storeconnection", "integrations_booksconnection", "accounts_business",
    "accounts_membership", "accounts_user",
)  # fmt: skip
PAGES = (
    "accounts_business", "accounts_user", "integrations_integration", "integrations_storeconnection",
    "integrations_booksconnection", "sync_taxmapping", "sync_paymentmapping", "sync_posting", "sync_logentry",
)  # fmt: skip


@pytest.fixture
def shop(browser, sandbox, time):
    """One order in the books, one that waits."""
    world = World.make(sandbox, time, "CA")
    world.place(TEE, WAITS)
    world.sync()
    return world


def first_of(name):
    return apps.get_model(name.replace("_", ".")).objects.first()


def pages_of(shop):
    """The address of every main page."""
    pk, waits = shop.integration.pk, shop.record("WAITS")
    return [
        reverse("admin:index"),
        reverse("sync:inbox"),
        reverse("sync:inbox_group", args=[pk, waits.cause]),
        reverse("sync:preview", args=[pk]),
        reverse("sync:preview_record", args=[waits.pk]),
        reverse("sync:setup"),
        f"{reverse('connect:store_ways')}?business={shop.integration.business_id}",
        *(reverse("sync:setup_step", args=[pk, step]) for step in STEPS),
        *(reverse(f"admin:{name}_changelist") for name in LISTS),
        *(reverse("admin:sync_record_change", args=[record.pk]) for record in Record.objects.all()),
        *(reverse(f"admin:{name}_change", args=[first_of(name).pk]) for name in PAGES),
        reverse("admin:auth_user_password_change", args=[first_of("accounts_user").pk]),
        reverse("admin:password_change"),
        reverse("admin:sync_run_change", args=[Run.objects.latest("pk").pk]),
    ]


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(390, "light", "fr"), (390, "dark", "en"), (1440, "dark", "fr")]
)
def test_every_page_fits_and_every_field_has_a_name(signed_in, shop, *, width, scheme, language):
    page = signed_in(width=width, color_scheme=scheme, locale=f"{language}-CA")
    faults = {}
    for url in pages_of(shop):
        page.goto(url)
        expect(page.locator("html")).to_have_attribute("lang", language)
        if found := faults_of(page):
            faults[url] = found
    assert faults == {}
