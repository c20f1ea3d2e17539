"""The lines of a sale: every order line becomes one document line, and its discount a part of a discount line."""

from dataclasses import dataclass
from decimal import Decimal

from integrations.books import ItemDraft, Known, LineKind, SaleLine, TaxModel
from integrations.commerce import LineKind as Sold
from integrations.commerce import OrderLine
from integrations.money import ZERO, round_half_up, total_of
from sync.translate.case import Case
from sync.translate.filters import has_something_to_say
from sync.translate.held import amount_text, hold
from sync.translate.items import product_item, special_item
from sync.translate.mapping import taxes_text
from sync.translate.reasons import Reason
from sync.translate.taxes import UNTAXED, LineTax, line_tax

_KINDS = {
    Sold.PRODUCT: LineKind.ITEM,
    Sold.SHIPPING: LineKind.SHIPPING,
    Sold.FEE: LineKind.FEE,
    Sold.TIP: LineKind.TIP,
    Sold.GIFT_CARD: LineKind.GIFT_CARD_SOLD,
}
_SOLD_IN_UNITS = {Sold.PRODUCT, Sold.GIFT_CARD}
_PRICE_PLACES = 5  # that QuickBooks surely keeps


@dataclass(frozen=True, slots=True)
class Priced:
    """An order line in the words of the books: net of tax before and after its discount, and how it is taxed."""

    line: OrderLine
    before: Decimal
    after: Decimal
    tax: LineTax

    @property
    def discount(self) -> Decimal:
        return self.before - self.after


def priced_lines(case: Case) -> list[Priced]:
    """The order's lines without those that say nothing (free shipping, no handling)."""
    return [_priced(line, case) for line in case.order.lines if has_something_to_say(line)]


def _priced(line: OrderLine, case: Case) -> Priced:
    before, after = net_amounts(line, prices_include_tax=case.order.prices_include_tax, places=case.places)
    return Priced(line, before, after, line_tax(line.taxes, case))


def net_amounts(line: OrderLine, *, prices_include_tax: bool, places: int) -> tuple[Decimal, Decimal]:
    """A line net of tax, before and after its discount.

    Where prices include tax, what was charged less the tax is exact. What it was before the discount follows in
    proportion, or, where all was given away, from the rates.
    """
    if not prices_include_tax:
        return round_half_up(line.gross, places), round_half_up(line.charged, places)
    after = round_half_up(line.charged - line.tax, places)
    if not line.discount:
        return after, after
    if line.charged:
        return round_half_up(line.gross * after / line.charged, places), after
    percent = total_of(share.rate or ZERO for share in line.taxes)
    return round_half_up(line.gross * 100 / (100 + percent), places), after


def document_lines(priced: list[Priced], case: Case) -> tuple[SaleLine, ...]:
    return (
        *(_document_line(one, case) for one in priced),
        *_discount_lines(priced, case),
        *_gift_card_line(case),
        *_tax_line(case),
    )


def _document_line(priced: Priced, case: Case) -> SaleLine:
    line, in_units = priced.line, priced.line.kind in _SOLD_IN_UNITS
    return SaleLine(
        kind=_KINDS[line.kind],
        item=_item(line, case),
        amount=priced.before,
        tax_code=priced.tax.code,
        sources=(line.ref,),
        description=f"{line.name} ({line.description})" if line.description else line.name,
        quantity=line.quantity if in_units else None,
        unit_price=_unit_price(priced, case) if in_units else None,
    )


def _item(line: OrderLine, case: Case) -> Known | ItemDraft:
    if line.kind is Sold.PRODUCT:
        return product_item(line, case)
    return special_item(_KINDS[line.kind], line.gross, case)


def _unit_price(priced: Priced, case: Case) -> Decimal | None:
    """The store's own price, or the net one where it is a number that gives the amount exactly."""
    if not case.order.prices_include_tax:
        return priced.line.unit_price
    if not priced.line.quantity:
        return None
    exact = priced.before / priced.line.quantity
    for places in (case.places, _PRICE_PLACES):
        price = round_half_up(exact, places)
        if price * priced.line.quantity == priced.before:
            return price
    return None


def _discount_lines(priced: list[Priced], case: Case) -> list[SaleLine]:
    """One negative line for each tax code, so that every discount lowers the tax it should."""
    by_code: dict[str, list[Priced]] = {}
    for one in priced:
        if one.discount:
            by_code.setdefault(one.tax.code, []).append(one)
    amounts = {code: total_of(one.discount for one in ones) for code, ones in by_code.items()}
    return [
        SaleLine(
            kind=LineKind.DISCOUNT,
            item=special_item(LineKind.DISCOUNT, total_of(amounts.values()), case),
            amount=-amounts[code],
            tax_code=code,
            sources=tuple(one.line.ref for one in ones),
        )
        for code, ones in by_code.items()
    ]


def _gift_card_line(case: Case) -> list[SaleLine]:
    """A gift card redeemed is a way to pay, so it carries no tax and lowers none."""
    amount = case.order.gift_card_redeemed
    if not amount:
        return []
    item = special_item(LineKind.GIFT_CARD_REDEEMED, amount, case)
    code = line_tax(UNTAXED, case).code
    return [SaleLine(kind=LineKind.GIFT_CARD_REDEEMED, item=item, amount=-amount, tax_code=code, sources=())]


def _tax_line(case: Case) -> list[SaleLine]:
    """The tax of a US company that has sales tax switched off: QuickBooks would drop it, so it is a line (T4).

    It stands for no order line of its own and has no sources.
    """
    order = case.order
    if case.company.tax_model is not TaxModel.US_NONE or not order.tax:
        return []
    if LineKind.TAX not in case.options.items:
        hold(Reason.TAX_ITEM_MISSING, amount=amount_text(order.tax, order.currency), currency=order.currency)
    item = special_item(LineKind.TAX, order.tax, case)
    shares = [share for line in order.lines for share in line.taxes]
    code = line_tax(UNTAXED, case).code
    return [SaleLine(LineKind.TAX, item, order.tax, code, sources=(), description=taxes_text(shares))]
