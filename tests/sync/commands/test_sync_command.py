"""`manage.py sync`: exit status and JSON lines as promised to scripts."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from integrations.models import Integration
from sync.models import Record, RecordState, Run
from sync.reasons import explain
from tests.support.world import CA

KEYS = [
    *("kind", "store_ref", "action", "books_type", "books_id"),
    *("doc_number", "amount", "currency", "reason", "message"),
]
GOOD = {"lines": [{"sku": "TEE-M", "quantity": 2, "price": 25}], "order_id": "GOOD1"}
UNMAPPED = {
    "lines": [{"sku": "TEE-M", "quantity": 1, "price": 25, "taxes": [{"name": "HST", "value": 13}]}],
    "order_id": "HELD1",
}


@pytest.fixture
def world(world, monkeypatch):
    """The command has no clock of its own to be given, and nobody is to wait for it here."""
    monkeypatch.setattr("sync.engine.run.Clock", lambda: world.time.clock)
    return world


def run_sync(*arguments):
    """The exit status and what was written."""
    out = StringIO()
    try:
        call_command("sync", *arguments, stdout=out)
    except SystemExit as exit_:
        return exit_.code, out.getvalue()
    return 0, out.getvalue()


def json_lines(*arguments):
    """The exit status, the records and the run."""
    status, text = run_sync("shop", "--json", *arguments)
    *records, last = [json.loads(one) for one in text.splitlines()]
    assert list(last) == ["run"]
    return status, records, last["run"]


# -- exit status -------------------------------------------------------------------------------------------------------


def test_0_when_all_is_in_the_books(world):
    world.place(GOOD)
    assert run_sync("shop")[0] == 0


def test_0_when_there_is_nothing_to_do(world):
    assert run_sync("shop")[0] == 0


def test_0_when_orders_are_skipped(world):
    world.place({**GOOD, "payment_status": "AWAITING_PAYMENT"})
    assert run_sync("shop")[0] == 0
    assert Record.objects.get().state == RecordState.SKIPPED


def test_3_when_an_order_is_held(world):
    world.place(GOOD, UNMAPPED)
    assert run_sync("shop")[0] == 3
    assert len(world.documents()) == 1


def test_3_while_an_order_of_an_earlier_run_still_waits(world):
    world.place(UNMAPPED)
    run_sync("shop")
    assert run_sync("shop")[0] == 3


def test_3_when_a_dry_run_finds_one_that_would_be_held(world):
    world.place(UNMAPPED)
    assert run_sync("shop", "--dry-run")[0] == 3


@pytest.mark.parametrize("json_wanted", [(), ("--json",)], ids=["for people", "for scripts"])
def test_1_when_the_run_could_not_be_carried_through(world, json_wanted, capsys):
    world.place(GOOD)
    world.quickbooks.control("POST", "tokens/expire", {"realm": CA})
    world.quickbooks.control("POST", "tokens/revoke", {"realm": CA})

    status, text = run_sync("shop", *json_wanted)

    assert status == 1
    assert "Connect QuickBooks again" in text + capsys.readouterr().out


def test_1_when_the_store_does_not_answer(world):
    world.ecwid.fault("html", status=502, times=99)
    status, _, run = json_lines()
    assert (status, run["state"], run["reason"]) == (1, "failed", "store_unavailable")


def test_1_when_the_stored_credentials_cannot_be_read_and_it_says_which_setting_is_wrong(world, settings):
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    status, _, run = json_lines()
    assert (status, run["state"], run["reason"]) == (1, "failed", "installation_misconfigured")
    assert "FIELD_ENCRYPTION_KEYS" in run["message"]
    assert Run.objects.get().finished_at is not None


def test_an_integration_that_does_not_exist_is_told_with_those_that_do(world):
    with pytest.raises(CommandError, match=r"“shopp”.*shop"):
        run_sync("shopp")


def test_where_there_is_none_it_says_so(db):
    with pytest.raises(CommandError, match="none yet"):
        run_sync("shop")


def test_a_flow_that_does_not_exist_is_refused(world):
    with pytest.raises(CommandError, match="--flow"):
        run_sync("shop", "--flow", "moods")


# -- JSON lines --------------------------------------------------------------------------------------------------------


def test_one_line_for_each_record_with_exactly_the_promised_keys(world):
    world.place(GOOD, UNMAPPED)
    status, records, run = json_lines()
    assert status == 3
    assert [list(record) for record in records] == [KEYS, KEYS]
    assert run["counts"] == {"created": 1, "held": 1}


def test_a_posted_order_names_its_document(world):
    world.place(GOOD)
    _, [record], _ = json_lines()
    assert record == {
        "kind": "order",
        "store_ref": "GOOD1",
        "action": "created",
        "books_type": "Invoice",
        "books_id": world.only()["Id"],
        "doc_number": "EW-GOOD1",
        "amount": "57.49",
        "currency": "CAD",
        "reason": None,
        "message": None,
    }


def test_a_held_order_says_why_and_what_to_do(world):
    world.place(UNMAPPED)
    _, [record], _ = json_lines()
    assert (record["action"], record["reason"]) == ("held", "tax_unmapped")
    assert (record["books_type"], record["books_id"], record["doc_number"]) == (None, None, None)
    row = Record.objects.get()
    assert record["message"] == explain(row.reason, row.params)
    assert "Taxes" in record["message"]


def test_an_order_that_cannot_be_read_has_no_amount(world):
    (order_id,) = world.place(GOOD)
    world.ecwid.patch(world.store_id, order_id, total=None, items=None)
    _, [record], _ = json_lines()
    assert record["action"] == "held"
    assert record["amount"] is None


def test_the_last_line_has_counts_sums_and_calls(world):
    world.place(GOOD, {**GOOD, "order_id": "GOOD2"})
    _, _, run = json_lines()
    assert (run["integration"], run["state"], run["dry_run"]) == ("shop", "finished", False)
    assert run["counts"] == {"created": 2}
    assert run["totals"] == {"created": {"CAD": "114.98"}}
    assert run["calls"] == {
        "store": world.ecwid.counters()["requests"],
        "books": world.quickbooks.counters()["requests"],
    }
    assert run["id"] == Run.objects.get().pk
    assert (run["reason"], run["message"]) == (None, None)


def test_a_dry_run_says_what_would_be_and_writes_nothing(world):
    world.place(GOOD)
    before = world.books()
    status, [record], run = json_lines("--dry-run")
    assert (status, run["dry_run"], record["action"]) == (0, True, "would_create")
    assert Decimal(record["amount"]) == Decimal("57.49")
    assert world.books() == before
    assert not Record.objects.exists()
    assert Integration.objects.get().orders_read_until is None


def test_nothing_but_json_is_written(world, capfd):
    world.place(GOOD)
    run_sync("shop", "--json")
    captured = capfd.readouterr()
    assert captured.out == ""


def test_accents_stay_readable(world):
    world.map_tax(["GST", "QST"], "GST/QST QC")
    world.place(
        {**UNMAPPED, "lines": [{"sku": "TEE-M", "quantity": 1, "price": 25, "taxes": [{"name": "TVQ é", "value": 3}]}]}
    )
    _, text = run_sync("shop", "--json")
    assert "TVQ é" in text


# -- for people --------------------------------------------------------------------------------------------------------


def test_people_get_sums_and_what_needs_them(world, capsys):
    world.place(GOOD, UNMAPPED)
    run_sync("shop")
    text = " ".join(capsys.readouterr().out.split())
    assert "Created: 1 (57.49 CAD)" in text
    assert "HELD1" in text
    assert "Calls: store" in text


def test_only_the_flows_that_were_asked_for_run(world):
    world.place(GOOD)
    _, _, run = json_lines("--flow", "orders")
    assert run["counts"] == {"created": 1}
    assert Run.objects.get().flows == ["orders"]


def test_3_while_stock_levels_wait_for_approval_and_0_once_they_are_approved(world):
    world.set("stock", enabled=True)
    accounts = {
        "IncomeAccountRef": "Sales of Product Income",
        "ExpenseAccountRef": "Cost of Goods Sold",
        "AssetAccountRef": "Inventory Asset",
    }
    refs = {field: {"value": world.entry("Account", name).books_ref} for field, name in accounts.items()}
    item = {"Name": "Mug", "Sku": "MUG-1", "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 12, **refs}
    world.quickbooks.add(world.realm, "Item", {**item, "InvStartDate": "2025-01-01"})
    mug = {"sku": "MUG-1", "name": "Mug", "price": 20, "quantity": 8, "unlimited": False}
    world.ecwid.control("POST", f"stores/{world.store_id}/products", mug)

    status, records, _ = json_lines("--flow", "stock")
    [held] = [one for one in records if one["store_ref"] == "MUG-1"]
    assert (status, held["kind"], held["action"], held["reason"]) == (3, "stock", "held", "stock_awaits_approval")

    status, records, run = json_lines("--flow", "stock", "--approve")
    [set_] = [one for one in records if one["store_ref"] == "MUG-1"]
    assert (status, set_["action"], set_["amount"], run["counts"]) == (0, "updated", None, {"updated": 1})
    assert "8 → 12" in set_["message"]
