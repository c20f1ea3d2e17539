"""The endpoints of payments and refunds of orders."""

from decimal import Decimal
from typing import Any

from sandbox.wix import refunds
from sandbox.wix.calls import Call, Endpoint
from sandbox.wix.errors import WixError, refused
from sandbox.wix.orders import found, order_ids
from sandbox.wix.payments import shown
from sandbox.wix.values import ZERO, Json, Money, decimal

READ, MANAGE = "ECOM.READ_TRANSACTIONS", "ECOM.MANAGE_TRANSACTIONS"
_STATUSES = {"APPROVED", "DECLINED", "CANCELED", "VOIDED"}


def list_payments(call: Call, order: str) -> Json:
    return {"orderTransactions": _transactions(call, found(call, order)["id"])}


def list_payments_of(call: Call) -> Json:
    """Orders that are not there have no payments."""
    return {"orderTransactions": [_transactions(call, order_id) for order_id in order_ids(call)]}


def _transactions(call: Call, order_id: str) -> Json:
    return shown(call.desk.transactions(order_id), call.switches)


def add_payments(call: Call, order: str) -> Json:
    """One whose provider's id is known fails the whole call."""
    target = found(call, order)
    known = {
        (payment.get("regularPaymentDetails") or {}).get("providerTransactionId")
        for transactions in call.site.rows("transactions").values()
        for payment in transactions["payments"]
    }
    rows = []
    for given in call.body.get("payments", ()):
        details = given.get("regularPaymentDetails") or {}
        provider_id = details.get("providerTransactionId")
        if provider_id and provider_id in known:
            raise refused(400, "DUPLICATE_PROVIDER_TRANSACTION_ID", f"{provider_id} is recorded already")
        known.add(provider_id)
        method = ((details.get("paymentMethodName") or {}).get("userDefinedName") or {}).get("predefined")
        amount = {"amount": decimal(given["amount"])} if "amount" in given else {}
        rows.append({"kind": "offline", "method": method, "provider_id": provider_id, **amount})
    added = call.desk.add_payments(target, rows)
    return {"orderTransactions": _transactions(call, target["id"]), "paymentsIds": [each["id"] for each in added]}


def update_payment_status(call: Call, payment: str, order: str) -> Json:
    status = call.body.get("status")
    if status not in _STATUSES:
        raise refused(400, "STATUS_NOT_ALLOWED", f"{status} cannot be set")
    target = found(call, order)
    call.desk.set_payment(target, payment, {"status": status})
    return {"orderTransactions": _transactions(call, target["id"])}


# -- refunds -----------------------------------------------------------------------------------------------------


def get_refundability(call: Call) -> Json:
    order = found(call, call.body.get("orderId"))
    transactions = call.desk.transactions(order["id"])
    money = Money(order["currency"], bool(call.switches["mixed_scale"]))
    payments = [_refundability(payment, transactions, money) for payment in transactions["payments"]]
    lines = [
        {
            "lineItemId": line["id"],
            "availableRefundQuantity": line["quantity"] - refunds.units_refunded(transactions, line["id"]),
        }
        for line in order["lineItems"]
    ]
    return {"refundability": {"payments": payments, "lineItems": lines}}


def _refundability(payment: Json, transactions: Json, money: Money) -> Json:
    left = refunds.refundable(payment, transactions)
    if not left:
        return {"paymentId": payment["id"], "nonRefundable": {"reason": "NOTHING_TO_REFUND"}}
    manual = (payment.get("regularPaymentDetails") or {}).get("offlinePayment")
    kind = "manuallyRefundable" if manual else "refundable"
    return {"paymentId": payment["id"], "availableRefundAmount": money(left), kind: {"reason": "OK"}}


