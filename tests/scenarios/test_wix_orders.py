"""Orders of Wix sites through whole syncs: what was sold and paid there is in the books, each once and to the cent."""

from decimal import Decimal

import pytest

from sync.models import RecordState
from sync.translate.reasons import Reason
from tests.support.documents import lines_of, new_tax_code, taxes_of
from tests.support.expect import books_are_whole, customer_of, payments_of, posted, sentence_of, skipped
from tests.support.ledger import dec

D = Decimal
ALL = {"payment_statuses": []}
GOODS = {
    "WIX_CA": [{"sku": "TUQUE-S"}, {"sku": "SIROP", "quantity": 3}, {"sku": "LIVRE"}],
    "WIX_US": [{"sku": "MUG", "quantity": 3}, {"sku": "POSTER"}, {"sku": "BOOK"}],
    "WIX_GB": [{"sku": "LAMP-GRE", "quantity": 2}, {"sku": "SEED"}, {"sku": "HEATER"}],
    "WIX_FR": [{"sku": "LAMPE-BLE"}, {"sku": "MIEL", "quantity": 3}, {"sku": "TIMBRE"}],
}
MUGS = [{"sku": "MUG", "quantity": 3}]  # 36.00 and 8 % of tax: 38.88


@pytest.fixture
def harbor(make_world):
    """The American site, with every status meant for the books."""
    return make_world("WIX_US", **ALL)


@pytest.fixture
def fern(make_world):
    """The British one, whose prices include VAT."""
    return make_world("WIX_GB", **ALL)


def told(world, number):
    return world.shop.orders()[number]


def placed(world, number="1", **cart):
    """Place an order and sync; returns its sale."""
    world.place({"number": number, "lines": MUGS, **cart})
    world.sync()
    return posted(world, number)


def amounts(world, sale):
    """(item or SKU, amount) of each line."""
    return [(line[0], line[1]) for line in lines_of(world, sale)]


def paid(world, sale):
    return sorted(dec(one["TotalAmt"]) for one in payments_of(world, sale))


def nothing_more(world):
    """Another sync writes nothing at all."""
    books = world.books()
    world.quickbooks.reset_counters()
    assert world.sync().counts == {}
    assert world.books() == books
    assert not [route for route in world.quickbooks.counters()["by_route"] if route.endswith("/batch")]


# -- worked examples, every figure of which is known -------------------------------------------------------------------


@pytest.mark.parametrize("place", GOODS)
@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
def test_a_paid_order_is_in_the_books(make_world, place, post_as):
    world = make_world(place, post_as=post_as)
    sale = placed(world, lines=GOODS[place], shipping=6)

    assert dec(sale["TotalAmt"]) == dec(told(world, "1")["order"]["priceSummary"]["total"]["amount"])
    assert [line[0] for line in lines_of(world, sale)] == [*(line["sku"] for line in GOODS[place]), "Shipping"]
    assert paid(world, sale) == ([dec(sale["TotalAmt"])] if post_as == "invoice" else [])
    assert sale["PrivateNote"].startswith("Wix 1")
    assert customer_of(world, sale)["DisplayName"] == "Ana Ruiz"
    books_are_whole(world)
    nothing_more(world)


def test_a_coupon_where_tax_comes_on_top(harbor):
    sale = placed(
        harbor,
        lines=[{"sku": "MUG", "quantity": 3}, {"sku": "POSTER"}],
        coupon={"code": "TEN", "percent": 10},
        shipping=6,
        fees=[{"name": "Gift wrap", "price": 4}],
    )
    assert (dec(sale["TotalAmt"]), dec(sale["TxnTaxDetail"]["TotalTax"])) == (D("64.91"), D("4.51"))
    lines = [("MUG", D(36)), ("POSTER", D(20)), ("Shipping", D(6)), ("Fees", D(4)), ("Discount", D("-5.60"))]
    assert amounts(harbor, sale) == lines


@pytest.mark.parametrize("summary", ["net", "gross"])
def test_prices_that_include_tax(fern, summary):
    fern.wix.switch(inclusive_summary=summary)
    sale = placed(fern, lines=[{"sku": "LAMP-GRE", "quantity": 2}], shipping=6)
    assert amounts(fern, sale) == [("LAMP-GRE", D(40)), ("Shipping", D(5))]
    assert (dec(sale["TotalAmt"]), taxes_of(fern, sale)) == (D(54), {"20.0% S (Sales)": D(9)})


