"""What of a sale stands for each line of its order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from integrations.books import US_TAX, FormLine, SaleLine, TaxModel
from integrations.commerce import OrderLine
from integrations.money import ZERO, total_of
from sync.translate.filters import has_something_to_say
from sync.translate.lines import net_amounts
from sync.translate.mapping import combined
from sync.translate.rates import charges_by_rate
from sync.translate.taking import Charges, Taking, is_tax_line


@dataclass(frozen=True, slots=True)
class Piece:
    """An order line and what of the sale stands for it: its own line, its share of the discount, and of a tax line."""

    line: OrderLine
    pieces: tuple[FormLine, ...]

    @property
    def gross(self) -> Decimal:
        return total_of(one.gross for one in self.pieces)


def pieces_of(taking: Taking) -> list[Piece]:
    """What stands for each line of the order. The sale's lines come in the order's order, then those of discounts;
    nothing at all where that does not hold, because the order is another one by now."""
    order, lines = taking.order, [line for line in taking.order.lines if has_something_to_say(line)]
    own = taking.sold.lines[: len(lines)]
    nets = [net_amounts(line, prices_include_tax=order.prices_include_tax, places=taking.places) for line in lines]
    if [one.line.amount for one in own] != [before for before, _after in nets]:
        return []
    discounts = _discounts(taking.sold.lines[len(lines) :], own, nets)
    if discounts is None:
        return []
    found = []
    for line, mine, (before, after) in zip(lines, own, nets, strict=True):
        taxes = _charges(line, mine.line.tax_code, taking)
        if taxes is None:
            return []
        share = _discount_share(discounts.get(mine.line.tax_code), before - after)
        found.append(Piece(line, (FormLine(mine.line, taxes), *share, *_tax_share(line, taking))))
    return found


def _discounts(
    tail: Sequence[FormLine], own: Sequence[FormLine], nets: Sequence[tuple[Decimal, Decimal]]
) -> dict[str, SaleLine] | None:
    """The sale's discount line by tax code; None where the lines are not those of the order's discounts."""
    sums: dict[str, Decimal] = {}
    for one, (before, after) in zip(own, nets, strict=True):
        if before != after:
            sums[one.line.tax_code] = sums.get(one.line.tax_code, ZERO) + before - after
    found = [one.line for one in tail[: len(sums)]]
    if [(line.tax_code, -line.amount) for line in found] != list(sums.items()):
        return None
    return {line.tax_code: line for line in found}


def _discount_share(discount: SaleLine | None, amount: Decimal) -> tuple[FormLine, ...]:
    return (FormLine(replace(discount, amount=-amount), {}),) if discount is not None and amount else ()


def _charges(line: OrderLine, code_id: str, taking: Taking) -> Charges | None:
    """The line's tax by rate, as the store charged it."""
    model = taking.company.tax_model
    if model is TaxModel.US_NONE:
        return {}
    if model is not TaxModel.GLOBAL:
        return {US_TAX: line.tax} if line.tax else {}
    code = taking.company.tax_codes.get(code_id)
    return charges_by_rate(combined(line.taxes), code.rates, taking.places) if code else None


def _tax_share(line: OrderLine, taking: Taking) -> tuple[FormLine, ...]:
    """The line's part of the line that all tax is on, where sales tax is switched off."""
    of_tax = next((one.line for one in taking.sold.lines if is_tax_line(one, taking)), None)
    return (FormLine(replace(of_tax, amount=line.tax), {}),) if of_tax is not None and line.tax else ()
