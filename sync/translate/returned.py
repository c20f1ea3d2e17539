"""Which lines of a sale a refund takes back (R3).

* All that is left: the sale's own lines, less what was taken back before.
* The exact amount of one line, of the shipping, or of all but the shipping: those lines.
* Any other amount: a part of everything, on the adjustment item, a line for each tax code; the tax is split like what
  is left of the sale's.

Goods that did not go back on the shelf are no return of stock: their lines are on the adjustment item, too.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from integrations.books import US_TAX, Company, Form, FormLine, ItemDraft, Known, LineKind, SaleLine, TaxModel
from integrations.commerce import LineKind as Sold
from integrations.commerce import Order, OrderLine
from integrations.money import ZERO, allocate, currency_places, total_of
from sync.translate.chosen import in_use
from sync.translate.filters import has_something_to_say
from sync.translate.held import hold
from sync.translate.lines import net_amounts
from sync.translate.mapping import combined
from sync.translate.rates import charges_by_rate
from sync.translate.reasons import Reason
from sync.translate.settings import Options

_INVENTORY = "Inventory"

Charges = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Taking:
    """What a refund takes from: the sale as it was posted, and what was taken back of it before."""

    sold: Form
    credited: tuple[Form, ...]
    restocked: bool
    order: Order
    options: Options
    company: Company

    @property
    def places(self) -> int:
        return currency_places(self.sold.currency)

    @property
    def left(self) -> Decimal:
        return self.sold.total - total_of(form.total for form in self.credited)


def returned(amount: Decimal, taking: Taking) -> tuple[FormLine, ...]:
    """The lines that come to `amount`, tax included, which is no more than what is left."""
    if amount == taking.left:
        found = _all_that_is_left(taking)
    else:
        found = _lines_of_that_amount(amount, taking) or _part_of_everything(amount, taking)
    return tuple(one if taking.restocked else _off_the_shelf(one, taking) for one in found)


def _off_the_shelf(one: FormLine, taking: Taking) -> FormLine:
    if one.line.item.type != _INVENTORY:
        return one
    line = replace(one.line, kind=LineKind.REFUND, item=_adjustment_item(taking), quantity=None, unit_price=None)
    return replace(one, line=line)


def _adjustment_item(taking: Taking) -> Known | ItemDraft:
    item = taking.options.items.get(LineKind.REFUND)
    if item is None:
        hold(Reason.REFUND_ITEM_MISSING)
    if isinstance(item, Known):
        in_use("Item", item.id, taking.options)
    return item


# -- all that is left --------------------------------------------------------------------------------------------------


def _all_that_is_left(taking: Taking) -> list[FormLine]:
    """The sale's lines. One that was taken back before is left out, anything else that was is taken off."""
    before = [one for form in taking.credited for one in form.lines]
    counted = Counter(_sameness(one) for one in before)
    mirrored = [one for one in taking.sold.lines if not _counts_off(counted, one)]
    taken_off = [one for one in before if _counts_off(counted, one)]
    lines = [*mirrored, *(_negative(one, taking) for one in taken_off)]
    return _with_taxes(lines, _rest_of_taxes(taking))


def _counts_off(counted: Counter[tuple[object, ...]], one: FormLine) -> bool:
    """Whether the line is among those that are counted, once for each time that it is."""
    key = _sameness(one)
    counted[key] -= 1
    return counted[key] >= 0


def _sameness(one: FormLine) -> tuple[object, ...]:
    line = one.line
    return _identity(line.item), line.amount, line.tax_code, line.description


def _identity(item: Known | ItemDraft) -> str:
    return item.id if isinstance(item, Known) else item.key


def _negative(one: FormLine, taking: Taking) -> FormLine:
    item = _adjustment_item(taking) if one.line.item.type == _INVENTORY else one.line.item
    line = replace(one.line, kind=LineKind.REFUND, item=item, amount=-one.line.amount, quantity=None, unit_price=None)
    return FormLine(line, {rate: -tax for rate, tax in one.taxes.items()})


def _rest_of_taxes(taking: Taking) -> dict[str, Decimal]:
    rest = taking.sold.taxes
    for form in taking.credited:
        for rate, tax in form.taxes.items():
            rest[rate] = rest.get(rate, ZERO) - tax
    return rest


def _with_taxes(lines: list[FormLine], taxes: Charges) -> list[FormLine]:
    """The lines bring these taxes: what leaving some out and taking others off differs by a cent goes to one line."""
    found = list(lines)
    for rate, total in taxes.items():
        missing = total - total_of(one.taxes.get(rate, ZERO) for one in found)
        at = next((place for place, one in enumerate(found) if missing and rate in one.taxes), None)
        if at is not None:
            one = found[at]
            found[at] = replace(one, taxes={**one.taxes, rate: one.taxes[rate] + missing})
    return found


# -- lines of exactly that amount --------------------------------------------------------------------------------------


