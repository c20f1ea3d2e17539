"""Columns that keep every amount exact, and columns that only we can read."""

from decimal import Decimal

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, transaction
from django.forms import model_to_dict
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Business
from integrations.fields import ExactJSONField, UnreadableSecret
from integrations.models import BooksConnection, StoreConnection
from integrations.money import json_loads

SECRETS = {"access_token": "eyJ-open-sesame", "refresh_token": "RT1-for-a-hundred-days"}
NEW_KEY, OLD_KEY = (Fernet.generate_key().decode() for _ in range(2))


def make_books(**more):
    business, _ = Business.objects.get_or_create(name="Maple")
    return BooksConnection.objects.create(business=business, account_id="77", **more)


def again(row):
    return type(row).objects.get(pk=row.pk)


def column(row, name):
    """What the database itself holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        return cursor.fetchone()[0]


# -- exact JSON --------------------------------------------------------------------------------------------------------

EXACT = [
    Decimal("9.90"),
    Decimal("0.10"),
    Decimal("-0.005"),
    Decimal("1234567890123456789.99"),
    Decimal("0.1") + Decimal("0.2"),
    Decimal("57.490000"),
    0,
    -7,
    12345678901234567890,
    True,
    None,
    "",
    "9.90",
    "Côté café, \N{BEER MUG} 'quoted' \"twice\" back\\slash",
    "line\nbreak\tand tab",
    [],
    {},
    [Decimal("1.10"), {"deep": [Decimal("2.20")]}],
]


@pytest.mark.parametrize("value", EXACT, ids=repr)
def test_a_value_comes_back_from_the_database_as_it_was(db, value):
    found = again(make_books(info={"value": value})).info["value"]

    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value), "9.90 is not 9.9"


def test_whole_numbers_in_any_notation_stay_exact(db):
    found = again(make_books(info={"value": Decimal("1E+2")})).info["value"]
    assert found == 100


def test_a_float_is_refused_before_it_reaches_the_database(db):
    with pytest.raises(TypeError, match="float"), transaction.atomic():
        make_books(info={"value": 9.9})


AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=4)
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS | AMOUNTS,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXTS, inside, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_the_same_after_writing_and_reading(value):
    field = ExactJSONField()
    assert field.from_db_value(field.get_prep_value(value)) == value


UNSTORABLE = {
    "half an emoji": (r'{"name": "Zo\u00eb \ud83d"}', {"name": "Zoë \N{REPLACEMENT CHARACTER}"}),
    "the other half": (r'{"name": "\uDE00 Zoë"}', {"name": "\N{REPLACEMENT CHARACTER} Zoë"}),
    "NUL": (r'{"names": ["a\u0000b"]}', {"names": ["a\N{REPLACEMENT CHARACTER}b"]}),
    "in a key": (r'{"a\ud800": 1.50}', {"a\N{REPLACEMENT CHARACTER}": Decimal("1.50")}),
    "a whole emoji": (r'{"name": "\ud83d\ude00"}', {"name": "\N{GRINNING FACE}"}),
    "merely looks so": (r'{"name": "C:\\ud83d"}', {"name": r"C:\ud83d"}),
}


@pytest.mark.parametrize(("sent", "kept"), UNSTORABLE.values(), ids=UNSTORABLE)
def test_what_a_provider_sends_can_always_be_stored(db, sent, kept):
    assert again(make_books(info=json_loads(sent))).info == kept
    assert json_loads(sent.encode()) == kept


def test_dumped_and_loaded_again_it_is_the_same(db):
    books = make_books(info={"total": Decimal("9.90")})
    dumped = serializers.serialize("json", [books])

    next(serializers.deserialize("json", dumped)).save()

    assert str(again(books).info["total"]) == "9.90"


def test_equal_values_are_found_by_a_condition(db):
    """Conditional updates compare what was read with what is there."""
    books = make_books(recent_calls={"request": [1, 2], "batch": [3]})
    same = BooksConnection.objects.filter(pk=books.pk, recent_calls=again(books).recent_calls)
    assert same.update(recent_calls={"request": [9]}) == 1
    assert again(books).recent_calls == {"request": [9]}


# -- encrypted JSON ----------------------------------------------------------------------------------------------------


@pytest.fixture
def books(db, settings):
    settings.FIELD_ENCRYPTION_KEYS = [OLD_KEY]
    return make_books(credentials=SECRETS)


def test_credentials_come_back_and_the_database_does_not_hold_them(books):
    assert again(books).credentials == SECRETS
    held = column(books, "credentials")
    for text in (*SECRETS, *SECRETS.values()):
        assert text not in held


def test_the_same_secret_never_looks_the_same(books):
    before = column(books, "credentials")
    books.save()
    assert column(books, "credentials") != before


def test_an_update_of_rows_encrypts_too(books):
    BooksConnection.objects.filter(pk=books.pk).update(credentials={"access_token": "another-one"})
    assert "another-one" not in column(books, "credentials")
    assert again(books).credentials == {"access_token": "another-one"}


def test_a_new_key_in_front_encrypts_and_the_old_one_behind_it_still_reads(books, settings):
    settings.FIELD_ENCRYPTION_KEYS = [NEW_KEY, OLD_KEY]
    row = again(books)
    assert row.credentials == SECRETS

    row.save()

    settings.FIELD_ENCRYPTION_KEYS = [NEW_KEY]
    assert again(books).credentials == SECRETS


def test_a_lost_key_says_which_setting_brings_it_back(books, settings):
    settings.FIELD_ENCRYPTION_KEYS = [NEW_KEY]
    with pytest.raises(UnreadableSecret, match=r"restore the key .* FIELD_ENCRYPTION_KEYS"):
        again(books)


def test_without_keys_the_secret_key_of_the_installation_serves(db, settings):
    settings.FIELD_ENCRYPTION_KEYS, settings.SECRET_KEY = [], "one"
    books = make_books(credentials=SECRETS)
    assert again(books).credentials == SECRETS

    settings.SECRET_KEY = "another"
    with pytest.raises(UnreadableSecret):
        again(books)


def test_a_key_that_is_none_says_what_a_key_looks_like(db, settings):
    settings.FIELD_ENCRYPTION_KEYS = ["not-a-key"]
    with pytest.raises(ImproperlyConfigured, match="32 bytes"), transaction.atomic():
        make_books(credentials=SECRETS)


def test_a_row_can_be_looked_at_without_the_key(books, settings):
    settings.FIELD_ENCRYPTION_KEYS = [NEW_KEY]
    assert BooksConnection.objects.defer("credentials").get(pk=books.pk).account_id == "77"


def test_a_dump_holds_no_secret_and_can_be_loaded_where_the_keys_are(books, tmp_path):
    StoreConnection.objects.create(
        business=books.business, provider="ecwid", account_id="1003", credentials={"access_token": "secret_of_the_shop"}
    )
    file = tmp_path / "dump.json"
    call_command("dumpdata", "accounts", "integrations", output=str(file))

    dumped = file.read_text()
    for secret in (*SECRETS.values(), "secret_of_the_shop"):
        assert secret not in dumped

    BooksConnection.objects.all().delete()
    call_command("loaddata", str(file), verbosity=0)
    assert again(books).credentials == SECRETS


@pytest.mark.parametrize("shown", [repr, str, model_to_dict], ids=["repr", "str", "dict"])
def test_nothing_that_shows_a_connection_shows_its_secrets(books, shown):
    text = str(shown(again(books)))
    assert not any(secret in text for secret in SECRETS.values())


def test_the_admin_shows_none(books, admin_client):
    page = admin_client.get(reverse("admin:integrations_booksconnection_change", args=[books.pk]))
    assert page.status_code == 200
    assert not any(secret in page.text for secret in SECRETS.values())
