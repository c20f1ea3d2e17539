"""Does an eCommerce order add up, and by which of its amounts is it to be read?

    parts      the sum of what each part costs after tax = total
    summary    subtotal - discount + shipping + fees + tax = total; on some sites with tax included, without `+ tax`

The parts come first: sites that include tax show their summary with it or without it, and spread coupons over either,
but each part tells what is charged for it before and after tax. Where the parts do not give the total and the summary
does, the prices less the discounts are taken. Otherwise the order keeps its parts and the difference, which holds it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from integrations.commerce import OrderLine
from integrations.doubts import Doubt, Unexplained
from integrations.money import ZERO, total_of
from integrations.values import Json, child
from integrations.wix.lines import SHIPPING, Part
from integrations.wix.taxes import names_of, shares_of, stated_tax
from integrations.wix.values import money, told_money


@dataclass(frozen=True, slots=True)
class Reading:
    """The lines as they are to be booked, the order's tax, and what nobody can explain."""

    lines: tuple[OrderLine, ...]
    tax: Decimal
    doubts: tuple[Doubt, ...] = ()


def reading_of(order: Json, parts: Sequence[Part], *, included: bool, places: int) -> Reading:
    summary = child(order, "priceSummary")
    total = money(summary, "total")
    counted = sum(part.line.ref != SHIPPING for part in parts)
    tolerance = (counted + 2) * Decimal(1).scaleb(-places)
    by_parts = total_of(part.after for part in parts)
    by_price = [_by_price(part) for part in parts]
    is_sound = abs(by_parts - total) <= tolerance
    after = total_of(charged + (ZERO if included else tax) for charged, tax in by_price)
    if not is_sound and abs(after - total) <= tolerance and _summary_holds(summary, tolerance, included=included):
        amounts = by_price
    else:
        amounts = [(part.after if included else part.before, part.after - part.before) for part in parts]
    lines = _lines(order, parts, amounts, included=included, places=places)
    return Reading(
        lines=lines,
        tax=_tax(order, lines, tolerance),
        doubts=() if is_sound or amounts is by_price else (_doubt(summary, by_parts),),
    )


def _by_price(part: Part) -> tuple[Decimal, Decimal]:
    """What a part costs by its price, in the order's mode, and its tax."""
    return part.listed - part.discount, stated_tax(part.taxed)


def _summary_holds(summary: Json, tolerance: Decimal, *, included: bool) -> bool:
    net = money(summary, "subtotal") - money(summary, "discount") + money(summary, "shipping")
    net += money(summary, "totalAdditionalFees")
    total, tax = money(summary, "total"), money(summary, "tax")
    return abs(net + tax - total) <= tolerance or (included and abs(net - total) <= tolerance)


def _lines(
    order: Json, parts: Sequence[Part], amounts: Sequence[tuple[Decimal, Decimal]], *, included: bool, places: int
) -> tuple[OrderLine, ...]:
    names = names_of(order)
    return tuple(
        part.charged(
            charged,
            shares_of(part.taxed, tax, charged - (tax if included else ZERO), names=names, places=places),
        )
        for part, (charged, tax) in zip(parts, amounts, strict=True)
        if part.line.ref.startswith("item:") or charged or part.discount
    )


def _tax(order: Json, lines: Sequence[OrderLine], tolerance: Decimal) -> Decimal:
    """The lines' taxes, unless they are further from the order's own than roundings take them."""
    by_lines = total_of(line.tax for line in lines)
    told = told_money(child(order, "priceSummary"), "tax")
    if told is None:
        told = told_money(child(order, "taxInfo"), "totalTax")
    if told is None:
        told = told_money(child(order, "taxSummary"), "totalTax")
    return by_lines if told is None or abs(told - by_lines) <= tolerance else told


def _doubt(summary: Json, by_parts: Decimal) -> Doubt:
    keys = ("subtotal", "discount", "shipping", "totalAdditionalFees", "tax", "total")
    names = {"totalAdditionalFees": "fees"}
    return Doubt.of(Unexplained.SUMMARY, parts=by_parts, **{names.get(key, key): money(summary, key) for key in keys})
