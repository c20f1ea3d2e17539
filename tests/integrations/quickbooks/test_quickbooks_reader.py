"""QuickBooks' objects read into our words."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.books import TaxModel, TaxRate
from integrations.errors import Malformed
from integrations.quickbooks.reader import company, listed, posted

PREFERENCES: dict[str, Any] = {
    "AccountingInfoPrefs": {
        "ClassTrackingPerTxn": False,
        "ClassTrackingPerTxnLine": True,
        "TrackDepartments": True,
        "BookCloseDate": "2026-06-30",
    },
    "ProductAndServicesPrefs": {"QuantityOnHand": True},
    "SalesFormsPrefs": {"CustomTxnNumbers": True, "ETransactionPaymentEnabled": True},
    "TaxPrefs": {"UsingSalesTax": True},
    "CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "CAD"}},
}
INFO = {"Id": "1", "CompanyName": "Maple Goods", "Country": "CA", "DefaultTimeZone": "America/Toronto"}
RATES = [
    {"Id": "4", "Name": "GST", "RateValue": 5, "Active": True},
    {"Id": "5", "Name": "QST", "RateValue": Decimal("9.975"), "Active": True},
    {"Id": "6", "Name": "On top", "RateValue": Decimal("7.5")},
]
CODES = [
    {
        "Id": "20",
        "Name": "GST/QST QC",
        "Active": True,
        "SalesTaxRateList": {
            "TaxRateDetail": [
                {"TaxRateRef": {"value": "4"}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0},
                {"TaxRateRef": {"value": "5"}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 1},
            ]
        },
        "PurchaseTaxRateList": {"TaxRateDetail": [{"TaxRateRef": {"value": "99"}}]},
    },
    {
        "Id": "21",
        "Name": "Compound",
        "SalesTaxRateList": {
            "TaxRateDetail": [
                {"TaxRateRef": {"value": "4"}, "TaxTypeApplicable": "TaxOnTax"},
                {"TaxRateRef": {"value": "6"}, "TaxTypeApplicable": "TaxOnAmountPlusTax", "TaxOrder": 2},
            ]
        },
    },
    {"Id": "22", "Name": "Exempt", "Active": False},
    {"Id": "23", "Name": "Unknown rate", "SalesTaxRateList": {"TaxRateDetail": [{"TaxRateRef": {"value": "98"}}]}},
]


def preferences(**parts: dict[str, Any]) -> dict[str, Any]:
    return PREFERENCES | parts


def test_a_company():
    found = company(INFO, PREFERENCES, CODES, RATES, realm_id="9341")
    assert (found.id, found.name, found.country, found.tax_model) == ("9341", "Maple Goods", "CA", TaxModel.GLOBAL)
    assert (found.currency, found.multi_currency, found.classes, found.locations) == ("CAD", True, "line", True)
    assert (found.custom_numbers, found.inventory, found.card_payments) == (True, True, True)
    assert (found.closed_until, found.time_zone) == (date(2026, 6, 30), "America/Toronto")


def test_a_company_with_everything_off():
    bare = {"CurrencyPrefs": {"HomeCurrency": {"value": "GBP"}}}
    found = company({"Id": "1", "Country": "GB"}, bare, [], [])
    assert (found.id, found.tax_model, found.currency, found.multi_currency) == ("1", TaxModel.GLOBAL, "GBP", False)
    assert (found.classes, found.locations, found.custom_numbers, found.inventory) == ("", False, False, False)
    assert found.closed_until is None


def test_tax_codes_with_their_sales_rates():
    codes = company(INFO, PREFERENCES, CODES, RATES).tax_codes
    assert codes["20"].rates == (
        TaxRate("4", "GST", Decimal(5), 0),
        TaxRate("5", "QST", Decimal("9.975"), 1),
    )
    assert codes["20"].percent == Decimal("14.975")
    assert [(rate.on_tax, rate.tax_only) for rate in codes["21"].rates] == [(False, True), (True, False)]


def test_inactive_codes_and_codes_with_an_unknown_rate_cannot_be_used():
    codes = company(INFO, PREFERENCES, CODES, RATES).tax_codes
    assert [codes[key].active for key in ("20", "22", "23")] == [True, False, False]


@pytest.mark.parametrize(
    ("country", "taxes", "model"),
    [
        ("US", {"UsingSalesTax": True, "PartnerTaxEnabled": True}, TaxModel.US_AUTOMATED),
        ("US", {"UsingSalesTax": True, "PartnerTaxEnabled": False}, TaxModel.US_NONE),
        ("US", {"UsingSalesTax": True, "TaxGroupCodeRef": {"value": "3"}}, TaxModel.US_MANUAL),
        ("US", {"UsingSalesTax": True}, TaxModel.US_NONE),
        ("US", {"UsingSalesTax": False, "PartnerTaxEnabled": True}, TaxModel.US_NONE),
        ("US", {}, TaxModel.US_NONE),
        ("GB", {"UsingSalesTax": True}, TaxModel.GLOBAL),
        ("GB", {}, TaxModel.GLOBAL),
        ("GB", {"UsingSalesTax": False}, TaxModel.US_NONE),
    ],
)
def test_tax_models(country, taxes, model):
    found = company({"Id": "1", "Country": country}, preferences(TaxPrefs=taxes), [], [])
    assert found.tax_model is model


def test_manual_tax_names_its_group_and_only_that_model_does():
    group = {"UsingSalesTax": True, "TaxGroupCodeRef": {"value": "3"}}
    us = {"Id": "1", "Country": "US"}
    assert company(us, preferences(TaxPrefs=group), [], []).default_tax_code == "3"
    assert company(us, preferences(TaxPrefs=group | {"PartnerTaxEnabled": True}), [], []).default_tax_code == ""


def test_a_company_without_a_country_is_us_when_it_has_the_us_pseudo_codes():
    pseudo = [{"Id": "TAX", "Name": "TAX"}, {"Id": "NON", "Name": "NON"}]
    taxes = {"UsingSalesTax": True, "PartnerTaxEnabled": True}
    assert company({"Id": "1"}, preferences(TaxPrefs=taxes), pseudo, []).tax_model is TaxModel.US_AUTOMATED
    assert company({"Id": "1"}, preferences(TaxPrefs=taxes), CODES, RATES).tax_model is TaxModel.GLOBAL


@pytest.mark.parametrize(
    ("accounting", "classes"),
    [({}, ""), ({"ClassTrackingPerTxn": True}, "document"), ({"ClassTrackingPerTxnLine": True}, "line")],
)
def test_where_classes_go(accounting, classes):
    assert company(INFO, preferences(AccountingInfoPrefs=accounting), [], []).classes == classes


def test_a_company_without_home_currency_is_malformed():
    with pytest.raises(Malformed):
        company(INFO, preferences(CurrencyPrefs={}), [], [])


def test_a_posted_document():
    obj = {
        "Id": "266",
        "SyncToken": "0",
        "DocNumber": "EW-1",
        "TotalAmt": Decimal("108.25"),
        "CurrencyRef": {"value": "USD"},
        "CustomerRef": {"value": "58", "name": "Acme"},
        "TxnDate": "2026-09-03",
        "PrivateNote": "n",
    }
    found = posted("Invoice", obj)
    assert (found.type, found.id, found.sync_token, found.number) == ("Invoice", "266", "0", "EW-1")
    assert (found.total, found.currency, found.customer_id) == (Decimal("108.25"), "USD", "58")
    assert (found.txn_date, found.private_note, found.raw) == (date(2026, 9, 3), "n", obj)


def test_a_posted_payment_has_no_number():
    found = posted("Payment", {"Id": "1", "TotalAmt": 5})
    assert (found.number, found.total, found.txn_date) == ("", Decimal(5), None)


@pytest.mark.parametrize("obj", [{}, {"Id": ""}, {"Id": "1", "TotalAmt": "lots"}, {"Id": "1", "TxnDate": "soon"}])
def test_documents_that_cannot_be_read(obj):
    with pytest.raises(Malformed):
        posted("Invoice", obj)


def test_a_listed_customer():
    found = listed(
        "Customer",
        {
            "Id": "90",
            "SyncToken": "2",
            "DisplayName": "Zoe Novak",
            "PrimaryEmailAddr": {"Address": "zoe@x.test"},
            "CurrencyRef": {"value": "CAD"},
            "Active": True,
            "MetaData": {"LastUpdatedTime": "2026-09-29T05:58:07-07:00"},
        },
    )
    assert (found.id, found.name, found.email, found.currency) == ("90", "Zoe Novak", "zoe@x.test", "CAD")
    assert (found.active, found.sync_token) == (True, "2")
    assert found.updated_at == datetime(2026, 9, 29, 12, 58, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("entity", "obj", "name", "kind", "subkind"),
    [
        (
            "Item",
            {"Name": "Mug", "Sku": "M-1", "Type": "Inventory", "FullyQualifiedName": "A:Mug"},
            "Mug",
            "Inventory",
            "",
        ),
        (
            "Account",
            {
                "Name": "PayPal",
                "FullyQualifiedName": "Clearing:PayPal",
                "AccountType": "Bank",
                "AccountSubType": "Checking",
            },
            "Clearing:PayPal",
            "Bank",
            "Checking",
        ),
        ("PaymentMethod", {"Name": "Visa", "Type": "CREDIT_CARD"}, "Visa", "CREDIT_CARD", ""),
        ("Class", {"Name": "B", "FullyQualifiedName": "A:B"}, "A:B", "", ""),
        ("Vendor", {"DisplayName": "Acme Supplies"}, "Acme Supplies", "", ""),
        ("Employee", {"DisplayName": "Ann"}, "Ann", "", ""),
        ("TaxRate", {"Name": "GST"}, "GST", "", ""),
    ],
)
def test_listed_rows(entity, obj, name, kind, subkind):
    found = listed(entity, {"Id": "1", **obj})
    assert (found.name, found.kind, found.subkind, found.active, found.deleted) == (name, kind, subkind, True, False)
    assert found.sku == obj.get("Sku", "")


def test_deleted_and_inactive_rows():
    stub = listed("Customer", {"domain": "QBO", "status": "Deleted", "Id": "5"})
    assert (stub.active, stub.deleted, stub.name, stub.updated_at) == (False, True, "", None)
    assert listed("Customer", {"Id": "5", "DisplayName": "Zoe (deleted)", "Active": False}).active is False


def test_a_row_with_a_broken_time_is_malformed():
    with pytest.raises(Malformed):
        listed("Item", {"Id": "1", "MetaData": {"LastUpdatedTime": "yesterday"}})
