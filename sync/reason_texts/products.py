"""Products and the items that stand for them, whether an order, the catalogue or a stock level needs them."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sync.reason_texts.rows import ReasonText, held, ok, skipped
from sync.translate.reasons import Reason

TEXTS: Mapping[Reason, ReasonText] = {
    Reason.ITEM_EXISTS: ok(
        _("QuickBooks has the item “%(item)s” for the SKU “%(sku)s” already; it was left as it is."),
    ),
    Reason.ITEM_DIFFERS: ok(
        _(
            "QuickBooks has the item already and it was left as it is: “%(item)s” at %(books_price)s there,"
            " “%(product)s” at %(store_price)s in the store."
        ),
    ),
    Reason.ITEM_UPDATED: ok(
        _("The item “%(item)s” was given the name, price and description of “%(product)s”."),
    ),
    Reason.PRODUCT_DISABLED: skipped(_("“%(product)s” is switched off in the store.")),
    Reason.PRODUCT_GONE: skipped(_("“%(product)s” is not in the store any more.")),
    Reason.PRODUCT_IS_GIFT_CARD: skipped(
        _("“%(product)s” is a gift card: its sales go to the item that Sale options choose for gift cards."),
    ),
    Reason.PRODUCT_WITHOUT_SKU: skipped(
        _("“%(product)s” has no SKU, so its item cannot be found and its level was left alone."),
        _("Give it a SKU in the store."),
        "store",
    ),
    Reason.SKU_DUPLICATE: held(
        _("The store has more than one product with the SKU “%(sku)s”; one of them is “%(product)s”."),
        _("Give each a SKU of its own in the store."),
        "store",
    ),
    Reason.SKU_MISSING: held(
        _("The product “%(product)s” has no SKU, so its item cannot be found."),
        _("Give it a SKU in the store; an order that waits for it needs it, too."),
        "store",
    ),
    Reason.SKU_UNUSABLE: held(
        _("No item can be created for “%(product)s”: QuickBooks cannot hold the SKU “%(sku)s”."),
        _("Match the SKU to an item in Items; what waits for it goes with the next sync."),
        "items",
    ),
    Reason.ITEM_MISSING: held(
        _("QuickBooks has no item for “%(product)s” (SKU %(sku)s), and missing items are not created."),
        _("Add the item in QuickBooks, or match the SKU to another item in Items; the order is posted then."),
        "items",
    ),
    Reason.ITEM_AMBIGUOUS: held(
        _("More than one QuickBooks item answers to the SKU “%(sku)s”."),
        _("Match the SKU to the right one in Items; what waits for it goes with the next sync."),
        "items",
    ),
    Reason.ITEM_INACTIVE: held(
        _("The QuickBooks item for the SKU “%(sku)s” is inactive."),
        _("Make it active again in QuickBooks, or match the SKU to another item in Items; what waits goes on then."),
        "items",
    ),
    Reason.ITEM_ACCOUNTS_MISSING: held(
        _("The item for the SKU “%(sku)s” cannot be created; still to be chosen: %(accounts)s."),
        _("Choose what is missing in Items; what waits for it goes with the next sync."),
        "items",
    ),
}
