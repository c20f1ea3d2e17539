"""What a document says, kept and compared: versions, times and spellings do not count, figures and lines do."""

from decimal import Decimal

import pytest

from integrations.quickbooks.image import differing, image, is_void, shows

D = Decimal

ITEM = {"ItemRef": {"value": "5", "name": "Mug"}, "Qty": D(2), "UnitPrice": D("10.00"), "TaxCodeRef": {"value": "TAX"}}
LINE = {"Id": "1", "DetailType": "SalesItemLineDetail", "Amount": D("20.00"), "SalesItemLineDetail": ITEM}
SUBTOTAL = {"DetailType": "SubTotalLineDetail", "Amount": D("20.00")}
INVOICE = {
    "Id": "88",
    "SyncToken": "3",
    "MetaData": {"LastUpdatedTime": "2026-03-02T12:00:00-07:00"},
    "CustomerRef": {"value": "58", "name": "Ana"},
    "DocNumber": "1001",
    "TxnDate": "2026-03-02",
    "TotalAmt": D("21.65"),
    "Balance": D("21.65"),
    "TxnTaxDetail": {"TotalTax": D("1.65")},
    "PrivateNote": "Ecwid 1001 [TB-A]",
    "Line": [LINE, SUBTOTAL],
}


def with_line(**changes):
    return {**INVOICE, "Line": [{**LINE, **changes}]}


def with_item(**changes):
    return with_line(SalesItemLineDetail={**ITEM, **changes})


@pytest.mark.parametrize(
    "same",
    [
        {"SyncToken": "9", "MetaData": {}, "Balance": D(0), "LinkedTxn": [{"TxnId": "1", "TxnType": "Payment"}]},
        {"PrintStatus": "PrintComplete", "EmailStatus": "EmailSent", "CustomerMemo": {"value": "Thanks"}},
        {
            "CustomerRef": {"value": "58", "name": "Ana Ruiz"},
            "TotalAmt": D("21.650"),
            "PrivateNote": "Ecwid  1001 [TB-A]",
        },
        {"Line": [{**LINE, "Id": "7", "LineNum": 1}]},
    ],
    ids=lambda same: next(iter(same)),
)
def test_what_books_are_not_kept_by_is_no_difference(same):
    assert differing(image(INVOICE), image({**INVOICE, **same})) == []


@pytest.mark.parametrize(
    ("other", "parts"),
    [
        ({**INVOICE, "CustomerRef": {"value": "59"}}, ["customer"]),
        ({**INVOICE, "TxnDate": "2026-03-03", "DueDate": "2026-04-01"}, ["date", "due_date"]),
        ({**INVOICE, "TxnTaxDetail": {"TotalTax": D("1.66")}, "TotalAmt": D("21.66")}, ["total", "tax"]),
        ({**INVOICE, "ClassRef": {"value": "2"}, "DepartmentRef": {"value": "3"}}, ["class", "location"]),
        ({**INVOICE, "PrivateNote": "Voided - Ecwid 1001 [TB-A]"}, ["note"]),
        (with_line(Amount=D("21.00")), ["lines"]),
        (with_line(Description="Blue"), ["lines"]),
        (with_item(Qty=D(3)), ["lines"]),
        (with_item(ItemRef={"value": "6"}), ["lines"]),
        (with_item(TaxCodeRef={"value": "NON"}), ["lines"]),
        ({**INVOICE, "Line": [LINE, LINE]}, ["lines"]),
    ],
)
def test_figures_lines_and_what_they_are_booked_on_are(other, parts):
    assert differing(image(INVOICE), image(other)) == parts


def test_an_update_shows_where_lines_and_total_are_the_stated_ones():
    stated = {"Line": [{**LINE, "SalesItemLineDetail": {"ItemRef": {"value": "5"}, "Qty": D(2)}}]}
    assert shows(INVOICE, stated, D("21.65"))
    assert not shows(INVOICE, stated, D("21.66"))
    assert not shows(with_item(Qty=D(3)), stated, D("21.65"))
    assert not shows({**INVOICE, "Line": [LINE, LINE]}, stated, D("21.65"))


def test_what_quickbooks_may_leave_out_is_not_waited_for():
    stated = {"Line": [{**LINE, "SalesItemLineDetail": {**ITEM, "ClassRef": {"value": "9"}}, "Description": " Mug "}]}
    assert shows(INVOICE, stated, None)


def test_an_update_without_lines_shows_in_its_fields():
    assert shows({**INVOICE, "TrackingNum": "1Z"}, {"TrackingNum": "1Z"}, None)
    assert not shows(INVOICE, {"TrackingNum": "1Z"}, None)


def test_a_payment_shows_what_it_pays():
    line = {"Amount": D("11.50"), "LinkedTxn": [{"TxnId": "88", "TxnType": "Invoice"}]}
    payment = {"TotalAmt": D("23.00"), "Line": [{**line, "LineEx": {"any": []}}]}
    assert shows(payment, {"Line": [line]}, D("23.00"))
    assert not shows(payment, {"Line": [{**line, "Amount": D("12.00")}]}, D("23.00"))
    assert not shows({**payment, "Line": []}, {"Line": [line]}, D("23.00"))


def test_nothing_is_left_of_a_void():
    assert is_void({"TotalAmt": 0, "Line": [{"Amount": D("0.00")}, SUBTOTAL | {"Amount": 0}]})
    assert not is_void({"TotalAmt": 0, "Line": [{"Amount": D(5)}, {"Amount": D(-5)}]})
    assert not is_void(INVOICE)
