"""What happens to the money of an order: payments, refunds, chargebacks, and the order that follows them."""

from collections.abc import Sequence
from typing import Any

from sandbox.switches import Switches
from sandbox.wix import refunds
from sandbox.wix.catalog import move_stock
from sandbox.wix.errors import not_found
from sandbox.wix.payload import variant_of
from sandbox.wix.payments import balance, chargebacks_of, new_payment, payment_status
from sandbox.wix.store import SiteState
from sandbox.wix.values import Json, Money, decimal, moment, new_id, tidy, timestamp_of

_UNSEEN = {"INITIALIZED", "PENDING", "REJECTED"}


class Cashier:
    """The orders of one site at one moment, and what was paid for them."""

    def __init__(self, site: SiteState, now: float, switches: Switches) -> None:
        self.site, self.now, self.switches = site, now, switches

    def order(self, order_id: str) -> Json:
        """By id, or by number for the control API. Raises WixError."""
        orders = self.site.rows("order")
        if order_id in orders:
            return orders[order_id]
        by_number = [order for order in orders.values() if order["number"] == order_id]
        if not by_number:
            raise not_found("ORDER_NOT_FOUND", "Order not found")
        return by_number[0]

    def transactions(self, order_id: str) -> Json:
        empty: Json = {"orderId": order_id, "payments": [], "refunds": []}
        return self.site.rows("transactions").get(order_id, empty)

    def write(self, order: Json, changes: Json, *, bump: bool = True) -> Json:
        changed = {**order, **changes, **({"updatedDate": moment(self.now)} if bump else {})}
        self.site.put("order", order["id"], changed, self.now)
        return changed

    def change(self, order: Json, changes: Json, *, bump: bool = True) -> Json:
        changed = self.write(order, changes, bump=bump)
        self.site.tell("order_updated", order["id"], {"order": changed})
        return changed

    # -- money ---------------------------------------------------------------------------------------------------

    def add_payments(self, order: Json, rows: Sequence[Json]) -> list[Json]:
        """Payments of the control API's form; without an amount, what is left of the order."""
        transactions, money = self.transactions(order["id"]), self._money(order)
        added: list[Json] = []
        for given in rows:
            now_known = {**transactions, "payments": [*transactions["payments"], *added]}
            left = decimal(balance(order, now_known, self.switches)["balance"])
            amount = decimal(given["amount"]) if "amount" in given else left
            added.append(new_payment(given, amount, money, self.now))
        self.write_money(order, {**transactions, "payments": [*transactions["payments"], *added]}, payments=added)
        return added

    def set_payment(self, order: Json, name: Any, changes: Json, *, bump: bool = True) -> Json:
        transactions = self.transactions(order["id"])
        old = refunds.picked(transactions["payments"], name, "PAYMENT_NOT_FOUND")
        changed = {**old, **changes, "updatedDate": moment(self.now)}
        if "regularPaymentDetails" in old and "status" in changes:
            details = changed["regularPaymentDetails"]
            changed["regularPaymentDetails"] = {**details, "status": changes["status"]}
        rows = [changed if each is old else each for each in transactions["payments"]]
        self.write_money(order, {**transactions, "payments": rows}, payments=[changed], bump=bump)
        return changed

    def refund(self, order: Json, asked: Json) -> Json:
        transactions = self.transactions(order["id"])
        told = str(self.switches["refund_parts"])
        refund = tidy(refunds.new_refund(order, transactions, asked, self._money(order), self.now, told=told))
        refund["details"].setdefault("shippingIncluded", False)
        if asked.get("restock"):
            order = self.write(order, {"lineItems": self._restocked(order, _to_restock(order, asked, refund))})
        self._put_refund(order, {**transactions, "refunds": [*transactions["refunds"], refund]}, refund)
        return dict(refund)

    def settle_refund(self, order: Json, name: Any, outcome: str, only: Sequence[str] | None = None) -> Json:
        transactions = self.transactions(order["id"])
        old = refunds.picked(transactions["refunds"], name, "REFUND_NOT_FOUND")
        refund = refunds.settled(old, order, outcome, self._money(order), only)
        rows = [refund if each is old else each for each in transactions["refunds"]]
        self._put_refund(order, {**transactions, "refunds": rows}, refund)
        return refund

    def _put_refund(self, order: Json, transactions: Json, refund: Json) -> None:
        payments = [refunds.payment_after(each, transactions, self.now) for each in transactions["payments"]]
        transactions = {**transactions, "payments": payments}
        lines = [
            {**line, "refundQuantity": count} if (count := refunds.units_refunded(transactions, line["id"])) else line
            for line in ({k: v for k, v in each.items() if k != "refundQuantity"} for each in order["lineItems"])
        ]
        order = self.write(order, {"lineItems": lines}, bump=self.switches["refunds_move_updated"])
        self.write_money(order, transactions, refunded=[refund], bump=self.switches["refunds_move_updated"])
        if refunds.is_over(refund):
            told = {"orderId": order["id"], "refund": refund, "orderTransactions": transactions}
            self.site.tell("refund_completed", order["id"], told)

    def chargeback(self, order: Json, asked: Json) -> Json:
        """{"payment", "amount", "reversed": true}: the bank takes money back, or gives it again."""
        transactions = self.transactions(order["id"])
        payment = refunds.picked(transactions["payments"], asked.get("payment", 0), "PAYMENT_NOT_FOUND")
        money, known = self._money(order), chargebacks_of(payment)
        if asked.get("reversed"):
            rows = [{**row, "status": "REVERSED", "reversalAmount": row["amount"]} for row in known]
        else:
            amount = money(decimal(asked.get("amount", payment["amount"])))
            fresh = {"id": new_id(), "createdDate": moment(self.now), "amount": amount, "status": "APPROVED"}
            rows = [*known, fresh]
        details = {**payment["regularPaymentDetails"], "chargebacks": rows}
        bump = bool(self.switches["refunds_move_updated"])
        changed = self.set_payment(order, payment["id"], {"regularPaymentDetails": details}, bump=bump)
        verb = "reversed" if asked.get("reversed") else "approved"
        told = {"orderId": order["id"], "paymentId": payment["id"], "chargeback": rows[-1]}
        self.site.tell(f"chargeback_{verb}", order["id"], told)
        return changed

    def write_money(
        self,
        order: Json,
        transactions: Json,
        *,
        payments: Sequence[Json] = (),
        refunded: Sequence[Json] = (),
        bump: bool = True,
    ) -> None:
        """The order follows at once, or later when the switch says so."""
        self.site.put("transactions", order["id"], transactions, self.now)
        self._tell_of_money(order, transactions, payments=payments, refunded=refunded)
        lag = float(self.switches["payment_status_lag_seconds"])
        if lag:
            self.site.put("due", order["id"], {"at": moment(self.now + lag)}, self.now)
        else:
            self.follow_money(order, bump=bump)

    def follow_money(self, order: Json, *, bump: bool = True) -> Json:
        changed = self._with_money(order, self.transactions(order["id"]))
        changed = self.write(changed, {}, bump=bump)
        if changed["paymentStatus"] != order["paymentStatus"]:
            told = {"order": changed, "previousPaymentStatus": order["paymentStatus"]}
            self.site.tell("order_payment_status_updated", order["id"], told)
        self.site.tell("order_updated", order["id"], {"order": changed})
        return changed

    def follow_due(self) -> None:
        """Whatever payment status should be known by now."""
        for order_id, due in list(self.site.rows("due").items()):
            if timestamp_of(due["at"]) <= self.now:
                self.site.remove("due", order_id, self.now)
                self.follow_money(self.site.rows("order")[order_id])

    def _tell_of_money(
        self, order: Json, transactions: Json, *, payments: Sequence[Json] = (), refunded: Sequence[Json] = ()
    ) -> None:
        ids = {"paymentIds": [each["id"] for each in payments], "refundIds": [each["id"] for each in refunded]}
        self.site.tell("transactions_updated", order["id"], {"orderTransactions": transactions, **ids})

    def _with_money(self, order: Json, transactions: Json) -> Json:
        status = payment_status(order, transactions, self.switches)
        return {
            **order,
            "paymentStatus": "NOT_PAID" if order["status"] in _UNSEEN and status == "PAID" else status,
            "balanceSummary": balance(order, transactions, self.switches),
        }

    def _money(self, order: Json) -> Money:
        return Money(order["currency"], self.site.mixed_scale)

    def _restocked(self, order: Json, quantities: dict[str, int]) -> list[Json]:
        """The lines with what was put back; the goods are in stock again."""
        products, lines, goods = self.site.rows("product"), [], []
        for line in order["lineItems"]:
            quantity = min(quantities.get(line["id"], 0), line["quantity"] - line.get("restockQuantity", 0))
            variant = variant_of(line, products)
            if quantity and variant is not None:
                goods.append((variant, quantity))
                line = {**line, "restockQuantity": line.get("restockQuantity", 0) + quantity}  # noqa: PLW2901
            lines.append(line)
        move_stock(self.site, goods, self.now, "REVERT_INVENTORY_CHANGE")
        return lines

    def _put(self, order: Json, transactions: Json) -> None:
        self.site.put("order", order["id"], order, self.now)
        self.site.put("transactions", order["id"], transactions, self.now)


def _to_restock(order: Json, asked: Json, refund: Json) -> dict[str, int]:
    """How many units of which lines are put back: as asked line by line, else all that are refunded."""
    if asked["restock"] is True:
        return {row["lineItemId"]: row["quantity"] for row in refund["details"].get("lineItems", ())}
    lines = order["lineItems"]
    return {
        refunds.picked(lines, row["line"], "LINE_ITEM_NOT_FOUND")["id"]: row["quantity"] for row in asked["restock"]
    }
