"""What happens to the orders of a shop after they are placed, one class for each shop system.

Each tells of an order, by what the shop itself says of it, what a sequence of deeds needs to know; and which deeds may
come next. Nothing that is under test takes part.
"""

from decimal import Decimal

from tests.support.carts import Shopper
from tests.support.ledger import CENT, ZERO, dec
from tests.support.wix_carts import WixShopper


class EcwidDeeds:
    """Status by status; money moves with them, and nobody says when."""

    def __init__(self, world, place, seed, chance):
        self.side, self.store, self.shop, self.chance = world.ecwid, world.store_id, world.shop, chance
        self._shopper = Shopper(place, seed)
        self._charged = {}  # what the gateway took, whatever the orders come to by now

    def open(self, count, edits):
        """Place orders, each by a buyer of its own; returns their numbers."""
        carts = [
            {**cart, "gift_card": 0, "buyer": {"id": 7000 + at, "email": f"b{at}@example.test", "name": f"Buyer {at}"}}
            for at, cart in enumerate(self._shopper.carts(count))
        ]
        self._edits = iter(self._shopper.carts(edits))
        numbers = self.shop.place(*carts)
        self._charged = {number: self.total(payload) for number, payload in self.shop.orders().items()}
        return numbers

    @staticmethod
    def buyer(payload):
        return payload["billingPerson"]["name"]

    @staticmethod
    def total(payload):
        return dec(payload["total"])

    @staticmethod
    def status(payload):
        return payload["paymentStatus"]

    @staticmethod
    def is_cancelled(payload):
        return payload["paymentStatus"] == "CANCELLED"

    def received(self, payload, before):
        """What came in by now, where `before` was known at the last sync."""
        is_paid = payload["paymentStatus"] not in {"AWAITING_PAYMENT", "CANCELLED"}
        return before or (self.total(payload) if is_paid else ZERO)

    def received_by_receipt(self, payload, before):
        """Nobody says whether what an edit adds was charged: the shop calls the order paid."""
        return max(self.received(payload, before), self.total(payload))

    @staticmethod
    def back(payload):
        """What the gateway gave back."""
        return dec(payload.get("refundedAmount"))

    def is_all_back(self, payload):
        """Whether the status says so, beyond what the gateway tells."""
        return payload["paymentStatus"] == "REFUNDED" and self.back(payload) < self.total(payload)

    def possible(self, payload, received):
        status, back = payload["paymentStatus"], self.back(payload)
        if status == "AWAITING_PAYMENT":
            return [self.pay, self.pay, self.edit, self.cancel]
        if status == "PAID":
            return [self.refund, self.give_back, self.edit, self.edit, self.cancel, self.refund_by_hand, self.ask]
        if status == "PARTIALLY_REFUNDED" and back and self._left(payload) > 0:
            return [self.refund, self.give_back, self.refund_rest, self.edit]
        return [self.nothing]

    def _left(self, payload):
        return self._charged[payload["id"]] - self.back(payload)

    # -- deeds ---------------------------------------------------------------------------------------------------------

    def pay(self, payload, _received):
        self._charged[payload["id"]] = self.total(payload)
        self.side.status(self.store, payload["id"], "PAID")

    def edit(self, payload, _received):
        cart = next(self._edits)
        kept = {name: cart[name] for name in ("lines", "shipping", "coupon", "promotion", "tip") if name in cart}
        self.side.edit(self.store, payload["id"], {**kept, "prices_include_tax": payload["pricesIncludeTax"]})

    def cancel(self, payload, _received):
        self.side.cancel(self.store, payload["id"])

    def refund(self, payload, _received):
        cents = int(self._left(payload) / CENT)
        if cents > 1:
            self.side.refund(self.store, payload["id"], self.chance.randint(1, cents) * CENT)

    def give_back(self, payload, received):
        """What an edit took away, exactly."""
        amount = received - self.total(payload) - self.back(payload)
        if 0 < amount <= self._left(payload):
            self.side.refund(self.store, payload["id"], amount)

    def refund_rest(self, payload, _received):
        self.side.refund(self.store, payload["id"])

    def refund_by_hand(self, payload, _received):
        self.side.status(self.store, payload["id"], "REFUNDED")

    def ask(self, payload, _received):
        """Partly refunded, by hand: nobody says how much."""
        self.side.status(self.store, payload["id"], "PARTIALLY_REFUNDED")

    def nothing(self, _payload, _received):
        pass


