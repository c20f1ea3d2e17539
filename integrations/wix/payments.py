"""What was paid for an eCommerce order, and by what: money, gift cards, or a membership that was paid for before.

The transactions decide; the order's own payment status follows them late.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from integrations.commerce import Tender
from integrations.money import ZERO, total_of
from integrations.values import Json, child, rows, text
from integrations.wix.values import moment, money, told_money

# Only these say that money came in; a refund later does not undo that it did.
_RECEIVED = frozenset({"APPROVED", "REFUNDED", "PARTIALLY_REFUNDED"})
_PREDEFINED = {"CASH": "Cash", "BANK_TRANSFER": "Bank transfer", "CHECK": "Check"}
_PAID = frozenset({"PAID", "PARTIALLY_REFUNDED", "FULLY_REFUNDED"})


@dataclass(frozen=True, slots=True)
class Payments:
    """`memberships` are the amounts that memberships covered, by the line item's id. `rounding` is what cash was
    rounded by, signed. `charged_back` is what buyers' banks took back: that is no refund."""

    tenders: tuple[Tender, ...]
    gift_cards: Decimal
    memberships: Mapping[str, Decimal]
    rounding: Decimal
    charged_back: Decimal

    @property
    def received(self) -> Decimal:
        return total_of(tender.amount for tender in self.tenders)


def payments_of(order: Json, transactions: Json) -> Payments:
    told = rows(transactions, "payments")
    received = [payment for payment in told if "regularPaymentDetails" in payment and _status(payment) in _RECEIVED]
    tenders = tuple(_tender(payment) for payment in received) if told else tuple(_by_status(order))
    cash = [child(payment, "cashRounding") for payment in received]
    returned = _returned(transactions)
    return Payments(
        tenders=tenders,
        gift_cards=total_of(money(payment, "amount") for payment in told if _is_redeemed(payment, returned)),
        memberships=dict(_memberships(told)),
        rounding=total_of(money(row, "roundingAdjustment") for row in cash),
        charged_back=total_of(_charged_back(payment) for payment in received),
    )


def method_of(payment: Json) -> str:
    """The name that the merchant gave the method, else Wix's word for it, else what buyers see."""
    details = child(payment, "regularPaymentDetails")
    names = child(details, "paymentMethodName")
    own = child(names, "userDefinedName")
    predefined = text(own, "predefined")
    return (
        text(own, "custom")
        or _PREDEFINED.get(predefined, predefined)
        or text(details, "paymentMethod")
        or text(names, "siteLanguageName", "buyerLanguageName")
    )


def is_money(payment: Json) -> bool:
    """Gift cards and memberships are no money that comes in or goes out."""
    return "giftcardPaymentDetails" not in payment and "membershipPaymentDetails" not in payment


def _status(payment: Json) -> str:
    """The payment's own status; older ones have it in the details alone."""
    return text(payment, "status") or text(child(payment, "regularPaymentDetails"), "status")


def _tender(payment: Json) -> Tender:
    details = child(payment, "regularPaymentDetails")
    return Tender(
        ref=text(payment, "id"),
        method=method_of(payment),
        amount=money(payment, "amount"),
        paid_at=moment(payment, "createdDate", "updatedDate"),
        reference=text(details, "providerTransactionId", "gatewayTransactionId"),
    )


def _by_status(order: Json) -> Iterator[Tender]:
    """Orders of other channels are paid there: Wix knows the amount and no payment."""
    paid = told_money(child(order, "balanceSummary"), "paid")
    amount = money(child(order, "priceSummary"), "total") if paid is None else paid
    if text(order, "paymentStatus") in _PAID and amount > 0:
        channel = text(child(order, "channelInfo"), "type")
        yield Tender(
            ref="payment", method=channel, amount=amount, paid_at=moment(order, "purchasedDate", "createdDate")
        )


def _is_redeemed(payment: Json, returned: frozenset[str]) -> bool:
    """A gift card that was given back is void, like one that was never charged; only the former has a refund."""
    if "giftcardPaymentDetails" not in payment:
        return False
    is_void = child(payment, "giftcardPaymentDetails").get("voided") is True or _status(payment) == "VOIDED"
    if is_void:
        return text(payment, "id") in returned
    return _status(payment) in {"APPROVED", ""}


def _returned(transactions: Json) -> frozenset[str]:
    """The ids of payments of which something went back."""
    sent = [row for refund in rows(transactions, "refunds") for row in rows(refund, "transactions")]
    return frozenset(text(row, "paymentId") for row in sent if text(row, "refundStatus") == "SUCCEEDED")


def _memberships(told: list[Json]) -> Iterator[tuple[str, Decimal]]:
    for payment in told:
        details = child(payment, "membershipPaymentDetails")
        status = text(payment, "status") or {"CHARGED": "APPROVED"}.get(text(details, "status"), "")
        if details and status == "APPROVED" and details.get("voided") is not True:
            yield text(details, "lineItemId"), money(payment, "amount")


def _charged_back(payment: Json) -> Decimal:
    found = rows(child(payment, "regularPaymentDetails"), "chargebacks")
    taken = (row for row in found if text(row, "status") == "APPROVED")
    return total_of(money(row, "amount") - money(row, "reversalAmount") for row in taken) or ZERO
