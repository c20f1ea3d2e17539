"""Refunds: what is given back for which parts, through which payments, and how that ends."""

import secrets
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sandbox.rounding import half_up
from sandbox.wix.errors import refused
from sandbox.wix.payments import RECEIVED, is_membership
from sandbox.wix.values import ZERO, Json, Money, decimal, moment, new_id

OPEN = frozenset({"PENDING", "SCHEDULED", "STARTED"})


def new_refund(order: Json, transactions: Json, asked: Json, money: Money, now: float, *, told: str = "gross") -> Json:
    """{"lines": [{"line", "quantity"}], "shipping": 6, "fees": [{"fee", "amount"}], "amount": 20,
    "payments": [{"payment", "amount", "outcome", "external"}], "outcome": "SUCCEEDED", "external": false, "reason"}

    Lines, fees and payments are named by id or by their place from 0. Without an amount, what the parts cost is given
    back; without parts and amount, everything. `shipping` true is all of it. `told` is how the details tell shipping
    and fees: "gross" as what they cost the buyer, "net" without tax. Raises WixError.
    """
    details, worth = _parts(order, transactions, asked, money, told)
    left = sum((refundable(payment, transactions) for payment in transactions["payments"]), ZERO)
    amount = decimal(asked["amount"]) if "amount" in asked else worth if details else left
    rows = _through(transactions, amount, asked, money)
    reason = {"reason": asked["reason"]} if asked.get("reason") else {}
    return {
        "id": asked.get("id") or new_id(),
        "createdDate": moment(now),
        "transactions": rows,
        "details": {**details, "shippingIncluded": "shipping" in details, **reason},
        "requestingServiceAppId": asked.get("app_id"),
        "summary": summary_of(rows, details, order, money),
    }


def refundable(payment: Json, transactions: Json) -> Decimal:
    """What can still be given back through a payment."""
    if payment["status"] not in RECEIVED or is_membership(payment):
        return ZERO
    taken = [
        decimal(part["amount"])
        for refund in transactions["refunds"]
        for part in refund["transactions"]
        if part["paymentId"] == payment["id"] and part["refundStatus"] != "FAILED"
    ]
    return decimal(payment["amount"]) - sum(taken, ZERO)


# -- parts -------------------------------------------------------------------------------------------------------


def _parts(order: Json, transactions: Json, asked: Json, money: Money, told: str) -> tuple[Json, Decimal]:
    """The details of the refund, and what they cost the buyer."""
    details: Json = {}
    worth = ZERO
    for wanted in asked.get("lines", ()):
        line = picked(order["lineItems"], wanted["line"], "LINE_ITEM_NOT_FOUND")
        quantity = int(wanted.get("quantity", line["quantity"]))
        if quantity > line["quantity"] - units_refunded(transactions, line["id"]):
            raise refused(400, "INVALID_REFUND_ITEM_QUANTITY", f"{quantity} of line {line['id']} cannot be refunded")
        worth += line_worth(line, quantity, money.places)
        details.setdefault("lineItems", []).append({"lineItemId": line["id"], "quantity": quantity})
    if asked.get("shipping"):
        if "shippingInfo" not in order:
            raise refused(400, "SHIPPING_NOT_FOUND")
        cost = order["shippingInfo"]["cost"]
        amount = decimal(cost["totalPriceAfterTax"] if asked["shipping"] is True else asked["shipping"])
        shown = (
            amount if told == "gross" else _net(amount, cost["totalPriceBeforeTax"], cost["totalPriceAfterTax"], money)
        )
        details["shipping"] = {"amount": money(shown)}
        worth += amount
    for wanted in asked.get("fees", ()):
        fee = picked(order.get("additionalFees", ()), wanted["fee"], "ADDITIONAL_FEE_NOT_FOUND")
        amount = decimal(wanted.get("amount", fee["priceAfterTax"]))
        if amount > decimal(fee["priceAfterTax"]):
            raise refused(400, "INVALID_ADDITIONAL_FEE_REFUND_AMOUNT")
        shown = amount if told == "gross" else _net(amount, fee["priceBeforeTax"], fee["priceAfterTax"], money)
        details.setdefault("additionalFees", []).append({"additionalFeeId": fee["id"], "amount": money(shown)})
        worth += amount
    return details, worth


def _net(amount: Decimal, before: Json, after: Json, money: Money) -> Decimal:
    """The part of an amount that is not tax, of a part that costs so much before and after tax."""
    whole = decimal(after)
    return half_up(Fraction(amount) * Fraction(decimal(before)) / Fraction(whole), money.places) if whole else amount


def line_worth(line: Json, quantity: int, places: int) -> Decimal:
    """What the buyer paid for so many units of a line."""
    return half_up(Fraction(decimal(line["totalPriceAfterTax"])) * quantity / line["quantity"], places)


