"""Money of other countries: a shop in another currency than the books, and currencies without cents (O19)."""

from decimal import Decimal

import pytest

from integrations.connecting import check_books, check_store
from sync.models import RecordState
from sync.reasons import explain
from sync.translate.reasons import Reason
from tests.support.carts import MAPPED, Shopper
from tests.support.comparing import Sold, check_money, check_sale
from tests.support.documents import lines_of, sent
from tests.support.expect import held, payments_of, posted
from tests.support.ledger import Ledger, dec

D = Decimal
ANA = {"id": 3301, "email": "ana@example.test", "name": "Ana Ruiz"}


def sells_in(world, currency, places=2):
    """The merchant changes the shop's currency."""
    formats = {"formatsAndUnits": {"currency": currency, "currencyPrecision": places}}
    world.ecwid.control("PATCH", f"stores/{world.store_id}/settings", formats)
    check_store(world.integration.store, clock=world.time.clock)


def allow_other_currencies(world):
    world.quickbooks.preferences(world.realm, CurrencyPrefs={"MultiCurrencyEnabled": True})
    check_books(world.integration.books, clock=world.time.clock)


def order(number, price, quantity=1, **cart):
    line = {"sku": "THING", "name": "Thing", "price": price, "quantity": quantity, "taxes": ["TVA"]}
    return {"order_id": number, "lines": [line], "buyer": ANA, **cart}


# -- another currency than the books' ----------------------------------------------------------------------------------


def test_a_shop_in_dollars_on_books_in_euros(make_world):
    world = make_world("FR")
    sells_in(world, "USD")
    world.place(order("DOLLARS", 120))
    world.sync()

    sale, payment = world.only("Invoice"), world.only("Payment")
    assert sale["CurrencyRef"] == payment["CurrencyRef"] == {"value": "USD"}
    assert dec(sale["TotalAmt"]) == dec(payment["TotalAmt"]) == D("120.00")
    assert dec(sale["Balance"]) == 0
    customer = world.books_entry("Customer", sale["CustomerRef"]["value"])
    assert (customer["DisplayName"], customer["CurrencyRef"]) == ("Ana Ruiz (USD)", {"value": "USD"})


def test_a_buyer_who_pays_in_two_currencies_is_two_customers(make_world):
    world = make_world("FR")
    world.place(order("EUROS", 60), order("EUROS-2", 30))
    world.sync()
    sells_in(world, "USD")
    world.place(order("DOLLARS", 120), order("DOLLARS-2", 36))
    world.sync()

    customers = {number: sale["CustomerRef"]["value"] for number, sale in world.documents().items()}
    assert customers["EW-EUROS"] == customers["EW-EUROS-2"]
    assert customers["EW-DOLLARS"] == customers["EW-DOLLARS-2"] != customers["EW-EUROS"]
    currencies = {number: sale["CurrencyRef"]["value"] for number, sale in world.documents().items()}
    assert currencies == {"EW-EUROS": "EUR", "EW-EUROS-2": "EUR", "EW-DOLLARS": "USD", "EW-DOLLARS-2": "USD"}


def test_a_new_item_gets_no_price_in_foreign_money(make_world):
    """Items are priced in the books' own currency."""
    world = make_world("FR")
    sells_in(world, "USD")
    world.place(order("DOLLARS", 100, prices_include_tax=False))
    world.sync()
    assert "UnitPrice" not in sent("Item")
    assert lines_of(world, world.only()) == [("THING", D(100), "TVA 20 %", 1, D(100))]


def test_books_of_one_currency_hold_what_is_in_another_until_they_take_it(make_world):
    world = make_world("GB")
    sells_in(world, "USD")
    world.place({"order_id": "DOLLARS", "lines": [{"sku": "POT-SMA", "price": 120}]})
    world.sync()

    record = world.record("DOLLARS")
    assert (record.state, record.reason) == (RecordState.HELD, Reason.CURRENCY_NOT_ACCEPTED)
    assert "USD" in explain(record.reason, record.params)
    assert not world.documents()

    allow_other_currencies(world)
    world.sync()
    assert world.record("DOLLARS").state == RecordState.POSTED
    assert world.only()["CurrencyRef"] == {"value": "USD"}
    assert dec(world.only()["TotalAmt"]) == D("120.00")


# -- what the books make of it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
def test_the_exchange_rate_is_quickbooks_own(make_world, post_as):
    """The shop tells none; whoever keeps the books has the bank's."""
    world = make_world("FR", post_as=post_as)
    world.quickbooks.switch(exchange_rate="0.92")
    sells_in(world, "USD")
    world.place(order("DOLLARS", 120))
    world.sync()

    types = ["Invoice", "Payment"] if post_as == "invoice" else ["SalesReceipt"]
    for entity in types:
        assert "ExchangeRate" not in sent(entity)
        assert dec(world.only(entity)["ExchangeRate"]) == D("0.92")
        assert dec(world.only(entity)["TotalAmt"]) == D("120.00")
    assert dec(world.only(types[0])["HomeTotalAmt"]) == D("110.40")


