"""The words for what documents say and for what decided it, in the language of whoever reads them.

The codes are those of `sync.engine.documents` (names of parts), `sync.translate.because` and `integrations.doubts`.
"""

from collections.abc import Mapping
from datetime import date

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from integrations.books import NON_TAXABLE, TAXABLE
from integrations.doubts import Unexplained
from sync.module_names import module_in_words
from sync.translate.because import Because, Decided

Text = str | Promise

DOCUMENTS: Mapping[str, Text] = {
    "Invoice": _("Invoice"),
    "SalesReceipt": _("Sales receipt"),
    "Payment": _("Payment"),
    "RefundReceipt": _("Refund receipt"),
    "CreditMemo": _("Credit memo"),
    "Customer": _("New customer"),
    "Item": _("New item"),
}
PARTS: Mapping[str, Text] = {
    "account": _("Goes to account"),
    "account_left": _("Leaves account"),
    "amount": _("Amount"),
    "asset_account": _("Inventory asset account"),
    "billing": _("Billing address"),
    "card_payment": _("Online card payment allowed"),
    "class": _("Class"),
    "company": _("Company"),
    "customer": _("Customer"),
    "date": _("Date"),
    "description": _("Description"),
    "due_date": _("Due date"),
    "email": _("E-mail"),
    "expense_account": _("Expense account"),
    "income_account": _("Income account"),
    "inventory_start": _("Stock is counted from"),
    "invoice": _("Pays invoice"),
    "item": _("Item"),
    "item_type": _("Type"),
    "location": _("Location"),
    "message": _("Message to the customer"),
    "method": _("Payment method"),
    "name": _("Name"),
    "note": _("Private note"),
    "number": _("Number"),
    "opening_quantity": _("Quantity on hand"),
    "phone": _("Phone"),
    "quantity": _("Quantity"),
    "reference": _("Reference number"),
    "shipping": _("Shipping address"),
    "shipping_date": _("Shipped on"),
    "shipping_method": _("Shipping method"),
    "sku": _("SKU"),
    "tax": _("Tax"),
    "tax_code": _("Tax code"),
    "total": _("Total"),
    "tracking_number": _("Tracking number"),
    "type": _("Kind of document"),
    "unit_price": _("Price"),
}
# Values that are codes of QuickBooks.
VALUES: Mapping[str, Mapping[str, Text]] = {
    "item_type": {
        "Inventory": _("Inventory"),
        "NonInventory": _("Non-inventory"),
        "Service": _("Service"),
    },
    "tax_code": {TAXABLE: _("Taxable"), NON_TAXABLE: _("Not taxable")},
    "type": DOCUMENTS,
}

