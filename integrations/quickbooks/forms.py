"""Sales forms as they stand in the books: what we sent, read back line by line with the tax on each line. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from integrations.books import NON_TAXABLE, US_TAX, Company, Form, FormLine, Known, LineKind, Sale, SaleLine, TaxModel
from integrations.money import ZERO, currency_places, round_half_up, total_of
from integrations.quickbooks import arithmetic

Json = Mapping[str, Any]
Charges = Mapping[str, Decimal]


def form_of_payload(payload: Json, company: Company, currency: str) -> Form:
    """The form that a payload of ours asked for. Why its lines exist is not in it: all of them count as items."""
    rows = [line for line in payload.get("Line") or () if "SalesItemLineDetail" in line]
    classes = (_ref(line["SalesItemLineDetail"], "ClassRef") for line in rows)
    return Form(
        currency=currency,
        lines=_taxed([_line(row) for row in rows], _stated(payload.get("TxnTaxDetail") or {}), company, currency),
        class_id=_ref(payload, "ClassRef") or next((found for found in classes if found), ""),
        location_id=_ref(payload, "DepartmentRef"),
    )


def form_of_sale(sale: Sale, company: Company) -> Form:
    """The form that a sale is, or would be."""
    stated = {line.rate_id: line.amount for line in sale.tax_lines} if sale.override_tax else {}
    if company.tax_model is not TaxModel.GLOBAL:
        stated = {US_TAX: arithmetic.sale_tax(sale, company)}
    lines = _taxed(sale.lines, stated, company, sale.currency)
    return Form(sale.currency, lines, class_id=sale.class_id, location_id=sale.location_id)


def _line(row: Json) -> SaleLine:
    detail = row["SalesItemLineDetail"]
    return SaleLine(
        kind=LineKind.ITEM,
        item=Known(_ref(detail, "ItemRef")),
        amount=Decimal(row["Amount"]),
        tax_code=_ref(detail, "TaxCodeRef") or NON_TAXABLE,
        sources=(),
        description=str(row.get("Description") or ""),
        quantity=_number(detail, "Qty"),
        unit_price=_number(detail, "UnitPrice"),
    )


def _stated(detail: Json) -> Charges:
    rows = detail.get("TaxLine") or ()
    if rows:
        return {_ref(row["TaxLineDetail"], "TaxRateRef"): Decimal(row["Amount"]) for row in rows}
    return {US_TAX: Decimal(detail["TotalTax"])} if detail.get("TotalTax") else {}


def _taxed(lines: Sequence[SaleLine], stated: Charges, company: Company, currency: str) -> tuple[FormLine, ...]:
    """Each line with its tax: what QuickBooks computes of it, brought to the cent to what the document states."""
    places = currency_places(currency)
    if company.tax_model is TaxModel.GLOBAL:
        shares = [arithmetic.taxes_of_lines([line], company, places) for line in lines]
    else:
        shares = _in_proportion(lines, stated.get(US_TAX, ZERO), places)
    for rate, total in stated.items():
        _bring_to(total, rate, shares, places)
    return tuple(FormLine(line, share) for line, share in zip(lines, shares, strict=True))


def _in_proportion(lines: Sequence[SaleLine], total: Decimal, places: int) -> list[dict[str, Decimal]]:
    """One sum of tax is charged on the taxable lines, whatever they are; where they come to nothing, on the first."""
    taxable = [line.amount if line.tax_code != NON_TAXABLE else ZERO for line in lines]
    base = total_of(taxable)
    if total and not base:
        at = next((place for place, line in enumerate(lines) if line.tax_code != NON_TAXABLE), None)
        return [{US_TAX: total} if place == at else {} for place in range(len(lines))]
    if not total:
        return [{} for _ in lines]
    return [{US_TAX: round_half_up(total * amount / base, places)} if amount else {} for amount in taxable]


def _bring_to(total: Decimal, rate: str, shares: Sequence[dict[str, Decimal]], places: int) -> None:
    """Lay what the shares differ from the total on the largest of them, a unit each."""
    having = sorted((share for share in shares if rate in share), key=lambda share: -abs(share[rate]))
    missing = total - total_of(share[rate] for share in having)
    unit = Decimal(1).scaleb(-places).copy_sign(missing)
    while having and missing:
        for share in having:
            step = unit if abs(missing) >= abs(unit) else missing
            share[rate] += step
            missing -= step
            if not missing:
                break


def _ref(obj: Json, key: str) -> str:
    return str((obj.get(key) or {}).get("value") or "")


def _number(obj: Json, key: str) -> Decimal | None:
    return None if obj.get(key) is None else Decimal(obj[key])
