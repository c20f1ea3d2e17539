"""What QuickBooks answered to a document, and QuickBooks or a store that cannot be worked with."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sync.reason_texts.rows import Actor, ReasonText, failed, held
from sync.translate.reasons import Reason

TEXTS: Mapping[Reason, ReasonText] = {
    Reason.BOOKS_TOTAL_DIFFERS: held(
        _("QuickBooks shows %(books_total)s on document %(books_id)s, but the store's total is %(store_total)s."),
        _("Open the document in QuickBooks and correct it."),
        "quickbooks",
    ),
    Reason.BOOKS_OBJECT_INACTIVE: held(
        _("Something that the document needs is inactive in QuickBooks: %(detail)s."),
        _("Make it active again in QuickBooks, or choose another in the settings; the order is posted then."),
        "quickbooks",
    ),
    Reason.BEFORE_STOCK_START: held(
        _("QuickBooks counts the stock of an item of this order only from a later day on: %(detail)s."),
        _("Give the item an earlier start date in QuickBooks, or match the SKU to an item without stock; then retry."),
        "items",
    ),
    Reason.CLOSED_PERIOD_IN_BOOKS: held(
        _("QuickBooks refused the date of the document, because its period is closed (code %(code)s): %(detail)s."),
        _("Reopen the period in QuickBooks, or let Sale options post such orders on the first open day; then retry."),
        "quickbooks",
    ),
    Reason.BOOKS_REFUSED: held(
        _("QuickBooks refused the document (code %(code)s): %(detail)s."),
        _("Mend what QuickBooks names, then retry."),
        "quickbooks",
    ),
    Reason.BOOKS_UNAVAILABLE: failed(
        _("QuickBooks could not be reached: %(detail)s."),
        _("Nothing to do: the next sync tries again."),
        Actor.RETRY,
    ),
    Reason.BOOKS_OUTCOME_UNKNOWN: failed(
        _("QuickBooks did not say whether it took the document: %(detail)s."),
        _("Nothing to do: the next sync looks in QuickBooks before anything is sent again."),
        Actor.RETRY,
    ),
    Reason.STORE_UNAVAILABLE: failed(
        _("The store could not be reached: %(detail)s."),
        _("Nothing to do: the next sync tries again."),
        Actor.RETRY,
    ),
    Reason.STORE_DISCONNECTED: failed(
        _("The store does not accept the connection any more: %(detail)s."),
        _("Connect the store again in Connections; nothing is lost meanwhile."),
        Actor.PERSON,
        "connection",
    ),
    Reason.BOOKS_DISCONNECTED: failed(
        _("QuickBooks does not accept the connection any more: %(detail)s."),
        _("Connect QuickBooks again in Connections; orders wait meanwhile, and none is lost."),
        Actor.PERSON,
        "connection",
    ),
    Reason.STORE_NOT_ALLOWED: failed(
        _("The store answers but does not let its orders be read: %(detail)s."),
        _("Check the store's plan and this app's permissions there; nothing is lost meanwhile."),
        Actor.PERSON,
        "store",
    ),
    Reason.BOOKS_NOT_ALLOWED: failed(
        _("QuickBooks answers but refuses the access: %(detail)s."),
        _("Check the company's subscription and the rights of who connected it; orders wait, and none is lost."),
        Actor.PERSON,
        "quickbooks",
    ),
    Reason.COMPANY_READ_ONLY: failed(
        _("QuickBooks lets nobody write into the company: %(detail)s."),
        _("Renew the company's subscription in QuickBooks; waiting orders are posted by themselves then."),
        Actor.PERSON,
        "quickbooks",
    ),
}
