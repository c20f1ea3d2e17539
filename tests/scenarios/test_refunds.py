"""What Ecwid tells of refunds, shape by shape, and what stands in the books afterwards (R1-R5)."""

from decimal import Decimal

import pytest

from sync.models import LogEntry, RecordState
from tests.support.expect import sentence_of
from tests.support.ledger import Ledger
from tests.support.world import money

D = Decimal
HAT = {"sku": "HAT", "name": "Hat", "price": 40}
MUG = {"sku": "MUGS", "name": "Mug", "price": 15, "quantity": 2}
STATUSES = ["PAID", "REFUNDED", "PARTIALLY_REFUNDED"]


@pytest.fixture
def shop(make_world):
    """Makes a world whose refunds are posted."""

    def make(name="CA", **order_settings):
        world = make_world(name, **{"payment_statuses": STATUSES, **order_settings})
        account = world.entry("Account", "Ecwid Clearing")
        world.set("refunds", enabled=True, account=account)
        return world

    return make


def act(world, number, what, body=None):
    return world.ecwid.control("POST", f"stores/{world.store_id}/orders/{number}/{what}", body or {})


def refund(world, number, amount=None, **more):
    return act(world, number, "refund", {**({"amount": amount} if amount is not None else {}), **more})


def receipts(world):
    return world.documents("RefundReceipt")


def lines(world, document):
    """(item, net amount, tax code, quantity)."""
    books = world.books()
    codes = {code["Id"]: code["Name"] for code in books["TaxCode"]}
    found = []
    for item, line in Ledger(books).lines(document):
        detail = line["SalesItemLineDetail"]
        code = detail.get("TaxCodeRef", {}).get("value")
        found.append((item["Name"], money(line["Amount"]), codes.get(code, code), detail.get("Qty")))
    return found


def settled(world, number, *, left=0):
    """Each refund of the order is posted once, and what the books hold of the sale is what is left of it."""
    books = world.books()
    for record in world.refunds(number):
        assert record.state == RecordState.POSTED, sentence_of(record)
    sale = sum((money(row["TotalAmt"]) for kind in ("Invoice", "SalesReceipt") for row in books[kind]), D(0))
    back = sum((money(row["TotalAmt"]) for kind in ("RefundReceipt", "CreditMemo") for row in books[kind]), D(0))
    assert sale - back == left


class TestReceipts:
    """The sale was paid when it was posted: what goes back is money."""

    def test_a_full_refund_mirrors_the_sale(self, shop):
        world = shop(post_as="sales_receipt")
        world.place({"order_id": "ONE", "lines": [HAT, MUG], "shipping": 5})
        world.sync()
        refund(world, "ONE", reason="Too small")

        world.sync()

        sale, back = world.only("SalesReceipt"), world.only("RefundReceipt")
        assert back["DocNumber"] == "R-ONE"
        assert lines(world, back) == lines(world, sale)
        assert money(back["TotalAmt"]) == money(sale["TotalAmt"])
        assert money(back["TxnTaxDetail"]["TotalTax"]) == money(sale["TxnTaxDetail"]["TotalTax"])
        assert back["CustomerRef"] == sale["CustomerRef"]
        assert back["DepositToAccountRef"]["value"] == world.entry("Account", "Ecwid Clearing").books_ref
        assert f"refund of EW-ONE (sales receipt {sale['Id']}): Too small [TB-" in back["PrivateNote"]
        assert back["CustomerMemo"]["value"] == "Refund of EW-ONE"
        settled(world, "ONE")
        [entry] = LogEntry.objects.filter(kind="refund")
        assert (entry.action, entry.books_type, entry.doc_number) == ("created", "RefundReceipt", "R-ONE")

    def test_nothing_is_posted_twice(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT]})
        world.sync()
        refund(world, "ONE")
        for _ in range(3):
            world.sync()
        settled(world, "ONE")
        assert LogEntry.objects.filter(kind="refund").count() == 1


class TestPartial:
    def test_any_amount_is_a_part_of_everything(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT, MUG], "shipping": 5})
        world.sync()
        refund(world, "ONE", 17)

        world.sync()

        back = world.only("RefundReceipt")
        assert money(back["TotalAmt"]) == 17
        assert [name for name, *_ in lines(world, back)] == ["Refund adjustment"]
        settled(world, "ONE", left=money(world.only()["TotalAmt"]) - 17)

    def test_several_and_then_the_rest(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT, MUG], "shipping": 5})
        world.sync()
        for amount in (17, 9):
            refund(world, "ONE", amount)
            world.sync()
        refund(world, "ONE")
        world.sync()

        assert list(receipts(world)) == ["R-ONE", "R-ONE-2", "R-ONE-3"]
        settled(world, "ONE")
        taxes = [Ledger(world.books()).tax_by_rate(back) for back in receipts(world).values()]
        sale = Ledger(world.books()).tax_by_rate(world.only())
        assert {rate: sum(tax.get(rate, D(0)) for tax in taxes) for rate in sale} == sale

    def test_several_at_once(self, shop):
        world = shop()
        world.place({"order_id": "ONE", "lines": [HAT, MUG], "shipping": 5})
        world.sync()
        for amount in (17, 9, None):
            refund(world, "ONE", amount)
        world.sync()
        assert list(receipts(world)) == ["R-ONE", "R-ONE-2", "R-ONE-3"]
        settled(world, "ONE")
