"""The adapter against the simulated Wix, over real HTTP."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from integrations.commerce import LineKind, PaymentState
from integrations.errors import NotAllowed, NotFound, ReconnectNeeded, Refused
from integrations.http import Clock, Transport
from integrations.money import ZERO, json_dumps, json_loads
from integrations.stores import Store
from integrations.wix.access import AppAccess, KeyAccess
from integrations.wix.client import WixClient
from integrations.wix.store import WixStore

D = Decimal
LONG_AGO, LATER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

LINES = {
    "harbor": [{"sku": "MUG", "quantity": 3}, {"sku": "POSTER"}, {"sku": "BOOK"}],
    "fern": [{"sku": "LAMP-GRE", "quantity": 2}, {"sku": "SEED"}, {"sku": "HEATER"}],
    "kissa": [{"sku": "BEANS", "quantity": 2}, {"sku": "CUP"}],
}
CARTS = {
    "plain": {},
    "shipping": {"shipping": {"price": 6, "title": "Parcel"}},
    "coupon": {"coupon": {"code": "TEN", "percent": 10}, "shipping": 6},
    "free shipping": {"coupon": {"code": "FREE", "shipping": True}, "shipping": 6},
    "merchant discount": {"merchant_discount": {"amount": 7, "description": "Regular"}},
    "fees and a tip": {"fees": [{"name": "Gift wrap", "price": 4, "tax": "standard"}], "tip": 5},
    "platform fee": {"platform_fees": [{"name": "Service", "amount": 2, "charge_type": "PASS_ON"}]},
    "gift card used": {"payments": [{"kind": "gift_card", "amount": 5}, {"kind": "card"}]},
    "tax exempt": {"tax_exempt": True},
    "cash": {"payments": [{"kind": "offline", "method": "CASH", "rounding": 5}]},
}
SWITCHES = [
    {},
    {"inclusive_summary": "gross"},
    {"inclusive_discount": "gross"},
    {"deprecated_payment_fields": "gone", "mixed_scale": False},
    {"payment_status_lag_seconds": 3600},
    {"paging_block": "pagingMetadata"},
]


@pytest.fixture
def wix(sandbox):
    sandbox.wix.switch(requests_per_minute=None)
    return sandbox.wix


def transport():
    return Transport(clock=Clock(sleep=lambda _seconds: None, jitter=lambda: 0.0), read_timeout=30)


def a_store(wix, site="harbor", access=None):
    app, wire = wix.app(), transport()
    mine = access or AppAccess(
        api_url=wix.url,
        app_id=app["appId"],
        app_secret=app["appSecret"],
        instance_id=wix.site(site)["instanceId"],
        transport=wire,
    )
    return WixStore(WixClient(api_url=wix.url, access=mine, transport=wire))


def fetched(store, updated_from=None):
    pages = store.orders(created_from=LONG_AGO, updated_from=updated_from, until=LATER)
    return [one for page in pages for one in page]


def read(store):
    """As orders are read after they were filed: out of JSON."""
    return [WixStore.read_order(json_loads(json_dumps(one.payload))) for one in fetched(store)]


def everything(store, **bounds):
    return [product for page in store.products(**bounds) for product in page]


def test_it_is_a_store(wix):
    store: Store = a_store(wix)
    assert store.label == "Wix"


@pytest.mark.parametrize("switches", SWITCHES, ids=lambda one: " ".join(one) or "as assumed")
def test_every_kind_of_order_adds_up(wix, switches):
    wix.switch(**switches)
    for site, lines in LINES.items():
        ids = wix.place(site, *({"lines": lines, **cart} for cart in CARTS.values()))
        told = {order["id"]: order for order in wix.orders(site)}
        found = {order.ref: order for order in read(a_store(wix, site))}
        assert set(found) == set(ids)
        for ref, order in found.items():
            rounding = sum(line.gross for line in order.lines if line.ref == "rounding")
            total = D(told[ref]["priceSummary"]["total"]["amount"])
            assert order.total + order.gift_card_redeemed == total + rounding
            assert (order.residual, order.line_tax - order.tax, order.doubts) == (0, 0, ())
            assert (order.payment_state, order.payment_status) == (PaymentState.PAID, "PAID")


def test_a_tax_that_is_rounded_once_leaves_cents_alone(wix):
    wix.switch(tax_rounding="order")
    wix.place("harbor", {"lines": [{"name": "Pin", "price": "0.99", "tax": "standard"} for _ in range(9)]})
    [order] = read(a_store(wix))
    assert order.line_tax == order.tax
    assert abs(order.residual) <= D("0.11")
    assert order.doubts == ()


def test_lines_are_what_was_sold(wix):
    booking = wix.control("POST", "sites/fern/bookings", {"service_id": "s", "title": "Wheel class"})
    lines = [
        {"sku": "LAMP-GRE"},
        {"name": "Wheel class", "price": 48, "module": "bookings", "item_id": booking["id"], "tax": "standard"},
        {"name": "Voucher", "price": 50, "module": "gift_cards", "item_type": "GIFT_CARD", "tax": "none"},
    ]
    wix.place("fern", {"lines": lines, "tip": 5, "shipping": 4})
    [order] = read(a_store(wix, "fern"))
    assert [(line.kind, line.module) for line in order.lines] == [
        (LineKind.PRODUCT, "stores"),
        (LineKind.PRODUCT, "bookings"),
        (LineKind.GIFT_CARD, "gift_cards"),
        (LineKind.SHIPPING, ""),
        (LineKind.TIP, ""),
    ]
    products = {(one.product_ref, one.variation_ref): one.sku for one in everything(a_store(wix, "fern"))}
    sold = order.lines[0]
    assert products[sold.product_ref, sold.variation_ref] == sold.sku == "LAMP-GRE"


def test_what_a_membership_covers_brings_no_money(wix):
    yoga = {"name": "Yoga", "price": 24, "module": "bookings", "tax": "standard", "payment_option": "MEMBERSHIP"}
    covered = {**yoga, "membership": {"amount": 24, "name": "Gold"}}
    wix.place("fern", {"lines": [{"sku": "LAMP-GRE"}, covered], "payments": [{"kind": "card", "amount": 24}]})
    [order] = read(a_store(wix, "fern"))
    assert [line.charged for line in order.lines] == [24, 0]
    assert (order.total, order.residual, order.line_tax - order.tax) == (24, 0, 0)
    assert order.payment_state is PaymentState.PAID


def test_a_deposit(wix):
    course = {"name": "Course", "price": 100, "module": "bookings", "tax": "standard"}
    wix.place("fern", {"lines": [{**course, "payment_option": "DEPOSIT_ONLINE", "deposit": 30}]})
    [order] = read(a_store(wix, "fern"))
    assert order.payment_state is PaymentState.PARTLY_PAID
    assert [tender.amount for tender in order.tenders] == [30]


def test_refunds(wix):
    [ref] = wix.place(
        "fern", {"lines": LINES["fern"], "payments": [{"kind": "paypal", "amount": 20}, {"kind": "card"}]}
    )
    store = a_store(wix, "fern")
    wix.refund("fern", ref, lines=[{"line": 0, "quantity": 1}], restock=True, reason="Damaged")
    [order] = read(store)
    assert sum(refund.amount for refund in order.refunds) == 24
    assert all(refund.restocked for refund in order.refunds)
    wix.refund("fern", ref)
    order = WixStore.read_order(store.order(ref).payload)
    assert sum(refund.amount for refund in order.refunds) == order.total
    assert order.payment_status == "FULLY_REFUNDED"


CARD = {"kind": "card"}
SPLIT = ([CARD], [{"kind": "paypal", "amount": 9}, CARD], [{"kind": "gift_card", "amount": 7}, CARD])
OUTCOMES = ("SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "FAILED", "PENDING")


class Drawn:
    """Refunds of one order, drawn as far as Wix allows them."""

    def __init__(self, wix, site, seed):
        self.wix, self.site, self.chance = wix, site, random.Random(f"{site}/{seed}")
        cart = {"lines": LINES[site], "shipping": 6, "fees": [{"name": "Gift wrap", "price": 4, "tax": "standard"}]}
        [self.ref] = wix.place(site, {**cart, "payments": self.chance.choice(SPLIT)})
        [self.order] = [order for order in wix.orders(site) if order["id"] == self.ref]
        self.units = {place: line["quantity"] for place, line in enumerate(self.order["lineItems"])}

    def refund(self):
        told = self.wix.transactions(self.site, self.ref)
        left = [self.left(payment, told["refunds"]) for payment in told["payments"]]
        parts = [
            {"payment": place, "amount": self.part(payment, amount), "outcome": self.chance.choice(OUTCOMES)}
            for place, (payment, amount) in enumerate(zip(told["payments"], left, strict=True))
            if amount > 0 and self.chance.random() < 0.8
        ]
        if parts:
            asked = {"payments": parts, "lines": self.lines(), "restock": self.chance.random() < 0.5}
            more = {"shipping": 6} if self.chance.random() < 0.3 else {}
            self.wix.refund(self.site, self.ref, **asked, **more)

    def lines(self):
        chosen = {place: self.chance.randint(1, left) for place, left in self.units.items() if left}
        chosen = {place: units for place, units in chosen.items() if self.chance.random() < 0.5}
        for place, units in chosen.items():
            self.units[place] -= units
        return [{"line": place, "quantity": units} for place, units in chosen.items()]

    def left(self, payment, refunds):
        sent = [row for refund in refunds for row in refund["transactions"] if row["paymentId"] == payment["id"]]
        back = sum(D(row["amount"]["amount"]) for row in sent if row["refundStatus"] != "FAILED")
        return ZERO if payment["status"] == "VOIDED" else D(payment["amount"]["amount"]) - back

    def part(self, payment, left):
        """Gift cards are given back whole."""
        return left if "giftcardPaymentDetails" in payment else self.chance.randint(1, int(left * 100)) * D("0.01")


@pytest.mark.parametrize("site", LINES)
@pytest.mark.parametrize("seed", range(8))
def test_drawn_refunds_are_what_the_site_knows_of_them(wix, site, seed):
    drawn = Drawn(wix, site, seed)
    for _ in range(5):
        drawn.refund()
    order = WixStore.read_order(a_store(wix, site).order(drawn.ref).payload)
    told = wix.transactions(site, drawn.ref)
    cards = {payment["id"] for payment in told["payments"] if "giftcardPaymentDetails" in payment}
    over = [one for one in told["refunds"] if not any(row["refundStatus"] == "PENDING" for row in one["transactions"])]
    shelved = Counter()
    for refund in over:
        done = [row for row in refund["transactions"] if row["refundStatus"] == "SUCCEEDED"]
        sent = {row["paymentId"]: D(row["amount"]["amount"]) for row in done}
        parts = [one for one in order.refunds if one.ref.split(":")[0] == refund["id"]]
        assert bool(parts) == bool(done)
        back = sum(one.amount + one.gift_card for one in parts)
        assert back == sum(sent.values()) == D(refund["summary"]["refunded"]["amount"])
        assert sum(one.gift_card for one in parts) == sum(amount for paid, amount in sent.items() if paid in cards)
        said = refund["details"].get("lineItems", []) if done else []
        goods = [line for one in parts for line in one.lines if line.ref.startswith("item:")]
        assert units(goods, "quantity") == {f"item:{row['lineItemId']}": row["quantity"] for row in said}
        shelved.update(units(goods, "restocked"))
    assert {one.ref.split(":")[0] for one in order.refunds} <= {refund["id"] for refund in over}
    [found] = [one for one in wix.orders(site) if one["id"] == drawn.ref]
    assert all(shelved[f"item:{line['id']}"] <= line.get("restockQuantity", 0) for line in found["lineItems"])


def units(lines, what):
    """How many units of each line, of those that there are any of."""
    found = Counter()
    for line in lines:
        found[line.ref] += getattr(line, what)
    return +found


def test_a_refund_counts_when_it_has_come_to_its_end(wix):
    [ref] = wix.place("harbor", {"lines": LINES["harbor"]})
    store = a_store(wix)
    wix.refund("harbor", ref, amount=10, outcome="PENDING")
    assert WixStore.read_order(store.order(ref).payload).refunds == ()
    wix.settle_refund("harbor", ref, "0", "SUCCEEDED")
    assert [one.amount for one in WixStore.read_order(store.order(ref).payload).refunds] == [10]


def test_long_lists_are_read_to_their_end(wix):
    wix.place("harbor", *({"lines": [{"sku": "MUG"}]} for _ in range(230)))
    assert len({one.ref for one in fetched(a_store(wix))}) == 230


def test_an_order_by_its_id(wix):
    [ref] = wix.place("harbor", {"lines": LINES["harbor"]})
    assert a_store(wix).order(ref).ref == ref
    with pytest.raises(NotFound):
        a_store(wix, "fern").order(ref)


def test_tickets(wix):
    tickets = [{"name": "Supper", "quantity": 2, "price": 20}]
    carts = [
        {"tickets": tickets, "discount": 4, "tax": {"rate": 20}, "fee": "FEE_ADDED"},
        {"tickets": tickets, "tax": {"rate": 20, "type": "INCLUDED"}, "fee": "FEE_INCLUDED"},
        {"tickets": tickets, "gift_card": 10},
        {"tickets": tickets, "status": "FREE"},
    ]
    for cart in carts:
        wix.control("POST", "sites/fern/events/orders", cart)
    store = a_store(wix, "fern")
    found = read(store)
    assert sorted(order.total for order in found) == [D("30"), D("40"), D("44.10")]
    assert {(order.residual, order.line_tax - order.tax, order.payment_state) for order in found} == {
        (0, 0, PaymentState.PAID)
    }
    assert store.order(found[0].ref).ref == found[0].ref


def test_plans(wix):
    plans = [
        {"price": 49, "tax": {"rate": 20, "included": True}},
        {"price": 30, "discount": 5, "tax": {"rate": 20}},
        {"price": 30, "free_trial_days": 7},
        {"price": 20, "paid": False},
    ]
    ids = [wix.control("POST", "sites/studio/plans/orders", cart)["id"] for cart in plans]
    store = a_store(wix, "studio")
    found = {order.ref: order for order in read(store)}
    assert set(found) == {f"pricing_plans:{ids[place]}/1" for place in (0, 1, 3)}
    assert {order.residual for order in found.values()} == {0}
    assert found[f"pricing_plans:{ids[3]}/1"].payment_state is PaymentState.UNPAID
    wix.control("POST", f"sites/studio/plans/orders/{ids[0]}/cycle", {})
    assert f"pricing_plans:{ids[0]}/2" in {one.ref for one in fetched(store)}
    with pytest.raises(Refused):
        store.order(f"pricing_plans:{ids[0]}/1")


def test_meals(wix):
    items = [{"name": "Ramen", "price": 1200, "quantity": 2}]
    wix.control("POST", "sites/kissa/restaurants/orders", {"items": items, "delivery": 300, "tip": 100, "tax_rate": 8})
    store = a_store(wix, "kissa")
    [order] = read(store)
    assert (order.total, order.residual, order.line_tax) == (2992, 0, 192)
    assert store.order(order.ref).ref == order.ref


@pytest.mark.parametrize("status", [404, 403, 428])
def test_modules_that_are_not_there_are_absent(wix, status):
    wix.switch(module_absent_status=status)
    wix.place("harbor", {"lines": LINES["harbor"]})
    assert len(fetched(a_store(wix))) == 1


@pytest.mark.parametrize("site", ["harbor", "kissa"])
def test_levels_in_both_catalogs(wix, site):
    store = a_store(wix, site)
    product = everything(store)[0]
    store.set_stock(product, 3)
    [again] = [one for one in store.product(product.product_ref) if one.ref == product.ref]
    assert (again.stock, again.unlimited) == (3, False)
    store.set_stock(product, None)
    [again] = [one for one in store.product(product.product_ref) if one.ref == product.ref]
    assert (again.stock, again.unlimited) == (None, True)


@pytest.mark.parametrize(("site", "sku"), [("harbor", "MUG"), ("kissa", "CUP")])
def test_a_level_that_changed_is_a_change_of_its_product(wix, site, sku):
    store = a_store(wix, site)
    since = max(one.changed_at for one in everything(store))
    wix.set_stock(site, sku, quantity=11)
    changed = {one.sku: one.stock for one in everything(store, updated_from=since + timedelta(seconds=1))}
    assert changed[sku] == 11


def test_a_store_that_does_not_start_to_count_says_so(wix):
    wix.switch(quantity_starts_tracking=False)
    store = a_store(wix, "kissa")
    product = everything(store)[0]
    store.set_stock(product, None)
    with pytest.raises(Refused):
        store.set_stock(product, 3)


def test_stock_in_several_places_is_left_alone(wix):
    product = everything(a_store(wix, "fern"))[0]
    assert product.in_places
    with pytest.raises(NotAllowed):
        a_store(wix, "fern").set_stock(product, 3)


def test_a_site_that_is_moved_to_the_newer_catalog(wix):
    store = a_store(wix)
    before = everything(store)
    wix.control("POST", "sites/harbor/catalog/upgrade", {})
    after = everything(store)
    assert sorted(one.sku for one in before) == sorted(one.sku for one in after)
    store.set_stock(after[0], 4)
    assert next(one for one in everything(store) if one.ref == after[0].ref).stock == 4


def test_a_site_without_stores(wix):
    assert everything(a_store(wix, "studio")) == []


def test_tokens_that_ended_are_replaced(wix):
    store = a_store(wix)
    store.profile()
    wix.control("POST", "sites/harbor/tokens/expire", {})
    assert store.profile().currency == "USD"


def test_an_app_that_was_removed_must_be_installed_again(wix):
    store = a_store(wix)
    store.profile()
    wix.control("POST", "sites/harbor/uninstall", {})
    with pytest.raises(ReconnectNeeded):
        store.profile()
    wix.control("POST", "sites/harbor/install", {})
    assert store.profile().name == "Harbor Supply"


def test_an_api_key_opens_its_site(wix):
    site = wix.site("fern")["siteId"]
    store = a_store(wix, access=KeyAccess(api_key=wix.app()["apiKey"], site_id=site))
    assert (store.profile().account_id, store.profile().currency) == (site, "GBP")


def test_a_missing_permission_is_the_merchants_to_give(wix):
    wix.place("harbor", {"lines": LINES["harbor"]})
    wix.change_site("harbor", missingPermissions=["ECOM.READ_TRANSACTIONS"])
    with pytest.raises(NotAllowed):
        fetched(a_store(wix))


def test_what_a_site_says_of_itself(wix):
    found = a_store(wix, "fern").profile()
    assert (found.name, found.currency, found.time_zone) == ("Fern & Clay", "GBP", "Europe/London")
    assert found.prices_include_tax
    assert {(tax.name, tax.rate) for tax in found.taxes} == {("VAT", D(20)), ("VAT", D(5)), ("VAT", D(0))}