def _lines_of_that_amount(amount: Decimal, taking: Taking) -> list[FormLine]:
    """Empty where no lines come to the amount, or where several choices do."""
    known = _not_taken_back(taking)
    shipping = tuple(one for one in known if one.line.kind is Sold.SHIPPING)
    others = tuple(one for one in known if one.line.kind is not Sold.SHIPPING)
    choices = {frozenset(one.line.ref for one in chosen): chosen for chosen in (*zip(known), shipping, others)}
    fitting = [chosen for chosen in choices.values() if total_of(one.gross for one in chosen) == amount]
    if len(fitting) != 1:
        return []
    lines = [piece for one in fitting[0] for piece in one.pieces]
    return lines if _fits(lines, taking) else []


@dataclass(frozen=True, slots=True)
class _Piece:
    """An order line and what of the sale stands for it: its own line, its share of the discount, and of a tax line."""

    line: OrderLine
    pieces: tuple[FormLine, ...]

    @property
    def gross(self) -> Decimal:
        return total_of(one.gross for one in self.pieces)


def _not_taken_back(taking: Taking) -> list[_Piece]:
    counted = Counter(_sameness(one) for form in taking.credited for one in form.lines)
    return [one for one in _pieces(taking) if not _counts_off(counted, one.pieces[0])]


def _pieces(taking: Taking) -> list[_Piece]:
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
        found.append(_Piece(line, (FormLine(mine.line, taxes), *share, *_tax_share(line, taking))))
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
    of_tax = next((one.line for one in taking.sold.lines if _is_tax_line(one, taking)), None)
    return (FormLine(replace(of_tax, amount=line.tax), {}),) if of_tax is not None and line.tax else ()


def _is_tax_line(one: FormLine, taking: Taking) -> bool:
    item = taking.options.items.get(LineKind.TAX)
    return (
        taking.company.tax_model is TaxModel.US_NONE
        and item is not None
        and _identity(one.line.item) == _identity(item)
    )


def _fits(lines: Iterable[FormLine], taking: Taking) -> bool:
    """Whether so much is left of each tax code and at each rate: other refunds may have taken their part already."""
    rest = _rest(taking)
    for key, part in _pools(lines, taking).items():
        pool = rest.get(key)
        if (
            pool is None
            or part.net > pool.net
            or any(tax > pool.taxes.get(rate, ZERO) for rate, tax in part.taxes.items())
        ):
            return False
    return True


# -- a part of everything ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Pool:
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


_Key = tuple[str, bool]  # the tax code, and whether it is the line that all tax is on


def _part_of_everything(amount: Decimal, taking: Taking) -> list[FormLine]:
    """In the proportion of what is left under each tax code, which is never exceeded."""
    rest = [(key, pool) for key, pool in _rest(taking).items() if pool.gross > 0]
    shares = allocate(amount, [pool.gross for _key, pool in rest], taking.places)
    lines = [_taken(share, key, pool, taking) for (key, pool), share in zip(rest, shares, strict=True) if share]
    return _within_rates(lines, _rest_of_taxes(taking))


def _taken(share: Decimal, key: _Key, pool: _Pool, taking: Taking) -> FormLine:
    net, charges = _computed(share, pool, taking) or _in_proportion(share, pool, taking.places)
    _code, is_tax_line = key
    item = pool.line.item if is_tax_line else _adjustment_item(taking)
    line = SaleLine(
        kind=LineKind.TAX if is_tax_line else LineKind.REFUND,
        item=item,
        amount=net,
        tax_code=pool.line.tax_code,
        sources=(),
        description=pool.line.description if is_tax_line else "",
    )
    return FormLine(line, charges)


def _in_proportion(share: Decimal, pool: _Pool, places: int) -> tuple[Decimal, Charges]:
    net, *taxes = allocate(share, pool.parts, places)
    return net, dict(zip(pool.taxes, taxes, strict=True))


def _computed(share: Decimal, pool: _Pool, taking: Taking) -> tuple[Decimal, Charges] | None:
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


def _within_rates(lines: list[FormLine], rest: Charges) -> list[FormLine]:
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


def _rest(taking: Taking) -> dict[_Key, _Pool]:
    """What is left under each tax code."""
    rest = _pools(taking.sold.lines, taking)
    for key, pool in _pools((one for form in taking.credited for one in form.lines), taking).items():
        if key in rest:
            mine = rest[key]
            taxes = {rate: tax - pool.taxes.get(rate, ZERO) for rate, tax in mine.taxes.items()}
            rest[key] = replace(mine, net=mine.net - pool.net, taxes=taxes)
    return rest


def _pools(lines: Iterable[FormLine], taking: Taking) -> dict[_Key, _Pool]:
    pools: dict[_Key, _Pool] = {}
    for one in lines:
        key = (one.line.tax_code, _is_tax_line(one, taking))
        pool = pools.get(key, _Pool(one.line, ZERO, {}))
        taxes = {rate: pool.taxes.get(rate, ZERO) + one.taxes.get(rate, ZERO) for rate in (*pool.taxes, *one.taxes)}
        pools[key] = replace(pool, net=pool.net + one.line.amount, taxes=taxes)
    return pools
