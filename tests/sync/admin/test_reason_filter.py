"""Records and log entries by reason: every code is offered as a sentence that a bookkeeper can read (L1, L3)."""

from collections import Counter

import pytest
from django.urls import reverse
from django.utils import translation

from sync.admin.filters import ReasonFilter
from sync.models import LogEntry, Record
from sync.translate.reasons import Reason
from tests.support.office import Office

LISTS = {"record": Record, "logentry": LogEntry}


def offered(language):
    """The choices as they are shown: {code: sentence}."""
    with translation.override(language):
        return dict(ReasonFilter.lookups(None, None, None))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_reason_is_offered_once_in_words(language):
    sentences = offered(language)
    assert set(sentences) == set(Reason)
    for code, sentence in sentences.items():
        assert sentence[:1].isupper() or sentence[:1] in "“«…", code
        assert "%(" not in sentence, code
        assert "… …" not in sentence, code
        assert code not in sentence, "a code is no sentence"
    assert [sentence for sentence, count in Counter(sentences.values()).items() if count > 1] == []


@pytest.mark.parametrize("name", LISTS)
def test_a_reason_narrows_the_list(client, db, name):
    office = Office.open("Maple", "934145001")
    client.force_login(office.hire("vera", "viewer"))
    url = reverse(f"admin:sync_{name}_changelist")
    shown = client.get(url, {"reason": "tax_unmapped"}).context["cl"]
    assert {row.reason for row in shown.result_list} == {"tax_unmapped"}
    assert not client.get(url, {"reason": "sku_missing"}).context["cl"].result_list
    assert LISTS[name].objects.exclude(reason="tax_unmapped").exists()
