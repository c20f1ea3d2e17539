"""Another second day: what was posted is given back, in every shape."""

from tests.faults.edits import SecondDay
from tests.faults.scenario import STORE

# How much the gateway gave back, one after the other; None is the rest. T08 was never paid, T10 is somebody else's.
_GIVEN_BACK = {"T01": (10, 5), "T02": (None,), "T03": ("14.37", None), "T08": (5,), "T10": (10,)}
_BY_HAND = {"T04": "PARTIALLY_REFUNDED", "T06": "REFUNDED"}


class RefundsDay(SecondDay):
    """`begin` puts books, database and shop back to the moment after the refunds and before the sync that sees
    them."""

    def begin(self, **switches):
        super().begin(**switches)
        self.lab.leave_payments_out()  # so that T08 stays unpaid

    def prepared(self):
        self.lab.post_refunds()

    def changed(self, refs):
        ecwid = self.lab.sandbox.ecwid
        for number, amounts in _GIVEN_BACK.items():
            for amount in amounts:
                body = {} if amount is None else {"amount": amount}
                ecwid.control("POST", f"stores/{STORE}/orders/{refs[number]}/refund", body)
        for number, status in _BY_HAND.items():
            ecwid.control("POST", f"stores/{STORE}/orders/{refs[number]}/status", {"paymentStatus": status})
        return {*_GIVEN_BACK, *_BY_HAND}
