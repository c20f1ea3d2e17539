"""Refunds of Wix sites through whole syncs: what they name is taken back, and nothing else (R3, W3)."""

from decimal import Decimal

import pytest

from sync.models import RecordState
from tests.support.documents import lines_of
from tests.support.expect import sentence_of
from tests.support.ledger import Ledger, dec

D = Decimal
LAMPS = {"sku": "LAMP-GRE", "quantity": 2}


@pytest.fixture
def site(make_world):
    """Makes a world of a site whose refunds are posted."""

    def make(name="WIX_GB", **order_settings):
        statuses = ["PAID", "PARTIALLY_REFUNDED", "FULLY_REFUNDED"]
        world = make_world(name, **{"payment_statuses": statuses, **order_settings})
        world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
        return world

    return make


def sold(world, *lines, number="7001", **cart):
    """An order in the books; returns its id."""
    [ref] = world.place({"number": number, "lines": list(lines) or [LAMPS], **cart})
    world.sync()
    return ref


def refund(world, ref, **asked):
    world.shop.act(ref, "refund", asked)
    world.sync()


def lines(world, document):
    """(SKU or item, net amount, quantity)."""
    return [(name, amount, quantity) for name, amount, _code, quantity, _price in lines_of(world, document)]


def receipts(world):
    return list(world.documents("RefundReceipt").values())


def all_posted(world, number="7001"):
    for record in world.refunds(number):
        assert record.state == RecordState.POSTED, sentence_of(record)


def test_one_of_two_lamps(site):
    world = site()
    ref = sold(world, LAMPS, {"sku": "SEED"}, shipping=6)
    refund(world, ref, lines=[{"line": 0, "quantity": 1}])
    [back] = receipts(world)
    assert lines(world, back) == [("LAMP-GRE", 20, 1)]
    assert (dec(back["TotalAmt"]), dec(back["TxnTaxDetail"]["TotalTax"])) == (24, 4)
    all_posted(world)


def test_the_shipping_alone(site):
    world = site()
    ref = sold(world, LAMPS, shipping=6)
    refund(world, ref, shipping=True)
    [back] = receipts(world)
    assert lines(world, back) == [("Shipping", 5, None)]


@pytest.mark.parametrize("told", ["gross", "net"])
def test_the_total_is_right_however_the_shipping_is_told(site, told):
    world = site()
    world.wix.switch(refund_parts=told)
    ref = sold(world, LAMPS, shipping=6)
    refund(world, ref, lines=[{"line": 0, "quantity": 1}], shipping=True)
    [back] = receipts(world)
    assert (dec(back["TotalAmt"]), dec(back["TxnTaxDetail"]["TotalTax"])) == (30, 5)
    assert lines(world, back)[:1] == [("LAMP-GRE", 20, 1)]


def test_an_amount_alone_is_a_part_of_everything(site):
    world = site()
    ref = sold(world, LAMPS, shipping=6)
    refund(world, ref, amount=10)
    [back] = receipts(world)
    assert [name for name, *_ in lines(world, back)] == ["Refund adjustment"]
    assert dec(back["TotalAmt"]) == 10


def test_line_by_line_until_nothing_is_left(site):
    world = site()
    ref = sold(world, LAMPS, {"sku": "SEED"}, {"sku": "HEATER"}, shipping=6)
    total = dec(world.only()["TotalAmt"])
    refund(world, ref, lines=[{"line": 0, "quantity": 1}, {"line": 1, "quantity": 1}])
    refund(world, ref, shipping=True, amount=4)
    refund(world, ref, lines=[{"line": 0, "quantity": 1}])
    refund(world, ref)
    all_posted(world)
    assert sum(dec(back["TotalAmt"]) for back in receipts(world)) == total
    ledger = Ledger(world.books())
    taxes = [ledger.tax_by_rate(back) for back in receipts(world)]
    sale = ledger.tax_by_rate(world.only())
    assert {rate: sum(tax.get(rate, D(0)) for tax in taxes) for rate in sale} == sale


def test_two_methods_take_the_goods_back_once(site):
    world = site()
    ref = sold(world, LAMPS, payments=[{"kind": "paypal", "amount": 20}, {"kind": "card"}])
    refund(world, ref, lines=[{"line": 0, "quantity": 1}])
    backs = receipts(world)
    assert sorted(dec(back["TotalAmt"]) for back in backs) == [4, 20]
    units = [quantity for back in backs for name, _amount, quantity in lines(world, back) if quantity]
    assert units == [1]
    assert sum(amount for back in backs for _name, amount, _quantity in lines(world, back)) == 20
    all_posted(world)


