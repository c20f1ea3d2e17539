import io
from typing import Any

import pytest

from sandbox.exact_json import dumps
from tests.sandbox.quickbooks_desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def upload(desk: Desk, *metadata: dict[str, Any]) -> list[dict[str, Any]]:
    parts: dict[str, Any] = {}
    for number, fields in enumerate(metadata, 1):
        parts[f"file_metadata_0{number}"] = (io.BytesIO(dumps(fields).encode()), "m.json", "application/json")
        parts[f"file_content_0{number}"] = (io.BytesIO(b"pdf"), "order.pdf", "application/pdf")
    answer = desk.web.post(
        f"/v3/company/{desk.realm}/upload",
        data=parts,
        headers={"Authorization": f"Bearer {desk.token}", "Accept": "application/json"},
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json["AttachableResponse"])


def target(type_name: str, identifier: str) -> dict[str, Any]:
    return {"AttachableRef": [{"EntityRef": {"type": type_name, "value": identifier}}]}


def test_a_file_is_attached_to_an_invoice(desk: Desk) -> None:
    invoice = desk.invoice()
    (answer,) = upload(desk, target("Invoice", invoice["Id"]))
    stored = answer["Attachable"]
    assert (stored["FileName"], stored["ContentType"], stored["Size"]) == ("order.pdf", "application/pdf", 3)
    found = desk.rows(f"select * from Attachable where AttachableRef.EntityRef.value = '{invoice['Id']}'")
    assert [row["Id"] for row in found] == [stored["Id"]]


def test_files_fail_one_by_one_under_a_good_status(desk: Desk) -> None:
    good, bad = upload(desk, {}, target("Invoice", "999"))
    assert "Attachable" in good
    assert bad["Fault"]["Error"][0]["code"] == "6000"


def test_a_note_is_attached_and_deleted(desk: Desk) -> None:
    note = desk.write("Attachable", {"Note": "Order 1001", **target("invoice", desk.invoice()["Id"])})
    assert desk.read("Attachable", note["Id"])["Note"] == "Order 1001"
    deleted = desk.write("Attachable", {"Id": note["Id"], "SyncToken": "0"}, operation="delete")
    assert deleted["status"] == "Deleted"


def test_a_note_to_nothing_is_refused(desk: Desk) -> None:
    assert desk.refused("Attachable", {"Note": "x", **target("Invoice", "999")})["code"] == "6000"
    assert desk.refused("Attachable", {"Note": "x" * 2001})["code"] == "2050"


def test_an_upload_without_files_is_refused(desk: Desk) -> None:
    assert desk.send("POST", "upload").status_code == 400
