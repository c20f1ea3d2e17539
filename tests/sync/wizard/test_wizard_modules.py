"""The page on which is said what becomes of each part of the store (W1, W2)."""

from html import unescape

import pytest
from django.urls import reverse

from integrations.models import Integration
from sync.models import ModuleSettings, SettingChange
from sync.reports.inbox import groups
from sync.views.fixing import fix_links
from sync.wizard.setup import Setup
from sync.wizard.steps import steps_of
from tests.support.expect import posted
from tests.support.office import Office, person
from tests.support.setup import page, save

CLASS = {"number": "1", "lines": [{"name": "Wheel taster", "price": 48, "module": "bookings"}]}


@pytest.fixture
def office(db):
    """A studio that sells goods, gift cards and classes."""
    office = Office.open("Fern", "934145001")
    office.store.profile = {**office.store.profile, "modules": ["gift_cards", "bookings", "stores"]}
    office.store.save()
    ModuleSettings.objects.all().delete()
    return office


@pytest.fixture
def fern(client, make_world):
    """The same studio, with real accounts."""
    client.force_login(person("root", is_superuser=True))
    return make_world("WIX_GB")


def rows(office):
    return {
        row.module: (row.enabled, row.item and row.item.name, row.income_account and row.income_account.name)
        for row in ModuleSettings.objects.filter(integration=office.integration)
    }


def revision(office):
    return Integration.objects.get(pk=office.integration.pk).revision


def shown(answer):
    return " ".join(unescape(answer.content.decode()).split())


def test_each_part_of_the_store_has_a_row(client, keeper, office):
    ModuleSettings.objects.create(integration=office.integration, module="events")  # met in an order
    form = client.get(page(office.integration, "modules")).context["form"]
    assert [entry["title"] for entry in form.table()] == ["Store products", "Bookings", "Event tickets", "Gift cards"]
    assert [len(entry["fields"]) for entry in form.table()] == [2, 2, 2, 0]
    assert "“Bookings”, “Event tickets”" in form.fields["create_items"].help_text


def test_a_store_without_parts_has_no_such_page(client, keeper, office):
    office.store.profile = {}
    office.store.save()
    assert client.get(page(office.integration, "modules")).status_code == 404
    assert "modules" not in [step.id for step in steps_of(Setup.of(office.integration))]


def test_saving_the_page_as_it_is_changes_nothing(client, keeper, office):
    before = revision(office)
    for _time in range(2):
        assert save(client, office.integration, "modules", create_items=None).status_code == 302
    assert (rows(office), revision(office)) == ({}, before)


def test_what_is_chosen_is_kept_and_noted(client, keeper, office):
    before = revision(office)
    chosen = {"bookings-item": office.entry("Shipping").pk, "bookings-income_account": office.entry("Sales").pk}
    answer = save(client, office.integration, "modules", create_items=None, **chosen, **{"stores-enabled": None})
    assert answer.status_code == 302
    assert rows(office) == {"bookings": (True, "Shipping", "Sales"), "stores": (False, None, None)}
    assert revision(office) > before
    noted = SettingChange.objects.filter(model="sync.modulesettings").order_by("subject", "field")
    assert [(one.subject, one.field, one.old, one.new) for one in noted] == [
        ("bookings", "income_account", "", "Sales"),
        ("bookings", "item", "", "Shipping"),
        ("stores", "enabled", "", "False"),
    ]
    before = revision(office)
    assert save(client, office.integration, "modules", **{"bookings-item": ""}, create_items=None).status_code == 302
    assert rows(office)["bookings"] == (True, None, "Sales")
    assert revision(office) == before + 1


@pytest.mark.parametrize(("field", "entry"), [("item", "Mug"), ("item", "Old freight"), ("income_account", "Clearing")])
def test_what_does_not_fit_is_refused(client, keeper, office, field, entry):
    answer = save(client, office.integration, "modules", **{f"bookings-{field}": office.entry(entry).pk})
    assert answer.status_code == 200
    assert "This page was not saved" in shown(answer)
    assert "Select a valid choice" in shown(answer)
    assert rows(office) == {}


def test_missing_items_are_made(client, fern):
    answer = save(client, fern.integration, "modules", **{"events-enabled": None})
    assert answer.status_code == 302
    assert rows(fern) == {
        "bookings": (True, "Bookings", None),
        "events": (False, None, None),
        "custom": (True, "Custom lines", None),
    }
    made = {item["Name"]: item for item in fern.books()["Item"]}["Bookings"]
    services = fern.entry("Account", "Services").books_ref
    assert (made["Type"], made["IncomeAccountRef"]["value"]) == ("Service", services)
    before = len(fern.books()["Item"])
    save(client, fern.integration, "modules", **{"events-enabled": "on", "events-item": fern.entry("Item", "Fees").pk})
    assert len(fern.books()["Item"]) == before


def test_an_item_that_cannot_be_made_is_told(client, fern):
    account = fern.entry("Account", "Inventory Asset").books_ref
    cost, income = (fern.entry("Account", name).books_ref for name in ("Cost of Goods Sold", "Services"))
    fern.quickbooks.add(
        fern.realm,
        "Item",
        {
            "Name": "Bookings",
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": 1,
            "InvStartDate": "2026-01-01",
            "AssetAccountRef": {"value": account},
            "IncomeAccountRef": {"value": income},
            "ExpenseAccountRef": {"value": cost},
        },
    )
    answer = save(client, fern.integration, "modules")
    assert answer.status_code == 200
    assert "“Bookings”" in shown(answer)
    assert rows(fern) == {}


def test_from_the_inbox_to_the_page_and_into_the_books(client, fern):
    fern.place(CLASS)
    fern.sync()
    [group] = groups(integrations=Integration.objects.filter(pk=fern.integration.pk))
    [link] = fix_links([group]).values()
    assert link.url.startswith(page(fern.integration, "modules"))
    assert "No default item chosen for Bookings" in shown(client.get(reverse("sync:inbox")))
    assert save(client, fern.integration, "modules").status_code == 302
    fern.sync()
    posted(fern, "1")


def test_what_would_change_is_shown_before_it_is_saved(client, fern):
    fern.place(CLASS)
    fern.sync()
    form = client.get(page(fern.integration, "modules")).context["form"]
    url = reverse("sync:preview_change_step", args=[fern.integration.pk, "modules"])
    sent = {field.html_name: "on" for field in form if field.value() is True}
    text = shown(client.post(url, sent))
    assert "1 of the last 1 order" in text
    assert "Would be created" in text
    assert rows(fern) == {"bookings": (True, None, None)}


def test_the_sale_options_say_what_the_statuses_are_for(client, keeper, office):
    assert "Only orders of store products" in shown(client.get(page(office.integration, "sales")))
    office.store.profile = {}
    office.store.save()
    assert "Only orders of store products" not in shown(client.get(page(office.integration, "sales")))