def calculate_refund(call: Call) -> Json:
    order = found(call, call.body.get("orderId"))
    try:
        refund = _preview(call, order)
    except WixError as error:
        return {"notAvailable": {"errors": [error.body["details"]]}}
    money = Money(order["currency"], bool(call.switches["mixed_scale"]))
    lines = {line["id"]: line for line in order["lineItems"]}
    rows = refund["details"].get("lineItems", ())
    subtotal = sum(
        (decimal(lines[row["lineItemId"]]["lineItemPrice"]) / lines[row["lineItemId"]]["quantity"] * row["quantity"])
        for row in rows
    )
    fees = sum((decimal(row["amount"]) for row in refund["details"].get("additionalFees", ())), ZERO)
    total = decimal(refund["summary"]["requestedRefund"])
    tax = sum((_tax_share(lines[row["lineItemId"]], row["quantity"], money) for row in rows), ZERO)
    summary = {"total": total, "tax": tax, "lineItemsSubtotal": Decimal(subtotal), "additionalFeesTotal": fees}
    return {
        "available": True,
        "summary": {name: money(amount) for name, amount in summary.items()},
        "calculatedRefundItems": refund["details"],
    }


def _tax_share(line: Json, quantity: int, money: Money) -> Decimal:
    before = {**line, "totalPriceAfterTax": line["totalPriceBeforeTax"]}
    return refunds.line_worth(line, quantity, money.places) - refunds.line_worth(before, quantity, money.places)


def _preview(call: Call, order: Json) -> Json:
    transactions = call.desk.transactions(order["id"])
    money = Money(order["currency"], bool(call.switches["mixed_scale"]))
    return refunds.new_refund(order, transactions, _asked(call.body), money, call.timestamp)


def refund_payments(call: Call) -> Json:
    order = found(call, call.body.get("orderId"))
    restock = (call.body.get("sideEffects") or {}).get("restock")
    rows = [{"line": row["lineItemId"], "quantity": row["quantity"]} for row in (restock or {}).get("lineItems", ())]
    asked = {**_asked(call.body), "restock": rows or restock is not None, "reason": call.body.get("customerReason")}
    refund = call.desk.refund(order, {**asked, "app_id": call.app_id or None})
    return {"refund": refund, "orderTransactions": _transactions(call, order["id"])}


def _asked(body: Json) -> Json:
    """What a refund of the API asks for, in the words of the control API."""
    items = body.get("refundItems") or {}
    lines = [{"line": row["lineItemId"], "quantity": row["quantity"]} for row in items.get("lineItems", ())]
    fees = [
        {"fee": row["additionalFeeId"], "amount": decimal(row["amount"])} for row in items.get("additionalFees", ())
    ]
    shipping = {"shipping": decimal(items["shipping"]["amount"])} if items.get("shipping") else {}
    asked: dict[str, Any] = {"lines": lines, "fees": fees, **shipping}
    if body.get("paymentRefunds"):
        asked["payments"] = [
            {
                "payment": row["paymentId"],
                "external": row.get("externalRefund", False),
                **({"amount": decimal(row["amount"])} if "amount" in row else {}),
            }
            for row in body["paymentRefunds"]
        ]
    return asked


_BILLING = "/ecom/v1/order-billing"
ENDPOINTS = (
    Endpoint("GET", "/ecom/v1/payments/orders/<order>", READ, list_payments),
    Endpoint("POST", "/ecom/v1/payments/list-by-ids", READ, list_payments_of),
    Endpoint("POST", "/ecom/v1/payments/orders/<order>/add-payment", MANAGE, add_payments),
    Endpoint(
        "POST",
        "/ecom/v1/payments/<payment>/orders/<order>/update-payment-transaction-status",
        MANAGE,
        update_payment_status,
    ),
    Endpoint("POST", f"{_BILLING}/get-order-refundability", READ, get_refundability),
    Endpoint("POST", f"{_BILLING}/calculate-refund", READ, calculate_refund),
    Endpoint("POST", f"{_BILLING}/refund-payments", MANAGE, refund_payments),
)
