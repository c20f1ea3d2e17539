"""Payments: what came in for an order, and what the buyer's bank took back."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sync.reason_texts.rows import ReasonText, held, ok
from sync.translate.reasons import Reason

TEXTS: Mapping[Reason, ReasonText] = {
    Reason.PAYMENT_ADDED: ok(
        _("A payment of %(amount)s %(currency)s was added to the invoice that was posted earlier."),
    ),
    Reason.OVERPAID: ok(
        _("%(paid)s %(currency)s was paid, more than the order's total of %(total)s; the rest is the buyer's credit."),
        _("Give the rest back in the store: the payment becomes less by it."),
    ),
    Reason.RECEIPT_OVERPAID: ok(
        _(
            "%(paid)s %(currency)s was paid by now, more than the order's total of %(total)s, and a sales receipt has"
            " no place for the rest."
        ),
        _("Give the rest back in the store, or enter it in QuickBooks as a credit."),
    ),
    Reason.PAYMENT_UNDONE: ok(
        _(
            "The store says by now that %(amount)s %(currency)s of what was paid did not come in after all. The payment"
            " is still in QuickBooks."
        ),
        _(
            "Find out whether the money came in. If it did not, void the payment in QuickBooks; if the store says again"
            " that it did, this note goes."
        ),
        "quickbooks",
    ),
    Reason.PAID_OTHERWISE: ok(
        _(
            "The store received %(amount)s %(currency)s, but only %(balance)s %(currency)s of the invoice is open in"
            " QuickBooks: no payment was posted."
        ),
        _("Compare the payments of the invoice in QuickBooks with the store, and enter what is missing by hand."),
        "quickbooks",
    ),
    Reason.CHARGED_BACK: ok(
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
    Reason.PAYMENT_ACCOUNT_MISSING: held(
        _("No account is chosen for money that comes in by “%(method)s”."),
        _("Choose a clearing account in Payments; the order is posted with the next sync."),
        "payments",
    ),
}
