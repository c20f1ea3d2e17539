"""The order object that a priced cart becomes."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sandbox.wix.carts import CartLine, Discount, Fee, PricedCart, delivery
from sandbox.wix.catalog import order_reference
from sandbox.wix.pricing import Part, Tax
from sandbox.wix.sites import app_id
from sandbox.wix.store import SiteState
from sandbox.wix.values import ZERO, ZERO_ID, Json, decimal, new_id, tidy

_BUYER = {"first": "Ann", "last": "Hill", "email": "ann@example.com", "phone": "+44 113 4960000"}
_SERVICES = {"bookings", "table_reservations"}


def order_fields(priced: PricedCart, site: SiteState, *, taxable_gross: bool) -> Json:
    """Everything of the order that follows from its cart; nothing about its identity, state and payments."""
    writer = _Writer(priced, site, taxable_gross=taxable_gross)
    order = writer.order()
    for path in priced.cart.get("leave_out", ()):
        _leave_out(order, path.split("."))
    return dict(tidy(order))


class _Writer:
    def __init__(self, priced: PricedCart, site: SiteState, *, taxable_gross: bool) -> None:
        self.priced, self.cart, self.money, self.site = priced, priced.cart, priced.money, site
        self._taxable_gross = taxable_gross and priced.gross

    def order(self) -> Json:
        cart, settings = self.cart, self.site.settings
        return {
            "currency": self.money.currency,
            "taxIncludedInPrices": self.priced.gross,
            "siteLanguage": settings["language"],
            "buyerLanguage": cart.get("language", settings["language"]),
            "weightUnit": "LB" if settings["country"] == "US" else "KG",
            "lineItems": [self._line(number, line) for number, line in enumerate(self.priced.lines)],
            "priceSummary": self._summary(),
            **self._people(),
            "shippingInfo": self._shipping(),
            "appliedDiscounts": [self._discount(discount) for discount in self.priced.discounts],
            "additionalFees": [self._fee(fee) for fee in self.priced.fees],
            **self._order_tax(),
            "platformFeeSummary": self._platform_fees(),
            "channelInfo": {"type": cart.get("channel", "WEB"), "externalOrderId": cart.get("external_id")},
            "businessLocation": cart.get("location"),
            "buyerNote": cart.get("note"),
            "customFields": cart.get("custom_fields"),
        }

    # -- lines ---------------------------------------------------------------------------------------------------

    def _line(self, number: int, line: CartLine) -> Json:
        given, part, money = line.given, line.part, self.money
        module = given.get("module", "stores" if line.sold else "custom")
        name = given.get("name") or (line.sold[0]["name"] if line.sold else "Item")
        sku = given.get("sku")
        return {
            "id": given.get("id") or (new_id() if self.cart.get("line_ids") == "guid" else _line_id(number)),
            "productName": {"original": name, "translated": given.get("translated", name)},
            "catalogReference": self._reference(module, line),
            "quantity": line.quantity,
            "decimalQuantity": given.get("decimal_quantity"),
            "itemType": _item_type(module, given),
            "physicalProperties": {"sku": sku, "shippable": True} if sku or module == "stores" else None,
            "price": money(line.price),
            "priceBeforeDiscounts": money(line.before_discounts),
            "lineItemPrice": money(part.listed),
            "totalDiscount": money(part.discount),
            "totalPriceBeforeTax": money(part.before),
            "totalPriceAfterTax": money(part.after),
            "paymentOption": given.get("payment_option", "FULL_PAYMENT_ONLINE"),
            "depositAmount": money(decimal(given["deposit"])) if "deposit" in given else None,
            "descriptionLines": [
                {"name": {"original": option}, "plainText": {"original": choice}}
                for option, choice in self._choices(line).items()
            ],
            "modifierGroups": given.get("modifiers"),
            "subscriptionInfo": given.get("subscription"),
            "locations": given.get("locations"),
            **self._taxes_of(part),
        }

    def _choices(self, line: CartLine) -> Json:
        return dict(line.given.get("choices") or (line.sold[1]["choices"] if line.sold else {}))

    def _reference(self, module: str, line: CartLine) -> Json | None:
        given = line.given
        if module == "custom":
            return None
        options = given.get("options")
        if line.sold and module in {"stores", "stores_old"}:
            product, variant = line.sold
            options = order_reference(self.site, product, variant) if options is None else options
            return {"catalogItemId": product["id"], "appId": app_id(module), "options": options}
        return {"catalogItemId": given.get("item_id") or new_id(), "appId": app_id(module), "options": options}

    def _taxes_of(self, part: Part) -> Json:
        """`old_taxes`: as orders had it until 2024."""
        taxable = part.after if self._taxable_gross else part.before
        if self.cart.get("old_taxes"):
            told = {"taxableAmount": self.money(taxable), "taxRate": _rate(part.rate), "totalTax": self.money(part.tax)}
            return {"taxDetails": told}
        return {
            "taxInfo": {
                "taxAmount": self.money(part.tax),
                "taxableAmount": self.money(taxable if part.taxes else ZERO),
                "taxRate": _rate(part.rate),
                "taxIncludedInPrice": self.priced.gross,
                "taxBreakdown": [self._share(tax, amount, taxable) for tax, amount in part.shares],
            }
        }

    def _share(self, tax: Tax, amount: Decimal, taxable: Decimal) -> Json:
        amounts = {"taxAmount": amount, "taxableAmount": taxable, "nonTaxableAmount": ZERO}
        return {**_named(tax), **{name: self.money(value) for name, value in amounts.items()}}

    # -- the order -----------------------------------------------------------------------------------------------

    def _summary(self) -> Json:
        summary = self.priced.summary
        amounts = {**vars(summary), "totalAdditionalFees": summary.fees}
        del amounts["fees"]
        return {name: self.money(amount) for name, amount in amounts.items()}

    def _order_tax(self) -> Json:
        total = self.money(self.priced.summary.tax)
        if self.cart.get("old_taxes"):
            return {"taxSummary": {"totalTax": total}}
        shares = [
            {**_named(tax), "aggregatedTaxAmount": self.money(amount)} for tax, amount in self.priced.taxes.items()
        ]
        exempt = {"taxExempt": True} if self.cart.get("tax_exempt") else {}
        return {"taxInfo": {"totalTax": total, "taxBreakdown": shares, **exempt}}

    def _shipping(self) -> Json | None:
        given, part = delivery(self.cart), self.priced.shipping
        if given is None or part is None:
            return None
        place = self._address()
        destination = {"address": place["address"], "contactDetails": place["contactDetails"]}
        pickup = {"address": place["address"], "pickupMethod": "STORE_PICKUP"}
        return {
            "title": given.get("title", "Standard delivery"),
            "code": given.get("code"),
            "region": {"name": given.get("region", "Domestic")},
            "logistics": {"pickupDetails": pickup} if given.get("pickup") else {"shippingDestination": destination},
            "cost": {
                "price": self.money(part.listed),
                "discount": self.money(part.discount),
                "totalPriceBeforeTax": self.money(part.before),
                "totalPriceAfterTax": self.money(part.after),
                **self._taxes_of(part),
            },
        }

    def _fee(self, fee: Fee) -> Json:
        given, part = fee.given, fee.part
        return {
            "id": given["id"],
            "code": given["code"],
            "name": given["name"],
            "price": self.money(part.listed),
            "priceBeforeTax": self.money(part.before),
            "priceAfterTax": self.money(part.after),
            "source": given.get("source", "SERVICE_PLUGIN"),
            **self._taxes_of(part),
        }

    def _discount(self, discount: Discount) -> Json:
        given, amount = discount.given, self.money(discount.amount)
        on_some = "lines" in given
        name = given.get("name", given.get("code", "Discount"))
        bodies: dict[str, Json] = {
            "coupon": {
                "coupon": {
                    "id": given.get("id") or new_id(),
                    "code": given.get("code", "SAVE"),
                    "name": name,
                    "amount": amount,
                }
            },
            "merchant_discount": {
                "merchantDiscount": {
                    "amount": amount,
                    "description": given.get("description"),
                    "discountReason": given.get("reason"),
                }
            },
            "rule": {"discountRule": {"id": new_id(), "name": {"original": name}, "amount": amount}},
        }
        kind = "SHIPPING" if given.get("shipping") else "SPECIFIC_ITEMS" if on_some else "GLOBAL"
        shares = [
            {"id": line.given.get("id") or _line_id(number), "totalDiscount": self.money(share)}
            for number, (line, share) in enumerate(zip(self.priced.lines, discount.shares, strict=True))
            if share
        ]
        return {"id": new_id(), "discountType": kind, "lineItemDiscounts": shares, **bodies[discount.kind]}

    def _platform_fees(self) -> Json | None:
        given = self.cart.get("platform_fees")
        if not given:
            return None
        kinds = [(fee.get("charge_type", "PASS_ON"), decimal(fee["amount"])) for fee in given]
        sums = {kind: sum((amount for each, amount in kinds if each == kind), ZERO) for kind in ("PASS_ON", "ABSORBED")}
        return {
            "total": self.money(sum(sums.values(), ZERO)),
            "totalPassOn": self.money(sums["PASS_ON"]),
            "totalAbsorbed": self.money(sums["ABSORBED"]),
            "fees": [
                {
                    "name": {"original": fee["name"]},
                    "amount": self.money(amount),
                    "chargeType": kind,
                    "percentageRate": str(fee.get("rate", "0.01")),
                }
                for fee, (kind, amount) in zip(given, kinds, strict=True)
            ],
        }

    # -- people --------------------------------------------------------------------------------------------------

    def _people(self) -> Json:
        """An empty buyer is somebody at a till: neither an email address nor a billing address."""
        buyer = self.cart.get("buyer", _BUYER)
        if not buyer:
            return {"buyerInfo": {"visitorId": new_id()}}
        contact = buyer.get("contact_id") or new_id()
        who = {"memberId": buyer["member_id"]} if buyer.get("member_id") else {"visitorId": new_id()}
        place = self._address()
        return {
            "buyerInfo": {**who, "contactId": contact, "email": buyer.get("email")},
            "billingInfo": place,
            "recipientInfo": place,
        }

    def _address(self) -> Json:
        settings = self.site.settings
        buyer: Json = self.cart.get("buyer") or _BUYER
        address = {
            "country": settings["country"],
            "subdivision": settings["subdivision"],
            "city": settings["city"],
            "postalCode": settings["postalCode"],
            "addressLine": "4 Mill St",
            **buyer.get("address", {}),
        }
        names = (("firstName", "first"), ("lastName", "last"), ("phone", "phone"), ("company", "company"))
        return {"address": address, "contactDetails": {name: buyer.get(key) for name, key in names}}


def _line_id(number: int) -> str:
    """Most orders count their lines: the id is unique inside the order only."""
    return ZERO_ID[:-4] + f"{number + 1:04d}"


def _item_type(module: str, given: Json) -> Json:
    if given.get("item_type"):
        wanted = given["item_type"]
        return {"custom": wanted} if wanted != str(wanted).upper() else {"preset": wanted}
    kinds = {"gift_cards": "GIFT_CARD", **dict.fromkeys(_SERVICES, "SERVICE")}
    return {"preset": kinds.get(module, "PHYSICAL")}


def _named(tax: Tax) -> Json:
    return {
        "taxName": tax.name,
        "taxType": tax.kind,
        "jurisdiction": tax.jurisdiction,
        "jurisdictionType": tax.jurisdiction_type,
        "rate": _rate(tax.rate),
    }


def _rate(rate: Decimal) -> str:
    return f"{rate.normalize():f}"


def _leave_out(value: Any, path: list[str]) -> None:
    for each in value if isinstance(value, list) else [value]:
        if len(path) == 1:
            each.pop(path[0], None)
        elif path[0] in each:
            _leave_out(each[path[0]], path[1:])


def sold_goods(lines: Iterable[Json], site: SiteState) -> list[tuple[str, int]]:
    """Variants with the quantity that the lines of an order took of each."""
    return [
        (variant_id, int(line["quantity"]))
        for line in lines
        if (variant_id := variant_of(line, site.rows("product"))) is not None
    ]


def variant_of(line: Json, products: dict[str, Json]) -> str | None:
    reference = line.get("catalogReference") or {}
    product = products.get(reference.get("catalogItemId", ""))
    if product is None:
        return None
    named = (reference.get("options") or {}).get("variantId")
    known = [str(variant["id"]) for variant in product["variants"]]
    return named if named in known else known[0]
