"""French for those who asked for it: pages by profile or browser, mails, sentences, days and amounts."""

import re
from html import unescape

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from integrations.models import Integration
from sync.models import Record, Run
from sync.reasons import TEXTS, explain
from sync.services.reports import report_after_run
from sync.translate.reasons import Reason
from sync.wizard.steps import STEPS
from tests.support.catalogue import messages
from tests.support.expect import GOOD
from tests.support.office import Office

LISTS = (
    "sync_record", "sync_posting", "sync_logentry", "sync_run", "sync_taxmapping", "sync_paymentmapping",
    "sync_productmatch", "sync_modulesettings", "sync_customerlink", "sync_settingchange", "integrations_integration",
    "integrations_storeconnection", "integrations_booksconnection", "integrations_booksobject", "accounts_business",
    "accounts_membership",
)  # fmt: skip
# What a value of every reason's parameters looks like where it is none of ours.
PARAMETERS = {
    name: "x" for text in TEXTS.values() for name in re.findall(r"%\((\w+)\)s", f"{text.sentence}{text.way_out}")
}


@pytest.fixture
def office(db):
    return Office.open("Érable", "934145001")


@pytest.fixture
def francophone(owner):
    User.objects.update(language="fr")
    return owner


@pytest.fixture
def french():
    with translation.override("fr"):
        yield


def english_in(shown):
    """The English sentences of our catalogue that are found in a page or mail, although French has another for them."""
    text = " ".join(unescape(re.sub(r"<(script|style).*?</\1>", " ", shown, flags=re.DOTALL)).split())
    sources = (message.text.singular for message in messages() if message.text.singular not in message.french)
    return [source for source in sources if source.count(" ") >= 2 and "%" not in source and source in text]


class TestWhichLanguage:
    @pytest.mark.parametrize(
        ("profile", "browser", "language"),
        [("fr", "en-US", "fr"), ("", "fr-CA,fr;q=0.9", "fr"), ("en", "fr-FR", "en"), ("", "de", "en")],
    )
    def test_the_profile_decides_otherwise_the_browser(self, client, owner, profile, browser, language):
        User.objects.update(language=profile)
        page = client.get(reverse("sync:inbox"), headers={"accept-language": browser}).content.decode()
        assert f'<html lang="{language}' in page
        assert ("À traiter" in page) == (language == "fr")

    def test_who_is_not_signed_in_yet_gets_the_browsers(self, client, db):
        page = client.get(reverse("admin:login"), headers={"accept-language": "fr-CA"}).content.decode()
        assert "Mot de passe" in page
        assert "Bienvenue sur" in page


class TestPages:
    @pytest.mark.parametrize("name", LISTS)
    def test_lists_are_french(self, client, francophone, name):
        answer = client.get(reverse(f"admin:{name}_changelist"))
        assert answer.status_code == 200
        assert english_in(answer.content.decode()) == []

    @pytest.mark.parametrize("name", [name for name in LISTS if name != "sync_settingchange"])
    def test_pages_of_one_row_are_french(self, client, francophone, name):
        listed = client.get(reverse(f"admin:{name}_changelist")).context["cl"].queryset.first()
        answer = client.get(reverse(f"admin:{name}_change", args=[listed.pk]))
        assert answer.status_code == 200
        assert english_in(answer.content.decode()) == []

    @pytest.mark.parametrize("step", [step.id for step in STEPS])
    def test_the_setup_is_french(self, client, francophone, office, step):
        answer = client.get(reverse("sync:setup_step", args=[office.integration.pk, step]))
        assert english_in(answer.content.decode()) == []

    def test_dashboard_inbox_and_setup_are_french(self, client, francophone, office):
        record = Record.objects.filter(state="held").get()
        group = reverse("sync:inbox_group", args=[office.integration.pk, record.cause])
        for address in (reverse("admin:index"), reverse("sync:inbox"), group, reverse("sync:setup")):
            answer = client.get(address)
            assert answer.status_code == 200
            assert english_in(answer.content.decode()) == []

    def test_english_would_be_noticed(self, client, owner):
        assert "What cannot be posted comes here, with the reason and what to do." in english_in(
            client.get(reverse("sync:inbox") + "?shelf=failed").content.decode()
        )

    def test_days_and_amounts_are_written_as_in_french(self, client, francophone):
        page = client.get(reverse("admin:sync_record_changelist")).content.decode()
        assert "1\xa0234,50\xa0CAD" in page or "1\xa0234,50 CAD" in page
        assert "20/11/2026" in page

    def test_a_page_that_is_not_there_says_so_in_french(self, client, francophone):
        page = client.get("/nothing/here").content.decode()
        assert "Il n’y a rien à cette adresse" in page


class TestSentences:
    @pytest.mark.parametrize("reason", Reason)
    def test_every_reason_is_french(self, reason):
        with translation.override("en"):
            english = explain(reason, PARAMETERS)
        with translation.override("fr"):
            french = explain(reason, PARAMETERS)
        assert french != english
        assert "%" not in french
        assert english_in(french) == []

    def test_days_and_amounts_within_them_too(self, french):
        closed = explain(Reason.CLOSED_PERIOD, {"date": "2026-09-30", "closed_until": "2026-12-31"})
        assert closed.startswith("La commande est datée du 30 septembre 2026, et les comptes sont clos jusqu’au 31 déc")
        assert "1\xa0234,50 CAD" in explain(Reason.TOTAL_NEGATIVE, {"total": "1234.50", "currency": "CAD"})

    def test_what_is_no_day_and_no_amount_is_shown_as_it_is(self, french):
        assert "datée du ?," in explain(Reason.CLOSED_PERIOD, {})
        assert "12.5.0" in explain(Reason.TOTAL_NEGATIVE, {"total": "12.5.0", "currency": "CAD"})

    def test_codes_become_words(self, french):
        assert "pourboires" in explain(Reason.SPECIAL_ITEM_MISSING, {"kind": "tip", "amount": "2", "currency": "CAD"})
        assert "« En attente de paiement »" in explain(
            Reason.STATUS_NOT_SELECTED, {"status": "AWAITING_PAYMENT"}
        ).replace("\u202f", " ")


class TestMails:
    def test_a_report_is_in_the_language_of_the_integration(self, world, time):
        Integration.objects.update(report_when="always", report_recipients=["a@example.test"], report_language="fr")
        world.integration.refresh_from_db()
        world.place({**GOOD, "order_id": "A"})
        world.integration.tax_mappings.update(code="")
        world.sync()
        report_after_run(Run.objects.get(), now=time.clock.now())
        (sent,) = mail.outbox
        assert "1 commande attend votre décision" in sent.subject
        for shown in (sent.body, sent.alternatives[0][0]):
            assert "Ce qui attend votre décision" in shown
            assert english_in(shown) == []
