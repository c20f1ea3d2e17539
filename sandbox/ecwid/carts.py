"""Reads the compact carts of the control API: what is sold, by the catalogue, and how it is taxed.

Cart fields, all optional but `lines`:
    lines               [{sku, quantity, price, name, taxes, gift_card, digital}]; what is left out comes from the
                        catalogue; taxes are names of the shop's taxes or {name, value, id, on_shipping}
    coupon              {type: percent | absolute | shipping, value, code}
    promotion, shipping, handling, tip, tip_percent, gift_card, gift_card_code      amounts (tip_percent: percent)
    shipping_method, pickup, shipping_scheme
    buyer               {id, email, name, company, phone, street, city, postal_code, state, country, tax_id,
                        tax_exempt, reverse_charge}
    payment_method, payment_module, payment_status, fulfillment_status, transaction_id, tracking_number, comments
    created             ISO instant with offset;  order_id: the text id
    tax_representation  separate | inside: where the tax on the delivery shows
    prices_include_tax  overrides the shop's own way
    leave_out           names of order fields to leave out, as old orders do
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple, Protocol

from sandbox.ecwid.cart import ZERO, Cart, CartLine, Coupon, Rules, Tax
from sandbox.ecwid.values import Json, WrongParameterError, decimal
from sandbox.rounding import half_up

FIELDS = frozenset(
    {
        "buyer",
        "comments",
        "coupon",
        "created",
        "fulfillment_status",
        "gift_card",
        "gift_card_code",
        "handling",
        "leave_out",
        "lines",
        "order_id",
        "payment_method",
        "payment_module",
        "payment_status",
        "pickup",
        "prices_include_tax",
        "promotion",
        "shipping",
        "shipping_method",
        "shipping_scheme",
        "tax_representation",
        "tip",
        "tip_percent",
        "tracking_number",
        "transaction_id",
    }
)


class Listing(NamedTuple):
    """What a SKU stands for: a product, or one variation of it."""

    product: Json
    combination: Json | None


class Shop(Protocol):
    """What the arithmetic needs to know of a shop."""

    @property
    def profile(self) -> Json: ...

    def listing(self, sku: str) -> Listing | None: ...


class SoldLine:
    """A cart line looked up in the catalogue."""

    def __init__(self, line: Json, shop: Shop) -> None:
        self.line = line
        self.sku = str(line.get("sku", ""))
        found = shop.listing(self.sku)
        if found is None and "price" not in line:
            raise WrongParameterError(f"no product has the SKU {self.sku!r}, so the line needs a price")
        self.known = found is not None
        self.product: Json = found.product if found else {}
        self.combination: Json = (found.combination if found else None) or {}
        self.is_gift_card = bool(line.get("gift_card", self.product.get("isGiftCard", False)))
        self.is_digital = bool(line.get("digital", not self.product.get("isShippingRequired", True)))
        self.taxes = tuple(self._taxes(shop.profile))

    @property
    def catalogue_price(self) -> Decimal:
        return decimal(self.combination.get("price", self.product.get("price", 0)))

    @property
    def price(self) -> Decimal:
        return decimal(self.line["price"], "price") if "price" in self.line else self.catalogue_price

    @property
    def quantity(self) -> int:
        return int(self.line.get("quantity", 1))

    def _taxes(self, profile: Json) -> Sequence[Tax]:
        if "taxes" in self.line:
            return [_named_tax(wanted, profile) for wanted in self.line["taxes"]]
        settings = self.product.get("tax", {})
        if self.is_gift_card or not settings.get("taxable", True):
            return []
        chosen = settings.get("enabledManualTaxes", [])
        return [
            _profile_tax(tax)
            for tax in profile["taxes"]
            if tax["enabled"] and (tax["appliedByDefault"] or tax["id"] in chosen)
        ]


def sold_lines(cart: Json, shop: Shop) -> list[SoldLine]:
    """Raises WrongParameterError for an empty cart, an unknown field and a SKU without price."""
    unknown = sorted(set(cart) - FIELDS)
    if unknown:
        raise WrongParameterError(f"a cart has no {', '.join(unknown)}; it has {', '.join(sorted(FIELDS))}")
    if not cart.get("lines"):
        raise WrongParameterError("a cart needs lines")
    return [SoldLine(line, shop) for line in cart["lines"]]


def is_gross(cart: Json, shop: Shop) -> bool:
    return bool(cart.get("prices_include_tax", shop.profile["taxSettings"]["pricesIncludeTax"]))


def to_cart(cart: Json, sold: Sequence[SoldLine], shop: Shop, rules: Rules) -> Cart:
    """The cart as the arithmetic wants it."""
    settings = shop.profile["taxSettings"]
    by_default = [tax for tax in shop.profile["taxes"] if tax["enabled"] and tax["appliedByDefault"]]
    places = int(shop.profile["formatsAndUnits"]["currencyPrecision"])
    tip_percent = cart.get("tip_percent")
    complete = Cart(
        lines=tuple(_cart_line(line, places) for line in sold),
        prices_include_tax=is_gross(cart, shop),
        coupon=_coupon(cart.get("coupon")),
        promotion=decimal(cart.get("promotion")),
        shipping=decimal(cart.get("shipping")),
        handling=decimal(cart.get("handling")),
        tip=decimal(cart.get("tip")),
        tip_percent=None if tip_percent is None else decimal(tip_percent),
        gift_card=decimal(cart.get("gift_card")),
        shipping_scheme=str(cart.get("shipping_scheme", settings["taxOnShippingCalculationScheme"])),
        shipping_taxes=tuple(_profile_tax(tax) for tax in by_default),
        places=places,
        rules=rules,
    )
    return _exempted(complete) if pays_no_tax(cart) else complete


def pays_no_tax(cart: Json) -> bool:
    buyer = cart.get("buyer") or {}
    return bool(buyer.get("tax_exempt") or buyer.get("reverse_charge"))


def _named_tax(wanted: str | Json, profile: Json) -> Tax:
    if isinstance(wanted, Mapping):
        on_shipping = bool(wanted.get("on_shipping", True))
        return Tax(wanted["name"], decimal(wanted["value"]), int(wanted.get("id", 0)), on_shipping)
    for tax in profile["taxes"]:
        if tax["name"] == wanted:
            return _profile_tax(tax)
    raise WrongParameterError(f"the store has no tax {wanted!r}")


def _profile_tax(tax: Json) -> Tax:
    return Tax(tax["name"], decimal(tax["defaultTax"]), tax["id"], tax["taxShipping"])


def _cart_line(sold: SoldLine, places: int) -> CartLine:
    return CartLine(
        price=sold.price,
        quantity=sold.quantity,
        taxes=sold.taxes,
        discountable=not sold.is_gift_card,
        shippable=not sold.is_digital,
        places=places,
    )


def _coupon(coupon: Json | None) -> Coupon | None:
    return Coupon(coupon["type"], decimal(coupon.get("value"))) if coupon else None


def _exempted(cart: Cart) -> Cart:
    """For exempt and reverse-charge buyers: every tax stays listed, at 0 %."""
    lines = tuple(replace(line, price=_price_paid(cart, line), taxes=_at_zero(line.taxes)) for line in cart.lines)
    return replace(cart, lines=lines, shipping_taxes=_at_zero(cart.shipping_taxes))


def _price_paid(cart: Cart, line: CartLine) -> Decimal:
    if not (cart.prices_include_tax and cart.rules.exempt_prices_net):
        return line.price
    rates = sum((tax.rate for tax in line.taxes), ZERO)
    return half_up(line.price * 100 / (100 + rates), cart.places)


def _at_zero(taxes: Sequence[Tax]) -> tuple[Tax, ...]:
    return tuple(replace(tax, rate=ZERO) for tax in taxes)
