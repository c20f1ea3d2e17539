"""Orders that are placed, paid, edited, refunded and cancelled in any order, with syncs in between at any point.

After every sync the books say of each buyer and of the clearing account what the shop says, or the difference is just
what is held. What the shop says is kept here as a ledger of its own: what an order comes to, what came in for it and
what went back.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from sync.models import RecordState
from sync.reasons import explain
from sync.translate.reasons import Reason
from tests.support.carts import MAPPED, Shopper
from tests.support.ledger import CENT, ZERO, dec

PLACES = ("CA", "US", "US_NONE", "GB", "FR")
ORDERS, ROUNDS = 25, 10
# What may be held, each for want of something that only a person knows.
EXPECTED_HOLDS = {
    Reason.REFUND_AMOUNT_UNKNOWN,  # the shop does not say what went back
    Reason.REFUND_OF_OVERPAYMENT,  # the order came to less after it was paid
    Reason.REFUND_EXCEEDS_SALE,
}
# An edited order keeps the taxes of its old lines.
HELD_EDITS = {Reason.TAXES_DO_NOT_ADD_UP, Reason.TAX_RATE_MISMATCH, Reason.TAX_UNMAPPED}


@dataclass
class Told:
    """An order as the shop has told it at the syncs so far."""

    received: Decimal = ZERO
    # What was posted of it is undone: the order was cancelled before any money came in.
    void: bool = False
    # The total and the money received that the books have agreed to.
    agreed: tuple = (ZERO, ZERO)
    deeds: list = field(default_factory=list)


class Shop:
    """Does something to its orders, and keeps what the books should say of them."""

    def __init__(self, world, place, seed):
        self.world, self.chance = world, random.Random(f"{place}/{seed}/deeds")
        self._shopper = Shopper(place, seed)
        self.told = {}

    def open(self):
        carts = [
            {**cart, "gift_card": 0, "buyer": {"id": 7000 + at, "email": f"b{at}@example.test", "name": f"Buyer {at}"}}
            for at, cart in enumerate(self._shopper.carts(ORDERS))
        ]
        self._edits = iter(self._shopper.carts(2 * ORDERS * ROUNDS))
        for number in self.world.place(*carts):
            self.told[number] = Told()

    def payloads(self):
        return {payload["id"]: payload for payload in self.world.ecwid.orders(self.world.store_id)}

    def busy(self):
        """A few things happen."""
        for _ in range(self.chance.randint(1, 2 * ORDERS)):
            number = self.chance.choice(list(self.told))
            payload = self.payloads()[number]
            deed = self.chance.choice(self._possible(payload, self.told[number]))
            self.told[number].deeds.append(deed.__name__)
            deed(number, payload)

    def _possible(self, payload, told):
        status, total, back = payload["paymentStatus"], dec(payload["total"]), dec(payload.get("refundedAmount"))
        if status == "AWAITING_PAYMENT":
            return [self.pay, self.pay, self.edit, self.cancel]
        if status == "PAID":
            return [self.refund, self.refund, self.edit, self.cancel, self.refund_by_hand, self.ask]
        if status == "PARTIALLY_REFUNDED" and back and total > back:
            return [self.refund, self.refund, self.refund_rest]
        return [self.nothing]

    # -- deeds ---------------------------------------------------------------------------------------------------------

    def pay(self, number, _payload):
        self.world.ecwid.status(self.world.store_id, number, "PAID")

    def edit(self, number, payload):
        cart = next(self._edits)
        kept = {name: cart[name] for name in ("lines", "shipping", "coupon", "promotion", "tip") if name in cart}
        self.world.ecwid.edit(self.world.store_id, number, {**kept, "prices_include_tax": payload["pricesIncludeTax"]})

    def cancel(self, number, _payload):
        self.world.ecwid.cancel(self.world.store_id, number)

    def refund(self, number, payload):
        most = min(dec(payload["total"]), self._paid(payload)) - dec(payload.get("refundedAmount"))
        cents = int(most / CENT)
        if cents > 1:
            amount = self.chance.randint(1, cents) * CENT
            self.world.ecwid.refund(self.world.store_id, number, amount)

    def refund_rest(self, number, _payload):
        self.world.ecwid.refund(self.world.store_id, number)

    def refund_by_hand(self, number, _payload):
        self.world.ecwid.status(self.world.store_id, number, "REFUNDED")

    def ask(self, number, _payload):
        """Partly refunded, by hand: nobody says how much."""
        self.world.ecwid.status(self.world.store_id, number, "PARTIALLY_REFUNDED")

    def nothing(self, _number, _payload):
        pass

    def _paid(self, payload):
        told = self.told[payload["id"]]
        return told.received or dec(payload["total"])

    # -- syncs ---------------------------------------------------------------------------------------------------------

    def sync(self):
        self.world.sync()
        for number, payload in self.payloads().items():
            told, status = self.told[number], payload["paymentStatus"]
            if status == "CANCELLED":
                told.void = told.void or not told.received
            elif status != "AWAITING_PAYMENT" and not told.received:
                told.received = dec(payload["total"])


class Books:
    """What the books say of each buyer: what they owe, and what is in the clearing account for them."""

    def __init__(self, world):
        books = world.books()
        clearing = world.entry("Account", "Ecwid Clearing").books_ref
        names = {row["Id"]: row["DisplayName"] for row in books["Customer"]}
        self.owed, self.cleared = Counter(), Counter()
        self.with_receipts = {names[row["CustomerRef"]["value"]] for row in books["SalesReceipt"]}
        for row in books["Invoice"]:
            self.owed[names[row["CustomerRef"]["value"]]] += dec(row["Balance"])
        for row in books["CreditMemo"]:
            self.owed[names[row["CustomerRef"]["value"]]] -= dec(row.get("RemainingCredit", row.get("Balance")))
        for row in books["Payment"]:
            name = names[row["CustomerRef"]["value"]]
            self.owed[name] -= dec(row.get("UnappliedAmt"))
            if dec(row["TotalAmt"]):
                assert row["DepositToAccountRef"]["value"] == clearing
                self.cleared[name] += dec(row["TotalAmt"])
        for kind, sign in (("SalesReceipt", 1), ("RefundReceipt", -1)):
            for row in books[kind]:
                assert row["DepositToAccountRef"]["value"] == clearing
                self.cleared[names[row["CustomerRef"]["value"]]] += sign * dec(row["TotalAmt"])


def check(shop):
    """Assert that the books agree with the shop; returns how many records are held, by reason."""
    world, books, held = shop.world, Books(shop.world), Counter()
    payloads = shop.payloads()
    for number, told in shop.told.items():
        payload, record = payloads[number], world.record(number)
        about = (
            f"{number} {told} {payload['paymentStatus']} {payload['total']}: {explain(record.reason, record.params)}"
        )
        if record.state == RecordState.HELD:
            assert record.reason in HELD_EDITS, about
            assert "edit" in told.deeds, about
            held[record.reason] += 1
        else:
            assert record.state in {RecordState.POSTED, RecordState.SKIPPED}, about
            total = told.agreed[0] if payload["paymentStatus"] == "CANCELLED" else dec(payload["total"])
            told.agreed = (ZERO if told.void else total, told.received)
        total, received = told.agreed
        back = taken_back(world, number, about, held)
        name = payload["billingPerson"]["name"]
        if name in books.with_receipts:
            expected = (ZERO, total - back)
        else:
            money = min(back, received)  # beyond what came in, what was owed is let go
            expected = (total - received - (back - money), received - money)
        assert (books.owed[name], books.cleared[name]) == expected, f"{about}, back {back}"
    return held


def taken_back(world, number, about, held):
    """What refunds took back of an order, by our records."""
    back = ZERO
    for refund in world.refunds(number):
        why = f"{about}, refund {refund.state} {refund.amount}: {explain(refund.reason, refund.params)}"
        if refund.state == RecordState.POSTED:
            back += refund.amount
        elif refund.state == RecordState.HELD:
            assert refund.reason in EXPECTED_HOLDS, why
            held[refund.reason] += 1
        else:
            assert refund.state in {RecordState.SKIPPED, RecordState.NEW}, why
    return back


@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
@pytest.mark.parametrize("place", PLACES)
def test_after_every_sync_the_books_say_what_the_shop_says(make_world, record_property, place, post_as):
    world = make_world(place, payment_statuses=[], post_as=post_as)
    for taxes, code in MAPPED[place]:
        world.map_tax(taxes, code)
    world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
    shop = Shop(world, place, f"more {post_as}")
    shop.open()
    for _ in range(ROUNDS):
        shop.sync()
        check(shop)
        shop.busy()
    shop.sync()
    held = check(shop)

    before = world.books()
    world.sync()

    assert world.books() == before
    record_property("held", str(dict(held)))
    deeds = Counter(deed for told in shop.told.values() for deed in told.deeds)
    record_property("deeds", str(dict(deeds)))
