"""What a preview shows is what a sync then posts, with what decided each part; and it touches nothing."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.clients import store_for
from integrations.connecting import check_books
from integrations.models import BooksConnection, BooksObject
from sync.document_texts import told
from sync.engine import preview as previewing
from sync.engine.preview import NotReady, preview_orders
from sync.engine.pull import pull
from sync.models import ModuleSettings, Posting, ProductMatch, Record
from sync.translate.because import Because
from tests.support.world import money

ANA = {"id": 3301, "email": "ana@example.test", "name": "Ana Ruiz"}
TEE = {"lines": [{"sku": "TEE-M", "quantity": 2, "price": 25}], "order_id": "K3T9Q"}
EVERYTHING = {
    "lines": [{"sku": "TEE-M", "quantity": 3, "price": "19.99"}, {"sku": "NEW-1", "name": "New thing", "price": 7}],
    "shipping": "9.50",
    "shipping_method": "Post",
    "coupon": {"type": "absolute", "value": 4, "code": "FOUR"},
    "tip": 2,
    "comments": "Leave it at the door",
    "order_id": "EVERY",
}


@pytest.fixture
def preview(world):
    """Preview as somebody who looks now."""

    def run(**options):
        integration = type(world.integration).objects.get(pk=world.integration.pk)
        return preview_orders(integration, clock=world.time.clock, **options)

    return run


def tables():
    """Every row of every table of ours."""
    models = [model for model in apps.get_models() if model._meta.app_label in {"accounts", "integrations", "sync"}]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


def reread(world):
    """Read the company's lists anew, which is what comes before a preview."""
    check_books(BooksConnection.objects.get(), clock=world.time.clock)


def document(previewed, kind="Invoice"):
    [found] = [one for one in previewed.documents if one.type == kind]
    return found


def part(shown, name):
    [found] = [one for one in shown.parts if one.name == name]
    return found


def said(shown, name):
    return [one.by for one in part(shown, name).because]


def real(payload, names):
    """A previewed payload with stand-ins replaced by the ids that QuickBooks gave."""
    if isinstance(payload, dict):
        return {key: real(value, names) for key, value in payload.items()}
    if isinstance(payload, list):
        return [real(value, names) for value in payload]
    return names.get(payload, payload) if isinstance(payload, str) else payload


# -- the same as a sync ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
@pytest.mark.parametrize("name", ["CA", "US", "US_NONE", "US_MANUAL"])
def test_what_is_shown_is_what_is_then_posted_to_the_letter(make_world, name, post_as):
    world = make_world(name, post_as=post_as)
    sku = {"CA": "TUQ-ANT"}.get(name, "HAT-BLA")
    world.place({**EVERYTHING, "lines": [{"sku": sku, "quantity": 3, "price": "19.99"}, *EVERYTHING["lines"][1:]]})
    [shown] = preview_orders(world.integration, clock=world.time.clock)
    assert shown.action == "would_create", shown
    world.sync()
    posted = list(Posting.objects.order_by("pk"))
    names = {f"new sale {shown.record.store_ref}": next(one.books_ref for one in posted if one.role == "sale")}
    for one in Posting.objects.filter(role__in=["customer", "item"]):
        entry = BooksObject.objects.get(type=one.books_type, books_ref=one.books_ref)
        names[f"new customer {entry.name}" if one.role == "customer" else f"new item {entry.sku_key}"] = one.books_ref
    previewed = [(one.type, real(one.payload, names)) for one in shown.documents]
    assert sorted(previewed, key=repr) == sorted(((one.books_type, one.payload) for one in posted), key=repr)
    assert [one.total for one in shown.documents if one.total is not None] == [
        one.total for one in posted if one.total is not None
    ]


def test_the_total_is_proven_to_be_the_stores(world, preview):
    world.place(EVERYTHING)
    [shown] = preview()
    assert shown.is_proven
    assert shown.store_total == shown.books_total == document(shown).total
    invoice = document(shown)
    assert invoice.net + sum(tax.amount for tax in invoice.taxes) == invoice.total


def test_it_shows_lines_and_taxes_rate_by_rate(world, preview):
    world.place(TEE)
    [shown] = preview()
    invoice, payment = document(shown), document(shown, "Payment")
    [line] = invoice.lines
    assert (line.quantity, line.unit_price, line.amount, line.tax_code) == (2, 25, 50, "GST/QST QC")
    assert [(tax.percent, tax.net, tax.amount) for tax in invoice.taxes] == [
        (Decimal(5), 50, Decimal("2.50")),
        (Decimal("9.975"), 50, Decimal("4.99")),
    ]
    assert all(tax.name and not tax.name.isdigit() for tax in invoice.taxes)
    assert payment.total == invoice.total == Decimal("57.49")
    assert part(payment, "invoice").value == part(invoice, "number").value == "EW-K3T9Q"
    assert part(payment, "account").value == "Ecwid Clearing"