def test_the_books_own_money_has_no_rate(make_world):
    world = make_world("FR")
    world.quickbooks.switch(exchange_rate="0.92")
    world.place(order("EUROS", 120))
    world.sync()
    assert {dec(world.only(entity)["ExchangeRate"]) for entity in ("Invoice", "Payment")} == {D(1)}


def test_an_edited_order_keeps_currency_customer_and_rate(make_world):
    world = make_world("FR", payment_statuses=["PAID", "AWAITING_PAYMENT"])
    world.quickbooks.switch(exchange_rate="0.92")
    sells_in(world, "USD")
    world.place(order("DOLLARS", 120, payment_status="AWAITING_PAYMENT"))
    world.sync()
    before = world.only()
    world.quickbooks.switch(exchange_rate="0.95")
    world.act("DOLLARS", "edit", {"cart": order("DOLLARS", 60)})
    world.sync()

    sale = world.only()
    assert (sale["CustomerRef"], sale["CurrencyRef"]) == (before["CustomerRef"], {"value": "USD"})
    assert (dec(sale["TotalAmt"]), dec(sale["ExchangeRate"]), dec(sale["HomeTotalAmt"])) == (60, D("0.92"), D("55.20"))


# -- refunds -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def dollars(make_world):
    """A shop in dollars on French books, which posts refunds."""
    world = make_world("FR", payment_statuses=["PAID", "AWAITING_PAYMENT", "REFUNDED", "PARTIALLY_REFUNDED"])
    world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
    sells_in(world, "USD")
    return world


@pytest.mark.parametrize("amount", [None, "30.00"])
def test_a_refund_is_in_the_currency_of_its_sale(dollars, amount):
    dollars.quickbooks.switch(exchange_rate="0.92")
    dollars.place(order("DOLLARS", 120))
    dollars.sync()
    dollars.act("DOLLARS", "refund", {} if amount is None else {"amount": amount})
    dollars.sync()

    sale, back = dollars.only("Invoice"), dollars.only("RefundReceipt")
    assert (back["CustomerRef"], back["CurrencyRef"]) == (sale["CustomerRef"], {"value": "USD"})
    assert dec(back["TotalAmt"]) == D(amount or "120.00")
    assert "ExchangeRate" not in sent("RefundReceipt")
    assert dec(back["ExchangeRate"]) == D("0.92")


def test_a_refund_is_in_the_currency_of_its_sale_although_the_shop_has_another_by_then(dollars):
    dollars.place(order("DOLLARS", 120))
    dollars.sync()
    sells_in(dollars, "EUR")
    dollars.act("DOLLARS", "refund", {})
    dollars.sync()

    assert dollars.only("RefundReceipt")["CurrencyRef"] == dollars.only("Invoice")["CurrencyRef"] == {"value": "USD"}
    assert dec(dollars.only("RefundReceipt")["TotalAmt"]) == D("120.00")


def test_a_refund_waits_with_its_order_until_the_books_take_the_currency(make_world):
    world = make_world("GB", payment_statuses=["PAID", "REFUNDED"])
    world.set("refunds", enabled=True, account=world.entry("Account", "Ecwid Clearing"))
    sells_in(world, "USD")
    world.place({"order_id": "DOLLARS", "lines": [{"sku": "POT-SMA", "price": 120}]})
    world.sync()
    world.act("DOLLARS", "refund", {})
    world.sync()
    assert world.record("DOLLARS").reason == Reason.CURRENCY_NOT_ACCEPTED
    assert not world.documents("RefundReceipt")

    allow_other_currencies(world)
    world.sync()
    sale, back = world.only(), world.only("RefundReceipt")
    assert sale["CurrencyRef"] == back["CurrencyRef"] == {"value": "USD"}
    assert dec(sale["TotalAmt"]) == dec(back["TotalAmt"]) == D("120.00")


# -- Wix ---------------------------------------------------------------------------------------------------------------


