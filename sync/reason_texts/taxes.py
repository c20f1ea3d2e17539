"""Taxes: what the store charged against what QuickBooks is told, and would compute."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sync.reason_texts.rows import ReasonText, held
from sync.translate.reasons import Reason

TEXTS: Mapping[Reason, ReasonText] = {
    Reason.TAX_UNMAPPED: held(
        _("Nobody has said yet what “%(taxes)s” is in QuickBooks."),
        _("Map the tax “%(taxes)s” in Taxes; the order is posted with the next sync."),
        "taxes",
    ),
    Reason.TAX_CODE_INACTIVE: held(
        _("“%(taxes)s” is mapped to the tax code “%(code)s”, which is not in use in QuickBooks any more."),
        _("Choose another tax code for “%(taxes)s” in Taxes; the order is posted with the next sync."),
        "taxes",
    ),
    Reason.TAX_RATE_MISMATCH: held(
        _("The store charged “%(taxes)s”, but the tax code “%(code)s” has other rates (%(rates)s)."),
        _("Map “%(taxes)s” in Taxes to a tax code with the same rates; the order is posted with the next sync."),
        "taxes",
    ),
    Reason.TAX_DIFFERS: held(
        _(
            "The store charged %(store_tax)s %(currency)s of tax, but QuickBooks would compute %(books_tax)s"
            " %(currency)s with “%(code)s”."
        ),
        _("Check in Taxes that the code is the right one; the order is posted once the taxes agree."),
        "taxes",
    ),
    Reason.TAX_NOT_TAXABLE: held(
        _("The store charged %(amount)s %(currency)s of “%(taxes)s”, which is mapped as not taxable."),
        _("Map “%(taxes)s” as taxable in Taxes; the order is posted with the next sync."),
        "taxes",
    ),
    Reason.TAX_ITEM_MISSING: held(
        _("The order has %(amount)s %(currency)s of tax, but the QuickBooks company does not charge sales tax."),
        _("Choose a tax item in Sale options to book it on; the order is posted with the next sync."),
        "orders",
    ),
    Reason.TAXES_DO_NOT_ADD_UP: held(
        _(
            "The taxes on the order's lines add up to %(line_tax)s %(currency)s, but the order itself says"
            " %(order_tax)s %(currency)s."
        ),
        _("Correct the order in the store, or enter the sale in QuickBooks by hand and ignore the order here."),
        "store",
    ),
}
