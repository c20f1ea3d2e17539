"""The second day of the scenario: all ten orders are posted, then some are edited, shipped or cancelled in the shop."""

from tests.faults.scenario import STORE
from tests.faults.shape import shape

_CARTS = {
    # Paid, and more expensive now: with an item that is new.
    "T01": {"lines": [{"sku": "NEW-9", "name": "Thing NEW-9", "price": "60.00", "quantity": 2}]},
    # Paid, and cheaper now: what its payment applies shrinks.
    "T02": {"lines": [{"sku": "NEW-8", "name": "Thing NEW-8", "price": "5.00"}]},
    # Somebody else's invoice: it stays.
    "T10": {"lines": [{"sku": "NEW-7", "name": "Thing NEW-7", "price": "41.00", "taxes": []}]},
}
_SHIPPED = ("T03", "T04", "T06")
_CANCELLED = "T08"


class SecondDay:
    """`begin` puts books, database and shop back to the moment after the edits and before the sync that sees them."""

    def __init__(self, lab):
        self.lab = lab
        placed, unchanged = lab.sandbox.ecwid.orders(STORE), {"trackingNumber": "", "refunds": [], "refundedAmount": 0}
        self._placed = {order["internalId"]: {**unchanged, **order} for order in placed}
        self._edited = {}
        self._undisturbed = {}
        self._expected = None

    def begin(self, **switches):
        self._shop(self._placed)
        self.lab.begin(**switches)
        self.prepared()
        assert self.lab.sync().state == "finished", self.lab.complaints()
        self._edited = self._edited or self._edits()
        self._shop(self._edited)
        self.lab.sandbox.quickbooks.reset_counters()

    def restore(self):
        """The shop as the other tests know it."""
        self._shop(self._placed)

    def _shop(self, orders):
        for ref, order in orders.items():
            self.lab.sandbox.ecwid.patch(STORE, ref, **order)

    def _edits(self):
        refs = {order["id"]: ref for ref, order in self._placed.items()}
        changed = {refs[number] for number in self.changed(refs)}
        return {
            order["internalId"]: order
            for order in self.lab.sandbox.ecwid.orders(STORE)
            if order["internalId"] in changed
        }

    def prepared(self):
        """What is set up before the first day's sync."""

    def changed(self, refs):
        """Change the orders, given their refs by number; returns the numbers of those that changed."""
        ecwid = self.lab.sandbox.ecwid
        for number, cart in _CARTS.items():
            ecwid.control("POST", f"stores/{STORE}/orders/{refs[number]}/edit", {"cart": cart})
        for number in _SHIPPED:
            ecwid.patch(STORE, refs[number], trackingNumber=f"1Z{number}")
        ecwid.control("POST", f"stores/{STORE}/orders/{refs[_CANCELLED]}/cancel", {})
        return {*_CARTS, *_SHIPPED, _CANCELLED}

    def undisturbed(self, **options):
        """The second day's sync when nothing happens to it, done once; the first one's books are what all others must
        come to."""
        key = tuple(sorted(options.items()))
        if key not in self._undisturbed:
            self.begin()
            ended = self.lab.sync(**options)
            assert ended.state == "finished", self.lab.complaints()
            self._expected = self._expected or (shape(self.lab.books()), ended.ours)
            self._undisturbed[key] = ended
        return self._undisturbed[key]

    def differences(self, ended):
        return self.lab.differences(ended, self._expected)


class PaidLaterDay(SecondDay):
    """An invoice is paid that was posted unpaid; another is edited."""

    def changed(self, refs):
        control = self.lab.sandbox.ecwid.control
        control("POST", f"stores/{STORE}/orders/{refs['T08']}/status", {"paymentStatus": "PAID"})
        control("POST", f"stores/{STORE}/orders/{refs['T01']}/edit", {"cart": _CARTS["T01"]})
        return {"T08", "T01"}
