"""Payloads: right to the field, the length and the cent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integrations.books import Company, ItemDraft, Known, Payment, Sale, SaleType, TaxModel
from integrations.commerce import Address
from integrations.quickbooks.entry_writer import customer_payload, item_payload
from integrations.quickbooks.fields import address_payload
from integrations.quickbooks.writer import (
    payment_payload,
    payment_update,
    private_note,
    sale_payload,
    sale_update,
    shipping_update,
)
from tests.integrations.quickbooks.books_samples import BUYER, VAT, company, line, sale, tax_line
from tests.integrations.quickbooks.quickbooks_fields import check

D = Decimal
HOME = Address("Zoe Novak", "Acme", ("1 Main St", "Apt 2"), "Montréal", "QC", "H2X 1Y4", "CA", "Canada", "555")
AUTOMATED, MANUAL, NONE = TaxModel.US_AUTOMATED, TaxModel.US_MANUAL, TaxModel.US_NONE


def item_id(item: Known | ItemDraft) -> str:
    return item.id if isinstance(item, Known) else "new"


def payload(document: Sale, books: Company | None = None) -> dict[str, Any]:
    made = sale_payload(document, books or company(), customer_id="58", item_id=item_id)
    check(made, document.type.value)
    return made


def detail_of(entry: Any, **more: Any) -> dict[str, Any]:
    return payload(sale(entry), company(**more))["Line"][0]["SalesItemLineDetail"]


def test_a_plain_invoice():
    document = sale(line("25.98", "23", quantity=D(2), unit_price=D("12.99"), description="Mug, blue"))
    assert payload(document) == {
        "CustomerRef": {"value": "58"},
        "TxnDate": "2026-09-03",
        "DocNumber": "EW-1001",
        "Line": [
            {
                "DetailType": "SalesItemLineDetail",
                "Description": "Mug, blue",
                "Amount": D("25.98"),
                "SalesItemLineDetail": {
                    "ItemRef": {"value": "19"},
                    "Qty": D(2),
                    "UnitPrice": D("12.99"),
                    "TaxCodeRef": {"value": "23"},
                },
            }
        ],
        "GlobalTaxCalculation": "TaxExcluded",
        "PrivateNote": "Ecwid 1001 [TB-ABCDEFGHIJ]",
    }


@pytest.mark.parametrize(
    "wrong", [{"Bogus": 1}, {"DocNumber": "x" * 22}, {"Line": [{"Amount": 1}]}, {"TotalAmt": D(1)}, {"TxnDate": "soon"}]
)
def test_the_check_itself_finds_what_quickbooks_would_not_take(wrong):
    with pytest.raises(AssertionError):
        check(wrong, "Invoice")


def test_everything_a_sale_can_carry():
    document = sale(
        line("10.00"),
        due_date=date(2026, 10, 3),
        message="Thank you",
        email="zoe@x.test",
        billing=HOME,
        shipping=HOME,
        shipping_method="Express parcel to anywhere at all",
        shipping_date=date(2026, 9, 4),
        tracking_number="1Z999",
        class_id="500",
        location_id="2",
        allow_card_payment=True,
    )
    made = payload(document, company(classes="document", locations=True, card_payments=True, multi_currency=True))
    assert (made["DueDate"], made["CustomerMemo"]) == ("2026-10-03", {"value": "Thank you"})
    assert made["BillEmail"] == {"Address": "zoe@x.test"}
    assert made["ShipMethodRef"] == {"value": "Express parcel to anywhere at"}
    assert (made["ShipDate"], made["TrackingNum"]) == ("2026-09-04", "1Z999")
    assert (made["ClassRef"], made["DepartmentRef"]) == ({"value": "500"}, {"value": "2"})
    assert made["AllowOnlineCreditCardPayment"] is True
    assert made["CurrencyRef"] == {"value": "CAD"}
    assert made["BillAddr"] == made["ShipAddr"]


def test_a_sales_receipt_carries_its_money_and_no_due_date():
    document = sale(
        line("10.00"),
        type=SaleType.SALES_RECEIPT,
        due_date=date(2026, 10, 3),
        allow_card_payment=True,
        deposit_account_id="35",
        payment_method_id="3",
        payment_reference="pi_3Q1234567890123456789",
    )
    made = payload(document, company(card_payments=True))
    assert (made["DepositToAccountRef"], made["PaymentMethodRef"]) == ({"value": "35"}, {"value": "3"})
    assert made["PaymentRefNum"] == "pi_3Q1234567890123456"
    assert not {"DueDate", "AllowOnlineCreditCardPayment"} & set(made)


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "sent"),
    [
        ("2", "12.99", "25.98", {"Qty": D(2), "UnitPrice": D("12.99")}),
        ("128.350", "14.50", "1861.08", {"Qty": D("128.350"), "UnitPrice": D("14.50")}),  # 1861.075, half up
        ("128.350", "14.50", "1861.07", {"Qty": D("128.350")}),
        ("3", "3.33333", "10.00", {"Qty": D(3), "UnitPrice": D("3.33333")}),
        ("3", "3.333333", "10.00", {"Qty": D(3)}),
        ("3", None, "10.00", {"Qty": D(3)}),
        ("0.3333333", "30", "10.00", {"Qty": D("0.33333"), "UnitPrice": D(30)}),
        ("1", "-2.60", "-2.60", {"Qty": D(1), "UnitPrice": D("-2.60")}),
        ("1E+2", "1", "100.00", {"Qty": D(100), "UnitPrice": D(1)}),
        (None, "5", "5.00", {}),
        ("0", "5", "0.00", {}),
    ],
)
def test_quantity_and_price_are_sent_together_only_when_they_multiply_exactly(quantity, price, amount, sent):
    entry = line(amount, quantity=quantity and D(quantity), unit_price=price and D(price))
    detail = detail_of(entry)
    assert {key: detail[key] for key in ("Qty", "UnitPrice") if key in detail} == sent


def test_yen_are_multiplied_in_whole_units():
    entry = line("334", "23", quantity=D(3), unit_price=D("111.333"))
    document = sale(entry, currency="JPY")
    detail = payload(document, company(currency="JPY"))["Line"][0]["SalesItemLineDetail"]
    assert detail["UnitPrice"] == D("111.333")


def test_yen_that_hundredths_would_not_give_are_sent_without_a_price():
    document = sale(line("2", "23", quantity=D(3), unit_price=D("0.5")), currency="JPY")
    detail = payload(document, company(currency="JPY"))["Line"][0]["SalesItemLineDetail"]
    assert (detail["Qty"], "UnitPrice" in detail) == (3, False)


@pytest.mark.parametrize(
    ("number", "custom", "sent"),
    [("EW-1", False, "EW-1"), ("EW-1", True, "EW-1"), (None, False, None), (None, True, "AUTO_GENERATE")],
)
def test_document_numbers(number, custom, sent):
    assert payload(sale(line("1.00"), number=number), company(custom_numbers=custom)).get("DocNumber") == sent


@pytest.mark.parametrize(("message", "sent"), [(None, None), ("", {"value": ""}), ("x" * 2000, {"value": "x" * 1000})])
def test_messages(message, sent):
    assert payload(sale(line("1.00"), message=message)).get("CustomerMemo") == sent


@pytest.mark.parametrize(
    ("model", "tax", "sent"),
    [
        (AUTOMATED, "8.25", {"TotalTax": D("8.25")}),
        (AUTOMATED, "0", {"TotalTax": D(0)}),
        (MANUAL, "8.25", {"TxnTaxCodeRef": {"value": "3"}, "TotalTax": D("8.25")}),
        (NONE, "8.25", None),
    ],
)
def test_us_companies_are_told_the_total_tax(model, tax, sent):
    document = sale(line("100.00", "TAX"), tax=tax, currency="USD")
    made = payload(document, company(model, default_tax_code="3"))
    assert made.get("TxnTaxDetail") == sent
    assert "GlobalTaxCalculation" not in made
    detail = made["Line"][0]["SalesItemLineDetail"]
    assert detail.get("TaxCodeRef") == (None if model is NONE else {"value": "TAX"})


def test_stated_taxes_elsewhere():
    document = sale(line("16.66", "23"), tax="3.34", override_tax=True, tax_lines=(tax_line(VAT, "16.66", "3.34"),))
    made = payload(document)
    assert made["GlobalTaxCalculation"] == "TaxExcluded"
    assert made["TxnTaxDetail"] == {
        "TotalTax": D("3.34"),
        "TaxLine": [
            {
                "Amount": D("3.34"),
                "DetailType": "TaxLineDetail",
                "TaxLineDetail": {
                    "TaxRateRef": {"value": "8"},
                    "PercentBased": True,
                    "TaxPercent": D(20),
                    "NetAmountTaxable": D("16.66"),
                },
            }
        ],
    }


def test_taxes_are_left_to_quickbooks_where_it_finds_the_same():
    assert "TxnTaxDetail" not in payload(sale(line("16.66", "23"), tax_lines=(tax_line(VAT, "16.66", "3.34"),)))


@pytest.mark.parametrize(
    ("classes", "header", "on_lines"), [("", False, False), ("document", True, False), ("line", False, True)]
)
def test_classes_go_where_the_company_has_them(classes, header, on_lines):
    made = payload(sale(line("1.00"), class_id="500"), company(classes=classes))
    assert ("ClassRef" in made) is header
    assert ("ClassRef" in made["Line"][0]["SalesItemLineDetail"]) is on_lines


def test_what_the_company_does_not_have_is_not_sent():
    made = payload(sale(line("1.00"), location_id="2", class_id="5", allow_card_payment=True, email="not an address"))
    assert not {"DepartmentRef", "ClassRef", "AllowOnlineCreditCardPayment", "CurrencyRef", "BillEmail"} & set(made)


@pytest.mark.parametrize(("multi", "sent"), [(False, None), (True, {"value": "CAD"})])
def test_the_currency_is_stated_where_there_are_several(multi, sent):
    assert payload(sale(line("1.00")), company(multi_currency=multi)).get("CurrencyRef") == sent


def test_a_foreign_document_never_becomes_home_currency_silently():
    document = sale(line("1.00"), currency="EUR")
    assert payload(document, company(multi_currency=True))["CurrencyRef"] == {"value": "EUR"}
    with pytest.raises(ValueError, match="EUR"):
        payload(document)


def test_items_to_create_are_named_by_the_caller():
    draft = ItemDraft("k", "Mug", "M-1", "NonInventory", "79")
    assert detail_of(line("1.00", item=draft))["ItemRef"] == {"value": "new"}


def test_the_marker_survives_whatever_is_cut():
    assert private_note("Order 1 [TB-X]", "TB-X") == "Order 1 [TB-X]"
    assert private_note("Order 1", "TB-X") == "Order 1 [TB-X]"
    cut = private_note("x" * 5000 + " [TB-X]", "TB-X")
    assert cut.endswith(" [TB-X]")
    assert len(cut) == 4000
    assert private_note("", "TB-X") == "[TB-X]"
    grown = private_note("\u0344" * 3990 + "[TB-X]", "TB-X")  # this character counts for two once it is normalised
    assert grown.endswith("[TB-X]")
    assert len(grown) <= 4000


# -- payments, customers, items, addresses -----------------------------------------------------------------------------


def test_a_payment_pays_one_invoice():
    payment = Payment(
        BUYER, date(2026, 9, 4), "CAD", D("33.90"), "35", "TB-P", "Ecwid 1001 [TB-P]", 0, "3", "pi_" + "9" * 30
    )
    made = payment_payload(payment, company(multi_currency=True), customer_id="58", invoice_id="131")
    check(made, "Payment")
    assert made == {
        "CustomerRef": {"value": "58"},
        "TotalAmt": D("33.90"),
        "TxnDate": "2026-09-04",
        "CurrencyRef": {"value": "CAD"},
        "DepositToAccountRef": {"value": "35"},
        "PaymentMethodRef": {"value": "3"},
        "PaymentRefNum": "pi_" + "9" * 18,
        "PrivateNote": "Ecwid 1001 [TB-P]",
        "Line": [{"Amount": D("33.90"), "LinkedTxn": [{"TxnId": "131", "TxnType": "Invoice"}]}],
    }
    with pytest.raises(ValueError, match="EUR"):
        payment_payload(replace(payment, currency="EUR"), company(), customer_id="58", invoice_id="131")


def test_a_customer():
    draft = replace(
        BUYER, given_name="Zoe", family_name="Novak", company="Acme: Goods", phone="+1 514 555 0100", billing=HOME
    )
    made = customer_payload(draft, company(), name="Zoe: Novak 😀")
    check(made, "Customer")
    assert made["DisplayName"] == "Zoe - Novak"
    assert (made["GivenName"], made["FamilyName"], made["CompanyName"]) == ("Zoe", "Novak", "Acme - Goods")
    assert made["PrimaryEmailAddr"] == {"Address": "zoe@x.test"}
    assert made["PrimaryPhone"] == {"FreeFormNumber": "+1 514 555 0100"}
    assert made["BillAddr"]["City"] == "Montréal"
    assert not {"ShipAddr", "CurrencyRef"} & set(made)


def test_a_customers_currency_is_fixed_at_creation():
    made = customer_payload(replace(BUYER, currency="USD"), company(multi_currency=True), name="Zoe")
    assert made["CurrencyRef"] == {"value": "USD"}


def test_names_that_do_not_fit_are_left_to_the_display_name():
    made = customer_payload(replace(BUYER, given_name="Z" * 26, family_name="N" * 16), company(), name="Z")
    assert not {"GivenName", "FamilyName"} & set(made)


def test_an_item_that_is_sold():
    draft = ItemDraft("k", 'Pipe 12"', "P-12", "NonInventory", "79", "80", description="Pipe", unit_price=D("9.90"))
    made = item_payload(draft)
    check(made, "Item")
    assert made == {
        "Name": "Pipe 12''",
        "Type": "NonInventory",
        "Sku": "P-12",
        "Description": "Pipe",
        "UnitPrice": D("9.90"),
        "IncomeAccountRef": {"value": "79"},
        "ExpenseAccountRef": {"value": "80"},
    }


def test_an_item_in_stock():
    draft = ItemDraft(
        "k", "Mug", "M", "Inventory", "79", "80", "81", quantity_on_hand=D(5), inventory_start=date(2026, 1, 1)
    )
    made = item_payload(draft)
    check(made, "Item")
    assert made["AssetAccountRef"] == {"value": "81"}
    assert (made["TrackQtyOnHand"], made["QtyOnHand"], made["InvStartDate"]) == (True, D(5), "2026-01-01")


def test_stock_without_a_start_date_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="start date"):
        item_payload(ItemDraft("k", "Mug", "M", "Inventory", "79", "80", "81"))


def test_an_address():
    made = address_payload(HOME)
    assert made == {
        "Line1": "Acme",
        "Line2": "Zoe Novak",
        "Line3": "1 Main St",
        "Line4": "Apt 2",
        "City": "Montréal",
        "CountrySubDivisionCode": "QC",
        "PostalCode": "H2X 1Y4",
        "Country": "Canada",
    }


def test_an_address_has_five_lines_at_most_and_none_twice():
    made = address_payload(Address("Zoe", "Zoe", ("a", "b", "c", "d", "e"))) or {}
    assert [made[f"Line{n}"] for n in range(1, 6)] == ["Zoe", "a", "b", "c", "d, e"]
    assert "Line6" not in made


def test_an_empty_address_is_none():
    assert address_payload(None) is None
    assert address_payload(Address()) is None
    assert address_payload(Address(country="CA")) == {"Country": "CA"}


# -- changes of what is posted -----------------------------------------------------------------------------------------


def test_an_update_keeps_customer_number_date_and_note_and_states_its_tax():
    document = sale(line("100", "23"), tax="20", tax_lines=(tax_line(VAT, "100", "20"),), override_tax=False)
    found = sale_update(document, company(), item_id=item_id)
    assert not {"CustomerRef", "DocNumber", "TxnDate", "PrivateNote"} & found.keys()
    assert found["Line"] == payload(document)["Line"]
    assert [one["Amount"] for one in found["TxnTaxDetail"]["TaxLine"]] == [20]


def test_an_update_of_an_untaxed_sale_takes_the_old_tax_away():
    document = sale(line("100", "25"))
    assert sale_update(document, company(), item_id=item_id)["TxnTaxDetail"] == {"TotalTax": 0}
    untaxed = sale(line("100", "NON"), currency="USD")
    assert "TxnTaxDetail" not in sale_update(untaxed, company(TaxModel.US_NONE), item_id=item_id)


def test_how_it_was_shipped_says_nothing_else():
    assert shipping_update(sale(tracking_number="1Z", shipping_date=date(2026, 3, 4))) == {
        "TrackingNum": "1Z",
        "ShipDate": "2026-03-04",
    }
    assert shipping_update(sale()) == {}


def test_a_payment_applies_less_to_one_invoice_and_as_before_to_others():
    lines = [
        {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": ref, "TxnType": "Invoice"}]}
        for ref, amount in (("88", 23), ("89", 5))
    ]
    payment = {"Id": "9", "CustomerRef": {"value": "58", "name": "Ana"}, "TotalAmt": Decimal(28), "Line": lines}
    found = payment_update(payment, Decimal(28), {"88": Decimal("11.50")})
    assert [(one["LinkedTxn"][0]["TxnId"], one["Amount"]) for one in found["Line"]] == [
        ("88", Decimal("11.50")),
        ("89", 5),
    ]
    assert (found["TotalAmt"], found["CustomerRef"]) == (28, {"value": "58"})
    assert [one["Amount"] for one in payment_update(payment, Decimal(28), {"88": Decimal(0)})["Line"]] == [5]


def test_a_payment_that_is_lowered_says_again_all_that_it_pays():
    lines = [{"Amount": Decimal(20), "LinkedTxn": [{"TxnId": "88", "TxnType": "Invoice"}], "LineEx": {"any": []}}]
    payment = {"Id": "9", "CustomerRef": {"value": "58"}, "TotalAmt": Decimal(28), "UnappliedAmt": 8, "Line": lines}
    assert payment_update(payment, Decimal("22.50")) == {
        "CustomerRef": {"value": "58"},
        "TotalAmt": Decimal("22.50"),
        "Line": [{"Amount": 20, "LinkedTxn": [{"TxnId": "88", "TxnType": "Invoice"}]}],
    }
