"""How Ecwid adds up an order: a cart goes in, every amount of the order comes out.

    net store     before = subtotal - coupon - promotion + shipping + handling + tip + tax
    gross store   before = subtotal - coupon - promotion + shipping + handling + tip       (tax is contained)
    both          total  = before - redeemed gift card

Each line's tax is rounded half-up once per tax. Discounts are decided for the order and spread over the lines
by their value, the odd cents to the largest remainders. Exact fractions are used in between: a rate of
9.975 % on a share of 1/3 must not fall on the wrong side of half a cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from sandbox.rounding import half_up, spread

ZERO = Decimal(0)

BY_PRODUCT_PRICES = "BASED_ON_PRODUCT_TAXES_PROPORTION_BY_PRICE"
TAXED_SEPARATELY = "TAXED_SEPARATELY_FROM_PRODUCTS"


@dataclass(frozen=True)
class Tax:
    """A tax as the shop defines it; `rate` is in percent, `source_id` its id in the profile (0: not from there)."""

    name: str
    rate: Decimal
    source_id: int = 0
    on_shipping: bool = True


@dataclass(frozen=True)
class CartLine:
    """`price` is per unit, with tax in a gross store."""

    price: Decimal
    quantity: int = 1
    taxes: tuple[Tax, ...] = ()
    discountable: bool = True
    shippable: bool = True
    places: int = 2
    """Of the currency. A price may have more: goods sold by the gram."""

    @property
    def exact_subtotal(self) -> Decimal:
        return self.price * self.quantity

    @property
    def subtotal(self) -> Decimal:
        return half_up(self.exact_subtotal, self.places)


@dataclass(frozen=True)
class Coupon:
    """`kind` is percent, absolute or shipping (free delivery; `value` is then without meaning)."""

    kind: str
    value: Decimal = ZERO


@dataclass(frozen=True)
class Rules:
    """What is not known for certain about the real shop, so that a test can have it either way."""

    tax_before_promotions: bool = False
    exempt_prices_net: bool = False
    """In a gross store, exempt and reverse-charge buyers pay the price without the tax in it."""
    shipping_discount: str = "coupon"
    """Where free delivery shows: coupon (in couponDiscount), rate (shippingRate is already 0), unexplained."""
    lines_rounded: bool = True
    """Whether each line is rounded before the subtotal; else the subtotal is rounded as a whole."""


@dataclass(frozen=True)
class Cart:
    lines: tuple[CartLine, ...]
    prices_include_tax: bool = False
    coupon: Coupon | None = None
    promotion: Decimal = ZERO
    shipping: Decimal = ZERO
    handling: Decimal = ZERO
    tip: Decimal = ZERO
    tip_percent: Decimal | None = None
    gift_card: Decimal = ZERO
    shipping_scheme: str = BY_PRODUCT_PRICES
    shipping_taxes: tuple[Tax, ...] = ()
    """The taxes of the delivery where the scheme is TAXED_SEPARATELY."""
    places: int = 2
    rules: Rules = Rules()


@dataclass(frozen=True)
class TaxAmount:
    """One tax of one line: the part on the goods and the line's share of the tax on the delivery."""

    tax: Tax
    on_goods: Decimal
    on_shipping: Decimal = ZERO


@dataclass(frozen=True)
class PricedLine:
    line: CartLine
    coupon: Decimal
    promotion: Decimal
    without_tax: Decimal
    """price x quantity without tax, before any discount."""
    unit_without_tax: Decimal
    """For the eye only: rounded per unit, so times the quantity it need not give `without_tax`."""
    taxes: tuple[TaxAmount, ...]

    @property
    def taxable(self) -> Decimal:
        return self.line.subtotal - self.coupon - self.promotion

    @property
    def tax(self) -> Decimal:
        return sum((share.on_goods for share in self.taxes), ZERO)


