from decimal import Decimal

import pytest

from tests.sandbox.quickbooks_desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def receipt(desk: Desk, *lines: object, **fields: object) -> object:
    return desk.write("SalesReceipt", desk.sale(*lines, **fields))


def refund(desk: Desk, *lines: object, **fields: object) -> dict[str, object]:
    return desk.sale(*lines, DepositToAccountRef=desk.ref("Account", "Ecwid Clearing"), **fields)


def on_hand(desk: Desk) -> Decimal:
    return Decimal(desk.read("Item", desk.id("Item", "Sprocket"))["QtyOnHand"])


# -- defaults and totals -----------------------------------------------------------------------------------------


def test_a_bare_invoice_gets_quickbooks_defaults(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00"))
    item, subtotal = invoice["Line"]
    assert (item["Id"], item["LineNum"]) == ("1", 1)
    assert item["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "NON"}
    assert subtotal == {"Amount": Decimal("100.00"), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    assert invoice["TxnTaxDetail"]["TotalTax"] == 0
    assert invoice["DueDate"] == "2026-10-21"
    assert invoice["Balance"] == invoice["TotalAmt"] == Decimal("100.00")
    assert (invoice["PrintStatus"], invoice["EmailStatus"]) == ("NeedToPrint", "NotSet")
    assert invoice["LinkedTxn"] == []


def test_the_document_date_is_the_companys_own_date(desk: Desk) -> None:
    desk.clock.forward(14 * 3600)  # 3:33 UTC of the next day, still evening in Texas
    desk.control("POST", "clock", {"offset_seconds": 0})
    desk.switch(access_token_seconds=86_400)
    assert desk.invoice()["TxnDate"] == "2026-09-21"


def test_the_due_date_follows_the_terms(desk: Desk) -> None:
    invoice = desk.invoice(SalesTermRef=desk.ref("Term", "Net 15"), TxnDate="2026-09-01")
    assert invoice["DueDate"] == "2026-09-16"


def test_addresses_come_from_the_customer_unless_given(desk: Desk) -> None:
    ana = desk.write("Customer", {"DisplayName": "Ana", "BillAddr": {"Line1": "1 A St"}})
    body = {**desk.sale(desk.line("1")), "CustomerRef": {"value": ana["Id"]}, "ShipAddr": {"Line1": "2 B St"}}
    invoice = desk.write("Invoice", body)
    assert (invoice["BillAddr"]["Line1"], invoice["ShipAddr"]["Line1"]) == ("1 A St", "2 B St")


def test_a_subtotal_line_sent_back_is_harmless(desk: Desk) -> None:
    before = desk.invoice(desk.line("10"))
    after = desk.write("Invoice", desk.version(before, Line=before["Line"], PrivateNote="x"))
    assert after["Line"] == before["Line"]


def test_a_sales_receipt_is_paid_and_lies_in_undeposited_funds_by_default(desk: Desk) -> None:
    stored = receipt(desk, desk.line("10"))
    assert stored["Balance"] == 0
    assert stored["DepositToAccountRef"] == desk.ref("Account", "Undeposited Funds")


def test_a_description_line_has_no_amount(desk: Desk) -> None:
    note = {"DetailType": "DescriptionOnly", "Description": "Order 1001", "Amount": 5, "DescriptionLineDetail": {}}
    invoice = desk.invoice(desk.line("10"), note)
    assert invoice["Line"][1] == {
        "Id": "2",
        "LineNum": 2,
        "DetailType": "DescriptionOnly",
        "Description": "Order 1001",
        "DescriptionLineDetail": {},
    }
    assert invoice["TotalAmt"] == Decimal("10.00")


def test_a_line_without_item_is_documentation_or_the_default_item(desk: Desk) -> None:
    bare = {"Amount": 7, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
    assert desk.invoice(desk.line("10"), bare)["TotalAmt"] == Decimal("10.00")
    desk.switch(line_without_item="default_item")
    assert desk.invoice(desk.line("10"), bare)["TotalAmt"] == Decimal("17.00")


def test_a_negative_line_lowers_the_total(desk: Desk) -> None:
    assert desk.invoice(desk.line("10"), desk.line("-2.50", "Discount"))["TotalAmt"] == Decimal("7.50")


def test_a_negative_total_is_refused(desk: Desk) -> None:
    refusal = desk.refused("Invoice", desk.sale(desk.line("-0.01")))
    assert refusal["code"] == "6000"
    assert "0 or greater" in refusal["Detail"]


# -- required fields and references ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_name", "name"),
    [
        ("Invoice", "CustomerRef"),
        ("Invoice", "Line"),
        ("CreditMemo", "CustomerRef"),
        ("SalesReceipt", "Line"),
        ("RefundReceipt", "Line"),
        ("RefundReceipt", "DepositToAccountRef"),
    ],
)
def test_a_missing_part_is_named(desk: Desk, type_name: str, name: str) -> None:
    fields = refund(desk, desk.line("1"))
    del fields[name]
    refusal = desk.refused(type_name, fields)
    assert (refusal["code"], refusal["element"]) == ("2020", name)
    assert refusal["Detail"] == f"Required parameter {name} is missing in the request"


def test_receipts_do_not_need_a_customer(desk: Desk) -> None:
    fields = refund(desk, desk.line("1"))
    del fields["CustomerRef"]
    assert desk.write("SalesReceipt", fields)
    assert desk.write("RefundReceipt", fields)


def test_a_sale_without_lines_is_refused(desk: Desk) -> None:
    assert desk.refused("Invoice", desk.sale())["code"] == "2250"


def test_a_line_without_amount_is_refused(desk: Desk) -> None:
    line = desk.line("1")
    del line["Amount"]
    assert desk.refused("Invoice", desk.sale(line))["code"] == "2020"


@pytest.mark.parametrize(
    ("changes", "family"),
    [
        ({"CustomerRef": {"value": "99"}}, "Names"),
        ({"DepartmentRef": {"value": "99"}}, "Depts"),
        ({"ClassRef": {"value": "99"}}, "Klasses"),
        ({"DepositToAccountRef": {"value": "99"}}, "Accounts"),
    ],
)
def test_a_reference_to_nothing_is_refused_by_family(desk: Desk, changes: dict[str, object], family: str) -> None:
    refusal = desk.refused("SalesReceipt", {**desk.sale(desk.line("1")), **changes})
    assert refusal["code"] == "2500"
    assert refusal["Detail"] == f"Invalid Reference Id : {family} element id 99 not found"


def test_an_unknown_item_is_refused(desk: Desk) -> None:
    refusal = desk.refused("Invoice", desk.sale(desk.line("1", ItemRef={"value": "99"})))
    assert refusal["Detail"] == "Invalid Reference Id : Items element id 99 not found"


def test_inactive_customers_items_and_accounts_cannot_be_used(desk: Desk) -> None:
    sale = desk.sale(desk.line("1"), DepositToAccountRef=desk.ref("Account", "Checking"))
    for type_name, name in (("Account", "Checking"), ("Item", "Services"), ("Customer", "Store customer")):
        identifier = desk.id(type_name, name)
        path = f"companies/{desk.realm}/objects/{type_name}/{identifier}"
        desk.control("PATCH", path, {"Active": False})
        assert desk.refused("SalesReceipt", sale)["code"] == "610"
        desk.control("PATCH", path, {"Active": True})
    assert desk.write("SalesReceipt", sale)


def test_the_code_for_an_inactive_customer_can_be_switched(desk: Desk) -> None:
    sale = desk.sale(desk.line("1"))
    path = f"companies/{desk.realm}/objects/Customer/{sale['CustomerRef']['value']}"
    desk.control("PATCH", path, {"Active": False})
    desk.switch(inactive_customer_code=6250)
    assert desk.refused("Invoice", sale)["code"] == "6250"


@pytest.mark.parametrize("type_name", ["SalesReceipt", "RefundReceipt"])
def test_money_cannot_go_to_an_income_account(desk: Desk, type_name: str) -> None:
    fields = desk.sale(desk.line("1"), DepositToAccountRef=desk.ref("Account", "Services"))
    assert desk.refused(type_name, fields)["code"] == "6430"


def test_classes_go_where_the_preferences_allow(desk: Desk) -> None:
    online = desk.ref("Class", "Online")
    body = desk.sale(desk.line("1", ClassRef=online), ClassRef=online)
    stored = desk.write("Invoice", body)
    assert "ClassRef" not in stored
    assert stored["Line"][0]["SalesItemLineDetail"]["ClassRef"] == online
    desk.prefer("AccountingInfoPrefs", ClassTrackingPerTxn=True, ClassTrackingPerTxnLine=False)
    stored = desk.write("Invoice", body)
    assert stored["ClassRef"] == online
    assert "ClassRef" not in stored["Line"][0]["SalesItemLineDetail"]
    desk.switch(class_when_off="refused")
    assert desk.refused("Invoice", body)["code"] == "6000"


# -- numbers -----------------------------------------------------------------------------------------------------


def test_quickbooks_numbers_documents_by_itself(desk: Desk) -> None:
    assert [desk.invoice()["DocNumber"] for _ in range(2)] == ["1001", "1002"]


def test_a_number_that_was_sent_is_kept_and_does_not_move_the_counter(desk: Desk) -> None:
    assert desk.invoice(DocNumber="EW-7")["DocNumber"] == "EW-7"
    assert desk.invoice()["DocNumber"] == "1001"


def test_a_refused_document_uses_up_no_number(desk: Desk) -> None:
    desk.prefer("AccountingInfoPrefs", BookCloseDate="2026-08-31")
    desk.refused("Invoice", desk.sale(desk.line("-1")))
    desk.refused("Invoice", desk.sale(desk.line("1"), TxnDate="2026-08-31"))
    assert desk.invoice()["DocNumber"] == "1001"


def test_with_custom_numbers_a_document_may_have_none(desk: Desk) -> None:
    desk.prefer("SalesFormsPrefs", CustomTxnNumbers=True)
    assert "DocNumber" not in desk.invoice()
    assert desk.invoice(DocNumber="AUTO_GENERATE")["DocNumber"] == "1001"


def test_a_duplicate_number_names_its_holder(desk: Desk) -> None:
    holder = desk.invoice(DocNumber="EW-7")
    refusal = desk.refused("Invoice", desk.sale(desk.line("1"), DocNumber="EW-7"))
    assert refusal["code"] == "6140"
    assert refusal["Detail"].endswith(f"DocNumber=EW-7 is assigned to TxnType=Invoice with TxnId={holder['Id']}")


def test_numbers_are_unique_per_type_only(desk: Desk) -> None:
    desk.invoice(DocNumber="EW-7")
    assert receipt(desk, desk.line("1"), DocNumber="EW-7")


def test_a_duplicate_number_can_be_allowed(desk: Desk) -> None:
    body = desk.sale(desk.line("1"), DocNumber="EW-7")
    desk.write("Invoice", body)
    assert desk.write("Invoice", body, include="allowduplicatedocnum")
    desk.switch(duplicate_doc_number_check=False)
    assert desk.write("Invoice", body)


def test_a_document_keeps_its_own_number_on_update(desk: Desk) -> None:
    before = desk.invoice(DocNumber="EW-7")
    assert desk.write("Invoice", desk.version(before, DocNumber="EW-7", PrivateNote="x"))["DocNumber"] == "EW-7"


# -- amounts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "quantity", "price", "accepted"),
    [
        ("1861.08", "128.350", "14.50", True),
        ("1861.07", "128.350", "14.50", False),
        ("0.01", "1", "0.005", True),
        ("10.00", "3", "3.33", False),
        ("9.99", "3", "3.33", True),
        ("10.00", "3", "3.33333", True),
    ],
)
def test_an_amount_must_be_quantity_times_price_rounded_half_up(
    desk: Desk, amount: str, quantity: str, price: str, accepted: bool
) -> None:
    body = desk.sale(desk.line(amount, Qty=Decimal(quantity), UnitPrice=Decimal(price)))
    assert desk.send("POST", "invoice", body).status_code == (200 if accepted else 400)


def test_the_refusal_of_an_amount_shows_it_with_thousands(desk: Desk) -> None:
    refusal = desk.refused("Invoice", desk.sale(desk.line("1861.07", Qty=1, UnitPrice=1)))
    assert refusal["code"] == "6070"
    assert refusal["Detail"] == "Amount is not equal to UnitPrice * Qty. Supplied value:1,861.07"


def test_an_amount_alone_or_with_a_quantity_alone_is_taken_as_it_is(desk: Desk) -> None:
    assert desk.invoice(desk.line("10.00", Qty=3), desk.line("1.00"))["TotalAmt"] == Decimal("11.00")


def test_a_fixed_discount_lowers_the_total(desk: Desk) -> None:
    discount = {"DetailType": "DiscountLineDetail", "Amount": 3, "DiscountLineDetail": {"PercentBased": False}}
    invoice = desk.invoice(desk.line("20"), discount)
    assert invoice["TotalAmt"] == Decimal("17.00")
    stored = invoice["Line"][1]
    assert stored["DiscountLineDetail"]["DiscountAccountRef"] == desk.ref("Account", "Discounts given")


def test_a_percentage_discount_is_computed(desk: Desk) -> None:
    detail = {"PercentBased": True, "DiscountPercent": Decimal("12.5")}
    discount = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail}
    assert desk.invoice(desk.line("33.33"), discount)["TotalAmt"] == Decimal("29.16")


def test_a_discount_needs_a_figure_and_the_preference(desk: Desk) -> None:
    empty = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True}}
    assert desk.refused("Invoice", desk.sale(desk.line("20"), empty))["code"] == "6090"
    desk.prefer("SalesFormsPrefs", AllowDiscount=False)
    assert desk.refused("Invoice", desk.sale(desk.line("20"), {**empty, "Amount": 1}))["code"] == "6000"


