"""What a site sold and gave back, added up for whoever compares it with books."""

from collections.abc import Iterable
from decimal import Decimal

from sandbox.wix.payments import RECEIVED
from sandbox.wix.store import SiteState
from sandbox.wix.values import ZERO, Json, decimal


def totals_of(site: SiteState) -> Json:
    """eCommerce orders as a whole and per payment status; of their payments the gift cards, and what went back; and
    the ticket orders, which are no eCommerce orders."""
    orders, transactions = site.rows("order").values(), site.rows("transactions").values()
    by_status: dict[str, list[Decimal]] = {}
    for order in orders:
        by_status.setdefault(order["paymentStatus"], []).append(decimal(order["priceSummary"]["total"]))
    sums = {status: _summed(totals) for status, totals in by_status.items()}
    gift_cards = [payment for row in transactions for payment in row["payments"] if _is_used_gift_card(payment)]
    returned = [
        decimal(part["amount"])
        for row in transactions
        for refund in row["refunds"]
        for part in refund["transactions"]
        if part["refundStatus"] == "SUCCEEDED"
    ]
    return {
        **_summed(decimal(order["priceSummary"]["total"]) for order in orders),
        "by_payment_status": sums,
        "gift_cards": sum((decimal(payment["amount"]) for payment in gift_cards), ZERO),
        "refunds": {"count": sum(len(row["refunds"]) for row in transactions), "sum": sum(returned, ZERO)},
        "events": _summed(decimal(order["totalPrice"]) for order in site.rows("event_order").values()),
    }


def _summed(totals: Iterable[Decimal]) -> Json:
    found = list(totals)
    return {"orders": len(found), "sum_total": sum(found, ZERO)}


def _is_used_gift_card(payment: Json) -> bool:
    return "giftcardPaymentDetails" in payment and payment["status"] in RECEIVED
