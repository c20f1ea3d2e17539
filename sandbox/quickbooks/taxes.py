"""Sales tax as QuickBooks computes it: per document in the US, per line and rate everywhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandbox.quickbooks.faults import QboError, business
from sandbox.quickbooks.money import CENT, ZERO, half_up, money, spread
from sandbox.quickbooks.references import resolve
from sandbox.quickbooks.store import Books, Json

_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Rate:
    """One rate of a tax code; `percent` 20 is 20 %. `applies` tells what it is a percentage of."""

    id: str
    percent: Decimal
    applies: str = "TaxOnAmount"

    def base(self, net: Decimal, taxes_before: Decimal) -> Decimal:
        bases = {
            "TaxOnAmount": net,
            "TaxOnAmountPlusTax": net + taxes_before,
            "TaxOnTax": taxes_before,
        }
        return bases[self.applies]


@dataclass(frozen=True)
class TaxedLine:
    """What tax needs to know of an item line. `amount` is after the document's discount, and includes the tax
    when `gross`; `code` is the id of its tax code."""

    amount: Decimal
    code: str | None
    gross: bool = False
    built_in_shipping: bool = False


@dataclass(frozen=True)
class Tax:
    """`detail` is the TxnTaxDetail to store."""

    detail: Json | None
    total: Decimal


def rates_of(books: Books, code: Json) -> list[Rate]:
    """The sales rates of a tax code, in the order they are applied."""
    details = code.get("SalesTaxRateList", {}).get("TaxRateDetail", [])
    ordered = sorted(details, key=lambda detail: int(detail.get("TaxOrder", 0)))
    return [
        Rate(
            detail["TaxRateRef"]["value"],
            Decimal(books.get("TaxRate", detail["TaxRateRef"]["value"])["RateValue"]),
            detail.get("TaxTypeApplicable", "TaxOnAmount"),
        )
        for detail in ordered
    ]


def shares(rates: Sequence[Rate], net: Decimal) -> dict[str, Decimal]:
    """Unrounded tax of each rate on a net amount."""
    taxes: dict[str, Decimal] = {}
    for rate in rates:
        base = rate.base(net, sum(taxes.values(), Decimal(0)))
        taxes[rate.id] = taxes.get(rate.id, Decimal(0)) + base * rate.percent / _HUNDRED
    return taxes


def tax_on_net(rates: Sequence[Rate], net: Decimal, places: int = 2) -> dict[str, Decimal]:
    """Tax of one line per rate, each rounded half up; a compound rate builds on the rounded ones before it."""
    taxes: dict[str, Decimal] = {}
    for rate in rates:
        base = rate.base(net, sum(taxes.values(), ZERO))
        taxes[rate.id] = taxes.get(rate.id, ZERO) + half_up(base * rate.percent / _HUNDRED, places)
    return taxes


def tax_in_gross(rates: Sequence[Rate], gross: Decimal, places: int = 2) -> dict[str, Decimal]:
    """Tax per rate contained in a gross amount, each rounded half up."""
    factor = 1 + sum(shares(rates, Decimal(1)).values(), Decimal(0))
    return {rate: half_up(tax, places) for rate, tax in shares(rates, gross / factor).items()}


# -- outside the US ----------------------------------------------------------------------------------------------


def compute_global(
    books: Books, lines: Sequence[TaxedLine], wanted: Json | None, places: int = 2, kept: Json | None = None
) -> Tax:
    """`wanted` is the TxnTaxDetail of the request, whose tax lines may override the computed ones by a little.
    `places` are those of the currency; `kept` is an older tax that stands whatever is computed."""
    computed: dict[str, Decimal] = {}
    taxable: dict[str, Decimal] = {}
    percents: dict[str, Decimal] = {}
    for line in lines:
        rates = rates_of(books, books.get("TaxCode", str(line.code)))
        compute = tax_in_gross if line.gross else tax_on_net
        taxes = compute(rates, line.amount, places)
        net = line.amount - sum(taxes.values(), ZERO) if line.gross else line.amount
        for rate in rates:
            percents[rate.id] = rate.percent
            taxable[rate.id] = taxable.get(rate.id, ZERO) + net
        for rate_id, tax in taxes.items():
            computed[rate_id] = computed.get(rate_id, ZERO) + tax
    final = _overridden(computed, wanted, _tolerance(books, len(lines), places))
    final |= {rate: amount for rate, amount in _amounts_by_rate(kept).items() if rate in final}
    total = sum(final.values(), ZERO)
    tax_lines = [_tax_line(rate, final[rate], percents[rate], taxable[rate]) for rate in final]
    return Tax({"TotalTax": total, "TaxLine": tax_lines}, total)


def _amounts_by_rate(detail: Json | None) -> dict[str, Decimal]:
    rows = (detail or {}).get("TaxLine", ())
    return {row["TaxLineDetail"]["TaxRateRef"]["value"]: row["Amount"] for row in rows}


def _overridden(computed: Mapping[str, Decimal], wanted: Json | None, tolerance: Decimal) -> dict[str, Decimal]:
    final = dict(computed)
    seen = set()
    for tax_line in (wanted or {}).get("TaxLine", ()):
        rate_id = str(tax_line.get("TaxLineDetail", {}).get("TaxRateRef", {}).get("value", ""))
        if rate_id not in computed or rate_id in seen:
            raise business(f"Tax rate {rate_id} does not belong, once, to a tax code used on the lines")
        seen.add(rate_id)
        override = money(tax_line.get("Amount"))
        if abs(override - computed[rate_id]) <= tolerance:
            final[rate_id] = override
    return final


def _tolerance(books: Books, line_count: int, places: int) -> Decimal:
    """See the switch, which speaks of cents."""
    told = Decimal(str(books.switches["tax_override_tolerance"]))
    return max(told, CENT * line_count).scaleb(2 - places) if told else ZERO


def _tax_line(rate_id: str, amount: Decimal, percent: Decimal, taxable: Decimal) -> Json:
    detail = {
        "TaxRateRef": {"value": rate_id},
        "PercentBased": True,
        "TaxPercent": percent,
        "NetAmountTaxable": taxable,
    }
    return {"Amount": amount, "DetailType": "TaxLineDetail", "TaxLineDetail": detail}


# -- the US ------------------------------------------------------------------------------------------------------


def compute_us(books: Books, lines: Sequence[TaxedLine], wanted: Json | None, *, exempt: bool) -> Tax:
    """One tax code for the whole document; a total tax in the request wins over the computed one."""
    for line in lines:
        if line.code not in {"TAX", "NON"}:
            raise QboError(6100, f"Invalid tax code : {line.code}. Use TAX or NON", "TaxCodeRef")
    wanted = wanted or {}
    if not books.preference("TaxPrefs", "UsingSalesTax"):
        return Tax(None, ZERO)
    automated = books.preference("TaxPrefs", "PartnerTaxEnabled") is not None
    code = _group_code(books, wanted, automated=automated)
    taxed = [line for line in lines if line.code == "TAX"]
    if code is None or not any(line.amount > 0 for line in taxed):
        return Tax({"TotalTax": ZERO}, ZERO)
    rates = rates_of(books, code)
    base = sum((line.amount for line in taxed if not (automated and line.built_in_shipping)), ZERO)
    set_up = books.preference("TaxPrefs", "PartnerTaxEnabled") is not False
    computed = tax_on_net(rates, base) if set_up and not exempt else {rate.id: ZERO for rate in rates}
    override = _total_override(wanted, automated=automated)
    return _us_tax(code, rates, base, computed, override, automated=automated)


def _group_code(books: Books, wanted: Json, *, automated: bool) -> Json | None:
    """Automated sales tax chooses the code by itself; else the request must name it."""
    named = resolve(books, wanted, "TxnTaxCodeRef")
    if not automated:
        return named
    reference = books.preference("TaxPrefs", "TaxGroupCodeRef")
    if named is not None and "TotalTax" in wanted and wanted.get("UseAutomatedSalesTax") is False:
        return named
    return books.find("TaxCode", reference["value"]) if reference else None


def _total_override(wanted: Json, *, automated: bool) -> Decimal | None:
    if wanted.get("TotalTax") is None or wanted.get("UseAutomatedSalesTax") is True:
        return None
    if not automated and wanted.get("TaxLine"):
        return None  # with tax lines a company that keeps its own rates computes from their percentages
    return money(wanted["TotalTax"])


def _us_tax(
    code: Json,
    rates: list[Rate],
    base: Decimal,
    computed: Mapping[str, Decimal],
    override: Decimal | None,
    *,
    automated: bool,
) -> Tax:
    total = sum(computed.values(), ZERO)
    amounts = [computed[rate.id] for rate in rates]
    detail: Json = {"TxnTaxCodeRef": {"value": code["Id"]}}
    if override is not None and override != total:
        amounts = spread(override, [rate.percent for rate in rates])
        if automated:
            detail["TaxReviewStatus"] = "AST_TAX_OVERRIDE"
        total = override
    detail["TotalTax"] = total
    detail["TaxLine"] = [
        _tax_line(rate.id, amount, rate.percent, base) for rate, amount in zip(rates, amounts, strict=True)
    ]
    return Tax(detail, total)
