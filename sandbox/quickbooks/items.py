"""Products and services."""

from collections.abc import Mapping
from decimal import Decimal

from sandbox.quickbooks.drafts import Draft
from sandbox.quickbooks.faults import QboError, business
from sandbox.quickbooks.names import check_characters, parent_of, place_in_tree
from sandbox.quickbooks.references import check_all, resolve, wrong_account
from sandbox.quickbooks.store import Json

_CREATABLE = ("Inventory", "NonInventory", "Service", "Category")
_MAX_PRICE = Decimal(99_999_999_999)

# What each kind of item needs, and the account types QuickBooks takes.
_INVENTORY_ACCOUNTS = {
    "IncomeAccountRef": ("Income",),
    "ExpenseAccountRef": ("Cost of Goods Sold",),
    "AssetAccountRef": ("Other Current Asset",),
}
# What is sold but not tracked may also be a debt: gift cards, tips, collected tax.
_SALES_ACCOUNTS = {"IncomeAccountRef": ("Income", "Other Income", "Other Current Liability")}
_PURCHASE_ACCOUNTS = {"ExpenseAccountRef": ("Cost of Goods Sold", "Expense", "Other Expense")}


def build_item(draft: Draft) -> Json:
    draft.require("Name", "Type")
    _check_type(draft)
    check_characters(draft, draft.given["Name"], "Name")
    _check_price(draft)
    if draft.given["Type"] == "Inventory":
        _check_inventory(draft)
    elif draft.given["Type"] != "Category":
        _check_accounts(draft)
    if not draft.books.is_us:
        check_all(draft.books, draft.given, ("SalesTaxCodeRef",))
    check_all(draft.books, draft.given, ("ClassRef", "PrefVendorRef"))
    return _finished(draft)


def _check_type(draft: Draft) -> None:
    wanted = draft.given["Type"]
    if wanted not in _CREATABLE:
        raise business(f"Items of type {wanted} cannot be written through the API")
    if draft.old and draft.old["Type"] != wanted and draft.old["Type"] in {"Inventory", "Category"}:
        raise business(f"An item of type {draft.old['Type']} cannot become {wanted}")


def _check_price(draft: Draft) -> None:
    for name in ("UnitPrice", "PurchaseCost"):
        if abs(draft.given.get(name) or Decimal(0)) > _MAX_PRICE:
            raise QboError(2140, f"Amount is not supported : {draft.given[name]}", name)


def _check_inventory(draft: Draft) -> None:
    if not draft.books.preference("ProductAndServicesPrefs", "QuantityOnHand"):
        raise QboError(5030, "Feature Not Supported : quantity on hand is not tracked in this company")
    draft.require(*_INVENTORY_ACCOUNTS, "QtyOnHand", "InvStartDate")
    if draft.given.get("TrackQtyOnHand") is not True:
        raise business("TrackQtyOnHand must be true for an inventory item")
    _check_account_types(draft, _INVENTORY_ACCOUNTS)


def _check_accounts(draft: Draft) -> None:
    if draft.given.get("TrackQtyOnHand"):
        raise business("Quantity on hand is tracked for inventory items only")
    if not any(name in draft.given for name in ("IncomeAccountRef", "ExpenseAccountRef")):
        draft.require("IncomeAccountRef")
    _check_account_types(draft, {**_SALES_ACCOUNTS, **_PURCHASE_ACCOUNTS})


def _check_account_types(draft: Draft, wanted: Mapping[str, tuple[str, ...]]) -> None:
    for name, account_types in wanted.items():
        account = resolve(draft.books, draft.given, name)
        if account is not None and account["AccountType"] not in account_types:
            raise wrong_account(account, account_types)
    asset = resolve(draft.books, draft.given, "AssetAccountRef")
    if asset is not None and asset["AccountSubType"] != "Inventory":
        raise wrong_account(asset, ("Other Current Asset (Inventory)",))


def _finished(draft: Draft) -> Json:
    parent = parent_of(draft)
    fields = {"Active": True, "Taxable": False, "UnitPrice": Decimal(0), **draft.given}
    fields["SubItem"] = parent is not None
    fields["TrackQtyOnHand"] = fields["Type"] == "Inventory"
    if draft.old and draft.old["Type"] == "Inventory":
        # On an update the date sent is the date of the quantity adjustment; the start of tracking stays.
        fields["InvStartDate"] = draft.old["InvStartDate"]
    return {**fields, **place_in_tree(draft, "Name", parent)}
