"""What is left of a sale under each tax code: no refund takes more of any of it.

An amount that is no line of the sale is a part of everything, on the adjustment item, a line for each tax code; its tax
is split like what is left of the sale's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from integrations.books import FormLine, LineKind, SaleLine, TaxModel
from integrations.money import ZERO, allocate, total_of
from sync.translate.taking import Charges, Taking, adjustment_item, is_tax_line


@dataclass(frozen=True, slots=True)
class Pool:
    """What is under one tax code: net, and the tax at each rate. `line` stands for its lines."""

    line: SaleLine
    net: Decimal
    taxes: Charges

    @property
    def parts(self) -> list[Decimal]:
        """The net amount and the taxes, as far as there are any to take."""
        return [max(part, ZERO) for part in (self.net, *self.taxes.values())]

    @property
    def gross(self) -> Decimal:
        return total_of(self.parts)


Key = tuple[str, bool]  # the tax code, and whether it is the line that all tax is on


def rest_of(taking: Taking) -> dict[Key, Pool]:
    """What is left under each tax code."""
    rest = pools_of(taking.sold.lines, taking)
    for key, pool in pools_of((one for form in taking.credited for one in form.lines), taking).items():
        if key in rest:
            mine = rest[key]
            taxes = {rate: tax - pool.taxes.get(rate, ZERO) for rate, tax in mine.taxes.items()}
            rest[key] = replace(mine, net=mine.net - pool.net, taxes=taxes)
    return rest


def pools_of(lines: Iterable[FormLine], taking: Taking) -> dict[Key, Pool]:
    pools: dict[Key, Pool] = {}
    for one in lines:
        key = (one.line.tax_code, is_tax_line(one, taking))
        pool = pools.get(key, Pool(one.line, ZERO, {}))
        taxes = {rate: pool.taxes.get(rate, ZERO) + one.taxes.get(rate, ZERO) for rate in (*pool.taxes, *one.taxes)}
        pools[key] = replace(pool, net=pool.net + one.line.amount, taxes=taxes)
    return pools


def fits(lines: Iterable[FormLine], taking: Taking) -> bool:
    """Whether so much is left of each tax code and at each rate: other refunds may have taken their part already."""
    rest = rest_of(taking)
    for key, part in pools_of(lines, taking).items():
        pool = rest.get(key)
        if (
            pool is None
            or part.net > pool.net
            or any(tax > pool.taxes.get(rate, ZERO) for rate, tax in part.taxes.items())
        ):
            return False
    return True


# -- a part of everything ----------------------------------------------------------------------------------------------


def part_of_everything(amount: Decimal, taking: Taking) -> list[FormLine]:
    """In the proportion of what is left under each tax code, which is never exceeded."""
    rest = [(key, pool) for key, pool in rest_of(taking).items() if pool.gross > 0]
    shares = allocate(amount, [pool.gross for _key, pool in rest], taking.places)
    lines = [_taken(share, key, pool, taking) for (key, pool), share in zip(rest, shares, strict=True) if share]
    return within_rates(lines, taking.rest_of_taxes)


def _taken(share: Decimal, key: Key, pool: Pool, taking: Taking) -> FormLine:
    net, charges = _computed(share, pool, taking) or _in_proportion(share, pool, taking.places)
    _code, is_tax_line = key
    item = pool.line.item if is_tax_line else adjustment_item(taking)
    line = SaleLine(
        kind=LineKind.TAX if is_tax_line else LineKind.REFUND,
        item=item,
        amount=net,
        tax_code=pool.line.tax_code,
        sources=(),
        description=pool.line.description if is_tax_line else "",
    )
    return FormLine(line, charges)


def _in_proportion(share: Decimal, pool: Pool, places: int) -> tuple[Decimal, Charges]:
    net, *taxes = allocate(share, pool.parts, places)
    return net, dict(zip(pool.taxes, taxes, strict=True))


def _computed(share: Decimal, pool: Pool, taking: Taking) -> tuple[Decimal, Charges] | None:
    """The net amount that makes the share with just the tax that QuickBooks computes of it; None where there is none,
    or where not so much is left."""
    code = taking.company.tax_codes.get(pool.line.tax_code)
    if taking.company.tax_model is not TaxModel.GLOBAL or code is None:
        return None
    places = taking.places
    around, _charges = _in_proportion(share, pool, places)
    for off in (0, -1, 1, -2, 2):
        net = around + Decimal(off).scaleb(-places)
        taxes = code.taxes_on(net, places)
        fits = net <= pool.net and all(tax <= pool.taxes.get(rate, ZERO) for rate, tax in taxes.items())
        if fits and net + total_of(taxes.values()) == share:
            return net, taxes
    return None


def within_rates(lines: list[FormLine], rest: Charges) -> list[FormLine]:
    """Two codes may share a rate, and which of them a cent of earlier refunds was taken from is not known for sure:
    what is too much at a rate counts as net."""
    found = list(lines)
    for rate, left in rest.items():
        excess = total_of(one.taxes.get(rate, ZERO) for one in found) - left
        at = next((place for place, one in enumerate(found) if one.taxes.get(rate, ZERO) >= excess > 0), None)
        if at is not None:
            one = found[at]
            line = replace(one.line, amount=one.line.amount + excess)
            found[at] = FormLine(line, {**one.taxes, rate: one.taxes[rate] - excess})
    return found
