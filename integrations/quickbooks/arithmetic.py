"""What QuickBooks will compute of a sales form: a sale, a refund receipt or a credit memo.

Pure; the engine compares it with the store's total before anything is sent. Sure: net amounts are summed; outside the
US, tax is computed per line and rate, rounded half-up, then summed per rate; US companies honour the document's total
tax where a taxable line has a positive amount. How far stated taxes may deviate from QuickBooks' own outside the US is
not known; `override_deviation` says by how much they do.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from integrations.books import TAXABLE, Company, SaleLine, SalesForm, TaxModel
from integrations.money import ZERO, currency_places, round_half_up, total_of

_USUAL_PLACES = 2


def natural_taxes(sale: SalesForm, company: Company, places: int | None = None) -> dict[str, Decimal]:
    """The tax per rate id that QuickBooks computes by itself; empty for US companies, whose tax is stated.

    It is rounded to the currency's places unless others are given.
    """
    if company.tax_model is not TaxModel.GLOBAL:
        return {}
    return taxes_of_lines(sale.lines, company, currency_places(sale.currency) if places is None else places)


def taxes_of_lines(lines: Iterable[SaleLine], company: Company, places: int) -> dict[str, Decimal]:
    """The tax per rate id that QuickBooks computes of these lines, outside the US."""
    taxes: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        code = company.tax_codes.get(line.tax_code)
        for rate_id, amount in (code.taxes_on(line.amount, places) if code else {}).items():
            taxes[rate_id] += amount
    return dict(taxes)


def sale_total(sale: SalesForm, company: Company) -> Decimal:
    """The document's total as QuickBooks will show it, tax included."""
    places = currency_places(sale.currency)
    net = total_of(round_half_up(line.amount, places) for line in sale.lines)
    return net + sale_tax(sale, company)


def sale_tax(sale: SalesForm, company: Company) -> Decimal:
    """The document's tax as QuickBooks will show it."""
    if company.tax_model is TaxModel.GLOBAL:
        return total_of(_taxes(sale, company).values())
    if company.tax_model is TaxModel.US_NONE or not _has_taxable_line(sale):
        return ZERO
    if company.tax_model is TaxModel.US_MANUAL and not company.default_tax_code:
        return ZERO
    return round_half_up(sale.tax, currency_places(sale.currency))


def override_deviation(sale: SalesForm, company: Company) -> Decimal:
    """The largest difference at one rate between the taxes that the sale states and QuickBooks' own; never negative."""
    natural, stated = natural_taxes(sale, company), _taxes(sale, company)
    return max((abs(stated[rate] - natural.get(rate, ZERO)) for rate in stated), default=ZERO)


def computes_the_same(sale: SalesForm, company: Company) -> bool:
    """Whether QuickBooks by itself comes to the taxes that the sale states.

    Nobody knows whether it rounds a currency without cents to whole units or to hundredths: both must agree.
    """
    stated = _taxes(sale, company)
    all_places = {currency_places(sale.currency), _USUAL_PLACES}
    return all(natural_taxes(sale, company, places) == stated for places in all_places)


def _taxes(sale: SalesForm, company: Company) -> dict[str, Decimal]:
    """Per rate id: what the sale states, else what QuickBooks computes. A rate on no line cannot carry tax."""
    taxes = natural_taxes(sale, company)
    if sale.override_tax:
        stated = {line.rate_id: line.amount for line in sale.tax_lines}
        taxes |= {rate: amount for rate, amount in stated.items() if rate in taxes}
    return taxes


def _has_taxable_line(sale: SalesForm) -> bool:
    return any(line.tax_code == TAXABLE and line.amount > 0 for line in sale.lines)
