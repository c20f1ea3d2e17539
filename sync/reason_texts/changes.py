"""Orders that changed, were cancelled or went after they were posted."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sync.reason_texts.rows import ReasonText, held, ok, skipped
from sync.translate.reasons import Reason

TEXTS: Mapping[Reason, ReasonText] = {
    Reason.SALE_UPDATED: ok(
        _(
            "The order was changed in the store after it was posted, and its document follows: the total was %(before)s"
            " %(currency)s and is now %(after)s %(currency)s."
        ),
    ),
    Reason.SALE_UPDATED_LEFT_OPEN: ok(
        _(
            "The order was changed in the store after it was posted, and its invoice follows: the total was %(before)s"
            " %(currency)s and is now %(after)s %(currency)s. %(amount)s %(currency)s of it is open, for the store does"
            " not charge what an edit adds."
        ),
        _("Ask the buyer for the rest, or write it off in QuickBooks."),
    ),
    Reason.SALE_UPDATED_LEFT_CREDIT: ok(
        _(
            "The order was changed in the store after it was posted, and its invoice follows: the total was %(before)s"
            " %(currency)s and is now %(after)s %(currency)s. %(amount)s %(currency)s that was paid is the customer's"
            " credit now, for the store does not give back what an edit takes away."
        ),
        _("Give it back in the store, or use the credit in QuickBooks."),
    ),
    Reason.SHIPPING_ADDED: ok(
        _("How the order was shipped was added to its %(books_type)s “%(doc_number)s”."),
    ),
    Reason.TRACKING_REMOVED: ok(
        _(
            "The order has no tracking number any more in the store: it was taken out of its %(books_type)s"
            " “%(doc_number)s”."
        ),
    ),
    Reason.EMPTIED_IN_STORE: ok(
        _(
            "This was taken out of the order in the store, and “%(doc_number)s” in QuickBooks still shows it:"
            " %(fields)s."
        ),
        _("Tillbridge cannot empty it there; do so by hand where it matters."),
    ),
    Reason.BUYER_CHANGED: ok(
        _(
            "The order belongs to “%(buyer)s” in the store by now. Its %(books_type)s “%(doc_number)s” was posted for"
            " “%(customer)s”, and Tillbridge moves no document to another customer."
        ),
        _("If that is another customer, change it in QuickBooks on the document and on what was paid of it."),
        "quickbooks",
    ),
    Reason.OVERWRITTEN: ok(
        _(
            "%(user)s decided that the store's version stands: it was posted over the document, whose total is now"
            " %(after)s %(currency)s."
        ),
    ),
    Reason.CANCELLED_AND_PAID: ok(
        _(
            "The order was cancelled in the store after its %(books_type)s “%(doc_number)s” was posted and paid: the"
            " document stays, and what goes back is a refund of its own."
        ),
    ),
    Reason.SALE_VOIDED: skipped(
        _(
            "The order was cancelled or deleted in the store after it was posted, so its %(books_type)s"
            " “%(doc_number)s” was voided."
        ),
    ),
    Reason.EDITED_AFTER_POSTING: held(
        _(
            "The order was changed in the store: its total was %(before)s %(currency)s and is now %(after)s"
            " %(currency)s. “%(doc_number)s” in QuickBooks was not written by Tillbridge, so it stays until somebody"
            " decides."
        ),
        _("Compare the versions on the order's page, then post the store's over it or leave QuickBooks as it is."),
        "record",
    ),
    Reason.CHANGED_IN_BOOKS: held(
        _(
            "The order was changed in the store, and “%(doc_number)s” was changed in QuickBooks as well (%(parts)s)."
            " Its total was posted as %(before)s %(currency)s; it is %(books_total)s in QuickBooks and %(after)s in the"
            " store."
        ),
        _("Compare the versions on the order's page, then post the store's over it or leave QuickBooks as it is."),
        "record",
    ),
    Reason.CANCELLED_AFTER_POSTING: held(
        _(
            "The order was cancelled in the store after its %(books_type)s “%(doc_number)s” was posted. The document"
            " was paid, or is not as it was posted: it was not voided."
        ),
        _("Give the money back, or void the document in QuickBooks, unless the sale stands; then ignore the change."),
        "quickbooks",
    ),
    Reason.RECEIPT_OUTGROWN: held(
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
    Reason.DOCUMENT_GONE: held(
        _(
            "The order was changed in the store after it was posted, but its %(books_type)s “%(doc_number)s” is no"
            " longer in QuickBooks."
        ),
        _("Enter the sale in QuickBooks by hand if it belongs there, then ignore the change here."),
        "quickbooks",
    ),
    Reason.CHANGE_IN_CLOSED_PERIOD: held(
        _(
            "The order was changed in the store after it was posted, but its %(books_type)s “%(doc_number)s” is dated"
            " %(date)s, and the books are closed until %(closed_until)s: the document stays as it is."
        ),
        _("Reopen the period in QuickBooks, or enter the difference there in the open period and ignore the change."),
        "quickbooks",
    ),
    Reason.PAID_MORE_THAN_NEW_TOTAL: held(
        _(
            "The order was changed in the store and its total is now %(after)s %(currency)s, but %(paid)s %(currency)s"
            " is applied to “%(doc_number)s” by payments that Tillbridge did not enter."
        ),
        _("Lower in QuickBooks what these payments apply to the invoice, then retry."),
        "quickbooks",
    ),
    Reason.RECEIVED_MORE_THAN_NEW_TOTAL: held(
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
    Reason.REFUNDED_BEFORE_EDIT: held(
        _(
            "The order was changed in the store: its total was %(before)s %(currency)s and is now %(after)s"
            " %(currency)s. But refunds that are posted took back a part of its invoice “%(doc_number)s” before, and"
            " %(amount)s of what would go from it now may be the same."
        ),
        _(
            "If what was refunded was taken out of the order, leave QuickBooks as it is: the invoice and its refunds"
            " are right together. If something else was, post the store's version over it; what was paid too much is"
            " the customer's credit then."
        ),
        "record",
    ),
    Reason.ORDER_MISSING: held(
        _("The store does not have the order any more, and does not say that it was deleted."),
        _("Look for it in the store; if it is gone, void its document in QuickBooks by hand, then ignore the change."),
        "store",
    ),
    Reason.CHANGE_IGNORED: ok(
        _("%(user)s decided that the document stays as it is, although the order says otherwise."),
    ),
}
