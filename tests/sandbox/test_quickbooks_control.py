from decimal import Decimal

import pytest

from tests.sandbox.quickbooks_desk import REALMS, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_companies_are_listed_with_their_first_tokens(desk: Desk) -> None:
    rows = desk.control("GET", "companies")
    assert {row["realm"] for row in rows} == set(REALMS.values())
    assert rows[0]["name"] == "Maple Goods"
    assert rows[0]["access_token"] == "qbo_access_9341450000000001"


def test_totals_add_up_what_is_in_the_books(desk: Desk) -> None:
    desk.invoice(desk.line("100.00", code="TAX"))
    desk.write("SalesReceipt", desk.sale(desk.line("10.00")))
    totals = desk.control("GET", f"companies/{desk.realm}/totals")
    assert totals["Invoice"] == {"count": 1, "sum": Decimal("108.25"), "tax": Decimal("8.25")}
    assert totals["SalesReceipt"] == {"count": 1, "sum": Decimal("10.00"), "tax": 0}
    assert totals["Payment"]["count"] == 0


def test_preferences_and_info_are_merged_deeply(desk: Desk) -> None:
    desk.prefer("SalesFormsPrefs", CustomTxnNumbers=True, DefaultItem=None)
    desk.control("PATCH", f"companies/{desk.realm}/info", {"CompanyName": "New Name"})
    forms = desk.send("GET", "preferences").json["Preferences"]["SalesFormsPrefs"]
    assert forms["CustomTxnNumbers"] is True
    assert forms["AllowDiscount"] is True
    assert "DefaultItem" not in forms
    assert desk.read("CompanyInfo", "1")["CompanyName"] == "New Name"


def test_objects_are_made_by_the_ordinary_rules_without_a_token(desk: Desk) -> None:
    path = f"companies/{desk.realm}/objects"
    made = desk.control("POST", path, {"type": "Customer", "object": {"DisplayName": "Ana"}})
    assert desk.read("Customer", made["Customer"]["Id"])["DisplayName"] == "Ana"
    again = desk.web.post(f"/control/{path}", json={"type": "Customer", "object": {"DisplayName": "Ana"}})
    assert again.status_code == 400
    assert again.json["Fault"]["Error"][0]["code"] == "6240"


def test_objects_are_changed_without_their_version(desk: Desk) -> None:
    item = desk.id("Item", "Sprocket")
    desk.control("PATCH", f"companies/{desk.realm}/objects/Item/{item}", {"QtyOnHand": 7})
    assert desk.read("Item", item)["QtyOnHand"] == 7


def test_objects_are_deleted_and_voided_without_their_version(desk: Desk) -> None:
    path = f"companies/{desk.realm}/objects/Invoice"
    kept, gone = desk.invoice(), desk.invoice()
    assert desk.control("POST", f"{path}/{kept['Id']}/void")["Invoice"]["TotalAmt"] == 0
    assert desk.control("DELETE", f"{path}/{gone['Id']}")["Invoice"]["status"] == "Deleted"
    assert [row["Id"] for row in desk.books()["Invoice"]] == [kept["Id"]]
    assert desk.web.delete(f"/control/{path}/{gone['Id']}").status_code == 404


def test_tax_codes_can_be_made_and_renamed_behind_the_counter() -> None:
    desk = Desk("GB")
    path = f"companies/{desk.realm}/objects"
    rate = desk.control(
        "POST", path, {"type": "TaxRate", "object": {"Name": "Tourist", "RateValue": 3, "Active": True}}
    )["TaxRate"]
    details = {"TaxRateDetail": [{"TaxRateRef": {"value": rate["Id"]}, "TaxTypeApplicable": "TaxOnAmount"}]}
    code = {"Name": "Tourist tax", "Active": True, "SalesTaxRateList": details}
    made = desk.control("POST", path, {"type": "TaxCode", "object": code})["TaxCode"]
    line = desk.line("100.00", code="Tourist tax")
    assert desk.invoice(line, GlobalTaxCalculation="TaxExcluded")["TotalAmt"] == Decimal("103.00")
    desk.control("PATCH", f"{path}/TaxCode/{made['Id']}", {"Active": False})
    assert desk.refused("Invoice", desk.sale(line, GlobalTaxCalculation="TaxExcluded"))["code"] == "610"


def test_what_is_unknown_is_said(desk: Desk) -> None:
    assert desk.web.get("/control/companies/1/books").status_code == 404
    assert desk.web.patch(f"/control/companies/{desk.realm}/objects/Shoe/1", json={}).status_code == 404
    assert desk.web.get("/control/nothing").status_code == 404
    assert desk.web.post("/control/tokens/expire", json={}).status_code == 400


def test_the_control_api_is_never_counted_nor_faulted(desk: Desk) -> None:
    desk.control("POST", "faults", {"kind": "status", "path": ".*", "times": 9})
    assert desk.control("GET", "health") == {"ok": True}
    assert desk.control("GET", "counters")["requests"] == 0