@pytest.mark.parametrize("discount", ["net", "gross"])
@pytest.mark.parametrize("summary", ["net", "gross"])
def test_a_coupon_where_prices_include_tax(fern, summary, discount):
    fern.wix.switch(inclusive_summary=summary, inclusive_discount=discount)
    lines = [{"sku": "LAMP-GRE", "quantity": 2}]
    sale = placed(fern, lines=lines, shipping=6, coupon={"code": "TEN", "percent": 10})
    assert amounts(fern, sale) == [("LAMP-GRE", D(40)), ("Shipping", D(5)), ("Discount", D(-4))]
    assert (dec(sale["TotalAmt"]), taxes_of(fern, sale)) == (D("49.20"), {"20.0% S (Sales)": D("8.20")})


def test_yen_have_no_cents(make_world):
    world = make_world("WIX_JP", **ALL)
    world.quickbooks.switch(currency_places=True)
    for rate in (10, 8):
        new_tax_code(world, f"TVA {rate} %", rate)
        world.map_tax([f"VAT {rate}"], f"TVA {rate} %")
    lines = [{"sku": "BEANS", "quantity": 2}, {"sku": "CUP"}]
    sale = placed(world, lines=lines, coupon={"code": "TEN", "percent": 10}, shipping=500)
    assert (dec(sale["TotalAmt"]), sale["CurrencyRef"]["value"]) == (D(5639), "JPY")
    assert dec(sale["TxnTaxDetail"]["TotalTax"]) == dec(told(world, "1")["order"]["priceSummary"]["tax"]["amount"])
    assert paid(world, sale) == [D(5639)]
    nothing_more(world)


# -- how it was paid ---------------------------------------------------------------------------------------------------


def test_several_tenders_are_as_many_payments(make_world):
    world = make_world("WIX_US", post_as="sales_receipt")
    world.map_method("PayPal", "PayPal Clearing", "PayPal")
    sale = placed(world, payments=[{"kind": "paypal", "amount": 20}, {"kind": "card"}])

    assert world.record("1").reason == Reason.RECEIPT_BECAME_INVOICE
    accounts = {dec(one["TotalAmt"]): one["DepositToAccountRef"]["value"] for one in payments_of(world, sale)}
    by_name = {name: world.entry("Account", name).books_ref for name in ("PayPal Clearing", "Ecwid Clearing")}
    assert accounts == {D(20): by_name["PayPal Clearing"], D("18.88"): by_name["Ecwid Clearing"]}


def test_what_comes_later_follows(harbor):
    sale = placed(harbor, paid=False)
    assert (paid(harbor, sale), dec(sale["Balance"])) == ([], D("38.88"))
    ref = harbor.record("1").store_ref
    for amount, balance in ((30, D("8.88")), (D("8.88"), 0)):
        harbor.wix.pay("harbor", ref, {"kind": "offline", "method": "CASH", "amount": amount})
        harbor.sync()
        assert dec(harbor.only()["Balance"]) == balance
    assert paid(harbor, harbor.only()) == [D("8.88"), D(30)]
    nothing_more(harbor)


def changed(world, ref, payment, status):
    """A payment of an order gets another status on the site."""
    world.wix.control("PATCH", f"sites/{world.store_id}/orders/{ref}/payments/{payment}", {"status": status})


@pytest.mark.parametrize("late", [20, D("38.88")])
def test_a_payment_that_comes_in_after_a_later_one_is_posted_itself(harbor, late):
    """The books know payments by their places, and apply no more of them than is open."""
    seconds = (f"2026-03-01T10:00:0{second}.000Z" for second in range(2))
    first = {"kind": "klarna", "amount": late, "status": "PENDING", "provider_id": "first", "created": next(seconds)}
    second = {"kind": "card", "amount": D("18.88"), "provider_id": "second", "created": next(seconds)}
    [ref] = harbor.place({"number": "1", "lines": MUGS, "payments": [first, second]})
    harbor.sync()
    assert paid(harbor, posted(harbor, "1")) == [D("18.88")]
    changed(harbor, ref, 0, "APPROVED")
    harbor.sync()
    found = {dec(one["TotalAmt"]): one for one in harbor.books()["Payment"]}
    assert {amount: one["PaymentRefNum"] for amount, one in found.items()} == {late: "first", D("18.88"): "second"}
    assert dec(posted(harbor, "1")["Balance"]) == 0
    assert dec(found[late]["UnappliedAmt"]) == late - 20
    nothing_more(harbor)