def test_there_is_one_discount_line_at_most(desk: Desk) -> None:
    discount = {"DetailType": "DiscountLineDetail", "Amount": 1, "DiscountLineDetail": {"PercentBased": False}}
    assert desk.refused("Invoice", desk.sale(desk.line("20"), discount, discount))["code"] == "6000"


def test_built_in_shipping_works_only_when_it_is_allowed(desk: Desk) -> None:
    body = desk.sale(desk.line("20"), desk.line("5", ItemRef={"value": "SHIPPING_ITEM_ID"}))
    assert desk.refused("Invoice", body)["code"] == "2500"
    desk.prefer("SalesFormsPrefs", AllowShipping=True)
    invoice = desk.write("Invoice", body)
    assert invoice["TotalAmt"] == Decimal("25.00")
    assert invoice["Line"][1]["SalesItemLineDetail"]["ItemRef"]["value"] == "SHIPPING_ITEM_ID"


# -- stock -------------------------------------------------------------------------------------------------------


def test_sales_take_stock_and_refunds_bring_it_back(desk: Desk) -> None:
    line = desk.line("25.00", "Sprocket", Qty=2)
    desk.invoice(line)
    receipt(desk, line)
    assert on_hand(desk) == 96
    desk.write("RefundReceipt", refund(desk, line))
    desk.write("CreditMemo", desk.sale(line))
    assert on_hand(desk) == 100


