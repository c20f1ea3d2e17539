"""The order lines that a refund names (R3): so many units of a line, the shipping, a part of a fee.

Each of them is taken back with its own tax and its own part of the discount, for what the store says that it came to,
else for its units' share of the line. Only what is left of the sale can be taken, under each tax code and at each rate.
Units that are on the shelf again come back as units of their item; goods that are not are no return of stock.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from integrations.books import FormLine
from integrations.commerce import RefundLine
from integrations.money import ZERO, allocate, round_half_up, total_of
from sync.translate.pieces import Piece, pieces_of
from sync.translate.pools import rest_of
from sync.translate.taking import Taking, is_stock, is_tax_line, likeness, off_the_shelf


def named_lines(amount: Decimal, taking: Taking) -> list[FormLine]:
    """The lines that the refund names, at no more than the amount: where they come to more than was given back, each of
    them gives its part. They come to less than the amount where something else was given back, too."""
    wanted = list(_wanted(taking))
    worths = [one.worth for one in wanted]
    parts = worths if total_of(worths) <= amount else allocate(amount, worths, taking.places)
    found: list[FormLine] = []
    for one, part in zip(wanted, parts, strict=True):
        found += one.taken(part, taking.after(found))
    return found


@dataclass(frozen=True, slots=True)
class _Named:
    """What a refund says of an order line, and what of the sale stands for that."""

    said: RefundLine
    piece: Piece
    worth: Decimal

    @property
    def share(self) -> Decimal:
        """Which part of the order line its units are."""
        return self.said.quantity / self.piece.line.quantity if self.piece.line.quantity else Decimal(1)

    def taken(self, amount: Decimal, taking: Taking) -> list[FormLine]:
        """So much of the line, or as much of it as is left."""
        if amount == self.piece.gross and self.said.quantity == self.piece.line.quantity:
            lines = list(self.piece.pieces)
        else:
            lines = self._part(amount / self.piece.gross if self.piece.gross else self.share, taking.places)
        own, *others = _as_far_as_left(lines[0], lines[1:], taking)
        units = max(min(self.said.restocked, self.said.quantity, _units_left(own, taking)), ZERO)
        found = [*_shelved(own, units, taking), *others]
        return [one for one in found if one.line.amount or one.line.quantity or any(one.taxes.values())]

    def _part(self, part: Decimal, places: int) -> list[FormLine]:
        """A part of each of the pieces, at its tax; together they are that part of the whole to the cent."""
        own, *others = [_scaled(one, part, places) for one in self.piece.pieces]
        gross = round_half_up(self.piece.gross * part, places)
        missing = gross - own.gross - total_of(one.gross for one in others)
        quantity = (self.said.quantity or None) if own.line.quantity else None
        return [FormLine(replace(own.line, amount=own.line.amount + missing, quantity=quantity), own.taxes), *others]


def _wanted(taking: Taking) -> Iterator[_Named]:
    """What the refund names, as far as the sale has it; what was sold for nothing can be put back on the shelf."""
    pieces = {piece.line.ref: piece for piece in pieces_of(taking)}
    for said in taking.lines:
        piece = pieces.get(said.ref)
        if piece is not None and (piece.gross > 0 or said.restocked > 0):
            one = _Named(said, piece, ZERO)
            told = said.amount
            worth = round_half_up(piece.gross * one.share, taking.places) if told is None else told
            yield replace(one, worth=max(min(worth, piece.gross), ZERO))


def _scaled(one: FormLine, part: Decimal, places: int) -> FormLine:
    line = replace(one.line, amount=round_half_up(one.line.amount * part, places))
    return FormLine(line, {rate: round_half_up(tax * part, places) for rate, tax in one.taxes.items()})


def _as_far_as_left(own: FormLine, others: list[FormLine], taking: Taking) -> list[FormLine]:
    """No more than is left under the tax code. A cent too much at a rate counts as net, where so much net is left."""
    rest = rest_of(taking)
    pool = rest[own.line.tax_code, False]
    taxes = {rate: min(tax, max(pool.taxes.get(rate, ZERO), ZERO)) for rate, tax in own.taxes.items()}
    excess = own.tax - total_of(taxes.values())
    net = own.line.amount
    found = []
    for one in others:
        if is_tax_line(one, taking):
            amount = min(one.line.amount, max(rest[one.line.tax_code, True].net, ZERO))
            excess += one.line.amount - amount
            found.append(_of(one, amount))
        else:
            net += one.line.amount
            found.append(one)
    allowed = min(net + excess, max(pool.net, ZERO))
    return [FormLine(replace(own.line, amount=own.line.amount + allowed - net), taxes), *found]


def _shelved(one: FormLine, units: Decimal, taking: Taking) -> list[FormLine]:
    """Goods of which so many units are on the shelf again; the others are on a line of their own."""
    quantity = one.line.quantity or ZERO
    if not is_stock(one) or units == quantity > 0:
        return [one]
    if units <= 0:
        return [off_the_shelf(one, taking)]
    weights = [units, quantity - units]
    nets = allocate(one.line.amount, weights, taking.places)
    taxes = {rate: allocate(tax, weights, taking.places) for rate, tax in one.taxes.items()}
    back, away = (
        FormLine(replace(one.line, amount=net, quantity=weight), {rate: parts[place] for rate, parts in taxes.items()})
        for place, (net, weight) in enumerate(zip(nets, weights, strict=True))
    )
    return [back, off_the_shelf(away, taking)]


def _units_left(one: FormLine, taking: Taking) -> Decimal:
    """How many units of such a line were sold, and are not taken back yet."""
    sold, back = (
        total_of(each.line.quantity or ZERO for each in lines if likeness(each) == likeness(one))
        for lines in (taking.sold.lines, taking.before)
    )
    return sold - back


def _of(one: FormLine, amount: Decimal) -> FormLine:
    return replace(one, line=replace(one.line, amount=amount))
