"""Orders as Wix writes them, with the figures of worked examples."""

from typing import Any

STORES = "215238eb-22a5-4c36-9e7b-e7c08025e04e"
OLD_STORES = "1380b703-ce81-ff05-f115-39571d94dfcd"
BOOKINGS = "13d21c63-b5ec-5912-8397-c3a5ddb27a97"
GIFT_CARDS = "d80111c5-a0f4-47a8-b63a-65b54d774a27"

ORDER_ID = "7c1d0b52-3a61-4b0e-9d55-0c5a1f0e1001"
PAYMENT_ID = "91a0c0de-0000-4000-8000-000000000101"


def amount(value: str) -> dict[str, str]:
    return {"amount": value, "formattedAmount": f"?{value}"}


def line_id(place: int) -> str:
    return f"00000000-0000-0000-0000-{place:012}"


def tax(charged: str, rate: str, name: str = "", **more: Any) -> dict[str, Any]:
    entry = {"taxName": name, "taxType": "VAT", "jurisdiction": "Here", "rate": rate, "taxAmount": amount(charged)}
    told = {"taxAmount": amount(charged), "taxRate": rate}
    return {**told, **({"taxBreakdown": [entry]} if name else {}), **more}


def item(place: int, name: str, quantity: int, price: str, *charged: str, **more: Any) -> dict[str, Any]:
    """`charged` is before tax and after tax."""
    before, after = charged
    return {
        "id": line_id(place),
        "productName": {"original": name, "translated": f"{name} (traduit)"},
        "catalogReference": {"catalogItemId": f"product-{place}", "appId": STORES},
        "quantity": quantity,
        "itemType": {"preset": "PHYSICAL"},
        "price": amount(price),
        "totalPriceBeforeTax": amount(before),
        "totalPriceAfterTax": amount(after),
        **more,
    }


def fee(name: str, before: str, after: str, **more: Any) -> dict[str, Any]:
    row = {"id": f"fee-{name}", "name": name, "price": amount(before)}
    return {**row, "priceBeforeTax": amount(before), "priceAfterTax": amount(after), **more}


def shipping(price: str, before: str, after: str, **more: Any) -> dict[str, Any]:
    cost = {"price": amount(price), "totalPriceBeforeTax": amount(before), "totalPriceAfterTax": amount(after)}
    return {"title": "Royal Mail 48", "cost": {**cost, **more}}


def summary(**amounts: str) -> dict[str, Any]:
    return {name: amount(value) for name, value in amounts.items()}


def order(items: list[Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": ORDER_ID,
        "number": "10057",
        "createdDate": "2026-11-19T10:15:30.120Z",
        "updatedDate": "2026-11-19T10:15:41.003Z",
        "status": "APPROVED",
        "paymentStatus": "PAID",
        "fulfillmentStatus": "NOT_FULFILLED",
        "currency": "GBP",
        "taxIncludedInPrices": False,
        "lineItems": items,
        **fields,
    }


def payment(value: str, *, status: str = "APPROVED", ref: str = PAYMENT_ID, **more: Any) -> dict[str, Any]:
    details = {"paymentMethod": "CreditCard", "providerTransactionId": "pi_1", "gatewayTransactionId": "gw_1"}
    row = {"id": ref, "createdDate": "2026-11-19T10:15:33.000Z", "amount": amount(value), "status": status}
    return {**row, "regularPaymentDetails": details, **more}


def gift_card(value: str, *, status: str = "APPROVED", ref: str = "gift") -> dict[str, Any]:
    row = {"id": ref, "createdDate": "2026-11-19T10:15:33.000Z", "amount": amount(value), "status": status}
    return {**row, "giftcardPaymentDetails": {"obfuscatedCode": "***1"}}


def membership(value: str, line: str) -> dict[str, Any]:
    row = {"id": "member", "createdDate": "2026-11-19T10:15:33.000Z", "amount": amount(value), "status": "APPROVED"}
    return {**row, "membershipPaymentDetails": {"membershipId": "m", "lineItemId": line, "status": "CHARGED"}}


def refund(ref: str, *sent: tuple[str, str, str], day: int = 21, **more: Any) -> dict[str, Any]:
    """`sent` are (payment, amount, status)."""
    told = [{"paymentId": paid, "amount": amount(value), "refundStatus": status} for paid, value, status in sent]
    return {"id": ref, "createdDate": f"2026-11-{day}T09:00:00.000Z", "transactions": told, **more}


def payload(order: Any, *payments: Any, refunds: Any = (), tips: Any = (), fulfillments: Any = ()) -> dict[str, Any]:
    transactions = {"orderId": order.get("id"), "payments": list(payments), "refunds": list(refunds)}
    return {"order": order, "transactions": transactions, "tips": list(tips), "fulfillments": list(fulfillments)}


def us_order(**fields: Any) -> dict[str, Any]:
    """Prices without tax, a coupon of 10 %, 8 % tax, shipping that is taxed and a gift wrap that is not: 64.91."""
    lines = [
        item(1, "Mug", 3, "12.0", "32.40", "34.99", lineItemPrice=amount("36"), totalDiscount=amount("3.60"),
             taxInfo=tax("2.59", "0.08", "State")),
        item(2, "Poster", 1, "20", "18.0", "19.44", lineItemPrice=amount("20.00"), totalDiscount=amount("2"),
             taxInfo=tax("1.44", "0.08", "State")),
    ]  # fmt: skip
    told = summary(
        subtotal="56.00", shipping="6.0", totalAdditionalFees="4", discount="5.60", tax="4.51", total="64.91"
    )
    mine = {
        "currency": "USD",
        "shippingInfo": shipping("6.00", "6", "6.48", taxInfo=tax("0.48", "0.08", "State")),
        "additionalFees": [fee("Gift wrap", "4.00", "4")],
        "priceSummary": told,
    }
    return order(lines, **{**mine, **fields})


def uk_order(**fields: Any) -> dict[str, Any]:
    """Prices with 20 % VAT: a lamp at 24.00, twice, and shipping of 6.00. The buyer pays 54.00."""
    lamp = item(1, "Desk lamp", 2, "24.0", "40.00", "48.00", lineItemPrice=amount("48.00"), totalDiscount=amount("0"),
                taxInfo=tax("8.00", "0.2", "VAT"),
                physicalProperties={"sku": "LAMP-GRN"},
                descriptionLines=[{"name": {"original": "Colour"}, "plainText": {"original": "Green"}}])  # fmt: skip
    lamp["catalogReference"]["options"] = {"variantId": "variant-green"}
    mine = {
        "taxIncludedInPrices": True,
        "shippingInfo": shipping("6.00", "5.00", "6.00", taxInfo=tax("1.00", "0.2")),
        "priceSummary": summary(subtotal="40.00", shipping="5.00", tax="9.00", discount="0.00", total="54.00"),
    }
    return order([lamp], **{**mine, **fields})
