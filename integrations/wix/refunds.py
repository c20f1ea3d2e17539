"""What was given back of an eCommerce order.

A refund is one or more transactions, one for each payment that it touches. It counts when every one of them has come to
its end, and then only what succeeded; marked as refunded by hand is as good as sent. Nothing of it tells its taxes.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from integrations.commerce import Refund
from integrations.money import total_of
from integrations.values import Json, child, number, rows, text
from integrations.wix.payments import is_money, method_of
from integrations.wix.values import moment, money

_SETTLED = frozenset({"SUCCEEDED", "FAILED"})


def refunds_of(order: Json, transactions: Json) -> tuple[Refund, ...]:
    """The refunds as they were made: one for each method that the money went back by."""
    payments = {text(payment, "id"): payment for payment in rows(transactions, "payments")}
    shelved = _restocked(order)
    found = sorted(rows(transactions, "refunds"), key=lambda refund: moment(refund, "createdDate"))
    return tuple(one for refund in found for one in _parts(refund, payments, shelved))


def _parts(refund: Json, payments: dict[str, Json], shelved: Counter[str]) -> Iterator[Refund]:
    sent = rows(refund, "transactions")
    if not all(text(row, "refundStatus") in _SETTLED for row in sent):
        return
    done = [row for row in sent if text(row, "refundStatus") == "SUCCEEDED"]
    if not done:
        return
    restocked = _back_on_the_shelf(refund, shelved)
    for place, (method, amount) in enumerate(_by_method(done, payments)):
        ref = text(refund, "id")
        yield Refund(
            ref=ref if not place else f"{ref}:{method}",
            amount=amount,
            refunded_at=moment(refund, "createdDate"),
            restocked=restocked,
            reason=text(child(refund, "details"), "reason"),
            method=method,
        )


def _by_method(done: list[Json], payments: dict[str, Json]) -> list[tuple[str, Decimal]]:
    """What went back by each method, the greatest first. What a gift card or a membership got back is no money."""
    amounts: dict[str, list[Decimal]] = {}
    for row in done:
        payment = payments.get(text(row, "paymentId"), {})
        if is_money(payment):
            amounts.setdefault(method_of(payment), []).append(money(row, "amount"))
    totals = [(method, total_of(parts)) for method, parts in amounts.items()]
    return sorted(totals, key=lambda one: (-one[1], one[0]))


def _restocked(order: Json) -> Counter[str]:
    """How many of each line's goods were put back on the shelf so far."""
    items = rows(order, "lineItems")
    return Counter({text(item, "id"): int(number(item, "restockQuantity") or 0) for item in items})


def _back_on_the_shelf(refund: Json, shelved: Counter[str]) -> bool:
    """Whether all goods of this refund are. What they take of `shelved` is no longer there for the next refund."""
    details = child(refund, "details")
    goods = [(text(row, "lineItemId"), int(number(row, "quantity") or 0)) for row in _goods(details)]
    if not goods or any(shelved[line] < quantity for line, quantity in goods):
        return False
    for line, quantity in goods:
        shelved[line] -= quantity
    return True


def _goods(details: Json) -> list[Json]:
    return rows(details, "lineItems") or rows(details, "items")
