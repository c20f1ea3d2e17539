"""The simulated companies: where they are, how they pay tax, what their preferences say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.quickbooks.store import Json


@dataclass(frozen=True)
class RateSeed:
    """A tax rate in percent."""

    name: str
    percent: str
    special: str = "NONE"


@dataclass(frozen=True)
class CodeSeed:
    """A tax code and the rates it stands for, in the order they are applied."""

    name: str
    rates: Sequence[RateSeed]
    description: str = ""
    id: str | None = None


@dataclass(frozen=True)
class Region:
    """One company. `tax_preferences` goes into the preferences as it stands; `money_accounts` and `services` are
    what it has besides what every company has."""

    realm: str
    name: str
    country: str
    currency: str
    time_zone: str
    address: Json
    tax_account: str
    agency: str
    tax_preferences: Json
    codes: Sequence[CodeSeed]
    multi_currency: bool = False
    money_accounts: Sequence[str] = ()
    services: Sequence[str] = ()


_STATE = RateSeed("Texas State", "6.25")
_CITY = RateSeed("Austin", "1")
_TRANSIT = RateSeed("Austin Transit", "1")
_COUNTY = RateSeed("California", "7.25")
_DISTRICT = RateSeed("Los Angeles District", "2.25")
_GST = RateSeed("GST", "5")
_QST = RateSeed("QST", "9.975")

_US_PSEUDO_CODES = (CodeSeed("TAX", (), "Taxable", "TAX"), CodeSeed("NON", (), "Not taxable", "NON"))

REGIONS = (
    Region(
        "9341450000000001",
        "Maple Goods",
        "CA",
        "CAD",
        "America/Toronto",
        {"Line1": "12 rue Saint-Paul", "City": "Montréal", "CountrySubDivisionCode": "QC", "PostalCode": "H2Y 1G7"},
        "GST/HST Payable",
        "Canada Revenue Agency",
        {"UsingSalesTax": True},
        (
            CodeSeed("GST", (_GST,), "GST 5 %"),
            CodeSeed("GST/QST QC", (_GST, _QST), "GST 5 % and QST 9.975 %"),
            CodeSeed("HST ON", (RateSeed("HST ON", "13"),), "HST 13 %"),
            CodeSeed("Zero-rated", (RateSeed("Zero-rated", "0", "ZERO_RATE"),), "Zero-rated supplies"),
            CodeSeed("Exempt", (RateSeed("Exempt", "0"),), "Exempt supplies"),
        ),
    ),
    Region(
        "9341450000000002",
        "Lone Star Supply",
        "US",
        "USD",
        "America/Chicago",
        {"Line1": "801 Congress Ave", "City": "Austin", "CountrySubDivisionCode": "TX", "PostalCode": "78701"},
        "Sales Tax Payable",
        "Texas Comptroller of Public Accounts",
        {"UsingSalesTax": True, "PartnerTaxEnabled": True, "TaxGroupCodeRef": {"value": "2"}},
        (*_US_PSEUDO_CODES, CodeSeed("Austin, TX", (_STATE, _CITY, _TRANSIT), "State, city and transit", "2")),
    ),
    Region(
        "9341450000000003",
        "Granite Outfitters",
        "US",
        "USD",
        "America/New_York",
        {"Line1": "5 Elm St", "City": "Concord", "CountrySubDivisionCode": "NH", "PostalCode": "03301"},
        "Sales Tax Payable",
        "No agency",
        {"UsingSalesTax": False, "PartnerTaxEnabled": False},
        _US_PSEUDO_CODES,
    ),
    Region(
        "9341450000000004",
        "Thames Trading",
        "GB",
        "GBP",
        "Europe/London",
        {"Line1": "4 Mill Lane", "City": "Reading", "PostalCode": "RG1 1AA"},
        "VAT Control",
        "HM Revenue & Customs",
        {"UsingSalesTax": True},
        (
            CodeSeed("20.0% S", (RateSeed("20.0% S (Sales)", "20"),), "Standard rate"),
            CodeSeed("5.0% R", (RateSeed("5.0% R (Sales)", "5"),), "Reduced rate"),
            CodeSeed("0.0% Z", (RateSeed("0.0% Z (Sales)", "0", "ZERO_RATE"),), "Zero rate"),
            CodeSeed("Exempt", (RateSeed("Exempt (Sales)", "0"),), "Exempt"),
            CodeSeed("No VAT", (RateSeed("No VAT (Sales)", "0"),), "Outside the scope of VAT"),
        ),
        money_accounts=("Wix Clearing", "Petty Cash"),
        services=("Workshops", "Event tickets"),
    ),
    Region(
        "9341450000000005",
        "Pacific Crafts",
        "US",
        "USD",
        "America/Los_Angeles",
        {"Line1": "77 Spring St", "City": "Los Angeles", "CountrySubDivisionCode": "CA", "PostalCode": "90012"},
        "Sales Tax Payable",
        "California Department of Tax and Fee Administration",
        {"UsingSalesTax": True, "TaxGroupCodeRef": {"value": "3"}},
        (*_US_PSEUDO_CODES, CodeSeed("Los Angeles", (_COUNTY, _DISTRICT), "State and district", "3")),
    ),
    Region(
        "9341450000000006",
        "Atelier Lumière",
        "FR",
        "EUR",
        "Europe/Paris",
        {"Line1": "8 rue des Lilas", "City": "Lyon", "PostalCode": "69002"},
        "TVA collectée",
        "Direction générale des Finances publiques",
        {"UsingSalesTax": True},
        (
            CodeSeed("TVA 20 %", (RateSeed("TVA 20 % (ventes)", "20"),), "Taux normal"),
            CodeSeed("TVA 5,5 %", (RateSeed("TVA 5,5 % (ventes)", "5.5"),), "Taux réduit"),
            CodeSeed("0 %", (RateSeed("0 % (ventes)", "0", "ZERO_RATE"),), "Taux zéro"),
        ),
        multi_currency=True,
    ),
)


def company_info(region: Region, start_date: str) -> Json:
    address = {**region.address, "Country": region.country}
    named: dict[str, str] = {
        "OfferingSku": "QuickBooks Online Plus",
        "SubscriptionStatus": "PAID",
        "IndustryType": "Retail",
        "ItemCategoriesFeature": "true",
        "PayrollFeature": "false",
        "AccountantFeature": "false",
        "IsQbdtMigrated": "false",
    }
    return {
        "CompanyName": region.name,
        "LegalName": region.name,
        "CompanyAddr": address,
        "LegalAddr": address,
        "CustomerCommunicationAddr": address,
        "Email": {"Address": "books@example.test"},
        "PrimaryPhone": {"FreeFormNumber": "555-0100"},
        "Country": region.country,
        "FiscalYearStartMonth": "January",
        "SupportedLanguages": "en,fr" if region.country in {"CA", "FR"} else "en",
        "DefaultTimeZone": region.time_zone,
        "CompanyStartDate": start_date,
        "NameValue": [{"Name": name, "Value": value} for name, value in named.items()],
    }


def preferences(region: Region, discount_account: str, shipping_account: str) -> Json:
    sales_forms: dict[str, Any] = {
        "CustomTxnNumbers": False,
        "AllowDiscount": True,
        "DefaultDiscountAccount": discount_account,
        "AllowShipping": False,
        "DefaultShippingAccount": shipping_account,
        "AllowDeposit": False,
        "AllowServiceDate": False,
        "AllowEstimates": True,
        "DefaultTerms": {"value": "3"},
        "DefaultItem": "1",
        "DefaultCustomerMessage": "Thank you for your business.",
        "AutoApplyCredit": False,
        "AutoApplyPayments": False,
        "ETransactionPaymentEnabled": False,
        "CustomField": [],
    }
    return {
        "AccountingInfoPrefs": {
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": True,
            "TrackDepartments": True,
            "DepartmentTerminology": "Location",
            "UseAccountNumbers": False,
            "CustomerTerminology": "Customers",
            "FirstMonthOfFiscalYear": "January",
        },
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": True,
        },
        "SalesFormsPrefs": sales_forms,
        "TaxPrefs": dict(region.tax_preferences),
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": region.multi_currency,
            "HomeCurrency": {"value": region.currency},
        },
        "OtherPrefs": {"NameValue": [{"Name": "SalesFormsPrefs.DefaultCustomerMessage", "Value": "true"}]},
    }
