"""Names that providers use in English, in the reader's language: statuses, QuickBooks' lists and kinds of entries.

A provider's own names stand: only those that every store and every company has are translated.
"""

import re
from collections.abc import Iterable, Mapping

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

_POINT_OF_A_RATE = re.compile(r"(?<=\d)\.(?=\d+(?: %|$))")

STATUSES: Mapping[str, Promise] = {
    "AWAITING_PAYMENT": pgettext_lazy("status of an order", "Awaiting payment"),
    "PAID": pgettext_lazy("status of an order", "Paid"),
    "CANCELLED": pgettext_lazy("status of an order", "Cancelled"),
    "REFUNDED": pgettext_lazy("status of an order", "Refunded"),
    "PARTIALLY_REFUNDED": pgettext_lazy("status of an order", "Partially refunded"),
    "INCOMPLETE": pgettext_lazy("status of an order", "Incomplete"),
    "AWAITING_PROCESSING": pgettext_lazy("status of an order", "Awaiting processing"),
    "PROCESSING": pgettext_lazy("status of an order", "Processing"),
    "READY_FOR_PICKUP": pgettext_lazy("status of an order", "Ready for pickup"),
    "SHIPPED": pgettext_lazy("status of an order", "Shipped"),
    "OUT_FOR_DELIVERY": pgettext_lazy("status of an order", "Out for delivery"),
    "DELIVERED": pgettext_lazy("status of an order", "Delivered"),
    "WILL_NOT_DELIVER": pgettext_lazy("status of an order", "Will not deliver"),
    "RETURNED": pgettext_lazy("status of an order", "Returned"),
    "NOT_PAID": pgettext_lazy("status of an order", "Unpaid"),
    "PARTIALLY_PAID": pgettext_lazy("status of an order", "Partially paid"),
    "PENDING": pgettext_lazy("status of an order", "Pending"),
    "PENDING_MERCHANT": pgettext_lazy("status of an order", "Pending merchant"),
    "FULLY_REFUNDED": pgettext_lazy("status of an order", "Refunded"),
    "CANCELED": pgettext_lazy("status of an order", "Cancelled"),
    "DECLINED": pgettext_lazy("status of an order", "Declined"),
    "NOT_FULFILLED": pgettext_lazy("status of an order", "Unfulfilled"),
    "PARTIALLY_FULFILLED": pgettext_lazy("status of an order", "Partially fulfilled"),
    "FULFILLED": pgettext_lazy("status of an order", "Fulfilled"),
}
# What every store of a provider calls a status whose code says it otherwise.
_USUAL_NAMES = {"NOT_PAID": "unpaid", "FULLY_REFUNDED": "refunded", "NOT_FULFILLED": "unfulfilled"}
LISTS: Mapping[str, Promise] = {
    "Account": pgettext_lazy("QuickBooks list", "Account"),
    "Class": pgettext_lazy("QuickBooks list", "Class"),
    "Customer": pgettext_lazy("QuickBooks list", "Customer"),
    "Department": pgettext_lazy("QuickBooks list", "Location"),
    "Item": pgettext_lazy("QuickBooks list", "Item"),
    "PaymentMethod": pgettext_lazy("QuickBooks list", "Payment method"),
    "TaxCode": pgettext_lazy("QuickBooks list", "Tax code"),
    "TaxRate": pgettext_lazy("QuickBooks list", "Tax rate"),
    "Term": pgettext_lazy("QuickBooks list", "Term"),
}
DOCUMENTS: Mapping[str, Promise] = {
    "Invoice": _("Invoice"),
    "SalesReceipt": _("Sales receipt"),
    "RefundReceipt": _("Refund receipt"),
    "CreditMemo": _("Credit memo"),
    "Payment": _("Payment"),
}
# Types of accounts and of items.
KINDS: Mapping[str, Promise] = {
    "Accounts Payable": pgettext_lazy("account type", "Accounts Payable"),
    "Accounts Receivable": pgettext_lazy("account type", "Accounts Receivable"),
    "Bank": pgettext_lazy("account type", "Bank"),
    "Cost of Goods Sold": pgettext_lazy("account type", "Cost of Goods Sold"),
    "Credit Card": pgettext_lazy("account type", "Credit Card"),
    "Equity": pgettext_lazy("account type", "Equity"),
    "Expense": pgettext_lazy("account type", "Expense"),
    "Fixed Asset": pgettext_lazy("account type", "Fixed Asset"),
    "Income": pgettext_lazy("account type", "Income"),
    "Long Term Liability": pgettext_lazy("account type", "Long Term Liability"),
    "Other Asset": pgettext_lazy("account type", "Other Asset"),
    "Other Current Asset": pgettext_lazy("account type", "Other Current Asset"),
    "Other Current Liability": pgettext_lazy("account type", "Other Current Liability"),
    "Other Expense": pgettext_lazy("account type", "Other Expense"),
    "Other Income": pgettext_lazy("account type", "Other Income"),
    "Group": pgettext_lazy("item type", "Bundle"),
    "Inventory": pgettext_lazy("item type", "Inventory"),
    "NonInventory": pgettext_lazy("item type", "Non-inventory"),
    "Service": pgettext_lazy("item type", "Service"),
}


def status_in_words(status: str, name: str = "") -> str:
    """A status by its code and the name that the store has for it: a name that the merchant chose stands."""
    common = status.replace("_", " ").casefold()
    usual = {"", common, status.casefold(), _USUAL_NAMES.get(status.upper(), "")}
    known = STATUSES.get(status.upper())
    return str(known) if known and name.casefold() in usual else name or status


def rates_in_words(taxes: str) -> str:
    """“GST 5 % + QST 9.975 %” with the active language's decimal separator in its rates."""
    return _POINT_OF_A_RATE.sub(formats.get_format("DECIMAL_SEPARATOR"), taxes)


def taxes_in_words(taxes: Iterable[str]) -> str:
    """A mapping's taxes as people write them: “GST 5 % + QST 9.975 %”; what is told by its name alone stays that."""
    names = " + ".join(f"{tax} %" if tax[-1:].isdigit() else tax for tax in taxes)
    return rates_in_words(names) or gettext("No tax")


def document_in_words(entity: str) -> str:
    """A document, or another thing that QuickBooks keeps, by the name that its API has for it."""
    return str({**LISTS, **DOCUMENTS}.get(entity, entity))


def list_in_words(entity: str) -> str:
    return str(LISTS.get(entity, entity))


def kind_in_words(kind: str) -> str:
    return str(KINDS.get(kind, kind))
