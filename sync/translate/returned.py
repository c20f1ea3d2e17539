"""Which lines of a sale a refund takes back (R3).

* The lines that the store names, where it names any (see `named`).
* Otherwise, and for what is given back beyond them:
  - all that is left: the sale's own lines, less what was taken back before;
  - the exact amount of one line, of the shipping, or of all but the shipping: those lines, unless the store names
    lines and named none;
  - any other amount: a part of everything (see `pools`).

Goods that did not go back on the shelf are no return of stock: their lines are on the adjustment item.

What went back to a gift card was paid by it: goods of that worth are taken back, too, and a negative line brings it to
the gift cards' liability again, as the sale's own line took it from there. Where the store does not tell what went back
to gift cards, they get back theirs with all that is left.
"""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from integrations.books import FormLine, LineKind
from integrations.commerce import LineKind as Sold
from integrations.money import ZERO, total_of
from sync.translate.filters import has_something_to_say
from sync.translate.held import amount_text, hold
from sync.translate.named import named_lines
from sync.translate.pieces import Piece, pieces_of
from sync.translate.pools import fits, part_of_everything, within_rates
from sync.translate.reasons import Reason
from sync.translate.taking import (
    Charges,
    Taking,
    adjustment_item,
    counts_off,
    identity,
    is_stock,
    likeness,
    off_the_shelf,
    sameness,
)


def returned(amount: Decimal, taking: Taking) -> tuple[FormLine, ...]:
    """The lines that come to `amount`, tax included, which is no more than what is left."""
    if taking.gift_card is None:
        return tuple(_goods(amount, taking))
    redeemed = _redeemed(taking)
    left = _left_on_cards(redeemed, taking)
    if taking.gift_card > left:
        currency = taking.sold.currency
        amounts = {"amount": amount_text(taking.gift_card, currency), "left": amount_text(left, currency)}
        hold(Reason.REFUND_EXCEEDS_GIFT_CARD, **amounts, currency=currency)
    if redeemed is None:
        return tuple(_goods(amount, taking))
    goods = _goods(amount + taking.gift_card, _without(redeemed, taking))
    return (*goods, *_negated(redeemed, taking.gift_card))


def _goods(amount: Decimal, taking: Taking) -> list[FormLine]:
    if not taking.lines:
        return _unnamed(amount, taking, guesses=not taking.names_lines)
    named = named_lines(amount, taking)
    more = amount - total_of(one.gross for one in named)
    after = replace(taking.after(named), lines=(), restocked=False)
    rest = taking.rest_of_taxes
    if amount != taking.left:
        return within_rates([*named, *(_unnamed(more, after) if more else ())], rest)
    return (None if more else _exactly(named, rest)) or [*named, *_unnamed(more, after)]


def _unnamed(amount: Decimal, taking: Taking, *, guesses: bool = True) -> list[FormLine]:
    if amount == taking.left:
        found = _all_that_is_left(taking)
    else:
        guessed = _lines_of_that_amount(amount, taking) if guesses else []
        found = guessed or part_of_everything(amount, taking)
    return found if taking.restocked else [off_the_shelf(one, taking) for one in found]


# -- gift cards --------------------------------------------------------------------------------------------------------


def _redeemed(taking: Taking) -> FormLine | None:
    """The sale's line of what gift cards paid; it is behind those of the order's lines."""
    amount = taking.order.gift_card_redeemed
    behind = taking.sold.lines[sum(map(has_something_to_say, taking.order.lines)) :]
    found = [one for one in behind if amount and one.line.amount == -amount and not one.tax]
    item = taking.options.items.get(LineKind.GIFT_CARD_REDEEMED)
    chosen = [one for one in found if item is not None and identity(one.line.item) == identity(item)]
    return next(iter([*chosen, *found]), None)


def _left_on_cards(redeemed: FormLine | None, taking: Taking) -> Decimal:
    if redeemed is None:
        return ZERO
    back = total_of(one.line.amount for one in taking.before if likeness(one) == likeness(redeemed))
    return back - redeemed.line.amount


