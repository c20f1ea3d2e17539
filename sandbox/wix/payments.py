"""Payments of an order, and what they make of its balance and status."""

import secrets
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sandbox.rounding import half_up
from sandbox.switches import Switches
from sandbox.wix.sites import APPS
from sandbox.wix.values import ZERO, Json, Money, decimal, moment, new_id

RECEIVED = frozenset({"APPROVED", "REFUNDED", "PARTIALLY_REFUNDED"})
_METHODS = {
    "card": ("CreditCard", "Credit/debit card"),
    "paypal": ("PayPal", "PayPal"),
    "klarna": ("Klarna", "Klarna"),
    "offline": ("Offline", "Manual payment"),
}
_PREDEFINED = {"CASH", "BANK_TRANSFER", "CHECK"}
_ACTUAL = ("regularPaymentDetails", "giftcardPaymentDetails", "membershipPaymentDetails")


def new_payment(given: Json, amount: Decimal, money: Money, now: float) -> Json:
    """{"kind": "card" | "paypal" | "klarna" | "offline" | "gift_card" | "membership", "status", "method", "old", ...}

    `rounding` is the smallest coin: the amount is rounded to it, and what it was before is remembered.
    """
    created = given.get("created", moment(now))
    rounded, rounding = _to_coins(amount, given.get("rounding"), money)
    kind = given.get("kind", "card")
    details = {"gift_card": _gift_card, "membership": _membership}.get(kind, _regular)(given, kind)
    return {
        "id": given.get("id") or new_id(),
        "createdDate": created,
        "updatedDate": created,
        "amount": money(rounded),
        "status": given.get("status", "APPROVED"),
        "refundDisabled": False,
        **details,
        **rounding,
        **({"old": True} if given.get("old") else {}),
    }


def _to_coins(amount: Decimal, coin: Any, money: Money) -> tuple[Decimal, Json]:
    if not coin:
        return amount, {}
    rounded = half_up(amount / decimal(coin), 0) * decimal(coin)
    adjustment = money(rounded - amount)
    return rounded, {"cashRounding": {"unroundedAmount": money(amount), "roundingAdjustment": adjustment}}


def _regular(given: Json, kind: str) -> Json:
    method, name = _METHODS[kind]
    custom = given.get("method")
    own_name = {"predefined": custom} if custom in _PREDEFINED else {"custom": custom} if custom else None
    details: Json = {
        "paymentMethod": "Cash" if custom == "CASH" else method,
        "paymentMethodName": {"buyerLanguageName": name, "siteLanguageName": name},
        "offlinePayment": kind == "offline",
        "status": given.get("status", "APPROVED"),
    }
    if own_name:
        details["paymentMethodName"]["userDefinedName"] = own_name
    if kind != "offline":
        details |= {
            "paymentOrderId": new_id(),
            "gatewayTransactionId": new_id(),
            "providerTransactionId": given.get("provider_id", f"pi_sim_{secrets.token_hex(6)}"),
        }
    elif given.get("provider_id"):
        details["providerTransactionId"] = given["provider_id"]
    if kind == "card":
        details["creditCardDetails"] = {"lastFourDigits": "4242", "brand": "Visa"}
    return {"regularPaymentDetails": details}


def _gift_card(given: Json, _kind: str) -> Json:
    code = given.get("code", "**** **** 7Q2M")
    return {
        "giftcardPaymentDetails": {"giftCardPaymentId": new_id(), "appId": APPS["gift_cards"], "obfuscatedCode": code}
    }


def _membership(given: Json, _kind: str) -> Json:
    status = {"APPROVED": "CHARGED", "PENDING": "CHARGE_PENDING", "VOIDED": "VOIDED"}
    return {
        "membershipPaymentDetails": {
            "membershipId": given.get("membership_id") or new_id(),
            "lineItemId": given["line_id"],
            "status": status.get(given.get("status", "APPROVED"), "CHARGE_FAILED"),
            "name": {"original": given.get("name", "Ten-class card")},
            "providerAppId": APPS["pricing_plans"],
        }
    }


def wanted_payments(cart: Json, order: Json) -> list[tuple[Json, Decimal]]:
    """What the buyer pays with, each with its amount. One without an amount takes what is left to pay at checkout."""
    if cart.get("paid") is False:
        return []
    given = cart.get("payments", [{"kind": cart.get("payment", "card")}])
    left = _due_at_checkout(order) - sum((decimal(each["amount"]) for each in given if "amount" in each), ZERO)
    wanted = [(each, decimal(each["amount"]) if "amount" in each else left) for each in given]
    return [(each, amount) for each, amount in wanted if amount]


def _due_at_checkout(order: Json) -> Decimal:
    later = ZERO
    for line in order["lineItems"]:
        after = decimal(line.get("totalPriceAfterTax"))
        if line["paymentOption"] in {"FULL_PAYMENT_OFFLINE", "MEMBERSHIP_OFFLINE"}:
            later += after
        elif line["paymentOption"] == "DEPOSIT_ONLINE":
            later += after - decimal(line.get("depositAmount"))
    return decimal(order["priceSummary"]["total"]) - later


