"""The tax of each line in the words of the company's tax model, and the tax lines of the whole document (T1-T5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from integrations.books import NON_TAXABLE, TAXABLE, SaleLine, TaxCode, TaxLine, TaxModel, TaxRate
from integrations.commerce import TaxShare
from integrations.money import ZERO, total_of
from sync.translate.case import Case
from sync.translate.held import amount_text, hold
from sync.translate.mapping import combined, mapped_code, rate_text, taxes_text, us_code
from sync.translate.rates import Charges, charges_by_rate, taxed_amount
from sync.translate.reasons import Reason


@dataclass(frozen=True, slots=True)
class LineTax:
    """The tax code of a line, and, where codes have rates, the tax at each of them."""

    code: str
    charges: Charges = field(default_factory=dict)


UNTAXED: tuple[TaxShare, ...] = ()


def line_tax(shares: Sequence[TaxShare], case: Case) -> LineTax:
    """How the taxes on one line are posted; holds the order where the mapping does not say or cannot be right."""
    model = case.company.tax_model
    if model is TaxModel.US_NONE:
        return LineTax(NON_TAXABLE)
    return _global_tax(combined(shares), case) if model is TaxModel.GLOBAL else _us_tax(combined(shares), case)


def _us_tax(shares: tuple[TaxShare, ...], case: Case) -> LineTax:
    """Taxable or not. An order without tax has no taxable line, else QuickBooks would work out a tax of its own."""
    code = us_code(shares, case.options.taxes)
    if code is None:
        hold(Reason.TAX_UNMAPPED, taxes=taxes_text(shares))
    if code not in {TAXABLE, NON_TAXABLE}:
        hold(Reason.TAX_CODE_INACTIVE, taxes=taxes_text(shares), code=code)
    tax, currency = total_of(share.amount for share in shares), case.order.currency
    if tax and code == NON_TAXABLE:
        amount = amount_text(tax, currency)
        hold(Reason.TAX_NOT_TAXABLE, taxes=taxes_text(shares), amount=amount, currency=currency)
    return LineTax(code if case.order.tax else NON_TAXABLE)


def _global_tax(shares: tuple[TaxShare, ...], case: Case) -> LineTax:
    code_id = mapped_code(shares, case.options.taxes)
    if code_id is None:
        hold(Reason.TAX_UNMAPPED, taxes=taxes_text(shares))
    code = case.company.tax_codes.get(code_id)
    if code is None or not code.active:
        hold(Reason.TAX_CODE_INACTIVE, taxes=taxes_text(shares), code=code.name if code else code_id)
    charges = charges_by_rate(shares, code.rates, case.places)
    if charges is None:
        hold(Reason.TAX_RATE_MISMATCH, taxes=taxes_text(shares), code=code.name, rates=_rates_text(code))
    return LineTax(code.id, charges)


def _rates_text(code: TaxCode) -> str:
    return " + ".join(f"{rate.name} {rate_text(rate.percent)} %" for rate in code.rates)


@dataclass(slots=True)
class _Sum:
    rate: TaxRate
    net: Decimal = ZERO
    amount: Decimal = ZERO


def tax_lines(lines: Iterable[SaleLine], taxes: Iterable[LineTax], codes: Mapping[str, TaxCode]) -> tuple[TaxLine, ...]:
    """The tax at each rate over the whole document, `taxes` being those of the order's lines.

    The net amounts are those of the document's lines, discounts and gift cards included, since that is what QuickBooks
    adds up.
    """
    nets, charges = _nets_by_code(lines), _charges_by_code(taxes)
    sums: dict[str, _Sum] = {}
    for code_id, net in nets.items():
        code = codes[code_id]
        for rate in code.rates:
            entry = sums.setdefault(rate.id, _Sum(rate))
            charged = charges.get(code_id, {})
            entry.net += taxed_amount(rate, net, charged, code.rates)
            entry.amount += charged.get(rate.id, ZERO)
    return tuple(TaxLine(rate_id, entry.rate.percent, entry.net, entry.amount) for rate_id, entry in sums.items())


def _nets_by_code(lines: Iterable[SaleLine]) -> dict[str, Decimal]:
    nets: dict[str, Decimal] = {}
    for line in lines:
        nets[line.tax_code] = nets.get(line.tax_code, ZERO) + line.amount
    return nets


def _charges_by_code(taxes: Iterable[LineTax]) -> dict[str, Charges]:
    by_code: dict[str, Charges] = {}
    for tax in taxes:
        sums = by_code.setdefault(tax.code, {})
        for rate_id, amount in tax.charges.items():
            sums[rate_id] = sums.get(rate_id, ZERO) + amount
    return by_code