def _without(redeemed: FormLine, taking: Taking) -> Taking:
    """The sale and what was taken back of it as if no gift card had been used."""
    forms = [
        replace(form, lines=tuple(one for one in form.lines if likeness(one) != likeness(redeemed)))
        for form in (taking.sold, *taking.credited)
    ]
    return replace(taking, sold=forms[0], credited=tuple(forms[1:]))


def _negated(redeemed: FormLine, amount: Decimal) -> list[FormLine]:
    return [FormLine(replace(redeemed.line, amount=-amount), redeemed.taxes)] if amount else []


# -- all that is left --------------------------------------------------------------------------------------------------


def _all_that_is_left(taking: Taking) -> list[FormLine]:
    """The sale's lines, less what was taken back of them before; anything else that was is taken off."""
    counted = Counter(sameness(one) for one in taking.before)
    lines = [one for one in taking.sold.lines if not counts_off(counted, one)]
    for one in [one for one in taking.before if counts_off(counted, one)]:
        at = next((place for place, line in enumerate(lines) if _is_part(one, line)), None)
        if at is None:
            lines.append(_negative(one, taking))
        else:
            lines[at] = _less(lines[at], one, taking)
    return [one for one in _with_taxes(lines, taking.rest_of_taxes) if not _is_empty(one)]


def _is_part(one: FormLine, line: FormLine) -> bool:
    """Whether so much can be taken from a line."""
    units, amounts = (line.line.quantity or ZERO, one.line.quantity or ZERO), (line.line.amount, one.line.amount)
    return likeness(one) == likeness(line) and units[0] >= units[1] and 0 <= amounts[1] * _sign(line) <= abs(amounts[0])


def _sign(one: FormLine) -> int:
    return -1 if one.line.amount < 0 else 1


def _less(line: FormLine, one: FormLine, taking: Taking) -> FormLine:
    """What is left of a line after a part of it; goods that are all back are no return of stock once more."""
    units = (line.line.quantity or ZERO) - (one.line.quantity or ZERO)
    taxes = {rate: tax - one.taxes.get(rate, ZERO) for rate, tax in line.taxes.items()}
    rest = FormLine(
        replace(line.line, amount=line.line.amount - one.line.amount, quantity=units or None),
        taxes,
    )
    return rest if units else off_the_shelf(rest, taking)


def _is_empty(one: FormLine) -> bool:
    return not (one.line.amount or one.line.quantity or any(one.taxes.values()))


def _negative(one: FormLine, taking: Taking) -> FormLine:
    item = adjustment_item(taking) if is_stock(one) else one.line.item
    line = replace(one.line, kind=LineKind.REFUND, item=item, amount=-one.line.amount, quantity=None, unit_price=None)
    return FormLine(line, {rate: -tax for rate, tax in one.taxes.items()})


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


def _exactly(lines: list[FormLine], taxes: Charges) -> list[FormLine] | None:
    """The lines bring these taxes and still come to the same amount; None where a line would be nothing but tax."""
    found = [
        replace(taxed, line=replace(taxed.line, amount=taxed.line.amount + one.tax - taxed.tax))
        for one, taxed in zip(lines, _with_taxes(lines, taxes), strict=True)
    ]
    is_whole = total_of(one.tax for one in found) == total_of(taxes.values())
    return found if is_whole and all(one.line.amount for one in found if one.tax) else None


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
    return lines if fits(lines, taking) else []


def _not_taken_back(taking: Taking) -> list[Piece]:
    """The order lines of which nothing was."""
    pieces = pieces_of(taking)
    counted = Counter(sameness(one) for one in taking.before)
    whole = {sameness(one) for one in taking.sold.lines}
    begun = {likeness(one) for one in taking.before if sameness(one) not in whole}
    untouched = [one for one in pieces if not counts_off(counted, one.pieces[0])]
    return [one for one in untouched if likeness(one.pieces[0]) not in begun]
