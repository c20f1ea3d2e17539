"""Orders after the cart: placing, editing, cancelling, shipping."""

from typing import Any

from sandbox.wix import refunds
from sandbox.wix.carts import PricedCart, priced
from sandbox.wix.cashier import Cashier
from sandbox.wix.catalog import move_stock
from sandbox.wix.errors import refused
from sandbox.wix.payload import order_fields, sold_goods
from sandbox.wix.payments import new_payment, wanted_payments
from sandbox.wix.pricing import Rules
from sandbox.wix.values import Json, Money, decimal, moment, new_id, tidy, timestamp_of

_KEPT_BY_LINES = ("id", "refundQuantity", "restockQuantity")


class Desk(Cashier):
    """What can be done to the orders of one site at one moment."""

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

    # -- afterwards ----------------------------------------------------------------------------------------------

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
        """The merchant edits an order: it becomes that cart. Lines that stay keep their ids and what came back."""
        known = {_signature(line): line for line in order["lineItems"]}
        fields = self._fields(self._priced({"buyer": _buyer_of(order), **cart}))
        used = {line["id"] for line in order["lineItems"]}
        for line in fields["lineItems"]:
            kept_line = known.pop(_signature(line), None)
            if kept_line:
                line |= {name: kept_line[name] for name in _KEPT_BY_LINES if name in kept_line}
            elif line["id"] in used:
                line["id"] = new_id()
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


def _signature(line: Json) -> tuple[Any, ...]:
    reference = line.get("catalogReference") or {}
    sku = (line.get("physicalProperties") or {}).get("sku")
    return (line["productName"]["original"], sku, reference.get("appId"))


def _buyer_of(order: Json) -> Json:
    contact = (order.get("billingInfo") or {}).get("contactDetails") or {}
    email = (order.get("buyerInfo") or {}).get("email")
    return {"first": contact.get("firstName"), "last": contact.get("lastName"), "email": email}