# -- what payments make of the order -----------------------------------------------------------------------------


def is_membership(payment: Json) -> bool:
    return "membershipPaymentDetails" in payment


def balance(order: Json, transactions: Json, switches: Switches) -> Json:
    money = Money(order["currency"], bool(switches["mixed_scale"]))
    payments, refunds = transactions["payments"], transactions["refunds"]
    total = decimal(order["priceSummary"]["total"])
    kept = [payment for payment in payments if _counts(payment)]
    cash = [payment for payment in kept if not is_membership(payment)]
    paid, refunded = _sum(cash), _refunded(refunds)
    covered = sum((_unrounded(payment) for payment in kept), ZERO)
    back = refunded if switches["balance_counts_refunds"] else ZERO
    chargebacks = [charge for payment in payments for charge in chargebacks_of(payment)]
    absorbed = decimal((order.get("platformFeeSummary") or {}).get("totalAbsorbed"))
    fees = decimal((order.get("platformFeeSummary") or {}).get("total"))
    rounding = sum((decimal((payment.get("cashRounding") or {}).get("roundingAdjustment")) for payment in kept), ZERO)
    amounts = {
        "balance": total - covered + back,
        "paid": paid,
        "refunded": refunded,
        "authorized": _sum(each for each in payments if each["status"] == "AUTHORIZED"),
        "pending": _sum(each for each in payments if each["status"] in {"PENDING", "PENDING_MERCHANT"}),
        "pendingRefund": _refunded(refunds, {"PENDING", "SCHEDULED", "STARTED"}),
        "chargeback": sum((decimal(charge["amount"]) for charge in chargebacks), ZERO),
        "chargebackReversal": sum((decimal(charge.get("reversalAmount")) for charge in chargebacks), ZERO),
        **({"platformFees": fees, "totalMinusPlatformFees": total - fees} if fees or absorbed else {}),
        **({"cashRoundingAdjustment": rounding} if rounding else {}),
    }
    return {name: money(amount) for name, amount in amounts.items()}


def payment_status(order: Json, transactions: Json, switches: Switches) -> str:
    payments = transactions["payments"]
    total = decimal(order["priceSummary"]["total"])
    kept = [payment for payment in payments if _counts(payment)]
    covered = sum((_unrounded(payment) for payment in kept), ZERO)
    refunded = _refunded(transactions["refunds"])
    if refunded:
        received = _sum(payment for payment in kept if not is_membership(payment))
        return "FULLY_REFUNDED" if refunded >= min(received, covered) else "PARTIALLY_REFUNDED"
    if covered >= total:
        return "PAID"
    if covered:
        return "PARTIALLY_PAID"
    statuses = {payment["status"] for payment in payments}
    if "AUTHORIZED" in statuses:
        return str(switches["authorized_order_status"])
    waiting = ("PENDING_MERCHANT", "PENDING", "DECLINED", "CANCELED")
    return next((status for status in waiting if status in statuses), "NOT_PAID")


def chargebacks_of(payment: Json) -> list[Json]:
    return list((payment.get("regularPaymentDetails") or {}).get("chargebacks", ()))


def _counts(payment: Json) -> bool:
    """Whether it was received, even if it was given back since: gift cards given back are voided."""
    given_back = "giftcardPaymentDetails" in payment and payment["status"] == "VOIDED" and payment.get("was_approved")
    return payment["status"] in RECEIVED or bool(given_back)


def _unrounded(payment: Json) -> Decimal:
    rounding = payment.get("cashRounding")
    return decimal(rounding["unroundedAmount"] if rounding else payment["amount"])


def _sum(payments: Iterable[Json]) -> Decimal:
    return sum((decimal(payment["amount"]) for payment in payments), ZERO)


def _refunded(refunds: Iterable[Json], statuses: Iterable[str] = ("SUCCEEDED",)) -> Decimal:
    parts = [part for refund in refunds for part in refund["transactions"] if part["refundStatus"] in statuses]
    return sum((decimal(part["amount"]) for part in parts), ZERO)


# -- what the API shows ------------------------------------------------------------------------------------------


def shown(transactions: Json, switches: Switches) -> Json:
    """Without what only the simulator knows, and as old or as new as the switches say."""
    return {**transactions, "payments": [_shown_payment(each, switches) for each in transactions["payments"]]}


def _shown_payment(payment: Json, switches: Switches) -> Json:
    told = {name: value for name, value in payment.items() if name not in {"was_approved", "old"}}
    name = next(each for each in _ACTUAL if each in told)
    if payment.get("old"):
        del told["status"]
    elif switches["deprecated_payment_fields"] == "gone":
        told[name] = {key: value for key, value in told[name].items() if key not in {"status", "paymentMethod"}}
    return told
