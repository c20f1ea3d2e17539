"""The simulator as a machine: what survives a restart, lost answers, demo orders, any cart, the real process."""

import http.client
import json
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.faults import AnswerLostError
from sandbox.wix.app import Wix
from tests.sandbox.ecwid_shop import Clock
from tests.sandbox.wix_site import Site, amount, as_declared

D = Decimal


# -- state -------------------------------------------------------------------------------------------------------


def test_everything_is_there_after_a_restart(tmp_path: Path):
    site = Site(state=tmp_path)
    order = site.place(tip=3)
    site.control("POST", f"/orders/{order['id']}/refund", {"amount": 5})
    site.on("fern").control("POST", "/events/orders", {"tickets": [{"name": "Fair", "price": 6}]})
    site.client.post("/control/sites", json={"key": "extra", "currency": "KWD"})
    site.switch(index_lag_seconds=2)
    token = site.ask_token().json["access_token"]
    before = [site.order(order["id"]), site.money_of(order["id"]), site.control("GET", "/stock")]
    key = site.client.get("/control/app").json["publicKey"]
    site.system.documents.close()

    again = Site(clock=site.clock, state=tmp_path)
    again.token = token
    assert [again.order(order["id"]), again.money_of(order["id"]), again.control("GET", "/stock")] == before
    assert again.get(f"/tips/v1/tips/order/{order['id']}")["tip"]["amount"] == "3.00"
    assert again.place()["number"] == "10002"
    assert again.client.get("/control/app").json["publicKey"] == key
    assert again.on("extra").control("GET", "")["currency"] == "KWD"
    assert again.on("fern").get("/events/v1/orders")["total"] == 1
    assert again.client.get("/control/switches").json["index_lag_seconds"] == 2


def test_a_reset_forgets_everything_else():
    site = Site()
    site.place()
    site.switch(index_lag_seconds=2)
    site.client.post("/control/reset", json={})
    assert site.on("harbor").search()["orders"] == []
    assert site.client.get("/control/switches").json["index_lag_seconds"] == 0


# -- faults (row 26) ---------------------------------------------------------------------------------------------


def test_an_answer_is_lost_after_the_work():
    site = Site()
    product = site.control("GET", "/products")[0]
    row = {"productId": product["id"], "variantId": "00000000-0000-0000-0000-000000000000", "incrementBy": 2}
    site.ask_token()
    site.get("/apps/v1/instance")
    site.client.post("/control/faults", json={"kind": "drop_after", "path": "increment"})
    with pytest.raises(AnswerLostError):
        site.call("POST", "/stores/v2/inventoryItems/increment", {"incrementData": [row]})
    assert site.stock("MUG") == 22


def test_a_refused_call_does_nothing_by_halves():
    site = Site()
    ids = {product["variants"][0]["sku"]: product["id"] for product in site.control("GET", "/products")}
    zero = "00000000-0000-0000-0000-000000000000"
    rows = [
        {"productId": ids[sku], "variantId": zero, "decrementBy": count} for sku, count in (("MUG", 1), ("POSTER", 99))
    ]
    assert site.refused("POST", "/stores/v2/inventoryItems/decrement", {"decrementData": rows})[0] == 400
    assert site.stock("MUG") == 20


# -- demo --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo():
    return Wix(seed_options={"demo_orders": 60}, clock=Clock())


def test_the_demo_site_sells_teaches_and_invites(demo):
    fern = demo.site("fern")
    orders = list(fern.rows("order").values())
    assert len(orders) + len(fern.rows("event_order")) == 60
    apps = {line.get("catalogReference", {}).get("appId") for order in orders for line in order["lineItems"]}
    assert len(apps) == 5  # stores, bookings, gift cards, programs, and what is typed by hand
    assert {order["paymentStatus"] for order in orders} >= {"PAID", "NOT_PAID", "PARTIALLY_PAID", "PARTIALLY_REFUNDED"}
    assert [problem for order in orders for problem in as_declared("order", order)] == []
    assert all(demo.site(key).rows("order") == {} for key in ("harbor", "studio", "kissa"))


def test_demo_orders_are_the_same_at_the_same_moment(demo):
    again = Wix(seed_options={"demo_orders": 60}, clock=Clock())

    def totals(system):
        return [amount(order["priceSummary"]["total"]) for order in system.site("fern").rows("order").values()]

    assert totals(again) == totals(demo)