def test_stock_follows_updates_voids_and_deletions(desk: Desk) -> None:
    first = desk.invoice(desk.line("25.00", "Sprocket", Qty=2))
    first = desk.write("Invoice", desk.version(first, Line=[desk.line("62.50", "Sprocket", Qty=5)]))
    assert on_hand(desk) == 95
    desk.write("Invoice", {"Id": first["Id"], "SyncToken": first["SyncToken"]}, operation="void")
    assert on_hand(desk) == 100
    second = receipt(desk, desk.line("12.50", "Sprocket", Qty=1))
    desk.write("SalesReceipt", {"Id": second["Id"], "SyncToken": "0"}, operation="delete")
    assert on_hand(desk) == 100


@pytest.mark.parametrize("type_name", ["RefundReceipt", "CreditMemo"])
def test_stock_follows_updates_and_deletions_of_refunds_too(desk: Desk, type_name: str) -> None:
    line = desk.line("25.00", "Sprocket", Qty=2)
    body = refund(desk, line) if type_name == "RefundReceipt" else desk.sale(line)
    stored = desk.write(type_name, body)
    assert on_hand(desk) == 102
    line = desk.line("62.50", "Sprocket", Qty=5)
    stored = desk.write(type_name, desk.version(stored, Line=[line]))
    assert on_hand(desk) == 105
    desk.batch({"bId": "1", "operation": "delete", type_name: {"Id": stored["Id"], "SyncToken": "1"}})
    assert on_hand(desk) == 100