@dataclass(frozen=True)
class PricedCart:
    lines: tuple[PricedLine, ...]
    subtotal: Decimal
    coupon: Decimal
    promotion: Decimal
    shipping: Decimal
    shipping_without_tax: Decimal
    discounted_shipping: Decimal
    handling: Decimal
    handling_without_tax: Decimal
    shipping_taxes: tuple[tuple[Tax, Decimal], ...]
    tip: Decimal
    tax: Decimal
    before_gift_card: Decimal
    gift_card: Decimal

    @property
    def lines_carry_shipping_tax(self) -> bool:
        """Whether the tax on the delivery can be shown inside the lines: each of its taxes is also on goods."""
        inside = sum((share.on_shipping for line in self.lines for share in line.taxes), ZERO)
        return inside == sum((total for _, total in self.shipping_taxes), ZERO)

    @property
    def total(self) -> Decimal:
        return self.before_gift_card - self.gift_card

    @property
    def subtotal_without_tax(self) -> Decimal:
        return sum((line.without_tax for line in self.lines), ZERO)


def price_cart(cart: Cart) -> PricedCart:
    """Every amount of the order that this cart becomes."""
    subtotal = _subtotal(cart)
    coupon_on_goods, promotion, lines = _discounted_lines(cart)
    shipping, discounted, coupon_on_shipping, unexplained = _delivery(cart)
    base = discounted + cart.handling
    exact_taxes = _exact_shipping_taxes(cart, lines, base)
    shipping_taxes = tuple((tax, half_up(exact, cart.places)) for tax, exact in exact_taxes)
    lines = _with_shipping_shares(lines, shipping_taxes, cart.places)
    tax = sum((line.tax for line in lines), ZERO) + sum((total for _, total in shipping_taxes), ZERO)
    coupon = coupon_on_goods + coupon_on_shipping
    before = subtotal - coupon - promotion + shipping - unexplained + cart.handling
    before += ZERO if cart.prices_include_tax else tax
    tip = cart.tip if cart.tip_percent is None else half_up(before * cart.tip_percent / 100, cart.places)
    net_part = _net_part(cart, base, sum((exact for _, exact in exact_taxes), Fraction()))
    return PricedCart(
        lines=lines,
        subtotal=subtotal,
        coupon=coupon,
        promotion=promotion,
        shipping=shipping,
        shipping_without_tax=half_up(Fraction(shipping) * net_part, cart.places),
        discounted_shipping=discounted,
        handling=cart.handling,
        handling_without_tax=half_up(Fraction(cart.handling) * net_part, cart.places),
        shipping_taxes=shipping_taxes,
        tip=tip,
        tax=tax,
        before_gift_card=before + tip,
        gift_card=min(cart.gift_card, before + tip),
    )


def _subtotal(cart: Cart) -> Decimal:
    if cart.rules.lines_rounded:
        return sum((line.subtotal for line in cart.lines), ZERO)
    return half_up(sum((line.exact_subtotal for line in cart.lines), ZERO), cart.places)


def _discounted_lines(cart: Cart) -> tuple[Decimal, Decimal, tuple[PricedLine, ...]]:
    open_values = [line.subtotal if line.discountable else ZERO for line in cart.lines]
    coupon = min(_coupon_on_goods(cart, sum(open_values, ZERO)), sum(open_values, ZERO))
    coupons = spread(coupon, open_values, cart.places)
    left = [value - share for value, share in zip(open_values, coupons, strict=True)]
    promotion = min(cart.promotion, sum(left, ZERO))
    promotions = spread(promotion, left, cart.places)
    shares = zip(cart.lines, coupons, promotions, strict=True)
    return coupon, promotion, tuple(_priced_line(cart, *share) for share in shares)


def _coupon_on_goods(cart: Cart, open_value: Decimal) -> Decimal:
    if cart.coupon is None or cart.coupon.kind == "shipping":
        return ZERO
    if cart.coupon.kind == "percent":
        return half_up(open_value * cart.coupon.value / 100, cart.places)
    return cart.coupon.value


