"""The table of reasons: one sentence, one way out and who must act, for each code of `sync.translate.reasons`.

Written for a bookkeeper: what happened, with the figures, then one next step. `sync.reasons` puts them together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sync.translate.reasons import Reason

Text = str | Promise


class Actor(StrEnum):
    """Who must act before the record goes on."""

    PERSON = "person"
    RETRY = "retry"  # nobody: the next sync tries again by itself
    OPERATOR = "operator"  # whoever runs this installation
    NOBODY = "nobody"


class Severity(StrEnum):
    """How a record with this reason ended."""

    OK = "ok"
    SKIPPED = "skipped"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReasonText:
    """`sentence` and `way_out` take named parameters; `way_out` is empty where there is nothing to do.

    `fix` names where it is mended: a settings page ("orders", "modules", "items", "taxes", "payments", "refunds",
    "flows", "integration", "connection"), "record" for the record's own page, "quickbooks" or "store" for the
    provider's own pages, empty for nowhere.
    """

    sentence: Text
    way_out: Text
    actor: Actor
    severity: Severity
    fix: str = ""


def _ok(sentence: Text, way_out: Text = "", fix: str = "") -> ReasonText:
    return ReasonText(sentence, way_out, Actor.NOBODY, Severity.OK, fix)


def _skipped(sentence: Text, way_out: Text = "", fix: str = "") -> ReasonText:
    return ReasonText(sentence, way_out, Actor.NOBODY, Severity.SKIPPED, fix)


def _held(sentence: Text, way_out: Text, fix: str = "", actor: Actor = Actor.PERSON) -> ReasonText:
    return ReasonText(sentence, way_out, actor, Severity.HELD, fix)


def _failed(sentence: Text, way_out: Text, actor: Actor, fix: str = "") -> ReasonText:
    return ReasonText(sentence, way_out, actor, Severity.FAILED, fix)


TEXTS: Mapping[Reason, ReasonText] = {
    Reason.RECEIPT_BECAME_INVOICE: _ok(
        _("The order became an invoice instead of a sales receipt, because %(cause)s."),
    ),
    Reason.NUMBER_SHORTENED: _ok(
        _("The number “%(number)s” is longer than QuickBooks allows; the document is numbered “%(shortened)s”."),
        _("A shorter order number prefix in Sale options avoids this."),
        "orders",
    ),
    Reason.ROUNDING_LINE: _ok(
        _("%(amount)s %(currency)s went to the rounding item, so that QuickBooks shows the store's total."),
    ),
    Reason.ADOPTED: _ok(
        _(
            "QuickBooks already had the %(books_type)s “%(number)s” with the same total (id %(books_id)s): it was taken"
            " over, and nothing was posted twice."
        ),
    ),
    Reason.PAYMENT_ADDED: _ok(
        _("A payment of %(amount)s %(currency)s was added to the invoice that was posted earlier."),
    ),
    Reason.OVERPAID: _ok(
        _("%(paid)s %(currency)s was paid, more than the order's total of %(total)s; the rest is the buyer's credit."),
        _("Give the rest back in the store: the payment becomes less by it."),
    ),
    Reason.RECEIPT_OVERPAID: _ok(
        _(
            "%(paid)s %(currency)s was paid by now, more than the order's total of %(total)s, and a sales receipt has"
            " no place for the rest."
        ),
        _("Give the rest back in the store, or enter it in QuickBooks as a credit."),
    ),
    Reason.REFUND_WAITS: _ok(_("The refund waits until its order, and every earlier refund of it, is in the books.")),
    Reason.CREDIT_APPLIED_BY_BOOKS: _ok(
        _(
            "%(amount)s %(currency)s of the credit memo “%(number)s” was applied by QuickBooks itself, or the invoice"
            " did not need it any more."
        ),
    ),
    Reason.REFUND_IN_RECEIPT: _ok(
        _(
            "%(amount)s %(currency)s of it is in the sales receipt “%(number)s”, which the change of the order lowered"
            " from %(before)s to %(after)s."
        ),
    ),
    Reason.REFUND_BEYOND: _ok(
        _(
            "%(amount)s %(currency)s of it came in for more than “%(number)s” comes to, and was never in the books:"
            " there is nothing to take back for it."
        ),
    ),
    Reason.REFUND_OF_CREDIT: _ok(
        _(
            "%(amount)s %(currency)s of it was paid too much, for the order was lowered afterwards: the payment of the"
            " invoice “%(number)s” became less by it."
        ),
    ),
    Reason.SALE_UPDATED: _ok(
        _(
            "The order was changed in the store after it was posted, and its document follows: the total was %(before)s"
            " %(currency)s and is now %(after)s %(currency)s."
        ),
    ),
    Reason.SALE_UPDATED_LEFT_OPEN: _ok(
        _(
            "The order was changed in the store after it was posted, and its invoice follows: the total was %(before)s"
            " %(currency)s and is now %(after)s %(currency)s. %(amount)s %(currency)s of it is open, for the store does"
            " not charge what an edit adds."
        ),
        _("Ask the buyer for the rest, or write it off in QuickBooks."),
    ),
    Reason.SALE_UPDATED_LEFT_CREDIT: _ok(
        _(
            "The order was changed in the store after it was posted, and its invoice follows: the total was %(before)s"
            " %(currency)s and is now %(after)s %(currency)s. %(amount)s %(currency)s that was paid is the customer's"
            " credit now, for the store does not give back what an edit takes away."
        ),
        _("Give it back in the store, or use the credit in QuickBooks."),
    ),
    Reason.SHIPPING_ADDED: _ok(
        _("How the order was shipped was added to its %(books_type)s “%(doc_number)s”."),
    ),
    Reason.OVERWRITTEN: _ok(
        _(
            "%(user)s decided that the store's version stands: it was posted over the document, whose total is now"
            " %(after)s %(currency)s."
        ),
    ),
    Reason.CANCELLED_AND_PAID: _ok(
        _(
            "The order was cancelled in the store after its %(books_type)s “%(doc_number)s” was posted and paid: the"
            " document stays, and what goes back is a refund of its own."
        ),
    ),
    Reason.CHARGED_BACK: _ok(
        _(
            "The buyer's bank took back %(amount)s %(currency)s of what was paid. That is no refund: the sale and its"
            " payment stay in QuickBooks as they were."
        ),
        _(
            "Enter in QuickBooks by hand what the bank took back and what it charged for that, unless its statement"
            " brings it; if the money comes back, this note goes."
        ),
        "quickbooks",
    ),
    Reason.PAID_OTHERWISE: _ok(
        _(
            "The store received %(amount)s %(currency)s, but only %(balance)s %(currency)s of the invoice is open in"
            " QuickBooks: no payment was posted."
        ),
        _("Compare the payments of the invoice in QuickBooks with the store, and enter what is missing by hand."),
        "quickbooks",
    ),
    Reason.ITEM_EXISTS: _ok(
        _("QuickBooks has the item “%(item)s” for the SKU “%(sku)s” already; it was left as it is."),
    ),
    Reason.ITEM_DIFFERS: _ok(
        _(
            "QuickBooks has the item already and it was left as it is: “%(item)s” at %(books_price)s there,"
            " “%(product)s” at %(store_price)s in the store."
        ),
    ),
    Reason.ITEM_UPDATED: _ok(
        _("The item “%(item)s” was given the name, price and description of “%(product)s”."),
    ),
    Reason.STOCK_SET: _ok(_("The store's level of “%(product)s” was set: %(before)s → %(after)s.")),
    Reason.STOCK_COUNTED_NOW: _ok(
        _("The store did not count “%(product)s”; it does now, and its level was set to %(after)s."),
    ),
    Reason.STOCK_RESTORED: _ok(_("%(user)s brought back the level that “%(product)s” had before.")),
    Reason.PRODUCT_DISABLED: _skipped(_("“%(product)s” is switched off in the store.")),
    Reason.PRODUCT_GONE: _skipped(_("“%(product)s” is not in the store any more.")),
    Reason.PRODUCT_IS_GIFT_CARD: _skipped(
        _("“%(product)s” is a gift card: its sales go to the item that Sale options choose for gift cards."),
    ),
    Reason.PRODUCT_WITHOUT_SKU: _skipped(
        _("“%(product)s” has no SKU, so its item cannot be found and its level was left alone."),
        _("Give it a SKU in the store."),
        "store",
    ),
    Reason.STOCK_OF_BUNDLE: _skipped(
        _("“%(product)s” is a bundle: the store works out its level from the products it is made of."),
    ),
    Reason.STOCK_IN_BUNDLES: _skipped(
        _(
            "“%(product)s” is also sold as a part of bundles, and QuickBooks does not take those sales off its stock:"
            " its level was left alone."
        ),
    ),
    Reason.STOCK_IN_PLACES: _skipped(
        _("The stock of “%(product)s” lies in several places, which another system keeps."),
    ),
    Reason.STOCK_UNLIMITED: _skipped(
        _("The store does not count “%(product)s”."),
        _("Stock options can have such products counted."),
        "stock",
    ),
    Reason.STOCK_ITEM_MISSING: _skipped(
        _("QuickBooks has no item in use for “%(product)s” (SKU %(sku)s)."),
        _("Add the item in QuickBooks, or match the SKU to another item in Items."),
        "items",
    ),
    Reason.STOCK_NOT_COUNTED: _skipped(
        _("QuickBooks tells no quantity for “%(product)s” (SKU %(sku)s), and none is not zero."),
        _("Make it an inventory item in QuickBooks if its stock is to be counted there."),
        "quickbooks",
    ),
    Reason.BEFORE_START_DATE: _skipped(
        _("The order is dated %(date)s, before the start date %(start_date)s."),
        _("Choose an earlier start date for the integration if it belongs in the books."),
        "integration",
    ),
    Reason.STATUS_NOT_SELECTED: _skipped(
        _("Orders with the payment status “%(status)s” are not posted."),
        _("Add the status in Sale options if they belong in the books."),
        "orders",
    ),
    Reason.FULFILLMENT_NOT_SELECTED: _skipped(
        _("Orders with the fulfilment status “%(status)s” are not posted."),
        _("Add the status in Sale options if they belong in the books."),
        "orders",
    ),
    Reason.MODULE_OFF: _skipped(
        _("All of the order was sold by “%(modules)s”, and that is not posted."),
        _("Switch it on in Modules if it belongs in the books."),
        "modules",
    ),
    Reason.AWAITS_PAYMENT: _skipped(
        _("“%(modules)s” is posted once it is paid, and the order is not paid in full yet."),
        _("It is posted with the first sync after the store received the money; there is nothing to do here."),
    ),
    Reason.ORDER_CANCELLED: _skipped(_("The order was cancelled in the store before it was posted.")),
    Reason.NOTHING_SOLD: _skipped(_("The order has no lines and no amount, so there is nothing to post.")),
    Reason.REFUNDS_OFF: _skipped(
        _("Refunds are not posted for this integration."),
        _("Switch refunds on in Flows if they belong in the books."),
        "flows",
    ),
    Reason.REFUND_ORDER_NOT_POSTED: _skipped(
        _("The order of this refund is not in the books, so there is nothing to take back."),
    ),
    Reason.REFUND_SALE_VOIDED: _skipped(
        _("The sale of this refund was voided in QuickBooks, so there is nothing to take back."),
    ),
    Reason.REFUND_NOTHING_PAID: _skipped(
        _("The order was cancelled, but nothing was paid for its invoice: no money went back."),
    ),
    Reason.REFUND_COVERED: _skipped(
        _("There is nothing to take back: the refund comes to nothing, or nothing is left of the sale."),
    ),
    Reason.REFUND_SUPERSEDED: _skipped(_("The store tells of this refund in another way by now.")),
    Reason.ORDER_DELETED: _skipped(_("The order was deleted in the store before it was posted.")),
    Reason.SALE_VOIDED: _skipped(
        _(
            "The order was cancelled or deleted in the store after it was posted, so its %(books_type)s"
            " “%(doc_number)s” was voided."
        ),
    ),
    Reason.TAX_UNMAPPED: _held(
        _("Nobody has said yet what “%(taxes)s” is in QuickBooks."),
        _("Map the tax “%(taxes)s” in Taxes; the order is posted with the next sync."),
        "taxes",
    ),
    Reason.TAX_CODE_INACTIVE: _held(
        _("“%(taxes)s” is mapped to the tax code “%(code)s”, which is not in use in QuickBooks any more."),
        _("Choose another tax code for “%(taxes)s” in Taxes; the order is posted with the next sync."),
        "taxes",
    ),
    Reason.TAX_RATE_MISMATCH: _held(
        _("The store charged “%(taxes)s”, but the tax code “%(code)s” has other rates (%(rates)s)."),
        _("Map “%(taxes)s” in Taxes to a tax code with the same rates; the order is posted with the next sync."),
        "taxes",
    ),
    Reason.TAX_DIFFERS: _held(
        _(
            "The store charged %(store_tax)s %(currency)s of tax, but QuickBooks would compute %(books_tax)s"
            " %(currency)s with “%(code)s”."
        ),
        _("Check in Taxes that the code is the right one; the order is posted once the taxes agree."),
        "taxes",
    ),
    Reason.TAX_NOT_TAXABLE: _held(
        _("The store charged %(amount)s %(currency)s of “%(taxes)s”, which is mapped as not taxable."),
        _("Map “%(taxes)s” as taxable in Taxes; the order is posted with the next sync."),
        "taxes",
    ),
    Reason.TAX_ITEM_MISSING: _held(
        _("The order has %(amount)s %(currency)s of tax, but the QuickBooks company does not charge sales tax."),
        _("Choose a tax item in Sale options to book it on; the order is posted with the next sync."),
        "orders",
    ),
    Reason.TAXES_DO_NOT_ADD_UP: _held(
        _(
            "The taxes on the order's lines add up to %(line_tax)s %(currency)s, but the order itself says"
            " %(order_tax)s %(currency)s."
        ),
        _("Correct the order in the store, or enter the sale in QuickBooks by hand and ignore the order here."),
        "store",
    ),
    Reason.ORDER_DOES_NOT_ADD_UP: _held(
        _(
            "The order's total is %(total)s %(currency)s, but its lines, taxes and discounts add up to %(computed)s"
            " %(currency)s: a difference of %(difference)s."
        ),
        _("Correct the order in the store, or enter the sale in QuickBooks by hand and ignore the order here."),
        "store",
    ),
    Reason.TOTAL_UNPROVEN: _held(
        _(
            "The store's total is %(store_total)s %(currency)s, but QuickBooks would show %(books_total)s: the"
            " difference of %(difference)s is more than the %(cap)s that may be rounded."
        ),
        _("Check in Taxes that the order's taxes are mapped to the right codes."),
        "taxes",
    ),
    Reason.TOTAL_NEGATIVE: _held(
        _("The order's total is %(total)s %(currency)s, and QuickBooks refuses sales below zero."),
        _("Enter it in QuickBooks as a refund by hand, and ignore the order here."),
        "quickbooks",
    ),
    Reason.SPECIAL_ITEM_MISSING: _held(
        _("The order has %(amount)s %(currency)s of %(kind)s, and no item is chosen for that."),
        _("Choose the item for %(kind)s in Sale options; the order is posted with the next sync."),
        "orders",
    ),
    Reason.MODULES_MIXED: _held(
        _(
            "The order sells “%(on)s”, which is posted, together with “%(off)s”, which is not: no part of the payment"
            " can be left out."
        ),
        _("Switch “%(off)s” on in Modules, or enter the sale in QuickBooks by hand and ignore the order here."),
        "modules",
    ),
    Reason.MODULE_ITEM_MISSING: _held(
        _("“%(product)s” has no SKU, and no item is chosen for “%(module)s”."),
        _("Choose the item for “%(module)s” in Modules; the order is posted with the next sync."),
        "modules",
    ),
    Reason.SKU_MISSING: _held(
        _("The product “%(product)s” has no SKU, so its item cannot be found."),
        _("Give it a SKU in the store; an order that waits for it needs it, too."),
        "store",
    ),
    Reason.SKU_UNUSABLE: _held(
        _("No item can be created for “%(product)s”: QuickBooks cannot hold the SKU “%(sku)s”."),
        _("Match the SKU to an item in Items; what waits for it goes with the next sync."),
        "items",
    ),
    Reason.ITEM_MISSING: _held(
        _("QuickBooks has no item for “%(product)s” (SKU %(sku)s), and missing items are not created."),
        _("Add the item in QuickBooks, or match the SKU to another item in Items; the order is posted then."),
        "items",
    ),
    Reason.ITEM_AMBIGUOUS: _held(
        _("More than one QuickBooks item answers to the SKU “%(sku)s”."),
        _("Match the SKU to the right one in Items; what waits for it goes with the next sync."),
        "items",
    ),
    Reason.ITEM_INACTIVE: _held(
        _("The QuickBooks item for the SKU “%(sku)s” is inactive."),
        _("Make it active again in QuickBooks, or match the SKU to another item in Items; what waits goes on then."),
        "items",
    ),
    Reason.ITEM_ACCOUNTS_MISSING: _held(
        _("The item for the SKU “%(sku)s” cannot be created; still to be chosen: %(accounts)s."),
        _("Choose what is missing in Items; what waits for it goes with the next sync."),
        "items",
    ),
    Reason.PAYMENT_ACCOUNT_MISSING: _held(
        _("No account is chosen for money that comes in by “%(method)s”."),
        _("Choose a clearing account in Payments; the order is posted with the next sync."),
        "payments",
    ),
    Reason.CURRENCY_NOT_ACCEPTED: _held(
        _("The order is in %(currency)s, but %(company)s keeps its books in %(home_currency)s only."),
        _("Switch on Multicurrency in QuickBooks (for good: it cannot be switched off), or ignore the order here."),
        "quickbooks",
    ),
    Reason.CLOSED_PERIOD: _held(
        _("The order is dated %(date)s, and the books are closed until %(closed_until)s."),
        _("Reopen the period in QuickBooks, or let Sale options post such orders on the first open day."),
        "orders",
    ),
    Reason.CLOSED_PERIOD_IN_BOOKS: _held(
        _("QuickBooks refused the date of the document, because its period is closed (code %(code)s): %(detail)s."),
        _("Reopen the period in QuickBooks, or let Sale options post such orders on the first open day; then retry."),
        "quickbooks",
    ),
    Reason.NUMBER_TAKEN: _held(
        _(
            "QuickBooks already has the %(books_type)s “%(number)s” (id %(books_id)s) with a total of %(books_total)s;"
            " the order's total is %(store_total)s."
        ),
        _("Compare the two, then change the number in QuickBooks and retry, or ignore the order here."),
        "quickbooks",
    ),
    Reason.EDITED_AFTER_POSTING: _held(
        _(
            "The order was changed in the store: its total was %(before)s %(currency)s and is now %(after)s"
            " %(currency)s. “%(doc_number)s” in QuickBooks was not written by Tillbridge, so it stays until somebody"
            " decides."
        ),
        _("Compare the versions on the order's page, then post the store's over it or leave QuickBooks as it is."),
        "record",
    ),
    Reason.CHANGED_IN_BOOKS: _held(
        _(
            "The order was changed in the store, and “%(doc_number)s” was changed in QuickBooks as well (%(parts)s)."
            " Its total was posted as %(before)s %(currency)s; it is %(books_total)s in QuickBooks and %(after)s in the"
            " store."
        ),
        _("Compare the versions on the order's page, then post the store's over it or leave QuickBooks as it is."),
        "record",
    ),
    Reason.CANCELLED_AFTER_POSTING: _held(
        _(
            "The order was cancelled in the store after its %(books_type)s “%(doc_number)s” was posted. The document"
            " was paid, or is not as it was posted: it was not voided."
        ),
        _("Give the money back, or void the document in QuickBooks, unless the sale stands; then ignore the change."),
        "quickbooks",
    ),
    Reason.RECEIPT_OUTGROWN: _held(
        _(
            "The order was changed in the store after its sales receipt “%(doc_number)s” was posted: its total was"
            " %(before)s %(currency)s and is now %(after)s, of which %(paid)s is paid. A receipt says that all was"
            " paid, into one account, so it stays."
        ),
        _(
            "When the rest is paid into the same account the receipt follows by itself; else enter the difference in"
            " QuickBooks by hand and ignore the change."
        ),
        "store",
    ),
    Reason.DOCUMENT_GONE: _held(
        _(
            "The order was changed in the store after it was posted, but its %(books_type)s “%(doc_number)s” is no"
            " longer in QuickBooks."
        ),
        _("Enter the sale in QuickBooks by hand if it belongs there, then ignore the change here."),
        "quickbooks",
    ),
    Reason.CHANGE_IN_CLOSED_PERIOD: _held(
        _(
            "The order was changed in the store after it was posted, but its %(books_type)s “%(doc_number)s” is dated"
            " %(date)s, and the books are closed until %(closed_until)s: the document stays as it is."
        ),
        _("Reopen the period in QuickBooks, or enter the difference there in the open period and ignore the change."),
        "quickbooks",
    ),
    Reason.PAID_MORE_THAN_NEW_TOTAL: _held(
        _(
            "The order was changed in the store and its total is now %(after)s %(currency)s, but %(paid)s %(currency)s"
            " is applied to “%(doc_number)s” by payments that Tillbridge did not enter."
        ),
        _("Lower in QuickBooks what these payments apply to the invoice, then retry."),
        "quickbooks",
    ),
    Reason.RECEIVED_MORE_THAN_NEW_TOTAL: _held(
        _(
            "The order was changed in the store and its total is now %(after)s %(currency)s, but the sales receipt"
            " “%(doc_number)s” says that %(before)s came in. Refunds that are not in the books yet gave back %(back)s"
            " of that; %(amount)s is left to be given back."
        ),
        _(
            "Give it back in the store: the receipt follows by itself. If it was given back elsewhere, say so on the"
            " order's page; if it stays with you, or a refund that is posted has given it back, leave QuickBooks as it"
            " is."
        ),
        "record",
    ),
    Reason.ORDER_MISSING: _held(
        _("The store does not have the order any more, and does not say that it was deleted."),
        _("Look for it in the store; if it is gone, void its document in QuickBooks by hand, then ignore the change."),
        "store",
    ),
    Reason.BOOKS_TOTAL_DIFFERS: _held(
        _("QuickBooks shows %(books_total)s on document %(books_id)s, but the store's total is %(store_total)s."),
        _("Open the document in QuickBooks and correct it."),
        "quickbooks",
    ),
    Reason.BOOKS_OBJECT_INACTIVE: _held(
        _("Something that the document needs is inactive in QuickBooks: %(detail)s."),
        _("Make it active again in QuickBooks, or choose another in the settings; the order is posted then."),
        "quickbooks",
    ),
    Reason.BEFORE_STOCK_START: _held(
        _("QuickBooks counts the stock of an item of this order only from a later day on: %(detail)s."),
        _("Give the item an earlier start date in QuickBooks, or match the SKU to an item without stock; then retry."),
        "items",
    ),
    Reason.BOOKS_REFUSED: _held(
        _("QuickBooks refused the document (code %(code)s): %(detail)s."),
        _("Mend what QuickBooks names, then retry."),
        "quickbooks",
    ),
    Reason.ORDER_UNREADABLE: _held(
        _("The store sent an order that cannot be read: %(detail)s."),
        _("Enter the sale in QuickBooks by hand, ignore the order here, and tell whoever runs this installation."),
        "store",
    ),
    Reason.REFUND_AMOUNT_UNKNOWN: _held(
        _("The store says that money went back, but not how much; %(left)s %(currency)s of the sale is left."),
        _("Open the refund here and enter the amount; it is posted with the next sync."),
        "record",
    ),
    Reason.REFUND_UNPROVEN: _held(
        _("The refund is %(amount)s %(currency)s, but QuickBooks would show %(books_total)s."),
        _("Enter the refund in QuickBooks by hand, and ignore it here."),
        "quickbooks",
    ),
    Reason.REFUND_EXCEEDS_SALE: _held(
        _("The store gave back %(amount)s %(currency)s, but only %(left)s of the sale is left in the books."),
        _("Enter what is too much in QuickBooks by hand, and ignore the refund here."),
        "quickbooks",
    ),
    Reason.REFUND_OF_OVERPAYMENT: _held(
        _(
            "%(amount)s %(currency)s went back for an order that was paid with %(paid)s and comes to %(total)s by now."
            " It is for the payment to become less, but %(cause)s."
        ),
        _("Refund the customer's credit in QuickBooks by hand, and ignore the refund here."),
        "quickbooks",
    ),
    Reason.REFUND_EXCEEDS_GIFT_CARD: _held(
        _("%(amount)s %(currency)s went back to a gift card, but only %(left)s that one paid is left in the books."),
        _("Enter the refund in QuickBooks by hand, and ignore it here."),
        "quickbooks",
    ),
    Reason.REFUND_ACCOUNT_MISSING: _held(
        _("No account is chosen that refunds by “%(method)s” leave from."),
        _("Choose the account in Refunds; the refund is posted with the next sync."),
        "refunds",
    ),
    Reason.REFUND_ITEM_MISSING: _held(
        _("A part of the sale is given back, and no item is chosen for that."),
        _("Choose the item in Refunds, or an income account in Items; the refund is posted with the next sync."),
        "refunds",
    ),
    Reason.REFUND_SALE_CHANGED: _held(
        _(
            "The %(books_type)s “%(number)s” was posted with a total of %(total)s %(currency)s, but it is"
            " %(books_total)s in QuickBooks by now: what to take back of it is not certain."
        ),
        _("Enter the refund in QuickBooks by hand, and ignore it here."),
        "quickbooks",
    ),
    Reason.REFUND_SALE_GONE: _held(
        _("The %(books_type)s “%(number)s” of this refund is not in QuickBooks any more."),
        _("If it was deleted on purpose, ignore the refund here."),
        "quickbooks",
    ),
    Reason.REFUND_WITHDRAWN: _held(
        _("The store does not tell of this refund any more, but %(amount)s %(currency)s was posted for it."),
        _("Void its document in QuickBooks, unless the refund stands; then ignore the change here."),
        "quickbooks",
    ),
    Reason.SKU_DUPLICATE: _held(
        _("The store has more than one product with the SKU “%(sku)s”; one of them is “%(product)s”."),
        _("Give each a SKU of its own in the store."),
        "store",
    ),
    Reason.STOCK_AWAITS_APPROVAL: _held(
        _("The store's level of “%(product)s” would become %(after)s, which somebody should see first."),
        _("Look at the table of old and new levels, and approve or reject it."),
        "stock_push",
    ),
    Reason.STOCK_REJECTED: _held(
        _("%(user)s rejected the levels that QuickBooks has; the one of “%(product)s” would have become %(after)s."),
        _("Correct the quantities in QuickBooks: what differs then is shown again."),
        "quickbooks",
    ),
    Reason.STOCK_NOT_WRITABLE: _held(
        _("The store does not let its stock levels be set: %(detail)s."),
        _("If another system keeps the store's stock, switch the stock flow off; else check this app's permissions."),
        "stock",
    ),
    Reason.STOCK_REFUSED: _held(
        _("The store refused the level %(after)s of “%(product)s”: %(detail)s."),
        _("Mend in the store what it names; the next sync tries again."),
        "store",
    ),
    Reason.BOOKS_UNAVAILABLE: _failed(
        _("QuickBooks could not be reached: %(detail)s."),
        _("Nothing to do: the next sync tries again."),
        Actor.RETRY,
    ),
    Reason.BOOKS_OUTCOME_UNKNOWN: _failed(
        _("QuickBooks did not say whether it took the document: %(detail)s."),
        _("Nothing to do: the next sync looks in QuickBooks before anything is sent again."),
        Actor.RETRY,
    ),
    Reason.STORE_UNAVAILABLE: _failed(
        _("The store could not be reached: %(detail)s."),
        _("Nothing to do: the next sync tries again."),
        Actor.RETRY,
    ),
    Reason.STORE_DISCONNECTED: _failed(
        _("The store does not accept the connection any more: %(detail)s."),
        _("Connect the store again in Connections; nothing is lost meanwhile."),
        Actor.PERSON,
        "connection",
    ),
    Reason.BOOKS_DISCONNECTED: _failed(
        _("QuickBooks does not accept the connection any more: %(detail)s."),
        _("Connect QuickBooks again in Connections; orders wait meanwhile, and none is lost."),
        Actor.PERSON,
        "connection",
    ),
    Reason.STORE_NOT_ALLOWED: _failed(
        _("The store answers but does not let its orders be read: %(detail)s."),
        _("Check the store's plan and this app's permissions there; nothing is lost meanwhile."),
        Actor.PERSON,
        "store",
    ),
    Reason.BOOKS_NOT_ALLOWED: _failed(
        _("QuickBooks answers but refuses the access: %(detail)s."),
        _("Check the company's subscription and the rights of who connected it; orders wait, and none is lost."),
        Actor.PERSON,
        "quickbooks",
    ),
    Reason.COMPANY_READ_ONLY: _failed(
        _("QuickBooks lets nobody write into the company: %(detail)s."),
        _("Renew the company's subscription in QuickBooks; waiting orders are posted by themselves then."),
        Actor.PERSON,
        "quickbooks",
    ),
    Reason.ANOTHER_RUN_BUSY: _failed(
        _("Another sync is working on this QuickBooks company and has not finished yet."),
        _("Nothing to do: the next sync goes on."),
        Actor.RETRY,
    ),
    Reason.ANOTHER_RUN_TOOK_OVER: _failed(
        _("Another sync took over this QuickBooks company while this one was held up."),
        _("Nothing to do: the other sync, or the next one, goes on where this one stopped."),
        Actor.RETRY,
    ),
    Reason.RUN_INTERRUPTED: _failed(
        _("This sync was interrupted before it could finish: its process was ended."),
        _("Nothing to do: the next sync goes on where it stopped, and nothing is posted twice."),
        Actor.RETRY,
    ),
    Reason.SETUP_UNFINISHED: _failed(
        _("The setup of this integration is not finished, so nothing was synchronised."),
        _("Go through its pages and press “Go live” on the last one."),
        Actor.PERSON,
        "integration",
    ),
    Reason.INSTALLATION_MISCONFIGURED: _failed(
        _("This installation is not set up correctly: %(detail)s."),
        _("Whoever runs it must correct its settings; orders wait meanwhile, and none is lost."),
        Actor.OPERATOR,
    ),
    Reason.INTERNAL_ERROR: _failed(
        _("Tillbridge itself failed on this order: %(detail)s."),
        _("Tell whoever runs this installation; the next sync tries again."),
        Actor.OPERATOR,
    ),
    Reason.CHANGE_IGNORED: _ok(
        _("%(user)s decided that the document stays as it is, although the order says otherwise."),
    ),
    Reason.IGNORED_BY_PERSON: _skipped(
        _("%(user)s decided to leave this out."),
        _("Retry puts it back in line."),
    ),
}