@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
def test_a_payment_that_did_not_come_in_after_all_is_told_of(make_world, post_as):
    world = make_world("WIX_US", post_as=post_as, **ALL)
    [ref] = world.place({"number": "1", "lines": MUGS, "payments": [{"kind": "offline", "method": "CHECK"}]})
    world.sync()
    books = world.books()
    changed(world, ref, 0, "CANCELED")
    run = world.sync()
    [entry] = world.log(run)
    assert (entry.reason, entry.params["amount"]) == (Reason.PAYMENT_UNDONE, "38.88")
    assert world.books() == books
    changed(world, ref, 0, "APPROVED")
    assert not [entry for entry in world.log(world.sync()) if entry.reason]


def test_only_the_chosen_statuses_are_posted(make_world):
    world = make_world("WIX_US")
    world.place({"number": "1", "lines": MUGS, "paid": False})
    world.sync()
    skipped(world, "1", Reason.STATUS_NOT_SELECTED)
    world.wix.pay("harbor", world.record("1").store_ref)
    world.sync()
    assert paid(world, posted(world, "1")) == [D("38.88")]


def test_a_status_that_comes_late_holds_nothing_up(make_world):
    world = make_world("WIX_US")
    world.wix.switch(payment_status_lag_seconds=3600)
    world.place({"number": "1", "lines": MUGS, "paid": False})
    [ref] = [order["id"] for order in world.wix.orders("harbor")]
    world.wix.pay("harbor", ref)
    world.sync()
    assert paid(world, posted(world, "1")) == [D("38.88")]


def test_a_gift_card_pays_like_money_and_is_none(harbor):
    sale = placed(harbor, payments=[{"kind": "gift_card", "amount": 10}, {"kind": "card"}])
    assert amounts(harbor, sale) == [("MUG", D(36)), ("Gift cards", D(-10))]
    assert (dec(sale["TotalAmt"]), paid(harbor, sale)) == (D("28.88"), [D("28.88")])


def test_a_gift_card_that_is_sold_is_owed_to_its_owner(harbor):
    card = {"name": "Voucher", "price": 50, "module": "gift_cards", "item_type": "GIFT_CARD", "tax": "none"}
    sale = placed(harbor, lines=[*MUGS, card])
    assert amounts(harbor, sale) == [("MUG", D(36)), ("Gift cards", D(50))]
    assert dec(sale["TotalAmt"]) == D("88.88")


def test_tips_fees_and_what_the_platform_charges_the_buyer(harbor):
    service = [{"name": "Service", "amount": 2}, {"name": "Absorbed", "amount": 1, "charge_type": "ABSORBED"}]
    wrap = [{"name": "Gift wrap", "price": 5, "tax": "standard"}]
    sale = placed(harbor, tip=3, fees=wrap, platform_fees=service)
    assert sorted(amounts(harbor, sale)) == [("Fees", D(2)), ("Fees", D(5)), ("MUG", D(36)), ("Tips", D(3))]
    assert dec(sale["TotalAmt"]) == D("49.28")


@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
def test_cash_is_rounded_to_coins(make_world, post_as):
    world = make_world("WIX_US", post_as=post_as)
    sale = placed(world, payments=[{"kind": "offline", "method": "CASH", "rounding": D("0.05")}])
    assert (dec(sale["TotalAmt"]), amounts(world, sale)) == (D("38.90"), [("MUG", D(36)), ("Fees", D("0.02"))])
    assert paid(world, sale) == ([D("38.90")] if post_as == "invoice" else [])


def test_what_a_membership_covers_is_sold_for_nothing(fern):
    fern.set("orders", modules={"bookings": {"enabled": True}})
    yoga = {"name": "Yoga", "price": 24, "module": "bookings", "payment_option": "MEMBERSHIP", "sku": "YOGA"}
    covered = {**yoga, "membership": {"amount": 24, "name": "Gold"}}
    lamp = {"sku": "LAMP-GRE"}
    sale = placed(fern, lines=[lamp, covered], payments=[{"kind": "card", "amount": 24}])
    assert amounts(fern, sale) == [("LAMP-GRE", D(20)), ("YOGA", D(0))]
    assert (dec(sale["TotalAmt"]), paid(fern, sale)) == (D(24), [D(24)])


