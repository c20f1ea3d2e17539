"""References from one object to another: they must exist, be active, and be of the right kind."""

from dataclasses import dataclass

from sandbox.quickbooks.faults import QboError, bad_reference, inactive_or_gone
from sandbox.quickbooks.store import Books, Json


@dataclass(frozen=True)
class Target:
    """What a reference property points to. `family` is the word the refusal uses."""

    type_name: str
    family: str


TARGETS = {
    "CustomerRef": Target("Customer", "Names"),
    "PrefVendorRef": Target("Vendor", "Names"),
    "ItemRef": Target("Item", "Items"),
    "ClassRef": Target("Class", "Klasses"),
    "DepartmentRef": Target("Department", "Depts"),
    "DepositToAccountRef": Target("Account", "Accounts"),
    "ARAccountRef": Target("Account", "Accounts"),
    "AccountRef": Target("Account", "Accounts"),
    "AdjustAccountRef": Target("Account", "Accounts"),
    "DiscountAccountRef": Target("Account", "Accounts"),
    "IncomeAccountRef": Target("Account", "Accounts"),
    "ExpenseAccountRef": Target("Account", "Accounts"),
    "AssetAccountRef": Target("Account", "Accounts"),
    "PaymentMethodRef": Target("PaymentMethod", "PaymentMethods"),
    "SalesTermRef": Target("Term", "Terms"),
    "TaxCodeRef": Target("TaxCode", "TaxCodes"),
    "TxnTaxCodeRef": Target("TaxCode", "TaxCodes"),
    "SalesTaxCodeRef": Target("TaxCode", "TaxCodes"),
    "DefaultTaxCodeRef": Target("TaxCode", "TaxCodes"),
    "TaxRateRef": Target("TaxRate", "TaxRates"),
}

MONEY_ACCOUNTS = ("Bank", "Other Current Asset")


def resolve(books: Books, fields: Json, name: str, target: Target | None = None) -> Json | None:
    """The object that `fields[name]` points to; None when the property is absent.

    `target` is needed for properties that mean something else in every type, like ParentRef.

    Raises QboError 2500 when there is none, 610 (customers: see the switch) when it is inactive.
    """
    reference = fields.get(name)
    if reference is None:
        return None
    target = target or TARGETS[name]
    identifier = str(reference.get("value", ""))
    found = books.find(target.type_name, identifier)
    if found is None or books.is_hidden(target.type_name, identifier):
        raise bad_reference(target.family, identifier)
    if not found.get("Active", True):
        raise _inactive(books, target)
    return found


def check_all(books: Books, fields: Json, names: tuple[str, ...]) -> None:
    for name in names:
        resolve(books, fields, name)


def money_account(books: Books, fields: Json, name: str) -> None:
    """The account must be one that money can lie in."""
    account = resolve(books, fields, name)
    if account is not None and account["AccountType"] not in MONEY_ACCOUNTS:
        raise wrong_account(account, MONEY_ACCOUNTS)


def wrong_account(account: Json, wanted: tuple[str, ...]) -> QboError:
    detail = f"Invalid account type used : {account['Name']} is {account['AccountType']}, must be {' or '.join(wanted)}"
    return QboError(6430, detail)


def _inactive(books: Books, target: Target) -> QboError:
    if target.type_name == "Customer" and books.switches["inactive_customer_code"] == 6250:
        return QboError(6250, "The customer of the transaction is inactive", "CustomerRef")
    return inactive_or_gone()
