"""Orders on their way into the books: what is not meant for them, and what an order itself must be mended for."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sync.reason_texts.rows import ReasonText, held, ok, skipped
from sync.translate.reasons import Reason

TEXTS: Mapping[Reason, ReasonText] = {
    Reason.RECEIPT_BECAME_INVOICE: ok(
        _("The order became an invoice instead of a sales receipt, because %(cause)s."),
    ),
    Reason.NUMBER_SHORTENED: ok(
        _("The number “%(number)s” is longer than QuickBooks allows; the document is numbered “%(shortened)s”."),
        _("A shorter order number prefix in Sale options avoids this."),
        "orders",
    ),
    Reason.ROUNDING_LINE: ok(
        _("%(amount)s %(currency)s went to the rounding item, so that QuickBooks shows the store's total."),
    ),
    Reason.ADOPTED: ok(
        _(
            "QuickBooks already had the %(books_type)s “%(number)s” with the same total (id %(books_id)s): it was taken"
            " over, and nothing was posted twice."
        ),
    ),
    Reason.BEFORE_START_DATE: skipped(
        _("The order is dated %(date)s, before the start date %(start_date)s."),
        _("Choose an earlier start date for the integration if it belongs in the books."),
        "integration",
    ),
    Reason.STATUS_NOT_SELECTED: skipped(
        _("Orders with the payment status “%(status)s” are not posted."),
        _("Add the status in Sale options if they belong in the books."),
        "orders",
    ),
    Reason.FULFILLMENT_NOT_SELECTED: skipped(
        _("Orders with the fulfilment status “%(status)s” are not posted."),
        _("Add the status in Sale options if they belong in the books."),
        "orders",
    ),
    Reason.ORDER_IMPORTED: skipped(
        _("The order was brought into the store from another shop system; as a rule it is in the books from there."),
        _("If it is not, let Sale options post imported orders."),
        "orders",
    ),
    Reason.MODULE_OFF: skipped(
        _("All of the order was sold by “%(modules)s”, and that is not posted."),
        _("Switch it on in Modules if it belongs in the books."),
        "modules",
    ),
    Reason.AWAITS_PAYMENT: skipped(
        _("“%(modules)s” is posted once it is paid, and the order is not paid in full yet."),
        _("It is posted with the first sync after the store received the money; there is nothing to do here."),
    ),
    Reason.ORDER_CANCELLED: skipped(_("The order was cancelled in the store before it was posted.")),
    Reason.NOTHING_SOLD: skipped(_("The order has no lines and no amount, so there is nothing to post.")),
    Reason.ORDER_DELETED: skipped(_("The order was deleted in the store before it was posted.")),
    Reason.ORDER_DOES_NOT_ADD_UP: held(
        _(
            "The order's total is %(total)s %(currency)s, but its lines, taxes and discounts add up to %(computed)s"
            " %(currency)s: a difference of %(difference)s."
        ),
        _("Correct the order in the store, or enter the sale in QuickBooks by hand and ignore the order here."),
        "store",
    ),
    Reason.TOTAL_UNPROVEN: held(
        _(
            "The store's total is %(store_total)s %(currency)s, but QuickBooks would show %(books_total)s: the"
            " difference of %(difference)s is more than the %(cap)s that may be rounded."
        ),
        _("Check in Taxes that the order's taxes are mapped to the right codes."),
        "taxes",
    ),
    Reason.TOTAL_NEGATIVE: held(
        _("The order's total is %(total)s %(currency)s, and QuickBooks refuses sales below zero."),
        _("Enter it in QuickBooks as a refund by hand, and ignore the order here."),
        "quickbooks",
    ),
    Reason.SPECIAL_ITEM_MISSING: held(
        _("The order has %(amount)s %(currency)s of %(kind)s, and no item is chosen for that."),
        _("Choose the item for %(kind)s in Sale options; the order is posted with the next sync."),
        "orders",
    ),
    Reason.MODULES_MIXED: held(
        _(
            "The order sells “%(on)s”, which is posted, together with “%(off)s”, which is not: no part of the payment"
            " can be left out."
        ),
        _("Switch “%(off)s” on in Modules, or enter the sale in QuickBooks by hand and ignore the order here."),
        "modules",
    ),
    Reason.MODULE_ITEM_MISSING: held(
        _("“%(product)s” has no SKU, and no item is chosen for “%(module)s”."),
        _("Choose the item for “%(module)s” in Modules; the order is posted with the next sync."),
        "modules",
    ),
    Reason.CURRENCY_NOT_ACCEPTED: held(
        _("The order is in %(currency)s, but %(company)s keeps its books in %(home_currency)s only."),
        _("Switch on Multicurrency in QuickBooks (for good: it cannot be switched off), or ignore the order here."),
        "quickbooks",
    ),
    Reason.CLOSED_PERIOD: held(
        _("The order is dated %(date)s, and the books are closed until %(closed_until)s."),
        _("Reopen the period in QuickBooks, or let Sale options post such orders on the first open day."),
        "orders",
    ),
    Reason.NUMBER_TAKEN: held(
        _(
            "QuickBooks already has the %(books_type)s “%(number)s” (id %(books_id)s) with a total of %(books_total)s;"
            " the order's total is %(store_total)s."
        ),
        _("Compare the two, then change the number in QuickBooks and retry, or ignore the order here."),
        "quickbooks",
    ),
    Reason.ORDER_UNREADABLE: held(
        _("The store sent an order that cannot be read: %(detail)s."),
        _("Enter the sale in QuickBooks by hand, ignore the order here, and tell whoever runs this installation."),
        "store",
    ),
    Reason.IGNORED_BY_PERSON: skipped(
        _("%(user)s decided to leave this out."),
        _("Retry puts it back in line."),
    ),
}
