"""What QuickBooks will compute of a sale. Pure; the engine compares it with the store's total before anything is sent.

Sure: net amounts are summed; outside the US, tax is computed per line and rate, rounded half-up, then summed per rate;
US companies honour the document's total tax where a taxable line has a positive amount. How far stated taxes may
deviate from QuickBooks' own outside the US is not known; `override_deviation` says by how much they do.
"""

from collections import defaultdict
from decimal import Decimal

from integrations.books import TAXABLE, Company, Sale, SaleLine, TaxModel
from integrations.money import ZERO, currency_places, round_half_up, total_of

_HUNDRED = Decimal(100)
_USUAL_PLACES = 2


def natural_taxes(sale: Sale, company: Company, places: int | None = None) -> dict[str, Decimal]:
    """The tax per rate id that QuickBooks computes by itself; empty for US companies, whose tax is stated.

    It is rounded to the currency's places unless others are given.
    """
    taxes: dict[str, Decimal] = defaultdict(Decimal)
    if company.tax_model is TaxModel.GLOBAL:
        places = currency_places(sale.currency) if places is None else places
        for line in sale.lines:
            for rate_id, amount in _line_taxes(line, company, places).items():
                taxes[rate_id] += amount
    return dict(taxes)


def sale_total(sale: Sale, company: Company) -> Decimal:
    """The document's total as QuickBooks will show it, tax included."""
    places = currency_places(sale.currency)
    net = total_of(round_half_up(line.amount, places) for line in sale.lines)
    return net + sale_tax(sale, company)


def sale_tax(sale: Sale, company: Company) -> Decimal:
    """The document's tax as QuickBooks will show it."""
    if company.tax_model is TaxModel.GLOBAL:
        return total_of(_taxes(sale, company).values())
    if company.tax_model is TaxModel.US_NONE or not _has_taxable_line(sale):
        return ZERO
    if company.tax_model is TaxModel.US_MANUAL and not company.default_tax_code:
        return ZERO
    return round_half_up(sale.tax, currency_places(sale.currency))


def override_deviation(sale: Sale, company: Company) -> Decimal:
    """The largest difference at one rate between the taxes that the sale states and QuickBooks' own; never negative."""
    natural, stated = natural_taxes(sale, company), _taxes(sale, company)
    return max((abs(stated[rate] - natural.get(rate, ZERO)) for rate in stated), default=ZERO)


def computes_the_same(sale: Sale, company: Company) -> bool:
    """Whether QuickBooks by itself comes to the taxes that the sale states.

    Nobody knows whether it rounds a currency without cents to whole units or to hundredths: both must agree.
    """
    stated = _taxes(sale, company)
    all_places = {currency_places(sale.currency), _USUAL_PLACES}
    return all(natural_taxes(sale, company, places) == stated for places in all_places)


def _taxes(sale: Sale, company: Company) -> dict[str, Decimal]:
    """Per rate id: what the sale states, else what QuickBooks computes. A rate on no line cannot carry tax."""
    taxes = natural_taxes(sale, company)
    if sale.override_tax:
        stated = {line.rate_id: line.amount for line in sale.tax_lines}
        taxes |= {rate: amount for rate, amount in stated.items() if rate in taxes}
    return taxes


def _has_taxable_line(sale: Sale) -> bool:
    return any(line.tax_code == TAXABLE and line.amount > 0 for line in sale.lines)


def _line_taxes(line: SaleLine, company: Company, places: int) -> dict[str, Decimal]:
    """Rate id -> tax of one line, compound rates after those that they are charged on."""
    code = company.tax_codes.get(line.tax_code)
    taxes: dict[str, Decimal] = {}
    for rate in sorted(code.rates, key=lambda rate: rate.order) if code else ():
        before = total_of(taxes.values())
        base = before if rate.tax_only else line.amount + (before if rate.on_tax else ZERO)
        taxes[rate.id] = taxes.get(rate.id, ZERO) + round_half_up(base * rate.percent / _HUNDRED, places)
    return taxes
