"""The adapter against the simulated Ecwid, over real HTTP."""

import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from integrations.commerce import LineKind, Order, StoreTax
from integrations.ecwid import store as store_module
from integrations.ecwid.client import EcwidClient
from integrations.ecwid.oauth import authorize_url, exchange_code
from integrations.ecwid.store import EcwidStore
from integrations.errors import NotAllowed, NotFound, ReconnectNeeded, TemporaryError
from integrations.http import Clock, Transport
from integrations.money import json_dumps, json_loads
from integrations.stores import Store

ROOT = Path(__file__).parents[3]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
STORES = {1003: "CAD", 1004: "USD", 1005: "GBP", 1006: "EUR", 1007: "USD"}


class Sandbox:
    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()

    def control(self, method: str, path: str, body=None):
        sent = None if body is None else json_dumps(body)
        answer = self.session.request(
            method, f"{self.url}/control/{path}", data=sent, headers={"Content-Type": "application/json"}, timeout=60
        )
        assert answer.ok, answer.text
        return json_loads(answer.text)

    def place(self, store_id: int, *carts):
        return self.control("POST", f"stores/{store_id}/orders/bulk", {"carts": list(carts)})["ids"]

    def store(self, store_id: int = 1003, token: str = "") -> EcwidStore:
        clock = Clock(sleep=lambda _seconds: None, jitter=lambda: 0.0)
        client = EcwidClient(
            api_url=f"{self.url}/api/v3",
            store_id=str(store_id),
            access_token=token or f"secret_sim_{store_id}",
            transport=Transport(clock=clock, read_timeout=30),
        )
        return EcwidStore(client)