def test_stock_may_go_below_zero(desk: Desk) -> None:
    desk.invoice(desk.line("1500.00", "Sprocket", Qty=120))
    assert on_hand(desk) == -20


def test_selling_moves_the_items_time_only_when_switched(desk: Desk) -> None:
    before = desk.read("Item", desk.id("Item", "Sprocket"))["MetaData"]
    desk.clock.forward(60)
    desk.invoice(desk.line("12.50", "Sprocket", Qty=1))
    assert desk.read("Item", desk.id("Item", "Sprocket"))["MetaData"] == before
    desk.switch(stock_moves_touch_item=True)
    desk.invoice(desk.line("12.50", "Sprocket", Qty=1))
    assert desk.read("Item", desk.id("Item", "Sprocket"))["MetaData"] != before


def test_queries_may_show_a_quantity_of_some_seconds_ago(desk: Desk) -> None:
    def queried() -> Decimal:
        (row,) = desk.rows("select * from Item where Name = 'Sprocket'")
        return Decimal(row["QtyOnHand"])

    before = queried()
    desk.switch(quantity_lag_seconds=8)
    for sold in range(1, 3):
        desk.invoice(desk.line("12.50", "Sprocket", Qty=1))
        assert (queried(), on_hand(desk)) == (before, before - sold)
    desk.clock.forward(9)
    assert queried() == on_hand(desk) == before - 2


