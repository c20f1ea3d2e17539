"""Fills a new company with what every QuickBooks company has, and what a store needs to post into it."""

from decimal import Decimal

from sandbox.quickbooks.regions import Region, company_info, preferences
from sandbox.quickbooks.store import Books, Json
from sandbox.quickbooks.writes import create

# name, type, subtype
_ACCOUNTS = (
    ("Checking", "Bank", "Checking"),
    ("Ecwid Clearing", "Bank", "Checking"),
    ("PayPal Clearing", "Bank", "Checking"),
    ("Savings", "Bank", "Savings"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("Inventory Asset", "Other Current Asset", "Inventory"),
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("Sales of Product Income", "Income", "SalesOfProductIncome"),
    ("Services", "Income", "ServiceFeeIncome"),
    ("Shipping Income", "Income", "OtherPrimaryIncome"),
    ("Discounts given", "Income", "DiscountsRefundsGiven"),
    ("Other Income", "Other Income", "OtherMiscellaneousIncome"),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Inventory Shrinkage", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Bank Charges", "Expense", "BankCharges"),
    ("Shipping and Delivery", "Expense", "ShippingFreightDelivery"),
    ("Gift Card Liability", "Other Current Liability", "OtherCurrentLiabilities"),
    ("Tips Payable", "Other Current Liability", "OtherCurrentLiabilities"),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
)
_PAYMENT_METHODS = (
    ("Cash", "NON_CREDIT_CARD"),
    ("Check", "NON_CREDIT_CARD"),
    ("Visa", "CREDIT_CARD"),
    ("PayPal", "NON_CREDIT_CARD"),
    ("Credit Card", "CREDIT_CARD"),
)
_TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30))
# service item, income account
_SERVICES = (
    ("Services", "Services"),
    ("Shipping", "Shipping Income"),
    ("Discount", "Discounts given"),
    ("Rounding", "Other Income"),
    ("Fees", "Other Income"),
    ("Tips", "Tips Payable"),
    ("Gift cards", "Gift Card Liability"),
)
_CLASSES = ("Online", "Shop")
_LOCATIONS = ("Main Street", "Warehouse")
_STOCK_START = "2020-01-01"


def seed_company(books: Books, region: Region) -> None:
    # The preferences name accounts and the accounts need the country, so both come in two steps.
    books.insert("CompanyInfo", company_info(region, _STOCK_START), "1")
    books.insert("Preferences", preferences(region, "", ""), "1")
    accounts = _seed_accounts(books, region)
    final = preferences(region, accounts["Discounts given"], accounts["Shipping Income"])
    books.amend("Preferences", "1", final)
    _seed_taxes(books, region)
    for name, kind in _PAYMENT_METHODS:
        create(books, "PaymentMethod", {"Name": name, "Type": kind})
    for name, days in _TERMS:
        create(books, "Term", {"Name": name, "DueDays": days})
    _seed_items(books, region, accounts)
    create(books, "Customer", {"DisplayName": "Store customer"})
    create(books, "Vendor", {"DisplayName": "Acme Supplies", "CompanyName": "Acme Supplies"})
    for name in _CLASSES:
        create(books, "Class", {"Name": name})
    for name in _LOCATIONS:
        create(books, "Department", {"Name": name})


def _seed_accounts(books: Books, region: Region) -> dict[str, str]:
    """Account name to id."""
    tax_kind = "SalesTaxPayable" if region.country == "US" else "GlobalTaxPayable"
    own = ((name, "Bank", "Checking") for name in region.money_accounts)
    rows = (*_ACCOUNTS, (region.tax_account, "Other Current Liability", tax_kind), *own)
    made = (
        create(books, "Account", {"Name": name, "AccountType": kind, "AccountSubType": subtype})
        for name, kind, subtype in rows
    )
    return {account["Name"]: account["Id"] for account in made}


def _seed_taxes(books: Books, region: Region) -> None:
    agency = {"DisplayName": region.agency, "TaxTrackedOnSales": True, "TaxTrackedOnPurchases": True}
    agency_id = books.insert("TaxAgency", agency)["Id"]
    rate_ids: dict[str, str] = {}
    for code in region.codes:
        for rate in code.rates:
            if rate.name not in rate_ids:
                fields = {
                    "Name": rate.name,
                    "Description": rate.name,
                    "Active": True,
                    "RateValue": Decimal(rate.percent),
                    "AgencyRef": {"value": agency_id},
                    "SpecialTaxType": rate.special,
                    "DisplayType": "ReadOnly",
                }
                rate_ids[rate.name] = books.insert("TaxRate", fields)["Id"]
        details = [_rate_detail(rate_ids[rate.name], order) for order, rate in enumerate(code.rates)]
        fields = {
            "Name": code.name,
            "Description": code.description,
            "Active": True,
            "Hidden": False,
            "Taxable": code.name != "NON",
            "TaxGroup": bool(details),
            "SalesTaxRateList": {"TaxRateDetail": details},
            "PurchaseTaxRateList": {"TaxRateDetail": []},
            "TaxCodeConfigType": "USER_DEFINED" if details else "SYSTEM_GENERATED",
        }
        books.insert("TaxCode", fields, code.id)


def _rate_detail(rate_id: str, order: int) -> Json:
    return {
        "TaxRateRef": {"value": rate_id},
        "TaxTypeApplicable": "TaxOnAmount",
        "TaxOrder": Decimal(order),
    }


def _seed_items(books: Books, region: Region, accounts: dict[str, str]) -> None:
    for name, account in (*_SERVICES, ("Sales tax", region.tax_account)):
        create(books, "Item", {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": accounts[account]}})
    sprocket = {
        "Name": "Sprocket",
        "Sku": "SPR-1",
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 100,
        "InvStartDate": _STOCK_START,
        "UnitPrice": Decimal("12.50"),
        "PurchaseCost": Decimal("7.00"),
        "Taxable": True,
        "IncomeAccountRef": {"value": accounts["Sales of Product Income"]},
        "ExpenseAccountRef": {"value": accounts["Cost of Goods Sold"]},
        "AssetAccountRef": {"value": accounts["Inventory Asset"]},
    }
    create(books, "Item", sprocket)
    for name in region.services:
        create(books, "Item", {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": accounts["Services"]}})
