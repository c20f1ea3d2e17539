"""Orders as Ecwid tells them, for the tests of the reader."""

import json
from copy import deepcopy
from decimal import Decimal
from typing import Any

from integrations.commerce import Order, OrderLine
from integrations.ecwid.reader import payload_of, read_order
from integrations.money import json_dumps, json_loads

D = Decimal

_PERSON = {
    "name": "Ana Ruiz",
    "firstName": "Ana",
    "lastName": "Ruiz",
    "companyName": "Ruiz & Co",
    "street": "1 Elm St\nApt 2",
    "city": "Austin",
    "countryCode": "US",
    "countryName": "United States",
    "postalCode": "78701",
    "stateOrProvinceCode": "TX",
    "stateOrProvinceName": "Texas",
    "phone": "555-0100",
}


def tax(total: str, name: str = "Sales tax", rate: str = "8", **more: Any) -> dict[str, Any]:
    return {"name": name, "value": D(rate), "total": D(total), **more}


def item(number: int, price: str, quantity: int = 1, *taxes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An item whose tax is the sum of its taxes, unless told otherwise."""
    return {
        "id": number,
        "productId": 500 + number,
        "sku": f"SKU-{number}",
        "name": f"Thing {number}",
        "quantity": quantity,
        "price": D(price),
        "tax": sum((each["total"] for each in taxes), D(0)),
        "taxes": list(taxes),
        **more,
    }


def order(*items: dict[str, Any], total: str, **more: Any) -> dict[str, Any]:
    """A paid order of a store that adds tax; its tax is what the items carry, unless told otherwise."""
    return {
        "id": "K3T9Q",
        "internalId": 481920377,
        "createTimestamp": 1772460309,
        "updateTimestamp": 1772460390,
        "paymentStatus": "PAID",
        "fulfillmentStatus": "AWAITING_PROCESSING",
        "subtotal": sum((each["price"] * each["quantity"] for each in items), D(0)),
        "tax": sum((each["tax"] for each in items), D(0)),
        "total": D(total),
        "pricesIncludeTax": False,
        "items": list(items),
        **more,
    }


def example_a_separate() -> dict[str, Any]:
    """Tax 8 % on goods, shipping 10 and handling 2; coupon 10 %, 6.00 off, tip 5, gift card 20; tax on shipping
    apart."""
    tee = item(9001, "25", 2, tax("3.33", taxOnDiscountedSubtotal=D("3.33"), taxOnShipping=0), combinationId=7101)
    tee |= {
        "couponAmount": 5,
        "discounts": [{"total": D("3.33")}],
        "sku": "TEE-M",
        "name": "Tee",
        "trackQuantity": True,
    }
    tee["selectedOptions"] = [{"name": "Size", "type": "CHOICE", "value": "M", "valuesArray": ["M"]}]
    hat = item(9002, "40", 1, tax("2.67", taxOnDiscountedSubtotal=D("2.67"), taxOnShipping=0))
    hat |= {"couponAmount": 4, "discounts": [{"total": D("2.67")}], "sku": "HAT-1", "name": "Hat"}
    return {
        **order(tee, hat, total="78.96"),
        "id": "WEB-K3T9Q",
        "email": "ana@example.test",
        "paymentMethod": "Card",
        "paymentModule": "CUSTOM_PAYMENT_APP-simpay",
        "externalTransactionId": "txn_0001",
        "couponDiscount": 9,
        "discount": 6,
        "tax": D("6.96"),
        "totalBeforeGiftCardRedemption": D("98.96"),
        "giftCardRedemption": 20,
        "discountCoupon": {"discountType": "PERCENT", "discount": 10},
        "discountInfo": [{"value": 6, "type": "ABS", "base": "ON_TOTAL"}],
        "shippingOption": {"shippingMethodName": "Courier", "shippingRate": 10},
        "handlingFee": {"name": "Handling", "value": 2, "taxes": []},
        "taxesOnShipping": [tax("0.96")],
        "customSurcharges": [{"id": "tips", "type": "ABSOLUTE", "total": 5, "description": "Tip", "taxes": []}],
        "customerId": 3301,
        "billingPerson": dict(_PERSON),
        "orderComments": "Please ring",
    }


def example_a_inside() -> dict[str, Any]:
    """The same order, the tax on shipping inside the items."""
    told = deepcopy(example_a_separate())
    for row, share, whole in zip(told["items"], ("0.53", "0.43"), ("3.86", "3.10"), strict=True):
        row["tax"] = D(whole)
        row["taxes"][0] |= {"total": D(whole), "taxOnShipping": D(share)}
    return told


def example_b() -> dict[str, Any]:
    """Prices with 20 % VAT; coupon 10 %; shipping 12."""
    lamp = item(1, "120", 1, tax("18", "VAT", "20"), couponAmount=12)
    bulb = item(2, "30", 2, tax("9", "VAT", "20"), couponAmount=6)
    return order(
        lamp,
        bulb,
        total="174",
        tax=29,
        pricesIncludeTax=True,
        couponDiscount=18,
        shippingOption={"shippingRate": 12, "shippingRateWithoutTax": 10},
        taxesOnShipping=[tax("2", "VAT", "20")],
    )


def example_c() -> dict[str, Any]:
    """Prices with 21 % tax: 3 x 9.99, rounded per line."""
    return order(item(1, "9.99", 3, tax("5.20", "BTW", "21")), total="29.97", pricesIncludeTax=True)


def read(told: dict[str, Any], *, currency: str = "USD", places: int = 2, store_includes_tax: bool = False) -> Order:
    """Through JSON and back, as the payload travels in earnest."""
    payload = payload_of(told, store_id="1003", currency=currency, places=places, prices_include_tax=store_includes_tax)
    json.loads(json_dumps(payload))
    return read_order(json_loads(json_dumps(payload)))


def line(order: Order, ref: str) -> OrderLine:
    return next(each for each in order.lines if each.ref == ref)


def shares(order: Order, ref: str) -> list[tuple[str, str, str]]:
    """(name, rate, amount) of the taxes on a line."""
    return [(share.name, str(share.rate), str(share.amount)) for share in line(order, ref).taxes]