@pytest.fixture(scope="module")
def process():
    command = [sys.executable, "-m", "sandbox.ecwid", "--port", "0", "--with-parent"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield Sandbox(running.stdout.readline().split()[1])
        finally:
            running.terminate()


@pytest.fixture
def sandbox(process):
    process.control("POST", "reset", {})
    process.control("PATCH", "switches", {"requests_per_minute": None})
    return process


def fetch(store: Store, *, created_from=LONG_AGO, updated_from=None, until=None):
    until = until or datetime.now(UTC) + timedelta(minutes=1)
    pages = store.orders(created_from=created_from, updated_from=updated_from, until=until)
    return [fetched for page in pages for fetched in page]


def orders_of(store: Store, **window) -> list[Order]:
    return [store.read_order(fetched.payload) for fetched in fetch(store, **window)]


def is_sound(order: Order) -> bool:
    return order.residual == 0 and order.line_tax == order.tax and not order.doubts


# -- the store itself --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("store_id", "currency"), STORES.items())
def test_a_store_says_what_it_is(sandbox, store_id, currency):
    profile = sandbox.store(store_id).profile()
    assert (profile.account_id, profile.currency) == (str(store_id), currency)
    assert profile.prices_include_tax is (store_id in {1005, 1006})
    assert "/" in profile.time_zone
    assert profile.name
    assert ("PAID", "Paid") in profile.payment_statuses
    assert "SHIPPED" in dict(profile.fulfillment_statuses)


def test_the_taxes_methods_and_renamed_statuses_of_a_store(sandbox):
    profile = sandbox.store(1003).profile()
    assert profile.taxes == (StoreTax("GST", Decimal(5)), StoreTax("QST", Decimal("9.975")))
    assert {"PayPal", "Credit card"} <= set(profile.payment_methods)
    assert "Invoice 30 days" in dict(profile.payment_statuses).values()


def test_without_the_list_of_statuses_their_ids_are_shown(sandbox):
    fault = {"method": "GET", "path": "order_statuses", "kind": "status", "status": 404}
    sandbox.control("POST", "faults", fault)
    assert ("AWAITING_PAYMENT", "Awaiting payment") in sandbox.store().profile().payment_statuses


def test_every_product_is_found_under_its_own_sku(sandbox):
    raw = sandbox.control("GET", "stores/1003/products")
    found = [product for page in sandbox.store().products() for product in page]
    expected = {product["sku"] for product in raw}
    expected |= {each["sku"] for product in raw for each in product.get("combinations", []) if each.get("sku")}
    assert {product.sku for product in found} == expected
    assert len(found) == len(expected)
    assert any(product.variation_ref and "(" in product.name for product in found)
    assert any(product.stock is None for product in found)
    assert any(product.stock for product in found)


def test_levels_of_products_and_variations_are_read_by_id_and_written(sandbox):
    store = sandbox.store()
    shirt = next(product for page in store.products() for product in page if product.variation_ref)
    untracked = next(product for page in store.products() for product in page if product.unlimited)

    store.set_stock(shirt, 77)
    store.set_stock(untracked, 5)

    levels = {product.ref: product.stock for product in store.product(shirt.product_ref)}
    assert levels[shirt.ref] == 77
    assert levels[shirt.product_ref] != 77
    assert store.product(untracked.product_ref)[0].stock == 5
    store.set_stock(untracked, None)
    assert store.product(untracked.product_ref)[0].unlimited
    with pytest.raises(NotFound):
        store.product("999999")


def test_only_products_that_changed_are_asked_for(sandbox):
    store, now = sandbox.store(), datetime.now(UTC)
    changed = next(iter(store.products()))[0]
    store.set_stock(changed, 3)
    found = [product for page in store.products(updated_from=now - timedelta(minutes=1)) for product in page]
    assert {product.product_ref for product in found} == {changed.product_ref}


def test_levels_in_several_places_are_not_ours_to_write(sandbox):
    sandbox.control("PUT", "stores/1003/locations", {"locations": ["shop", "warehouse"]})
    product = next(iter(sandbox.store().products()))[0]
    assert product.in_places
    with pytest.raises(NotAllowed):
        sandbox.store().set_stock(product, 3)


# -- orders ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["A-inside", "A-separate", "B", "C", "D-shipping"])
def test_worked_examples_are_sound(sandbox, name):
    placed = sandbox.control("POST", f"stores/1004/examples/{name}")
    (order,) = orders_of(sandbox.store(1004))
    assert is_sound(order)
    assert (order.total, order.ref) == (placed["total"], str(placed["internalId"]))


@pytest.mark.parametrize(
    ("name", "residual"), [("D-rounding", "0.02"), ("D-without-tax", "-6.96"), ("D-unexplained", "3.00")]
)
def test_orders_that_do_not_add_up_say_by_how_much(sandbox, name, residual):
    sandbox.control("POST", f"stores/1004/examples/{name}")
    (order,) = orders_of(sandbox.store(1004))
    assert order.residual == Decimal(residual)


@pytest.mark.parametrize("store_id", [1003, 1004])
def test_demo_orders_are_sound_but_for_the_one_meant_not_to_be(sandbox, store_id):
    sandbox.control("POST", "reset", {"demo_orders": 40})
    orders = orders_of(sandbox.store(store_id))
    assert len(orders) >= 40
    odd = [order.residual for order in orders if not is_sound(order)]
    assert odd == ([Decimal("3.00")] if store_id == 1003 else [])
    assert {line.kind for order in orders for line in order.lines} >= {LineKind.PRODUCT, LineKind.SHIPPING}


def _random_cart(chance: random.Random, skus: list[str]) -> dict:
    lines = [{"sku": sku, "quantity": chance.randint(1, 4)} for sku in chance.sample(skus, chance.randint(1, 4))]
    cart = {"lines": lines, "tax_representation": chance.choice(["inside", "separate"])}
    if chance.random() < 0.7:
        cart |= {"shipping": Decimal(chance.randint(1, 2500)) / 100}
    if chance.random() < 0.3:
        cart |= {"handling": Decimal(chance.randint(1, 500)) / 100}
    if chance.random() < 0.5:
        kind = chance.choice(["percent", "absolute", "shipping"])
        cart |= {"coupon": {"type": kind, "value": Decimal(chance.randint(1, 1500)) / 100}}
    if chance.random() < 0.4:
        cart |= {"promotion": Decimal(chance.randint(1, 900)) / 100}
    if chance.random() < 0.3:
        cart |= {"tip_percent": chance.randint(1, 20)}
    if chance.random() < 0.2:
        cart |= {"gift_card": chance.randint(1, 40)}
    if chance.random() < 0.1:
        cart |= {"buyer": {"name": "Exempt Buyer", "tax_exempt": True}}
    return cart


@pytest.mark.parametrize("store_id", STORES)
@pytest.mark.parametrize("free_shipping", ["coupon", "rate", "unexplained"])
def test_whatever_the_cart_the_order_is_sound(sandbox, store_id, free_shipping):
    sandbox.control("PATCH", "switches", {"free_shipping_shows_as": free_shipping})
    chance = random.Random(f"{store_id} {free_shipping}")
    skus = [product["sku"] for product in sandbox.control("GET", f"stores/{store_id}/products")]
    placed = sandbox.place(store_id, *(_random_cart(chance, skus) for _ in range(120)))
    orders = orders_of(sandbox.store(store_id))
    assert {order.number for order in orders} == set(placed)
    assert [(order.number, order.residual, order.doubts) for order in orders if not is_sound(order)] == []
    assert all(line.charged >= 0 for order in orders for line in order.lines)
    if store_id in {1005, 1006}:  # where the delivery is taxed as the goods are
        assert [order.number for order in orders if not _taxed_together(order)] == []


def _taxed_together(order: Order) -> bool:
    """Whether shipping and handling carry only taxes that some item carries together: those a tax code exists for."""
    together = [{(tax.name, tax.rate) for tax in line.taxes} for line in order.lines if line.ref.startswith("item:")]
    delivery = [line for line in order.lines if line.ref.startswith(("shipping", "handling"))]
    return all({(tax.name, tax.rate) for tax in line.taxes} in [set(), *together] for line in delivery)


def _small(count: int, *, seconds_apart: int = 600) -> list[dict]:
    start = datetime.now(UTC) - timedelta(days=30)
    moments = [start + timedelta(seconds=number * seconds_apart) for number in range(count)]
    lines = [{"sku": "X", "price": 5, "taxes": []}]
    return [{"lines": lines, "created": moment.isoformat(timespec="seconds")} for moment in moments]


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("exclusive", [True, False])
def test_a_long_list_is_read_in_parts_the_earliest_first(sandbox, monkeypatch, newest_first, exclusive):
    monkeypatch.setattr(store_module, "LONGEST_WINDOW", 60)
    switches = {"orders_newest_first": newest_first, "exclusive_upper_dates": exclusive, "max_offset": 60}
    sandbox.control("PATCH", "switches", switches)
    placed = sandbox.place(1007, *_small(230))
    fetched = fetch(sandbox.store(1007))
    assert {order.number for order in fetched} == set(placed)
    assert fetched[0].created_at < fetched[-1].created_at
    assert sandbox.control("GET", "counters")["requests"] < 50


def test_many_orders_of_one_second_cannot_be_parted_and_are_read_all_the_same(sandbox, monkeypatch):
    monkeypatch.setattr(store_module, "LONGEST_WINDOW", 60)
    placed = sandbox.place(1007, *_small(230, seconds_apart=0))
    assert {order.number for order in fetch(sandbox.store(1007))} == set(placed)


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("drift", [["new_order_between_pages"], ["order_leaves_between_pages"], ["both"]])
def test_nothing_is_lost_when_the_list_moves_between_pages(sandbox, newest_first, drift):
    placed = sandbox.place(1007, *_small(330))
    drifts = ["new_order_between_pages", "order_leaves_between_pages"] if drift == ["both"] else drift
    sandbox.control("PATCH", "switches", {"orders_newest_first": newest_first, **dict.fromkeys(drifts, True)})
    sandbox.control("POST", "clock", {"offset_seconds": 60})
    fetched = fetch(sandbox.store(1007), until=datetime.now(UTC) + timedelta(seconds=30))
    touched = {order["id"] for order in sandbox.control("GET", "stores/1007/orders") if _is_touched(order)}
    assert set(placed) - touched <= {order.number for order in fetched}
    assert len(fetched) == len({order.ref for order in fetched})


def _is_touched(order) -> bool:
    return order["updateTimestamp"] > datetime.now(UTC).timestamp() + 30


def test_only_orders_created_and_changed_in_the_window_come(sandbox):
    placed = sandbox.place(1007, *_small(10, seconds_apart=86400))
    start = datetime.now(UTC) - timedelta(days=26, hours=12)
    fetched = fetch(sandbox.store(1007), created_from=start)
    assert {order.number for order in fetched} == set(placed[4:])
    assert fetch(sandbox.store(1007), updated_from=datetime.now(UTC) + timedelta(seconds=30)) == []


def test_abandoned_carts_do_not_come(sandbox):
    cart, abandoned = _small(2)
    (paid, _) = sandbox.place(1007, cart, {**abandoned, "payment_status": "INCOMPLETE"})
    assert [order.number for order in fetch(sandbox.store(1007))] == [paid]


def test_an_order_is_read_by_its_internal_number(sandbox):
    placed = sandbox.control("POST", "stores/1005/examples/B")
    fetched = sandbox.store(1005).order(str(placed["internalId"]))
    assert (fetched.number, fetched.ref) == (placed["id"], str(placed["internalId"]))
    assert sandbox.store(1005).read_order(fetched.payload).currency == "GBP"
    with pytest.raises(NotFound):
        sandbox.store(1005).order("4711")


def test_an_order_that_cannot_be_read_does_not_end_the_run(sandbox):
    sandbox.place(1007, *_small(2))
    broken = {"order": {"id": "BROKEN", "total": "much", "items": []}}
    sandbox.control("POST", "stores/1007/orders", broken)
    store = sandbox.store(1007)
    fetched = {order.number: order for order in fetch(store)}
    assert len(fetched) == 3
    with pytest.raises(Exception, match="total"):
        store.read_order(fetched["BROKEN"].payload)


def test_the_payload_is_all_that_reading_needs_later(sandbox):
    sandbox.control("POST", "stores/1006/examples/B")
    store = sandbox.store(1006)
    (fetched,) = fetch(store)
    assert EcwidStore.read_order(json_loads(json_dumps(fetched.payload))) == store.read_order(fetched.payload)


# -- trouble -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["html", "text", "empty", "truncated", "drop_before", "drop_after", "throttle"])
def test_trouble_on_the_way_is_overcome(sandbox, kind):
    placed = sandbox.place(1007, *_small(230))
    sandbox.control("POST", "faults", {"method": "GET", "path": "orders", "kind": kind, "times": 2, "skip": 1})
    assert {order.number for order in fetch(sandbox.store(1007))} == set(placed)


def test_lasting_trouble_is_temporary(sandbox):
    sandbox.control("POST", "faults", {"method": "GET", "path": "profile", "kind": "status", "times": 9})
    with pytest.raises(TemporaryError):
        sandbox.store().profile()


@pytest.mark.parametrize("body", ["empty", "json"])
def test_a_revoked_token_is_noticed_at_the_first_call(sandbox, body):
    sandbox.control("PATCH", "switches", {"forbidden_body": body})
    sandbox.control("POST", "stores/1003/tokens/revoke")
    sandbox.control("POST", "counters/reset")
    store = sandbox.store()
    for _ in range(3):
        with pytest.raises(ReconnectNeeded):
            store.profile()
    assert sandbox.control("GET", "counters")["requests"] == 1


def test_a_token_of_another_store_is_none_of_this_one(sandbox):
    with pytest.raises(ReconnectNeeded):
        sandbox.store(1003, token="secret_sim_1004").profile()


@pytest.mark.parametrize("state", ["no_api_plan", "suspended"])
def test_a_store_without_api_is_alive_but_refuses(sandbox, state):
    sandbox.control("PATCH", "switches", {"account_state": state})
    with pytest.raises(NotAllowed):
        sandbox.store().profile()


# -- connecting --------------------------------------------------------------------------------------------------------


def test_a_store_is_connected_through_the_consent_page(sandbox):
    oauth_url, back = f"{sandbox.url}/api/oauth", "https://books.example/return?state=abc"
    page = requests.get(authorize_url(oauth_url=oauth_url, client_id="sandbox-client", redirect_uri=back), timeout=30)
    assert "Allow" in page.text
    form = {"client_id": "sandbox-client", "redirect_uri": back, "store_id": "1006", "decision": "allow"}
    form["scope"] = "read_store_profile read_orders"
    sent_back = requests.post(f"{oauth_url}/authorize", data=form, allow_redirects=False, timeout=30)
    query = parse_qs(urlsplit(sent_back.headers["Location"]).query)
    assert query["state"] == ["abc"]
    exchange = {
        "oauth_url": oauth_url,
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "code": query["code"][0],
        "redirect_uri": back,
        "transport": Transport(),
    }
    grant = exchange_code(**exchange)
    assert (grant.store_id, set(grant.scopes)) == ("1006", {"read_store_profile", "read_orders"})
    assert sandbox.store(1006, token=grant.access_token).profile().currency == "EUR"
    with pytest.raises(NotAllowed):
        list(sandbox.store(1006, token=grant.access_token).products())
    with pytest.raises(ReconnectNeeded):
        exchange_code(**exchange)
