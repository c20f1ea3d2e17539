"""The inbox (L3): what waits by cause; fix, retry, ignore, take back, and what a page costs."""

import pytest
from django.urls import reverse

from integrations.models import BooksConnection, Integration, StoreConnection
from sync.causes import cause_of
from sync.models import PaymentMapping, Record, TaxMapping
from sync.views import fixing
from tests.support.office import NOW, Office, person
from tests.support.pages import said, sent
from tests.support.waiting import wait

MUG = ("sku_missing", {"product": "Mug"})
TVA = ("tax_unmapped", {"taxes": "TVA 5,5 %"})


@pytest.fixture
def office(office):
    """Without the orders that it has at first."""
    Record.objects.all().delete()
    return office


def shown(client, **query):
    return client.get(reverse("sync:inbox"), query).content.decode()


def groups_on(client, **query):
    answer = client.get(reverse("sync:inbox"), query)
    return [row.group.title for section in answer.context["sections"] for row in section.rows]


def address(office, act, reason, params):
    return reverse(f"sync:inbox_{act}", args=[office.integration.pk, cause_of(reason, params)])


def states():
    return list(Record.objects.order_by("pk").values_list("state", flat=True))


# -- what is shown -----------------------------------------------------------------------------------------------------


def test_what_waits_is_shown_by_cause_with_count_sum_and_way_out(client, keeper, office):
    wait(office.integration, *TVA, amounts=("1000.00", "234.50"))
    page = shown(client)
    assert "Tax not mapped yet: TVA 5,5 %" in page
    assert "Map the tax “TVA 5,5 %” in Taxes" in page
    assert "2 orders" in page
    assert "1,234.50 CAD" in page
    assert "since <time" in page
    assert "11/20/2026" in page


def test_an_empty_inbox_says_so(client, keeper, office):
    assert "Nothing waits for you." in shown(client)
    assert "Nothing is ignored." in shown(client, shelf="ignored")


def test_the_inbox_can_be_narrowed_to_an_integration_and_a_shelf(client, keeper, office):
    other = Office.open("Alder", "934145002")
    other.business.memberships.create(user=keeper, role="viewer")
    Record.objects.all().delete()
    wait(office.integration, *MUG)
    wait(office.integration, "books_unavailable", state="failed")
    wait(other.integration, *TVA)
    assert len(groups_on(client)) == 3
    assert groups_on(client, integration=other.integration.pk) == ["Tax not mapped yet: TVA 5,5 %"]
    assert groups_on(client, integration=office.integration.pk, shelf="failed") == ["QuickBooks could not be reached"]


@pytest.mark.parametrize("query", [{"shelf": "nowhere"}, {"page": "-3"}, {"page": "x"}, {"integration": "x"}])
def test_an_address_that_was_typed_wrong_shows_the_inbox(client, keeper, office, query):
    wait(office.integration, *MUG)
    assert groups_on(client, **query) == ["Product without a SKU: Mug"]


def test_a_group_shows_its_orders_each_with_its_own_sentence(client, keeper, office):
    reason = "special_item_missing"
    wait(office.integration, reason, {"kind": "shipping", "amount": "9.00", "currency": "CAD"})
    wait(office.integration, reason, {"kind": "shipping", "amount": "7.50", "currency": "CAD"})
    page = client.get(address(office, "group", reason, {"kind": "shipping"})).content.decode()
    assert "9.00 CAD of shipping" in page
    assert "7.50 CAD of shipping" in page
    for record in Record.objects.all():
        assert reverse("admin:sync_record_change", args=[record.pk]) in page


def test_a_group_that_is_gone_is_not_found(client, keeper, office):
    assert client.get(address(office, "group", *MUG)).status_code == 404


def test_what_a_store_says_is_text_and_not_markup(client, keeper, office):
    wait(office.integration, "sku_missing", {"product": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in shown(client)
    assert "&lt;script&gt;alert(1)" in shown(client)


def test_the_sidebar_counts_what_waits(client, keeper, office):
    wait(office.integration, *MUG, amounts=("1", "2", "3"))
    assert ">3</span>" in shown(client)
    Record.objects.all().delete()
    assert "sync.views.inbox.badge" not in shown(client)


# -- fix ---------------------------------------------------------------------------------------------------------------


def fix_of(client):
    answer = client.get(reverse("sync:inbox"))
    ((row,),) = (section.rows for section in answer.context["sections"])
    return row.fix


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (["TVA 5,5 %"], "TVA 5,5 %"),
        (["TVA 5,5 % 5.5"], "TVA 5,5 %"),
        (["QST 9.975", "GST 5"], "GST 5 % + QST 9.975 %"),
        (["GST", "QST"], "GST 5 % + QST 9.975 %"),
        ([], ""),
    ],
)
def test_an_unmapped_tax_leads_to_its_own_mapping_row(client, keeper, office, tokens, text):
    TaxMapping.objects.all().delete()
    TaxMapping.objects.create(integration=office.integration, taxes=["Other 7"])
    row = TaxMapping.objects.create(integration=office.integration, taxes=tokens)
    wait(office.integration, "tax_unmapped", {"taxes": text})
    assert fix_of(client).url.startswith(reverse("admin:sync_taxmapping_change", args=[row.pk]))


