"""Modules on the integration's page and in their list (W1)."""

import pytest
from django.urls import reverse

from integrations.models import Integration
from sync.models import ModuleSettings
from tests.support.office import Office
from tests.support.pages import errors, sent

PREFIX = "modules"


@pytest.fixture
def office(db):
    office = Office.open("Fern", "934145001")
    office.store.profile = {**office.store.profile, "modules": ["stores", "bookings"]}
    office.store.save()
    return office


@pytest.fixture
def row(office):
    return ModuleSettings.objects.get(integration=office.integration, module="bookings")


@pytest.fixture
def url(office):
    return reverse("admin:integrations_integration_change", args=[office.integration.pk])


def revision(office):
    return Integration.objects.get(pk=office.integration.pk).revision


def test_they_are_changed_with_the_other_settings(client, keeper, office, url, row):
    before = revision(office)
    form = sent(client.get(url), **{"modules-0-item": str(office.entry("Shipping").pk)})
    form.pop("modules-0-enabled")
    answer = client.post(url, form)
    assert answer.status_code == 302, errors(answer)
    row.refresh_from_db()
    assert (row.enabled, row.item.name) == (False, "Shipping")
    assert revision(office) > before


@pytest.mark.parametrize(
    ("module", "field", "value", "words"),
    [
        ("bookings", "item", "Mug", "valid choice"),
        ("bookings", "income_account", "Clearing", "valid choice"),
        ("gift_cards", "item", "Shipping", "leave these empty"),
    ],
)
@pytest.mark.usefixtures("keeper", "row")
def test_what_does_not_fit_is_refused(client, office, url, *, module, field, value, words):
    entry = str(office.entry(value).pk)
    form = sent(client.get(url), **{"modules-0-module": module, f"modules-0-{field}": entry})
    assert words in str(errors(client.post(url, form)))


def test_a_module_has_one_row(client, keeper, office, url, row):
    ModuleSettings.objects.create(integration=office.integration, module="stores")
    form = sent(client.get(url), **{"modules-1-module": "bookings"})
    assert "There is a row for this module already" in str(errors(client.post(url, form)))


def test_a_store_without_modules_is_not_asked(client, keeper, office, url):
    office.store.profile = {}
    office.store.save()
    prefixes = {inline.formset.prefix for inline in client.get(url).context["inline_admin_formsets"]}
    assert PREFIX not in prefixes
    assert "items" in prefixes


def test_each_has_a_page_of_its_own(client, keeper, office, row):
    listed = client.get(reverse("admin:sync_modulesettings_changelist")).content.decode()
    assert "Bookings" in listed
    url = reverse("admin:sync_modulesettings_change", args=[row.pk])
    before = revision(office)
    answer = client.post(url, sent(client.get(url), item=str(office.entry("Shipping").pk)))
    assert answer.status_code == 302, errors(answer)
    row.refresh_from_db()
    assert (row.module, row.item.name, revision(office) > before) == ("bookings", "Shipping", True)


def test_only_who_works_there_may_change_them(client, office, row):
    client.force_login(office.hire("vera", "viewer"))
    url = reverse("admin:sync_modulesettings_change", args=[row.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"enabled": ""}).status_code == 403
    client.force_login(Office.open("Zephyr", "934145002").hire("zoe", "owner"))
    assert client.get(url).status_code == 404
    assert "fern" not in client.get(reverse("admin:sync_modulesettings_changelist")).content.decode().casefold()
