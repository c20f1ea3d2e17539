"""The setup pages: what they offer, what they refuse and where they lead (L10, C3)."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django_q.models import Schedule

from integrations.models import Integration
from sync.models import OrderSettings, PaymentMapping, SetupProgress, TaxMapping
from sync.wizard.setup import Setup
from sync.wizard.steps import STEPS, steps_of
from tests.support.office import NOW
from tests.support.setup import page, save, typed


@pytest.fixture
def draft(office, keeper):
    office.integration.live_at = None
    office.integration.save()
    return office.integration


def fresh(office):
    return Integration.objects.get(pk=office.integration.pk)


def offered(client, integration, step, field):
    form = client.get(page(integration, step)).context["form"]
    return [str(caption) for _value, caption in form.fields[field].choices]


def all_steps(office):
    return [step.id for step in steps_of(Setup.of(office.integration))]


# -- every page --------------------------------------------------------------------------------------------------------


def test_each_page_opens_and_says_its_title(client, keeper, office):
    for step in steps_of(Setup.of(office.integration)):
        answer = client.get(page(office.integration, step.id))
        assert answer.status_code == 200, step.id
        assert str(step.title) in answer.content.decode(), step.id


@pytest.mark.parametrize("step", ["options", "flows", "sales", "advanced", "items", "taxes", "payments"])
def test_saving_a_page_a_second_time_changes_nothing(client, keeper, office, step):
    chosen = {"create_items": None, "create_account": None}
    if step == "items":
        chosen["income_account"] = office.entry("Sales").pk
    if step == "payments":
        chosen["account"] = office.entry("Clearing").pk
    assert save(client, office.integration, step, **chosen).status_code == 302
    before = fresh(office).revision
    assert save(client, office.integration, step, create_items=None).status_code == 302
    assert fresh(office).revision == before


def test_a_page_that_does_not_concern_the_integration_is_not_there(client, keeper, office):
    assert client.get(page(office.integration, "refunds")).status_code == 404
    assert client.get(page(office.integration, "nothing")).status_code == 404


def test_without_orders_only_what_holds_for_all_flows_is_asked(office):
    office.integration.orders.enabled = False
    assert all_steps(office) == ["store", "books", "options", "flows", "live"]


# -- resuming ----------------------------------------------------------------------------------------------------------


def test_a_setup_goes_on_at_the_first_page_that_was_not_saved(client, draft):
    manage = reverse("sync:manage", args=[draft.pk])
    assert client.get(manage).url == page(draft, "options")
    assert save(client, draft, "options").url == page(draft, "flows")
    assert client.get(manage).url == page(draft, "flows")


def test_the_start_page_offers_to_go_on(client, draft):
    answer = client.get(reverse("sync:setup"))
    assert reverse("sync:manage", args=[draft.pk]) in answer.content.decode()


def test_a_live_integration_is_changed_on_the_same_pages_and_stays_there(client, keeper, office):
    assert client.get(reverse("sync:manage", args=[office.integration.pk])).url == page(office.integration, "options")
    answer = save(client, office.integration, "options", auto_sync="daily", daily_hour="5")
    assert answer.url == page(office.integration, "options")
    assert (fresh(office).auto_sync, fresh(office).daily_hour) == ("daily", 5)


@pytest.mark.parametrize("side", ["store", "books"])
def test_nothing_is_configurable_before_both_sides_have_answered(client, draft, office, side):
    connection = getattr(office, side)
    connection.checked_at = None
    connection.save()
    for step in STEPS[2:]:
        assert client.get(page(draft, step.id)).url == page(draft, "store"), step.id
        assert client.post(page(draft, step.id), {}).url == page(draft, "store"), step.id
    assert client.get(page(draft, side)).status_code == 200
    assert client.get(reverse("sync:manage", args=[draft.pk])).url == page(draft, "store")


def test_a_company_whose_lists_are_to_be_read_anew_can_still_be_set_up(client, draft, office):
    office.books.mirrored_at = None
    office.books.save()
    assert client.get(page(draft, "payments")).status_code == 200


def test_where_money_goes_is_asked_only_where_money_is_recorded(office):
    office.integration.payments.enabled = False
    assert "payments" not in all_steps(office)
    office.integration.orders.post_as = "sales_receipt"
    assert "payments" in all_steps(office)


# -- what is offered ---------------------------------------------------------------------------------------------------


def test_only_accounts_that_fit_are_offered(client, draft):
    assert offered(client, draft, "payments", "account") == ["—", "Clearing · Bank"]
    assert offered(client, draft, "items", "income_account") == ["—", "Sales · Income"]


def test_undeposited_funds_is_never_chosen_for_anybody(client, draft, office):
    office.add("Account", "40", "Undeposited Funds", kind="Other Current Asset", detail="UndepositedFunds")
    form = client.get(page(draft, "payments")).context["form"]
    assert form["account"].value() is None
    assert form["create_account"].value()


def test_a_class_is_asked_for_only_where_the_company_has_them(client, draft, office):
    form = client.get(page(draft, "sales")).context["form"]
    assert "sales_class" not in form.fields
    assert "location" in form.fields


def test_the_tax_item_is_asked_for_only_where_no_sales_tax_is_charged(client, draft):
    assert "tax_item" not in client.get(page(draft, "sales")).context["form"].fields


def test_statuses_have_the_stores_own_names(client, draft):
    assert offered(client, draft, "sales", "payment_statuses") == ["Paid", "Awaiting payment"]


def test_every_flow_can_be_switched_on(client, draft, office):
    assert save(client, draft, "flows", refunds="on", stock="on").status_code == 302
    integration = fresh(office)
    assert integration.refunds.enabled
    assert integration.stock.enabled


def test_products_and_stock_have_pages_once_they_are_switched_on(client, draft, office):
    steps = ("products", "stock")
    pages = {step: reverse("sync:setup_step", args=[draft.pk, step]) for step in steps}
    assert {client.get(page).status_code for page in pages.values()} == {404}

    save(client, draft, "flows", products="on", stock="on")
    assert save(client, draft, "products", create_as="service", update_items="on").status_code == 302
    assert save(client, draft, "stock", guard_percent="35").status_code == 302

    integration = fresh(office)
    assert (integration.products.create_as, integration.products.update_items) == ("service", True)
    assert (integration.stock.guard_percent, integration.stock.include_unlimited) == (35, False)
    assert save(client, draft, "stock", guard_percent="101").status_code == 200


# -- what is wrong is said, what was typed is kept ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "typed_in", "field", "complaint"),
    [
        ("options", {"report_when": "daily"}, "report_recipients", "somebody to go to"),
        ("options", {"report_recipients": "no address"}, "report_recipients", "valid email"),
        ("options", {"daily_hour": "24"}, "daily_hour", "less than or equal to 23"),
        ("sales", {"customer": "generic", "generic_customer": None}, "generic_customer", "name of that customer"),
        ("sales", {"number_prefix": "P" * 16}, "number_prefix", "at most 15 characters"),
        ("advanced", {"rounding_cap": "1.01"}, "rounding_cap", "less than or equal to 1"),
        ("items", {"income_account": None}, "income_account", "choose it"),
        ("payments", {"create_account": None}, "account", "Choose an account"),
    ],
)
def test_a_page_says_next_to_the_field_what_is_wrong(client, draft, step, typed_in, *, field, complaint):
    answer = save(client, draft, step, **typed_in)
    assert answer.status_code == 200
    assert complaint in str(answer.context["form"].errors[field])
    assert complaint in answer.content.decode()
    assert step not in SetupProgress.of(draft).saved


def test_what_was_typed_is_kept(client, draft):
    answer = save(client, draft, "options", report_when="daily", daily_hour="5")
    assert answer.context["form"]["daily_hour"].value() == "5"


def test_inventory_needs_its_accounts(client, draft, office):
    office.books.preferences = {**office.books.preferences, "ProductAndServicesPrefs": {"QuantityOnHand": True}}
    office.books.save()
    answer = save(client, draft, "items", create_as="inventory", income_account=office.entry("Sales").pk)
    assert {"expense_account", "asset_account"} <= set(answer.context["form"].errors)


def test_a_company_without_inventory_is_not_offered_it(client, draft):
    assert offered(client, draft, "items", "create_as") == ["Non-inventory", "Service"]


# -- taxes and payment methods -----------------------------------------------------------------------------------------


def test_a_tax_nobody_has_mapped_comes_with_a_suggestion_that_counts_once_saved(client, draft, office):
    office.add("TaxRate", "70", "GST", data={"Id": "70", "Name": "GST", "RateValue": 5})
    rates = {"TaxRateDetail": [{"TaxRateRef": {"value": "70"}, "TaxOrder": 0}]}
    office.add("TaxCode", "25", "GST 5", data={"Id": "25", "Name": "GST 5", "Active": True, "SalesTaxRateList": rates})
    row = TaxMapping.objects.create(integration=draft, taxes=["Federal 5"])
    form = client.get(page(draft, "taxes")).context["form"]
    assert form[f"code_{row.pk}"].value() == "25"
    row.refresh_from_db()
    assert row.code == ""
    save(client, draft, "taxes")
    row.refresh_from_db()
    assert row.code == "25"


def test_a_tax_may_stay_open(client, draft):
    row = TaxMapping.objects.get(integration=draft, code="")
    assert save(client, draft, "taxes").status_code == 302
    row.refresh_from_db()
    assert row.code == ""


def test_a_code_of_nobody_is_refused(client, draft):
    row = TaxMapping.objects.get(integration=draft, code="")
    answer = save(client, draft, "taxes", **{f"code_{row.pk}": "666"})
    assert "valid choice" in str(answer.context["form"].errors)


def test_a_payment_method_may_have_an_account_of_its_own(client, draft, office):
    row = PaymentMapping.objects.create(integration=draft, method="Card")
    changes = {f"account_{row.pk}": office.entry("Clearing").pk, f"method_{row.pk}": office.entry("Card").pk}
    assert save(client, draft, "payments", account=office.entry("Clearing").pk, **changes).status_code == 302
    row.refresh_from_db()
    assert (row.account.name, row.payment_method.name) == ("Clearing", "Card")


def test_an_account_of_another_kind_is_refused_for_a_payment_method(client, draft, office):
    row = PaymentMapping.objects.get(integration=draft)
    answer = save(
        client,
        draft,
        "payments",
        account=office.entry("Clearing").pk,
        **{f"account_{row.pk}": office.entry("Sales").pk},
    )
    assert "valid choice" in str(answer.context["form"].errors[f"account_{row.pk}"])


# -- the number of a document ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "example"), [("", "1234"), ("EW-", "EW-1234"), ("WX", "WX1234"), ("P" * 15, "P" * 15 + "1234")]
)
def test_the_number_of_a_document_is_shown_while_its_prefix_is_typed(client, draft, prefix, example):
    answer = client.get(reverse("sync:setup_number", args=[draft.pk]), {"prefix": prefix})
    assert answer.json() == {"example": example, "is_shortened": False}


def test_a_number_that_is_too_long_is_shown_as_it_will_be(client, draft):
    SetupProgress.objects.create(integration=draft, sample_number="20260001")
    answer = client.get(reverse("sync:setup_number", args=[draft.pk]), {"prefix": "P" * 15}).json()
    assert answer["is_shortened"]
    assert len(answer["example"]) == 21


def test_the_page_shows_the_number_without_javascript(client, draft):
    OrderSettings.objects.filter(integration=draft).update(number_prefix="EW-")
    assert "EW-1234" in client.get(page(draft, "sales")).content.decode()


# -- refunds -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def refunding(draft, office):
    settings = office.integration.refunds
    settings.enabled = True
    settings.save()
    office.store.profile = {**office.store.profile, "payment_statuses": [["PAID", "Paid"], ["REFUNDED", "Refunded"]]}
    office.store.save()
    OrderSettings.objects.filter(integration=draft).update(payment_statuses=["PAID"])
    return draft


def test_refunds_are_seen_only_when_the_order_filter_takes_refunded_orders(client, refunding, office):
    account = {"account": office.entry("Clearing").pk}
    answer = save(client, refunding, "refunds", include_refunded=None, **account)
    assert "refunded before they were posted are left out" in str(answer.context["form"].errors["include_refunded"])
    assert save(client, refunding, "refunds", **account).status_code == 302
    assert fresh(office).orders.payment_statuses == ["PAID", "REFUNDED"]
    assert "include_refunded" not in client.get(page(refunding, "refunds")).context["form"].fields


# -- the state of the SKUs ---------------------------------------------------------------------------------------------


def test_skus_in_trouble_are_listed_a_page_at_a_time(client, draft):
    troubles = [["missing", "", f"Mug {number}"] for number in range(30)]
    skus = {"seen": 80, "complete": False, "counts": {"missing": 30}, "troubles": troubles}
    SetupProgress.objects.create(integration=draft, skus=skus, skus_checked_at=NOW)
    first = client.get(page(draft, "items")).content.decode()
    assert "Mug 0" in first
    assert "Mug 29" not in first
    assert "more products than could be looked at" in first
    assert "Mug 29" in client.get(page(draft, "items"), {"page": 2}).content.decode()


# -- going live --------------------------------------------------------------------------------------------------------


@pytest.fixture
def ready(draft, office):
    settings = office.integration.payments
    settings.account = office.entry("Clearing")
    settings.save()
    return draft


def test_going_live_arranges_the_schedule_and_asks_for_the_first_sync(client, ready, office):
    assert not Schedule.objects.filter(name__startswith=f"sync {ready.pk}").exists()
    assert save(client, ready, "live").url == reverse("admin:index")
    assert fresh(office).live_at <= timezone.now()
    names = Schedule.objects.filter(name__startswith=f"sync {ready.pk}").values_list("name", flat=True)
    assert sorted(names) == [f"sync {ready.pk}", f"sync {ready.pk} again"]


@pytest.mark.parametrize("obstacle", ["no clearing account", "orders off", "store silent"])
def test_what_stands_in_the_way_keeps_it_from_going_live(client, ready, office, obstacle):
    integration = fresh(office)
    if obstacle == "no clearing account":
        integration.payments.account = None
        integration.payments.save()
    elif obstacle == "orders off":
        integration.orders.enabled = False
        integration.orders.save()
    else:
        office.store.state = "reconnect"
        office.store.save()
    assert 'form="step" class="tb-button tb-primary" disabled' in client.get(page(ready, "live")).content.decode()
    assert client.post(page(ready, "live"), {}).url == page(ready, "live")
    assert fresh(office).live_at is None


def test_the_last_page_says_what_will_wait_and_what_was_never_looked_at(client, ready):
    answer = client.get(page(ready, "live")).content.decode()
    assert "1 tax has no tax code yet" in answer
    assert "have not been looked at yet" in answer
    assert "their defaults hold" in answer


# -- joining the two ---------------------------------------------------------------------------------------------------


def joined(client, office, **changes):
    url = reverse("sync:setup_connect", args=[office.business.pk, "books"])
    return client.post(url, typed(client.get(url).context["form"], **changes))


def test_a_pair_that_is_joined_already_is_not_joined_twice(client, keeper, office):
    assert "there already" in str(joined(client, office).context["form"].errors["store"])


def test_a_short_name_is_taken_once(client, keeper, office):
    assert "taken" in str(joined(client, office, slug="maple").context["form"].errors["slug"])


def test_a_side_that_does_not_answer_cannot_be_joined(client, keeper, office):
    office.store.state = "reconnect"
    office.store.save()
    answer = client.get(reverse("sync:setup_connect", args=[office.business.pk, "books"]))
    assert "must both be connected" in answer.content.decode()


def test_a_side_that_there_is_not_is_not_found(client, keeper, office):
    assert client.get(reverse("sync:setup_connect", args=[office.business.pk, "bank"])).status_code == 404