def test_a_tax_without_a_row_leads_to_the_taxes(client, keeper, office):
    wait(office.integration, "tax_unmapped", {"taxes": "Never seen 7 %"})
    assert fix_of(client).url.startswith(reverse("sync:setup_step", args=[office.integration.pk, "taxes"]))


def test_a_payment_method_leads_to_its_own_mapping_row(client, keeper, office):
    row = PaymentMapping.objects.get(method="PayPal")
    wait(office.integration, "payment_account_missing", {"method": "PayPal"})
    assert fix_of(client).url.startswith(reverse("admin:sync_paymentmapping_change", args=[row.pk]))


@pytest.mark.parametrize(
    ("cause", "step"),
    [
        (("special_item_missing", {"kind": "shipping"}), "sales"),
        (("special_item_missing", {"kind": "tip"}), "advanced"),
        (("closed_period", {}), "advanced"),
        (("item_ambiguous", {"sku": "M"}), "items"),
        (("payment_account_missing", {"method": "Cash"}), "payments"),
    ],
)
def test_a_setting_leads_to_its_page(client, keeper, office, cause, step):
    wait(office.integration, *cause)
    url = fix_of(client).url
    assert url.startswith(reverse("sync:setup_step", args=[office.integration.pk, step]))
    assert client.get(url).status_code == 200


@pytest.mark.parametrize(("reason", "side"), [("books_disconnected", "books"), ("store_disconnected", "store")])
def test_a_lost_connection_leads_to_that_connection(client, keeper, office, reason, side):
    wait(office.integration, reason, state="failed")
    pk = getattr(office, side).pk
    assert fix_of(client).url == reverse(f"admin:integrations_{side}connection_change", args=[pk])


@pytest.mark.parametrize(("reason", "place"), [("number_taken", "qbo.intuit.com"), ("sku_missing", "my.ecwid.com")])
def test_what_is_mended_elsewhere_leads_there(client, keeper, office, reason, place):
    wait(office.integration, reason)
    link = fix_of(client)
    assert place in link.url
    assert link.elsewhere


SITE = "5f0c3c1e-0000-4000-8000-00000000b001"
DASHBOARD = f"https://manage.wix.com/dashboard/{SITE}/ecom-platform"


@pytest.mark.parametrize(("profile", "url"), [({"site_id": SITE}, f"{DASHBOARD}/orders-list"), ({}, None)])
def test_a_wix_site_is_opened_by_what_its_dashboard_calls_it(client, keeper, office, profile, url):
    """An installation has another name than its site; where that was never told there is no link."""
    StoreConnection.objects.filter(pk=office.store.pk).update(
        provider="wix", account_id="5f0c3c1e-0000-4000-8000-00000000a001", profile=profile
    )
    wait(office.integration, "sku_missing")
    link = fix_of(client)
    assert (link and link.url) == url


@pytest.mark.parametrize(
    ("ref", "url"),
    [
        ("7c1d0b52-0000-4000-8000-000000000001", "/order-details/7c1d0b52-0000-4000-8000-000000000001"),
        ("events:1/2", None),
    ],
)
def test_an_order_of_a_wix_site_is_opened_there_unless_a_module_sold_it(db, office, ref, url):
    office.integration.store.provider, office.integration.store.profile = "wix", {"site_id": SITE}
    link = fixing.order_link(office.integration, ref)
    assert (link and link.url) == (url and f"{DASHBOARD}{url}")


def test_what_each_record_asks_for_itself_leads_to_the_records(client, keeper, office):
    wait(office.integration, "refund_amount_unknown", kind="refund")
    link = fix_of(client)
    assert link.text == "Open one by one"
    page = client.get(link.url)
    assert page.status_code == 200
    assert "Open one by one" not in page.content.decode(), "that is where it leads"


def test_leaving_levels_alone_is_said_in_their_words(client, keeper, office):
    wait(office.integration, "stock_awaits_approval", kind="stock", currency="", amounts=("0", "0"))
    page = client.post(address(office, "ignore", "stock_awaits_approval", {}), {"all": "1"}).content.decode()
    assert "2 products or levels are left as they are" in page
    assert "left out of the books" not in page