class WixDeeds:
    """Payment by payment and refund by refund; the statuses follow."""

    def __init__(self, world, place, seed, chance):
        self.side, self.site, self.shop, self.chance = world.wix, world.store_id, world.shop, chance
        self._shopper = WixShopper(place, seed)

    def open(self, count, edits):
        """Place orders, each by a buyer of its own; returns their numbers."""
        carts = [
            {**_by_money(_of_stores(cart)), "number": f"W{at}", "buyer": _buyer(at)}
            for at, cart in enumerate(self._shopper.carts(count))
        ]
        self._edits = map(_of_stores, self._shopper.carts(edits))
        self.shop.place(*carts)
        return [cart["number"] for cart in carts]

    @staticmethod
    def buyer(payload):
        contact = payload["order"]["billingInfo"]["contactDetails"]
        return f"{contact['firstName']} {contact['lastName']}"

    @staticmethod
    def total(payload):
        return dec(payload["order"]["priceSummary"]["total"]["amount"])

    @staticmethod
    def status(payload):
        return f"{payload['order']['status']} {payload['order']['paymentStatus']}"

    def is_cancelled(self, payload):
        """An order that was paid stays a sale until its money goes back."""
        return payload["order"]["status"] == "CANCELED" and not self._paid(payload)

    def received(self, payload, _before):
        return self._paid(payload)

    def received_by_receipt(self, payload, _before):
        return self._paid(payload)

    @staticmethod
    def is_all_back(_payload):
        return False

    def possible(self, payload, received):
        is_open, paid, back = payload["order"]["status"] != "CANCELED", self._paid(payload), self.back(payload)
        deeds = [self.cancel] if is_open else []
        if is_open:
            deeds.append(self.edit)
        if is_open and not back and self.total(payload) > paid:
            deeds += [self.pay, self.pay, self.pay_a_part]
        if paid > back:
            deeds += [self.refund, self.give_back, self.refund_lines, self.refund_rest, self.refund_in_vain]
        return deeds or [self.nothing]

    @staticmethod
    def _paid(payload):
        return sum((dec(one["amount"]["amount"]) for one in payload["transactions"]["payments"]), ZERO)

    @staticmethod
    def back(payload):
        parts = [part for refund in payload["transactions"]["refunds"] for part in refund["transactions"]]
        return sum((dec(part["amount"]["amount"]) for part in parts if part["refundStatus"] == "SUCCEEDED"), ZERO)

    # -- deeds ---------------------------------------------------------------------------------------------------------

    def pay(self, payload, _received):
        self.side.pay(self.site, payload["order"]["id"])

    def pay_a_part(self, payload, _received):
        left = self.total(payload) - self._paid(payload)
        kind = self.chance.choice(("card", "paypal", "offline"))
        self.side.pay(self.site, payload["order"]["id"], {"kind": kind, "amount": self._part_of(left)})

    def edit(self, payload, _received):
        names = ("lines", "shipping", "coupon", "merchant_discount", "tip", "fees")
        cart = next(self._edits)
        kept = {name: cart[name] for name in names if name in cart}
        kept["gross"] = payload["order"]["taxIncludedInPrices"]
        self.side.edit(self.site, payload["order"]["id"], kept)

    def cancel(self, payload, _received):
        self.side.cancel(self.site, payload["order"]["id"])

    def refund(self, payload, _received):
        amount = self._part_of(self._paid(payload) - self.back(payload))
        self.side.refund(self.site, payload["order"]["id"], amount=amount, external=self.chance.random() < 0.3)

    def give_back(self, payload, received):
        """What an edit took away, exactly."""
        amount = received - self.total(payload) - self.back(payload)
        if amount > 0:
            self.side.refund(self.site, payload["order"]["id"], amount=amount)

    def refund_lines(self, payload, _received):
        """Some units of a line, for what they cost or what is left of the money."""
        order, left = payload["order"], self._paid(payload) - self.back(payload)
        place = self.chance.randrange(len(order["lineItems"]))
        line = order["lineItems"][place]
        units = line["quantity"] - line.get("refundQuantity", 0)
        worth = dec(line["totalPriceAfterTax"]["amount"])
        if units < 1 or not worth:
            return
        units = self.chance.randint(1, units)
        amount = min((worth * units / line["quantity"]).quantize(CENT), left)
        if amount:
            lines = [{"line": place, "quantity": units}]
            self.side.refund(self.site, order["id"], lines=lines, amount=amount, restock=self.chance.random() < 0.5)

    def refund_rest(self, payload, _received):
        self.side.refund(self.site, payload["order"]["id"])

    def refund_in_vain(self, payload, _received):
        """The bank refuses it."""
        amount = self._part_of(self._paid(payload) - self.back(payload))
        self.side.refund(self.site, payload["order"]["id"], amount=amount, outcome="FAILED")

    def nothing(self, _payload, _received):
        pass

    def _part_of(self, amount: Decimal) -> Decimal:
        return self.chance.randint(1, int(amount / CENT)) * CENT


def _of_stores(cart):
    """Only what Wix Stores sells: the rest is posted once it is paid, and cannot be edited before."""
    sold = [{**line, "module": "stores"} if "sku" in line else line for line in cart["lines"]]
    return {**cart, "lines": [line for line in sold if line["module"] == "stores"] or sold}


def _by_money(cart):
    """Paid by nothing but money, to the cent."""
    if "payments" not in cart:
        return cart
    plain = [{name: value for name, value in one.items() if name != "rounding"} for one in cart["payments"]]
    money = [{**one, "kind": "card"} if one["kind"] == "gift_card" else one for one in plain]
    return {**cart, "payments": money}


def _buyer(at):
    return {"first": "Buyer", "last": str(at), "email": f"b{at}@example.test", "contact_id": f"contact-{at}"}


DEEDS = {"ecwid": EcwidDeeds, "wix": WixDeeds}
