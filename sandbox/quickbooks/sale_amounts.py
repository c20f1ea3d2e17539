"""The amounts of a sales form: lines, discount, tax and total, as QuickBooks makes them of a request."""

from dataclasses import replace
from decimal import Decimal

from sandbox.quickbooks.drafts import Draft
from sandbox.quickbooks.faults import QboError, business
from sandbox.quickbooks.money import ZERO, money, places_of
from sandbox.quickbooks.references import resolve
from sandbox.quickbooks.sale_lines import SHIPPING_ITEM, Lines, read_lines
from sandbox.quickbooks.store import Books, Json
from sandbox.quickbooks.taxes import Tax, TaxedLine, compute_global, compute_us, rates_of, tax_in_gross

_TAX_WORDS = {"GB": "VAT", "FR": "VAT", "CA": "GST/HST", "AU": "GST"}


def compute_amounts(draft: Draft, header: Json) -> Json:
    """Line, TxnTaxDetail and TotalAmt of the document. Totals of the request are not looked at."""
    lines = read_lines(draft)
    if _computes_global_tax(draft):
        lines = _with_net_amounts(draft, lines)
    tax = _tax(draft, header, lines)
    total = lines.subtotal - lines.discount_amount + tax.total
    if total < 0:
        raise business("Enter a transaction amount that is 0 or greater")
    closing = {"Amount": lines.subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    return {"Line": [*lines.in_order(), closing], "TxnTaxDetail": tax.detail, "TotalAmt": total}


def _tax(draft: Draft, header: Json, lines: Lines) -> Tax:
    wanted, kept = _wanted_tax(draft), _kept_tax(draft)
    if draft.books.is_us:
        return _us_tax(draft, header, lines, kept or wanted)
    if _computes_global_tax(draft):
        rounds = draft.books.switches["currency_places"]
        places = places_of(header["CurrencyRef"]["value"]) if rounds else 2
        return compute_global(draft.books, _global_lines(lines), wanted, places, kept)
    return Tax(None, ZERO)


def _wanted_tax(draft: Draft) -> Json | None:
    """The request's own tax; of the old document's tax only the chosen code."""
    detail: Json | None = draft.given.get("TxnTaxDetail")
    if detail is None or not _says_nothing_of_tax(draft):
        return detail
    code = detail.get("TxnTaxCodeRef")
    return {"TxnTaxCodeRef": code} if code else None


def _kept_tax(draft: Draft) -> Json | None:
    """The old document's tax, where it outlives a change of the lines alone; see the switch."""
    keeping = ("everywhere",) if draft.books.is_us else ("everywhere", "outside_us")
    detail: Json | None = draft.given.get("TxnTaxDetail")
    if detail is None or draft.books.switches["update_keeps_old_tax"] not in keeping or not _says_nothing_of_tax(draft):
        return None
    return {key: value for key, value in detail.items() if key != "TaxLine" or not draft.books.is_us}


def _says_nothing_of_tax(draft: Draft) -> bool:
    return draft.old is not None and "TxnTaxDetail" not in draft.touched


# -- the US ------------------------------------------------------------------------------------------------------


def _us_tax(draft: Draft, header: Json, lines: Lines, wanted: Json | None) -> Tax:
    if draft.given.get("GlobalTaxCalculation") == "TaxInclusive":
        raise business("Amounts that include tax are not supported in this company")
    customer = resolve(draft.books, header, "CustomerRef")
    own = [line["Amount"] for line in lines.items]
    bases = lines.after_discount(own) if draft.given.get("ApplyTaxAfterDiscount") else own
    taxed = [
        TaxedLine(base, _code(line), built_in_shipping=_is_shipping(line))
        for line, base in zip(lines.items, bases, strict=True)
    ]
    return compute_us(draft.books, taxed, wanted, exempt=bool(customer and not customer.get("Taxable", True)))


def _is_shipping(line: Json) -> bool:
    return bool(line["SalesItemLineDetail"]["ItemRef"]["value"] == SHIPPING_ITEM)


def _code(line: Json) -> str | None:
    reference = line["SalesItemLineDetail"].get("TaxCodeRef")
    return str(reference["value"]) if reference else None


# -- everywhere else ---------------------------------------------------------------------------------------------


def _computes_global_tax(draft: Draft) -> bool:
    """Whether tax is computed per line; raises QboError when the request contradicts itself."""
    books, how = draft.books, draft.given.get("GlobalTaxCalculation")
    if books.is_us or not books.preference("TaxPrefs", "UsingSalesTax"):
        return False
    if how is None and books.switches["global_tax_calculation_required"]:
        draft.require("GlobalTaxCalculation")
    if how == "NotApplicable" and _wanted_tax(draft):
        raise QboError(6170, "TxnTaxDetail is not allowed when GlobalTaxCalculation is NotApplicable")
    return bool(how != "NotApplicable")


def _with_net_amounts(draft: Draft, lines: Lines) -> Lines:
    """Lines whose Amount is without tax; those that include tax keep their gross in TaxInclusiveAmt."""
    for line in lines.items:
        if _code(line) is None:
            word = _TAX_WORDS.get(draft.books.info["Country"], "sales tax")
            raise business(f"Make sure all your transactions have a {word} rate before you save")
    if draft.given.get("GlobalTaxCalculation") != "TaxInclusive":
        return replace(lines, items=[_without_gross(line) for line in lines.items])
    return replace(lines, items=[_split_gross(draft.books, line) for line in lines.items])


def _without_gross(line: Json) -> Json:
    detail = {key: value for key, value in line["SalesItemLineDetail"].items() if key != "TaxInclusiveAmt"}
    return {**line, "SalesItemLineDetail": detail}


def _split_gross(books: Books, line: Json) -> Json:
    gross = _gross(books, line)
    if gross is None:
        return line
    rates = rates_of(books, books.get("TaxCode", str(_code(line))))
    net = gross - sum(tax_in_gross(rates, gross).values(), ZERO)
    return {**line, "Amount": net, "SalesItemLineDetail": {**line["SalesItemLineDetail"], "TaxInclusiveAmt": gross}}


def _gross(books: Books, line: Json) -> Decimal | None:
    """The amount with tax, None when the request gave a net amount only."""
    stated = line["SalesItemLineDetail"].get("TaxInclusiveAmt")
    if stated is not None:
        return money(stated)
    return line["Amount"] if books.switches["tax_inclusive_bare_amount"] == "gross" else None


def _global_lines(lines: Lines) -> list[TaxedLine]:
    """A gross line is taxed from its gross amount; a document's discount comes off the net amounts."""
    if lines.discount_amount:
        nets = lines.after_discount([line["Amount"] for line in lines.items])
        return [TaxedLine(net, _code(line)) for line, net in zip(lines.items, nets, strict=True)]
    return [_global_line(line) for line in lines.items]


def _global_line(line: Json) -> TaxedLine:
    gross = line["SalesItemLineDetail"].get("TaxInclusiveAmt")
    return TaxedLine(line["Amount"] if gross is None else gross, _code(line), gross=gross is not None)
