"""`manage.py setup`: what it prints, where, and with which exit status."""

import io
import json
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Business
from integrations.models import BooksConnection, Integration, StoreConnection
from sync import setup_file
from sync.setup_file import Change, Problem, SetupRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def applied(monkeypatch):
    """Documents that were applied; the changes that `apply` shall report are put into `applied.changes`."""

    class Applied(list):
        changes: tuple[Change, ...] = ()

    documents = Applied()
    monkeypatch.setattr(setup_file, "apply", lambda document: documents.append(document) or list(documents.changes))
    return documents


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "maple.json"
    path.write_text('{"business": "Érable"}', encoding="utf-8")
    return path


def run(*arguments):
    out = io.StringIO()
    call_command("setup", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_changes_are_printed_one_to_a_line(applied, file):
    applied.changes = (
        Change("business", None, "Érable"),
        Change("orders.post_as", "invoice", "sales_receipt"),
        Change("taxes[GST]", "GST", None),
    )
    assert run("apply", file).splitlines() == [
        "business: Érable",
        "orders.post_as: invoice -> sales_receipt",
        "taxes[GST]: removed (was GST)",
    ]
    assert applied == [{"business": "Érable"}]


def test_no_change_says_so(applied, file):
    assert run("apply", file) == "Nothing to change.\n"


def test_a_file_with_a_byte_order_mark_is_read(applied, file):
    file.write_text('{"business": "Érable"}', encoding="utf-8-sig")
    run("apply", file)
    assert applied == [{"business": "Érable"}]


def test_standard_input_is_a_file_too(applied, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("{}"))
    run("apply", "-")
    assert applied == [{}]


def test_problems_are_told_and_the_exit_status_is_1(monkeypatch, file):
    def refuse(_document):
        raise SetupRefused([Problem("orders.tip_item", "no such item"), Problem("colour", "no such key")])

    monkeypatch.setattr(setup_file, "apply", refuse)
    with pytest.raises(CommandError) as error:
        run("apply", file)
    assert str(error.value).splitlines() == [
        "The file was not applied; nothing has changed:",
        "  orders.tip_item: no such item",
        "  colour: no such key",
    ]
    assert error.value.returncode == 1


def test_what_is_not_json_is_refused_without_showing_it(applied, file):
    file.write_text('{"access_token": "secret_x",,}')
    with pytest.raises(CommandError, match=r"is not JSON: .* in line 1, column 29") as error:
        run("apply", file)
    assert "secret_x" not in str(error.value)
    assert error.value.__cause__ is None


def test_a_file_that_is_not_there_is_named(applied, tmp_path):
    with pytest.raises(CommandError, match=r"gone\.json cannot be read: No such file"):
        run("apply", tmp_path / "gone.json")


def test_a_file_in_another_encoding_is_told_so(applied, file):
    file.write_bytes('{"business": "Érable"}'.encode("latin-1"))
    with pytest.raises(CommandError, match="is not UTF-8; save it as UTF-8"):
        run("apply", file)


def test_an_integration_is_exported_as_readable_json():
    business = Business.objects.create(name="Boutique Érable")
    integration = Integration.objects.create(
        slug="maple-ecwid",
        business=business,
        store=StoreConnection.objects.create(business=business, provider="ecwid", account_id="1003"),
        books=BooksConnection.objects.create(business=business, account_id="9341450000000001"),
    )
    text = run("export", "maple-ecwid")
    assert '"business": "Boutique Érable"' in text
    assert json.loads(text) == setup_file.export(integration)


def test_exporting_an_unknown_integration_names_those_that_exist():
    with pytest.raises(CommandError, match="Those that exist: none"):
        run("export", "maple")


def test_the_shell_sees_problems_on_stderr_and_status_1(tmp_path):
    path = tmp_path / "empty.json"
    path.write_text("{}")
    environment = {"SECRET_KEY": "test", "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "manage.py", "setup", "apply", str(path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "business: write a name" in done.stderr
