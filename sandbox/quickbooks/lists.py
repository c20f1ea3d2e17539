"""The small lists: accounts, classes, locations, payment methods, terms."""

from decimal import Decimal

from sandbox.quickbooks.drafts import Draft
from sandbox.quickbooks.faults import QboError, too_long
from sandbox.quickbooks.names import check_characters, parent_of, place_in_tree, settled_name
from sandbox.quickbooks.store import Json

CLASSIFICATIONS = {
    "Bank": "Asset",
    "Accounts Receivable": "Asset",
    "Other Current Asset": "Asset",
    "Fixed Asset": "Asset",
    "Other Asset": "Asset",
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Other Current Liability": "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Other Income": "Revenue",
    "Cost of Goods Sold": "Expense",
    "Expense": "Expense",
    "Other Expense": "Expense",
}
_TYPE_OF_SUBTYPE = {
    "Checking": "Bank",
    "Savings": "Bank",
    "CashOnHand": "Bank",
    "UndepositedFunds": "Other Current Asset",
    "Inventory": "Other Current Asset",
    "SalesOfProductIncome": "Income",
    "ServiceFeeIncome": "Income",
    "OtherPrimaryIncome": "Income",
    "DiscountsRefundsGiven": "Income",
    "SuppliesMaterialsCogs": "Cost of Goods Sold",
    "BankCharges": "Expense",
    "ShippingFreightDelivery": "Expense",
    "SalesTaxPayable": "Other Current Liability",
    "GlobalTaxPayable": "Other Current Liability",
    "OtherCurrentLiabilities": "Other Current Liability",
    "AccountsReceivable": "Accounts Receivable",
}
_SHORT_ACCOUNT_NUMBER = ("US", "GB", "IN")
_PAYMENT_METHOD_TYPES = ("CREDIT_CARD", "NON_CREDIT_CARD")


def build_account(draft: Draft) -> Json:
    draft.require("Name")
    given = draft.given
    check_characters(draft, given["Name"], "Name")
    if '"' in given["Name"]:
        raise QboError(2040, 'Name must not contain a double quote: "', "Name")
    account_type = given.get("AccountType") or _TYPE_OF_SUBTYPE.get(given.get("AccountSubType", ""))
    if account_type is None:
        raise QboError(6010, "Either AccountType or AccountSubType must be given", "AccountType")
    _check_account_number(draft)
    computed = {
        "AccountType": account_type,
        "Classification": CLASSIFICATIONS.get(account_type),
        "SubAccount": "ParentRef" in given,
        **place_in_tree(draft, "Name", parent_of(draft)),
    }
    defaults = {"Active": True, "CurrentBalance": Decimal(0), "CurrencyRef": {"value": draft.books.home_currency}}
    return {**defaults, **given, **computed}


def _check_account_number(draft: Draft) -> None:
    number = draft.given.get("AcctNum", "")
    if draft.books.info["Country"] in _SHORT_ACCOUNT_NUMBER and len(number) > 7:
        raise too_long("AcctNum", 7, len(number))


def build_branch(draft: Draft) -> Json:
    """A class or a location, possibly under another."""
    draft.require("Name")
    check_characters(draft, draft.given["Name"], "Name")
    parent = parent_of(draft)
    below = "SubClass" if draft.type_name == "Class" else "SubDepartment"
    return {"Active": True, **draft.given, below: parent is not None, **place_in_tree(draft, "Name", parent)}


def build_payment_method(draft: Draft) -> Json:
    draft.require("Name")
    kind = draft.given.get("Type", "NON_CREDIT_CARD")
    if kind not in _PAYMENT_METHOD_TYPES:
        raise QboError(2170, f"Invalid Enumeration : {kind}", "Type")
    return {"Active": True, "Type": kind, **draft.given, "Name": settled_name(draft, draft.given["Name"])}


def build_term(draft: Draft) -> Json:
    draft.require("Name")
    kind = "DATE_DRIVEN" if "DayOfMonthDue" in draft.given else "STANDARD"
    return {"Active": True, **draft.given, "Type": kind, "Name": settled_name(draft, draft.given["Name"])}