def test_what_a_bank_takes_back_is_no_refund(harbor):
    placed(harbor)
    books = harbor.books()
    harbor.wix.chargeback("harbor", harbor.record("1").store_ref)
    harbor.sync()
    assert harbor.record("1").state == RecordState.POSTED
    assert harbor.books() == books


# -- what becomes of orders --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["INITIALIZED", "PENDING", "REJECTED"])
def test_a_checkout_that_nobody_finished_is_no_sale(harbor, status):
    harbor.place({"lines": MUGS, "status": status})
    harbor.sync()
    assert harbor.documents() == {}


def test_an_archived_order_is_an_order(harbor):
    assert placed(harbor, archived=True)


def test_an_order_that_was_brought_over_is_posted_only_where_that_is_asked_for(harbor):
    placed_before = {"number": "OLD", "lines": MUGS, "imported": True}
    harbor.place(placed_before)
    harbor.sync()
    assert not harbor.documents()
    skipped(harbor, "OLD", Reason.ORDER_IMPORTED)

    harbor.set("orders", post_imported=True)
    harbor.sync()

    assert dec(harbor.documents()["WX-OLD"]["TotalAmt"]) == D("38.88")
    nothing_more(harbor)


def test_a_cancelled_order_voids_its_invoice_unless_it_was_paid(harbor):
    for number, cart in (("OPEN", {"paid": False}), ("PAID", {})):
        placed(harbor, number, **cart)
        harbor.act(number, "cancel")
    harbor.place({"number": "NEVER", "lines": MUGS, "paid": False})
    harbor.wix.cancel("harbor", told(harbor, "NEVER")["order"]["id"])
    harbor.sync()

    totals = {number: dec(sale["TotalAmt"]) for number, sale in harbor.documents().items()}
    assert totals == {"WX-OPEN": 0, "WX-PAID": D("38.88")}
    assert harbor.record("OPEN").reason == Reason.SALE_VOIDED
    skipped(harbor, "NEVER", Reason.ORDER_CANCELLED)
    nothing_more(harbor)


def test_an_edited_order_changes_its_invoice(harbor):
    placed(harbor)
    harbor.act("1", "edit", {"cart": {"lines": [{"sku": "MUG", "quantity": 5}, {"sku": "BOOK"}]}})
    harbor.sync()
    sale = harbor.only()
    assert amounts(harbor, sale) == [("MUG", D(60)), ("BOOK", D("9.99"))]
    assert (dec(sale["TotalAmt"]), dec(sale["Balance"])) == (D("74.79"), D("35.91"))
    harbor.act("1", "pay")
    harbor.sync()
    assert paid(harbor, harbor.only()) == [D("35.91"), D("38.88")]
    nothing_more(harbor)


def test_a_receipt_waits_until_what_was_added_is_paid(make_world):
    world = make_world("WIX_US", post_as="sales_receipt", **ALL)
    placed(world)
    world.act("1", "edit", {"cart": {"lines": [{"sku": "MUG", "quantity": 5}]}})
    world.sync()
    assert (world.record("1").state, world.record("1").reason) == (RecordState.HELD, Reason.RECEIPT_OUTGROWN)
    sentence_of(world.record("1"), "64.80", "38.88", "WX-1")
    assert dec(world.only("SalesReceipt")["TotalAmt"]) == D("38.88")

    world.act("1", "pay")
    world.sync()
    assert dec(posted(world, "1")["TotalAmt"]) == D("64.80")


# -- refunds -----------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["invoice", "sales_receipt"])
def lamps(make_world, request):
    """Two lamps at 24.00 with VAT and delivery for 6.00, posted; refunds are posted, too."""
    world = make_world("WIX_GB", post_as=request.param, **ALL)
    world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
    cart = {"lines": [{"sku": "LAMP-GRE", "quantity": 2}], "shipping": 6}
    placed(world, **cart, payments=[{"kind": "card"}])
    return world


