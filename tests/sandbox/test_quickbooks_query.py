from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.quickbooks_desk import Desk, fault_of


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def full(desk: Desk) -> Desk:
    """Five invoices, a minute apart, of 10, 20, ... 50."""
    for number in range(1, 6):
        desk.invoice(desk.line(f"{number}0.00"), DocNumber=f"EW-{number}", TxnDate=f"2026-09-0{number}")
        desk.clock.forward(60)
    return desk


def numbers(desk: Desk, rest: str) -> list[str]:
    return [row["DocNumber"] for row in desk.rows(f"select * from Invoice {rest}")]


def refused(desk: Desk, statement: str) -> Any:
    answer = desk.send("GET", "query", query=statement)
    assert answer.status_code == 400
    return fault_of(answer)


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("where DocNumber = 'ew-3'", "3"),
        ("WHERE docnumber IN ('EW-1', 'EW-5', 'nothing')", "15"),
        ("where DocNumber like 'EW-%'", "12345"),
        ("where DocNumber like '%-2'", "2"),
        ("where TotalAmt > '30.00'", "45"),
        ("where TotalAmt >= 30", "345"),
        ("where TotalAmt < 20.00 and TxnDate = '2026-09-01'", "1"),
        ("where TxnDate >= '2026-09-02' and TxnDate <= '2026-09-03'", "23"),
        ("where MetaData.LastUpdatedTime > '2026-09-21T14:15:20+00:00'", "45"),
        ("where MetaData.CreateTime <= '2026-09-21T07:13:20-07:00'", "1"),
        ("where CustomerRef = '1' and Balance = '0'", ""),
        ("where CustomerRef = '2'", ""),
        ("where SalesTermRef = ' '", "12345"),
        ("orderby TxnDate desc", "54321"),
        ("ORDER BY TotalAmt DESC, Id MAXRESULTS 2", "54"),
        ("orderby Id startposition 2 maxresults 2", "23"),
        ("where Id in ('101', '103') orderby Id desc", "31"),
    ],
)
def test_the_query_language(full: Desk, rest: str, found: str) -> None:
    if "orderby" not in rest.lower().replace(" ", ""):
        rest += " orderby Id"
    assert numbers(full, rest) == [f"EW-{number}" for number in found]


def test_queries_may_be_posted(full: Desk) -> None:
    answer = full.send("POST", "query", b"select * from Invoice", headers={"Content-Type": "application/text"})
    assert answer.json["QueryResponse"]["maxResults"] == 5


def test_a_quote_in_a_name_is_escaped_by_a_backslash(desk: Desk) -> None:
    desk.write("Customer", {"DisplayName": "Amy's Birds"})
    assert len(desk.rows(r"select * from Customer where DisplayName = 'Amy\'s Birds'")) == 1


def test_booleans_may_be_quoted_or_not(desk: Desk) -> None:
    for literal in ("true", "'true'"):
        assert len(desk.rows(f"select * from Customer where Active = {literal}")) == 1


def test_counting(full: Desk) -> None:
    assert full.query("select count(*) from Invoice where TotalAmt > 20") == {"totalCount": 3}


def test_an_empty_result_is_an_empty_object(desk: Desk) -> None:
    assert desk.query("select * from Invoice") == {}


def test_max_results_in_the_answer_is_the_number_of_rows(full: Desk) -> None:
    answer = full.query("select * from invoice startposition 4 maxresults 1000")
    assert (answer["startPosition"], answer["maxResults"], len(answer["Invoice"])) == (4, 2, 2)


def test_a_page_has_a_hundred_rows_unless_asked(desk: Desk) -> None:
    for first in range(0, 120, 30):
        desk.batch(
            *(
                {"bId": str(n), "operation": "create", "Customer": {"DisplayName": f"C{n}"}}
                for n in range(first, first + 30)
            )
        )
    assert desk.query("select * from Customer")["maxResults"] == 100
    assert desk.query("select * from Customer maxresults 1000")["maxResults"] == 121


def test_lists_show_active_rows_unless_asked(desk: Desk) -> None:
    ana = desk.write("Customer", {"DisplayName": "Ana"})
    desk.write("Customer", desk.version(ana, Active=False))
    assert len(desk.rows("select * from Customer")) == 1
    assert len(desk.rows("select * from Customer where Active IN (true,false)")) == 2
    assert len(desk.rows(f"select * from Customer where Id = '{ana['Id']}'")) == 0


def test_customers_are_found_by_email(desk: Desk) -> None:
    desk.write("Customer", {"DisplayName": "Ana", "PrimaryEmailAddr": {"Address": "ana@example.test"}})
    assert len(desk.rows("select * from Customer where PrimaryEmailAddr = 'ANA@example.test'")) == 1
    assert len(desk.rows("select * from Customer where PrimaryEmailAddr like '%@example.test'")) == 1


def test_items_are_found_by_sku_and_type(desk: Desk) -> None:
    assert [row["Name"] for row in desk.rows("select * from Item where Sku = 'spr-1'")] == ["Sprocket"]
    assert len(desk.rows("select * from Item where Type = 'Inventory' and QtyOnHand > 99")) == 1


def test_a_column_list_gives_sparse_objects(full: Desk) -> None:
    (row,) = full.rows("select Id, TotalAmt from Invoice where DocNumber = 'EW-2'")
    assert row == {"Id": "102", "TotalAmt": Decimal("20.00"), "domain": "QBO", "sparse": True}
    full.switch(query_projection=False)
    assert "Line" in full.rows("select Id from Invoice where DocNumber = 'EW-2'")[0]
    assert "Line" in full.rows("select *, DocNumber from Invoice where DocNumber = 'EW-2'")[0]


