"""Every reason has a sentence and a way out that a bookkeeper can act on."""

import re

import pytest
from django.utils import translation

from sync.reason_texts import joined
from sync.reasons import TEXTS, Actor, Severity, explain, fix_target, next_step, text_of
from sync.translate.reasons import Reason

PLACES = {
    *("", "taxes", "items", "payments", "orders", "integration", "connection", "quickbooks", "store"),
    *("stock", "stock_push", "refunds", "flows", "record", "modules"),
}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_text(reason):
    text = TEXTS[reason]
    assert str(text.sentence).endswith(".")
    assert text.fix in PLACES


def test_no_reason_has_two_texts():
    """A table quietly overwrites; the join of its parts does not."""
    part = {Reason.ADOPTED: TEXTS[Reason.ADOPTED]}
    other = {Reason.OVERPAID: TEXTS[Reason.OVERPAID]}
    assert joined(part, other) == part | other
    with pytest.raises(ValueError, match="adopted"):
        joined(part, other, part)


@pytest.mark.parametrize("reason", Reason)
def test_missing_parameters_show_as_question_marks(reason):
    text = explain(reason, {})
    assert "%" not in text
    assert ("?" in text) == ("%(" in f"{TEXTS[reason].sentence}{TEXTS[reason].way_out}")


@pytest.mark.parametrize("reason", Reason)
def test_sentences_take_named_text_parameters_only(reason):
    for text in (str(TEXTS[reason].sentence), str(TEXTS[reason].way_out)):
        assert len(re.findall(r"%\([a-z_]+\)s", text)) == text.count("%")


@pytest.mark.parametrize("reason", [reason for reason in Reason if TEXTS[reason].severity in {"held", "failed"}])
def test_whatever_waits_says_the_way_out(reason):
    assert str(TEXTS[reason].way_out)
    assert TEXTS[reason].actor is not Actor.NOBODY


def test_what_a_person_must_mend_names_the_place():
    nowhere = [reason for reason, text in TEXTS.items() if text.actor is Actor.PERSON and not text.fix]
    assert nowhere == []


def test_an_unmapped_tax_names_the_tax_and_the_page():
    assert explain("tax_unmapped", {"taxes": "TVA 5.5 %"}) == (
        "Nobody has said yet what “TVA 5.5 %” is in QuickBooks."
        " Map the tax “TVA 5.5 %” in Taxes; the order is posted with the next sync."
    )
    assert fix_target("tax_unmapped") == "taxes"


def test_an_untaxed_line_is_called_so():
    assert "“no tax”" in explain("tax_unmapped", {"taxes": ""})


def test_codes_in_parameters_become_words():
    assert "it is only partly paid" in explain("receipt_became_invoice", {"cause": "partly_paid"})
    assert "9.90 CAD of gift cards sold" in explain(
        "special_item_missing", {"kind": "gift_card_sold", "amount": "9.90", "currency": "CAD"}
    )
    assert "the income account, the inventory asset account" in explain(
        "item_accounts_missing", {"sku": "A", "accounts": "income, asset"}
    )


def test_a_providers_own_full_stop_is_not_doubled():
    assert "Bad account. Mend" in explain("books_refused", {"code": "6000", "detail": "Bad account."})


def test_percent_signs_in_parameters_are_harmless():
    assert "100 %s" in explain("sku_missing", {"product": "Wool 100 %s"})


def test_no_reason_says_nothing_and_an_unknown_one_shows_its_code():
    assert explain("") == ""
    assert explain("of_a_later_version", {"x": "1"}) == "of_a_later_version"
    assert text_of("of_a_later_version") is None
    assert (next_step(""), fix_target("")) == ("", "")


def test_only_the_next_step():
    assert next_step("books_disconnected").startswith("Connect QuickBooks again")
    assert next_step("order_cancelled") == ""


def test_severity_tells_how_the_record_ended():
    assert text_of("adopted").severity is Severity.OK
    assert text_of("order_cancelled").severity is Severity.SKIPPED
    assert text_of("closed_period").severity is Severity.HELD
    assert text_of("internal_error").severity is Severity.FAILED
