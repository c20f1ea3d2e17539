"""The parts of an eCommerce order, each with what Wix says of its money.

Everything that adds to an order's total becomes a part with one of these refs:

    item:<id>     a line item; the id is unique in the order alone
    shipping      shippingInfo.cost
    fee:<id>      one of additionalFees; a tip is one of them
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from integrations.commerce import LineKind, OrderLine, TaxShare
from integrations.money import ZERO, round_half_up
from integrations.values import Json, child, number, rows, text
from integrations.wix.modules import GIFT_CARDS, STORES, module_of
from integrations.wix.taxes import stated_tax
from integrations.wix.values import money, told_money

SHIPPING = "shipping"

_NO_VARIANT = "00000000-0000-0000-0000-000000000000"
# Tips are told by their id. Where the app may not read tips, only their name is left.
_TIP_NAMES = frozenset({"tip", "tips", "gratuity", "pourboire"})
_PRICE_PLACES = 7


@dataclass(frozen=True, slots=True)
class Part:
    """A line without amounts, and the amounts: `before` and `after` tax are what is charged for all of it; `listed` and
    `discount` are what the catalogue asks for it and what the order's discounts take off, in the order's own mode.
    `taxed` is the row that tells its taxes."""

    line: OrderLine
    before: Decimal
    after: Decimal
    listed: Decimal
    discount: Decimal
    taxed: Json = field(repr=False)

    def charged(self, charged: Decimal, taxes: tuple[TaxShare, ...]) -> OrderLine:
        """The line at this amount. What was taken off is for show: the catalogue's price where that explains it."""
        off = ZERO
        if self.discount:
            off = self.listed - charged if self.listed > charged else self.discount
        gross = charged + off
        return replace(self.line, gross=gross, discount=off, unit_price=_unit_price(self.line, gross), taxes=taxes)


def parts_of(order: Json, *, tips: Container[str], included: bool) -> list[Part]:
    """Every part of the order. `tips` are the ids of its tips; `included` tells that its prices include tax."""
    parts = [_item(ref, row, included=included) for ref, row in _keyed("item", rows(order, "lineItems"))]
    shipping = child(order, "shippingInfo")
    if child(shipping, "cost"):
        parts.append(_shipping(shipping, included=included))
    fees = _keyed("fee", rows(order, "additionalFees"))
    return [*parts, *(_fee(ref, row, tips, included=included) for ref, row in fees)]


def _keyed(kind: str, found: list[Json]) -> Iterator[tuple[str, Json]]:
    """The rows under unique refs; a missing or repeated id is told apart by its place in the list."""
    seen: set[str] = set()
    for place, row in enumerate(found, start=1):
        name = text(row, "id")
        ref = f"{kind}:{name}" if name else f"{kind}:#{place}"
        if ref in seen:
            ref = f"{ref}#{place}"
        seen.add(ref)
        yield ref, row


def _item(ref: str, row: Json, *, included: bool) -> Part:
    quantity = number(child(row, "decimalQuantity"), "value") or number(row, "quantity") or Decimal(1)
    module, reference = module_of(row), child(row, "catalogReference")
    is_gift_card = module == GIFT_CARDS or text(child(row, "itemType"), "preset") == "GIFT_CARD"
    # What a booking's reference names is this one booking, not the service that others book as well.
    product = text(reference, "catalogItemId") if module == STORES else ""
    line = _bare(
        ref,
        LineKind.GIFT_CARD if is_gift_card else LineKind.PRODUCT,
        _name(row, "productName") or text(child(row, "physicalProperties"), "sku"),
        quantity=quantity,
    )
    line = replace(
        line,
        unit_price=money(row, "price"),
        sku=text(child(row, "physicalProperties"), "sku"),
        description=", ".join(_chosen(row)),
        product_ref=product,
        variation_ref=_variant(child(reference, "options")) if product else "",
        tracks_stock=bool(product) and text(child(row, "itemType"), "preset") == "PHYSICAL",
        module=module,
    )
    listed = told_money(row, "lineItemPrice")
    listed = round_half_up(money(row, "price") * quantity, 3) if listed is None else listed
    return _part(line, row, ("totalPriceBeforeTax", "totalPriceAfterTax"), listed, "totalDiscount", included=included)


def _shipping(shipping: Json, *, included: bool) -> Part:
    cost = child(shipping, "cost")
    line = _bare(SHIPPING, LineKind.SHIPPING, text(shipping, "title") or "Shipping")
    keys = ("totalPriceBeforeTax", "totalPriceAfterTax")
    return _part(line, cost, keys, money(cost, "price"), "discount", included=included)


def _fee(ref: str, row: Json, tips: Container[str], *, included: bool) -> Part:
    name, code = text(row, "name"), text(row, "code")
    is_tip = code in tips if code else False
    kind = LineKind.TIP if is_tip or name.lower() in _TIP_NAMES else LineKind.FEE
    line = _bare(ref, kind, name or code or "Fee")
    return _part(line, row, ("priceBeforeTax", "priceAfterTax"), money(row, "price"), "", included=included)


def _part(line: OrderLine, row: Json, keys: tuple[str, str], listed: Decimal, discount: str, *, included: bool) -> Part:
    """Old orders lack the amounts before or after tax, or both: they follow from the price and the tax."""
    before, after = (told_money(row, key) for key in keys)
    off, tax = money(row, discount) if discount else ZERO, stated_tax(row)
    if before is None and after is None:
        after = listed - off + (ZERO if included else tax)
    if after is None:
        after = (before or ZERO) + tax
    return Part(line, after - tax if before is None else before, after, listed, off, row)


def _bare(ref: str, kind: LineKind, name: str, *, quantity: Decimal = Decimal(1)) -> OrderLine:
    return OrderLine(ref=ref, kind=kind, name=name, quantity=quantity, unit_price=ZERO, gross=ZERO)


def _name(row: Json, key: str) -> str:
    """Names in the language of the site, so that every buyer's orders say the same."""
    return text(child(row, key), "original", "translated")


def _variant(options: Json) -> str:
    variant = text(options, "variantId")
    return "" if variant == _NO_VARIANT else variant


def _chosen(row: Json) -> Iterator[str]:
    """What the buyer chose: "Colour: Green"."""
    for line in rows(row, "descriptionLines"):
        chosen = _name(line, "plainText") or _name(line, "colorInfo")
        name = _name(line, "name")
        if chosen:
            yield f"{name}: {chosen}" if name else chosen


def _unit_price(line: OrderLine, gross: Decimal) -> Decimal:
    """The catalogue's price where it gives the amount, else the one that does."""
    if line.unit_price * line.quantity == gross or not line.quantity:
        return line.unit_price
    exact = gross / line.quantity
    short = round_half_up(exact, 3)
    return short if short * line.quantity == gross else round_half_up(exact, _PRICE_PLACES)
