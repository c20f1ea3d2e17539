"""Settings on the integration's page: only what fits is offered, and nothing else is accepted (O6-O12, M5, T1)."""

import pytest
from django.urls import reverse

from integrations.models import BooksConnection, Integration
from sync.models import TaxMapping
from tests.support.office import NOW, Office
from tests.support.pages import errors, sent


@pytest.fixture
def url(office):
    return reverse("admin:integrations_integration_change", args=[office.integration.pk])


def captions(answer, inline, field):
    """What a field of an inline's first form offers."""
    (formset,) = (i.formset for i in answer.context["inline_admin_formsets"] if i.formset.prefix == inline)
    return [str(caption) for _value, caption in formset.forms[0].fields[field].choices]


def fresh(office):
    return Integration.objects.get(pk=office.integration.pk)


def test_saving_the_page_as_it_is_changes_nothing(client, keeper, office, url):
    before = fresh(office).revision
    answer = client.post(url, sent(client.get(url)))
    assert answer.status_code == 302, errors(answer)
    assert fresh(office).revision == before
    assert TaxMapping.objects.filter(integration=office.integration).count() == 2


def test_accounts_are_offered_where_they_fit(client, keeper, url):
    page = client.get(url)
    assert captions(page, "payments", "account") == ["—", "Clearing · Bank"]
    assert captions(page, "items", "income_account") == ["—", "Sales · Income"]
    assert captions(page, "items", "asset_account") == ["—", "Stock on hand · Other Current Asset"]
    assert captions(page, "items", "expense_account") == ["—", "Cost of goods · Cost of Goods Sold"]
    assert captions(page, "payment_mappings", "payment_method") == ["—", "Card"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("payments-0-account", "Sales"),
        ("payments-0-account", "Closed bank"),
        ("payments-0-account", "Stock on hand"),
        ("refunds-0-account", "Cost of goods"),
        ("items-0-income_account", "Clearing"),
        ("items-0-asset_account", "Clearing"),
        ("orders-0-shipping_item", "Mug"),
        ("orders-0-shipping_item", "Old freight"),
        ("orders-0-shipping_item", "Ada"),
        ("payment_mappings-0-account", "Sales"),
        ("payment_mappings-0-payment_method", "Clearing"),
        ("product_matches-0-item", "Clearing"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused_when_saved(client, office, url, *, keeper, field, wrong):
    answer = client.post(url, sent(client.get(url), **{field: office.entry(wrong).pk}))
    assert answer.status_code == 200
    assert "valid choice" in errors(answer)


def test_an_entry_of_another_company_is_refused_even_for_who_belongs_to_both(client, keeper, url):
    other = Office.open("Zephyr", "934145002")
    other.business.memberships.create(user=keeper, role="owner")
    answer = client.post(url, sent(client.get(url), **{"payments-0-account": other.entry("Clearing").pk}))
    assert "valid choice" in errors(answer)


def test_what_fits_is_saved_and_makes_what_waited_due(client, keeper, office, url):
    before = fresh(office).revision
    changes = {"payments-0-account": office.entry("Clearing").pk, "orders-0-shipping_item": office.entry("Shipping").pk}
    answer = client.post(url, sent(client.get(url), **changes))
    assert answer.status_code == 302, errors(answer)
    integration = fresh(office)
    assert integration.payments.account.name == "Clearing"
    assert integration.orders.shipping_item.name == "Shipping"
    assert integration.revision > before


def test_an_entry_that_became_inactive_stays_until_it_is_changed(client, keeper, office, url):
    integration = fresh(office)
    integration.payments.account = office.entry("Closed bank")
    integration.payments.save()
    page = client.get(url)
    assert captions(page, "payments", "account")[-1] == "Closed bank · Bank (!)"
    answer = client.post(url, sent(page, **{"orders-0-number_prefix": "EW-"}))
    assert answer.status_code == 302, errors(answer)
    assert fresh(office).orders.number_prefix == "EW-"


def test_a_class_is_not_taken_by_a_company_without_classes(client, keeper, office, url):
    changes = {"orders-0-sales_class": office.entry("Wholesale").pk, "orders-0-location": office.entry("Montréal").pk}
    page = client.get(url)
    assert "This QuickBooks company does not use them." in page.content.decode()
    client.post(url, sent(page, **changes))
    orders = fresh(office).orders
    assert (orders.sales_class, orders.location.name) == (None, "Montréal")


def test_a_tax_becomes_one_of_the_companys_codes(client, keeper, office, url):
    page = client.get(url)
    names = captions(page, "tax_mappings", "code")
    assert "GST (0 %)" in names
    assert not any("Gone" in name for name in names)
    for code, accepted in (("21", False), ("TAX", False), ("20", True)):
        answer = client.post(url, sent(page, **{"tax_mappings-1-code": code}))
        assert (answer.status_code == 302) is accepted, code
    assert TaxMapping.objects.get(key="tva 5,5 %").code == "20"


def test_a_us_company_says_taxable_or_not(client, keeper, office, url):
    preferences = {"CurrencyPrefs": {"HomeCurrency": {"value": "USD"}}, "TaxPrefs": {"UsingSalesTax": False}}
    BooksConnection.objects.update(info={"Id": "1", "Country": "US"}, preferences=preferences)
    page = client.get(url)
    assert captions(page, "tax_mappings", "code")[1:3] == ["Taxable", "Not taxable"]
    answer = client.post(url, sent(page, **{"tax_mappings-1-code": "NON"}))
    assert answer.status_code == 302, errors(answer)


def new_row(page, prefix, **fields):
    total = int(sent(page)[f"{prefix}-TOTAL_FORMS"])
    row = {f"{prefix}-{total}-{name}": value for name, value in fields.items()}
    return {f"{prefix}-TOTAL_FORMS": total + 1, **row}


def test_one_combination_of_taxes_has_one_row(client, keeper, url):
    page = client.get(url)
    answer = client.post(url, sent(page, **new_row(page, "tax_mappings", taxes=" gst ", code="20")))
    assert "There is a row for these taxes already" in errors(answer)


def test_two_new_rows_for_one_thing_are_told(client, keeper, url):
    page = client.get(url)
    rows = {
        "product_matches-TOTAL_FORMS": 3,
        "product_matches-1-sku": "NEW",
        "product_matches-2-sku": " new ",
        "product_matches-1-item": sent(page)["product_matches-0-item"],
        "product_matches-2-item": sent(page)["product_matches-0-item"],
    }
    answer = client.post(url, sent(page, **rows))
    assert "The same row is there twice" in errors(answer)


def test_the_untaxed_row_is_added_with_no_taxes_at_all(client, keeper, office, url):
    page = client.get(url)
    answer = client.post(url, sent(page, **new_row(page, "tax_mappings", taxes="", code="20")))
    assert answer.status_code == 302, errors(answer)
    assert TaxMapping.objects.get(integration=office.integration, key="").code == "20"


def test_statuses_are_the_stores_own(client, keeper, office, url):
    page = client.get(url)
    answer = client.post(url, sent(page, **{"orders-0-payment_statuses": ["PAID"]}))
    assert answer.status_code == 302, errors(answer)
    assert fresh(office).orders.payment_statuses == ["PAID"]
    answer = client.post(url, sent(client.get(url), **{"orders-0-payment_statuses": ["INVENTED"]}))
    assert answer.status_code == 200


def test_a_status_that_the_store_no_longer_tells_can_be_kept(client, keeper, office, url):
    integration = fresh(office)
    integration.orders.payment_statuses = ["CUSTOM_1"]
    integration.orders.save()
    answer = client.post(url, sent(client.get(url), **{"orders-0-number_prefix": "X"}))
    assert answer.status_code == 302, errors(answer)
    assert fresh(office).orders.payment_statuses == ["CUSTOM_1"]


def test_saving_does_not_undo_what_a_sync_moved_meanwhile(client, keeper, office, url):
    page = client.get(url)
    Integration.objects.update(orders_read_until=NOW)
    client.post(url, sent(page, daily_hour="5"))
    integration = fresh(office)
    assert (integration.daily_hour, integration.orders_read_until) == (5, NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Mars/Base"), ("report_recipients", "not an address"), ("daily_hour", "24"), ("slug", "a b")],
)
def test_what_cannot_be_is_refused(client, keeper, url, field, value):
    assert client.post(url, sent(client.get(url), **{field: value})).status_code == 200


def test_recipients_are_one_address_a_line(client, keeper, office, url):
    client.post(url, sent(client.get(url), report_recipients="a@example.test\n\n b@example.test "))
    assert fresh(office).report_recipients == ["a@example.test", "b@example.test"]


def test_who_changed_which_setting_is_in_the_history(client, keeper, office, url):
    client.post(url, sent(client.get(url), **{"orders-0-number_prefix": "EW-"}))
    history = client.get(reverse("admin:integrations_integration_history", args=[office.integration.pk])).content
    assert b"ben" in history
    assert b"Order number prefix" in history


# -- where it belongs --------------------------------------------------------------------------------------------------


def test_a_new_integration_begins_in_the_setup(client, keeper):
    answer = client.get(reverse("admin:integrations_integration_add"))
    assert (answer.status_code, answer.url) == (302, reverse("sync:setup"))


def test_nothing_is_configurable_before_both_have_answered(client, keeper, office, url):
    BooksConnection.objects.update(checked_at=None)
    assert client.get(url).context["inline_admin_formsets"] == []


def test_where_it_belongs_is_chosen_once(client, keeper, office, url):
    other = Office.open("Zephyr", "934145002")
    other.business.memberships.create(user=keeper, role="owner")
    client.post(url, sent(client.get(url), business=other.business.pk, books=other.books.pk))
    assert (fresh(office).business, fresh(office).books) == (office.business, office.books)


# -- searching an item -------------------------------------------------------------------------------------------------


def found(client, office, field, term="", model="ordersettings", **more):
    query = {"app_label": "sync", "model_name": model, "field_name": field, "term": term, "books": office.books.pk}
    answer = client.get(reverse("admin:autocomplete"), {**query, **more})
    return [row["text"] for row in answer.json().get("results", [])]


def test_the_search_finds_what_fits(client, keeper, office):
    assert found(client, office, "shipping_item") == ["Shipping"]
    assert found(client, office, "item", "mu", model="productmatch") == ["Mug"]


def test_the_search_finds_nothing_of_others(client, keeper, office):
    other = Office.open("Zephyr", "934145002")
    other.add("Item", "99", "Their freight", kind="Service")
    assert found(client, office, "shipping_item", books=other.books.pk) == []
    assert found(client, office, "shipping_item", books="") == []
    assert found(client, office, "customer", model="customerlink") == []


# -- mappings of all integrations --------------------------------------------------------------------------------------


def test_a_tax_is_mapped_from_the_list_of_all_taxes(client, keeper, office):
    row = TaxMapping.objects.get(key="tva 5,5 %")
    listed = client.get(reverse("admin:sync_taxmapping_changelist"), {"chosen": "no"}).content.decode()
    assert "TVA 5,5 %" in listed
    assert ">GST<" not in listed
    url = reverse("admin:sync_taxmapping_change", args=[row.pk])
    before = fresh(office).revision
    answer = client.post(url, sent(client.get(url), code="20"))
    assert answer.status_code == 302, errors(answer)
    row.refresh_from_db()
    assert (row.code, fresh(office).revision > before) == ("20", True)


def test_mappings_deleted_together_are_a_change_of_settings_too(client, keeper, office):
    before = fresh(office).revision
    pks = list(TaxMapping.objects.values_list("pk", flat=True))
    form = {"action": "delete_selected", "_selected_action": pks, "post": "yes"}
    client.post(reverse("admin:sync_taxmapping_changelist"), form)
    assert not TaxMapping.objects.exists()
    assert fresh(office).revision == before + 2
