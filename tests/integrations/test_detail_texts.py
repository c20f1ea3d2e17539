"""Details of errors in the reader's language: what our adapters say, never a provider's own words."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

from integrations import errors
from integrations.connect_texts import error_in_words
from integrations.detail_texts import detail_in_words
from integrations.errors import TemporaryError
from sync.reasons import explain

ROOT = Path(__file__).resolve().parents[2]
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.RemoteError)}


@pytest.fixture
def french():
    with translation.override("fr"):
        yield


def said_by_adapters():
    """What the code passes to our errors, with something in the place of each value."""
    for file in (ROOT / "integrations").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KINDS and node.args:
                yield from _spoken(node.args[0])


def _spoken(argument):
    if isinstance(argument, ast.Constant):
        yield argument.value
    if isinstance(argument, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.Constant) else _example(one) for one in argument.values]
        yield "".join(parts)


def _example(value):
    return "GET /orders" if ast.unparse(value.value).endswith("shown") else "example"


@pytest.mark.parametrize("detail", sorted(set(said_by_adapters())))
def test_every_detail_of_our_own_is_french(detail, french):
    assert detail_in_words(detail) != detail


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("the access token is not accepted", "le jeton d’accès n’est pas accepté"),
        ("the access token is not accepted (HTTP 401)", "le jeton d’accès n’est pas accepté (HTTP 401)"),
        ("total is not a number: twelve dollars", "total n’est pas un nombre\u202f: twelve dollars"),
        (
            "GET /v3/1/orders got no usable answer (HTTP 503)",
            "GET /v3/1/orders n’a pas reçu de réponse utilisable (HTTP 503)",
        ),
    ],
)
def test_values_and_facts_stay(detail, words, french):
    assert detail_in_words(detail) == words


@pytest.mark.parametrize("detail", ["Business Validation Error: the tax rate is missing", "MugCo", "", "100 % sure"])
def test_a_providers_own_words_stay_as_they_are(detail, french):
    assert detail_in_words(detail) == detail


def test_english_stays_as_it_is_stored():
    assert detail_in_words("%s is missing") == "%s is missing"
    assert detail_in_words("the list /orders came without items") == "the list /orders came without items"


def test_pages_and_reasons_show_details_in_french(french):
    shown = error_in_words(TemporaryError("too many requests", 429), "Ecwid")
    assert "trop de demandes (HTTP 429)" in shown
    assert "trop de demandes" in explain("store_unavailable", {"detail": "too many requests (HTTP 429)."})