def test_a_method_that_is_called_otherwise_by_now_gives_nothing_back_again(site):
    """Wix takes a field out of its payments that methods were known by."""
    world = site()
    ref = sold(world, LAMPS, payments=[{"kind": "paypal", "amount": 30}, {"kind": "card"}])
    refund(world, ref, payments=[{"payment": 0, "amount": 12}, {"payment": 1, "amount": 8}])
    before = world.books()
    world.wix.switch(deprecated_payment_fields="gone")
    world.wix.patch(world.store_id, ref, seenByAHuman=True)
    world.sync()
    assert world.books() == before
    assert [refund.amount for refund in world.refunds("7001")] == [12, 8]


def test_a_part_that_fails_is_not_given_back(site):
    world = site()
    ref = sold(world, LAMPS, payments=[{"kind": "paypal", "amount": 20}, {"kind": "card"}])
    parts = [{"payment": 0, "amount": 14}, {"payment": 1, "amount": 10, "outcome": "FAILED"}]
    refund(world, ref, lines=[{"line": 0, "quantity": 1}], payments=parts)
    [back] = receipts(world)
    assert dec(back["TotalAmt"]) == 14
    assert [name for name, *_ in lines(world, back)] == ["LAMP-GRE"]


def test_what_is_pending_waits(site):
    world = site()
    ref = sold(world, LAMPS)
    refund(world, ref, lines=[{"line": 0, "quantity": 1}], outcome="PENDING")
    assert receipts(world) == []
    world.shop.act(ref, "refunds/0/settle", {"outcome": "SUCCEEDED"})
    world.sync()
    assert [lines(world, back) for back in receipts(world)] == [[("LAMP-GRE", 20, 1)]]


class TestGiftCards:
    """A gift card paid 20.00 of the 48.00."""

    CARD = [{"kind": "gift_card", "amount": 20}, {"kind": "card"}]

    def liability(self, world):
        """What documents of the company made of the gift cards' item: what is owed to their owners."""
        ledger, books = Ledger(world.books()), world.books()
        signs = {"Invoice": 1, "SalesReceipt": 1, "RefundReceipt": -1, "CreditMemo": -1}
        return sum(sign * sum(ledger.on_item(row, "Gift cards")) for kind, sign in signs.items() for row in books[kind])

    def test_money_and_card_get_theirs_back(self, site):
        world = site()
        ref = sold(world, LAMPS, payments=self.CARD)
        assert self.liability(world) == -20
        refund(world, ref)
        [back] = receipts(world)
        assert dec(back["TotalAmt"]) == 28
        assert self.liability(world) == 0
        assert dec(back["TxnTaxDetail"]["TotalTax"]) == 8
        all_posted(world)

    def test_the_card_alone(self, site):
        world = site()
        ref = sold(world, LAMPS, payments=self.CARD)
        refund(world, ref, payments=[{"payment": 0, "amount": 20}], amount=20)
        [back] = receipts(world)
        assert dec(back["TotalAmt"]) == 0
        assert self.liability(world) == 0
        all_posted(world)
        before = world.books()
        world.sync()
        assert world.books() == before

        refund(world, ref)
        all_posted(world)
        assert sum(dec(one["TotalAmt"]) for one in receipts(world)) == 28
        assert sum(dec(one["TxnTaxDetail"]["TotalTax"]) for one in receipts(world)) == 8

    def test_money_alone_leaves_the_card_as_it_is(self, site):
        world = site()
        ref = sold(world, LAMPS, payments=self.CARD)
        refund(world, ref, payments=[{"payment": 1, "amount": 28}], amount=28)
        [back] = receipts(world)
        assert (dec(back["TotalAmt"]), self.liability(world)) == (28, -20)
        all_posted(world)

    def test_a_card_that_paid_for_everything(self, site):
        world = site(post_as="sales_receipt")
        ref = sold(world, LAMPS, payments=[{"kind": "gift_card", "amount": 48}])
        refund(world, ref, lines=[{"line": 0, "quantity": 2}])
        [back] = receipts(world)
        assert lines(world, back) == [("LAMP-GRE", 40, 2), ("Gift cards", -48, None)]
        assert (dec(back["TotalAmt"]), self.liability(world)) == (0, 0)
        all_posted(world)


class TestStock:
    """Goods that QuickBooks counts come back as far as the site put them on the shelf."""

    @pytest.mark.parametrize(("restock", "back"), [(False, 0), (True, 2), ([{"line": 0, "quantity": 1}], 1)])
    def test_as_many_units_as_are_on_the_shelf(self, site, restock, back):
        world = site()
        world.set("items", create_as="inventory")
        ref = sold(world, LAMPS)
        before = self.on_hand(world)
        refund(world, ref, lines=[{"line": 0, "quantity": 2}], restock=restock)
        all_posted(world)
        assert self.on_hand(world) - before == back
        assert dec(receipts(world)[0]["TotalAmt"]) == 48

    def on_hand(self, world):
        [lamp] = [item for item in world.books()["Item"] if item.get("Sku") == "LAMP-GRE"]
        assert lamp["Type"] == "Inventory"
        return dec(lamp["QtyOnHand"])
