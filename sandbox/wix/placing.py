"""Orders after the cart: placing, paying, refunding, editing, cancelling, shipping."""

from collections.abc import Sequence
from typing import Any

from sandbox.switches import Switches
from sandbox.wix import refunds
from sandbox.wix.carts import PricedCart, priced
from sandbox.wix.catalog import move_stock
from sandbox.wix.errors import not_found, refused
from sandbox.wix.payload import order_fields, sold_goods, variant_of
from sandbox.wix.payments import balance, chargebacks_of, new_payment, payment_status, wanted_payments
from sandbox.wix.pricing import Rules
from sandbox.wix.store import SiteState
from sandbox.wix.values import Json, Money, decimal, moment, new_id, tidy, timestamp_of

_UNSEEN = {"INITIALIZED", "PENDING", "REJECTED"}


class Desk:
    """What can be done to the orders of one site at one moment."""

    def __init__(self, site: SiteState, now: float, switches: Switches) -> None:
        self.site, self.now, self.switches = site, now, switches

    # -- placing -------------------------------------------------------------------------------------------------

    def place(self, cart: Json) -> Json:
        """The order of a cart, paid as the cart says. Times in `created` and `purchased` may be in the past."""
        cart_priced = self._priced(cart)
        fields = self._fields(cart_priced)
        created = cart.get("created", moment(self.now))
        order = {
            "id": cart.get("id") or new_id(),
            "number": str(cart.get("number") or self.site.next_number()),
            "createdDate": created,
            "updatedDate": max(created, moment(self.now)),
            "purchasedDate": cart.get("purchased", created),
            "status": cart.get("status", "APPROVED"),
            "paymentStatus": "NOT_PAID",
            "fulfillmentStatus": "NOT_FULFILLED" if "shippingInfo" in fields else "FULFILLED",
            "archived": bool(cart.get("archived", False)),
            "seenByAHuman": False,
            "checkoutId": new_id(),
            **({"imported": True} if cart.get("imported") else {}),
            **fields,
        }
        transactions = self._first_transactions(cart, order, cart_priced.money)
        self._keep_tip(cart_priced, order["id"])
        order = self._with_money(order, transactions)
        self._put(order, transactions)
        self._take_stock(order)
        self._tell_of_new(order)
        return order

    def place_verbatim(self, given: Json, transactions: Json | None) -> Json:
        """An order as it is given; what every order has is filled in."""
        now = moment(self.now)
        order = {
            "id": new_id(),
            "number": str(self.site.next_number()),
            "createdDate": now,
            "updatedDate": now,
            "status": "APPROVED",
            **given,
        }
        empty: Json = {"payments": [], "refunds": []}
        self._put(order, {**empty, **(transactions or {}), "orderId": order["id"]})
        self.site.put("facts", order["id"], {"stock_taken": False}, self.now)
        self._tell_of_new(order)
        return order

    def _priced(self, cart: Json) -> PricedCart:
        rules = Rules(
            gross_summary=self.switches["inclusive_summary"] == "gross",
            gross_discount=self.switches["inclusive_discount"] == "gross",
            tax_rounded_per_order=self.switches["tax_rounding"] == "order",
        )
        return priced(cart, self.site, rules)

    def _fields(self, cart: PricedCart) -> Json:
        return order_fields(cart, self.site, taxable_gross=self.switches["inclusive_taxable"] == "gross")

    def _first_transactions(self, cart: Json, order: Json, money: Money) -> Json:
        created = timestamp_of(order["createdDate"])
        wanted = wanted_payments(cart, order) if order["status"] == "APPROVED" else []
        payments = [new_payment(given, amount, money, created) for given, amount in wanted]
        for line, shown in zip(cart.get("lines", ()), order["lineItems"], strict=False):
            paid = decimal(line.get("membership", {}).get("amount"))
            if paid:
                given = {**line["membership"], "kind": "membership", "line_id": shown["id"]}
                payments.append(new_payment(given, paid, money, created))
        return {"orderId": order["id"], "payments": payments, "refunds": []}

    def _keep_tip(self, cart: PricedCart, order_id: str) -> None:
        for fee in cart.fees:
            if fee.given.get("tip"):
                tip = {"id": fee.given["code"], "amount": f"{fee.part.after:.2f}"}
                self.site.put("tip", order_id, {**tip, "undistributedAmount": tip["amount"]}, self.now)

    def _take_stock(self, order: Json) -> None:
        takes = order["status"] in {"APPROVED", "PENDING"} and not order.get("imported")
        self.site.put("facts", order["id"], {"stock_taken": takes}, self.now)
        if takes:
            goods = [(variant, -quantity) for variant, quantity in sold_goods(order["lineItems"], self.site)]
            move_stock(self.site, goods, self.now, "ORDER")

    def _tell_of_new(self, order: Json) -> None:
        if order.get("imported"):
            self.site.tell("order_imported", order["id"], {"order": order})
            return
        self.site.tell("order_created", order["id"], {"order": order})
        if order["status"] == "APPROVED":
            self._tell_of_approval(order)

    def _tell_of_approval(self, order: Json) -> None:
        self.site.tell("order_approved", order["id"], {"order": order})
        transactions = self.transactions(order["id"])
        if transactions["payments"]:
            self._tell_of_money(order, transactions, payments=transactions["payments"])
            self.site.tell(
                "order_payment_status_updated", order["id"], {"order": order, "previousPaymentStatus": "NOT_PAID"}
            )
        self.site.tell("order_updated", order["id"], {"order": order})

    # -- reading -------------------------------------------------------------------------------------------------

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

    # -- writing -------------------------------------------------------------------------------------------------

    def write(self, order: Json, changes: Json, *, bump: bool = True) -> Json:
        changed = {**order, **changes, **({"updatedDate": moment(self.now)} if bump else {})}
        self.site.put("order", order["id"], changed, self.now)
        return changed

    def change(self, order: Json, changes: Json, *, bump: bool = True) -> Json:
        changed = self.write(order, changes, bump=bump)
        self.site.tell("order_updated", order["id"], {"order": changed})
        return changed

    def approve(self, order: Json, paid_with: Json | None = None) -> Json:
        """A buyer finishes: the order that was INITIALIZED or PENDING now counts."""
        approved = self.write(order, {"status": "APPROVED"})
        transactions = self._first_transactions(paid_with or {}, approved, self._money(order))
        approved = self._with_money(approved, transactions)
        self._put(approved, transactions)
        if order["status"] == "INITIALIZED":
            self._take_stock(approved)
        self._tell_of_approval(approved)
        return approved

    def edit(self, order: Json, cart: Json) -> Json:
        """The merchant edits a placed order: it becomes that cart; lines that stay keep their ids."""
        ids = {_signature(line): line["id"] for line in order["lineItems"]}
        fields = self._fields(self._priced({"buyer": _buyer_of(order), **cart}))
        used = set(ids.values())
        for number, line in enumerate(fields["lineItems"]):
            fresh = line["id"] if line["id"] not in used else new_id()
            line["id"] = ids.get(_signature(line), fresh if number else line["id"])
        kept: Json = {name: order[name] for name in ("buyerInfo", "billingInfo", "recipientInfo") if name in order}
        gone = {"shippingInfo", "appliedDiscounts", "additionalFees", "platformFeeSummary"} - fields.keys()
        edited = {name: value for name, value in order.items() if name not in gone}
        edited = self._with_money({**edited, **fields, **kept}, self.transactions(order["id"]))
        self._move_edited_stock(order, edited)
        edited = self.write(edited, {})
        self.site.tell("order_committed", order["id"], {"order": edited, "commitDate": moment(self.now)})
        self.site.tell("order_updated", order["id"], {"order": edited})
        return edited

    def _move_edited_stock(self, old: Json, new: Json) -> None:
        if self.site.rows("facts")[old["id"]]["stock_taken"]:
            back = sold_goods(old["lineItems"], self.site)
            taken = [(variant, -quantity) for variant, quantity in sold_goods(new["lineItems"], self.site)]
            sums: dict[str, int] = {}
            for variant, delta in [*back, *taken]:
                sums[variant] = sums.get(variant, 0) + delta
            move_stock(self.site, [(variant, delta) for variant, delta in sums.items() if delta], self.now, "ORDER")

    def cancel(self, order: Json, asked: Json) -> Json:
        """Cancelling moves no money."""
        if order["status"] in {"PENDING", "REJECTED"}:
            raise refused(400, f"ORDER_IS_{order['status']}")
        if any(each["status"] == "AUTHORIZED" for each in self.transactions(order["id"])["payments"]):
            raise refused(400, "ORDER_HAS_AUTHORIZED_TRANSACTION")
        restock = bool(asked.get("restockAllItems"))
        changes: Json = {"status": "CANCELED"}
        if restock and self.site.rows("facts")[order["id"]]["stock_taken"]:
            changes["lineItems"] = self._restocked(order, {line["id"]: line["quantity"] for line in order["lineItems"]})
            self.site.put("facts", order["id"], {"stock_taken": False}, self.now)
        canceled = self.write(order, changes)
        told = {name: asked.get(name) for name in ("sendOrderCanceledEmail", "customMessage")}
        self.site.tell("order_canceled", order["id"], {"order": canceled, "restockAllItems": restock, **told})
        self.site.tell("order_updated", order["id"], {"order": canceled})
        return canceled

    def fulfil(self, order: Json, asked: Json) -> Json:
        """{"tracking", "provider", "lines": [{"line", "quantity"}]}; without lines everything."""
        wanted = asked.get("lines") or [{"line": line["id"]} for line in order["lineItems"]]
        rows = []
        for each in wanted:
            line = refunds.picked(order["lineItems"], each["line"], "LINE_ITEM_NOT_FOUND")
            rows.append({"id": line["id"], "quantity": int(each.get("quantity", line["quantity"]))})
        tracking = {"trackingNumber": asked.get("tracking"), "shippingProvider": asked.get("provider")}
        parcel = {
            "id": new_id(),
            "createdDate": moment(self.now),
            "lineItems": rows,
            "trackingInfo": tracking,
            "completed": True,
        }
        known = self.site.rows("fulfillments").get(order["id"], {"orderId": order["id"], "fulfillments": []})
        parcels = [*known["fulfillments"], tidy(parcel)]
        self.site.put("fulfillments", order["id"], {**known, "fulfillments": parcels}, self.now)
        sent = sum(row["quantity"] for each in parcels for row in each["lineItems"])
        whole = sent >= sum(line["quantity"] for line in order["lineItems"])
        status = "FULFILLED" if whole else "PARTIALLY_FULFILLED"
        changed = self.write(order, {"fulfillmentStatus": status})
        told = {"previousFulfillmentStatus": order["fulfillmentStatus"], "newFulfillmentStatus": status}
        self.site.tell("order_fulfilled", order["id"], {"order": changed, **told})
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

    def set_payment(self, order: Json, name: Any, changes: Json) -> Json:
        transactions = self.transactions(order["id"])
        old = refunds.picked(transactions["payments"], name, "PAYMENT_NOT_FOUND")
        changed = {**old, **changes, "updatedDate": moment(self.now)}
        if "regularPaymentDetails" in old and "status" in changes:
            details = changed["regularPaymentDetails"]
            changed["regularPaymentDetails"] = {**details, "status": changes["status"]}
        rows = [changed if each is old else each for each in transactions["payments"]]
        self.write_money(order, {**transactions, "payments": rows}, payments=[changed])
        return changed

    def refund(self, order: Json, asked: Json) -> Json:
        transactions = self.transactions(order["id"])
        refund = tidy(refunds.new_refund(order, transactions, asked, self._money(order), self.now))
        refund["details"].setdefault("shippingIncluded", False)
        rows = {row["lineItemId"]: row["quantity"] for row in refund["details"].get("lineItems", ())}
        if asked.get("restock"):
            order = self.write(order, {"lineItems": self._restocked(order, rows)})
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
        changed = self.set_payment(order, payment["id"], {"regularPaymentDetails": details})
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


def _signature(line: Json) -> tuple[Any, ...]:
    reference = line.get("catalogReference") or {}
    sku = (line.get("physicalProperties") or {}).get("sku")
    return (line["productName"]["original"], sku, reference.get("appId"))


def _buyer_of(order: Json) -> Json:
    contact = (order.get("billingInfo") or {}).get("contactDetails") or {}
    email = (order.get("buyerInfo") or {}).get("email")
    return {"first": contact.get("firstName"), "last": contact.get("lastName"), "email": email}
