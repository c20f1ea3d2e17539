from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.quickbooks_desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def pay(desk: Desk, amount: str, *links: tuple[str, Any, str], **fields: Any) -> Any:
    return desk.write("Payment", desk.payment(amount, *links, **fields))


def balance(desk: Desk, name: str = "Store customer") -> Decimal:
    return Decimal(desk.read("Customer", desk.id("Customer", name))["Balance"])


def fresh(desk: Desk, type_name: str, stored: Any) -> Any:
    return desk.read(type_name, stored["Id"])


def identity(stored: Any) -> dict[str, Any]:
    return {"Id": stored["Id"], "SyncToken": stored["SyncToken"]}


# -- applying ----------------------------------------------------------------------------------------------------


def test_a_payment_lowers_the_balance_and_links_the_invoice(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00"))
    desk.clock.forward(60)
    payment = pay(desk, "60.00", ("Invoice", invoice, "60.00"))
    paid = fresh(desk, "Invoice", invoice)
    assert paid["Balance"] == Decimal("40.00")
    assert paid["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert paid["SyncToken"] == "1"
    assert paid["MetaData"]["LastUpdatedTime"] > invoice["MetaData"]["LastUpdatedTime"]
    assert payment["UnappliedAmt"] == 0
    assert balance(desk) == Decimal("40.00")


def test_a_payment_without_lines_is_a_credit(desk: Desk) -> None:
    payment = pay(desk, "25.00")
    assert payment["UnappliedAmt"] == Decimal("25.00")
    assert payment["DepositToAccountRef"] == desk.ref("Account", "Undeposited Funds")
    assert balance(desk) == Decimal("-25.00")


def test_a_payment_may_pay_several_invoices_and_keep_a_rest(desk: Desk) -> None:
    first, second = desk.invoice(desk.line("10.00")), desk.invoice(desk.line("20.00"))
    payment = pay(desk, "35.00", ("Invoice", first, "10.00"), ("Invoice", second, "20.00"))
    assert payment["UnappliedAmt"] == Decimal("5.00")
    assert fresh(desk, "Invoice", second)["Balance"] == 0


@pytest.mark.parametrize("name", ["CustomerRef", "TotalAmt"])
def test_a_payment_needs_customer_and_amount(desk: Desk, name: str) -> None:
    body = desk.payment("1.00")
    del body[name]
    refusal = desk.refused("Payment", body)
    assert (refusal["code"], refusal["element"]) == ("2020", name)


def test_a_negative_payment_is_refused(desk: Desk) -> None:
    assert desk.refused("Payment", desk.payment("-1.00"))["code"] == "2140"


def test_a_payment_has_no_document_number_of_its_own_making(desk: Desk) -> None:
    assert "DocNumber" not in pay(desk, "1.00", PaymentRefNum="pi_3Q")


def test_a_payment_to_nothing_is_refused_with_either_code(desk: Desk) -> None:
    body = desk.payment("1.00", ("Invoice", {"Id": "999"}, "1.00"))
    refusal = desk.refused("Payment", body)
    assert refusal["code"] == "6000"
    assert "The entity Invoice 999 that you are trying to link does not exist" in refusal["Detail"]
    desk.switch(payment_link_code=620)
    assert desk.refused("Payment", body)["code"] == "620"


def test_another_customers_invoice_cannot_be_paid(desk: Desk) -> None:
    invoice = desk.invoice()
    ana = desk.write("Customer", {"DisplayName": "Ana"})
    body = desk.payment("1.00", ("Invoice", invoice, "1.00"), CustomerRef={"value": ana["Id"]})
    assert desk.refused("Payment", body)["code"] == "6000"


def test_a_parent_can_pay_for_its_sub_customer(desk: Desk) -> None:
    store = desk.ref("Customer", "Store customer")
    site = desk.write("Customer", {"DisplayName": "Site", "Job": True, "ParentRef": store})
    invoice = desk.write("Invoice", {**desk.sale(desk.line("10.00")), "CustomerRef": {"value": site["Id"]}})
    assert pay(desk, "10.00", ("Invoice", invoice, "10.00"))["UnappliedAmt"] == 0


def test_a_sales_receipt_cannot_be_paid(desk: Desk) -> None:
    receipt = desk.write("SalesReceipt", desk.sale(desk.line("10.00")))
    assert desk.refused("Payment", desk.payment("1.00", ("SalesReceipt", receipt, "1.00")))["code"] == "6000"


def test_paying_more_than_is_open_is_refused_or_left_unapplied(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("10.00"))
    body = desk.payment("12.00", ("Invoice", invoice, "12.00"))
    assert desk.refused("Payment", body)["code"] == "6000"
    desk.switch(overapplied_payment="unapplied")
    payment = desk.write("Payment", body)
    assert payment["UnappliedAmt"] == Decimal("2.00")
    assert fresh(desk, "Invoice", invoice)["Balance"] == 0


def test_a_paid_invoice_cannot_be_paid_again(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("10.00"))
    pay(desk, "10.00", ("Invoice", invoice, "10.00"))
    assert desk.refused("Payment", desk.payment("10.00", ("Invoice", invoice, "10.00")))["code"] == "6000"


def test_a_payment_cannot_apply_more_than_its_amount(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("10.00"))
    assert desk.refused("Payment", desk.payment("5.00", ("Invoice", invoice, "10.00")))["code"] == "6000"


def test_an_update_applies_the_new_lines_instead_of_the_old(desk: Desk) -> None:
    first, second = desk.invoice(desk.line("10.00")), desk.invoice(desk.line("10.00"))
    payment = pay(desk, "10.00", ("Invoice", first, "10.00"))
    line = {"Amount": 10, "LinkedTxn": [{"TxnId": second["Id"], "TxnType": "Invoice"}]}
    desk.write("Payment", desk.version(payment, Line=[line]))
    first, second = fresh(desk, "Invoice", first), fresh(desk, "Invoice", second)
    assert (first["Balance"], first["LinkedTxn"]) == (Decimal("10.00"), [])
    assert second["Balance"] == 0


def test_an_update_of_the_memo_keeps_what_is_applied(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("10.00"))
    payment = pay(desk, "10.00", ("Invoice", invoice, "10.00"))
    assert desk.write("Payment", desk.version(payment, PrivateNote="x"))["UnappliedAmt"] == 0
    assert fresh(desk, "Invoice", invoice)["Balance"] == 0


def test_an_empty_line_list_unapplies_everything(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("10.00"))
    payment = pay(desk, "10.00", ("Invoice", invoice, "10.00"))
    assert desk.write("Payment", desk.version(payment, Line=[]))["UnappliedAmt"] == Decimal("10.00")
    assert fresh(desk, "Invoice", invoice)["Balance"] == Decimal("10.00")


def test_money_cannot_be_received_into_an_income_account(desk: Desk) -> None:
    body = desk.payment("1.00", DepositToAccountRef=desk.ref("Account", "Services"))
    assert desk.refused("Payment", body)["code"] == "6430"


def test_a_credit_memo_is_applied_by_a_payment_of_zero(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00"))
    credit = desk.write("CreditMemo", desk.sale(desk.line("30.00")))
    assert credit["RemainingCredit"] == Decimal("30.00")
    pay(desk, "0", ("Invoice", invoice, "30.00"), ("CreditMemo", credit, "30.00"))
    assert fresh(desk, "Invoice", invoice)["Balance"] == Decimal("70.00")
    assert fresh(desk, "CreditMemo", credit)["RemainingCredit"] == 0
    assert balance(desk) == Decimal("70.00")


def test_a_credit_memo_applies_itself_when_the_company_prefers_so(desk: Desk) -> None:
    newer = desk.invoice(desk.line("50.00"), TxnDate="2026-09-10")
    older = desk.invoice(desk.line("20.00"), TxnDate="2026-09-01")
    desk.prefer("SalesFormsPrefs", AutoApplyCredit=True)
    credit = desk.write("CreditMemo", desk.sale(desk.line("30.00")))
    assert credit["RemainingCredit"] == 0
    assert fresh(desk, "Invoice", older)["Balance"] == 0
    assert fresh(desk, "Invoice", newer)["Balance"] == Decimal("40.00")
    assert [payment["TotalAmt"] for payment in desk.books()["Payment"]] == [0, 0]
    assert balance(desk) == Decimal("40.00")


def test_a_single_line_may_name_the_invoice_and_the_credit(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00"))
    credit = desk.write("CreditMemo", desk.sale(desk.line("30.00")))
    links = [{"TxnId": invoice["Id"], "TxnType": "Invoice"}, {"TxnId": credit["Id"], "TxnType": "CreditMemo"}]
    body = {**desk.payment("0"), "Line": [{"Amount": 30, "LinkedTxn": links}]}
    assert desk.write("Payment", body)["UnappliedAmt"] == 0
    assert fresh(desk, "Invoice", invoice)["Balance"] == Decimal("70.00")
    assert fresh(desk, "CreditMemo", credit)["RemainingCredit"] == 0


def test_a_credit_memo_does_not_see_invoices_of_its_own_batch(desk: Desk) -> None:
    desk.prefer("SalesFormsPrefs", AutoApplyCredit=True)
    invoice, credit = desk.batch(
        {"bId": "a", "operation": "create", "Invoice": desk.sale(desk.line("50.00"))},
        {"bId": "b", "operation": "create", "CreditMemo": desk.sale(desk.line("30.00"))},
    )
    assert fresh(desk, "CreditMemo", credit["CreditMemo"])["RemainingCredit"] == Decimal("30.00")
    assert fresh(desk, "Invoice", invoice["Invoice"])["Balance"] == Decimal("50.00")


def test_credits_are_found_by_query_and_change_data(desk: Desk) -> None:
    desk.write("CreditMemo", desk.sale(desk.line("30.00"), DocNumber="R1"))
    account = desk.ref("Account", "Checking")
    desk.write("RefundReceipt", desk.sale(desk.line("10.00"), DocNumber="R2", DepositToAccountRef=account))
    assert [row["RemainingCredit"] for row in desk.rows("select * from CreditMemo where DocNumber = 'R1'")] == [30]
    assert [row["TotalAmt"] for row in desk.rows("select * from RefundReceipt where DocNumber = 'R2'")] == [10]
    answer = desk.send("GET", "cdc", entities="CreditMemo,RefundReceipt", changedSince="2026-09-21T00:00:00Z").json
    assert [next(iter(part)) for part in answer["CDCResponse"][0]["QueryResponse"]] == ["CreditMemo", "RefundReceipt"]


def test_a_payments_amount_may_grow_and_shrink_down_to_what_it_applies(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("10.00"))
    payment = pay(desk, "10.00", ("Invoice", invoice, "10.00"))
    more = desk.write("Payment", desk.version(payment, TotalAmt=15))
    assert (more["UnappliedAmt"], fresh(desk, "Invoice", invoice)["Balance"]) == (5, 0)
    assert desk.refused("Payment", desk.version(more, TotalAmt=9))["code"] == "6000"
    assert desk.write("Payment", desk.version(more, TotalAmt=9, Line=[]))["UnappliedAmt"] == 9
    assert fresh(desk, "Invoice", invoice)["LinkedTxn"] == []


# -- shrinking ---------------------------------------------------------------------------------------------------


def shrink(desk: Desk, type_name: str, stored: Any, amount: str) -> Any:
    return desk.write(type_name, desk.version(fresh(desk, type_name, stored), Line=[desk.line(amount)]))


def test_an_invoice_below_what_was_paid_frees_the_latest_payment_first(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00"))
    first = pay(desk, "60.00", ("Invoice", invoice, "60.00"))
    second = pay(desk, "30.00", ("Invoice", invoice, "30.00"))
    assert shrink(desk, "Invoice", invoice, "95.00")["Balance"] == Decimal("5.00")
    smaller = shrink(desk, "Invoice", invoice, "50.00")
    assert (smaller["Balance"], smaller["LinkedTxn"]) == (0, [{"TxnId": first["Id"], "TxnType": "Payment"}])
    first, second = fresh(desk, "Payment", first), fresh(desk, "Payment", second)
    assert (first["UnappliedAmt"], first["Line"][0]["Amount"], first["SyncToken"]) == (10, 50, "1")
    assert (second["UnappliedAmt"], second["Line"]) == (30, [])
    assert balance(desk) == Decimal("-40.00")


def test_an_invoice_below_what_was_paid_is_refused_when_switched(desk: Desk) -> None:
    desk.switch(update_below_applied="refused")
    invoice = desk.invoice(desk.line("100.00"))
    pay(desk, "60.00", ("Invoice", invoice, "60.00"))
    current = fresh(desk, "Invoice", invoice)
    assert desk.refused("Invoice", desk.version(current, Line=[desk.line("50.00")]))["code"] == "6000"
    assert desk.write("Invoice", desk.version(current, Line=[desk.line("80.00")]))["Balance"] == Decimal("20.00")


def test_an_invoice_below_what_a_credit_paid_opens_the_credit_again(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00"))
    credit = desk.write("CreditMemo", desk.sale(desk.line("30.00")))
    payment = pay(desk, "0", ("Invoice", invoice, "30.00"), ("CreditMemo", credit, "30.00"))
    shrink(desk, "Invoice", invoice, "20.00")
    left = fresh(desk, "CreditMemo", credit)
    assert (left["RemainingCredit"], len(left["LinkedTxn"])) == (Decimal("10.00"), 1)
    assert fresh(desk, "Payment", payment)["UnappliedAmt"] == 0
    assert balance(desk) == Decimal("-10.00")


def test_a_credit_below_what_it_paid_opens_the_invoice_again(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00"))
    credit = desk.write("CreditMemo", desk.sale(desk.line("30.00")))
    pay(desk, "0", ("Invoice", invoice, "30.00"), ("CreditMemo", credit, "30.00"))
    assert shrink(desk, "CreditMemo", credit, "12.00")["RemainingCredit"] == 0
    assert fresh(desk, "Invoice", invoice)["Balance"] == Decimal("88.00")
    assert balance(desk) == Decimal("88.00")


# -- voiding -----------------------------------------------------------------------------------------------------


def test_a_voided_invoice_is_all_zero_and_frees_its_payment(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00", code="TAX"), PrivateNote="EW1", DocNumber="EW1")
    payment = pay(desk, "50.00", ("Invoice", invoice, "50.00"))
    voided = desk.write("Invoice", identity(fresh(desk, "Invoice", invoice)), operation="void")
    assert voided["TotalAmt"] == voided["Balance"] == 0
    assert {line["Amount"] for line in voided["Line"]} == {Decimal(0)}
    assert voided["PrivateNote"] == "Voided - EW1"
    assert voided["DocNumber"] == "EW1"
    assert voided["LinkedTxn"] == []
    assert fresh(desk, "Payment", payment)["UnappliedAmt"] == Decimal("50.00")
    assert fresh(desk, "Payment", payment)["Line"] == []
    assert balance(desk) == Decimal("-50.00")


def test_a_voided_payment_gives_the_balance_back(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00"))
    payment = pay(desk, "50.00", ("Invoice", invoice, "50.00"))
    voided = desk.write("Payment", {**identity(payment), "sparse": True}, operation="update", include="void")
    assert (voided["TotalAmt"], voided["PrivateNote"], voided["Line"]) == (0, "Voided", [])
    assert fresh(desk, "Invoice", invoice)["Balance"] == Decimal("100.00")
    assert balance(desk) == Decimal("100.00")


def test_a_sales_receipt_is_voided_like_a_payment(desk: Desk) -> None:
    receipt = desk.write("SalesReceipt", desk.sale(desk.line("10.00")))
    body = {**identity(receipt), "sparse": True}
    assert desk.refused("SalesReceipt", body, operation="void")["code"] == "500"
    assert desk.write("SalesReceipt", body, operation="update", include="void")["TotalAmt"] == 0


def test_the_operation_void_works_for_payments_when_switched(desk: Desk) -> None:
    payment = pay(desk, "10.00")
    assert desk.refused("Payment", identity(payment), operation="void")["code"] == "500"
    desk.switch(void_by_operation=True)
    assert desk.write("Payment", identity(payment), operation="void")["TotalAmt"] == 0


def test_an_invoice_is_voided_in_a_batch_and_only_once(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("12.50", "Sprocket", Qty=1))
    item = {"bId": "1", "operation": "update", "optionsData": "void", "Invoice": desk.version(invoice)}
    (answer,) = desk.batch(item)
    voided = answer["Invoice"]
    assert (voided["TotalAmt"], voided["PrivateNote"], voided["SyncToken"]) == (0, "Voided", "1")
    assert desk.write("Invoice", identity(voided), operation="void")["PrivateNote"] == "Voided"


def test_voiding_an_invoice_paid_by_a_credit_opens_the_credit_again(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00"))
    credit = desk.write("CreditMemo", desk.sale(desk.line("30.00")))
    pay(desk, "20.00", ("Invoice", invoice, "50.00"), ("CreditMemo", credit, "30.00"))
    desk.write("Invoice", identity(fresh(desk, "Invoice", invoice)), operation="void")
    opened = fresh(desk, "CreditMemo", credit)
    assert (opened["RemainingCredit"], opened["LinkedTxn"]) == (Decimal("30.00"), [])
    assert [row["UnappliedAmt"] for row in desk.books()["Payment"]] == [20]
    assert balance(desk) == Decimal("-50.00")


@pytest.mark.parametrize("type_name", ["RefundReceipt", "CreditMemo"])
def test_refunds_and_credits_cannot_be_voided(desk: Desk, type_name: str) -> None:
    account = desk.ref("Account", "Checking")
    stored = desk.write(type_name, desk.sale(desk.line("10.00"), DepositToAccountRef=account))
    assert desk.refused(type_name, identity(stored), operation="update", include="void")["code"] == "500"


# -- deleting ----------------------------------------------------------------------------------------------------


def test_a_deleted_transaction_leaves_a_stub_and_is_gone(desk: Desk) -> None:
    invoice = desk.invoice()
    assert desk.write("Invoice", identity(invoice), operation="delete") == {
        "domain": "QBO",
        "status": "Deleted",
        "Id": invoice["Id"],
    }
    assert desk.send("GET", f"invoice/{invoice['Id']}").status_code == 400
    assert balance(desk) == 0
    (gone,) = desk.books()["deleted"]["Invoice"]
    assert gone["TotalAmt"] == invoice["TotalAmt"]


def test_deleting_needs_the_current_version(desk: Desk) -> None:
    invoice = desk.invoice()
    assert desk.refused("Invoice", {"Id": invoice["Id"]}, operation="delete")["code"] == "2020"
    stale = {"Id": invoice["Id"], "SyncToken": "7"}
    assert desk.refused("Invoice", stale, operation="delete")["code"] == "5010"


def test_deleting_twice_is_a_610(desk: Desk) -> None:
    invoice = desk.invoice()
    desk.write("Invoice", identity(invoice), operation="delete")
    assert desk.refused("Invoice", identity(invoice), operation="delete")["code"] == "610"


def test_the_number_of_a_deleted_document_is_free_again(desk: Desk) -> None:
    desk.write("Invoice", identity(desk.invoice(DocNumber="EW1")), operation="delete")
    assert desk.invoice(DocNumber="EW1")


def test_a_deleted_payment_gives_the_balance_back(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00"))
    payment = pay(desk, "100.00", ("Invoice", invoice, "100.00"))
    desk.write("Payment", identity(payment), operation="delete")
    reopened = fresh(desk, "Invoice", invoice)
    assert (reopened["Balance"], reopened["LinkedTxn"]) == (Decimal("100.00"), [])


def test_deleting_a_paid_invoice_is_refused_or_frees_its_payment(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00"))
    payment = pay(desk, "100.00", ("Invoice", invoice, "100.00"))
    current = identity(fresh(desk, "Invoice", invoice))
    assert desk.refused("Invoice", current, operation="delete")["code"] == "6000"
    desk.switch(delete_paid_invoice="unapplied")
    desk.write("Invoice", current, operation="delete")
    assert fresh(desk, "Payment", payment)["UnappliedAmt"] == Decimal("100.00")
    assert balance(desk) == Decimal("-100.00")


def test_deleting_an_applied_credit_opens_its_invoice_again(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00"))
    credit = desk.write("CreditMemo", desk.sale(desk.line("30.00")))
    pay(desk, "0", ("Invoice", invoice, "30.00"), ("CreditMemo", credit, "30.00"))
    current = identity(fresh(desk, "CreditMemo", credit))
    assert desk.refused("CreditMemo", current, operation="delete")["code"] == "6000"
    desk.switch(delete_paid_invoice="unapplied")
    desk.write("CreditMemo", current, operation="delete")
    opened = fresh(desk, "Invoice", invoice)
    assert (opened["Balance"], opened["LinkedTxn"]) == (Decimal("100.00"), [])
    assert [row["UnappliedAmt"] for row in desk.books()["Payment"]] == [0]
    assert balance(desk) == Decimal("100.00")


def test_the_money_beside_a_deleted_credit_stays_applied(desk: Desk) -> None:
    desk.switch(delete_paid_invoice="unapplied")
    invoice = desk.invoice(desk.line("100.00"))
    credit = desk.write("CreditMemo", desk.sale(desk.line("30.00")))
    payment = pay(desk, "20.00", ("Invoice", invoice, "50.00"), ("CreditMemo", credit, "30.00"))
    desk.write("CreditMemo", identity(fresh(desk, "CreditMemo", credit)), operation="delete")
    assert fresh(desk, "Invoice", invoice)["Balance"] == Decimal("80.00")
    assert fresh(desk, "Payment", payment)["UnappliedAmt"] == 0


def test_deleting_the_payment_of_zero_opens_both_sides_again(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("100.00"))
    credit = desk.write("CreditMemo", desk.sale(desk.line("30.00")))
    payment = pay(desk, "0", ("Invoice", invoice, "30.00"), ("CreditMemo", credit, "30.00"))
    desk.write("Payment", identity(payment), operation="delete")
    assert fresh(desk, "Invoice", invoice)["Balance"] == Decimal("100.00")
    assert fresh(desk, "CreditMemo", credit)["RemainingCredit"] == Decimal("30.00")


# -- one truth ---------------------------------------------------------------------------------------------------


def test_in_foreign_currency_the_home_balance_follows() -> None:
    desk = Desk("FR")
    ana = desk.write("Customer", {"DisplayName": "Ana", "CurrencyRef": {"value": "USD"}})
    foreign = {"CustomerRef": {"value": ana["Id"]}, "CurrencyRef": {"value": "USD"}}
    body = desk.sale(desk.line("10.00", code="0 %"), GlobalTaxCalculation="TaxExcluded", ExchangeRate=Decimal("0.9"))
    invoice = desk.write("Invoice", {**body, **foreign})
    pay(desk, "4.00", ("Invoice", invoice, "4.00"), **foreign)
    assert fresh(desk, "Invoice", invoice)["HomeBalance"] == Decimal("5.40")
