"""Prove: the total that QuickBooks will compute must be the store's total before anything is sent.

Where it is not, the store's taxes are stated instead of computed; what then still differs becomes a rounding line
within the cap, or the order is held with the figures.
"""

from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from integrations.books import (
    NON_TAXABLE,
    Company,
    Known,
    LineKind,
    RefundDocument,
    Sale,
    SaleLine,
    SalesForm,
    TaxModel,
)
from integrations.money import currency_places, total_of
from integrations.quickbooks import arithmetic
from sync.models import Posting
from sync.translate.held import amount_text
from sync.translate.mapping import mapped_code
from sync.translate.outcome import Documents, Hold, Note
from sync.translate.reasons import Reason
from sync.translate.settings import Options

F = TypeVar("F", Sale, RefundDocument)


def prove(documents: Documents, company: Company, options: Options) -> Documents | Hold:
    """The documents with taxes and rounding settled so that the books' total is the store's, or why that cannot be."""
    taxed = settle_taxes(documents.sale, company)
    if isinstance(taxed, Hold):
        return taxed
    difference = taxed.total - arithmetic.sale_total(taxed, company)
    if difference == 0:
        return replace(documents, sale=taxed)
    return _round(replace(documents, sale=taxed), difference, company, options)


def prove_refund(document: RefundDocument, company: Company) -> RefundDocument | Hold:
    """The document with its taxes settled so that QuickBooks shows its total, or why that cannot be. A refund is made
    of what its sale was proven to be, so nothing of it is rounded."""
    taxed = settle_taxes(document, company)
    if isinstance(taxed, Hold):
        return taxed
    total = arithmetic.sale_total(taxed, company)
    if total == taxed.total:
        return taxed
    amounts = {"amount": taxed.total, "books_total": total}
    figures = {name: amount_text(amount, taxed.currency) for name, amount in amounts.items()}
    return Hold(Reason.REFUND_UNPROVEN, figures | {"currency": taxed.currency})


def repair(documents: Documents, posted: Posting, company: Company, options: Options) -> Documents | None:
    """The sale with a line for what QuickBooks' total lacks of the proven one; None where a line cannot mend it, or
    has been tried."""
    if posted.total is None or posted.proven_total is None or posted.adopted:
        return None
    lines = sum("SalesItemLineDetail" in line for line in posted.payload.get("Line") or ())
    if lines != len(documents.sale.lines):
        return None
    rounded = _with_rounding(documents, posted.proven_total - posted.total, company, options)
    return None if isinstance(rounded, Hold) else rounded


def settle_taxes(sale: F, company: Company) -> F | Hold:
    """State the store's taxes where QuickBooks would compute others, as long as only roundings lie between them."""
    if company.tax_model is not TaxModel.GLOBAL:
        return replace(sale, override_tax=company.tax_model is not TaxModel.US_NONE)
    if arithmetic.computes_the_same(sale, company):
        return replace(sale, override_tax=False)
    if arithmetic.override_deviation(sale, company) > _rounding_noise(sale):
        natural = total_of(arithmetic.natural_taxes(sale, company).values())
        codes = {line.tax_code for line in sale.lines}
        names = sorted(company.tax_codes[code].name for code in codes if code in company.tax_codes)
        return Hold(
            Reason.TAX_DIFFERS,
            {
                "store_tax": amount_text(sale.tax, sale.currency),
                "books_tax": amount_text(natural, sale.currency),
                "currency": sale.currency,
                "code": ", ".join(names),
            },
        )
    return replace(sale, override_tax=True)


def _rounding_noise(sale: SalesForm) -> Decimal:
    """How far two honest roundings of the same taxes can lie apart: half of the currency's smallest unit on each side
    for every line."""
    return Decimal(len(sale.lines) + 1).scaleb(-currency_places(sale.currency))


def _round(documents: Documents, difference: Decimal, company: Company, options: Options) -> Documents | Hold:
    rounded = _with_rounding(documents, difference, company, options)
    if isinstance(rounded, Documents) and arithmetic.sale_total(rounded.sale, company) != rounded.sale.total:
        return _unproven(documents.sale, difference, options)
    return rounded


def _with_rounding(documents: Documents, difference: Decimal, company: Company, options: Options) -> Documents | Hold:
    sale = documents.sale
    item = options.items.get(LineKind.ROUNDING)
    if abs(difference) > options.rounding_cap:
        return _unproven(sale, difference, options)
    if item is None:
        amount = {"amount": amount_text(difference, sale.currency), "currency": sale.currency}
        return Hold(Reason.SPECIAL_ITEM_MISSING, {"kind": LineKind.ROUNDING.value, **amount})
    if isinstance(item, Known) and ("Item", item.id) in options.inactive:
        return Hold(Reason.BOOKS_OBJECT_INACTIVE, {"detail": item.name})
    code = mapped_code((), options.taxes) if company.tax_model is TaxModel.GLOBAL else NON_TAXABLE
    if code is None:
        return Hold(Reason.TAX_UNMAPPED, {"taxes": ""})
    line = SaleLine(LineKind.ROUNDING, item, difference, code, sources=("rounding",))
    note = Note(Reason.ROUNDING_LINE, {"amount": amount_text(difference, sale.currency), "currency": sale.currency})
    return replace(documents, sale=replace(sale, lines=(*sale.lines, line)), notes=(*documents.notes, note))


def _unproven(sale: Sale, difference: Decimal, options: Options) -> Hold:
    return Hold(
        Reason.TOTAL_UNPROVEN,
        {
            "store_total": amount_text(sale.total, sale.currency),
            "books_total": amount_text(sale.total - difference, sale.currency),
            "difference": amount_text(difference, sale.currency),
            "cap": amount_text(options.rounding_cap, sale.currency),
            "currency": sale.currency,
        },
    )