# -- nothing happens ---------------------------------------------------------------------------------------------------


def test_quickbooks_is_not_even_asked_and_nothing_is_written(world, preview):
    world.place(
        EVERYTHING,
        {**TEE, "lines": [{"sku": "TEE-M", "price": 5, "taxes": [{"name": "New", "value": 3}]}], "order_id": "U"},
    )
    books, before = world.books(), tables()
    world.quickbooks.reset_counters()
    assert len(preview()) == 2
    assert world.quickbooks.counters()["requests"] == 0
    assert (world.books(), tables()) == (books, before)


def test_filed_orders_need_no_call_to_the_store_either(world, preview):
    world.place({**TEE, "lines": [{"sku": "TEE-M", "price": 5, "taxes": [{"name": "Unknown", "value": 3}]}]})
    world.sync()
    world.place({**TEE, "order_id": "LATER"})
    before = tables()
    world.quickbooks.reset_counters()
    world.ecwid.reset_counters()
    record = Record.objects.get()
    [shown] = preview(refs=[record.store_ref])
    assert (shown.action, shown.reason) == ("held", "tax_unmapped")
    assert world.quickbooks.counters()["requests"] == world.ecwid.counters()["requests"] == 0
    assert tables() == before


def test_it_costs_the_same_however_many_orders_there_are(world, preview):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            preview(limit=50)
        return len(captured)

    world.set("payments", account=None)
    world.place(TEE)
    world.sync()
    world.set("payments", account=world.entry("Account", "Ecwid Clearing"))
    before = statements()
    world.set("payments", account=None)
    world.place(*({**EVERYTHING, "order_id": f"N{number}"} for number in range(6)))
    world.sync()
    world.set("payments", account=world.entry("Account", "Ecwid Clearing"))
    assert len(preview()) == 7
    assert statements() <= before


# -- which orders ------------------------------------------------------------------------------------------------------


def test_before_the_first_sync_they_come_from_the_store_oldest_first(world, preview):
    world.place(*({**TEE, "order_id": f"N{number}", "created": f"2026-03-0{number}T12:00:00Z"} for number in (1, 2, 3)))
    assert [shown.record.number for shown in preview(limit=3)] == ["N1", "N2", "N3"]
    assert len(preview(limit=2)) == 2
    assert not Record.objects.exists()


def test_later_they_are_the_due_ones_only(world, preview):
    world.place({**TEE, "order_id": "GOOD"})
    world.set("orders", shipping_item=None)
    world.place({**TEE, "order_id": "WAITS", "shipping": 5})
    world.sync()
    assert preview() == []
    world.set("orders", shipping_item=world.entry("Item", "Shipping"))
    [shown] = preview()
    assert (shown.record.number, shown.action) == ("WAITS", "would_create")


def test_an_order_that_is_in_the_books_needs_nothing(world, preview):
    world.place(TEE)
    world.sync()
    [shown] = preview(refs=[Record.objects.get().store_ref])
    assert (shown.action, shown.documents, shown.books_total) == ("unchanged", (), None)
    assert shown.sale.doc_number == "EW-K3T9Q"


def test_a_later_payment_is_shown_alone(world, preview):
    world.set("orders", payment_statuses=["PAID", "AWAITING_PAYMENT"])
    [ref] = world.place({**TEE, "payment_status": "AWAITING_PAYMENT"})
    world.sync()
    world.set("payments", account=None)
    world.ecwid.patch(world.store_id, ref, paymentStatus="PAID")
    world.sync()
    world.set("payments", account=world.entry("Account", "Ecwid Clearing"))
    [shown] = preview()
    [payment] = shown.documents
    assert (payment.type, payment.total) == ("Payment", Decimal("57.49"))
    assert part(payment, "invoice").value == "EW-K3T9Q"
    assert part(payment, "customer").value == "Ana Ruiz"


def test_what_is_not_for_the_books_says_why(world, preview):
    world.place({**TEE, "payment_status": "AWAITING_PAYMENT"})
    [shown] = preview()
    assert (shown.action, shown.reason, shown.documents) == ("skipped", "status_not_selected", ())


def test_without_the_companys_lists_there_is_no_preview(world, preview):
    BooksConnection.objects.update(mirrored_at=None)
    with pytest.raises(NotReady):
        preview()


def test_without_options_there_is_no_preview(world, preview):
    world.integration.orders.delete()
    with pytest.raises(NotReady):
        preview()


# -- what decided it ---------------------------------------------------------------------------------------------------


def items(shown):
    return {line.item: line.item_because for line in document(shown).lines}


