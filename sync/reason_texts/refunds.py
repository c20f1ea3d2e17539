"""Refunds."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sync.reason_texts.rows import ReasonText, held, ok, skipped
from sync.translate.reasons import Reason

TEXTS: Mapping[Reason, ReasonText] = {
    Reason.REFUND_WAITS: ok(_("The refund waits until its order, and every earlier refund of it, is in the books.")),
    Reason.CREDIT_APPLIED_BY_BOOKS: ok(
        _(
            "%(amount)s %(currency)s of the credit memo “%(number)s” was applied by QuickBooks itself, or the invoice"
            " did not need it any more."
        ),
    ),
    Reason.REFUND_IN_RECEIPT: ok(
        _(
            "%(amount)s %(currency)s of it is in the sales receipt “%(number)s”, which the change of the order lowered"
            " from %(before)s to %(after)s."
        ),
    ),
    Reason.REFUND_RESTOCKED: ok(
        _(
            "The store put the goods back on the shelf once all was refunded: “%(number)s” returns them to stock in"
            " QuickBooks, and moves no money."
        ),
    ),
    Reason.REFUND_BEYOND: ok(
        _(
            "%(amount)s %(currency)s of it came in for more than “%(number)s” comes to, and was never in the books:"
            " there is nothing to take back for it."
        ),
    ),
    Reason.REFUND_OF_CREDIT: ok(
        _(
            "%(amount)s %(currency)s of it was paid too much, for the order was lowered afterwards: the payment of the"
            " invoice “%(number)s” became less by it."
        ),
    ),
    Reason.REFUND_SAID_BEFORE: ok(
        _(
            "%(amount)s %(currency)s of it was posted already: somebody entered it while the store did not tell how"
            " much was given back."
        ),
        _("If that was another refund than this one, enter that amount once more in QuickBooks by hand."),
    ),
    Reason.REFUNDS_OFF: skipped(
        _("Refunds are not posted for this integration."),
        _("Switch refunds on in Flows if they belong in the books."),
        "flows",
    ),
    Reason.REFUND_ORDER_NOT_POSTED: skipped(
        _("The order of this refund is not in the books, so there is nothing to take back."),
    ),
    Reason.REFUND_SALE_VOIDED: skipped(
        _("The sale of this refund was voided in QuickBooks, so there is nothing to take back."),
    ),
    Reason.REFUND_NOTHING_PAID: skipped(
        _("The order was cancelled, but nothing was paid for its invoice: no money went back."),
    ),
    Reason.REFUND_COVERED: skipped(
        _("There is nothing to take back: the refund comes to nothing, or nothing is left of the sale."),
    ),
    Reason.REFUND_SUPERSEDED: skipped(_("The store tells of this refund in another way by now.")),
    Reason.REFUND_AMOUNT_UNKNOWN: held(
        _("The store says that money went back, but not how much; %(left)s %(currency)s of the sale is left."),
        _("Open the refund here and enter the amount; it is posted with the next sync."),
        "record",
    ),
    Reason.REFUND_UNPROVEN: held(
        _("The refund is %(amount)s %(currency)s, but QuickBooks would show %(books_total)s."),
        _("Enter the refund in QuickBooks by hand, and ignore it here."),
        "quickbooks",
    ),
    Reason.REFUND_EXCEEDS_SALE: held(
        _("The store gave back %(amount)s %(currency)s, but only %(left)s of the sale is left in the books."),
        _("Enter what is too much in QuickBooks by hand, and ignore the refund here."),
        "quickbooks",
    ),
    Reason.REFUND_OF_OVERPAYMENT: held(
        _(
            "%(amount)s %(currency)s went back for an order that was paid with %(paid)s and comes to %(total)s by now."
            " It is for the payment to become less, but %(cause)s."
        ),
        _("Refund the customer's credit in QuickBooks by hand, and ignore the refund here."),
        "quickbooks",
    ),
    Reason.REFUND_EXCEEDS_GIFT_CARD: held(
        _("%(amount)s %(currency)s went back to a gift card, but only %(left)s that one paid is left in the books."),
        _("Enter the refund in QuickBooks by hand, and ignore it here."),
        "quickbooks",
    ),
    Reason.REFUND_ACCOUNT_MISSING: held(
        _("No account is chosen that refunds by “%(method)s” leave from."),
        _("Choose the account in Refunds; the refund is posted with the next sync."),
        "refunds",
    ),
    Reason.REFUND_ITEM_MISSING: held(
        _("A part of the sale is given back, and no item is chosen for that."),
        _("Choose the item in Refunds, or an income account in Items; the refund is posted with the next sync."),
        "refunds",
    ),
    Reason.REFUND_SALE_CHANGED: held(
        _(
            "The %(books_type)s “%(number)s” was posted with a total of %(total)s %(currency)s, but it is"
            " %(books_total)s in QuickBooks by now: what to take back of it is not certain."
        ),
        _("Enter the refund in QuickBooks by hand, and ignore it here."),
        "quickbooks",
    ),
    Reason.REFUND_SALE_GONE: held(
        _("The %(books_type)s “%(number)s” of this refund is not in QuickBooks any more."),
        _("If it was deleted on purpose, ignore the refund here."),
        "quickbooks",
    ),
    Reason.REFUND_TOLD_LESS: held(
        _(
            "%(amount)s %(currency)s was posted for this refund, as somebody entered it; by now the store tells of"
            " %(told)s %(currency)s in its place."
        ),
        _("Lower its document in QuickBooks to what was given back, unless it is right; then ignore the change here."),
        "quickbooks",
    ),
    Reason.REFUND_WITHDRAWN: held(
        _("The store does not tell of this refund any more, but %(amount)s %(currency)s was posted for it."),
        _("Void its document in QuickBooks, unless the refund stands; then ignore the change here."),
        "quickbooks",
    ),
}