def given_back(world, number="1", **asked):
    """Give something back and sync; the totals of all refund receipts so far, the first one first."""
    world.act(number, "refund", asked)
    world.sync()
    return [dec(row["TotalAmt"]) for row in sorted(world.books()["RefundReceipt"], key=lambda row: int(row["Id"]))]


def test_a_lamp_comes_back(lamps):
    assert given_back(lamps, lines=[{"line": 0, "quantity": 1}], reason="Damaged") == [24]
    [receipt] = lamps.books()["RefundReceipt"]
    assert dec(receipt["TxnTaxDetail"]["TotalTax"]) == 4
    assert "Damaged" in receipt["PrivateNote"]
    assert given_back(lamps) == [24, 30]
    assert sum(dec(row["TxnTaxDetail"]["TotalTax"]) for row in lamps.books()["RefundReceipt"]) == 9
    nothing_more(lamps)


@pytest.mark.parametrize(
    ("asked", "amount"),
    [
        ({}, 54),
        ({"shipping": True}, 6),
        ({"lines": [{"line": 0, "quantity": 1}], "shipping": 3}, 27),
        ({"amount": D("10.01")}, D("10.01")),
        ({"amount": 10, "external": True}, 10),
        ({"lines": [{"line": 0, "quantity": 1}], "amount": 20}, 20),
    ],
)
def test_every_shape_of_a_refund(lamps, asked, amount):
    assert given_back(lamps, **asked) == [amount]
    nothing_more(lamps)


def test_several_refunds_are_the_sale_to_the_cent(lamps):
    for amount in (D("7.77"), D("13.13"), D("20.20")):
        given_back(lamps, amount=amount)
    assert sum(given_back(lamps)) == 54


def test_what_failed_did_not_go_back(lamps):
    assert given_back(lamps, amount=10, outcome="FAILED") == []
    assert given_back(lamps, amount=10, outcome="PENDING") == []
    lamps.wix.settle_refund("fern", lamps.record("1").store_ref, "1", "SUCCEEDED")
    lamps.sync()
    assert [refund.amount for refund in lamps.refunds("1")] == [10]


def test_of_several_payments_only_what_went_back_counts(fern):
    fern.set("refunds", enabled=True, account=fern.entry("Account", "Ecwid Clearing"))
    fern.map_method("PayPal", "PayPal Clearing")
    payments = [{"kind": "paypal", "amount": 20}, {"kind": "card"}]
    placed(fern, lines=[{"sku": "LAMP-GRE", "quantity": 2}], payments=payments)
    through = [{"payment": 0, "amount": 20}, {"payment": 1, "amount": 10, "outcome": "FAILED"}]
    assert given_back(fern, payments=through) == [20]
    account = fern.entry("Account", "PayPal Clearing").books_ref
    assert fern.books()["RefundReceipt"][0]["DepositToAccountRef"]["value"] == account
    assert sum(given_back(fern)) == 48


def test_a_cancelled_order_is_given_back(lamps):
    lamps.act("1", "cancel")
    assert given_back(lamps) == [54]
    assert dec(posted(lamps, "1")["TotalAmt"]) == 54
    nothing_more(lamps)


@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
def test_what_was_paid_too_much_before_the_order_was_seen_counts_when_it_comes_to_more_again(make_world, post_as):
    """Three mugs are paid; one is taken off before the order is read, and three are added afterwards."""
    world = make_world("WIX_US", post_as=post_as, **ALL)
    [ref] = world.place({"number": "1", "lines": MUGS})
    world.wix.edit("harbor", ref, {"lines": [{"sku": "MUG", "quantity": 2}]})
    world.sync()
    [payment] = world.books()["Payment"]
    assert (dec(payment["TotalAmt"]), dec(payment["UnappliedAmt"])) == (D("38.88"), D("12.96"))

    world.wix.edit("harbor", ref, {"lines": [{"sku": "MUG", "quantity": 5}]})
    world.sync()
    sale, [payment] = posted(world, "1"), world.books()["Payment"]
    assert dec(sale["TotalAmt"]) == D("64.80")
    assert dec(sale["Balance"]) - dec(payment["UnappliedAmt"]) == D("25.92")