def test_every_place_that_a_reason_names_is_known():
    from sync.reasons import TEXTS

    assert {text.fix for text in TEXTS.values()} - {""} <= set(fixing._LINKS)


def test_mapping_a_tax_from_the_inbox_leads_back_and_says_what_it_released(client, keeper, office):
    row = TaxMapping.objects.get(code="")
    wait(office.integration, *TVA, amounts=("1", "2"))
    wait(office.integration, *MUG)
    Record.objects.update(decided_revision=Integration.objects.get().revision)
    url = fix_of_group(client, "Tax")
    answer = client.post(url, sent(client.get(url), code="20"), follow=True)
    assert answer.redirect_chain[-1][0] == f"{reverse('sync:inbox')}?integration={office.integration.pk}"
    assert "2 orders that waited for this go with the next sync" in said(answer)
    assert reverse("sync:sync_now", args=[office.integration.pk]) in answer.content.decode()
    row.refresh_from_db()
    assert row.code == "20"


def fix_of_group(client, title):
    answer = client.get(reverse("sync:inbox"))
    rows = (row for section in answer.context["sections"] for row in section.rows)
    return next(row.fix.url for row in rows if row.group.title.startswith(title))


def test_fixing_what_was_not_from_the_inbox_stays_where_it_was(client, keeper, office):
    row = TaxMapping.objects.get(code="")
    url = reverse("admin:sync_taxmapping_change", args=[row.pk])
    answer = client.post(url, sent(client.get(url), code="20"))
    assert answer.url == reverse("admin:sync_taxmapping_changelist")


def test_a_fixed_tax_releases_its_orders_with_the_next_sync(client, world):
    """The whole way: held, mapped from the inbox, posted."""
    world.integration.tax_mappings.all().delete()
    world.place({"lines": [{"sku": "TEE-M", "quantity": 2, "price": 25}]})
    world.sync()
    client.force_login(person("root", is_superuser=True))
    url = fix_of_group(client, "Tax not mapped yet: GST 5 % + QST 9.975 %")
    code = world.entry("TaxCode", "GST/QST QC").books_ref
    answer = client.post(url, sent(client.get(url), code=code), follow=True)
    assert "1 order that waited for this goes with the next sync" in said(answer)
    world.sync()
    assert states() == ["posted"]
    assert "Nothing waits for you." in shown(client)


# -- retry, ignore, take back ------------------------------------------------------------------------------------------


def test_retry_all_makes_the_whole_group_due_and_nothing_else(client, keeper, office):
    wait(office.integration, *MUG, amounts=("1", "2"))
    wait(office.integration, *TVA)
    answer = client.post(address(office, "retry", *MUG), {"all": "1"}, follow=True)
    assert "2 records are tried again with the next sync" in said(answer)
    assert list(Record.objects.order_by("pk").values_list("wanted", flat=True)) == [2, 2, 1]


def test_only_the_chosen_orders_are_retried(client, keeper, office):
    first, _second = wait(office.integration, *MUG, amounts=("1", "2"))
    client.post(address(office, "retry", *MUG), {"record": [first.pk]})
    assert list(Record.objects.order_by("pk").values_list("wanted", flat=True)) == [2, 1]


def test_without_a_choice_nothing_is_done(client, keeper, office):
    wait(office.integration, *MUG)
    client.post(address(office, "retry", *MUG), {"record": ["x", ""]})
    client.post(address(office, "ignore", *MUG), {"confirmed": "1"})
    assert list(Record.objects.values_list("wanted", "state")) == [(1, "held")]


def test_a_choice_reaches_only_orders_of_the_group(client, keeper, office):
    (mug,), (tax,) = wait(office.integration, *MUG), wait(office.integration, *TVA)
    client.post(address(office, "retry", *MUG), {"record": [mug.pk, tax.pk]})
    tax.refresh_from_db()
    assert tax.wanted == 1


def test_ignoring_asks_first_and_says_what_it_means(client, keeper, office):
    wait(office.integration, *MUG, amounts=("1000.00", "234.50"))
    answer = client.post(address(office, "ignore", *MUG), {"all": "1"})
    page = answer.content.decode()
    assert "2 orders are left out of the books" in page
    assert "maple, 1,234.50 CAD" in page
    assert states() == ["held", "held"]
    assert 'name="all" value="1"' in page, "what was chosen is sent along"


def test_ignoring_keeps_who_and_when(client, keeper, office):
    wait(office.integration, *MUG)
    answer = client.post(address(office, "ignore", *MUG), {"all": "1", "confirmed": "1"}, follow=True)
    assert "1 record is ignored" in said(answer)
    record = Record.objects.get()
    assert (record.state, record.params["user"]) == ("ignored", "ben")
    assert record.params["at"]
    assert groups_on(client, shelf="ignored") == ["Ignored by ben"]
    page = client.get(address(office, "group", record.reason, record.params)).content.decode()
    assert '<time class="tb-nowrap"' in page


