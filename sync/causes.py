"""What holds orders back, as causes: orders that one and the same act would release have one cause (L3).

A cause is a reason together with the parameters that name what is to be mended; the figures of a single order are no
part of it. Records carry its key, so that the inbox is grouped by the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from sync.reason_texts import Text
from sync.reasons import in_words
from sync.translate.reasons import Reason

KEY_LENGTH = 60  # a reason code, a hyphen and twelve digits, with room to spare


@dataclass(frozen=True, slots=True)
class Cause:
    """`title` heads a group of records; `named_by` are the parameters that tell it from other groups."""

    title: Text
    named_by: tuple[str, ...] = ()


CAUSES: Mapping[Reason, Cause] = {
    Reason.TAX_UNMAPPED: Cause(_("Tax not mapped yet: %(taxes)s"), ("taxes",)),
    Reason.TAX_CODE_INACTIVE: Cause(_("Tax code not in use any more: %(code)s for %(taxes)s"), ("taxes", "code")),
    Reason.TAX_RATE_MISMATCH: Cause(_("Tax code with other rates: %(code)s for %(taxes)s"), ("taxes", "code")),
    Reason.TAX_DIFFERS: Cause(_("QuickBooks would compute another tax with %(code)s"), ("code",)),
    Reason.TAX_NOT_TAXABLE: Cause(_("Tax charged, but mapped as not taxable: %(taxes)s"), ("taxes",)),
    Reason.TAX_ITEM_MISSING: Cause(_("No tax item chosen")),
    Reason.TAXES_DO_NOT_ADD_UP: Cause(_("Taxes that do not add up in the store")),
    Reason.ORDER_DOES_NOT_ADD_UP: Cause(_("Amounts that do not add up in the store")),
    Reason.TOTAL_UNPROVEN: Cause(_("QuickBooks would show another total")),
    Reason.TOTAL_NEGATIVE: Cause(_("Total below zero")),
    Reason.SPECIAL_ITEM_MISSING: Cause(_("No item chosen for %(kind)s"), ("kind",)),
    Reason.MODULES_MIXED: Cause(_("Sold together with what is not posted: %(off)s"), ("off",)),
    Reason.MODULE_ITEM_MISSING: Cause(_("No default item chosen for %(module)s"), ("module",)),
    Reason.SKU_MISSING: Cause(_("Product without a SKU: %(product)s"), ("product",)),
    Reason.SKU_UNUSABLE: Cause(_("SKU that QuickBooks cannot hold: %(sku)s"), ("sku",)),
    Reason.ITEM_MISSING: Cause(_("No QuickBooks item for the SKU %(sku)s"), ("sku",)),
    Reason.ITEM_AMBIGUOUS: Cause(_("Several QuickBooks items for the SKU %(sku)s"), ("sku",)),
    Reason.ITEM_INACTIVE: Cause(_("Inactive QuickBooks item for the SKU %(sku)s"), ("sku",)),
    Reason.ITEM_ACCOUNTS_MISSING: Cause(_("Missing items cannot be created without %(accounts)s"), ("accounts",)),
    Reason.PAYMENT_ACCOUNT_MISSING: Cause(_("No account for payments by %(method)s"), ("method",)),
    Reason.CURRENCY_NOT_ACCEPTED: Cause(_("The QuickBooks company does not use %(currency)s"), ("currency",)),
    Reason.CLOSED_PERIOD: Cause(_("Dated in the closed period until %(closed_until)s"), ("closed_until",)),
    Reason.CLOSED_PERIOD_IN_BOOKS: Cause(_("Dated in a period that QuickBooks has closed")),
    Reason.NUMBER_TAKEN: Cause(_("Document number used already in QuickBooks")),
    Reason.EDITED_AFTER_POSTING: Cause(_("Changed in the store, and not written by Tillbridge in QuickBooks")),
    Reason.CHANGED_IN_BOOKS: Cause(_("Changed in the store and in QuickBooks after posting")),
    Reason.CANCELLED_AFTER_POSTING: Cause(_("Cancelled in the store after posting")),
    Reason.RECEIPT_OUTGROWN: Cause(_("Changed in the store to more than its sales receipt was paid with")),
    Reason.DOCUMENT_GONE: Cause(_("Changed in the store, but no longer in QuickBooks")),
    Reason.CHANGE_IN_CLOSED_PERIOD: Cause(
        _("Changed in the store, but posted in the period closed until %(closed_until)s"), ("closed_until",)
    ),
    Reason.PAID_MORE_THAN_NEW_TOTAL: Cause(_("Changed in the store to less than what is paid")),
    Reason.RECEIVED_MORE_THAN_NEW_TOTAL: Cause(_("Changed in the store to less than what came in")),
    Reason.REFUNDED_BEFORE_EDIT: Cause(_("Changed in the store to less, after a part was given back")),
    Reason.ORDER_MISSING: Cause(_("No longer in the store")),
    Reason.BOOKS_TOTAL_DIFFERS: Cause(_("Posted, but QuickBooks shows another total")),
    Reason.BOOKS_OBJECT_INACTIVE: Cause(_("Inactive in QuickBooks: %(detail)s"), ("detail",)),
    Reason.BEFORE_STOCK_START: Cause(_("Sold before QuickBooks counts the item's stock")),
    Reason.BOOKS_REFUSED: Cause(_("Refused by QuickBooks (code %(code)s)"), ("code",)),
    Reason.ORDER_UNREADABLE: Cause(_("Orders that cannot be read")),
    Reason.REFUND_AMOUNT_UNKNOWN: Cause(_("Refunds whose amount the store does not tell")),
    Reason.REFUND_UNPROVEN: Cause(_("Refunds of which QuickBooks would show another total")),
    Reason.REFUND_EXCEEDS_SALE: Cause(_("Refunds of more than is left of the sale")),
    Reason.REFUND_EXCEEDS_GIFT_CARD: Cause(_("Refunds of more than gift cards paid")),
    Reason.REFUND_OF_OVERPAYMENT: Cause(_("Refunds of what was paid too much")),
    Reason.REFUND_ACCOUNT_MISSING: Cause(_("No account for refunds by %(method)s"), ("method",)),
    Reason.REFUND_ITEM_MISSING: Cause(_("No item chosen for partial refunds")),
    Reason.REFUND_SALE_CHANGED: Cause(_("Refunds of sales that were changed in QuickBooks")),
    Reason.REFUND_SALE_GONE: Cause(_("Refunds of sales that QuickBooks does not have any more")),
    Reason.REFUND_TOLD_LESS: Cause(_("Refunds of which the store tells less than was entered")),
    Reason.REFUND_WITHDRAWN: Cause(_("Refunds that the store does not tell of any more")),
    Reason.SKU_DUPLICATE: Cause(_("SKU of several products: %(sku)s"), ("sku",)),
    Reason.STOCK_AWAITS_APPROVAL: Cause(_("Stock levels wait for approval")),
    Reason.STOCK_REJECTED: Cause(_("Stock levels that were rejected")),
    Reason.STOCK_NOT_WRITABLE: Cause(_("The store does not let its stock levels be set")),
    Reason.STOCK_REFUSED: Cause(_("Stock levels that the store refused")),
    Reason.BOOKS_UNAVAILABLE: Cause(_("QuickBooks could not be reached")),
    Reason.BOOKS_OUTCOME_UNKNOWN: Cause(_("QuickBooks did not answer clearly")),
    Reason.STORE_UNAVAILABLE: Cause(_("The store could not be reached")),
    Reason.STORE_DISCONNECTED: Cause(_("The store must be connected again")),
    Reason.BOOKS_DISCONNECTED: Cause(_("QuickBooks must be connected again")),
    Reason.STORE_NOT_ALLOWED: Cause(_("The store does not let its orders be read")),
    Reason.BOOKS_NOT_ALLOWED: Cause(_("QuickBooks refuses the access")),
    Reason.COMPANY_READ_ONLY: Cause(_("QuickBooks lets nobody write into the company")),
    Reason.ANOTHER_RUN_BUSY: Cause(_("Another sync was working on the company")),
    Reason.ANOTHER_RUN_TOOK_OVER: Cause(_("Another sync took over")),
    Reason.RUN_INTERRUPTED: Cause(_("The sync was interrupted")),
    Reason.SETUP_UNFINISHED: Cause(_("The setup is not finished")),
    Reason.INSTALLATION_MISCONFIGURED: Cause(_("This installation is not set up correctly")),
    Reason.INTERNAL_ERROR: Cause(_("Tillbridge itself failed")),
    Reason.IGNORED_BY_PERSON: Cause(_("Ignored by %(user)s"), ("user",)),
}


def cause_of(reason: str, params: Mapping[str, object]) -> str:
    """The key of a cause: fit for addresses, the same for all records that one act would release; empty for none."""
    cause = _cause(reason)
    if cause is None:
        return reason[:KEY_LENGTH]
    named = "\x1f".join(str(params.get(name, "")) for name in cause.named_by)
    return f"{reason}-{sha256(named.encode()).hexdigest()[:12]}" if cause.named_by else reason


def title_of(reason: str, params: Mapping[str, object]) -> str:
    """What heads the records of this cause, in the active language."""
    cause = _cause(reason)
    return str(cause.title) % in_words(params) if cause else reason


def _cause(reason: str) -> Cause | None:
    try:
        return CAUSES.get(Reason(reason))
    except ValueError:  # of another version of this program
        return None
