"""How amounts stand on pages."""

import re
from decimal import Decimal

import pytest

from integrations.doubts import Doubt, Unexplained
from sync.document_texts import DOUBTS
from sync.templatetags.documents import doubted, figure


@pytest.mark.parametrize(
    ("value", "currency", "words"),
    [
        ("1234.5", "GBP", "1,234.50"),
        ("12.00000", "GBP", "12.00"),
        ("31.66500", "GBP", "31.665"),
        ("0.3333333", "GBP", "0.3333333"),
        ("1500", "JPY", "1,500"),
        ("1500.50", "JPY", "1,500.5"),
    ],
)
def test_a_figure_has_its_currencys_places_and_more_only_where_they_say_something(value, currency, words):
    assert figure(Decimal(value), currency) == words


def test_no_figure_is_nothing():
    assert figure(None, "GBP") == ""


@pytest.mark.parametrize("what", Unexplained)
def test_what_nobody_can_explain_has_a_sentence_with_its_figures(what):
    names = re.findall(r"%\((\w+)\)s", str(DOUBTS[what]))
    doubt = Doubt.of(what, **{name: Decimal(place) + Decimal("0.50") for place, name in enumerate(names)})
    said = doubted(doubt, "GBP")
    assert all(f"{place}.50 GBP" in said for place in range(len(names)))
