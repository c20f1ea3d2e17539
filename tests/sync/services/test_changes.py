"""Who changed which setting, when, from what to what: from every place where settings are changed, never a secret."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from integrations.models import BooksObject, Integration
from integrations.money import json_dumps
from sync.models import ModuleSettings, OrderSettings, PaymentMapping, SettingChange, TaxMapping
from sync.reports import changes
from sync.services.changes import author, changes_noted, connection_note
from sync.setup_file import apply
from tests.support.office import NOW, SECRETS, Office, person
from tests.support.pages import sent


@pytest.fixture
def office(db):
    office = Office.open("Maple", "934145001")
    SettingChange.objects.all().delete()
    return office


@pytest.fixture
def ana(office):
    return office.hire("ana", "bookkeeper")


def noted():
    """(part, setting, before, after) as people read them, oldest first."""
    rows = SettingChange.objects.order_by("pk")
    return [
        (changes.part_shown(row), changes.field_shown(row), changes.old_shown(row), changes.new_shown(row))
        for row in rows
    ]


def changed(office, ana, what):
    with changes_noted(office.integration, by=author(ana)):
        what()
    return noted()


class TestWhatIsNoted:
    def test_a_choice_in_the_words_of_its_form(self, office, ana):
        def act():
            OrderSettings.objects.update(post_as="sales_receipt")

        [(_part, setting, before, after)] = changed(office, ana, act)

        assert (setting, before, after) == ("Post as", "Invoice", "Sales receipt")

    def test_who_and_when(self, office, ana):
        with changes_noted(office.integration, by=author(ana)):
            OrderSettings.objects.update(number_prefix="EW-")

        row = SettingChange.objects.get()
        assert (row.by, row.user, row.business, row.integration) == ("ana", ana, office.business, office.integration)

    def test_the_author_stays_known_when_the_user_is_gone(self, office, ana):
        changed(office, ana, lambda: OrderSettings.objects.update(number_prefix="EW-"))

        ana.delete()

        assert SettingChange.objects.get().by == "ana"

    def test_quickbooks_entries_by_their_names(self, office, ana):
        shipping = office.entry("Shipping")

        [row] = changed(office, ana, lambda: OrderSettings.objects.update(shipping_item=shipping))

        assert row[1:] == ("Shipping item", "", "Shipping")

    def test_switches_as_yes_and_no(self, office, ana):
        [row] = changed(office, ana, lambda: Integration.objects.update(paused=True))

        assert row[1:] == ("Paused", "No", "Yes")

    def test_lists_and_what_their_emptiness_means(self, office, ana):
        [row] = changed(office, ana, lambda: OrderSettings.objects.update(payment_statuses=["PAID", "REFUNDED"]))

        assert row[1:] == ("Payment statuses", "all", "PAID, REFUNDED")

    def test_a_tax_code_by_its_name(self, office, ana):
        [row] = changed(office, ana, lambda: TaxMapping.objects.filter(key="tva 5,5 %").update(code="20"))

        assert row == ("Tax mapping: TVA 5,5 %", "QuickBooks tax code", "", "GST")

    def test_a_row_that_is_deleted(self, office, ana):
        [row] = changed(office, ana, lambda: PaymentMapping.objects.filter(method="PayPal").delete())

        assert row == ("Payment mapping: PayPal", "Account", "Clearing", "")

    def test_a_row_that_appears_by_itself_is_no_decision(self, office, ana):
        def learn():
            TaxMapping.objects.create(integration=office.integration, taxes=["PST"])
            PaymentMapping.objects.create(integration=office.integration, method="Cash")
            ModuleSettings.objects.create(integration=office.integration, module="events")

        assert changed(office, ana, learn) == []

    def test_a_module_that_is_switched_off_the_first_time(self, office, ana):
        def switch_off():
            ModuleSettings.objects.create(integration=office.integration, module="pricing_plans", enabled=False)

        assert changed(office, ana, switch_off) == [("Module: Pricing plans", "Post its orders", "Yes", "No")]

    def test_what_syncs_move_is_no_setting(self, office, ana):
        assert changed(office, ana, lambda: Integration.objects.update(orders_read_until=NOW, revision=9)) == []

    def test_nothing_for_nothing(self, office, ana):
        assert changed(office, ana, lambda: None) == []

    def test_other_integrations_are_left_alone(self, office, ana):
        other = Office.open("Zephyr", "934145002")
        SettingChange.objects.all().delete()

        assert (
            changed(
                office,
                ana,
                lambda: OrderSettings.objects.filter(integration=other.integration).update(number_prefix="Z"),
            )
            == []
        )

    def test_a_change_that_fails_leaves_no_note(self, office, ana):
        def fail():
            OrderSettings.objects.update(number_prefix="EW-")
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            changed(office, ana, fail)

        assert noted() == []
        assert not OrderSettings.objects.filter(number_prefix="EW-").exists()

    def test_the_cost_does_not_grow_with_the_mappings(self, office, ana, django_assert_max_num_queries):
        for number in range(40):
            TaxMapping.objects.create(integration=office.integration, taxes=[f"T{number}"], code="20")
            PaymentMapping.objects.create(
                integration=office.integration, method=f"M{number}", account=office.entry("Clearing")
            )

        with django_assert_max_num_queries(30):
            changed(office, ana, lambda: TaxMapping.objects.update(code="21"))


class TestFromTheAdmin:
    def page(self, office):
        return reverse("admin:integrations_integration_change", args=[office.integration.pk])

    def test_the_integrations_page(self, client, office, ana):
        client.force_login(ana)
        form = sent(client.get(self.page(office)), **{"orders-0-number_prefix": "EW-", "daily_hour": "5"})

        assert client.post(self.page(office), form).status_code == 302

        assert {row[1:] for row in noted()} == {
            ("Order number prefix", "", "EW-"),
            ("Hour of the daily sync", "3", "5"),
        }
        assert set(SettingChange.objects.values_list("by", flat=True)) == {"ana"}

    def test_a_form_that_is_refused_changes_and_notes_nothing(self, client, office, ana):
        client.force_login(ana)
        form = sent(client.get(self.page(office)), **{"orders-0-number_prefix": "EW-", "daily_hour": "99"})

        assert client.post(self.page(office), form).status_code == 200

        assert noted() == []

    def test_the_page_of_a_mapping(self, client, office, ana):
        client.force_login(ana)
        row = TaxMapping.objects.get(key="tva 5,5 %")
        url = reverse("admin:sync_taxmapping_change", args=[row.pk])

        client.post(url, {"taxes": "TVA 5,5 %", "code": "20"})

        assert noted() == [("Tax mapping: TVA 5,5 %", "QuickBooks tax code", "", "GST")]

    @pytest.mark.parametrize("way", ["page", "list"])
    def test_deleting_mappings(self, client, office, ana, way):
        client.force_login(ana)
        row = TaxMapping.objects.get(key="gst")
        if way == "page":
            client.post(reverse("admin:sync_taxmapping_delete", args=[row.pk]), {"post": "yes"})
        else:
            chosen = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
            client.post(reverse("admin:sync_taxmapping_changelist"), chosen)

        assert noted() == [("Tax mapping: GST", "QuickBooks tax code", "GST", "")]

    def test_they_are_shown_on_the_integrations_page_and_in_a_list(self, client, office, ana):
        changed(office, ana, lambda: OrderSettings.objects.update(post_as="sales_receipt"))
        client.force_login(office.hire("vera", "viewer"))

        for url in (self.page(office), reverse("admin:sync_settingchange_changelist")):
            text = client.get(url).content.decode()
            assert "Post as" in text, url
            assert "ana" in text, url


class TestFromASetupFile:
    @pytest.fixture
    def document(self, sandbox, db):
        return {
            "business": "Maple Goods",
            "integration": "maple",
            "store": {"provider": "ecwid", "account_id": "1003", "credentials": {"access_token": "secret_sim_1003"}},
            "books": {
                "provider": "quickbooks",
                "account_id": "9341450000000001",
                "credentials": {
                    "access_token": "qbo_access_9341450000000001",
                    "refresh_token": "qbo_refresh_9341450000000001",
                },
            },
        }

    def test_a_new_integration_is_one_note_and_its_connections_one_each(self, document):
        apply(document)

        assert [row[1:] for row in noted()] == [
            ("Credentials", "", "connected"),
            ("Credentials", "", "connected"),
            ("Short name", "", "maple"),
        ]
        assert set(SettingChange.objects.values_list("by", flat=True)) == {"manage.py setup apply"}

    def test_applying_it_again_notes_nothing_and_a_change_notes_the_change(self, document):
        apply(document)
        SettingChange.objects.all().delete()
        apply(document)
        assert noted() == []

        apply(document | {"auto_sync": "daily", "orders": {"number_prefix": "EW-"}})

        assert [row[1:] for row in noted()] == [
            ("Automatic sync", "Every hour", "Once a day"),
            ("Order number prefix", "", "EW-"),
        ]

    def test_on_the_web_it_is_the_user(self, document, django_user_model):
        apply(document, user=person("root", is_superuser=True))

        assert set(SettingChange.objects.values_list("by", flat=True)) == {"root"}

    def test_no_secret_is_ever_kept(self, document, tmp_path):
        file = tmp_path / "maple.json"
        file.write_text(json_dumps(document))
        call_command("setup", "apply", str(file))

        kept = str(list(SettingChange.objects.values()))
        assert "secret_sim" not in kept
        assert "qbo_" not in kept


class TestFromTheSetupPages:
    def test_a_page_that_is_saved(self, client, office, ana):
        client.force_login(ana)
        url = reverse("sync:setup_step", args=[office.integration.pk, "options"])
        fields = client.get(url).context["form"]
        given = {bound.html_name: bound.value() for bound in fields if bound.value() not in (None, False)}

        answer = client.post(url, given | {"auto_sync": "daily", "daily_hour": "5"})

        assert answer.status_code == 302
        assert {row[1:] for row in noted()} == {
            ("Automatic sync", "Every hour", "Once a day"),
            ("Hour of the daily sync", "3", "5"),
        }
        assert set(SettingChange.objects.values_list("by", flat=True)) == {"ana"}

    def test_pausing_and_resuming(self, client, office, ana):
        client.force_login(ana)
        for page in ("sync:pause", "sync:resume"):
            client.post(reverse(page, args=[office.integration.pk]))

        assert [row[1:] for row in noted()] == [("Paused", "No", "Yes"), ("Paused", "Yes", "No")]


class TestConnections:
    @pytest.fixture
    def owner(self, office):
        return office.hire("olivia", "owner")

    def test_disconnecting_a_store(self, client, office, owner):
        client.force_login(owner)

        client.post(reverse("connect:store_disconnect", args=[office.store.pk]))

        assert noted() == [("Store: Maple shop", "Credentials", "", "disconnected")]
        assert SettingChange.objects.get().user == owner

    def test_connecting_a_store_with_a_token(self, client, sandbox, office, owner):
        client.force_login(owner)
        given = {"business_choice": office.business.pk, "account_id": "1004", "access_token": "secret_sim_1004"}

        client.post(reverse("connect:ecwid_token"), given)

        [row] = noted()
        assert row[1:] == ("Credentials", "", "connected")
        assert "secret_sim" not in str(list(SettingChange.objects.values()))

    def test_what_could_not_be_connected_is_not_noted(self, client, sandbox, office, owner):
        client.force_login(owner)
        given = {"business_choice": office.business.pk, "account_id": "1004", "access_token": "secret_wrong"}

        client.post(reverse("connect:ecwid_token"), given)

        assert noted() == []

    def test_only_that_credentials_were_replaced(self, office, ana):
        connection_note(office.store, what="replaced", by=author(ana))

        assert noted() == [("Store: Maple shop", "Credentials", "", "replaced")]
        assert not any(secret in str(list(SettingChange.objects.values())) for secret in SECRETS)


def test_what_a_later_version_no_longer_knows_is_shown_as_it_was_kept(office):
    row = SettingChange(model="sync.gone", field="what", old="a", new="b", subject="x")
    assert (changes.part_shown(row), changes.field_shown(row), changes.new_shown(row)) == ("sync.gone: x", "what", "b")
    row.model = "sync.ordersettings"
    assert changes.field_shown(row) == "what"


def test_dates_are_shown_as_dates(office, ana):
    from datetime import date

    Integration.objects.update(start_date=date(2026, 1, 1))
    [row] = changed(office, ana, lambda: Integration.objects.update(start_date=date(2026, 3, 1)))

    assert row[1:] == ("Start date", "01/01/2026", "03/01/2026")


def test_every_part_has_a_name():
    names = [name for _key, name in changes.parts()]
    assert len(set(names)) == len(names)


def test_the_names_in_the_snapshot_are_those_of_the_books(office, ana):
    """Renaming an entry in QuickBooks is no change of a setting, but a note tells the name of its time."""
    changed(office, ana, lambda: OrderSettings.objects.update(shipping_item=office.entry("Shipping")))
    BooksObject.objects.filter(name="Shipping").update(name="Freight")

    assert noted()[-1][3] == "Shipping"
