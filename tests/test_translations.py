"""The French catalogue is whole: nothing is missing, left over, unsure or changed in meaning by a slip."""

import re
from pathlib import Path

import unfold
from django.utils.translation import trans_real

from tests.support.catalogue import as_compiled, compiled, messages, texts_below, texts_of_the_program

PARAMETER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?\w[^>]*>")
END = re.compile(r"[.:!?…]$|\.\.\.$")
# Narrow no-break space before these, and inside « ».
SPACED = re.compile(r"(?<!\u202f)[;!?»]|«(?!\u202f)|(?<=[^\W\d_])(?<!\u202f):(?=\s|$)|(?<= ):")
# Words the glossary at the head of the catalogue decides against; UGS is introduced once as the SKU it is elsewhere.
AVOIDED = re.compile(r"\b(retenue?s?|magasins?|e-?mails?|SKU(?!\)))\b", re.IGNORECASE)


def wrong(check):
    """The messages that do not pass, for reading."""
    return [str(message) for message in messages() if not check(message)]


def sources(message):
    """The source of each French form: one is said in the singular, the rest in the plural."""
    plural = message.text.plural or message.text.singular
    return [message.text.singular, *[plural] * (len(message.french) - 1)]


def agree(message, of):
    """Whether source and French are alike in what `of` finds in them."""
    return all(of(french) == of(source) for source, french in zip(sources(message), message.french, strict=True))


def test_the_catalogue_has_every_text_of_the_program_and_no_other():
    found, translated = texts_of_the_program(), {message.text for message in messages()}
    assert sorted(found - translated) == [], "run bin/messages and translate what is new"
    assert sorted(translated - found) == [], "run bin/messages"


def test_every_text_is_translated():
    assert wrong(lambda message: all(message.french)) == []


def test_no_translation_is_a_guess():
    assert wrong(lambda message: "fuzzy" not in message.flags) == []


def test_plural_texts_have_both_forms():
    assert wrong(lambda message: len(message.french) == (2 if message.text.plural else 1)) == []


def test_the_compiled_catalogue_is_that_of_the_source():
    expected = {}
    for message in messages():
        expected |= as_compiled(message)
    assert compiled() == expected, "run bin/messages"


def test_parameters_are_those_of_the_source():
    assert wrong(lambda message: agree(message, lambda text: sorted(set(PARAMETER.findall(text))))) == []


def test_markup_is_that_of_the_source():
    assert wrong(lambda message: agree(message, lambda text: sorted(TAG.findall(text)))) == []


def test_leading_and_trailing_blanks_agree():
    def blanks(text):
        inner = text.strip(" \n")  # not the no-break space before a colon
        return text.partition(inner)[::2] if inner else text

    assert wrong(lambda message: agree(message, blanks)) == []


def test_final_punctuation_agrees():
    def end(text):
        found = END.search(text.rstrip())
        return found.group().replace("...", "…") if found else ""

    assert wrong(lambda message: agree(message, end)) == []


def test_french_punctuation_and_apostrophes():
    def good(french):
        text = TAG.sub("", french)
        return not SPACED.search(text) and "“" not in text and not re.search(r"\w'\w", text)

    assert wrong(lambda message: all(map(good, message.french))) == []


def test_words_are_those_of_the_glossary():
    def avoided(french):
        return AVOIDED.search(PARAMETER.sub("", french))

    assert wrong(lambda message: not any(map(avoided, message.french))) == []


def test_pages_of_the_admin_theme_are_french_too():
    """django-unfold comes in English: what Django does not translate for it either, our catalogue must."""
    home = Path(unfold.__file__).parent
    found = texts_below(*home.glob("*.py"), *(home / name for name in ("mixins", "templates", "contrib/filters")))
    french = trans_real.translation("fr")._catalog
    assert len(found) > 100
    assert sorted(text for text in found if text.singular not in french and (text.singular, 0) not in french) == []