_KINDS: Mapping[str, Text] = {
    "shipping": _("the shipping item of the sale options"),
    "fee": _("the item for other fees of the sale options"),
    "tip": _("the tip item of the sale options"),
    "gift_card_sold": _("the gift card item of the sale options"),
    "gift_card_redeemed": _("the gift card item of the sale options"),
    "discount": _("the discount item of the sale options"),
    "tax": _("the tax item of the sale options"),
    "rounding": _("the rounding item of the sale options: it makes QuickBooks show the store's total"),
}
_BECAUSE: Mapping[Because, Text] = {
    Because.ITEM_MATCHED_BY_HAND: _("SKU %(sku)s, by your product match"),
    Because.ITEM_MATCHED_BY_SKU: _("has the SKU %(sku)s"),
    Because.ITEM_MATCHED_BY_NAME: _("is named like the SKU %(sku)s"),
    Because.ITEM_OF_MODULE: _("the default item of “%(module)s”"),
    Because.ITEM_CREATED: _("no item has the SKU %(sku)s: this one is created"),
    Because.TAX_MAPPED: _("tax mapping “%(taxes)s”"),
    Because.TAX_MAPPED_EACH: _("tax mappings of %(taxes)s, one by one"),
    Because.TAX_NONE: _("the store charged no tax"),
    Because.TAX_OFF: _("the company has sales tax switched off"),
    Because.CUSTOMER_KNOWN_BY_ID: _("known by the store's customer number %(id)s"),
    Because.CUSTOMER_KNOWN_BY_EMAIL: _("known by the e-mail address %(email)s"),
    Because.CUSTOMER_KNOWN_BY_NAME: _("known by the name"),
    Because.CUSTOMER_CREATED: _("not known yet: is created"),
    Because.ASSIGNED_TO_COMPANY: _("the buyer's company, as the sale options say"),
    Because.ASSIGNED_TO_GENERIC: _("one customer for the whole store, as the sale options say"),
    Because.BUYER_UNKNOWN: _("the order does not say who bought"),
    Because.NUMBER_OF_ORDER: _("order number with the prefix “%(prefix)s”"),
    Because.NUMBER_OF_REFUND: _("order number with the prefix “%(prefix)s” of the refund options"),
    Because.NUMBER_SHORTENED: _("“%(number)s” is longer than QuickBooks allows"),
    Because.NUMBER_BY_BOOKS: _("QuickBooks numbers it, as the sale options say"),
    Because.DATE_OF_ORDER: _("date of the order in %(time_zone)s"),
    Because.DATE_OF_PAYMENT: _("date of the payment in %(time_zone)s"),
    Because.DATE_OF_REFUND: _("date of the refund in %(time_zone)s"),
    Because.DATE_OPEN_PERIOD: _("first open day: %(date)s is in a closed period"),
    Because.DUE_OF_ORDER: _("as the order says"),
    Because.SETTING: _("as the sale options say"),
    Because.ACCOUNT_OF_METHOD: _("account of the payment method “%(method)s”"),
    Because.ACCOUNT_BY_DEFAULT: _("the clearing account; “%(method)s” has no account of its own"),
    Because.ACCOUNT_OF_REFUNDS: _("the account of the refund options; “%(method)s” has no account of its own"),
    Because.METHOD_MAPPED: _("payment mapping “%(method)s”"),
    Because.AS_ON_SALE: _("as on the sale"),
    Because.MESSAGE_OF_ORDER: _("the buyer's comments"),
}
DOUBTS: Mapping[Unexplained, Text] = {
    Unexplained.TAXES: _("The lines carry %(lines)s of tax, and the order says %(tax)s."),
    Unexplained.GIFT_CARD: _(
        "The total before gift cards is stated as %(stated)s; the total and the gift cards come to %(total)s."
    ),
    Unexplained.TOTAL_WITHOUT_TAX: _("The total seems to be stored without its tax of %(tax)s."),
    Unexplained.SUMMARY: _(
        "The parts come to %(parts)s. The summary says: subtotal %(subtotal)s, discount %(discount)s, shipping"
        " %(shipping)s, fees %(fees)s, tax %(tax)s, total %(total)s."
    ),
    Unexplained.MEMBERSHIP: _("A membership paid %(paid)s, which is not what its line costs."),
}
_PLAINER: Mapping[tuple[Because, str], Text] = {
    (Because.TAX_MAPPED, "taxes"): _("tax mapping of untaxed lines"),
    (Because.NUMBER_OF_ORDER, "prefix"): _("order number of the store"),
    (Because.NUMBER_OF_REFUND, "prefix"): _("order number of the store"),
    (Because.ACCOUNT_BY_DEFAULT, "method"): _("the clearing account"),
    (Because.ACCOUNT_OF_REFUNDS, "method"): _("the account of the refund options"),
    (Because.METHOD_MAPPED, "method"): _("payment mapping of payments without a method"),
}
_DUE_AFTER = {
    "days": ngettext_lazy("%(offset)d day after the date", "%(offset)d days after the date", "offset"),
    "weeks": ngettext_lazy("%(offset)d week after the date", "%(offset)d weeks after the date", "offset"),
    "months": ngettext_lazy("%(offset)d month after the date", "%(offset)d months after the date", "offset"),
    "month_end": ngettext_lazy(
        "%(offset)d day after the end of the month", "%(offset)d days after the end of the month", "offset"
    ),
}


def told(decided: Decided) -> str:
    """A decision in words; the same sentence reads better without a parameter that is empty."""
    params = dict(decided.params)
    if decided.by is Because.DUE_AFTER:
        return str(_DUE_AFTER[params["unit"]] % {"offset": int(params["offset"])})
    if decided.by is Because.ITEM_OF_SETTING:
        return str(_KINDS.get(params["kind"], params["kind"]))
    if decided.by is Because.ITEM_OF_MODULE:
        params["module"] = module_in_words(params["module"])
    if decided.by is Because.DATE_OPEN_PERIOD:
        params["date"] = formats.date_format(date.fromisoformat(params["date"]), "SHORT_DATE_FORMAT")
    empty = next((name for name, value in params.items() if not value), "")
    text = _PLAINER.get((decided.by, empty), _BECAUSE[decided.by])
    return str(text) % params
