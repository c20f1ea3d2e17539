"""What every list and page of the admin keeps to: times, names of fields, and what an empty list says."""

import re

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from integrations.models import Integration, StoreConnection
from sync.models import Posting, ProductMatch, Record, SettingChange, TaxMapping
from tests.support.office import NOW, Office, person
from tests.support.pages import read


@pytest.fixture
def office(db):
    office = Office.open("Maple", "934145001")
    Integration.objects.update(time_zone="Asia/Tokyo")
    return office


def listed(client, name, **query):
    return read(client.get(reverse(f"admin:{name}_changelist"), query))


def test_times_are_those_of_the_business(client, keeper, office):
    """15:30 in universal time is half an hour into the next day in Tokyo."""
    Posting.objects.update(posted_at=NOW)
    TaxMapping.objects.update(created_at=NOW)
    StoreConnection.objects.update(checked_at=NOW)
    SettingChange.objects.update(at=NOW, integration=None)
    for name in ("sync_posting", "sync_taxmapping", "sync_settingchange", "integrations_storeconnection"):
        assert "11/21/2026 00:30" in listed(client, name), name


def test_without_a_business_time_is_universal_and_says_so(client, office):
    user = person("root", is_superuser=True, last_login=NOW)
    client.force_login(user)
    type(user).objects.filter(pk=user.pk).update(date_joined=NOW)
    page = read(client.get(reverse("admin:accounts_user_change", args=[user.pk])))
    assert "11/20/2026 15:30 UTC" in page
    assert "pbkdf2" not in page


def test_only_a_list_that_leaves_something_out_offers_to_show_all(client, keeper):
    assert "Show all" not in listed(client, "sync_taxmapping")
    assert "1 result ( Show all )" in listed(client, "sync_taxmapping", chosen="no")


def test_an_empty_list_says_what_brings_rows_and_a_narrow_one_that_it_is(client, keeper):
    ProductMatch.objects.all().delete()
    assert "say so on the page of its integration" in listed(client, "sync_productmatch")
    assert "Nothing matches the search" in listed(client, "sync_productmatch", q="nothing")


def test_every_field_of_a_table_inside_a_page_has_a_name(client, keeper, office):
    page = client.get(reverse("admin:integrations_integration_change", args=[office.integration.pk])).content.decode()
    fields = re.findall(r'<(?:input|select|textarea)[^>]* name="(?:tax|payment)_mappings-0-(\w+)"[^>]*>', page)
    named = re.findall(r'name="(?:tax|payment)_mappings-0-(\w+)"[^>]* aria-label="[^"]+"', page)
    assert set(named) == set(fields) - {"id", "integration", "DELETE"} != set()


def test_names_that_people_gave_keep_their_spelling(client, keeper, office):
    Integration.objects.update(slug="maple-shop")
    page = read(client.get(reverse("admin:integrations_integration_change", args=[office.integration.pk])))
    assert "Integrations chevron_right maple-shop" in page


def test_the_queues_own_pages_are_not_there(client, office):
    client.force_login(person("root", is_superuser=True))
    assert "django_q" not in {model._meta.app_label for model in admin.site._registry}
    with pytest.raises(NoReverseMatch):
        reverse("admin:django_q_schedule_changelist")


@pytest.mark.parametrize(("query", "title"), [({}, "Records"), ({"kind__in": "product,stock"}, "Products and levels")])
def test_the_sidebar_marks_one_page_only(client, keeper, query, title):
    page = client.get(reverse("admin:sync_record_changelist"), query)
    groups = page.context["sidebar_navigation"]
    assert [str(item["title"]) for group in groups for item in group["items"] if item["active"]] == [title]


def test_both_ends_of_a_period_have_a_name(client, keeper):
    page = client.get(reverse("admin:sync_logentry_changelist")).content.decode()
    assert re.findall(r'name="created_at_(\w+)"[^>]* aria-label="(\w+)"', page) == [("from", "From"), ("to", "To")]


def test_products_and_levels_have_names_of_their_own_and_no_amounts(client, keeper):
    for kind in ("product", "stock"):
        record = Record.objects.latest("pk")
        record.pk, record.kind, record.number, record.state = None, kind, "MUG-1", "posted"
        record.save()
    page = client.get(reverse("admin:sync_record_changelist"), {"kind__in": "product,stock"})
    assert {str(row) for row in page.context["cl"].result_list} == {"MUG-1 · Product", "MUG-1 · Stock level"}
    assert read(page).count("Done") == 2, "nothing of them is posted"
    assert not {"money", "document"} & set(page.context["cl"].list_display)
    assert "money" in client.get(reverse("admin:sync_record_changelist")).context["cl"].list_display