def test_an_order_that_is_paid_twice(harbor):
    """Both payments came in; the second is the buyer's credit until it goes back."""
    harbor.set("refunds", enabled=True, account=harbor.entry("Account", "Ecwid Clearing"))
    [ref] = harbor.place({"number": "1", "lines": MUGS})
    harbor.sync()
    harbor.wix.pay("harbor", ref, {"kind": "card", "amount": D("38.88")})
    run = harbor.sync()
    assert [(entry.action, entry.reason) for entry in harbor.log(run)] == [("updated", Reason.OVERPAID)]
    payments = harbor.books()["Payment"]
    assert sorted((dec(one["TotalAmt"]), dec(one["UnappliedAmt"])) for one in payments) == [
        (D("38.88"), 0),
        (D("38.88"), D("38.88")),
    ]
    assert dec(posted(harbor, "1")["Balance"]) == 0
    nothing_more(harbor)

    harbor.wix.refund("harbor", ref, amount=D("38.88"))
    harbor.sync()
    books, [refund] = harbor.books(), harbor.refunds("1")
    assert (refund.state, refund.reason) == (RecordState.POSTED, Reason.REFUND_OF_CREDIT)
    assert sorted(dec(one["TotalAmt"]) for one in books["Payment"]) == [0, D("38.88")]
    assert (dec(posted(harbor, "1")["Balance"]), books["RefundReceipt"]) == (0, [])
    nothing_more(harbor)


def test_a_receipt_that_is_paid_twice_says_so(make_world):
    """It cannot hold what is too much; when that goes back nothing is taken out of the books."""
    world = make_world("WIX_US", post_as="sales_receipt", **ALL)
    world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
    [ref] = world.place({"number": "1", "lines": MUGS})
    world.sync()
    world.wix.pay("harbor", ref, {"kind": "card", "amount": D("38.88")})
    run = world.sync()
    assert [entry.reason for entry in world.log(run)] == [Reason.RECEIPT_OVERPAID]
    world.wix.refund("harbor", ref, amount=D("38.88"))
    world.sync()
    books, [refund] = world.books(), world.refunds("1")
    assert ([dec(one["TotalAmt"]) for one in books["SalesReceipt"]], books["RefundReceipt"]) == ([D("38.88")], [])
    assert (refund.state, refund.reason) == (RecordState.POSTED, Reason.REFUND_BEYOND)


def test_what_was_paid_too_much_and_never_recorded_is_not_taken_out_of_the_books(make_world):
    """Where payments are somebody else's affair, so is what goes back of what was paid too much."""
    world = make_world("WIX_US", **ALL)
    world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
    world.set("payments", enabled=False)
    [ref] = world.place({"number": "1", "lines": MUGS})
    world.wix.edit("harbor", ref, {"lines": [{"sku": "MUG", "quantity": 2}]})
    world.wix.refund("harbor", ref, amount=D("12.96"))
    world.sync()
    books, [refund] = world.books(), world.refunds("1")
    assert (books["Payment"], books["RefundReceipt"], books["CreditMemo"]) == ([], [], [])
    assert (refund.state, refund.reason, refund.amount) == (RecordState.POSTED, Reason.REFUND_BEYOND, D("12.96"))
    sentence_of(refund, "12.96", "WX-1")
    nothing_more(world)


@pytest.mark.parametrize("seen", ["together", "one by one"])
@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
def test_what_was_paid_too_much_before_the_order_was_seen_goes_back_first(make_world, post_as, seen):
    """Three mugs are paid; one is taken off before the order is read, and what it cost is given back."""
    world = make_world("WIX_US", post_as=post_as, **ALL)
    world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
    [ref] = world.place({"number": "1", "lines": MUGS})
    world.wix.edit("harbor", ref, {"lines": [{"sku": "MUG", "quantity": 2}]})
    if seen == "one by one":
        world.sync()
    world.wix.refund("harbor", ref, amount=D("12.96"))
    world.sync()

    sale = posted(world, "1")
    assert (dec(sale["TotalAmt"]), world.books()["RefundReceipt"], world.books()["CreditMemo"]) == (D("25.92"), [], [])
    assert paid(world, sale) == [D("25.92")]
    [refund] = world.refunds("1")
    assert (refund.state, refund.reason, refund.amount) == (RecordState.POSTED, Reason.REFUND_OF_CREDIT, D("12.96"))
    sentence_of(refund, "12.96", "WX-1")
    nothing_more(world)

    assert given_back(world) == [D("25.92")]
    nothing_more(world)