def test_items_say_how_they_were_found(world, preview):
    mug = world.entry("Item", "Shipping")
    ProductMatch.objects.create(integration=world.integration, sku="BY-HAND", item=mug)
    lines = [{"sku": "TUQ-ANT", "price": 5}, {"sku": "BY-HAND", "name": "Hand", "price": 5}]
    world.place({**EVERYTHING, "lines": [*lines, EVERYTHING["lines"][1]]})
    [shown] = preview()
    because = {line.description: line.item_because for line in document(shown).lines}
    assert because["Hand"].by == Because.ITEM_MATCHED_BY_HAND
    assert (because["New thing"].by, because["New thing"].params["sku"]) == (Because.ITEM_CREATED, "NEW-1")
    assert items(shown)["Tips"].params == {"kind": "tip"}
    assert [part(one, "sku").value for one in shown.documents if one.type == "Item"][-1] == "NEW-1"


def test_the_item_of_a_module_says_whose_it_is(make_world):
    fern = make_world("WIX_GB", slug="fern")
    ModuleSettings.objects.create(integration=fern.integration, module="bookings", item=fern.entry("Item", "Fees"))
    fern.place({"number": "1", "lines": [{"name": "Wheel taster", "price": 48, "module": "bookings"}]})
    [shown] = preview_orders(fern.integration, clock=fern.time.clock)
    decided = items(shown)["Fees"]
    assert (decided.by, decided.params) == (Because.ITEM_OF_MODULE, {"module": "bookings"})
    assert told(decided) == "the default item of “Bookings”"


def test_known_items_say_what_they_were_matched_by(world, preview):
    world.place(TEE)
    world.sync()
    world.set("orders", shipping_item=None)
    world.place({**TEE, "order_id": "SECOND", "shipping": 3})
    world.sync()
    world.set("orders", shipping_item=world.entry("Item", "Shipping"))
    [shown] = preview()
    assert document(shown).lines[0].item_because.by == Because.ITEM_MATCHED_BY_SKU
    assert said(document(shown), "customer") == [Because.CUSTOMER_KNOWN_BY_ID]
    assert [one.type for one in shown.documents] == ["Invoice", "Payment"]


def test_tax_codes_say_which_row_they_came_from(world, preview):
    world.place({"lines": [{"sku": "TEE-M", "price": 5}, {"sku": "A", "name": "A", "price": 5, "taxes": []}]})
    [shown] = preview()
    taxed, untaxed = document(shown).lines
    assert (taxed.tax_because.by, taxed.tax_because.params["taxes"]) == (Because.TAX_MAPPED, "GST + QST")
    assert (untaxed.tax_code, untaxed.tax_because.params["taxes"]) == ("Zero-rated", "")


@pytest.mark.parametrize(
    ("name", "taxes", "because"),
    [
        ("US", ["Sales tax"], Because.TAX_MAPPED),
        ("US", [], Because.TAX_NONE),
        ("US_NONE", ["Sales tax"], Because.TAX_OFF),
    ],
)
def test_us_lines_say_why_they_are_taxable_or_not(make_world, name, taxes, because):
    world = make_world(name)
    world.place({"lines": [{"sku": "A", "name": "A", "price": 5, "taxes": taxes}]})
    [shown] = preview_orders(world.integration, clock=world.time.clock)
    assert document(shown).lines[0].tax_because.by == because


def test_us_taxes_that_meet_on_a_line_are_mapped_one_by_one(make_world):
    world = make_world("US")
    world.map_tax(["State"], "TAX")
    world.map_tax(["City"], "TAX")
    taxes = [{"name": "State", "value": 6}, {"name": "City", "value": 2}]
    world.place({"lines": [{"sku": "A", "name": "A", "price": 50, "taxes": taxes}]})
    [shown] = preview_orders(world.integration, clock=world.time.clock)
    assert document(shown).lines[0].tax_because.by == Because.TAX_MAPPED_EACH


def test_money_says_why_it_goes_where_it_goes(world, preview):
    world.map_method("PayPal", "Ecwid Clearing")
    world.place({**TEE, "payment_method": "PayPal"}, {**TEE, "order_id": "CARD"})
    paypal, card = (document(shown, "Payment") for shown in preview())
    assert said(paypal, "account") == [Because.ACCOUNT_OF_METHOD]
    assert said(card, "account") == [Because.ACCOUNT_BY_DEFAULT]
    assert part(card, "account").because[0].params == {"method": "Credit card"}


