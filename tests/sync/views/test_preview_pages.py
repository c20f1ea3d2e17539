"""The preview's pages: what a bookkeeper sees, who may see it, and that nothing happens."""

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Business, Membership
from integrations.models import BooksConnection, Integration
from sync.document_texts import DOCUMENTS, PARTS, told
from sync.engine.documents import _PARTS
from sync.models import Posting, ProductMatch, Record
from sync.translate.because import Because, Decided
from tests.support.office import member, person
from tests.support.pages import sent

TEE = {"lines": [{"sku": "TEE-M", "quantity": 2, "price": 25}], "order_id": "K3T9Q"}
MIXED = {
    "lines": [{"sku": "TUQ-ANT", "price": "19.99", "quantity": 3}, {"sku": "NEW-1", "name": "New thing", "price": 7}],
    "shipping": "9.50",
    "coupon": {"type": "absolute", "value": 4, "code": "FOUR"},
    "order_id": "MIXED",
}


@pytest.fixture
def keeper(world, client):
    user = member(world.integration.business, "bookkeeper")
    client.force_login(user)
    return user


def page(name, *args):
    return reverse(f"sync:{name}", args=args)


def shown(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def next_orders(client, world, **params):
    return shown(client.get(page("preview", world.integration.pk), params))


def tables():
    """Every row of ours; a page may note only who asked for it."""
    models = [model for model in apps.get_models() if model._meta.app_label in {"accounts", "integrations", "sync"}]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


# -- the next orders ---------------------------------------------------------------------------------------------------


def test_it_shows_documents_line_by_line_with_what_decided_them(world, client, keeper):
    world.place(MIXED)
    text = next_orders(client, world)
    for expected in (
        "Would be created",
        "New customer",
        "New item",
        "EW-MIXED",
        "order number with the prefix “EW-”",
        "the shipping item of the sale options",
        "tax mapping “GST + QST”",
        "no item has the SKU NEW-1: this one is created",
        "Proven: the store says",
        "9.975 % of",
        "date of the order in America/Toronto",
        "the clearing account; “Credit card” has no account of its own",
    ):
        assert expected in text, expected


def test_it_says_why_an_order_would_wait(world, client, keeper):
    world.set("orders", shipping_item=None)
    world.place(MIXED)
    text = next_orders(client, world)
    assert "Held" in text
    assert "Proven" not in text
    assert "shipping" in text


def test_nothing_due_says_so(world, client, keeper):
    world.place(TEE)
    world.sync()
    assert "No order waits for the next sync." in next_orders(client, world)


def test_what_came_into_the_store_since_the_last_sync_is_next(world, client, keeper):
    world.place(TEE)
    world.sync()
    world.place({**TEE, "order_id": "LATER"})
    text = next_orders(client, world)
    assert "EW-LATER" in text
    assert "EW-K3T9Q" not in text
    assert not Record.objects.filter(number="LATER").exists()


def test_how_many_are_shown_can_be_chosen(world, client, keeper):
    world.place(*({**TEE, "order_id": f"N{number:02}"} for number in range(12)))
    assert next_orders(client, world).count("Proven") == 10
    assert next_orders(client, world, limit="30").count("Proven") == 12
    assert next_orders(client, world, limit="no number").count("Proven") == 10
    assert next_orders(client, world, limit="999999").count("Proven") == 10


def test_a_store_that_does_not_answer_is_told_about(world, client, keeper):
    world.ecwid.fault("status", status=403, times=50)
    assert "errornote" in next_orders(client, world)


def test_without_the_lists_it_says_what_to_do(world, client, keeper):
    BooksConnection.objects.update(mirrored_at=None)
    assert "read its lists" in next_orders(client, world)


def test_credentials_that_cannot_be_read_matter_only_where_the_store_is_asked(world, client, keeper, settings):
    key = settings.FIELD_ENCRYPTION_KEYS
    settings.FIELD_ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="]
    assert "restore its keys" in next_orders(client, world)
    settings.FIELD_ENCRYPTION_KEYS = key
    world.place(TEE)
    world.sync()
    settings.FIELD_ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="]
    assert "restore its keys" in next_orders(client, world)
    assert "As it was sent" in shown(client.get(page("preview_record", Record.objects.get().pk)))


def test_no_page_calls_quickbooks_or_writes(world, client, keeper):
    world.place(MIXED)
    world.sync()
    world.set("orders", shipping_item=None)
    world.place({**MIXED, "order_id": "TWO"})
    world.sync()
    world.set("refunds", enabled=True)
    world.ecwid.control("POST", f"stores/{world.store_id}/orders/MIXED/refund", {"amount": 2})
    world.sync()
    settings = reverse("admin:integrations_integration_change", args=[world.integration.pk])
    form = sent(client.get(settings), **{"orders-0-number_prefix": "X"})
    before, books, orders = tables(), world.books(), world.ecwid.orders(world.store_id)
    world.quickbooks.reset_counters()
    pk = world.integration.pk
    answers = [
        client.get(page("preview", pk)),
        *(client.get(page("preview_record", record.pk)) for record in Record.objects.all()),
        client.post(page("preview_change", pk), form),
        client.post(page("preview_change_step", pk, "payments"), {}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 6
    assert world.quickbooks.counters()["requests"] == 0
    assert (tables(), world.books(), world.ecwid.orders(world.store_id)) == (before, books, orders)


def test_refunds_stand_behind_their_order(world, client, keeper):
    world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
    world.set("orders", payment_statuses=["PAID", "PARTIALLY_REFUNDED"])
    world.place({**TEE, "order_id": "BACK"})
    world.ecwid.control("POST", f"stores/{world.store_id}/orders/BACK/refund", {"amount": 7})
    text = next_orders(client, world)
    for expected in (
        "Refund BACK, 7.00 CAD",
        "Refund receipt",
        "R-BACK",
        "order number with the prefix “R-” of the refund options",
        "the account of the refund options",
        "Proven: 7.00 CAD goes back",
    ):
        assert expected in text, expected
    world.set("refunds", enabled=False)
    assert "Refunds are not posted for this integration." in next_orders(client, world)


# -- one order ---------------------------------------------------------------------------------------------------------


def test_a_posted_order_shows_what_was_sent(world, client, keeper):
    world.place(MIXED)
    world.sync()
    text = shown(client.get(page("preview_record", Record.objects.get().pk)))
    assert "It is in the books as" in text
    assert "As it was sent" in text
    assert "EW-MIXED" in text
    assert "Ecwid Clearing" in text
    assert "GST/QST QC" in text
    total = Posting.objects.get(role="sale").total
    assert f"{total.normalize():f}" in text


def test_a_document_of_somebody_else_is_known_by_number_and_total(world, client, keeper):
    world.place(TEE)
    world.sync()
    Posting.objects.filter(role="sale").update(adopted=True, payload={})
    text = shown(client.get(page("preview_record", Record.objects.get().pk)))
    assert "57.49 CAD" in text
    assert "Ana Ruiz" in text


def test_a_held_order_shows_its_reason(world, client, keeper):
    world.set("orders", shipping_item=None)
    world.place(MIXED)
    world.sync()
    text = shown(client.get(page("preview_record", Record.objects.get().pk)))
    assert "Held" in text
    assert "As it was sent" not in text


# -- a change ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def settings_page(world, client, keeper):
    """The settings page of the integration, filled in and looked at instead of saved."""

    def look(**changes):
        url = reverse("admin:integrations_integration_change", args=[world.integration.pk])
        form = sent(client.get(url), **changes)
        return shown(client.post(page("preview_change", world.integration.pk), form))

    return look


@pytest.fixture
def posted(world):
    world.place(MIXED, TEE)
    world.sync()
    return world


def test_settings_as_they_are_change_nothing(posted, settings_page):
    assert "0 of the last 2 orders would come out different." in settings_page()


def test_a_changed_setting_shows_before_and_after(posted, settings_page):
    text = settings_page(**{"orders-0-number_prefix": "WEB-"})
    assert "2 of the last 2 orders would come out different." in text
    assert "EW-K3T9Q" in text
    assert "WEB-K3T9Q" in text
    assert posted.integration.orders.number_prefix == "EW-"


def test_a_changed_mapping_on_the_same_page_counts_too(posted, settings_page):
    rows = list(posted.integration.tax_mappings.order_by("key"))
    index = [row.taxes for row in rows].index(["GST", "QST"])
    text = settings_page(**{f"tax_mappings-{index}-code": ""})
    assert "2 of the last 2" in text
    assert "Held" in text
    removed = settings_page(**{f"tax_mappings-{index}-DELETE": "on"})
    assert "Held" in removed


def test_a_changed_refund_setting_shows_the_refunds(posted, settings_page):
    posted.set("refunds", enabled=True, account=posted.entry("Account", "Ecwid Clearing"))
    posted.ecwid.control("POST", f"stores/{posted.store_id}/orders/K3T9Q/refund", {"amount": 7})
    posted.sync()
    text = settings_page(**{"refunds-0-number_prefix": "BACK-"})
    assert "1 of the last 2 orders would come out different." in text
    assert "Refund K3T9Q" in text
    assert "R-K3T9Q" in text
    assert "BACK-K3T9Q" in text
    assert "WEB-" not in text


def test_what_could_not_be_saved_says_what_is_wrong(posted, settings_page):
    text = settings_page(**{"orders-0-rounding_cap": "much"})
    assert "could not be saved like this" in text
    assert "errornote" in text


def test_the_settings_page_offers_it(posted, client, keeper):
    url = reverse("admin:integrations_integration_change", args=[posted.integration.pk])
    text = shown(client.get(url))
    assert page("preview_change", posted.integration.pk) in text
    assert page("preview", posted.integration.pk) in text


@pytest.fixture
def mapping_page(client, keeper):
    """The page of one mapping, filled in and looked at instead of saved."""

    def look(mapping, **changes):
        model = mapping._meta.model_name
        form = sent(client.get(reverse(f"admin:sync_{model}_change", args=[mapping.pk])), **changes)
        return shown(client.post(page("preview_change_mapping", model, mapping.pk), form))

    return look


def test_each_mapping_can_be_looked_at_before_it_is_saved(posted, mapping_page):
    tax = posted.integration.tax_mappings.get(key="gst + qst")
    method = posted.integration.payment_mappings.get(method="Credit card")
    match = ProductMatch.objects.create(
        integration=posted.integration, sku="TEE-M", item=posted.entry("Item", "Shipping")
    )

    assert "0 of the last 2 orders would come out different." in mapping_page(tax)
    assert "Held" in mapping_page(tax, code="")
    assert "PayPal Clearing" in mapping_page(method, account=posted.entry("Account", "PayPal Clearing").pk)
    assert "Discount" in mapping_page(match, item=posted.entry("Item", "Discount").pk)
    assert posted.integration.tax_mappings.get(pk=tax.pk).code == tax.code


def test_a_mapping_that_could_not_be_saved_says_what_is_wrong(posted, mapping_page):
    tax = posted.integration.tax_mappings.get(key="gst + qst")
    assert "could not be saved like this" in mapping_page(tax, code="nonsense")


def test_the_page_of_a_mapping_offers_it(posted, client, keeper):
    for mapping in (posted.integration.tax_mappings.first(), posted.integration.payment_mappings.first()):
        model = mapping._meta.model_name
        text = shown(client.get(reverse(f"admin:sync_{model}_change", args=[mapping.pk])))
        assert page("preview_change_mapping", model, mapping.pk) in text


def test_what_is_no_mapping_is_none_to_compare(posted, client, keeper):
    assert client.post(page("preview_change_mapping", "record", Record.objects.first().pk)).status_code == 404


def setup_form(world, step, **changes):
    from sync.wizard.setup import Setup
    from sync.wizard.steps import step_named

    setup = Setup.of(Integration.objects.get(pk=world.integration.pk))
    form = step_named(setup, step).form(setup, None)
    values = {bound.html_name: bound.value() for bound in form}
    given = {name: "on" if value is True else value for name, value in values.items() if value not in (None, False)}
    return {name: getattr(value, "pk", value) for name, value in given.items()} | changes


@pytest.mark.parametrize(
    ("step", "changes", "expected"),
    [
        ("sales", {"number_prefix": "WEB-"}, "WEB-K3T9Q"),
        ("options", {"start_date": "2100-01-01"}, "Skipped"),
        ("advanced", {"due_offset": "10", "due_unit": "days"}, "Due date"),
    ],
)
@pytest.mark.usefixtures("keeper")
def test_a_page_of_the_setup_can_be_looked_at_before_it_is_saved(posted, client, step, changes, expected):
    form = setup_form(posted, step, **changes)
    text = shown(client.post(page("preview_change_step", posted.integration.pk, step), form))
    assert "of the last 2 orders would come out different." in text
    assert expected in text


def test_taxes_and_payments_of_the_setup_too(posted, client, keeper):
    row = posted.integration.tax_mappings.get(key="gst + qst")
    form = setup_form(posted, "taxes", **{f"code_{row.pk}": ""})
    text = shown(client.post(page("preview_change_step", posted.integration.pk, "taxes"), form))
    assert "Held" in text
    method = posted.integration.payment_mappings.get(method="Credit card")
    other = posted.entry("Account", "PayPal Clearing")
    form = setup_form(posted, "payments", **{f"account_{method.pk}": other.pk})
    text = shown(client.post(page("preview_change_step", posted.integration.pk, "payments"), form))
    assert "2 of the last 2" in text
    assert "PayPal Clearing" in text


def test_the_page_of_new_products_shows_products_and_no_orders(posted, client, keeper):
    posted.set("products", enabled=True)
    posted.set("items", income_account=None)
    posted.sync()
    posted.ecwid.control("POST", f"stores/{posted.store_id}/products", {"sku": "MUG-1", "name": "Mug", "price": 20})
    posted.sync()
    posted.set("items", income_account=posted.entry("Account", "Sales of Product Income"))
    step = reverse("sync:setup_step", args=[posted.integration.pk, "products"])
    assert page("preview_change_step", posted.integration.pk, "products") in shown(client.get(step))
    form = setup_form(posted, "products", create_as="service")
    text = shown(client.post(page("preview_change_step", posted.integration.pk, "products"), form))
    for expected in ("of 30 products would come out different.", "MUG-1", "Non-inventory", "Service"):
        assert expected in text, expected
    assert "orders would come out different" not in text


def test_the_page_of_stock_shows_levels(posted, client, keeper):
    posted.set("stock", enabled=True)
    posted.sync(flows=["stock"])
    url = page("preview_change_step", posted.integration.pk, "stock")
    text = shown(client.post(url, setup_form(posted, "stock", guard_percent="50")))
    assert "0 of" in text
    assert "stock levels would come out different." in text
    assert "orders would come out different" not in text


def test_settings_of_a_flow_that_is_switched_off_say_so(posted, settings_page):
    text = settings_page(**{"stock-0-guard_percent": "50"})
    assert "0 of the last 2 orders" in text
    assert "stock levels" not in text


def test_a_match_shows_the_level_that_follows_from_it(posted, client, keeper, mapping_page):
    posted.set("stock", enabled=True)
    posted.sync(flows=["stock"])
    match = ProductMatch.objects.create(
        integration=posted.integration, sku="TEE-M", item=posted.entry("Item", "Shipping")
    )
    text = mapping_page(match, sku="CAP")
    assert "stock levels would come out different." in text


def test_payments_switched_off_are_gone(posted, client, keeper):
    form = setup_form(posted, "flows")
    form.pop("payments")
    text = shown(client.post(page("preview_change_step", posted.integration.pk, "flows"), form))
    assert "2 of the last 2" in text


def test_a_page_of_the_setup_that_has_no_form_is_none_to_compare(posted, client, keeper):
    for step in ("live", "nothing"):
        assert client.post(page("preview_change_step", posted.integration.pk, step)).status_code == 404


# -- who may -----------------------------------------------------------------------------------------------------------


def addresses(world):
    pk, record, tax = world.integration.pk, Record.objects.get().pk, world.integration.tax_mappings.first().pk
    changes = [page("preview_change", pk), page("preview_change_step", pk, "sales")]
    return {
        "get": [page("preview", pk), page("preview_record", record)],
        "post": [*changes, page("preview_change_mapping", "taxmapping", tax)],
    }


@pytest.fixture
def one(world):
    world.place(TEE)
    world.sync()
    return world


def test_anonymous_visitors_sign_in_first(one, client):
    for method, urls in addresses(one).items():
        for url in urls:
            answer = getattr(client, method)(url)
            assert answer.status_code == 302
            assert "/login/" in answer.url


def test_members_of_other_businesses_find_nothing(one, client):
    other = person("other")
    Membership.objects.create(user=other, business=Business.objects.create(name="Other"), role="owner")
    client.force_login(other)
    for method, urls in addresses(one).items():
        for url in urls:
            assert getattr(client, method)(url).status_code == 404, url


def test_viewers_look_but_do_not_try_changes(one, client):
    client.force_login(member(one.integration.business, "viewer"))
    urls = addresses(one)
    assert {client.get(url).status_code for url in urls["get"]} == {200}
    assert {client.post(url).status_code for url in urls["post"]} == {403}


def test_changes_are_only_ever_sent(one, client, keeper):
    for url in addresses(one)["post"]:
        assert client.get(url).status_code == 405


# -- cost and words ----------------------------------------------------------------------------------------------------


def statements(client, url, method="get", **form):
    with CaptureQueriesContext(connection) as captured:
        assert getattr(client, method)(url, form).status_code == 200
    return len(captured)


def test_a_comparison_costs_the_same_however_many_orders_differ(posted, client, keeper):
    url = page("preview_change_step", posted.integration.pk, "sales")
    form = setup_form(posted, "sales", number_prefix="X")
    statements(client, url, "post", **form)
    before = statements(client, url, "post", **form)
    posted.place(*({**TEE, "order_id": f"N{number}"} for number in range(8)))
    posted.sync()
    assert statements(client, url, "post", **form) <= before


def test_every_code_has_its_words():
    assert {name for name, _read in _PARTS} <= PARTS.keys()
    assert {"Invoice", "SalesReceipt", "RefundReceipt", "CreditMemo", "Payment", "Customer", "Item"} == DOCUMENTS.keys()
    params = dict.fromkeys(
        ("sku", "type", "taxes", "id", "email", "name", "prefix", "number", "time_zone", "method"), "x"
    )
    more = {"kind": "shipping", "module": "bookings", "offset": "1", "unit": "days", "date": "2026-03-01"}
    for by in Because:
        assert told(Decided(by, params | more)), by


def test_a_decision_reads_well_without_what_is_empty():
    assert told(Decided(Because.TAX_MAPPED, {"taxes": ""})) == "tax mapping of untaxed lines"
    assert told(Decided(Because.NUMBER_OF_ORDER, {"prefix": ""})) == "order number of the store"
    assert told(Decided(Because.DUE_AFTER, {"offset": "1", "unit": "weeks"})) == "1 week after the date"
