"""Other second days: orders are edited down after they were paid, and the money is given back."""

from tests.faults.edits import SecondDay
from tests.faults.scenario import STORE
from tests.support.world import money

# What is left of the orders.
_LESS = {
    "T01": {"lines": [{"sku": "NEW-1", "name": "Thing NEW-1", "price": "25.00"}]},
    "T02": {"lines": [{"sku": "NEW-1", "name": "Thing NEW-1", "price": "25.00"}]},
    "T03": {"lines": [{"sku": "NEW-3", "name": "Thing NEW-3", "price": "14.35"}]},
    "T06": {"lines": [{"sku": "NEW-4", "name": "Thing NEW-4", "price": "0.00"}]},
    "T09": {"lines": [{"sku": "NEW-6", "name": "Thing NEW-6", "price": "1.05", "quantity": 4, "taxes": ["GST"]}]},
}
# How much goes back beyond what the edit took away; T06 gives back all, T09 by hand.
_BEYOND = {"T01": 0, "T02": 5, "T03": -3}


class OverpaidDay(SecondDay):
    """The invoices' payments bring in less."""

    def prepared(self):
        self.lab.post_refunds()

    def changed(self, refs):
        ecwid, before = self.lab.sandbox.ecwid, self._totals()
        for number, cart in _LESS.items():
            ecwid.control("POST", f"stores/{STORE}/orders/{refs[number]}/edit", {"cart": cart})
        after = self._totals()
        for number, beyond in _BEYOND.items():
            self._refund(refs[number], {"amount": str(before[number] - after[number] + beyond)})
        self._refund(refs["T06"], {})
        ecwid.control("POST", f"stores/{STORE}/orders/{refs['T09']}/status", {"paymentStatus": "REFUNDED"})
        return set(_LESS)

    def _refund(self, ref, body):
        self.lab.sandbox.ecwid.control("POST", f"stores/{STORE}/orders/{ref}/refund", body)

    def _totals(self):
        return {order["id"]: money(order["total"]) for order in self.lab.sandbox.ecwid.orders(STORE)}


class LoweredDay(OverpaidDay):
    """The sales receipts follow."""

    def prepared(self):
        super().prepared()
        self.lab.switch_on(orders={"post_as": "sales_receipt"})