def test_the_totals_tell_what_came_in_and_what_went_back():
    site = Site("fern")
    by_card = site.place([{"sku": "VASE"}])
    site.place([{"sku": "LAMP-GRE"}], payments=[{"kind": "gift_card", "amount": 15}, {"kind": "card"}])
    site.place([{"sku": "SEED"}], paid=False)
    site.control("POST", f"/orders/{by_card['id']}/refund", {"amount": 8})
    site.control("POST", "/events/orders", {"tickets": [{"name": "Fair", "price": 6, "quantity": 2}]})

    totals = site.control("GET", "/totals")

    assert (totals["orders"], D(totals["sum_total"])) == (3, D("65.50"))
    assert {name: (each["orders"], D(each["sum_total"])) for name, each in totals["by_payment_status"].items()} == {
        "PARTIALLY_REFUNDED": (1, 38),
        "PAID": (1, 24),
        "NOT_PAID": (1, D("3.50")),
    }
    assert D(totals["gift_cards"]) == 15
    assert (totals["refunds"]["count"], D(totals["refunds"]["sum"])) == (1, 8)
    assert (totals["events"]["orders"], D(totals["events"]["sum_total"])) == (1, 12)


# -- any cart ----------------------------------------------------------------------------------------------------

CENTS = st.decimals(min_value=D("0.01"), max_value=999, places=2)
LINES = st.lists(
    st.fixed_dictionaries({"name": st.just("Thing"), "price": CENTS, "quantity": st.integers(1, 9)})
    | st.fixed_dictionaries({"name": st.just("Bread"), "price": CENTS, "tax": st.just("zero")}),
    min_size=1,
    max_size=5,
)
EXTRAS = st.fixed_dictionaries(
    {},
    optional={
        "coupon": st.fixed_dictionaries({"code": st.just("C"), "percent": st.integers(1, 100)}),
        "merchant_discount": st.fixed_dictionaries({"amount": CENTS}),
        "shipping": CENTS,
        "tip": CENTS,
        "fees": st.lists(
            st.fixed_dictionaries({"name": st.just("Wrap"), "price": CENTS, "tax": st.just("standard")}), max_size=2
        ),
        "platform_fees": st.just([{"name": "Service", "amount": 2}]),
        "tax_exempt": st.booleans(),
    },
)
SITE = Site()


@settings(max_examples=60, deadline=None)
@given(key=st.sampled_from(["harbor", "fern"]), lines=LINES, extras=EXTRAS, way=st.sampled_from(["net", "gross"]))
def test_any_order_adds_up(key, lines, extras, way):
    SITE.switch(inclusive_discount=way)
    order = SITE.on(key).place(lines, **extras)
    summary = {name: amount(value) for name, value in order["priceSummary"].items()}
    parts = [*order["lineItems"], *([order["shippingInfo"]["cost"]] if "shippingInfo" in order else [])]
    fees = order.get("additionalFees", [])
    after = sum(amount(part["totalPriceAfterTax"]) for part in parts) + sum(
        amount(fee["priceAfterTax"]) for fee in fees
    )
    before = sum(amount(part["totalPriceBeforeTax"]) for part in parts) + sum(
        amount(fee["priceBeforeTax"]) for fee in fees
    )
    assert summary["total"] == after
    assert summary["tax"] == after - before
    with_tax = summary["shipping"] + summary["totalAdditionalFees"] + summary["tax"]
    assert summary["subtotal"] - summary["discount"] + with_tax == after
    assert as_declared("order", order) == []
    if after:
        assert order["paymentStatus"] == "PAID"
        SITE.on(key).control("POST", f"/orders/{order['id']}/refund", {})
        assert SITE.on(key).order(order["id"])["paymentStatus"] == "FULLY_REFUNDED"
    SITE.clock.seconds += 60


# -- the process -------------------------------------------------------------------------------------------------


def test_the_process_answers_and_ends_on_request(tmp_path: Path):
    command = [sys.executable, "-m", "sandbox.wix", "--port", "0", "--state", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        connection = http.client.HTTPConnection("127.0.0.1", int(line.rsplit(":", 1)[1]), timeout=10)
        connection.request("GET", "/control/sites")
        sites = json.loads(connection.getresponse().read())
        assert [site["key"] for site in sites] == ["harbor", "fern", "studio", "gone", "kissa"]
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