def test_a_wix_buyer_who_pays_in_two_currencies_is_two_customers(make_world):
    world = make_world("WIX_FR")
    buyer = {"email": "ana@example.test", "name": "Ana Ruiz"}
    for number, currency in (("7001", "EUR"), ("7002", "USD"), ("7003", "USD"), ("7004", "EUR")):
        world.place({"number": number, "currency": currency, "lines": [{"sku": "LAMPE-BLE"}], "buyer": buyer})
    world.sync()

    sales = {number: posted(world, number) for number in ("7001", "7002", "7003", "7004")}
    assert [sale["CurrencyRef"]["value"] for sale in sales.values()] == ["EUR", "USD", "USD", "EUR"]
    customers = [sale["CustomerRef"]["value"] for sale in sales.values()]
    assert customers[0] == customers[3] != customers[1] == customers[2]
    for sale in sales.values():
        assert [one["CurrencyRef"] for one in payments_of(world, sale)] == [sale["CurrencyRef"]]


def test_a_wix_order_in_money_that_the_books_do_not_take_is_held(make_world):
    world = make_world("WIX_GB")
    world.place({"number": "7001", "currency": "USD", "lines": [{"sku": "LAMP-GRE"}]})
    world.place({"number": "7002", "lines": [{"sku": "LAMP-GRE"}]})
    world.sync()

    held(world, "7001", Reason.CURRENCY_NOT_ACCEPTED, "USD")
    posted(world, "7002")
    allow_other_currencies(world)
    world.sync()
    assert posted(world, "7001")["CurrencyRef"] == {"value": "USD"}


# -- currencies without cents ------------------------------------------------------------------------------------------


@pytest.fixture
def yen(make_world):
    """A shop in yen on French books, which take other currencies. Whether QuickBooks rounds yen to whole ones is not
    known; here it does."""
    world = make_world("FR", payment_statuses=["PAID", "AWAITING_PAYMENT"])
    world.quickbooks.switch(currency_places=True)
    sells_in(world, "JPY", places=0)
    return world


def test_yen_have_no_cents_in_the_books_either(yen):
    yen.place(order("YEN", 1990))
    yen.sync()
    sale = yen.only()
    assert lines_of(yen, sale) == [("THING", D(1658), "TVA 20 %", 1, D(1658))]
    assert dec(sale["TxnTaxDetail"]["TotalTax"]) == 332
    assert dec(sale["TotalAmt"]) == dec(yen.only("Payment")["TotalAmt"]) == 1990


def test_tax_that_comes_out_uneven_is_stated_in_whole_yen(yen):
    """20 % of 1,658 is 331.6: in whole yen that is the shop's 332, in hundredths it is not."""
    yen.place(order("YEN", 1990))
    yen.sync()
    assert sent("Invoice")["TxnTaxDetail"]["TotalTax"] == 332


def test_a_unit_price_that_whole_yen_do_not_give_is_left_out(yen):
    """Three at half a yen are two yen in the shop; QuickBooks would see 1.50."""
    yen.place(order("YEN", "0.5", 3, prices_include_tax=False))
    yen.sync()
    assert lines_of(yen, yen.only()) == [("THING", D(2), "TVA 20 %", 3, None)]


def test_where_quickbooks_rounds_yen_to_hundredths_it_is_told_at_once(yen):
    yen.quickbooks.switch(currency_places=False)
    yen.place(order("YEN", 1990))
    yen.sync()
    record = yen.record("YEN")
    assert (record.state, record.reason) == (RecordState.HELD, Reason.BOOKS_TOTAL_DIFFERS)
    assert (dec(record.params["store_total"]), dec(record.params["books_total"])) == (1990, D("1989.60"))


def test_a_hundred_orders_in_yen(yen):
    for taxes, code in MAPPED["FR"]:
        yen.map_tax(taxes, code)
    yen.place(*(in_yen(cart) for cart in Shopper("FR", "yen").carts(100)))
    yen.sync()

    ledger = Ledger(yen.books())
    account = yen.entry("Account", "Ecwid Clearing").books_ref
    for payload in yen.ecwid.orders(yen.store_id):
        sold, record = Sold(payload, places=0), yen.record(payload["id"])
        assert record.state == RecordState.POSTED, (explain(record.reason, record.params), payload)
        [sale] = ledger.sales(f"EW-{payload['id']}")
        check_sale(sold, sale, ledger)
        check_money(sold, sale, ledger, account=account)


def in_yen(cart):
    """The same cart with a hundred times the figures, so that nothing has cents."""
    lines = [{**line, "price": whole(line["price"])} for line in cart["lines"]]
    money = {key: whole(cart[key]) for key in ("promotion", "shipping", "handling", "tip", "gift_card") if key in cart}
    coupon = cart.get("coupon")
    if coupon and coupon["type"] == "absolute":
        coupon = {**coupon, "value": whole(coupon["value"])}
    return {**cart, "lines": lines, **money, **({"coupon": coupon} if coupon else {})}


def whole(amount):
    return int(Decimal(amount) * 100)