def _priced_line(cart: Cart, line: CartLine, coupon: Decimal, promotion: Decimal) -> PricedLine:
    taxable = line.subtotal - coupon
    if not (cart.prices_include_tax and cart.rules.tax_before_promotions):
        taxable -= promotion
    factors = [(tax, _factor(tax, line.taxes, gross=cart.prices_include_tax)) for tax in line.taxes]
    contained = sum((factor for _, factor in factors), Fraction()) if cart.prices_include_tax else Fraction()
    return PricedLine(
        line=line,
        coupon=coupon,
        promotion=promotion,
        without_tax=half_up(Fraction(line.subtotal) * (1 - contained), cart.places),
        unit_without_tax=half_up(Fraction(line.price) * (1 - contained), cart.places),
        taxes=tuple(TaxAmount(tax, half_up(Fraction(taxable) * factor, cart.places)) for tax, factor in factors),
    )


def _factor(tax: Tax, together: Sequence[Tax], *, gross: bool) -> Fraction:
    """The part of an amount that is `tax`; in a gross amount all taxes of the line are contained together."""
    divisor = 100 + (sum((Fraction(each.rate) for each in together), Fraction()) if gross else 0)
    return Fraction(tax.rate) / divisor


def _delivery(cart: Cart) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """The rate shown, the rate charged, the cut that counts as coupon, and the cut that shows nowhere."""
    if cart.coupon is None or cart.coupon.kind != "shipping":
        return cart.shipping, cart.shipping, ZERO, ZERO
    cuts = {
        "coupon": (cart.shipping, ZERO, cart.shipping, ZERO),
        "rate": (ZERO, ZERO, ZERO, ZERO),
        "unexplained": (cart.shipping, ZERO, ZERO, cart.shipping),
    }
    return cuts[cart.rules.shipping_discount]


def _exact_shipping_taxes(cart: Cart, lines: Sequence[PricedLine], base: Decimal) -> list[tuple[Tax, Fraction]]:
    """Unrounded tax on shipping and handling, one entry per tax, in the order of the lines."""
    totals: dict[Tax, Fraction] = {}
    for weight, taxes in _shipping_shares(cart, lines):
        charged = [tax for tax in taxes if tax.on_shipping]
        for tax in charged:
            factor = _factor(tax, charged, gross=cart.prices_include_tax)
            totals[tax] = totals.get(tax, Fraction()) + Fraction(base) * weight * factor
    return [(tax, exact) for tax, exact in totals.items() if base]


def _shipping_shares(cart: Cart, lines: Sequence[PricedLine]) -> list[tuple[Fraction, tuple[Tax, ...]]]:
    """Which part of the delivery is taxed by which taxes."""
    if cart.shipping_scheme == TAXED_SEPARATELY:
        return [(Fraction(1), cart.shipping_taxes)]
    carried = [line for line in lines if line.line.shippable] or list(lines)
    whole = sum((Fraction(line.taxable) for line in carried), Fraction())
    if not whole:  # a coupon over everything: the goods still count by head
        return [(Fraction(1, len(carried)), line.line.taxes) for line in carried]
    return [(Fraction(line.taxable) / whole, line.line.taxes) for line in carried]


def _with_shipping_shares(
    lines: tuple[PricedLine, ...], shipping_taxes: Sequence[tuple[Tax, Decimal]], places: int
) -> tuple[PricedLine, ...]:
    """The tax on the delivery handed down to the lines that carry the same tax, by their taxable value."""
    shares = {tax: spread(total, [_weight(line, tax) for line in lines], places) for tax, total in shipping_taxes}
    return tuple(
        replace(
            line,
            taxes=tuple(replace(t, on_shipping=shares[t.tax][i] if t.tax in shares else ZERO) for t in line.taxes),
        )
        for i, line in enumerate(lines)
    )


def _weight(line: PricedLine, tax: Tax) -> Decimal:
    carries = line.line.shippable and tax in line.line.taxes
    return line.taxable if carries else ZERO


def _net_part(cart: Cart, base: Decimal, tax: Fraction) -> Fraction:
    """What is left of one unit of shipping or handling without the tax contained in it."""
    if not cart.prices_include_tax or not base:
        return Fraction(1)
    return 1 - tax / Fraction(base)