def test_company_info_and_preferences_can_be_queried(desk: Desk) -> None:
    assert desk.rows("select * from CompanyInfo")[0]["CompanyName"] == "Lone Star Supply"
    assert desk.rows("select * from Preferences")[0]["TaxPrefs"]["UsingSalesTax"] is True


def test_the_us_pseudo_codes_have_their_literal_ids(desk: Desk) -> None:
    assert {row["Id"] for row in desk.rows("select * from TaxCode")} == {"TAX", "NON", "2"}
    assert desk.read("TaxCode", "TAX")["Name"] == "TAX"


@pytest.mark.parametrize(
    ("statement", "code", "detail"),
    [
        ("select * from Custmoer", "4001", "QueryValidationError: invalid context declaration: Custmoer"),
        ("select * from Invoice startposition 0", "4001", "value 0 is too small. Min allowed value is 1"),
        ("select * from Invoice maxresults 1001", "4001", "too large"),
        ("select * from Invoice where PrivateNote = 'x'", "4001", "Property PrivateNote not found for Entity Invoice"),
        ("select * from Payment where DocNumber = 'x'", "4001", "Property DocNumber not found for Entity Payment"),
        ("select * from Invoice where TotalAmt > 'much'", "4001", "not a number"),
        ("select * from Invoice where MetaData.CreateTime > 'now'", "4001", "not a date"),
        ("select * Invoice", "4000", "QueryParserError"),
        ("select * from Invoice where", "4000", "QueryParserError"),
        ("select * from Invoice where DocNumber = 'a' or DocNumber = 'b'", "4000", "QueryParserError"),
        ("select * from Invoice where (DocNumber = 'a')", "4000", "QueryParserError"),
        ("select * from Invoice where DocNumber != 'a'", "4000", "QueryParserError"),
        ("select * from Invoice where DocNumber = 'a", "4000", "QueryParserError"),
        ("", "4000", "QueryParserError"),
    ],
)
def test_a_wrong_statement_is_refused(full: Desk, statement: str, code: str, detail: str) -> None:
    refusal = refused(full, statement)
    assert refusal["code"] == code
    assert detail in refusal["Detail"]


def test_a_new_object_may_take_its_time_to_appear(desk: Desk) -> None:
    desk.switch(query_lag_seconds=2)
    invoice = desk.invoice()
    assert desk.read("Invoice", invoice["Id"]) == invoice
    assert desk.rows("select * from Invoice") == []
    assert changes(desk, "Invoice", "2026-09-01T00:00:00Z") == [{}]
    desk.clock.forward(2)
    assert desk.rows("select * from Invoice") == [invoice]


# -- change data capture -----------------------------------------------------------------------------------------


def changes(desk: Desk, entities: str, since: str) -> list[Any]:
    answer = desk.send("GET", "cdc", entities=entities, changedSince=since)
    assert answer.status_code == 200, answer.text
    return list(answer.json["CDCResponse"][0]["QueryResponse"])


def test_changes_come_per_type_in_the_order_asked(full: Desk) -> None:
    invoices, terms, payments = changes(full, "invoice,Term,Payment", "2026-09-21T14:15:20+00:00")
    assert [row["DocNumber"] for row in invoices["Invoice"]] == ["EW-3", "EW-4", "EW-5"]
    assert (invoices["startPosition"], invoices["maxResults"]) == (1, 3)
    assert terms == payments == {}


def test_deleted_objects_come_as_stubs_after_the_live_ones(full: Desk) -> None:
    first = full.rows("select * from Invoice where DocNumber = 'EW-1'")[0]
    full.write("Invoice", {"Id": first["Id"], "SyncToken": "0"}, operation="delete")
    (section,) = changes(full, "Invoice", "2026-09-21T00:00:00Z")
    assert [row.get("status") for row in section["Invoice"]] == [None] * 4 + ["Deleted"]
    assert section["Invoice"][-1].keys() == {"domain", "status", "Id", "MetaData"}


def test_a_deactivated_list_object_comes_as_it_is(desk: Desk) -> None:
    ana = desk.write("Customer", {"DisplayName": "Ana"})
    desk.clock.forward(60)
    desk.write("Customer", desk.version(ana, Active=False))
    (section,) = changes(desk, "Customer", "2026-09-21T14:14:00Z")
    assert [row["Active"] for row in section["Customer"]] == [False]


def test_at_most_a_thousand_changes_come_over_all_types(desk: Desk) -> None:
    for batch in range(34):
        desk.batch(
            *({"bId": str(n), "operation": "create", "Customer": {"DisplayName": f"C{batch}-{n}"}} for n in range(30))
        )
    customers, items = changes(desk, "Customer,Item", "2026-09-01T00:00:00Z")
    assert len(customers["Customer"]) == 1000
    assert items == {}


@pytest.mark.parametrize("name", ["TaxCode", "TaxRate", "TaxAgency", "Nonsense"])
def test_some_types_have_no_change_data(desk: Desk, name: str) -> None:
    answer = desk.send("GET", "cdc", entities=name, changedSince="2026-09-01T00:00:00Z")
    assert fault_of(answer)["code"] == "4001"


@pytest.mark.parametrize("options", [{"entities": "Invoice"}, {"changedSince": "2026-09-01"}])
def test_change_data_needs_types_and_moment(desk: Desk, options: dict[str, str]) -> None:
    assert fault_of(desk.send("GET", "cdc", **options))["code"] == "2020"