def post_sale(office, record):
    for role in ("sale", "payment"):
        record.postings.create(
            books=office.books, role=role, state="posted", payload={}, books_type="Invoice", books_ref="9"
        )


def test_what_has_a_document_is_not_ignored_and_it_is_said(client, keeper, office):
    posted, _unposted = wait(office.integration, "books_refused", {"code": "1"}, amounts=("1", "2"))
    post_sale(office, posted)
    url = address(office, "ignore", "books_refused", {"code": "1"})
    assert "1 order stays as it is" in client.post(url, {"all": "1"}).content.decode()
    client.post(url, {"all": "1", "confirmed": "1"})
    assert states() == ["held", "ignored"]
    assert "Nothing was ignored" in said(client.post(url, {"all": "1"}, follow=True))


def test_a_change_after_posting_is_let_be_and_the_document_stays(client, keeper, office):
    (edited,) = wait(office.integration, "edited_after_posting", {"wish": "x"}, amounts=("10.00",))
    post_sale(office, edited)
    url = address(office, "ignore", "edited_after_posting", {})
    page = client.post(url, {"all": "1"}).content.decode()
    assert "1 order is in the books already: its document stays as it is" in page
    assert "maple, 10.00 CAD" in page, "an order counts once, however many documents it has"
    assert "never posted" not in page
    client.post(url, {"all": "1", "confirmed": "1"})
    edited.refresh_from_db()
    assert (edited.state, edited.cause) == ("posted", "")


def test_what_was_ignored_can_be_taken_back(client, keeper, office):
    wait(office.integration, *MUG)
    client.post(address(office, "ignore", *MUG), {"all": "1", "confirmed": "1"})
    record = Record.objects.get()
    client.post(address(office, "retry", record.reason, record.params), {"all": "1"})
    record.refresh_from_db()
    assert (record.state, record.reason, record.cause, record.params) == ("new", "", "", {})
    assert record.wanted > record.done


@pytest.mark.parametrize("state", ["held", "failed"])
def test_one_order_is_retried_and_ignored_from_its_own_page(client, keeper, office, state):
    (record,) = wait(office.integration, *MUG, state=state)
    page = reverse("admin:sync_record_change", args=[record.pk])
    answer = client.post(reverse("sync:record_retry", args=[record.pk]))
    assert answer.url == page
    record.refresh_from_db()
    assert record.wanted == 2
    url = reverse("sync:record_ignore", args=[record.pk])
    assert "left out of the books" in client.post(url).content.decode()
    assert client.post(url, {"confirmed": "1"}).url == page
    assert states() == ["ignored"]


def test_afterwards_one_is_where_one_was(client, keeper, office):
    wait(office.integration, *MUG)
    here = f"{reverse('sync:inbox')}?shelf=held"
    assert client.post(address(office, "retry", *MUG), {"all": "1", "next": here}).url == here
    elsewhere = {"all": "1", "next": "https://evil.example/"}
    assert client.post(address(office, "retry", *MUG), elsewhere).url == reverse("sync:inbox")


def test_a_viewer_sees_what_waits_and_is_offered_nothing(client, office):
    wait(office.integration, *TVA)
    client.force_login(office.hire("vera", "viewer"))
    page = shown(client)
    assert "Tax not mapped yet" in page
    assert "Retry all" not in page
    assert "Map this tax" not in page


def test_a_bookkeeper_here_who_is_a_viewer_there_decides_only_here(client, keeper, office):
    other = Office.open("Zephyr", "934145002")
    other.business.memberships.create(user=keeper, role="viewer")
    Record.objects.all().delete()
    wait(office.integration, *MUG)
    wait(other.integration, *MUG)
    assert shown(client).count("Retry all") == 1
    assert client.post(address(other, "retry", *MUG), {"all": "1"}).status_code == 403


def test_a_sync_is_offered_where_orders_were_released_and_shown_while_it_works(client, keeper, office):
    wait(office.integration, *MUG)
    sync = reverse("sync:sync_now", args=[office.integration.pk])
    assert sync not in shown(client)
    Record.objects.update(wanted=2)
    assert sync in shown(client)
    from django.utils import timezone

    office.integration.runs.create(trigger="person", state="running", started_at=timezone.now(), expected=8, seen=2)
    page = shown(client)
    assert "2 of 8 orders" in page
    assert sync not in page


def test_what_the_lists_released_is_told_like_what_a_setting_released(client, keeper, office):
    wait(office.integration, *MUG, decided_mirror=0, at=NOW)
    BooksConnection.objects.update(mirror_revision=3)
    assert "1 record is tried again with the next sync." in shown(client)