def units_refunded(transactions: Json, line_id: str) -> int:
    return sum(
        row["quantity"]
        for refund in transactions["refunds"]
        if any(part["refundStatus"] != "FAILED" for part in refund["transactions"])
        for row in refund["details"].get("lineItems", ())
        if row["lineItemId"] == line_id
    )


def picked(rows: Sequence[Json], name: Any, code: str) -> Json:
    """The row of that id or place. Raises WixError."""
    for number, row in enumerate(rows):
        if name in (row["id"], number):
            return row
    raise refused(404, code, f"{name!r} is not there")


# -- payments ----------------------------------------------------------------------------------------------------


def _through(transactions: Json, amount: Decimal, asked: Json, money: Money) -> list[Json]:
    """How the amount is split over payments: as asked, else one payment after the other."""
    wanted = asked.get("payments") or _filled(transactions, amount)
    rows = []
    for each in wanted:
        payment = picked(transactions["payments"], each["payment"], "PAYMENT_NOT_FOUND")
        part, left = decimal(each.get("amount", amount)), refundable(payment, transactions)
        whole_only = "giftcardPaymentDetails" in payment
        if not 0 < part <= left or (whole_only and part != left):
            raise refused(400, "INVALID_PAYMENT_REFUND_AMOUNT", f"{part} cannot be refunded, {left} is left")
        external = bool(each.get("external", asked.get("external", False)))
        rows.append(
            {
                "paymentId": payment["id"],
                "amount": money(part),
                "refundStatus": each.get("outcome", asked.get("outcome", "SUCCEEDED")),
                "externalRefund": external,
                **({} if external else {"gatewayRefundId": new_id(), "providerRefundId": f"re_{secrets.token_hex(6)}"}),
            }
        )
    return rows


def _filled(transactions: Json, amount: Decimal) -> list[Json]:
    rows = []
    for payment in transactions["payments"]:
        part = min(refundable(payment, transactions), amount)
        if part > 0:
            rows.append({"payment": payment["id"], "amount": part})
            amount -= part
    if amount > 0 or not rows:
        raise refused(400, "INVALID_PAYMENT_REFUND_AMOUNT", "more than was paid cannot be refunded")
    return rows


def summary_of(rows: Sequence[Json], details: Json, order: Json, money: Money) -> Json:
    """`breakdown` comes when all is over; `pending` tells of PENDING alone."""
    sums = dict.fromkeys(("SUCCEEDED", "FAILED", "PENDING", "SCHEDULED", "STARTED"), ZERO)
    for row in rows:
        sums[row["refundStatus"]] += decimal(row["amount"])
    waiting = sum((sums[status] for status in OPEN), ZERO)
    summary: Json = {
        "requestedRefund": money(sum(sums.values(), ZERO)),
        "refunded": money(sums["SUCCEEDED"]),
        "failedRefundAmount": money(sums["FAILED"]),
        "pendingRefund": money(waiting),
        "pending": bool(sums["PENDING"]),
    }
    if not waiting and sums["SUCCEEDED"] and details.get("lineItems"):
        lines = {line["id"]: line for line in order["lineItems"]}
        summary["breakdown"] = {
            "lineItems": [
                {
                    "lineItemId": row["lineItemId"],
                    "totalRefundedAmount": money(line_worth(lines[row["lineItemId"]], row["quantity"], money.places)),
                }
                for row in details["lineItems"]
            ]
        }
    return summary


def is_over(refund: Json) -> bool:
    return not any(part["refundStatus"] in OPEN for part in refund["transactions"])


def settled(refund: Json, order: Json, outcome: str, money: Money, only: Sequence[str] | None = None) -> Json:
    """The refund with its open parts (those of the payments in `only`) ended as said."""
    rows = [
        {**part, "refundStatus": outcome, **_failure(outcome)}
        if part["refundStatus"] in OPEN and (only is None or part["paymentId"] in only)
        else part
        for part in refund["transactions"]
    ]
    return {**refund, "transactions": rows, "summary": summary_of(rows, refund["details"], order, money)}


def _failure(outcome: str) -> Json:
    told = {"paymentGatewayReasonCode": "6046", "description": "The bank refused the refund"}
    return {"refundStatusInfo": told} if outcome == "FAILED" else {}


def payment_after(payment: Json, transactions: Json, now: float) -> Json:
    """The payment with the status that its succeeded refunds give it. A gift card given back is voided."""
    back = sum(
        (
            decimal(part["amount"])
            for refund in transactions["refunds"]
            for part in refund["transactions"]
            if part["paymentId"] == payment["id"] and part["refundStatus"] == "SUCCEEDED"
        ),
        ZERO,
    )
    if not back:
        return payment
    changed = {**payment, "updatedDate": moment(now)}
    if "regularPaymentDetails" not in payment:
        return {**changed, "status": "VOIDED", "was_approved": True}
    status = "REFUNDED" if back >= decimal(payment["amount"]) else "PARTIALLY_REFUNDED"
    return {
        **changed,
        "status": status,
        "regularPaymentDetails": {**payment["regularPaymentDetails"], "status": status},
    }
