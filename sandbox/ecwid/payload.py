"""From a compact cart (see carts.py) to the order object that the shop would store."""

from decimal import Decimal
from typing import Any

from sandbox.ecwid.cart import ZERO, PricedCart, PricedLine, Rules, Tax, TaxAmount, price_cart
from sandbox.ecwid.carts import Shop, SoldLine, is_gross, pays_no_tax, sold_lines, to_cart
from sandbox.ecwid.people import person
from sandbox.ecwid.values import Json, plain

_COUPON_TYPES = {"percent": "PERCENT", "absolute": "ABS", "shipping": "SHIPPING"}

# The shop's conversion to dollars shows the noise of binary fractions; nobody may build on this number.
_DOLLAR_NOISE = Decimal("0.00000000000001")


def order_from_cart(cart: Json, shop: Shop, rules: Rules | None = None) -> Json:
    """The order without its identity (id, numbers, dates), which placing it adds."""
    sold = sold_lines(cart, shop)
    gross = is_gross(cart, shop)
    priced = price_cart(to_cart(cart, sold, shop, rules or Rules()))
    inside = cart.get("tax_representation") == "inside" and priced.lines_carry_shipping_tax
    order = {
        **_statuses(cart),
        **_amounts(priced, gross=gross),
        **_gift_card(cart, priced),
        **_discounts(cart, priced),
        "items": [
            _item(line, sold_line, number, gross=gross, inside=inside)
            for number, (line, sold_line) in enumerate(zip(priced.lines, sold, strict=True), 1)
        ],
        **_delivery(cart, priced),
        "customSurcharges": _surcharges(cart, priced),
        **_people(cart),
        **_notes(cart, shop),
    }
    return {key: value for key, value in order.items() if key not in cart.get("leave_out", ())}


def _statuses(cart: Json) -> Json:
    texts = {
        "paymentMethod": cart.get("payment_method"),
        "paymentModule": cart.get("payment_module"),
        "externalTransactionId": cart.get("transaction_id"),
        "trackingNumber": cart.get("tracking_number"),
    }
    return {
        "paymentStatus": cart.get("payment_status", "PAID"),
        "fulfillmentStatus": cart.get("fulfillment_status", "AWAITING_PROCESSING"),
        **{key: text for key, text in texts.items() if text is not None},
    }


def _amounts(priced: PricedCart, *, gross: bool) -> Json:
    amounts = {
        "subtotal": priced.subtotal,
        "subtotalWithoutTax": priced.subtotal_without_tax,
        "tax": priced.tax,
        "totalBeforeGiftCardRedemption": priced.before_gift_card,
        "total": priced.total,
        "totalWithoutTax": priced.total - priced.tax,
        "refundedAmount": ZERO,
    }
    return {
        **{key: plain(amount) for key, amount in amounts.items()},
        "usdTotal": in_dollars(priced.total),
        "refunds": [],
        "pricesIncludeTax": gross,
    }


def in_dollars(total: Decimal) -> Decimal | int:
    """Like 78.96000000000001; whole amounts come out whole."""
    return plain(total) if total == total.to_integral_value() else total + _DOLLAR_NOISE


def _gift_card(cart: Json, priced: PricedCart) -> Json:
    code = {"giftCardCode": cart.get("gift_card_code", "GC-77")} if priced.gift_card else {}
    return {"giftCardRedemption": plain(priced.gift_card), **code, "giftCardDoubleSpending": False}


def _discounts(cart: Json, priced: PricedCart) -> Json:
    info = _promotion_info(priced.promotion)
    return {
        "couponDiscount": plain(priced.coupon),
        "discount": plain(priced.promotion),
        "volumeDiscount": plain(priced.promotion),
        "membershipBasedDiscount": 0,
        "totalAndMembershipBasedDiscount": 0,
        "customDiscount": [],
        "discountInfo": [info] if priced.promotion else [],
        **({"discountCoupon": _coupon(cart["coupon"])} if cart.get("coupon") else {}),
    }


def _promotion_info(amount: Decimal) -> Json:
    value = plain(amount)
    return {"value": value, "type": "ABS", "base": "ON_TOTAL", "description": f"{value} off the order"}


def _coupon(coupon: Json) -> Json:
    code = str(coupon.get("code", "THANKS"))
    return {
        "id": 11,
        "name": code.title(),
        "code": code,
        "discountType": _COUPON_TYPES[coupon["type"]],
        "discount": coupon.get("value", 0),
        "status": "ACTIVE",
    }


