"""Names and texts made to fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.quickbooks import names


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  Zoe   Novak ", "Zoe Novak"),
        ("Size:L", "Size - L"),
        ("a\tb\nc\r\nd", "a b c d"),
        ("Zoë 😀 Novak", "Zoë Novak"),
        ("Zoe\u0308", "Zoë"),
        ("a\x00b\x1fc", "abc"),
        ("👩‍🚀", ""),
        ("☕️ Café", "☕ Café"),
        (":", "-"),
        ("", ""),
        ("Amy's “shop”", "Amy's “shop”"),
    ],
)
def test_customer_names(text, clean):
    assert names.clean_name(text, 100) == clean


def test_cutting_leaves_no_blank_at_the_end():
    assert names.clean_name("abc def", 4) == "abc"


def test_item_names_take_no_double_quote():
    assert names.clean_item_name('Pipe 12" : blue') == "Pipe 12'' - blue"
    assert len(names.clean_item_name("x" * 200)) == 100


@pytest.mark.parametrize(
    ("name", "suffix", "limit", "result"),
    [
        ("Ann Lee", "ann@x.test", 100, "Ann Lee (ann@x.test)"),
        ("Ann Lee", "ann@x.test", 16, "Ann (ann@x.test)"),
        ("Ann Lee", "ann@x.test", 12, "ann@x.test"),
        ("Ann Lee", "Ecwid: 7", 100, "Ann Lee (Ecwid - 7)"),
    ],
)
def test_suffixes(name, suffix, limit, result):
    assert names.with_suffix(name, suffix, limit) == result


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=60), st.text(min_size=1, max_size=30), st.integers(1, 60))
def test_suffixed_names_fit_and_are_clean(name, suffix, limit):
    result = names.with_suffix(name, suffix, limit)
    assert len(result) <= limit
    assert not set(result) & set(":\t\n\r")
    assert result == result.strip()


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=80), st.integers(1, 50))
def test_cleaning_twice_changes_nothing(text, limit):
    once = names.clean_name(text, limit)
    assert names.clean_name(once, limit) == once


def test_what_does_not_fit_whole_is_left_out():
    assert names.fitting("Maximilian", names.FAMILY_NAME) == "Maximilian"
    assert names.fitting("Wolfeschlegelsteinhausen", names.FAMILY_NAME) == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+1 (514) 555-0100", "+1 (514) 555-0100"),
        ("+33 1 23 45 67 89 00 11 2", "+33123456789 00112".replace(" ", "")),
        ("1" * 22, ""),
    ],
)
def test_phones(text, number):
    assert names.phone(text) == number


@pytest.mark.parametrize("address", ["zoe@x.test", "z.o'e+a@mail.x.test", " zoe@x.test "])
def test_good_addresses(address):
    assert names.email(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "zoe",
        "zoe@x",
        "@x.test",
        "a b@x.test",
        "a@b@x.test",
        "a,b@x.test",
        "a..b@x.test",
        ".a@x.test",
        "a@.x.test",
        "é@x.test",
        "a@" + "x" * 99 + ".test",
        "a@x.test.",
        "Zoe <zoe@x.test>",
    ],
)
def test_bad_addresses_are_left_out(address):
    assert names.email(address) == ""


def test_free_text_keeps_its_lines():
    assert names.clean_text("one\r\ntwo 😀\n", 100) == "one\ntwo"