def test_customers_say_how_they_were_recognised(world, preview):
    world.quickbooks.add(world.realm, "Customer", {"DisplayName": "Known", "PrimaryEmailAddr": {"Address": "k@x.test"}})
    world.quickbooks.add(world.realm, "Customer", {"DisplayName": "Only Name"})
    reread(world)
    world.place(
        {**TEE, "order_id": "1", "buyer": {"id": 1, "email": "k@x.test", "name": "Kim"}},
        {**TEE, "order_id": "2", "buyer": {"id": 2, "email": "o@x.test", "name": "Only Name"}},
        {**TEE, "order_id": "3", "buyer": {"id": 3, "email": "n@x.test", "name": "Nobody Yet"}},
    )
    shown = {one.record.number: one for one in preview()}
    assert said(document(shown["1"]), "customer") == [Because.CUSTOMER_KNOWN_BY_EMAIL]
    assert said(document(shown["2"]), "customer") == [Because.CUSTOMER_KNOWN_BY_NAME]
    assert said(document(shown["3"]), "customer") == [Because.CUSTOMER_CREATED]
    assert part(document(shown["3"], "Customer"), "name").value == "Nobody Yet"


@pytest.mark.parametrize(
    ("assign", "buyer", "expected"),
    [
        ("generic", ANA, Because.ASSIGNED_TO_GENERIC),
        ("buyer", {"name": "", "email": ""}, Because.BUYER_UNKNOWN),
        ("company", {**ANA, "company": "Ruiz Ltd"}, Because.ASSIGNED_TO_COMPANY),
    ],
)
def test_a_sale_for_somebody_else_than_the_buyer_says_why(make_world, assign, buyer, expected):
    world = make_world("CA", customer=assign, generic_customer="Shop")
    world.place({**TEE, "buyer": buyer})
    [shown] = preview_orders(world.integration, clock=world.time.clock)
    assert said(document(shown), "customer")[0] == expected


def test_a_new_customer_and_a_new_item_are_made_once(world, preview):
    world.place(*({**EVERYTHING, "order_id": f"N{number}"} for number in (1, 2)))
    first, second = preview()
    assert {one.type for one in first.documents} == {"Customer", "Item", "Invoice", "Payment"}
    assert {one.type for one in second.documents} == {"Invoice", "Payment"}
    assert part(document(second), "customer").value == "Ana Ruiz"


def test_numbers_and_dates_say_what_they_follow_from(world, preview):
    world.set("orders", due_offset=2, due_unit="weeks")
    world.place({**TEE, "created": "2026-03-02T02:30:00Z"}, {**TEE, "order_id": "LONG-" + "9" * 30})
    first, long = sorted(map(document, preview()), key=lambda one: part(one, "date").value)
    assert part(first, "date").value == date(2026, 3, 1)  # in Toronto it was the day before
    assert part(first, "date").because[0].params == {"time_zone": "America/Toronto"}
    assert part(first, "due_date").value == date(2026, 3, 15)
    assert part(first, "due_date").because[0].params == {"offset": "2", "unit": "weeks"}
    assert part(first, "number").because[0].params == {"prefix": "EW-"}
    assert said(long, "number") == [Because.NUMBER_SHORTENED]


def test_quickbooks_own_numbers_are_said_to_be(world, preview):
    world.set("orders", auto_number=True)
    world.place(TEE)
    [shown] = preview()
    assert part(document(shown), "number").value == ""
    assert said(document(shown), "number") == [Because.NUMBER_BY_BOOKS]


def test_a_document_moved_out_of_a_closed_period_says_its_true_date(world, preview):
    world.set("orders", closed_period="next_open_day")
    world.quickbooks.preferences(world.realm, AccountingInfoPrefs={"BookCloseDate": "2026-02-28"})
    reread(world)
    world.place({**TEE, "created": "2026-02-10T15:00:00Z"})
    [shown] = preview()
    moved = part(document(shown), "date")
    assert (moved.value, moved.because[0].by) == (date(2026, 3, 1), Because.DATE_OPEN_PERIOD)
    assert moved.because[0].params == {"date": "2026-02-10"}
    assert said(document(shown, "Payment"), "date") == [Because.DATE_OPEN_PERIOD]


def test_the_module_knows_no_quickbooks_client():
    """What cannot be called is not called by mistake."""
    assert not hasattr(previewing, "quickbooks_client")


# -- what is in the books already --------------------------------------------------------------------------------------


def test_an_edited_order_shows_its_document_as_it_will_be(world):
    world.place({**TEE, "payment_status": "PAID", "order_id": "EDITED"})
    world.sync()
    world.act("EDITED", "edit", {"cart": {"lines": [{"sku": "CAP", "name": "Cap", "quantity": 1, "price": 30}]}})
    pull(world.integration, store_for(world.integration.store), now=world.time.now())

    [shown] = preview_orders(world.integration, clock=world.time.clock)
    world.sync()

    assert (shown.action, shown.is_proven) == ("would_update", True)
    invoice = document(shown)
    assert [line.item for line in invoice.lines] == ["Cap"]
    assert part(invoice, "number").value == "EW-EDITED"
    assert invoice.total == money(world.only()["TotalAmt"])
