"""Names of providers in the reader's language; what a merchant or a company named stays."""

import pytest
from django.utils import translation

from integrations.words import document_in_words, kind_in_words, list_in_words, rates_in_words, status_in_words


@pytest.fixture(autouse=True)
def french():
    with translation.override("fr"):
        yield


@pytest.mark.parametrize(
    ("status", "name", "words"),
    [
        ("AWAITING_PAYMENT", "", "En attente de paiement"),
        ("AWAITING_PAYMENT", "Awaiting payment", "En attente de paiement"),
        ("awaiting_payment", "AWAITING_PAYMENT", "En attente de paiement"),
        ("AWAITING_PAYMENT", "Bank transfer pending", "Bank transfer pending"),
        ("FULLY_REFUNDED", "", "Remboursée"),
        ("FULLY_REFUNDED", "Refunded", "Remboursée"),
        ("FULLY_REFUNDED", "Given back", "Given back"),
        ("CUSTOM_PAYMENT_STATUS_1", "Invoice 30 days", "Invoice 30 days"),
        ("CUSTOM_PAYMENT_STATUS_1", "", "CUSTOM_PAYMENT_STATUS_1"),
        ("", "", ""),
    ],
)
def test_a_status_that_every_store_has_is_translated_unless_it_was_renamed(status, name, words):
    assert status_in_words(status, name) == words


@pytest.mark.parametrize(
    ("taxes", "words"),
    [
        ("GST 5 % + QST 9.975 %", "GST 5 % + QST 9,975 %"),
        ("QST 9.975", "QST 9,975"),
        ("Levy v2.1 (new)", "Levy v2.1 (new)"),
        ("", ""),
    ],
)
def test_rates_have_the_decimal_separator_of_the_language(taxes, words):
    assert rates_in_words(taxes) == words


def test_lists_kinds_and_documents_have_their_words_and_unknown_ones_stay():
    assert (list_in_words("TaxCode"), list_in_words("Vendor")) == ("Code de taxe", "Vendor")
    assert (kind_in_words("Other Current Asset"), kind_in_words("Odd")) == ("Autres actifs à court terme", "Odd")
    assert (document_in_words("SalesReceipt"), document_in_words("Item")) == ("Reçu de vente", "Article")
    assert document_in_words("Estimate") == "Estimate"
