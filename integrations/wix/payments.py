"""What was paid for an eCommerce order, and by what: money, gift cards, or a membership that was paid for before.

The transactions decide; the order's own payment status follows them late.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from integrations.commerce import Tender
from integrations.money import ZERO, total_of
from integrations.values import Json, child, rows, text
from integrations.wix.values import moment, money, told_money

# Only these say that money came in; a refund later does not undo that it did.
_RECEIVED = frozenset({"APPROVED", "REFUNDED", "PARTIALLY_REFUNDED"})
_PREDEFINED = {"CASH": "Cash", "BANK_TRANSFER": "Bank transfer", "CHECK": "Check"}
_GIFT_CARD, _MEMBERSHIP = "giftcardPaymentDetails", "membershipPaymentDetails"
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
    regular = sorted(filter(is_money, told), key=lambda payment: (text(payment, "createdDate"), text(payment, "id")))
    received = [payment for payment in regular if _is_received(payment)]
    tenders = tuple(map(_tender, regular)) if told else tuple(_by_status(order))
    cash = [child(payment, "cashRounding") for payment in received]
    returned = _returned(transactions)
    return Payments(
        tenders=tenders,
        gift_cards=total_of(money(one, "amount") for one in told if _is_used(one, _GIFT_CARD, returned)),
        memberships=_by_line(one for one in told if _is_used(one, _MEMBERSHIP, returned)),
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


def method_of_module(told: str) -> str:
    """A module's word for a method as eCommerce orders write it, so that both have one account: “creditCard” is
    “CreditCard”."""
    return told[:1].upper() + told[1:]


def is_money(payment: Json) -> bool:
    """Gift cards and memberships are no money that comes in or goes out."""
    return not is_gift_card(payment) and payment.get(_MEMBERSHIP) is None


def is_gift_card(payment: Json) -> bool:
    return payment.get(_GIFT_CARD) is not None


def _status(payment: Json) -> str:
    """The payment's own status; older ones have it in the details alone."""
    return text(payment, "status") or text(child(payment, "regularPaymentDetails"), "status")


def _is_received(payment: Json) -> bool:
    return _status(payment) in _RECEIVED


def _tender(payment: Json) -> Tender:
    """One that has not come in keeps its place, at nothing: it may come in after others, which are known by theirs."""
    details = child(payment, "regularPaymentDetails")
    return Tender(
        ref=text(payment, "id"),
        method=method_of(payment),
        amount=money(payment, "amount") if _is_received(payment) else ZERO,
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


def _is_used(payment: Json, kind: str, returned: frozenset[str]) -> bool:
    """Whether a gift card or a membership paid. One that was given back is void, like one that was never charged; only
    the former has a refund."""
    if payment.get(kind) is None:
        return False
    details = child(payment, kind)
    status = text(payment, "status") or text(details, "status")
    if details.get("voided") is True or status == "VOIDED":
        return text(payment, "id") in returned
    return status in {"APPROVED", "CHARGED", ""}


def _returned(transactions: Json) -> frozenset[str]:
    """The ids of payments of which something went back."""
    sent = [row for refund in rows(transactions, "refunds") for row in rows(refund, "transactions")]
    return frozenset(text(row, "paymentId") for row in sent if text(row, "refundStatus") == "SUCCEEDED")


def _by_line(memberships: Iterable[Json]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for payment in memberships:
        line = text(child(payment, _MEMBERSHIP), "lineItemId")
        found[line] = found.get(line, ZERO) + money(payment, "amount")
    return found


def _charged_back(payment: Json) -> Decimal:
    return total_of(map(_lost, rows(child(payment, "regularPaymentDetails"), "chargebacks"))) or ZERO


def _lost(chargeback: Json) -> Decimal:
    """A reversal may bring back a part alone; where it does not say how much, all of it."""
    taken, back = money(chargeback, "amount"), told_money(chargeback, "reversalAmount")
    if back is None:
        back = taken if text(chargeback, "status") == "REVERSED" else ZERO
    return taken - back
