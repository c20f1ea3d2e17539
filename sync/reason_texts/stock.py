"""Stock levels."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sync.reason_texts.rows import ReasonText, held, ok, skipped
from sync.translate.reasons import Reason

TEXTS: Mapping[Reason, ReasonText] = {
    Reason.STOCK_SET: ok(_("The store's level of “%(product)s” was set: %(before)s → %(after)s.")),
    Reason.STOCK_COUNTED_NOW: ok(
        _("The store did not count “%(product)s”; it does now, and its level was set to %(after)s."),
    ),
    Reason.STOCK_RESTORED: ok(_("%(user)s brought back the level that “%(product)s” had before.")),
    Reason.STOCK_OF_BUNDLE: skipped(
        _("“%(product)s” is a bundle: the store works out its level from the products it is made of."),
    ),
    Reason.STOCK_IN_BUNDLES: skipped(
        _(
            "“%(product)s” is also sold as a part of bundles, and QuickBooks does not take those sales off its stock:"
            " its level was left alone."
        ),
    ),
    Reason.STOCK_IN_PLACES: skipped(
        _("The stock of “%(product)s” lies in several places, which another system keeps."),
    ),
    Reason.STOCK_UNLIMITED: skipped(
        _("The store does not count “%(product)s”."),
        _("Stock options can have such products counted."),
        "stock",
    ),
    Reason.STOCK_ITEM_MISSING: skipped(
        _("QuickBooks has no item in use for “%(product)s” (SKU %(sku)s)."),
        _("Add the item in QuickBooks, or match the SKU to another item in Items."),
        "items",
    ),
    Reason.STOCK_NOT_COUNTED: skipped(
        _("QuickBooks tells no quantity for “%(product)s” (SKU %(sku)s), and none is not zero."),
        _("Make it an inventory item in QuickBooks if its stock is to be counted there."),
        "quickbooks",
    ),
    Reason.STOCK_AWAITS_APPROVAL: held(
        _("The store's level of “%(product)s” would become %(after)s, which somebody should see first."),
        _("Look at the table of old and new levels, and approve or reject it."),
        "stock_push",
    ),
    Reason.STOCK_REJECTED: held(
        _("%(user)s rejected the levels that QuickBooks has; the one of “%(product)s” would have become %(after)s."),
        _("Correct the quantities in QuickBooks: what differs then is shown again."),
        "quickbooks",
    ),
    Reason.STOCK_NOT_WRITABLE: held(
        _("The store does not let its stock levels be set: %(detail)s."),
        _("If another system keeps the store's stock, switch the stock flow off; else check this app's permissions."),
        "stock",
    ),
    Reason.STOCK_REFUSED: held(
        _("The store refused the level %(after)s of “%(product)s”: %(detail)s."),
        _("Mend in the store what it names; the next sync tries again."),
        "store",
    ),
}