def test_an_inventory_line_needs_a_quantity(desk: Desk) -> None:
    assert desk.refused("Invoice", desk.sale(desk.line("12.50", "Sprocket")))["code"] == "6520"


def test_stock_cannot_be_sold_before_it_is_tracked(desk: Desk) -> None:
    line = desk.line("12.50", "Sprocket", Qty=1)
    assert desk.refused("Invoice", desk.sale(line, TxnDate="2019-12-31"))["code"] == "6270"
    assert desk.invoice(line, TxnDate="2020-01-01")


# -- closed books ------------------------------------------------------------------------------------------------


def test_closed_books_take_nothing_new_and_let_nothing_go(desk: Desk) -> None:
    old = desk.invoice(TxnDate="2026-08-15")
    desk.prefer("AccountingInfoPrefs", BookCloseDate="2026-08-31")
    assert desk.refused("Invoice", desk.sale(desk.line("1"), TxnDate="2026-08-31"))["code"] == "6210"
    assert desk.invoice(TxnDate="2026-09-01")
    assert desk.refused("Invoice", desk.version(old, TxnDate="2026-09-02"))["code"] == "6210"
    identity = {"Id": old["Id"], "SyncToken": old["SyncToken"]}
    assert desk.refused("Invoice", identity, operation="delete")["code"] == "6210"
    assert desk.refused("Invoice", identity, operation="void")["code"] == "6210"


# -- currencies --------------------------------------------------------------------------------------------------


def test_a_single_currency_company_refuses_others(desk: Desk) -> None:
    assert desk.invoice(CurrencyRef={"value": "USD"})["CurrencyRef"]["value"] == "USD"
    foreign = desk.sale(desk.line("1"), CurrencyRef={"value": "EUR"})
    assert desk.refused("Invoice", foreign)["code"] == "6000"
    desk.switch(foreign_currency_code=2220)
    assert desk.refused("Invoice", foreign)["code"] == "2220"


def test_a_multi_currency_company_wants_the_currency_named_and_the_customers() -> None:
    desk = Desk("FR")
    line = desk.line("10.00", code="TVA 20 %")
    body = desk.sale(line, GlobalTaxCalculation="TaxExcluded")
    refusal = desk.refused("Invoice", body)
    assert (refusal["code"], refusal["element"]) == ("2020", "CurrencyRef")
    assert desk.refused("Invoice", {**body, "CurrencyRef": {"value": "USD"}})["code"] == "6000"
    assert desk.write("Invoice", {**body, "CurrencyRef": {"value": "EUR"}})["HomeTotalAmt"] == Decimal("12.00")


def test_a_foreign_sale_is_also_told_in_home_currency() -> None:
    desk = Desk("FR")
    ana = desk.write("Customer", {"DisplayName": "Ana", "CurrencyRef": {"value": "USD"}})
    body = desk.sale(desk.line("10.00", code="0 %"), GlobalTaxCalculation="TaxExcluded")
    body |= {"CustomerRef": {"value": ana["Id"]}, "CurrencyRef": {"value": "USD"}, "ExchangeRate": Decimal("0.915")}
    stored = desk.write("Invoice", body)
    assert (stored["TotalAmt"], stored["HomeTotalAmt"]) == (Decimal("10.00"), Decimal("9.15"))