def _item(line: PricedLine, sold: SoldLine, number: int, *, gross: bool, inside: bool) -> Json:
    taxes = [_line_tax(share, gross=gross, inside=inside) for share in line.taxes]
    product, combination = sold.product, sold.combination
    return {
        "id": 9000 + number,
        "productId": product.get("id", 0),
        **({"combinationId": combination["id"]} if combination else {}),
        "categoryId": (product.get("categoryIds") or [-1])[0],
        "sku": sold.sku,
        "name": sold.line.get("name", product.get("name", sold.sku)),
        "quantity": sold.quantity,
        "price": plain(sold.price),
        "priceWithoutTax": plain(line.unit_without_tax),
        "productPrice": plain(sold.catalogue_price if sold.known else sold.price),
        "tax": plain(sum((tax["total"] for tax in taxes), ZERO)),
        "taxes": taxes,
        **_line_discounts(line),
        "taxable": bool(line.line.taxes),
        "isShippingRequired": not sold.is_digital,
        "digital": sold.is_digital,
        "giftCard": sold.is_gift_card,
        **({"compositeComponents": product["compositeComponents"]} if "compositeComponents" in product else {}),
        "trackQuantity": sold.known and not (combination or product).get("unlimited", False),
        "selectedOptions": [_selected(option) for option in combination.get("options", [])],
    }


def _line_tax(share: TaxAmount, *, gross: bool, inside: bool) -> Json:
    on_shipping = share.on_shipping if inside else ZERO
    return {
        "name": share.tax.name,
        "value": plain(share.tax.rate),
        "total": plain(share.on_goods + on_shipping),
        "taxOnDiscountedSubtotal": plain(share.on_goods),
        "taxOnShipping": plain(on_shipping),
        "includeInPrice": gross,
        "sourceTaxRateId": share.tax.source_id,
        "sourceTaxRateType": "MANUAL" if share.tax.source_id else "CUSTOM",
    }


def _line_discounts(line: PricedLine) -> Json:
    coupon = {"couponAmount": plain(line.coupon)} if line.coupon else {}
    shares = [{"discountInfo": _promotion_info(line.promotion), "total": plain(line.promotion)}]
    return {"couponApplied": bool(line.coupon), **coupon, "discounts": shares if line.promotion else []}


def _selected(option: Json) -> Json:
    value = option["value"]
    selection = {"selectionTitle": value, "selectionModifier": 0, "selectionModifierType": "ABSOLUTE"}
    return {
        "name": option["name"],
        "type": "CHOICE",
        "value": value,
        "valuesArray": [value],
        "selections": [selection],
    }


def _delivery(cart: Json, priced: PricedCart) -> Json:
    taxes = [_shipping_tax(tax, total) for tax, total in priced.shipping_taxes]
    handling: Json = {
        "name": "Handling" if priced.handling else "HandlingFeeFromApi",
        "value": plain(priced.handling),
        "valueWithoutTax": plain(priced.handling_without_tax),
        "description": "",
        "taxes": [],
    }
    option = {"shippingOption": _shipping_option(cart, priced)} if _is_delivered(cart) else {}
    return {**option, "handlingFee": handling, "taxesOnShipping": taxes}


def _shipping_tax(tax: Tax, total: Decimal) -> Json:
    return {"name": tax.name, "value": plain(tax.rate), "total": plain(total)}


def _is_delivered(cart: Json) -> bool:
    return cart.get("shipping") is not None or bool(cart.get("pickup"))


def _shipping_option(cart: Json, priced: PricedCart) -> Json:
    pickup = bool(cart.get("pickup"))
    return {
        "shippingMethodId": "pickup-1" if pickup else "courier-1",
        "shippingMethodName": cart.get("shipping_method", "In-store pickup" if pickup else "Courier"),
        "shippingCarrierName": "",
        "shippingRate": plain(priced.shipping),
        "shippingRateWithoutTax": plain(priced.shipping_without_tax),
        "discountedShippingRate": plain(priced.discounted_shipping),
        "isPickup": pickup,
        "fulfillmentType": "PICKUP" if pickup else "SHIPPING",
    }


def _surcharges(cart: Json, priced: PricedCart) -> list[Json]:
    if not priced.tip:
        return []
    percent = cart.get("tip_percent")
    total = plain(priced.tip)
    return [
        {
            "id": "tips",
            "value": total if percent is None else percent,
            "type": "ABSOLUTE" if percent is None else "PERCENT",
            "total": total,
            "totalWithoutTax": total,
            "description": "Tip",
            "taxable": False,
            "taxes": [],
        }
    ]


def _people(cart: Json) -> Json:
    buyer = cart.get("buyer") or {}
    known = person(buyer) if buyer.get("name") or buyer.get("company") else None
    reverse = bool(buyer.get("reverse_charge"))
    people: dict[str, Any] = {
        "email": buyer.get("email", ""),
        "customerTaxExempt": pays_no_tax(cart) and not reverse,
        "customerTaxId": buyer.get("tax_id", ""),
        "customerTaxIdValid": reverse,
        "reversedTaxApplied": reverse,
        "b2b_b2c": "b2b" if buyer.get("company") else "b2c",
    }
    if "id" in buyer:
        people["customerId"] = buyer["id"]
    if known:
        people["billingPerson"] = known
        if _is_delivered(cart) and not cart.get("pickup"):
            people["shippingPerson"] = known
    return people


def _notes(cart: Json, shop: Shop) -> Json:
    return {
        "orderComments": cart.get("comments", ""),
        "privateAdminNotes": "",
        "extraFields": {},
        "orderExtraFields": [],
        "lang": shop.profile["languages"]["defaultLanguage"],
    }
