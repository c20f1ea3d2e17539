"""Which taxes a store has, and which tax code of the company each most likely is (T1). Pure.

A suggestion is never more than that: it is chosen on the page, where a person saves it.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from integrations.books import NON_TAXABLE, TAXABLE, Company, TaxCode, TaxModel
from integrations.commerce import StoreTax, TaxShare
from integrations.mirror import key
from integrations.money import ZERO
from sync.translate.mapping import mapped_code, tax_tokens, us_code
from sync.translate.rates import charges_by_rate
from sync.translate.settings import TaxMapping

Taxes = tuple[TaxShare, ...]

UNTAXED: Taxes = ()
_ANY = "any"  # stands for "somebody has chosen a code": only whether a row fits is asked
_PLACES = 2
# Where several codes charge nothing, the usual ones for what a shop sells without tax, the most telling word first.
_NOTHING_WORDS = ("out of scope", "no vat", "no tax", "hors", "zero", "0.0%", "0 %", "exempt", "exon")


def share_of(tax: StoreTax) -> TaxShare:
    return TaxShare(tax.name, tax.rate, ZERO)


def new_rows(
    defined: Iterable[StoreTax], met: Iterable[Taxes], company: Company, known: Iterable[Sequence[str]]
) -> list[list[str]]:
    """The mapping rows that are missing: for the taxes the store defines, the combinations met on order lines, what
    the company's own codes combine, and no tax at all. `known` are the taxes of the rows there are."""
    rows = [TaxMapping(tuple(taxes), _ANY) for taxes in known]
    code_of = mapped_code if company.tax_model is TaxModel.GLOBAL else us_code
    found: list[list[str]] = []
    for taxes in (*_wanted(tuple(defined), tuple(met), company), UNTAXED):
        is_new = mapped_code(taxes, rows) is None if taxes == UNTAXED else code_of(taxes, rows) is None
        if is_new:
            tokens = tax_tokens(taxes)
            rows.append(TaxMapping(tokens, _ANY))
            found.append(list(tokens))
    return found


def _wanted(defined: tuple[StoreTax, ...], met: tuple[Taxes, ...], company: Company) -> list[Taxes]:
    each = [(share_of(tax),) for tax in defined]
    if company.tax_model is not TaxModel.GLOBAL:
        # Taxable or not is asked of each tax; how they meet on a line does not matter.
        return [*each, *((share,) for taxes in met for share in taxes)]
    combined = (_combination(code, defined) for code in company.tax_codes.values() if code.active)
    return [*met, *(taxes for taxes in combined if taxes), *each]


def _combination(code: TaxCode, defined: tuple[StoreTax, ...]) -> Taxes:
    """The store's taxes that together are this code of several rates (GST + QST); empty where they are not."""
    percents = [rate.percent for rate in code.rates if rate.percent]
    if len(percents) < 2:
        return UNTAXED
    found = [next((tax for tax in defined if tax.rate == percent), None) for percent in percents]
    taxes = tuple(dict.fromkeys(tax for tax in found if tax is not None))
    return tuple(map(share_of, taxes)) if len(taxes) == len(percents) else UNTAXED


def suggested(taxes: Taxes, company: Company) -> str:
    """The code that these taxes most likely are: by rate, then by name; empty where none fits."""
    if company.tax_model is not TaxModel.GLOBAL:
        return TAXABLE if any(share.rate is None or share.rate for share in taxes) else NON_TAXABLE
    charged = any(share.rate for share in taxes)
    fitting = [
        code
        for code in company.tax_codes.values()
        if code.active and charges_by_rate(taxes, code.rates, _PLACES) is not None
    ]
    fitting = [code for code in fitting if charged or not code.percent]
    ranked = sorted(fitting, key=lambda code: _rank(code, taxes))
    return ranked[0].id if ranked else ""


def _rank(code: TaxCode, taxes: Taxes) -> tuple[int, int, int]:
    """Smallest first: a code of the tax's own name, then one with as many rates as there are taxes."""
    name = key(code.name)
    named = 0 if any(key(share.name) == name for share in taxes) else 1
    alike = -max((_shared_word(share.name, name) for share in taxes), default=0)
    rates = abs(len(code.rates) - len(taxes))
    word = next((place for place, word in enumerate(_NOTHING_WORDS) if word in name), len(_NOTHING_WORDS))
    return named, alike, rates if any(share.rate for share in taxes) else word


def _shared_word(name: str, code: str) -> int:
    """The length of the longest word of the store's name that stands in the code's: "VAT zero-rated", "Zero-rated"."""
    words = key(name).replace("-", " ").split()
    return max((len(word) for word in words if len(word) > 2 and word in code), default=0)


def taxes_of(tokens: Sequence[str], defined: Iterable[StoreTax]) -> Taxes | None:
    """The taxes that a mapping row names, with their rates; None where a name is unknown and says no rate."""
    known = {key(tax.name): tax.rate for tax in defined}
    shares = [_share(token, known) for token in tokens]
    return None if None in shares else tuple(share for share in shares if share is not None)


def _share(token: str, known: dict[str, Decimal]) -> TaxShare | None:
    if key(token) in known:
        return TaxShare(token, known[key(token)], ZERO)
    name, _blank, rate = token.strip().removesuffix("%").strip().rpartition(" ")
    try:
        return TaxShare(name, Decimal(rate.replace(",", ".")), ZERO) if name else None
    except ArithmeticError:
        return None
